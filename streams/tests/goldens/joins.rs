//! Joins.

use riverrun_streams::prelude::*;

use super::tables::store;
use super::{Registry, head, java, text, texts};

fn both(left: &String, right: Option<&String>) -> String {
    format!("{left}+{}", java(right))
}

fn table(app: &StreamsBuilder) -> Table<String, String> {
    app.table_as("table", text(), store("t"))
}

pub(crate) fn register(all: &mut Registry) {
    all.insert("join-stream-table-inner", |app, _| {
        let stream = texts(app, "in");
        stream.join(&table(app), |l, r| both(l, Some(r))).to("out", text());
    });
    for name in ["join-stream-table-left", "join-stream-table-cached"] {
        all.insert(name, |app, _| {
            let stream = texts(app, "in");
            stream.left_join(&table(app), both).to("out", text());
        });
    }
    all.insert("join-stream-table-repartitioned", |app, _| {
        let stream = texts(app, "in").select_key(|_, v| v.and_then(|v| head(v))).with_key_serde(utf8());
        stream.named("lookup").left_join(&table(app), both).to("out", text());
    });
    all.insert("join-stream-table-random", |app, _| {
        let (stream, table) = (texts(app, "in"), table(app));
        stream.join(&table, |l, r| both(l, Some(r))).to("inner", text());
        stream.left_join(&table, both).to("left", text());
    });
    stream_joins(all);
    table_joins(all);
}

fn pair(left: Option<&String>, right: Option<&String>) -> String {
    format!("{}+{}", java(left), java(right))
}

fn span(difference: u64, grace: u64) -> JoinWindows {
    JoinWindows::of(ms(difference)).grace(ms(grace))
}

fn streams(app: &StreamsBuilder, kind: JoinKind, windows: JoinWindows, joined: StreamJoined) {
    let (left, right) = (texts(app, "left"), texts(app, "right"));
    left.join_streams(&right, kind, windows, joined, |_, l, r| Some(pair(l, r))).to("out", text());
}

fn inner(app: &StreamsBuilder, windows: JoinWindows) {
    streams(app, JoinKind::Inner, windows, StreamJoined::new());
}

fn left(app: &StreamsBuilder, windows: JoinWindows) {
    streams(app, JoinKind::Left, windows, StreamJoined::new());
}

fn outer(app: &StreamsBuilder, windows: JoinWindows) {
    streams(app, JoinKind::Outer, windows, StreamJoined::new());
}

fn stream_joins(all: &mut Registry) {
    all.insert("join-stream-inner", |app, _| inner(app, span(10, 0)));
    all.insert("join-stream-inner-grace", |app, _| inner(app, span(10, 20)));
    all.insert("join-stream-inner-before", |app, _| inner(app, span(10, 5).after_ms(0)));
    all.insert("join-stream-inner-after", |app, _| inner(app, span(10, 5).before_ms(-3)));
    all.insert("join-stream-inner-zero", |app, _| inner(app, span(0, 10)));
    all.insert("join-stream-inner-with-key", |app, _| {
        let (left, right) = (texts(app, "left").named("pairs"), texts(app, "right"));
        let join = |k: Option<&String>, l: Option<&String>, r: Option<&String>| {
            Some(format!("{}:{}", java(k), pair(l, r)))
        };
        let joined = StreamJoined::new().store_name("pair-store");
        left.join_streams(&right, JoinKind::Inner, span(10, 5), joined, join).to("out", text());
    });
    all.insert("join-stream-inner-repartitioned", |app, _| {
        let rekeyed =
            |topic| texts(app, topic).select_key(|_, v| v.and_then(|v| head(v))).with_key_serde(utf8());
        let left = rekeyed("left").named("pairs");
        left.join_stream(&rekeyed("right"), span(10, 5), |l, r| both(l, Some(r))).to("out", text());
    });
    all.insert("join-stream-left", |app, _| left(app, span(10, 0)));
    all.insert("join-stream-left-grace", |app, _| left(app, span(10, 20)));
    all.insert("join-stream-left-throttled", |app, _| left(app, span(10, 5)));
    all.insert("join-stream-left-before", |app, _| left(app, span(10, 5).after_ms(0)));
    all.insert("join-stream-left-after", |app, _| left(app, span(10, 5).before_ms(0)));
    all.insert("join-stream-left-spurious", |app, _| left(app, span(10, 50)));
    all.insert("join-stream-left-late", |app, _| left(app, span(10, 5)));
    all.insert("join-stream-left-random", |app, _| left(app, span(20, 10)));
    all.insert("join-stream-outer", |app, _| outer(app, span(10, 0)));
    all.insert("join-stream-outer-grace", |app, _| outer(app, span(10, 20)));
    all.insert("join-stream-outer-before", |app, _| outer(app, span(10, 5).after_ms(0)));
    all.insert("join-stream-outer-after", |app, _| outer(app, span(10, 5).before_ms(0)));
    all.insert("join-stream-outer-throttled", |app, _| outer(app, span(10, 5)));
    all.insert("join-stream-outer-cached", |app, _| outer(app, span(10, 5)));
    all.insert("join-stream-outer-in-memory", |app, _| {
        let stores = StreamJoined::new().stores("this", "other").in_memory();
        streams(app, JoinKind::Outer, span(10, 5), stores);
    });
    all.insert("join-stream-outer-spurious", |app, _| outer(app, span(10, 50)));
    all.insert("join-stream-outer-late", |app, _| outer(app, span(10, 5)));
    all.insert("join-stream-outer-random", |app, _| outer(app, span(20, 10)));
    all.insert("join-stream-outer-asymmetric-random", |app, _| outer(app, span(30, 40).before_ms(5)));
    all.insert("join-stream-late", |app, _| inner(app, span(10, 5)));
    all.insert("join-stream-retention", |app, _| inner(app, span(1000, 0)));
    all.insert("join-stream-inner-random", |app, _| inner(app, span(20, 10)));
    all.insert("headers-join-stream", |app, _| outer(app, span(10, 0)));
    all.insert("join-stream-self", |app, _| {
        let stream = texts(app, "left");
        stream.join_stream(&stream, span(10, 5), |l, r| both(l, Some(r))).to("out", text());
    });
    all.insert("names-stream-joins", |app, _| {
        let (left, right) = (texts(app, "left"), texts(app, "right"));
        left.join_stream(&right, span(1000, 500), |l, _| l.clone());
        left.left_join_stream(&right, span(1000, 500), |l, _| l.clone());
        left.outer_join_stream(&right, span(1000, 500), |l, _| l.cloned());
    });
    all.insert("names-stream-joins-named", |app, _| {
        let (left, right) = (texts(app, "left"), texts(app, "right"));
        let first = |_: Option<&String>, l: Option<&String>, _: Option<&String>| l.cloned();
        let inner = StreamJoined::new().store_name("inner");
        left.join_streams(&right, JoinKind::Inner, span(1000, 500), inner, first);
        left.named("left").left_join_stream(&right, span(1000, 500), |l, _| l.clone());
        let rekey = |stream: &Stream<String, String, Nullable>| {
            stream.select_key(|_, v| v.cloned()).with_key_serde(utf8())
        };
        let (left, right) = (rekey(&left), rekey(&right));
        left.named("outer").outer_join_stream(&right, span(1000, 500), |l, _| l.cloned());
    });
    all.insert("names-stream-joins-stores", |app, _| {
        let left = texts(app, "left").map(|k, v| (v.cloned(), k.cloned()));
        let left = left.with_key_serde(utf8()).with_value_serde(utf8());
        let right = texts(app, "right");
        let first = |_: Option<&String>, l: Option<&String>, _: Option<&String>| l.cloned();
        let windows = JoinWindows::of(minutes(1));
        left.join_streams(&right, JoinKind::Inner, windows, StreamJoined::new().store_name("s1"), first);
        let named = left.named("named");
        named.join_streams(&right, JoinKind::Outer, windows, StreamJoined::new().store_name("s2"), first);
        left.join_streams(&right, JoinKind::Left, windows, StreamJoined::new().without_changelog(), first);
    });
    all.insert("names-stream-join-chain", |app, _| {
        let windows = JoinWindows::of(seconds(1));
        let first = texts(app, "a").join_stream(&texts(app, "b"), windows, |l, _| l.clone());
        let third = texts(app, "c").select_key(|_, v| v.cloned()).with_key_serde(utf8());
        let chained = first.with_value_serde(utf8()).join_stream(&third, windows, |l, _| l.clone());
        chained.group_by_key().count().to_stream_nullable().to("out", (utf8(), i64()));
    });
}

fn tables(app: &StreamsBuilder, kind: JoinKind) {
    let (left, right) = (app.table("left", text()), app.table("right", text()));
    let joined = left.join_tables(&right, kind, None, |_, l, r| Some(pair(l, r)));
    joined.to_stream_nullable().to("out", text());
}

fn stored(app: &StreamsBuilder, kind: JoinKind, name: Option<&str>) {
    let left = app.table_as("left", text(), store("l"));
    let right = app.table_as("right", text(), store("r"));
    let left = name.map_or(left.clone(), |name| left.named(name));
    let joined = left.join_tables(&right, kind, Some(store("result")), |_, l, r| Some(pair(l, r)));
    joined.to_stream_nullable().to("out", text());
}

fn table_joins(all: &mut Registry) {
    all.insert("join-table-inner", |app, _| tables(app, JoinKind::Inner));
    all.insert("join-table-left", |app, _| tables(app, JoinKind::Left));
    all.insert("join-table-outer", |app, _| tables(app, JoinKind::Outer));
    all.insert("join-table-inner-stored", |app, _| stored(app, JoinKind::Inner, Some("pairs")));
    all.insert("join-table-left-stored", |app, _| stored(app, JoinKind::Left, None));
    all.insert("join-table-outer-cached", |app, _| stored(app, JoinKind::Outer, None));
    all.insert("join-table-outer-stored", |app, _| {
        let left = app.table_as("left", text(), store("l"));
        let right = app.table_as("right", text(), store("r"));
        let differ = |l: Option<&String>, r: Option<&String>| if l == r { None } else { Some(pair(l, r)) };
        let joined =
            left.join_tables(&right, JoinKind::Outer, Some(store("result")), move |_, l, r| differ(l, r));
        joined.to_stream_nullable().to("out", text());
    });
    all.insert("join-table-inner-random", |app, _| tables(app, JoinKind::Inner));
    all.insert("join-table-chain", |app, _| {
        let joined = app.table("a", text()).left_join(&app.table("b", text()), both);
        let chained = joined.outer_join(&app.table("c", text()), |l, r| format!("[{}]{}", java(l), java(r)));
        chained.to_stream_nullable().to("out", text());
    });
    all.insert("join-table-left-random", |app, _| {
        let (left, right) = (app.table("left", text()), app.table("right", text()));
        let joined =
            left.join_tables(&right, JoinKind::Left, Some(store("result")), |_, l, r| Some(pair(l, r)));
        joined.to_stream_nullable().to("out", text());
    });
    all.insert("join-table-outer-random", |app, _| tables(app, JoinKind::Outer));
    all.insert("join-table-self", |app, _| {
        let table = app.table_as("in", text(), store("latest"));
        let long = table.filter(|_, v| v.encode_utf16().count() > 1);
        table.left_join(&long, both).to_stream_nullable().to("out", text());
    });
    all.insert("join-table-then-filter", |app, _| {
        let joined = app.table("left", text()).outer_join(&app.table("right", text()), pair);
        let kept = joined.filter_as(store("withLeft"), |_, v| !v.starts_with("null"));
        kept.to_stream_nullable().to("out", text());
        let half = |v: &String| if v.contains("null") { "half" } else { "full" };
        let grouped = joined.group_by(move |_, v| Some((half(v).to_owned(), v.clone())), text());
        grouped.count_as("halves").to_stream_nullable().to("counts", (utf8(), i64()));
    });
    all.insert("join-stream-table-filtered", |app, _| {
        let stream = texts(app, "in");
        let table = table(app).filter(|_, v| v.encode_utf16().count() > 1).map_values(|_, v| format!("{v}!"));
        let joined = stream.left_join_with_key(&table, |k, l, r| format!("{}:{}", java(k), both(l, r)));
        joined.to("out", text());
    });
    all.insert("headers-join-table", |app, _| {
        let left = texts(app, "left");
        let right = app.table_as("right", text(), store("r"));
        left.left_join(&right, both).to("st", text());
        left.to_table(store("l")).outer_join(&right, pair).to_stream_nullable().to("tt", text());
    });
    all.insert("names-table-joins", |app, _| {
        let (left, right) = (app.table("left", text()), app.table("right", text()));
        let joined = left.join(&right, |l, _| l.clone()).left_join(&right, |l, _| l.clone());
        joined
            .outer_join(&left, |l, _| l.cloned().unwrap_or_default())
            .to_stream_nullable()
            .to("out", text());
    });
    all.insert("names-table-joins-named", |app, _| {
        let left =
            app.table_with(Consumed::topics(["left"], text()).named("left-source"), store("left-store"));
        let right = Consumed::topics(["right"], text()).named("right-source");
        let right = app.table_with(right, Materialized::unnamed());
        let joined = left.named("j1").join(&right, |l, _| l.clone()).named("f1").filter(|_, _| true);
        let mapped = joined.named("m1").map_values_as(store("m1-store"), |_, v| v.clone());
        mapped.named("to-stream").to_stream_nullable().to("out", text());
        let first = |_: &String, l: Option<&String>, _: Option<&String>| l.cloned();
        let joined = left.named("j2").join_tables(&right, JoinKind::Left, Some(store("j2-store")), first);
        joined.to_stream_nullable().select_key(|_, v| v.cloned()).to("out2", text());
    });
}
