//! What happens to records that cannot be converted, read or written; as the configuration says it.

use crate::api::{ConfigMap, DEAD_LETTER_KEY, KeyError, TOLERANCE_KEY};

/// Whether a bad record stops its task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// The first bad record fails the task.
    #[default]
    None,
    /// Bad records are counted and left out.
    All,
}

/// How a connector treats bad records, under Kafka Connect's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorPolicy {
    /// `errors.tolerance`.
    pub tolerance: Tolerance,
    /// `errors.deadletterqueue.topic.name`; bad records go there whatever the tolerance.
    pub dead_letter_topic: Option<String>,
}

impl ErrorPolicy {
    /// Reads the policy out of a connector's configuration.
    pub fn parse(map: &ConfigMap) -> Result<ErrorPolicy, Vec<KeyError>> {
        let tolerance = match map.get(TOLERANCE_KEY.name).map(String::as_str) {
            None | Some("none") => Tolerance::None,
            Some("all") => Tolerance::All,
            Some(other) => {
                let message = format!("'errors.tolerance' must be none or all, found '{other}'");
                return Err(vec![KeyError { key: TOLERANCE_KEY.name.to_owned(), message }]);
            }
        };
        let dead_letter_topic = map.get(DEAD_LETTER_KEY.name).filter(|topic| !topic.is_empty()).cloned();
        Ok(ErrorPolicy { tolerance, dead_letter_topic })
    }
}
