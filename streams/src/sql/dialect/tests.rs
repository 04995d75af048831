use super::*;

fn one(sql: &str) -> Statement {
    parse(sql).unwrap_or_else(|error| panic!("{sql}: {error}")).remove(0).statement
}

fn refusal(sql: &str) -> String {
    parse(sql).expect_err(sql).to_string()
}

#[test]
fn a_stream_keeps_its_watermark_and_options() {
    let Statement::CreateRelation(made) =
        one("CREATE STREAM flights (carrier TEXT, time_hour TIMESTAMPTZ NOT NULL,
           WATERMARK FOR time_hour AS time_hour - INTERVAL '1' DAY)
         WITH (topic = 'flights.raw', 'key.format' = 'text')")
    else {
        panic!("not a relation")
    };
    assert_eq!((made.kind, made.name.as_str(), made.columns.len()), (RelationKind::Stream, "flights", 2));
    let watermark = made.watermark.unwrap();
    assert_eq!((watermark.column.as_str(), watermark.delay_ms), ("time_hour", 86_400_000));
    let options: Vec<_> = made.options.iter().map(|o| (o.name.as_str(), o.value.as_str())).collect();
    assert_eq!(options, [("topic", "flights.raw"), ("key_format", "text")]);
}

#[test]
fn a_view_keeps_emission_grace_and_late_topic() {
    let Statement::CreateMaterializedView(view) = one(
        "CREATE MATERIALIZED VIEW v AS SELECT k, count(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' \
         MINUTES)) GROUP BY k, window_start EMIT FINAL GRACE INTERVAL '90 seconds' LATE TO late_rows",
    ) else {
        panic!("not a view")
    };
    assert_eq!(view.emit, Some(Emit::Final));
    assert_eq!(view.grace_ms, 90_000);
    assert_eq!(view.late_to.as_deref(), Some("late_rows"));
    assert!(view.query.to_string().contains("TUMBLE(t, DESCRIPTOR(ts)"), "{}", view.query);
}

#[test]
fn both_places_of_a_primary_key_are_read() {
    for sql in [
        "CREATE TABLE t (a INT, \"B\" TEXT, PRIMARY KEY (a, \"B\"))",
        "CREATE TABLE t (a INT PRIMARY KEY, b TEXT)",
    ] {
        let Statement::CreateRelation(made) = one(sql) else { panic!("not a relation") };
        assert_eq!(made.primary_key[0], "a");
    }
}

#[test]
fn errors_name_line_and_column() {
    let cases = [
        ("SELECT 1;\nSELEC 2", "line 2, column 1:"),
        ("SELECT a FROM t\n WHERE", "line 2"),
        ("CREATE TABLE t AS SELECT 1", "line 1, column 16: a table from a query is a materialized view"),
        ("CREATE STREAM s (a INT PRIMARY KEY)", "a stream has no primary key"),
        ("CREATE TABLE t (a INT, PRIMARY KEY (b))", "primary key column 'b'"),
        (
            "SELECT * FROM t FOR SYSTEM_TIME AS OF x.ts",
            "line 1, column 17: FOR SYSTEM_TIME AS OF is not built",
        ),
        ("SELECT * FROM t TABLESAMPLE BERNOULLI (10)", "TABLESAMPLE is not built"),
        ("SELECT * FROM t EMIT CHANGES", "EMIT belongs to CREATE MATERIALIZED VIEW"),
        ("CREATE SINK s FROM v", "declared in the pipeline's YAML"),
        ("CREATE STREAM s (t TIMESTAMP, WATERMARK FOR t AS t - INTERVAL '1 month')", "no fixed length"),
        ("CREATE STREAM s (t TIMESTAMP, WATERMARK FOR t AS now())", "a watermark is"),
        ("CREATE TABLE t (a INT", "never closed"),
        ("TRUNCATE t", "is not a statement of Riverrun"),
        ("SELECT 'open", "line 1"),
    ];
    for (sql, expected) in cases {
        let message = refusal(sql);
        assert!(message.contains(expected), "{sql}: {message}");
    }
}
