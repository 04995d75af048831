//! Fetch, versions 4 to 18: whole batches, in sessions or without, waiting for new records where there are too few.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::protocol::messages::fetch_response::{
    AbortedTransaction, FetchableTopicResponse, PartitionData,
};
use riverrun_core::protocol::messages::{FetchRequest, FetchResponse};
use riverrun_core::protocol::{ErrorCode, Str, Uuid};
use tokio::sync::Notify;

use crate::log::{self, LogSlice, ReadBound};
use crate::metadata::ClusterImage;
use crate::runtime::{FetchPlan, Found, Node, Partition, PartitionError, SessionKey, SessionPartition};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::fetch_memory::FetchBudget;
use crate::server::outcome::{Answer, Outcome};

/// The first version that names topics by id.
const TOPIC_ID_VERSION: i16 = 13;
const READ_COMMITTED: i8 = 1;

/// How much a fetch may bring, and how little it waits for.
#[derive(Clone, Copy)]
struct Limits {
    /// Of all partitions, as memory allows.
    max_bytes: usize,
    /// As asked for; nothing is waited for that there is no memory for.
    min_bytes: usize,
    max_wait: Duration,
    read_committed: bool,
}

/// One fetch from its plan to its answer.
struct Fetch {
    node: Arc<Node>,
    call: Call,
    plan: FetchPlan,
    limits: Limits,
    /// Given back when the answer is written.
    budget: FetchBudget,
    /// In the order of the plan.
    partitions: Vec<Result<Arc<Partition>, ErrorCode>>,
}

/// What was read of one partition.
enum Read {
    Slice(LogSlice),
    Failed(ErrorCode),
}

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: FetchRequest) -> Outcome {
    let by_id = call.version >= TOPIC_ID_VERSION;
    let forgotten: Vec<SessionKey> = request
        .forgotten_topics_data
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|index| key(&topic.topic, topic.topic_id, *index)))
        .collect();
    let planned = node.fetch_sessions.begin(
        node.clock.now_ms(),
        request.session_id,
        // Versions below 7 know no sessions.
        if call.version < 7 { -1 } else { request.session_epoch },
        by_id,
        asked(&request),
        &forgotten,
        || node.fresh_id(),
    );
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => {
            let error_code = error.code().code();
            return Outcome::Done(call.answer(&FetchResponse { error_code, ..Default::default() }));
        }
    };
    let image = node.controller.image();
    let partitions = plan.partitions.iter().map(|wanted| find(node, &image, wanted, by_id)).collect();
    let size = |bytes: i32| usize::try_from(bytes).unwrap_or(0);
    let wanted = size(request.max_bytes).min(node.settings.fetch_bytes_max);
    let budget = call.fetch_budget(&image, wanted);
    let limits = Limits {
        max_bytes: budget.bytes,
        min_bytes: size(request.min_bytes),
        max_wait: Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0)),
        read_committed: request.isolation_level == READ_COMMITTED,
    };
    let fetch = Fetch { node: node.clone(), call: call.clone(), plan, limits, budget, partitions };
    let all_open = fetch.partitions.iter().flatten().all(|partition| partition.is_open());
    match all_open.then(|| fetch.read_cached()).flatten() {
        Some(reads) if fetch.is_enough(&reads) => Outcome::Done(fetch.answer(reads)),
        Some(reads) => Outcome::Later(Box::pin(fetch.wait(reads))),
        None => Outcome::Later(Box::pin(fetch.read_and_wait())),
    }
}

fn key(topic: &Str, topic_id: Uuid, partition: i32) -> SessionKey {
    SessionKey { topic: topic.as_str().into(), topic_id, partition }
}

fn asked(request: &FetchRequest) -> Vec<SessionPartition> {
    let mut asked = Vec::new();
    for topic in &request.topics {
        let name: Arc<str> = topic.topic.as_str().into();
        for partition in &topic.partitions {
            asked.push(SessionPartition {
                key: SessionKey {
                    topic: name.clone(),
                    topic_id: topic.topic_id,
                    partition: partition.partition,
                },
                fetch_offset: partition.fetch_offset,
                max_bytes: partition.partition_max_bytes,
                current_leader_epoch: partition.current_leader_epoch,
                last_fetched_epoch: partition.last_fetched_epoch,
            });
        }
    }
    asked
}

fn find(
    node: &Node,
    image: &ClusterImage,
    wanted: &SessionPartition,
    by_id: bool,
) -> Result<Arc<Partition>, ErrorCode> {
    let topic = match by_id {
        true => image.topic_by_id(wanted.key.topic_id).ok_or(ErrorCode::UnknownTopicId)?,
        false => image.topic(&wanted.key.topic).ok_or(ErrorCode::UnknownTopicOrPartition)?,
    };
    let partition = node.partitions.get(topic, wanted.key.partition);
    let partition = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let ours = partition.leader_epoch();
    match wanted.current_leader_epoch {
        theirs if theirs >= 0 && theirs < ours => Err(ErrorCode::FencedLeaderEpoch),
        theirs if theirs > ours => Err(ErrorCode::UnknownLeaderEpoch),
        _ => Ok(partition),
    }
}

/// Bytes of records that were read.
fn bytes_of(reads: &[Read]) -> usize {
    reads.iter().map(|read| if let Read::Slice(slice) = read { slice.bytes } else { 0 }).sum()
}

impl Fetch {
    /// Reads every partition, if memory has it all.
    fn read_cached(&self) -> Option<Vec<Read>> {
        self.read_by(|partition, wanted, max_bytes, first| {
            let log = partition.log()?;
            match log.read_cached(wanted.fetch_offset, max_bytes, self.bound(), first) {
                Ok(slice) => slice.map(Read::Slice),
                Err(error) => Some(Read::Failed(PartitionError::from(error).code())),
            }
        })
    }

    /// Reads every partition from memory or file. Blocks.
    fn read(&self) -> Vec<Read> {
        let read = self.read_by(|partition, wanted, max_bytes, first| {
            Some(match partition.read(wanted.fetch_offset, max_bytes, self.bound(), first) {
                Ok(slice) => Read::Slice(slice),
                Err(error) => {
                    let code = error.code();
                    if code != ErrorCode::OffsetOutOfRange {
                        tracing::error!(log = %partition.id(), error = &error as &dyn std::error::Error, "a fetch failed");
                    }
                    Read::Failed(code)
                }
            })
        });
        read.unwrap_or_default()
    }

    fn bound(&self) -> ReadBound {
        if self.limits.read_committed { ReadBound::LastStable } else { ReadBound::HighWatermark }
    }

    /// Reads partition by partition until the budget is used up; the first batch of all comes whatever its size.
    fn read_by(
        &self,
        read: impl Fn(&Partition, &SessionPartition, usize, bool) -> Option<Read>,
    ) -> Option<Vec<Read>> {
        let mut left = self.limits.max_bytes;
        let mut nothing_yet = true;
        let mut reads = Vec::with_capacity(self.partitions.len());
        for (partition, wanted) in self.partitions.iter().zip(&self.plan.partitions) {
            let outcome = match partition {
                Err(code) => Read::Failed(*code),
                Ok(partition) => {
                    let max_bytes = usize::try_from(wanted.max_bytes).unwrap_or(0).min(left);
                    read(partition, wanted, max_bytes, nothing_yet)?
                }
            };
            if let Read::Slice(slice) = &outcome {
                left = left.saturating_sub(slice.bytes);
                nothing_yet &= slice.bytes == 0;
            }
            reads.push(outcome);
        }
        Some(reads)
    }

    /// Whether the answer need not wait: there is enough, something failed, or nothing is waited for.
    fn is_enough(&self, reads: &[Read]) -> bool {
        let failed = reads.iter().any(|read| matches!(read, Read::Failed(_)));
        failed
            || reads.is_empty()
            || bytes_of(reads) >= self.limits.min_bytes.min(self.limits.max_bytes)
            || self.limits.max_wait.is_zero()
    }

    /// The first read, where memory does not have it all.
    async fn read_and_wait(self) -> Answer {
        for partition in self.partitions.iter().flatten() {
            if let Err(error) = partition.open_later().await {
                // The read answers it.
                tracing::error!(log = %partition.id(), error = &error as &dyn std::error::Error, "a log could not be opened");
            }
        }
        let (fetch, reads) = self.read_later().await;
        match (fetch, reads) {
            (Some(fetch), reads) if fetch.is_enough(&reads) => fetch.answer(reads),
            (Some(fetch), reads) => fetch.wait(reads).await,
            (None, _) => Answer::Close("a read was cut short".to_owned()),
        }
    }

    /// Reads on a thread that may wait for the disk.
    async fn read_later(self) -> (Option<Self>, Vec<Read>) {
        let reading = tokio::task::spawn_blocking(move || {
            let reads = self.read();
            (Some(self), reads)
        });
        reading.await.unwrap_or((None, Vec::new()))
    }

    /// Waits until there is enough, the time is over, or the broker closes.
    async fn wait(mut self, mut reads: Vec<Read>) -> Answer {
        let deadline = tokio::time::sleep(self.limits.max_wait);
        let closing = self.node.closing();
        tokio::pin!(deadline, closing);
        loop {
            // Who waits takes no memory from those who read.
            self.budget.settle(bytes_of(&reads));
            // A reader of its own for each round: what is left of the last one is swept.
            let reader = Arc::new(Notify::new());
            for (partition, read) in self.partitions.iter().zip(&reads) {
                if let (Ok(partition), Read::Slice(slice)) = (partition, read) {
                    partition.wake_above(slice.high_watermark, &reader);
                }
            }
            let over = tokio::select! {
                biased;
                () = reader.notified() => false,
                () = &mut deadline => true,
                () = &mut closing => true,
            };
            self.budget.renew();
            self.limits.max_bytes = self.budget.bytes;
            reads = match self.read_cached() {
                Some(reads) => reads,
                None => match self.read_later().await {
                    (Some(fetch), reads) => {
                        self = fetch;
                        reads
                    }
                    (None, _) => return Answer::Close("a read was cut short".to_owned()),
                },
            };
            if over || self.is_enough(&reads) {
                return self.answer(reads);
            }
        }
    }

    fn answer(self, reads: Vec<Read>) -> Answer {
        let data: Vec<PartitionData> = self
            .plan
            .partitions
            .iter()
            .zip(reads)
            .map(|(wanted, read)| self.partition_data(wanted, read))
            .collect();
        for (partition, data) in self.partitions.iter().zip(&data) {
            if let Ok(partition) = partition {
                let bytes = data.records.as_ref().map_or(0, Bytes::len);
                partition.count_fetch(bytes, data.error_code != ErrorCode::None.code());
            }
        }
        let found: Vec<Found> = data
            .iter()
            .map(|data| Found {
                has_records: data.records.as_ref().is_some_and(|records| !records.is_empty()),
                failed: data.error_code != 0,
                high_watermark: data.high_watermark,
                log_start: data.log_start_offset,
            })
            .collect();
        let include = self.node.fetch_sessions.finish(&self.plan, &found);
        let mut responses: Vec<FetchableTopicResponse> = Vec::new();
        for ((wanted, data), include) in self.plan.partitions.iter().zip(data).zip(include) {
            if !include {
                continue;
            }
            let same = |last: &FetchableTopicResponse| {
                last.topic_id == wanted.key.topic_id && *last.topic == *wanted.key.topic
            };
            if !responses.last().is_some_and(same) {
                responses.push(FetchableTopicResponse {
                    topic: Str::from(&*wanted.key.topic),
                    topic_id: wanted.key.topic_id,
                    ..Default::default()
                });
            }
            if let Some(topic) = responses.last_mut() {
                topic.partitions.push(data);
            }
        }
        let response = FetchResponse { session_id: self.plan.session_id, responses, ..Default::default() };
        match self.call.answer(&response) {
            Answer::Frame(encoded) => {
                let mut budget = self.budget;
                budget.settle(encoded.len);
                Answer::Fetched(encoded, budget)
            }
            other => other,
        }
    }

    fn partition_data(&self, wanted: &SessionPartition, read: Read) -> PartitionData {
        match read {
            Read::Slice(slice) => PartitionData {
                partition_index: wanted.key.partition,
                high_watermark: slice.high_watermark,
                last_stable_offset: slice.last_stable_offset,
                log_start_offset: slice.log_start_offset,
                aborted_transactions: self
                    .limits
                    .read_committed
                    .then(|| slice.aborted.iter().map(aborted_transaction).collect()),
                records: Some(slice.into_bytes()),
                ..Default::default()
            },
            Read::Failed(code) => PartitionData {
                partition_index: wanted.key.partition,
                error_code: code.code(),
                high_watermark: -1,
                last_stable_offset: -1,
                log_start_offset: -1,
                aborted_transactions: self.limits.read_committed.then(Vec::new),
                records: Some(Bytes::new()),
                ..Default::default()
            },
        }
    }
}

fn aborted_transaction(aborted: &log::AbortedTransaction) -> AbortedTransaction {
    AbortedTransaction {
        producer_id: aborted.producer_id,
        first_offset: aborted.first_offset,
        ..Default::default()
    }
}
