//! Partition logs on Kafka's own files.
//!
//! A [`LogFolder`] is a data folder: its lock, its checkpoints, its partitions. A [`PartitionLog`] is one partition:
//! segments of record batches with their indexes, the state of its idempotent producers, its leader epochs. Every
//! file is byte for byte what Apache Kafka writes, so Kafka's tools read it and Kafka's folders open here.
//!
//! Knows files (through `storage`) and record batches. Must never know a request, a socket, a group, a thread pool or
//! who waits for a flush: callers append, ask for a [`FlushJob`], run it where they like, and report how it went.
//!
//! What holds:
//! - What `flush.policy=ack` lets a consumer see is flushed.
//! - After a failed flush or a write in doubt the log takes nothing more.
//! - No lock is held while a flush or a cold read is under way.
//! - Whatever a crash leaves behind, opening gives all that was flushed and no damaged batch.

mod aborted;
mod active;
mod append;
mod buffers;
mod checkpoint;
mod compaction;
mod config;
mod epochs;
mod error;
mod files;
mod flush;
mod folder;
mod index;
mod marker;
mod names;
mod offsets;
mod opening;
mod partition;
mod producers;
mod read;
mod recovery;
mod retention;
mod rules;
mod scan;
mod segment;
mod snapshot;
mod sweep;
mod tail;
mod truncate;
mod verification;

#[cfg(test)]
mod tests;

pub use aborted::AbortedTransaction;
pub use append::{Appended, Origin};
pub use checkpoint::MetaProperties;
pub use compaction::{Candidate, CompactError, Compacted, LatestOffsets, Pace};
pub use config::{FlushPolicy, LogConfig};
pub use error::{AppendError, LogError, ReadError, RecordFault, RejectedRecord};
pub use flush::FlushJob;
pub use folder::{FolderOptions, FoundPartition, LogFolder};
pub use marker::{Marker, MarkerError};
pub use names::TopicPartition;
pub use offsets::{FoundOffset, OffsetSpec};
pub use partition::{LogListener, PartitionLog};
pub use producers::{ProducerState, SequenceError};
pub use read::{LogSlice, ReadBound};
pub use retention::{Retention, SegmentFacts};
pub use verification::Guard;
