//! The page of metrics, in Prometheus' text format (version 0.0.4).

use std::fmt::{Display, Write};

use super::declared::{Kind, Metric};
use super::histogram::{Counted, ENDS_US, Histogram};

/// The text as it is written, family by family.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
}

/// The samples of one metric.
#[derive(Debug)]
pub(crate) struct Family<'a> {
    page: &'a mut Page,
    metric: &'static Metric,
}

impl Page {
    /// Begins the samples of `metric`; each metric may be begun once.
    pub(crate) fn family(&mut self, metric: &'static Metric) -> Family<'_> {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Summary => "summary",
        };
        // Writing into a string never fails.
        let _ = writeln!(self.text, "# HELP {} {}\n# TYPE {} {kind}", metric.name, metric.doc, metric.name);
        Family { page: self, metric }
    }

    /// A metric with one sample.
    pub(crate) fn single(&mut self, metric: &'static Metric, value: impl Display) {
        self.family(metric).sample(&[], value);
    }

    /// What was written.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, name: &str, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        self.text.push_str(name);
        self.text.push_str(suffix);
        let mut opening = '{';
        for (label, value) in labels {
            let _ = write!(self.text, "{opening}{label}=\"{}\"", Escaped(value));
            opening = ',';
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

impl Family<'_> {
    fn labels<'v>(&self, values: &[&'v str]) -> Vec<(&'static str, &'v str)> {
        debug_assert_eq!(self.metric.labels.len(), values.len(), "{}", self.metric.name);
        self.metric.labels.iter().copied().zip(values.iter().copied()).collect()
    }

    /// One number, with a value for each declared label.
    pub(crate) fn sample(&mut self, labels: &[&str], value: impl Display) {
        let labels = self.labels(labels);
        self.page.line(self.metric.name, "", &labels, value);
    }

    /// The number of all together, without labels, as Kafka has one beside those of each topic.
    pub(crate) fn of_all(&mut self, value: impl Display) {
        self.page.line(self.metric.name, "", &[], value);
    }

    /// One histogram of durations, in milliseconds.
    pub(crate) fn histogram(&mut self, labels: &[&str], histogram: &Histogram) {
        let Counted { up_to, sum_us } = histogram.counted();
        let labels = self.labels(labels);
        let ends = ENDS_US.iter().map(|end| (*end as f64 / 1_000.0).to_string());
        for (end, count) in ends.chain(["+Inf".to_owned()]).zip(up_to) {
            let mut labels = labels.clone();
            labels.push(("le", &end));
            self.page.line(self.metric.name, "_bucket", &labels, count);
        }
        self.page.line(self.metric.name, "_sum", &labels, sum_us as f64 / 1_000.0);
        self.page.line(self.metric.name, "_count", &labels, up_to[ENDS_US.len()]);
    }

    /// A sum and the number of things in it.
    pub(crate) fn summary(&mut self, labels: &[&str], sum: u64, count: u64) {
        let labels = self.labels(labels);
        self.page.line(self.metric.name, "_sum", &labels, sum);
        self.page.line(self.metric.name, "_count", &labels, count);
    }
}

/// A label's value as the format wants it.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for char in self.0.chars() {
            match char {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
