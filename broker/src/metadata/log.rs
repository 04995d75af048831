//! Where metadata records are kept: the trait behind which a quorum will stand.

use super::image::ClusterImage;
use super::record::MetadataRecord;

/// Why the metadata log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetadataLogError {
    #[error("the metadata log cannot be written; the broker must be restarted")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the metadata log begins at offset {start} without a snapshot; its first records are missing")]
    NoSnapshot { start: i64 },
    #[error("the metadata log cannot be read")]
    Read(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "record {version} of the metadata log is not of a kind that this version of Riverrun knows: {text}"
    )]
    UnknownRecord { version: u64, text: String, source: serde_json::Error },
}

/// An ordered, durable list of metadata records.
pub(crate) trait MetadataLog: Send {
    /// What has to be replayed, in order: every record, or those from the last snapshot on; called once, before the first append.
    ///
    /// # Errors
    /// When the log is damaged or of a newer kind.
    fn load(&mut self) -> Result<Vec<MetadataRecord>, MetadataLogError>;

    /// Appends `records` and returns when they are durable: all of them or, after an error, an unknown part. Blocks.
    ///
    /// # Errors
    /// When they could not be made durable; the log takes no more then (wall 4).
    fn append(&mut self, records: &[MetadataRecord]) -> Result<(), MetadataLogError>;

    /// Writes `image`, which is all records so far, as a snapshot, if so many came since the last that a start would be
    /// slow; what lies before it may be deleted then. Blocks.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    fn snapshot_if_due(&mut self, image: &ClusterImage) -> Result<(), MetadataLogError>;
}
