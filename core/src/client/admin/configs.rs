//! Configurations of topics and brokers.

use std::collections::BTreeMap;

use super::super::error::broker_error;
use super::Admin;
use crate::protocol::messages::DescribeConfigsRequest;
use crate::protocol::messages::describe_configs_request::DescribeConfigsResource;
use crate::protocol::messages::describe_configs_response::DescribeConfigsResourceResult;
use crate::protocol::{ErrorCode, Str};
use crate::{Error, ErrorKind, Result};

/// What has configurations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigResource {
    /// A topic, by name.
    Topic(String),
    /// A broker, by `node.id`.
    Broker(i32),
}

/// Where a configuration's value comes from, as far as the broker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    /// Set on the topic.
    Topic,
    /// Set on the broker, or its cluster, while it runs.
    DynamicBroker,
    /// Set in the broker's configuration file.
    StaticBroker,
    /// Kafka's default.
    Default,
    /// Another source, under its number.
    Other(i8),
}

/// A configuration and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntry {
    /// Kafka's name.
    pub name: String,
    /// The value; none where it is secret or unset.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: ConfigSource,
    /// Whether it cannot be changed.
    pub read_only: bool,
    /// Whether its value is kept secret.
    pub sensitive: bool,
}

impl Admin {
    /// The configurations of a topic or broker, by name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a topic that does not exist; the cause when no broker answers.
    pub async fn describe_configs(&self, resource: &ConfigResource) -> Result<BTreeMap<String, ConfigEntry>> {
        let (kind, name) = match resource {
            ConfigResource::Topic(name) => (2, name.clone()),
            ConfigResource::Broker(id) => (4, id.to_string()),
        };
        let build = |_| DescribeConfigsRequest {
            resources: vec![DescribeConfigsResource {
                resource_type: kind,
                resource_name: Str::from(&name),
                configuration_keys: None,
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = match resource {
            ConfigResource::Topic(_) => self.ask::<DescribeConfigsRequest>(build).await?,
            // A broker knows only its own.
            ConfigResource::Broker(id) => {
                let timeout = self.client.config().api_timeout;
                let attempt = |_| async { Ok(self.send::<DescribeConfigsRequest>(*id, build).await?) };
                self.client.retrying(timeout, attempt).await?
            }
        };
        let result = response.results.first().ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                format!("the broker's answer does not mention the configuration of '{name}'"),
            )
        })?;
        match ErrorCode::from(result.error_code) {
            ErrorCode::None => {
                Ok(result.configs.iter().map(|entry| (entry.name.to_string(), entry_of(entry))).collect())
            }
            code => {
                let doing = format!("describing the configuration of '{name}'");
                Err(broker_error(code, result.error_message.as_deref(), doing))
            }
        }
    }
}

fn entry_of(entry: &DescribeConfigsResourceResult) -> ConfigEntry {
    ConfigEntry {
        name: entry.name.to_string(),
        value: entry.value.as_deref().map(str::to_owned),
        source: match entry.config_source {
            1 => ConfigSource::Topic,
            2 | 3 => ConfigSource::DynamicBroker,
            4 => ConfigSource::StaticBroker,
            5 => ConfigSource::Default,
            other => ConfigSource::Other(other),
        },
        read_only: entry.read_only,
        sensitive: entry.is_sensitive,
    }
}
