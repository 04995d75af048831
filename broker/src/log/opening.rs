//! Opening a log, or making it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, OnceLock};

use riverrun_core::protocol::Uuid;

use super::active::Active;
use super::checkpoint::{partition_metadata, read_topic_id};
use super::config::LogConfig;
use super::epochs::LeaderEpochs;
use super::error::LogError;
use super::files::OpenFiles;
use super::names::{LOG, PARTITION_METADATA, TopicPartition, offset_file};
use super::partition::{Dirty, Inner, PartitionLog, Position, State};
use super::producers::Producers;
use super::recovery::Recovery;
use super::retention::drop_stray_snapshots;
use super::segment::Sealed;
use super::sweep::sweep;
use super::tail::{Tail, TailCache};
use crate::storage::{OpenMode, Storage};

/// What a log is opened with.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) id: TopicPartition,
    pub(super) dir: PathBuf,
    pub(super) topic_id: Option<Uuid>,
    pub(super) config: LogConfig,
    pub(super) files: Arc<OpenFiles>,
    pub(super) cache: Arc<TailCache>,
    /// Whether the folder was shut down cleanly.
    pub(super) clean: bool,
    /// Everything below was flushed, says the checkpoint; `None` if there is no checkpoint at all.
    pub(super) recovery_point: Option<i64>,
    /// The log start offset that the checkpoint says.
    pub(super) log_start: Option<i64>,
    /// Below this offset a compaction may have left gaps between segments.
    pub(super) compacted_to: i64,
    pub(super) now_ms: i64,
}

/// Opens the log, or makes it.
pub(super) fn open(opening: Opening) -> Result<PartitionLog, LogError> {
    let storage = Arc::clone(opening.files.storage());
    let mut dirty = Dirty::default();
    if !storage.exists(&opening.dir)? {
        storage.create_dir(&opening.dir)?;
        dirty.dirs.extend(opening.dir.parent().map(Path::to_owned));
    }
    check_topic(&*storage, &opening, &mut dirty)?;
    let inner = reload(&opening, dirty)?;
    Ok(PartitionLog {
        id: opening.id,
        files: opening.files,
        cache: opening.cache,
        tail: Arc::new(Tail::default()),
        inner: Mutex::new(inner),
        flush_ended: Condvar::new(),
        listener: OnceLock::new(),
        flush_queued: false.into(),
    })
}

/// Reads the log from its files.
pub(super) fn reload(opening: &Opening, dirty: Dirty) -> Result<Inner, LogError> {
    let storage = &**opening.files.storage();
    let bases = sweep(storage, &opening.dir)?;
    let inner = if bases.is_empty() {
        fresh(opening, dirty)?
    } else {
        Recovery::new(opening, storage, bases)?.run(dirty)?
    };
    let is_base = |offset| inner.sealed.contains_key(&offset) || inner.active.base_offset == offset;
    drop_stray_snapshots(storage, &opening.dir, is_base)?;
    Ok(inner)
}

fn check_topic(storage: &dyn Storage, opening: &Opening, dirty: &mut Dirty) -> Result<(), LogError> {
    let Some(expected) = opening.topic_id else { return Ok(()) };
    match read_topic_id(storage, &opening.dir)? {
        Some(found) if found == expected.to_string() => Ok(()),
        Some(found) => {
            Err(LogError::OtherTopic { folder: opening.dir.clone(), found, expected: expected.to_string() })
        }
        None => {
            let file = storage.open(&opening.dir.join(PARTITION_METADATA), OpenMode::Replace)?;
            file.write_at(partition_metadata(expected).as_bytes(), 0)?;
            dirty.files.push(file);
            dirty.dirs.push(opening.dir.clone());
            Ok(())
        }
    }
}

/// A log without segments.
fn fresh(opening: &Opening, mut dirty: Dirty) -> Result<Inner, LogError> {
    let base = opening.log_start.unwrap_or(0).max(0);
    if opening.recovery_point.is_some_and(|flushed| flushed > base)
        && !dirty.dirs.iter().any(|dir| Some(&**dir) == opening.dir.parent())
    {
        return Err(LogError::FlushedLost {
            file: opening.dir.join(offset_file(base, LOG)),
            at: 0,
            flushed: opening.recovery_point.unwrap_or(base),
            source: None,
        });
    }
    let active = Active::create(&opening.files, &opening.dir, base, opening.now_ms)?;
    if !dirty.dirs.contains(&opening.dir) {
        dirty.dirs.push(opening.dir.clone());
    }
    dirty.active = true;
    Ok(assemble(
        opening,
        BTreeMap::new(),
        active,
        base,
        base,
        Producers::default(),
        LeaderEpochs::default(),
        dirty,
    ))
}

#[expect(clippy::too_many_arguments, reason = "one place that puts a log together from its parts")]
pub(super) fn assemble(
    opening: &Opening,
    sealed: BTreeMap<i64, Arc<Sealed>>,
    active: Active,
    log_start: i64,
    end_offset: i64,
    producers: Producers,
    epochs: LeaderEpochs,
    dirty: Dirty,
) -> Inner {
    let end = Position { offset: end_offset, segment: active.base_offset, bytes: active.size };
    Inner {
        dir: opening.dir.clone(),
        config: Arc::new(opening.config.clone()),
        sealed,
        active,
        log_start,
        end,
        flushed: end,
        visible: end,
        producers,
        epochs,
        dirty,
        flushing: false,
        checkpoint_limit: i64::MAX,
        generation: 0,
        untouched: opening.clean,
        state: State::Open,
    }
}
