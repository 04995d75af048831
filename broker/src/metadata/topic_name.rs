//! Which names a topic may have, as Kafka rules.

/// The longest name: a folder's name must hold it with a partition number and a deletion mark.
const MAX_NAME_BYTES: usize = 249;

/// Why a name is no topic's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TopicNameError {
    #[error("the topic name is empty")]
    Empty,
    #[error("the topic name cannot be '.' or '..'")]
    Dots,
    #[error("the topic name is {0} characters long, the limit is {MAX_NAME_BYTES}")]
    TooLong(usize),
    #[error(
        "the topic name '{name}' has the character {character:?}; only ASCII letters, digits, '.', '_' and '-' may stand in it"
    )]
    Character { name: String, character: char },
}

/// Checks a name by itself.
pub(crate) fn check_topic_name(name: &str) -> Result<(), TopicNameError> {
    if name.is_empty() {
        return Err(TopicNameError::Empty);
    }
    if name == "." || name == ".." {
        return Err(TopicNameError::Dots);
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(TopicNameError::TooLong(name.chars().count()));
    }
    let legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name.chars().find(|character| !legal(character)) {
        Some(character) => Err(TopicNameError::Character { name: name.to_owned(), character }),
        None => Ok(()),
    }
}

/// The form in which two names must differ: metrics write '.' as '_'.
pub(super) fn collision_key(name: &str) -> String {
    name.replace('.', "_")
}
