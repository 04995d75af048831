//! The only sockets of the broker: listener, sessions, and the handlers of the APIs.
//!
//! Knows the wire and the runtime. Nothing below it knows that there are connections.

mod admission;
mod authorized;
mod connection;
mod dispatch;
mod endpoint;
mod error_map;
mod features;
mod fetch_memory;
mod handlers;
mod input;
mod listener;
mod meter;
mod outcome;
mod output;
mod quota;
mod session;
mod versions;

pub(crate) use endpoint::Endpoint;
pub(crate) use listener::Server;
