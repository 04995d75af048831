use std::sync::Arc;

use super::super::topic::MemoryLog;
use super::*;

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// A session with a right relation, one whose nature is in doubt and one whose columns are.
fn session() -> SqlSession {
    let mut session = SqlSession::new(Arc::new(MemoryLog::new(1))).unwrap();
    let declared = "CREATE TABLE good (id INT PRIMARY KEY, name TEXT);
                    CREATE STREAM vague (id INT, at TIMESTAMP)";
    block_on(session.plan(declared, "test")).unwrap();
    session.doubt("vague", Doubt::Nature);
    session.doubt("dark", Doubt::Columns);
    session
}

fn errors(session: &mut SqlSession, sql: &str) -> Vec<String> {
    let judged = block_on(session.judge(sql, "test"));
    judged.errors.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let found = errors(&mut session(), sql);
    assert_eq!(found.len(), expected.len(), "{sql}: {found:?}");
    for (found, part) in found.iter().zip(expected) {
        assert!(found.contains(part), "{sql}: {found}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    check(
        "CREATE MATERIALIZED VIEW a AS SELECT sume(id), cuont(*) FROM god;
         CREATE MATERIALIZED VIEW b AS SELECT nmae FROM good;
         CREATE VIEW c AS SELECT id FROM good WHERE lenth(name) > 3;
         CREATE STREAM d (x TEXT) WITH (topik = 'y')",
        &["'god' does not exist; did you mean 'good'?", "'cuont'", "'sume'", "nmae", "'lenth'", "'topik'"],
    );
}

#[test]
fn what_is_in_doubt_gives_no_errors_of_its_own() {
    // Were it known to be right, it would lack an event time, or be a table.
    check(
        "CREATE MATERIALIZED VIEW a AS SELECT window_start, count(*) AS n
           FROM TUMBLE(vague, at, INTERVAL '1' HOUR) GROUP BY window_start LATE TO late EMIT FINAL;
         CREATE MATERIALIZED VIEW b AS SELECT n + 1 FROM a EMIT FINAL;
         CREATE MATERIALIZED VIEW c AS SELECT x, sum(y) FROM dark d JOIN good g ON d.x = g.id GROUP BY x;
         CREATE VIEW v AS SELECT what, ever FROM c;
         CREATE MATERIALIZED VIEW w AS SELECT ever FROM v EMIT FINAL",
        &[],
    );
}

#[test]
fn what_can_be_known_is_judged() {
    check(
        "CREATE MATERIALIZED VIEW a AS SELECT idd FROM vague;
         CREATE MATERIALIZED VIEW b AS SELECT sum(at) FROM vague;
         CREATE MATERIALIZED VIEW c AS SELECT window_end FROM TUMBLE(vague, id, INTERVAL '1' HOUR) GROUP BY window_end;
         CREATE MATERIALIZED VIEW d AS SELECT g.nmae, sume(x) FROM dark JOIN good g USING (id);
         CREATE MATERIALIZED VIEW e AS SELECT x FROM darkk;
         CREATE MATERIALIZED VIEW f WITH (partitons = 3) AS SELECT x FROM dark;
         CREATE MATERIALIZED VIEW f AS SELECT x FROM dark;
         SELECT * FROM dark",
        &[
            "idd",
            "sum",
            "must be a TIMESTAMP",
            "'sume'",
            "'good' has no column 'nmae'; it has id, name",
            "'darkk' does not exist; did you mean 'dark'?",
            "'partitons'",
            "'f' already exists",
            "a pipeline takes",
        ],
    );
}

#[test]
fn what_follows_from_an_error_is_not_told() {
    let mut session = session();
    assert_eq!(errors(&mut session, "CREATE MATERIALIZED VIEW Broken AS SELEKT 1").len(), 1);
    assert_eq!(errors(&mut session, "CREATE MATERIALIZED VIEW x AS SELECT a FROM broken").len(), 0);
    // Its question is right, so its columns are known though it cannot run.
    assert_eq!(errors(&mut session, "CREATE MATERIALIZED VIEW y AS SELECT id FROM good EMIT FINAL").len(), 1);
    assert_eq!(errors(&mut session, "CREATE MATERIALIZED VIEW z AS SELECT idd FROM y").len(), 1);
    session.expect_more_names();
    assert_eq!(errors(&mut session, "CREATE MATERIALIZED VIEW q AS SELECT sume(a) FROM elsewhere").len(), 1);
}

#[test]
fn topics_are_known_of_what_cannot_run() {
    let sql = "CREATE MATERIALIZED VIEW a WITH (topic = 'A') AS SELECT x FROM dark LATE TO l;
               CREATE MATERIALIZED VIEW b AS SELECT id FROM good";
    let judged = block_on(session().judge(sql, "test"));
    assert_eq!(judged.topics, ["A", "l", "b"]);
    assert_eq!(judged.queries.len(), 1);
}
