//! The broker from outside: raw frames where the protocol itself is asked, our own client where data is.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail where the test would")]

mod compaction;
mod configs;
mod consumer_groups;
mod crash;
mod data;
mod endpoint;
mod folders;
mod groups;
mod limits;
mod metadata_log;
mod one_node;
mod pipelining;
mod quotas;
mod restart;
mod topics;
mod transactions;
mod versions;
mod wire;
