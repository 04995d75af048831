//! What the runtime keeps beside a task's state in the same atomic commits: how far each changelog is in the stores.
//! Pure: entries to bytes and back.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use riverrun_core::client::TopicPartition;

use crate::state::{Backend, StateError, Write};

const END: &[u8] = b"runtime/end/";

/// For each changelog partition the offset up to which the stores hold it.
pub(crate) fn ends(backend: &dyn Backend) -> Result<BTreeMap<TopicPartition, i64>, StateError> {
    let mut ends = BTreeMap::new();
    for (key, value) in backend.meta_prefix(END)? {
        let name = &key[END.len()..];
        if let (Some(end), Some((partition, topic))) = (number(&value), name.split_first_chunk::<4>()) {
            let topic = String::from_utf8_lossy(topic);
            ends.insert(TopicPartition::new(&*topic, i32::from_be_bytes(*partition)), end);
        }
    }
    Ok(ends)
}

/// Notes that the stores hold a changelog partition up to `offset`.
pub(crate) fn end(name: &TopicPartition, offset: i64) -> Write {
    let mut key = BytesMut::from(END);
    key.put_i32(name.partition);
    key.put_slice(name.topic.as_bytes());
    (key.freeze(), Some(value(offset)))
}

/// A number as entries hold it.
pub(crate) fn value(number: i64) -> Bytes {
    Bytes::copy_from_slice(&number.to_be_bytes())
}

/// A number that an entry holds.
pub(crate) fn number(bytes: impl AsRef<[u8]>) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.as_ref().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::MemoryBackend;

    #[test]
    fn what_is_committed_is_loaded() {
        let mut backend = MemoryBackend::default();
        let (one, other) = (TopicPartition::new("out/put", 3), TopicPartition::new("b", 0));
        backend.commit(Vec::new(), vec![end(&one, 42), end(&other, 1)]).unwrap();
        backend.commit(Vec::new(), vec![end(&other, 2)]).unwrap();
        assert_eq!(ends(&backend).unwrap(), [(one, 42), (other, 2)].into());
    }
}
