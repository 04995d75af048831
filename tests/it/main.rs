//! Riverrun from outside: the real binary as a process, and the broker inside this one.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod binary;
mod client;
mod commands;
mod dump_log;
mod embedded;
mod flight_delays;
#[cfg(feature = "sql")]
mod flights;
mod history;
mod kill;
mod mixed;
mod pipeline;
mod readme;
mod serving;
#[cfg(feature = "sql")]
mod sql;
mod streams;
mod transactions;
