//! A histogram of latencies in microseconds, with three digits that count.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

/// The longest latency told apart; longer ones count as this one.
const LONGEST_US: u64 = 600_000_000;
const PERCENTILES: &[(&str, f64)] =
    &[("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0), ("p99.9", 99.9), ("p99.99", 99.99)];

/// Latencies of one kind.
#[derive(Debug)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> Self {
        #[expect(clippy::expect_used, reason = "the bounds are constants that the crate accepts")]
        Latencies(Histogram::new_with_bounds(1, LONGEST_US, 3).expect("sound bounds"))
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US);
        self.0.saturating_record(micros.max(1));
    }

    pub(crate) fn add(&mut self, other: &Latencies) {
        // Both have the same bounds, so nothing can be left out.
        let _ = self.0.add(&other.0);
    }

    /// The latency at a percentile, in milliseconds.
    pub(crate) fn ms(&self, percentile: f64) -> f64 {
        self.0.value_at_percentile(percentile) as f64 / 1_000.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `p50 1.20 · p99 4.51 · max 8.02`, in milliseconds.
    pub(crate) fn text(&self) -> String {
        let ms = |micros: u64| format!("{:.2}", micros as f64 / 1_000.0);
        let mut parts: Vec<String> = PERCENTILES
            .iter()
            .map(|(name, percentile)| format!("{name} {}", ms(self.0.value_at_percentile(*percentile))))
            .collect();
        parts.push(format!("max {}", ms(self.0.max())));
        parts.join(" · ")
    }

    /// The same in microseconds, by name.
    pub(crate) fn json(&self) -> Value {
        let mut values = Map::new();
        values.insert("mean".to_owned(), json!(self.0.mean()));
        for (name, percentile) in PERCENTILES {
            values.insert((*name).to_owned(), json!(self.0.value_at_percentile(*percentile)));
        }
        values.insert("max".to_owned(), json!(self.0.max()));
        Value::Object(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_what_was_recorded() {
        let mut latencies = Latencies::new();
        for millis in 1..=1_000 {
            latencies.record(Duration::from_millis(millis));
        }
        let json = latencies.json();
        for (name, millis) in [("p50", 500), ("p99", 990), ("max", 1_000)] {
            let found = json[name].as_f64().unwrap() / 1_000.0;
            assert!((found - f64::from(millis)).abs() <= f64::from(millis) / 1_000.0, "{name}: {found}");
        }
        assert!(latencies.text().starts_with("p50 500."));
    }

    #[test]
    fn extremes_are_kept_within_bounds() {
        let mut latencies = Latencies::new();
        latencies.record(Duration::ZERO);
        latencies.record(Duration::from_secs(1_000_000));
        assert_eq!(latencies.json()["max"].as_u64().unwrap() / 1_000_000, LONGEST_US / 1_000_000);
    }
}
