//! Compaction: of the records of a key the last one stays.
//!
//! Kafka's rules and files, so that either broker goes on with what the other has compacted. A round looks at the dirty
//! part of a log first and notes the last offset of every key in it, within a bound of memory; then it writes all
//! segments up to there anew, several small ones into one, without the records that a later one replaces. Offsets never
//! change. A segment is written beside the log as `.cleaned`, flushed, and takes its place by renames that a recovery
//! finishes or undoes as a whole.
//!
//! - [`candidate`]: what of a log may be compacted, and whether that is due. Pure.
//! - [`latest`]: the last offset of each key, in bounded memory.
//! - [`fates`]: which transactions ended how, and which markers are still needed. Pure.
//! - [`filter`]: what stays of a batch. Pure.
//! - [`round`]: one compaction of one log; [`output`] writes its segments and [`swap`] puts them in place.

mod candidate;
mod fates;
mod filter;
mod latest;
mod output;
mod round;
mod swap;

pub use candidate::Candidate;
pub use latest::LatestOffsets;
pub use round::{CompactError, Compacted, Pace};
