//! Steps without an operator of their own: DataFusion runs them anew for the rows of a key.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchemaRef;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::logical_plan::TableScanBuilder;
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::StreamingTableExec;

use super::batch_schema;
use super::compile::{Compiler, PlanNode, PlanOp};
use super::facts::Facts;
use crate::sql::error::SqlError;
use crate::sql::exec::{RecomputeSpec, Slot};

/// A slot as DataFusion's table.
#[derive(Debug)]
struct SlotTable(Slot);

#[async_trait]
impl TableProvider for SlotTable {
    fn schema(&self) -> SchemaRef {
        self.0.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
        let schema = self.0.schema.clone();
        let stream = Arc::new(self.0.clone());
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![stream], projection, [], false, limit)?))
    }
}

/// A scan of a slot whose columns carry the names that the plan above asks for.
fn slot_scan(slot: &Slot, schema: &DFSchemaRef) -> Result<LogicalPlan, SqlError> {
    let source = provider_as_source(Arc::new(SlotTable(slot.clone())));
    let mut scan = TableScanBuilder::new(format!("slot{}", slot.place), source).build()?;
    scan.projected_schema = schema.clone();
    Ok(LogicalPlan::TableScan(scan))
}

impl Compiler<'_> {
    /// A step that runs `plan` over its inputs' rows of one key. `keeps_key`: whether its rows have the first input's
    /// key.
    pub(super) async fn recompute(
        &mut self,
        what: &'static str,
        plan: &LogicalPlan,
        inputs: Vec<(PlanNode, Vec<Expr>)>,
        keeps_key: bool,
    ) -> Result<PlanNode, SqlError> {
        let (mut slots, mut keys, mut scans, mut nodes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (place, (input, key)) in inputs.into_iter().enumerate() {
            let slot = Slot { schema: input.batch_schema(), place };
            keys.push(
                key.iter().map(|expr| self.physical(expr, &input.schema)).collect::<Result<Vec<_>, _>>()?,
            );
            scans.push(slot_scan(&slot, &input.schema)?);
            slots.push(slot);
            nodes.push(input);
        }
        let over_slots = match plan {
            // The rows are sorted and cut in one plan.
            LogicalPlan::Limit(limit) => {
                let sorted = limit.input.with_new_exprs(limit.input.expressions(), scans)?;
                plan.with_new_exprs(plan.expressions(), vec![sorted])?
            }
            other => other.with_new_exprs(other.expressions(), scans)?,
        };
        let physical = self.state.query_planner().create_physical_plan(&over_slots, self.state).await?;
        let spec = RecomputeSpec {
            number: self.number(),
            keys,
            slots,
            plan: physical,
            task: self.state.task_ctx(),
            schema: batch_schema(plan.schema()),
        };
        let key = if keeps_key { nodes[0].facts.key.clone() } else { None };
        let facts = Facts { key, ..Facts::default() };
        let op = PlanOp::Recompute { spec: Box::new(spec), what };
        Ok(PlanNode { op, schema: plan.schema().clone(), inputs: nodes, facts })
    }
}
