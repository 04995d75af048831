//! Topics: made, removed, enlarged, listed, described.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::cluster::TopicView;
use super::super::error::broker_error;
use super::Admin;
use crate::protocol::messages::create_partitions_request::CreatePartitionsTopic;
use crate::protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use crate::protocol::messages::delete_topics_request::DeleteTopicState;
use crate::protocol::messages::metadata_request::MetadataRequestTopic;
use crate::protocol::messages::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest, MetadataRequest, MetadataResponse,
};
use crate::protocol::{ErrorCode, Str, Uuid};
use crate::{ErrorKind, Result};

/// A topic to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions; the broker's `num.partitions` when not given.
    pub partitions: Option<i32>,
    /// How many copies of each; the broker's `default.replication.factor` when not given.
    pub replication_factor: Option<i16>,
    /// Topic configurations under Kafka's names; the broker's defaults for all others.
    pub configs: BTreeMap<String, String>,
}

impl NewTopic {
    /// A topic with the broker's defaults.
    pub fn new(name: impl Into<String>) -> Self {
        NewTopic { name: name.into(), partitions: None, replication_factor: None, configs: BTreeMap::new() }
    }

    /// Sets the number of partitions.
    #[must_use]
    pub fn partitions(mut self, partitions: i32) -> Self {
        self.partitions = Some(partitions);
        self
    }

    /// Sets the number of copies.
    #[must_use]
    pub fn replication_factor(mut self, factor: i16) -> Self {
        self.replication_factor = Some(factor);
        self
    }

    /// Sets a configuration.
    #[must_use]
    pub fn config(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.configs.insert(name.into(), value.into());
        self
    }
}

/// A topic that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTopic {
    /// Its id; zero where the broker is too old to say.
    pub id: Uuid,
    /// Its number of partitions; -1 where the broker is too old to say.
    pub partitions: i32,
    /// Its number of copies; -1 where the broker is too old to say.
    pub replication_factor: i16,
}

impl Admin {
    /// Makes topics; what became of each, by name. With `validate_only` nothing is made.
    ///
    /// A topic that exists already is an [`ErrorKind::Invalid`] error of that topic whose message names
    /// `TOPIC_ALREADY_EXISTS`; [`ensure_topic`](Self::ensure_topic) takes that for success.
    ///
    /// # Errors
    /// When no broker answers.
    pub async fn create_topics(
        &self,
        topics: &[NewTopic],
        validate_only: bool,
    ) -> Result<BTreeMap<String, Result<CreatedTopic>>> {
        let build = |version: i16| CreateTopicsRequest {
            topics: topics.iter().map(|topic| creatable(topic, version)).collect(),
            timeout_ms: self.timeout_ms(),
            validate_only,
            ..Default::default()
        };
        let response = self
            .ask_controller::<CreateTopicsRequest>(build, |response| {
                let codes = response.topics.iter().map(|topic| topic.error_code);
                worth_another(codes, "creating topics")
            })
            .await?;
        let results = response.topics.iter().map(|topic| {
            let result = match ErrorCode::from(topic.error_code) {
                ErrorCode::None => Ok(CreatedTopic {
                    id: topic.topic_id,
                    partitions: topic.num_partitions,
                    replication_factor: topic.replication_factor,
                }),
                code => Err(broker_error(
                    code,
                    topic.error_message.as_deref(),
                    format_args!("creating topic '{}'", topic.name),
                )),
            };
            (topic.name.to_string(), result)
        });
        Ok(results.collect())
    }

    /// Makes a topic unless it exists, and waits until the cluster shows it. Says whether it was made.
    ///
    /// # Errors
    /// When it does not exist and cannot be made.
    pub async fn ensure_topic(&self, topic: &NewTopic) -> Result<bool> {
        let mut results = self.create_topics(std::slice::from_ref(topic), false).await?;
        match results.remove(&topic.name) {
            Some(Err(error)) if error.message().contains(ErrorCode::TopicAlreadyExists.name()) => Ok(false),
            Some(Err(error)) => Err(error),
            Some(Ok(_)) | None => {
                self.client.await_topic(&topic.name, self.client.config().api_timeout).await?;
                Ok(true)
            }
        }
    }

    /// Removes topics and all their records; what became of each, by name.
    ///
    /// # Errors
    /// When no broker answers.
    pub async fn delete_topics(&self, names: &[&str]) -> Result<BTreeMap<String, Result<()>>> {
        let build = |version: i16| {
            if version >= 6 {
                let topics = names
                    .iter()
                    .map(|name| DeleteTopicState { name: Some(Str::from(*name)), ..Default::default() });
                DeleteTopicsRequest {
                    topics: topics.collect(),
                    timeout_ms: self.timeout_ms(),
                    ..Default::default()
                }
            } else {
                DeleteTopicsRequest {
                    topic_names: names.iter().map(|name| Str::from(*name)).collect(),
                    timeout_ms: self.timeout_ms(),
                    ..Default::default()
                }
            }
        };
        let response = self
            .ask_controller::<DeleteTopicsRequest>(build, |response| {
                worth_another(response.responses.iter().map(|topic| topic.error_code), "deleting topics")
            })
            .await?;
        let results = response.responses.iter().map(|topic| {
            let name = topic.name.as_deref().unwrap_or_default().to_owned();
            let result = match ErrorCode::from(topic.error_code) {
                ErrorCode::None => Ok(()),
                code => Err(broker_error(
                    code,
                    topic.error_message.as_deref(),
                    format_args!("deleting topic '{name}'"),
                )),
            };
            (name, result)
        });
        Ok(results.collect())
    }

    /// Gives a topic more partitions: `count` in all.
    ///
    /// # Errors
    /// When the topic has as many already, does not exist, or no broker answers.
    pub async fn create_partitions(&self, topic: &str, count: i32) -> Result<()> {
        let build = |_| CreatePartitionsRequest {
            topics: vec![CreatePartitionsTopic {
                name: Str::from(topic),
                count,
                assignments: None,
                ..Default::default()
            }],
            timeout_ms: self.timeout_ms(),
            ..Default::default()
        };
        let response = self
            .ask_controller::<CreatePartitionsRequest>(build, |response| {
                worth_another(response.results.iter().map(|topic| topic.error_code), "adding partitions")
            })
            .await?;
        for result in &response.results {
            let code = ErrorCode::from(result.error_code);
            if code != ErrorCode::None {
                return Err(broker_error(
                    code,
                    result.error_message.as_deref(),
                    format_args!("adding partitions to topic '{topic}'"),
                ));
            }
        }
        Ok(())
    }

    /// All topics, by name.
    ///
    /// # Errors
    /// When no broker answers.
    pub async fn list_topics(&self) -> Result<Vec<Arc<TopicView>>> {
        let response = self
            .ask::<MetadataRequest>(|version| MetadataRequest {
                topics: (version == 0).then(Vec::new),
                allow_auto_topic_creation: version < 4,
                ..Default::default()
            })
            .await?;
        Ok(views(&response))
    }

    /// What the cluster says of topics, by name.
    ///
    /// # Errors
    /// When no broker answers. A topic that does not exist is an error of its own.
    pub async fn describe_topics(&self, names: &[&str]) -> Result<BTreeMap<String, Result<Arc<TopicView>>>> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let response = self
            .ask::<MetadataRequest>(|version| MetadataRequest {
                topics: Some(
                    names
                        .iter()
                        .map(|name| MetadataRequestTopic {
                            name: Some(Str::from(*name)),
                            ..Default::default()
                        })
                        .collect(),
                ),
                allow_auto_topic_creation: version < 4,
                ..Default::default()
            })
            .await?;
        let views = views(&response);
        let results = names.iter().map(|name| {
            let view = views.iter().find(|view| &*view.name == *name);
            let code = response.topics.iter().find(|topic| topic.name.as_deref() == Some(*name));
            let code =
                code.map_or(ErrorCode::UnknownTopicOrPartition, |topic| ErrorCode::from(topic.error_code));
            let result = match view {
                Some(view) => Ok(Arc::clone(view)),
                None if code == ErrorCode::UnknownTopicOrPartition => {
                    Err(crate::Error::new(ErrorKind::NotFound, format!("topic '{name}' does not exist")))
                }
                None => Err(broker_error(code, None, format_args!("describing topic '{name}'"))),
            };
            ((*name).to_owned(), result)
        });
        Ok(results.collect())
    }
}

fn creatable(topic: &NewTopic, version: i16) -> CreatableTopic {
    let configs = topic.configs.iter().map(|(name, value)| CreatableTopicConfig {
        name: Str::from(name),
        value: Some(Str::from(value)),
        ..Default::default()
    });
    // Before version 4 (KIP-464) a broker has no defaults for these.
    let (partitions, factor) = if version >= 4 { (-1, -1) } else { (1, 1) };
    CreatableTopic {
        name: Str::from(&topic.name),
        num_partitions: topic.partitions.unwrap_or(partitions),
        replication_factor: topic.replication_factor.unwrap_or(factor),
        configs: configs.collect(),
        ..Default::default()
    }
}

/// An error if every code of an answer is one that trying again may mend.
fn worth_another(codes: impl Iterator<Item = i16>, doing: &str) -> Result<()> {
    let mut again = None;
    for code in codes {
        match ErrorCode::from(code) {
            ErrorCode::NotController
            | ErrorCode::CoordinatorNotAvailable
            | ErrorCode::ThrottlingQuotaExceeded => {
                again = Some(ErrorCode::from(code));
            }
            _ => return Ok(()),
        }
    }
    match again {
        Some(code) => Err(broker_error(code, None, doing)),
        None => Ok(()),
    }
}

fn views(response: &MetadataResponse) -> Vec<Arc<TopicView>> {
    let mut view = super::super::cluster::ClusterView::default();
    view.apply(response);
    view.topics().cloned().collect()
}
