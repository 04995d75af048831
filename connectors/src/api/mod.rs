//! What a connector is: sources, sinks, the records they exchange, positions and errors.
//!
//! This room holds declarations only. It must never know a vendor's type, a socket, a file or the runtime.

mod config;
mod error;
mod keys;
mod offset;
mod record;
mod schema;
mod sink;
mod source;

pub use config::{ConfigMap, Key, KeyError, Settings, nearest, split_list, unknown};
pub use error::{BadRecord, ConnectorError, ErrorStage};
pub use keys::{COMMON_KEYS, DEAD_LETTER_KEY, SINK_COMMON_KEYS, TOLERANCE_KEY};
pub use offset::{SourceOffset, SourcePartition, StoredOffsets};
pub use record::{SinkRecord, SourceRecord};
pub use riverrun_core::client::TopicPartition;
pub use riverrun_core::record::Header;
pub use schema::{Column, ColumnType, Schema};
pub use sink::{Rejected, Sink, SinkTask};
pub use source::{Boundedness, Polled, Position, Progress, Source, SourceBatch, SourceItem, SourceTask};
