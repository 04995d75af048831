//! The table of metrics for people.

use super::declared::{Kind, METRICS};

/// The table of all metrics, in Markdown.
pub(crate) fn reference() -> String {
    let mut text = "| Metric | Labels | Kind | Kafka's MBean | Meaning |\n|---|---|---|---|---|\n".to_owned();
    for metric in METRICS {
        let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        let labels: Vec<String> = metric.labels.iter().map(|label| code(label)).collect();
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Summary => "sum and count",
        };
        let row = [
            code(metric.name),
            labels.join(", "),
            kind.to_owned(),
            code(metric.mbean),
            metric.doc.to_owned(),
        ];
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}
