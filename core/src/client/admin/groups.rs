//! Consumer groups, their members and their offsets.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::super::TopicPartition;
use super::super::consumer::{CommittedOffset, Committer, commit, committed, decode_share};
use super::super::error::broker_error;
use super::Admin;
use crate::protocol::messages::describe_groups_response::DescribedGroup;
use crate::protocol::messages::{
    ConsumerGroupDescribeRequest, DeleteGroupsRequest, DescribeGroupsRequest, ListGroupsRequest,
    ListGroupsResponse, consumer_group_describe_response,
};
use crate::protocol::{ErrorCode, Str};
use crate::{ErrorKind, Result};

/// A group, as the list of all shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupListing {
    /// Its id.
    pub group_id: String,
    /// `consumer` for consumers, `connect` for Kafka Connect.
    pub protocol_type: String,
    /// Its state, such as `Stable`; empty where the broker is too old to say.
    pub state: String,
    /// Its type, such as `classic`; empty where the broker is too old to say.
    pub group_type: String,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDescription {
    /// The id that the coordinator gave it.
    pub member_id: String,
    /// Its `group.instance.id`, if it is static.
    pub instance_id: Option<String>,
    /// Its `client.id`.
    pub client_id: String,
    /// Where it comes from.
    pub client_host: String,
    /// The partitions that it reads; empty while the group rebalances, and for groups that are not of consumers.
    pub partitions: Vec<TopicPartition>,
}

/// A group with its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDescription {
    /// Its id.
    pub group_id: String,
    /// Its type: `classic`, or `consumer` (KIP-848).
    pub group_type: String,
    /// Its state: `Empty`, `Stable` or `Dead`; while a classic group rebalances `PreparingRebalance` or
    /// `CompletingRebalance`, while a consumer group does `Assigning` or `Reconciling`.
    pub state: String,
    /// `consumer` for consumers.
    pub protocol_type: String,
    /// The assignor in use.
    pub protocol: String,
    /// The broker that coordinates it.
    pub coordinator: i32,
    /// Its members, by id.
    pub members: Vec<MemberDescription>,
}

impl Admin {
    /// The groups of all brokers, by id.
    ///
    /// # Errors
    /// When one of the brokers does not answer.
    pub async fn list_groups(&self) -> Result<Vec<GroupListing>> {
        let timeout = self.client.config().api_timeout;
        let view = self.client.refresh().await?;
        let mut groups = BTreeMap::new();
        for node in view.brokers.keys() {
            let attempt = |_| async {
                let response: ListGroupsResponse =
                    self.send::<ListGroupsRequest>(*node, |_| ListGroupsRequest::default()).await?;
                match ErrorCode::from(response.error_code) {
                    ErrorCode::None => Ok(response),
                    code => Err(broker_error(code, None, "listing groups")),
                }
            };
            for group in self.client.retrying(timeout, attempt).await?.groups {
                let listing = GroupListing {
                    group_id: group.group_id.to_string(),
                    protocol_type: group.protocol_type.to_string(),
                    state: group.group_state.to_string(),
                    group_type: group.group_type.to_string(),
                };
                groups.insert(listing.group_id.clone(), listing);
            }
        }
        Ok(groups.into_values().collect())
    }

    /// A group of either type with its members. One that nobody knows has the state `Dead`, or is
    /// [`NotFound`](crate::ErrorKind).
    ///
    /// # Errors
    /// When the group's coordinator refuses or does not answer.
    pub async fn describe_group(&self, group_id: &str) -> Result<GroupDescription> {
        let classic = self.describe_classic_group(group_id).await;
        let is_none = match &classic {
            Ok(group) => group.state == "Dead",
            Err(error) => error.kind() == ErrorKind::NotFound,
        };
        if !is_none {
            return classic;
        }
        match self.describe_consumer_group(group_id).await {
            Ok(group) => Ok(group),
            // No such group either, or a broker before 3.7, which has no other kind.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unsupported) => classic,
            Err(error) => Err(error),
        }
    }

    async fn describe_consumer_group(&self, group_id: &str) -> Result<GroupDescription> {
        let timeout = self.client.config().api_timeout;
        let attempt = |_| async {
            let node = self.client.coordinator(group_id, self.lane.1, timeout).await?;
            let build = |_| ConsumerGroupDescribeRequest {
                group_ids: vec![Str::from(group_id)],
                ..Default::default()
            };
            let response = self.send::<ConsumerGroupDescribeRequest>(node, build).await?;
            let doing = || format!("describing group '{group_id}'");
            let group = response.groups.into_iter().next();
            let group = group.ok_or_else(|| broker_error(ErrorCode::GroupIdNotFound, None, doing()))?;
            match ErrorCode::from(group.error_code) {
                ErrorCode::None => Ok(consumer_description(&group, node)),
                code => Err(broker_error(code, group.error_message.as_deref(), doing())),
            }
        };
        self.client.retrying(timeout, attempt).await
    }

    async fn describe_classic_group(&self, group_id: &str) -> Result<GroupDescription> {
        let timeout = self.client.config().api_timeout;
        let attempt = |_| async {
            let node = self.client.coordinator(group_id, self.lane.1, timeout).await?;
            let build = |_| DescribeGroupsRequest { groups: vec![Str::from(group_id)], ..Default::default() };
            let response = self.send::<DescribeGroupsRequest>(node, build).await?;
            let doing = || format!("describing group '{group_id}'");
            let group = response.groups.into_iter().next();
            let group = group.ok_or_else(|| broker_error(ErrorCode::GroupIdNotFound, None, doing()))?;
            match ErrorCode::from(group.error_code) {
                ErrorCode::None => description(&group, node),
                code => Err(broker_error(code, group.error_message.as_deref(), doing())),
            }
        };
        self.client.retrying(timeout, attempt).await
    }

    /// All committed offsets of a group.
    ///
    /// # Errors
    /// When the group's coordinator refuses or does not answer.
    pub async fn list_group_offsets(
        &self,
        group_id: &str,
    ) -> Result<BTreeMap<TopicPartition, CommittedOffset>> {
        let timeout = self.client.config().api_timeout;
        let attempt = |_| async {
            let node = self.client.coordinator(group_id, self.lane.1, timeout).await?;
            committed(&self.client, self.lane.1, node, group_id, None).await
        };
        self.client.retrying(timeout, attempt).await
    }

    /// Commits offsets for a group that has no members.
    ///
    /// # Errors
    /// When the group has members, or its coordinator does not answer.
    pub async fn alter_group_offsets(
        &self,
        group_id: &str,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
    ) -> Result<()> {
        let timeout = self.client.config().api_timeout;
        let committer = Committer { group_id: group_id.into(), instance_id: None, member: None };
        let attempt = |_| async {
            let node = self.client.coordinator(group_id, self.lane.1, timeout).await?;
            commit(&self.client, self.lane.1, node, &committer, offsets).await
        };
        self.client.retrying(timeout, attempt).await
    }

    /// Removes a group that has no members, and its offsets.
    ///
    /// # Errors
    /// When the group has members, does not exist, or its coordinator does not answer.
    pub async fn delete_group(&self, group_id: &str) -> Result<()> {
        let timeout = self.client.config().api_timeout;
        let attempt = |_| async {
            let node = self.client.coordinator(group_id, self.lane.1, timeout).await?;
            let build =
                |_| DeleteGroupsRequest { groups_names: vec![Str::from(group_id)], ..Default::default() };
            let response = self.send::<DeleteGroupsRequest>(node, build).await?;
            match response.results.first().map_or(ErrorCode::None, |group| ErrorCode::from(group.error_code))
            {
                ErrorCode::None => Ok(()),
                code => Err(broker_error(code, None, format_args!("deleting group '{group_id}'"))),
            }
        };
        self.client.retrying(timeout, attempt).await
    }
}

fn description(group: &DescribedGroup, coordinator: i32) -> Result<GroupDescription> {
    let is_consumer = &*group.protocol_type == "consumer";
    let mut members = Vec::with_capacity(group.members.len());
    for member in &group.members {
        members.push(MemberDescription {
            member_id: member.member_id.to_string(),
            instance_id: member.group_instance_id.as_deref().map(str::to_owned),
            client_id: member.client_id.to_string(),
            client_host: member.client_host.to_string(),
            partitions: if is_consumer {
                partitions(&group.protocol_data, member.member_assignment.clone())
            } else {
                Vec::new()
            },
        });
    }
    members.sort_by(|one, other| one.member_id.cmp(&other.member_id));
    Ok(GroupDescription {
        group_id: group.group_id.to_string(),
        group_type: "classic".to_owned(),
        state: group.group_state.to_string(),
        protocol_type: group.protocol_type.to_string(),
        protocol: group.protocol_data.to_string(),
        coordinator,
        members,
    })
}

fn consumer_description(
    group: &consumer_group_describe_response::DescribedGroup,
    coordinator: i32,
) -> GroupDescription {
    let member = |member: &consumer_group_describe_response::Member| MemberDescription {
        member_id: member.member_id.to_string(),
        instance_id: member.instance_id.as_deref().map(str::to_owned),
        client_id: member.client_id.to_string(),
        client_host: member.client_host.to_string(),
        partitions: (member.assignment.topic_partitions.iter())
            .flat_map(|topic| {
                topic.partitions.iter().map(|index| TopicPartition::new(topic.topic_name.as_str(), *index))
            })
            .collect(),
    };
    let mut members: Vec<MemberDescription> = group.members.iter().map(member).collect();
    members.sort_by(|one, other| one.member_id.cmp(&other.member_id));
    GroupDescription {
        group_id: group.group_id.to_string(),
        group_type: "consumer".to_owned(),
        state: group.group_state.to_string(),
        protocol_type: "consumer".to_owned(),
        protocol: group.assignor_name.to_string(),
        coordinator,
        members,
    }
}

/// Kafka Streams' assignments have another schema under the same protocol type; they are not taken apart.
fn partitions(protocol: &str, assignment: Bytes) -> Vec<TopicPartition> {
    if protocol == "stream" { Vec::new() } else { decode_share(assignment).unwrap_or_default() }
}
