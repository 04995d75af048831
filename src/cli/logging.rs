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

/// Sends events of the given level and above to standard error.
pub(crate) fn start(level: LogLevel, colored: bool) {
    let filter = match level {
        LogLevel::Off => return,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(filter).with_ansi(colored).with_writer(std::io::stderr).init();
}
