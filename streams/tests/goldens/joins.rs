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

pub fn register(all: &mut Registry) {
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
}
