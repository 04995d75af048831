//! A build without SQL: a script is refused.

use std::collections::BTreeMap;
use std::path::Path;

use riverrun_core::Result;

use super::super::cluster::Cluster;
use super::super::config::PipelineFile;
use super::super::known::KnownSource;
use super::super::problem::Gathered;
use super::super::run::Stopper;
use super::super::summary::Counted;
use super::Plan;

/// A materialized view; there are none.
#[derive(Debug)]
pub(in super::super) enum Query {}

impl Query {
    /// What the application that runs it is called.
    pub(in super::super) fn application(&self) -> &str {
        match *self {}
    }

    /// The topics that it writes.
    pub(in super::super) fn outputs(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }
}

/// What a pipeline's script comes to: a problem, if there is one.
pub(in super::super) async fn plan(
    file: &PipelineFile,
    _sources: &[KnownSource],
    _partitions: &BTreeMap<String, i32>,
    problems: &mut Gathered,
) -> Plan {
    let Some(sql) = &file.sql else { return Plan::default() };
    problems.add(sql.place, "this riverrun was built without SQL; build it with feature 'sql'");
    Plan { written_known: false, ..Plan::default() }
}

/// Views that run; there are none.
#[derive(Debug)]
pub(in super::super) struct Views;

impl Views {
    pub(in super::super) async fn start(
        _queries: Vec<Query>,
        _cluster: &Cluster,
        _state: &Path,
        _tables: &[String],
    ) -> Result<Views> {
        Ok(Views)
    }

    pub(in super::super) async fn finish(self) -> Result<Counted> {
        Ok(Counted::default())
    }

    pub(in super::super) async fn run_until(self, stopper: &Stopper) -> Result<Counted> {
        stopper.asked().await;
        Ok(Counted::default())
    }

    pub(in super::super) async fn stop(self) -> Result<Counted> {
        Ok(Counted::default())
    }
}
