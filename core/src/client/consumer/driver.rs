//! What a consumer has on the way, and how answers change its positions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::TopicPartition;
use super::super::cluster::{Client, Lane, Seen};
use super::super::error::{RequestError, broker_error};
use super::calls::{self, CommittedOffset, Committer, TopicIds};
use super::config::{ConsumerConfig, IsolationLevel, OffsetReset};
use super::fetched::Fetched;
use super::group::GroupLink;
use super::isolation::Isolation;
use super::positions::{Positions, Seeking, Unplaced, Wanted};
use super::records::ConsumerRecords;
use crate::protocol::ErrorCode;
use crate::protocol::messages::FetchResponse;
use crate::protocol::messages::fetch_response::PartitionData;
use crate::{Error, ErrorKind, Result};

/// What came of something on the way.
enum Outcome {
    Fetched { node: i32, wanted: Vec<Wanted>, result: Result<(FetchResponse, TopicIds), RequestError> },
    Committed { asked: Vec<Unplaced>, result: Result<BTreeMap<TopicPartition, CommittedOffset>> },
    Listed { asked: Vec<Unplaced>, result: Result<calls::Listed, RequestError> },
    AutoCommitted(Result<()>),
}

/// Owns the calls of a consumer; everything goes on only while it is polled, except the answers themselves.
pub(super) struct Driver {
    pub(super) client: Client,
    pub(super) config: Arc<ConsumerConfig>,
    pub(super) positions: Positions,
    calls: FuturesUnordered<BoxFuture<'static, Outcome>>,
    /// Brokers with a fetch on the way.
    fetching: BTreeSet<i32>,
    committing: bool,
    /// Fetches wait for data, so nothing else shares their connections.
    fetch_lane: Lane,
    lane: Lane,
    views: watch::Receiver<Seen>,
    started: Instant,
    refresh_at: Instant,
    failures: u32,
    /// An error that the next turn returns.
    failed: Option<Error>,
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.client.close_lane(self.fetch_lane);
        self.client.close_lane(self.lane);
    }
}

impl Driver {
    pub(super) fn new(client: Client, config: ConsumerConfig) -> Self {
        Driver {
            views: client.watch(),
            fetch_lane: client.lane(),
            lane: client.lane(),
            client,
            config: Arc::new(config),
            positions: Positions::default(),
            calls: FuturesUnordered::new(),
            fetching: BTreeSet::new(),
            committing: false,
            started: Instant::now(),
            refresh_at: Instant::now(),
            failures: 0,
            failed: None,
        }
    }

    /// Reads exactly these partitions.
    pub(super) fn assign(&mut self, partitions: &[TopicPartition]) {
        let seeking = if self.config.group_id.is_some() { Ok(Seeking::Committed) } else { self.reset("") };
        match seeking {
            Ok(seeking) => self.positions.assign(partitions, seeking),
            // Without a group and without a reset, whoever assigns has to seek.
            Err(_) => self.positions.assign(partitions, Seeking::Committed),
        }
    }

    /// Takes in the answers that came, starts what can be started, and returns the records that are there.
    pub(super) fn turn(&mut self) -> Result<ConsumerRecords> {
        while let Some(Some(outcome)) = self.calls.next().now_or_never() {
            self.take(outcome);
        }
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let polled =
            self.positions.poll(self.config.max_poll_records).map_err(|(partition, position, error)| {
                let context =
                    format!("reading {partition} at offset {position}: seek past the damaged batch to go on");
                Error::from(error).context(context)
            })?;
        self.start_calls()?;
        Ok(polled)
    }

    /// Waits until something changed, at most until `deadline`.
    pub(super) async fn wait(&mut self, deadline: Instant, group: Option<&GroupLink>) {
        let changed = async {
            match group {
                Some(link) => link.changed.notified().await,
                None => std::future::pending().await,
            }
        };
        // Partitions whose last question failed are asked about again.
        let deadline = if self.failures > 0 {
            deadline.min(Instant::now() + self.client.retry_wait(1))
        } else {
            deadline
        };
        let outcome = tokio::select! {
            Some(outcome) = self.calls.next(), if !self.calls.is_empty() => Some(outcome),
            _ = self.views.changed() => None,
            () = changed => None,
            () = tokio::time::sleep_until(deadline) => None,
        };
        if let Some(outcome) = outcome {
            self.take(outcome);
        }
    }

    /// Asks for positions that are not known and fetches where nothing is on the way.
    pub(super) fn start_calls(&mut self) -> Result<()> {
        if self.positions.is_empty() {
            return Ok(());
        }
        let now_ms = self.now_ms();
        self.place(now_ms)?;
        let view = self.client.view();
        if self.positions.lacks_leader(&view) && self.refresh_at <= Instant::now() {
            self.refresh_at = Instant::now() + self.client.retry_wait(1);
            self.client.refresh_soon();
        }
        let bytes = |count: i32| usize::try_from(count).unwrap_or(0);
        let limits = (bytes(self.config.fetch_max_bytes), bytes(self.config.max_partition_fetch_bytes));
        let wanted = self.positions.take_wanted(&view, limits, now_ms, |node| !self.fetching.contains(&node));
        for (node, wanted) in wanted {
            self.fetching.insert(node);
            let (client, lane, config) = (self.client.clone(), self.fetch_lane, Arc::clone(&self.config));
            self.calls.push(Box::pin(async move {
                let result = calls::fetch(&client, lane, node, &wanted, &config).await;
                Outcome::Fetched { node, wanted, result }
            }));
        }
        Ok(())
    }

    /// Commits, again where it may help.
    pub(super) fn commit(
        &self,
        committer: Committer,
        offsets: BTreeMap<TopicPartition, CommittedOffset>,
    ) -> BoxFuture<'static, Result<()>> {
        let (client, lane) = (self.client.clone(), self.lane);
        Box::pin(async move {
            let timeout = client.config().api_timeout;
            let attempt = |_| async {
                let node = client.coordinator(&committer.group_id, lane, timeout).await?;
                calls::commit(&client, lane, node, &committer, &offsets).await
            };
            client.retrying(timeout, attempt).await
        })
    }

    /// Commits the positions in the background; one at a time.
    pub(super) fn auto_commit(&mut self, committer: Committer) {
        let offsets: BTreeMap<_, _> = self
            .positions
            .known()
            .into_iter()
            .map(|(name, offset)| (name, CommittedOffset::new(offset)))
            .collect();
        if self.committing || offsets.is_empty() {
            return;
        }
        self.committing = true;
        let commit = self.commit(committer, offsets);
        self.calls.push(Box::pin(async move { Outcome::AutoCommitted(commit.await) }));
    }

    /// Looks committed offsets up, again where it may help.
    pub(super) fn committed(
        &self,
        group_id: &str,
        partitions: Vec<TopicPartition>,
    ) -> BoxFuture<'static, Result<BTreeMap<TopicPartition, CommittedOffset>>> {
        let (client, lane, group_id) = (self.client.clone(), self.lane, group_id.to_owned());
        Box::pin(async move {
            let timeout = client.config().api_timeout;
            let attempt = |_| async {
                let node = client.coordinator(&group_id, lane, timeout).await?;
                calls::committed(&client, lane, node, &group_id, Some(&partitions)).await
            };
            client.retrying(timeout, attempt).await
        })
    }

    /// How long ago a broker last said that nothing lies behind a partition's position.
    pub(super) fn caught_up(&self, partition: &TopicPartition) -> Option<Duration> {
        let ago_ms = self.now_ms() - self.positions.caught_up_ms(partition)?;
        Some(Duration::from_millis(u64::try_from(ago_ms).unwrap_or(0)))
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Asks where partitions begin.
    fn place(&mut self, now_ms: i64) -> Result<()> {
        let unplaced = self.positions.take_unplaced(now_ms);
        if unplaced.is_empty() {
            return Ok(());
        }
        let (by_commit, by_time): (Vec<_>, Vec<_>) =
            unplaced.into_iter().partition(|one| one.seeking == Seeking::Committed);
        if !by_commit.is_empty() {
            let Some(group_id) = self.config.group_id.clone() else {
                let name = &by_commit[0].partition;
                return Err(self
                    .reset(&name.to_string())
                    .err()
                    .unwrap_or_else(|| no_position(&name.to_string())));
            };
            let lookup =
                self.committed(&group_id, by_commit.iter().map(|one| one.partition.clone()).collect());
            self.calls
                .push(Box::pin(async move { Outcome::Committed { asked: by_commit, result: lookup.await } }));
        }
        let view = self.client.view();
        let mut by_leader: BTreeMap<i32, Vec<Unplaced>> = BTreeMap::new();
        for one in by_time {
            match view.leader(&one.partition.topic, one.partition.partition) {
                Some(leader) => by_leader.entry(leader).or_default().push(one),
                None => self.retry(&one.partition, one.epoch),
            }
        }
        for (node, asked) in by_leader {
            let (client, lane, isolation) = (self.client.clone(), self.lane, self.config.isolation_level);
            self.calls.push(Box::pin(async move {
                let times: Vec<_> = asked
                    .iter()
                    .map(|one| match one.seeking {
                        Seeking::Timestamp(timestamp) => (one.partition.clone(), timestamp),
                        Seeking::Known | Seeking::Committed => (one.partition.clone(), -1),
                    })
                    .collect();
                let result = calls::list_offsets(&client, lane, node, &times, isolation).await;
                Outcome::Listed { asked, result }
            }));
        }
        Ok(())
    }

    fn take(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Fetched { node, wanted, result } => {
                self.fetching.remove(&node);
                self.take_fetched(wanted, result);
            }
            Outcome::Committed { asked, result } => self.take_committed(asked, result),
            Outcome::Listed { asked, result } => self.take_listed(asked, result),
            Outcome::AutoCommitted(result) => {
                self.committing = false;
                // The next one commits all of it again.
                if let Err(error) = result {
                    tracing::warn!(error = %error.chain(), "auto commit failed");
                }
            }
        }
    }

    fn take_committed(
        &mut self,
        asked: Vec<Unplaced>,
        result: Result<BTreeMap<TopicPartition, CommittedOffset>>,
    ) {
        let found = match result {
            Ok(found) => found,
            Err(error) => {
                asked.iter().for_each(|one| self.retry(&one.partition, one.epoch));
                return self.fail_unless_retriable(error);
            }
        };
        for one in asked {
            match found.get(&one.partition) {
                Some(committed) => self.positions.place(&one.partition, one.epoch, committed.offset),
                None => match self.reset(&one.partition.to_string()) {
                    Ok(seeking) => self.positions.replace(&one.partition, one.epoch, seeking),
                    Err(error) => {
                        self.retry(&one.partition, one.epoch);
                        self.failed = Some(error);
                    }
                },
            }
        }
    }

    fn take_listed(&mut self, asked: Vec<Unplaced>, result: Result<calls::Listed, RequestError>) {
        let mut listed = match result {
            Ok(listed) => listed,
            Err(error) => {
                asked.iter().for_each(|one| self.retry(&one.partition, one.epoch));
                self.client.refresh_soon();
                return self.fail_unless_retriable(error.into());
            }
        };
        for one in asked {
            match listed.remove(&one.partition) {
                // No record at or after the time: the end is where the first one will be.
                Some(Ok((offset, _))) if offset < 0 => {
                    self.positions.replace(&one.partition, one.epoch, Seeking::Timestamp(-1));
                }
                Some(Ok((offset, _))) => self.positions.place(&one.partition, one.epoch, offset),
                Some(Err(code)) => {
                    self.retry(&one.partition, one.epoch);
                    self.client.refresh_soon();
                    let doing = format!("looking up offsets of partition {}", one.partition);
                    self.fail_unless_retriable(broker_error(code, None, doing));
                }
                None => self.retry(&one.partition, one.epoch),
            }
        }
    }

    fn take_fetched(&mut self, wanted: Vec<Wanted>, result: Result<(FetchResponse, TopicIds), RequestError>) {
        let (response, ids) = match result {
            Ok(answer) => answer,
            Err(error) => {
                self.failures += 1;
                wanted.iter().for_each(|one| self.retry(&one.partition, one.epoch));
                self.client.refresh_soon();
                return self.fail_unless_retriable(error.into());
            }
        };
        self.failures = 0;
        let mut by_name: BTreeMap<TopicPartition, Wanted> =
            wanted.into_iter().map(|one| (one.partition.clone(), one)).collect();
        for topic in response.responses {
            let name = ids.get(&topic.topic_id).cloned().unwrap_or_else(|| Arc::from(&*topic.topic));
            for partition in topic.partitions {
                let key = TopicPartition::new(Arc::clone(&name), partition.partition_index);
                if let Some(one) = by_name.remove(&key) {
                    self.take_partition(&one, partition);
                }
            }
        }
        // An error of the whole answer leaves every partition out.
        if !by_name.is_empty() {
            for one in by_name.into_values() {
                self.retry(&one.partition, one.epoch);
            }
            match ErrorCode::from(response.error_code) {
                ErrorCode::None => {}
                code if code.is_retriable() => self.client.refresh_soon(),
                code => self.failed = Some(broker_error(code, None, "fetching")),
            }
        }
    }

    fn take_partition(&mut self, wanted: &Wanted, data: PartitionData) {
        let name = &wanted.partition;
        match ErrorCode::from(data.error_code) {
            ErrorCode::None => {
                let isolation = match self.config.isolation_level {
                    IsolationLevel::ReadUncommitted => Isolation::uncommitted(),
                    IsolationLevel::ReadCommitted => {
                        Isolation::committed(data.aborted_transactions.as_deref().unwrap_or_default())
                    }
                };
                let records = data.records.filter(|records| !records.is_empty());
                let fetched = records
                    .map(|records| Fetched::new(records, wanted.offset, isolation, self.config.check_crcs));
                match fetched.transpose() {
                    Ok(fetched) => {
                        let (end, stable) = (data.high_watermark, data.last_stable_offset);
                        self.positions.fetched(wanted, fetched, end, stable, self.now_ms());
                    }
                    Err(error) => {
                        self.retry(name, wanted.epoch);
                        let context = format!("reading {name} at offset {}", wanted.offset);
                        self.failed = Some(Error::from(error).context(context));
                    }
                }
            }
            ErrorCode::OffsetOutOfRange => match self.reset(&format!("{name} at offset {}", wanted.offset)) {
                Ok(seeking) => {
                    tracing::info!(partition = %name, offset = wanted.offset, "offset is out of range, resetting");
                    self.positions.replace(name, wanted.epoch, seeking);
                }
                Err(error) => {
                    self.retry(name, wanted.epoch);
                    self.failed = Some(error);
                }
            },
            code => {
                self.retry(name, wanted.epoch);
                if code.refreshes_metadata() || code == ErrorCode::UnknownLeaderEpoch {
                    self.client.refresh_soon();
                }
                self.fail_unless_retriable(broker_error(
                    code,
                    None,
                    format_args!("fetching partition {name}"),
                ));
            }
        }
    }

    fn retry(&mut self, partition: &TopicPartition, epoch: u64) {
        let wait = self.client.retry_wait(self.failures.max(1));
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let at = self.now_ms().saturating_add(wait_ms);
        self.positions.retry(partition, epoch, at);
        self.failures = self.failures.max(1);
    }

    fn fail_unless_retriable(&mut self, error: Error) {
        if !error.is_retriable() && error.kind() != ErrorKind::NotFound {
            self.failed = Some(error);
        }
    }

    /// What `auto.offset.reset` says for a partition without a position.
    fn reset(&self, name: &str) -> Result<Seeking> {
        match self.config.auto_offset_reset {
            OffsetReset::Earliest => Ok(Seeking::Timestamp(-2)),
            OffsetReset::Latest => Ok(Seeking::Timestamp(-1)),
            OffsetReset::None => Err(no_position(name)),
        }
    }
}

fn no_position(name: &str) -> Error {
    let text = format!(
        "no valid position for {name}, and auto.offset.reset is none; seek, or set it to earliest or latest"
    );
    Error::new(ErrorKind::NotFound, text)
}
