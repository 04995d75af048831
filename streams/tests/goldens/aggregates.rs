//! Aggregates without windows.

use riverrun_streams::prelude::*;

use super::tables::store;
use super::{Registry, Seen, amount, head, text, texts};

fn numbers() -> (impl Serde<String>, impl Serde<i64>) {
    (utf8(), i64())
}

fn split(value: Option<&String>) -> Vec<Option<String>> {
    value.into_iter().flat_map(|line| line.split(' ')).map(|word| Some(word.to_owned())).collect()
}

fn sum(aggregate: &str, number: i64) -> String {
    (aggregate.parse::<i64>().unwrap() + number).to_string()
}

fn tail(text: String) -> String {
    let length = text.len();
    if length > 12 { text[length - 12..].to_owned() } else { text }
}

pub(crate) fn register(all: &mut Registry) {
    all.insert("group-count", |app, _| {
        texts(app, "in").group_by_key().count_as("counts").to_stream_nullable().to("out", numbers());
    });
    all.insert("group-count-by-head", |app, _| {
        let grouped = texts(app, "in").group_by(|_, v| v.and_then(|v| head(v)), utf8());
        grouped.count().to_stream_nullable().to("out", numbers());
    });
    all.insert("group-word-count", |app, _| {
        let words = texts(app, "in").flat_map_values(|_, v| split(v.map(|v| v.to_lowercase()).as_ref()));
        let grouped = words.with_value_serde(utf8()).named("by-word").group_by(|_, v| v.cloned(), utf8());
        grouped.count_as("word-counts").to_stream_nullable().to("out", numbers());
    });
    all.insert("group-reduce", |app, _| {
        let reduced = texts(app, "in").group_by_key().reduce_as(store("reduced"), |a, v| format!("{a},{v}"));
        reduced.to_stream_nullable().to("out", text());
    });
    all.insert("group-aggregate", |app, _| {
        let grouped = texts(app, "in").group_by_key();
        let folded = grouped.aggregate(store("agg"), || "0".to_owned(), |k, v, a| format!("{a},{k}{v}"));
        folded.to_stream_nullable().to("out", text());
    });
    all.insert("group-aggregate-null", |app, _| {
        let add = |v: &str, a: String| (amount(v) >= 0).then(|| format!("{a}+{}", amount(v)));
        let grouped = texts(app, "in").group_by_key();
        let folded = grouped.aggregate_optional(store("agg"), || "0".to_owned(), move |_, v, a| add(v, a));
        folded.to_stream_nullable().to("out", text());
    });
    all.insert("group-aggregate-cached", |app, _| {
        let grouped = texts(app, "in").flat_map_values(|_, v| split(v)).group_by_key();
        let folded = grouped.aggregate(store("agg"), String::new, |_, v, a| format!("{a}<{v}>"));
        folded.to_stream_nullable().to("out", text());
    });
    all.insert("group-random", |app, _| {
        let grouped = texts(app, "in").group_by_key();
        grouped.count_as("counts").to_stream_nullable().to("counts", numbers());
        let last = |v: &str, a: String| {
            let rest = a.find(' ').map_or(a.as_str(), |at| &a[at + 1..]);
            format!("{rest} {v}")
        };
        let last = grouped.aggregate(store("last"), String::new, move |_, v, a| last(v, a));
        last.to_stream_nullable().to("last", text());
    });
    all.insert("group-table-count", |app, _| {
        let grouped = app.table("in", text()).group_by(|_, v| Some((head(v)?, v.clone())), text());
        grouped.count_as("rows").to_stream_nullable().to("out", numbers());
    });
    all.insert("group-table-reduce", |app, _| {
        let grouped =
            app.table("in", text()).group_by(|_, v| Some((head(v)?, amount(v).to_string())), text());
        let reduced = grouped.reduce(store("reduced"), |a, v| format!("{a}+{v}"), |a, v| format!("{a}-{v}"));
        reduced.to_stream_nullable().to("out", text());
    });
    all.insert("group-table-aggregate", |app, _| {
        let table = app.table("in", text()).named("heads");
        let grouped = table.group_by(|_, v| Some((head(v)?, v.clone())), text());
        let remove = |v: &str, a: &str| Some(sum(a, -amount(v))).filter(|sum| sum != "0");
        let sums = grouped.aggregate_optional(
            store("sums"),
            || "0".to_owned(),
            |_, v, a| Some(sum(&a, amount(v))),
            move |_, v, a| remove(v, &a),
        );
        sums.to_stream_nullable().to("out", text());
    });
    all.insert("group-table-aggregate-cached", |app, _| {
        let grouped = app.table("in", text()).group_by(|_, v| Some((head(v)?, v.clone())), text());
        let zero = || "0".to_owned();
        let sums = grouped.aggregate(
            store("sums"),
            zero,
            |_, v, a| sum(&a, amount(v)),
            |_, v, a| sum(&a, -amount(v)),
        );
        sums.to_stream_nullable().to("out", text());
    });
    for name in ["group-table-same-key", "group-table-same-key-cached"] {
        all.insert(name, |app, _| {
            let table = app.table_as("in", text(), store("latest"));
            let grouped = table.group_by(|k, v| Some((k.clone(), v.clone())), text());
            let log =
                grouped.aggregate(store("log"), String::new, |_, v, a| a + "+" + v, |_, v, a| a + "-" + v);
            log.to_stream_nullable().to("out", text());
        });
    }
    all.insert("group-table-null-parts", |app, _| {
        let select = |v: &String| {
            if amount(v) > 5 || amount(v) == 0 { None } else { Some((head(v)?, v.clone())) }
        };
        let grouped = app.table("in", text()).group_by(move |_, v| select(v), text());
        let log = grouped.aggregate(
            store("log"),
            String::new,
            |_, v, a| format!("{a}+{}", amount(v)),
            |_, v, a| format!("{a}-{}", amount(v)),
        );
        log.to_stream_nullable().to("out", text());
    });
    all.insert("group-table-random", table_random);
    all.insert("group-table-random-cached", table_random);
}

fn table_random(app: &StreamsBuilder, _: &Seen) {
    let table = app.table("in", text());
    let grouped = table.group_by(|k, v| Some((v[v.len() - 1..].to_owned(), k.clone())), text());
    grouped.count_as("counts").to_stream_nullable().to("counts", numbers());
    let log = grouped.aggregate(
        store("log"),
        String::new,
        |_, v, a| tail(a + "+" + v),
        |_, v, a| tail(a + "-" + v),
    );
    log.to_stream_nullable().to("log", text());
}
