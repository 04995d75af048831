//! Leader epochs: which leader wrote from which offset on (KIP-101).

use std::fmt::Write;
use std::path::Path;

use super::checkpoint::{self, Lines};
use super::error::LogError;

/// The epochs of a log and their first offsets, both rising.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LeaderEpochs(Vec<(i32, i64)>);

impl LeaderEpochs {
    /// The newest epoch.
    pub(super) fn latest(&self) -> Option<i32> {
        self.0.last().map(|(epoch, _)| *epoch)
    }

    /// Takes note that `epoch` wrote at `offset`; whether that is news.
    pub(super) fn note(&mut self, epoch: i32, offset: i64) -> bool {
        if epoch < 0 || self.latest().is_some_and(|latest| latest >= epoch) {
            return false;
        }
        self.0.push((epoch, offset));
        true
    }

    /// The epoch that wrote `offset`.
    pub(super) fn of(&self, offset: i64) -> Option<i32> {
        let count = self.0.partition_point(|(_, start)| *start <= offset);
        count.checked_sub(1).map(|at| self.0[at].0)
    }

    /// The largest epoch that is not above `epoch`, and the offset after its last record, given the log's end.
    pub(super) fn end_of(&self, epoch: i32, log_end: i64) -> Option<(i32, i64)> {
        let count = self.0.partition_point(|(known, _)| *known <= epoch);
        let at = count.checked_sub(1)?;
        Some((self.0[at].0, self.0.get(count).map_or(log_end, |(_, start)| *start)))
    }

    /// Forgets epochs that start at or after `offset`; whether there were any.
    pub(super) fn truncate_end(&mut self, offset: i64) -> bool {
        let count = self.0.len();
        self.0.retain(|(_, start)| *start < offset);
        self.0.len() < count
    }

    /// Forgets epochs that ended at or before `offset`; the one that holds it then starts there. Whether that changed
    /// anything.
    pub(super) fn truncate_start(&mut self, offset: i64) -> bool {
        let before = self.0.clone();
        if let Some(at) = self.0.partition_point(|(_, start)| *start <= offset).checked_sub(1) {
            self.0.drain(..at);
            self.0[0].1 = offset;
        }
        self.0 != before
    }

    /// The contents of `leader-epoch-checkpoint`.
    pub(super) fn encode(&self) -> String {
        let mut text = format!("0\n{}\n", self.0.len());
        for (epoch, start) in &self.0 {
            let _ = writeln!(text, "{epoch} {start}");
        }
        text
    }

    /// Reads `leader-epoch-checkpoint`.
    pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<LeaderEpochs, LogError> {
        let mut lines = Lines::new(path, bytes)?;
        let mut epochs = LeaderEpochs::default();
        for _ in 0..checkpoint::entries(&mut lines)? {
            let line = lines.next("an epoch and its start offset")?;
            let parsed = line.split_once(' ').and_then(|(epoch, start)| {
                Some((epoch.parse::<i32>().ok()?, start.parse::<i64>().ok().filter(|start| *start >= 0)?))
            });
            let rising = |(epoch, start): &(i32, i64)| {
                epochs.0.last().is_none_or(|(last, from)| last < epoch && from <= start)
            };
            match parsed.filter(rising) {
                Some(entry) => epochs.0.push(entry),
                None => return Err(lines.bad("expected a rising epoch and its start offset")),
            }
        }
        Ok(epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_and_cuts() {
        let mut epochs = LeaderEpochs::default();
        assert!(epochs.note(0, 0) && !epochs.note(0, 5) && epochs.note(2, 10) && epochs.note(5, 20));
        assert_eq!(epochs.of(9), Some(0));
        assert_eq!(epochs.of(10), Some(2));
        assert_eq!(epochs.end_of(1, 30), Some((0, 10)));
        assert_eq!(epochs.end_of(5, 30), Some((5, 30)));
        assert_eq!(epochs.end_of(-1, 30), None);
        let decoded = LeaderEpochs::decode(Path::new("e"), epochs.encode().as_bytes()).unwrap();
        assert_eq!(decoded, epochs);
        assert!(epochs.truncate_start(12) && !epochs.truncate_start(12));
        assert_eq!(epochs.of(12), Some(2));
        assert!(epochs.truncate_end(20));
        assert_eq!(epochs.encode(), "0\n1\n2 12\n");
    }

    #[test]
    fn bad_files_name_their_line() {
        for (text, line) in
            [("", 1), ("1\n0\n", 1), ("0\nx\n", 2), ("0\n2\n0 0\n", 4), ("0\n2\n1 0\n0 5\n", 4)]
        {
            match LeaderEpochs::decode(Path::new("e"), text.as_bytes()) {
                Err(LogError::BadFile { line: found, .. }) => assert_eq!(found, line, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }
}
