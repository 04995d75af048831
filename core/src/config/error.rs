//! What is wrong with a config, in words that say what would be right.

use std::fmt;

/// One thing that is wrong with a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The key, as it was given.
    pub key: String,
    /// What is wrong with it.
    pub problem: ConfigProblem,
}

/// What can be wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigProblem {
    /// There is no such key.
    Unknown {
        /// The key that is spelled most like it, if one is near.
        nearest: Option<&'static str>,
    },
    /// The key's value is of another type or outside what is valid.
    Invalid {
        /// The value as it was given; hidden where it is a secret.
        value: String,
        /// What is valid.
        expected: String,
    },
    /// The key has no default and was not given.
    Missing {
        /// What is valid.
        expected: String,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        match &self.problem {
            ConfigProblem::Unknown { nearest: Some(nearest) } => {
                write!(f, "unknown config '{key}'; did you mean '{nearest}'?")
            }
            ConfigProblem::Unknown { nearest: None } => write!(f, "unknown config '{key}'"),
            ConfigProblem::Invalid { value, expected } => {
                write!(f, "config '{key}' is '{value}'; expected {expected}")
            }
            ConfigProblem::Missing { expected } => {
                write!(f, "config '{key}' is missing; expected {expected}")
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for crate::Error {
    fn from(error: ConfigError) -> Self {
        crate::Error::new(crate::ErrorKind::Invalid, error.to_string())
    }
}

/// Everything that is wrong with a config; one line each when printed. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

impl From<ConfigErrors> for crate::Error {
    fn from(errors: ConfigErrors) -> Self {
        crate::Error::new(crate::ErrorKind::Invalid, errors.to_string())
    }
}

/// The candidate that is spelled most like `name`, if one is near enough to be what was meant.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters wrong is a typo; more is another word.
    let limit = (name.chars().count() / 3).max(1);
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
