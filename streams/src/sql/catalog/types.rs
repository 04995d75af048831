//! SQL's type names to Arrow: PostgreSQL's and the common ones beside them.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, IntervalUnit, TimeUnit};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::planner::TypePlanner;
use datafusion::sql::sqlparser::ast::{self, ExactNumberInfo, TimezoneInfo};
use riverrun_core::format::JSON_EXTENSION;

use crate::sql::error::SqlError;

/// Digits and scale of a NUMERIC that names neither; more digits before or behind are refused when they come.
const PLAIN_NUMERIC: (u8, i8) = (38, 10);

/// Plans the types whose default meaning in DataFusion is not ours: times have microseconds, zones are UTC.
#[derive(Debug)]
pub(crate) struct RiverrunTypes;

impl TypePlanner for RiverrunTypes {
    fn plan_type_field(&self, sql_type: &ast::DataType) -> Result<Option<FieldRef>> {
        if matches!(sql_type, ast::DataType::JSON | ast::DataType::JSONB) {
            let (name, value) = JSON_EXTENSION;
            let field = Field::new("", DataType::Utf8, true)
                .with_metadata([(name.to_string(), value.to_string())].into());
            return Ok(Some(Arc::new(field)));
        }
        Ok(plan(sql_type)?.map(|data_type| Arc::new(Field::new("", data_type, true))))
    }
}

fn plan(sql_type: &ast::DataType) -> Result<Option<DataType>> {
    let utc = || Some(Arc::<str>::from("+00:00"));
    Ok(Some(match sql_type {
        ast::DataType::Timestamp(precision, zone) => {
            let zone = match zone {
                TimezoneInfo::WithTimeZone | TimezoneInfo::Tz => utc(),
                TimezoneInfo::None | TimezoneInfo::WithoutTimeZone => None,
            };
            match precision {
                None | Some(0..=6) => DataType::Timestamp(TimeUnit::Microsecond, zone),
                Some(7..=9) => DataType::Timestamp(TimeUnit::Nanosecond, zone),
                Some(other) => return refuse(format!("TIMESTAMP({other}) has more digits than nanoseconds")),
            }
        }
        ast::DataType::Datetime(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
        ast::DataType::Time(_, TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => {
            DataType::Time64(TimeUnit::Microsecond)
        }
        ast::DataType::Numeric(info) | ast::DataType::Decimal(info) | ast::DataType::Dec(info) => {
            match info {
                ExactNumberInfo::None => DataType::Decimal128(PLAIN_NUMERIC.0, PLAIN_NUMERIC.1),
                ExactNumberInfo::Precision(precision) => decimal(*precision, 0)?,
                ExactNumberInfo::PrecisionAndScale(precision, scale) => decimal(*precision, *scale)?,
            }
        }
        ast::DataType::Text
        | ast::DataType::String(_)
        | ast::DataType::Varchar(_)
        | ast::DataType::CharacterVarying(_)
        | ast::DataType::Uuid => DataType::Utf8,
        ast::DataType::Bytea | ast::DataType::Bytes(_) | ast::DataType::Varbinary(_) => DataType::Binary,
        ast::DataType::Interval { .. } => DataType::Interval(IntervalUnit::MonthDayNano),
        ast::DataType::JSON | ast::DataType::JSONB => DataType::Utf8,
        _ => return Ok(None),
    }))
}

fn decimal(precision: u64, scale: i64) -> Result<DataType> {
    match (u8::try_from(precision), i8::try_from(scale)) {
        (Ok(digits @ 1..=38), Ok(places)) if (0..=digits.cast_signed()).contains(&places) => {
            Ok(DataType::Decimal128(digits, places))
        }
        _ => {
            refuse(format!("NUMERIC({precision},{scale}): at most 38 digits, and a scale between 0 and them"))
        }
    }
}

fn refuse<T>(message: String) -> Result<T> {
    Err(DataFusionError::from(SqlError::invalid(message)))
}
