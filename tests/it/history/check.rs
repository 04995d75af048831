//! The checks, each linear in the history but for the sorting of offsets.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Anomaly, Finding, History, Operation, Outcome, Partition, Step};

/// A value as it was sent: in which operation and to which partition.
type Sent = HashMap<u64, (usize, Partition)>;

struct Checker<'a> {
    history: &'a History,
    sent: Sent,
    /// Values that somebody read.
    read: HashSet<u64>,
    /// Values that are there in the end: what the last reader read, or without one what anybody read.
    kept: HashSet<u64>,
    /// Where each value is known to be.
    places: BTreeMap<u64, BTreeSet<(Partition, i64)>>,
    findings: Vec<Finding>,
}

/// All anomalies of a history, sorted by kind.
pub(crate) fn check(history: &History) -> Vec<Finding> {
    let mut sent = Sent::new();
    let (mut read, mut kept) = (HashSet::new(), HashSet::new());
    let mut places: BTreeMap<u64, BTreeSet<(Partition, i64)>> = BTreeMap::new();
    for (at, operation) in history.operations.iter().enumerate() {
        for (partition, value, offset) in operation.sends() {
            assert!(sent.insert(value, (at, partition)).is_none(), "the history sends value {value} twice");
            // What was aborted was told an offset too, but nobody may find it there.
            if let Some(offset) = offset.filter(|_| operation.outcome != Outcome::Fail) {
                places.entry(value).or_default().insert((partition, offset));
            }
        }
        for (partition, offset, value) in operation.reads() {
            read.insert(value);
            places.entry(value).or_default().insert((partition, offset));
            if history.last_reader.is_none_or(|reader| reader == operation.process) {
                kept.insert(value);
            }
        }
    }
    let mut checker = Checker { history, sent, read, kept, places, findings: Vec::new() };
    checker.placement();
    checker.acknowledged();
    checker.transactions();
    checker.cycles();
    checker.order_of_polls();
    checker.order_of_sends();
    checker.effects();
    checker.hanging();
    checker.findings.sort_by_key(|finding| finding.anomaly);
    checker.findings
}

impl Checker<'_> {
    fn found(&mut self, anomaly: Anomaly, evidence: String) {
        self.findings.push(Finding { anomaly, evidence });
    }

    /// One value at one place, one place with one value, and each where it was sent.
    fn placement(&mut self) {
        let mut values: BTreeMap<(Partition, i64), BTreeSet<u64>> = BTreeMap::new();
        let mut found = Vec::new();
        for (value, places) in &self.places {
            if places.len() > 1 {
                found.push((Anomaly::Duplicate, format!("value {value} at {places:?}")));
            }
            for place in places {
                values.entry(*place).or_default().insert(*value);
            }
            match self.sent.get(value) {
                None => found.push((Anomaly::Invented, format!("value {value} at {places:?}"))),
                Some((_, partition)) if places.iter().any(|place| place.0 != *partition) => {
                    found.push((
                        Anomaly::Misrouted,
                        format!("value {value} was sent to {partition:?}, is at {places:?}"),
                    ));
                }
                Some(_) => {}
            }
        }
        for (place, values) in values.iter().filter(|(_, values)| values.len() > 1) {
            found.push((Anomaly::InconsistentOffsets, format!("{place:?} has {values:?}")));
        }
        found.into_iter().for_each(|(anomaly, evidence)| self.found(anomaly, evidence));
    }

    /// All that was acknowledged is there in the end.
    fn acknowledged(&mut self) {
        let mut furthest: BTreeMap<Partition, i64> = BTreeMap::new();
        for (partition, offset, value) in self.history.operations.iter().flat_map(Operation::reads) {
            if self.kept.contains(&value) {
                let known = furthest.entry(partition).or_insert(offset);
                *known = offset.max(*known);
            }
        }
        for operation in self.history.operations.iter().filter(|operation| operation.outcome == Outcome::Ok) {
            for (partition, value, offset) in operation.sends() {
                if self.kept.contains(&value) {
                    continue;
                }
                let before = offset
                    .zip(furthest.get(&partition))
                    .is_some_and(|(offset, furthest)| offset <= *furthest);
                let anomaly = if before { Anomaly::LostWrite } else { Anomaly::Unseen };
                self.found(anomaly, format!("value {value} at {partition:?} offset {offset:?}"));
            }
        }
    }

    /// Transactions are there whole or not at all, and nobody reads what was never committed.
    fn transactions(&mut self) {
        for operation in &self.history.operations {
            let sent: Vec<u64> = operation.sends().map(|(_, value, _)| value).collect();
            if operation.outcome == Outcome::Fail {
                for value in
                    sent.iter().filter(|value| self.read.contains(value)).copied().collect::<Vec<_>>()
                {
                    self.found(
                        Anomaly::AbortedRead,
                        format!("value {value} of process {}", operation.process),
                    );
                }
            }
            let own: Vec<u64> =
                operation.reads().map(|(_, _, value)| value).filter(|value| sent.contains(value)).collect();
            if !own.is_empty() {
                self.found(Anomaly::PrecommittedRead, format!("process {} read {own:?}", operation.process));
            }
            let there = sent.iter().filter(|value| self.kept.contains(value)).count();
            if operation.outcome == Outcome::Unknown && there > 0 && there < sent.len() {
                self.found(
                    Anomaly::TornTransaction,
                    format!("{there} of {sent:?}, process {}", operation.process),
                );
            }
        }
    }

    /// Who wrote comes before who read it: what cannot be put in such an order went in a circle.
    fn cycles(&mut self) {
        let operations = &self.history.operations;
        let mut readers: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); operations.len()];
        let mut writers = vec![0_usize; operations.len()];
        for (at, operation) in operations.iter().enumerate().filter(|(_, it)| it.outcome == Outcome::Ok) {
            for (_, _, value) in operation.reads() {
                if let Some((writer, _)) = self.sent.get(&value)
                    && *writer != at
                    && readers[*writer].insert(at)
                {
                    writers[at] += 1;
                }
            }
        }
        let mut free: Vec<usize> = (0..operations.len()).filter(|at| writers[*at] == 0).collect();
        let mut placed = 0;
        while let Some(at) = free.pop() {
            placed += 1;
            for reader in &readers[at] {
                writers[*reader] -= 1;
                if writers[*reader] == 0 {
                    free.push(*reader);
                }
            }
        }
        if placed < operations.len() {
            let left: Vec<usize> = (0..operations.len()).filter(|at| writers[*at] > 0).take(10).collect();
            self.found(Anomaly::Cycle, format!("operations {left:?} and perhaps more"));
        }
    }

    /// The offsets of each partition that hold something to be read.
    fn readable(&self) -> BTreeMap<Partition, Vec<i64>> {
        let mut readable: BTreeMap<Partition, BTreeSet<i64>> = BTreeMap::new();
        for (value, places) in &self.places {
            let committed = self
                .sent
                .get(value)
                .is_some_and(|(at, _)| self.history.operations[*at].outcome == Outcome::Ok);
            if committed || self.read.contains(value) {
                for (partition, offset) in places {
                    readable.entry(*partition).or_default().insert(*offset);
                }
            }
        }
        readable.into_iter().map(|(partition, offsets)| (partition, offsets.into_iter().collect())).collect()
    }

    /// A reader goes on with the next record, wherever it stood, unless its position was moved.
    fn order_of_polls(&mut self) {
        let readable = self.readable();
        let mut positions: HashMap<(u32, Partition), usize> = HashMap::new();
        let mut found = Vec::new();
        for operation in &self.history.operations {
            for partition in &operation.moved {
                positions.remove(&(operation.process, *partition));
            }
            for (partition, offset, value) in operation.reads() {
                let Ok(now) = readable[&partition].binary_search(&offset) else { continue };
                let before = positions.insert((operation.process, partition), now);
                let evidence = || {
                    format!("process {} at {partition:?} offset {offset}, value {value}", operation.process)
                };
                match before {
                    Some(before) if now <= before => found.push((Anomaly::NonmonotonicPoll, evidence())),
                    Some(before) if now > before + 1 => found.push((Anomaly::PollSkip, evidence())),
                    _ => {}
                }
            }
        }
        found.into_iter().for_each(|(anomaly, evidence)| self.found(anomaly, evidence));
    }

    /// What one process sent to one partition stands there in that order.
    fn order_of_sends(&mut self) {
        let mut last: HashMap<(u32, Partition), (i64, u64)> = HashMap::new();
        let mut found = Vec::new();
        for operation in self.history.operations.iter().filter(|operation| operation.outcome != Outcome::Fail)
        {
            for (partition, value, offset) in operation.sends() {
                let known = self.places.get(&value).and_then(BTreeSet::first).map(|place| place.1);
                let Some(offset) = offset.or(known) else { continue };
                let before = last.insert((operation.process, partition), (offset, value));
                if let Some((before, first)) = before.filter(|(before, _)| *before >= offset) {
                    found.push(format!(
                        "process {} sent {first} before {value} to {partition:?}: at offsets {before} and {offset}",
                        operation.process
                    ));
                }
            }
        }
        found.into_iter().for_each(|evidence| self.found(Anomaly::NonmonotonicSend, evidence));
    }

    /// Each value of a consumed topic led to exactly one that is there.
    fn effects(&mut self) {
        let mut effects: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for step in self.history.operations.iter().flat_map(|operation| &operation.steps) {
            if let Step::Send { value, cause: Some(cause), .. } = step
                && self.kept.contains(value)
            {
                effects.entry(*cause).or_default().push(*value);
            }
        }
        let consumed = |value: &u64| {
            self.sent.get(value).is_some_and(|(_, partition)| self.history.consumed.contains(&partition.0))
        };
        let mut found: Vec<(Anomaly, String)> = Vec::new();
        for value in self.kept.iter().filter(|value| consumed(value)) {
            match effects.get(value).map_or(0, Vec::len) {
                0 => found.push((Anomaly::LostEffect, format!("of value {value}"))),
                1 => {}
                _ => {
                    found.push((Anomaly::DoubleEffect, format!("value {value} led to {:?}", effects[value])))
                }
            }
        }
        found.into_iter().for_each(|(anomaly, evidence)| self.found(anomaly, evidence));
    }

    fn hanging(&mut self) {
        for (partition, (stable, end)) in &self.history.ends {
            if stable < end {
                self.findings.push(Finding {
                    anomaly: Anomaly::HangingTransaction,
                    evidence: format!("{partition:?}: last stable offset {stable}, high watermark {end}"),
                });
            }
        }
    }
}
