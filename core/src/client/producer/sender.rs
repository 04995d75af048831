//! The task that sends a producer's batches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::time::Instant;

use super::super::TopicPartition;
use super::super::cluster::{ClusterView, Lane, Link, Seen};
use super::super::connection::Connection;
use super::super::error::RequestError;
use super::accumulator::{Route, Taken};
use super::config::Acks;
use super::coordinators::{Coordinators, join};
use super::delivery::BatchEnd;
use super::identity::ask_identity;
use super::queue::{Attempt, Ended, Identity};
use super::transaction::{Protocol, Severity};
use super::{LEADER_WAIT, Shared, set_topic};
use crate::protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use crate::protocol::messages::produce_response::PartitionProduceResponse;
use crate::protocol::messages::{ProduceRequest, ProduceResponse};
use crate::protocol::{ErrorCode, Str, Uuid};
use crate::{Error, ErrorKind, Result};

/// The last version of Produce before brokers tell the coordinator of transactions themselves (KIP-890).
const PRODUCE_V1: i16 = 11;
/// From this version on Produce names topics by id.
const BY_TOPIC_ID: i16 = 13;

/// An answer that came, and the batches it is about.
struct Answered {
    node: i32,
    taken: Vec<Taken>,
    result: Result<ProduceResponse, RequestError>,
}

/// What came of telling the coordinator of transactions of partitions.
type Joined = Result<BTreeSet<TopicPartition>, (Error, Severity)>;

/// Owns the connections of a producer and all that it has on the way.
pub(super) struct Sender {
    shared: Arc<Shared>,
    lane: Lane,
    nodes: BTreeMap<i32, Node>,
    answers: FuturesUnordered<BoxFuture<'static, Answered>>,
    opening: FuturesUnordered<BoxFuture<'static, (i32, Result<Connection, RequestError>)>>,
    identity: Option<BoxFuture<'static, Result<Identity>>>,
    /// Partitions that the coordinator of transactions is being told of.
    joining: Option<BoxFuture<'static, Joined>>,
    refresh_at: Instant,
    last_error: Option<Error>,
}

/// A broker, as this sender sees it.
#[derive(Default)]
struct Node {
    connection: Option<Connection>,
    opening: bool,
    in_flight: usize,
}

impl Sender {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Sender {
            lane: shared.client.lane(),
            shared,
            nodes: BTreeMap::new(),
            answers: FuturesUnordered::new(),
            opening: FuturesUnordered::new(),
            identity: None,
            joining: None,
            refresh_at: Instant::now(),
            last_error: None,
        }
    }

    /// Sends until the last handle is gone and everything has ended.
    pub(super) async fn run(mut self) {
        let mut views = self.shared.client.watch();
        loop {
            let next = self.send_ready();
            if self.shared.closing.load(Ordering::Acquire) && self.shared.lock().is_empty() {
                break;
            }
            let timer = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(answered) = self.answers.next(), if !self.answers.is_empty() => self.take_answer(answered),
                Some((node, result)) = self.opening.next(), if !self.opening.is_empty() => self.take_connection(node, result),
                identity = wait_for(&mut self.identity), if self.identity.is_some() => self.take_identity(identity),
                joined = wait_for(&mut self.joining), if self.joining.is_some() => self.take_joined(joined),
                Ok(()) = views.changed() => {
                    let seen = views.borrow_and_update().clone();
                    self.take_view(&seen);
                }
                () = self.shared.wake.notified() => {}
                () = timer => {}
            }
        }
        self.shared.client.close_lane(self.lane);
        self.shared.client.close_lane(self.shared.coordinator_lane);
    }

    /// Sends what can be sent; says when to look again.
    fn send_ready(&mut self) -> Option<Instant> {
        let view = self.shared.client.view();
        loop {
            self.give_up();
            let now_ms = self.shared.elapsed_ms();
            // Taken out so that the machine's lock and the nodes can be borrowed together.
            let mut nodes = std::mem::take(&mut self.nodes);
            let round = self.shared.lock().take(now_ms, self.last_error.as_ref(), |topic, partition| {
                self.route(&mut nodes, &view, topic, partition)
            });
            self.nodes = nodes;
            self.end(round.ended);
            let mut next = round
                .next_ms
                .map(|at| self.shared.started + Duration::from_millis(u64::try_from(at).unwrap_or(0)));
            if round.leader_unknown {
                let now = Instant::now();
                if self.refresh_at <= now {
                    self.refresh_at = now + LEADER_WAIT;
                    self.shared.client.refresh_soon();
                }
                next = Some(next.map_or(self.refresh_at, |at| at.min(self.refresh_at)));
            }
            if round.needs_identity && self.identity.is_none() {
                let (client, lane) = (self.shared.client.clone(), self.lane);
                self.identity = Some(Box::pin(async move { ask_identity(&client, lane).await }));
            }
            self.join_partitions();
            if round.requests.is_empty() {
                return next;
            }
            for (node, taken) in round.requests {
                self.send(node, taken, &view);
            }
        }
    }

    /// Ends what waits of a transaction that failed, was aborted, or has lost its last handle while it was open.
    fn give_up(&self) {
        let Some(transaction) = self.shared.lock_transaction() else { return };
        let given_up = transaction.gives_up();
        drop(transaction);
        let error = match given_up {
            Some(error) => error,
            None if self.shared.closing.load(Ordering::Acquire) => {
                let text = "the producer was dropped while its transaction was open";
                let error = Error::new(ErrorKind::Closed, text);
                self.shared.fail_transaction(&error, Severity::Abortable);
                error
            }
            None => return,
        };
        let ended = self.shared.lock().fail_waiting(|| copy(&error));
        // The transaction knows already.
        self.tell(ended);
    }

    /// Tells the coordinator of transactions of the partitions that it has to hear of.
    fn join_partitions(&mut self) {
        if self.joining.is_some() {
            return;
        }
        let Some(transaction) = self.shared.lock_transaction() else { return };
        let Some(identity) = transaction.identity().filter(|_| !transaction.wanted().is_empty()) else {
            return;
        };
        let timeout = self.shared.config.max_block;
        let coordinators =
            Coordinators::new(&self.shared.client, self.shared.coordinator_lane, transaction.id(), timeout);
        self.joining = Some(Box::pin(join(coordinators, identity, transaction.wanted().clone())));
    }

    fn take_joined(&mut self, joined: Joined) {
        self.joining = None;
        match joined {
            Ok(partitions) => {
                if let Some(mut transaction) = self.shared.lock_transaction() {
                    transaction.joined(partitions);
                }
            }
            Err((error, severity)) => self.shared.fail_transaction(&error, severity),
        }
    }

    fn route(
        &self,
        nodes: &mut BTreeMap<i32, Node>,
        view: &ClusterView,
        topic: &str,
        partition: i32,
    ) -> Route {
        let Some(leader) = view.leader(topic, partition) else { return Route::Unknown };
        let node = nodes.entry(leader).or_default();
        if node.opening || node.in_flight >= self.shared.config.max_in_flight {
            return Route::Busy;
        }
        if node.connection.as_ref().is_some_and(Connection::is_open) {
            let joined = self.shared.lock_transaction().is_none_or(|mut one| one.may_send(topic, partition));
            return if joined { Route::Ready(leader) } else { Route::Busy };
        }
        match self.shared.client.link(leader, self.lane) {
            Ok(Link::Open(connection)) => {
                node.connection = Some(connection);
                let joined =
                    self.shared.lock_transaction().is_none_or(|mut one| one.may_send(topic, partition));
                if joined { Route::Ready(leader) } else { Route::Busy }
            }
            Ok(Link::Opening(attempt)) => {
                node.opening = true;
                self.opening.push(Box::pin(async move { (leader, attempt.await) }));
                Route::Busy
            }
            Err(_) => Route::Unknown,
        }
    }

    fn send(&mut self, node_id: i32, mut taken: Vec<Taken>, view: &ClusterView) {
        let Some(connection) = self.nodes.get(&node_id).and_then(|node| node.connection.clone()) else {
            return self.lose(taken, &RequestError::UnknownNode { node: node_id });
        };
        let ids = taken.iter().all(|taken| view.topic(&taken.topic).is_some_and(|topic| !topic.id.is_zero()));
        let before = self.shared.lock_transaction().is_some_and(|one| one.protocol() == Protocol::V1);
        let cap = match (before, ids) {
            (true, _) => PRODUCE_V1,
            (false, true) => i16::MAX,
            (false, false) => BY_TOPIC_ID - 1,
        };
        let version = match connection.version::<ProduceRequest>(cap) {
            Ok(version) => version,
            Err(error) => return self.lose(taken, &error),
        };
        let topic_data = self.topic_data(&mut taken, view, version);
        if taken.is_empty() {
            return;
        }
        let timeout = self.shared.client.config().request_timeout;
        let request = ProduceRequest {
            transactional_id: self.shared.config.transactional_id.as_deref().map(Str::from),
            acks: self.shared.config.acks.code(),
            timeout_ms: i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX),
            topic_data,
            ..Default::default()
        };
        if self.shared.config.acks == Acks::None {
            match connection.send_unanswered(&request, version) {
                Ok(()) => self.finish(taken, |_| Attempt::Acked { base_offset: -1, log_append_time: -1 }),
                Err(error) => self.lose(taken, &error),
            }
            return;
        }
        match connection.try_request(&request, version, timeout) {
            Ok(Some(answer)) => {
                self.nodes.entry(node_id).or_default().in_flight += 1;
                self.answers.push(Box::pin(async move {
                    let result = answer.await;
                    Answered { node: node_id, taken, result }
                }));
            }
            // The lane is this producer's own and has more room than max.in.flight can be, so this does not happen;
            // if it did, trying again would be right.
            Ok(None) => self.lose(taken, &RequestError::UnknownNode { node: node_id }),
            Err(error) => self.lose(taken, &error),
        }
    }

    /// The batches as the request holds them. One that cannot be encoded ends here and leaves `taken`.
    fn topic_data(&self, taken: &mut Vec<Taken>, view: &ClusterView, version: i16) -> Vec<TopicProduceData> {
        let mut topics: BTreeMap<Arc<str>, TopicProduceData> = BTreeMap::new();
        for mut one in std::mem::take(taken) {
            let records = match one.batch.encode() {
                Ok(records) => records,
                Err(error) => {
                    let error = Error::from(error)
                        .context(format_args!("building a batch for topic '{}'", one.topic));
                    self.finish(vec![one], |_| Attempt::Lost { error: copy(&error), retriable: false });
                    continue;
                }
            };
            let topic = topics.entry(Arc::clone(&one.topic)).or_insert_with(|| {
                if version >= BY_TOPIC_ID {
                    let topic_id = view.topic(&one.topic).map_or(Uuid::ZERO, |topic| topic.id);
                    TopicProduceData { topic_id, ..Default::default() }
                } else {
                    TopicProduceData { name: Str::from(&*one.topic), ..Default::default() }
                }
            });
            topic.partition_data.push(PartitionProduceData {
                index: one.partition,
                records: Some(records),
                ..Default::default()
            });
            taken.push(one);
        }
        topics.into_values().collect()
    }

    fn take_answer(&mut self, Answered { node, taken, result }: Answered) {
        let entry = self.nodes.entry(node).or_default();
        entry.in_flight = entry.in_flight.saturating_sub(1);
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                entry.connection = None;
                return self.lose(taken, &error);
            }
        };
        let view = self.shared.client.view();
        let mut found: BTreeMap<(&str, i32), &PartitionProduceResponse> = BTreeMap::new();
        let mut refresh = false;
        for topic in &response.responses {
            let name = if topic.name.is_empty() {
                view.topic_name(topic.topic_id).map(|name| &**name)
            } else {
                Some(&*topic.name)
            };
            let Some(name) = name else { continue };
            for partition in &topic.partition_responses {
                refresh |= ErrorCode::from(partition.error_code).refreshes_metadata();
                found.insert((name, partition.index), partition);
            }
        }
        self.finish(taken, |taken| match found.get(&(&*taken.topic, taken.partition)) {
            Some(response) => attempt_of(response),
            None => {
                // The topic was deleted and made anew meanwhile, or the broker left a partition out.
                let error = Error::new(
                    ErrorKind::Retriable,
                    format!(
                        "the broker's answer does not mention partition {} of topic '{}'",
                        taken.partition, taken.topic
                    ),
                );
                Attempt::Lost { error, retriable: true }
            }
        });
        if refresh {
            self.shared.client.refresh_soon();
        }
    }

    fn take_connection(&mut self, node: i32, result: Result<Connection, RequestError>) {
        let entry = self.nodes.entry(node).or_default();
        entry.opening = false;
        match result {
            Ok(connection) => {
                entry.connection = Some(connection);
                self.last_error = None;
            }
            Err(error) => {
                entry.connection = None;
                let fatal = !error.is_retriable();
                let error = Error::from(error);
                if fatal {
                    let ended = self.shared.lock().fail_waiting(|| copy(&error));
                    self.end(ended);
                }
                self.last_error = Some(error);
                // Perhaps somebody else leads its partitions by now.
                self.shared.client.refresh_soon();
            }
        }
    }

    fn take_view(&mut self, seen: &Seen) {
        if let Some(error) = &seen.error {
            self.last_error = Some(error.clone().into());
        }
        let mut accumulator = self.shared.lock();
        for name in accumulator.topics() {
            if let Some(topic) = seen.view.topic(&name) {
                set_topic(&mut accumulator, topic);
            }
        }
    }

    fn take_identity(&mut self, result: Result<Identity>) {
        self.identity = None;
        match result {
            Ok(identity) => self.shared.lock().set_identity(identity),
            Err(error) if error.is_retriable() => self.last_error = Some(error),
            Err(error) => {
                let ended = self.shared.lock().fail_waiting(|| copy(&error));
                self.end(ended);
            }
        }
    }

    /// No answer: every batch may or may not be written.
    fn lose(&self, taken: Vec<Taken>, error: &RequestError) {
        self.shared.client.refresh_soon();
        let retriable = error.is_retriable();
        self.finish(taken, |_| Attempt::Lost { error: error.clone().into(), retriable });
    }

    fn finish(&self, taken: Vec<Taken>, mut attempt: impl FnMut(&Taken) -> Attempt) {
        let random = self.shared.client.random();
        let now_ms = self.shared.elapsed_ms();
        let mut ended = Vec::new();
        {
            let mut accumulator = self.shared.lock();
            for one in taken {
                let attempt = attempt(&one);
                ended.extend(accumulator.finish(one, attempt, now_ms, random));
            }
        }
        self.end(ended);
    }

    /// Batches have ended; one that failed fails its transaction.
    fn end(&self, ended: Vec<Ended>) {
        for one in &ended {
            if let BatchEnd::Failed(failure) = &one.end {
                let fatal = failure.error.kind() == ErrorKind::Fenced;
                let severity = if fatal { Severity::Fatal } else { Severity::Abortable };
                self.shared.fail_transaction(&failure.error, severity);
            }
        }
        self.tell(ended);
    }

    fn tell(&self, ended: Vec<Ended>) {
        if ended.is_empty() {
            return;
        }
        for one in ended {
            if let BatchEnd::Failed(failure) = &one.end {
                let mut first = self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert_with(|| copy(&failure.error));
            }
            one.delivery.end(one.end);
        }
        self.shared.room.notify_waiters();
    }
}

fn attempt_of(response: &PartitionProduceResponse) -> Attempt {
    match ErrorCode::from(response.error_code) {
        ErrorCode::None => {
            Attempt::Acked { base_offset: response.base_offset, log_append_time: response.log_append_time_ms }
        }
        code => Attempt::Refused {
            code,
            detail: response.error_message.as_deref().map(str::to_owned),
            log_start_offset: response.log_start_offset,
            records: response
                .record_errors
                .iter()
                .map(|error| {
                    let reason = error.batch_index_error_message.as_deref().unwrap_or("refused").to_owned();
                    (u32::try_from(error.batch_index).unwrap_or(0), reason)
                })
                .collect(),
        },
    }
}

async fn wait_for<T>(future: &mut Option<BoxFuture<'static, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// The same error for another batch; the causes become part of the message.
fn copy(error: &Error) -> Error {
    Error::new(error.kind(), error.chain())
}
