//! A stage on which one shard plays a script.
//!
//! Lines are `verb group key=value…`. Members are named by their ids, which are `<client>-<number>` in the order in
//! which they were drawn. Replies are addressed by `#<number>` in the order of the requests.

use std::collections::BTreeMap;
use std::fmt::Write;

use bytes::Bytes;

use crate::coordinator::group::decision::TimerKind;
use crate::coordinator::group::record::{GroupRecord, GroupValue};
use crate::coordinator::group::request::{JoinReply, SyncReply};
use crate::coordinator::group::{
    Decision, GroupError, GroupLimits, GroupShard, HeartbeatRequest, JoinRequest, LeaveRequest, Leaving,
    Name, OffsetCommitRequest, OffsetToCommit, Phase, Reply, SyncRequest, TimerChange, TimerKey, Token,
};

pub(super) const LIMITS: GroupLimits = GroupLimits {
    min_session_timeout_ms: 1_000,
    max_session_timeout_ms: 60_000,
    max_size: 4,
    initial_rebalance_delay_ms: 3_000,
    offset_metadata_max_bytes: 16,
    offsets_retention_ms: 600_000,
};

pub(super) struct Stage {
    pub(super) shard: GroupShard,
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
                        _ => arguments.pairs("protocols"),
                    },
                    can_skip_assignment: version >= 9,
                    fresh_member_id: format!("{client}-{}", self.next_member).into(),
                };
                self.shard.decide_join(now_ms, request)
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
                self.shard.decide_sync(now_ms, request)
            }
            "beat" => {
                let generation = arguments.number("gen", 0);
                let request = HeartbeatRequest { token, group, generation, member_id, instance_id };
                self.shard.decide_heartbeat(now_ms, &request)
            }
            "leave" => {
                let members = vec![Leaving { member_id, instance_id }];
                self.shard.decide_leave(now_ms, LeaveRequest { token, group, members })
            }
            "commit" => {
                let request = OffsetCommitRequest {
                    token,
                    group,
                    generation: arguments.number("gen", -1),
                    member_id,
                    instance_id,
                    retention_ms: arguments.0.get("keep").map(|text| text.parse().unwrap()),
                    offsets: vec![OffsetToCommit {
                        topic: "t".into(),
                        partition: 0,
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
            let decision = self.shard.decide_deadline(deadline_ms, &key);
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
        for change in self.shard.decide_loaded(self.now_ms) {
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
        // A group that was deleted starts over.
        self.last_generation.retain(|name, _| self.shard.group(name).is_some());
        for overview in self.shard.list() {
            let name = &overview.group;
            let offsets = |shard: &GroupShard| {
                shard
                    .all_committed(name)
                    .map(|(topic, index, offset)| (topic.clone(), index, offset.clone()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(offsets(&self.shard), offsets(&replayed), "offsets of {name} live and replayed");
            let Some(group) = self.shard.group(name) else { continue };
            let logged =
                group.phase == Phase::Stable || (group.phase == Phase::Empty && group.pending.is_empty());
            if logged && group.generation > 0 {
                let other = replayed.group(name).map(GroupValue::of);
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

fn show_timer(kind: &TimerKind) -> String {
    match kind {
        TimerKind::Session(member) => format!("session of {member}"),
        TimerKind::Pending(member) => format!("pending {member}"),
        TimerKind::Join => "join phase".to_owned(),
        TimerKind::Sync => "sync phase".to_owned(),
    }
}

fn show_record(record: &GroupRecord) -> String {
    match record {
        GroupRecord::Group { group, value: None } => format!("{group} gone"),
        GroupRecord::Group { group, value: Some(value) } => {
            let members = value.members.iter().map(|member| {
                let instance =
                    member.instance_id.as_ref().map(|name| format!("({name})")).unwrap_or_default();
                format!("{}{instance}:{}", member.id, String::from_utf8_lossy(&member.assignment))
            });
            let members: Vec<String> = members.collect();
            let protocol = value.protocol.as_deref().unwrap_or("-");
            let leader = value.leader.as_deref().unwrap_or("-");
            format!("{group} gen={} {protocol} leader={leader} [{}]", value.generation, members.join(" "))
        }
        GroupRecord::Offset { group, topic, partition, value } => match value {
            None => format!("{group} {topic}-{partition} gone"),
            Some(offset) => format!("{group} {topic}-{partition} at {}", offset.offset),
        },
    }
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
        .map(|member| format!("{}:{}", member.id, String::from_utf8_lossy(&member.metadata)))
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
        None => format!("sync '{}'", String::from_utf8_lossy(&reply.assignment)),
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
