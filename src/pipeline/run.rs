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
use super::cluster::Cluster;
use super::config::Role;
use super::home::Home;
use super::status::{Phase, Status};
use super::summary::Summary;

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
    run_on(pipeline, cluster.log()?, options, status, stopper).await
}

/// Runs a pipeline on any log.
pub(super) async fn run_on(
    mut pipeline: Pipeline,
    log: Arc<dyn Log>,
    options: RunOptions,
    status: Status,
    stopper: Stopper,
) -> Result<Summary> {
    let started = Instant::now();
    let secrets = std::mem::take(&mut pipeline.secrets);
    let run = Run { pipeline, log, options, status, stopper };
    let finished = run.to_the_end().await.map_err(|error| {
        // A connector's message may hold what a placeholder stood for.
        Error::new(error.kind(), secrets.redact(&error.chain()))
    })?;
    let mut summary =
        Summary::new(run.pipeline.name(), finished, &run.status, 0, started.elapsed().as_secs_f64());
    summary.results = run.pipeline.sinks.iter().map(|sink| secrets.redact(&sink.sink.target())).collect();
    Ok(summary)
}

struct Run {
    pipeline: Pipeline,
    log: Arc<dyn Log>,
    options: RunOptions,
    status: Status,
    stopper: Stopper,
}

/// A task of a connector that runs.
type Tasks = JoinSet<Outcome>;

impl Run {
    /// Whether it came to its end.
    async fn to_the_end(&self) -> Result<bool> {
        self.make_topics().await?;
        let is_bounded = self.pipeline.is_bounded();
        self.status.enter(Phase::Tables);
        let (mut tables, mut sources, mut sinks) = (Tasks::new(), Tasks::new(), Tasks::new());
        for source in self.pipeline.sources.iter().filter(|source| source.spec.role == Role::Table) {
            let into = match source.source.boundedness() {
                Boundedness::Bounded => &mut tables,
                Boundedness::Unbounded => &mut sources,
            };
            self.start_source(source, into).await?;
        }
        if !self.ended(&mut tables).await? {
            return Ok(false);
        }
        self.status.enter(Phase::Streams);
        for source in self.pipeline.sources.iter().filter(|source| source.spec.role == Role::Stream) {
            self.start_source(source, &mut sources).await?;
        }
        if is_bounded {
            if !self.ended(&mut sources).await? {
                return Ok(false);
            }
            self.status.enter(Phase::Sinks);
            for sink in &self.pipeline.sinks {
                let input = SinkInput::Bounded(self.ends_of(sink).await?);
                self.start_sink(sink, input, &mut sinks)?;
            }
        } else {
            for sink in &self.pipeline.sinks {
                self.start_sink(sink, SinkInput::Unbounded, &mut sources)?;
            }
            return self.ended(&mut sources).await;
        }
        let finished = self.ended(&mut sinks).await?;
        if finished {
            self.status.enter(Phase::Done);
        }
        Ok(finished)
    }

    async fn make_topics(&self) -> Result<()> {
        for source in &self.pipeline.sources {
            self.log.ensure_topic(&source.spec.topic).await?;
        }
        let errors = &self.pipeline.file.errors;
        for name in errors.dead_letter.iter().chain(&errors.late) {
            let spec = TopicSpec { name: name.clone(), partitions: 1, configs: BTreeMap::new() };
            self.log.ensure_topic(&spec).await?;
        }
        Ok(())
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
                boundedness: built.source.boundedness(),
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
            connector: format!("{}.{}", self.pipeline.name(), built.spec.name),
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
