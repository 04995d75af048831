//! Control records: the markers that end a transaction.

use super::{Record, RecordError};

/// What a control record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlRecord {
    /// The transaction's records must not be delivered.
    Abort {
        /// Epoch of the transaction coordinator that wrote the marker.
        coordinator_epoch: i32,
    },
    /// The transaction's records may be delivered.
    Commit {
        /// Epoch of the transaction coordinator that wrote the marker.
        coordinator_epoch: i32,
    },
    /// A control record of a kind that is not a transaction's end (leader change, snapshot, voters, or one yet to be
    /// invented). Readers skip it.
    Other {
        /// The number of the kind.
        kind: i16,
    },
}

impl ControlRecord {
    const ABORT: i16 = 0;
    const COMMIT: i16 = 1;

    /// Reads a record of a control batch.
    pub fn decode(record: &Record) -> Result<ControlRecord, RecordError> {
        let key = record.key.as_deref().unwrap_or_default();
        let kind = match key {
            [_, _, high, low, ..] => i16::from_be_bytes([*high, *low]),
            _ => {
                return Err(RecordError::Truncated {
                    what: "control record key",
                    at: 0,
                    expected: 4,
                    found: key.len(),
                });
            }
        };
        if kind != Self::ABORT && kind != Self::COMMIT {
            return Ok(ControlRecord::Other { kind });
        }
        let value = record.value.as_deref().unwrap_or_default();
        let coordinator_epoch = match value {
            [_, _, a, b, c, d, ..] => i32::from_be_bytes([*a, *b, *c, *d]),
            _ => {
                return Err(RecordError::Truncated {
                    what: "transaction marker",
                    at: 0,
                    expected: 6,
                    found: value.len(),
                });
            }
        };
        Ok(if kind == Self::ABORT {
            ControlRecord::Abort { coordinator_epoch }
        } else {
            ControlRecord::Commit { coordinator_epoch }
        })
    }

    /// Key and value of the record, version 0 of both; `None` for a kind that is not a transaction's end.
    pub fn encode(self) -> Option<([u8; 4], [u8; 6])> {
        let (kind, epoch) = match self {
            ControlRecord::Abort { coordinator_epoch } => (Self::ABORT, coordinator_epoch),
            ControlRecord::Commit { coordinator_epoch } => (Self::COMMIT, coordinator_epoch),
            ControlRecord::Other { .. } => return None,
        };
        let (mut key, mut value) = ([0; 4], [0; 6]);
        key[2..].copy_from_slice(&kind.to_be_bytes());
        value[2..].copy_from_slice(&epoch.to_be_bytes());
        Some((key, value))
    }
}
