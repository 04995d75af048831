//! Names, numbers, sub-topologies and internal topics.

use riverrun_streams::prelude::*;

use super::tables::store;
use super::{Registry, Seen, head, text, texts};

fn numbers() -> (impl Serde<String>, impl Serde<i64>) {
    (utf8(), i64())
}

fn first(a: &String, _: &String) -> String {
    a.clone()
}

pub(crate) fn register(all: &mut Registry) {
    all.insert("names-word-count", |app, _| {
        let words = texts(app, "lines").flat_map_values(|_, v| v.map(|v| Some(v.to_lowercase())));
        let grouped = words.with_value_serde(utf8()).group_by(|_, v| v.cloned(), utf8());
        grouped.count_as("counts-store").to_stream_nullable().to("counts", numbers());
    });
    all.insert("names-aggregations", |app, _| {
        let stream = texts(app, "in");
        stream.group_by_key().count();
        stream.group_by_key().reduce(first);
        stream.group_by_key().aggregate(Materialized::with(utf8(), utf8()), String::new, |_, _, a| a);
        let counts = stream.group_by(|_, v| v.cloned(), utf8()).count_as(Materialized::with(utf8(), i64()));
        counts.to_stream_nullable().to("out", numbers());
        stream.group_by(|_, v| v.cloned(), utf8()).reduce(first);
    });
    all.insert("names-aggregations-named", |app, _| {
        let stream = texts(app, "in");
        stream.named("g1").group_by_key().named("n1").count();
        stream.group_by_key().count_as("store2");
        stream.group_by_key().named("n3").count_as("store3");
        stream.named("g4").group_by(|_, v| v.cloned(), utf8()).count();
        stream.group_by(|_, v| v.cloned(), utf8()).count_as("store5");
        stream.named("g6").group_by(|_, v| v.cloned(), utf8()).named("n6").count_as("store6");
        stream.group_by(|_, v| v.cloned(), utf8()).named("n7").count();
    });
    all.insert("names-repartition-twice", shared_rekey);
    all.insert("repartition-unmerged", shared_rekey);
    all.insert("names-split", |app, _| {
        let stream = texts(app, "in");
        let first = stream.split().branch(|_, _| true).branch(|_, _| false).default_branch();
        first["KSTREAM-BRANCH-00000000010"].to("default", text());
        first["KSTREAM-BRANCH-00000000011"].to("first", text());
        first["KSTREAM-BRANCH-00000000012"].to("second", text());
        let fork = stream.named("fork-").split().branch_as("a", |_, _| true).branch(|_, _| false);
        let fork = fork.default_branch_as("z");
        let inner = fork["fork-a"].named("inner-").split().branch(|_, _| true).no_default_branch();
        inner["inner-1"].to("x", text());
        fork["fork-2"].to("y", text());
        fork["fork-z"].to("z", text());
    });
    all.insert("names-to-table", |app, _| {
        let stream = texts(app, "in");
        let unnamed = || Materialized::with(utf8(), utf8());
        stream.to_table(unnamed()).to_stream_nullable().to("a", text());
        stream.named("named").to_table(unnamed()).to_stream_nullable().to("b", text());
        stream.select_key(|_, v| v.cloned()).to_table(unnamed()).to_stream_nullable().to("c", text());
        let rekeyed = stream.select_key(|_, v| v.cloned());
        rekeyed.named("rekeyed").to_table(store("d-store")).to_stream_nullable().to("d", text());
    });
    all.insert("names-table-grouping", |app, _| {
        let table = app.table("in", text());
        let swap = |k: &String, v: &String| Some((v.clone(), k.clone()));
        table.group_by(swap, text()).count();
        table.named("named").group_by(swap, text()).reduce(store("reduced"), first, first);
        let grouped = table.filter(|_, _| true).group_by(swap, text());
        grouped.named("agg").aggregate(store("agg-store"), String::new, |_, _, a| a, |_, _, a| a);
    });
    all.insert("names-three-subtopologies", |app, _| {
        texts(app, "z").to("z-out", text());
        let counts = texts(app, "a").group_by(|_, v| v.cloned(), utf8()).count().to_stream_nullable();
        let keys =
            counts.map(|k, _| (k.cloned(), k.cloned())).with_key_serde(utf8()).with_value_serde(utf8());
        keys.group_by_key().count().to_stream_nullable().to("a-out", numbers());
        texts(app, "m").to("m-out", text());
        app.table("t", text()).to_stream_nullable().to("t-out", text());
    });
    all.insert("names-merged-sources", |app, _| {
        texts(app, "in").to("a", text());
        texts(app, "in").map_values(|_, v| v.cloned()).to("b", text());
        app.stream_nullable_with(Consumed::topics(["x", "y"], text())).to("c", text());
        app.stream_nullable_with(Consumed::topics(["y", "x"], text())).to("d", text());
    });
    all.insert("names-pattern-source", |app, _| {
        app.stream_nullable_with(Consumed::pattern("in-[0-9]+", text())).to("out", text());
        let both = Consumed::topics(["b-topic", "a-topic"], text()).named("both");
        app.stream_nullable_with(both).to("out", text());
    });
    all.insert("names-logging", |app, _| {
        let grouped = texts(app, "in").group_by_key();
        grouped.count_as(Materialized::named("quiet").without_changelog());
        let loud = [("retention.ms", "1234"), ("segment.ms", "99")];
        grouped.count_as(Materialized::named("loud").changelog_configs(loud));
        let loud = [("cleanup.policy", "compact"), ("retention.ms", "77")];
        let windowed = grouped.windowed_by(Tumbling::of(ms(1000)));
        windowed.count_as(Materialized::named("windowed-loud").changelog_configs(loud));
        grouped.reduce_as(store("memory").in_memory(), first);
    });
    all.insert("names-strict-refused", |app, _| {
        let grouped = texts(app, "in").group_by(|_, v| v.and_then(|v| head(v)), utf8());
        grouped.count().to_stream_nullable().to("out", numbers());
    });
    all.insert("names-strict-accepted", |app, _| {
        let grouped = texts(app, "in").named("by-head").group_by(|_, v| v.and_then(|v| head(v)), utf8());
        grouped.count_as("counts").to_stream_nullable().to("out", numbers());
    });
    all.insert("names-stream-table-joins", |app, _| {
        let table = app.table("table", text());
        let first = texts(app, "in").join(&table, |l, _| l.clone());
        let second = first.named("second").left_join(&table, |l, _| l.clone());
        let rekeyed = second.select_key(|_, v| v.cloned()).with_key_serde(utf8()).with_value_serde(utf8());
        rekeyed.named("third").join(&table, |l, _| l.clone()).to("out", text());
        let rekeyed = texts(app, "in2").select_key(|_, v| v.cloned()).with_key_serde(utf8());
        rekeyed.join(&table, |l, _| l.clone()).to("out2", text());
    });
    all.insert("names-copartition", |app, _| {
        let left = texts(app, "left").named("wide").repartition(Some(6));
        let right = texts(app, "right").select_key(|_, v| v.cloned()).with_key_serde(utf8());
        let table = app.table("table", text());
        let windows = JoinWindows::of(seconds(1));
        left.join_stream(&right, windows, |l, _| l.clone()).to("out", text());
        texts(app, "third").join(&table, |l, _| l.clone()).to("out2", text());
    });
}

fn shared_rekey(app: &StreamsBuilder, _: &Seen) {
    let stream = texts(app, "in").select_key(|_, v| v.and_then(|v| head(v))).with_key_serde(utf8());
    stream.group_by_key().count_as("counts").to_stream_nullable().to("counts", numbers());
    let short = stream.filter(|_, v| v.is_some_and(|v| v.len() < 4));
    let reduced = short.group_by_key().reduce_as(store("reduced"), |a, c| format!("{a}{c}"));
    reduced.to_stream_nullable().to("reduced", text());
    stream.filter(|_, v| v.is_some()).to("plain", text());
}
