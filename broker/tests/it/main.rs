//! The broker from outside: raw frames where the protocol itself is asked, our own client where data is.

mod crash;
mod data;
mod groups;
mod pipelining;
mod restart;
mod topics;
mod versions;
mod wire;
