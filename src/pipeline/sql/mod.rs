//! What a pipeline asks of streaming SQL: whether its script is right, which views it keeps, and to keep them.

#[cfg(not(feature = "sql"))]
mod absent;
#[cfg(feature = "sql")]
mod declare;
#[cfg(feature = "sql")]
mod plan_log;
#[cfg(feature = "sql")]
mod present;
#[cfg(feature = "sql")]
mod script;
#[cfg(feature = "sql")]
mod views;

use riverrun_connectors::runtime::TopicSpec;

#[cfg(not(feature = "sql"))]
pub(super) use absent::{Query, Views, plan};
#[cfg(feature = "sql")]
pub(super) use present::{Query, plan};
#[cfg(feature = "sql")]
pub(super) use views::Views;

/// What a script comes to.
#[derive(Debug)]
pub(super) struct Plan {
    /// Its materialized views, each after those that it reads.
    pub(super) queries: Vec<Query>,
    /// The topics of declared relations and of views, and those for late rows.
    pub(super) topics: Vec<TopicSpec>,
    /// The topics that its views write, also those of views that are wrong.
    pub(super) written: Vec<String>,
    /// Whether these are all that it would write were it right.
    pub(super) written_known: bool,
}

impl Default for Plan {
    /// What no script comes to.
    fn default() -> Self {
        Plan { queries: Vec::new(), topics: Vec::new(), written: Vec::new(), written_known: true }
    }
}
