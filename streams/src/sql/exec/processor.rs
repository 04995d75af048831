//! A query's operators as a processor of a topology.

use std::sync::Arc;

use super::source::Source;
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
    pub(crate) sources: Vec<(Source, Vec<usize>)>,
    pub(crate) store: StoreId,
    pub(crate) late: Option<SinkId>,
    pub(crate) node: NodeId,
    /// Whether the order of outputs does not depend on where runs are cut even if a run is worked on at once.
    pub(crate) whole_runs: bool,
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
        work: impl FnOnce(&mut Graph, &mut [(Source, Vec<usize>)], &mut Env<'_>) -> Result<(), SqlError>,
    ) -> Flow {
        let mut env = Env { ctx, store: self.store, records, late: self.late, node: self.node };
        work(&mut self.graph, &mut self.sources, &mut env)
            .map_err(|error| ProcessError::step(self.name.clone(), error.kind, error.to_string()))
    }
}

/// Hands rows to all nodes that read a source, one record at a time if need be, and then the watermark.
fn feed(
    graph: &mut Graph,
    leaves: &[usize],
    delta: Delta,
    watermark_ms: i64,
    whole: bool,
    env: &mut Env<'_>,
) -> Result<(), SqlError> {
    if whole {
        if let [leaf] = leaves {
            return graph.push(*leaf, 0, delta, env);
        }
    }
    let mut row = 0;
    while row < delta.len() {
        let origin = delta.marks[row].origin;
        let rows: Vec<usize> =
            (row..delta.len()).take_while(|at| delta.marks[*at].origin == origin).collect();
        row += rows.len();
        let part = delta.take(&rows)?;
        for leaf in leaves {
            graph.push(*leaf, 0, part.clone(), env)?;
        }
        let after = delta.marks.get(row).map_or(watermark_ms, |next| next.watermark_ms);
        for leaf in leaves {
            graph.watermark(*leaf, 0, after, env)?;
        }
    }
    Ok(())
}

impl BatchProcessor for GraphProcessor {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.with_env(&[], ctx, |graph, sources, env| {
            graph.init(env)?;
            for (source, leaves) in sources {
                source.init(env)?;
                for leaf in leaves {
                    graph.watermark(*leaf, 0, source.watermark_ms, env)?;
                }
            }
            Ok(())
        })
    }

    fn timestamp(&mut self, input: usize, record: &InputRecord, _: i64) -> Result<i64, ProcessError> {
        // What a stream looks up is loaded before the stream's rows flow.
        Ok(if self.sources[input].0.spec().first { 0 } else { record.timestamp.max(0) })
    }

    fn process(&mut self, input: usize, records: &[InputRecord], ctx: &mut Context) -> Flow {
        let whole = self.whole_runs;
        self.with_env(records, ctx, |graph, sources, env| {
            let (source, leaves) = &mut sources[input];
            for delta in source.read(records, env)? {
                feed(graph, leaves, delta, source.watermark_ms, whole, env)?;
            }
            for leaf in leaves {
                graph.watermark(*leaf, 0, source.watermark_ms, env)?;
            }
            Ok(())
        })
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.with_env(&[], ctx, |graph, sources, env| {
            graph.flush(env)?;
            sources.iter_mut().try_for_each(|(source, _)| source.flush(env))
        })
    }

    fn end_of_input(&mut self, input: usize, ctx: &mut Context) -> Flow {
        self.with_env(&[], ctx, |graph, sources, env| {
            sources[input].1.iter().try_for_each(|leaf| graph.watermark(*leaf, 0, i64::MAX, env))
        })
    }
}
