//! Partitions that get no rows, on virtual time.

use datafusion::arrow::util::pretty::pretty_format_batches;

use super::topic::NewRecord;
use super::{Answer, LocalSql};

/// Rows are keyed by `k`, and grouped by it or by something else.
const BY_KEY: &str = "SELECT k, window_end, count(*) AS n FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
                      GROUP BY k, window_end EMIT FINAL LATE TO 'late'";
const BY_VALUE: &str = "SELECT v, window_end, count(*) AS n FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
                        GROUP BY v, window_end EMIT FINAL LATE TO 'late'";
const JOINED: &str = "SELECT a.v, window_end, count(*) AS n
                      FROM TUMBLE(s, ts, INTERVAL '10' SECOND) AS a JOIN u ON a.k = u.k
                      GROUP BY a.v, window_end EMIT FINAL LATE TO 'late'";

struct Run {
    sql: LocalSql,
    restarts: bool,
}

impl Run {
    fn new(query: &str, options: &str, restarts: bool) -> Run {
        let mut run = Run { sql: LocalSql::new(3).unwrap(), restarts };
        run.rows(&format!(
            "CREATE STREAM s (k TEXT, v INT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (key = 'k'{options});
             CREATE STREAM u (k TEXT, ts2 TIMESTAMP, WATERMARK FOR ts2 AS ts2) WITH (key = 'k'{options});
             CREATE MATERIALIZED VIEW w AS {query}"
        ));
        run
    }

    fn rows(&mut self, sql: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        match runtime.block_on(self.sql.execute(sql)).unwrap_or_else(|error| panic!("{sql}: {error}")).pop() {
            Some(Answer::Rows { batches, .. }) => pretty_format_batches(&batches).unwrap().to_string(),
            _ => String::new(),
        }
    }

    fn write(&mut self, partition: i32, key: &str, second: u32) {
        let value = format!(r#"{{"k":"{key}","v":7,"ts":"2024-01-01T00:00:{second:02}"}}"#);
        let (partition, key) = (Some(partition), Some(key.to_owned().into()));
        let record = NewRecord { partition, key, value: Some(value.into()), ..NewRecord::default() };
        self.sql.write("s", vec![record]).unwrap();
        self.restart();
    }

    fn pass_time(&mut self, now_ms: i64) {
        self.sql.pass_time(now_ms).unwrap();
        self.restart();
    }

    fn restart(&mut self) {
        if self.restarts {
            self.sql.restart().unwrap();
        }
    }

    /// The windows that closed, by their ends in seconds, in order of closing, and how many rows each has.
    fn closed(&self) -> Vec<(u32, u32)> {
        let mut windows = Vec::new();
        for partition in 0..3 {
            for record in self.sql.log().records("w", partition, 0) {
                let row: serde_json::Value = serde_json::from_slice(&record.value.unwrap()).unwrap();
                let end = row["window_end"].as_str().unwrap();
                windows.push((end[17..19].parse().unwrap(), row["n"].as_u64().unwrap() as u32));
            }
        }
        windows.sort_unstable();
        windows
    }

    fn late(&self) -> usize {
        (0..3).map(|partition| self.sql.log().records("late", partition, 0).len()).sum()
    }
}

#[test]
fn a_partition_that_is_caught_up_holds_nothing_back() {
    for query in [BY_KEY, BY_VALUE] {
        for restarts in [false, true] {
            let mut run = Run::new(query, ", idle_timeout = '5 seconds'", restarts);
            run.pass_time(1_000);
            run.write(0, "a", 1);
            run.write(1, "b", 2);
            run.write(0, "a", 25);
            let early = if query == BY_KEY { vec![(10, 1)] } else { vec![] };
            assert_eq!(run.closed(), early, "partition 1 may get more, and partition 2 too");
            if restarts {
                // What is quiet is quiet anew after a start.
                run.restarts = false;
                run.pass_time(5_900);
                run.restarts = true;
                assert_eq!(run.closed(), early);
            }
            run.write(0, "a", 26);
            run.restarts = false;
            run.pass_time(6_000);
            run.write(0, "a", 27);
            run.restarts = restarts;
            // Nothing of partition 0 came for long, so it is idle as well: all go along with the furthest.
            run.restarts = false;
            run.pass_time(50_000);
            run.pass_time(60_000);
            run.restarts = restarts;
            let closed = if query == BY_KEY { vec![(10, 1), (10, 1)] } else { vec![(10, 2)] };
            assert_eq!(run.closed(), closed, "{query}");
            run.restart();
            // Behind the watermark by now, so late, whatever its own partition has seen.
            run.write(1, "b", 3);
            assert_eq!((run.closed(), run.late()), (closed.clone(), 1), "{query}");
            assert_eq!(
                run.sql.dropped("w").iter().map(|(_, count)| count).sum::<u64>(),
                u64::from(!restarts)
            );
            // Not behind it, so not late, and waited for again.
            run.write(1, "b", 28);
            run.write(0, "a", 55);
            assert_eq!(run.late(), 1, "{query}");
            let all = run.closed();
            let rows = if query == BY_KEY { vec![(30, 3)] } else { vec![] };
            assert_eq!(all[closed.len()..], rows, "{query}");
        }
    }
}

#[test]
fn nobody_is_given_up_who_is_to_be_waited_for() {
    for options in [", idle_timeout = 'never'", ", idle_timeout = '1 hour'"] {
        let mut run = Run::new(BY_VALUE, options, false);
        run.write(0, "a", 1);
        run.write(1, "b", 2);
        run.write(0, "a", 45);
        run.pass_time(0);
        run.pass_time(3_599_000);
        assert_eq!(run.closed(), []);
    }
}

#[test]
fn a_quiet_input_of_a_join_holds_nothing_back() {
    for restarts in [false, true] {
        let mut run = Run::new(JOINED, ", idle_timeout = '5 seconds'", restarts);
        let record = |key: &str, value: String| NewRecord {
            partition: Some(0),
            key: Some(key.to_owned().into()),
            value: Some(value.into()),
            ..NewRecord::default()
        };
        run.sql.write("u", vec![record("a", r#"{"k":"a","ts2":"2024-01-01T00:00:01"}"#.to_owned())]).unwrap();
        run.write(0, "a", 4);
        run.write(0, "a", 31);
        assert_eq!(run.closed(), []);
        run.restarts = false;
        run.pass_time(10_000);
        assert_eq!(run.closed(), []);
        run.pass_time(20_000);
        assert_eq!(run.closed(), [(10, 1)], "u says nothing, and s is at 31");
    }
}

#[test]
fn wrong_timeouts_are_told() {
    let mut sql = LocalSql::new(1).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (options, expected) in [
        ("x TEXT) WITH (idle_timeout = '5 seconds')", "declare WATERMARK FOR a column"),
        (
            "x TIMESTAMP, WATERMARK FOR x AS x) WITH (idle_timeout = 'soon')",
            "such as '30 seconds', or 'never'",
        ),
        (
            "x TIMESTAMP, WATERMARK FOR x AS x) WITH (idle_timeout = '0 seconds')",
            "or 'never', not '0 seconds'",
        ),
    ] {
        let error = runtime.block_on(sql.execute(&format!("CREATE STREAM t ({options}"))).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
