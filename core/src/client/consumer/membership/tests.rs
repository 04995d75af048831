use super::*;
use crate::client::cluster::Backoff;

/// A member of group `g` of topic `t`, and its calls and changes as short texts.
struct Bench(Membership);

impl Bench {
    fn new() -> Self {
        let settings = GroupSettings {
            group_id: Arc::from("g"),
            instance_id: None,
            session_timeout_ms: 10_000,
            heartbeat_interval_ms: 1_000,
            max_poll_interval_ms: 60_000,
            backoff: Backoff { initial_ms: 100, max_ms: 100 },
        };
        let mut machine = Membership::new(settings);
        machine.subscribe(vec![Arc::from("t")], 0);
        Bench(machine)
    }

    fn call(&mut self, now_ms: i64) -> String {
        match self.0.next_call(now_ms) {
            None => "-".to_owned(),
            Some(Call::FindCoordinator) => "find".to_owned(),
            Some(Call::Join { member_id, .. }) => format!("join '{member_id}'"),
            Some(Call::Assign { members, .. }) => format!("assign {}", members.len()),
            Some(Call::Sync { generation, shares, .. }) => format!("sync {generation} with {}", shares.len()),
            Some(Call::Heartbeat { generation, .. }) => format!("heartbeat {generation}"),
            Some(Call::Leave { member_id }) => format!("leave '{member_id}'"),
        }
    }

    fn on(&mut self, event: Event, now_ms: i64) {
        self.0.on(event, now_ms, 0);
    }

    fn change(&mut self) -> String {
        let list = |partitions: &[TopicPartition]| {
            partitions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        match self.0.take_change() {
            None => "-".to_owned(),
            Some(Change::Revoke(partitions)) => format!("revoke {}", list(&partitions)),
            Some(Change::Lost(partitions)) => format!("lost {}", list(&partitions)),
            Some(Change::Assign(share)) => format!("assign {}", list(&share.partitions)),
            Some(Change::Refused(code)) => format!("refused {}", code.name()),
        }
    }

    /// Joins as a follower of generation `generation` and gets one partition.
    fn stable(&mut self, generation: i32, now_ms: i64) {
        if self.0.coordinator().is_none() {
            assert_eq!(self.call(now_ms), "find");
            self.on(Event::Coordinator(1), now_ms);
        }
        assert!(self.call(now_ms).starts_with("join"));
        self.on(joined(ErrorCode::None, generation, "m", "leader", 0), now_ms);
        assert_eq!(self.call(now_ms), format!("sync {generation} with 0"));
        self.on(Event::Synced(ErrorCode::None, share(0)), now_ms);
        assert_eq!(self.change(), "assign t-0");
    }
}

fn joined(code: ErrorCode, generation: i32, member: &str, leader: &str, members: usize) -> Event {
    let member_of = |at: usize| JoinedMember {
        id: Arc::from(format!("m{at}")),
        instance_id: None,
        metadata: Bytes::new(),
    };
    Event::Joined(Joined {
        code,
        generation,
        protocol: Arc::from("range"),
        leader: Arc::from(leader),
        member_id: Arc::from(member),
        members: (0..members).map(member_of).collect(),
        skip_assignment: false,
    })
}

fn share(partition: i32) -> Assignment {
    Assignment { partitions: vec![TopicPartition::new("t", partition)], user_data: None }
}

#[test]
fn a_leader_joins_twice_divides_syncs_and_beats() {
    let mut bench = Bench::new();
    assert_eq!(bench.call(0), "find");
    assert_eq!(bench.call(0), "-");
    bench.on(Event::Coordinator(1), 0);
    assert_eq!(bench.call(0), "join ''");
    bench.on(joined(ErrorCode::MemberIdRequired, -1, "m", "", 0), 0);
    assert_eq!(bench.call(0), "join 'm'");
    bench.on(joined(ErrorCode::None, 1, "m", "m", 2), 0);
    assert_eq!(bench.call(0), "assign 2");
    bench.on(Event::Assigned(vec![(Arc::from("m"), Bytes::new())]), 0);
    assert_eq!(bench.call(0), "sync 1 with 1");
    bench.on(Event::Synced(ErrorCode::None, share(3)), 5);
    assert_eq!(bench.change(), "assign t-3");
    assert!(bench.0.is_stable_leader());
    assert_eq!(bench.call(1_004), "-");
    assert_eq!(bench.0.wake_at(), Some(1_005));
    assert_eq!(bench.call(1_005), "heartbeat 1");
}

#[test]
fn a_rebalance_waits_until_partitions_are_given_up() {
    let mut bench = Bench::new();
    bench.stable(1, 0);
    assert_eq!(bench.call(1_000), "heartbeat 1");
    bench.on(Event::Heartbeat(ErrorCode::RebalanceInProgress), 1_000);
    assert_eq!(bench.change(), "revoke t-0");
    assert_eq!(bench.call(1_000), "-");
    assert_eq!(bench.call(2_000), "heartbeat 1", "the session lives on");
    bench.on(Event::Heartbeat(ErrorCode::RebalanceInProgress), 2_000);
    assert_eq!(bench.change(), "-", "said once");
    bench.0.released();
    bench.stable(2, 2_000);
    assert_eq!(bench.0.identity(), Some((Arc::from("m"), 2)));
}

#[test]
fn a_member_that_was_thrown_out_has_lost_its_partitions() {
    let mut bench = Bench::new();
    bench.stable(1, 0);
    assert_eq!(bench.call(1_000), "heartbeat 1");
    bench.on(Event::Heartbeat(ErrorCode::UnknownMemberId), 1_000);
    assert_eq!(bench.change(), "lost t-0");
    assert_eq!(bench.0.identity(), None);
    bench.0.released();
    assert_eq!(bench.call(1_000), "join ''");
}

#[test]
fn thrown_out_while_giving_up_it_is_not_told_twice() {
    let mut bench = Bench::new();
    bench.stable(1, 0);
    bench.0.rejoin();
    assert_eq!(bench.change(), "revoke t-0");
    assert_eq!(bench.call(1_000), "heartbeat 1");
    bench.on(Event::Heartbeat(ErrorCode::IllegalGeneration), 1_000);
    assert_eq!(bench.change(), "-");
    bench.0.released();
    assert_eq!(bench.call(1_000), "join ''");
}

#[test]
fn another_coordinator_is_looked_for() {
    let mut bench = Bench::new();
    bench.stable(1, 0);
    assert_eq!(bench.call(1_000), "heartbeat 1");
    bench.on(Event::Heartbeat(ErrorCode::NotCoordinator), 1_000);
    assert_eq!(bench.call(1_050), "-", "waits its backoff");
    assert_eq!(bench.call(1_100), "find");
    bench.on(Event::Coordinator(2), 1_100);
    assert_eq!(bench.call(2_000), "heartbeat 1");
    bench.on(Event::Unreachable, 2_000);
    assert_eq!(bench.0.coordinator(), None);
    assert_eq!(bench.change(), "-", "partitions stay while the session may live");
}

#[test]
fn a_sync_that_fails_joins_again() {
    for code in [ErrorCode::RebalanceInProgress, ErrorCode::UnknownMemberId, ErrorCode::NotCoordinator] {
        let mut bench = Bench::new();
        bench.call(0);
        bench.on(Event::Coordinator(1), 0);
        bench.call(0);
        bench.on(joined(ErrorCode::None, 1, "m", "leader", 0), 0);
        assert_eq!(bench.call(0), "sync 1 with 0");
        bench.on(Event::Synced(code, Assignment::default()), 0);
        let next = bench.call(1_000);
        assert!(next.starts_with("join") || next == "find", "{code:?}: {next}");
    }
}

#[test]
fn who_does_not_poll_leaves_and_comes_back() {
    let mut bench = Bench::new();
    bench.stable(1, 0);
    assert_eq!(bench.call(60_000), "leave 'm'");
    bench.on(Event::Left, 60_000);
    assert_eq!(bench.call(61_000), "-");
    bench.0.polled(70_000);
    assert_eq!(bench.change(), "lost t-0");
    bench.0.released();
    assert_eq!(bench.call(70_000), "join ''");
}

#[test]
fn leaving_does_not_wait_for_a_join() {
    let mut bench = Bench::new();
    bench.call(0);
    bench.on(Event::Coordinator(1), 0);
    bench.call(0);
    bench.on(joined(ErrorCode::MemberIdRequired, -1, "m", "", 0), 0);
    assert_eq!(bench.call(0), "join 'm'");
    bench.0.unsubscribe();
    assert_eq!(bench.call(0), "leave 'm'");
    bench.on(Event::Left, 0);
    assert!(bench.0.is_out());
}

#[test]
fn a_member_that_the_group_refuses_says_why() {
    let mut bench = Bench::new();
    bench.call(0);
    bench.on(Event::Coordinator(1), 0);
    bench.call(0);
    bench.on(joined(ErrorCode::InconsistentGroupProtocol, -1, "", "", 0), 0);
    assert_eq!(bench.change(), "refused INCONSISTENT_GROUP_PROTOCOL");
    assert_eq!(bench.call(1_000), "-");
    assert_eq!(bench.0.wake_at(), None);
}

#[test]
fn a_share_that_nobody_saw_needs_no_giving_up() {
    let mut bench = Bench::new();
    bench.call(0);
    bench.on(Event::Coordinator(1), 0);
    bench.call(0);
    bench.on(joined(ErrorCode::None, 1, "m", "leader", 0), 0);
    bench.call(0);
    bench.on(Event::Synced(ErrorCode::None, share(0)), 0);
    bench.0.rejoin();
    assert_eq!(bench.change(), "-");
    assert_eq!(bench.call(0), "join 'm'");
}
