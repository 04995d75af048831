//! How a command that failed ends: what it prints, and the exit code that tells a script what to do about it.

use std::process::ExitCode;

use riverrun::{Error, ErrorKind};
use serde_json::json;

use super::terminal::{Output, Terminal};

/// The command could not do what was asked, for none of the reasons below.
pub(crate) const FAILED: u8 = 1;
/// A flag, a config or the input is wrong; clap uses the same code.
const USAGE: u8 = 2;
/// A topic, group, file or offset that was named is not there.
const NOT_FOUND: u8 = 3;
/// The broker did not answer, or not in time; the same command may succeed later.
const NO_ANSWER: u8 = 4;
/// The broker does not let us.
const NOT_ALLOWED: u8 = 5;

/// The codes as `--help` prints them.
pub(crate) const HELP: &str = "\
Exit codes: 0 done · 1 failed · 2 wrong flags, config or input · 3 named thing not there · \
4 broker gives no answer, try later · 5 not allowed";

fn code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Invalid => USAGE,
        ErrorKind::NotFound => NOT_FOUND,
        ErrorKind::Retriable | ErrorKind::Timeout | ErrorKind::Closed => NO_ANSWER,
        ErrorKind::Unauthorized => NOT_ALLOWED,
        _ => FAILED,
    }
}

/// Prints `error` on standard error (as JSON under `--output json`) and gives the code to end with.
pub(crate) fn report(error: &Error, terminal: &Terminal) -> ExitCode {
    if is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    match terminal.output() {
        Output::Table => terminal.complain(&error.chain()),
        Output::Json => {
            let mut causes = Vec::new();
            let mut next = std::error::Error::source(error);
            while let Some(cause) = next {
                causes.push(cause.to_string());
                next = cause.source();
            }
            let value = json!({ "error": {
                "kind": error.kind().as_str(), "message": error.message(), "causes": causes,
            }});
            terminal.complain_json(&value);
        }
    }
    ExitCode::from(code(error.kind()))
}

/// Whether the reader of our output went away, as `head` does: no failure of ours.
fn is_closed_pipe(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|cause| cause.downcast_ref::<std::io::Error>())
        .is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
