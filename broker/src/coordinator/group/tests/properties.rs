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

proptest! {
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
        prop_assert!(stage.shard.group("g").is_none_or(|group| group.members.is_empty()), "{}", stage.transcript);
    }
}
