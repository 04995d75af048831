//! Tables without joins.

use riverrun_streams::prelude::*;

use super::{Registry, Seen, amount, head, text, texts};

fn table(app: &StreamsBuilder) -> Table<String, String> {
    app.table("in", (utf8(), utf8()))
}

fn stored(app: &StreamsBuilder) -> Table<String, String> {
    app.table_as("in", (utf8(), utf8()), store("latest"))
}

pub(crate) fn store(name: &str) -> Materialized<String, String> {
    Materialized::named(name).key_serde(utf8()).value_serde(utf8())
}

fn length(value: &str) -> usize {
    value.encode_utf16().count()
}

fn digit(value: &str) -> u32 {
    value.chars().last().and_then(|c| c.to_digit(10)).unwrap_or(0)
}

pub(crate) fn register(all: &mut Registry) {
    all.insert("table-source", |app, _| table(app).to_stream_nullable().to("out", text()));
    for name in ["table-source-stored", "table-source-stored-cached"] {
        all.insert(name, |app, _| stored(app).to_stream_nullable().to("out", text()));
    }
    for name in ["table-source-optimized", "table-filter-of-stored"] {
        all.insert(name, |app, _| {
            stored(app).filter(|_, v| length(v) > 1).to_stream_nullable().to("out", text());
        });
    }
    all.insert("table-source-reuse-only", |app, _| {
        stored(app)
            .map_values_as(store("mapped"), |_, v| format!("{v}?"))
            .to_stream_nullable()
            .to("out", text());
    });
    all.insert("table-source-implied-store", |app, _| {
        let grouped = table(app).group_by(|_, v| Some((head(v)?, v.clone())), text());
        grouped.count().to_stream_nullable().to("out", (utf8(), i64()));
    });
    all.insert("table-filter", |app, _| {
        table(app).filter(|_, v| length(v) > 1).to_stream_nullable().to("out", text());
    });
    all.insert("table-filter-stored", |app, _| {
        table(app).filter_as(store("long"), |_, v| length(v) > 1).to_stream_nullable().to("out", text());
    });
    all.insert("table-filter-not-stored", |app, _| {
        let short = stored(app).named("shortOnly").filter_not_as(store("short"), |_, v| length(v) > 1);
        short.to_stream_nullable().to("out", text());
    });
    all.insert("table-map-values", |app, seen| {
        let seen = seen.clone();
        let mapped = table(app).map_values(move |_, v| {
            seen.note(format!("mapper {v}"));
            format!("{v}{}", length(v))
        });
        mapped.to_stream_nullable().to("out", text());
    });
    all.insert("table-map-values-stored", |app, _| {
        let map = |v: &String| if length(v) > 2 { None } else { Some(format!("{v}{}", length(v))) };
        table(app).filter_map_as(store("mapped"), move |_, v| map(v)).to_stream_nullable().to("out", text());
    });
    all.insert("table-map-values-with-key", |app, _| {
        let once = table(app).map_values(|k, v| format!("{k}{v}"));
        once.map_values_as(store("twice"), |k, v| format!("{k}{v}")).to_stream_nullable().to("out", text());
    });
    all.insert("table-chain-old-values", |app, _| {
        let middle =
            table(app).filter(|_, v| !v.starts_with('x')).map_values(|_, v| format!("{v}{}", length(v)));
        middle.filter_as(store("ones"), |_, v| v.ends_with('1')).to_stream_nullable().to("out", text());
        middle.to_stream_nullable().to("middle", text());
    });
    all.insert("table-to-stream-select-key", |app, _| {
        let stream = stored(app).to_stream_nullable();
        stream.select_key(|k, v| Some(format!("{}-{}", k?, length(v?)))).to("out", text());
    });
    all.insert("table-cached-chain", |app, _| {
        let positive = stored(app).filter_as(store("positive"), |_, v| amount(v) >= 0);
        positive.to_stream_nullable().to("filtered", text());
        let grouped = positive.group_by(|_, v| Some((head(v)?, v.clone())), text());
        grouped.count_as("perHead").to_stream_nullable().to("counts", (utf8(), i64()));
    });
    all.insert("table-in-memory", |app, _| {
        let latest = app.table_as("in", (utf8(), utf8()), store("latest").in_memory());
        latest.to_stream_nullable().to("out", text());
    });
    all.insert("table-logging-disabled", |app, _| {
        let quiet = app.table_as("in", (utf8(), utf8()), store("quiet").without_changelog());
        quiet.to_stream_nullable().to("out", text());
        let loud =
            store("loud").changelog_configs([("min.insync.replicas", "2"), ("cleanup.policy", "delete")]);
        quiet.map_values_as(loud, |_, v| format!("{v}.")).to_stream_nullable().to("out2", text());
    });
    all.insert("table-random", |app, _| {
        let table = stored(app);
        table
            .filter_as(store("filtered"), |_, v| !digit(v).is_multiple_of(3))
            .to_stream_nullable()
            .to("out", text());
        let map = |k: &String, v: &String| (!digit(v).is_multiple_of(5)).then(|| format!("{v}{k}"));
        table.filter_map_as(store("mappedStore"), map).to_stream_nullable().to("mapped", text());
    });
    all.insert("headers-table-group", headers_group);
    all.insert("error-deserialization-table", |app, _| {
        app.table_as("in", (utf8(), i64()), Materialized::named("rows"))
            .to_stream_nullable()
            .to("out", (utf8(), i64()));
    });
    let _ = texts;
}

fn headers_group(app: &StreamsBuilder, _: &Seen) {
    let table = app.table_as("in", (utf8(), utf8()), store("latest"));
    table.map_values_as(store("mapped"), |_, v| format!("{v}!")).to_stream_nullable().to("out", text());
    let grouped = table.group_by(|_, v| Some((v.clone(), v.clone())), text());
    grouped.count_as("perValue").to_stream_nullable().to("counts", (utf8(), i64()));
}
