//! Bytes to and from Arrow: the formats in which tables live in topics.
//!
//! A [`JsonDecoder`] turns record values into record batches of a declared schema, row by row, so that one bad row
//! is an error about that row alone; a [`JsonEncoder`] and a [`KeyEncoder`] write rows and canonical keys back.
//! This room knows Arrow, JSON and text. It must never know topics, clients, SQL or files.

mod cell;
mod column;
mod decode;
mod encode;
mod key;
#[cfg(test)]
mod tests;
mod time;

pub use decode::{JsonDecoder, RowError};
pub use encode::{JsonEncoder, write_json_value};
pub use key::{KeyDecoder, KeyEncoder, KeyFormat};
pub use time::{format_date, format_interval, format_time, format_timestamp};

/// The field metadata key and value that mark a text column as holding JSON documents.
pub const JSON_EXTENSION: (&str, &str) = ("ARROW:extension:name", "arrow.json");

/// Whether a field was declared as a JSON document (text, marked by [`JSON_EXTENSION`]).
pub fn is_json(field: &arrow_schema::Field) -> bool {
    field.metadata().get(JSON_EXTENSION.0).is_some_and(|name| name == JSON_EXTENSION.1)
}
