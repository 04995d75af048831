//! A thread that runs tasks: polls, processes, sends, commits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::{join_all, try_join_all};
use riverrun_core::client::consumer::assignor::Assignor;
use riverrun_core::client::{
    Admin, Consumer, ConsumerConfig, ConsumerEvent, ConsumerRecords, OffsetReset, TopicPartition,
};
use riverrun_core::clock::Clock;
use riverrun_core::{Error, ErrorKind, Result};
use tokio::time::Instant;

use super::assignor::{LocalTasks, TaskAssignor};
use super::config::Guarantee;
use super::finish::Progress;
use super::hosted::Hosted;
use super::metrics::TaskMetrics;
use super::open::Opener;
use super::plan::TaskId;

/// How long a thread without work waits for records before it looks around.
const IDLE_WAIT: Duration = Duration::from_millis(20);
/// How often tasks are told the time.
const TICK_INTERVAL: Duration = Duration::from_millis(100);
/// A broker that has not answered for longer may have records that nobody knows of. Answers without records take up
/// to `fetch.max.wait.ms` (500 ms).
const HEARD_WITHIN: Duration = Duration::from_secs(3);
/// How long leaving the group may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long giving up open transactions may take: whoever opens the tasks next does it otherwise.
const ABANDON_TIMEOUT: Duration = Duration::from_secs(5);
/// Failures that pass, without a commit between them, before the application fails.
const FAILURES_MAX: u32 = 10;
/// How much longer to wait after each of them.
const RECOVERY_WAIT: Duration = Duration::from_millis(100);
/// Records of one poll.
const POLL_RECORDS: usize = 10_000;

/// What the threads of an application share.
pub(super) struct Shared {
    pub(super) opener: Opener,
    pub(super) progress: Progress,
    pub(super) local: LocalTasks,
    /// What this process is called in the group, the same at every start over the same state folder: so a process that
    /// was killed takes its place again at once.
    pub(super) instance: Option<String>,
    pub(super) metrics: Mutex<BTreeMap<TaskId, TaskMetrics>>,
    pub(super) clock: Arc<dyn Clock>,
}

/// One thread's consumer and tasks.
pub(super) struct Runner {
    shared: Arc<Shared>,
    consumer: Consumer,
    tasks: BTreeMap<TaskId, Hosted>,
    /// Which task reads a partition.
    readers: BTreeMap<TopicPartition, TaskId>,
    paused: BTreeSet<TopicPartition>,
    commit_at: Instant,
    tick_at: Instant,
    /// Failures since the last commit.
    failures: u32,
}

impl Runner {
    /// The runner of the thread with number `at`.
    pub(super) fn new(shared: Arc<Shared>, at: usize) -> Result<Runner> {
        let opener = &shared.opener;
        let group = opener.topology.application_id().to_owned();
        let assignor = TaskAssignor::new(Arc::clone(&opener.plan), Arc::clone(&shared.local));
        let config = ConsumerConfig {
            auto_commit: false,
            max_poll_records: POLL_RECORDS,
            fetch_max_wait: Duration::from_millis(100),
            assignors: vec![Arc::new(assignor) as Arc<dyn Assignor>],
            allow_auto_create_topics: false,
            session_timeout: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(1),
            // Where retention was faster than the application, it goes on with the oldest record that is left.
            auto_offset_reset: OffsetReset::Earliest,
            isolation_level: opener.config.isolation_level(),
            group_instance_id: shared.instance.as_ref().map(|instance| format!("{instance}-{at}")),
            ..ConsumerConfig::group(group)
        };
        let consumer = Consumer::new(&opener.client, config)?;
        let now = Instant::now();
        let mut runner = Runner {
            commit_at: now + opener.config.commit_interval(),
            tick_at: now + TICK_INTERVAL,
            consumer,
            tasks: BTreeMap::new(),
            readers: BTreeMap::new(),
            paused: BTreeSet::new(),
            failures: 0,
            shared,
        };
        runner.subscribe()?;
        Ok(runner)
    }

    /// Runs until everything is done, somebody says stop, or something fails. What can be committed is.
    pub(super) async fn run(mut self) -> Result<()> {
        let mut outcome = self.work().await;
        while let Err(error) = outcome {
            outcome = match self.recover(error).await {
                Ok(()) => self.work().await,
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            };
        }
        if outcome.is_ok() {
            outcome = self.commit(true).await;
        }
        self.drop_tasks().await;
        // The session would end by itself; leaving spares the others the wait.
        let left = self.consumer.close(CLOSE_TIMEOUT).await;
        outcome.and(left)
    }

    /// After a failure that may pass, and where others have taken tasks over: gives all tasks up as they were last
    /// committed, and joins the group anew.
    async fn recover(&mut self, error: Error) -> Result<()> {
        let passes = error.is_retriable() || error.kind() == ErrorKind::Fenced;
        if !passes || self.failures >= FAILURES_MAX || self.shared.progress.is_stopping() {
            return Err(error);
        }
        self.failures += 1;
        tracing::warn!(error = %error.chain(), "the tasks start again from their last commit");
        self.drop_tasks().await;
        self.consumer.unsubscribe();
        tokio::time::sleep(RECOVERY_WAIT * self.failures).await;
        self.subscribe()
    }

    fn subscribe(&mut self) -> Result<()> {
        let topics: BTreeSet<&String> = self.shared.opener.plan.tasks.values().flatten().collect();
        self.consumer.subscribe(&topics.into_iter().collect::<Vec<_>>())
    }

    async fn work(&mut self) -> Result<()> {
        let mut busy = false;
        loop {
            let progress = &self.shared.progress;
            if progress.is_stopping() || progress.is_finished(&self.shared.opener.plan) {
                return Ok(());
            }
            let wait = if busy { Duration::ZERO } else { IDLE_WAIT };
            match self.consumer.next_event(wait).await {
                Ok(ConsumerEvent::Records(records)) => self.feed(records)?,
                Ok(ConsumerEvent::Assigned(assignment)) => self.open(&assignment.partitions).await?,
                Ok(ConsumerEvent::Revoked(_)) => {
                    self.commit(true).await?;
                    self.drop_tasks().await;
                }
                // Others have these already: what was not committed comes again there.
                Ok(ConsumerEvent::Lost(_)) => self.drop_tasks().await,
                Ok(ConsumerEvent::Idle) => {}
                Err(error) if error.is_retriable() => {
                    tracing::warn!(error = %error.chain(), "polling failed, trying again");
                }
                Err(error) => return Err(error),
            }
            busy = self.turn().await?;
        }
    }

    /// Gives every task its turn; says whether there is more to do at once.
    async fn turn(&mut self) -> Result<bool> {
        self.tell_ends()?;
        let now = Instant::now();
        let now_ms = self.shared.clock.now_ms();
        let ticks = now >= self.tick_at;
        if ticks {
            self.tick_at = now + TICK_INTERVAL;
        }
        if ticks {
            self.tell_quiet(now_ms);
        }
        let mut busy = false;
        for task in self.tasks.values_mut() {
            busy |= task.work(now_ms).await? > 0;
            if ticks {
                task.tick(now_ms).await?;
            }
        }
        self.hold_back()?;
        if now >= self.commit_at {
            self.commit_at = now + self.shared.opener.config.commit_interval();
            self.commit(true).await?;
            self.note_metrics();
        } else if self.tasks.values().any(Hosted::wants_commit) {
            self.commit(false).await?;
            self.note_metrics();
        }
        Ok(busy)
    }

    fn feed(&mut self, records: ConsumerRecords) -> Result<()> {
        for part in records.partitions {
            let name = part.topic_partition();
            let end = self.consumer.cached_end(&name);
            let Some(task) = self.readers.get(&name).and_then(|id| self.tasks.get_mut(id)) else { continue };
            let before = task.fed(&part.topic);
            task.feed(&part.topic, part.records, part.next_offset, end)?;
            // What was left out for now is fetched again when its time comes.
            if let Some(fed) = task.fed(&part.topic).filter(|fed| *fed < part.next_offset && before.is_some())
            {
                self.consumer.seek(&name, fed)?;
            }
        }
        Ok(())
    }

    /// Tells tasks where their inputs end: for now as far as brokers told, and for good.
    fn tell_ends(&mut self) -> Result<()> {
        let positions = self.consumer.positions();
        for (name, id) in &self.readers {
            let Some(task) = self.tasks.get_mut(id) else { continue };
            if let Some(end) = self.shared.progress.end(name) {
                task.set_end(&name.topic, end);
            }
            if let Some(position) = positions.get(name) {
                task.pass(&name.topic, *position);
            }
            task.feed_end(&name.topic, self.consumer.cached_end(name))?;
        }
        Ok(())
    }

    /// Tells tasks which of their inputs are caught up.
    fn tell_quiet(&mut self, now_ms: i64) {
        for (name, id) in &self.readers {
            let Some(task) = self.tasks.get_mut(id) else { continue };
            let heard = self.consumer.caught_up(name).is_some_and(|ago| ago <= HEARD_WITHIN);
            task.set_caught_up(&name.topic, heard && !self.paused.contains(name), now_ms);
        }
    }

    /// Fetches no more of inputs of which enough waits, or whose time has not come or is over.
    fn hold_back(&mut self) -> Result<()> {
        let most = self.shared.opener.config.buffered_records;
        for (name, id) in &self.readers {
            let Some(task) = self.tasks.get(id) else { continue };
            let waiting = task.buffered(&name.topic);
            let paused = self.paused.contains(name);
            let pause = task.holds(&name.topic) || waiting > if paused { most / 2 } else { most };
            if pause && !paused {
                self.consumer.pause(std::slice::from_ref(name))?;
                self.paused.insert(name.clone());
            } else if !pause && paused {
                self.consumer.resume(std::slice::from_ref(name))?;
                self.paused.remove(name);
            }
        }
        Ok(())
    }

    async fn open(&mut self, partitions: &[TopicPartition]) -> Result<()> {
        self.drop_tasks().await;
        let shared = Arc::clone(&self.shared);
        let tasks = shared.opener.plan.tasks.iter();
        let mine = tasks.filter(|(id, topics)| {
            topics.iter().any(|topic| partitions.contains(&TopicPartition::new(topic.as_str(), id.partition)))
        });
        let (consumer, now_ms) = (&self.consumer, shared.clock.now_ms());
        let opening =
            mine.map(|(id, _)| shared.opener.open(*id, |inputs| consumer.committed(inputs), now_ms));
        for task in try_join_all(opening).await? {
            for name in task.inputs() {
                if let Some(begin) = task.fed(&name.topic) {
                    self.consumer.seek(&name, begin)?;
                }
                self.readers.insert(name, task.id);
            }
            self.shared.local.lock().unwrap_or_else(PoisonError::into_inner).insert(task.id);
            self.shared.progress.running(task.id, true);
            self.tasks.insert(task.id, task);
        }
        Ok(())
    }

    async fn drop_tasks(&mut self) {
        self.note_metrics();
        let mut tasks = std::mem::take(&mut self.tasks);
        let abandoned = join_all(tasks.values_mut().map(Hosted::abandon));
        let _ = tokio::time::timeout(ABANDON_TIMEOUT, abandoned).await;
        for id in tasks.into_keys() {
            self.shared.progress.running(id, false);
        }
        self.readers.clear();
        self.paused.clear();
    }

    /// Commits the tasks that have something to commit, or only those that cannot wait.
    async fn commit(&mut self, all: bool) -> Result<()> {
        let now_ms = self.shared.clock.now_ms();
        let ready = |task: &Hosted| (all && task.may_commit()) || task.wants_commit();
        let mut chosen: Vec<&mut Hosted> = self.tasks.values_mut().filter(|task| ready(task)).collect();
        if chosen.is_empty() {
            return Ok(());
        }
        for task in &mut chosen {
            task.prepare_commit(now_ms).await?;
        }
        let ids: Vec<TaskId> = chosen.iter().map(|task| task.id).collect();
        let group = self.consumer.group_metadata()?;
        // All of them, so that one that fails does not leave the others half way.
        let outcomes = join_all(chosen.into_iter().map(|task| task.commit(&group))).await;
        outcomes.into_iter().collect::<Result<()>>()?;
        self.failures = 0;
        self.after_commit(&ids).await
    }

    async fn after_commit(&mut self, ids: &[TaskId]) -> Result<()> {
        let mut offsets = BTreeMap::new();
        for id in ids {
            let Some(task) = self.tasks.get(id) else { continue };
            offsets.extend(task.offsets());
            if task.is_done() && !self.shared.progress.is_done(*id) {
                let (opener, metrics) = (&self.shared.opener, task.metrics());
                self.shared.metrics.lock().unwrap_or_else(PoisonError::into_inner).insert(*id, metrics);
                let admin = Admin::new(&opener.client);
                self.shared.progress.done(*id, &opener.topology, &opener.plan, &admin).await?;
            }
        }
        // In a transaction they are committed already.
        if self.shared.opener.config.guarantee == Guarantee::ExactlyOnce {
            return Ok(());
        }
        match self.consumer.commit_offsets(&offsets).await {
            Ok(()) => Ok(()),
            // The task's own commit counts; the group's offsets follow with the next one, or are somebody else's now.
            Err(error) if error.is_retriable() || error.kind() == ErrorKind::Fenced => {
                tracing::warn!(error = %error.chain(), "the group's offsets could not be committed");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn note_metrics(&self) {
        let mut metrics = self.shared.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, task) in &self.tasks {
            metrics.insert(*id, task.metrics());
        }
    }
}
