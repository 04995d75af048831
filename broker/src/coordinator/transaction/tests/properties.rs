//! Any order of requests, ticks and restarts: live state equal to replayed state, epochs that never go back, and no
//! transaction that stays open.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::Phase;
use super::script::Stage;

/// One line of a random script. Two owners of the same transactional id get in each other's way.
fn line() -> impl Strategy<Value = String> {
    let owner = prop_oneof![Just("a"), Just("b")];
    let version = prop_oneof![3 => Just(2), 1 => Just(0)];
    prop_oneof![
        2 => owner.clone().prop_map(|owner| format!("init t as={owner}")),
        1 => owner.clone().prop_map(|owner| format!("init t as={owner} goes=on")),
        5 => (owner.clone(), 0..3_i32, version.clone())
            .prop_map(|(owner, index, version)| format!("add t x-{index} as={owner} v={version}")),
        1 => (owner.clone(), 0..3_i32).prop_map(|(owner, index)| format!("verify t x-{index} as={owner}")),
        4 => (owner.clone(), version.clone()).prop_map(|(owner, version)| format!("commit t as={owner} v={version}")),
        2 => (owner.clone(), version).prop_map(|(owner, version)| format!("abort t as={owner} v={version}")),
        1 => owner.prop_map(|owner| format!("commit t as={owner} lost=answer")),
        5 => Just("written t".to_owned()),
        1 => Just("epoch t to=32765".to_owned()),
        1 => Just("tick 700".to_owned()),
        1 => Just("timeouts".to_owned()),
        1 => Just("reload".to_owned()),
    ]
}

proptest! {
    #[test]
    fn transactions_keep_their_promises(lines in prop::collection::vec(line(), 1..60)) {
        let mut stage = Stage::new();
        let mut epochs: BTreeMap<i64, i16> = BTreeMap::new();
        for line in lines {
            if line.starts_with("epoch") && stage.shard.get("t").is_none_or(|t| t.phase != Phase::Empty) {
                continue;
            }
            stage.play(&line);
            stage.check();
            if let Some(transaction) = stage.shard.get("t") {
                let last = epochs.insert(transaction.producer_id, transaction.epoch).unwrap_or(-1);
                let jumped = line.starts_with("epoch");
                prop_assert!(jumped || transaction.epoch >= last, "an epoch went back\n{}", stage.transcript);
            }
        }
        // Left alone, whatever is open is aborted and whatever is prepared is completed.
        for line in ["tick 100000", "timeouts", "written t"] {
            stage.play(line);
            stage.check();
        }
        let phase = stage.shard.get("t").map(|transaction| transaction.phase);
        let over = matches!(phase, None | Some(Phase::Empty | Phase::CompleteCommit | Phase::CompleteAbort));
        prop_assert!(over, "{phase:?}\n{}", stage.transcript);
    }
}
