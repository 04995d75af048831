//! Produce, versions 3 to 13: appended in order of arrival, acknowledged as `acks` and the flush policy say.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::protocol::messages::produce_request::PartitionProduceData;
use riverrun_core::protocol::messages::produce_response::{
    BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse,
};
use riverrun_core::protocol::messages::{ProduceRequest, ProduceResponse};
use riverrun_core::protocol::{ErrorCode, Str, Uuid};
use riverrun_core::record::{BatchHeader, Compression};

use super::group_shard::name;
use super::produce_transaction::{ask, question};
use crate::coordinator::transaction::Name;
use crate::log::{AppendError, Appended, Guard, RejectedRecord};
use crate::runtime::{Node, Partition, PartitionError, Verification};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::{Answer, Outcome};

/// The first version whose clients know zstd.
const ZSTD_VERSION: i16 = 7;
const ACKS_ALL: i16 = -1;
const ACKS_NONE: i16 = 0;

/// One partition of the request, looked up.
pub(super) struct Target {
    index: i32,
    pub(super) found: Result<Arc<Partition>, ErrorCode>,
    pub(super) records: Bytes,
    /// Taken where the batch may begin a transaction.
    pub(super) verification: Option<Verification>,
}

pub(super) struct TargetTopic {
    name: Str,
    id: Uuid,
    pub(super) partitions: Vec<Target>,
}

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ProduceRequest) -> Outcome {
    let valid_acks = matches!(request.acks, ACKS_ALL..=1);
    let refused = (!valid_acks).then_some(ErrorCode::InvalidRequiredAcks);
    let transactional_id = request.transactional_id.as_ref().map(name);
    let (acks, timeout_ms) = (request.acks, request.timeout_ms);
    let topics = look_up(node, call, request, refused);
    let to_open: Vec<Arc<Partition>> = topics
        .iter()
        .flat_map(|topic| &topic.partitions)
        .filter_map(|target| target.found.as_ref().ok())
        .filter(|partition| !partition.is_open())
        .cloned()
        .collect();
    if to_open.is_empty() {
        return begin(node, call, topics, transactional_id, acks, timeout_ms);
    }
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        for partition in to_open {
            if let Err(error) = partition.open_later().await {
                // The append below answers it.
                tracing::error!(log = %partition.id(), error = &error as &dyn std::error::Error, "a log could not be opened");
            }
        }
        begin(&node, &call, topics, transactional_id, acks, timeout_ms)
    }))
}

/// Asks the transaction's coordinator where that is needed; then appends.
fn begin(
    node: &Arc<Node>,
    call: &Call,
    mut topics: Vec<TargetTopic>,
    transactional_id: Option<Name>,
    acks: i16,
    timeout_ms: i32,
) -> Outcome {
    let Some(transactional_id) = transactional_id else {
        return append(node, call, topics, acks, timeout_ms);
    };
    let question = match question(node, &mut topics, transactional_id, call.version) {
        Ok(None) => return append(node, call, topics, acks, timeout_ms),
        Ok(Some(question)) => question,
        Err(code) => {
            for target in topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
                target.found = Err(code);
            }
            return append(node, call, topics, acks, timeout_ms);
        }
    };
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        if let Err(code) = ask(&node, &mut topics, question).await {
            let asked = topics.iter_mut().flat_map(|topic| &mut topic.partitions);
            for target in asked.filter(|target| target.verification.is_some()) {
                target.found = Err(code);
            }
        }
        append(&node, &call, topics, acks, timeout_ms)
    }))
}

/// Finds the partitions. The request is taken apart and let go, so that its records are all that is left of the frame
/// and can be written as they are, without a copy.
fn look_up(
    node: &Node,
    call: &Call,
    request: ProduceRequest,
    refused: Option<ErrorCode>,
) -> Vec<TargetTopic> {
    let image = node.controller.image();
    let by_id = call.version >= 13;
    let mut topics = Vec::with_capacity(request.topic_data.len());
    for topic in request.topic_data {
        let found = if by_id { image.topic_by_id(topic.topic_id) } else { image.topic(&topic.name) };
        let partition = |index: i32| match (refused, found) {
            (Some(code), _) => Err(code),
            (None, None) if by_id => Err(ErrorCode::UnknownTopicId),
            (None, None) => Err(ErrorCode::UnknownTopicOrPartition),
            (None, Some(topic)) if topic.internal => Err(ErrorCode::InvalidTopicException),
            (None, Some(topic)) => {
                node.partitions.get(topic, index).ok_or(ErrorCode::UnknownTopicOrPartition)
            }
        };
        let target = |data: PartitionProduceData| Target {
            index: data.index,
            found: partition(data.index),
            records: data.records.unwrap_or_default(),
            verification: None,
        };
        let partitions = topic.partition_data.into_iter().map(target).collect();
        topics.push(TargetTopic { name: topic.name.detached(), id: topic.topic_id, partitions });
    }
    topics
}

fn append(node: &Node, call: &Call, topics: Vec<TargetTopic>, acks: i16, timeout_ms: i32) -> Outcome {
    let now_ms = node.clock.now_ms();
    let mut response = ProduceResponse::default();
    let mut waits = Vec::new();
    let mut failed = false;
    for (at, topic) in topics.into_iter().enumerate() {
        let mut answered =
            TopicProduceResponse { name: topic.name, topic_id: topic.id, ..Default::default() };
        for target in topic.partitions {
            let mut answer = PartitionProduceResponse { index: target.index, ..Default::default() };
            let guard = target.verification.as_ref().map(Verification::guard);
            match append_one(call, &target.found, target.records, guard, acks, now_ms) {
                Ok(appended) => {
                    answer.base_offset = appended.base_offset;
                    answer.log_append_time_ms = appended.append_time;
                    answer.log_start_offset = appended.log_start_offset;
                    if let (ACKS_ALL, Ok(partition)) = (acks, &target.found) {
                        waits.push((
                            at,
                            answered.partition_responses.len(),
                            partition.durable(appended.last_offset + 1),
                        ));
                    }
                }
                Err(refusal) => {
                    failed = true;
                    refusal.write(&mut answer);
                }
            }
            answered.partition_responses.push(answer);
        }
        response.responses.push(answered);
    }
    if acks == ACKS_NONE {
        // The only way to tell such a client that records were refused.
        return Outcome::Done(match failed {
            true => Answer::Close("records sent with acks=0 were refused".to_owned()),
            false => Answer::Nothing,
        });
    }
    if waits.is_empty() {
        return Outcome::Done(call.answer(&response));
    }
    let call = call.clone();
    let timeout = Duration::from_millis(u64::try_from(timeout_ms).unwrap_or(0));
    Outcome::Later(Box::pin(async move {
        let deadline = tokio::time::Instant::now() + timeout;
        for (topic, partition, durable) in waits {
            let code = match tokio::time::timeout_at(deadline, durable).await {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.code(),
                Err(_) => ErrorCode::RequestTimedOut,
            };
            let answer = &mut response.responses[topic].partition_responses[partition];
            *answer = PartitionProduceResponse {
                index: answer.index,
                error_code: code.code(),
                base_offset: -1,
                log_append_time_ms: -1,
                log_start_offset: -1,
                ..Default::default()
            };
        }
        call.answer(&response)
    }))
}

/// Why a partition refused its batch.
struct Refusal {
    code: ErrorCode,
    message: String,
    /// The records at fault.
    records: Vec<RejectedRecord>,
}

impl Refusal {
    fn write(self, answer: &mut PartitionProduceResponse) {
        answer.error_code = self.code.code();
        answer.base_offset = -1;
        answer.log_append_time_ms = -1;
        answer.log_start_offset = -1;
        for record in self.records {
            answer.record_errors.push(BatchIndexAndErrorMessage {
                batch_index: i32::try_from(record.index).unwrap_or(i32::MAX),
                batch_index_error_message: Some(format!("a record {}", record.fault).into()),
                ..Default::default()
            });
        }
        if !self.message.is_empty() {
            answer.error_message = Some(self.message.into());
        }
    }
}

fn append_one(
    call: &Call,
    found: &Result<Arc<Partition>, ErrorCode>,
    records: Bytes,
    guard: Option<Guard>,
    acks: i16,
    now_ms: i64,
) -> Result<Appended, Refusal> {
    let refuse = |code, message: &str| Refusal { code, message: message.to_owned(), records: Vec::new() };
    let partition = found.as_ref().map_err(|code| refuse(*code, ""))?;
    let min_insync = partition.rules().min_insync_replicas;
    if acks == ACKS_ALL && min_insync > 1 {
        let message = format!("min.insync.replicas is {min_insync}, but the partition has one replica");
        return Err(refuse(ErrorCode::NotEnoughReplicas, &message));
    }
    if let Ok(header) = BatchHeader::parse(&records) {
        let zstd = header.attributes.compression().is_ok_and(|codec| codec == Compression::Zstd);
        if zstd && call.version < ZSTD_VERSION {
            return Err(refuse(ErrorCode::UnsupportedCompressionType, "zstd needs Produce 7 or newer"));
        }
    }
    partition.append(records, guard, now_ms).map_err(|error| {
        let records = match &error {
            PartitionError::Append(AppendError::Rejected(records)) => records.clone(),
            _ => Vec::new(),
        };
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            message = format!("{message}: {next}");
            cause = next.source();
        }
        Refusal { code: error.code(), message, records }
    })
}
