//! What a statement can fail with, and where in its text.

use std::fmt;

use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::Location;
use riverrun_core::{Error, ErrorKind};

/// A statement that failed: what to do about it, why, and the place in the SQL text where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// What to do: `Invalid` for wrong SQL, `Unsupported` for right SQL that is not built, `NotFound` for a name.
    pub kind: ErrorKind,
    /// What is wrong with which thing, and what to do instead.
    pub message: String,
    /// Line and column, both from 1, in the text that was given.
    pub position: Option<(u64, u64)>,
}

impl SqlError {
    /// Wrong SQL: names what is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> SqlError {
        SqlError { kind: ErrorKind::Invalid, message: message.into(), position: None }
    }

    /// SQL that we understand and do not run.
    pub(crate) fn unsupported(message: impl Into<String>) -> SqlError {
        SqlError { kind: ErrorKind::Unsupported, message: message.into(), position: None }
    }

    /// A name that nothing has.
    pub(crate) fn not_found(message: impl Into<String>) -> SqlError {
        SqlError { kind: ErrorKind::NotFound, message: message.into(), position: None }
    }

    /// A defect of ours.
    pub(crate) fn internal(message: impl Into<String>) -> SqlError {
        SqlError { kind: ErrorKind::Internal, message: message.into(), position: None }
    }

    /// Adds the place, unless one is known already.
    #[must_use]
    pub(crate) fn at(mut self, location: Location) -> SqlError {
        if self.position.is_none() && location.line > 0 {
            self.position = Some((location.line, location.column));
        }
        self
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for SqlError {}

impl From<ParserError> for SqlError {
    fn from(error: ParserError) -> SqlError {
        let text = match error {
            ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
            ParserError::RecursionLimitExceeded => "the statement is nested too deeply".to_string(),
        };
        let (message, position) = split_position(&text);
        SqlError { kind: ErrorKind::Invalid, message, position }
    }
}

/// Takes the parser's ` at Line: 3, Column: 12` off the end of its message.
fn split_position(text: &str) -> (String, Option<(u64, u64)>) {
    let found = text.rfind(" at Line: ").and_then(|at| {
        let (line, column) = text[at + " at Line: ".len()..].split_once(", Column: ")?;
        Some((at, line.trim().parse().ok()?, column.trim().parse().ok()?))
    });
    match found {
        Some((at, line, column)) => (text[..at].to_string(), Some((line, column))),
        None => (text.to_string(), None),
    }
}

impl From<DataFusionError> for SqlError {
    fn from(error: DataFusionError) -> SqlError {
        let position = error
            .diagnostic()
            .and_then(|diagnostic| diagnostic.span)
            .map(|span| (span.start.line, span.start.column));
        let root = error.find_root();
        if let DataFusionError::External(cause) = root
            && let Some(own) = cause.downcast_ref::<SqlError>()
        {
            return own.clone();
        }
        let kind = match root {
            DataFusionError::NotImplemented(_) => ErrorKind::Unsupported,
            DataFusionError::Internal(_) => ErrorKind::Internal,
            DataFusionError::IoError(_) | DataFusionError::ResourcesExhausted(_) => ErrorKind::Retriable,
            _ => ErrorKind::Invalid,
        };
        if let DataFusionError::SQL(parser, _) = root {
            return SqlError::from(parser.as_ref().clone());
        }
        let mut message = root
            .strip_backtrace()
            .replace(".\nDid you mean", "; did you mean")
            .replace(". Did you mean", "; did you mean")
            .replace("\nValid fields are", " Valid fields are");
        if let Some(told) = no_such_signature(&message) {
            return SqlError { kind: ErrorKind::Invalid, message: told, position };
        }
        for prefix in [
            "Error during planning: ",
            "Execution error: ",
            "Schema error: ",
            "This feature is not implemented: ",
        ] {
            if let Some(rest) = message.strip_prefix(prefix) {
                message = rest.to_string();
            }
        }
        // What DataFusion lacks is right SQL that is not built.
        let lacking =
            ["Invalid function ", "LIKE does not support", "Cannot get result type for temporal operation"]
                .iter()
                .any(|head| message.starts_with(head));
        let kind = if lacking { ErrorKind::Unsupported } else { kind };
        SqlError { kind, message, position }
    }
}

/// DataFusion's account of a function that does not take these types, without what is of no use to who wrote the call.
fn no_such_signature(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("No function matches the given name and argument types '")?;
    let (call, rest) = rest.split_once('\'')?;
    let candidates: Vec<&str> = match rest.split_once("Candidate functions:") {
        Some((_, list)) => list.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        None => Vec::new(),
    };
    Some(match candidates.is_empty() {
        true => format!("no function takes {call}; add a CAST"),
        false => format!("no function takes {call}; there are {}", candidates.join(", ")),
    })
}

impl From<Error> for SqlError {
    fn from(error: Error) -> SqlError {
        SqlError { kind: error.kind(), message: error.chain(), position: None }
    }
}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Error {
        Error::new(error.kind, error.to_string())
    }
}

impl From<SqlError> for DataFusionError {
    fn from(error: SqlError) -> DataFusionError {
        DataFusionError::External(Box::new(error))
    }
}

impl From<datafusion::arrow::error::ArrowError> for SqlError {
    fn from(error: datafusion::arrow::error::ArrowError) -> SqlError {
        SqlError::from(DataFusionError::from(error))
    }
}
