//! What can go wrong with a log.

use std::path::PathBuf;

use riverrun_core::record::RecordError;
use riverrun_core::{Error, ErrorKind};

use super::marker::MarkerError;
use super::names::TopicPartition;
use super::producers::SequenceError;
use crate::storage::StorageError;

/// Why a batch was not appended. Nothing of it is in the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The bytes are no batch that may be appended.
    #[error("the batch is invalid")]
    Record(#[from] RecordError),
    /// The batch is larger than `max.message.bytes`.
    #[error("the batch has {size} bytes, max.message.bytes is {limit}")]
    TooLarge {
        /// Its bytes.
        size: usize,
        /// The most allowed.
        limit: u32,
    },
    /// The batch is larger than `segment.bytes`.
    #[error("the batch has {size} bytes, segment.bytes is {limit}")]
    LargerThanSegment {
        /// Its bytes.
        size: usize,
        /// The most allowed.
        limit: u32,
    },
    /// Records of the batch break rules of the topic; none of the batch is taken.
    #[error("{} of the batch were refused, the first of them is {}", records(.0.len()), first(.0))]
    Rejected(Vec<RejectedRecord>),
    /// The idempotent producer's epoch or sequence does not fit.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// A transaction's end does not fit.
    #[error(transparent)]
    Marker(#[from] MarkerError),
    /// There is no room on the disk. The log is unharmed; the same append may succeed later.
    #[error("no room left to append")]
    Full(#[source] StorageError),
    /// An earlier write or flush of this log failed, so nothing more is taken until the broker restarts.
    #[error("log {0} failed and takes no more records; repair the disk and restart the broker")]
    Failed(TopicPartition, #[source] Option<StorageError>),
    /// The log was closed or deleted.
    #[error("log {0} is closed")]
    Closed(TopicPartition),
}

/// A record that a topic does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRecord {
    /// Which record of the batch, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub fault: RecordFault,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// A record of a compacted topic has no key.
    #[error("without a key, which cleanup.policy=compact needs")]
    NoKey,
    /// Its time is too far from the broker's.
    #[error("of timestamp {timestamp}, which lies outside {earliest} to {latest}")]
    Timestamp {
        /// The record's time.
        timestamp: i64,
        /// The earliest allowed.
        earliest: i64,
        /// The latest allowed.
        latest: i64,
    },
}

fn records(count: usize) -> String {
    if count == 1 { "1 record".to_owned() } else { format!("{count} records") }
}

fn first(rejected: &[RejectedRecord]) -> String {
    rejected.first().map_or_else(String::new, |first| format!("number {} {}", first.index, first.fault))
}

/// Why records were not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The offset is not in the log.
    #[error("offset {offset} is not in the log, which holds {start} to {end}")]
    OutOfRange {
        /// What was asked for.
        offset: i64,
        /// The log start offset.
        start: i64,
        /// The log end offset.
        end: i64,
    },
    /// The file could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Stored bytes are damaged.
    #[error("{} is damaged near byte {at}", file.display())]
    Damaged {
        /// The segment file.
        file: PathBuf,
        /// Where the batch starts.
        at: u64,
        /// What is wrong with it.
        source: RecordError,
    },
    /// The log was closed or deleted.
    #[error("log {0} is closed")]
    Closed(TopicPartition),
}

/// Why a log or data folder cannot be opened, changed or closed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// A file operation failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Another process has the data folder.
    #[error("data folder {} is in use by another process; stop it or choose another folder", .0.display())]
    InUse(PathBuf),
    /// Records that were flushed are damaged or gone.
    #[error(
        "{} is damaged at byte {at}, below the flushed offset {flushed}: restore the folder from a copy, or remove its \
         line from recovery-point-offset-checkpoint to give up all records from the damage on",
        file.display()
    )]
    FlushedLost {
        /// The segment file.
        file: PathBuf,
        /// Where the damage starts, or the file ends.
        at: u64,
        /// Everything below this offset had been flushed.
        flushed: i64,
        /// What is wrong there; nothing if the file ends there.
        source: Option<RecordError>,
    },
    /// A small file of ours does not hold what it must.
    #[error("{} line {line}: {reason}", file.display())]
    BadFile {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The folder belongs to another topic of the same name.
    #[error("folder {} belongs to topic id {found}, expected {expected}: the topic was deleted and made again", folder.display())]
    OtherTopic {
        /// The partition's folder.
        folder: PathBuf,
        /// The id in partition.metadata.
        found: String,
        /// The id of the topic.
        expected: String,
    },
    /// The data folder takes no writes, or was not there at the start.
    #[error("data folder {} is offline ({reason}): repair its disk and restart the broker", folder.display())]
    Offline {
        /// The folder.
        folder: PathBuf,
        /// What was met.
        reason: String,
    },
    /// Two data folders hold the same partition.
    #[error("partition {id} is in {} and in {}: move one of them away", folders[0].display(), folders[1].display())]
    InTwoFolders {
        /// The partition.
        id: TopicPartition,
        /// The two folders.
        folders: [PathBuf; 2],
    },
    /// Records that had to be read first could not be.
    #[error("the log cannot be read")]
    Read(#[from] ReadError),
    /// The log was closed or deleted, or had failed before.
    #[error("log {0} is closed or failed")]
    Unusable(TopicPartition),
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        let kind = match error {
            LogError::Storage(error) => return error.into(),
            LogError::InUse(_) => ErrorKind::Fenced,
            LogError::FlushedLost { .. } | LogError::BadFile { .. } => ErrorKind::Corrupt,
            LogError::OtherTopic { .. } | LogError::InTwoFolders { .. } => ErrorKind::Invalid,
            LogError::Offline { .. } => ErrorKind::Internal,
            LogError::Read(ReadError::OutOfRange { .. }) => ErrorKind::Invalid,
            LogError::Read(ReadError::Damaged { .. }) => ErrorKind::Corrupt,
            LogError::Read(ReadError::Storage(_)) => ErrorKind::Internal,
            LogError::Read(ReadError::Closed(_)) | LogError::Unusable(_) => ErrorKind::Closed,
        };
        let message = error.to_string();
        match error {
            LogError::FlushedLost { source: Some(source), .. } => {
                Error::new(kind, message).with_source(source)
            }
            _ => Error::new(kind, message),
        }
    }
}
