//! The columns of a source's rows, for those who read its topic as a table.

use std::fmt;

/// The type of a column, under its SQL name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// `true` or `false`.
    Boolean,
    /// A 64-bit signed integer.
    BigInt,
    /// A 64-bit floating-point number.
    Double,
    /// An instant: RFC 3339 text; without an offset it is taken as UTC.
    Timestamp,
    /// Text.
    Varchar,
}

impl ColumnType {
    /// Every type, in order of narrowness.
    pub const ALL: [ColumnType; 5] = [
        ColumnType::Boolean,
        ColumnType::BigInt,
        ColumnType::Double,
        ColumnType::Timestamp,
        ColumnType::Varchar,
    ];

    /// The SQL name.
    pub fn as_sql(self) -> &'static str {
        match self {
            ColumnType::Boolean => "BOOLEAN",
            ColumnType::BigInt => "BIGINT",
            ColumnType::Double => "DOUBLE",
            ColumnType::Timestamp => "TIMESTAMP",
            ColumnType::Varchar => "VARCHAR",
        }
    }

    /// The type with this name, in any case; the usual other names are known too.
    pub fn parse(name: &str) -> Option<ColumnType> {
        Some(match name.trim().to_ascii_uppercase().as_str() {
            "BOOLEAN" | "BOOL" => ColumnType::Boolean,
            "BIGINT" | "INT" | "INTEGER" | "SMALLINT" | "INT8" | "INT4" => ColumnType::BigInt,
            "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" | "REAL" => ColumnType::Double,
            "TIMESTAMP" | "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => ColumnType::Timestamp,
            "VARCHAR" | "TEXT" | "STRING" => ColumnType::Varchar,
            _ => return None,
        })
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_sql())
    }
}

/// A column: its name as the source spells it, and its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type.
    pub kind: ColumnType,
}

/// The columns of a source's rows, in the source's order. Every column may be null.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Schema {
    /// The columns.
    pub columns: Vec<Column>,
}

impl Schema {
    /// The place of the column called `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
