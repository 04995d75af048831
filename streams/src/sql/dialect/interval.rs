//! Intervals of fixed length, as windows and watermarks need them.

use datafusion::arrow::compute::kernels::cast_utils::parse_interval_month_day_nano;
use datafusion::sql::sqlparser::ast::{self, DateTimeField, Expr, UnaryOperator, Value};

use crate::sql::error::SqlError;

const DAY_MS: i64 = 86_400_000;

/// The length of `INTERVAL '…'` in milliseconds. Months and years have none and are refused.
pub(crate) fn interval_ms(expr: &Expr) -> Result<i64, SqlError> {
    match expr {
        Expr::Nested(inner) => interval_ms(inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Ok(-interval_ms(expr)?),
        Expr::Interval(interval) => of_interval(interval),
        other => Err(SqlError::invalid(format!("expected INTERVAL '…', found {other}"))),
    }
}

/// The length of what could stand in quotes behind INTERVAL, in milliseconds.
pub(crate) fn interval_text_ms(text: &str) -> Result<i64, SqlError> {
    of_text(text.trim())
}

fn of_interval(interval: &ast::Interval) -> Result<i64, SqlError> {
    let text = match interval.value.as_ref() {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => text.trim().to_string(),
            Value::Number(number, _) => number.clone(),
            other => return Err(SqlError::invalid(format!("expected a length in quotes, found {other}"))),
        },
        other => {
            return Err(SqlError::invalid(format!(
                "the length of an interval must be a literal, found {other}"
            )));
        }
    };
    let unit_ms = match &interval.leading_field {
        None => return of_text(&text),
        Some(DateTimeField::Millisecond | DateTimeField::Milliseconds) => 1,
        Some(DateTimeField::Second | DateTimeField::Seconds) => 1_000,
        Some(DateTimeField::Minute | DateTimeField::Minutes) => 60_000,
        Some(DateTimeField::Hour | DateTimeField::Hours) => 3_600_000,
        Some(DateTimeField::Day | DateTimeField::Days) => DAY_MS,
        Some(DateTimeField::Week(None) | DateTimeField::Weeks) => 7 * DAY_MS,
        Some(field) => {
            let message =
                format!("an interval of {field} has no fixed length; use days, hours, minutes or seconds");
            return Err(SqlError::invalid(message));
        }
    };
    if interval.last_field.is_some() {
        return Err(SqlError::unsupported(format!("{interval}: an interval over two units is not built")));
    }
    let amount: f64 =
        text.parse().map_err(|_| SqlError::invalid(format!("'{text}' is not the length of an interval")))?;
    whole_ms(amount * f64::from(unit_ms as u32), &text)
}

fn whole_ms(ms: f64, text: &str) -> Result<i64, SqlError> {
    if ms.fract() != 0.0 || ms.abs() > 9e15 {
        return Err(SqlError::invalid(format!("'{text}' is not a whole number of milliseconds")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within range, as just checked")]
    Ok(ms as i64)
}

fn of_text(text: &str) -> Result<i64, SqlError> {
    let parsed = parse_interval_month_day_nano(text)
        .map_err(|_| SqlError::invalid(format!("'{text}' is not an interval; write it as '10 minutes'")))?;
    if parsed.months != 0 {
        let message =
            format!("'{text}': months and years have no fixed length; use days, hours, minutes or seconds");
        return Err(SqlError::invalid(message));
    }
    if parsed.nanoseconds % 1_000_000 != 0 {
        return Err(SqlError::invalid(format!("'{text}' is not a whole number of milliseconds")));
    }
    i64::from(parsed.days)
        .checked_mul(DAY_MS)
        .and_then(|ms| ms.checked_add(parsed.nanoseconds / 1_000_000))
        .ok_or_else(|| SqlError::invalid(format!("'{text}' is too long")))
}
