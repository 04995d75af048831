//! SQL with nothing but memory: topics, views and their tasks in this process.
//!
//! For tests, and for trying statements without a cluster. Views run as everywhere, one task for each partition of
//! each sub-topology; each statement ends when all that it caused has been worked off.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::Result;

use super::continuous::ContinuousQuery;
use super::dialect::{Parsed, Statement, parse};
use super::error::SqlError;
use super::session::{Answer, SqlSession};
use super::topic::{MemoryLog, NewRecord, TopicLog};
use crate::record::{OutputKind, OutputRecord};
use crate::state::{Backend, MemoryBackend};
use crate::task::{Scope, Task, TaskConfig, position_key};
use crate::topology::Topology;

/// A task, and how far it was fed in each of its topics.
#[derive(Debug)]
struct Running {
    /// The sub-topology that it runs.
    part: u32,
    task: Task,
    fed: Vec<(String, i64)>,
    /// What its stores hold, by changelog topic and key.
    kept: BTreeMap<(Arc<str>, Bytes), Bytes>,
}

#[derive(Debug)]
struct View {
    query: ContinuousQuery,
    config: TaskConfig,
    tasks: Vec<Running>,
}

/// Topics, views and a session over them.
#[derive(Debug)]
pub struct LocalSql {
    session: SqlSession,
    log: MemoryLog,
    views: Vec<View>,
    /// The most records that a task works on at once.
    max_run: usize,
}

impl LocalSql {
    /// Nothing yet; topics are made with `partitions` partitions.
    ///
    /// # Errors
    /// `Internal` if the session cannot be made.
    pub fn new(partitions: i32) -> Result<LocalSql, SqlError> {
        let log = MemoryLog::new(partitions);
        let session = SqlSession::new(Arc::new(log.clone()))?;
        Ok(LocalSql { session, log, views: Vec::new(), max_run: 1024 })
    }

    /// Lets tasks of views made from here on take at most this many records at once.
    #[must_use]
    pub fn with_max_run(mut self, max_run: usize) -> LocalSql {
        self.max_run = max_run;
        self
    }

    /// The topics.
    pub fn log(&self) -> &MemoryLog {
        &self.log
    }

    /// The view of that name.
    pub fn query(&self, name: &str) -> Option<&ContinuousQuery> {
        self.views.iter().map(|view| &view.query).find(|query| query.name == name)
    }

    /// Rows that a view left out, by reason, over all of its tasks.
    pub fn dropped(&self, name: &str) -> Vec<(&'static str, u64)> {
        let views = self.views.iter().filter(|view| view.query.name == name);
        let tasks = views.flat_map(|view| &view.tasks);
        tasks
            .flat_map(|running| running.task.dropped().map(|(_, reason, count)| (reason.as_str(), count)))
            .collect()
    }

    /// Runs a script. Materialized views start at once and are up to date when a statement ends.
    ///
    /// # Errors
    /// The first statement's error, with its place in the text.
    pub async fn execute(&mut self, sql: &str) -> Result<Vec<Answer>, SqlError> {
        let mut answers = Vec::new();
        for Parsed { statement, location } in parse(sql)? {
            let answer = self.run(statement).await.map_err(|error| error.at(location))?;
            self.settle()?;
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn run(&mut self, statement: Statement) -> Result<Answer, SqlError> {
        let Statement::CreateMaterializedView(view) = statement else {
            if let Statement::Drop { name, .. } = &statement {
                self.views.retain(|view| view.query.name != *name);
            }
            return self.session.run(statement).await;
        };
        let Some(query) = self.session.create_materialized_view(&view, "local").await? else {
            return Ok(Answer::Done(format!("'{}' is there already", view.name)));
        };
        let made = self.start(query).await?;
        self.views.push(made);
        Ok(Answer::Done(format!("materialized view '{}' created", view.name)))
    }

    async fn start(&self, query: ContinuousQuery) -> Result<View, SqlError> {
        let mut config = TaskConfig { max_run: self.max_run, ..TaskConfig::default() };
        for topic in query.topology.internal_topics() {
            let mut partitions = topic.partitions;
            if partitions.is_none() {
                for input in &query.inputs {
                    let count = self.log.extent(input).await?.map_or(0, |extent| extent.len());
                    partitions = partitions.max(i32::try_from(count).ok());
                }
            }
            self.log.create(&topic.name, partitions, &topic.configs).await?;
        }
        for topic in self.log.topics().await? {
            let count = self.log.extent(&topic).await?.map_or(0, |extent| extent.len());
            config.partitions.insert(topic, i32::try_from(count).unwrap_or(i32::MAX));
        }
        let mut tasks = Vec::new();
        for part in query.topology.subtopologies() {
            let counts =
                part.source_topics.iter().map(|topic| config.partitions.get(topic).copied().unwrap_or(0));
            for partition in 0..counts.max().unwrap_or(0) {
                let scope = Scope::Subtopology(part.id);
                let backend = Box::new(MemoryBackend::default());
                let mut task = Task::open(&query.topology, scope, partition, backend, &config)?;
                task.start(0)?;
                let fed = task.input_topics().map(|topic| (topic.to_string(), 0)).collect();
                tasks.push(Running { part: part.id, task, fed, kept: BTreeMap::new() });
            }
        }
        Ok(View { query, config, tasks })
    }

    /// Starts all tasks anew from what they committed, as after a kill.
    ///
    /// # Errors
    /// The error of the first task that cannot go on.
    pub fn restart(&mut self) -> Result<(), SqlError> {
        for view in &mut self.views {
            for running in &mut view.tasks {
                running.restart(&view.query.topology, &view.config)?;
            }
        }
        Ok(())
    }

    /// Lets the wall clock be at `now_ms` for all tasks, each of which is caught up with its topics, and waits until
    /// all that follows from it is worked off.
    ///
    /// # Errors
    /// The error of the first view that fails.
    pub fn pass_time(&mut self, now_ms: i64) -> Result<(), SqlError> {
        for view in &mut self.views {
            for running in &mut view.tasks {
                let topics: Vec<String> = running.fed.iter().map(|(topic, _)| topic.clone()).collect();
                topics.iter().for_each(|topic| running.task.set_caught_up(topic, true, now_ms));
            }
            // All say how far they are before any asks how far the others are.
            for _ in 0..2 {
                for running in &mut view.tasks {
                    running.task.tick(now_ms)?;
                }
            }
        }
        self.settle()
    }

    /// Writes records and waits until all views have seen them.
    ///
    /// # Errors
    /// The error of the first view that fails on them.
    pub fn write(&mut self, topic: &str, records: Vec<NewRecord>) -> Result<(), SqlError> {
        self.log.write(topic, records);
        self.settle()
    }

    /// Works until no task has anything left to do.
    fn settle(&mut self) -> Result<(), SqlError> {
        loop {
            let mut moved = false;
            for view in &mut self.views {
                for running in &mut view.tasks {
                    moved |= running.step(&self.log)?;
                }
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// Says that no topic gets any more records: windows close, view by view.
    ///
    /// # Errors
    /// The error of the first view that fails.
    pub fn end(&mut self) -> Result<(), SqlError> {
        for at in 0..self.views.len() {
            let view = &mut self.views[at];
            let parts = view.query.topology.subtopologies().to_vec();
            // A repartition topic has ended when all tasks that write it are done.
            for _ in 0..parts.len() {
                for running in 0..view.tasks.len() {
                    let writes = |topic: &str, other: &Running| {
                        let part = parts.iter().find(|part| part.id == other.part);
                        part.is_some_and(|part| part.sink_topics.contains(topic)) && !other.task.is_done()
                    };
                    let topics: Vec<String> =
                        view.tasks[running].fed.iter().map(|(topic, _)| topic.clone()).collect();
                    for topic in topics {
                        let internal = parts.iter().any(|part| part.repartition_sources.contains(&topic));
                        if !internal || !view.tasks.iter().any(|other| writes(&topic, other)) {
                            view.tasks[running].task.end_input(&topic);
                        }
                    }
                    view.tasks[running].step(&self.log)?;
                }
            }
            self.settle()?;
        }
        Ok(())
    }
}

impl Running {
    /// Feeds the task what is new and sends what it gives. Whether there was anything.
    fn step(&mut self, log: &MemoryLog) -> Result<bool, SqlError> {
        let partition = self.task.partition();
        let mut moved = false;
        for (topic, fed) in &mut self.fed {
            let records = log.records(topic, partition, *fed);
            moved |= !records.is_empty();
            *fed += i64::try_from(records.len()).unwrap_or(0);
            self.task.add(topic, records, Some(*fed))?;
        }
        self.task.process(0, usize::MAX)?;
        self.task.prepare_commit(0)?;
        for output in self.task.take_outputs().collect::<Vec<_>>() {
            moved = true;
            let OutputRecord { topic, partition, timestamp, key, value, headers, kind } = output;
            if kind != OutputKind::Changelog {
                log.write(
                    &topic,
                    vec![NewRecord { partition, timestamp: Some(timestamp), key, value, headers }],
                );
            } else if let Some(key) = key {
                match value {
                    Some(value) => self.kept.insert((topic, key), value),
                    None => self.kept.remove(&(topic, key)),
                };
            }
        }
        self.task.commit(Vec::new())?;
        Ok(moved)
    }

    fn restart(&mut self, topology: &Topology, config: &TaskConfig) -> Result<(), SqlError> {
        let mut backend = MemoryBackend::default();
        let at = |next: &i64| Some(Bytes::copy_from_slice(&next.to_be_bytes()));
        let positions = self.fed.iter().map(|(topic, next)| (position_key(topic), at(next))).collect();
        backend.commit(Vec::new(), positions).map_err(SqlError::from)?;
        let (scope, partition) = (Scope::Subtopology(self.part), self.task.partition());
        self.task = Task::open(topology, scope, partition, Box::new(backend), config)?;
        for store in topology.stores() {
            let Some(topic) = topology.changelog_topic(store) else { continue };
            for ((_, key), value) in self.kept.iter().filter(|((name, _), _)| **name == *topic) {
                self.task.restore(&store.name, key, Some(value), 0)?;
            }
        }
        self.task.start(0)?;
        Ok(())
    }
}
