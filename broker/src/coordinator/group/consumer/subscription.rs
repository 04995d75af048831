//! What a group reads: regular expressions resolved, the metadata's hash, and the group epoch that follows from both.

use std::collections::BTreeSet;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3Default;

use super::record::{ConsumerRecord, GroupEpoch, ResolvedRegex};
use super::regex;
use super::work::Work;
use crate::coordinator::group::cluster::{Cluster, TopicView};
use crate::coordinator::group::request::Name;

impl Work<'_> {
    /// Brings the group up to what its members read now. The group epoch grows if `changed`, or if the cluster has
    /// changed in what they read.
    pub(super) fn refresh_subscription(&mut self, changed: bool) {
        if !changed && self.cluster.version() <= self.group.seen_version {
            return;
        }
        let resolved_anew = self.resolve_regexes();
        let hash = metadata_hash(&self.group.subscribed_topics(), self.cluster);
        if changed || resolved_anew || hash != self.group.metadata_hash {
            self.bump_epoch(hash);
        }
        if self.group.has_old_metadata {
            self.log(ConsumerRecord::OldMetadata { present: false });
        }
        self.group.seen_version = self.group.seen_version.max(self.cluster.version());
    }

    /// The next group epoch, after members have gone.
    pub(super) fn bump_epoch_without(&mut self) {
        self.drop_unused_regexes();
        let hash = metadata_hash(&self.group.subscribed_topics(), self.cluster);
        self.bump_epoch(hash);
    }

    fn bump_epoch(&mut self, metadata_hash: i64) {
        let epoch = self.group.epoch.saturating_add(1);
        self.log(ConsumerRecord::Epoch(Some(GroupEpoch { epoch, metadata_hash })));
    }

    fn drop_unused_regexes(&mut self) {
        let used: BTreeSet<Name> = self.group.used_regexes().into_iter().cloned().collect();
        let unused: Vec<Name> =
            self.group.regexes.keys().filter(|regex| !used.contains(*regex)).cloned().collect();
        for regex in unused {
            self.log(ConsumerRecord::Regex { regex, value: None });
        }
    }

    /// Whether any expression matches other topics than before.
    fn resolve_regexes(&mut self) -> bool {
        self.drop_unused_regexes();
        let version = self.cluster.version();
        let used: Vec<Name> = self.group.used_regexes().into_iter().cloned().collect();
        let mut resolved_anew = false;
        for regex in used {
            let before: Option<Arc<ResolvedRegex>> = self.group.regexes.get(&regex).cloned();
            if before.is_some() && version <= self.group.seen_version {
                continue;
            }
            let topics = regex::resolve(&regex, self.cluster);
            if before.is_some_and(|before| before.topics == topics) {
                continue;
            }
            resolved_anew = true;
            let value = Some(ResolvedRegex { topics, version, resolved_ms: self.now_ms });
            self.log(ConsumerRecord::Regex { regex, value });
        }
        resolved_anew
    }
}

/// Stands for ids, names and partition counts of the topics, as Kafka computes it: a group that moves over from Kafka
/// is not rebalanced for it. 0 if none of the topics is there.
pub(super) fn metadata_hash(topics: &BTreeSet<&Name>, cluster: &dyn Cluster) -> i64 {
    hash_of(topics.iter().filter_map(|name| cluster.topic(name)))
}

/// Of topics in the order of their names.
fn hash_of<'a>(topics: impl Iterator<Item = TopicView<'a>>) -> i64 {
    let mut all = Xxh3Default::new();
    let mut found = false;
    for topic in topics {
        found = true;
        all.update(&topic_hash(topic).to_le_bytes());
    }
    if found { all.digest().cast_signed() } else { 0 }
}

fn topic_hash(topic: TopicView<'_>) -> u64 {
    let mut hash = Xxh3Default::new();
    hash.update(&[0]);
    let (high, low) = topic.id.as_bytes().split_at(8);
    for half in [high, low] {
        hash.update(&half.iter().rev().copied().collect::<Vec<u8>>());
    }
    let mut units = 0_i32;
    for unit in topic.name.encode_utf16() {
        hash.update(&unit.to_le_bytes());
        units += 1;
    }
    hash.update(&units.to_le_bytes());
    hash.update(&topic.partitions.to_le_bytes());
    for partition in 0..topic.partitions {
        hash.update(&partition.to_le_bytes());
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Apache Kafka 4.3.1 wrote for a group that reads these two topics.
    #[test]
    fn the_hash_is_kafkas() {
        let names: [Name; 2] = ["ab".into(), "ac".into()];
        let id = |text: &str| text.parse().unwrap();
        let topics = [
            TopicView { id: id("VfyZYv5zRW6gPyfAsuxpFg"), name: &names[0], partitions: 3 },
            TopicView { id: id("B-VlZ5umQwCiq6teKJSW-A"), name: &names[1], partitions: 2 },
        ];
        assert_eq!(hash_of(topics.into_iter()), 4_346_993_409_286_523_441);
        assert_eq!(hash_of(std::iter::empty()), 0);
    }
}
