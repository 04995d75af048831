//! A pipeline's file as it was written: every key checked, every error with its place.
//!
//! Values are kept as text with their placeholders, under the flat names that Kafka Connect's REST interface would
//! show; nothing is opened or resolved here.

mod reader;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use riverrun_connectors::api::ConfigMap;
use riverrun_connectors::runtime::{Tolerance, TopicSpec};

use self::reader::Reader;
use super::problem::{Gathered, Place, Problem, Problems};
use super::yaml::{self, Node};

/// A pipeline as its file says it.
#[derive(Clone, Debug)]
pub struct PipelineFile {
    /// The file, as it was named.
    pub path: PathBuf,
    /// The pipeline's name, which names its data folder.
    pub name: String,
    pub(super) sources: Vec<SourceSpec>,
    /// Whether these are all sources: `false` if they could not be read.
    pub(super) sources_known: bool,
    pub(super) sinks: Vec<SinkSpec>,
    pub(super) sql: Option<Node>,
    pub(super) errors: ErrorsSpec,
}

/// What a source's topic is to SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Stream,
    /// Keyed rows that replace each other, loaded before streams flow.
    Table,
}

/// When a partition that has nothing more holds the watermark back no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Idle {
    /// When SQL finds it right.
    Default,
    /// After so many milliseconds of the wall clock.
    After(i64),
    Never,
}

#[derive(Clone, Debug)]
pub(super) struct SourceSpec {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) role: Role,
    pub(super) topic: TopicSpec,
    /// How far rows may lie behind the latest.
    pub(super) watermark_ms: i64,
    pub(super) idle: Idle,
    pub(super) config: FlatConfig,
}

#[derive(Clone, Debug)]
pub(super) struct SinkSpec {
    pub(super) name: String,
    pub(super) topics: Vec<(String, Place)>,
    pub(super) config: FlatConfig,
}

/// A connector's flat map, and where each key's value stands.
#[derive(Clone, Debug, Default)]
pub(super) struct FlatConfig {
    pub(super) connector: String,
    pub(super) map: ConfigMap,
    pub(super) places: BTreeMap<String, Place>,
    /// Where the connector itself begins.
    pub(super) place: Place,
    /// Keys whose values are wrong, which has been told; they are not in the map.
    pub(super) wrong: BTreeSet<String>,
    /// Whether there is something in it of which nobody knows what it was to be.
    pub(super) strange: bool,
}

impl FlatConfig {
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.places.get(key).copied().unwrap_or(self.place)
    }

    fn set(&mut self, key: &str, text: impl Into<String>, place: Place) {
        self.map.insert(key.to_owned(), text.into());
        self.places.insert(key.to_owned(), place);
    }
}

/// What happens to bad rows.
#[derive(Clone, Debug, Default)]
pub(super) struct ErrorsSpec {
    pub(super) tolerance: Tolerance,
    pub(super) dead_letter: Option<String>,
}

impl PipelineFile {
    /// Reads a pipeline's file.
    ///
    /// # Errors
    /// Everything that is wrong in it. What a file alone does not show (paths, columns, SQL) is found by
    /// [`build`](super::Pipeline::build).
    pub fn read(path: &Path) -> Result<PipelineFile, Problems> {
        let (file, found) = PipelineFile::read_all(path)?;
        if found.0.is_empty() { Ok(file) } else { Err(Problems::new(&path.display().to_string(), found.0)) }
    }

    /// Reads a pipeline's file: what can be told of it, and what is wrong in it. It is an error if nothing can be told.
    pub(super) fn read_all(path: &Path) -> Result<(PipelineFile, Gathered), Problems> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let place = Place { line: 1, column: 1 };
            let message = format!("the pipeline's file cannot be read: {error}");
            let missing_only = error.kind() == std::io::ErrorKind::NotFound;
            let shown = path.display().to_string();
            Problems { missing_only, ..Problems::new(&shown, vec![Problem { place, message }]) }
        })?;
        PipelineFile::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<(PipelineFile, Gathered), Problems> {
        let root =
            yaml::parse(text).map_err(|problem| Problems::new(&path.display().to_string(), vec![problem]))?;
        let mut reader = Reader(Gathered::default());
        let file = reader.pipeline(path, &root);
        Ok((file, reader.0))
    }

    /// The folder from which the paths of sources count.
    pub(super) fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(folder) => folder.to_path_buf(),
            None => PathBuf::new(),
        }
    }
}
