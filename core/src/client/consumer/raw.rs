//! Reads spans of partitions as batches, for who must see what batches carry beside records.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::super::TopicPartition;
use super::super::cluster::{Client, Lane};
use super::super::error::broker_error;
use super::calls::{self, list_offsets_everywhere};
use super::config::{ConsumerConfig, IsolationLevel};
use super::positions::Wanted;
use crate::protocol::ErrorCode;
use crate::record::{BatchView, Batches};
use crate::{Error, ErrorKind, Result};

/// Offsets of one partition: from `start` up to, not including, `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) partition: TopicPartition,
    pub(crate) start: i64,
    pub(crate) end: i64,
}

/// Reads batches of spans, whoever wrote them and whatever became of their transactions.
pub(crate) struct RawReader<'a> {
    client: &'a Client,
    lane: Lane,
    config: ConsumerConfig,
}

impl Drop for RawReader<'_> {
    fn drop(&mut self) {
        self.client.close_lane(self.lane);
    }
}

impl<'a> RawReader<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        let config = ConsumerConfig { fetch_max_wait: Duration::from_millis(100), ..Default::default() };
        RawReader { client, lane: client.lane(), config }
    }

    /// Spans from the given offsets to where the partitions end now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when a log begins behind its offset, or ends before it.
    pub(crate) async fn to_the_end(&self, starts: &BTreeMap<TopicPartition, i64>) -> Result<Vec<Span>> {
        let ask = async |timestamp: i64| {
            let asked: Vec<_> = starts.keys().map(|name| (name.clone(), timestamp)).collect();
            let timeout = self.client.config().api_timeout;
            list_offsets_everywhere(self.client, self.lane, &asked, IsolationLevel::ReadUncommitted, timeout)
                .await
        };
        let (first, ends) = (ask(-2).await?, ask(-1).await?);
        let mut spans = Vec::new();
        for (partition, start) in starts {
            let of = |offsets: &BTreeMap<TopicPartition, (i64, i64)>| {
                offsets.get(partition).map_or(0, |found| found.0)
            };
            let (first, end) = (of(&first), of(&ends));
            // An offset at the end needs no log behind it.
            if *start > end || (*start < first && first < end) {
                let text = format!(
                    "partition {partition} holds offsets {first} to {end}, but was to be read from {start}: the topic was \
                     made anew, or retention removed what is needed"
                );
                return Err(Error::new(ErrorKind::NotFound, text));
            }
            spans.push(Span { partition: partition.clone(), start: *start, end });
        }
        Ok(spans)
    }

    /// Reads all spans; `each` sees every batch that reaches into its span, in the order of offsets.
    pub(crate) async fn read(
        &mut self,
        spans: Vec<Span>,
        each: &mut (dyn FnMut(&Span, &BatchView) -> Result<()> + Send),
    ) -> Result<()> {
        let mut left: BTreeMap<TopicPartition, (Span, i64)> = BTreeMap::new();
        for span in spans.into_iter().filter(|span| span.start < span.end) {
            left.insert(span.partition.clone(), (span.clone(), span.start));
        }
        let (timeout, mut failures) = (self.client.config().api_timeout, 0);
        let mut deadline = tokio::time::Instant::now() + timeout;
        while !left.is_empty() {
            match self.round(&mut left, each).await {
                Ok(()) => {
                    failures = 0;
                    deadline = tokio::time::Instant::now() + timeout;
                }
                Err(error) if error.is_retriable() && tokio::time::Instant::now() < deadline => {
                    failures += 1;
                    tokio::time::sleep(self.client.retry_wait(failures)).await;
                    self.client.refresh().await.ok();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn round(
        &self,
        left: &mut BTreeMap<TopicPartition, (Span, i64)>,
        each: &mut (dyn FnMut(&Span, &BatchView) -> Result<()> + Send),
    ) -> Result<()> {
        let view = self.client.view();
        let mut by_leader: BTreeMap<i32, Vec<Wanted>> = BTreeMap::new();
        for (name, (_, position)) in left.iter() {
            let led = view.partition(&name.topic, name.partition);
            let led = led.and_then(|led| Some((led.leader?, led.leader_epoch)));
            let (leader, leader_epoch) = led.ok_or_else(|| {
                Error::new(ErrorKind::Retriable, format!("partition {name} has no leader now"))
            })?;
            let wanted = Wanted { partition: name.clone(), offset: *position, leader_epoch, epoch: 0 };
            by_leader.entry(leader).or_default().push(wanted);
        }
        for (leader, wanted) in by_leader {
            let (response, ids) = calls::fetch(self.client, self.lane, leader, &wanted, &self.config).await?;
            let code = ErrorCode::from(response.error_code);
            if code != ErrorCode::None {
                return Err(broker_error(code, None, "reading back"));
            }
            for topic in response.responses {
                let topic_name =
                    ids.get(&topic.topic_id).cloned().unwrap_or_else(|| Arc::from(&*topic.topic));
                for data in topic.partitions {
                    let name = TopicPartition::new(Arc::clone(&topic_name), data.partition_index);
                    let code = ErrorCode::from(data.error_code);
                    if code != ErrorCode::None {
                        return Err(broker_error(code, None, format_args!("reading back partition {name}")));
                    }
                    let Some((span, position)) = left.get_mut(&name) else { continue };
                    for batch in Batches::fetched(data.records.unwrap_or_default()) {
                        let batch = batch?;
                        batch.verify_crc()?;
                        if batch.next_offset() > *position && batch.base_offset < span.end {
                            each(span, &batch)?;
                        }
                        *position = (*position).max(batch.next_offset());
                    }
                    if *position >= span.end {
                        left.remove(&name);
                    }
                }
            }
        }
        Ok(())
    }
}
