//! Arrow columns under construction, one cell at a time.

use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    IntervalMonthDayNanoType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, ListArray, NullArray, StructArray};
use arrow_buffer::{IntervalMonthDayNano, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, FieldRef, Fields, TimeUnit};

use super::cell::Cell;

/// A column that grows. Cells must be of the kind of its type; the decoder sees to that.
pub(super) enum Column {
    Null(usize),
    Bool(BooleanBuilder),
    Int8(PrimitiveBuilder<Int8Type>),
    Int16(PrimitiveBuilder<Int16Type>),
    Int32(PrimitiveBuilder<Int32Type>),
    Int64(PrimitiveBuilder<Int64Type>),
    UInt8(PrimitiveBuilder<UInt8Type>),
    UInt16(PrimitiveBuilder<UInt16Type>),
    UInt32(PrimitiveBuilder<UInt32Type>),
    UInt64(PrimitiveBuilder<UInt64Type>),
    Float32(PrimitiveBuilder<Float32Type>),
    Float64(PrimitiveBuilder<Float64Type>),
    Decimal(PrimitiveBuilder<Decimal128Type>),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Date(PrimitiveBuilder<Date32Type>),
    TimeSecond(PrimitiveBuilder<Time32SecondType>),
    TimeMilli(PrimitiveBuilder<Time32MillisecondType>),
    TimeMicro(PrimitiveBuilder<Time64MicrosecondType>),
    TimeNano(PrimitiveBuilder<Time64NanosecondType>),
    StampSecond(PrimitiveBuilder<TimestampSecondType>),
    StampMilli(PrimitiveBuilder<TimestampMillisecondType>),
    StampMicro(PrimitiveBuilder<TimestampMicrosecondType>),
    StampNano(PrimitiveBuilder<TimestampNanosecondType>),
    Interval(PrimitiveBuilder<IntervalMonthDayNanoType>),
    List { item: FieldRef, offsets: Vec<i32>, nulls: NullBufferBuilder, child: Box<Column> },
    Struct { fields: Fields, nulls: NullBufferBuilder, children: Vec<Column>, rows: usize },
}

fn typed<T: ArrowPrimitiveType>(data_type: &DataType) -> PrimitiveBuilder<T> {
    PrimitiveBuilder::new().with_data_type(data_type.clone())
}

impl Column {
    /// An empty column, or the type that this room cannot build.
    pub(super) fn new(data_type: &DataType) -> Result<Column, DataType> {
        Ok(match data_type {
            DataType::Null => Column::Null(0),
            DataType::Boolean => Column::Bool(BooleanBuilder::new()),
            DataType::Int8 => Column::Int8(typed(data_type)),
            DataType::Int16 => Column::Int16(typed(data_type)),
            DataType::Int32 => Column::Int32(typed(data_type)),
            DataType::Int64 => Column::Int64(typed(data_type)),
            DataType::UInt8 => Column::UInt8(typed(data_type)),
            DataType::UInt16 => Column::UInt16(typed(data_type)),
            DataType::UInt32 => Column::UInt32(typed(data_type)),
            DataType::UInt64 => Column::UInt64(typed(data_type)),
            DataType::Float32 => Column::Float32(typed(data_type)),
            DataType::Float64 => Column::Float64(typed(data_type)),
            DataType::Decimal128(..) => Column::Decimal(typed(data_type)),
            DataType::Utf8 => Column::Text(StringBuilder::new()),
            DataType::Binary => Column::Bytes(BinaryBuilder::new()),
            DataType::Date32 => Column::Date(typed(data_type)),
            DataType::Time32(TimeUnit::Second) => Column::TimeSecond(typed(data_type)),
            DataType::Time32(TimeUnit::Millisecond) => Column::TimeMilli(typed(data_type)),
            DataType::Time64(TimeUnit::Microsecond) => Column::TimeMicro(typed(data_type)),
            DataType::Time64(TimeUnit::Nanosecond) => Column::TimeNano(typed(data_type)),
            DataType::Timestamp(TimeUnit::Second, _) => Column::StampSecond(typed(data_type)),
            DataType::Timestamp(TimeUnit::Millisecond, _) => Column::StampMilli(typed(data_type)),
            DataType::Timestamp(TimeUnit::Microsecond, _) => Column::StampMicro(typed(data_type)),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => Column::StampNano(typed(data_type)),
            DataType::Interval(arrow_schema::IntervalUnit::MonthDayNano) => {
                Column::Interval(typed(data_type))
            }
            DataType::List(item) => Column::List {
                item: item.clone(),
                offsets: vec![0],
                nulls: NullBufferBuilder::new(0),
                child: Box::new(Column::new(item.data_type())?),
            },
            DataType::Struct(fields) => Column::Struct {
                fields: fields.clone(),
                nulls: NullBufferBuilder::new(0),
                children: fields
                    .iter()
                    .map(|field| Column::new(field.data_type()))
                    .collect::<Result<_, _>>()?,
                rows: 0,
            },
            other => return Err(other.clone()),
        })
    }

    /// Appends one cell. A cell of a foreign kind, which the decoder never makes, becomes null.
    pub(super) fn append(&mut self, cell: &Cell<'_>) {
        macro_rules! int {
            ($builder:expr, $type:ty) => {
                $builder.append_option(match cell {
                    Cell::Int(value) => <$type>::try_from(*value).ok(),
                    _ => None,
                })
            };
        }
        match self {
            Column::Null(rows) => *rows += 1,
            Column::Bool(builder) => builder.append_option(match cell {
                Cell::Bool(value) => Some(*value),
                _ => None,
            }),
            Column::Int8(builder) => int!(builder, i8),
            Column::Int16(builder) => int!(builder, i16),
            Column::Int32(builder) => int!(builder, i32),
            Column::Int64(builder) => int!(builder, i64),
            Column::UInt8(builder) => int!(builder, u8),
            Column::UInt16(builder) => int!(builder, u16),
            Column::UInt32(builder) => int!(builder, u32),
            Column::UInt64(builder) => int!(builder, u64),
            Column::Decimal(builder) => int!(builder, i128),
            Column::Date(builder) => int!(builder, i32),
            Column::TimeSecond(builder) => int!(builder, i32),
            Column::TimeMilli(builder) => int!(builder, i32),
            Column::TimeMicro(builder) => int!(builder, i64),
            Column::TimeNano(builder) => int!(builder, i64),
            Column::StampSecond(builder) => int!(builder, i64),
            Column::StampMilli(builder) => int!(builder, i64),
            Column::StampMicro(builder) => int!(builder, i64),
            Column::StampNano(builder) => int!(builder, i64),
            Column::Float32(builder) => builder.append_option(match cell {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the column was declared as single precision"
                )]
                Cell::Float(value) => Some(*value as f32),
                _ => None,
            }),
            Column::Float64(builder) => builder.append_option(match cell {
                Cell::Float(value) => Some(*value),
                _ => None,
            }),
            Column::Text(builder) => builder.append_option(match cell {
                Cell::Text(value) => Some(value.as_ref()),
                _ => None,
            }),
            Column::Bytes(builder) => builder.append_option(match cell {
                Cell::Bytes(value) => Some(value.as_slice()),
                _ => None,
            }),
            Column::Interval(builder) => builder.append_option(match cell {
                Cell::Interval(months, days, nanos) => {
                    Some(IntervalMonthDayNano::new(*months, *days, *nanos))
                }
                _ => None,
            }),
            Column::List { offsets, nulls, child, .. } => {
                let last = offsets.last().copied().unwrap_or(0);
                if let Cell::List(cells) = cell {
                    cells.iter().for_each(|cell| child.append(cell));
                    offsets.push(last.saturating_add(i32::try_from(cells.len()).unwrap_or(i32::MAX)));
                    nulls.append_non_null();
                } else {
                    offsets.push(last);
                    nulls.append_null();
                }
            }
            Column::Struct { nulls, children, rows, .. } => {
                *rows += 1;
                if let Cell::Struct(cells) = cell {
                    children.iter_mut().zip(cells).for_each(|(child, cell)| child.append(cell));
                    nulls.append_non_null();
                } else {
                    children.iter_mut().for_each(|child| child.append(&Cell::Null));
                    nulls.append_null();
                }
            }
        }
    }

    /// The column as an array; the builder starts anew.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Column::Null(rows) => Arc::new(NullArray::new(std::mem::take(rows))),
            Column::Bool(builder) => Arc::new(builder.finish()),
            Column::Int8(builder) => Arc::new(builder.finish()),
            Column::Int16(builder) => Arc::new(builder.finish()),
            Column::Int32(builder) => Arc::new(builder.finish()),
            Column::Int64(builder) => Arc::new(builder.finish()),
            Column::UInt8(builder) => Arc::new(builder.finish()),
            Column::UInt16(builder) => Arc::new(builder.finish()),
            Column::UInt32(builder) => Arc::new(builder.finish()),
            Column::UInt64(builder) => Arc::new(builder.finish()),
            Column::Float32(builder) => Arc::new(builder.finish()),
            Column::Float64(builder) => Arc::new(builder.finish()),
            Column::Decimal(builder) => Arc::new(builder.finish()),
            Column::Text(builder) => Arc::new(builder.finish()),
            Column::Bytes(builder) => Arc::new(builder.finish()),
            Column::Date(builder) => Arc::new(builder.finish()),
            Column::TimeSecond(builder) => Arc::new(builder.finish()),
            Column::TimeMilli(builder) => Arc::new(builder.finish()),
            Column::TimeMicro(builder) => Arc::new(builder.finish()),
            Column::TimeNano(builder) => Arc::new(builder.finish()),
            Column::StampSecond(builder) => Arc::new(builder.finish()),
            Column::StampMilli(builder) => Arc::new(builder.finish()),
            Column::StampMicro(builder) => Arc::new(builder.finish()),
            Column::StampNano(builder) => Arc::new(builder.finish()),
            Column::Interval(builder) => Arc::new(builder.finish()),
            Column::List { item, offsets, nulls, child } => {
                let offsets = std::mem::replace(offsets, vec![0]);
                Arc::new(ListArray::try_new(
                    item.clone(),
                    OffsetBuffer::new(ScalarBuffer::from(offsets)),
                    child.finish()?,
                    nulls.finish(),
                )?)
            }
            Column::Struct { fields, nulls, children, rows } => {
                let arrays = children.iter_mut().map(Column::finish).collect::<Result<_, _>>()?;
                let rows = std::mem::take(rows);
                Arc::new(StructArray::try_new_with_length(fields.clone(), arrays, nulls.finish(), rows)?)
            }
        })
    }
}
