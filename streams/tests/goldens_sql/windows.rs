//! Flink's answers: after which input step the view held which rows.

use std::collections::BTreeMap;
use std::path::Path;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit};
use riverrun_core::ErrorKind;
use riverrun_core::format::format_timestamp;
use riverrun_streams::record::Headers;
use riverrun_streams::sql::topic::NewRecord;
use riverrun_streams::sql::{Answer, LocalSql, SqlError};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::{Outcome, files, stem};

/// Rows with how often each is there.
type Rows = BTreeMap<String, i64>;

enum Stop {
    Sql(SqlError),
    Wrong(String),
}

impl From<SqlError> for Stop {
    fn from(error: SqlError) -> Stop {
        Stop::Sql(error)
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Milliseconds since 1970 of `2024-05-01 10:00:00.000`.
fn millis(time: &str) -> i64 {
    let array = datafusion::arrow::array::StringArray::from(vec![time]);
    let stamp =
        cast(&array, &DataType::Timestamp(TimeUnit::Millisecond, None)).expect("a time of the golden");
    cast(&stamp, &DataType::Int64).expect("ticks").as_primitive::<Int64Type>().value(0)
}

fn declare(table: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    for column in list(table, "columns") {
        let (name, kind) = (column[0].as_str().unwrap_or_default(), column[1].as_str().unwrap_or_default());
        parts.push(format!("{name} {}", if kind == "STRING" { "TEXT" } else { kind }));
    }
    match text(table, "watermark") {
        "" => {}
        "explicit" => parts.push("WATERMARK FOR ts AS ts - INTERVAL '36500 days'".to_string()),
        clause => parts.push(format!("WATERMARK FOR {clause}")),
    }
    let name = text(table, "name");
    match text(table, "mode") {
        "append" => format!("CREATE STREAM {name} ({})", parts.join(", ")),
        "retract" => format!("CREATE TABLE {name} ({}) WITH (changelog = 'debezium')", parts.join(", ")),
        _ => {
            let key: Vec<&str> = list(table, "primary_key").iter().filter_map(Value::as_str).collect();
            parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
            format!("CREATE TABLE {name} ({}) WITH (key_format = 'json')", parts.join(", "))
        }
    }
}

fn record(table: &Value, row: &Value) -> NewRecord {
    let mut object = Map::new();
    for (column, value) in list(table, "columns").iter().zip(list(row, "row")) {
        object.insert(column[0].as_str().unwrap_or_default().to_string(), value.clone());
    }
    let op = text(row, "op");
    let gone = op.starts_with('-');
    let key: Vec<&Value> =
        list(table, "primary_key").iter().filter_map(|name| object.get(name.as_str()?)).collect();
    let key = match key.as_slice() {
        [] => None,
        [one] => Some(one.to_string()),
        many => Some(Value::from(many.iter().map(|value| (*value).clone()).collect::<Vec<_>>()).to_string()),
    };
    let value = match text(table, "mode") {
        "append" => Some(Value::Object(object)),
        "retract" if gone => Some(json!({ "before": object, "after": null })),
        "retract" => Some(json!({ "before": null, "after": object })),
        _ if gone => None,
        _ => Some(Value::Object(object)),
    };
    let mut headers = Headers::NONE;
    if text(table, "watermark") == "explicit"
        && let Some(watermark) = row["watermark"].as_str()
    {
        headers.push("riverrun.watermark", Some(millis(watermark).to_string().into()));
    }
    let timestamp = row["step"].as_i64();
    NewRecord {
        partition: None,
        timestamp,
        key: key.map(Into::into),
        value: value.map(|v| v.to_string().into()),
        headers,
    }
}

/// A value as the golden writes it.
fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Utf8 => Value::from(array.as_string::<i32>().value(row)),
        DataType::Boolean => Value::from(array.as_boolean().value(row)),
        DataType::Float64 => {
            Value::from(array.as_primitive::<datafusion::arrow::datatypes::Float64Type>().value(row))
        }
        DataType::Timestamp(..) => {
            let stamp = cast(&array.slice(row, 1), &DataType::Timestamp(TimeUnit::Millisecond, None))
                .expect("a time");
            let ticks = cast(&stamp, &DataType::Int64).expect("ticks").as_primitive::<Int64Type>().value(0);
            let mut text = String::new();
            format_timestamp(ticks, TimeUnit::Millisecond, false, &mut text);
            if !text.contains('.') {
                text.push_str(".000");
            }
            Value::from(text.replace('T', " "))
        }
        _ => {
            let number = cast(&array.slice(row, 1), &DataType::Int64).expect("a whole number");
            Value::from(number.as_primitive::<Int64Type>().value(0))
        }
    }
}

fn held(sql: &mut LocalSql, runtime: &Runtime) -> Result<Rows, Stop> {
    let mut rows = Rows::new();
    if let Some(Answer::Rows { batches, .. }) = runtime.block_on(sql.execute("SELECT * FROM out"))?.pop() {
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let cells: Vec<Value> =
                    batch.columns().iter().map(|column| value(column.as_ref(), row)).collect();
                *rows.entry(Value::from(cells).to_string()).or_default() += 1;
            }
        }
    }
    Ok(rows)
}

/// Rows that one has and the other has not.
fn difference(expected: &Rows, found: &Rows) -> String {
    let lacking = |a: &Rows, b: &Rows| {
        let missing = a.iter().filter(|(row, count)| b.get(*row) != Some(count));
        missing.map(|(row, count)| format!("{row}x{count}")).take(4).collect::<Vec<_>>().join(" ")
    };
    format!("expected {} found {}", lacking(expected, found), lacking(found, expected))
}

/// What the changelog leaves after each step at which it says something.
fn expected_states(case: &Value) -> BTreeMap<i64, Rows> {
    let mut states = BTreeMap::new();
    let mut rows = Rows::new();
    for change in list(case, "changelog") {
        let op = change[0].as_str().unwrap_or_default();
        let row = change[1].to_string();
        let count = rows.entry(row.clone()).or_default();
        *count += if op.starts_with('+') { 1 } else { -1 };
        if *count == 0 {
            rows.remove(&row);
        }
        states.insert(change[2].as_i64().unwrap_or(i64::MAX), rows.clone());
    }
    states
}

/// Whether rows must stand after the very step at which Flink gave them. The README makes rows, windows, lateness and
/// what remains law, and the way there Flink's own: where our view changes its rows and Flink waits for the watermark
/// to give each once, only what remains is compared. What a view of ours gives once comes at Flink's step.
fn at_their_step(case: &Value, sql: &LocalSql) -> bool {
    let once = list(case, "changelog").iter().all(|change| change[0] == "+I");
    let ours_changes = sql.query("out").is_some_and(|query| query.explain.contains("changelog: upsert"));
    // "Flink sends nothing until the watermark reaches 1970; that delay is its own way, not law."
    let waits = once && text(case, "sql").contains("ORDER BY ts");
    text(case, "case") != "tumble_before_epoch" && !(once && ours_changes) && !waits
}

fn run_case(case: &Value, runtime: &Runtime) -> Result<(), Stop> {
    let mut sql = LocalSql::new(1)?;
    for table in list(case, "tables") {
        runtime.block_on(sql.execute(&declare(table)))?;
    }
    for view in list(case, "views") {
        let view = view.as_str().unwrap_or_default().replace("CREATE TEMPORARY VIEW", "CREATE VIEW");
        runtime.block_on(sql.execute(&view))?;
    }
    runtime.block_on(sql.execute(&format!("CREATE MATERIALIZED VIEW out AS {}", text(case, "sql"))))?;

    let mut inputs: Vec<(&Value, &Value)> = Vec::new();
    for table in list(case, "tables") {
        inputs.extend(list(table, "rows").iter().map(|row| (table, row)));
    }
    inputs.sort_by_key(|(_, row)| row["step"].as_i64());
    let states = expected_states(case);
    let strict = at_their_step(case, &sql);
    for (table, row) in inputs {
        let step = row["step"].as_i64().unwrap_or(0);
        sql.write(text(table, "name"), vec![record(table, row)])?;
        if !strict {
            continue;
        }
        let expected = states.range(..=step).next_back().map(|(_, rows)| rows.clone()).unwrap_or_default();
        let found = held(&mut sql, runtime)?;
        if found != expected {
            return Err(Stop::Wrong(format!("after step {step}: {}", difference(&expected, &found))));
        }
    }
    sql.end()?;
    let found = held(&mut sql, runtime)?;
    let mut expected = Rows::new();
    for row in list(case, "final") {
        *expected.entry(row.to_string()).or_default() += 1;
    }
    if found != expected {
        return Err(Stop::Wrong(format!("at the end: {}", difference(&expected, &found))));
    }
    Ok(())
}

pub(crate) fn run(folder: &Path, wanted: &dyn Fn(&str) -> bool, runtime: &Runtime) -> Vec<(String, Outcome)> {
    let mut cases = Vec::new();
    for file in files(folder, "json") {
        let name = stem(&file);
        if !wanted(&name) {
            continue;
        }
        let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
        let outcome =
            match read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())) {
                Err(error) => Outcome::Failed(error),
                Ok(case) => match run_case(&case, runtime) {
                    Ok(()) => Outcome::Passed,
                    Err(Stop::Sql(error)) if error.kind == ErrorKind::Unsupported => {
                        Outcome::NotBuilt(error.to_string())
                    }
                    Err(Stop::Sql(error)) => Outcome::Failed(error.to_string()),
                    Err(Stop::Wrong(why)) => Outcome::Failed(why),
                },
            };
        cases.push((name, outcome));
    }
    cases
}
