//! What the file sink stores beside its file: how much of it is committed, and up to which offsets.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::api::{ConnectorError, TopicPartition};

use super::disk::{self, failed};

/// How far the sink has come with its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Rows are being written.
    Writing,
    /// All rows are written; the temporary file is about to get its name.
    Finishing,
    /// The file has its name and is whole.
    Finished,
}

/// The commit record of an output file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    version: u32,
    pub(super) state: State,
    /// Whether rows go to the temporary file, or at once to the file itself.
    pub(super) temporary: bool,
    /// How many bytes of the file are committed.
    pub(super) bytes: u64,
    pub(super) records: u64,
    /// The columns of a CSV file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) columns: Vec<String>,
    topics: BTreeMap<String, Topic>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Topic {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The offset at which each partition goes on.
    next: BTreeMap<i32, i64>,
}

impl Manifest {
    pub(super) fn new(temporary: bool, topics: &BTreeMap<String, Option<String>>) -> Self {
        let topic = |(name, id): (&String, &Option<String>)| {
            (name.clone(), Topic { id: id.clone(), ..Topic::default() })
        };
        Manifest {
            version: 1,
            state: State::Writing,
            temporary,
            bytes: 0,
            records: 0,
            columns: Vec::new(),
            topics: topics.iter().map(topic).collect(),
        }
    }

    /// The name of the manifest of `path`.
    pub(super) fn path_for(path: &Path) -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.riverrun"))
    }

    pub(super) fn load(path: &Path) -> Result<Option<Manifest>, ConnectorError> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("reading the sink's positions", path, error)),
        };
        match serde_json::from_slice::<Manifest>(&text) {
            Ok(manifest) if manifest.version == 1 => Ok(Some(manifest)),
            Ok(manifest) => Err(ConnectorError::fatal(format!(
                "{}: version {} is newer than this program knows; use a newer one, or --fresh",
                path.display(),
                manifest.version
            ))),
            Err(error) => Err(ConnectorError::fatal(format!(
                "{}: the sink's positions are damaged ({error}); start over with --fresh",
                path.display()
            ))),
        }
    }

    pub(super) fn store(&self, path: &Path) -> io::Result<()> {
        disk::replace(path, &serde_json::to_vec(self).map_err(io::Error::other)?)
    }

    /// The topics whose identity is not the stored one: they were deleted and made anew.
    pub(super) fn replaced<'a>(&'a self, topics: &BTreeMap<String, Option<String>>) -> Option<&'a str> {
        let other = |name: &String, stored: &Topic| match (&stored.id, topics.get(name)) {
            (Some(stored), Some(Some(now))) => stored != now,
            _ => false,
        };
        self.topics.iter().find(|(name, stored)| other(name, stored)).map(|(name, _)| name.as_str())
    }

    pub(super) fn next(&self) -> BTreeMap<TopicPartition, i64> {
        let of_topic = |(name, topic): (&String, &Topic)| {
            let name: std::sync::Arc<str> = name.as_str().into();
            let of_partition = move |(&partition, &next): (&i32, &i64)| {
                (TopicPartition { topic: std::sync::Arc::clone(&name), partition }, next)
            };
            topic.next.iter().map(of_partition).collect::<Vec<_>>()
        };
        self.topics.iter().flat_map(of_topic).collect()
    }

    pub(super) fn set_next(&mut self, next: &BTreeMap<TopicPartition, i64>) {
        for (partition, offset) in next {
            let topic = self.topics.entry(partition.topic.to_string()).or_default();
            topic.next.insert(partition.partition, *offset);
        }
    }
}
