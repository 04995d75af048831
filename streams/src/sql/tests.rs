use std::sync::Arc;

use datafusion::arrow::util::pretty::pretty_format_batches;

use super::topic::{MemoryLog, NewRecord};
use super::*;

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
