//! The coordinators of a producer's transactions: what they are asked, and how often.
//!
//! It knows the requests and which broker answers them; it must never know where the transaction stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::TopicPartition;
use super::super::cluster::{Client, Lane};
use super::super::consumer::{CommittedOffset, GroupMetadata};
use super::super::error::{RequestError, broker_error};
use super::identity::INIT_STABLE;
use super::queue::Identity;
use super::transaction::{Protocol, Severity, severity};
use crate::protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use crate::protocol::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use crate::protocol::messages::{
    AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, EndTxnRequest, InitProducerIdRequest,
    TxnOffsetCommitRequest,
};
use crate::protocol::{ErrorCode, Request, Str};
use crate::{Error, ErrorKind, Result};

/// The last versions before KIP-890's second protocol, which a cluster without it must be asked with.
const END_V1: i16 = 4;
const OFFSETS_V1: i16 = 4;
/// The last version of AddPartitionsToTxn that is for clients.
const ADD_FOR_CLIENTS: i16 = 3;
/// How soon to ask again where the coordinator is still ending the last transaction: it takes a few milliseconds.
const CONCURRENT_WAIT: Duration = Duration::from_millis(10);
/// From then on it is waited for as for anything else.
const CONCURRENT_ATTEMPTS: u32 = 20;

/// Why a call failed, and what that does to the transaction.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) severity: Severity,
    pub(super) code: ErrorCode,
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        let severity = if error.is_retriable() { Severity::Passing } else { Severity::Fatal };
        Failure { error: error.into(), severity, code: ErrorCode::None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let severity = if error.is_retriable() { Severity::Passing } else { Severity::Fatal };
        Failure { error, severity, code: ErrorCode::None }
    }
}

fn check(code: i16, doing: impl FnOnce() -> String) -> Result<(), Failure> {
    let code = ErrorCode::from(code);
    match code {
        ErrorCode::None => Ok(()),
        code => Err(Failure { error: broker_error(code, None, doing()), severity: severity(code), code }),
    }
}

/// Whether another broker has to be asked.
fn moved(failure: &Failure) -> bool {
    failure.code == ErrorCode::None
        || failure.code == ErrorCode::NotCoordinator
        || failure.code == ErrorCode::CoordinatorNotAvailable
}

/// The coordinators of one producer, asked again where it may help.
#[derive(Clone)]
pub(super) struct Coordinators {
    client: Client,
    lane: Lane,
    id: Arc<str>,
    timeout: Duration,
}

impl Coordinators {
    pub(super) fn new(client: &Client, lane: Lane, id: &str, timeout: Duration) -> Self {
        Coordinators { client: client.clone(), lane, id: Arc::from(id), timeout }
    }

    fn doing(&self, what: &str) -> String {
        format!("{what} (transactional.id '{}')", self.id)
    }

    /// Repeats `ask` with the coordinator that `find` gives while it fails in passing.
    async fn repeat<T, F>(&self, group: Option<&str>, mut ask: impl FnMut(i32) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let deadline = Instant::now() + self.timeout;
        let (mut failures, mut node) = (0, None);
        loop {
            let attempt = async {
                let found = match node {
                    Some(found) => found,
                    None => match group {
                        Some(group) => self.client.coordinator(group, self.lane, self.timeout).await?,
                        None => {
                            let (client, lane) = (&self.client, self.lane);
                            client.transaction_coordinator(&self.id, lane, self.timeout).await?
                        }
                    },
                };
                node = Some(found);
                ask(found).await
            };
            let failure = match tokio::time::timeout_at(deadline, attempt).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failure)) => failure,
                Err(_) => {
                    let text = format!("no answer within {} ms (max.block.ms)", self.timeout.as_millis());
                    let error = Error::new(ErrorKind::Timeout, text);
                    return Err(Failure { error, severity: Severity::Passing, code: ErrorCode::None });
                }
            };
            if failure.severity != Severity::Passing {
                return Err(failure);
            }
            if moved(&failure) {
                node = None;
            }
            failures += 1;
            let concurrent = failure.code == ErrorCode::ConcurrentTransactions;
            let wait = match concurrent && failures <= CONCURRENT_ATTEMPTS {
                true => CONCURRENT_WAIT,
                false => self.client.retry_wait(failures),
            };
            if Instant::now() + wait >= deadline {
                let waited = format!("gave up after {} ms (max.block.ms)", self.timeout.as_millis());
                return Err(Failure { error: failure.error.context(waited), ..failure });
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn request<R: Request>(
        &self,
        node: i32,
        cap: i16,
        build: impl FnOnce(i16) -> R,
    ) -> Result<R::Response, RequestError> {
        let timeout = self.client.config().request_timeout;
        self.client.request::<R>(node, self.lane, cap, timeout, build).await
    }

    /// Gets an identity, which ends what an earlier one had open; with `current` only if nobody newer has one.
    pub(super) async fn init(
        &self,
        transaction_timeout: Duration,
        current: Option<Identity>,
    ) -> Result<(Identity, Protocol), Failure> {
        self.repeat(None, move |node| async move {
            let response = self
                .request::<InitProducerIdRequest>(node, INIT_STABLE, |version| {
                    let current = current.filter(|_| version >= 3);
                    InitProducerIdRequest {
                        transactional_id: Some(Str::from(&*self.id)),
                        transaction_timeout_ms: i32::try_from(transaction_timeout.as_millis())
                            .unwrap_or(i32::MAX),
                        producer_id: current.map_or(-1, |current| current.producer_id),
                        producer_epoch: current.map_or(-1, |current| current.epoch),
                        ..Default::default()
                    }
                })
                .await?;
            check(response.error_code, || self.doing("getting a producer id"))?;
            let connection = self.client.connection(node, self.lane).await?;
            // Where the cluster has the feature, its brokers have the requests that go with it.
            let protocol =
                if connection.feature("transaction.version") >= 2 { Protocol::V2 } else { Protocol::V1 };
            let identity = Identity { producer_id: response.producer_id, epoch: response.producer_epoch };
            Ok((identity, protocol))
        })
        .await
    }

    /// Tells the coordinator that these partitions join.
    async fn add_partitions(
        &self,
        identity: Identity,
        partitions: &BTreeSet<TopicPartition>,
    ) -> Result<(), Failure> {
        let mut topics: BTreeMap<&Arc<str>, Vec<i32>> = BTreeMap::new();
        for name in partitions {
            topics.entry(&name.topic).or_default().push(name.partition);
        }
        let topics = &topics;
        self.repeat(None, move |node| async move {
            let response = self
                .request::<AddPartitionsToTxnRequest>(node, ADD_FOR_CLIENTS, |_| AddPartitionsToTxnRequest {
                    v3_and_below_transactional_id: Str::from(&*self.id),
                    v3_and_below_producer_id: identity.producer_id,
                    v3_and_below_producer_epoch: identity.epoch,
                    v3_and_below_topics: topics
                        .iter()
                        .map(|(topic, partitions)| AddPartitionsToTxnTopic {
                            name: Str::from(&***topic),
                            partitions: partitions.clone(),
                            ..Default::default()
                        })
                        .collect(),
                    ..Default::default()
                })
                .await?;
            let results = response.results_by_topic_v3_and_below.iter().flat_map(|topic| {
                topic.results_by_partition.iter().map(move |one| (&topic.name, one.partition_index, one))
            });
            // What was not attempted was kept back by the error of another partition.
            let skipped = ErrorCode::OperationNotAttempted;
            let mut failed = results.filter(|(.., one)| one.partition_error_code != 0).collect::<Vec<_>>();
            failed.sort_by_key(|(.., one)| ErrorCode::from(one.partition_error_code) == skipped);
            match failed.first() {
                Some((topic, partition, one)) => check(one.partition_error_code, || {
                    self.doing(&format!("adding partition {topic}-{partition} to the transaction"))
                }),
                None => Ok(()),
            }
        })
        .await
    }

    /// Tells the coordinator that a group's offsets join.
    pub(super) async fn add_group(&self, identity: Identity, group: &str) -> Result<(), Failure> {
        self.repeat(None, move |node| async move {
            let response = self
                .request::<AddOffsetsToTxnRequest>(node, i16::MAX, |_| AddOffsetsToTxnRequest {
                    transactional_id: Str::from(&*self.id),
                    producer_id: identity.producer_id,
                    producer_epoch: identity.epoch,
                    group_id: Str::from(group),
                    ..Default::default()
                })
                .await?;
            check(response.error_code, || self.doing(&format!("adding group '{group}' to the transaction")))
        })
        .await
    }

    /// Hands offsets to the group's coordinator, which keeps them back until the transaction is committed.
    pub(super) async fn commit_offsets(
        &self,
        identity: Identity,
        protocol: Protocol,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
        group: &GroupMetadata,
    ) -> Result<(), Failure> {
        let mut topics: BTreeMap<&Arc<str>, Vec<TxnOffsetCommitRequestPartition>> = BTreeMap::new();
        let cap = if protocol == Protocol::V2 { i16::MAX } else { OFFSETS_V1 };
        for (name, committed) in offsets {
            topics.entry(&name.topic).or_default().push(TxnOffsetCommitRequestPartition {
                partition_index: name.partition,
                committed_offset: committed.offset,
                committed_leader_epoch: committed.leader_epoch,
                committed_metadata: Some(Str::from(committed.metadata.as_str())),
                ..Default::default()
            });
        }
        let topics = &topics;
        self.repeat(Some(group.group_id()), move |node| async move {
            let build = |version| {
                let named = version >= 3;
                let topic = |(topic, partitions): (&&Arc<str>, &Vec<TxnOffsetCommitRequestPartition>)| {
                    let mut partitions = partitions.clone();
                    if version < 2 {
                        partitions.iter_mut().for_each(|one| one.committed_leader_epoch = -1);
                    }
                    TxnOffsetCommitRequestTopic {
                        name: Str::from(&***topic),
                        partitions,
                        ..Default::default()
                    }
                };
                TxnOffsetCommitRequest {
                    transactional_id: Str::from(&*self.id),
                    group_id: Str::from(group.group_id()),
                    producer_id: identity.producer_id,
                    producer_epoch: identity.epoch,
                    generation_id: if named { group.generation() } else { -1 },
                    member_id: if named { Str::from(group.member_id()) } else { Str::EMPTY },
                    group_instance_id: group.instance_id().filter(|_| named).map(Str::from),
                    topics: topics.iter().map(topic).collect(),
                    ..Default::default()
                }
            };
            let response = self.request::<TxnOffsetCommitRequest>(node, cap, build).await?;
            for topic in &response.topics {
                for one in &topic.partitions {
                    check(one.error_code, || {
                        self.doing(&format!(
                            "committing offset of {}-{} for group '{}'",
                            topic.name,
                            one.partition_index,
                            group.group_id()
                        ))
                    })?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Ends the transaction. In version 2 the next one has the identity that this gives.
    pub(super) async fn end(
        &self,
        identity: Identity,
        protocol: Protocol,
        commit: bool,
    ) -> Result<Option<Identity>, Failure> {
        let cap = if protocol == Protocol::V2 { i16::MAX } else { END_V1 };
        self.repeat(None, move |node| async move {
            let response = self
                .request::<EndTxnRequest>(node, cap, |_| EndTxnRequest {
                    transactional_id: Str::from(&*self.id),
                    producer_id: identity.producer_id,
                    producer_epoch: identity.epoch,
                    committed: commit,
                    ..Default::default()
                })
                .await?;
            let what = if commit { "committing the transaction" } else { "aborting the transaction" };
            check(response.error_code, || self.doing(what))?;
            let next = Identity { producer_id: response.producer_id, epoch: response.producer_epoch };
            Ok(Some(next).filter(|next| protocol == Protocol::V2 && next.producer_id >= 0))
        })
        .await
    }
}

/// Tells the coordinator of partitions on behalf of the sender.
pub(super) async fn join(
    coordinators: Coordinators,
    identity: Identity,
    partitions: BTreeSet<TopicPartition>,
) -> Result<BTreeSet<TopicPartition>, (Error, Severity)> {
    let added = coordinators.add_partitions(identity, &partitions).await;
    added.map(|()| partitions).map_err(|failure| {
        // Nothing was written to them, but their batches cannot wait longer.
        let severity =
            if failure.severity == Severity::Fatal { Severity::Fatal } else { Severity::Abortable };
        (failure.error, severity)
    })
}
