//! The assignor `range`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::TopicPartition;
use super::{Assignment, Assignor, GroupMember, ranked};

/// Divides each topic by itself into ranges of neighbouring partitions. Topics with the same number of partitions and
/// the same subscribers end up co-partitioned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range;

impl Assignor for Range {
    fn name(&self) -> &str {
        "range"
    }

    fn assign(
        &self,
        members: &[GroupMember],
        topics: &BTreeMap<Arc<str>, i32>,
    ) -> BTreeMap<Arc<str>, Assignment> {
        let (ranked, mut shares) = ranked(members);
        for (topic, partitions) in topics {
            let takers: Vec<_> = ranked.iter().filter(|member| member.topics.contains(topic)).collect();
            let Ok(count) = i32::try_from(takers.len()) else { continue };
            if count == 0 {
                continue;
            }
            let (each, extra) = (partitions / count, partitions % count);
            let mut next = 0;
            for (member, at) in takers.into_iter().zip(0..) {
                let end = next + each + i32::from(at < extra);
                if let Some(share) = shares.get_mut(&member.id) {
                    share.partitions.extend(
                        (next..end).map(|partition| TopicPartition::new(Arc::clone(topic), partition)),
                    );
                }
                next = end;
            }
        }
        shares
    }
}
