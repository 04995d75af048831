//! Bytes, protocol and client of Riverrun.
//!
//! What every other room stands on: record batches, the Kafka wire format, and a Kafka client of our own.
//! This crate knows no broker, no stream topology and no connector. Inside it the arrows point one way:
//! `client → protocol → record` and `format → record`.

pub mod client;
pub mod clock;
pub mod config;
pub mod error;
#[cfg(feature = "format")]
pub mod format;
pub mod protocol;
pub mod random;
pub mod record;

pub use error::{Error, ErrorKind, Result};
