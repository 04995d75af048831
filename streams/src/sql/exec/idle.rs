//! Inputs that are caught up and nobody waits for.
//!
//! A partition that gets no rows would hold the watermark back for ever. When its broker has said for long enough that
//! nothing more is there, it is idle: it goes along with the partitions of its topic that are not, and its task with
//! the inputs that are not. Where all are idle, all are as far as the furthest. What comes later and lies behind is
//! late, as any row is that comes behind the watermark.
//!
//! That an input is idle is decided by the wall clock, and what follows from it is a part of the commit: the watermark
//! that it was lifted to, the windows that closed, and what the next stage is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::input::{Input, Pulse};

/// How far the partitions of a view's topics are, as far as this process works on them. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peers(Arc<Mutex<BTreeMap<(u16, i32), Standing>>>);

#[derive(Clone, Copy, Debug)]
struct Standing {
    watermark_ms: i64,
    idle: bool,
}

/// One task's place among its peers; what it said of itself is forgotten with it.
#[derive(Debug)]
pub(crate) struct Seat {
    peers: Peers,
    partition: Option<i32>,
}

impl Peers {
    pub(crate) fn seat(&self) -> Seat {
        Seat { peers: self.clone(), partition: None }
    }
}

impl Seat {
    /// Says how far a topic's partition is, and gives how far it is if it goes along with the others where it is idle.
    fn stand(&mut self, topic: u16, partition: i32, standing: Standing) -> i64 {
        self.partition = Some(partition);
        // Nothing in here panics half way.
        let mut all = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((topic, partition), standing);
        if !standing.idle {
            return standing.watermark_ms;
        }
        let of_topic = all.range((topic, i32::MIN)..=(topic, i32::MAX)).map(|(_, standing)| *standing);
        together(of_topic).max(standing.watermark_ms)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(own) = self.partition {
            let mut all = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|(_, partition), _| *partition != own);
        }
    }
}

/// How far inputs are together: as the slowest that is not idle, or as the furthest where all are.
fn together(standings: impl Iterator<Item = Standing> + Clone) -> i64 {
    let active =
        standings.clone().filter(|standing| !standing.idle).map(|standing| standing.watermark_ms).min();
    active.or_else(|| standings.map(|standing| standing.watermark_ms).max()).unwrap_or(i64::MIN)
}

/// Lifts the watermarks of inputs that are idle; says whether all are, so that the task is. `quiet_since_ms` is known
/// for each input.
pub(crate) fn lift(
    inputs: &mut [(Input, Vec<usize>)],
    quiet_since_ms: &[Option<i64>],
    now_ms: i64,
    partition: i32,
    seat: &mut Seat,
) -> bool {
    let mut standings: BTreeMap<usize, Standing> = BTreeMap::new();
    for (at, (input, _)) in inputs.iter_mut().enumerate() {
        let pulse = input.pulse(quiet_since_ms.get(at).copied().flatten(), now_ms);
        if pulse == Pulse::Timeless {
            continue;
        }
        let idle = pulse == Pulse::Idle;
        let mut standing = Standing { watermark_ms: input.watermark_ms(), idle };
        if let Input::Topic(source) = input {
            standing.watermark_ms = seat.stand(source.spec().number, partition, standing);
        }
        standings.insert(at, standing);
    }
    let together = together(standings.values().copied());
    for (at, standing) in standings.iter().filter(|(_, standing)| standing.idle) {
        inputs[*at].0.raise(standing.watermark_ms.max(together));
    }
    !standings.is_empty() && standings.values().all(|standing| standing.idle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(watermark_ms: i64, idle: bool) -> Standing {
        Standing { watermark_ms, idle }
    }

    #[test]
    fn who_is_idle_is_not_waited_for() {
        let at =
            |standings: &[(i64, bool)]| together(standings.iter().map(|(ms, idle)| standing(*ms, *idle)));
        assert_eq!(at(&[(5, false), (3, false), (1, true)]), 3);
        assert_eq!(at(&[(5, true), (7, false)]), 7);
        assert_eq!(at(&[(5, true), (3, true)]), 5);
        assert_eq!(at(&[]), i64::MIN);
    }

    #[test]
    fn peers_go_along_and_are_forgotten_with_their_task() {
        let peers = Peers::default();
        let (mut a, mut b, mut c) = (peers.seat(), peers.seat(), peers.seat());
        assert_eq!(a.stand(0, 0, standing(10, false)), 10);
        assert_eq!(b.stand(0, 1, standing(20, false)), 20);
        assert_eq!(c.stand(0, 2, standing(i64::MIN, true)), 10);
        // Another topic has nothing to do with it.
        assert_eq!(c.stand(1, 2, standing(i64::MIN, true)), i64::MIN);
        drop(a);
        assert_eq!(c.stand(0, 2, standing(10, true)), 20);
        assert_eq!(b.stand(0, 1, standing(20, true)), 20);
        assert_eq!(c.stand(0, 2, standing(10, true)), 20);
        assert_eq!(c.stand(0, 2, standing(30, true)), 30);
    }
}
