//! The configuration of the file source and sink, one declaration for each key.

use std::path::PathBuf;
use std::sync::Arc;

use crate::api::{
    COMMON_KEYS, Column, ColumnType, ConfigMap, Key, KeyError, SINK_COMMON_KEYS, Settings, nearest,
    split_list,
};

const FORMAT_KEY: Key = Key {
    name: "format",
    default: None,
    valid: "csv, jsonl, raw",
    doc: "How a row is written. By default the path's ending says it: .csv and .tsv are csv, .jsonl, .ndjson and \
          .json are jsonl, anything else is raw: the line itself.",
};
const DELIMITER_KEY: Key = Key {
    name: "delimiter",
    default: None,
    valid: "one ASCII character; \\t is the tabulator",
    doc: "What stands between two fields of a CSV row. By default a comma, and the tabulator for .tsv.",
};
const QUOTE_KEY: Key =
    Key { name: "quote", default: Some("\""), valid: "one ASCII character", doc: "The quote of CSV." };
const HEADER_KEY: Key = Key {
    name: "header",
    default: Some("true"),
    valid: "true, false",
    doc: "Whether the first row of a CSV file holds the names of its columns. Without one the columns must be \
          declared under 'columns', in order.",
};

/// The keys of the file source.
pub const SOURCE_KEYS: &[Key] = &[
    Key {
        name: "path",
        default: None,
        valid: "paths or globs, with commas between",
        doc: "The files to read. A glob may hold *, **, ?, [..] and {a,b}.",
    },
    FORMAT_KEY,
    HEADER_KEY,
    DELIMITER_KEY,
    QUOTE_KEY,
    Key {
        name: "null",
        default: Some(""),
        valid: "texts, with commas between",
        doc: "What a CSV file writes for null, such as NA. A field in quotes is never null. An empty field of a \
              column that is no text is null in any case.",
    },
    Key {
        name: "columns",
        default: Some(""),
        valid: "NAME TYPE, with commas between",
        doc: "The types of columns: BOOLEAN, BIGINT, DOUBLE, TIMESTAMP, VARCHAR. Those not named are taken from a \
              sample of the rows.",
    },
    Key {
        name: "sample.rows",
        default: Some("1000"),
        valid: "a number of at least 1",
        doc: "How many rows of each file are looked at to find the types of columns.",
    },
    Key { name: "key", default: None, valid: "a column", doc: "The column whose text is the record's key." },
    Key {
        name: "timestamp",
        default: None,
        valid: "a column",
        doc: "The column that holds the event time. Without one a record takes the time of its writing.",
    },
    Key {
        name: "timestamp.format",
        default: Some("auto"),
        valid: "auto, rfc3339, epoch_ms, epoch_s",
        doc: "How the event time is written. auto takes a number as milliseconds since 1970 and text as RFC 3339.",
    },
    Key {
        name: "timestamp.fixed",
        default: None,
        valid: "milliseconds since 1970",
        doc: "One event time for every row.",
    },
    Key { name: "topic", default: None, valid: "a topic", doc: "The topic to write to." },
    Key {
        name: "follow",
        default: Some("false"),
        valid: "true, false",
        doc: "Whether to wait for more rows and more files, as a log file's reader does, or to read what is there.",
    },
    Key {
        name: "row.max.bytes",
        default: Some("1048576"),
        valid: "a number of at least 1",
        doc: "A longer row is a bad row: it is most often a quote that was never closed.",
    },
];

/// The keys of the file sink.
pub const SINK_KEYS: &[Key] = &[
    Key { name: "path", default: None, valid: "a path", doc: "The file to write." },
    FORMAT_KEY,
    HEADER_KEY,
    DELIMITER_KEY,
    QUOTE_KEY,
    Key {
        name: "null",
        default: Some(""),
        valid: "a text",
        doc: "What a CSV file gets for null. A text that is equal to it goes in quotes.",
    },
    Key {
        name: "columns",
        default: Some(""),
        valid: "NAME, with commas between",
        doc: "The columns of a CSV file, in order. By default those of the first record.",
    },
];

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A line is the value.
    Raw,
}

/// How an event time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// A number is milliseconds since 1970, text is RFC 3339.
    Auto,
    /// RFC 3339.
    Rfc3339,
    /// Milliseconds since 1970.
    EpochMs,
    /// Seconds since 1970, with or without a fraction.
    EpochS,
}

/// What the file source was told.
#[derive(Clone, Debug)]
pub struct FileSourceConfig {
    /// Paths and globs.
    pub paths: Vec<String>,
    /// How rows are written.
    pub format: Format,
    /// Whether a CSV file names its columns.
    pub header: bool,
    /// Between two fields.
    pub delimiter: u8,
    /// Around a field.
    pub quote: u8,
    /// What means null.
    pub nulls: Vec<String>,
    /// The declared columns.
    pub columns: Vec<Column>,
    /// Rows of each file to look at for types.
    pub sample_rows: u64,
    /// The key's column.
    pub key: Option<String>,
    /// The event time's column.
    pub timestamp: Option<String>,
    /// How the event time is written.
    pub timestamp_format: TimestampFormat,
    /// One event time for all rows, in milliseconds since 1970.
    pub timestamp_fixed: Option<i64>,
    /// Where the records go.
    pub topic: Arc<str>,
    /// Whether to go on at the end.
    pub follow: bool,
    /// The longest row.
    pub row_bytes_max: usize,
}

/// What the file sink was told.
#[derive(Clone, Debug)]
pub struct FileSinkConfig {
    /// The file.
    pub path: PathBuf,
    /// How rows are written.
    pub format: Format,
    /// Whether a CSV file begins with the names of its columns.
    pub header: bool,
    /// Between two fields.
    pub delimiter: u8,
    /// Around a field.
    pub quote: u8,
    /// What stands for null in CSV.
    pub null: String,
    /// The columns of CSV; empty takes the first record's.
    pub columns: Vec<String>,
}

impl FileSourceConfig {
    /// Reads a flat map, and reports every error in it.
    pub fn parse(map: &ConfigMap) -> Result<Self, Vec<KeyError>> {
        let mut settings = Settings::new(map, SOURCE_KEYS, COMMON_KEYS);
        let paths: Vec<String> = split_list(settings.required("path"));
        let (format, delimiter) = format_of(&mut settings, paths.first().map_or("", String::as_str));
        let timestamp_format = match settings.text("timestamp.format") {
            Some("rfc3339") => TimestampFormat::Rfc3339,
            Some("epoch_ms") => TimestampFormat::EpochMs,
            Some("epoch_s") => TimestampFormat::EpochS,
            Some("auto") | None => TimestampFormat::Auto,
            Some(other) => {
                let message =
                    not_one_of("timestamp.format", other, &["auto", "rfc3339", "epoch_ms", "epoch_s"]);
                settings.refuse("timestamp.format", message);
                TimestampFormat::Auto
            }
        };
        let timestamp_fixed = settings.text("timestamp.fixed").and_then(|text| {
            let parsed = text.parse().ok();
            if parsed.is_none() {
                let message = format!("'timestamp.fixed' must be milliseconds since 1970, found '{text}'");
                settings.refuse("timestamp.fixed", message);
            }
            parsed
        });
        let config = FileSourceConfig {
            format,
            header: settings.flag("header"),
            delimiter,
            quote: settings.byte("quote").unwrap_or(b'"'),
            nulls: settings
                .text("null")
                .unwrap_or_default()
                .split(',')
                .map(|text| text.trim().to_owned())
                .collect(),
            columns: declared_columns(&mut settings),
            sample_rows: settings.number("sample.rows", 1),
            key: settings.text("key").map(str::to_owned),
            timestamp: settings.text("timestamp").map(str::to_owned),
            timestamp_format,
            timestamp_fixed,
            topic: settings.required("topic").into(),
            follow: settings.flag("follow"),
            row_bytes_max: settings.number("row.max.bytes", 1) as usize,
            paths,
        };
        if config.format == Format::Raw {
            for key in ["key", "timestamp", "columns"] {
                if map.get(key).is_some_and(|text| !text.is_empty()) {
                    settings.refuse(
                        key,
                        format!("'{key}' names a column, and raw lines have none; set 'format'"),
                    );
                }
            }
        }
        if config.format == Format::Csv && !config.header && config.columns.is_empty() {
            let message = "'columns' is missing: a CSV file without a header needs the names of its columns";
            settings.refuse("columns", message.to_owned());
        }
        settings.finish(config)
    }
}

impl FileSinkConfig {
    /// Reads a flat map, and reports every error in it.
    pub fn parse(map: &ConfigMap) -> Result<Self, Vec<KeyError>> {
        let mut settings = Settings::new(map, SINK_KEYS, SINK_COMMON_KEYS);
        let path = settings.required("path");
        let (format, delimiter) = format_of(&mut settings, path);
        let config = FileSinkConfig {
            path: PathBuf::from(path),
            format,
            header: settings.flag("header"),
            delimiter,
            quote: settings.byte("quote").unwrap_or(b'"'),
            null: settings.text("null").unwrap_or_default().to_owned(),
            columns: split_list(settings.text("columns").unwrap_or_default()),
        };
        settings.finish(config)
    }
}

fn not_one_of(key: &str, found: &str, valid: &[&str]) -> String {
    let near = nearest(found, valid.iter().copied()).map(|near| format!("; did you mean '{near}'?"));
    format!("'{key}' must be one of {}, found '{found}'{}", valid.join(", "), near.unwrap_or_default())
}

fn format_of(settings: &mut Settings<'_>, path: &str) -> (Format, u8) {
    let name = path.to_ascii_lowercase();
    let name = ["gz", "zst", "gzip", "zstd"]
        .iter()
        .find_map(|packed| name.strip_suffix(packed).and_then(|rest| rest.strip_suffix('.')))
        .unwrap_or(&name);
    let tabs = name.ends_with(".tsv");
    let format = match settings.text("format") {
        Some("csv") => Format::Csv,
        Some("jsonl") => Format::Jsonl,
        Some("raw") => Format::Raw,
        Some(other) => {
            settings.refuse("format", not_one_of("format", other, &["csv", "jsonl", "raw"]));
            Format::Jsonl
        }
        None if tabs || name.ends_with(".csv") => Format::Csv,
        None if [".jsonl", ".ndjson", ".json"].iter().any(|ending| name.ends_with(ending)) => Format::Jsonl,
        None => Format::Raw,
    };
    (format, settings.byte("delimiter").unwrap_or(if tabs { b'\t' } else { b',' }))
}

fn declared_columns(settings: &mut Settings<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for item in split_list(settings.text("columns").unwrap_or_default()) {
        let (name, kind) = match item.split_once(char::is_whitespace) {
            Some((name, kind)) => (name.to_owned(), kind.trim().to_owned()),
            None => (item.clone(), "VARCHAR".to_owned()),
        };
        if columns.iter().any(|column| column.name == name) {
            settings.refuse("columns", format!("column '{name}' is declared twice"));
        }
        match ColumnType::parse(&kind) {
            Some(kind) => columns.push(Column { name, kind }),
            None => {
                let names: Vec<&str> = ColumnType::ALL.iter().map(|kind| kind.as_sql()).collect();
                settings.refuse("columns", not_one_of(&name, &kind, &names));
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> ConfigMap {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_path_says_the_format() {
        for (path, format, delimiter) in [
            ("a.csv", Format::Csv, b','),
            ("data/*.csv.gz", Format::Csv, b','),
            ("a.TSV", Format::Csv, b'\t'),
            ("a.jsonl.zst", Format::Jsonl, b','),
            ("a.log", Format::Raw, b','),
        ] {
            let config = FileSourceConfig::parse(&map(&[("path", path), ("topic", "t")])).unwrap();
            assert_eq!((config.format, config.delimiter), (format, delimiter), "{path}");
        }
    }

    #[test]
    fn all_errors_at_once() {
        let errors = FileSourceConfig::parse(&map(&[
            ("path", "a.csv"),
            ("colums", "a BIGINT"),
            ("columns", "a BIGNT"),
            ("format", "cvs"),
            ("timestamp.format", "iso"),
        ]))
        .unwrap_err();
        let keys: Vec<&str> = errors.iter().map(|error| error.key.as_str()).collect();
        assert_eq!(keys, ["colums", "format", "timestamp.format", "columns", "topic"]);
        assert!(errors[3].message.contains("did you mean 'BIGINT'?"), "{}", errors[3].message);
    }
}
