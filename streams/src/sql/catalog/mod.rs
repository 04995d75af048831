//! What a session knows by name: relations over topics, views, and how their rows are laid out in records.
//!
//! Knows declarations and schemas. Must never know how a topic is read or how a query is planned.

mod declare;
mod types;

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use datafusion::sql::sqlparser::ast;
use riverrun_core::format::KeyFormat;

use super::dialect::RelationKind;
use super::error::SqlError;
pub(crate) use declare::declare;
pub(crate) use types::RiverrunTypes;

/// How records of a topic add up to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changelog {
    /// Each record is a row.
    Append,
    /// A record replaces the row with its key; a null value removes it.
    Upsert,
    /// Each record is an envelope with the row `before` and `after`, as Debezium writes them.
    Debezium,
}

/// What a value's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueFormat {
    /// A JSON object with a field a column.
    Json,
    /// One column, `_value`, with the value as text.
    Raw,
}

/// What to do with a record that does not fit its declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRows {
    /// Stop, with an error that names the record.
    Fail,
    /// Leave the record out and count it.
    Skip,
}

/// The event time of a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTime {
    /// The place of the time column among the payload columns.
    pub column: usize,
    /// How far the watermark stands behind the latest time, in milliseconds.
    pub delay_ms: i64,
    /// How long a partition is waited for that has nothing more, in milliseconds of the wall clock; then it holds the
    /// watermark back no longer. `None` waits for ever.
    pub idle_ms: Option<i64>,
}

/// A topic as a table or stream of rows.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Its name in SQL.
    pub name: String,
    /// The topic that holds it.
    pub topic: String,
    /// How its records add up to rows.
    pub changelog: Changelog,
    /// The payload columns.
    pub schema: SchemaRef,
    /// The places of the columns that make the record's key: a table's primary key, or what a stream is keyed by.
    /// Empty when the key is not made of columns.
    pub key: Vec<usize>,
    /// How the key's columns become bytes.
    pub key_format: KeyFormat,
    /// What the values are.
    pub value_format: ValueFormat,
    /// The event time, where one is declared.
    pub event_time: Option<EventTime>,
    /// What to do with bad records.
    pub bad_rows: BadRows,
    /// With how many partitions the topic is created if it is not there; `None` takes the broker's default.
    pub partitions: Option<i32>,
    /// Whether a continuous query writes it; nobody else may then.
    pub view: bool,
}

impl Relation {
    /// Whether rows can change after they came.
    pub fn kind(&self) -> RelationKind {
        match self.changelog {
            Changelog::Append => RelationKind::Stream,
            Changelog::Upsert | Changelog::Debezium => RelationKind::Table,
        }
    }

    /// A topic that nobody declared: its values as text.
    pub fn undeclared(topic: &str) -> Relation {
        Relation {
            name: topic.to_string(),
            topic: topic.to_string(),
            changelog: Changelog::Append,
            schema: Arc::new(Schema::new(vec![Field::new("_value", DataType::Utf8, true)])),
            key: Vec::new(),
            key_format: KeyFormat::Text,
            value_format: ValueFormat::Raw,
            event_time: None,
            bad_rows: BadRows::Fail,
            partitions: None,
            view: false,
        }
    }
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A topic.
    Relation(Arc<Relation>),
    /// A query to be put in its place.
    View(Arc<ast::Query>),
    /// Something whose declaration is wrong: a name that is taken, and nothing else.
    Unknown,
}

/// The names of a session.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<String, Entry>,
}

impl Catalog {
    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The relation of that name, or an error that names the nearest one.
    pub fn relation(&self, name: &str) -> Result<Arc<Relation>, SqlError> {
        match self.entries.get(name) {
            Some(Entry::Relation(relation)) => Ok(relation.clone()),
            Some(Entry::View(_)) => {
                Err(SqlError::invalid(format!("'{name}' is a view of a query, not a topic")))
            }
            Some(Entry::Unknown) => {
                Err(SqlError::invalid(format!("'{name}' is not known, as its declaration is wrong")))
            }
            None => Err(self.unknown(name)),
        }
    }

    /// The error for a name that nothing has.
    pub fn unknown(&self, name: &str) -> SqlError {
        let distance = |known: &str| {
            let (mut row, length) = ((0..=known.len()).collect::<Vec<_>>(), name.len().max(known.len()));
            for (i, a) in name.bytes().enumerate() {
                let mut diagonal = std::mem::replace(&mut row[0], i + 1);
                for (j, b) in known.bytes().enumerate() {
                    let cost = diagonal + usize::from(a != b);
                    diagonal = row[j + 1];
                    row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
                }
            }
            (row.last().copied().unwrap_or(length), length)
        };
        let nearest = self.entries.keys().map(|known| (distance(known), known)).min();
        let hint = match nearest {
            Some(((edits, length), known)) if edits * 3 <= length => format!("; did you mean '{known}'?"),
            _ => String::new(),
        };
        SqlError::not_found(format!("table, stream, view or topic '{name}' does not exist{hint}"))
    }

    /// Adds a name or replaces what it stands for.
    pub fn insert(&mut self, name: &str, entry: Entry) {
        self.entries.insert(name.to_string(), entry);
    }

    /// Removes a name.
    pub fn remove(&mut self, name: &str) -> Option<Entry> {
        self.entries.remove(name)
    }

    /// The same names but one.
    pub(crate) fn without(&self, name: &str) -> Catalog {
        let mut rest = self.clone();
        rest.remove(name);
        rest
    }

    /// All names in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }
}

/// The columns that every topic has beside its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meta {
    Key,
    Partition,
    Offset,
    Timestamp,
    Headers,
}

impl Meta {
    pub(crate) const ALL: [Meta; 5] =
        [Meta::Key, Meta::Partition, Meta::Offset, Meta::Timestamp, Meta::Headers];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Meta::Key => "_key",
            Meta::Partition => "_partition",
            Meta::Offset => "_offset",
            Meta::Timestamp => "_timestamp",
            Meta::Headers => "_headers",
        }
    }

    pub(crate) fn field(self) -> Field {
        let data_type = match self {
            Meta::Key => DataType::Utf8,
            Meta::Partition => DataType::Int32,
            Meta::Offset => DataType::Int64,
            Meta::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, Some("+00:00".into())),
            Meta::Headers => {
                let header = Fields::from(vec![
                    Field::new("key", DataType::Utf8, true),
                    Field::new("value", DataType::Binary, true),
                ]);
                DataType::List(Arc::new(Field::new("item", DataType::Struct(header), true)))
            }
        };
        Field::new(self.name(), data_type, matches!(self, Meta::Key))
    }
}
