//! Runs a pipeline: topics, tables, streams, continuous queries, sinks, in this order, until all is done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use riverrun_connectors::api::{Boundedness, ConnectorError, TopicPartition};
use riverrun_connectors::runtime::{
    Counters, Log, OffsetStore, Outcome, RestartPolicy, SinkInput, SinkWorker, SourceWorker, Stop,
    StopHandle, TopicSpec, supervise_sink, supervise_source,
};
use riverrun_core::{Error, Result};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::build::{BuiltSink, BuiltSource, Pipeline};
use super::cluster::{Cluster, sink_name};
use super::config::Role;
use super::home::Home;
use super::problem::{Gathered, Problems};
use super::sql::{Query, Views};
use super::status::{Phase, Status};
use super::summary::{Counted, Summary};

/// Where the positions of all sources are: one compacted topic for all pipelines of a cluster.
pub(super) const OFFSETS_TOPIC: &str = "riverrun.connect.offsets";

/// How a pipeline is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How long to wait between two commits.
    pub commit_interval: Duration,
    /// How failed tasks are started again.
    pub restarts: RestartPolicy,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions { commit_interval: Duration::from_secs(1), restarts: RestartPolicy::default() }
    }
}

/// Asks a running pipeline to stop. Clones ask the same pipeline.
#[derive(Clone, Debug)]
pub struct Stopper {
    handle: Arc<StopHandle>,
    stop: Stop,
}

impl Default for Stopper {
    fn default() -> Self {
        let (handle, stop) = StopHandle::new();
        Stopper { handle: Arc::new(handle), stop }
    }
}

impl Stopper {
    /// Asks for a graceful stop: what was done is committed, and nothing more is begun.
    pub fn stop(&self) {
        self.handle.stop();
    }

    /// Waits until a stop is asked for.
    pub(super) async fn asked(&self) {
        self.stop.clone().asked().await;
    }
}

/// Runs `pipeline` on `cluster` until all its sources have ended and everything is drained, or until `stopper` asks.
///
/// # Errors
/// The first failure of a source, a query or a sink; the others are stopped first.
pub async fn run(
    pipeline: Pipeline,
    cluster: &Cluster,
    home: &Home,
    options: RunOptions,
    status: Status,
    stopper: Stopper,
) -> Result<Summary> {
    run_on(pipeline, cluster.log()?, Some((cluster, home)), options, status, stopper).await
}

/// Runs a pipeline on any log. Views need a cluster, and a home for their state.
pub(super) async fn run_on(
    mut pipeline: Pipeline,
    log: Arc<dyn Log>,
    views_at: Option<(&Cluster, &Home)>,
    options: RunOptions,
    status: Status,
    stopper: Stopper,
) -> Result<Summary> {
    let started = Instant::now();
    let secrets = std::mem::take(&mut pipeline.secrets);
    let mut run = Run { pipeline, log, views_at, options, status, stopper, counted: Counted::default() };
    let finished = run.drive().await.map_err(|error| {
        // A connector's message may hold what a placeholder stood for.
        Error::new(error.kind(), secrets.redact(&error.chain()))
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let mut summary = Summary::new(run.pipeline.name(), finished, &run.status, run.counted, seconds);
    summary.results = run.pipeline.sinks.iter().map(|sink| secrets.redact(&sink.sink.target())).collect();
    Ok(summary)
}

struct Run<'a> {
    pipeline: Pipeline,
    log: Arc<dyn Log>,
    views_at: Option<(&'a Cluster, &'a Home)>,
    options: RunOptions,
    status: Status,
    stopper: Stopper,
    counted: Counted,
}

/// A task of a connector that runs.
type Tasks = JoinSet<Outcome>;

impl Run<'_> {
    /// Whether it came to its end.
    async fn drive(&mut self) -> Result<bool> {
        let queries = self.make_topics().await?;
        self.status.enter(Phase::Tables);
        let (mut tables, mut tasks) = (Tasks::new(), Tasks::new());
        for source in self.pipeline.sources.iter().filter(|source| source.spec.role == Role::Table) {
            let into = match source.source.boundedness() {
                Boundedness::Bounded => &mut tables,
                Boundedness::Unbounded => &mut tasks,
            };
            self.start_source(source, into).await?;
        }
        if !self.ended(&mut tables).await? {
            return Ok(false);
        }
        self.status.enter(Phase::Streams);
        let views = self.start_views(queries).await?;
        for source in self.pipeline.sources.iter().filter(|source| source.spec.role == Role::Stream) {
            self.start_source(source, &mut tasks).await?;
        }
        if self.pipeline.is_bounded() {
            self.bounded(tasks, views).await
        } else {
            self.unbounded(tasks, views).await
        }
    }

    /// One after the other: the sources end, the views close, the sinks write what there is.
    async fn bounded(&mut self, mut sources: Tasks, views: Option<Views>) -> Result<bool> {
        let sources_ended = self.ended(&mut sources).await;
        if let Some(views) = views {
            if matches!(sources_ended, Ok(true)) {
                self.status.enter(Phase::Closing);
                let stopper = self.stopper.clone();
                tokio::select! {
                    counted = views.finish() => self.counted = counted?,
                    // Dropped, the views stop where they are; the next run goes on from their last commit.
                    () = stopper.asked() => return Ok(false),
                }
            } else {
                self.counted = views.stop().await?;
            }
        }
        if !sources_ended? {
            return Ok(false);
        }
        self.status.enter(Phase::Sinks);
        let mut sinks = Tasks::new();
        for sink in &self.pipeline.sinks {
            let input = SinkInput::Bounded(self.ends_of(sink).await?);
            self.start_sink(sink, input, &mut sinks)?;
        }
        let finished = self.ended(&mut sinks).await?;
        if finished {
            self.status.enter(Phase::Done);
        }
        Ok(finished)
    }

    /// All at once, until it is stopped.
    async fn unbounded(&mut self, mut tasks: Tasks, views: Option<Views>) -> Result<bool> {
        for sink in &self.pipeline.sinks {
            self.start_sink(sink, SinkInput::Unbounded, &mut tasks)?;
        }
        let Some(views) = views else { return self.ended(&mut tasks).await };
        let stopper = self.stopper.clone();
        let (ended, counted) = tokio::join!(self.ended(&mut tasks), views.run_until(&stopper));
        self.counted = counted?;
        ended
    }

    /// Makes the topics that are missing, and plans the views over them.
    async fn make_topics(&self) -> Result<Vec<Query>> {
        let mut partitions = BTreeMap::new();
        for source in &self.pipeline.sources {
            let topic = &source.spec.topic;
            partitions.insert(topic.name.clone(), self.log.ensure_topic(topic).await?.partitions);
        }
        if let Some(name) = &self.pipeline.file.errors.dead_letter {
            let spec = TopicSpec { name: name.clone(), partitions: 1, configs: BTreeMap::new() };
            self.log.ensure_topic(&spec).await?;
        }
        if let Some((cluster, _)) = self.views_at {
            cluster.add_topics(&mut partitions).await?;
        }
        let mut problems = Gathered::default();
        let file = &self.pipeline.file;
        let plan = super::sql::plan(file, &self.pipeline.known, &partitions, &mut problems).await;
        if !problems.0.is_empty() {
            return Err(Problems::new(&file.path.display().to_string(), problems.0).into());
        }
        for topic in &plan.topics {
            self.log.ensure_topic(topic).await?;
        }
        Ok(plan.queries)
    }

    async fn start_views(&self, queries: Vec<Query>) -> Result<Option<Views>> {
        let Some((cluster, home)) = self.views_at.filter(|_| !queries.is_empty()) else { return Ok(None) };
        let is_table = |source: &&BuiltSource| source.spec.role == Role::Table;
        let tables: Vec<String> = self
            .pipeline
            .sources
            .iter()
            .filter(is_table)
            .map(|source| source.spec.topic.name.clone())
            .collect();
        Ok(Some(Views::start(queries, cluster, &home.folder().join("state"), &tables).await?))
    }

    async fn start_source(&self, built: &BuiltSource, tasks: &mut Tasks) -> Result<()> {
        let connector = format!("{}.{}", self.pipeline.name(), built.spec.name);
        let offsets = OffsetStore::open(Arc::clone(&self.log), OFFSETS_TOPIC, &connector).await?;
        let made = built.source.tasks(built.tasks_max).map_err(ConnectorError::into_error)?;
        let counters: Vec<Arc<Counters>> = made.iter().map(|_| Arc::default()).collect();
        self.status.add_source(&built.spec.name, counters.clone());
        for (number, (mut task, counters)) in (0..).zip(made.into_iter().zip(counters)) {
            let worker = SourceWorker {
                connector: connector.clone(),
                kind: built.source.kind(),
                task: number,
                log: Arc::clone(&self.log),
                offsets: offsets.clone(),
                topics: vec![built.spec.topic.clone()],
                errors: built.errors.clone(),
                commit_interval: self.options.commit_interval,
                counters,
            };
            let (restarts, stop) = (self.options.restarts, self.stopper.stop.clone());
            tasks.spawn(async move { supervise_source(&worker, &mut *task, restarts, stop).await });
        }
        Ok(())
    }

    fn start_sink(&self, built: &BuiltSink, input: SinkInput, tasks: &mut Tasks) -> Result<()> {
        let bounded = matches!(input, SinkInput::Bounded(_));
        let mut task = built.sink.task(bounded).map_err(ConnectorError::into_error)?;
        let counters: Arc<Counters> = Arc::default();
        self.status.add_sink(&built.spec.name, vec![Arc::clone(&counters)]);
        let worker = SinkWorker {
            connector: sink_name(&self.pipeline, built),
            kind: built.sink.kind(),
            task: 0,
            log: Arc::clone(&self.log),
            topics: built.spec.topics.iter().map(|(name, _)| name.clone()).collect(),
            input,
            total_order: built.sink.wants_total_order(),
            errors: built.errors.clone(),
            commit_interval: self.options.commit_interval,
            counters,
        };
        let (restarts, stop) = (self.options.restarts, self.stopper.stop.clone());
        tasks.spawn(async move { supervise_sink(&worker, &mut *task, restarts, stop).await });
        Ok(())
    }

    /// Where the topics of a sink end now.
    async fn ends_of(&self, sink: &BuiltSink) -> Result<BTreeMap<TopicPartition, i64>> {
        let mut ends = BTreeMap::new();
        for (name, _) in &sink.spec.topics {
            let topic: Arc<str> = name.as_str().into();
            for (partition, end) in (0..).zip(self.log.end_offsets(name).await?) {
                ends.insert(TopicPartition { topic: Arc::clone(&topic), partition }, end);
            }
        }
        Ok(ends)
    }

    /// Waits for all tasks; `false` if they were stopped. The first failure stops the others.
    async fn ended(&self, tasks: &mut Tasks) -> Result<bool> {
        let mut failure = None;
        let mut finished = true;
        while let Some(outcome) = tasks.join_next().await {
            let error = match outcome {
                Ok(Outcome::Finished) => continue,
                Ok(Outcome::Stopped) => {
                    finished = false;
                    continue;
                }
                Ok(Outcome::Failed(error)) => error,
                Err(panicked) => {
                    let message = "a task ended in a way that it must not; report it";
                    Error::new(riverrun_core::ErrorKind::Internal, message).with_source(panicked)
                }
            };
            self.stopper.stop();
            failure.get_or_insert(error);
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(finished),
        }
    }
}
