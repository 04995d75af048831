//! Runs a topology against a Kafka cluster: threads, assignment, restore, commits, bounded runs.
//!
//! A thread polls a member of the application's consumer group, feeds its tasks, sends what they give out and commits.
//! Which tasks there are (`plan`) and who gets which (`assignor`) is pure; so is what is kept beside a task's state
//! (`ledger`). This room knows tasks and the client; it must never know operators or what a record means.

mod assignor;
mod config;
mod finish;
mod hosted;
mod ledger;
mod metrics;
mod note;
mod open;
mod plan;
mod thread;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use riverrun_core::client::{Admin, Client, ClientConfig, NewTopic, OffsetSpec, TopicPartition};
use riverrun_core::{Error, ErrorKind, Result};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::topology::Topology;

use assignor::LocalTasks;
pub use config::{Guarantee, StateDir, StreamsConfig};
use finish::Progress;
pub use metrics::{Summary, TaskMetrics};
use open::{Home, Opener};
use plan::Plan;
pub use plan::TaskId;
use thread::{Runner, Shared};

/// An application that is about to run.
///
/// ```no_run
/// # async fn run(topology: riverrun_streams::topology::Topology) -> riverrun_core::Result<()> {
/// use riverrun_streams::runtime::Streams;
/// let ctrl_c = std::future::pending::<()>();
/// Streams::new(topology, "127.0.0.1:9092").exactly_once().run_until(ctrl_c).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Streams {
    topology: Topology,
    cluster: Cluster,
    config: StreamsConfig,
}

#[derive(Debug)]
enum Cluster {
    At(Box<ClientConfig>),
    Known(Client),
}

impl Streams {
    /// An application against the cluster at `cluster`: addresses as `host:port,…`, or a whole client configuration.
    pub fn new(topology: Topology, cluster: impl Into<ClientConfig>) -> Self {
        let cluster = Cluster::At(Box::new(cluster.into()));
        Streams { topology, cluster, config: StreamsConfig::default() }
    }

    /// An application over a client that is there already.
    pub fn with_client(topology: Topology, client: &Client) -> Self {
        Streams { topology, cluster: Cluster::Known(client.clone()), config: StreamsConfig::default() }
    }

    /// Sets everything at once.
    #[must_use]
    pub fn config(mut self, config: StreamsConfig) -> Self {
        self.config = config;
        self
    }

    /// Asks for [`Guarantee::ExactlyOnce`].
    #[must_use]
    pub fn exactly_once(mut self) -> Self {
        self.config.guarantee = Guarantee::ExactlyOnce;
        self
    }

    /// Sets `state.dir`.
    #[must_use]
    pub fn state_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config.state = Some(StateDir::Folder(folder.into()));
        self
    }

    /// Sets `num.stream.threads`.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.config.threads = threads;
        self
    }

    /// Sets `commit.interval.ms`.
    #[must_use]
    pub fn commit_interval(mut self, interval: Duration) -> Self {
        self.config.commit_interval = Some(interval);
        self
    }

    /// Reads these topics to their end before any other input; see [`StreamsConfig::load_first`].
    #[must_use]
    pub fn load_first<T: Into<String>>(mut self, topics: impl IntoIterator<Item = T>) -> Self {
        self.config.load_first.extend(topics.into_iter().map(Into::into));
        self
    }

    /// Makes the internal topics that are missing and starts the threads. Needs a tokio runtime for its connections.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an input topic that does not exist; [`ErrorKind::Invalid`] when numbers of partitions
    /// do not fit or the state folder is taken; the cause when the cluster does not answer.
    pub async fn start(self) -> Result<RunningStreams> {
        let Streams { topology, cluster, config } = self;
        let application = topology.application_id().to_owned();
        let start = async {
            let client = match cluster {
                Cluster::Known(client) => client,
                Cluster::At(config) => Client::connect(config.client_id(&application)).await?,
            };
            let plan = Arc::new(prepare(&topology, &client).await?);
            let state = config
                .state
                .clone()
                .unwrap_or_else(|| StateDir::Folder([".riverrun", &application, "state"].iter().collect()));
            let home = Home::open(&state)?;
            Ok((client.clone(), Opener { client, topology, plan, config, home }))
        };
        let started: Result<_> = start.await;
        let (client, opener) =
            started.map_err(|error| error.context(format_args!("application '{application}'")))?;
        let (threads, clock) = (opener.config.threads.max(1), Arc::clone(&client.config().clock));
        let shared = Arc::new(Shared {
            instance: opener.home.instance()?,
            opener,
            progress: Progress::default(),
            local: LocalTasks::default(),
            metrics: Mutex::default(),
            clock,
        });
        let mut running = RunningStreams { shared, client, threads: Vec::new(), started: Instant::now() };
        for at in 0..threads {
            running.threads.push(spawn(Arc::clone(&running.shared), at)?);
        }
        Ok(running)
    }

    /// Runs until `signal` comes, then commits and stops.
    ///
    /// # Errors
    /// As [`start`](Self::start), and what made a task fail.
    pub async fn run_until(self, signal: impl Future) -> Result<Summary> {
        let mut running = self.start().await?;
        tokio::select! {
            _ = signal => {}
            () = running.ended() => {}
        }
        running.stop().await
    }

    /// Runs to where the inputs end when it starts, closes what is open, and stops.
    ///
    /// # Errors
    /// As [`start`](Self::start), and what made a task fail.
    pub async fn run_to_end(self) -> Result<Summary> {
        let running = self.start().await?;
        running.finish(BTreeMap::new()).await?;
        running.wait().await
    }
}

/// Checks the inputs, works out the plan and makes the internal topics that are missing.
async fn prepare(topology: &Topology, client: &Client) -> Result<Plan> {
    let timeout = client.config().api_timeout;
    let internal: BTreeMap<String, _> =
        topology.internal_topics().into_iter().map(|topic| (topic.name.clone(), topic.kind)).collect();
    let is_external = |topic: &&String| {
        !matches!(
            internal.get(*topic),
            Some(
                crate::topology::InternalTopicKind::Repartition
                    | crate::topology::InternalTopicKind::Changelog
            )
        )
    };
    let mut external = BTreeMap::new();
    for topic in topology.subtopologies().iter().flat_map(|sub| &sub.source_topics).filter(is_external) {
        let view = client.topic(topic, false, timeout).await;
        let view = view.map_err(|error| error.context("input"))?;
        external.insert(topic.clone(), i32::try_from(view.partitions.len()).unwrap_or(i32::MAX));
    }
    let mut plan = Plan::new(topology, &external)?;
    let admin = Admin::new(client);
    for needed in &plan.internal {
        let topic = NewTopic {
            name: needed.topic.name.clone(),
            partitions: Some(needed.partitions),
            replication_factor: None,
            configs: needed.topic.configs.clone(),
        };
        admin.ensure_topic(&topic).await?;
        let view = client.topic(&topic.name, false, timeout).await?;
        if view.partitions.len() != usize::try_from(needed.partitions).unwrap_or(0) {
            let text = format!(
                "internal topic '{}' has {} partitions, {} are needed: the number of partitions of an input changed; \
                 reset the application",
                topic.name,
                view.partitions.len(),
                needed.partitions
            );
            return Err(Error::new(ErrorKind::Invalid, text));
        }
    }
    for topic in topology.subtopologies().iter().flat_map(|sub| &sub.sink_topics) {
        if !plan.partitions.contains_key(topic) {
            let view = client.topic(topic, true, timeout).await;
            let view = view.map_err(|error| error.context("output"))?;
            plan.partitions.insert(topic.clone(), i32::try_from(view.partitions.len()).unwrap_or(i32::MAX));
        }
    }
    Ok(plan)
}

fn spawn(shared: Arc<Shared>, at: usize) -> Result<oneshot::Receiver<()>> {
    let (ended, receiver) = oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    let name = format!("{}-{}", shared.opener.topology.application_id(), at + 1);
    let run = move || {
        runtime.block_on(async {
            let outcome = match Runner::new(Arc::clone(&shared), at) {
                Ok(runner) => runner.run().await,
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                shared.progress.fail(error);
            }
        });
        let _ = ended.send(());
    };
    let spawned = std::thread::Builder::new().name(name).spawn(run);
    spawned
        .map_err(|error| Error::new(ErrorKind::Internal, "a thread cannot be started").with_source(error))?;
    Ok(receiver)
}

/// An application that runs. Dropping it stops it as [`stop`](Self::stop) does, without waiting.
pub struct RunningStreams {
    shared: Arc<Shared>,
    client: Client,
    threads: Vec<oneshot::Receiver<()>>,
    started: Instant,
}

impl std::fmt::Debug for RunningStreams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningStreams")
            .field("topology", &self.shared.opener.topology)
            .finish_non_exhaustive()
    }
}

impl Drop for RunningStreams {
    fn drop(&mut self) {
        self.shared.progress.stop();
    }
}

impl RunningStreams {
    /// What the tasks of this process have done so far; a task's numbers are at most a commit interval old.
    pub fn summary(&self) -> Summary {
        let tasks = self.shared.metrics.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Summary { tasks, elapsed: self.started.elapsed() }
    }

    /// How many tasks run in this process now.
    pub fn running_tasks(&self) -> usize {
        self.shared.progress.count_running()
    }

    /// How many tasks the application has in all its processes.
    pub fn tasks(&self) -> usize {
        self.shared.opener.plan.tasks.len()
    }

    /// Lets the run end once all inputs are processed up to `ends`: then windows close, everything drains, and
    /// [`wait`](Self::wait) returns. Partitions of input topics that are not named end where they are now. All tasks must
    /// run in this process.
    ///
    /// # Errors
    /// When the cluster does not say where the inputs end.
    pub async fn finish(&self, mut ends: BTreeMap<TopicPartition, i64>) -> Result<()> {
        let plan = &self.shared.opener.plan;
        let subs = self.shared.opener.topology.subtopologies();
        let repartition: BTreeSet<&String> = subs.iter().flat_map(|sub| &sub.repartition_sources).collect();
        let inputs = plan.tasks.iter().flat_map(|(id, topics)| {
            let external = topics.iter().filter(|topic| !repartition.contains(topic));
            external.map(|topic| TopicPartition::new(topic.as_str(), id.partition))
        });
        let unnamed: BTreeSet<TopicPartition> = inputs.filter(|name| !ends.contains_key(name)).collect();
        let unnamed: Vec<TopicPartition> = unnamed.into_iter().collect();
        ends.extend(Admin::new(&self.client).list_offsets(&unnamed, OffsetSpec::Latest).await?);
        self.shared.progress.set_ends(ends);
        Ok(())
    }

    /// Waits until the run ends by itself: finished, or failed.
    ///
    /// # Errors
    /// What made a task fail.
    pub async fn wait(mut self) -> Result<Summary> {
        self.ended().await;
        self.outcome()
    }

    /// Commits what is processed and stops.
    ///
    /// # Errors
    /// What made a task fail.
    pub async fn stop(mut self) -> Result<Summary> {
        self.shared.progress.stop();
        self.ended().await;
        self.outcome()
    }

    /// Waits until the run has ended by itself, finished or failed; [`stop`](Self::stop) or [`wait`](Self::wait) says
    /// which.
    pub async fn ended(&mut self) {
        for thread in &mut self.threads {
            // An error means that the thread is gone, which is what is waited for.
            let _ = thread.await;
        }
        self.threads.clear();
    }

    fn outcome(&self) -> Result<Summary> {
        match self.shared.progress.take_failure() {
            Some(error) => Err(error),
            None => Ok(self.summary()),
        }
    }
}
