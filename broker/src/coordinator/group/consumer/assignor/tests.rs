use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use riverrun_core::protocol::Uuid;

use super::{Assignor, MemberSpec, Spec};
use crate::coordinator::group::consumer::assignment::Partitions;
use crate::coordinator::group::request::Name;

fn topic(number: u8) -> Uuid {
    Uuid([number; 16])
}

/// `topics`: partition counts. `members`: which topics each reads.
fn spec(topics: &[i32], members: &[&[u8]]) -> Spec {
    Spec {
        topics: topics.iter().zip(1..).map(|(count, number)| (topic(number), *count)).collect(),
        members: members
            .iter()
            .enumerate()
            .map(|(number, read)| {
                let topics = Arc::new(read.iter().map(|number| topic(*number)).collect());
                let member = MemberSpec { instance_id: None, topics, before: Partitions::new() };
                (Name::from(format!("m{number}")), member)
            })
            .collect(),
    }
}

/// `m0: 1[0 1] 2[0] …`
fn shown(targets: &BTreeMap<Name, Partitions>) -> String {
    let target = |(id, target): (&Name, &Partitions)| {
        let topics = target.iter().map(|(topic, partitions)| format!("{}{partitions:?}", topic.0[0]));
        format!("{id}: {}", topics.collect::<Vec<_>>().join(" "))
    };
    targets.iter().map(target).collect::<Vec<_>>().join("\n")
}

/// Makes the targets the starting point of the next assignment.
fn settle(spec: &mut Spec, targets: &BTreeMap<Name, Partitions>) {
    for (id, member) in &mut spec.members {
        member.before = targets.get(id).cloned().unwrap_or_default();
    }
}

#[test]
fn range_cuts_topics_alike() {
    insta::assert_snapshot!(shown(&Assignor::Range.assign(&spec(&[4, 4, 2], &[&[1, 2, 3], &[1, 2, 3], &[1, 2]]))), @r"
    m0: 1{0, 1} 2{0, 1} 3{0}
    m1: 1{2} 2{2} 3{1}
    m2: 1{3} 2{3}
    ");
}

#[test]
fn range_goes_by_instance_before_member() {
    let mut spec = spec(&[3], &[&[1], &[1]]);
    spec.members.get_mut("m1").unwrap().instance_id = Some("a".into());
    insta::assert_snapshot!(shown(&Assignor::Range.assign(&spec)), @r"
    m0: 1{2}
    m1: 1{0, 1}
    ");
}

#[test]
fn uniform_moves_no_more_than_a_newcomer_needs() {
    let mut first = spec(&[5, 4], &[&[1, 2], &[1, 2]]);
    let before = Assignor::Uniform.assign(&first);
    insta::assert_snapshot!(shown(&before), @r"
    m0: 1{0, 1, 2, 3, 4}
    m1: 2{0, 1, 2, 3}
    ");
    settle(&mut first, &before);
    first
        .members
        .insert("m2".into(), MemberSpec { before: Partitions::new(), ..first.members["m0"].clone() });
    insta::assert_snapshot!(shown(&Assignor::Uniform.assign(&first)), @r"
    m0: 1{0, 1, 2}
    m1: 2{0, 1, 2}
    m2: 1{3, 4} 2{3}
    ");
}

#[test]
fn uniform_evens_out_what_members_read_differently() {
    insta::assert_snapshot!(shown(&Assignor::Uniform.assign(&spec(&[6, 3], &[&[1], &[1, 2], &[2]]))), @r"
    m0: 1{0, 2, 4}
    m1: 1{1, 3, 5}
    m2: 2{0, 1, 2}
    ");
}

fn count(target: &Partitions) -> usize {
    target.values().map(BTreeSet::len).sum()
}

/// Every partition that somebody reads has one owner, who reads it.
fn check_whole(spec: &Spec, targets: &BTreeMap<Name, Partitions>) {
    let mut owners: BTreeMap<(Uuid, i32), &Name> = BTreeMap::new();
    for (id, target) in targets {
        for (topic, partitions) in target {
            assert!(spec.members[id].topics.contains(topic), "{id} does not read what it gets");
            for partition in partitions {
                assert!(*partition < spec.topics[topic], "{id} gets a partition that is not there");
                let other = owners.insert((*topic, *partition), id);
                assert_eq!(other, None, "a partition has two owners");
            }
        }
    }
    let read: BTreeSet<Uuid> =
        spec.members.values().flat_map(|member| member.topics.iter().copied()).collect();
    let expected: i32 = read.iter().map(|topic| spec.topics[topic]).sum();
    assert_eq!(owners.len(), usize::try_from(expected).unwrap(), "partitions were left out");
}

fn any_spec() -> impl Strategy<Value = Spec> {
    let members = prop::collection::vec(prop::collection::vec(1..5_u8, 0..5), 1..9);
    (prop::collection::vec(0..12_i32, 4), members)
        .prop_map(|(topics, members)| spec(&topics, &members.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

proptest! {
    #[test]
    fn every_partition_has_one_reader(mut first in any_spec(), other in any_spec(), same in any::<bool>()) {
        if same {
            let all = first.members["m0"].topics.clone();
            first.members.values_mut().for_each(|member| member.topics = all.clone());
        }
        for assignor in [Assignor::Uniform, Assignor::Range] {
            let mut spec = first.clone();
            let targets = assignor.assign(&spec);
            check_whole(&spec, &targets);
            settle(&mut spec, &targets);
            prop_assert_eq!(&assignor.assign(&spec), &targets, "an assignment that stands is changed");
            // Other members, other partition counts: what was before is of whatever shape.
            let mut next = other.clone();
            for (id, member) in &mut next.members {
                let before = targets.get(id).cloned().unwrap_or_default();
                member.before = super::super::target::still_there(&before, &next.topics);
            }
            check_whole(&next, &assignor.assign(&next));
        }
    }

    #[test]
    fn uniform_is_even_and_sticky(partitions in 0..40_i32, before in 1..8_usize, after in 1..8_usize) {
        let readers = |count: usize| vec![&[1_u8][..]; count];
        let mut spec = spec(&[partitions], &readers(before.max(after)));
        let all = spec.members.clone();
        let keep = |count: usize| all.iter().take(count).map(|(id, member)| (id.clone(), member.clone())).collect();
        spec.members = keep(before);
        let first = Assignor::Uniform.assign(&spec);
        spec.members = keep(after);
        settle(&mut spec, &first);
        let second = Assignor::Uniform.assign(&spec);
        let sizes: Vec<usize> = second.values().map(count).collect();
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        // Only what a quota forbids is taken from whoever stays.
        let least = usize::try_from(partitions).unwrap() / after;
        let lost: usize = first
            .iter()
            .filter_map(|(id, target)| Some((target, second.get(id)?)))
            .map(|(had, has)| {
                let kept = |index: &&i32| has.get(&topic(1)).is_some_and(|has| has.contains(*index));
                count(had) - had.get(&topic(1)).into_iter().flatten().filter(kept).count()
            })
            .sum();
        let over: usize = first.iter().filter(|(id, _)| second.contains_key(*id)).map(|(_, had)| count(had).saturating_sub(least)).sum();
        prop_assert!(lost <= over, "{lost} moved, {over} had to at most");
    }
}
