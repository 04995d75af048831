//! `riverrun run`: runs a pipeline from its file, shows how far it is, and says what it did.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use riverrun::pipeline::{
    Cluster, Home, Lane, OtherTopics, Phase, Pipeline, RunOptions, Status, Stopper, Summary, run,
};
use riverrun::{Error, ErrorKind, Result};

use super::runtime::{self, Stop};
use super::terminal::{Output, Terminal};

const EXAMPLES: &str = "\
Examples:
  riverrun run examples/flights/pipeline.yaml
  riverrun run examples/flights/pipeline.yaml --fresh
  riverrun run pipeline.yaml --bootstrap-server kafka-1:9092,kafka-2:9092 --output json

Sources find their files from the folder of the pipeline's file; data and results go below the working folder.
Run again, a pipeline goes on where it was: nothing is read or written twice.";

/// How often the progress bars are drawn.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// Run a pipeline: its sources, SQL and sinks, over a broker of its own or a cluster.
///
/// When all sources come to an end, the last windows close, everything is drained, and the command says what it did.
/// Otherwise it runs until it is interrupted.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// The pipeline's file, in YAML.
    file: PathBuf,
    /// Where pipelines keep their data: the broker's log and the state of queries, in a folder of the pipeline's name.
    #[arg(long, value_name = "DIR", env = "RIVERRUN_DATA_DIR", default_value = ".riverrun")]
    data_dir: PathBuf,
    /// Use this cluster instead of a broker in this process: one or more HOST:PORT, separated by commas.
    #[arg(long, value_name = "HOST:PORT", env = "RIVERRUN_BOOTSTRAP_SERVER")]
    bootstrap_server: Option<String>,
    /// Start over: remove what earlier runs of this pipeline stored and wrote.
    #[arg(long)]
    fresh: bool,
}

impl Run {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let runtime = runtime::of_all_cores()?;
        let summary = runtime.block_on(self.finish(terminal))?;
        // What is left on the runtime (a listener, idle connections) need not be waited for.
        runtime.shutdown_background();
        report(&summary, terminal)
    }

    async fn finish(self, terminal: &Terminal) -> Result<Summary> {
        let other_topics = match self.bootstrap_server {
            Some(_) => OtherTopics::OfTheCluster,
            None => OtherTopics::None,
        };
        let pipeline = Pipeline::build(&self.file, other_topics).await?;
        let home = Home::take(&self.data_dir, pipeline.name(), self.fresh)?;
        let cluster = match &self.bootstrap_server {
            Some(servers) => {
                let reached = Cluster::reach(servers).await;
                reached.map_err(|error| error.context(format_args!("--bootstrap-server {servers}")))?
            }
            None => Cluster::embedded(&home.folder().join("broker")).await?,
        };
        if self.fresh {
            if self.bootstrap_server.is_some() {
                cluster.start_over(&pipeline).await?;
            }
            pipeline.clear_results()?;
        }
        if let Some(address) = cluster.bootstrap().filter(|_| terminal.is_watched()) {
            terminal.note(&format!("pipeline '{}', broker at {address}", pipeline.name()));
        }
        let done = drive(pipeline, &cluster, &home, terminal).await;
        let closed = cluster.close().await;
        let summary = done?;
        closed?;
        Ok(summary)
    }
}

/// Runs the pipeline while watching for signals and drawing progress.
async fn drive(pipeline: Pipeline, cluster: &Cluster, home: &Home, terminal: &Terminal) -> Result<Summary> {
    let mut signals = Stop::listen()?;
    let (status, stopper) = (Status::default(), Stopper::default());
    let running = run(pipeline, cluster, home, RunOptions::default(), status.clone(), stopper.clone());
    tokio::pin!(running);
    let mut bars = Bars::new(terminal.is_watched());
    let mut draw = tokio::time::interval(DRAW_EVERY);
    let mut asked = 0;
    loop {
        tokio::select! {
            summary = &mut running => {
                bars.clear();
                return summary;
            }
            () = signals.asked_for() => {
                asked += 1;
                if asked > 1 {
                    bars.clear();
                    return Err(Error::new(ErrorKind::Closed, "interrupted twice; the next run goes on from here"));
                }
                stopper.stop();
                terminal.note("stopping; interrupt again to stop at once");
            }
            _ = draw.tick() => bars.draw(&status),
        }
    }
}

/// A bar for each source and sink.
struct Bars {
    all: MultiProgress,
    bars: Vec<(String, ProgressBar)>,
}

impl Bars {
    fn new(watched: bool) -> Bars {
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Bars { all: MultiProgress::with_draw_target(target), bars: Vec::new() }
    }

    fn draw(&mut self, status: &Status) {
        let phase = status.phase();
        for lane in status.sources() {
            let counted = lane.snapshot();
            let bar = self.bar(&lane, "reading", "{prefix:>24} {bar:30} {percent:>3}%  {msg}");
            bar.set_length(counted.progress_total.max(1));
            bar.set_position(counted.progress_done);
            bar.set_message(format!("{} rows, {} bad", counted.records_in, counted.records_bad));
        }
        for lane in status.sinks() {
            let counted = lane.snapshot();
            let bar = self.bar(&lane, "writing", "{prefix:>24} {spinner} {msg}");
            bar.set_message(format!("{} rows", counted.records_in));
            bar.tick();
        }
        if phase == Phase::Closing {
            let lane = Lane { name: "windows".to_owned(), tasks: Vec::new() };
            let bar = self.bar(&lane, "closing", "{prefix:>24} {spinner}");
            bar.tick();
        }
    }

    fn bar(&mut self, lane: &Lane, doing: &str, template: &str) -> ProgressBar {
        let name = format!("{doing} {}", lane.name);
        if let Some((_, bar)) = self.bars.iter().find(|(known, _)| *known == name) {
            return bar.clone();
        }
        let bar = self.all.add(ProgressBar::new(1));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(name.clone());
        self.bars.push((name, bar.clone()));
        bar
    }

    fn clear(&self) {
        // A terminal that went away shows nothing that needed clearing.
        let _ = self.all.clear();
    }
}

fn report(summary: &Summary, terminal: &Terminal) -> Result<()> {
    let text = match terminal.output() {
        Output::Json => {
            let json = serde_json::to_string(summary).map_err(|error| {
                Error::new(ErrorKind::Internal, "the summary could not be written as JSON").with_source(error)
            })?;
            format!("{json}\n")
        }
        Output::Table => describe(summary),
    };
    terminal.text(&text)
}

fn describe(summary: &Summary) -> String {
    let state = match (summary.finished, summary.anything_new) {
        (false, _) => "stopped before its end; run it again to go on",
        (true, true) => "done",
        (true, false) => "nothing new since the last run; nothing was changed",
    };
    let mut text = format!("{}: {state}\n", summary.name);
    for (what, number) in [
        ("rows in", summary.rows_in),
        ("rows out", summary.rows_out),
        ("late", summary.late),
        ("bad", summary.bad),
    ] {
        text.push_str(&format!("  {what:<12}{:>12}\n", grouped(number)));
    }
    text.push_str(&format!("  {:<12}{:>12.2}\n", "seconds", summary.seconds));
    if summary.peak_memory_bytes > 0 {
        let mebibytes = summary.peak_memory_bytes as f64 / f64::from(1 << 20);
        text.push_str(&format!("  {:<12}{:>8.1} MiB\n", "peak memory", mebibytes));
    }
    for result in &summary.results {
        text.push_str(&format!("  result      {result}\n"));
    }
    text
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (27_004, "27,004"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
