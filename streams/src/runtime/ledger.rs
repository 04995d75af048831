//! What the runtime keeps beside a task's state, in the same atomic commits: producer ids, ends of outputs, and the
//! positions at which an epoch, or an input, was about to end. Pure: entries to bytes and back.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use riverrun_core::client::TopicPartition;

use crate::state::{Backend, StateError, Write};

const PRODUCERS: &[u8] = b"runtime/producers";
const END: &[u8] = b"runtime/end/";
const INTENT: &[u8] = b"runtime/intent/";
const LAST: &[u8] = b"runtime/last/";
const RESTORING: &[u8] = b"runtime/restoring";

/// A task's entries, as of its last commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// The producer ids under which the task may have written since its last commit.
    pub(crate) producers: Vec<i64>,
    /// Where its output partitions ended at its last commit.
    pub(crate) ends: BTreeMap<TopicPartition, i64>,
    /// The positions, by topic, at which it last set out to end an epoch.
    pub(crate) intent: BTreeMap<String, i64>,
    /// Where inputs were told to end for good, while no commit followed.
    pub(crate) last: BTreeMap<String, i64>,
    /// Whether stores were being restored from their changelogs: then they are not whole.
    pub(crate) restoring: bool,
}

impl Ledger {
    pub(crate) fn load(backend: &dyn Backend) -> Result<Ledger, StateError> {
        let mut ledger = Ledger::default();
        if let Some(bytes) = backend.meta(PRODUCERS)? {
            ledger.producers = bytes.chunks_exact(8).filter_map(number).collect();
        }
        for (key, value) in backend.meta_prefix(END)? {
            let name = &key[END.len()..];
            let (Some(end), Some((partition, topic))) = (number(&value), name.split_first_chunk::<4>())
            else {
                continue;
            };
            let topic = String::from_utf8_lossy(topic);
            ledger.ends.insert(TopicPartition::new(&*topic, i32::from_be_bytes(*partition)), end);
        }
        for (prefix, into) in [(INTENT, &mut ledger.intent), (LAST, &mut ledger.last)] {
            for (key, value) in backend.meta_prefix(prefix)? {
                if let Some(position) = number(&value) {
                    into.insert(String::from_utf8_lossy(&key[prefix.len()..]).into_owned(), position);
                }
            }
        }
        ledger.restoring = backend.meta(RESTORING)?.is_some();
        Ok(ledger)
    }
}

fn number(bytes: impl AsRef<[u8]>) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.as_ref().try_into().ok()?))
}

pub(crate) fn producers(ids: &[i64]) -> Write {
    let mut bytes = BytesMut::with_capacity(8 * ids.len());
    ids.iter().for_each(|id| bytes.put_i64(*id));
    (Bytes::from_static(PRODUCERS), Some(bytes.freeze()))
}

pub(crate) fn end(name: &TopicPartition, offset: i64) -> Write {
    let mut key = BytesMut::from(END);
    key.put_i32(name.partition);
    key.put_slice(name.topic.as_bytes());
    (key.freeze(), Some(Bytes::copy_from_slice(&offset.to_be_bytes())))
}

pub(crate) fn intent(topic: &str, position: i64) -> Write {
    let key = Bytes::from([INTENT, topic.as_bytes()].concat());
    (key, Some(Bytes::copy_from_slice(&position.to_be_bytes())))
}

/// Notes that an input ends at `position`, or with `None` that a commit followed.
pub(crate) fn last(topic: &str, position: Option<i64>) -> Write {
    let key = Bytes::from([LAST, topic.as_bytes()].concat());
    (key, position.map(|position| Bytes::copy_from_slice(&position.to_be_bytes())))
}

/// Notes that stores are being restored, or that they are whole again.
pub(crate) fn restoring(on: bool) -> Write {
    (Bytes::from_static(RESTORING), on.then(Bytes::new))
}

/// A number as entries hold it.
pub(crate) fn value(number: i64) -> Bytes {
    Bytes::copy_from_slice(&number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::MemoryBackend;

    #[test]
    fn what_is_committed_is_loaded() {
        let mut backend = MemoryBackend::default();
        let name = TopicPartition::new("out/put", 3);
        let writes =
            vec![producers(&[7, 9]), end(&name, 42), intent("in", 5), last("in", Some(6)), restoring(true)];
        backend.commit(Vec::new(), writes).unwrap();
        let ledger = Ledger::load(&backend).unwrap();
        let expected = Ledger {
            producers: vec![7, 9],
            ends: [(name, 42)].into(),
            intent: [("in".to_owned(), 5)].into(),
            last: [("in".to_owned(), 6)].into(),
            restoring: true,
        };
        assert_eq!(ledger, expected);
        backend.commit(Vec::new(), vec![last("in", None), restoring(false)]).unwrap();
        let ledger = Ledger::load(&backend).unwrap();
        assert!(ledger.last.is_empty() && !ledger.restoring);
    }
}
