//! `CREATE TABLE` and `CREATE STREAM` to a relation.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use riverrun_core::format::{JsonEncoder, KeyEncoder, KeyFormat};

use super::{BadRows, Changelog, EventTime, Meta, Relation, ValueFormat};
use crate::sql::dialect::{CreateRelation, RelationKind, RelationOption, interval_text_ms};
use crate::sql::error::SqlError;

const OPTIONS: [&str; 8] =
    ["topic", "format", "key", "key_format", "changelog", "partitions", "bad_rows", "idle_timeout"];

/// How long a partition without new rows is waited for where nothing is declared, in milliseconds.
const IDLE_MS: i64 = 60_000;

/// The relation that a declaration makes, with its columns already typed.
pub(crate) fn declare(declared: &CreateRelation, schema: SchemaRef) -> Result<Relation, SqlError> {
    let name = &declared.name;
    for option in &declared.options {
        if !OPTIONS.contains(&option.name.as_str()) {
            let message =
                format!("'{}' is not an option of a topic; there are {}", option.name, OPTIONS.join(", "));
            return Err(SqlError::invalid(message).at(option.location));
        }
    }
    let option = |wanted: &str| declared.options.iter().find(|option| option.name == wanted);
    for meta in Meta::ALL {
        if schema.column_with_name(meta.name()).is_some() {
            let message =
                format!("'{}' is a column of every topic already; it needs no declaration", meta.name());
            return Err(SqlError::invalid(message));
        }
    }
    let changelog = changelog(declared, option("changelog"))?;
    let value_format = value_format(option("format"), &schema)?;
    let key_columns = match (&declared.primary_key, option("key")) {
        (columns, None) => columns.clone(),
        (columns, Some(option)) if columns.is_empty() => {
            option.value.split(',').map(|column| column.trim().to_string()).collect()
        }
        (_, Some(option)) => {
            let message = "a table is keyed by its primary key; leave out the option 'key'";
            return Err(SqlError::invalid(message).at(option.location));
        }
    };
    let key = key_columns
        .iter()
        .map(|column| {
            schema
                .index_of(column)
                .map_err(|_| SqlError::invalid(format!("key column '{column}' is not a column of '{name}'")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let key_format = match option("key_format").map(|option| (option.value.to_lowercase(), option.location)) {
        None if key.len() == 1 => KeyFormat::Text,
        None => KeyFormat::Json,
        Some((text, _)) if text == "text" || text == "utf8" => KeyFormat::Text,
        Some((text, _)) if text == "json" => KeyFormat::Json,
        Some((text, place)) => {
            return Err(SqlError::invalid(format!("key_format is 'text' or 'json', not '{text}'")).at(place));
        }
    };
    if !key.is_empty() {
        KeyEncoder::new(&schema, &key, key_format)?;
    }
    if value_format == ValueFormat::Json {
        JsonEncoder::new(&schema)?;
    }
    Ok(Relation {
        name: name.clone(),
        topic: option("topic").map_or_else(|| name.clone(), |option| option.value.clone()),
        changelog,
        event_time: event_time(declared, &schema, option("idle_timeout"))?,
        // A table's key may stand in the record's key alone, so the value's columns may miss it.
        schema: Arc::new(Schema::new(
            schema
                .fields()
                .iter()
                .enumerate()
                .map(|(at, field)| {
                    if key.contains(&at) {
                        field.as_ref().clone().with_nullable(true)
                    } else {
                        field.as_ref().clone()
                    }
                })
                .collect::<Vec<_>>(),
        )),
        key,
        key_format,
        value_format,
        bad_rows: match option("bad_rows") {
            None => BadRows::Fail,
            Some(option) if option.value == "fail" => BadRows::Fail,
            Some(option) if option.value == "skip" => BadRows::Skip,
            Some(option) => {
                return Err(SqlError::invalid("bad_rows is 'fail' or 'skip'").at(option.location));
            }
        },
        partitions: option("partitions").map(partitions).transpose()?,
        view: false,
    })
}

fn changelog(declared: &CreateRelation, option: Option<&RelationOption>) -> Result<Changelog, SqlError> {
    let place = option.map(|option| option.location);
    let chosen = match (declared.kind, option.map(|option| option.value.to_lowercase()).as_deref()) {
        (RelationKind::Stream, None | Some("append")) => Changelog::Append,
        (RelationKind::Table, None | Some("upsert")) => Changelog::Upsert,
        (RelationKind::Table, Some("debezium")) => Changelog::Debezium,
        (kind, Some(other)) => {
            let known = match kind {
                RelationKind::Stream => "a stream's changelog is 'append'",
                RelationKind::Table => "a table's changelog is 'upsert' or 'debezium'",
            };
            let error = SqlError::invalid(format!("{known}, not '{other}'"));
            return Err(match place {
                Some(place) => error.at(place),
                None => error,
            });
        }
    };
    if chosen == Changelog::Upsert && declared.primary_key.is_empty() {
        let message = format!(
            "table '{name}' needs a PRIMARY KEY: its rows replace each other by key; for rows that are only added, \
             CREATE STREAM {name}",
            name = declared.name
        );
        return Err(SqlError::invalid(message));
    }
    Ok(chosen)
}

fn value_format(option: Option<&RelationOption>, schema: &Schema) -> Result<ValueFormat, SqlError> {
    let Some(option) = option else { return Ok(ValueFormat::Json) };
    match option.value.to_lowercase().as_str() {
        "json" => Ok(ValueFormat::Json),
        "raw" | "text" => {
            let single = schema.fields().len() == 1 && *schema.field(0).data_type() == DataType::Utf8;
            if !single {
                let message = "format 'raw' needs exactly one column, of type TEXT: the whole value";
                return Err(SqlError::invalid(message).at(option.location));
            }
            Ok(ValueFormat::Raw)
        }
        other => {
            Err(SqlError::unsupported(format!("format is 'json' or 'raw', not '{other}'"))
                .at(option.location))
        }
    }
}

fn event_time(
    declared: &CreateRelation,
    schema: &Schema,
    idle: Option<&RelationOption>,
) -> Result<Option<EventTime>, SqlError> {
    let Some(watermark) = &declared.watermark else {
        return match idle {
            None => Ok(None),
            Some(option) => {
                let message = "'idle_timeout' says how long the watermark waits for a quiet partition; declare \
                               WATERMARK FOR a column, too";
                Err(SqlError::invalid(message).at(option.location))
            }
        };
    };
    let (column, field) = schema.column_with_name(&watermark.column).ok_or_else(|| {
        let message = format!("WATERMARK FOR '{}': '{}' has no such column", watermark.column, declared.name);
        SqlError::invalid(message).at(watermark.location)
    })?;
    if !matches!(field.data_type(), DataType::Timestamp(..)) {
        let message =
            format!("WATERMARK FOR '{}': the column must be a TIMESTAMP or TIMESTAMPTZ", watermark.column);
        return Err(SqlError::invalid(message).at(watermark.location));
    }
    let idle_ms = idle.map_or(Ok(Some(IDLE_MS)), idle_ms)?;
    Ok(Some(EventTime { column, delay_ms: watermark.delay_ms, idle_ms }))
}

fn idle_ms(option: &RelationOption) -> Result<Option<i64>, SqlError> {
    if option.value.eq_ignore_ascii_case("never") {
        return Ok(None);
    }
    let wrong = || {
        let found = &option.value;
        let message = format!("idle_timeout is a time such as '30 seconds', or 'never', not '{found}'");
        SqlError::invalid(message).at(option.location)
    };
    match interval_text_ms(&option.value) {
        Ok(ms) if ms > 0 => Ok(Some(ms)),
        _ => Err(wrong()),
    }
}

fn partitions(option: &RelationOption) -> Result<i32, SqlError> {
    match option.value.parse() {
        Ok(count) if (1..=100_000).contains(&count) => Ok(count),
        _ => Err(SqlError::invalid(format!("partitions is a number from 1, not '{}'", option.value))
            .at(option.location)),
    }
}
