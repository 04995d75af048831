//! A pipeline's connectors, made from its file: paths, columns and topics are checked against what is there.
//!
//! Nothing is started. Files are opened to look at their columns; no broker is asked.

use std::collections::BTreeSet;
use std::path::Path;

use riverrun_connectors::api::{Boundedness, ConfigMap, KeyError, Schema, Sink, Source, nearest, split_list};
use riverrun_connectors::file::{FileSink, FileSource};
use riverrun_connectors::runtime::ErrorPolicy;

use super::config::{FlatConfig, PipelineFile, SinkSpec, SourceSpec};
use super::known::{Keys, KnownSource};
use super::placeholder::Secrets;
use super::problem::{Gathered, Problems};
use super::sql::{Plan, Query};

/// A pipeline that is ready to run.
#[derive(Debug)]
pub struct Pipeline {
    pub(super) file: PipelineFile,
    pub(super) sources: Vec<BuiltSource>,
    pub(super) sinks: Vec<BuiltSink>,
    /// What SQL is told of the sources.
    pub(super) known: Vec<KnownSource>,
    /// The topics of the materialized views.
    pub(super) views: Vec<String>,
    /// The applications that keep them up.
    pub(super) applications: Vec<String>,
    pub(super) secrets: Secrets,
}

#[derive(Debug)]
pub(super) struct BuiltSource {
    pub(super) spec: SourceSpec,
    pub(super) source: Box<dyn Source>,
    pub(super) errors: ErrorPolicy,
    pub(super) tasks_max: u32,
}

#[derive(Debug)]
pub(super) struct BuiltSink {
    pub(super) spec: SinkSpec,
    pub(super) sink: Box<dyn Sink>,
    pub(super) errors: ErrorPolicy,
}

/// Which topics a sink may read that no source and no view of the pipeline writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherTopics {
    /// None: the pipeline has its broker for itself.
    None,
    /// Any that the cluster has.
    OfTheCluster,
}

impl Pipeline {
    /// Reads a pipeline's file and makes its connectors.
    ///
    /// # Errors
    /// Everything that is wrong, in the file and in what it names, SQL included. What is wrong is left out and the rest
    /// is judged without it, so nothing is told that only repeats another error.
    pub async fn build(path: &Path, other_topics: OtherTopics) -> Result<Pipeline, Problems> {
        let (file, problems) = PipelineFile::read_all(path)?;
        let mut builder =
            Builder { folder: file.folder(), problems, missing: 0, secrets: Secrets::default() };
        let mut sources = Vec::new();
        let mut known = Vec::new();
        for spec in &file.sources {
            let (source, as_known) = builder.source(spec);
            sources.extend(source);
            known.push(as_known);
        }
        let sinks: Vec<BuiltSink> = file.sinks.iter().filter_map(|spec| builder.sink(spec)).collect();
        let partitions =
            file.sources.iter().map(|spec| (spec.topic.name.clone(), spec.topic.partitions)).collect();
        let plan = super::sql::plan(&file, &known, &partitions, &mut builder.problems).await;
        if other_topics == OtherTopics::None {
            builder.topics(&file, &plan);
        }
        if builder.problems.0.is_empty() {
            let views = plan.queries.iter().flat_map(Query::outputs).map(str::to_owned).collect();
            let applications = plan.queries.iter().map(Query::application).map(str::to_owned).collect();
            return Ok(Pipeline {
                file,
                sources,
                sinks,
                known,
                views,
                applications,
                secrets: builder.secrets,
            });
        }
        let missing_only = builder.missing == builder.problems.0.len();
        let problems = builder.problems.0.into_iter().map(|mut problem| {
            problem.message = builder.secrets.redact(&problem.message);
            problem
        });
        Err(Problems { missing_only, ..Problems::new(&path.display().to_string(), problems.collect()) })
    }

    /// The pipeline's name.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// The topics that the pipeline writes.
    pub(super) fn written_topics(&self) -> Vec<&str> {
        let errors = &self.file.errors;
        let sources = self.sources.iter().map(|source| source.spec.topic.name.as_str());
        let views = self.views.iter().map(String::as_str);
        sources.chain(views).chain(errors.dead_letter.as_deref()).collect()
    }

    /// Removes what the sinks of earlier runs wrote.
    ///
    /// # Errors
    /// The first sink's that cannot.
    pub fn clear_results(&self) -> riverrun_core::Result<()> {
        let cleared = self.sinks.iter().try_for_each(|sink| sink.sink.start_over());
        cleared.map_err(riverrun_connectors::api::ConnectorError::into_error)
    }

    /// Whether all sources come to an end, and the pipeline with them.
    pub fn is_bounded(&self) -> bool {
        self.sources.iter().all(|source| source.source.boundedness() == Boundedness::Bounded)
    }
}

struct Builder {
    folder: std::path::PathBuf,
    problems: Gathered,
    /// How many problems are files that are not there.
    missing: usize,
    secrets: Secrets,
}

impl Builder {
    /// The source, and what SQL may know of it; of one whose keys are wrong that is what the others say.
    fn source(&mut self, spec: &SourceSpec) -> (Option<BuiltSource>, KnownSource) {
        let before = self.problems.0.len();
        let mut keys = Keys { map: ConfigMap::new(), wrong: spec.config.wrong.clone() };
        self.resolve(&spec.config, &mut keys);
        if let Some(paths) = keys.map.get_mut("path") {
            *paths = self.beside_file(paths);
        }
        let errors = ErrorPolicy::parse(&keys.map).unwrap_or_default();
        let tasks_max = match keys.map.get("tasks.max").map(|text| text.parse::<u32>()) {
            None => 1,
            Some(Ok(tasks)) if tasks >= 1 => tasks,
            Some(_) => {
                let place = spec.config.place_of("tasks.max");
                self.problems.add(place, "'tasks' must be a whole number of at least 1");
                1
            }
        };
        let source = self.file_source(spec, &mut keys);
        let (source, schema) = match source.and_then(|source| self.columns(spec, source, &mut keys)) {
            Some((source, schema)) => (Some(source), Some(schema)),
            None => (None, None),
        };
        let known = KnownSource::new(spec, schema, &keys, errors.tolerance);
        let whole = self.problems.0.len() == before && known.doubt.is_none();
        let built = source.filter(|_| whole).map(|source| BuiltSource {
            spec: spec.clone(),
            source: Box::new(source),
            errors,
            tasks_max,
        });
        (built, known)
    }

    /// The source as its keys say, but for those that are wrong. `None` if they do not make one.
    fn file_source(&mut self, spec: &SourceSpec, keys: &mut Keys) -> Option<FileSource> {
        if spec.config.connector.is_empty() {
            return None;
        }
        loop {
            let errors = match FileSource::new(&keys.map) {
                Ok(source) => return Some(source),
                Err(errors) => errors,
            };
            let known = keys.wrong.clone();
            self.key_errors(&spec.config, &known, &errors);
            errors.iter().for_each(|error| keys.refuse(&error.key));
            if keys.wrong == known {
                return None;
            }
        }
    }

    /// The columns of the source's files, and the source without keys that name a column which is not there.
    fn columns(
        &mut self,
        spec: &SourceSpec,
        mut source: FileSource,
        keys: &mut Keys,
    ) -> Option<(FileSource, Option<Schema>)> {
        loop {
            let error = match source.schema() {
                Ok(schema) => return Some((source, schema)),
                Err(error) => error.into_error(),
            };
            if error.kind() == riverrun_core::ErrorKind::NotFound {
                self.missing += 1;
            }
            let text = error.chain();
            let names = ["key", "timestamp", "columns"];
            let key = names.iter().find(|key| text.contains(&format!("'{key}',")));
            self.problems.add(spec.config.place_of(key.unwrap_or(&"path")), text);
            keys.refuse(key?);
            source = FileSource::new(&keys.map).ok()?;
        }
    }

    fn sink(&mut self, spec: &SinkSpec) -> Option<BuiltSink> {
        let mut keys = Keys { map: ConfigMap::new(), wrong: spec.config.wrong.clone() };
        self.resolve(&spec.config, &mut keys);
        if spec.config.connector.is_empty() {
            return None;
        }
        let errors = ErrorPolicy::parse(&keys.map).unwrap_or_default();
        match FileSink::new(&keys.map) {
            Ok(sink) => Some(BuiltSink { spec: spec.clone(), sink: Box::new(sink), errors }),
            Err(errors) => {
                self.key_errors(&spec.config, &keys.wrong, &errors);
                None
            }
        }
    }

    /// The flat map with its placeholders resolved; a key whose value cannot be is wrong.
    fn resolve(&mut self, config: &FlatConfig, keys: &mut Keys) {
        for (key, text) in &config.map {
            match self.secrets.resolve(text, &self.folder) {
                Ok(text) => {
                    keys.map.insert(key.clone(), text);
                }
                Err(message) => {
                    self.problems.add(config.place_of(key), message);
                    keys.wrong.insert(key.clone());
                }
            }
        }
    }

    /// Tells errors of keys that were not told to be wrong before.
    fn key_errors(&mut self, config: &FlatConfig, told: &BTreeSet<String>, errors: &[KeyError]) {
        for error in errors.iter().filter(|error| !told.contains(&error.key)) {
            self.problems.add(config.place_of(&error.key), error.message.as_str());
        }
    }

    /// Relative paths of sources count from the pipeline's file.
    fn beside_file(&self, paths: &str) -> String {
        let one = |path: &str| self.folder.join(path).to_string_lossy().into_owned();
        split_list(paths).iter().map(|path| one(path)).collect::<Vec<_>>().join(",")
    }

    /// Every topic of a sink must be written by something.
    fn topics(&mut self, file: &PipelineFile, plan: &Plan) {
        let unnamed = |source: &SourceSpec| source.config.wrong.contains("topic.name");
        if !plan.written_known || !file.sources_known || file.sources.iter().any(unnamed) {
            return;
        }
        let errors = &file.errors;
        let written: Vec<&str> = file
            .sources
            .iter()
            .map(|source| source.topic.name.as_str())
            .chain(plan.written.iter().map(String::as_str))
            .chain(errors.dead_letter.as_deref())
            .collect();
        for (topic, place) in file.sinks.iter().flat_map(|sink| &sink.topics) {
            if !written.contains(&topic.as_str()) {
                self.problems.add(*place, unwritten(topic, &written));
            }
        }
    }
}

fn unwritten(topic: &str, written: &[&str]) -> String {
    let hint = match nearest(topic, written.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("there are {}", written.join(", ")),
    };
    format!("no source and no view of this pipeline writes topic '{topic}'; {hint}")
}
