//! A pipeline's connectors, made from its file: paths, columns and topics are checked against what is there.
//!
//! Nothing is started. Files are opened to look at their columns; no broker is asked.

use std::path::Path;

use riverrun_connectors::api::{Boundedness, ConfigMap, KeyError, Schema, Sink, Source, nearest, split_list};
use riverrun_connectors::file::{FileSink, FileSource};
use riverrun_connectors::runtime::ErrorPolicy;

use super::config::{FlatConfig, PipelineFile, SinkSpec, SourceSpec};
use super::placeholder::Secrets;
use super::problem::{Gathered, Problems};
use super::sql::Query;

/// A pipeline that is ready to run.
#[derive(Debug)]
pub struct Pipeline {
    pub(super) file: PipelineFile,
    pub(super) sources: Vec<BuiltSource>,
    pub(super) sinks: Vec<BuiltSink>,
    /// The topics of the materialized views.
    pub(super) views: Vec<String>,
    pub(super) secrets: Secrets,
}

#[derive(Debug)]
pub(super) struct BuiltSource {
    pub(super) spec: SourceSpec,
    pub(super) source: Box<dyn Source>,
    #[cfg_attr(not(feature = "sql"), expect(dead_code, reason = "only SQL asks for the columns"))]
    pub(super) schema: Option<Schema>,
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
    /// Everything that is wrong, in the file and in what it names, SQL included; the file's own errors first, as
    /// what it names is only looked at once it can be read.
    pub async fn build(path: &Path, other_topics: OtherTopics) -> Result<Pipeline, Problems> {
        let file = PipelineFile::read(path)?;
        let mut builder = Builder {
            folder: file.folder(),
            problems: Gathered::default(),
            missing: 0,
            secrets: Secrets::default(),
        };
        let sources: Vec<BuiltSource> = file.sources.iter().filter_map(|spec| builder.source(spec)).collect();
        let sinks: Vec<BuiltSink> = file.sinks.iter().filter_map(|spec| builder.sink(spec)).collect();
        let partitions =
            file.sources.iter().map(|spec| (spec.topic.name.clone(), spec.topic.partitions)).collect();
        let plan = super::sql::plan(&file, &sources, &partitions, &mut builder.problems).await;
        let views: Option<Vec<String>> =
            plan.map(|plan| plan.queries.iter().flat_map(Query::outputs).map(str::to_owned).collect());
        if other_topics == OtherTopics::None
            && let Some(views) = &views
        {
            builder.topics(&file, views);
        }
        if builder.problems.0.is_empty() {
            let views = views.unwrap_or_default();
            return Ok(Pipeline { file, sources, sinks, views, secrets: builder.secrets });
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
    fn source(&mut self, spec: &SourceSpec) -> Option<BuiltSource> {
        let mut map = self.resolved(&spec.config)?;
        if let Some(paths) = map.get_mut("path") {
            *paths = self.beside_file(paths);
        }
        let errors = ErrorPolicy::parse(&map).ok()?;
        let tasks_max = match map.get("tasks.max").map(|text| text.parse::<u32>()) {
            None => 1,
            Some(Ok(tasks)) if tasks >= 1 => tasks,
            Some(_) => {
                let place = spec.config.place_of("tasks.max");
                self.problems.add(place, "'tasks' must be a whole number of at least 1");
                return None;
            }
        };
        let source = match FileSource::new(&map) {
            Ok(source) => source,
            Err(errors) => {
                self.key_errors(&spec.config, errors);
                return None;
            }
        };
        match source.schema() {
            Ok(schema) => {
                Some(BuiltSource { spec: spec.clone(), source: Box::new(source), schema, errors, tasks_max })
            }
            Err(error) => {
                let error = error.into_error();
                if error.kind() == riverrun_core::ErrorKind::NotFound {
                    self.missing += 1;
                }
                let text = error.chain();
                let keys = ["key", "timestamp", "columns"];
                let key = keys.iter().find(|key| text.contains(&format!("'{key}',"))).unwrap_or(&"path");
                self.problems.add(spec.config.place_of(key), text);
                None
            }
        }
    }

    fn sink(&mut self, spec: &SinkSpec) -> Option<BuiltSink> {
        let map = self.resolved(&spec.config)?;
        let errors = ErrorPolicy::parse(&map).ok()?;
        match FileSink::new(&map) {
            Ok(sink) => Some(BuiltSink { spec: spec.clone(), sink: Box::new(sink), errors }),
            Err(errors) => {
                self.key_errors(&spec.config, errors);
                None
            }
        }
    }

    /// The flat map with its placeholders resolved.
    fn resolved(&mut self, config: &FlatConfig) -> Option<ConfigMap> {
        let mut map = ConfigMap::new();
        let mut whole = true;
        for (key, text) in &config.map {
            match self.secrets.resolve(text, &self.folder) {
                Ok(text) => {
                    map.insert(key.clone(), text);
                }
                Err(message) => {
                    self.problems.add(config.place_of(key), message);
                    whole = false;
                }
            }
        }
        whole.then_some(map)
    }

    fn key_errors(&mut self, config: &FlatConfig, errors: Vec<KeyError>) {
        for error in errors {
            self.problems.add(config.place_of(&error.key), error.message);
        }
    }

    /// Relative paths of sources count from the pipeline's file.
    fn beside_file(&self, paths: &str) -> String {
        let one = |path: &str| self.folder.join(path).to_string_lossy().into_owned();
        split_list(paths).iter().map(|path| one(path)).collect::<Vec<_>>().join(",")
    }

    /// Every topic of a sink must be written by something.
    fn topics(&mut self, file: &PipelineFile, views: &[String]) {
        let errors = &file.errors;
        let written: Vec<&str> = file
            .sources
            .iter()
            .map(|source| source.topic.name.as_str())
            .chain(views.iter().map(String::as_str))
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
