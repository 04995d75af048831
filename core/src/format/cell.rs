//! What a field may hold: its kind, derived once from the Arrow type, and one value read from JSON or text.

use std::borrow::Cow;

use arrow_schema::{DataType, Field, IntervalUnit, TimeUnit};

use super::is_json;
use super::time::{parse_date, parse_interval, parse_time, parse_timestamp};

/// One value on its way from bytes to a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Bool(bool),
    /// Integers, dates, times and timestamps, in the column's unit.
    Int(i128),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(Vec<u8>),
    Interval(i32, i32, i64),
    List(Vec<Cell<'a>>),
    Struct(Vec<Cell<'a>>),
}

/// How values of a column are read.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Bool,
    Int {
        least: i128,
        most: i128,
    },
    Float,
    Decimal {
        precision: u8,
        scale: i8,
    },
    Text,
    /// A JSON document kept as text.
    Json,
    Bytes,
    Date,
    Time(TimeUnit),
    Timestamp(TimeUnit),
    Interval,
    List(Box<Kind>),
    Struct(Vec<(String, Kind)>),
}

impl Kind {
    /// The kind of a field, or the type that this room cannot read.
    pub(super) fn of(field: &Field) -> Result<Kind, DataType> {
        if is_json(field) {
            return Ok(Kind::Json);
        }
        Kind::of_type(field.data_type())
    }

    pub(super) fn of_type(data_type: &DataType) -> Result<Kind, DataType> {
        Ok(match data_type {
            DataType::Null => Kind::Null,
            DataType::Boolean => Kind::Bool,
            DataType::Int8 => Kind::Int { least: i8::MIN.into(), most: i8::MAX.into() },
            DataType::Int16 => Kind::Int { least: i16::MIN.into(), most: i16::MAX.into() },
            DataType::Int32 => Kind::Int { least: i32::MIN.into(), most: i32::MAX.into() },
            DataType::Int64 => Kind::Int { least: i64::MIN.into(), most: i64::MAX.into() },
            DataType::UInt8 => Kind::Int { least: 0, most: u8::MAX.into() },
            DataType::UInt16 => Kind::Int { least: 0, most: u16::MAX.into() },
            DataType::UInt32 => Kind::Int { least: 0, most: u32::MAX.into() },
            DataType::UInt64 => Kind::Int { least: 0, most: u64::MAX.into() },
            DataType::Float32 | DataType::Float64 => Kind::Float,
            DataType::Decimal128(precision, scale) => Kind::Decimal { precision: *precision, scale: *scale },
            DataType::Utf8 => Kind::Text,
            DataType::Binary => Kind::Bytes,
            DataType::Date32 => Kind::Date,
            DataType::Time32(unit) | DataType::Time64(unit) => Kind::Time(*unit),
            DataType::Timestamp(unit, _) => Kind::Timestamp(*unit),
            DataType::Interval(IntervalUnit::MonthDayNano) => Kind::Interval,
            DataType::List(item) => Kind::List(Box::new(Kind::of(item)?)),
            DataType::Struct(fields) => Kind::Struct(
                fields
                    .iter()
                    .map(|field| Ok((field.name().clone(), Kind::of(field)?)))
                    .collect::<Result<_, DataType>>()?,
            ),
            other => return Err(other.clone()),
        })
    }

    /// What a value of this kind looks like, for error messages.
    pub(super) fn expected(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "true or false",
            Kind::Int { .. } => "an integer",
            Kind::Float => "a number",
            Kind::Decimal { .. } => "a decimal number",
            Kind::Text => "a string",
            Kind::Json => "a JSON document",
            Kind::Bytes => "a base64 string",
            Kind::Date => "a date such as 2013-01-31",
            Kind::Time(_) => "a time such as 13:05:00",
            Kind::Timestamp(_) => {
                "a time in RFC 3339, such as 2013-01-31T13:05:00Z, or milliseconds since 1970"
            }
            Kind::Interval => "an ISO 8601 duration such as P1DT2H",
            Kind::List(_) => "an array",
            Kind::Struct(_) => "an object",
        }
    }

    /// Reads a value from its text. `None` when the text is not one.
    pub(super) fn parse<'a>(&self, text: Cow<'a, str>) -> Option<Cell<'a>> {
        Some(match self {
            Kind::Text => Cell::Text(text),
            Kind::Bool => match text.as_ref() {
                "true" | "t" | "TRUE" | "True" => Cell::Bool(true),
                "false" | "f" | "FALSE" | "False" => Cell::Bool(false),
                _ => return None,
            },
            Kind::Int { .. } => self.int(text.parse().ok()?)?,
            Kind::Float => Cell::Float(match text.as_ref() {
                "NaN" => f64::NAN,
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                plain
                    if plain.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) =>
                {
                    plain.parse().ok()?
                }
                _ => return None,
            }),
            Kind::Decimal { precision, scale } => Cell::Int(parse_decimal(&text, *precision, *scale)?),
            Kind::Bytes => Cell::Bytes(decode_base64(&text)?),
            Kind::Date => Cell::Int(parse_date(&text)?.into()),
            Kind::Time(unit) => Cell::Int(parse_time(&text, *unit)?.into()),
            Kind::Timestamp(unit) => Cell::Int(parse_timestamp(&text, *unit)?.into()),
            Kind::Interval => {
                let (months, days, nanos) = parse_interval(&text)?;
                Cell::Interval(months, days, nanos)
            }
            Kind::Json | Kind::Null | Kind::List(_) | Kind::Struct(_) => return None,
        })
    }

    /// An integer of this kind, if it fits.
    pub(super) fn int<'a>(&self, value: i128) -> Option<Cell<'a>> {
        match self {
            Kind::Int { least, most } if (*least..=*most).contains(&value) => Some(Cell::Int(value)),
            _ => None,
        }
    }
}

/// The unscaled integer of a decimal number; rounds half away from zero past the scale, as PostgreSQL does.
pub(super) fn parse_decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let text = text.trim();
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // Digits to keep after the written point: those of the scale, moved by the exponent.
    let keep = i64::from(scale) + i64::from(exponent);
    let mut value: i128 = 0;
    let mut round_up = false;
    let length = i64::try_from(whole.len()).ok()?;
    for (index, byte) in whole.bytes().chain(fraction.bytes()).enumerate() {
        if !byte.is_ascii_digit() {
            return None;
        }
        let place = i64::try_from(index).ok()? - length;
        if place < keep {
            value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        } else if place == keep {
            round_up = byte >= b'5';
        }
    }
    let missing = keep - i64::try_from(fraction.len()).ok()?;
    if missing > 0 && value != 0 {
        value = value.checked_mul(10_i128.checked_pow(u32::try_from(missing).ok()?)?)?;
    }
    if round_up {
        value = value.checked_add(1)?;
    }
    let bound = 10_i128.checked_pow(u32::from(precision))?;
    (value < bound).then_some(if negative { -value } else { value })
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base64 with padding, as Kafka Connect's JSON converter writes bytes.
pub(super) fn encode_base64(bytes: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            out.push(if place <= chunk.len() {
                BASE64[(word >> (18 - 6 * place) & 63) as usize]
            } else {
                b'='
            });
        }
    }
}

pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if body.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len() * 3 / 4);
    let (mut word, mut bits) = (0_u32, 0_u32);
    for byte in body.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        word = (word << 6 | u32::from(value)) & 0xFF_FFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits & 0xFF) as u8);
        }
    }
    Some(bytes)
}
