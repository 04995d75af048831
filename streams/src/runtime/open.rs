//! Opens a task: finds out where it stands, restores its stores, and puts together what it needs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::client::{
    Admin, Client, Consumer, ConsumerConfig, OffsetSpec, Producer, ProducerConfig, TopicPartition,
};
use riverrun_core::random::{Random, SystemRandom};
use riverrun_core::{Error, ErrorKind, Result};

use super::config::{Guarantee, StateDir, StreamsConfig};
use super::hosted::{Hosted, Parts, state_failure};
use super::ledger::{self, Ledger};
use super::plan::{Plan, TaskId};
use crate::state::{Backend, Changelog, MemoryBackend, StateError};
use crate::task::{Scope, Task, TaskConfig, position_key};
use crate::topology::{NodeKind, OffsetReset, Topology};

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
        if !self.lasts() {
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

    /// Whether what is committed outlives the process.
    fn lasts(&self) -> bool {
        !matches!(self, Home::Memory)
    }
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
struct Standing {
    ledger: Ledger,
    /// Where each input begins.
    begins: BTreeMap<String, i64>,
    /// Whether the stores on disk are those of the begins.
    whole: bool,
    /// Whether the application has been at work before.
    resumed: bool,
}

impl Opener {
    /// Opens a task. `committed` are the group's offsets of its inputs.
    pub(super) async fn open(
        &self,
        id: TaskId,
        committed: &BTreeMap<TopicPartition, i64>,
        now_ms: i64,
    ) -> Result<Hosted> {
        let opened = self.open_task(id, committed, now_ms).await;
        opened.map_err(|error| error.context(format_args!("opening task {id}")))
    }

    async fn open_task(
        &self,
        id: TaskId,
        committed: &BTreeMap<TopicPartition, i64>,
        now_ms: i64,
    ) -> Result<Hosted> {
        let mut backend = self.home.task(id);
        let admin = Admin::new(&self.client);
        let standing = self.standing(id, &mut *backend, &admin, committed).await?;
        let entries = self.home.task(id);
        let task_config = TaskConfig {
            max_task_idle_ms: self.config.max_task_idle_ms,
            partitions: self.plan.partitions.clone(),
            cache_max_bytes: self.config.cache_max_bytes,
            ..TaskConfig::default()
        };
        let scope = Scope::Subtopology(id.subtopology);
        let mut task = Task::open(&self.topology, scope, id.partition, backend, &task_config)?;
        self.restore(id, &mut task, &standing, &admin).await?;
        let producer_config = ProducerConfig { idempotence: true, ..self.config.producer.clone() };
        let topics = self.plan.tasks.get(&id).into_iter().flatten();
        let first: Vec<_> = topics
            .filter(|topic| self.config.load_first.contains(*topic))
            .map(|topic| TopicPartition::new(topic.as_str(), id.partition))
            .collect();
        let loading = admin.list_offsets(&first, OffsetSpec::Latest).await?;
        let parts = Parts {
            id,
            task,
            producer: Producer::new(&self.client, producer_config)?,
            outputs: self.outputs(id),
            partitions: self.plan.partitions.clone(),
            begins: standing.begins,
            loading: loading.into_iter().map(|(name, end)| (name.topic.to_string(), end)).collect(),
        };
        let mut hosted = match self.config.guarantee {
            Guarantee::AtLeastOnce => Hosted::new(&self.client, parts),
            Guarantee::ExactlyOnce => {
                // In memory there are no entries to come back to: each run stands by itself.
                let ledger = if self.home.lasts() { standing.ledger } else { Ledger::default() };
                Hosted::exactly_once(&self.client, parts, entries, ledger).await?
            }
        };
        hosted.start(now_ms)?;
        Ok(hosted)
    }

    async fn standing(
        &self,
        id: TaskId,
        backend: &mut dyn Backend,
        admin: &Admin,
        committed: &BTreeMap<TopicPartition, i64>,
    ) -> Result<Standing> {
        let state = |error: StateError| state_failure(id, &error);
        let mut ledger = Ledger::load(backend).map_err(state)?;
        if ledger.restoring {
            backend.wipe().map_err(state)?;
            ledger = Ledger::default();
        }
        let topics: Vec<String> = self.plan.tasks.get(&id).cloned().unwrap_or_default();
        let mut local: BTreeMap<&String, i64> = BTreeMap::new();
        for topic in &topics {
            let bytes = backend.meta(&position_key(topic)).map_err(state)?;
            if let Some(position) =
                bytes.and_then(|bytes| Some(i64::from_be_bytes(bytes[..].try_into().ok()?)))
            {
                local.insert(topic, position);
            }
        }
        let of_group: BTreeMap<&String, i64> = topics
            .iter()
            .filter_map(|topic| {
                Some((topic, *committed.get(&TopicPartition::new(topic.as_str(), id.partition))?))
            })
            .collect();
        // The group's offsets are committed after the local ones: where they are ahead, somebody else was at work.
        let moved = of_group.iter().any(|(topic, at)| local.get(*topic).is_none_or(|here| at > here));
        if moved {
            let mut writes = vec![ledger::restoring(true)];
            writes.extend(of_group.iter().map(|(topic, at)| (position_key(topic), Some(ledger::value(*at)))));
            backend.commit(Vec::new(), writes).map_err(state)?;
            // Changelog ends say how far the stores are; what else was noted is about a run that others have overtaken.
            ledger.producers.clear();
            ledger.intent.clear();
            ledger.last.clear();
        }
        let known = if moved { &of_group } else { &local };
        let mut begins: BTreeMap<String, i64> =
            known.iter().map(|(topic, at)| ((*topic).clone(), *at)).collect();
        for topic in topics.iter().filter(|topic| !known.contains_key(topic)) {
            begins.insert(topic.clone(), self.first_offset(admin, topic, id.partition).await?);
        }
        Ok(Standing {
            begins,
            whole: !moved && !local.is_empty(),
            resumed: moved || !local.is_empty(),
            ledger,
        })
    }

    /// Where an input begins that nobody has read yet.
    async fn first_offset(&self, admin: &Admin, topic: &str, partition: i32) -> Result<i64> {
        let sources = self.topology.nodes().iter().zip(0..).filter_map(|(node, at)| match &node.kind {
            NodeKind::Source { reset, .. } => Some((crate::operator::NodeId(at), *reset)),
            _ => None,
        });
        let mut sources =
            sources.filter(|(id, _)| self.topology.source_topics(*id).iter().any(|name| name == topic));
        let spec = match sources.next().and_then(|(_, reset)| reset).unwrap_or(OffsetReset::Earliest) {
            OffsetReset::Earliest => OffsetSpec::Earliest,
            OffsetReset::Latest => OffsetSpec::Latest,
            OffsetReset::None => {
                let text =
                    format!("no position is known for {topic}-{partition}, and its source says to fail then");
                return Err(Error::new(ErrorKind::NotFound, text));
            }
        };
        let name = TopicPartition::new(topic, partition);
        let found = admin.list_offsets(std::slice::from_ref(&name), spec).await?;
        Ok(found.get(&name).copied().unwrap_or(0))
    }

    /// The partitions that a task may write to, as far as the topology names them.
    fn outputs(&self, id: TaskId) -> Vec<TopicPartition> {
        let Some(sub) = self.topology.subtopologies().iter().find(|sub| sub.id == id.subtopology) else {
            return Vec::new();
        };
        let mut outputs = Vec::new();
        for topic in &sub.sink_topics {
            let count = self.plan.partitions.get(topic).copied().unwrap_or(0);
            outputs.extend((0..count).map(|partition| TopicPartition::new(topic.as_str(), partition)));
        }
        for store in &sub.stores {
            let spec = &self.topology.stores()[store.0 as usize];
            if matches!(spec.changelog, Changelog::Topic(_))
                && let Some(topic) = self.topology.changelog_topic(spec)
            {
                outputs.push(TopicPartition::new(topic, id.partition));
            }
        }
        outputs
    }

    /// Brings the stores to where the inputs begin.
    async fn restore(&self, id: TaskId, task: &mut Task, standing: &Standing, admin: &Admin) -> Result<()> {
        if !standing.resumed {
            return Ok(());
        }
        let Some(sub) = self.topology.subtopologies().iter().find(|sub| sub.id == id.subtopology) else {
            return Ok(());
        };
        let mut wanted: BTreeMap<TopicPartition, (String, i64, i64)> = BTreeMap::new();
        for store in &sub.stores {
            let spec = &self.topology.stores()[store.0 as usize];
            let Some(topic) = self.topology.changelog_topic(spec) else { continue };
            if spec.persistent && standing.whole {
                continue;
            }
            let name = TopicPartition::new(topic.as_str(), id.partition);
            let noted = standing.ledger.ends.get(&name).copied();
            let latest = admin.list_offsets(std::slice::from_ref(&name), OffsetSpec::Latest).await?;
            let latest = latest.get(&name).copied().unwrap_or(0);
            let to = match &spec.changelog {
                // The source itself serves as changelog: what is not processed yet is not part of the state.
                Changelog::Source(_) => standing.begins.get(&topic).copied().unwrap_or(latest).min(latest),
                // What a lost run logged behind its last commit is computed again.
                _ if standing.whole && self.config.guarantee == Guarantee::ExactlyOnce => {
                    noted.unwrap_or(latest)
                }
                _ => latest,
            };
            // A disk that others have overtaken is brought up to date; memory begins with nothing.
            let from = if spec.persistent { noted.unwrap_or(0) } else { 0 };
            wanted.insert(name, (spec.name.clone(), from, to));
        }
        self.replay(id, task, wanted, admin).await?;
        task.commit_restored(vec![ledger::restoring(false)])
    }

    async fn replay(
        &self,
        id: TaskId,
        task: &mut Task,
        mut wanted: BTreeMap<TopicPartition, (String, i64, i64)>,
        admin: &Admin,
    ) -> Result<()> {
        let names: Vec<TopicPartition> = wanted.keys().cloned().collect();
        let earliest = admin.list_offsets(&names, OffsetSpec::Earliest).await?;
        for (name, (_, from, _)) in &mut wanted {
            *from = (*from).max(earliest.get(name).copied().unwrap_or(0));
        }
        wanted.retain(|_, (_, from, to)| from < to);
        if wanted.is_empty() {
            return Ok(());
        }
        let config = ConsumerConfig { max_poll_records: 10_000, ..ConsumerConfig::default() };
        let mut consumer = Consumer::new(&self.client, config)?;
        consumer.assign(&wanted.keys().cloned().collect::<Vec<_>>())?;
        for (name, (_, from, _)) in &wanted {
            consumer.seek(name, *from)?;
        }
        let (mut restored, mut since_commit) = (0_usize, 0);
        while !wanted.is_empty() {
            let polled = consumer.poll(Duration::from_millis(200)).await?;
            for part in polled.partitions {
                let Some((store, _, to)) = wanted.get(&part.topic_partition()) else { continue };
                for record in part.records.iter().filter(|record| record.offset < *to) {
                    let Some(key) = &record.key else { continue };
                    task.restore(store, key, record.value.as_ref(), record.timestamp)?;
                    restored += 1;
                    since_commit += 1;
                }
            }
            if since_commit >= RESTORE_COMMIT_RECORDS {
                task.commit_restored(Vec::new())?;
                since_commit = 0;
            }
            let positions = consumer.positions();
            wanted.retain(|name, (_, _, to)| positions.get(name).is_none_or(|at| at < to));
            consumer.assign(&wanted.keys().cloned().collect::<Vec<_>>())?;
        }
        tracing::info!(task = %id, records = restored, "restored the stores from their changelogs");
        Ok(())
    }
}
