//! One line of JSON into one record: checked, and passed on as it is.

use bytes::Bytes;
use serde_json::Value;

use crate::api::{ColumnType, Schema};

use super::config::FileSourceConfig;
use super::row::{Converted, RowError, expected_time, parse_event_time, shown};
use super::time::parse_rfc3339_ms;

const FIX_JSON: &str = "correct the line, or set 'format'";
const FIX_TYPE: &str = "correct the line, or declare another type under 'columns'";
const FIX_TIME: &str = "correct the line, or set 'timestamp.format'";

/// Checks a line and finds its key and event time.
pub(super) fn convert(
    line: &Bytes,
    config: &FileSourceConfig,
    schema: &Schema,
) -> Result<Converted, RowError> {
    let object = match serde_json::from_slice::<Value>(line) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err(refused(None, "a JSON object".to_owned(), shown(line), FIX_JSON)),
        Err(error) => {
            let found = format!("{} ({error})", shown(line));
            return Err(refused(None, "a JSON object".to_owned(), found, FIX_JSON));
        }
    };
    for (place, column) in schema.columns.iter().enumerate() {
        let value = object.get(&column.name).unwrap_or(&Value::Null);
        if !fits(column.kind, value) {
            let name = Some((column.name.clone(), place + 1));
            return Err(refused(
                name,
                column.kind.to_string(),
                shown(value.to_string().as_bytes()),
                FIX_TYPE,
            ));
        }
    }
    let key = match config.key.as_ref().and_then(|key| object.get(key)) {
        None | Some(Value::Null) => None,
        Some(value) => Some(Bytes::from(text_of(value))),
    };
    let timestamp = match &config.timestamp {
        None => None,
        Some(column) => {
            let text = object.get(column).map(text_of).unwrap_or_default();
            let time = parse_event_time(config.timestamp_format, &text);
            let expected = || expected_time(config.timestamp_format).to_owned();
            let place = schema.position(column).map_or(0, |place| place + 1);
            let name = Some((column.clone(), place));
            Some(time.ok_or_else(|| refused(name, expected(), shown(text.as_bytes()), FIX_TIME))?)
        }
    };
    Ok(Converted { key, value: line.clone(), timestamp })
}

fn refused(
    column: Option<(String, usize)>,
    expected: String,
    found: String,
    advice: &'static str,
) -> RowError {
    RowError { column, expected, found, advice }
}

/// A text itself, anything else as JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn fits(kind: ColumnType, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::Null) | (ColumnType::Varchar, _) => true,
        (ColumnType::Boolean, value) => value.is_boolean(),
        (ColumnType::BigInt, value) => value.is_i64(),
        (ColumnType::Double, value) => value.is_number(),
        (ColumnType::Timestamp, Value::String(text)) => parse_rfc3339_ms(text).is_some(),
        (ColumnType::Timestamp, _) => false,
    }
}

/// The type of one value, for the sample.
pub(super) fn type_of(value: &Value) -> Option<ColumnType> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => ColumnType::Boolean,
        Value::Number(number) if number.is_i64() => ColumnType::BigInt,
        Value::Number(_) => ColumnType::Double,
        Value::String(text) if parse_rfc3339_ms(text).is_some() => ColumnType::Timestamp,
        Value::String(_) | Value::Array(_) | Value::Object(_) => ColumnType::Varchar,
    })
}
