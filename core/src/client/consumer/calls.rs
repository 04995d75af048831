//! The questions that a consumer asks brokers, and what it makes of the answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::super::TopicPartition;
use super::super::cluster::{Client, ClusterView, Lane};
use super::super::error::{RequestError, broker_error};
use super::config::{ConsumerConfig, IsolationLevel};
use super::positions::Wanted;
use crate::protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use crate::protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use crate::protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use crate::protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use crate::protocol::messages::{
    FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, OffsetCommitRequest,
    OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse,
};
use crate::protocol::{ErrorCode, Str, Uuid};
use crate::{Error, ErrorKind, Result};

/// From this version on Fetch names topics by id.
const FETCH_BY_ID: i16 = 13;
/// The last versions of the offset requests that name topics, which serve every broker.
const COMMIT_BY_NAME: i16 = 9;
const COMMITTED_BY_NAME: i16 = 9;

/// A committed offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommittedOffset {
    /// The offset of the next record to process.
    pub offset: i64,
    /// The leader epoch of the last record processed; -1 if not known.
    pub leader_epoch: i32,
    /// What the committer noted; often empty.
    pub metadata: String,
}

impl CommittedOffset {
    /// An offset without a note.
    pub fn new(offset: i64) -> Self {
        CommittedOffset { offset, leader_epoch: -1, metadata: String::new() }
    }
}

/// The names behind the topic ids of a fetch.
pub(crate) type TopicIds = BTreeMap<Uuid, Arc<str>>;

/// Fetches from one broker what is wanted of it.
pub(crate) async fn fetch(
    client: &Client,
    lane: Lane,
    node: i32,
    wanted: &[Wanted],
    config: &ConsumerConfig,
) -> Result<(FetchResponse, TopicIds), RequestError> {
    let view = client.view();
    let id = |topic: &str| view.topic(topic).map_or(Uuid::ZERO, |topic| topic.id);
    let by_id = wanted.iter().all(|wanted| !id(&wanted.partition.topic).is_zero());
    let cap = if by_id { i16::MAX } else { FETCH_BY_ID - 1 };
    let timeout = client.config().request_timeout + config.fetch_max_wait;
    let mut ids = TopicIds::new();
    let response = client.request::<FetchRequest>(node, lane, cap, timeout, |version| {
        let mut topics: Vec<FetchTopic> = Vec::new();
        let mut last: Option<&Arc<str>> = None;
        for one in wanted {
            let partition = FetchPartition {
                partition: one.partition.partition,
                current_leader_epoch: if version >= 9 { one.leader_epoch } else { -1 },
                fetch_offset: one.offset,
                partition_max_bytes: config.max_partition_fetch_bytes,
                ..Default::default()
            };
            match topics.last_mut() {
                Some(topic) if last == Some(&one.partition.topic) => topic.partitions.push(partition),
                _ => {
                    let mut topic = FetchTopic { partitions: vec![partition], ..Default::default() };
                    if version >= FETCH_BY_ID {
                        topic.topic_id = id(&one.partition.topic);
                        ids.insert(topic.topic_id, Arc::clone(&one.partition.topic));
                    } else {
                        topic.topic = Str::from(&*one.partition.topic);
                    }
                    topics.push(topic);
                    last = Some(&one.partition.topic);
                }
            }
        }
        FetchRequest {
            max_wait_ms: i32::try_from(config.fetch_max_wait.as_millis()).unwrap_or(i32::MAX),
            min_bytes: config.fetch_min_bytes,
            max_bytes: config.fetch_max_bytes,
            isolation_level: config.isolation_level.code(),
            topics,
            ..Default::default()
        }
    });
    response.await.map(|response| (response, ids))
}

/// The offset that a broker found for a partition, or why it found none.
pub(crate) type Listed = BTreeMap<TopicPartition, std::result::Result<(i64, i64), ErrorCode>>;

/// Asks one broker for the offsets of timestamps (-2 is the oldest record, -1 the end). Gives offset and timestamp.
pub(crate) async fn list_offsets(
    client: &Client,
    lane: Lane,
    node: i32,
    asked: &[(TopicPartition, i64)],
    isolation: IsolationLevel,
) -> Result<Listed, RequestError> {
    let view = client.view();
    let timeout = client.config().request_timeout;
    let response: ListOffsetsResponse = client
        .request::<ListOffsetsRequest>(node, lane, i16::MAX, timeout, |version| {
            let mut topics: BTreeMap<&Arc<str>, Vec<ListOffsetsPartition>> = BTreeMap::new();
            for (name, timestamp) in asked {
                let epoch = view
                    .partition(&name.topic, name.partition)
                    .map_or(-1, |partition| partition.leader_epoch);
                topics.entry(&name.topic).or_default().push(ListOffsetsPartition {
                    partition_index: name.partition,
                    current_leader_epoch: if version >= 4 { epoch } else { -1 },
                    timestamp: *timestamp,
                    ..Default::default()
                });
            }
            let topics = topics.into_iter().map(|(topic, partitions)| ListOffsetsTopic {
                name: Str::from(&**topic),
                partitions,
                ..Default::default()
            });
            ListOffsetsRequest {
                replica_id: -1,
                isolation_level: if version >= 2 { isolation.code() } else { 0 },
                topics: topics.collect(),
                timeout_ms: if version >= 10 {
                    i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX)
                } else {
                    0
                },
                ..Default::default()
            }
        })
        .await?;
    let mut listed = Listed::new();
    for topic in &response.topics {
        let name: Arc<str> = Arc::from(&*topic.name);
        for partition in &topic.partitions {
            let found = match ErrorCode::from(partition.error_code) {
                ErrorCode::None => Ok((partition.offset, partition.timestamp)),
                code => Err(code),
            };
            listed.insert(TopicPartition::new(Arc::clone(&name), partition.partition_index), found);
        }
    }
    Ok(listed)
}

/// Asks leader after leader for the offsets of timestamps, again where it may help.
pub(crate) async fn list_offsets_everywhere(
    client: &Client,
    lane: Lane,
    asked: &[(TopicPartition, i64)],
    isolation: IsolationLevel,
    timeout: Duration,
) -> Result<BTreeMap<TopicPartition, (i64, i64)>> {
    for (name, _) in asked {
        client.topic(&name.topic, false, timeout).await?;
    }
    let attempt = |failures| async move {
        if failures > 0 {
            client.refresh().await?;
        }
        list_round(client, lane, asked, isolation, &client.view()).await
    };
    client.retrying(timeout, attempt).await
}

async fn list_round(
    client: &Client,
    lane: Lane,
    asked: &[(TopicPartition, i64)],
    isolation: IsolationLevel,
    view: &ClusterView,
) -> Result<BTreeMap<TopicPartition, (i64, i64)>> {
    let mut by_leader: BTreeMap<i32, Vec<(TopicPartition, i64)>> = BTreeMap::new();
    for (name, timestamp) in asked {
        let count = view.topic(&name.topic).map_or(0, |topic| topic.partitions.len());
        if usize::try_from(name.partition).map_or(true, |at| at >= count) {
            let text = format!("partition {name} does not exist; the topic has {count} partitions");
            return Err(Error::new(ErrorKind::NotFound, text));
        }
        let leader = view
            .leader(&name.topic, name.partition)
            .ok_or_else(|| Error::new(ErrorKind::Retriable, format!("partition {name} has no leader now")))?;
        by_leader.entry(leader).or_default().push((name.clone(), *timestamp));
    }
    let mut found = BTreeMap::new();
    for (leader, asked) in by_leader {
        for (name, answer) in list_offsets(client, lane, leader, &asked, isolation).await? {
            match answer {
                Ok(offset) => found.insert(name, offset),
                Err(code) => {
                    return Err(broker_error(
                        code,
                        None,
                        format_args!("looking up offsets of partition {name}"),
                    ));
                }
            };
        }
    }
    Ok(found)
}

/// Who commits: a member of the group, or nobody in particular.
#[derive(Clone, Debug)]
pub(crate) struct Committer {
    pub(crate) group_id: Arc<str>,
    pub(crate) instance_id: Option<Arc<str>>,
    pub(crate) member: Option<(Arc<str>, i32)>,
}

/// Commits offsets with the group's coordinator; one attempt.
pub(crate) async fn commit(
    client: &Client,
    lane: Lane,
    node: i32,
    committer: &Committer,
    offsets: &BTreeMap<TopicPartition, CommittedOffset>,
) -> Result<()> {
    let (member_id, generation) = committer.member.clone().unwrap_or((Arc::from(""), -1));
    let timeout = client.config().request_timeout;
    let response: OffsetCommitResponse = client
        .request::<OffsetCommitRequest>(node, lane, COMMIT_BY_NAME, timeout, |version| {
            let mut topics: BTreeMap<&Arc<str>, Vec<OffsetCommitRequestPartition>> = BTreeMap::new();
            for (name, committed) in offsets {
                topics.entry(&name.topic).or_default().push(OffsetCommitRequestPartition {
                    partition_index: name.partition,
                    committed_offset: committed.offset,
                    committed_leader_epoch: if version >= 6 { committed.leader_epoch } else { -1 },
                    committed_metadata: Some(Str::from(committed.metadata.as_str())),
                    ..Default::default()
                });
            }
            let topics = topics.into_iter().map(|(topic, partitions)| OffsetCommitRequestTopic {
                name: Str::from(&**topic),
                partitions,
                ..Default::default()
            });
            OffsetCommitRequest {
                group_id: Str::from(&*committer.group_id),
                generation_id_or_member_epoch: generation,
                member_id: Str::from(&*member_id),
                group_instance_id: committer.instance_id.as_deref().filter(|_| version >= 7).map(Str::from),
                topics: topics.collect(),
                ..Default::default()
            }
        })
        .await?;
    for topic in &response.topics {
        for partition in &topic.partitions {
            let code = ErrorCode::from(partition.error_code);
            let doing = || {
                format!(
                    "committing offset of {}-{} for group '{}'",
                    topic.name, partition.partition_index, committer.group_id
                )
            };
            match code {
                ErrorCode::None => {}
                ErrorCode::UnknownMemberId
                | ErrorCode::IllegalGeneration
                | ErrorCode::RebalanceInProgress => {
                    let text = format!(
                        "{}: the group rebalanced meanwhile ({}), so the partition may be somebody else's",
                        doing(),
                        code.name()
                    );
                    return Err(Error::new(ErrorKind::Fenced, text));
                }
                code => return Err(broker_error(code, None, doing())),
            }
        }
    }
    Ok(())
}

/// Asks the group's coordinator for committed offsets, of all partitions where none are named; one attempt.
pub(crate) async fn committed(
    client: &Client,
    lane: Lane,
    node: i32,
    group_id: &str,
    partitions: Option<&[TopicPartition]>,
) -> Result<BTreeMap<TopicPartition, CommittedOffset>> {
    let timeout = client.config().request_timeout;
    let mut by_topic: BTreeMap<&Arc<str>, Vec<i32>> = BTreeMap::new();
    for name in partitions.unwrap_or_default() {
        by_topic.entry(&name.topic).or_default().push(name.partition);
    }
    let response: OffsetFetchResponse = client
        .request::<OffsetFetchRequest>(node, lane, COMMITTED_BY_NAME, timeout, |version| {
            if version >= 8 {
                let topics = by_topic.iter().map(|(topic, partitions)| OffsetFetchRequestTopics {
                    name: Str::from(&***topic),
                    partition_indexes: partitions.clone(),
                    ..Default::default()
                });
                let group = OffsetFetchRequestGroup {
                    group_id: Str::from(group_id),
                    topics: partitions.map(|_| topics.collect()),
                    ..Default::default()
                };
                OffsetFetchRequest { groups: vec![group], require_stable: true, ..Default::default() }
            } else {
                let topics = by_topic.iter().map(|(topic, partitions)| OffsetFetchRequestTopic {
                    name: Str::from(&***topic),
                    partition_indexes: partitions.clone(),
                    ..Default::default()
                });
                OffsetFetchRequest {
                    group_id: Str::from(group_id),
                    topics: partitions.map(|_| topics.collect()),
                    require_stable: version >= 7,
                    ..Default::default()
                }
            }
        })
        .await?;
    offsets_of(group_id, &response)
}

fn offsets_of(
    group_id: &str,
    response: &OffsetFetchResponse,
) -> Result<BTreeMap<TopicPartition, CommittedOffset>> {
    let doing = || format!("looking up committed offsets of group '{group_id}'");
    let mut found = BTreeMap::new();
    let mut add =
        |topic: &str, partition: i32, code: i16, offset: i64, leader_epoch: i32, metadata: Option<&str>| {
            match ErrorCode::from(code) {
                ErrorCode::None if offset >= 0 => {
                    let metadata = metadata.unwrap_or_default().to_owned();
                    found.insert(
                        TopicPartition::new(topic, partition),
                        CommittedOffset { offset, leader_epoch, metadata },
                    );
                    Ok(())
                }
                // A partition without a commit, or a topic that is gone.
                ErrorCode::None | ErrorCode::UnknownTopicOrPartition => Ok(()),
                code => Err(broker_error(code, None, doing())),
            }
        };
    if let Some(code) = [response.error_code]
        .iter()
        .chain(response.groups.iter().map(|group| &group.error_code))
        .find(|code| **code != 0)
    {
        return Err(broker_error(ErrorCode::from(*code), None, doing()));
    }
    for topic in &response.topics {
        for one in &topic.partitions {
            add(
                &topic.name,
                one.partition_index,
                one.error_code,
                one.committed_offset,
                one.committed_leader_epoch,
                one.metadata.as_deref(),
            )?;
        }
    }
    for topic in response.groups.iter().flat_map(|group| &group.topics) {
        for one in &topic.partitions {
            add(
                &topic.name,
                one.partition_index,
                one.error_code,
                one.committed_offset,
                one.committed_leader_epoch,
                one.metadata.as_deref(),
            )?;
        }
    }
    Ok(found)
}
