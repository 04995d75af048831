//! Fetch sessions (KIP-227): what a reader follows is remembered, so a fetch names only what changed.
//!
//! Pure but for the lock: time and fresh ids come in as arguments.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use riverrun_core::protocol::Uuid;

/// A session that was not used for so long may give its place to another.
const EVICTABLE_AFTER_MS: i64 = 120_000;
/// The epoch of a fetch outside any session.
const FINAL_EPOCH: i32 = -1;
/// The epoch of a fetch that asks for a session.
const INITIAL_EPOCH: i32 = 0;

/// Why a fetch does not fit its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("there is no such fetch session")]
    NotFound,
    #[error("the fetch session is at another epoch")]
    Epoch,
    #[error("a fetch session names its topics by id or by name, not by both")]
    TopicIds,
}

/// A partition in a session. The name is empty where topics go by id, the id zero where they go by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionKey {
    pub(crate) topic: Arc<str>,
    pub(crate) topic_id: Uuid,
    pub(crate) partition: i32,
}

/// What a reader wants of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionPartition {
    pub(crate) key: SessionKey,
    pub(crate) fetch_offset: i64,
    pub(crate) max_bytes: i32,
    pub(crate) current_leader_epoch: i32,
    pub(crate) last_fetched_epoch: i32,
}

/// What the reader was told of a partition last; −1 before the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    high_watermark: i64,
    log_start: i64,
}

#[derive(Debug)]
struct Session {
    epoch: i32,
    by_id: bool,
    last_used_ms: i64,
    /// By turn: a partition that gave records goes to the end, so that none starves.
    turns: BTreeMap<u64, (SessionPartition, Told)>,
    places: BTreeMap<SessionKey, u64>,
    next_turn: u64,
}

impl Session {
    fn put(&mut self, partition: SessionPartition) {
        if let Some((known, _)) = self.places.get(&partition.key).and_then(|turn| self.turns.get_mut(turn)) {
            *known = partition;
            return;
        }
        let turn = self.next_turn;
        self.next_turn += 1;
        self.places.insert(partition.key.clone(), turn);
        self.turns.insert(turn, (partition, Told { high_watermark: -1, log_start: -1 }));
    }

    fn forget(&mut self, key: &SessionKey) {
        if let Some(turn) = self.places.remove(key) {
            self.turns.remove(&turn);
        }
    }

    fn put_last(&mut self, key: &SessionKey) {
        if let Some(turn) = self.places.get_mut(key)
            && let Some(entry) = self.turns.remove(turn)
        {
            *turn = self.next_turn;
            self.turns.insert(*turn, entry);
            self.next_turn += 1;
        }
    }
}

/// What one fetch is about.
#[derive(Debug)]
pub(crate) struct FetchPlan {
    /// What the answer names; 0 outside a session.
    pub(crate) session_id: i32,
    /// The answer holds only what changed.
    pub(crate) incremental: bool,
    /// In the order in which they are read.
    pub(crate) partitions: Vec<SessionPartition>,
}

/// What a fetch found of one partition, as far as a session is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) has_records: bool,
    pub(crate) failed: bool,
    pub(crate) high_watermark: i64,
    pub(crate) log_start: i64,
}

/// All sessions, up to a number.
#[derive(Debug)]
pub(crate) struct FetchSessions {
    max: usize,
    sessions: Mutex<BTreeMap<i32, Session>>,
}

impl FetchSessions {
    /// No sessions yet; at most `max` at a time.
    pub(crate) fn new(max: usize) -> Self {
        FetchSessions { max, sessions: Mutex::default() }
    }

    /// Starts a fetch: opens, continues or closes its session.
    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of one request, which have no other name together"
    )]
    pub(crate) fn begin(
        &self,
        now_ms: i64,
        session_id: i32,
        epoch: i32,
        by_id: bool,
        asked: Vec<SessionPartition>,
        forgotten: &[SessionKey],
        mut fresh_id: impl FnMut() -> i32,
    ) -> Result<FetchPlan, SessionError> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if epoch == FINAL_EPOCH || epoch == INITIAL_EPOCH {
            sessions.remove(&session_id);
            let wanted =
                epoch == INITIAL_EPOCH && !asked.is_empty() && make_room(&mut sessions, self.max, now_ms);
            let session_id = if wanted {
                let id = loop {
                    let id = fresh_id();
                    if id > 0 && !sessions.contains_key(&id) {
                        break id;
                    }
                };
                sessions.insert(id, new_session(now_ms, by_id, &asked));
                id
            } else {
                0
            };
            return Ok(FetchPlan { session_id, incremental: false, partitions: asked });
        }
        let session = sessions.get_mut(&session_id).ok_or(SessionError::NotFound)?;
        if session.epoch != epoch {
            return Err(SessionError::Epoch);
        }
        if session.by_id != by_id {
            return Err(SessionError::TopicIds);
        }
        session.epoch = if epoch == i32::MAX { 1 } else { epoch + 1 };
        session.last_used_ms = now_ms;
        for partition in asked {
            session.put(partition);
        }
        for key in forgotten {
            session.forget(key);
        }
        let partitions: Vec<SessionPartition> =
            session.turns.values().map(|(partition, _)| partition.clone()).collect();
        if partitions.is_empty() {
            // Nothing is followed any more: the session is over.
            sessions.remove(&session_id);
            return Ok(FetchPlan { session_id: 0, incremental: true, partitions });
        }
        Ok(FetchPlan { session_id, incremental: true, partitions })
    }

    /// Sessions, and partitions in all of them.
    pub(crate) fn count(&self) -> (usize, usize) {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        (sessions.len(), sessions.values().map(|session| session.turns.len()).sum())
    }

    /// Ends a fetch: says for each partition of the plan whether the answer must hold it, and remembers what is told.
    pub(crate) fn finish(&self, plan: &FetchPlan, found: &[Found]) -> Vec<bool> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut session = sessions.get_mut(&plan.session_id);
        let mut include = Vec::with_capacity(found.len());
        for (partition, found) in plan.partitions.iter().zip(found) {
            let mut news = !plan.incremental || found.has_records || found.failed;
            if let Some(session) = &mut session
                && let Some(turn) = session.places.get(&partition.key)
                && let Some((_, told)) = session.turns.get_mut(turn)
            {
                let now = Told { high_watermark: found.high_watermark, log_start: found.log_start };
                news |= *told != now;
                // An error is told again until it has gone.
                *told = if found.failed { Told { high_watermark: -1, log_start: -1 } } else { now };
                if found.has_records {
                    session.put_last(&partition.key);
                }
            }
            include.push(news);
        }
        include
    }
}

fn new_session(now_ms: i64, by_id: bool, asked: &[SessionPartition]) -> Session {
    let mut session = Session {
        epoch: 1,
        by_id,
        last_used_ms: now_ms,
        turns: BTreeMap::new(),
        places: BTreeMap::new(),
        next_turn: 0,
    };
    for partition in asked {
        session.put(partition.clone());
    }
    session
}

fn make_room(sessions: &mut BTreeMap<i32, Session>, max: usize, now_ms: i64) -> bool {
    if sessions.len() < max {
        return true;
    }
    let oldest = sessions.iter().min_by_key(|(_, session)| session.last_used_ms);
    match oldest.map(|(id, session)| (*id, session.last_used_ms)) {
        Some((id, used_ms)) if now_ms.saturating_sub(used_ms) >= EVICTABLE_AFTER_MS => {
            sessions.remove(&id);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition(number: i32, fetch_offset: i64) -> SessionPartition {
        SessionPartition {
            key: key(number),
            fetch_offset,
            max_bytes: 1,
            current_leader_epoch: -1,
            last_fetched_epoch: -1,
        }
    }

    fn key(number: i32) -> SessionKey {
        SessionKey { topic: "t".into(), topic_id: Uuid::ZERO, partition: number }
    }

    fn found(has_records: bool, high_watermark: i64) -> Found {
        Found { has_records, failed: false, high_watermark, log_start: 0 }
    }

    fn numbers(plan: &FetchPlan) -> Vec<i32> {
        plan.partitions.iter().map(|partition| partition.key.partition).collect()
    }

    #[test]
    fn a_session_answers_only_what_changed() {
        let sessions = FetchSessions::new(10);
        let full = sessions.begin(0, 0, 0, false, vec![partition(0, 0), partition(1, 0)], &[], || 7).unwrap();
        assert_eq!((full.session_id, full.incremental), (7, false));
        assert_eq!(sessions.finish(&full, &[found(true, 5), found(false, 0)]), [true, true]);
        let next = sessions.begin(1, 7, 1, false, vec![partition(0, 5)], &[], || 0).unwrap();
        assert_eq!(numbers(&next), [1, 0], "what gave records comes last");
        assert_eq!(next.partitions[1].fetch_offset, 5);
        assert_eq!(sessions.finish(&next, &[found(false, 0), found(false, 5)]), [false, false]);
        let moved = sessions.begin(2, 7, 2, false, vec![], &[key(0)], || 0).unwrap();
        assert_eq!(numbers(&moved), [1]);
        assert_eq!(sessions.finish(&moved, &[found(false, 1)]), [true], "its high watermark moved");
    }

    #[test]
    fn a_session_is_particular() {
        let sessions = FetchSessions::new(1);
        let begin = |id, epoch, by_id| sessions.begin(0, id, epoch, by_id, vec![partition(0, 0)], &[], || 3);
        assert_eq!(begin(3, 1, false).unwrap_err(), SessionError::NotFound);
        assert_eq!(begin(0, 0, false).unwrap().session_id, 3);
        assert_eq!(begin(3, 2, false).unwrap_err(), SessionError::Epoch);
        assert_eq!(begin(3, 1, true).unwrap_err(), SessionError::TopicIds);
        assert_eq!(begin(0, 0, false).unwrap().session_id, 0, "no room for a second one");
        assert_eq!(begin(3, -1, false).unwrap().session_id, 0);
        assert_eq!(begin(3, 1, false).unwrap_err(), SessionError::NotFound, "the last fetch closed it");
    }

    #[test]
    fn an_idle_session_gives_way() {
        let sessions = FetchSessions::new(1);
        let begin = |now_ms, fresh| sessions.begin(now_ms, 0, 0, false, vec![partition(0, 0)], &[], || fresh);
        begin(0, 1).unwrap();
        assert_eq!(begin(EVICTABLE_AFTER_MS - 1, 2).unwrap().session_id, 0);
        assert_eq!(begin(EVICTABLE_AFTER_MS, 2).unwrap().session_id, 2);
    }
}
