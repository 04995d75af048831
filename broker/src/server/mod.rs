//! The only sockets of the broker: listener, sessions, and the handlers of the APIs.
//!
//! Knows the wire and the runtime. Nothing below it knows that there are connections.

mod connection;
mod dispatch;
mod error_map;
mod handlers;
mod input;
mod listener;
mod outcome;
mod output;
mod session;
mod versions;

pub(crate) use listener::Server;
