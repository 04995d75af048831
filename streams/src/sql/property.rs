//! The oracle of D14: what a continuous query holds at the end is what the same query, asked once over the same
//! topics, answers; however the records were split, whatever their order, and on however many partitions.

use std::fmt::Write as _;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::prelude::*;

use super::topic::NewRecord;
use super::{Answer, LocalSql};

const DECLARATIONS: &str = "
    CREATE TABLE t (id INT PRIMARY KEY, k INT, v INT);
    CREATE TABLE u (k INT PRIMARY KEY, name TEXT);
    CREATE STREAM s (k INT, v INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '1 day') WITH (key = 'k');";

/// Each as a view and as a question.
const QUERIES: [&str; 12] = [
    "SELECT id, v FROM t WHERE v > 3",
    "SELECT v, k FROM t",
    "SELECT k, count(*) AS n, sum(v) AS s, min(v) AS lo, max(v) AS hi FROM t GROUP BY k",
    "SELECT count(*) AS n, sum(v) AS s, max(v) AS hi FROM t",
    "SELECT n, count(*) AS g FROM (SELECT k, count(*) AS n FROM t GROUP BY k) GROUP BY n",
    "SELECT DISTINCT k FROM t",
    "SELECT t.id, t.v, u.name FROM t LEFT JOIN u ON t.k = u.k",
    "SELECT t.id, u.name FROM t FULL JOIN u ON t.k = u.k AND t.v > 2",
    "SELECT id, k, v, place FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY v DESC, id) AS place FROM t) WHERE place <= 2",
    "SELECT k, window_start, count(*) AS n, max(v) AS hi FROM TUMBLE(s, ts, INTERVAL '10' SECOND) GROUP BY k, window_start",
    "SELECT window_end, count(*) AS n, sum(v) AS s FROM HOP(s, ts, INTERVAL '5' SECOND, INTERVAL '15' SECOND) GROUP BY window_end",
    "SELECT u.name, window_start, count(*) AS n FROM TUMBLE(s, ts, INTERVAL '20' SECOND) x JOIN u ON u.k = x.k GROUP BY u.name, window_start",
];

#[derive(Clone, Debug)]
enum Change {
    T { id: u8, row: Option<(u8, Option<u8>)> },
    U { k: u8, name: Option<u8> },
    S { k: u8, v: Option<u8>, second: u16 },
}

impl Change {
    fn record(&self) -> (&'static str, NewRecord) {
        let number = |value: &Option<u8>| value.map_or("null".to_string(), |value| value.to_string());
        let (topic, key, value) = match self {
            Change::T { id, row } => {
                let value = row.map(|(k, v)| format!(r#"{{"id":{id},"k":{k},"v":{}}}"#, number(&v)));
                ("t", id, value)
            }
            Change::U { k, name } => ("u", k, name.map(|name| format!(r#"{{"k":{k},"name":"n{name}"}}"#))),
            Change::S { k, v, second } => {
                let mut value = format!(r#"{{"k":{k},"v":{},"ts":"2024-01-01T00:"#, number(v));
                let _ = write!(value, r#"{:02}:{:02}"}}"#, second / 60, second % 60);
                ("s", k, Some(value))
            }
        };
        let record = NewRecord {
            key: Some(key.to_string().into()),
            value: value.map(Into::into),
            ..NewRecord::default()
        };
        (topic, record)
    }
}

fn change() -> impl Strategy<Value = Change> {
    let small = || prop::option::weighted(0.8, 0..9_u8);
    prop_oneof![
        4 => (0..12_u8, prop::option::weighted(0.75, (0..4_u8, small()))).prop_map(|(id, row)| Change::T { id, row }),
        2 => (0..4_u8, prop::option::weighted(0.7, 0..3_u8)).prop_map(|(k, name)| Change::U { k, name }),
        4 => (0..4_u8, small(), 0..90_u16).prop_map(|(k, v, second)| Change::S { k, v, second }),
    ]
}

fn rows(sql: &mut LocalSql, query: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime on this thread");
    let answer =
        runtime.block_on(sql.execute(query)).unwrap_or_else(|error| panic!("{query}: {error}")).pop();
    let Some(Answer::Rows { batches, .. }) = answer else { return Vec::new() };
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| {
                ArrayFormatter::try_new(column.as_ref(), &options)
                    .expect("a printable type")
                    .value(row)
                    .to_string()
            });
            rows.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort();
    rows
}

fn check(tables_first: bool, changes: &[Change], late: usize, partitions: i32, max_run: usize) {
    let mut sql = LocalSql::new(partitions).expect("a session").with_max_run(max_run);
    rows(&mut sql, DECLARATIONS);
    let mut changes = changes.to_vec();
    if tables_first {
        // A stream looks a table up as it is, so the question agrees only when the table was complete before.
        changes.sort_by_key(|change| matches!(change, Change::S { .. }));
    }
    let split = late.min(changes.len());
    let write = |sql: &mut LocalSql, changes: &[Change]| {
        for part in changes.chunks(3) {
            for change in part {
                let (topic, record) = change.record();
                sql.write(topic, vec![record]).expect("a written record");
            }
        }
    };
    // What is there before the views are made, and what comes after.
    write(&mut sql, &changes[..split]);
    let wanted = |at: usize| tables_first || at != QUERIES.len() - 1;
    for (at, query) in QUERIES.iter().enumerate().filter(|(at, _)| wanted(*at)) {
        rows(&mut sql, &format!("CREATE MATERIALIZED VIEW view_{at} AS {query}"));
    }
    write(&mut sql, &changes[split..]);
    sql.end().expect("the end of all input");
    for (at, query) in QUERIES.iter().enumerate().filter(|(at, _)| wanted(*at)) {
        let held = rows(&mut sql, &format!("SELECT * FROM view_{at}"));
        assert_eq!(held, rows(&mut sql, query), "{query}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_view_ends_as_the_question_answers(
        changes in prop::collection::vec(change(), 1..60),
        tables_first in any::<bool>(),
        late in 0..60_usize,
        partitions in 1..4_i32,
        max_run in 1..6_usize,
    ) {
        check(tables_first, &changes, late, partitions, max_run);
    }
}
