//! Any order of requests, ticks and restarts: no reply twice, none forgotten, live state equal to replayed state.

use proptest::prelude::*;

use super::script::Stage;

/// One line of a random script. Members are named by small numbers, so that lines meet.
fn line() -> impl Strategy<Value = String> {
    let member = 1..8_u32;
    let generation = 0..5_i32;
    prop_oneof![
        3 => (prop_oneof![Just(3), Just(9)]).prop_map(|version| format!("join g v={version}")),
        2 => (1..3_u32).prop_map(|instance| format!("join g instance=i{instance}")),
        4 => member.clone().prop_map(|member| format!("join g member=c-{member}")),
        1 => member.clone().prop_map(|member| format!("join g member=c-{member} protocols=range:x,sticky:y")),
        5 => (member.clone(), generation.clone()).prop_map(|(member, generation)| {
            format!("sync g member=c-{member} gen={generation} assign=c-1:a,c-2:b,c-3:c")
        }),
        2 => (member.clone(), generation.clone())
            .prop_map(|(member, generation)| format!("beat g member=c-{member} gen={generation}")),
        2 => (member.clone(), generation)
            .prop_map(|(member, generation)| format!("commit g member=c-{member} gen={generation} offset=1")),
        1 => member.prop_map(|member| format!("leave g member=c-{member}")),
        1 => (1..3_u32).prop_map(|instance| format!("leave g instance=i{instance}")),
        1 => Just("commit g offset=3".to_owned()),
        1 => Just("delete g".to_owned()),
        1 => Just("expire".to_owned()),
        1 => Just("reload".to_owned()),
        5 => prop_oneof![Just(1), Just(1_000), Just(3_000), Just(11_000)].prop_map(|by_ms| format!("tick {by_ms}")),
    ]
}

/// One line of a random script of consumer groups, with members of both protocols.
fn consumer_line() -> impl Strategy<Value = String> {
    let member = prop_oneof![Just("a"), Just("b"), Just("d")];
    let topics = prop_oneof![Just("t"), Just("t,u"), Just("u"), Just("gone")];
    let owned = prop_oneof![Just(""), Just("t0"), Just("t0,t1"), Just("t2,t3,u0"), Just("t0,t1,t2,t3,u0,u1")];
    let epoch = 1..9_i32;
    prop_oneof![
        6 => (member.clone(), topics.clone()).prop_map(|(member, topics)| format!("hb g member={member} topics={topics}")),
        2 => member.clone().prop_map(|member| format!("hb g member={member} regex=[tuv]")),
        2 => (member.clone(), topics.clone()).prop_map(|(member, topics)| format!("hb g member={member}i instance=i topics={topics}")),
        1 => member.clone().prop_map(|member| format!("hb g member={member}i instance=i epoch=-2")),
        12 => (member.clone(), epoch.clone(), owned.clone()).prop_map(|(member, epoch, owned)| format!("hb g member={member} epoch={epoch} owns={owned}")),
        4 => (member.clone(), epoch.clone()).prop_map(|(member, epoch)| format!("hb g member={member} epoch={epoch}")),
        2 => member.clone().prop_map(|member| format!("hb g member={member} epoch=-1")),
        3 => topics.clone().prop_map(|topics| format!("join g v=3 protocols=consumer topics={topics}")),
        1 => topics.clone().prop_map(|topics| format!("join g instance=i protocols=consumer topics={topics}")),
        6 => (1..9_u32, topics, owned).prop_map(|(member, topics, owned)| format!("join g member=c-{member} protocols=consumer topics={topics} owns={owned}")),
        4 => (1..9_u32, epoch.clone()).prop_map(|(member, epoch)| format!("sync g member=c-{member} gen={epoch} assign=c-1:")),
        3 => (1..9_u32, epoch.clone()).prop_map(|(member, epoch)| format!("beat g member=c-{member} gen={epoch}")),
        2 => (member, epoch).prop_map(|(member, epoch)| format!("commit g member={member} gen={epoch} offset=1")),
        2 => (1..9_u32).prop_map(|member| format!("leave g member=c-{member}")),
        1 => (0..4_i32).prop_map(|partitions| format!("topic u partitions={partitions}")),
        1 => (0..4_i32).prop_map(|partitions| format!("topic v partitions={partitions}")),
        1 => Just("delete g".to_owned()),
        1 => Just("expire".to_owned()),
        1 => Just("reload".to_owned()),
        4 => prop_oneof![Just(1), Just(3_000), Just(11_000), Just(40_000)].prop_map(|by_ms| format!("tick {by_ms}")),
    ]
}

proptest! {
    #[test]
    fn consumer_groups_keep_their_promises(lines in prop::collection::vec(consumer_line(), 1..60)) {
        let mut stage = Stage::new();
        for line in lines {
            stage.play(&line);
            stage.check();
        }
        for _ in 0..40 {
            stage.play("tick 60000");
            stage.check();
        }
        prop_assert!(stage.open.is_empty(), "unanswered: {:?}\n{}", stage.open, stage.transcript);
        prop_assert!(stage.shard.group("g").is_none_or(|group| group.is_empty()), "{}", stage.transcript);
    }

    #[test]
    fn groups_keep_their_promises(lines in prop::collection::vec(line(), 1..60)) {
        let mut stage = Stage::new();
        for line in lines {
            stage.play(&line);
            stage.check();
        }
        // Left alone, everybody's time runs out: every request is answered and nobody stays.
        for _ in 0..40 {
            stage.play("tick 60000");
            stage.check();
        }
        prop_assert!(stage.open.is_empty(), "unanswered: {:?}\n{}", stage.open, stage.transcript);
        prop_assert!(stage.shard.classic("g").is_none_or(|group| group.members.is_empty()), "{}", stage.transcript);
    }
}
