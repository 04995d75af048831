//! Where metadata records are kept: the trait behind which a quorum will stand.

use super::record::MetadataRecord;

/// Why the metadata log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetadataLogError {
    #[error("the metadata log cannot be written; the broker must be restarted")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the metadata log cannot be read")]
    Read(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "record {version} of the metadata log is not of a kind that this version of Riverrun knows: {text}"
    )]
    UnknownRecord { version: u64, text: String, source: serde_json::Error },
}

/// An ordered, durable list of metadata records.
pub(crate) trait MetadataLog: Send {
    /// Every record so far, in order; called once, before the first append.
    ///
    /// # Errors
    /// When the log is damaged or of a newer kind.
    fn load(&mut self) -> Result<Vec<MetadataRecord>, MetadataLogError>;

    /// Appends `records` and returns when they are durable: all of them or, after an error, an unknown part. Blocks.
    ///
    /// # Errors
    /// When they could not be made durable; the log takes no more then (wall 4).
    fn append(&mut self, records: &[MetadataRecord]) -> Result<(), MetadataLogError>;
}
