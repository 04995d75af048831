//! The file connector: files into topics, topics into files.
//!
//! The source reads CSV, JSON lines or raw lines from files that a glob names, plain or compressed, to their end or
//! as they grow; the sink writes them. Only `disk` opens files. This room must never know a broker or SQL.

mod config;
mod csv;
mod decompress;
mod discover;
mod disk;
mod follow;
mod json;
mod line;
mod manifest;
mod reader;
mod row;
mod sample;
mod sink;
mod source;
mod time;
mod tracked;

pub use config::{FileSinkConfig, FileSourceConfig, Format, SINK_KEYS, SOURCE_KEYS, TimestampFormat};
pub use sink::FileSink;
pub use source::FileSource;
pub use time::{format_rfc3339_ms, parse_rfc3339_ms};

#[cfg(test)]
mod tests;
