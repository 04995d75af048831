//! The one error type that crosses a crate's edge.
//!
//! Inside a room an operation has its own narrow enum; at the edge it becomes an [`Error`], whose kind tells the
//! caller what to do and whose message names the thing that failed. No type of a dependency shows in it.

use std::borrow::Cow;
use std::fmt;

/// What the caller of a failed operation should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A passing condition: the same call may succeed later. Try again with a backoff.
    Retriable,
    /// Somebody newer has taken this role (producer epoch, group generation, data folder). Stop; do not retry.
    Fenced,
    /// The request, configuration or input is wrong. Change it before calling again.
    Invalid,
    /// What was asked for is not there (topic, file, group, offset).
    NotFound,
    /// Stored or received bytes are damaged. Do not use them; the message says where they are.
    Corrupt,
    /// The peer does not accept who we are or what we may do.
    Unauthorized,
    /// A deadline passed with no answer; whether the operation took effect is unknown.
    Timeout,
    /// The peer does not offer this operation, version or feature.
    Unsupported,
    /// The connection, log or service was closed; open a new one.
    Closed,
    /// A defect in Riverrun or an unexpected answer of the operating system. Report it.
    Internal,
}

impl ErrorKind {
    /// The kind in one lowercase word, as `--output json` and logs print it.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Retriable => "retriable",
            ErrorKind::Fenced => "fenced",
            ErrorKind::Invalid => "invalid",
            ErrorKind::NotFound => "not_found",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Closed => "closed",
            ErrorKind::Internal => "internal",
        }
    }
}

/// An error at a crate's edge: a [kind](ErrorKind) to act on, a message for people, and the cause.
///
/// The message says what happened and to which thing; [`source`](std::error::Error::source) leads to the cause and
/// is not repeated in the message.
///
/// ```
/// use riverrun_core::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::NotFound, "topic 'flights' does not exist; create it or enable auto-creation");
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// ```
pub struct Error {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error without a further cause.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error { kind, message: message.into(), source: None }
    }

    /// Adds the cause, which [`source`](std::error::Error::source) then returns.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Puts `context` in front: what was being done, and to which thing. Kind and cause stay.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message).into();
        self
    }

    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What happened, without the causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the same call may succeed later.
    pub fn is_retriable(&self) -> bool {
        matches!(self.kind, ErrorKind::Retriable | ErrorKind::Timeout)
    }

    /// The message and every cause behind it, joined by `: `, for a single log line.
    pub fn chain(&self) -> String {
        let mut text = self.message.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.chain())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_names_every_cause_once() {
        let disk = std::io::Error::other("device gone");
        let error =
            Error::new(ErrorKind::Corrupt, "segment 0 is unreadable").with_source(disk).context("topic 't'");
        assert_eq!(error.chain(), "topic 't': segment 0 is unreadable: device gone");
        assert_eq!(error.to_string(), "topic 't': segment 0 is unreadable");
    }
}
