//! Record batches to JSON objects, row by row.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    IntervalMonthDayNanoType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, IntervalUnit, Schema, TimeUnit};

use super::cell::encode_base64;
use super::is_json;
use super::time::{format_date, format_interval, format_time, format_timestamp};
use crate::{Error, ErrorKind, Result};

/// Writes rows of a schema as JSON objects, fields in the schema's order, nulls written as `null`.
#[derive(Debug)]
pub struct JsonEncoder {
    /// Each field's `"name":` as JSON, and whether its text is a document to be written as it is.
    fields: Vec<(Vec<u8>, bool)>,
}

impl JsonEncoder {
    /// An encoder for rows of `schema`.
    ///
    /// # Errors
    /// `Unsupported` names the column whose type has no JSON form here.
    pub fn new(schema: &Schema) -> Result<JsonEncoder> {
        let mut fields = Vec::new();
        for field in schema.fields() {
            if !writable(field.data_type()) {
                let message = format!(
                    "column '{}' has type {}, which JSON cannot carry",
                    field.name(),
                    field.data_type()
                );
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
            let mut name = Vec::new();
            write_text(field.name(), &mut name);
            name.push(b':');
            fields.push((name, is_json(field)));
        }
        Ok(JsonEncoder { fields })
    }

    /// Appends row `row` of `batch` to `out`. The batch must be of the encoder's schema.
    pub fn write_row(&self, batch: &RecordBatch, row: usize, out: &mut Vec<u8>) {
        self.write_columns(batch.columns().iter(), row, out);
    }

    /// The same from columns that stand in the encoder's order.
    pub(super) fn write_columns<'a>(
        &self,
        columns: impl Iterator<Item = &'a ArrayRef>,
        row: usize,
        out: &mut Vec<u8>,
    ) {
        out.push(b'{');
        for (index, ((name, document), column)) in self.fields.iter().zip(columns).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name);
            if *document && column.is_valid(row) && *column.data_type() == DataType::Utf8 {
                out.extend_from_slice(column.as_string::<i32>().value(row).as_bytes());
            } else {
                write_json_value(column.as_ref(), row, out);
            }
        }
        out.push(b'}');
    }
}

fn writable(data_type: &DataType) -> bool {
    match data_type {
        DataType::List(item) => writable(item.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| writable(field.data_type())),
        DataType::Null
        | DataType::Boolean
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Date32
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..)
        | DataType::Duration(_)
        | DataType::Interval(IntervalUnit::MonthDayNano) => true,
        other => other.is_integer(),
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(&mut *out, text).expect("writing text to memory does not fail");
}

fn write_display(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    use std::io::Write as _;
    write!(out, "{value}").expect("writing to memory does not fail");
}

fn write_float(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        serde_json::to_writer(&mut *out, &value).expect("writing a number to memory does not fail");
    } else {
        let name = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        write_text(name, out);
    }
}

fn write_quoted(out: &mut Vec<u8>, fill: impl FnOnce(&mut String)) {
    let mut text = String::with_capacity(32);
    fill(&mut text);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

pub(super) fn write_decimal(value: i128, scale: i8, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let digits = value.unsigned_abs().to_string();
    let scale = usize::try_from(scale).unwrap_or(0);
    if scale == 0 {
        out.extend_from_slice(digits.as_bytes());
        return;
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    out.extend_from_slice(whole.as_bytes());
    out.push(b'.');
    out.extend_from_slice(fraction.as_bytes());
}

/// Writes one value of an array as JSON: integers and decimals as exact numbers, times as RFC 3339 text, bytes as
/// base64, intervals as ISO 8601, floats as numbers or the text `NaN`, `Infinity`, `-Infinity`.
///
/// A type outside those writes `null`; [`JsonEncoder::new`] refuses such types beforehand.
pub fn write_json_value(array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    macro_rules! plain {
        ($type:ty) => {
            write_display(array.as_primitive::<$type>().value(row), out)
        };
    }
    if array.is_null(row) {
        out.extend_from_slice(b"null");
        return;
    }
    match array.data_type() {
        DataType::Boolean => write_display(array.as_boolean().value(row), out),
        DataType::Int8 => plain!(Int8Type),
        DataType::Int16 => plain!(Int16Type),
        DataType::Int32 => plain!(Int32Type),
        DataType::Int64 => plain!(Int64Type),
        DataType::UInt8 => plain!(UInt8Type),
        DataType::UInt16 => plain!(UInt16Type),
        DataType::UInt32 => plain!(UInt32Type),
        DataType::UInt64 => plain!(UInt64Type),
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            if value.is_finite() {
                serde_json::to_writer(&mut *out, &value).expect("writing a number to memory does not fail");
            } else {
                write_float(value.into(), out);
            }
        }
        DataType::Float64 => write_float(array.as_primitive::<Float64Type>().value(row), out),
        DataType::Decimal128(_, scale) => {
            write_decimal(array.as_primitive::<Decimal128Type>().value(row), *scale, out);
        }
        DataType::Utf8 => write_text(array.as_string::<i32>().value(row), out),
        DataType::LargeUtf8 => write_text(array.as_string::<i64>().value(row), out),
        DataType::Utf8View => write_text(array.as_string_view().value(row), out),
        DataType::Binary => write_bytes(array.as_binary::<i32>().value(row), out),
        DataType::LargeBinary => write_bytes(array.as_binary::<i64>().value(row), out),
        DataType::BinaryView => write_bytes(array.as_binary_view().value(row), out),
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(row);
            out.push(b'[');
            for index in 0..items.len() {
                if index > 0 {
                    out.push(b',');
                }
                write_json_value(items.as_ref(), index, out);
            }
            out.push(b']');
        }
        DataType::Struct(fields) => {
            let array = array.as_struct();
            out.push(b'{');
            for (index, (field, column)) in fields.iter().zip(array.columns()).enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(field.name(), out);
                out.push(b':');
                write_json_value(column.as_ref(), row, out);
            }
            out.push(b'}');
        }
        _ => write_temporal(array, row, out),
    }
}

fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    encode_base64(bytes, out);
    out.push(b'"');
}

fn write_temporal(array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    macro_rules! ticks {
        ($type:ty) => {
            i64::from(array.as_primitive::<$type>().value(row))
        };
    }
    match array.data_type() {
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            write_quoted(out, |text| format_date(days, text));
        }
        DataType::Time32(unit) | DataType::Time64(unit) => {
            let ticks = match unit {
                TimeUnit::Second => ticks!(Time32SecondType),
                TimeUnit::Millisecond => ticks!(Time32MillisecondType),
                TimeUnit::Microsecond => ticks!(Time64MicrosecondType),
                TimeUnit::Nanosecond => ticks!(Time64NanosecondType),
            };
            write_quoted(out, |text| format_time(ticks, *unit, text));
        }
        DataType::Timestamp(unit, zone) => {
            let ticks = match unit {
                TimeUnit::Second => ticks!(TimestampSecondType),
                TimeUnit::Millisecond => ticks!(TimestampMillisecondType),
                TimeUnit::Microsecond => ticks!(TimestampMicrosecondType),
                TimeUnit::Nanosecond => ticks!(TimestampNanosecondType),
            };
            write_quoted(out, |text| format_timestamp(ticks, *unit, zone.is_some(), text));
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            write_quoted(out, |text| format_interval(value.months, value.days, value.nanoseconds, text));
        }
        DataType::Duration(unit) => {
            let nanos = match unit {
                TimeUnit::Second => ticks!(DurationSecondType).saturating_mul(1_000_000_000),
                TimeUnit::Millisecond => ticks!(DurationMillisecondType).saturating_mul(1_000_000),
                TimeUnit::Microsecond => ticks!(DurationMicrosecondType).saturating_mul(1_000),
                TimeUnit::Nanosecond => ticks!(DurationNanosecondType),
            };
            write_quoted(out, |text| format_interval(0, 0, nanos, text));
        }
        _ => out.extend_from_slice(b"null"),
    }
}
