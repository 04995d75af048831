//! Records as lines: JSON objects that keep every byte, or plain text for people and pipes.
//!
//! In JSON, bytes are a string where they are UTF-8, `{"base64": "…"}` where they are not, and `null`; what `consume`
//! prints, `produce` takes back unchanged.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use riverrun::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Value, json};

/// A record to write, as a line of JSON has it.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordLine {
    #[serde(default)]
    pub(crate) key: Option<Data>,
    #[serde(default)]
    pub(crate) value: Option<Data>,
    #[serde(default)]
    pub(crate) headers: Vec<HeaderLine>,
    /// Milliseconds since 1970-01-01 UTC; now when missing.
    #[serde(default)]
    pub(crate) timestamp: Option<i64>,
    #[serde(default)]
    pub(crate) partition: Option<i32>,
    /// What `consume` prints beside these says where the record was; it has no meaning for a new one.
    #[serde(default, rename = "topic")]
    _topic: Option<String>,
    #[serde(default, rename = "offset")]
    _offset: Option<i64>,
}

/// A header of such a record.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderLine {
    pub(crate) key: Data,
    pub(crate) value: Option<Data>,
}

/// Bytes in JSON.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Value")]
pub(crate) struct Data(pub(crate) Vec<u8>);

impl TryFrom<Value> for Data {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let wrong = || format!("{value} is no text: write a string, {{\"base64\": \"…\"}} or null");
        match &value {
            Value::String(text) => Ok(Data(text.clone().into_bytes())),
            Value::Object(object) if object.len() == 1 => {
                let text = object.get("base64").and_then(Value::as_str).ok_or_else(wrong)?;
                BASE64_STANDARD
                    .decode(text)
                    .map(Data)
                    .map_err(|error| format!("'{text}' is no base64: {error}"))
            }
            _ => Err(wrong()),
        }
    }
}

impl RecordLine {
    /// Reads one line of JSON; `number` is what errors call it.
    pub(crate) fn parse(line: &str, number: u64) -> Result<RecordLine> {
        serde_json::from_str(line).map_err(|error| {
            let what = format!("standard input, line {number}, column {}: this is no record", error.column());
            Error::new(ErrorKind::Invalid, what).with_source(error)
        })
    }
}

/// Bytes as JSON.
pub(crate) fn from_bytes(bytes: Option<&[u8]>) -> Value {
    match bytes {
        None => Value::Null,
        Some(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::String(text.to_owned()),
            Err(_) => json!({ "base64": BASE64_STANDARD.encode(bytes) }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"\xff", b"\x00\xff\xfe", b"\x80\x81\x82\x83\x84"] {
            let value = from_bytes(Some(bytes));
            assert_eq!(Data::try_from(value), Ok(Data(bytes.to_vec())));
        }
        assert!(Data::try_from(json!({ "base64": "a" })).is_err());
    }

    #[test]
    fn a_line_is_a_record() {
        let line = r#"{"topic":"t","partition":2,"offset":9,"timestamp":7,"key":null,"value":{"base64":"/w=="},"headers":[{"key":"a","value":null}]}"#;
        let record = RecordLine::parse(line, 1).unwrap();
        assert_eq!((record.partition, record.timestamp, record.key), (Some(2), Some(7), None));
        assert_eq!(record.value, Some(Data(vec![255])));
        assert_eq!(record.headers, [HeaderLine { key: Data(b"a".to_vec()), value: None }]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let message = |line| RecordLine::parse(line, 3).unwrap_err().chain();
        assert!(
            message(r#"{"valu":"x"}"#)
                .starts_with("standard input, line 3, column 7: this is no record: unknown field `valu`"),
            "{}",
            message(r#"{"valu":"x"}"#)
        );
        assert!(
            message(r#"{"value":5}"#).contains("5 is no text: write a string"),
            "{}",
            message(r#"{"value":5}"#)
        );
        assert!(message("plain").contains("line 3"));
    }
}
