//! Sources and sinks of Riverrun, and the runtime that drives them.
//!
//! A connector implements the traits of [`api`]; [`runtime`] drives its tasks over a Kafka log, commits their
//! positions, retries, and sends bad records to a dead-letter topic; [`contract`] is the suite of checks that every
//! connector must pass. Each connector is a folder behind a feature of its own name.
//!
//! This crate knows `riverrun-core` and nothing else of Riverrun: no broker, no stream topology, no SQL.

pub mod api;
pub mod contract;
#[cfg(feature = "file")]
pub mod file;
pub mod runtime;
