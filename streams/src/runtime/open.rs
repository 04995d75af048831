//! Opens a task: takes it over from whoever had it, finds out where it stands, restores its stores, and puts together
//! what it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::client::{
    Admin, Client, CommittedOffset, Consumer, ConsumerConfig, OffsetReset, OffsetSpec, Producer,
    ProducerConfig, TopicPartition,
};
use riverrun_core::random::{Random, SystemRandom};
use riverrun_core::{Error, ErrorKind, Result};

use super::config::{Guarantee, StateDir, StreamsConfig};
use super::hosted::{Hosted, Parts};
use super::ledger;
use super::note::{self, Numbers};
use super::plan::{Plan, TaskId};
use crate::state::{Backend, Changelog, MemoryBackend, StateError, StoreSpec};
use crate::task::{Scope, Task, TaskConfig, position_key};
use crate::topology::{self, NodeKind, Topology};

/// Restored records that are made durable at once.
const RESTORE_COMMIT_RECORDS: usize = 50_000;

/// Where the stores of all tasks live.
#[derive(Clone)]
pub(super) enum Home {
    Memory,
    #[cfg(feature = "fjall")]
    Folder(crate::state::FjallBackend),
}

impl Home {
    pub(super) fn open(state: &StateDir) -> Result<Home> {
        match state {
            StateDir::Memory => Ok(Home::Memory),
            #[cfg(feature = "fjall")]
            StateDir::Folder(folder) => {
                let backend =
                    std::fs::create_dir_all(folder).map_err(|error| error.to_string()).and_then(|()| {
                        crate::state::FjallBackend::open(folder).map_err(|error| error.to_string())
                    });
                backend.map(Home::Folder).map_err(|error| {
                    let text = format!(
                        "state folder '{}' cannot be opened: {error}; another process may have it, or choose another one \
                         (state.dir)",
                        folder.display()
                    );
                    Error::new(ErrorKind::Invalid, text)
                })
            }
            #[cfg(not(feature = "fjall"))]
            StateDir::Folder(folder) => Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "state folder '{}': this build has no stores on disk (feature fjall)",
                    folder.display()
                ),
            )),
        }
    }

    #[cfg_attr(not(feature = "fjall"), expect(unused_variables, reason = "stores in memory have no names"))]
    fn task(&self, id: TaskId) -> Box<dyn Backend> {
        match self {
            Home::Memory => Box::<MemoryBackend>::default(),
            #[cfg(feature = "fjall")]
            Home::Folder(backend) => Box::new(backend.task(&id.to_string())),
        }
    }

    /// A name for this folder, made up once and kept in it.
    pub(super) fn instance(&self) -> Result<Option<String>> {
        if matches!(self, Home::Memory) {
            return Ok(None);
        }
        const NAME: &[u8] = b"instance";
        let id = TaskId { subtopology: u32::MAX, partition: -1 };
        let state = |error: StateError| state_failure(id, &error);
        let mut entries = self.task(id);
        if let Some(name) = entries.meta(NAME).map_err(state)? {
            return Ok(Some(String::from_utf8_lossy(&name).into_owned()));
        }
        let name = format!("{:032x}", u128::from_be_bytes(SystemRandom::new().uuid()));
        let write = (Bytes::from_static(NAME), Some(Bytes::from(name.clone())));
        entries.commit(Vec::new(), vec![write]).map_err(state)?;
        Ok(Some(name))
    }
}

/// Records of a changelog that a store lacks.
struct Missing {
    store: String,
    from: i64,
    to: i64,
    /// Whether a source topic serves as changelog.
    is_source: bool,
}

/// What all tasks of a process are opened with.
pub(super) struct Opener {
    pub(super) client: Client,
    pub(super) topology: Topology,
    pub(super) plan: Arc<Plan>,
    pub(super) config: StreamsConfig,
    pub(super) home: Home,
}

/// Where a task stands as it is opened.
#[derive(Default)]
struct Standing {
    /// Up to where the stores on disk hold each changelog.
    ends: BTreeMap<TopicPartition, i64>,
    /// The positions of the inputs that the stores on disk are of.
    local: BTreeMap<String, i64>,
    /// Where each input begins.
    begins: BTreeMap<String, i64>,
    /// What was committed beside the positions.
    numbers: Option<Numbers>,
    /// Whether others have gone on since this process committed to its disk.
    overtaken: bool,
    /// Whether the application has been at work before.
    resumed: bool,
}

impl Opener {
    /// Opens a task. `committed` looks up the group's offsets of its inputs, once that gives the last word.
    pub(super) async fn open<F>(
        &self,
        id: TaskId,
        committed: impl FnOnce(&[TopicPartition]) -> F,
        now_ms: i64,
    ) -> Result<Hosted>
    where
        F: Future<Output = Result<BTreeMap<TopicPartition, CommittedOffset>>>,
    {
        let opened = self.open_task(id, committed, now_ms).await;
        opened.map_err(|error| error.context(format_args!("opening task {id}")))
    }

    async fn open_task<F>(
        &self,
        id: TaskId,
        committed: impl FnOnce(&[TopicPartition]) -> F,
        now_ms: i64,
    ) -> Result<Hosted>
    where
        F: Future<Output = Result<BTreeMap<TopicPartition, CommittedOffset>>>,
    {
        let admin = Admin::new(&self.client);
        let producer = self.producer(id).await?;
        let committed = committed(&self.inputs(id).collect::<Vec<_>>()).await?;
        let backend = self.home.task(id);
        let standing = self.standing(id, &*backend, &admin, &committed).await?;
        let task_config = TaskConfig {
            max_task_idle_ms: self.config.max_task_idle_ms,
            partitions: self.plan.partitions.clone(),
            cache_max_bytes: self.config.cache_max_bytes,
            ..TaskConfig::default()
        };
        let scope = Scope::Subtopology(id.subtopology);
        let mut task = Task::open(&self.topology, scope, id.partition, backend, &task_config)?;
        self.restore(id, &mut task, &standing, &admin).await?;
        for (topic, begin) in &standing.begins {
            task.set_position(topic, *begin);
        }
        if let Some(numbers) = &standing.numbers {
            task.set_numbers(numbers);
        }
        let first: Vec<_> =
            self.inputs(id).filter(|input| self.config.load_first.contains(&*input.topic)).collect();
        let loading = admin.list_offsets(&first, OffsetSpec::Latest).await?;
        let parts = Parts {
            id,
            task,
            producer,
            changelogs: self.changelogs(id),
            partitions: self.plan.partitions.clone(),
            begins: standing.begins,
            loading: loading.into_iter().map(|(name, end)| (name.topic.to_string(), end)).collect(),
        };
        let mut hosted = Hosted::new(&self.client, parts);
        hosted.start(now_ms)?;
        Ok(hosted)
    }

    /// The task's own producer. Under exactly-once whoever had the task before is fenced when this returns, and what it
    /// had begun is committed or aborted: offsets and changelogs have no more to come.
    async fn producer(&self, id: TaskId) -> Result<Producer> {
        let mut config = ProducerConfig { idempotence: true, ..self.config.producer.clone() };
        if self.config.guarantee == Guarantee::AtLeastOnce {
            return Producer::new(&self.client, config);
        }
        config.transactional_id = Some(format!("{}-{id}", self.topology.application_id()));
        let producer = Producer::new(&self.client, config)?;
        producer.init_transactions().await?;
        Ok(producer)
    }

    /// The partitions that a task reads.
    fn inputs(&self, id: TaskId) -> impl Iterator<Item = TopicPartition> + '_ {
        let topics = self.plan.tasks.get(&id).into_iter().flatten();
        topics.map(move |topic| TopicPartition::new(topic.as_str(), id.partition))
    }

    async fn standing(
        &self,
        id: TaskId,
        backend: &dyn Backend,
        admin: &Admin,
        committed: &BTreeMap<TopicPartition, CommittedOffset>,
    ) -> Result<Standing> {
        let state = |error: StateError| state_failure(id, &error);
        let mut standing = Standing { ends: ledger::ends(backend).map_err(state)?, ..Standing::default() };
        for name in self.inputs(id) {
            let position = backend.meta(&position_key(&name.topic)).map_err(state)?;
            if let Some(position) = position.and_then(ledger::number) {
                standing.local.insert(name.topic.to_string(), position);
            }
        }
        let of_group = |topic: &str| {
            let name = TopicPartition::new(topic, id.partition);
            committed.get(&name).map(|committed| committed.offset)
        };
        let ahead = |name: &TopicPartition| {
            let local = standing.local.get(&*name.topic);
            of_group(&name.topic).is_some_and(|at| local.is_none_or(|here| at > *here))
        };
        standing.overtaken = self.inputs(id).any(|name| ahead(&name));
        standing.resumed = !committed.is_empty() || !standing.local.is_empty();
        // In a transaction the offsets have the last word. Without, they follow what is committed on disk.
        let group_counts = match self.config.guarantee {
            Guarantee::ExactlyOnce => !committed.is_empty(),
            Guarantee::AtLeastOnce => standing.overtaken,
        };
        if group_counts {
            standing.numbers = note::detach(committed)?;
        }
        for name in self.inputs(id) {
            let topic = name.topic.to_string();
            let local = standing.local.get(&topic).copied();
            let known = if group_counts { of_group(&topic).or(local) } else { local };
            let begin = match known {
                Some(begin) => begin,
                None => self.first_offset(admin, &topic, id.partition).await?,
            };
            standing.begins.insert(topic, begin);
        }
        Ok(standing)
    }

    /// Where an input begins that nobody has read yet.
    async fn first_offset(&self, admin: &Admin, topic: &str, partition: i32) -> Result<i64> {
        let sources = self.topology.nodes().iter().zip(0..).filter_map(|(node, at)| match &node.kind {
            NodeKind::Source { reset, .. } => Some((crate::operator::NodeId(at), *reset)),
            _ => None,
        });
        let mut sources =
            sources.filter(|(id, _)| self.topology.source_topics(*id).iter().any(|name| name == topic));
        let spec =
            match sources.next().and_then(|(_, reset)| reset).unwrap_or(topology::OffsetReset::Earliest) {
                topology::OffsetReset::Earliest => OffsetSpec::Earliest,
                topology::OffsetReset::Latest => OffsetSpec::Latest,
                topology::OffsetReset::None => {
                    let text = format!(
                        "no position is known for {topic}-{partition}, and its source says to fail then"
                    );
                    return Err(Error::new(ErrorKind::NotFound, text));
                }
            };
        let name = TopicPartition::new(topic, partition);
        let found = admin.list_offsets(std::slice::from_ref(&name), spec).await?;
        Ok(found.get(&name).copied().unwrap_or(0))
    }

    /// The stores of a task.
    fn stores(&self, id: TaskId) -> impl Iterator<Item = &StoreSpec> {
        let subs = self.topology.subtopologies().iter().filter(move |sub| sub.id == id.subtopology);
        subs.flat_map(|sub| &sub.stores).map(|store| &*self.topology.stores()[store.0 as usize])
    }

    /// The changelog partitions that a task writes.
    fn changelogs(&self, id: TaskId) -> BTreeSet<TopicPartition> {
        let own = self.stores(id).filter(|spec| matches!(spec.changelog, Changelog::Topic(_)));
        let topics = own.filter_map(|spec| self.topology.changelog_topic(spec));
        topics.map(|topic| TopicPartition::new(topic, id.partition)).collect()
    }

    /// Brings the stores to where the inputs begin.
    async fn restore(&self, id: TaskId, task: &mut Task, standing: &Standing, admin: &Admin) -> Result<()> {
        if !standing.resumed {
            return Ok(());
        }
        let mut missing = BTreeMap::new();
        for spec in self.stores(id) {
            let Some(topic) = self.topology.changelog_topic(spec) else { continue };
            let name = TopicPartition::new(topic.as_str(), id.partition);
            let latest = admin.list_offsets(std::slice::from_ref(&name), OffsetSpec::Latest).await?;
            let latest = latest.get(&name).copied().unwrap_or(0);
            let (stored, to) = match &spec.changelog {
                // The source itself serves as changelog: what is not processed yet is not part of the state.
                Changelog::Source(_) => {
                    let begin = standing.begins.get(&topic).copied().unwrap_or(latest);
                    (standing.local.get(&topic).copied(), begin.min(latest))
                }
                // Without transactions, nobody knows what of a lost epoch is in there; it is computed again.
                _ if self.config.guarantee == Guarantee::AtLeastOnce
                    && spec.persistent
                    && !standing.overtaken =>
                {
                    continue;
                }
                _ => (standing.ends.get(&name).copied(), latest),
            };
            // Memory begins with nothing.
            let from = stored.filter(|_| spec.persistent).unwrap_or(0);
            if from > to && from > latest {
                let text = format!(
                    "the state folder has changelog {name} up to offset {from}, but it ends at {latest}: the topic was made                      anew; remove the state folder, or reset the application"
                );
                return Err(Error::new(ErrorKind::NotFound, text));
            }
            if from < to {
                let is_source = matches!(spec.changelog, Changelog::Source(_));
                missing.insert(name, Missing { store: spec.name.clone(), from, to, is_source });
            }
        }
        self.replay(id, task, missing, admin).await?;
        let position = |(topic, at): (&String, &i64)| (position_key(topic), Some(ledger::value(*at)));
        task.commit_restored(standing.begins.iter().map(position).collect())
    }

    async fn replay(
        &self,
        id: TaskId,
        task: &mut Task,
        mut missing: BTreeMap<TopicPartition, Missing>,
        admin: &Admin,
    ) -> Result<()> {
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<TopicPartition> = missing.keys().cloned().collect();
        let earliest = admin.list_offsets(&names, OffsetSpec::Earliest).await?;
        let config = ConsumerConfig {
            max_poll_records: 10_000,
            // Up to the end, whatever lies there: what is still open there is waited for.
            isolation_level: self.config.isolation_level(),
            auto_offset_reset: OffsetReset::Earliest,
            fetch_max_wait: Duration::from_millis(50),
            ..ConsumerConfig::default()
        };
        let mut consumer = Consumer::new(&self.client, config)?;
        consumer.assign(&names)?;
        for (name, Missing { from, .. }) in &missing {
            consumer.seek(name, (*from).max(earliest.get(name).copied().unwrap_or(0)))?;
        }
        let (mut restored, mut since_commit) = (0_usize, 0);
        while !missing.is_empty() {
            let polled = consumer.poll(Duration::from_millis(50)).await?;
            for part in polled.partitions {
                let Some(Missing { store, to, .. }) = missing.get(&part.topic_partition()) else { continue };
                for record in part.records.iter().filter(|record| record.offset < *to) {
                    let Some(key) = &record.key else { continue };
                    task.restore(store, key, record.value.as_ref(), record.timestamp)?;
                    restored += 1;
                    since_commit += 1;
                }
            }
            let positions = consumer.positions();
            let stands = |name: &TopicPartition, one: &Missing| {
                let at = positions.get(name).copied().unwrap_or(one.from).min(one.to);
                match one.is_source {
                    true => (position_key(&name.topic), Some(ledger::value(at))),
                    false => ledger::end(name, at),
                }
            };
            let whole =
                |name: &TopicPartition, one: &Missing| positions.get(name).is_some_and(|at| *at >= one.to);
            let is_done = missing.iter().any(|(name, one)| whole(name, one));
            // Each commit says how far it is, so that a restore that is cut short goes on there.
            if is_done || since_commit >= RESTORE_COMMIT_RECORDS {
                task.commit_restored(missing.iter().map(|(name, one)| stands(name, one)).collect())?;
                since_commit = 0;
            }
            if is_done {
                missing.retain(|name, one| !whole(name, one));
                consumer.assign(&missing.keys().cloned().collect::<Vec<_>>())?;
            }
        }
        if restored > 0 {
            tracing::info!(task = %id, records = restored, "restored the stores from their changelogs");
        }
        Ok(())
    }
}

/// A failure of a task's folder outside of the task itself.
fn state_failure(id: TaskId, error: &StateError) -> Error {
    Error::new(ErrorKind::Internal, format!("task {id}: {error}"))
}
