//! The coordinators: pure state machines that turn requests into records, replies and deadlines.
//!
//! A coordinator knows neither clock, file nor socket. `decide(&self, …)` reads state and returns a decision as
//! data; `replay(&mut self, …)` alone changes state, the same when live and when a log is loaded (wall 6).

pub(crate) mod group;
pub(crate) mod transaction;
