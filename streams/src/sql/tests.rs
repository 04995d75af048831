use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::util::pretty::pretty_format_batches;

use super::dialect::{Statement, parse};
use super::topic::{MemoryLog, NewRecord};
use super::*;
use crate::record::{Headers, InputRecord, OutputRecord};
use crate::state::MemoryBackend;
use crate::task::{Scope, Task, TaskConfig};

fn session(partitions: i32) -> (SqlSession, MemoryLog) {
    let log = MemoryLog::new(partitions);
    (SqlSession::new(Arc::new(log.clone())).unwrap(), log)
}

fn run(session: &mut SqlSession, sql: &str) -> Result<Vec<Answer>, SqlError> {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(session.execute(sql))
}

fn table(session: &mut SqlSession, sql: &str) -> String {
    match run(session, sql).unwrap_or_else(|error| panic!("{sql}: {error}")).pop() {
        Some(Answer::Rows { batches, .. }) => pretty_format_batches(&batches).unwrap().to_string(),
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn rows_are_inserted_updated_deleted_and_read() {
    let (mut session, log) = session(3);
    run(
        &mut session,
        "CREATE TABLE t (id INT PRIMARY KEY, name TEXT, price NUMERIC(8,2), at TIMESTAMPTZ);
         INSERT INTO t VALUES (1, 'a', 1.5, '2024-01-01 00:00:00Z'), (2, 'b', NULL, NULL), (3, 'c', 7, NULL);
         INSERT INTO t (name, id) VALUES ('again', 1);
         UPDATE t SET price = id * 1.25, name = name || '!' WHERE id <> 1;
         DELETE FROM t WHERE id = 3;",
    )
    .unwrap();
    insta::assert_snapshot!(table(&mut session, "SELECT * FROM t ORDER BY id"), @r#"
    +----+-------+-------+----+
    | id | name  | price | at |
    +----+-------+-------+----+
    | 1  | again |       |    |
    | 2  | b!    | 2.50  |    |
    +----+-------+-------+----+
    "#);
    insta::assert_snapshot!(table(&mut session, "SELECT name, _key FROM t WHERE _offset >= 0 ORDER BY 1"), @r#"
    +-------+------+
    | name  | _key |
    +-------+------+
    | again | 1    |
    | b!    | 2    |
    +-------+------+
    "#);
    let all: Vec<_> = (0..3).flat_map(|partition| log.records("t", partition, 0)).collect();
    assert_eq!(all.len(), 7);
}

#[test]
fn an_undeclared_topic_is_a_table_of_its_records() {
    let (mut session, log) = session(1);
    let record = |key: Option<&'static str>, value: &'static str, timestamp| NewRecord {
        key: key.map(|key| key.into()),
        value: Some(value.into()),
        timestamp: Some(timestamp),
        ..NewRecord::default()
    };
    log.write(
        "raw",
        vec![record(Some("k"), r#"{"a":1}"#, 5), record(None, r#"{"a":2}"#, 4), record(None, "x", 9)],
    );
    insta::assert_snapshot!(
        table(&mut session, "SELECT _key, _offset, _timestamp, _value, _value->>'a' AS a FROM raw WHERE _offset < 2"),
        @r#"
        +------+---------+--------------------------+---------+---+
        | _key | _offset | _timestamp               | _value  | a |
        +------+---------+--------------------------+---------+---+
        | k    | 0       | 1970-01-01T00:00:00.005Z | {"a":1} | 1 |
        |      | 1       | 1970-01-01T00:00:00.004Z | {"a":2} | 2 |
        +------+---------+--------------------------+---------+---+
        "#
    );
    insta::assert_snapshot!(table(&mut session, "SELECT count(*) FROM raw WHERE _timestamp >= '1970-01-01 00:00:00.005Z'"), @r#"
    +----------+
    | count(*) |
    +----------+
    | 2        |
    +----------+
    "#);
}

#[test]
fn windows_of_a_bounded_query() {
    let (mut session, _) = session(2);
    run(
        &mut session,
        "CREATE STREAM s (k TEXT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND);
         INSERT INTO s VALUES ('a', '2024-01-01 00:00:01'), ('b', '2024-01-01 00:00:09'), ('a', '2024-01-01 00:00:10'), ('a', NULL);
         CREATE VIEW w AS SELECT k, window_end, count(*) AS n FROM HOP(s, ts, INTERVAL '5' SECOND, INTERVAL '10 seconds') GROUP BY k, window_end",
    )
    .unwrap();
    insta::assert_snapshot!(table(&mut session, "SELECT * FROM w ORDER BY k, window_end"), @r#"
    +---+---------------------+---+
    | k | window_end          | n |
    +---+---------------------+---+
    | a | 2024-01-01T00:00:05 | 1 |
    | a | 2024-01-01T00:00:10 | 1 |
    | a | 2024-01-01T00:00:15 | 1 |
    | a | 2024-01-01T00:00:20 | 1 |
    | b | 2024-01-01T00:00:10 | 1 |
    | b | 2024-01-01T00:00:15 | 1 |
    +---+---------------------+---+
    "#);
    insta::assert_snapshot!(
        table(&mut session, "SELECT * FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) x ORDER BY x.ts"),
        @r#"
        +---+---------------------+---------------------+---------------------+-------------------------+
        | k | ts                  | window_start        | window_end          | window_time             |
        +---+---------------------+---------------------+---------------------+-------------------------+
        | a | 2024-01-01T00:00:01 | 2024-01-01T00:00:00 | 2024-01-01T00:00:10 | 2024-01-01T00:00:09.999 |
        | b | 2024-01-01T00:00:09 | 2024-01-01T00:00:00 | 2024-01-01T00:00:10 | 2024-01-01T00:00:09.999 |
        | a | 2024-01-01T00:00:10 | 2024-01-01T00:00:10 | 2024-01-01T00:00:20 | 2024-01-01T00:00:19.999 |
        +---+---------------------+---------------------+---------------------+-------------------------+
        "#
    );
}

#[test]
fn a_bad_row_stops_a_query_with_its_place_or_is_left_out_if_declared() {
    let (mut session, log) = session(1);
    let value = |value: &'static str| NewRecord { value: Some(value.into()), ..NewRecord::default() };
    log.write("t", vec![value(r#"{"a":1}"#), value(r#"{"a":"x"}"#), value(r#"{"a":3}"#)]);
    run(&mut session, "CREATE STREAM strict (a INT) WITH (topic = 't'); CREATE STREAM lax (a INT) WITH (topic = 't', bad_rows = 'skip')").unwrap();
    let error = run(&mut session, "SELECT * FROM strict").unwrap_err().to_string();
    assert!(
        error.contains("topic 't', partition 0, offset 1: column 'a': expected an integer, found \"x\""),
        "{error}"
    );
    assert!(table(&mut session, "SELECT sum(a) FROM lax").contains("| 4 "));
}

#[test]
fn errors_say_where_and_what_is_near() {
    let (mut session, _) = session(1);
    run(&mut session, "CREATE TABLE flights (id INT PRIMARY KEY, carrier TEXT)").unwrap();
    let cases = [
        ("SELECT * FROM fligths", "did you mean 'flights'?"),
        ("SELECT\n  carier FROM flights", "line 2, column 3"),
        ("INSERT INTO flights VALUES (1, 'a', 2)", "3 values for 2 columns"),
        ("INSERT INTO flights VALUES (NULL, 'a')", "null in column 'id'"),
        ("CREATE TABLE flights (id INT PRIMARY KEY)", "already exists"),
        ("CREATE TABLE x (a TEXT)", "needs a PRIMARY KEY"),
        ("CREATE STREAM x (a TEXT) WITH (topik = 'y')", "'topik' is not an option"),
        ("CREATE STREAM x (a NUMERIC(50, 2))", "at most 38 digits"),
        ("SELECT * FROM SESSION(flights, id, INTERVAL '5' SECOND)", "SESSION windows are not built"),
        ("SELECT * FROM TUMBLE(flights, id, INTERVAL '5' SECOND)", "must be a TIMESTAMP"),
        ("DROP TABLE nothing", "'nothing' does not exist"),
    ];
    for (sql, expected) in cases {
        let message = run(&mut session, sql).expect_err(sql).to_string();
        assert!(message.contains(expected), "{sql}: {message}");
    }
}

/// All that the tasks of a view's first partition write, changelogs too, when their records come in runs of `run` and a
/// tick comes between them or not. Repartition topics that `topics` does not have are added to it.
fn written(
    view: &str,
    topics: &mut BTreeMap<String, Vec<InputRecord>>,
    run: usize,
    ticks: bool,
) -> Vec<OutputRecord> {
    let (mut session, _) = session(2);
    self::run(
        &mut session,
        "CREATE STREAM s (k TEXT, v INT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);
         CREATE TABLE names (k TEXT PRIMARY KEY, name TEXT);",
    )
    .unwrap();
    let Statement::CreateMaterializedView(view) = parse(view).unwrap().remove(0).statement else { panic!() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let query = runtime.block_on(session.create_materialized_view(&view, "test")).unwrap().unwrap();
    let mut config = TaskConfig { max_run: run, ..TaskConfig::default() };
    config.partitions.extend(query.topology.internal_topics().iter().map(|topic| (topic.name.clone(), 2)));
    let mut outputs = Vec::new();
    for part in query.topology.subtopologies() {
        let backend = Box::new(MemoryBackend::default());
        let mut task = Task::open(&query.topology, Scope::Subtopology(part.id), 0, backend, &config).unwrap();
        task.start(0).unwrap();
        for topic in part.source_topics.iter().chain(&part.repartition_sources) {
            task.add(topic, topics[topic].clone(), None).unwrap();
            task.end_input(topic);
        }
        let begin = outputs.len();
        while !task.is_done() {
            task.process(0, run).unwrap();
            if ticks {
                task.tick(100).unwrap();
            }
            outputs.extend(task.take_outputs());
        }
        task.prepare_commit(100).unwrap();
        outputs.extend(task.take_outputs());
        for topic in part.sink_topics.iter().filter(|topic| config.partitions.contains_key(*topic)) {
            let sent = outputs[begin..].iter().filter(|output| *output.topic == **topic).enumerate();
            let read = |(offset, output): (usize, &OutputRecord)| InputRecord {
                offset: offset as i64,
                timestamp: output.timestamp,
                key: output.key.clone(),
                value: output.value.clone(),
                headers: output.headers.clone(),
            };
            topics.entry(topic.clone()).or_insert_with(|| sent.map(read).collect());
        }
    }
    outputs
}

#[test]
fn nothing_written_depends_on_where_runs_are_cut_or_on_ticks() {
    let record = |offset: i64, key: &str, value: String| InputRecord {
        offset,
        timestamp: 1_000 + offset,
        key: Some(key.to_owned().into()),
        value: Some(value.into()),
        headers: Headers::NONE,
    };
    let row = |at: i64| {
        let (key, second) = (["a", "b", "c"][at as usize % 3], (at * 7) % 60);
        record(at, key, format!(r#"{{"k":"{key}","v":{at},"ts":"2024-01-01T00:{:02}:{second:02}"}}"#, at / 9))
    };
    let name = |at: i64, key: &str| {
        record(at, &format!("\"{key}\""), format!(r#"{{"k":"{key}","name":"name {at}"}}"#))
    };
    let rows: Vec<_> = (0..40).map(row).collect();
    let names = vec![name(0, "a"), name(1, "b"), name(2, "a")];
    let views = [
        "CREATE MATERIALIZED VIEW w AS SELECT s.k, n.name, s.window_end, count(*) AS n
         FROM TUMBLE(s, ts, INTERVAL '10 seconds') AS s JOIN names AS n ON s.k = n.k
         GROUP BY s.k, n.name, s.window_end EMIT FINAL",
        "CREATE MATERIALIZED VIEW w AS SELECT v % 2 AS odd, window_end, sum(v) AS n
         FROM HOP(s, ts, INTERVAL '5 seconds', INTERVAL '10 seconds') GROUP BY v % 2, window_end EMIT FINAL",
        "CREATE MATERIALIZED VIEW w AS SELECT k, max(v) AS top FROM s GROUP BY k EMIT CHANGES",
    ];
    for view in views {
        let mut topics =
            BTreeMap::from([("names".to_owned(), names.clone()), ("s".to_owned(), rows.clone())]);
        // Records of one key keep their order; those of different keys may change places.
        let mut by_key = |run, ticks| {
            let mut outputs = written(view, &mut topics, run, ticks);
            outputs.sort_by(|a, b| (&a.topic, a.partition, &a.key).cmp(&(&b.topic, b.partition, &b.key)));
            outputs.iter().map(|output| format!("{output:?}")).collect::<Vec<_>>()
        };
        let whole = by_key(1_000, false);
        assert!(whole.len() > 3, "{whole:#?}");
        for (run, ticks) in [(1_000, true), (1, false), (1, true), (7, true)] {
            assert_eq!(by_key(run, ticks), whole, "{view} in runs of {run}, ticks: {ticks}");
        }
    }
}
