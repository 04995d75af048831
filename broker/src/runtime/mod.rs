//! The only drivers of the pure parts: they bring time, files and randomness to decisions and carry decisions out.
//!
//! A [`Node`] is a broker without its sockets: metadata with its writer, partitions with their logs, group shards
//! with their deadlines, the flusher and the housekeeping. It must never know a frame or a connection.

mod cleaner;
mod cluster_view;
mod controller;
mod fetch_sessions;
mod flusher;
mod folders;
mod groups;
mod housekeeping;
mod live;
mod logs;
mod metadata_file;
mod node;
mod partition;
mod partitions;
mod producer_ids;
mod telemetry;
mod timers;
mod topics;
mod transaction_ends;
mod transactions;
mod waiters;

pub(crate) use controller::ControllerError;
pub(crate) use fetch_sessions::{FetchPlan, Found, SessionError, SessionKey, SessionPartition};
pub(crate) use folders::FolderView;
pub(crate) use groups::{GroupsError, ShardDriver};
pub(crate) use live::Live;
pub(crate) use metadata_file::METADATA_TOPIC;
pub(crate) use node::{Node, StartError, TRANSACTION_VERSION};
pub(crate) use partition::{Partition, PartitionError, TransactionalProducer, Verification};
pub(crate) use telemetry::{ClientTraits, Push, TelemetryError};
pub(crate) use topics::{CreatedTopic, TopicRef};
pub(crate) use transactions::TransactionsError;
