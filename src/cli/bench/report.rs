//! What a measurement found, for people and for programs.

use riverrun::Result;
use serde_json::{Map, Value, json};

use super::super::terminal::Terminal;
use super::latencies::Latencies;
use super::usage::{Process, Usage, Used};

/// The processes that are watched while a measurement runs.
#[derive(Debug)]
pub(crate) struct Watch {
    own: Option<Usage>,
    other: Option<(u32, Usage)>,
}

/// What they used.
#[derive(Debug)]
pub(crate) struct Watched {
    own: Option<Used>,
    other: Option<(u32, Used)>,
}

impl Watch {
    /// Starts to watch our own process, and another if its id is given.
    pub(crate) fn start(other: Option<u32>) -> Self {
        Watch {
            own: Usage::of(Process::Own),
            other: other.and_then(|id| Some((id, Usage::of(Process::Other(id))?))),
        }
    }

    pub(crate) fn stop(&self) -> Watched {
        let used = |before: Usage, process| Some(before.until(Usage::of(process)?));
        Watched {
            own: self.own.and_then(|before| used(before, Process::Own)),
            other: self.other.and_then(|(id, before)| Some((id, used(before, Process::Other(id))?))),
        }
    }
}

/// The result of a measurement.
#[derive(Debug)]
pub(crate) struct Report {
    /// The command's name.
    pub(crate) bench: &'static str,
    /// What was asked for, and what the figures depend on.
    pub(crate) settings: Vec<(&'static str, Value)>,
    /// Records that count: those after the warm-up.
    pub(crate) records: u64,
    /// Bytes of their values.
    pub(crate) bytes: u64,
    /// The time in which they were done.
    pub(crate) seconds: f64,
    /// Latencies by what they are of.
    pub(crate) latencies: Vec<(&'static str, Latencies)>,
    /// What the processes used over the whole run, warm-up included.
    pub(crate) watched: Watched,
    /// How long the whole run took.
    pub(crate) watched_seconds: f64,
}

impl Report {
    pub(crate) fn print(&self, terminal: &Terminal) -> Result<()> {
        terminal.done(&self.text(), &self.json())
    }

    fn records_per_second(&self) -> f64 {
        self.records as f64 / self.seconds.max(f64::MIN_POSITIVE)
    }

    fn megabytes_per_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.seconds.max(f64::MIN_POSITIVE)
    }

    fn text(&self) -> String {
        let mut lines = vec![format!("{}: {} records in {:.2} s", self.bench, self.records, self.seconds)];
        let mut line = |name: &str, value: String| lines.push(format!("  {name:<22} {value}"));
        line("records/s", format!("{:.0}", self.records_per_second()));
        line("MB/s", format!("{:.2}", self.megabytes_per_second()));
        for (name, latencies) in self.latencies.iter().filter(|(_, latencies)| !latencies.is_empty()) {
            line(&format!("{name} ms"), latencies.text());
        }
        if let Some(own) = &self.watched.own {
            line("own CPU", own.text(self.watched_seconds));
        }
        if let Some((id, used)) = &self.watched.other {
            line(&format!("process {id} CPU"), used.text(self.watched_seconds));
        }
        for (name, value) in &self.settings {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            line(&name.replace('_', " "), text);
        }
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let map = |entries: Vec<(&str, Value)>| {
            entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
        };
        let latencies = self.latencies.iter().filter(|(_, latencies)| !latencies.is_empty());
        json!({
            "bench": self.bench,
            "records": self.records,
            "bytes": self.bytes,
            "seconds": self.seconds,
            "records_per_second": self.records_per_second(),
            "megabytes_per_second": self.megabytes_per_second(),
            "latency_us": map(latencies.map(|(name, latencies)| (*name, latencies.json())).collect()),
            "run_seconds": self.watched_seconds,
            "own": self.watched.own.map(|used| used.json()),
            "watched": self.watched.other.map(|(id, used)| json!({ "pid": id, "used": used.json() })),
            "settings": map(self.settings.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_say_the_same() {
        let report = Report {
            bench: "produce",
            settings: vec![("record_bytes", json!(100)), ("flush", json!("ack"))],
            records: 5_000,
            bytes: 500_000,
            seconds: 2.0,
            latencies: vec![("ack", Latencies::new())],
            watched: Watched { own: None, other: None },
            watched_seconds: 3.0,
        };
        let text = report.text();
        assert!(text.starts_with("produce: 5000 records in 2.00 s\n"), "{text}");
        assert!(text.contains("records/s              2500\n"), "{text}");
        assert!(text.ends_with("flush                  ack"), "{text}");
        let json = report.json();
        assert_eq!(
            (json["megabytes_per_second"].as_f64(), json["settings"]["flush"].as_str()),
            (Some(0.25), Some("ack"))
        );
    }
}
