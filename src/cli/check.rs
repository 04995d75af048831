//! `riverrun check`: says everything that is wrong with a pipeline's file, without starting anything.

use std::path::PathBuf;

use clap::Args;
use riverrun::Result;
use riverrun::pipeline::{OtherTopics, Pipeline};
use serde_json::json;

use super::runtime;
use super::terminal::Terminal;

/// Check a pipeline's file: every error in it at once, with its line and column.
///
/// Nothing is started and nothing is written. The files that the sources name are opened to look at their columns.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  riverrun check examples/flights/pipeline.yaml")]
pub(crate) struct Check {
    /// The pipeline's file, in YAML.
    file: PathBuf,
    /// Let sinks read topics that nothing in the pipeline writes, as they may in a cluster.
    #[arg(long)]
    other_topics: bool,
}

impl Check {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let other_topics = if self.other_topics { OtherTopics::OfTheCluster } else { OtherTopics::None };
        let built = runtime::of_one_thread()?.block_on(Pipeline::build(&self.file, other_topics));
        match built {
            Ok(pipeline) => {
                let text =
                    format!("{}: nothing is wrong with pipeline '{}'", self.file.display(), pipeline.name());
                terminal.done(&text, &json!({ "file": self.file, "name": pipeline.name(), "problems": [] }))
            }
            Err(problems) => {
                // One line each on standard error is what editors and scripts know how to read.
                Err(problems.into())
            }
        }
    }
}
