//! The plan node of a window function in a continuous query.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, FieldRef};
use datafusion::common::{DFSchema, DFSchemaRef, TableReference};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, UserDefinedLogicalNodeCore};

use super::{WINDOW_COLUMNS, Windows};

/// Adds the windows of a time column: each input row comes out once per window, with `window_start`, `window_end` and
/// `window_time` behind its own columns.
#[derive(Clone, Debug)]
pub(crate) struct WindowAssign {
    pub(crate) input: LogicalPlan,
    pub(crate) time: Expr,
    pub(crate) windows: Windows,
    schema: DFSchemaRef,
}

impl WindowAssign {
    pub(crate) fn try_new(input: LogicalPlan, time: Expr, windows: Windows) -> Result<WindowAssign> {
        let data_type = time.get_type(input.schema())?;
        let mut fields: Vec<(Option<TableReference>, FieldRef)> =
            input.schema().iter().map(|(table, field)| (table.cloned(), field.clone())).collect();
        for name in WINDOW_COLUMNS {
            fields.push((None, Arc::new(Field::new(name, data_type.clone(), false))));
        }
        let schema = Arc::new(DFSchema::new_with_metadata(fields, input.schema().metadata().clone())?);
        Ok(WindowAssign { input, time, windows, schema })
    }

    fn identity(&self) -> (&LogicalPlan, &Expr, &Windows) {
        (&self.input, &self.time, &self.windows)
    }
}

impl PartialEq for WindowAssign {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for WindowAssign {}

impl Hash for WindowAssign {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialOrd for WindowAssign {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.windows.partial_cmp(&other.windows).filter(|order| order.is_ne() || self == other)
    }
}

impl UserDefinedLogicalNodeCore for WindowAssign {
    fn name(&self) -> &str {
        "Windows"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        vec![self.time.clone()]
    }

    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        WINDOW_COLUMNS.iter().map(|name| (*name).to_string()).collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Windows: {} over {}", self.windows, self.time)
    }

    fn with_exprs_and_inputs(&self, mut exprs: Vec<Expr>, mut inputs: Vec<LogicalPlan>) -> Result<Self> {
        WindowAssign::try_new(inputs.swap_remove(0), exprs.swap_remove(0), self.windows)
    }
}
