//! The file sink: topics into one file, each record once.
//!
//! A bounded run writes into a temporary file that gets its name when all is in it, so that a reader never sees half
//! of it; an unbounded run writes into the file itself. Either way a manifest beside it says how many bytes belong to
//! which offsets; what lies behind is cut off after a crash.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::api::{
    ConfigMap, ConnectorError, ErrorStage, KeyError, Rejected, Sink, SinkRecord, SinkTask, TopicPartition,
};

use super::config::FileSinkConfig;
use super::disk::{self, failed};
use super::line::LineWriter;
use super::manifest::{Manifest, State};

/// How many bytes are gathered before they are handed to the operating system.
const BUFFER_BYTES: usize = 256 * 1024;

/// A sink that writes a file.
#[derive(Debug)]
pub struct FileSink {
    config: FileSinkConfig,
}

impl FileSink {
    /// Reads the configuration, and reports every error in it. Touches no file.
    pub fn new(map: &ConfigMap) -> Result<Self, Vec<KeyError>> {
        Ok(FileSink { config: FileSinkConfig::parse(map)? })
    }
}

impl Sink for FileSink {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn wants_total_order(&self) -> bool {
        true
    }

    fn start_over(&self) -> Result<(), ConnectorError> {
        let manifest = Manifest::path_for(&self.config.path);
        if Manifest::load(&manifest).is_ok_and(|found| found.is_none()) {
            return Ok(());
        }
        for path in [&self.config.path, &temporary(&self.config.path), &manifest] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("removing", path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn target(&self) -> String {
        self.config.path.display().to_string()
    }

    fn task(&self, bounded: bool) -> Result<Box<dyn SinkTask>, ConnectorError> {
        Ok(Box::new(FileSinkTask {
            manifest_path: Manifest::path_for(&self.config.path),
            temporary_path: temporary(&self.config.path),
            lines: LineWriter::new(&self.config),
            config: self.config.clone(),
            bounded,
            manifest: Manifest::new(bounded, &BTreeMap::new()),
            file: None,
            buffer: Vec::new(),
            bytes: 0,
            records: 0,
        }))
    }
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    path.with_file_name(name)
}

struct FileSinkTask {
    config: FileSinkConfig,
    manifest_path: PathBuf,
    temporary_path: PathBuf,
    lines: LineWriter,
    bounded: bool,
    manifest: Manifest,
    /// Open while there is something to write.
    file: Option<File>,
    buffer: Vec<u8>,
    /// Bytes and records written, the buffer included.
    bytes: u64,
    records: u64,
}

impl FileSinkTask {
    fn target(&self) -> &Path {
        if self.manifest.temporary { &self.temporary_path } else { &self.config.path }
    }

    fn store_manifest(&self) -> Result<(), ConnectorError> {
        let stored = self.manifest.store(&self.manifest_path);
        stored.map_err(|error| failed("writing the sink's positions", &self.manifest_path, error))
    }

    /// Begins a new file.
    fn begin(&mut self, topics: &BTreeMap<String, Option<String>>) -> Result<(), ConnectorError> {
        let folder = disk::folder_of(&self.config.path);
        std::fs::create_dir_all(&folder).map_err(|error| failed("making the folder", &folder, error))?;
        self.manifest = Manifest::new(self.bounded, topics);
        self.store_manifest()
    }

    /// Brings an earlier run's file into a state to go on from; `false` if it is gone and all must be written again.
    fn recover(&mut self) -> Result<bool, ConnectorError> {
        let looked = |path: &Path| disk::stat(path).ok().map(|stat| stat.bytes);
        if self.manifest.state == State::Finishing {
            if looked(&self.temporary_path).is_none() && looked(&self.config.path).is_none() {
                return Ok(false);
            }
            self.publish()?;
        }
        let Some(bytes) = looked(self.target()) else {
            // Nothing was committed: the file may not have been made yet.
            return Ok(self.manifest.bytes == 0 && self.manifest.state == State::Writing);
        };
        let committed = self.manifest.bytes;
        let damaged = bytes < committed || (self.manifest.state == State::Finished && bytes != committed);
        if damaged {
            return Err(ConnectorError::fatal(format!(
                "{}: expected the {committed} bytes that were committed, found {bytes}: something else changed the \
                 file; move it away, or start over with --fresh",
                self.target().display()
            )));
        }
        if bytes > committed {
            self.cut(committed)?;
        }
        if !self.bounded && self.manifest.temporary {
            // A bounded run was cut short, and an unbounded one goes on: readers may see the file from now on.
            self.publish()?;
            self.manifest.temporary = false;
            self.manifest.state = State::Writing;
            self.store_manifest()?;
        }
        Ok(true)
    }

    fn cut(&self, bytes: u64) -> Result<(), ConnectorError> {
        let cut = disk::open_write(self.target()).and_then(|file| {
            file.set_len(bytes)?;
            file.sync_all()
        });
        cut.map_err(|error| failed("cutting off what was not committed", self.target(), error))
    }

    /// The open file, which stands at its end.
    fn open_file(&mut self) -> Result<&mut File, ConnectorError> {
        if self.file.is_none() {
            if self.manifest.state == State::Finished {
                self.reopen()?;
            }
            let path = self.target().to_path_buf();
            let opened = (|| {
                let mut file = disk::open_write(&path)?;
                file.set_len(self.manifest.bytes)?;
                file.seek(SeekFrom::End(0))?;
                disk::sync_folder(&disk::folder_of(&path))?;
                Ok(file)
            })();
            self.file = Some(opened.map_err(|error| failed("opening", &path, error))?);
        }
        let path = self.config.path.clone();
        self.file.as_mut().ok_or_else(|| failed("opening", &path, io::Error::other("the file is not open")))
    }

    /// Goes on with a finished file: on a copy if readers are to see it whole all the time.
    fn reopen(&mut self) -> Result<(), ConnectorError> {
        if self.bounded {
            let copied = std::fs::copy(&self.config.path, &self.temporary_path);
            copied.map_err(|error| failed("copying", &self.config.path, error))?;
        }
        self.manifest.temporary = self.bounded;
        self.manifest.state = State::Writing;
        if self.bounded {
            let synced = disk::open(&self.temporary_path).and_then(|file| file.sync_all());
            synced.map_err(|error| failed("flushing", &self.temporary_path, error))?;
        }
        self.store_manifest()
    }

    /// Gives the temporary file its name.
    fn publish(&mut self) -> Result<(), ConnectorError> {
        let renamed = match std::fs::rename(&self.temporary_path, &self.config.path) {
            // A crash came after the renaming and before its note.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        let synced = renamed.and_then(|()| disk::sync_folder(&disk::folder_of(&self.config.path)));
        synced.map_err(|error| failed("renaming to its name", &self.temporary_path, error))?;
        self.manifest.temporary = false;
        self.manifest.state = State::Finished;
        self.store_manifest()
    }

    fn write_out(&mut self) -> Result<(), ConnectorError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let buffer = std::mem::take(&mut self.buffer);
        let written = self.open_file()?.write_all(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
        written.map_err(|error| failed("writing", self.target(), error))
    }
}

#[async_trait]
impl SinkTask for FileSinkTask {
    async fn open(
        &mut self,
        topics: &BTreeMap<String, Option<String>>,
    ) -> Result<BTreeMap<TopicPartition, i64>, ConnectorError> {
        self.file = None;
        self.buffer.clear();
        let whole = match Manifest::load(&self.manifest_path)? {
            None if self.config.path.exists() => {
                return Err(ConnectorError::fatal(format!(
                    "{}: the file is there already, and no run of a pipeline wrote it; move it away, or give the sink \
                     another path",
                    self.config.path.display()
                )));
            }
            None => false,
            Some(manifest) => {
                if let Some(topic) = manifest.replaced(topics) {
                    return Err(ConnectorError::fatal(format!(
                        "{}: the file holds records of an earlier topic '{topic}' that was deleted since; start over \
                         with --fresh, or give the sink another path",
                        self.config.path.display()
                    )));
                }
                self.manifest = manifest;
                self.recover()?
            }
        };
        if !whole {
            self.begin(topics)?;
        }
        self.bytes = self.manifest.bytes;
        self.records = self.manifest.records;
        self.lines.set_columns(self.manifest.columns.clone());
        Ok(self.manifest.next())
    }

    async fn put(&mut self, records: &[SinkRecord]) -> Result<Vec<Rejected>, ConnectorError> {
        let mut rejected = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let before = self.buffer.len();
            let is_first = self.bytes == 0;
            match self.lines.write(record, is_first, &mut self.buffer) {
                Ok(()) => {
                    self.bytes += (self.buffer.len() - before) as u64;
                    self.records += 1;
                }
                Err(message) => {
                    self.buffer.truncate(before);
                    rejected.push(Rejected { index, stage: ErrorStage::TaskPut, message });
                }
            }
            if self.buffer.len() >= BUFFER_BYTES {
                self.write_out()?;
            }
        }
        Ok(rejected)
    }

    async fn flush(&mut self, next: &BTreeMap<TopicPartition, i64>) -> Result<(), ConnectorError> {
        self.write_out()?;
        let mut manifest = self.manifest.clone();
        manifest.set_next(next);
        manifest.bytes = self.bytes;
        manifest.records = self.records;
        manifest.columns = self.lines.columns().to_vec();
        if manifest == self.manifest {
            return Ok(());
        }
        let target = self.target().to_path_buf();
        let file = match &self.file {
            Some(file) => Some(file.try_clone().map_err(|error| failed("flushing", &target, error))?),
            None => None,
        };
        self.manifest = manifest.clone();
        let manifest_path = self.manifest_path.clone();
        let flushed = tokio::task::spawn_blocking(move || {
            if let Some(file) = file {
                file.sync_data()?;
            }
            manifest.store(&manifest_path)
        });
        let flushed = flushed.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        flushed.map_err(|error| failed("flushing", &target, error))
    }

    async fn finish(&mut self) -> Result<(), ConnectorError> {
        if !self.bounded || (self.manifest.state == State::Finished && self.file.is_none()) {
            return Ok(());
        }
        if self.file.is_none() && self.bytes == 0 {
            // No record ever came: the result is an empty file, not no file.
            self.open_file()?;
        }
        self.file = None;
        if !self.manifest.temporary {
            self.manifest.state = State::Finished;
            return self.store_manifest();
        }
        self.manifest.state = State::Finishing;
        self.store_manifest()?;
        self.publish()
    }
}
