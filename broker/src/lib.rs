//! The Riverrun broker: the Kafka protocol over a durable log, in this process.
//!
//! [`Broker`] is the whole of it: a data folder, a listener, and everything that Kafka clients ask of a broker.
//!
//! ```
//! # async fn example() -> riverrun_core::Result<()> {
//! use riverrun_broker::{Broker, BrokerConfig};
//!
//! let broker = Broker::start(BrokerConfig::in_memory().set("num.partitions", "4")).await?;
//! println!("ready at {}", broker.bootstrap());
//! broker.shutdown().await
//! # }
//! ```

#[doc = include_str!("../../docs/in-process.md")]
pub mod in_process {}

mod broker;
mod config;
mod coordinator;
pub mod log;
mod metadata;
mod metrics;
mod runtime;
mod server;
pub mod storage;

pub use broker::{Broker, BrokerConfig};
