//! Streaming SQL: the only room that names DataFusion.
//!
//! DataFusion parses, plans, evaluates expressions and runs bounded queries; what a query keeps up to date runs on our
//! own operators behind [`BatchProcessor`](crate::operator::BatchProcessor), in the same topologies, tasks and stores
//! as the typed DSL. A [`SqlSession`] takes statements; `dialect` reads them, `catalog` keeps names, `bounded` answers
//! queries, `window` cuts time. This room must never know a broker, a socket or a thread.

mod bounded;
pub mod catalog;
mod continuous;
pub mod dialect;
mod dml;
mod error;
mod exec;
mod explain;
#[cfg(test)]
mod idle_tests;
mod judge;
mod local;
mod plan;
#[cfg(test)]
mod property;
mod session;
#[cfg(test)]
mod tests;
pub mod topic;
mod window;

pub use continuous::{ContinuousQuery, TopicPlan};
pub use error::SqlError;
pub use judge::{Doubt, Judged};
pub use local::LocalSql;
pub use session::{Answer, SqlSession};
