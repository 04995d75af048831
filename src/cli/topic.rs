//! `riverrun topic`: create, list, describe, delete.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use riverrun::core::client::admin::{ConfigResource, ConfigSource};
use riverrun::core::client::{Admin, Client, NewTopic, OffsetSpec, TopicPartition, TopicView};
use riverrun::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use super::broker_address::BrokerAddress;
use super::runtime;
use super::suggestion::{nearest_topic, not_there};
use super::table::Table;
use super::terminal::{Output, Terminal};

/// Create, list, describe and delete topics.
#[derive(Args, Debug)]
pub(crate) struct Topic {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(Create),
    List(List),
    Describe(Describe),
    Delete(Delete),
}

/// Create topics.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  riverrun topic create flights --partitions 4 --config retention.ms=86400000"
)]
struct Create {
    /// Their names.
    #[arg(required = true, value_name = "TOPIC")]
    names: Vec<String>,
    /// How many partitions each has; by default as many as the broker gives (num.partitions).
    #[arg(long, value_name = "COUNT")]
    partitions: Option<i32>,
    /// On how many brokers each record lies; by default as the broker has it (default.replication.factor).
    #[arg(long, value_name = "COUNT")]
    replication_factor: Option<i16>,
    /// A topic config under Kafka's name; may be given many times.
    #[arg(long = "config", value_name = "NAME=VALUE", value_parser = name_and_value)]
    configs: Vec<(String, String)>,
    /// A topic that exists already is no error.
    #[arg(long)]
    if_not_exists: bool,
    #[command(flatten)]
    address: BrokerAddress,
}

/// List topics.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun topic list --output json")]
struct List {
    /// Internal topics too, such as __consumer_offsets.
    #[arg(long)]
    internal: bool,
    #[command(flatten)]
    address: BrokerAddress,
}

/// Describe topics: partitions, offsets, and the configs that were set.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun topic describe flights")]
struct Describe {
    /// Their names.
    #[arg(required = true, value_name = "TOPIC")]
    names: Vec<String>,
    #[command(flatten)]
    address: BrokerAddress,
}

/// Delete topics and all their records.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun topic delete flights")]
struct Delete {
    /// Their names.
    #[arg(required = true, value_name = "TOPIC")]
    names: Vec<String>,
    /// A topic that does not exist is no error.
    #[arg(long)]
    if_exists: bool,
    #[command(flatten)]
    address: BrokerAddress,
}

impl Topic {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let runtime = runtime::of_one_thread()?;
        match self.command {
            Command::Create(command) => runtime.block_on(command.run(terminal)),
            Command::List(command) => runtime.block_on(command.run(terminal)),
            Command::Describe(command) => runtime.block_on(command.run(terminal)),
            Command::Delete(command) => runtime.block_on(command.run(terminal)),
        }
    }
}

/// `NAME=VALUE` as a pair; for every flag of that form.
pub(crate) fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

impl Create {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let topics: Vec<NewTopic> = self.names.iter().map(|name| self.topic(name)).collect();
        let admin = Admin::new(&client);
        let mut results = admin.create_topics(&topics, false).await?;
        let mut first_error = None;
        for name in &self.names {
            let Some(result) = results.remove(name) else { continue };
            match result {
                Ok(topic) => {
                    let value = json!({ "topic": name, "created": true, "partitions": topic.partitions });
                    terminal.done(
                        &format!("created topic '{name}' with {}", counted(topic.partitions)),
                        &value,
                    )?;
                }
                Err(error) if self.if_not_exists && exists_already(&error) => {
                    let value = json!({ "topic": name, "created": false });
                    terminal.done(&format!("topic '{name}' exists already"), &value)?;
                }
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    fn topic(&self, name: &str) -> NewTopic {
        let mut topic = NewTopic::new(name);
        topic.partitions = self.partitions;
        topic.replication_factor = self.replication_factor;
        topic.configs = self.configs.iter().cloned().collect();
        topic
    }
}

fn exists_already(error: &Error) -> bool {
    error.message().contains("TOPIC_ALREADY_EXISTS")
}

fn counted(partitions: i32) -> String {
    match partitions {
        1 => "1 partition".to_owned(),
        // A broker of before 2.4 does not say.
        -1 => "the broker's partitions".to_owned(),
        count => format!("{count} partitions"),
    }
}

impl List {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let mut table = Table::new(&["topic", "partitions", "replication_factor", "internal"]);
        for topic in Admin::new(&client).list_topics().await? {
            if topic.is_internal && !self.internal {
                continue;
            }
            let copies = topic.partitions.first().map_or(0, |partition| partition.replicas.len());
            table.push(vec![
                json!(*topic.name),
                json!(topic.partitions.len()),
                json!(copies),
                json!(topic.is_internal),
            ]);
        }
        terminal.rows(&table)
    }
}

impl Describe {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        for name in &self.names {
            describe(&client, name, terminal).await?;
        }
        Ok(())
    }
}

async fn describe(client: &Client, name: &str, terminal: &Terminal) -> Result<()> {
    let admin = Admin::new(client);
    let found = admin.describe_topics(&[name]).await?.remove(name);
    let topic = match found {
        Some(Ok(topic)) => topic,
        Some(Err(error)) => return Err(nearest_topic(client, name, error).await),
        None => return Err(not_there("topic", name, [])),
    };
    let partitions = offsets(&admin, &topic).await?;
    let configs = admin.describe_configs(&ConfigResource::Topic(name.to_owned())).await?;
    let set: BTreeMap<&str, &str> = configs
        .values()
        .filter(|entry| entry.source == ConfigSource::Topic)
        .map(|entry| (entry.name.as_str(), entry.value.as_deref().unwrap_or("(hidden)")))
        .collect();
    if terminal.output() == Output::Json {
        let rows: Vec<Value> =
            partitions.json_lines().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let value = json!({ "topic": name, "id": topic.id.to_string(), "partitions": rows, "configs": set });
        return terminal.done("", &value);
    }
    terminal.text(&format!("topic '{name}', id {}\n\n", topic.id))?;
    terminal.rows(&partitions)?;
    if !set.is_empty() {
        let mut table = Table::new(&["config", "value"]);
        set.iter().for_each(|(name, value)| table.push(vec![json!(name), json!(value)]));
        terminal.text("\n")?;
        terminal.rows(&table)?;
    }
    Ok(())
}

async fn offsets(admin: &Admin, topic: &TopicView) -> Result<Table> {
    let names: Vec<TopicPartition> = (0..)
        .zip(&topic.partitions)
        .filter(|(_, partition)| partition.leader.is_some())
        .map(|(index, _)| TopicPartition::new(topic.name.clone(), index))
        .collect();
    let starts = admin.list_offsets(&names, OffsetSpec::Earliest).await?;
    let ends = admin.list_offsets(&names, OffsetSpec::Latest).await?;
    let mut table =
        Table::new(&["partition", "leader", "replicas", "isr", "log_start_offset", "log_end_offset"]);
    for (index, partition) in (0..).zip(&topic.partitions) {
        let name = TopicPartition::new(topic.name.clone(), index);
        table.push(vec![
            json!(index),
            json!(partition.leader),
            json!(partition.replicas),
            json!(partition.isr),
            json!(starts.get(&name)),
            json!(ends.get(&name)),
        ]);
    }
    Ok(table)
}

impl Delete {
    async fn run(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let mut results = Admin::new(&client).delete_topics(&names).await?;
        let mut first_error = None;
        for name in names {
            match results.remove(name) {
                Some(Err(error)) if self.if_exists && error.kind() == ErrorKind::NotFound => {
                    let value = json!({ "topic": name, "deleted": false });
                    terminal.done(&format!("topic '{name}' does not exist"), &value)?;
                }
                Some(Err(error)) => {
                    first_error.get_or_insert(nearest_topic(&client, name, error).await);
                }
                Some(Ok(())) | None => {
                    terminal.done(
                        &format!("deleted topic '{name}'"),
                        &json!({ "topic": name, "deleted": true }),
                    )?;
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        assert_eq!(name_and_value("a.b = c=d"), Ok(("a.b".to_owned(), " c=d".to_owned())));
        assert_eq!(name_and_value("a="), Ok(("a".to_owned(), String::new())));
        assert!(name_and_value("a").is_err());
        assert!(name_and_value(" =a").is_err());
    }
}
