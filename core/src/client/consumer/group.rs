//! The task that keeps a consumer in its group.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::cluster::{Client, Lane};
use super::assignor::{Assignor, GroupMember};
use super::membership::{Call, Event, GroupSettings, Joined, JoinedMember, Membership};
use super::subscription::{decode_assignment, decode_member, encode_assignment, encode_subscription};
use crate::protocol::messages::join_group_request::JoinGroupRequestProtocol;
use crate::protocol::messages::leave_group_request::MemberIdentity;
use crate::protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use crate::protocol::messages::{
    HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, SyncGroupRequest,
};
use crate::protocol::{ErrorCode, Str};

/// What all consumers call themselves towards the coordinator.
const PROTOCOL_TYPE: &str = "consumer";
/// How much longer than the rebalance timeout a join may take.
const JOIN_SLACK: Duration = Duration::from_secs(5);

/// What the consumer and the group's task share.
pub(crate) struct GroupLink {
    machine: Mutex<Membership>,
    /// Wakes the task.
    pub(crate) wake: Notify,
    /// Wakes the consumer.
    pub(crate) changed: Notify,
    started: Instant,
    /// Why the last call failed, for errors that only a name would explain badly.
    detail: Mutex<Option<String>>,
}

impl GroupLink {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Membership> {
        // The machine's changes do not panic half way.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Why the group's task gave up, if the broker did not say it by a code.
    pub(crate) fn detail(&self) -> Option<String> {
        self.detail.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Makes the group's calls, one after the other.
pub(crate) struct GroupTask {
    client: Client,
    lane: Lane,
    link: Arc<GroupLink>,
    settings: GroupSettings,
    assignors: Vec<Arc<dyn Assignor>>,
    /// The topics and counts that the leader divided last.
    divided: BTreeMap<Arc<str>, i32>,
}

/// What a call gave, and what the leader divided.
type Done = (Event, Option<BTreeMap<Arc<str>, i32>>);

impl GroupTask {
    /// Starts the task of a new member. It ends once the member has left and nobody holds the link.
    pub(crate) fn start(
        client: Client,
        settings: GroupSettings,
        assignors: Vec<Arc<dyn Assignor>>,
    ) -> Arc<GroupLink> {
        let link = Arc::new(GroupLink {
            machine: Mutex::new(Membership::new(settings.clone())),
            wake: Notify::new(),
            changed: Notify::new(),
            started: Instant::now(),
            detail: Mutex::default(),
        });
        let lane = client.lane();
        let task = GroupTask {
            client,
            lane,
            link: Arc::clone(&link),
            settings,
            assignors,
            divided: BTreeMap::new(),
        };
        tokio::spawn(task.run());
        link
    }

    async fn run(mut self) {
        let mut views = self.client.watch();
        let mut call: Option<BoxFuture<'static, Done>> = None;
        loop {
            let (next, wake_at, done) = {
                let mut machine = self.link.lock();
                let next = machine.next_call(self.link.now_ms());
                (next, machine.wake_at(), machine.is_out())
            };
            self.link.changed.notify_one();
            if let Some(next) = next {
                if matches!(next, Call::Leave { .. }) && call.take().is_some() {
                    // What is on the way may wait for the whole group; leaving does not.
                    self.client.close_lane(self.lane);
                }
                call = Some(self.make(next));
            } else if done && Arc::strong_count(&self.link) == 1 {
                break;
            }
            let timer = async {
                match wake_at {
                    Some(at) => {
                        let at = Duration::from_millis(u64::try_from(at).unwrap_or(0));
                        tokio::time::sleep_until(self.link.started + at).await;
                    }
                    None => std::future::pending().await,
                }
            };
            let answer = async {
                match &mut call {
                    Some(call) => call.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                (event, divided) = answer => {
                    call = None;
                    if let Some(divided) = divided {
                        self.divided = divided;
                    }
                    let now_ms = self.link.now_ms();
                    let random = self.client.random();
                    self.link.lock().on(event, now_ms, random);
                }
                () = self.link.wake.notified() => {}
                Ok(()) = views.changed() => {
                    views.borrow_and_update();
                    self.watch_topics();
                }
                () = timer => {}
            }
        }
        self.client.close_lane(self.lane);
    }

    /// The leader has the group divide anew when a topic gets partitions, appears or goes.
    fn watch_topics(&self) {
        let mut machine = self.link.lock();
        if machine.is_stable_leader() {
            let view = self.client.view();
            let changed = self.divided.iter().any(|(topic, count)| {
                let known = view.topic(topic).map_or(0, |topic| topic.partitions.len());
                i32::try_from(known).unwrap_or(i32::MAX) != *count
            });
            if changed {
                machine.rejoin();
            }
        }
    }

    fn make(&self, call: Call) -> BoxFuture<'static, Done> {
        let (client, lane, link) = (self.client.clone(), self.lane, Arc::clone(&self.link));
        let (settings, assignors) = (self.settings.clone(), self.assignors.clone());
        let coordinator = link.lock().coordinator();
        Box::pin(async move {
            let caller = Caller { client, lane, link: &link, settings, assignors };
            caller.make(call, coordinator).await
        })
    }
}

struct Caller<'a> {
    client: Client,
    lane: Lane,
    link: &'a GroupLink,
    settings: GroupSettings,
    assignors: Vec<Arc<dyn Assignor>>,
}

impl Caller<'_> {
    async fn make(&self, call: Call, coordinator: Option<i32>) -> Done {
        if let Call::FindCoordinator = call {
            let timeout = self.client.config().api_timeout;
            return match self.client.coordinator(&self.settings.group_id, self.lane, timeout).await {
                Ok(node) => (Event::Coordinator(node), None),
                Err(error) if error.is_retriable() => (Event::Unreachable, None),
                Err(error) => self.fatal(error.chain()),
            };
        }
        if let Call::Assign { protocol, members } = call {
            return self.assign(&protocol, members).await;
        }
        let Some(node) = coordinator else { return (Event::Unreachable, None) };
        let event = match call {
            Call::Join { member_id, generation, topics } => {
                self.join(node, &member_id, generation, &topics).await
            }
            Call::Sync { member_id, generation, protocol, shares } => {
                self.sync(node, &member_id, generation, &protocol, shares).await
            }
            Call::Heartbeat { member_id, generation } => self.heartbeat(node, &member_id, generation).await,
            Call::Leave { member_id } => self.leave(node, &member_id).await,
            Call::FindCoordinator | Call::Assign { .. } => Ok(Event::Unreachable),
        };
        match event {
            Ok(event) => (event, None),
            Err(error) if error.is_retriable() => (Event::Unreachable, None),
            Err(error) => self.fatal(crate::Error::from(error).chain()),
        }
    }

    fn fatal(&self, why: String) -> Done {
        *self.link.detail.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        (Event::Fatal, None)
    }

    fn group(&self) -> Str {
        Str::from(&*self.settings.group_id)
    }

    fn instance(&self, version: i16, since: i16) -> Option<Str> {
        self.settings.instance_id.as_deref().filter(|_| version >= since).map(Str::from)
    }

    async fn join(
        &self,
        node: i32,
        member_id: &str,
        generation: i32,
        topics: &[Arc<str>],
    ) -> Result<Event, super::super::error::RequestError> {
        let protocols = self.assignors.iter().filter_map(|assignor| {
            // A subscription of a few names always fits the schema.
            let metadata = encode_subscription(topics, assignor.user_data(), generation).ok()?;
            Some(JoinGroupRequestProtocol {
                name: Str::from(assignor.name()),
                metadata,
                ..Default::default()
            })
        });
        let protocols: Vec<_> = protocols.collect();
        let rebalance_ms = self.settings.max_poll_interval_ms;
        let timeout = Duration::from_millis(u64::try_from(rebalance_ms).unwrap_or(0)) + JOIN_SLACK;
        let build = |version| JoinGroupRequest {
            group_id: self.group(),
            session_timeout_ms: i32::try_from(self.settings.session_timeout_ms).unwrap_or(i32::MAX),
            rebalance_timeout_ms: if version >= 1 {
                i32::try_from(rebalance_ms).unwrap_or(i32::MAX)
            } else {
                -1
            },
            member_id: Str::from(member_id),
            group_instance_id: self.instance(version, 5),
            protocol_type: Str::from_static(PROTOCOL_TYPE),
            protocols,
            ..Default::default()
        };
        let response: JoinGroupResponse =
            self.client.request::<JoinGroupRequest>(node, self.lane, i16::MAX, timeout, build).await?;
        let members = response.members.iter().map(|member| JoinedMember {
            id: Arc::from(&*member.member_id),
            instance_id: member.group_instance_id.as_deref().map(Arc::from),
            metadata: member.metadata.clone(),
        });
        Ok(Event::Joined(Joined {
            code: ErrorCode::from(response.error_code),
            generation: response.generation_id,
            protocol: response.protocol_name.as_deref().map_or_else(|| Arc::from(""), Arc::from),
            leader: Arc::from(&*response.leader),
            member_id: Arc::from(&*response.member_id),
            members: members.collect(),
            skip_assignment: response.skip_assignment,
        }))
    }

    async fn sync(
        &self,
        node: i32,
        member_id: &str,
        generation: i32,
        protocol: &str,
        shares: Vec<(Arc<str>, Bytes)>,
    ) -> Result<Event, super::super::error::RequestError> {
        let assignments = shares.into_iter().map(|(member, assignment)| SyncGroupRequestAssignment {
            member_id: Str::from(&*member),
            assignment,
            ..Default::default()
        });
        let assignments: Vec<_> = assignments.collect();
        let timeout = Duration::from_millis(u64::try_from(self.settings.max_poll_interval_ms).unwrap_or(0))
            + JOIN_SLACK;
        let build = |version| SyncGroupRequest {
            group_id: self.group(),
            generation_id: generation,
            member_id: Str::from(member_id),
            group_instance_id: self.instance(version, 3),
            protocol_type: (version >= 5).then(|| Str::from_static(PROTOCOL_TYPE)),
            protocol_name: (version >= 5).then(|| Str::from(protocol)),
            assignments,
            ..Default::default()
        };
        let response =
            self.client.request::<SyncGroupRequest>(node, self.lane, i16::MAX, timeout, build).await?;
        let code = ErrorCode::from(response.error_code);
        let share = if code == ErrorCode::None {
            match decode_assignment(response.assignment) {
                Ok(share) => share,
                Err(error) => {
                    return Ok(self.fatal(format!("the assignment of the group's leader: {error}")).0);
                }
            }
        } else {
            Default::default()
        };
        Ok(Event::Synced(code, share))
    }

    async fn heartbeat(
        &self,
        node: i32,
        member_id: &str,
        generation: i32,
    ) -> Result<Event, super::super::error::RequestError> {
        let build = |version| HeartbeatRequest {
            group_id: self.group(),
            generation_id: generation,
            member_id: Str::from(member_id),
            group_instance_id: self.instance(version, 3),
            ..Default::default()
        };
        let timeout = self.client.config().request_timeout;
        let response =
            self.client.request::<HeartbeatRequest>(node, self.lane, i16::MAX, timeout, build).await?;
        Ok(Event::Heartbeat(ErrorCode::from(response.error_code)))
    }

    /// Leaving is a courtesy: whatever is answered, the member has left.
    async fn leave(&self, node: i32, member_id: &str) -> Result<Event, super::super::error::RequestError> {
        let build = |version| {
            if version >= 3 {
                let member = MemberIdentity {
                    member_id: Str::from(member_id),
                    group_instance_id: self.instance(version, 3),
                    ..Default::default()
                };
                LeaveGroupRequest { group_id: self.group(), members: vec![member], ..Default::default() }
            } else {
                LeaveGroupRequest {
                    group_id: self.group(),
                    member_id: Str::from(member_id),
                    ..Default::default()
                }
            }
        };
        let timeout = self.client.config().request_timeout;
        let _ = self.client.request::<LeaveGroupRequest>(node, self.lane, i16::MAX, timeout, build).await;
        Ok(Event::Left)
    }

    /// The leader divides the partitions of all topics that anybody subscribed to.
    async fn assign(&self, protocol: &str, joined: Vec<JoinedMember>) -> Done {
        let Some(assignor) = self.assignors.iter().find(|assignor| assignor.name() == protocol) else {
            return self
                .fatal(format!("the coordinator chose the assignor '{protocol}', which was not offered"));
        };
        let mut members: Vec<GroupMember> = Vec::with_capacity(joined.len());
        for member in joined {
            match decode_member(&member.id, member.instance_id.as_deref(), member.metadata) {
                Ok(member) => members.push(member),
                Err(error) => {
                    return self.fatal(format!("the subscription of group member '{}': {error}", member.id));
                }
            }
        }
        let names: std::collections::BTreeSet<_> =
            members.iter().flat_map(|member| member.topics.clone()).collect();
        for name in &names {
            self.client.want_topic(name, false);
        }
        let view = self.client.view();
        let view = if names.iter().all(|name| view.topic(name).is_some()) {
            view
        } else {
            match self.client.refreshed().await {
                Ok(view) => view,
                Err(_) => return (Event::Unreachable, None),
            }
        };
        let mut topics = BTreeMap::new();
        let mut divided = BTreeMap::new();
        for name in names {
            let count = view
                .topic(&name)
                .map_or(0, |topic| i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX));
            divided.insert(Arc::clone(&name), count);
            if count > 0 {
                topics.insert(name, count);
            }
        }
        let mut shares = Vec::new();
        for (member, share) in assignor.assign(&members, &topics) {
            match encode_assignment(&share) {
                Ok(bytes) => shares.push((member, bytes)),
                Err(error) => {
                    return self.fatal(format!("the assignment of group member '{member}': {error}"));
                }
            }
        }
        (Event::Assigned(shares), Some(divided))
    }
}
