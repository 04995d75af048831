//! What the libraries have to say while they work, on standard error.

use clap::ValueEnum;
use tracing_subscriber::filter::LevelFilter;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// The form of what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line: timestamp, level, target, message, and the event's fields beside them.
    Json,
}

/// Sends events of the given level and above to standard error.
pub(crate) fn start(level: LogLevel, format: LogFormat, colored: bool) {
    let filter = match level {
        LogLevel::Off => return,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt().with_max_level(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(colored).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
