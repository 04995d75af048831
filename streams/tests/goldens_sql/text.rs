//! Values as PostgreSQL writes them, with numbers normalised as the goldens' README says.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    Float32Type, Float64Type, IntervalMonthDayNanoType, TimeUnit,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use riverrun_core::format::{format_date, format_time, format_timestamp};

/// The type letter of a column.
pub(crate) fn letter(data_type: &DataType) -> char {
    match data_type {
        DataType::Boolean => 'B',
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => 'T',
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => 'R',
        DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => 'D',
        DataType::Timestamp(..) => 'P',
        other if other.is_integer() => 'I',
        _ => '?',
    }
}

/// Twelve significant digits, rounded half to even, without exponent or trailing zeros.
pub(crate) fn normal(number: &str) -> String {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().unwrap_or(0)),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if all.is_empty() || !all.iter().all(u8::is_ascii_digit) {
        return number.to_string();
    }
    // Where the point stands, counted from the left of `all`.
    let mut point = i64::try_from(whole.len()).unwrap_or(0) + exponent;
    let zeros = all.iter().take_while(|digit| **digit == b'0').count();
    all.drain(..zeros);
    point -= i64::try_from(zeros).unwrap_or(0);
    if all.len() > 12 {
        let rest = all.split_off(12);
        let half = rest[0].cmp(&b'5').then_with(|| {
            if rest[1..].iter().any(|d| *d != b'0') {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        });
        let up = half.is_gt() || (half.is_eq() && all.last().is_some_and(|digit| (digit - b'0') % 2 == 1));
        if up {
            let mut at = all.len();
            loop {
                if at == 0 {
                    all.insert(0, b'1');
                    point += 1;
                    break;
                }
                at -= 1;
                if all[at] == b'9' {
                    all[at] = b'0';
                } else {
                    all[at] += 1;
                    break;
                }
            }
        }
    }
    while all.last() == Some(&b'0') {
        all.pop();
    }
    if all.is_empty() {
        return "0".to_string();
    }
    let digits = String::from_utf8_lossy(&all).into_owned();
    let length = i64::try_from(digits.len()).unwrap_or(0);
    let text = if point <= 0 {
        format!("0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0)))
    } else if point >= length {
        format!("{digits}{}", "0".repeat(usize::try_from(point - length).unwrap_or(0)))
    } else {
        let at = usize::try_from(point).unwrap_or(0);
        format!("{}.{}", &digits[..at], &digits[at..])
    };
    if negative { format!("-{text}") } else { text }
}

fn float(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_string()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity".to_string() } else { "-Infinity".to_string() }
    } else {
        normal(&format!("{value:?}"))
    }
}

fn decimal(value: i128, scale: i8) -> String {
    let scale = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    normal(&format!("{sign}{whole}.{fraction}"))
}

fn trimmed(mut text: String) -> String {
    if let Some(point) = text.find('.') {
        let kept = text.trim_end_matches('0').len().max(point);
        text.truncate(kept);
        if text.ends_with('.') {
            text.pop();
        }
    }
    text
}

fn interval(months: i64, days: i64, nanos: i64) -> String {
    let mut parts = Vec::new();
    let mut unit = |value: i64, name: &str| {
        if value != 0 {
            parts.push(format!(
                "{value} {name}{}",
                if value == 1 || value == -1 { if value == 1 { "" } else { "s" } } else { "s" }
            ));
        }
    };
    unit(months / 12, "year");
    unit(months % 12, "mon");
    unit(days, "day");
    if nanos != 0 || parts.is_empty() {
        let mut clock = String::new();
        format_time(
            i64::try_from(nanos.unsigned_abs() / 1000).unwrap_or(0),
            TimeUnit::Microsecond,
            &mut clock,
        );
        parts.push(format!("{}{}", if nanos < 0 { "-" } else { "" }, trimmed(clock)));
    }
    parts.join(" ")
}

/// One value as PostgreSQL prints it.
pub(crate) fn postgres(array: &dyn Array, row: usize) -> String {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return "NULL".to_string();
    }
    match array.data_type() {
        DataType::Boolean => if array.as_boolean().value(row) { "t" } else { "f" }.to_string(),
        DataType::Utf8 => array.as_string::<i32>().value(row).to_string(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).to_string(),
        DataType::Utf8View => array.as_string_view().value(row).to_string(),
        DataType::Float32 => {
            float(array.as_primitive::<Float32Type>().value(row).to_string().parse().unwrap_or(f64::NAN))
        }
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => decimal(array.as_primitive::<Decimal128Type>().value(row), *scale),
        DataType::Binary => {
            let bytes: Vec<String> =
                array.as_binary::<i32>().value(row).iter().map(|b| format!("{b:02x}")).collect();
            format!("\\x{}", bytes.concat())
        }
        DataType::Date32 => {
            let mut text = String::new();
            format_date(
                array.as_primitive::<datafusion::arrow::datatypes::Date32Type>().value(row),
                &mut text,
            );
            text
        }
        DataType::Timestamp(unit, zone) => {
            let ticks =
                datafusion::arrow::compute::cast(&array.slice(row, 1), &DataType::Int64).expect("ticks");
            let ticks = ticks.as_primitive::<datafusion::arrow::datatypes::Int64Type>().value(0);
            let mut text = String::new();
            format_timestamp(ticks, *unit, false, &mut text);
            let text = trimmed(text.replace('T', " "));
            if zone.is_some() { format!("{text}+00") } else { text }
        }
        DataType::Time64(_) | DataType::Time32(_) => {
            let ticks = datafusion::arrow::compute::cast(
                &array.slice(row, 1),
                &DataType::Time64(TimeUnit::Microsecond),
            )
            .expect("time");
            let ticks = ticks.as_primitive::<datafusion::arrow::datatypes::Time64MicrosecondType>().value(0);
            let mut text = String::new();
            format_time(ticks, TimeUnit::Microsecond, &mut text);
            trimmed(text)
        }
        DataType::Interval(_) => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            interval(value.months.into(), value.days.into(), value.nanoseconds)
        }
        DataType::Duration(unit) => {
            let nanos = match unit {
                TimeUnit::Millisecond => {
                    array.as_primitive::<DurationMillisecondType>().value(row) * 1_000_000
                }
                TimeUnit::Microsecond => array.as_primitive::<DurationMicrosecondType>().value(row) * 1_000,
                _ => array.as_primitive::<DurationNanosecondType>().value(row),
            };
            interval(0, 0, nanos)
        }
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(row);
            let parts: Vec<String> = (0..items.len()).map(|item| postgres(items.as_ref(), item)).collect();
            format!("{{{}}}", parts.join(","))
        }
        _ => {
            let options = FormatOptions::default();
            ArrayFormatter::try_new(array, &options).expect("a printable type").value(row).to_string()
        }
    }
}
