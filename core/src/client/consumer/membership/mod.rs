//! Membership of a consumer group under the classic protocol. Pure: events and the time in, calls and changes out.
//!
//! The coordinator is found; the member joins, and the coordinator gathers all members and names a leader; the leader
//! divides the partitions; everyone syncs and learns its share; heartbeats keep the membership. One of them tells that
//! the group rebalances: the consumer gives up its partitions ([`Change::Revoke`], answered by
//! [`Membership::released`]) and joins again.
//!
//! One call is on the way at a time, except that leaving does not wait.

use std::sync::Arc;

use bytes::Bytes;

use super::super::TopicPartition;
use super::assignor::Assignment;
use crate::protocol::ErrorCode;

/// What a group member is told once. Times are milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct GroupSettings {
    pub(crate) group_id: Arc<str>,
    pub(crate) instance_id: Option<Arc<str>>,
    pub(crate) session_timeout_ms: i64,
    pub(crate) heartbeat_interval_ms: i64,
    pub(crate) max_poll_interval_ms: i64,
    pub(crate) backoff: super::super::cluster::Backoff,
}

/// A call that must be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    FindCoordinator,
    Join {
        member_id: Arc<str>,
        generation: i32,
        topics: Vec<Arc<str>>,
    },
    /// The leader divides the partitions among `members`; then it syncs.
    Assign {
        protocol: Arc<str>,
        members: Vec<JoinedMember>,
    },
    Sync {
        member_id: Arc<str>,
        generation: i32,
        protocol: Arc<str>,
        shares: Vec<(Arc<str>, Bytes)>,
    },
    Heartbeat {
        member_id: Arc<str>,
        generation: i32,
    },
    Leave {
        member_id: Arc<str>,
    },
}

/// A member as JoinGroup tells the leader of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinedMember {
    pub(crate) id: Arc<str>,
    pub(crate) instance_id: Option<Arc<str>>,
    pub(crate) metadata: Bytes,
}

/// What JoinGroup answered.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    pub(crate) code: ErrorCode,
    pub(crate) generation: i32,
    pub(crate) protocol: Arc<str>,
    pub(crate) leader: Arc<str>,
    pub(crate) member_id: Arc<str>,
    pub(crate) members: Vec<JoinedMember>,
    /// The coordinator keeps the assignment of a static leader that came back (KIP-814).
    pub(crate) skip_assignment: bool,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Coordinator(i32),
    Joined(Joined),
    Assigned(Vec<(Arc<str>, Bytes)>),
    Synced(ErrorCode, Assignment),
    Heartbeat(ErrorCode),
    Left,
    /// No answer: the coordinator cannot be reached.
    Unreachable,
    /// Nothing that trying again would mend.
    Fatal,
}

/// What the consumer must take note of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Give these up, then call [`Membership::released`].
    Revoke(Vec<TopicPartition>),
    /// These are somebody else's already; do not commit. Then call [`Membership::released`].
    Lost(Vec<TopicPartition>),
    /// These are the consumer's from now on.
    Assign(Assignment),
    /// The group does not accept this member.
    Refused(ErrorCode),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Not in a group and not meant to be.
    Out,
    /// To join as soon as the coordinator is known.
    Unjoined,
    /// Joined as the leader, dividing.
    Dividing {
        protocol: Arc<str>,
        members: Vec<JoinedMember>,
    },
    /// Joined, to learn the share.
    Unsynced {
        protocol: Arc<str>,
        shares: Vec<(Arc<str>, Bytes)>,
    },
    Stable,
    /// Partitions must be given up before the next join; `lost` if they are gone already.
    Releasing {
        lost: bool,
    },
    /// The consumer did not poll for too long: it has to leave, and joins again when it polls.
    Asleep {
        left: bool,
    },
    Leaving,
    Refused(ErrorCode),
}

/// One member of a group.
#[derive(Debug)]
pub(crate) struct Membership {
    settings: GroupSettings,
    state: State,
    topics: Vec<Arc<str>>,
    coordinator: Option<i32>,
    member_id: Arc<str>,
    generation: i32,
    is_leader: bool,
    owned: Vec<TopicPartition>,
    changes: Vec<Change>,
    busy: bool,
    failures: u32,
    retry_at_ms: i64,
    heartbeat_at_ms: i64,
    polled_at_ms: i64,
}

impl Membership {
    pub(crate) fn new(settings: GroupSettings) -> Self {
        Membership {
            settings,
            state: State::Out,
            topics: Vec::new(),
            coordinator: None,
            member_id: Arc::from(""),
            generation: -1,
            is_leader: false,
            owned: Vec::new(),
            changes: Vec::new(),
            busy: false,
            failures: 0,
            retry_at_ms: 0,
            heartbeat_at_ms: 0,
            polled_at_ms: 0,
        }
    }

    /// The topics that the consumer wants a share of; sorted.
    pub(crate) fn subscribe(&mut self, topics: Vec<Arc<str>>, now_ms: i64) {
        self.polled_at_ms = now_ms;
        if topics == self.topics && !matches!(self.state, State::Out | State::Leaving | State::Refused(_)) {
            return;
        }
        self.topics = topics;
        self.rejoin();
    }

    /// Leaves the group. What was owned is nobody's concern any more.
    pub(crate) fn unsubscribe(&mut self) {
        self.topics.clear();
        self.owned.clear();
        self.changes.clear();
        let joined = !self.member_id.is_empty() && self.settings.instance_id.is_none();
        self.state = match self.state {
            State::Out | State::Refused(_) => State::Out,
            _ if joined => State::Leaving,
            _ => State::Out,
        };
        if self.state == State::Out {
            self.forget();
        }
    }

    /// Joins anew, after giving up what is owned: the subscription or the topics changed.
    pub(crate) fn rejoin(&mut self) {
        if self.owned.is_empty() {
            self.state = State::Unjoined;
        } else {
            self.release(false);
        }
    }

    /// The consumer polls: it is alive.
    pub(crate) fn polled(&mut self, now_ms: i64) {
        self.polled_at_ms = now_ms;
        if matches!(self.state, State::Asleep { .. }) && self.changes.is_empty() {
            if self.owned.is_empty() {
                self.state = State::Unjoined;
            } else {
                self.release(true);
            }
        }
    }

    /// The consumer has given up what it was told to.
    pub(crate) fn released(&mut self) {
        if matches!(self.state, State::Releasing { .. }) {
            self.owned.clear();
            self.state = State::Unjoined;
        }
    }

    /// The next change that the consumer has to take note of.
    pub(crate) fn take_change(&mut self) -> Option<Change> {
        (!self.changes.is_empty()).then(|| self.changes.remove(0))
    }

    /// Member id and generation, for commits; `None` outside of a generation.
    pub(crate) fn identity(&self) -> Option<(Arc<str>, i32)> {
        (self.generation >= 0).then(|| (Arc::clone(&self.member_id), self.generation))
    }

    /// The group's coordinator, once known.
    pub(crate) fn coordinator(&self) -> Option<i32> {
        self.coordinator
    }

    /// Whether this member divides the partitions and has done so: then it watches the topics.
    pub(crate) fn is_stable_leader(&self) -> bool {
        self.is_leader && self.state == State::Stable
    }

    /// Whether nothing is left to do for the group.
    pub(crate) fn is_out(&self) -> bool {
        self.state == State::Out && !self.busy
    }

    /// The call that must be made now, if there is one. Its result comes back through [`on`](Self::on).
    pub(crate) fn next_call(&mut self, now_ms: i64) -> Option<Call> {
        self.fall_asleep(now_ms);
        if let State::Leaving = self.state {
            return Some(self.leave());
        }
        if self.busy || now_ms < self.retry_at_ms {
            return None;
        }
        let member_id = Arc::clone(&self.member_id);
        let call = match &self.state {
            State::Out | State::Refused(_) | State::Asleep { left: true } => return None,
            State::Dividing { protocol, members } => {
                Call::Assign { protocol: Arc::clone(protocol), members: members.clone() }
            }
            _ if self.coordinator.is_none() => Call::FindCoordinator,
            State::Unjoined => {
                Call::Join { member_id, generation: self.generation, topics: self.topics.clone() }
            }
            State::Unsynced { protocol, shares } => Call::Sync {
                member_id,
                generation: self.generation,
                protocol: Arc::clone(protocol),
                shares: shares.clone(),
            },
            State::Asleep { left: false } => return Some(self.leave()),
            // The session lives on while partitions are given up; what is lost has no session.
            State::Stable | State::Releasing { lost: false } if now_ms >= self.heartbeat_at_ms => {
                Call::Heartbeat { member_id, generation: self.generation }
            }
            State::Stable | State::Releasing { .. } | State::Leaving => return None,
        };
        self.busy = true;
        Some(call)
    }

    /// When to look again without an event, in milliseconds.
    pub(crate) fn wake_at(&self) -> Option<i64> {
        if matches!(self.state, State::Out | State::Refused(_) | State::Asleep { left: true }) {
            return None;
        }
        let asleep = self.polled_at_ms.saturating_add(self.settings.max_poll_interval_ms);
        if self.busy {
            return Some(asleep);
        }
        let next = match self.state {
            State::Stable | State::Releasing { lost: false } => self.heartbeat_at_ms.max(self.retry_at_ms),
            _ => self.retry_at_ms,
        };
        Some(next.min(asleep))
    }

    /// Takes in what came of the last call.
    pub(crate) fn on(&mut self, event: Event, now_ms: i64, random: u64) {
        self.busy = false;
        let settled = match event {
            Event::Left => true,
            Event::Unreachable => {
                self.coordinator = None;
                self.restart_round();
                false
            }
            Event::Fatal => {
                self.refuse(ErrorCode::UnknownServerError);
                true
            }
            Event::Coordinator(node) => {
                self.coordinator = Some(node);
                true
            }
            Event::Joined(joined) => self.on_joined(joined),
            Event::Assigned(shares) => {
                if let State::Dividing { protocol, .. } = &self.state {
                    self.state = State::Unsynced { protocol: Arc::clone(protocol), shares };
                }
                true
            }
            Event::Synced(code, share) => self.on_synced(code, share, now_ms),
            Event::Heartbeat(code) => self.on_heartbeat(code, now_ms),
        };
        if settled {
            self.failures = 0;
            self.retry_at_ms = 0;
        } else {
            self.failures += 1;
            let wait = self.settings.backoff.wait_ms(self.failures, random);
            self.retry_at_ms = now_ms.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
        }
    }

    fn on_joined(&mut self, joined: Joined) -> bool {
        // Left, or told to join anew, while the call was on the way.
        if self.state != State::Unjoined {
            if self.state == State::Out && joined.code == ErrorCode::None {
                self.member_id = joined.member_id;
                self.state = State::Leaving;
            }
            return true;
        }
        match joined.code {
            ErrorCode::None => {
                self.generation = joined.generation;
                self.is_leader = joined.leader == joined.member_id;
                self.member_id = joined.member_id;
                self.state = if self.is_leader && !joined.skip_assignment {
                    State::Dividing { protocol: joined.protocol, members: joined.members }
                } else {
                    State::Unsynced { protocol: joined.protocol, shares: Vec::new() }
                };
                true
            }
            ErrorCode::MemberIdRequired => {
                self.member_id = joined.member_id;
                true
            }
            ErrorCode::UnknownMemberId => {
                self.forget();
                true
            }
            code => self.on_code(code),
        }
    }

    fn on_synced(&mut self, code: ErrorCode, share: Assignment, now_ms: i64) -> bool {
        if !matches!(self.state, State::Unsynced { .. }) {
            return true;
        }
        match code {
            ErrorCode::None => {
                self.owned = share.partitions.clone();
                self.changes.push(Change::Assign(share));
                self.state = State::Stable;
                self.heartbeat_at_ms = now_ms.saturating_add(self.settings.heartbeat_interval_ms);
                true
            }
            ErrorCode::RebalanceInProgress => {
                self.state = State::Unjoined;
                true
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                self.forget();
                self.state = State::Unjoined;
                true
            }
            code => {
                self.restart_round();
                self.on_code(code)
            }
        }
    }

    fn on_heartbeat(&mut self, code: ErrorCode, now_ms: i64) -> bool {
        self.heartbeat_at_ms = now_ms.saturating_add(self.settings.heartbeat_interval_ms);
        let concerned = matches!(self.state, State::Stable | State::Releasing { lost: false });
        match code {
            _ if !concerned => true,
            ErrorCode::None => true,
            ErrorCode::RebalanceInProgress => {
                if self.state == State::Stable {
                    self.rejoin();
                }
                true
            }
            ErrorCode::UnknownMemberId | ErrorCode::IllegalGeneration => {
                self.forget();
                if self.owned.is_empty() {
                    self.state = State::Unjoined;
                } else {
                    self.release(true);
                }
                true
            }
            code => self.on_code(code),
        }
    }

    /// What all calls have in common. Says whether the next call may follow at once.
    fn on_code(&mut self, code: ErrorCode) -> bool {
        match code {
            ErrorCode::NotCoordinator | ErrorCode::CoordinatorNotAvailable => {
                self.coordinator = None;
                false
            }
            ErrorCode::RebalanceInProgress => false,
            code if code.is_retriable() => false,
            code => {
                self.refuse(code);
                true
            }
        }
    }

    fn refuse(&mut self, code: ErrorCode) {
        self.state = State::Refused(code);
        self.changes.push(Change::Refused(code));
    }

    /// A round of joining that broke starts from the beginning.
    fn restart_round(&mut self) {
        if matches!(self.state, State::Dividing { .. } | State::Unsynced { .. }) {
            self.state = State::Unjoined;
        }
    }

    fn release(&mut self, lost: bool) {
        // A share that the consumer has not seen needs no giving up.
        let unseen = self.changes.iter().any(|change| matches!(change, Change::Assign(_)));
        if unseen {
            self.changes.retain(|change| !matches!(change, Change::Assign(_)));
            self.owned.clear();
            self.state = State::Unjoined;
            return;
        }
        let told = self.changes.len();
        self.changes.retain(|change| !matches!(change, Change::Revoke(_) | Change::Lost(_)));
        if matches!(self.state, State::Releasing { .. }) && self.changes.len() == told {
            // The consumer is at it already.
            self.state = State::Releasing { lost };
            return;
        }
        let owned = self.owned.clone();
        self.changes.push(if lost { Change::Lost(owned) } else { Change::Revoke(owned) });
        self.state = State::Releasing { lost };
    }

    fn fall_asleep(&mut self, now_ms: i64) {
        let idle = now_ms.saturating_sub(self.polled_at_ms) >= self.settings.max_poll_interval_ms;
        let awake = !matches!(
            self.state,
            State::Out
                | State::Refused(_)
                | State::Asleep { .. }
                | State::Leaving
                | State::Releasing { lost: true }
        );
        if idle && awake {
            if self.changes.iter().any(|change| matches!(change, Change::Assign(_))) {
                self.owned.clear();
            }
            self.changes.clear();
            self.state = State::Asleep { left: false };
        }
    }

    fn leave(&mut self) -> Call {
        let member_id = Arc::clone(&self.member_id);
        self.forget();
        self.busy = true;
        self.state = match self.state {
            State::Asleep { .. } => State::Asleep { left: true },
            _ => State::Out,
        };
        Call::Leave { member_id }
    }

    fn forget(&mut self) {
        self.member_id = Arc::from("");
        self.generation = -1;
        self.is_leader = false;
    }
}

#[cfg(test)]
mod tests;
