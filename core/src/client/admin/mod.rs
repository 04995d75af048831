//! The admin client: topics, configurations, offsets, groups and the cluster itself.
//!
//! Every call repeats what is worth repeating until `default.api.timeout.ms` has passed. It knows the requests; it must
//! never know records.

mod configs;
mod groups;
mod offsets;
mod topics;

use std::sync::Arc;

use super::cluster::{BrokerNode, Client, Lane};
use super::error::{RequestError, broker_error};
use crate::Result;
use crate::protocol::messages::{DescribeClusterRequest, DescribeClusterResponse};
use crate::protocol::{ErrorCode, Request};

pub use configs::{ConfigEntry, ConfigResource, ConfigSource};
pub use groups::{GroupDescription, GroupListing, MemberDescription};
pub use offsets::OffsetSpec;
pub use topics::{CreatedTopic, NewTopic};

/// The cluster, as its brokers describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterDescription {
    /// The cluster's id.
    pub cluster_id: String,
    /// The broker that takes changes of topics, if one is known.
    pub controller: Option<i32>,
    /// The brokers, by id.
    pub brokers: Vec<BrokerNode>,
}

/// Asks about a cluster and changes it. Clones share connections.
#[derive(Clone, Debug)]
pub struct Admin {
    client: Client,
    lane: Arc<OwnLane>,
}

/// A lane that closes with its last user.
#[derive(Debug)]
struct OwnLane(Client, Lane);

impl Drop for OwnLane {
    fn drop(&mut self) {
        self.0.close_lane(self.1);
    }
}

impl Admin {
    /// An admin over a client's connections.
    pub fn new(client: &Client) -> Admin {
        Admin { client: client.clone(), lane: Arc::new(OwnLane(client.clone(), client.lane())) }
    }

    /// The cluster's id and brokers.
    ///
    /// # Errors
    /// The cause, when no broker answers.
    pub async fn describe_cluster(&self) -> Result<ClusterDescription> {
        let response = self.ask::<DescribeClusterRequest>(|_| DescribeClusterRequest::default()).await;
        let response: DescribeClusterResponse = match response {
            Ok(response) => response,
            // Brokers before 2.8 say the same in Metadata.
            Err(error) if error.kind() == crate::ErrorKind::Unsupported => {
                return self.describe_by_metadata().await;
            }
            Err(error) => return Err(error),
        };
        match ErrorCode::from(response.error_code) {
            ErrorCode::None => {}
            code => {
                return Err(broker_error(code, response.error_message.as_deref(), "describing the cluster"));
            }
        }
        let brokers = response.brokers.iter().filter_map(|broker| {
            Some(BrokerNode {
                id: broker.broker_id,
                host: Arc::from(&*broker.host),
                port: u16::try_from(broker.port).ok()?,
                rack: broker.rack.as_deref().map(Arc::from),
            })
        });
        let mut brokers: Vec<BrokerNode> = brokers.collect();
        brokers.sort_by_key(|broker| broker.id);
        Ok(ClusterDescription {
            cluster_id: response.cluster_id.to_string(),
            controller: (response.controller_id >= 0).then_some(response.controller_id),
            brokers,
        })
    }

    async fn describe_by_metadata(&self) -> Result<ClusterDescription> {
        let view = self.client.refresh().await?;
        Ok(ClusterDescription {
            cluster_id: view.cluster_id.as_deref().unwrap_or_default().to_owned(),
            controller: view.controller,
            brokers: view.brokers.values().cloned().collect(),
        })
    }

    /// Asks any broker, again where it may help.
    async fn ask<R: Request>(&self, build: impl Fn(i16) -> R) -> Result<R::Response> {
        self.client
            .retrying(self.client.config().api_timeout, |_| async {
                let node = self.client.any_node(self.lane.1).await?;
                Ok(self.send(node, &build).await?)
            })
            .await
    }

    /// Asks the broker that takes changes; `check` says which answers are worth another attempt.
    async fn ask_controller<R: Request>(
        &self,
        build: impl Fn(i16) -> R,
        check: impl Fn(&R::Response) -> Result<()>,
    ) -> Result<R::Response> {
        self.client
            .retrying(self.client.config().api_timeout, |failures| {
                let (build, check) = (&build, &check);
                async move {
                    let mut view = self.client.view();
                    if failures > 0 || view.controller.is_none() {
                        view = self.client.refresh().await?;
                    }
                    let node = match view.controller.filter(|node| view.brokers.contains_key(node)) {
                        Some(node) => node,
                        None => self.client.any_node(self.lane.1).await?,
                    };
                    let response = self.send(node, build).await?;
                    check(&response)?;
                    Ok(response)
                }
            })
            .await
    }

    async fn send<R: Request>(
        &self,
        node: i32,
        build: impl Fn(i16) -> R,
    ) -> std::result::Result<R::Response, RequestError> {
        let timeout = self.client.config().request_timeout;
        self.client.request::<R>(node, self.lane.1, i16::MAX, timeout, build).await
    }

    fn timeout_ms(&self) -> i32 {
        i32::try_from(self.client.config().request_timeout.as_millis()).unwrap_or(i32::MAX)
    }
}
