//! Where a pipeline's topics live: a broker in this process, or a cluster that runs already.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use riverrun_broker::{Broker, BrokerConfig};
use riverrun_connectors::runtime::{ClientLog, Log, OffsetStore, SinkWorker};
use riverrun_core::client::{Admin, Client, ClientConfig, ProducerConfig};
use riverrun_core::{ErrorKind, Result};

use tokio::time::Instant;

use super::build::{BuiltSink, Pipeline};
use super::run::OFFSETS_TOPIC;

/// How much a source's batches gather: files are read faster than single records are worth sending.
const BATCH_BYTES: usize = 128 * 1024;

/// How long to wait for the members of a group to be gone: longer than a view's session.
const GROUP_PATIENCE: Duration = Duration::from_secs(20);
const GROUP_WAIT: Duration = Duration::from_millis(200);

/// A cluster, reached.
#[derive(Debug)]
pub struct Cluster {
    client: Client,
    /// The broker in this process, if there is one.
    broker: Option<Broker>,
}

impl Cluster {
    /// Starts a broker in this process with its data in `folder`. Clients of this machine reach it too.
    ///
    /// # Errors
    /// When the folder is damaged or not to be written to.
    pub async fn embedded(folder: &Path) -> Result<Cluster> {
        // A pipeline's groups have one process each: nobody is to be waited for.
        // And what it reads may be older than any usual retention: a topic that shall forget says so in its configs.
        let config = BrokerConfig::new(folder)
            .listen("127.0.0.1:0")
            .set("group.initial.rebalance.delay.ms", "0")
            .set("log.retention.ms", "-1");
        let broker = Broker::start(config).await?;
        let config = ClientConfig::new(&broker.bootstrap()).transport(broker.connector());
        let client = Client::connect(config.client_id("riverrun-pipeline")).await?;
        Ok(Cluster { client, broker: Some(broker) })
    }

    /// Reaches a cluster that runs already; `servers` is one HOST:PORT or several with commas between.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn reach(servers: &str) -> Result<Cluster> {
        let client = Client::connect(ClientConfig::new(servers).client_id("riverrun-pipeline")).await?;
        Ok(Cluster { client, broker: None })
    }

    /// The client of the cluster.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where other clients of this machine reach the broker in this process.
    pub fn bootstrap(&self) -> Option<String> {
        self.broker.as_ref().map(Broker::bootstrap)
    }

    /// The log that connectors read and write.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn log(&self) -> Result<Arc<dyn Log>> {
        let producer = ProducerConfig::default().batch_size(BATCH_BYTES);
        Ok(Arc::new(ClientLog::new(&self.client, producer)?))
    }

    /// Adds the topics that are there to `partitions`, with their numbers of partitions.
    pub(super) async fn add_topics(&self, partitions: &mut BTreeMap<String, i32>) -> Result<()> {
        for topic in Admin::new(&self.client).list_topics().await? {
            let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
            partitions.insert(topic.name.to_string(), count);
        }
        Ok(())
    }

    /// Removes what earlier runs of `pipeline` left in the cluster: the topics that it writes, those of its views'
    /// state, and all positions.
    ///
    /// # Errors
    /// When the cluster refuses.
    pub async fn start_over(&self, pipeline: &Pipeline) -> Result<()> {
        let (log, admin) = (self.log()?, Admin::new(&self.client));
        for source in &pipeline.sources {
            let connector = format!("{}.{}", pipeline.name(), source.spec.name);
            OffsetStore::open(Arc::clone(&log), OFFSETS_TOPIC, &connector).await?.clear().await?;
        }
        let sinks = pipeline.sinks.iter().map(|sink| SinkWorker::group_of(&sink_name(pipeline, sink)));
        for group in sinks.chain(pipeline.applications.iter().cloned()) {
            forget_group(&admin, &group).await?;
        }
        let written = pipeline.written_topics();
        let is_state = |topic: &str| {
            let of = |application: &String| {
                let rest = topic.strip_prefix(application.as_str())?.strip_prefix('-')?;
                Some(rest.ends_with("-changelog") || rest.ends_with("-repartition"))
            };
            pipeline.applications.iter().filter_map(of).any(|is_internal| is_internal)
        };
        let topics = admin.list_topics().await?;
        let names = topics.iter().map(|topic| &*topic.name);
        let there: Vec<&str> = names.filter(|name| written.contains(name) || is_state(name)).collect();
        if there.is_empty() {
            return Ok(());
        }
        for (_, deleted) in admin.delete_topics(&there).await? {
            deleted?;
        }
        Ok(())
    }

    /// Stops the broker in this process, if there is one.
    ///
    /// # Errors
    /// When its logs could not be closed in order; what was acknowledged is safe all the same.
    pub async fn close(self) -> Result<()> {
        match self.broker {
            Some(broker) => broker.shutdown().await,
            None => Ok(()),
        }
    }
}

/// What a sink's connector is called.
pub(super) fn sink_name(pipeline: &Pipeline, sink: &BuiltSink) -> String {
    format!("{}.{}", pipeline.name(), sink.spec.name)
}

/// Removes a group with its offsets. One whose process was killed has a member until its session ends.
async fn forget_group(admin: &Admin, group: &str) -> Result<()> {
    let deadline = Instant::now() + GROUP_PATIENCE;
    loop {
        let error = match admin.delete_group(group).await {
            Err(error) if error.kind() != ErrorKind::NotFound => error,
            _ => return Ok(()),
        };
        let has_members = admin.describe_group(group).await.is_ok_and(|group| !group.members.is_empty());
        if !has_members || Instant::now() >= deadline {
            return Err(error);
        }
        tokio::time::sleep(GROUP_WAIT).await;
    }
}
