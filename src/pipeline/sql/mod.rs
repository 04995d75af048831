//! What a pipeline asks of streaming SQL: whether its script is right, and which views it keeps.

mod script;

#[cfg(not(feature = "sql"))]
mod absent;
#[cfg(feature = "sql")]
mod present;

#[cfg(not(feature = "sql"))]
pub(super) use absent::check;
#[cfg(feature = "sql")]
pub(super) use present::check;
