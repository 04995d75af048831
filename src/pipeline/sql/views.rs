//! Materialized views that run: each is an application of streams, exactly once.

use std::collections::BTreeMap;
use std::path::Path;

use riverrun_core::{Error, ErrorKind, Result};
use riverrun_streams::runtime::{RunningStreams, Streams, Summary};
use tokio::task::JoinSet;

use super::super::cluster::Cluster;
use super::super::run::Stopper;
use super::super::summary::Counted;
use super::present::Query;

/// The views of a pipeline, running.
#[derive(Debug)]
pub(in super::super) struct Views(Vec<RunningStreams>);

impl Views {
    /// Starts the views. `tables` are the topics of tables, which are read to their end before anything else.
    pub(in super::super) async fn start(
        queries: Vec<Query>,
        cluster: &Cluster,
        state: &Path,
        tables: &[String],
    ) -> Result<Views> {
        let mut running = Vec::new();
        for Query { query } in queries {
            let loaded = query.inputs.iter().filter(|input| tables.contains(input)).cloned();
            let streams = Streams::with_client(query.topology, cluster.client())
                .exactly_once()
                .state_dir(state.join(&query.name))
                .load_first(loaded);
            let started = streams.start().await;
            running.push(started.map_err(|error| error.context(format_args!("view '{}'", query.name)))?);
        }
        Ok(Views(running))
    }

    /// Lets every view process what is in its inputs now, close its windows and end. A view ends after those that it
    /// reads.
    pub(in super::super) async fn finish(self) -> Result<Counted> {
        let mut counted = Counted::default();
        for view in self.0 {
            view.finish(BTreeMap::new()).await?;
            counted = counted + count(&view.wait().await?);
        }
        Ok(counted)
    }

    /// Runs until a stop is asked for or a view fails; then commits and stops. A view that fails stops the others.
    pub(in super::super) async fn run_until(self, stopper: &Stopper) -> Result<Counted> {
        let mut views = JoinSet::new();
        for mut view in self.0 {
            let stopper = stopper.clone();
            views.spawn(async move {
                tokio::select! {
                    () = stopper.asked() => {}
                    () = view.ended() => stopper.stop(),
                }
                view.stop().await
            });
        }
        let mut counted = Ok(Counted::default());
        while let Some(ended) = views.join_next().await {
            let ended = ended.unwrap_or_else(|panicked| {
                let message = "a view ended in a way that it must not; report it";
                Err(Error::new(ErrorKind::Internal, message).with_source(panicked))
            });
            counted = counted.and_then(|counted| Ok(counted + count(&ended?)));
        }
        counted
    }

    /// Commits and stops.
    pub(in super::super) async fn stop(self) -> Result<Counted> {
        let mut counted = Counted::default();
        for view in self.0 {
            counted = counted + count(&view.stop().await?);
        }
        Ok(counted)
    }
}

fn count(summary: &Summary) -> Counted {
    Counted { rows_in: summary.records_in(), rows_out: summary.records_out(), late: summary.late() }
}
