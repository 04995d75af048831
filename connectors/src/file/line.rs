//! One record into one line of the sink's file.

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::api::SinkRecord;

use super::config::{FileSinkConfig, Format};
use super::csv::write_field;

/// Writes lines in the sink's format.
#[derive(Debug)]
pub(super) struct LineWriter {
    format: Format,
    header: bool,
    delimiter: u8,
    quote: u8,
    null: String,
    columns: Vec<String>,
}

impl LineWriter {
    pub(super) fn new(config: &FileSinkConfig) -> Self {
        LineWriter {
            format: config.format,
            header: config.header,
            delimiter: config.delimiter,
            quote: config.quote,
            null: config.null.clone(),
            columns: config.columns.clone(),
        }
    }

    /// The columns of a CSV file; empty before the first record where none were given.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Goes on with the columns of a file begun earlier.
    pub(super) fn set_columns(&mut self, columns: Vec<String>) {
        if !columns.is_empty() {
            self.columns = columns;
        }
    }

    /// Appends a record's line, after the header if the file is empty. An error says why the record is refused.
    pub(super) fn write(
        &mut self,
        record: &SinkRecord,
        is_first: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        let Some(value) = &record.value else {
            return Err(format!(
                "{}, offset {}: expected a value, found a tombstone: a file of rows cannot take a row back; write \
                 final rows (EMIT FINAL) to it",
                record.partition, record.offset
            ));
        };
        let refuse = |expected: &str, error: serde_json::Error| {
            format!(
                "{}, offset {}: expected {expected}, found {} ({error}); correct the record, or set 'format: raw'",
                record.partition,
                record.offset,
                super::row::shown(value)
            )
        };
        match self.format {
            Format::Raw => out.extend_from_slice(value),
            Format::Jsonl => {
                serde_json::from_slice::<IgnoredAny>(value).map_err(|error| refuse("JSON", error))?;
                // In valid JSON a line end stands only between two tokens.
                out.extend(value.iter().filter(|byte| !matches!(byte, b'\n' | b'\r')));
            }
            Format::Csv => {
                let row: Row =
                    serde_json::from_slice(value).map_err(|error| refuse("a JSON object", error))?;
                self.write_csv(record, row, is_first, out)?;
            }
        }
        out.push(b'\n');
        Ok(())
    }

    fn write_csv(
        &mut self,
        record: &SinkRecord,
        row: Row,
        is_first: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        if self.columns.is_empty() {
            self.columns = row.0.iter().map(|(name, _)| name.clone()).collect();
        }
        if let Some((name, _)) = row.0.iter().find(|(name, _)| !self.columns.contains(name)) {
            return Err(format!(
                "{}, offset {}: expected the columns {}, found '{name}' too; list all columns under 'columns'",
                record.partition,
                record.offset,
                self.columns.join(", ")
            ));
        }
        if is_first && self.header {
            for (index, name) in self.columns.iter().enumerate() {
                self.separate(index, out);
                write_field(out, name, self.delimiter, self.quote, false);
            }
            out.push(b'\n');
        }
        for (index, name) in self.columns.iter().enumerate() {
            self.separate(index, out);
            match row.0.iter().find(|(column, _)| column == name).map(|(_, value)| value) {
                None | Some(Value::Null) => out.extend_from_slice(self.null.as_bytes()),
                Some(Value::String(text)) => {
                    write_field(out, text, self.delimiter, self.quote, *text == self.null);
                }
                Some(other) => write_field(out, &other.to_string(), self.delimiter, self.quote, false),
            }
        }
        Ok(())
    }

    fn separate(&self, index: usize, out: &mut Vec<u8>) {
        if index > 0 {
            out.push(self.delimiter);
        }
    }
}

/// A JSON object whose members keep their order.
struct Row(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Row;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Row(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use bytes::Bytes;

    use crate::api::TopicPartition;

    use super::*;

    fn write(format: Format, values: &[&str]) -> Vec<Result<String, String>> {
        let config = FileSinkConfig {
            path: PathBuf::from("x"),
            format,
            header: true,
            delimiter: b',',
            quote: b'"',
            null: "NA".to_owned(),
            columns: Vec::new(),
        };
        let mut lines = LineWriter::new(&config);
        let mut written = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let record = SinkRecord {
                partition: TopicPartition::new("t", 0),
                offset: index as i64,
                key: None,
                value: Some(Bytes::copy_from_slice(value.as_bytes())),
                headers: Vec::new(),
                timestamp: 0,
            };
            let mut out = Vec::new();
            let result = lines.write(&record, index == 0, &mut out);
            written.push(result.map(|()| String::from_utf8(out).unwrap()));
        }
        written
    }

    #[test]
    fn csv_keeps_the_first_records_order() {
        let lines =
            write(Format::Csv, &[r#"{"z":1,"a":"x,y"}"#, r#"{"a":"NA","z":null}"#, r#"{"z":2,"b":1}"#, "[]"]);
        assert_eq!(lines[0].as_deref(), Ok("z,a\n1,\"x,y\"\n"));
        assert_eq!(lines[1].as_deref(), Ok("NA,\"NA\"\n"));
        assert!(
            lines[2].as_ref().unwrap_err().starts_with("t-0, offset 2: expected the columns z, a, found 'b'")
        );
        assert!(lines[3].is_err());
    }

    #[test]
    fn jsonl_is_one_line_a_record() {
        let lines = write(Format::Jsonl, &["{\"b\": 1,\n \"a\": \"x\\ny\"}", "{"]);
        assert_eq!(lines[0].as_deref(), Ok("{\"b\": 1, \"a\": \"x\\ny\"}\n"));
        assert!(lines[1].is_err());
    }
}
