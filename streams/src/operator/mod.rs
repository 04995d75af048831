//! What both faces run on: processors, their context, and the operators of the typed DSL.
//!
//! Knows bytes, stores, time as an argument, and edges between operators. Must never know topics' transport, threads,
//! clocks, or how a topology was written down.
//!
//! Two levels plug in here. A [`BatchProcessor`] gets runs of raw records and is called once per run: continuous SQL
//! is one, and so is each source of the typed DSL. Behind such a source hangs a tree of typed [`Process`] nodes with
//! one virtual call per hop and nothing boxed between them (see docs/adr on typed edges).

pub(crate) mod aggregate;
pub(crate) mod change;
mod context;
mod edge;
mod error;
pub(crate) mod join_streams;
pub(crate) mod join_table;
pub(crate) mod join_tables;
pub(crate) mod key_value;
pub mod serde;
pub(crate) mod session;
pub(crate) mod sink;
pub(crate) mod source;
pub(crate) mod step;
pub(crate) mod suppress;
pub(crate) mod table;
pub mod window;
pub(crate) mod window_aggregate;
pub(crate) mod windowed_state;

pub use context::{Context, DropReason, Drops, Emission, OpenStore, RecordContext, SinkTarget};
pub use edge::{
    Assembly, Change, Children, Edge, Port, Process, Shared, StreamEdge, StreamItem, TableEdge, TableItem,
};
pub use error::{Flow, ProcessError};
pub use serde::{Serde, SerdeError, SharedSerde};
pub use sink::{Partitioner, TopicChooser};
pub use source::{Extract, Extractor, OnBadRecord};
pub use window::{TimeWindow, TimeWindows, Windowed};
pub use window_aggregate::Emit;

use crate::record::InputRecord;

/// A node of a topology: a source, a processor or a sink. Numbers count from 0 in the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A store of a topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreId(pub u32);

/// What [`BatchProcessor::timestamp`] gives for a record whose bytes cannot be read and that is to be dropped.
pub const UNREADABLE: i64 = i64::MIN;

/// A sink of a topology, whose topic a [`Context`] writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SinkId(pub u32);

/// The executable part behind one or more source nodes, for one partition.
///
/// The task calls it on one thread, in this order: `init` once, after the stores hold their restored state; then any
/// mix of `process`, `tick`, `flush` and `end_of_input`; nothing after an error. It must be deterministic: after a
/// crash the same records come again, from the last commit, and must give the same outputs in the same order per
/// output partition. Runs may then be cut differently, so neither outputs nor state may depend on where a run ends,
/// nor (outside `tick`) on wall-clock time.
///
/// State that must survive a crash lives in stores, or is written into stores in `flush`.
pub trait BatchProcessor: Send {
    /// Called once before the first record; the stores are open and restored.
    fn init(&mut self, ctx: &mut Context) -> Flow {
        let _ = ctx;
        Ok(())
    }

    /// The event time of a record in milliseconds since 1970; it decides the order across inputs. The default is the
    /// record's own timestamp. A negative time drops the record, counted ([`UNREADABLE`] as one whose bytes cannot be
    /// read). `partition_time_ms` is the highest time
    /// seen in the record's partition, -1 before the first.
    fn timestamp(
        &mut self,
        input: usize,
        record: &InputRecord,
        partition_time_ms: i64,
    ) -> Result<i64, ProcessError> {
        let _ = (input, partition_time_ms);
        Ok(record.timestamp)
    }

    /// Takes a run of records of one input, in order of offsets; their `timestamp` is what [`Self::timestamp`] gave.
    ///
    /// `input` is the place of the source among those the processor was registered with. Call [`Context::begin`] for
    /// each record (or once per run with the last one, if neither headers nor the offset matter): it moves stream
    /// time and the record context. Nothing is due to leave during the call: what is held back leaves in a later one
    /// or in `flush`.
    fn process(&mut self, input: usize, records: &[InputRecord], ctx: &mut Context) -> Flow;

    /// A schedule that was set with `Context::schedule` is due.
    fn punctuate(&mut self, schedule: u32, time_ms: i64, ctx: &mut Context) -> Flow {
        let _ = (schedule, time_ms, ctx);
        Ok(())
    }

    /// Called now and then with the wall clock ([`Context::now_ms`]), also while no record arrives: the place to give
    /// up waiting for an idle input. What leaves here is not repeated after a crash as it was, so keep it for results
    /// that do not depend on when they leave.
    fn tick(&mut self, ctx: &mut Context) -> Flow {
        let _ = ctx;
        Ok(())
    }

    /// The epoch ends: a commit follows at once. Forward what caches hold, and write into the stores all that
    /// `init` needs to go on from here.
    fn flush(&mut self, ctx: &mut Context) -> Flow {
        let _ = ctx;
        Ok(())
    }

    /// The input has delivered its last record for good (bounded sources only). When the last input has ended, no
    /// event time can come any more: close all windows and release what is held back. Called once per input, before
    /// the last `flush`; a task that is opened again after its inputs ended gets the call again.
    fn end_of_input(&mut self, input: usize, ctx: &mut Context) -> Flow {
        let _ = (input, ctx);
        Ok(())
    }
}
