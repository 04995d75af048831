//! Cutting a plan into stages where rows must meet by another key than the one they lie by.
//!
//! Rows of a topic lie by their record's key. A step that brings rows together by other columns gets its input through
//! a repartition topic, and all below that topic is a stage of its own. Topics of one partition need none of it.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use riverrun_core::format::KeyFormat;

use super::compile::{PlanNode, PlanOp};
use crate::sql::error::SqlError;
use crate::sql::exec::{JoinKind, SinkKey};
use crate::sql::window::WindowKind;

/// How rows lie in partitions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spread {
    /// The columns whose values choose the partition; `None` where they are not known.
    columns: Option<Vec<usize>>,
    /// How they become a key: equal keys of different forms lie in different partitions.
    form: Form,
    partitions: i32,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    Record(KeyFormat, Vec<DataType>),
    Exchange(Vec<DataType>),
}

/// A stage that writes a repartition topic.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) root: PlanNode,
    /// The topic's name within the application.
    pub(crate) topic: String,
    pub(crate) keys: Vec<Arc<dyn PhysicalExpr>>,
    pub(crate) partitions: i32,
}

/// Cuts the plan of one view.
#[derive(Debug)]
pub(crate) struct Cutter<'a> {
    view: &'a str,
    /// Numbers of partitions by topic.
    partitions: &'a BTreeMap<String, i32>,
    most: i32,
    pub(crate) stages: Vec<Stage>,
}

fn plain(expr: &Arc<dyn PhysicalExpr>) -> Option<usize> {
    let expr: &dyn Any = expr.as_ref();
    expr.downcast_ref::<Column>().map(Column::index)
}

fn columns(width: usize, node: &PlanNode) -> Vec<Arc<dyn PhysicalExpr>> {
    (0..width)
        .map(|at| Arc::new(Column::new(node.schema.field(at).name(), at)) as Arc<dyn PhysicalExpr>)
        .collect()
}

impl Spread {
    /// Whether rows with equal values in these columns lie together.
    fn gathers(&self, keys: &[Option<usize>]) -> bool {
        self.partitions == 1
            || self.columns.as_ref().is_some_and(|columns| {
                !columns.is_empty() && columns.iter().all(|column| keys.contains(&Some(*column)))
            })
    }

    fn moved(self, place: impl Fn(usize) -> Option<usize>) -> Spread {
        let columns = self.columns.and_then(|columns| columns.into_iter().map(place).collect());
        Spread { columns, ..self }
    }
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(view: &'a str, partitions: &'a BTreeMap<String, i32>) -> Cutter<'a> {
        let most = partitions.values().copied().max().unwrap_or(1);
        Cutter { view, partitions, most, stages: Vec::new() }
    }

    /// The plan with stages cut off below it, and its rows lying so that the sink can key them.
    pub(crate) fn cut(&mut self, root: PlanNode, key: &mut SinkKey) -> Result<PlanNode, SqlError> {
        let (mut root, spread) = self.spread(root)?;
        let width = root.schema.fields().len();
        let keys: Vec<usize> = match *key {
            SinkKey::Append => return Ok(root),
            SinkKey::Columns | SinkKey::GatheredColumns => root.facts.key.clone().unwrap_or_default(),
            SinkKey::WholeRow => (0..width).collect(),
        };
        let wanted: Vec<Option<usize>> = keys.iter().map(|key| Some(*key)).collect();
        if !spread.gathers(&wanted) {
            let all = columns(width, &root);
            let keys = keys.into_iter().map(|key| all[key].clone()).collect();
            root = self.exchange(root, keys)?.0;
        }
        if *key == SinkKey::Columns && !self.stages.is_empty() {
            *key = SinkKey::GatheredColumns;
        }
        Ok(root)
    }

    fn exchange(
        &mut self,
        node: PlanNode,
        keys: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<(PlanNode, Spread), SqlError> {
        let schema = node.batch_schema();
        let types = keys.iter().map(|key| key.data_type(&schema)).collect::<Result<Vec<_>, _>>()?;
        let partitions = if keys.is_empty() { 1 } else { self.most };
        let topic = format!("{}-{}-repartition", self.view, self.stages.len() + 1);
        let columns = keys.iter().map(plain).collect::<Option<Vec<usize>>>();
        let leaf = PlanNode {
            op: PlanOp::Exchange { topic: topic.clone(), first: reads_first(&node) },
            schema: node.schema.clone(),
            inputs: Vec::new(),
            facts: node.facts.clone(),
        };
        self.stages.push(Stage { root: node, topic, keys, partitions });
        Ok((leaf, Spread { columns, form: Form::Exchange(types), partitions }))
    }

    fn spread(&mut self, mut node: PlanNode) -> Result<(PlanNode, Spread), SqlError> {
        let mut spreads = Vec::new();
        let mut inputs = Vec::new();
        for input in std::mem::take(&mut node.inputs) {
            let (input, spread) = self.spread(input)?;
            inputs.push(input);
            spreads.push(spread);
        }
        let spread = match &node.op {
            PlanOp::Scan { relation, columns, .. } => {
                let partitions = self.partitions.get(&relation.topic).copied().unwrap_or(1);
                let types =
                    relation.key.iter().map(|key| relation.schema.field(*key).data_type().clone()).collect();
                let key = (!relation.key.is_empty()).then(|| relation.key.clone());
                let spread =
                    Spread { columns: key, form: Form::Record(relation.key_format, types), partitions };
                spread.moved(|column| columns.iter().position(|known| *known == column))
            }
            PlanOp::Exchange { .. } => return Err(SqlError::internal("a plan was cut twice")),
            PlanOp::Filter(_) | PlanOp::Windowing { .. } => spreads.remove(0),
            PlanOp::Project(exprs) => {
                let sources: Vec<Option<usize>> = exprs.iter().map(plain).collect();
                spreads.remove(0).moved(|column| sources.iter().position(|source| *source == Some(column)))
            }
            PlanOp::Union => self.union(&mut inputs, spreads)?,
            PlanOp::Aggregate(spec) => {
                let keys = spec.group.clone();
                let spread = self.gather(&mut inputs[0], spreads.remove(0), &keys)?;
                let sources: Vec<Option<usize>> = keys.iter().map(plain).collect();
                spread.moved(|column| sources.iter().position(|source| *source == Some(column)))
            }
            PlanOp::Recompute { spec, what } if inputs.len() == 1 => {
                let spread = self.gather(&mut inputs[0], spreads.remove(0), &spec.keys[0])?;
                // Other steps of this kind do not begin with their input's columns.
                let keeps = matches!(*what, "OVER" | "the first rows");
                spread.moved(|column| keeps.then_some(column))
            }
            PlanOp::Recompute { .. } => {
                for (input, spread) in inputs.iter_mut().zip(spreads) {
                    self.gather(input, spread, &[])?;
                }
                Spread { columns: None, form: Form::Exchange(Vec::new()), partitions: 1 }
            }
            PlanOp::Join(spec) => {
                let kind = spec.kind;
                let keys = spec.keys.clone();
                self.join(&mut inputs, spreads, &keys, kind)?
            }
        };
        node.inputs = inputs;
        Ok((node, spread))
    }

    /// Makes rows with equal keys meet.
    fn gather(
        &mut self,
        input: &mut PlanNode,
        spread: Spread,
        keys: &[Arc<dyn PhysicalExpr>],
    ) -> Result<Spread, SqlError> {
        let wanted: Vec<Option<usize>> = keys.iter().map(plain).collect();
        if spread.gathers(&wanted) {
            return Ok(spread);
        }
        let (node, spread) = self.exchange(input.clone(), keys.to_vec())?;
        *input = node;
        Ok(spread)
    }

    /// A task reads the same partition of all its inputs, so they must be equally many.
    fn union(&mut self, inputs: &mut [PlanNode], spreads: Vec<Spread>) -> Result<Spread, SqlError> {
        let partitions = spreads.first().map_or(1, |spread| spread.partitions);
        if spreads.iter().all(|spread| spread.partitions == partitions) {
            let same = spreads.windows(2).all(|pair| pair[0] == pair[1]);
            let columns = spreads.first().and_then(|spread| spread.columns.clone()).filter(|_| same);
            let form = spreads.into_iter().next().map_or(Form::Exchange(Vec::new()), |spread| spread.form);
            return Ok(Spread { columns, form, partitions });
        }
        let mut spread = None;
        for input in inputs {
            let keys = columns(input.schema.fields().len(), input);
            let (node, made) = self.exchange(input.clone(), keys)?;
            *input = node;
            spread = Some(made);
        }
        spread.ok_or_else(|| SqlError::internal("a UNION of nothing"))
    }

    fn join(
        &mut self,
        inputs: &mut [PlanNode],
        spreads: Vec<Spread>,
        keys: &[Vec<Arc<dyn PhysicalExpr>>; 2],
        kind: JoinKind,
    ) -> Result<Spread, SqlError> {
        let places = |side: usize| -> Option<Vec<usize>> {
            let wanted: Vec<Option<usize>> = keys[side].iter().map(plain).collect();
            spreads[side]
                .columns
                .as_ref()?
                .iter()
                .map(|column| wanted.iter().position(|key| *key == Some(*column)))
                .collect()
        };
        let together = spreads[0].partitions == spreads[1].partitions
            && (spreads[0].partitions == 1
                || (spreads[0].form == spreads[1].form
                    && places(0).is_some_and(|left| !left.is_empty() && Some(left) == places(1))));
        let spread = if together {
            spreads[0].clone()
        } else {
            let (left, spread) = self.exchange(inputs[0].clone(), keys[0].clone())?;
            inputs[0] = left;
            inputs[1] = self.exchange(inputs[1].clone(), keys[1].clone())?.0;
            spread
        };
        // Rows of the right side alone have nulls in the left side's columns, wherever they lie.
        let left_alone = !matches!(kind, JoinKind::Pairs { keep_right: true, .. });
        Ok(spread.moved(|column| left_alone.then_some(column)))
    }
}

/// Whether all topics of a plan are looked up by streams, and so come first.
fn reads_first(node: &PlanNode) -> bool {
    match &node.op {
        PlanOp::Scan { lookup, .. } => *lookup,
        PlanOp::Exchange { first, .. } => *first,
        _ => !node.inputs.is_empty() && node.inputs.iter().all(reads_first),
    }
}

/// At which multiples of time a watermark can close a window of the plan; `None` if no window closes.
pub(crate) fn grain(node: &PlanNode) -> Option<i64> {
    fn gcd(a: i64, b: i64) -> i64 {
        if b == 0 { a.abs() } else { gcd(b, a % b) }
    }
    let mut found: Option<i64> = None;
    let mut add = |ms: i64| {
        if ms != 0 {
            found = Some(gcd(found.unwrap_or(0), ms));
        }
    };
    match &node.op {
        PlanOp::Windowing { windows, .. } => {
            add(windows.offset_ms);
            match windows.kind {
                WindowKind::Tumble { size_ms } => add(size_ms),
                WindowKind::Hop { slide_ms, size_ms } => {
                    add(slide_ms);
                    add(size_ms);
                }
                WindowKind::Cumulate { step_ms, .. } => add(step_ms),
            }
        }
        PlanOp::Aggregate(spec) => {
            if let Some(closing) = &spec.closing {
                add(closing.grace_ms);
            }
        }
        _ => {}
    }
    for input in &node.inputs {
        if let Some(ms) = grain(input) {
            add(ms);
        }
    }
    found
}
