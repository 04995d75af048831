//! The declaration of a key.

use std::fmt;
use std::marker::PhantomData;

use super::{ConfigType, ConfigValue, Validator};

/// The type of a config, under Kafka's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigKind {
    /// `true` or `false`.
    Bool,
    /// 16 bits.
    Short,
    /// 32 bits.
    Int,
    /// 64 bits.
    Long,
    /// A floating-point number.
    Double,
    /// A text.
    String,
    /// Texts parted by commas.
    List,
    /// The name of a class, or of what stands for it here.
    Class,
    /// A secret.
    Password,
}

impl ConfigKind {
    /// Kafka's name for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConfigKind::Bool => "boolean",
            ConfigKind::Short => "short",
            ConfigKind::Int => "int",
            ConfigKind::Long => "long",
            ConfigKind::Double => "double",
            ConfigKind::String => "string",
            ConfigKind::List => "list",
            ConfigKind::Class => "class",
            ConfigKind::Password => "password",
        }
    }

    /// What to write, in a sentence that starts with "expected".
    pub(super) const fn expected(self) -> &'static str {
        match self {
            ConfigKind::Bool => "true or false",
            ConfigKind::Short => "an integer of 16 bits",
            ConfigKind::Int | ConfigKind::Long => "an integer",
            ConfigKind::Double => "a number",
            ConfigKind::String => "a text",
            ConfigKind::List => "a list parted by commas",
            ConfigKind::Class => "a class",
            ConfigKind::Password => "a secret",
        }
    }
}

impl fmt::Display for ConfigKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How much a user should care about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    /// To be thought about before anything runs.
    High,
    /// Worth knowing.
    Medium,
    /// For rare cases.
    Low,
}

impl Importance {
    /// The importance in one lowercase word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Importance::High => "high",
            Importance::Medium => "medium",
            Importance::Low => "low",
        }
    }
}

impl fmt::Display for Importance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a key's value is when nobody sets it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConfigDefault {
    /// There is none: the key must be set.
    Required,
    /// No value.
    Null,
    /// For [`ConfigKind::Bool`].
    Bool(bool),
    /// For [`ConfigKind::Short`], [`ConfigKind::Int`] and [`ConfigKind::Long`].
    Int(i64),
    /// For [`ConfigKind::Double`].
    Double(f64),
    /// For [`ConfigKind::String`] and [`ConfigKind::Class`].
    Text(&'static str),
    /// For [`ConfigKind::List`].
    List(&'static [&'static str]),
}

/// Everything about a key but its Rust type: a row of a [`ConfigTable`](super::ConfigTable).
#[derive(Clone, Copy, Debug)]
pub struct ConfigDef {
    /// The key's name; Kafka's where Kafka has it.
    pub name: &'static str,
    /// The type of its value.
    pub kind: ConfigKind,
    /// Its value when nobody sets it.
    pub default: ConfigDefault,
    /// Which values of the type are valid.
    pub valid: Validator,
    /// How much a user should care.
    pub importance: Importance,
    /// What the key does, with the unit of its value.
    pub doc: &'static str,
}

impl ConfigDef {
    /// The value when nobody sets one; `None` when the key must be set.
    pub fn default_value(&self) -> Option<ConfigValue> {
        ConfigValue::of(self.default)
    }
}

/// A key whose value is read as `T`.
///
/// Made in a `const`, with the builder methods that fit the type; then put into a table by its [`def`](Self::def).
pub struct ConfigKey<T> {
    /// The declaration.
    pub def: ConfigDef,
    value: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for ConfigKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.def.fmt(f)
    }
}

impl<T> Clone for ConfigKey<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ConfigKey<T> {}

impl<T> ConfigKey<T> {
    const fn new(name: &'static str, kind: ConfigKind, default: ConfigDefault) -> Self {
        let def =
            ConfigDef { name, kind, default, valid: Validator::Any, importance: Importance::Medium, doc: "" };
        ConfigKey { def, value: PhantomData }
    }

    const fn valid(mut self, valid: Validator) -> Self {
        self.def.valid = valid;
        self
    }

    /// What the key does, with the unit of its value.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.def.doc = doc;
        self
    }

    /// How much a user should care; [`Importance::Medium`] unless said.
    #[must_use]
    pub const fn importance(mut self, importance: Importance) -> Self {
        self.def.importance = importance;
        self
    }

    /// Only texts that `check` accepts; `says` tells the user which those are. For lists `check` sees each element.
    #[must_use]
    pub const fn checked(self, says: &'static str, check: fn(&str) -> bool) -> Self {
        self.valid(Validator::Custom { says, check })
    }

    /// The key's name.
    pub const fn name(&self) -> &'static str {
        self.def.name
    }
}

impl<T: ConfigType> ConfigKey<T> {
    /// A key that must be set.
    pub const fn required(name: &'static str) -> Self {
        ConfigKey::new(name, T::KIND, ConfigDefault::Required)
    }
}

impl<T: ConfigType> ConfigKey<Option<T>> {
    /// A key that is null until it is set.
    pub const fn optional(name: &'static str) -> Self {
        ConfigKey::new(name, T::KIND, ConfigDefault::Null)
    }
}

impl ConfigKey<bool> {
    /// `true` or `false`.
    pub const fn bool(name: &'static str, default: bool) -> Self {
        ConfigKey::new(name, ConfigKind::Bool, ConfigDefault::Bool(default))
    }
}

impl ConfigKey<i16> {
    /// An integer of 16 bits.
    pub const fn short(name: &'static str, default: i16) -> Self {
        ConfigKey::new(name, ConfigKind::Short, ConfigDefault::Int(default as i64))
    }
}

impl ConfigKey<i32> {
    /// An integer of 32 bits.
    pub const fn int(name: &'static str, default: i32) -> Self {
        ConfigKey::new(name, ConfigKind::Int, ConfigDefault::Int(default as i64))
    }
}

impl ConfigKey<i64> {
    /// An integer of 64 bits.
    pub const fn long(name: &'static str, default: i64) -> Self {
        ConfigKey::new(name, ConfigKind::Long, ConfigDefault::Int(default))
    }
}

impl ConfigKey<f64> {
    /// A floating-point number.
    pub const fn double(name: &'static str, default: f64) -> Self {
        ConfigKey::new(name, ConfigKind::Double, ConfigDefault::Double(default))
    }

    /// Only numbers from `min` to `max`, both included.
    #[must_use]
    pub const fn within(self, min: f64, max: f64) -> Self {
        self.valid(Validator::DoubleRange { min, max })
    }
}

impl ConfigKey<String> {
    /// A text.
    pub const fn string(name: &'static str, default: &'static str) -> Self {
        ConfigKey::new(name, ConfigKind::String, ConfigDefault::Text(default))
    }

    /// The name of a class, or of what stands for it here.
    pub const fn class(name: &'static str, default: &'static str) -> Self {
        ConfigKey::new(name, ConfigKind::Class, ConfigDefault::Text(default))
    }
}

impl ConfigKey<Vec<String>> {
    /// Texts parted by commas.
    pub const fn list(name: &'static str, default: &'static [&'static str]) -> Self {
        ConfigKey::new(name, ConfigKind::List, ConfigDefault::List(default))
    }
}

/// Types of keys whose values are texts or lists of them.
pub trait Text: ConfigType {}
impl Text for String {}
impl Text for Option<String> {}
impl Text for Vec<String> {}
impl Text for Option<Vec<String>> {}

impl<T: Text> ConfigKey<T> {
    /// Only these words; for a list, only these as elements.
    #[must_use]
    pub const fn one_of(self, words: &'static [&'static str]) -> Self {
        self.valid(Validator::OneOf(words))
    }

    /// Only these words, in any case; for a list, only these as elements.
    #[must_use]
    pub const fn one_of_ignoring_case(self, words: &'static [&'static str]) -> Self {
        self.valid(Validator::OneOfIgnoringCase(words))
    }

    /// Not the empty text; for a list, at least one element and none empty.
    #[must_use]
    pub const fn non_empty(self) -> Self {
        self.valid(Validator::NonEmpty)
    }
}

/// Types of keys whose values are integers.
pub trait Whole: ConfigType {}
impl Whole for i16 {}
impl Whole for i32 {}
impl Whole for i64 {}
impl Whole for Option<i16> {}
impl Whole for Option<i32> {}
impl Whole for Option<i64> {}

impl<T: Whole> ConfigKey<T> {
    /// Only integers from `min` on.
    #[must_use]
    pub const fn at_least(self, min: i64) -> Self {
        self.valid(Validator::Range { min, max: None, or: None })
    }

    /// Only integers from `min` to `max`, both included.
    #[must_use]
    pub const fn between(self, min: i64, max: i64) -> Self {
        self.valid(Validator::Range { min, max: Some(max), or: None })
    }

    /// Only integers from `min` to `max`, both included, and one that stands apart.
    #[must_use]
    pub const fn between_or(self, min: i64, max: i64, or: i64) -> Self {
        self.valid(Validator::Range { min, max: Some(max), or: Some(or) })
    }
}
