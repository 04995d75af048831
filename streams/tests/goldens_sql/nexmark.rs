//! Questions over the auction site, each kept up to date as a view while the events come.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use riverrun_core::ErrorKind;
use riverrun_streams::sql::topic::NewRecord;
use riverrun_streams::sql::{Answer, LocalSql, SqlError};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::text::postgres;
use crate::{Outcome, files, stem};

const STREAMS: &str = "
    CREATE STREAM person (id BIGINT, name TEXT, email_address TEXT, credit_card TEXT, city TEXT, state TEXT,
        date_time TIMESTAMP(3), extra TEXT, WATERMARK FOR date_time AS date_time - INTERVAL '4' SECOND);
    CREATE STREAM auction (id BIGINT, item_name TEXT, description TEXT, initial_bid BIGINT, reserve BIGINT,
        date_time TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra TEXT,
        WATERMARK FOR date_time AS date_time - INTERVAL '4' SECOND);
    CREATE STREAM bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, url TEXT, date_time TIMESTAMP(3),
        extra TEXT, WATERMARK FOR date_time AS date_time - INTERVAL '4' SECOND);
    CREATE STREAM side_input (key BIGINT, value TEXT)";

fn unpacked(file: &Path) -> String {
    let mut text = String::new();
    if let Ok(bytes) = std::fs::read(file) {
        // A file that cannot be read leaves no rows, which no answer equals.
        let _ = flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text);
    }
    text
}

/// A value of either side as text, numbers that are not whole rounded to six places.
fn normal(kind: &str, text: &str) -> String {
    if text == "NULL" {
        return text.to_string();
    }
    if kind.starts_with("NUMERIC") || kind.starts_with("DOUBLE") {
        let rounded = format!("{:.6}", text.parse::<f64>().unwrap_or(f64::NAN));
        return rounded.trim_end_matches('0').trim_end_matches('.').to_string();
    }
    if kind.starts_with("TIMESTAMP") && !text.contains('.') {
        return format!("{text}.000");
    }
    text.to_string()
}

fn of_golden(row: &Value, kinds: &[String]) -> String {
    let cells = row.as_array().map(Vec::as_slice).unwrap_or_default().iter().zip(kinds);
    let cells = cells.map(|(cell, kind)| match cell {
        Value::Null => "NULL".to_string(),
        Value::String(text) => normal(kind, text),
        Value::Bool(value) => if *value { "t" } else { "f" }.to_string(),
        other => normal(kind, &other.to_string()),
    });
    cells.collect::<Vec<_>>().join("|")
}

fn padded(kind: &str, text: String) -> String {
    // PostgreSQL's text drops zeros behind the point; the golden keeps milliseconds.
    match (kind.starts_with("TIMESTAMP"), text.find('.')) {
        (true, Some(point)) => {
            format!("{text}{}", "0".repeat(3_usize.saturating_sub(text.len() - point - 1)))
        }
        _ => text,
    }
}

fn ask(
    question: &Value,
    events: &[(String, NewRecord)],
    runtime: &Runtime,
    kinds: &[String],
) -> Result<BTreeMap<String, i64>, SqlError> {
    let mut sql = LocalSql::new(1)?;
    runtime.block_on(sql.execute(STREAMS))?;
    // Flink quotes names with back quotes.
    let query = question["sql_flink"].as_str().unwrap_or_default().replace('`', "\"");
    runtime.block_on(sql.execute(&format!("CREATE MATERIALIZED VIEW out AS {query}")))?;
    let mut rest = events;
    while let Some((topic, _)) = rest.first() {
        let length = rest.iter().take_while(|(other, _)| other == topic).count();
        let (run, tail) = rest.split_at(length);
        sql.write(topic, run.iter().map(|(_, record)| record.clone()).collect())?;
        rest = tail;
    }
    sql.end()?;
    let mut rows = BTreeMap::new();
    if let Some(Answer::Rows { batches, .. }) = runtime.block_on(sql.execute("SELECT * FROM out"))?.pop() {
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let cells = batch.columns().iter().zip(kinds);
                let cells =
                    cells.map(|(column, kind)| normal(kind, &padded(kind, postgres(column.as_ref(), row))));
                *rows.entry(cells.collect::<Vec<_>>().join("|")).or_default() += 1;
            }
        }
    }
    Ok(rows)
}

fn judge(question: &Value, folder: &Path, events: &[(String, NewRecord)], runtime: &Runtime) -> Outcome {
    if question["sql_flink"].as_str().is_none() {
        return Outcome::NotBuilt("there is no continuous form of the question".to_string());
    }
    let columns = question["columns"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kinds: Vec<String> =
        columns.iter().map(|column| column[1].as_str().unwrap_or_default().to_string()).collect();
    let found = match ask(question, events, runtime, &kinds) {
        Ok(found) => found,
        Err(error) if error.kind == ErrorKind::Unsupported => return Outcome::NotBuilt(error.to_string()),
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    let mut add = |row: &Value| *expected.entry(of_golden(row, &kinds)).or_default() += 1;
    match question["answer_file"].as_str() {
        Some(file) => {
            let text = unpacked(&folder.join(file));
            text.lines().filter_map(|line| serde_json::from_str(line).ok()).for_each(|row: Value| add(&row));
        }
        None => question["answer"].as_array().map(Vec::as_slice).unwrap_or_default().iter().for_each(add),
    }
    if found == expected {
        return Outcome::Passed;
    }
    let lacking = |a: &BTreeMap<String, i64>, b: &BTreeMap<String, i64>| {
        let rows = a.iter().filter(|(row, count)| b.get(*row) != Some(count)).take(2);
        rows.map(|(row, count)| format!("{row} x{count}")).collect::<Vec<_>>().join("; ")
    };
    Outcome::Failed(format!("expected {} found {}", lacking(&expected, &found), lacking(&found, &expected)))
}

pub(crate) fn run(folder: &Path, wanted: &dyn Fn(&str) -> bool, runtime: &Runtime) -> Vec<(String, Outcome)> {
    let mut events: Vec<(String, NewRecord)> = Vec::new();
    for line in unpacked(&folder.join("events.jsonl.gz")).lines() {
        let kind = serde_json::from_str::<Value>(line)
            .ok()
            .and_then(|event| Some(event["kind"].as_str()?.to_string()));
        let value = Some(line.to_string().into());
        events.push((kind.unwrap_or_default(), NewRecord { value, ..NewRecord::default() }));
    }
    let side = std::fs::read_to_string(folder.join("side_input.json")).unwrap_or_default();
    for pair in serde_json::from_str::<Vec<Value>>(&side).unwrap_or_default() {
        let value = serde_json::json!({ "key": pair[0], "value": pair[1] }).to_string();
        events.push((
            "side_input".to_string(),
            NewRecord { value: Some(value.into()), ..NewRecord::default() },
        ));
    }
    let mut cases = Vec::new();
    for file in files(folder, "json") {
        let name = stem(&file);
        if name == "side_input" || !wanted(&name) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let outcome = match serde_json::from_str(&text) {
            Ok(question) => judge(&question, folder, &events, runtime),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        cases.push((name, outcome));
    }
    cases
}
