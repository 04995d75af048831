//! The data folders, one for each entry of `log.dirs`: which partition is in which, and which of them are sound.
//!
//! A new partition goes where the fewest are. The first folder holds the metadata and must be sound for the broker to
//! start; any other may be missing, and takes its own partitions down and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use riverrun_core::protocol::Uuid;

use crate::log::{
    FolderOptions, LogConfig, LogError, LogFolder, MetaProperties, PartitionLog, TopicPartition,
};
use crate::storage::{Storage, StorageError};

/// Every data folder of this broker.
#[derive(Debug)]
pub(crate) struct Folders {
    all: Vec<DataFolder>,
    placed: Mutex<BTreeMap<TopicPartition, usize>>,
    /// Topics that were there at the start, if a folder was not: what is not found of them is in that one.
    lost_topics: OnceLock<BTreeSet<Uuid>>,
}

#[derive(Debug)]
struct DataFolder {
    path: PathBuf,
    /// Nothing where it could not be opened.
    folder: Option<LogFolder>,
    /// Why it is offline, if it is.
    failure: Mutex<Option<String>>,
    /// Whether every log in it is known to be sound.
    recovered: AtomicBool,
}

/// A data folder as tools see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FolderView {
    pub(crate) path: String,
    pub(crate) is_online: bool,
    /// Its partitions and the bytes of each.
    pub(crate) partitions: Vec<(TopicPartition, u64)>,
}

impl Folders {
    /// Opens the folders.
    ///
    /// # Errors
    /// When the first cannot be opened, one is in use by another process, or a partition is in two of them.
    pub(super) fn open(storage: &Arc<dyn Storage>, paths: &[String]) -> Result<Folders, LogError> {
        let whole = FolderOptions::default();
        let share = paths.len().max(1);
        let options = FolderOptions {
            open_files: whole.open_files / share,
            tail_cache_bytes: whole.tail_cache_bytes / share,
        };
        let mut all: Vec<DataFolder> = Vec::new();
        let mut placed: BTreeMap<TopicPartition, usize> = BTreeMap::new();
        for (index, path) in paths.iter().enumerate() {
            let opened = LogFolder::open(storage.clone(), Path::new(path), options)
                .and_then(|folder| folder.partitions().map(|partitions| (folder, partitions)));
            let (folder, failure) = match opened {
                Ok((folder, partitions)) => {
                    for id in partitions {
                        if let Some(other) = placed.insert(id.clone(), index) {
                            let folders = [all[other].path.clone(), PathBuf::from(path)];
                            return Err(LogError::InTwoFolders { id, folders });
                        }
                    }
                    (Some(folder), None)
                }
                Err(LogError::Storage(error)) if index > 0 => {
                    tracing::error!(
                        folder = path,
                        error = &error as &dyn std::error::Error,
                        "a data folder is offline"
                    );
                    (None, Some(reason(&error)))
                }
                Err(error) => return Err(error),
            };
            all.push(DataFolder {
                path: PathBuf::from(path),
                recovered: AtomicBool::new(folder.as_ref().is_none_or(LogFolder::was_clean)),
                folder,
                failure: Mutex::new(failure),
            });
        }
        Ok(Folders { all, placed: Mutex::new(placed), lost_topics: OnceLock::new() })
    }

    fn placed(&self) -> MutexGuard<'_, BTreeMap<TopicPartition, usize>> {
        self.placed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `meta.properties` of the folders say, those without one aside: path, cluster id and node id.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(super) fn read_meta(&self) -> Result<Vec<(String, String, i32)>, LogError> {
        let mut found = Vec::new();
        for data in &self.all {
            if let Some((cluster_id, node_id, _)) =
                data.folder.as_ref().map(LogFolder::read_meta).transpose()?.flatten()
            {
                found.push((data.path.display().to_string(), cluster_id, node_id));
            }
        }
        Ok(found)
    }

    /// Writes `meta.properties` where there is none; each folder gets its own of `ids`.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn write_meta(&self, cluster_id: &str, node_id: i32, ids: &[Uuid]) -> Result<(), LogError> {
        for (data, id) in self.all.iter().zip(ids) {
            let Some(folder) = &data.folder else { continue };
            if folder.read_meta()?.is_none() {
                let cluster_id = cluster_id.to_owned();
                folder.write_meta(&MetaProperties { cluster_id, node_id, directory_id: *id })?;
            }
        }
        Ok(())
    }

    /// A partition that must be there, but may be in a folder that is not.
    ///
    /// # Errors
    /// When it is in none of the others: it must not be made anew.
    pub(super) fn check_not_lost(&self, id: &TopicPartition) -> Result<(), LogError> {
        match self.all.iter().find(|data| data.folder.is_none()) {
            Some(missing) if !self.placed().contains_key(id) => missing.online().map(drop),
            _ => Ok(()),
        }
    }

    /// Whether a folder is missing since the start.
    pub(super) fn lacks_one(&self) -> bool {
        self.all.iter().any(|data| data.folder.is_none())
    }

    /// Says which topics were there at the start, of which partitions may be in a missing folder.
    pub(super) fn set_lost_topics(&self, topics: BTreeSet<Uuid>) {
        // Set once, by the start.
        let _ = self.lost_topics.set(topics);
    }

    /// Opens a log where it is, or makes it where the fewest are. Blocks.
    pub(super) fn open_log(
        &self,
        id: &TopicPartition,
        topic_id: Option<Uuid>,
        config: LogConfig,
        now_ms: i64,
    ) -> Result<Arc<PartitionLog>, LogError> {
        let data = &self.all[self.place(id, topic_id)?];
        let opened = data.online()?.open_log(id, topic_id, config, now_ms);
        if let Err(LogError::Storage(error)) = &opened {
            data.probe(error);
        }
        opened
    }

    fn place(&self, id: &TopicPartition, topic_id: Option<Uuid>) -> Result<usize, LogError> {
        let mut placed = self.placed();
        if let Some(index) = placed.get(id) {
            return Ok(*index);
        }
        let missing = self.all.iter().find(|data| data.folder.is_none());
        if let (Some(missing), Some(topics), Some(topic_id)) = (missing, self.lost_topics.get(), topic_id)
            && topics.contains(&topic_id)
        {
            return missing.online().map(|_| 0);
        }
        let mut counts = vec![0usize; self.all.len()];
        for index in placed.values() {
            counts[*index] += 1;
        }
        let sound = self.all.iter().enumerate().filter(|(_, data)| data.is_online());
        // The first folder holds everything where none is sound: it says why.
        let index = sound.map(|(index, _)| index).min_by_key(|index| counts[*index]).unwrap_or(0);
        placed.insert(id.clone(), index);
        Ok(index)
    }

    fn folder_of(&self, id: &TopicPartition) -> Option<&LogFolder> {
        let index = self.placed().get(id).copied()?;
        self.all[index].folder.as_ref()
    }

    /// Deletes a log, open or not. Blocks.
    pub(super) fn delete_log(&self, id: &TopicPartition, unique: Uuid) -> Result<(), LogError> {
        let deleted = self.folder_of(id).map_or(Ok(()), |folder| folder.delete_log(id, unique));
        self.placed().remove(id);
        deleted
    }

    /// The partitions that have files.
    pub(super) fn partitions(&self) -> Vec<TopicPartition> {
        self.placed().keys().cloned().collect()
    }

    /// Those of them that are in a folder of this number; nothing beyond the last folder.
    pub(super) fn partitions_in(&self, number: usize) -> Option<Vec<TopicPartition>> {
        self.all.get(number)?;
        Some(self.placed().iter().filter(|(_, index)| **index == number).map(|(id, _)| id.clone()).collect())
    }

    /// The topic id that a partition's folder names.
    pub(super) fn topic_id(&self, id: &TopicPartition) -> Result<Option<String>, LogError> {
        self.folder_of(id).map_or(Ok(None), |folder| folder.topic_id(id))
    }

    /// Where the last compaction of a log ended, if there was one.
    pub(super) fn compacted_to(&self, id: &TopicPartition) -> Option<i64> {
        self.folder_of(id)?.compacted_to(id)
    }

    /// Writes down where a compaction ended. Blocks.
    pub(super) fn note_compacted(&self, id: &TopicPartition, clean_to: i64) -> Result<(), LogError> {
        self.folder_of(id).map_or(Ok(()), |folder| folder.note_compacted(id, clean_to))
    }

    /// Writes every folder's checkpoints. A folder that takes no writes any more goes offline. Blocks.
    ///
    /// # Errors
    /// The first that was met; the other folders' checkpoints are written all the same.
    pub(super) fn checkpoint(&self) -> Result<(), LogError> {
        let mut first_error = None;
        for data in self.all.iter().filter(|data| data.is_online()) {
            let Some(folder) = &data.folder else { continue };
            if let Err(error) = folder.checkpoint() {
                if let LogError::Storage(error) = &error {
                    data.probe(error);
                }
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    /// Looks whether folders in which logs have failed still work, and takes down those that do not.
    pub(super) fn look_after(&self) {
        for data in self.all.iter().filter(|data| data.is_online()) {
            let Some(folder) = &data.folder else { continue };
            if let Some(error) = folder.logs().iter().find_map(|log| log.failure()) {
                data.probe(&error);
            }
        }
    }

    /// Whether every log of every folder is known to be sound.
    pub(super) fn is_recovered(&self) -> bool {
        self.all.iter().all(|data| data.recovered.load(Ordering::Acquire))
    }

    /// All logs of the folder of this number have been looked through.
    pub(super) fn set_recovered(&self, number: usize) {
        if let Some(data) = self.all.get(number) {
            data.recovered.store(true, Ordering::Release);
        }
    }

    /// Closes every log and folder. A folder is marked clean only if all of it is. Blocks.
    pub(super) fn close(&self) -> Result<(), LogError> {
        let mut first_error = None;
        for data in &self.all {
            let Some(folder) = &data.folder else { continue };
            let sound = data.is_online();
            let closed = match sound && data.recovered.load(Ordering::Acquire) {
                true => folder.close(),
                // Logs that nobody has opened since the crash must be looked through by the next start.
                false => folder.close_for_recovery(),
            };
            match closed {
                Err(error) if sound => drop(first_error.get_or_insert(error)),
                Err(error) => {
                    tracing::warn!(folder = %data.path.display(), error = &error as &dyn std::error::Error, "a folder that is offline could not be closed in order");
                }
                Ok(()) => {}
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    /// What is where. Reads the folders' contents where logs are not open. Blocks.
    pub(super) fn views(&self) -> Vec<FolderView> {
        let view = |(number, data): (usize, &DataFolder)| {
            let folder = data.folder.as_ref().filter(|_| data.is_online());
            let ids = self.partitions_in(number).unwrap_or_default();
            let sized = |id: TopicPartition| {
                let size = folder?.size_of(&id).unwrap_or(0);
                Some((id, size))
            };
            FolderView {
                path: absolute(&data.path),
                is_online: folder.is_some(),
                partitions: ids.into_iter().filter_map(sized).collect(),
            }
        };
        self.all.iter().enumerate().map(view).collect()
    }

    /// The path of the folder that holds a partition, as tools know it.
    pub(super) fn path_of(&self, id: &TopicPartition) -> Option<String> {
        let index = self.placed().get(id).copied()?;
        Some(absolute(&self.all[index].path))
    }

    /// Whether there is a folder of this path, as tools know it.
    pub(super) fn has_path(&self, path: &str) -> bool {
        self.all.iter().any(|data| absolute(&data.path) == path)
    }
}

impl DataFolder {
    fn failure(&self) -> MutexGuard<'_, Option<String>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_online(&self) -> bool {
        self.failure().is_none()
    }

    fn online(&self) -> Result<&LogFolder, LogError> {
        match (&self.folder, &*self.failure()) {
            (Some(folder), None) => Ok(folder),
            (_, reason) => {
                let reason = reason.clone().unwrap_or_default();
                Err(LogError::Offline { folder: self.path.clone(), reason })
            }
        }
    }

    /// Something in the folder failed: if the folder takes no writes either, it goes offline with all of its logs. A
    /// full disk does not count.
    fn probe(&self, met: &StorageError) {
        let Some(folder) = self.folder.as_ref().filter(|_| self.is_online()) else { return };
        let Err(error) = folder.probe() else { return };
        if error.is_full() {
            return;
        }
        tracing::error!(
            folder = %self.path.display(),
            met = met as &dyn std::error::Error,
            error = &error as &dyn std::error::Error,
            "a data folder takes no writes any more and goes offline with its partitions"
        );
        *self.failure() = Some(reason(&error));
        for log in folder.logs() {
            log.take_down(&error);
        }
    }
}

fn reason(error: &StorageError) -> String {
    format!("{error}: {}", error.source)
}

/// A path as Kafka shows it.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
