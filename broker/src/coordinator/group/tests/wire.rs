use std::collections::BTreeMap;

use bytes::Bytes;
use riverrun_core::protocol::Uuid;

use crate::coordinator::group::consumer::tests_only::{
    ClassicMetadata, ConsumerRecord, CurrentAssignment, GroupEpoch, MemberInfo, MemberState, ResolvedRegex,
    TargetEpoch,
};
use crate::coordinator::group::record::{CommittedOffset, GroupRecord, GroupValue, MemberValue};
use crate::coordinator::group::wire::{decode_record, encode_record};
use crate::coordinator::group::{Name, Partitions};

fn check(record: &GroupRecord) -> (Bytes, Option<Bytes>) {
    let (key, value) = encode_record(record).unwrap();
    assert_eq!(decode_record(Some(&key), value.as_ref()).unwrap().as_ref(), Some(record));
    (key, value)
}

fn offset(expire_timestamp_ms: Option<i64>) -> CommittedOffset {
    CommittedOffset {
        offset: 42,
        leader_epoch: if expire_timestamp_ms.is_some() { -1 } else { 3 },
        metadata: "note".into(),
        commit_timestamp_ms: 1_700_000_000_000,
        expire_timestamp_ms,
        topic_id: if expire_timestamp_ms.is_some() { Uuid::ZERO } else { Uuid([7; 16]) },
    }
}

#[test]
fn offsets_are_written_as_kafka_writes_them() {
    let record = |value| GroupRecord::Offset { group: "g".into(), topic: "t".into(), partition: 1, value };
    let (key, value) = check(&record(Some(offset(None))));
    assert_eq!(&key[..], b"\0\x01\0\x01g\0\x01t\0\0\0\x01");
    assert_eq!(
        &value.unwrap()[..],
        b"\0\x04\0\0\0\0\0\0\0\x2a\0\0\0\x03\x05note\0\0\x01\x8b\xcf\xe5\x68\0\x01\0\x10\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07"
    );
    let (_, value) = check(&record(Some(offset(Some(1_700_000_000_001)))));
    assert_eq!(value.unwrap()[..2], [0, 1]);
    assert_eq!(check(&record(None)).1, None);
}

#[test]
fn groups_are_written_as_kafka_writes_them() {
    let member = |instance_id: Option<&str>| MemberValue {
        id: "m".into(),
        instance_id: instance_id.map(Into::into),
        client_id: "c".into(),
        client_host: "/h".into(),
        rebalance_timeout_ms: 2,
        session_timeout_ms: 1,
        subscription: Bytes::from_static(b"s"),
        assignment: Bytes::from_static(b"a"),
    };
    let value = GroupValue {
        protocol_type: "consumer".into(),
        generation: 5,
        protocol: Some("range".into()),
        leader: Some("m".into()),
        since_ms: 7,
        members: vec![member(None), member(Some("i"))],
    };
    let (key, bytes) = check(&GroupRecord::Group { group: "g".into(), value: Some(value) });
    assert_eq!(&key[..], b"\0\x02\0\x01g");
    assert_eq!(bytes.unwrap()[..2], [0, 3]);
    check(&GroupRecord::Group { group: "g".into(), value: None });
}

/// Every kind of record of a consumer group comes back as it was.
#[test]
fn consumer_groups_are_written_as_kafka_writes_them() {
    let partitions = Partitions::from([(Uuid([7; 16]), [0, 2].into())]);
    let owned = || BTreeMap::from([(Uuid([7; 16]), BTreeMap::from([(0, 3), (2, 5)]))]);
    let classic = ClassicMetadata { session_timeout_ms: 9, protocols: vec![("range".into(), "m".into())] };
    let info = |classic| MemberInfo {
        instance_id: Some("i".into()),
        rack_id: None,
        client_id: "c".into(),
        client_host: "/h".into(),
        topics: ["t".into(), "u".into()].into(),
        regex: Some("t.*".into()),
        rebalance_timeout_ms: 5,
        assignor: Some("range".into()),
        classic,
    };
    let current = CurrentAssignment {
        epoch: 5,
        previous_epoch: 4,
        state: MemberState::UnrevokedPartitions,
        assigned: owned(),
        revoking: owned(),
    };
    let resolved = ResolvedRegex { topics: ["t".into()].into(), version: 4, resolved_ms: 6 };
    let m = || Name::from("m");
    for record in [
        ConsumerRecord::Epoch(Some(GroupEpoch { epoch: 3, metadata_hash: -2 })),
        ConsumerRecord::Epoch(None),
        ConsumerRecord::OldMetadata { present: false },
        ConsumerRecord::Member { member: m(), value: Some(info(None)) },
        ConsumerRecord::Member { member: m(), value: Some(info(Some(classic))) },
        ConsumerRecord::Member { member: m(), value: None },
        ConsumerRecord::TargetEpoch(Some(TargetEpoch { epoch: 3, made_ms: 8 })),
        ConsumerRecord::TargetEpoch(None),
        ConsumerRecord::Target { member: m(), value: Some(partitions) },
        ConsumerRecord::Target { member: m(), value: None },
        ConsumerRecord::Current { member: m(), value: Some(current) },
        ConsumerRecord::Current { member: m(), value: None },
        ConsumerRecord::Regex { regex: "t.*".into(), value: Some(resolved) },
        ConsumerRecord::Regex { regex: "t.*".into(), value: None },
    ] {
        check(&GroupRecord::Consumer { group: "g".into(), record });
    }
}

/// What Kafka 4.0 to 4.2 wrote: no epochs of partitions.
#[test]
fn partitions_without_epochs_are_as_old_as_their_member() {
    let key = Bytes::from_static(b"\0\x08\0\x01g\0\x01m");
    let value = b"\0\0\0\0\0\x05\0\0\0\x04\0\x02\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x02\0\0\0\x01\0\x01\0";
    let read = decode_record(Some(&key), Some(&Bytes::from_static(value))).unwrap();
    let current = CurrentAssignment {
        epoch: 5,
        previous_epoch: 4,
        state: MemberState::Stable,
        assigned: BTreeMap::from([(Uuid([7; 16]), BTreeMap::from([(1, 5)]))]),
        revoking: BTreeMap::new(),
    };
    let record = ConsumerRecord::Current { member: "m".into(), value: Some(current) };
    assert_eq!(read, Some(GroupRecord::Consumer { group: "g".into(), record }));
}

#[test]
fn other_and_damaged_records_are_told_apart() {
    let share_group_key = Bytes::from_static(b"\0\x0b\0\x01g");
    assert_eq!(decode_record(Some(&share_group_key), None).unwrap(), None);
    assert!(decode_record(None, None).is_err());
    assert!(decode_record(Some(&Bytes::from_static(b"\0\x01\0\x09g")), None).is_err());
    assert!(decode_record(Some(&Bytes::from_static(b"")), None).is_err());
}
