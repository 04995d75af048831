//! Bounded queries: DataFusion's own plans over what topics hold when the query begins.
//!
//! Knows DataFusion's session and table traits, and topics through [`TopicLog`](super::topic::TopicLog). Must never
//! know continuous operators.

mod context;
mod functions;
mod pushdown;
mod scan;
mod table;

pub(crate) use context::{Mode, Planner, plan_query};
pub(crate) use table::TopicTable;
