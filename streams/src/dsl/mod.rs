//! The typed face of stream processing: streams, tables, groups and windows whose types carry the facts.
//!
//! Knows types, closures and serdes, and writes them down as a topology. Must never know records on their way, stores'
//! rows or a runtime.
//!
//! ```
//! use riverrun_streams::prelude::*;
//!
//! # fn main() -> riverrun_core::Result<()> {
//! let app = StreamsBuilder::new("word-count");
//! app.stream("lines", (utf8(), utf8()))
//!     .flat_map_values(|_, line| line.to_lowercase().split(' ').map(str::to_owned).collect::<Vec<_>>())
//!     .with_value_serde(utf8())
//!     .group_by(|_, word| word.clone(), utf8())
//!     .count_as("counts")
//!     .to_stream()
//!     .to("word-counts", (utf8(), i64()));
//! let topology = app.build()?;
//! assert_eq!(topology.subtopologies().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! Keys and values are never null in a [`Stream`]; a record without one is dropped and counted when it is read. Where
//! nulls matter, [`StreamsBuilder::stream_nullable`] gives a stream whose closures see `Option`s. Only tables know
//! deletions.
//!
//! Each operator takes the next running number of the topology for its name, as Kafka Streams does, so `describe`,
//! stores and internal topics have the same names. `.named("…")` in front of an operator gives it a name of one's own.

mod builder;
mod form;
mod graph;
mod grouped;
mod joined;
mod materialized;
mod split;
mod stream;
mod stream_join;
mod suppress;
mod table;
mod table_join;
mod windowed;

pub use builder::{BuildConfig, Consumed, StreamsBuilder};
pub use form::{Form, Full, Nullable};
pub use grouped::{GroupedStream, GroupedTable};
pub use materialized::Materialized;
pub use split::{Branches, Split};
pub use stream::Stream;
pub use stream_join::{JoinKind, JoinWindows, StreamJoined};
pub use suppress::Buffer;
pub use table::Table;
pub use windowed::{SessionStream, Sessions, WindowedStream};

#[cfg(test)]
mod tests;
