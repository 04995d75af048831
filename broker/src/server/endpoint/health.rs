//! Whether the broker can do its work, and what keeps it from it.

use serde::Serialize;

use crate::server::listener::Server;

/// Failed partitions that are named; the rest is counted.
const NAMED_MAX: usize = 20;

/// How a broker is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Health {
    /// `ready`, `degraded` (some partitions cannot be written) or `closing`.
    pub(crate) status: &'static str,
    /// Whether clients should be sent here.
    pub(crate) ready: bool,
    /// What is not as it should be; empty if all is.
    pub(crate) reasons: Vec<String>,
    /// What is good to know but keeps nobody from anything.
    pub(crate) notes: Vec<String>,
}

impl Health {
    /// Looks at everything that could be wrong.
    pub(super) fn of(server: &Server) -> Self {
        let node = &server.node;
        let (mut reasons, mut notes) = (Vec::new(), Vec::new());
        let is_closing = node.is_closing();
        if is_closing {
            reasons.push("the broker is shutting down".to_owned());
        }
        let open = node.partitions.open();
        let failed: Vec<String> = open
            .iter()
            .filter(|partition| partition.log().is_some_and(|log| log.is_failed()))
            .map(|partition| partition.id().to_string())
            .collect();
        if !failed.is_empty() {
            let named = failed.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
            let more = failed.len().saturating_sub(NAMED_MAX);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            reasons.push(format!(
                "a write or flush failed, so these partitions take nothing more until the broker is restarted on a disk that works: {named}{more}"
            ));
        }
        if server.is_full() {
            reasons.push("max.connections is reached: new connections wait".to_owned());
        }
        if !node.is_recovered() {
            notes.push("logs that a crash left behind are being looked through".to_owned());
        }
        let status = match (is_closing, reasons.is_empty()) {
            (true, _) => "closing",
            (false, true) => "ready",
            (false, false) => "degraded",
        };
        // A broker whose other partitions work is of more use than none.
        let all_failed = !failed.is_empty() && failed.len() == open.len();
        Health { status, ready: !is_closing && !all_failed, reasons, notes }
    }

    /// Whether clients should be sent here.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready
    }
}
