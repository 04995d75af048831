//! One CSV row into one JSON object, with the types that its columns have.

use bytes::{BufMut, Bytes, BytesMut};

use crate::api::{Column, ColumnType};

use super::config::TimestampFormat;
use super::csv::Field;
use super::time::parse_rfc3339_ms;

/// A row that became a record's parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Converted {
    pub(super) key: Option<Bytes>,
    pub(super) value: Bytes,
    pub(super) timestamp: Option<i64>,
}

/// Why a row is bad. The source puts file and line in front.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RowError {
    /// The column's name and its place from 1.
    pub(super) column: Option<(String, usize)>,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) advice: &'static str,
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((name, place)) = &self.column {
            write!(f, "column '{name}' (field {place}): ")?;
        }
        write!(f, "expected {}, found {}; {}", self.expected, self.found, self.advice)
    }
}

const FIX_TYPE: &str = "correct the row, or declare another type under 'columns'";
const FIX_TIME: &str = "correct the row, or set 'timestamp.format'";
const FIX_FIELDS: &str = "correct the row, or check 'delimiter' and 'quote'";

/// The columns of one file in the order of its fields, and what each becomes.
#[derive(Clone, Debug)]
pub(super) struct RowShape {
    columns: Vec<Column>,
    /// For each column what stands before its value: the brace or comma, and its name.
    prefixes: Vec<Vec<u8>>,
    nulls: Vec<String>,
    key: Option<usize>,
    timestamp: Option<usize>,
    timestamp_format: TimestampFormat,
}

impl RowShape {
    pub(super) fn new(
        columns: Vec<Column>,
        nulls: Vec<String>,
        key: Option<usize>,
        timestamp: Option<usize>,
        timestamp_format: TimestampFormat,
    ) -> Self {
        let prefix = |(index, column): (usize, &Column)| {
            let mut text = vec![if index == 0 { b'{' } else { b',' }];
            write_json_text(&mut text, &column.name);
            text.push(b':');
            text
        };
        let prefixes = columns.iter().enumerate().map(prefix).collect();
        RowShape { columns, prefixes, nulls, key, timestamp, timestamp_format }
    }

    /// Converts a row; its value is written into `out` and split off.
    pub(super) fn convert(&self, fields: &[Field], out: &mut BytesMut) -> Result<Converted, RowError> {
        if fields.len() != self.columns.len() {
            return Err(self.wrong_count(fields.len()));
        }
        out.clear();
        for (index, field) in fields.iter().enumerate() {
            out.extend_from_slice(&self.prefixes[index]);
            self.write_value(index, field, out)?;
        }
        out.put_u8(b'}');
        let key = match self.key {
            Some(index) if !self.is_null(index, &fields[index]) => Some(fields[index].bytes.clone()),
            _ => None,
        };
        let timestamp = match self.timestamp {
            Some(index) => Some(self.event_time(index, &fields[index])?),
            None => None,
        };
        Ok(Converted { key, value: out.split().freeze(), timestamp })
    }

    fn wrong_count(&self, found: usize) -> RowError {
        let missing = self.columns.get(found).map(|column| (column.name.clone(), found + 1));
        RowError {
            column: missing,
            expected: format!("{} fields", self.columns.len()),
            found: found.to_string(),
            advice: FIX_FIELDS,
        }
    }

    fn is_null(&self, index: usize, field: &Field) -> bool {
        if field.quoted {
            return false;
        }
        (field.bytes.is_empty() && self.columns[index].kind != ColumnType::Varchar)
            || self.nulls.iter().any(|null| null.as_bytes() == &field.bytes[..])
    }

    fn write_value(&self, index: usize, field: &Field, out: &mut BytesMut) -> Result<(), RowError> {
        if self.is_null(index, field) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        let kind = self.columns[index].kind;
        let written = match std::str::from_utf8(&field.bytes) {
            Ok(text) => write_typed(kind, text, out),
            Err(_) => false,
        };
        if written { Ok(()) } else { Err(self.wrong_type(index, field)) }
    }

    fn wrong_type(&self, index: usize, field: &Field) -> RowError {
        let kind = self.columns[index].kind;
        let expected = match (kind, self.nulls.iter().find(|null| !null.is_empty())) {
            (ColumnType::Varchar, _) => "text in UTF-8".to_owned(),
            (_, Some(null)) => format!("{kind} or {null}"),
            (_, None) => kind.to_string(),
        };
        RowError { column: Some(self.name(index)), expected, found: shown(&field.bytes), advice: FIX_TYPE }
    }

    fn name(&self, index: usize) -> (String, usize) {
        (self.columns[index].name.clone(), index + 1)
    }

    fn event_time(&self, index: usize, field: &Field) -> Result<i64, RowError> {
        let time = match std::str::from_utf8(&field.bytes) {
            Ok(text) if !self.is_null(index, field) => parse_event_time(self.timestamp_format, text),
            _ => None,
        };
        time.ok_or_else(|| RowError {
            column: Some(self.name(index)),
            expected: expected_time(self.timestamp_format).to_owned(),
            found: shown(&field.bytes),
            advice: FIX_TIME,
        })
    }
}

/// What an event time should have looked like.
pub(super) fn expected_time(format: TimestampFormat) -> &'static str {
    match format {
        TimestampFormat::Auto => "an event time (RFC 3339, or milliseconds since 1970)",
        TimestampFormat::Rfc3339 => "an event time in RFC 3339, such as 2013-01-01T10:00:00Z",
        TimestampFormat::EpochMs => "an event time in milliseconds since 1970",
        TimestampFormat::EpochS => "an event time in seconds since 1970",
    }
}

/// The event time in milliseconds since 1970. Times before 1970 are refused: a Kafka record cannot carry them.
pub(super) fn parse_event_time(format: TimestampFormat, text: &str) -> Option<i64> {
    let ms = match format {
        TimestampFormat::Auto => text.parse().ok().or_else(|| parse_rfc3339_ms(text)),
        TimestampFormat::Rfc3339 => parse_rfc3339_ms(text),
        TimestampFormat::EpochMs => text.parse().ok(),
        TimestampFormat::EpochS => {
            let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.abs() < 1e12);
            seconds.map(|seconds| (seconds * 1_000.0).round() as i64)
        }
    };
    ms.filter(|ms| *ms >= 0)
}

/// Writes `text` as JSON of type `kind`; `false` if it is none.
fn write_typed(kind: ColumnType, text: &str, out: &mut BytesMut) -> bool {
    use std::fmt::Write;
    match kind {
        ColumnType::Boolean => match parse_boolean(text) {
            Some(true) => out.extend_from_slice(b"true"),
            Some(false) => out.extend_from_slice(b"false"),
            None => return false,
        },
        ColumnType::BigInt => match text.parse::<i64>() {
            Ok(number) => return write!(out, "{number}").is_ok(),
            Err(_) => return false,
        },
        ColumnType::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => return serde_json::to_writer(out.writer(), &number).is_ok(),
            _ => return false,
        },
        ColumnType::Timestamp => match parse_rfc3339_ms(text) {
            Some(_) => write_json_text(&mut out.writer(), text),
            None => return false,
        },
        ColumnType::Varchar => write_json_text(&mut out.writer(), text),
    }
    true
}

fn parse_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" => Some(true),
        "false" | "f" => Some(false),
        _ => None,
    }
}

fn write_json_text(out: &mut impl std::io::Write, text: &str) {
    // Writing text into memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// The narrowest type that `text` fits.
pub(super) fn type_of(text: &str) -> ColumnType {
    let leading_zero =
        |digits: &str| digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if matches!(text, "true" | "false" | "TRUE" | "FALSE" | "True" | "False") {
        return ColumnType::Boolean;
    }
    // A number with a leading zero is a code: to read it as a number would lose the zero.
    if !leading_zero(text.trim_start_matches(['-', '+'])) {
        if text.parse::<i64>().is_ok() {
            return ColumnType::BigInt;
        }
        let numeric = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        if numeric && text.parse::<f64>().is_ok_and(f64::is_finite) {
            return ColumnType::Double;
        }
    }
    if parse_rfc3339_ms(text).is_some() { ColumnType::Timestamp } else { ColumnType::Varchar }
}

/// The type that holds the values of both.
pub(super) fn wider(one: ColumnType, other: ColumnType) -> ColumnType {
    match (one, other) {
        _ if one == other => one,
        (ColumnType::BigInt, ColumnType::Double) | (ColumnType::Double, ColumnType::BigInt) => {
            ColumnType::Double
        }
        _ => ColumnType::Varchar,
    }
}

/// Input as a message shows it: in quotes, cut short.
pub(super) fn shown(bytes: &[u8]) -> String {
    const LETTERS: usize = 60;
    let text = String::from_utf8_lossy(bytes);
    let cut: String = text.chars().take(LETTERS).collect();
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("'{}{dots}'", cut.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::super::csv::split;
    use super::*;

    fn shape() -> RowShape {
        let column = |(name, kind): (&str, ColumnType)| Column { name: name.to_owned(), kind };
        let columns = [
            ("id", ColumnType::BigInt),
            ("delay", ColumnType::Double),
            ("name", ColumnType::Varchar),
            ("at", ColumnType::Timestamp),
            ("ok", ColumnType::Boolean),
        ];
        RowShape::new(
            columns.map(column).to_vec(),
            vec!["NA".to_owned()],
            Some(2),
            Some(3),
            TimestampFormat::Auto,
        )
    }

    fn convert(row: &str) -> Result<(String, Option<String>, Option<i64>), String> {
        let (mut fields, mut out) = (Vec::new(), BytesMut::new());
        split(&Bytes::copy_from_slice(row.as_bytes()), b',', b'"', &mut fields);
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        match shape().convert(&fields, &mut out) {
            Ok(row) => Ok((text(row.value), row.key.map(text), row.timestamp)),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn types_show_in_the_json() {
        let (value, key, timestamp) = convert("+7,2,\"a \"\"b\"\"\",1970-01-01T00:00:01Z,TRUE").unwrap();
        assert_eq!(value, r#"{"id":7,"delay":2.0,"name":"a \"b\"","at":"1970-01-01T00:00:01Z","ok":true}"#);
        assert_eq!((key.as_deref(), timestamp), (Some("a \"b\""), Some(1_000)));
    }

    #[test]
    fn the_null_marker_is_null_and_quotes_protect_it() {
        let (value, key, _) = convert("NA,,\"NA\",1970-01-01,NA").unwrap();
        assert_eq!(value, r#"{"id":null,"delay":null,"name":"NA","at":"1970-01-01","ok":null}"#);
        assert_eq!(key.as_deref(), Some("NA"));
        assert_eq!(convert("1,1,NA,1970-01-01,t").unwrap().1, None);
    }

    #[test]
    fn errors_say_what_was_expected_and_found() {
        for (row, expected) in [
            (
                "x,1,a,1970-01-01,true",
                "column 'id' (field 1): expected BIGINT or NA, found 'x'; correct the row, or declare another type \
                 under 'columns'",
            ),
            (
                "1,NaN,a,1970-01-01,true",
                "column 'delay' (field 2): expected DOUBLE or NA, found 'NaN'; correct the row, or declare another \
                 type under 'columns'",
            ),
            (
                "1,1,a,NA,true",
                "column 'at' (field 4): expected an event time (RFC 3339, or milliseconds since 1970), found 'NA'; \
                 correct the row, or set 'timestamp.format'",
            ),
            (
                "1,1,a",
                "column 'at' (field 4): expected 5 fields, found 3; correct the row, or check 'delimiter' and 'quote'",
            ),
        ] {
            assert_eq!(convert(row).unwrap_err(), expected);
        }
    }

    #[test]
    fn sampled_types() {
        for (text, kind) in [
            ("12", ColumnType::BigInt),
            ("-0.5", ColumnType::Double),
            ("007", ColumnType::Varchar),
            ("0", ColumnType::BigInt),
            ("2013-01-01T10:00:00Z", ColumnType::Timestamp),
            ("NaN", ColumnType::Varchar),
            ("true", ColumnType::Boolean),
            ("N14228", ColumnType::Varchar),
        ] {
            assert_eq!(type_of(text), kind, "{text}");
        }
        assert_eq!(wider(ColumnType::BigInt, ColumnType::Double), ColumnType::Double);
        assert_eq!(wider(ColumnType::BigInt, ColumnType::Boolean), ColumnType::Varchar);
    }
}
