//! Record by record operators, time and headers.

use riverrun_streams::prelude::*;

use super::{Registry, amount, head, java, text, texts};

fn words(value: Option<&String>) -> Vec<Option<String>> {
    value.into_iter().flat_map(|line| line.split(' ')).map(|word| Some(word.to_owned())).collect()
}

/// The nullable stream of a topic whose timestamps are as `extract` says for the number in the value.
fn timed(
    app: &StreamsBuilder,
    extract: impl Fn(i64, i64) -> Result<i64, String> + Send + Sync + 'static,
) -> Stream<String, String, Nullable> {
    let consumed = Consumed::topics(["in"], (utf8(), utf8()));
    app.stream_nullable_with(consumed.timestamps(move |record| {
        extract(amount(record.value.map_or("", String::as_str)), record.partition_time_ms)
    }))
}

pub(crate) fn register(all: &mut Registry) {
    all.insert("stateless-filter", |app, _| {
        texts(app, "in").filter(|_, v| v.is_none_or(|v| v.chars().count() > 2)).to("out", text());
    });
    all.insert("stateless-filter-not", |app, _| {
        texts(app, "in").filter_not(|_, v| v.is_none_or(|v| v.chars().count() > 2)).to("out", text());
    });
    all.insert("stateless-map", |app, _| {
        texts(app, "in").map(|k, v| (v.cloned(), k.cloned())).to("out", text());
    });
    all.insert("stateless-map-values", |app, _| {
        let map = |v: Option<&String>| match v {
            None => Some("was-null".to_owned()),
            Some(v) if v.is_empty() => None,
            Some(v) => Some(format!("{v}!")),
        };
        texts(app, "in").map_values(move |_, v| map(v)).to("out", text());
    });
    all.insert("stateless-map-values-with-key", |app, _| {
        texts(app, "in").map_values(|k, v| Some(format!("{}={}", java(k), java(v)))).to("out", text());
    });
    all.insert("stateless-flat-map", |app, _| {
        let spread = |k: Option<&String>, v: Option<&String>| -> Vec<(Option<String>, Option<String>)> {
            let characters = v.into_iter().flat_map(|v| v.chars()).enumerate();
            characters.map(|(at, c)| (Some(c.to_string()), Some(format!("{}@{at}", java(k))))).collect()
        };
        texts(app, "in").flat_map(spread).to("out", text());
    });
    all.insert("stateless-flat-map-values", |app, _| {
        texts(app, "in").flat_map_values(|_, v| words(v)).to("out", text());
    });
    all.insert("stateless-select-key", |app, _| {
        texts(app, "in").select_key(|_, v| v.cloned()).to("out", text());
    });
    all.insert("stateless-peek-foreach", |app, seen| {
        let input = texts(app, "in");
        let (before, after, each) = (seen.clone(), seen.clone(), seen.clone());
        input
            .peek(move |k, v| before.note(format!("before {}={}", java(k), java(v))))
            .filter(|_, v| v.is_some())
            .peek(move |k, v| after.note(format!("after {}={}", java(k), java(v))))
            .to("out", text());
        input.for_each(move |k, v| each.note(format!("foreach {}={}", java(k), java(v))));
    });
    all.insert("stateless-merge", |app, _| {
        let middle = |app| texts(app, "middle").map_values(|_, v| Some(format!("m-{}", java(v))));
        let left = texts(app, "left");
        left.merge(&middle(app)).merge(&texts(app, "right")).to("out", text());
    });
    all.insert("stateless-split-default", |app, _| {
        let branches = texts(app, "in")
            .named("by-")
            .split()
            .branch_as("null", |_, v| v.is_none())
            .branch(|_, v| v.is_some_and(|v| v.len() < 3))
            .branch_as("never", |_, v| v.is_some_and(|v| v.len() < 2))
            .default_branch_as("rest");
        branches["by-null"].to("nulls", text());
        branches["by-2"].to("short", text());
        branches["by-rest"].to("rest", text());
    });
    all.insert("stateless-split-no-default", |app, _| {
        let branches = texts(app, "in")
            .named("s-")
            .split()
            .branch(|_, v| v.is_some_and(|v| v.len() == 1))
            .branch(|_, v| v.is_some_and(|v| v.len() > 3))
            .no_default_branch();
        branches["s-1"].to("short", text());
        branches["s-2"].to("long", text());
    });
    all.insert("stateless-split-consumers", |app, seen| {
        let seen = seen.clone();
        texts(app, "in")
            .split()
            .branch_with(
                |_, v| v.is_none(),
                |nulls| nulls.for_each(move |k, _| seen.note(format!("null value of {}", java(k)))),
            )
            .branch_with(
                |_, v| v.is_some_and(|v| v.len() > 2),
                |long| long.map_values(|_, v| v.map(|v| v.to_uppercase())).to("upper", text()),
            )
            .default_branch_with(|rest| rest.to("rest", text()));
    });
    all.insert("stateless-repartition", |app, _| {
        let rekeyed = texts(app, "in").select_key(|_, v| v.cloned()).with_key_serde(utf8());
        rekeyed.repartition(None).map_values(|_, v| Some(format!("{}*", java(v)))).to("out", text());
    });
    all.insert("stateless-repartition-named", |app, _| {
        texts(app, "in").named("spread").repartition(Some(4)).to("out", text());
    });
    all.insert("stateless-to-table", |app, _| {
        texts(app, "in").to_table("latest").to_stream_nullable().to("out", text());
    });
    all.insert("stateless-to-table-repartitioned", |app, _| {
        let rekeyed = texts(app, "in").select_key(|_, v| v.and_then(|v| head(v))).with_key_serde(utf8());
        rekeyed.named("byHead").to_table("latest").to_stream_nullable().to("out", text());
    });
    all.insert("stateless-table-to-stream", |app, _| {
        app.table("in", (utf8(), utf8())).to_stream_nullable().to("out", text());
    });
    all.insert("stateless-dynamic-topic", |app, _| {
        texts(app, "in").to_chosen("ByParity", text(), |_, v, time| match v {
            None => "out-null".into(),
            Some(_) if time % 2 == 0 => "out-even".into(),
            Some(_) => "out-odd".into(),
        });
    });
    all.insert("headers-pass", |app, _| {
        let rekeyed = texts(app, "in").map(|k, v| (k.cloned(), v.cloned()));
        let twice = |v: Option<&String>| -> Vec<Option<String>> {
            v.into_iter().flat_map(|v| [Some(format!("{v}1")), Some(format!("{v}2"))]).collect()
        };
        rekeyed
            .with_key_serde(utf8())
            .with_value_serde(utf8())
            .repartition(None)
            .flat_map_values(move |_, v| twice(v))
            .filter(|_, _| true)
            .to("out", text());
    });
    all.insert("order-depth-first", |app, _| {
        let words = texts(app, "in").flat_map_values(|_, v| words(v));
        let first = words.map_values(|_, v| v.map(|v| format!("1{v}")));
        first.to("a", text());
        first
            .flat_map_values(|_, v| [Some(format!("{}x", java(v))), Some(format!("{}y", java(v)))])
            .to("b", text());
        words.map_values(|_, v| v.map(|v| format!("2{v}"))).to("c", text());
        first.map_values(|_, v| v.map(|v| format!("late {v}"))).to("d", text());
    });
    all.insert("timestamp-record", |app, _| {
        let grouped = texts(app, "in").group_by_key();
        let counts = grouped.windowed_by(Tumbling::of(ms(10)).grace(ms(5))).count_as("counts");
        counts.to_stream_nullable().to("out", (windowed(utf8()), i64()));
    });
    all.insert("timestamp-field", |app, _| timed(app, |number, _| Ok(number)).to("out", text()));
    all.insert("timestamp-log-and-skip", |app, _| timed(app, |number, _| Ok(number)).to("out", text()));
    all.insert("timestamp-partition-time", |app, _| {
        let extract = |number: i64, partition_time: i64| match (number, partition_time) {
            (0.., _) => Ok(number),
            (_, 0..) => Ok(partition_time),
            _ => Err("no time in the partition yet".to_owned()),
        };
        timed(app, extract).to("out", text());
    });
    all.insert("timestamp-fail", |app, _| {
        let extract = |number: i64, _| if number < 0 { Err(format!("time {number}")) } else { Ok(number) };
        timed(app, extract).to("out", text());
    });
    for name in ["error-deserialization-continue", "error-deserialization-fail"] {
        all.insert(name, |app, _| {
            let doubled = app.stream_nullable("in", (utf8(), i64())).map_values(|_, v| v.map(|v| v * 2));
            doubled.to("out", (utf8(), i64()));
        });
    }
}
