//! Pipelines: one YAML file with sources, SQL and sinks, checked as a whole and run as one.
//!
//! A file is read into a tree with places, checked key by key, compiled to the flat maps that Kafka Connect's
//! connectors take, and run: an embedded broker or a cluster, topics, sources, continuous queries, sinks. This room
//! joins the libraries; it must never print, and never read the process's arguments.

mod build;
mod cluster;
mod config;
mod duration;
mod home;
mod known;
mod placeholder;
mod problem;
mod run;
mod sql;
mod status;
mod summary;
mod yaml;

pub use build::{OtherTopics, Pipeline};
pub use cluster::Cluster;
pub use config::PipelineFile;
pub use home::Home;
pub use problem::{Place, Problem, Problems};
pub use run::{RunOptions, Stopper, run};
pub use status::{Lane, Phase, Status};
pub use summary::{LaneSummary, Summary};

#[cfg(test)]
mod tests;
