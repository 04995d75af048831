//! The columns of a source's files: their names from headers, their types as declared or from a sample of the rows.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::Value;

use crate::api::{Column, ColumnType, ConnectorError, Schema, nearest};

use super::config::{FileSourceConfig, Format};
use super::csv::{Field, split};
use super::decompress::{packing, plain};
use super::disk::{self, failed};
use super::reader::{Found, RowReader};
use super::row::{RowShape, type_of, wider};
use super::tracked::{framing, without_mark};
use super::{discover, json};

/// How many files are looked at, evenly spread over all of them.
const FILES_MAX: usize = 16;

/// The schema of all files: declared columns first where there is no header, else in the order of the headers.
pub(super) fn schema(config: &FileSourceConfig) -> Result<Schema, ConnectorError> {
    let files = discover::list(&config.paths)?;
    if files.is_empty() && !config.follow {
        return Err(discover::nothing_found(&config.paths));
    }
    let mut columns = Columns::default();
    if config.format == Format::Csv && !config.header {
        for column in &config.columns {
            columns.place(&column.name);
        }
    }
    let step = files.len().div_ceil(FILES_MAX).max(1);
    for file in files.iter().step_by(step) {
        match config.format {
            Format::Csv => look_at_csv(file, config, &mut columns)?,
            Format::Jsonl => look_at_jsonl(file, config, &mut columns)?,
            Format::Raw => {}
        }
    }
    let declared = |name: &str| config.columns.iter().find(|column| column.name == name);
    for column in config.columns.iter().filter(|column| columns.find(&column.name).is_none()) {
        if config.format == Format::Csv && !files.is_empty() {
            return Err(missing(&files[0], "declared under 'columns'", &column.name, columns.names()));
        }
    }
    for column in &config.columns {
        columns.place(&column.name);
    }
    for (setting, name) in [("'key'", &config.key), ("'timestamp'", &config.timestamp)] {
        let Some(name) = name else { continue };
        if columns.find(name).is_none() && !files.is_empty() {
            return Err(missing(&files[0], &format!("named by {setting}"), name, columns.names()));
        }
    }
    let typed = columns.0.into_iter().map(|(name, sampled)| {
        let kind = declared(&name).map(|column| column.kind).or(sampled).unwrap_or(ColumnType::Varchar);
        Column { name, kind }
    });
    Ok(Schema { columns: typed.collect() })
}

fn missing<'a>(
    file: &Path,
    who: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> ConnectorError {
    let hint = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("it has {}", known.collect::<Vec<_>>().join(", ")),
    };
    ConnectorError::fatal(format!("{}:1: column '{name}', {who}, is not in the file; {hint}", file.display()))
}

/// Columns in order of appearance, with the type that all values seen so far fit.
#[derive(Default)]
struct Columns(Vec<(String, Option<ColumnType>)>);

impl Columns {
    fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    fn place(&mut self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| {
            self.0.push((name.to_owned(), None));
            self.0.len() - 1
        })
    }

    fn saw(&mut self, place: usize, kind: ColumnType) {
        if let Some((_, seen)) = self.0.get_mut(place) {
            *seen = Some(seen.map_or(kind, |seen| wider(seen, kind)));
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

fn rows(path: &Path, config: &FileSourceConfig) -> Result<RowReader, ConnectorError> {
    let input = (|| {
        let mut file = disk::open(path)?;
        let packing = packing(&mut file)?;
        plain(file, packing, std::sync::Arc::default())
    })();
    let input = input.map_err(|error| failed("opening", path, error))?;
    Ok(RowReader::new(input, framing(config), config.row_bytes_max, 0, 1))
}

fn next_row(path: &Path, reader: &mut RowReader) -> Result<Option<Bytes>, ConnectorError> {
    loop {
        let found = reader.next(true).map_err(|error| failed("reading", path, error))?;
        match found {
            Found::Nothing => return Ok(None),
            Found::Broken(..) => {}
            Found::Row(raw) => {
                let raw = without_mark(raw);
                if !raw.bytes.is_empty() {
                    return Ok(Some(raw.bytes));
                }
            }
        }
    }
}

fn look_at_csv(path: &Path, config: &FileSourceConfig, columns: &mut Columns) -> Result<(), ConnectorError> {
    let mut reader = rows(path, config)?;
    let mut fields = Vec::new();
    let places: Vec<usize> = if config.header {
        let Some(row) = next_row(path, &mut reader)? else { return Ok(()) };
        header_names(path, &row, config)?.iter().map(|name| columns.place(name)).collect()
    } else {
        (0..config.columns.len()).collect()
    };
    for _ in 0..config.sample_rows {
        let Some(row) = next_row(path, &mut reader)? else { break };
        split(&row, config.delimiter, config.quote, &mut fields);
        if fields.len() != places.len() {
            continue;
        }
        for (field, place) in fields.iter().zip(&places) {
            if let Some(kind) = field_type(field, config) {
                columns.saw(*place, kind);
            }
        }
    }
    Ok(())
}

fn field_type(field: &Field, config: &FileSourceConfig) -> Option<ColumnType> {
    let null = !field.quoted
        && (field.bytes.is_empty() || config.nulls.iter().any(|null| null.as_bytes() == &field.bytes[..]));
    match std::str::from_utf8(&field.bytes) {
        Ok(text) if !null => Some(type_of(text)),
        _ => None,
    }
}

fn look_at_jsonl(
    path: &Path,
    config: &FileSourceConfig,
    columns: &mut Columns,
) -> Result<(), ConnectorError> {
    let mut reader = rows(path, config)?;
    for _ in 0..config.sample_rows {
        let Some(row) = next_row(path, &mut reader)? else { break };
        let Ok(Value::Object(object)) = serde_json::from_slice(&row) else { continue };
        for (name, value) in &object {
            let place = columns.place(name);
            if let Some(kind) = json::type_of(value) {
                columns.saw(place, kind);
            }
        }
    }
    Ok(())
}

fn header_names(path: &Path, row: &Bytes, config: &FileSourceConfig) -> Result<Vec<String>, ConnectorError> {
    let mut fields = Vec::new();
    split(row, config.delimiter, config.quote, &mut fields);
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        let place = index + 1;
        let Ok(name) = std::str::from_utf8(&field.bytes) else {
            let message =
                format!("{}:1: the name of column {place} is no UTF-8; convert the file", path.display());
            return Err(ConnectorError::fatal(message));
        };
        if name.is_empty() || names.iter().any(|known| known == name) {
            let what = if name.is_empty() { "has no name" } else { "has the name of another" };
            let message = format!(
                "{}:1: column {place} ('{name}') {what}; correct the header, or set 'header: false' and declare \
                 'columns'",
                path.display()
            );
            return Err(ConnectorError::fatal(message));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The shape of the rows of a file whose header is `row`.
pub(super) fn shape_from_header(
    path: &Path,
    row: &Bytes,
    config: &FileSourceConfig,
    schema: &Schema,
) -> Result<RowShape, ConnectorError> {
    let names = header_names(path, row, config)?;
    let known = || names.iter().map(String::as_str);
    let place = |who: &str, name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => match names.iter().position(|known| known == name) {
            Some(place) => Ok(Some(place)),
            None => Err(missing(path, who, name, known())),
        },
    };
    let key = place("named by 'key'", &config.key)?;
    let timestamp = place("named by 'timestamp'", &config.timestamp)?;
    for column in &config.columns {
        place("declared under 'columns'", &Some(column.name.clone()))?;
    }
    // A column that no other file had when the schema was made is text: nothing of it is lost.
    let kind =
        |name: &String| schema.position(name).map_or(ColumnType::Varchar, |at| schema.columns[at].kind);
    let columns = names.iter().map(|name| Column { name: name.clone(), kind: kind(name) }).collect();
    Ok(RowShape::new(columns, config.nulls.clone(), key, timestamp, config.timestamp_format))
}

/// The shape of the rows of a file that is resumed behind its header.
pub(super) fn shape_of(
    path: &Path,
    config: &FileSourceConfig,
    schema: &Schema,
) -> Result<RowShape, ConnectorError> {
    let mut reader = rows(path, config)?;
    match next_row(path, &mut reader)? {
        Some(row) => shape_from_header(path, &row, config, schema),
        None => Err(ConnectorError::fatal(format!("{}:1: the file has no header", path.display()))),
    }
}

/// The shape of rows whose columns were declared.
pub(super) fn shape_without_header(
    config: &FileSourceConfig,
    schema: &Schema,
) -> Result<RowShape, ConnectorError> {
    let place = |setting: &str, name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => match config.columns.iter().position(|column| &column.name == name) {
            Some(place) => Ok(Some(place)),
            None => {
                let known = config.columns.iter().map(|column| column.name.as_str());
                let hint = nearest(name, known).map(|near| format!("; did you mean '{near}'?"));
                Err(ConnectorError::fatal(format!(
                    "column '{name}', named by '{setting}', is not among 'columns'{}",
                    hint.unwrap_or_default()
                )))
            }
        },
    };
    let key = place("key", &config.key)?;
    let timestamp = place("timestamp", &config.timestamp)?;
    let columns = config.columns.iter().map(|column| {
        let sampled = schema.position(&column.name).map(|at| schema.columns[at].kind);
        Column { name: column.name.clone(), kind: sampled.unwrap_or(column.kind) }
    });
    Ok(RowShape::new(columns.collect(), config.nulls.clone(), key, timestamp, config.timestamp_format))
}

/// Every file that the source would read now.
pub(super) fn files(config: &FileSourceConfig) -> Result<Vec<PathBuf>, ConnectorError> {
    discover::list(&config.paths)
}
