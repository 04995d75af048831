//! The records that a lost run wrote behind its last commit, to be left out when they are made again.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use bytes::Bytes;

use crate::api::{Header, TopicPartition};

use super::log::{LogRecord, OutRecord};

/// A record's identity: 128 bits over key, value and headers. The timestamp is left out, as it may be the time of
/// writing.
type Print = (u64, u64);

/// What remains to be made again, per partition.
///
/// A source makes the same records again from the same position, those of one source partition in the same order; but
/// two followed files may be read in another interleaving. So records are compared as a multiset: what the lost run
/// wrote of a file is always the beginning of what is made again of that file.
#[derive(Debug, Default)]
pub(super) struct Replay {
    pending: BTreeMap<TopicPartition, HashMap<Print, u32, BuildHasherDefault<DefaultHasher>>>,
    remaining: u64,
}

impl Replay {
    pub(super) fn add(&mut self, partition: &TopicPartition, records: &[LogRecord]) {
        let prints = self.pending.entry(partition.clone()).or_default();
        for record in records {
            *prints.entry(print(&record.key, &record.value, &record.headers)).or_default() += 1;
        }
        self.remaining += records.len() as u64;
    }

    /// How many records of the lost run have not been made again.
    pub(super) fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Whether the lost run wrote this record; each of its records is found once.
    pub(super) fn was_written(&mut self, partition: &TopicPartition, record: &OutRecord) -> bool {
        if self.remaining == 0 {
            return false;
        }
        let Some(prints) = self.pending.get_mut(partition) else { return false };
        let print = print(&record.key, &record.value, &record.headers);
        let Some(count) = prints.get_mut(&print) else { return false };
        *count -= 1;
        if *count == 0 {
            prints.remove(&print);
        }
        self.remaining -= 1;
        true
    }

    pub(super) fn forget(&mut self) {
        self.pending.clear();
        self.remaining = 0;
    }
}

fn print(key: &Option<Bytes>, value: &Option<Bytes>, headers: &[Header]) -> Print {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        key.hash(&mut hasher);
        value.hash(&mut hasher);
        for header in headers {
            header.key.hash(&mut hasher);
            header.value.hash(&mut hasher);
        }
        hasher.finish()
    };
    (half(0), half(1))
}
