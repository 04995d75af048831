//! Offsets of partitions, and records removed up to one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::TopicPartition;
use super::super::consumer::{IsolationLevel, list_offsets_everywhere};
use super::super::error::broker_error;
use super::Admin;
use crate::protocol::messages::DeleteRecordsRequest;
use crate::protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use crate::protocol::{ErrorCode, Str};
use crate::{Error, ErrorKind, Result};

/// Which offset of a partition is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// Of the oldest record.
    Earliest,
    /// Of the record that will come next.
    Latest,
    /// Of the first record at or after a time, in milliseconds since 1970-01-01 UTC.
    Timestamp(i64),
    /// Of the record with the greatest timestamp.
    MaxTimestamp,
}

impl OffsetSpec {
    fn code(self) -> i64 {
        match self {
            OffsetSpec::Latest => -1,
            OffsetSpec::Earliest => -2,
            OffsetSpec::MaxTimestamp => -3,
            OffsetSpec::Timestamp(timestamp) => timestamp.max(0),
        }
    }
}

impl Admin {
    /// Offsets of partitions. Where a time is asked for and no record is that new, the offset is -1.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a partition that does not exist; the cause when its leader does not answer.
    pub async fn list_offsets(
        &self,
        partitions: &[TopicPartition],
        spec: OffsetSpec,
    ) -> Result<BTreeMap<TopicPartition, i64>> {
        let asked: Vec<_> = partitions.iter().map(|name| (name.clone(), spec.code())).collect();
        let (lane, timeout) = (self.lane.1, self.client.config().api_timeout);
        let found =
            list_offsets_everywhere(&self.client, lane, &asked, IsolationLevel::ReadUncommitted, timeout)
                .await?;
        Ok(found.into_iter().map(|(name, (offset, _))| (name, offset)).collect())
    }

    /// Where all partitions of a topic end, by index.
    ///
    /// # Errors
    /// As [`list_offsets`](Self::list_offsets).
    pub async fn end_offsets(&self, topic: &str) -> Result<BTreeMap<i32, i64>> {
        let view = self.client.topic(topic, false, self.client.config().api_timeout).await?;
        let count = i32::try_from(view.partitions.len()).unwrap_or(i32::MAX);
        let partitions: Vec<_> =
            (0..count).map(|at| TopicPartition::new(Arc::clone(&view.name), at)).collect();
        let found = self.list_offsets(&partitions, OffsetSpec::Latest).await?;
        Ok(found.into_iter().map(|(name, offset)| (name.partition, offset)).collect())
    }

    /// Removes all records before the given offsets (-1: all there are). Gives each partition's new first offset.
    ///
    /// # Errors
    /// When one of the partitions refuses, or its leader does not answer.
    pub async fn delete_records(
        &self,
        before: &BTreeMap<TopicPartition, i64>,
    ) -> Result<BTreeMap<TopicPartition, i64>> {
        let timeout = self.client.config().api_timeout;
        for name in before.keys() {
            self.client.topic(&name.topic, false, timeout).await?;
        }
        self.client
            .retrying(timeout, |failures| async move {
                if failures > 0 {
                    self.client.refresh().await?;
                }
                self.delete_round(before).await
            })
            .await
    }

    async fn delete_round(
        &self,
        before: &BTreeMap<TopicPartition, i64>,
    ) -> Result<BTreeMap<TopicPartition, i64>> {
        let view = self.client.view();
        let mut by_leader: BTreeMap<i32, BTreeMap<&Arc<str>, Vec<DeleteRecordsPartition>>> = BTreeMap::new();
        for (name, offset) in before {
            let leader = view.leader(&name.topic, name.partition).ok_or_else(|| {
                Error::new(ErrorKind::Retriable, format!("partition {name} has no leader now"))
            })?;
            let partition = DeleteRecordsPartition {
                partition_index: name.partition,
                offset: *offset,
                ..Default::default()
            };
            by_leader.entry(leader).or_default().entry(&name.topic).or_default().push(partition);
        }
        let mut found = BTreeMap::new();
        for (leader, topics) in by_leader {
            let build = |_| DeleteRecordsRequest {
                topics: topics
                    .iter()
                    .map(|(topic, partitions)| DeleteRecordsTopic {
                        name: Str::from(&***topic),
                        partitions: partitions.clone(),
                        ..Default::default()
                    })
                    .collect(),
                timeout_ms: self.timeout_ms(),
                ..Default::default()
            };
            let response = self.send::<DeleteRecordsRequest>(leader, build).await?;
            for topic in &response.topics {
                for one in &topic.partitions {
                    let name = TopicPartition::new(&*topic.name, one.partition_index);
                    match ErrorCode::from(one.error_code) {
                        ErrorCode::None => found.insert(name, one.low_watermark),
                        code => {
                            return Err(broker_error(code, None, format_args!("deleting records of {name}")));
                        }
                    };
                }
            }
        }
        Ok(found)
    }
}
