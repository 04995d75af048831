//! Riverrun: Kafka, Kafka Streams, Kafka Connect and streaming SQL in one Rust binary.
//!
//! This crate joins the four libraries that never see each other: [`core`] (bytes, protocol, client), [`broker`],
//! [`streams`] and [`connectors`]. It re-exports them and adds nothing of its own but what needs several of them.

pub mod pipeline;

pub use riverrun_broker as broker;
pub use riverrun_connectors as connectors;
pub use riverrun_core as core;
pub use riverrun_streams as streams;

pub use riverrun_core::{Error, ErrorKind, Result};

/// The code of the README, compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
