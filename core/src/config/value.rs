//! Values of configs: their types, how they are read from text and written to it.

use std::fmt;

use super::{ConfigDefault, ConfigKind};

/// A secret. Prints as `[hidden]`; only [`expose`](Password::expose) gives it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Password(secret.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl fmt::Display for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// The value of a config.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// No value.
    Null,
    /// Of [`ConfigKind::Bool`].
    Bool(bool),
    /// Of [`ConfigKind::Short`], [`ConfigKind::Int`] and [`ConfigKind::Long`].
    Int(i64),
    /// Of [`ConfigKind::Double`].
    Double(f64),
    /// Of [`ConfigKind::String`] and [`ConfigKind::Class`].
    Text(String),
    /// Of [`ConfigKind::List`].
    List(Vec<String>),
    /// Of [`ConfigKind::Password`].
    Password(Password),
}

impl ConfigValue {
    /// Reads a text as Kafka does: space around it is dropped, lists are parted by commas, `true` and `false` in any
    /// case. `None` when it is not of that type.
    pub fn parse(kind: ConfigKind, text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let whole = |min: i64, max: i64| {
            trimmed.parse().ok().filter(|value| (min..=max).contains(value)).map(ConfigValue::Int)
        };
        match kind {
            ConfigKind::Bool if trimmed.eq_ignore_ascii_case("true") => Some(ConfigValue::Bool(true)),
            ConfigKind::Bool if trimmed.eq_ignore_ascii_case("false") => Some(ConfigValue::Bool(false)),
            ConfigKind::Bool => None,
            ConfigKind::Short => whole(i64::from(i16::MIN), i64::from(i16::MAX)),
            ConfigKind::Int => whole(i64::from(i32::MIN), i64::from(i32::MAX)),
            ConfigKind::Long => whole(i64::MIN, i64::MAX),
            ConfigKind::Double => trimmed.parse().ok().map(ConfigValue::Double),
            ConfigKind::String | ConfigKind::Class => Some(ConfigValue::Text(trimmed.to_owned())),
            ConfigKind::List if trimmed.is_empty() => Some(ConfigValue::List(Vec::new())),
            ConfigKind::List => {
                Some(ConfigValue::List(trimmed.split(',').map(|part| part.trim().to_owned()).collect()))
            }
            // A secret may well start or end with a space.
            ConfigKind::Password => Some(ConfigValue::Password(Password::new(text))),
        }
    }

    /// The text that [`parse`](ConfigValue::parse) reads back; `None` for null and for secrets.
    pub fn to_text(&self) -> Option<String> {
        match self {
            ConfigValue::Null | ConfigValue::Password(_) => None,
            ConfigValue::Bool(value) => Some(value.to_string()),
            ConfigValue::Int(value) => Some(value.to_string()),
            // As Java prints it: always with a point.
            ConfigValue::Double(value) => Some(format!("{value:?}")),
            ConfigValue::Text(value) => Some(value.clone()),
            ConfigValue::List(values) => Some(values.join(",")),
        }
    }

    pub(super) fn of(default: ConfigDefault) -> Option<Self> {
        Some(match default {
            ConfigDefault::Required => return None,
            ConfigDefault::Null => ConfigValue::Null,
            ConfigDefault::Bool(value) => ConfigValue::Bool(value),
            ConfigDefault::Int(value) => ConfigValue::Int(value),
            ConfigDefault::Double(value) => ConfigValue::Double(value),
            ConfigDefault::Text(value) => ConfigValue::Text(value.to_owned()),
            ConfigDefault::List(values) => {
                ConfigValue::List(values.iter().map(|value| (*value).to_owned()).collect())
            }
        })
    }
}

/// A Rust type that a config's value can be read as.
pub trait ConfigType: Sized {
    /// The type that a key of it has.
    const KIND: ConfigKind;

    /// The value; `None` when it is of another type, which a parsed config never holds.
    fn from_value(value: &ConfigValue) -> Option<Self>;
}

impl ConfigType for bool {
    const KIND: ConfigKind = ConfigKind::Bool;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Bool(value) = value { Some(*value) } else { None }
    }
}

impl ConfigType for i16 {
    const KIND: ConfigKind = ConfigKind::Short;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Int(value) = value { (*value).try_into().ok() } else { None }
    }
}

impl ConfigType for i32 {
    const KIND: ConfigKind = ConfigKind::Int;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Int(value) = value { (*value).try_into().ok() } else { None }
    }
}

impl ConfigType for i64 {
    const KIND: ConfigKind = ConfigKind::Long;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Int(value) = value { Some(*value) } else { None }
    }
}

impl ConfigType for f64 {
    const KIND: ConfigKind = ConfigKind::Double;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Double(value) = value { Some(*value) } else { None }
    }
}

impl ConfigType for String {
    const KIND: ConfigKind = ConfigKind::String;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Text(value) = value { Some(value.clone()) } else { None }
    }
}

impl ConfigType for Vec<String> {
    const KIND: ConfigKind = ConfigKind::List;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::List(value) = value { Some(value.clone()) } else { None }
    }
}

impl ConfigType for Password {
    const KIND: ConfigKind = ConfigKind::Password;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if let ConfigValue::Password(value) = value { Some(value.clone()) } else { None }
    }
}

impl<T: ConfigType> ConfigType for Option<T> {
    const KIND: ConfigKind = T::KIND;

    fn from_value(value: &ConfigValue) -> Option<Self> {
        if *value == ConfigValue::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}
