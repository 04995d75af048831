//! What a run did.

use riverrun_connectors::runtime::Snapshot;
use serde::Serialize;

use super::status::{Lane, Status};

/// What one source or sink did in this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaneSummary {
    /// The name in the pipeline's file.
    pub name: String,
    /// Rows read from a source, or records read from topics by a sink.
    pub rows_in: u64,
    /// Records written.
    pub rows_out: u64,
    /// Rows refused.
    pub bad: u64,
}

/// What the views of a pipeline did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) rows_in: u64,
    pub(super) rows_out: u64,
    pub(super) late: u64,
}

impl std::ops::Add for Counted {
    type Output = Counted;

    fn add(self, other: Counted) -> Counted {
        Counted {
            rows_in: self.rows_in + other.rows_in,
            rows_out: self.rows_out + other.rows_out,
            late: self.late + other.late,
        }
    }
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The pipeline.
    pub name: String,
    /// Whether it came to its end, or was stopped before.
    pub finished: bool,
    /// Whether there was anything that earlier runs had not done.
    pub anything_new: bool,
    /// Rows that all sources read.
    pub rows_in: u64,
    /// Rows that all sinks wrote.
    pub rows_out: u64,
    /// Rows that came after their window had closed.
    pub late: u64,
    /// Rows that a source or a sink refused.
    pub bad: u64,
    /// How long it took.
    pub seconds: f64,
    /// The most memory that the process held, in bytes; 0 where the system does not tell.
    pub peak_memory_bytes: u64,
    /// The sources.
    pub sources: Vec<LaneSummary>,
    /// The sinks.
    pub sinks: Vec<LaneSummary>,
    /// Where the sinks wrote.
    pub results: Vec<String>,
}

impl Summary {
    pub(super) fn new(name: &str, finished: bool, status: &Status, views: Counted, seconds: f64) -> Summary {
        let lanes = |lanes: Vec<Lane>| -> Vec<(LaneSummary, Snapshot)> {
            lanes.iter().map(|lane| (summary(lane), lane.snapshot())).collect()
        };
        let (sources, sinks) = (lanes(status.sources()), lanes(status.sinks()));
        let sum = |lanes: &[(LaneSummary, Snapshot)], of: fn(&LaneSummary) -> u64| -> u64 {
            lanes.iter().map(|(lane, _)| of(lane)).sum()
        };
        let (rows_in, rows_out) = (sum(&sources, |lane| lane.rows_in), sum(&sinks, |lane| lane.rows_out));
        let bad = sum(&sources, |lane| lane.bad) + sum(&sinks, |lane| lane.bad);
        Summary {
            name: name.to_owned(),
            finished,
            anything_new: rows_in > 0 || rows_out > 0 || views != Counted::default(),
            rows_in,
            rows_out,
            late: views.late,
            bad,
            seconds,
            peak_memory_bytes: peak_memory_bytes(),
            sources: sources.into_iter().map(|(lane, _)| lane).collect(),
            sinks: sinks.into_iter().map(|(lane, _)| lane).collect(),
            results: Vec::new(),
        }
    }
}

fn summary(lane: &Lane) -> LaneSummary {
    let counted = lane.snapshot();
    LaneSummary {
        name: lane.name.clone(),
        rows_in: counted.records_in,
        rows_out: counted.records_out,
        bad: counted.records_bad,
    }
}

/// The high-water mark of this process's resident memory, as Linux tells it.
fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
