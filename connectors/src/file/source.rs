//! The file source: files into a topic.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use async_trait::async_trait;

use crate::api::{
    Boundedness, ConfigMap, ConnectorError, KeyError, Polled, Progress, Schema, Source, SourceBatch,
    SourcePartition, SourceTask, StoredOffsets,
};

use super::config::{FileSourceConfig, Format};
use super::decompress::{Packing, packing};
use super::disk::{self, Stat, failed};
use super::follow::Follower;
use super::tracked::{Resume, TrackedFile, prefix_of};
use super::{discover, sample};

/// A source that reads files.
#[derive(Debug)]
pub struct FileSource {
    config: FileSourceConfig,
    schema: OnceLock<Schema>,
}

impl FileSource {
    /// Reads the configuration, and reports every error in it. Touches no file.
    pub fn new(map: &ConfigMap) -> Result<Self, Vec<KeyError>> {
        let config = FileSourceConfig::parse(map)?;
        if let Err(error) = discover::check(&config.paths) {
            return Err(vec![KeyError { key: "path".to_owned(), message: error.to_string() }]);
        }
        Ok(FileSource { config, schema: OnceLock::new() })
    }

    /// What it was told.
    pub fn config(&self) -> &FileSourceConfig {
        &self.config
    }

    fn sampled(&self) -> Result<&Schema, ConnectorError> {
        if self.schema.get().is_none() {
            let _ = self.schema.set(sample::schema(&self.config)?);
        }
        Ok(self.schema.get_or_init(Schema::default))
    }
}

impl Source for FileSource {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn boundedness(&self) -> Boundedness {
        if self.config.follow { Boundedness::Unbounded } else { Boundedness::Bounded }
    }

    fn schema(&self) -> Result<Option<Schema>, ConnectorError> {
        let schema = self.sampled()?;
        Ok((self.config.format != Format::Raw).then(|| schema.clone()))
    }

    fn tasks(&self, max_tasks: u32) -> Result<Vec<Box<dyn SourceTask>>, ConnectorError> {
        let schema = self.sampled()?.clone();
        if self.config.follow {
            return Ok(vec![Box::new(FollowTask(Follower::new(self.config.clone(), schema)))]);
        }
        let tasks = u64::from(max_tasks.max(1)).min(sample::files(&self.config)?.len().max(1) as u64);
        let task = |share| -> Box<dyn SourceTask> {
            Box::new(ToEndTask {
                config: self.config.clone(),
                schema: schema.clone(),
                share,
                tasks,
                known: StoredOffsets::default(),
                waiting: VecDeque::new(),
                current: None,
                done_bytes: 0,
                total_bytes: 0,
            })
        };
        Ok((0..tasks).map(task).collect())
    }
}

/// Reads its share of the files, one after the other, to their end.
struct ToEndTask {
    config: FileSourceConfig,
    schema: Schema,
    share: u64,
    tasks: u64,
    known: StoredOffsets,
    waiting: VecDeque<PathBuf>,
    current: Option<TrackedFile>,
    done_bytes: u64,
    total_bytes: u64,
}

impl ToEndTask {
    /// Opens the next file that has something new; `false` when there is none.
    fn open_next(&mut self) -> Result<bool, ConnectorError> {
        while let Some(path) = self.waiting.pop_front() {
            let stat = disk::stat(&path).map_err(|error| failed("looking at it", &path, error))?;
            let (partition, resume) = recognise(&path, stat, &self.known, false)?;
            if resume.as_ref().is_some_and(|resume| resume.done_bytes == Some(stat.bytes)) {
                self.done_bytes += stat.bytes;
                continue;
            }
            let file = TrackedFile::open(&path, partition, &self.config, &self.schema, resume.as_ref())?;
            self.current = Some(file);
            return Ok(true);
        }
        Ok(false)
    }
}

#[async_trait]
impl SourceTask for ToEndTask {
    async fn start(&mut self, offsets: &StoredOffsets) -> Result<(), ConnectorError> {
        self.known = offsets.clone();
        self.current = None;
        let mine = |path: &PathBuf| self.tasks == 1 || share_of(path, self.tasks) == self.share;
        self.waiting = sample::files(&self.config)?.into_iter().filter(mine).collect();
        if self.waiting.is_empty() && self.tasks == 1 {
            return Err(discover::nothing_found(&self.config.paths));
        }
        self.done_bytes = 0;
        self.total_bytes = 0;
        for path in &self.waiting {
            self.total_bytes += disk::stat(path).map_err(|error| failed("looking at it", path, error))?.bytes;
        }
        Ok(())
    }

    async fn poll(&mut self) -> Result<Polled, ConnectorError> {
        loop {
            if self.current.is_none() && !self.open_next()? {
                return Ok(Polled::Finished);
            }
            let mut batch = SourceBatch::default();
            if let Some(file) = &mut self.current
                && file.read_batch(&self.config, &self.schema, true, &mut batch)?
            {
                self.done_bytes += file.read_bytes();
                self.current = None;
            }
            if !batch.items.is_empty() || !batch.positions.is_empty() {
                return Ok(Polled::Batch(batch));
            }
        }
    }

    fn progress(&self) -> Progress {
        let current = self.current.as_ref().map_or(0, TrackedFile::read_bytes);
        Progress { done: self.done_bytes + current, total: Some(self.total_bytes) }
    }
}

/// Reads files as they grow.
struct FollowTask(Follower);

#[async_trait]
impl SourceTask for FollowTask {
    async fn start(&mut self, offsets: &StoredOffsets) -> Result<(), ConnectorError> {
        self.0.start(offsets.clone());
        Ok(())
    }

    async fn poll(&mut self) -> Result<Polled, ConnectorError> {
        Ok(self.0.poll()?.map_or(Polled::Idle, Polled::Batch))
    }

    fn progress(&self) -> Progress {
        Progress { done: self.0.read_bytes(), total: None }
    }
}

/// The same path goes to the same task in every run.
fn share_of(path: &Path, tasks: u64) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, step) % tasks
}

/// Which source partition the file at `path` is, and where to go on in it; nothing to go on from if it is new, was
/// truncated or was rewritten.
///
/// A file is known again by its first bytes, and by its path or by its device and inode. In a file that is followed
/// (`strict`) the same path with another inode on the same device is the next file after a rotation.
pub(super) fn recognise(
    path: &Path,
    stat: Stat,
    known: &StoredOffsets,
    strict: bool,
) -> Result<(SourcePartition, Option<Resume>), ConnectorError> {
    let text = path.to_string_lossy();
    let packed = packing_of(path)? != Packing::Plain;
    let unpacked_name = text.rsplit_once('.').map_or("", |(name, _)| name);
    for (partition, offset) in known.iter() {
        let Some(resume) = Resume::from_offset(offset) else { continue };
        let same_inode = resume.identity() == stat.identity;
        let next_generation = strict && !same_inode && resume.device == stat.identity.device;
        let candidate = if resume.path == text {
            !next_generation
        } else {
            same_inode || (packed && resume.path == unpacked_name)
        };
        let whole = packed || stat.bytes >= resume.position;
        if !candidate || !whole {
            continue;
        }
        let prefix = prefix_of(path, resume.prefix_bytes).map_err(|error| failed("reading", path, error))?;
        if prefix == resume.prefix() {
            return Ok((partition.clone(), Some(resume)));
        }
    }
    let mut partition = SourcePartition::of("file", text.into_owned());
    if strict {
        partition.0.insert("inode".to_owned(), stat.identity.inode.into());
    }
    Ok((partition, None))
}

fn packing_of(path: &Path) -> Result<Packing, ConnectorError> {
    let looked = disk::open(path).and_then(|mut file| packing(&mut file));
    looked.map_err(|error| failed("opening", path, error))
}
