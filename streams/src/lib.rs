//! Stream processing for Riverrun: a typed DSL and SQL over one runtime.
//!
//! A [`topology`] is plain data; a [`task`] runs one sub-topology of one partition as a pure function of records and
//! time; [`state`] keeps what it remembers. Arrows point one way: `dsl, sql → topology → operator → state`, and
//! `runtime → task → topology`.

pub mod dsl;
pub mod operator;
pub mod prelude;
pub mod record;
pub mod runtime;
#[cfg(feature = "sql")]
pub mod sql;
pub mod state;
pub mod task;
pub mod test_driver;
pub mod topology;
