//! The small text files beside the logs.
//!
//! Checkpoints: a version line `0`, a line with the number of entries, the entries. `meta.properties` is a Java
//! properties file; `partition.metadata` and the clean-shutdown marker are a line or two.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use riverrun_core::protocol::Uuid;

use super::error::LogError;
use super::names::{CLEAN_SHUTDOWN, META_PROPERTIES, PARTITION_METADATA, TopicPartition};
use crate::storage::{Storage, StorageError, read_all, replace_all};

/// The lines of a small file, with their numbers for messages.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    path: PathBuf,
    lines: std::str::Lines<'a>,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(path: &Path, bytes: &'a [u8]) -> Result<Self, LogError> {
        let text = std::str::from_utf8(bytes).map_err(|error| LogError::BadFile {
            file: path.to_owned(),
            line: 1,
            reason: format!("expected text: {error}"),
        })?;
        Ok(Lines { path: path.to_owned(), lines: text.lines(), number: 0 })
    }

    pub(super) fn next(&mut self, what: &str) -> Result<&'a str, LogError> {
        self.number += 1;
        match self.lines.next() {
            Some(line) => Ok(line),
            None => Err(self.bad(&format!("expected {what}, but the file ends here"))),
        }
    }

    pub(super) fn bad(&self, reason: &str) -> LogError {
        LogError::BadFile { file: self.path.clone(), line: self.number, reason: reason.to_owned() }
    }
}

/// The number of entries of a checkpoint, after its version.
pub(super) fn entries(lines: &mut Lines<'_>) -> Result<usize, LogError> {
    if lines.next("version 0")? != "0" {
        return Err(lines.bad("expected version 0"));
    }
    let count = lines.next("the number of entries")?;
    count.parse().map_err(|_| lines.bad("expected the number of entries"))
}

fn read_optional(storage: &dyn Storage, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    match read_all(storage, path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a checkpoint of offsets per partition; none if the file is not there, or empty, as Kafka makes it at first.
pub(super) fn read_offsets(
    storage: &dyn Storage,
    path: &Path,
) -> Result<BTreeMap<TopicPartition, i64>, LogError> {
    let bytes = read_optional(storage, path)?.filter(|bytes| !bytes.is_empty());
    let Some(bytes) = bytes else { return Ok(BTreeMap::new()) };
    let mut lines = Lines::new(path, &bytes)?;
    let mut offsets = BTreeMap::new();
    for _ in 0..entries(&mut lines)? {
        let line = lines.next("topic, partition and offset")?;
        let mut parts = line.split(' ');
        let parsed = (|| {
            let (topic, partition, offset) = (parts.next()?, parts.next()?, parts.next()?);
            let partition = TopicPartition::new(topic, partition.parse().ok()?);
            parts.next().is_none().then_some((partition, offset.parse::<i64>().ok()?))
        })();
        let Some((partition, offset)) = parsed else {
            return Err(lines.bad("expected topic, partition and offset"));
        };
        offsets.insert(partition, offset);
    }
    Ok(offsets)
}

/// Writes a checkpoint of offsets per partition.
pub(super) fn write_offsets<'a>(
    storage: &dyn Storage,
    path: &Path,
    offsets: impl ExactSizeIterator<Item = (&'a TopicPartition, i64)>,
) -> Result<(), StorageError> {
    let mut text = format!("0\n{}\n", offsets.len());
    for (partition, offset) in offsets {
        let _ = writeln!(text, "{} {} {offset}", partition.topic, partition.partition);
    }
    replace_all(storage, path, text.as_bytes())
}

/// The contents of `partition.metadata`.
pub(super) fn partition_metadata(topic_id: Uuid) -> String {
    format!("version: 0\ntopic_id: {topic_id}")
}

/// The topic id that `partition.metadata` of a partition's folder names. `None` if there is no such file, or one that a
/// crash left half written: it is flushed with the first record, so nothing of the log was.
pub(super) fn read_topic_id(storage: &dyn Storage, folder: &Path) -> Result<Option<String>, LogError> {
    let path = folder.join(PARTITION_METADATA);
    let Some(bytes) = read_optional(storage, &path)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    let id = text.strip_prefix("version: 0\ntopic_id: ").map(str::trim_end);
    let whole =
        |id: &&str| id.len() == 22 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let id = id.filter(whole);
    if id.is_none() {
        tracing::warn!(file = %path.display(), "a partition.metadata that is not whole is written anew");
    }
    Ok(id.map(str::to_owned))
}

/// `meta.properties` of a data folder: whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaProperties {
    /// Id of the cluster.
    pub cluster_id: String,
    /// Id of the broker.
    pub node_id: i32,
    /// Id of this folder.
    pub directory_id: Uuid,
}

impl MetaProperties {
    /// Writes the file.
    pub(super) fn write(&self, storage: &dyn Storage, folder: &Path) -> Result<(), StorageError> {
        let MetaProperties { cluster_id, node_id, directory_id } = self;
        let text = format!(
            "#\ncluster.id={cluster_id}\ndirectory.id={directory_id}\nnode.id={node_id}\nversion=1\n"
        );
        replace_all(storage, &folder.join(META_PROPERTIES), text.as_bytes())
    }

    /// Cluster id, node id and directory id (as text) of the file; `None` if it is not there.
    pub(super) fn read(
        storage: &dyn Storage,
        folder: &Path,
    ) -> Result<Option<(String, i32, Option<String>)>, LogError> {
        let path = folder.join(META_PROPERTIES);
        let Some(bytes) = read_optional(storage, &path)? else { return Ok(None) };
        let mut lines = Lines::new(&path, &bytes)?;
        let mut found = BTreeMap::new();
        for line in lines.lines.by_ref() {
            if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with(['#', '!'])) {
                found.insert(key.trim(), value.trim());
            }
        }
        let need = |key: &str| {
            found
                .get(key)
                .map(|value| (*value).to_owned())
                .ok_or_else(|| lines.bad(&format!("{key} is missing")))
        };
        let cluster_id = need("cluster.id")?;
        let node_id = need("node.id").or_else(|_| need("broker.id"))?;
        let node_id = node_id.parse().map_err(|_| lines.bad("node.id is no number"))?;
        Ok(Some((cluster_id, node_id, found.get("directory.id").map(|id| (*id).to_owned()))))
    }
}

/// Whether the clean-shutdown marker is there.
pub(super) fn was_clean(storage: &dyn Storage, folder: &Path) -> Result<bool, StorageError> {
    storage.exists(&folder.join(CLEAN_SHUTDOWN))
}

/// Says that everything was flushed and closed.
pub(super) fn mark_clean(storage: &dyn Storage, folder: &Path) -> Result<(), StorageError> {
    replace_all(storage, &folder.join(CLEAN_SHUTDOWN), b"{\"version\":0,\"brokerEpoch\":-1}")
}

/// Takes the marker away, for good.
pub(super) fn clear_clean(storage: &dyn Storage, folder: &Path) -> Result<(), StorageError> {
    match storage.remove(&folder.join(CLEAN_SHUTDOWN)) {
        Err(error) if error.is_not_found() => Ok(()),
        removed => removed.and_then(|()| storage.sync_dir(folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::MemoryStorage;

    #[test]
    fn an_empty_checkpoint_has_no_offsets_and_a_cut_one_is_told() {
        let storage = MemoryStorage::new();
        let folder = Path::new("/data");
        storage.create_dir(folder).unwrap();
        let path = folder.join("cleaner-offset-checkpoint");
        replace_all(&storage, &path, b"").unwrap();
        assert_eq!(read_offsets(&storage, &path).unwrap(), BTreeMap::new());
        replace_all(&storage, &path, b"0\n2\na 0 1\n").unwrap();
        let error = read_offsets(&storage, &path).unwrap_err();
        assert!(matches!(error, LogError::BadFile { line: 4, .. }), "{error}");
    }
}
