//! Which values of a type are valid, and how to say so.

use std::fmt;

use super::ConfigValue;

/// Which values of a key's type are valid. Prints as Kafka writes it: `[0,...]`, `[1,...,9] or -1`, `[compact, delete]`.
#[derive(Clone, Copy)]
pub enum Validator {
    /// All.
    Any,
    /// Integers of a range.
    Range {
        /// The least one.
        min: i64,
        /// The greatest one.
        max: Option<i64>,
        /// One more that stands apart.
        or: Option<i64>,
    },
    /// Numbers of a range.
    DoubleRange {
        /// The least one.
        min: f64,
        /// The greatest one.
        max: f64,
    },
    /// These words; for a list, these as elements, each once.
    OneOf(&'static [&'static str]),
    /// These words in any case; for a list, these as elements.
    OneOfIgnoringCase(&'static [&'static str]),
    /// Any text but the empty one; for a list, at least one element and none empty.
    NonEmpty,
    /// What a function accepts.
    Custom {
        /// In words.
        says: &'static str,
        /// The function; for a list it sees each element.
        check: fn(&str) -> bool,
    },
}

impl Validator {
    /// Whether the value is valid. Null always is: a key says by its default whether it may be null.
    pub fn accepts(&self, value: &ConfigValue) -> bool {
        match (self, value) {
            (Validator::Any, _) | (_, ConfigValue::Null) => true,
            (Validator::Range { min, max, or }, ConfigValue::Int(value)) => {
                (value >= min && max.is_none_or(|max| *value <= max)) || *or == Some(*value)
            }
            (Validator::DoubleRange { min, max }, ConfigValue::Double(value)) => (min..=max).contains(&value),
            (Validator::NonEmpty, ConfigValue::List(values)) => {
                !values.is_empty() && values.iter().all(|value| self.accepts_text(value))
            }
            (Validator::OneOf(_) | Validator::OneOfIgnoringCase(_), ConfigValue::List(values)) => {
                let unique = |at: usize| !values[..at].contains(&values[at]);
                values.iter().enumerate().all(|(at, value)| self.accepts_text(value) && unique(at))
            }
            (_, ConfigValue::List(values)) => values.iter().all(|value| self.accepts_text(value)),
            (_, ConfigValue::Text(value)) => self.accepts_text(value),
            (_, ConfigValue::Password(value)) => self.accepts_text(value.expose()),
            // A range over something that is no number: the declaration cannot be written.
            _ => false,
        }
    }

    fn accepts_text(&self, text: &str) -> bool {
        match self {
            Validator::OneOf(words) => words.contains(&text),
            Validator::OneOfIgnoringCase(words) => words.iter().any(|word| word.eq_ignore_ascii_case(text)),
            Validator::NonEmpty => !text.is_empty(),
            Validator::Custom { check, .. } => check(text),
            Validator::Any => true,
            Validator::Range { .. } | Validator::DoubleRange { .. } => false,
        }
    }

    /// Whether there is nothing to say.
    pub fn is_any(&self) -> bool {
        matches!(self, Validator::Any)
    }
}

impl fmt::Display for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Validator::Any => Ok(()),
            Validator::Range { min, max, or } => {
                match max {
                    Some(max) => write!(f, "[{min},...,{max}]")?,
                    None => write!(f, "[{min},...]")?,
                }
                or.map_or(Ok(()), |or| write!(f, " or {or}"))
            }
            Validator::DoubleRange { min, max } => write!(f, "[{min:?},...,{max:?}]"),
            Validator::OneOf(words) => write!(f, "[{}]", words.join(", ")),
            Validator::OneOfIgnoringCase(words) => write!(f, "(case insensitive) [{}]", words.join(", ")),
            Validator::NonEmpty => f.write_str("not empty"),
            Validator::Custom { says, .. } => f.write_str(says),
        }
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
