//! The consumer: partitions by group or by hand, records by polling.
//!
//! Where it stands (`positions`), what of an answer is seen (`fetched`, `isolation`), and what to do for the group
//! (`membership`) are pure; a task keeps the membership alive (`group`), and polling drives everything else. The
//! next fetch is on its way while the records of the last are processed. This room knows partitions, offsets and
//! groups; it must never know what a record means.

pub mod assignor;
mod calls;
mod config;
mod driver;
mod fetched;
mod group;
mod group_metadata;
mod isolation;
mod membership;
mod positions;
mod records;
mod subscription;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::cluster::{Client, millis};
use super::topic_partition::TopicPartition;
use crate::{Error, ErrorKind, Result};

pub use calls::CommittedOffset;
pub(crate) use calls::list_offsets_everywhere;
pub(crate) use calls::{Committer, commit, committed};
pub use config::{ConsumerConfig, IsolationLevel, OffsetReset};
use driver::Driver;
use group::{GroupLink, GroupTask};
pub use group_metadata::GroupMetadata;
use membership::{Change, GroupSettings};
use positions::Seeking;
pub use records::{ConsumerRecords, PartitionRecords};
pub(crate) use subscription::decode_share;

/// What a consumer has to say when it is polled by [`Consumer::next_event`].
#[derive(Clone, Debug)]
pub enum ConsumerEvent {
    /// Records, in the order of their partitions' offsets.
    Records(ConsumerRecords),
    /// These partitions are to be given up: finish with them, commit. They are this consumer's until the next call.
    Revoked(Vec<TopicPartition>),
    /// These partitions are somebody else's already; committing them fails.
    Lost(Vec<TopicPartition>),
    /// From now on exactly these partitions are read, and what the group's leader said beside.
    Assigned(assignor::Assignment),
    /// Nothing came within the timeout.
    Idle,
}

/// Is told when the group moves partitions; see [`Consumer::set_listener`].
pub trait RebalanceListener: Send {
    /// These partitions are read from now on.
    fn assigned(&mut self, partitions: &[TopicPartition]);
    /// These partitions are given up; what was polled of them is committed already where auto commit is on.
    fn revoked(&mut self, partitions: &[TopicPartition]);
    /// These partitions were given to somebody else before they could be given up.
    fn lost(&mut self, partitions: &[TopicPartition]) {
        self.revoked(partitions);
    }
}

/// Reads records. Not shared: whoever polls it owns it.
///
/// Dropping a call before it returns loses nothing: polling goes on where it was. Dropping the consumer leaves the
/// group in the background; [`close`](Self::close) commits (with auto commit) and waits for it.
pub struct Consumer {
    driver: Driver,
    group: Option<Arc<GroupLink>>,
    /// Partitions that were reported as to be given up: the next call gives them up.
    releasing: bool,
    subscription: Vec<Arc<str>>,
    listener: Option<Box<dyn RebalanceListener>>,
    commit_at: Instant,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumer").field("subscription", &self.subscription).finish_non_exhaustive()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Consumer {
    /// A consumer over a client's connections.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when settings contradict each other.
    pub fn new(client: &Client, config: ConsumerConfig) -> Result<Consumer> {
        if config.group_id.as_deref() == Some("") {
            return Err(Error::new(ErrorKind::Invalid, "group.id is empty; name the group, or leave it out"));
        }
        if config.heartbeat_interval >= config.session_timeout {
            return Err(Error::new(
                ErrorKind::Invalid,
                "heartbeat.interval.ms must be less than session.timeout.ms",
            ));
        }
        if config.max_poll_records == 0 {
            return Err(Error::new(ErrorKind::Invalid, "max.poll.records must be at least 1"));
        }
        let commit_at = Instant::now() + config.auto_commit_interval;
        Ok(Consumer {
            driver: Driver::new(client.clone(), config),
            group: None,
            releasing: false,
            subscription: Vec::new(),
            listener: None,
            commit_at,
        })
    }

    /// How this consumer was configured.
    pub fn config(&self) -> &ConsumerConfig {
        &self.driver.config
    }

    /// Reads a share of these topics' partitions, divided among the group's members. Replaces an earlier subscription.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] without `group.id`, or after [`assign`](Self::assign).
    pub fn subscribe<T: AsRef<str>>(&mut self, topics: &[T]) -> Result<()> {
        let Some(group_id) = self.driver.config.group_id.clone() else {
            return Err(Error::new(
                ErrorKind::Invalid,
                "subscribing needs group.id; without a group use assign",
            ));
        };
        if self.group.is_none() && !self.driver.positions.is_empty() {
            return Err(Error::new(
                ErrorKind::Invalid,
                "partitions are assigned by hand; assign none before subscribing",
            ));
        }
        let topics: BTreeSet<Arc<str>> = topics.iter().map(|topic| Arc::from(topic.as_ref())).collect();
        self.subscription = topics.into_iter().collect();
        for topic in &self.subscription {
            self.driver.client.want_topic(topic, self.driver.config.allow_auto_create_topics);
        }
        self.driver.client.refresh_soon();
        let link = match &self.group {
            Some(link) => link,
            None => {
                let config = &self.driver.config;
                let ms = |duration| i64::try_from(millis(duration)).unwrap_or(i64::MAX);
                let settings = GroupSettings {
                    group_id: Arc::from(group_id.as_str()),
                    instance_id: config.group_instance_id.as_deref().map(Arc::from),
                    session_timeout_ms: ms(config.session_timeout),
                    heartbeat_interval_ms: ms(config.heartbeat_interval),
                    max_poll_interval_ms: ms(config.max_poll_interval),
                    backoff: self.driver.client.retry_backoff(),
                };
                let client = self.driver.client.clone();
                self.group.insert(GroupTask::start(client, settings, config.assignors.clone()))
            }
        };
        link.lock().subscribe(self.subscription.clone(), link.now_ms());
        link.wake.notify_one();
        Ok(())
    }

    /// Reads exactly these partitions, without a group's help; committed offsets are still used where `group.id` is
    /// set. Partitions that were assigned before keep their positions.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] while subscribed.
    pub fn assign(&mut self, partitions: &[TopicPartition]) -> Result<()> {
        if self.group.is_some() {
            return Err(Error::new(
                ErrorKind::Invalid,
                "subscribed already; unsubscribe before assigning by hand",
            ));
        }
        for name in partitions {
            self.driver.client.want_topic(&name.topic, self.driver.config.allow_auto_create_topics);
        }
        self.driver.assign(partitions);
        Ok(())
    }

    /// Leaves the group and reads nothing any more.
    pub fn unsubscribe(&mut self) {
        self.leave();
        self.group = None;
        self.subscription.clear();
        self.releasing = false;
        self.driver.assign(&[]);
    }

    /// Is told when the group moves partitions, from within [`poll`](Self::poll).
    pub fn set_listener(&mut self, listener: impl RebalanceListener + 'static) {
        self.listener = Some(Box::new(listener));
    }

    /// The partitions that are read.
    pub fn assignment(&self) -> Vec<TopicPartition> {
        self.driver.positions.names().cloned().collect()
    }

    /// Returns the records that are there, or waits for the first of them at most `timeout`. Takes care of auto commit
    /// and the rebalance listener.
    ///
    /// # Errors
    /// What the group, a broker or the bytes of a partition give as an error. A retriable one is worth another poll.
    pub async fn poll(&mut self, timeout: Duration) -> Result<ConsumerRecords> {
        let deadline = Instant::now() + timeout;
        self.auto_commit();
        loop {
            match self.next_event(deadline.saturating_duration_since(Instant::now())).await? {
                ConsumerEvent::Records(records) => return Ok(records),
                ConsumerEvent::Idle => return Ok(ConsumerRecords::default()),
                ConsumerEvent::Revoked(partitions) => {
                    if self.driver.config.auto_commit {
                        // The group moves on whether or not this commit succeeds; what is lost is progress, not records.
                        if let Err(error) = self.commit().await {
                            tracing::warn!(error = %error.chain(), "auto commit before giving up partitions failed");
                        }
                    }
                    if let Some(listener) = &mut self.listener {
                        listener.revoked(&partitions);
                    }
                }
                ConsumerEvent::Lost(partitions) => {
                    if let Some(listener) = &mut self.listener {
                        listener.lost(&partitions);
                    }
                }
                ConsumerEvent::Assigned(assignment) => {
                    if let Some(listener) = &mut self.listener {
                        listener.assigned(&assignment.partitions);
                    }
                }
            }
        }
    }

    /// As [`poll`](Self::poll), for who wants to act on the group's changes itself: nothing is committed, no listener
    /// is called.
    ///
    /// # Errors
    /// As [`poll`](Self::poll).
    pub async fn next_event(&mut self, timeout: Duration) -> Result<ConsumerEvent> {
        let deadline = Instant::now() + timeout;
        if std::mem::take(&mut self.releasing) {
            self.driver.assign(&[]);
            if let Some(link) = &self.group {
                link.lock().released();
                link.wake.notify_one();
            }
        }
        if let Some(link) = &self.group {
            let now_ms = link.now_ms();
            link.lock().polled(now_ms);
            link.wake.notify_one();
        }
        loop {
            if let Some(event) = self.take_change()? {
                return Ok(event);
            }
            let records = self.driver.turn()?;
            if !records.is_empty() {
                return Ok(ConsumerEvent::Records(records));
            }
            if Instant::now() >= deadline {
                return Ok(ConsumerEvent::Idle);
            }
            self.driver.wait(deadline, self.group.as_deref()).await;
        }
    }

    /// The offset of the next record that polling will return of a partition; found out if need be, within `timeout`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned, [`ErrorKind::Timeout`] when it is not found out.
    pub async fn position(&mut self, partition: &TopicPartition, timeout: Duration) -> Result<i64> {
        let deadline = Instant::now() + timeout;
        loop {
            self.owned(partition)?;
            if let Some(position) = self.driver.positions.position(partition) {
                return Ok(position);
            }
            if Instant::now() >= deadline {
                let text =
                    format!("the position of {partition} is not known after {} ms", timeout.as_millis());
                return Err(Error::new(ErrorKind::Timeout, text));
            }
            self.driver.start_calls()?;
            self.driver.wait(deadline, None).await;
        }
    }

    /// The positions that are known: what has been polled ends there.
    pub fn positions(&self) -> BTreeMap<TopicPartition, i64> {
        self.driver.positions.known()
    }

    /// Goes on from `offset`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned.
    pub fn seek(&mut self, partition: &TopicPartition, offset: i64) -> Result<()> {
        self.owned(partition)?;
        self.driver.positions.seek(partition, offset);
        Ok(())
    }

    /// Goes on from the oldest record.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned.
    pub fn seek_to_beginning(&mut self, partition: &TopicPartition) -> Result<()> {
        self.seek_to_timestamp(partition, -2)
    }

    /// Goes on from the end.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned.
    pub fn seek_to_end(&mut self, partition: &TopicPartition) -> Result<()> {
        self.seek_to_timestamp(partition, -1)
    }

    /// Goes on from the first record at or after a time, in milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned.
    pub fn seek_to_timestamp(&mut self, partition: &TopicPartition, timestamp: i64) -> Result<()> {
        self.owned(partition)?;
        self.driver.positions.seek_to(partition, Seeking::Timestamp(timestamp));
        Ok(())
    }

    /// Stops returning (and fetching) records of these partitions.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned.
    pub fn pause(&mut self, partitions: &[TopicPartition]) -> Result<()> {
        self.set_paused(partitions, true)
    }

    /// Returns records of these partitions again.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a partition that is not assigned.
    pub fn resume(&mut self, partitions: &[TopicPartition]) -> Result<()> {
        self.set_paused(partitions, false)
    }

    /// Whether a partition is paused.
    pub fn is_paused(&self, partition: &TopicPartition) -> bool {
        self.driver.positions.is_paused(partition)
    }

    /// The end of a partition, as the last answer of its broker had it: the high watermark, or under `read_committed`
    /// the last stable offset. `None` before the first answer.
    pub fn cached_end(&self, partition: &TopicPartition) -> Option<i64> {
        let (high_watermark, last_stable) = self.driver.positions.ends(partition);
        match self.driver.config.isolation_level {
            IsolationLevel::ReadUncommitted => high_watermark,
            IsolationLevel::ReadCommitted => last_stable.or(high_watermark),
        }
    }

    /// How long ago a partition's broker last said that nothing lies behind the position, be it to be seen or not.
    /// `None` if something does, or if nobody asked. Grows while the partition is paused, or its broker silent.
    pub fn caught_up(&self, partition: &TopicPartition) -> Option<Duration> {
        self.driver.caught_up(partition)
    }

    /// Commits the positions of all partitions: what has been polled counts as processed.
    ///
    /// # Errors
    /// [`ErrorKind::Fenced`] when the group rebalanced meanwhile; [`ErrorKind::Invalid`] without `group.id`.
    pub async fn commit(&mut self) -> Result<()> {
        let offsets = self.driver.positions.known().into_iter();
        let offsets = offsets.map(|(name, offset)| (name, CommittedOffset::new(offset))).collect();
        self.commit_offsets(&offsets).await
    }

    /// Commits these offsets: each is that of the next record to process.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_offsets(
        &self,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        // The future borrows nothing of the consumer, which is not Sync, so that it may move between threads.
        let asked = (!offsets.is_empty())
            .then(|| self.committer().map(|committer| self.driver.commit(committer, offsets.clone())));
        async move {
            match asked {
                None => Ok(()),
                Some(commit) => commit?.await,
            }
        }
    }

    /// Who this consumer is in its group now, for a producer that commits offsets in a transaction.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] without `group.id`.
    pub fn group_metadata(&self) -> Result<GroupMetadata> {
        Ok(GroupMetadata::of(self.committer()?))
    }

    /// The group's committed offsets of these partitions; those without one are missing.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] without `group.id`; the cause when the coordinator does not answer.
    pub fn committed(
        &self,
        partitions: &[TopicPartition],
    ) -> impl Future<Output = Result<BTreeMap<TopicPartition, CommittedOffset>>> + Send + use<> {
        let asked =
            self.committer().map(|committer| self.driver.committed(&committer.group_id, partitions.to_vec()));
        async move { asked?.await }
    }

    /// Commits (with auto commit), leaves the group and waits until it is left, at most `timeout`.
    ///
    /// # Errors
    /// When committing fails; the group is left all the same.
    pub async fn close(mut self, timeout: Duration) -> Result<()> {
        let committed =
            if self.driver.config.auto_commit && self.driver.config.group_id.is_some() && !self.releasing {
                tokio::time::timeout(timeout, self.commit()).await.unwrap_or(Ok(()))
            } else {
                Ok(())
            };
        self.leave();
        if let Some(link) = self.group.take() {
            let deadline = Instant::now() + timeout;
            while !link.lock().is_out() {
                if tokio::time::timeout_at(deadline, link.changed.notified()).await.is_err() {
                    break;
                }
            }
        }
        committed
    }

    fn leave(&mut self) {
        if let Some(link) = &self.group {
            link.lock().unsubscribe();
            link.wake.notify_one();
        }
    }

    fn owned(&self, partition: &TopicPartition) -> Result<()> {
        if self.driver.positions.contains(partition) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Invalid, format!("partition {partition} is not assigned to this consumer")))
    }

    fn set_paused(&mut self, partitions: &[TopicPartition], paused: bool) -> Result<()> {
        for partition in partitions {
            self.owned(partition)?;
            self.driver.positions.pause(partition, paused);
        }
        Ok(())
    }

    fn committer(&self) -> Result<Committer> {
        let Some(group_id) = &self.driver.config.group_id else {
            return Err(Error::new(ErrorKind::Invalid, "committing needs group.id"));
        };
        Ok(Committer {
            group_id: Arc::from(group_id.as_str()),
            instance_id: self.driver.config.group_instance_id.as_deref().map(Arc::from),
            member: self.group.as_ref().and_then(|link| link.lock().identity()),
        })
    }

    fn auto_commit(&mut self) {
        let config = &self.driver.config;
        if !config.auto_commit
            || config.group_id.is_none()
            || Instant::now() < self.commit_at
            || self.releasing
        {
            return;
        }
        self.commit_at = Instant::now() + config.auto_commit_interval;
        if let Ok(committer) = self.committer() {
            self.driver.auto_commit(committer);
        }
    }

    /// What the group changed, applied to the positions.
    fn take_change(&mut self) -> Result<Option<ConsumerEvent>> {
        let Some(link) = &self.group else { return Ok(None) };
        let Some(change) = link.lock().take_change() else { return Ok(None) };
        Ok(Some(match change {
            Change::Revoke(partitions) => {
                self.releasing = true;
                ConsumerEvent::Revoked(partitions)
            }
            Change::Lost(partitions) => {
                self.releasing = true;
                ConsumerEvent::Lost(partitions)
            }
            Change::Assign(assignment) => {
                for name in &assignment.partitions {
                    self.driver.client.want_topic(&name.topic, false);
                }
                self.driver.assign(&assignment.partitions);
                ConsumerEvent::Assigned(assignment)
            }
            Change::Refused(code) => {
                let group = self.driver.config.group_id.as_deref().unwrap_or_default();
                let doing = format!("membership of group '{group}'");
                return Err(match link.detail() {
                    Some(detail) => Error::new(ErrorKind::Internal, format!("{doing}: {detail}")),
                    None => super::error::broker_error(code, None, doing),
                });
            }
        }))
    }
}
