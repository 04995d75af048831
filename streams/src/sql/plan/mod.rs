//! Logical plans to operators that keep the answer up to date.
//!
//! Knows DataFusion's logical plans, the catalog's relations and which operator does what. Must never know records or
//! state. What has no operator is refused here, with what it is and what to do.

mod aggregate;
mod compile;
mod facts;
mod join;
mod recompute;
mod stage;
mod topology;
mod view;

use datafusion::arrow::datatypes::{DataType, Field, IntervalUnit, Schema, SchemaRef, TimeUnit};
use datafusion::common::DFSchema;
use std::sync::Arc;

pub(crate) use view::{ViewPlan, check_options, plan_view, renamed, topic_of};

/// The columns of a plan node as batches carry them: every column may be null, as outer joins make it so.
pub(crate) fn batch_schema(schema: &DFSchema) -> SchemaRef {
    let fields: Vec<Field> =
        schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    Arc::new(Schema::new(fields))
}

/// The type in which a column of this type is stored in a topic.
pub(crate) fn stored_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Dictionary(_, values) => stored_type(values),
        DataType::Duration(_) | DataType::Interval(_) => DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Date64 => DataType::Timestamp(TimeUnit::Millisecond, None),
        DataType::Float16 => DataType::Float32,
        DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::List(item)
        | DataType::ListView(item) => {
            let stored =
                item.as_ref().clone().with_data_type(stored_type(item.data_type())).with_nullable(true);
            DataType::List(Arc::new(stored))
        }
        DataType::Struct(fields) => DataType::Struct(
            fields
                .iter()
                .map(|field| {
                    field.as_ref().clone().with_data_type(stored_type(field.data_type())).with_nullable(true)
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
