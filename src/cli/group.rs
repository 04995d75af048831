//! `riverrun group`: consumer groups, their members and how far they are behind; deleting them, and setting offsets.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use riverrun::core::client::admin::{GroupDescription, MemberDescription};
use riverrun::core::client::{Admin, CommittedOffset, OffsetSpec, TopicPartition};
use riverrun::{ErrorKind, Result};
use serde_json::json;

use super::broker_address::BrokerAddress;
use super::consume::{PATIENCE, Start};
use super::runtime;
use super::suggestion::{nearest_topic, not_there};
use super::table::Table;
use super::terminal::Terminal;

/// List, describe and delete consumer groups, and set their offsets.
#[derive(Args, Debug)]
pub(crate) struct Group {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Describe(Describe),
    Delete(Delete),
    ResetOffsets(ResetOffsets),
}

/// List groups.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun group list")]
struct List {
    #[command(flatten)]
    address: BrokerAddress,
}

/// Describe a group: each partition, its member, and how far it is behind.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun group describe reports --output json")]
struct Describe {
    /// The group's name.
    group: String,
    #[command(flatten)]
    address: BrokerAddress,
}

/// Delete groups in which nobody is, and their offsets.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun group delete reports")]
struct Delete {
    /// Their names.
    #[arg(required = true, value_name = "GROUP")]
    groups: Vec<String>,
    #[command(flatten)]
    address: BrokerAddress,
}

/// Set the offsets of a group in which nobody is.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun group reset-offsets reports --topic flights --to beginning")]
struct ResetOffsets {
    /// The group's name; one that is not there is made.
    group: String,
    /// The topic, all partitions of which are set; may be given many times.
    #[arg(long = "topic", required = true, value_name = "TOPIC")]
    topics: Vec<String>,
    /// Where to: beginning, end, an offset (within what there is), or @MILLISECONDS since 1970.
    #[arg(long, value_name = "PLACE")]
    to: Start,
    /// Only show what would be set.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    address: BrokerAddress,
}

impl Group {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let runtime = runtime::of_one_thread()?;
        match self.command {
            Command::List(command) => runtime.block_on(command.run(terminal)),
            Command::Describe(command) => runtime.block_on(command.run(terminal)),
            Command::Delete(command) => runtime.block_on(command.run(terminal)),
            Command::ResetOffsets(command) => runtime.block_on(command.run(terminal)),
        }
    }
}

impl List {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let mut table = Table::new(&["group", "state", "protocol_type", "type"]);
        for group in Admin::new(&client).list_groups().await? {
            table.push(vec![
                json!(group.group_id),
                json!(group.state),
                json!(group.protocol_type),
                json!(group.group_type),
            ]);
        }
        terminal.rows(&table)
    }
}

impl Describe {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let admin = Admin::new(&client);
        let group = match admin.describe_group(&self.group).await {
            Ok(group) => Some(group).filter(|group| group.state != "Dead"),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let committed = admin.list_group_offsets(&self.group).await?;
        if group.is_none() && committed.is_empty() {
            let groups = admin.list_groups().await?;
            return Err(not_there("group", &self.group, groups.iter().map(|group| group.group_id.as_str())));
        }
        let members = group.as_ref().map_or_else(BTreeMap::new, owners);
        let names: Vec<TopicPartition> = committed
            .keys()
            .chain(members.keys())
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let ends = admin.list_offsets(&names, OffsetSpec::Latest).await?;
        let columns = [
            "topic",
            "partition",
            "committed_offset",
            "log_end_offset",
            "lag",
            "member_id",
            "client_id",
            "client_host",
        ];
        let mut table = Table::new(&columns);
        for name in &names {
            let offset = committed.get(name).map(|committed| committed.offset);
            let end = ends.get(name).copied();
            let lag = offset.zip(end).map(|(offset, end)| (end - offset).max(0));
            let member = members.get(name);
            table.push(vec![
                json!(*name.topic),
                json!(name.partition),
                json!(offset),
                json!(end),
                json!(lag),
                json!(member.map(|member| &member.member_id)),
                json!(member.map(|member| &member.client_id)),
                json!(member.map(|member| &member.client_host)),
            ]);
        }
        if let Some(group) = &group {
            let count = group.members.len();
            terminal.note(&format!(
                "{} group '{}' is {} with {count} members",
                group.group_type, group.group_id, group.state
            ));
        }
        terminal.rows(&table)
    }
}

impl Delete {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let admin = Admin::new(&client);
        for group in &self.groups {
            match admin.delete_group(group).await {
                Ok(()) => terminal
                    .done(&format!("deleted group '{group}'"), &json!({ "group": group, "deleted": true }))?,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let groups = admin.list_groups().await?;
                    return Err(not_there(
                        "group",
                        group,
                        groups.iter().map(|group| group.group_id.as_str()),
                    ));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl ResetOffsets {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let admin = Admin::new(&client);
        let mut names = Vec::new();
        for topic in &self.topics {
            let view = match client.topic(topic, false, PATIENCE).await {
                Ok(view) => view,
                Err(error) => return Err(nearest_topic(&client, topic, error).await),
            };
            names.extend(
                (0..).zip(&view.partitions).map(|(index, _)| TopicPartition::new(topic.as_str(), index)),
            );
        }
        let starts = admin.list_offsets(&names, OffsetSpec::Earliest).await?;
        let ends = admin.list_offsets(&names, OffsetSpec::Latest).await?;
        let at = match self.to {
            Start::Timestamp(time) => admin.list_offsets(&names, OffsetSpec::Timestamp(time)).await?,
            Start::Beginning | Start::End | Start::Offset(_) => BTreeMap::new(),
        };
        let place = |name: &TopicPartition| {
            let (start, end) = (starts.get(name).copied()?, ends.get(name).copied()?);
            Some(match self.to {
                Start::Beginning => start,
                Start::End => end,
                Start::Offset(offset) => offset.clamp(start, end),
                // Where nothing is as young, what comes next is.
                Start::Timestamp(_) => at.get(name).copied().filter(|offset| *offset >= 0).unwrap_or(end),
            })
        };
        let places: BTreeMap<TopicPartition, i64> =
            names.iter().filter_map(|name| Some((name.clone(), place(name)?))).collect();
        if !self.dry_run {
            let offset =
                |(name, offset): (&TopicPartition, &i64)| (name.clone(), CommittedOffset::new(*offset));
            admin.alter_group_offsets(&self.group, &places.iter().map(offset).collect()).await?;
        }
        let mut table = Table::new(&["topic", "partition", "new_offset"]);
        for (name, offset) in &places {
            table.push(vec![json!(*name.topic), json!(name.partition), json!(offset)]);
        }
        terminal.rows(&table)
    }
}

/// Who has each partition.
fn owners(group: &GroupDescription) -> BTreeMap<TopicPartition, MemberDescription> {
    let of = |member: &MemberDescription| {
        member.partitions.iter().map(|name| (name.clone(), member.clone())).collect::<Vec<_>>()
    };
    group.members.iter().flat_map(of).collect()
}
