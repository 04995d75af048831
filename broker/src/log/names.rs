//! Names of folders and files, as Kafka has them.

use std::fmt;
use std::sync::Arc;

/// A partition of a topic, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: Arc<str>,
    /// The partition's number.
    pub partition: i32,
}

impl TopicPartition {
    /// That partition of that topic.
    pub fn new(topic: impl Into<Arc<str>>, partition: i32) -> Self {
        TopicPartition { topic: topic.into(), partition }
    }

    /// Reads a folder name; `None` if it is not `<topic>-<partition>`.
    pub(super) fn from_folder(name: &str) -> Option<TopicPartition> {
        let (topic, partition) = name.rsplit_once('-')?;
        let canonical = partition == "0" || !partition.starts_with(['0', '+']);
        let partition = partition.parse::<i32>().ok().filter(|_| canonical)?;
        (!topic.is_empty()).then(|| TopicPartition::new(topic, partition))
    }
}

/// `<topic>-<partition>`, the name of its folder.
impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

pub(super) const LOG: &str = "log";
pub(super) const INDEX: &str = "index";
pub(super) const TIME_INDEX: &str = "timeindex";
pub(super) const TXN_INDEX: &str = "txnindex";
pub(super) const SNAPSHOT: &str = "snapshot";
/// A file or folder that is about to be removed.
pub(super) const DELETED: &str = ".deleted";
/// The end of a partition folder's name that is about to be removed.
pub(super) const DELETE_FOLDER: &str = "-delete";
pub(super) const CLEANED: &str = ".cleaned";
pub(super) const SWAP: &str = ".swap";
pub(super) const TEMPORARY: &str = ".tmp";
pub(super) const PARTITION_METADATA: &str = "partition.metadata";
pub(super) const LEADER_EPOCHS: &str = "leader-epoch-checkpoint";
pub(super) const RECOVERY_POINTS: &str = "recovery-point-offset-checkpoint";
pub(super) const CLEANER_POINTS: &str = "cleaner-offset-checkpoint";
pub(super) const LOG_STARTS: &str = "log-start-offset-checkpoint";
pub(super) const HIGH_WATERMARKS: &str = "replication-offset-checkpoint";
pub(super) const META_PROPERTIES: &str = "meta.properties";
pub(super) const CLEAN_SHUTDOWN: &str = ".kafka_cleanshutdown";
/// Written and removed again to find out whether a folder takes writes.
pub(super) const PROBE: &str = ".probe";
pub(super) const LOCK: &str = ".lock";

/// The name of a file that starts at `offset`: 20 digits and the kind.
pub(super) fn offset_file(offset: i64, kind: &str) -> String {
    format!("{offset:020}.{kind}")
}

/// The offset and kind of a file named by [`offset_file`].
pub(super) fn parse_offset_file(name: &str) -> Option<(i64, &str)> {
    let (digits, kind) = name.split_once('.')?;
    if digits.len() < 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names() {
        let read = |name: &str| TopicPartition::from_folder(name).map(|found| found.to_string());
        assert_eq!(read("a-b-12").as_deref(), Some("a-b-12"));
        assert_eq!(read("t-0").as_deref(), Some("t-0"));
        for bad in ["t", "-0", "t-", "t-x", "t-01", "t-+1", "t-0.0a-delete"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn file_names() {
        assert_eq!(offset_file(42, LOG), "00000000000000000042.log");
        assert_eq!(parse_offset_file("00000000000000000042.timeindex"), Some((42, TIME_INDEX)));
        assert_eq!(parse_offset_file("00000000000000000042.log.swap"), Some((42, "log.swap")));
        assert_eq!(parse_offset_file("42.log"), None);
        assert_eq!(parse_offset_file("partition.metadata"), None);
    }
}
