//! Riverrun from outside: the real binary as a process, and the broker inside this one.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod binary;
mod commands;
mod embedded;
#[cfg(feature = "sql")]
mod flights;
mod kill;
mod pipeline;
mod readme;
mod serving;
