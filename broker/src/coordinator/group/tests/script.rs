//! A stage on which one shard plays a script.
//!
//! Lines are `verb group key=value…`. Members are named by their ids, which are `<client>-<number>` in the order in
//! which they were drawn. Replies are addressed by `#<number>` in the order of the requests.

use std::collections::BTreeMap;
use std::fmt::Write;

use bytes::{Bytes, BytesMut};
use riverrun_core::protocol::messages::ConsumerProtocolSubscription;
use riverrun_core::protocol::messages::consumer_protocol_subscription::TopicPartition;
use riverrun_core::protocol::{Message, Str, Uuid};

use crate::coordinator::group::consumer::ConsumerRecord;
use crate::coordinator::group::decision::TimerKind;
use crate::coordinator::group::record::{GroupRecord, GroupValue};
use crate::coordinator::group::request::{JoinReply, SyncReply};
use crate::coordinator::group::{
    Assignor, Cluster, ConsumerGroup, ConsumerHeartbeatRequest, ConsumerTimes, Decision, GroupError,
    GroupLimits, GroupShard, HeartbeatRequest, JoinRequest, LeaveRequest, Leaving, MigrationPolicy, Name,
    OffsetCommitRequest, OffsetToCommit, Partitions, Phase, Reply, SyncRequest, TimerChange, TimerKey, Token,
    TopicView, partitions_of,
};

pub(super) const LIMITS: GroupLimits = GroupLimits {
    min_session_timeout_ms: 1_000,
    max_session_timeout_ms: 60_000,
    max_size: 4,
    initial_rebalance_delay_ms: 3_000,
    offset_metadata_max_bytes: 16,
    offsets_retention_ms: 600_000,
    consumer_max_size: 4,
    consumer_assignors: [Some(Assignor::Uniform), Some(Assignor::Range)],
    migration: MigrationPolicy::Bidirectional,
};

/// The cluster of the stage: topics are named by small letters, and their ids are made of their names.
#[derive(Clone, Debug)]
pub(super) struct Town {
    version: u64,
    topics: BTreeMap<Name, i32>,
}

fn id_of(topic: &str) -> Uuid {
    Uuid([topic.as_bytes()[0]; 16])
}

impl Cluster for Town {
    fn version(&self) -> u64 {
        self.version
    }

    fn topic(&self, name: &str) -> Option<TopicView<'_>> {
        let (name, partitions) = self.topics.get_key_value(name)?;
        Some(TopicView { id: id_of(name), name, partitions: *partitions })
    }

    fn topic_by_id(&self, id: Uuid) -> Option<TopicView<'_>> {
        let name = self.topics.keys().find(|name| id_of(name) == id)?;
        self.topic(name)
    }

    fn each_topic(&self, visit: &mut dyn FnMut(TopicView<'_>)) {
        for (name, partitions) in &self.topics {
            visit(TopicView { id: id_of(name), name, partitions: *partitions });
        }
    }

    fn consumer_times(&self, _group: &str) -> ConsumerTimes {
        ConsumerTimes { session_timeout_ms: 45_000, heartbeat_interval_ms: 5_000, assignment_interval_ms: 0 }
    }
}

pub(super) struct Stage {
    pub(super) shard: GroupShard,
    pub(super) town: Town,
    pub(super) now_ms: i64,
    pub(super) transcript: String,
    pub(super) log: Vec<GroupRecord>,
    pub(super) timers: BTreeMap<TimerKey, i64>,
    /// Requests without an answer yet.
    pub(super) open: Vec<Token>,
    next_token: u64,
    next_member: u32,
    last_generation: BTreeMap<Name, i32>,
}

/// `key=value` pairs of a line.
struct Arguments<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Arguments<'a> {
    fn text(&self, key: &str) -> &'a str {
        self.0.get(key).copied().unwrap_or_default()
    }

    fn number(&self, key: &str, default: i32) -> i32 {
        self.0.get(key).map_or(default, |text| text.parse().unwrap())
    }

    fn name(&self, key: &str) -> Name {
        self.text(key).into()
    }

    fn opt_name(&self, key: &str) -> Option<Name> {
        self.0.get(key).map(|text| (*text).into())
    }

    /// `a:x,b:y`
    fn pairs(&self, key: &str) -> Vec<(Name, Bytes)> {
        let pair = |part: &str| {
            let (name, data) = part.split_once(':').unwrap_or((part, ""));
            (name.into(), Bytes::copy_from_slice(data.as_bytes()))
        };
        self.text(key).split(',').filter(|part| !part.is_empty()).map(pair).collect()
    }
}

impl Stage {
    pub(super) fn new() -> Self {
        Stage {
            shard: GroupShard::new(LIMITS),
            town: Town { version: 1, topics: BTreeMap::from([("t".into(), 4), ("u".into(), 2)]) },
            now_ms: 0,
            transcript: String::new(),
            log: Vec::new(),
            timers: BTreeMap::new(),
            open: Vec::new(),
            next_token: 0,
            next_member: 0,
            last_generation: BTreeMap::new(),
        }
    }

    pub(super) fn play(&mut self, line: &str) {
        writeln!(self.transcript, "> {line}").unwrap();
        let mut words = line.split_whitespace();
        let verb = words.next().unwrap();
        let group: Name = words.next().unwrap_or_default().into();
        let arguments = Arguments(words.filter_map(|word| word.split_once('=')).collect());
        if verb == "tick" {
            return self.tick(group.parse().unwrap());
        }
        if verb == "topic" {
            self.town.version += 1;
            match arguments.number("partitions", 0) {
                0 => self.town.topics.remove(&group),
                partitions => self.town.topics.insert(group, partitions),
            };
            return;
        }
        if verb == "reload" {
            return self.reload();
        }
        if verb == "expire" {
            let decision = self.shard.decide_expiry(self.now_ms);
            return self.carry_out(decision);
        }
        self.next_token += 1;
        let token = Token(self.next_token);
        self.open.push(token);
        let decision = self.decide(verb, group, token, &arguments);
        self.carry_out(decision);
    }

    fn decide(&mut self, verb: &str, group: Name, token: Token, arguments: &Arguments<'_>) -> Decision {
        let now_ms = self.now_ms;
        let instance_id = arguments.opt_name("instance");
        let member_id = arguments.name("member");
        match verb {
            "join" => {
                let client = match arguments.text("client") {
                    "" => "c",
                    client => client,
                };
                self.next_member += 1;
                // A script may have named a member that was not drawn yet.
                while self.is_member(&group, &format!("{client}-{}", self.next_member)) {
                    self.next_member += 1;
                }
                let version = arguments.number("v", 9);
                let request = JoinRequest {
                    token,
                    group,
                    member_id,
                    require_known_member: version >= 4 && instance_id.is_none(),
                    instance_id,
                    client_id: client.into(),
                    client_host: "/host".into(),
                    session_timeout_ms: arguments.number("session", 10_000),
                    rebalance_timeout_ms: arguments.number("rebalance", 30_000),
                    protocol_type: "consumer".into(),
                    protocols: match arguments.text("protocols") {
                        "" => vec![("range".into(), Bytes::from_static(b"t"))],
                        "consumer" => vec![("range".into(), subscription(arguments))],
                        _ => arguments.pairs("protocols"),
                    },
                    can_skip_assignment: version >= 9,
                    fresh_member_id: format!("{client}-{}", self.next_member).into(),
                };
                self.shard.decide_join(now_ms, &self.town, request)
            }
            "sync" => {
                let request = SyncRequest {
                    token,
                    group,
                    generation: arguments.number("gen", 0),
                    member_id,
                    instance_id,
                    protocol_type: None,
                    protocol: arguments.opt_name("protocol"),
                    assignments: arguments.pairs("assign"),
                };
                self.shard.decide_sync(now_ms, &self.town, request)
            }
            "beat" => {
                let generation = arguments.number("gen", 0);
                let request = HeartbeatRequest { token, group, generation, member_id, instance_id };
                self.shard.decide_heartbeat(now_ms, &self.town, &request)
            }
            "leave" => {
                let members = vec![Leaving { member_id, instance_id }];
                self.shard.decide_leave(now_ms, &self.town, LeaveRequest { token, group, members })
            }
            "hb" => self.decide_consumer_heartbeat(group, token, arguments),
            "commit" => {
                let request = OffsetCommitRequest {
                    token,
                    version: i16::try_from(arguments.number("v", 10)).unwrap(),
                    group,
                    generation: arguments.number("gen", -1),
                    member_id,
                    instance_id,
                    retention_ms: arguments.0.get("keep").map(|text| text.parse().unwrap()),
                    offsets: vec![OffsetToCommit {
                        topic: "t".into(),
                        topic_id: id_of("t"),
                        partition: arguments.number("partition", 0),
                        offset: i64::from(arguments.number("offset", 0)),
                        leader_epoch: -1,
                        metadata: arguments.name("metadata"),
                    }],
                };
                self.shard.decide_commit(now_ms, &request)
            }
            "delete" => self.shard.decide_delete(token, &group),
            other => panic!("no verb '{other}'"),
        }
    }

    fn decide_consumer_heartbeat(&self, group: Name, token: Token, arguments: &Arguments<'_>) -> Decision {
        let instance_id = arguments.opt_name("instance");
        let member_id = arguments.name("member");
        let list = |key: &str| {
            arguments
                .0
                .get(key)
                .map(|text| text.split(',').filter(|part| !part.is_empty()).map(Name::from).collect())
        };
        let epoch = arguments.number("epoch", 0);
        let request = ConsumerHeartbeatRequest {
            token,
            group,
            member_id,
            member_epoch: epoch,
            instance_id,
            rack_id: None,
            rebalance_timeout_ms: arguments.number("rebalance", if epoch == 0 { 30_000 } else { -1 }),
            topics: list("topics"),
            regex: arguments.opt_name("regex"),
            assignor: arguments.opt_name("assignor"),
            owned: match arguments.0.get("owns") {
                None if epoch == 0 => Some(Partitions::new()),
                None => None,
                Some(text) => Some(read_partitions(text)),
            },
            client_id: "c".into(),
            client_host: "/host".into(),
            brings_own_id: true,
            fresh_member_id: "fresh".into(),
        };
        self.shard.decide_consumer_heartbeat(self.now_ms, &self.town, &request)
    }

    fn is_member(&self, group: &str, id: &str) -> bool {
        self.shard.consumer(group).is_some_and(|group| group.members.contains_key(id))
            || self.shard.classic(group).is_some_and(|group| group.members.contains_key(id))
    }

    /// Moves time forward and fires what falls due on the way, in order.
    fn tick(&mut self, by_ms: i64) {
        let until_ms = self.now_ms + by_ms;
        loop {
            let due = self.timers.iter().map(|(key, deadline)| (*deadline, key.clone())).min();
            let Some((deadline_ms, key)) = due.filter(|(deadline_ms, _)| *deadline_ms <= until_ms) else {
                break;
            };
            self.timers.remove(&key);
            self.now_ms = deadline_ms;
            let decision = self.shard.decide_deadline(deadline_ms, &self.town, &key);
            if decision != Decision::default() {
                writeln!(self.transcript, "  at {deadline_ms} {}", show_timer(&key.kind)).unwrap();
            }
            self.carry_out(decision);
        }
        self.now_ms = until_ms;
    }

    /// What a restart does: everything that was not logged is gone.
    fn reload(&mut self) {
        self.shard = GroupShard::new(LIMITS);
        for record in &self.log {
            self.shard.replay(record);
        }
        self.timers.clear();
        self.open.clear();
        self.last_generation.clear();
        for change in self.shard.decide_loaded(self.now_ms, &self.town) {
            if let TimerChange::Set(key, deadline_ms) = change {
                self.timers.insert(key, deadline_ms);
            }
        }
    }

    fn carry_out(&mut self, decision: Decision) {
        for record in decision.records {
            writeln!(self.transcript, "  log {}", show_record(&record)).unwrap();
            self.shard.replay(&record);
            self.log.push(record);
        }
        if let Some(change) = decision.change {
            self.shard.replay_change(change);
        }
        for (token, reply) in decision.replies {
            assert!(self.open.contains(&token), "#{} is answered twice", token.0);
            self.open.retain(|open| *open != token);
            writeln!(self.transcript, "  #{} {}", token.0, show_reply(&reply)).unwrap();
        }
        for change in decision.timers {
            match change {
                TimerChange::Set(key, deadline_ms) => self.timers.insert(key, deadline_ms),
                TimerChange::SetIfAbsent(key, deadline_ms) => {
                    self.timers.entry(key).or_insert(deadline_ms);
                    None
                }
                TimerChange::Clear(key) => self.timers.remove(&key),
            };
        }
    }

    /// What must hold after every line.
    pub(super) fn check(&mut self) {
        let mut replayed = GroupShard::new(LIMITS);
        for record in &self.log {
            replayed.replay(record);
        }
        // A group that was deleted, or became another one while it was empty, starts over.
        self.last_generation.retain(|name, _| self.shard.classic(name).is_some());
        for overview in self.shard.list() {
            let name = &overview.group;
            let offsets = |shard: &GroupShard| {
                shard
                    .all_committed(name)
                    .map(|(topic, index, offset)| (topic.clone(), index, offset.clone()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(offsets(&self.shard), offsets(&replayed), "offsets of {name} live and replayed");
            if let Some(group) = self.shard.consumer(name) {
                assert_eq!(Some(group), replayed.consumer(name), "{name} live and replayed");
                self.check_consumer(group);
                continue;
            }
            let Some(group) = self.shard.classic(name) else { continue };
            let logged =
                group.phase == Phase::Stable || (group.phase == Phase::Empty && group.pending.is_empty());
            if logged && group.generation > 0 {
                let other = replayed.classic(name).map(GroupValue::of);
                assert_eq!(Some(GroupValue::of(group)), other, "{name} live and replayed");
            }
            let last = self.last_generation.insert(name.clone(), group.generation).unwrap_or(0);
            assert!(group.generation >= last, "the generation of {name} went back");
            assert!(group.members.len() <= LIMITS.max_size, "{name} is too large");
            for (instance, member) in &group.statics {
                assert_eq!(group.members[member].instance_id.as_ref(), Some(instance));
            }
            for member in group.members.values() {
                let waits = [member.awaiting_join, member.awaiting_sync].into_iter().flatten();
                for token in waits {
                    assert!(
                        self.open.contains(&token),
                        "{} waits for #{}, which was answered",
                        member.id,
                        token.0
                    );
                }
                let kind = TimerKind::Session(member.id.clone());
                let has_deadline = self.timers.contains_key(&TimerKey { group: name.clone(), kind });
                let phase_has = group.round.is_some() || !group.unsynced.is_empty();
                assert!(has_deadline || phase_has, "{} of {name} would stay for ever", member.id);
            }
        }
    }
}

impl Stage {
    /// What holds of every consumer group at any time.
    fn check_consumer(&self, group: &ConsumerGroup) {
        let mut owners: BTreeMap<(Uuid, i32), &Name> = BTreeMap::new();
        for member in group.members.values() {
            let current = &member.current;
            for (topic, partitions) in current.assigned.iter().chain(&current.revoking) {
                for partition in partitions.keys() {
                    let other = owners.insert((*topic, *partition), &member.id);
                    assert_eq!(other, None, "a partition of {} has two owners", group.id);
                }
            }
            assert!(current.epoch <= group.epoch, "{} is ahead of its group", member.id);
            let key = TimerKey { group: group.id.clone(), kind: TimerKind::Session(member.id.clone()) };
            assert!(self.timers.contains_key(&key), "{} of {} would stay for ever", member.id, group.id);
        }
        assert!(group.assignment_epoch <= group.epoch);
        assert!(group.members.len() <= LIMITS.consumer_max_size, "{} is too large", group.id);
    }
}

fn show_timer(kind: &TimerKind) -> String {
    match kind {
        TimerKind::Session(member) => format!("session of {member}"),
        TimerKind::Pending(member) => format!("pending {member}"),
        TimerKind::Join => "join phase".to_owned(),
        TimerKind::Sync => "sync phase".to_owned(),
        TimerKind::Revocation(member) => format!("revocation by {member}"),
        TimerKind::Rejoin(member) => format!("rejoin of {member}"),
        TimerKind::Resync(member) => format!("sync of {member}"),
    }
}

fn show_record(record: &GroupRecord) -> String {
    match record {
        GroupRecord::Group { group, value: None } => format!("{group} gone"),
        GroupRecord::Group { group, value: Some(value) } => {
            let members = value.members.iter().map(|member| {
                let instance =
                    member.instance_id.as_ref().map(|name| format!("({name})")).unwrap_or_default();
                format!("{}{instance}:{}", member.id, member.assignment.escape_ascii())
            });
            let members: Vec<String> = members.collect();
            let protocol = value.protocol.as_deref().unwrap_or("-");
            let leader = value.leader.as_deref().unwrap_or("-");
            format!("{group} gen={} {protocol} leader={leader} [{}]", value.generation, members.join(" "))
        }
        GroupRecord::Consumer { group, record } => format!("{group} {}", show_consumer(record)),
        GroupRecord::Offset { group, topic, partition, value } => match value {
            None => format!("{group} {topic}-{partition} gone"),
            Some(offset) => format!("{group} {topic}-{partition} at {}", offset.offset),
        },
    }
}

fn show_partitions(partitions: &Partitions) -> String {
    let topic = |(topic, partitions): (&Uuid, &std::collections::BTreeSet<i32>)| {
        partitions
            .iter()
            .map(|index| format!("{}{index}", char::from(topic.0[0])))
            .collect::<Vec<_>>()
            .join(" ")
    };
    format!("[{}]", partitions.iter().map(topic).collect::<Vec<_>>().join(" "))
}

fn show_consumer(record: &ConsumerRecord) -> String {
    match record {
        ConsumerRecord::Epoch(None) => "gone".to_owned(),
        ConsumerRecord::Epoch(Some(epoch)) => format!("epoch {}", epoch.epoch),
        ConsumerRecord::OldMetadata { present } => format!("old metadata {present}"),
        ConsumerRecord::Member { member, value: None } => format!("{member} gone"),
        ConsumerRecord::Member { member, value: Some(info) } => {
            let instance = info.instance_id.as_ref().map(|name| format!("({name})")).unwrap_or_default();
            let regex = info.regex.as_ref().map(|regex| format!(" /{regex}/")).unwrap_or_default();
            let kind = if info.classic.is_some() { " classic" } else { "" };
            let topics: Vec<&str> = info.topics.iter().map(|topic| &**topic).collect();
            format!("{member}{instance} reads {}{regex}{kind}", topics.join(" "))
        }
        ConsumerRecord::TargetEpoch(None) => "target epoch gone".to_owned(),
        ConsumerRecord::TargetEpoch(Some(epoch)) => format!("target epoch {}", epoch.epoch),
        ConsumerRecord::Target { member, value: None } => format!("target of {member} gone"),
        ConsumerRecord::Target { member, value: Some(target) } => {
            format!("target of {member} {}", show_partitions(target))
        }
        ConsumerRecord::Current { member, value: None } => format!("{member} has nothing"),
        ConsumerRecord::Current { member, value: Some(current) } => {
            let assigned = show_partitions(&partitions_of(&current.assigned));
            let revoking = match current.revoking.is_empty() {
                true => String::new(),
                false => format!(" gives up {}", show_partitions(&partitions_of(&current.revoking))),
            };
            format!("{member} at {} {:?} has {assigned}{revoking}", current.epoch, current.state)
        }
        ConsumerRecord::Regex { regex, value: None } => format!("/{regex}/ gone"),
        ConsumerRecord::Regex { regex, value: Some(value) } => {
            format!(
                "/{regex}/ is {}",
                value.topics.iter().map(|topic| &**topic).collect::<Vec<_>>().join(" ")
            )
        }
    }
}

/// `t0,t1,u0`
fn read_partitions(text: &str) -> Partitions {
    let mut partitions = Partitions::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        partitions.entry(id_of(part)).or_default().insert(part[1..].parse().unwrap());
    }
    partitions
}

/// What a consumer of the classic protocol says that it reads and owns.
fn subscription(arguments: &Arguments<'_>) -> Bytes {
    let owned = read_partitions(arguments.text("owns"));
    let message = ConsumerProtocolSubscription {
        topics: arguments.text("topics").split(',').map(Str::from).collect(),
        owned_partitions: owned
            .iter()
            .map(|(topic, partitions)| TopicPartition {
                topic: Str::from(char::from(topic.0[0]).to_string()),
                partitions: partitions.iter().copied().collect(),
            })
            .collect(),
        ..Default::default()
    };
    let mut bytes = BytesMut::from(&[0, 3][..]);
    message.encode(&mut bytes, 3).unwrap();
    bytes.freeze()
}

fn show_error(error: &GroupError) -> String {
    format!("{error:?}")
}

fn show_join(reply: &JoinReply) -> String {
    if let Some(error) = &reply.error {
        return format!("join {} {}", show_error(error), reply.member_id);
    }
    let members: Vec<String> = reply
        .members
        .iter()
        .map(|member| format!("{}:{}", member.id, member.metadata.escape_ascii()))
        .collect();
    let skip = if reply.skip_assignment { " skip" } else { "" };
    format!(
        "join {} gen={} {} leader={}{skip} [{}]",
        reply.member_id,
        reply.generation,
        reply.protocol.as_deref().unwrap_or("-"),
        reply.leader,
        members.join(" ")
    )
}

fn show_sync(reply: &SyncReply) -> String {
    match &reply.error {
        Some(error) => format!("sync {}", show_error(error)),
        None => format!("sync '{}'", reply.assignment.escape_ascii()),
    }
}

fn show_result(what: &str, result: &Result<(), GroupError>) -> String {
    match result {
        Ok(()) => format!("{what} ok"),
        Err(error) => format!("{what} {}", show_error(error)),
    }
}

fn show_reply(reply: &Reply) -> String {
    match reply {
        Reply::Join(reply) => show_join(reply),
        Reply::Sync(reply) => show_sync(reply),
        Reply::Heartbeat(result) => show_result("beat", result),
        Reply::ConsumerHeartbeat(reply) => match (&reply.error, &reply.assignment) {
            (Some(error), _) => format!("hb {}", show_error(error)),
            (None, None) => format!("hb epoch {}", reply.member_epoch),
            (None, Some(assignment)) => {
                format!("hb epoch {} {}", reply.member_epoch, show_partitions(assignment))
            }
        },
        Reply::Leave(reply) => {
            let outcomes: Vec<String> = reply
                .members
                .iter()
                .map(|(_, _, error)| error.as_ref().map_or_else(|| "ok".to_owned(), show_error))
                .collect();
            format!("leave {}", outcomes.join(" "))
        }
        Reply::OffsetCommit(results) => {
            results.iter().map(|result| show_result("commit", result)).collect::<Vec<_>>().join(" ")
        }
        Reply::Delete(result) => show_result("delete", result),
        Reply::OffsetDelete(_) => "offset delete".to_owned(),
    }
}
