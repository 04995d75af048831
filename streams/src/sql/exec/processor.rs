//! A query's operators as a processor of a topology.

use std::sync::Arc;

use bytes::Bytes;

use super::exchange::grains;
use super::idle::{Peers, Seat, lift};
use super::input::{Input, Pulse};
use super::{Delta, Env, Graph};
use crate::operator::{BatchProcessor, Context, Flow, NodeId, ProcessError, SinkId, StoreId};
use crate::record::InputRecord;
use crate::sql::error::SqlError;

/// The operators of one stage of a query in one task.
#[derive(Debug)]
pub(crate) struct GraphProcessor {
    pub(crate) name: Arc<str>,
    pub(crate) graph: Graph,
    /// What each input reads, and the nodes that take its rows.
    pub(crate) sources: Vec<(Input, Vec<usize>)>,
    pub(crate) store: StoreId,
    pub(crate) late: Option<SinkId>,
    pub(crate) node: NodeId,
    /// How rows are handed on.
    pub(crate) pace: Pace,
    pub(crate) rest: Rest,
}

/// Whether a task's inputs are idle.
#[derive(Debug)]
pub(crate) struct Rest {
    seat: Seat,
    idle: bool,
    /// Whether the store does not know.
    dirty: bool,
}

impl Rest {
    pub(crate) fn new(peers: &Peers) -> Rest {
        Rest { seat: peers.seat(), idle: false, dirty: false }
    }
}

/// Under this key the store holds whether the next stage was told that the task is idle.
const IDLE_KEY: &[u8] = b"I";

/// How much of a run may be worked on at once, so that the order of outputs does not depend on where runs are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// All of it.
    Run,
    /// Up to where the watermark passes a multiple of so many milliseconds, if any time matters.
    Grain(Option<i64>),
    /// One record.
    Record,
}

/// A processor that could not be made says so when it is started.
#[derive(Debug)]
pub(crate) struct Unmade {
    pub(crate) name: Arc<str>,
    pub(crate) error: SqlError,
}

impl BatchProcessor for Unmade {
    fn init(&mut self, _: &mut Context) -> Flow {
        Err(ProcessError::step(self.name.clone(), self.error.kind, self.error.to_string()))
    }

    fn process(&mut self, _: usize, _: &[InputRecord], ctx: &mut Context) -> Flow {
        self.init(ctx)
    }
}

impl GraphProcessor {
    fn with_env(
        &mut self,
        records: &[InputRecord],
        ctx: &mut Context,
        work: impl FnOnce(&mut Graph, &mut [(Input, Vec<usize>)], &mut Rest, &mut Env<'_>) -> Result<(), SqlError>,
    ) -> Flow {
        let mut env = Env {
            ctx,
            store: self.store,
            records,
            late: self.late,
            node: self.node,
            raw: false,
            starting: false,
        };
        work(&mut self.graph, &mut self.sources, &mut self.rest, &mut env)
            .map_err(|error| ProcessError::step(self.name.clone(), error.kind, error.to_string()))
    }
}

/// Hands rows to all nodes that read an input, each part with the watermark behind it.
fn feed(
    graph: &mut Graph,
    leaves: &[usize],
    delta: Delta,
    watermark_ms: i64,
    pace: Pace,
    env: &mut Env<'_>,
) -> Result<(), SqlError> {
    let pace = if leaves.len() > 1 { Pace::Record } else { pace };
    let after = |row: usize| delta.marks.get(row).map_or(watermark_ms, |next| next.watermark_ms);
    let mut row = 0;
    while row < delta.len() {
        let start = row;
        row = match pace {
            Pace::Run => delta.len(),
            Pace::Record => {
                let origin = delta.marks[start].origin;
                (start..delta.len()).find(|at| delta.marks[*at].origin != origin).unwrap_or(delta.len())
            }
            Pace::Grain(grain_ms) => {
                let before = grains(delta.marks[start].watermark_ms, grain_ms);
                (start + 1..delta.len())
                    .find(|at| grains(delta.marks[*at].watermark_ms, grain_ms) != before)
                    .unwrap_or(delta.len())
            }
        };
        let part = if start == 0 && row == delta.len() {
            delta.clone()
        } else {
            let rows: Vec<usize> = (start..row).collect();
            delta.take(&rows)?
        };
        for leaf in leaves {
            graph.push(*leaf, 0, part.clone(), env)?;
        }
        if pace != Pace::Run {
            for leaf in leaves {
                graph.watermark(*leaf, 0, after(row), env)?;
            }
        }
    }
    Ok(())
}

impl BatchProcessor for GraphProcessor {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.with_env(&[], ctx, |graph, sources, rest, env| {
            env.starting = true;
            graph.init(env)?;
            for (source, leaves) in sources {
                source.init(env)?;
                for leaf in leaves {
                    graph.watermark(*leaf, 0, source.watermark_ms(), env)?;
                }
            }
            rest.idle = env.ctx.get(env.store, IDLE_KEY)?.is_some();
            if rest.idle {
                graph.idle(true, env);
            }
            Ok(())
        })
    }

    fn timestamp(&mut self, input: usize, record: &InputRecord, _: i64) -> Result<i64, ProcessError> {
        // What a stream looks up is loaded before the stream's rows flow.
        Ok(if self.sources[input].0.first() { 0 } else { record.timestamp.max(1) })
    }

    fn process(&mut self, input: usize, records: &[InputRecord], ctx: &mut Context) -> Flow {
        let pace = self.pace;
        self.with_env(records, ctx, |graph, sources, rest, env| {
            let (source, leaves) = &mut sources[input];
            env.raw = source.is_topic();
            let deltas = source.read(records, env)?;
            if rest.idle && source.pulse(None, 0) == Pulse::Active {
                (rest.idle, rest.dirty) = (false, true);
                graph.idle(false, env);
            }
            for delta in deltas {
                feed(graph, leaves, delta, source.watermark_ms(), pace, env)?;
            }
            for leaf in leaves {
                graph.watermark(*leaf, 0, source.watermark_ms(), env)?;
            }
            Ok(())
        })
    }

    fn tick(&mut self, ctx: &mut Context) -> Flow {
        let now_ms = ctx.now_ms();
        let quiet: Vec<Option<i64>> =
            (0..self.sources.len()).map(|input| ctx.quiet_since_ms(input)).collect();
        let partition = ctx.partition();
        self.with_env(&[], ctx, |graph, sources, rest, env| {
            let idle = lift(sources, &quiet, now_ms, partition, &mut rest.seat);
            // The next stage hears of it first, so that it hears of what follows as of one that is idle.
            if idle && !rest.idle {
                (rest.idle, rest.dirty) = (true, true);
                graph.idle(true, env);
            }
            for (source, leaves) in sources {
                for leaf in leaves {
                    graph.watermark(*leaf, 0, source.watermark_ms(), env)?;
                }
            }
            Ok(())
        })
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.with_env(&[], ctx, |graph, sources, rest, env| {
            graph.flush(env)?;
            if std::mem::take(&mut rest.dirty) {
                env.put(Bytes::from_static(IDLE_KEY), rest.idle.then(Bytes::new))?;
            }
            sources.iter_mut().try_for_each(|(source, _)| source.flush(env))
        })
    }

    fn end_of_input(&mut self, input: usize, ctx: &mut Context) -> Flow {
        self.with_env(&[], ctx, |graph, sources, _, env| {
            sources[input].1.iter().try_for_each(|leaf| graph.watermark(*leaf, 0, i64::MAX, env))
        })
    }
}
