//! Steps that DataFusion computes anew for the rows of one key: OVER, top-n, and joins that look at all rows.
//!
//! All rows are kept by key. When one changes, the plan runs over its key's rows as they were and as they are, and the
//! difference goes out. The plan is made once; only its inputs change.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlan, collect};
use futures::{FutureExt, stream};

use super::multimap::Multimap;
use super::{Delta, Env, Mark, Operator, Output, RowBytes, batch_of, evaluate};
use crate::sql::error::SqlError;

/// An input of a plan. What it holds comes with each run, so one plan serves all tasks.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) schema: SchemaRef,
    pub(crate) place: usize,
}

/// What the inputs of a plan hold in one run.
struct Filled(Vec<RecordBatch>);

impl PartitionStream for Slot {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, task: Arc<TaskContext>) -> SendableRecordBatchStream {
        let filled = task.session_config().get_extension::<Filled>();
        let batch = filled
            .and_then(|filled| filled.0.get(self.place).cloned())
            .unwrap_or_else(|| RecordBatch::new_empty(self.schema.clone()));
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), stream::iter([Ok(batch)])))
    }
}

/// A plan over slots.
#[derive(Clone, Debug)]
pub(crate) struct RecomputeSpec {
    pub(crate) number: u16,
    /// The key of each input's rows; none puts all rows under one key.
    pub(crate) keys: Vec<Vec<Arc<dyn PhysicalExpr>>>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) plan: Arc<dyn ExecutionPlan>,
    pub(crate) task: Arc<TaskContext>,
    pub(crate) schema: SchemaRef,
}

type Counted = BTreeMap<Vec<u8>, i64>;

/// A plan at work.
#[derive(Debug)]
pub(crate) struct Recompute {
    spec: RecomputeSpec,
    key_bytes: Vec<RowBytes>,
    row_bytes: Vec<RowBytes>,
    out_bytes: RowBytes,
    inputs: Vec<Multimap>,
    /// The key that was computed last, and its rows.
    last: Option<(Vec<u8>, Counted)>,
}

impl Recompute {
    pub(crate) fn new(spec: RecomputeSpec) -> Result<Recompute, SqlError> {
        let mut key_bytes = Vec::new();
        for (keys, slot) in spec.keys.iter().zip(&spec.slots) {
            let types = keys.iter().map(|key| key.data_type(&slot.schema)).collect::<Result<_, _>>()?;
            key_bytes.push(RowBytes::new(types)?);
        }
        let row_bytes =
            spec.slots.iter().map(|slot| RowBytes::of_schema(&slot.schema)).collect::<Result<_, _>>()?;
        let [a, b] = spec.number.to_be_bytes();
        let inputs =
            (0..spec.slots.len()).map(|input| Multimap::new(vec![b'R', a, b, input as u8])).collect();
        Ok(Recompute {
            out_bytes: RowBytes::of_schema(&spec.schema)?,
            key_bytes,
            row_bytes,
            inputs,
            last: None,
            spec,
        })
    }

    /// The plan's rows for a key as its inputs are now.
    fn compute(&self, key: &[u8]) -> Result<Counted, SqlError> {
        let mut filled = Vec::new();
        for ((slot, rows), bytes) in self.spec.slots.iter().zip(&self.inputs).zip(&self.row_bytes) {
            let mut all: Vec<&[u8]> = Vec::new();
            for (row, count) in rows.rows(key) {
                all.extend(std::iter::repeat_n(row, usize::try_from(count).unwrap_or(0)));
            }
            let count = all.len();
            filled.push(batch_of(&slot.schema, bytes.decode(all)?, count)?);
        }
        let config = self.spec.task.session_config().clone().with_extension(Arc::new(Filled(filled)));
        let task = TaskContext::default().with_session_config(config);
        let plan = reset_plan_states(self.spec.plan.clone())?;
        // Everything is in memory and nothing is spawned, so the plan is ready at once.
        let run = tokio::task::unconstrained(collect(plan, Arc::new(task)));
        let batches =
            run.now_or_never().ok_or_else(|| SqlError::internal("a plan over memory had to wait"))??;
        let mut counted = Counted::new();
        for batch in batches {
            for row in self.out_bytes.encode(batch.columns(), batch.num_rows())? {
                *counted.entry(row).or_default() += 1;
            }
        }
        Ok(counted)
    }

    fn diff(&self, before: &Counted, after: &Counted, mark: Mark, out: &mut Vec<(Vec<u8>, Mark)>) {
        let count = |rows: &Counted, row: &Vec<u8>| rows.get(row).copied().unwrap_or(0);
        for (row, had) in before {
            for _ in count(after, row)..*had {
                out.push((row.clone(), Mark { op: -1, ..mark }));
            }
        }
        for (row, has) in after {
            for _ in count(before, row)..*has {
                out.push((row.clone(), Mark { op: 1, ..mark }));
            }
        }
    }
}

impl Operator for Recompute {
    fn init(&mut self, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        self.inputs.iter_mut().try_for_each(|input| input.init(env))?;
        Ok(Vec::new())
    }

    fn process(&mut self, port: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let columns = self.spec.keys[port]
            .iter()
            .map(|key| evaluate(key, &delta.batch))
            .collect::<Result<Vec<_>, _>>()?;
        let keys = self.key_bytes[port].encode(&columns, delta.len())?;
        let rows = self.row_bytes[port].encode(delta.batch.columns(), delta.len())?;
        let mut out = Vec::new();
        let mut at = 0;
        while at < delta.len() {
            let key = &keys[at];
            let before = match self.last.take() {
                Some((known, rows)) if known == *key => rows,
                _ => self.compute(key)?,
            };
            // The halves of one update count as one change.
            let origin = delta.marks[at].origin;
            let mut mark = delta.marks[at];
            while at < delta.len() && delta.marks[at].origin == origin && keys[at] == *key {
                mark = delta.marks[at];
                self.inputs[port].add(key, &rows[at], mark.op.into(), env)?;
                at += 1;
            }
            let after = self.compute(key)?;
            self.diff(&before, &after, mark, &mut out);
            self.last = Some((key.clone(), after));
        }
        if out.is_empty() {
            return Ok(Vec::new());
        }
        let columns = self.out_bytes.decode(out.iter().map(|(row, _)| row.as_slice()))?;
        let marks: Vec<Mark> = out.iter().map(|(_, mark)| *mark).collect();
        let mut output = Output::new(self.spec.schema.clone());
        output.push(columns, &marks)?;
        output.finish()
    }
}
