//! What is wrong with a pipeline's file, each with its place.

use std::fmt;

use riverrun_core::{Error, ErrorKind};

/// A place in the file; line and column count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and what to do.
    pub message: String,
}

/// Everything that is wrong with one file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
    /// Whether all of it is a file or name that is not there.
    pub missing_only: bool,
}

impl Problems {
    pub(super) fn new(file: &str, mut problems: Vec<Problem>) -> Problems {
        problems.sort();
        problems.dedup();
        Problems { file: file.to_owned(), problems, missing_only: false }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            let Place { line, column } = problem.place;
            write!(f, "{end}{}:{line}:{column}: {}", self.file, problem.message)?;
        }
        Ok(())
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Error {
        let kind = if problems.missing_only { ErrorKind::NotFound } else { ErrorKind::Invalid };
        Error::new(kind, problems.to_string())
    }
}

/// Gathers problems while a file is read.
#[derive(Debug, Default)]
pub(super) struct Gathered(pub(super) Vec<Problem>);

impl Gathered {
    pub(super) fn add(&mut self, place: Place, message: impl Into<String>) {
        self.0.push(Problem { place, message: message.into() });
    }
}
