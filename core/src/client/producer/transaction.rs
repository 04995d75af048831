//! Where a transactional producer stands. Pure.
//!
//! A life: [`initialized`](Transaction::initialized) once, then [`begin`](Transaction::begin), partitions and groups
//! join, [`set_out_to_end`](Transaction::set_out_to_end), [`ended`](Transaction::ended), and again. An error either
//! leaves aborting as the only way on, or ends the producer: somebody newer has its name.
//!
//! In version 1 of the protocol the coordinator hears of each partition before anything is written to it, and the epoch
//! stays from one transaction to the next. In version 2 (KIP-890) the brokers tell it themselves, and every
//! transaction has an epoch of its own.

use std::collections::BTreeSet;

use super::super::TopicPartition;
use super::queue::Identity;
use crate::protocol::ErrorCode;
use crate::{Error, ErrorKind, Result};

/// How the cluster runs transactions: the level of its feature `transaction.version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Protocol {
    /// Levels 0 and 1.
    #[default]
    V1,
    /// Level 2.
    V2,
}

/// What an error does to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The same call may succeed later.
    Passing,
    /// This transaction can only be aborted; the next one may succeed.
    Abortable,
    /// Nothing more can be done under this producer.
    Fatal,
}

/// What an error code of a coordinator means for the transaction.
pub(crate) fn severity(code: ErrorCode) -> Severity {
    match code {
        ErrorCode::InvalidProducerEpoch
        | ErrorCode::ProducerFenced
        | ErrorCode::InvalidTxnState
        | ErrorCode::TransactionalIdAuthorizationFailed
        | ErrorCode::ClusterAuthorizationFailed
        | ErrorCode::InvalidTransactionTimeout
        | ErrorCode::UnsupportedVersion
        | ErrorCode::UnsupportedForMessageFormat
        | ErrorCode::InvalidRequest => Severity::Fatal,
        code if code.is_retriable() => Severity::Passing,
        _ => Severity::Abortable,
    }
}

/// What is left to do to end a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The coordinator has never heard of it: nothing.
    Nothing,
    /// EndTxn.
    Ask,
    /// A new identity, which ends whatever the old one had open.
    Renew,
}

#[derive(Debug)]
enum State {
    /// Not initialized.
    New,
    /// No transaction is open.
    Ready,
    Open,
    /// On the way to its end: all is flushed or given up, and the coordinator is being told.
    Ending {
        commit: bool,
    },
    /// It can only be aborted.
    Failed(Error),
    /// The producer cannot go on.
    Dead(Error),
}

/// One producer's transactions.
#[derive(Debug)]
pub(crate) struct Transaction {
    id: String,
    protocol: Protocol,
    state: State,
    identity: Option<Identity>,
    /// Whether the coordinator may know of this transaction.
    begun: bool,
    /// Whether the coordinator no longer knows the producer.
    forgotten: bool,
    /// Partitions that the coordinator knows of (version 1).
    added: BTreeSet<TopicPartition>,
    /// Partitions that it has to hear of before batches can go there (version 1).
    wanted: BTreeSet<TopicPartition>,
    /// Groups that it knows of (version 1).
    groups: BTreeSet<String>,
}

impl Transaction {
    pub(crate) fn new(id: &str) -> Self {
        Transaction {
            id: id.to_owned(),
            protocol: Protocol::V1,
            state: State::New,
            identity: None,
            begun: false,
            forgotten: false,
            added: BTreeSet::new(),
            wanted: BTreeSet::new(),
            groups: BTreeSet::new(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Whether the cluster has given an identity out, and what it had open before is ended.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.state, State::New)
    }

    /// The cluster gave an identity out.
    pub(crate) fn initialized(&mut self, identity: Identity, protocol: Protocol) {
        self.identity = Some(identity);
        self.protocol = protocol;
        self.state = State::Ready;
    }

    /// Opens a transaction.
    pub(crate) fn begin(&mut self) -> Result<()> {
        match &self.state {
            State::Ready => {
                self.state = State::Open;
                Ok(())
            }
            State::New => Err(self.misused("call init_transactions first")),
            State::Open => Err(self.misused("the last transaction is still open; commit or abort it first")),
            State::Ending { .. } => Err(self.misused("the last transaction has not ended; end it again")),
            State::Failed(error) | State::Dead(error) => Err(self.refusal(error)),
        }
    }

    /// Whether records and offsets may join.
    pub(crate) fn check_open(&self) -> Result<()> {
        match &self.state {
            State::Open => Ok(()),
            State::Failed(error) | State::Dead(error) => Err(self.refusal(error)),
            _ => Err(self.misused("no transaction is open; begin one first")),
        }
    }

    /// Why batches that wait are not to be sent any more, if so.
    pub(crate) fn gives_up(&self) -> Option<Error> {
        match &self.state {
            State::Open | State::Ending { commit: true } => None,
            State::Failed(error) | State::Dead(error) => Some(self.refusal(error)),
            _ => Some(Error::new(ErrorKind::Closed, format!("the transaction of '{}' was aborted", self.id))),
        }
    }

    /// Whether a batch for this partition may go out; if not, the coordinator has to hear of it first.
    pub(crate) fn may_send(&mut self, topic: &str, partition: i32) -> bool {
        self.begun = true;
        if self.protocol == Protocol::V2 {
            return true;
        }
        let name = TopicPartition::new(topic, partition);
        let known = self.added.contains(&name);
        if !known {
            self.wanted.insert(name);
        }
        known
    }

    /// The partitions that the coordinator has to hear of.
    pub(crate) fn wanted(&self) -> &BTreeSet<TopicPartition> {
        &self.wanted
    }

    /// The coordinator knows of these partitions.
    pub(crate) fn joined(&mut self, partitions: BTreeSet<TopicPartition>) {
        self.wanted.retain(|name| !partitions.contains(name));
        self.added.extend(partitions);
    }

    /// Whether the coordinator has to hear of a group before its offsets can join.
    pub(crate) fn lacks_group(&mut self, group: &str) -> bool {
        self.begun = true;
        self.protocol == Protocol::V1 && !self.groups.contains(group)
    }

    /// The coordinator knows of this group.
    pub(crate) fn group_joined(&mut self, group: &str) {
        self.groups.insert(group.to_owned());
    }

    /// Something of the transaction failed for good.
    pub(crate) fn fail(&mut self, error: &Error, severity: Severity) {
        let copy = || Error::new(error.kind(), error.chain());
        match (&self.state, severity) {
            (State::Dead(_), _) | (_, Severity::Passing) => {}
            (_, Severity::Fatal) => self.state = State::Dead(copy()),
            (State::Open | State::Ending { commit: true }, Severity::Abortable) => {
                self.state = State::Failed(copy());
            }
            _ => {}
        }
    }

    /// The coordinator does not know the producer any more: what it had open is ended already.
    pub(crate) fn forget(&mut self) {
        self.forgotten = true;
    }

    /// Sets out to commit or to abort; again after a call that was not answered.
    pub(crate) fn set_out_to_end(&mut self, commit: bool) -> Result<End> {
        match &self.state {
            State::Open => {}
            State::Ending { commit: before } if *before == commit => {}
            State::Ending { commit: true } => {
                return Err(self.misused("the transaction is being committed; commit it again"));
            }
            State::Ending { commit: false } => {
                return Err(self.misused("the transaction is being aborted; abort it again"));
            }
            State::Failed(_) if !commit => {}
            State::Failed(error) | State::Dead(error) => return Err(self.refusal(error)),
            State::New | State::Ready => return Err(self.misused("no transaction is open")),
        }
        self.state = State::Ending { commit };
        Ok(match (self.begun, self.forgotten) {
            (false, _) => End::Nothing,
            (true, false) => End::Ask,
            (true, true) => End::Renew,
        })
    }

    /// The transaction has ended; the next one is under `identity`.
    pub(crate) fn ended(&mut self, identity: Option<Identity>) {
        self.identity = identity.or(self.identity);
        self.state = State::Ready;
        self.begun = false;
        self.forgotten = false;
        self.added.clear();
        self.wanted.clear();
        self.groups.clear();
    }

    fn misused(&self, how: &str) -> Error {
        Error::new(ErrorKind::Invalid, format!("transactional producer '{}': {how}", self.id))
    }

    fn refusal(&self, error: &Error) -> Error {
        let text = match (&self.state, error.kind()) {
            (State::Dead(_), ErrorKind::Fenced) => format!(
                "transactional producer '{}' was fenced: a newer one has its transactional.id, or its transaction timed \
                 out: {}",
                self.id,
                error.chain()
            ),
            (State::Dead(_), _) => {
                format!("transactional producer '{}' cannot go on: {}", self.id, error.chain())
            }
            _ => {
                format!("the transaction of '{}' failed and can only be aborted: {}", self.id, error.chain())
            }
        };
        Error::new(error.kind(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(protocol: Protocol) -> Transaction {
        let mut transaction = Transaction::new("t");
        assert!(transaction.begin().unwrap_err().message().contains("init_transactions"));
        transaction.initialized(Identity { producer_id: 1, epoch: 0 }, protocol);
        transaction
    }

    fn refused() -> Error {
        Error::new(ErrorKind::Timeout, "no answer")
    }

    #[test]
    fn the_coordinator_hears_of_partitions_first_in_version_1_alone() {
        let mut one = ready(Protocol::V1);
        one.begin().unwrap();
        assert!(!one.may_send("a", 0) && !one.may_send("a", 1));
        let wanted = one.wanted().clone();
        assert_eq!(wanted.len(), 2);
        assert!(one.lacks_group("g"));
        one.joined(wanted);
        one.group_joined("g");
        assert!(one.may_send("a", 1) && one.wanted().is_empty() && !one.lacks_group("g"));
        assert_eq!(one.set_out_to_end(true).unwrap(), End::Ask);
        one.ended(None);
        one.begin().unwrap();
        assert!(!one.may_send("a", 1) && one.lacks_group("g"), "each transaction begins with nothing");

        let mut two = ready(Protocol::V2);
        two.begin().unwrap();
        assert!(two.may_send("a", 0) && !two.lacks_group("g"));
    }

    #[test]
    fn what_failed_can_only_be_aborted() {
        let mut transaction = ready(Protocol::V2);
        transaction.begin().unwrap();
        assert!(transaction.may_send("a", 0));
        transaction.fail(&refused(), Severity::Passing);
        transaction.check_open().unwrap();
        transaction.fail(&refused(), Severity::Abortable);
        assert!(transaction.check_open().unwrap_err().message().contains("no answer"));
        assert!(transaction.gives_up().is_some());
        assert_eq!(transaction.set_out_to_end(true).unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(transaction.set_out_to_end(false).unwrap(), End::Ask);
        // The answer was lost: the same again, and nothing else.
        assert!(transaction.set_out_to_end(true).is_err() && transaction.begin().is_err());
        assert_eq!(transaction.set_out_to_end(false).unwrap(), End::Ask);
        let next = Identity { producer_id: 1, epoch: 1 };
        transaction.ended(Some(next));
        assert_eq!(transaction.identity(), Some(next));
        transaction.begin().unwrap();
    }

    #[test]
    fn a_group_that_moved_on_ends_the_transaction_and_not_the_producer() {
        let mut transaction = ready(Protocol::V2);
        transaction.begin().unwrap();
        let moved_on = Error::new(ErrorKind::Fenced, "ILLEGAL_GENERATION");
        transaction.fail(&moved_on, severity(ErrorCode::IllegalGeneration));
        assert_eq!(transaction.check_open().unwrap_err().kind(), ErrorKind::Fenced);
        transaction.set_out_to_end(false).unwrap();
        transaction.ended(None);
        transaction.begin().unwrap();
    }

    #[test]
    fn who_is_fenced_stays_so() {
        let mut transaction = ready(Protocol::V2);
        transaction.begin().unwrap();
        let fenced = Error::new(ErrorKind::Fenced, "PRODUCER_FENCED");
        transaction.fail(&fenced, severity(ErrorCode::ProducerFenced));
        for error in [
            transaction.check_open().unwrap_err(),
            transaction.begin().unwrap_err(),
            transaction.set_out_to_end(true).unwrap_err(),
            transaction.set_out_to_end(false).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Fenced);
        }
    }

    #[test]
    fn a_transaction_that_nobody_heard_of_ends_by_itself() {
        let mut transaction = ready(Protocol::V2);
        assert!(transaction.set_out_to_end(true).is_err(), "none is open");
        transaction.begin().unwrap();
        assert_eq!(transaction.set_out_to_end(true).unwrap(), End::Nothing);
        transaction.ended(None);
        transaction.begin().unwrap();
        assert!(transaction.may_send("a", 0));
        transaction.forget();
        transaction.fail(&refused(), Severity::Abortable);
        assert_eq!(transaction.set_out_to_end(false).unwrap(), End::Renew);
    }
}
