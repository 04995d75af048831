use bytes::Bytes;

use crate::coordinator::group::record::{CommittedOffset, GroupRecord, GroupValue, MemberValue};
use crate::coordinator::group::wire::{decode_record, encode_record};

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
    }
}

#[test]
fn offsets_are_written_as_kafka_writes_them() {
    let record = |value| GroupRecord::Offset { group: "g".into(), topic: "t".into(), partition: 1, value };
    let (key, value) = check(&record(Some(offset(None))));
    assert_eq!(&key[..], b"\0\x01\0\x01g\0\x01t\0\0\0\x01");
    assert_eq!(
        &value.unwrap()[..],
        b"\0\x03\0\0\0\0\0\0\0\x2a\0\0\0\x03\0\x04note\0\0\x01\x8b\xcf\xe5\x68\0"
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

#[test]
fn other_and_damaged_records_are_told_apart() {
    let consumer_group_key = Bytes::from_static(b"\0\x03\0\x01g");
    assert_eq!(decode_record(Some(&consumer_group_key), None).unwrap(), None);
    assert!(decode_record(None, None).is_err());
    assert!(decode_record(Some(&Bytes::from_static(b"\0\x01\0\x09g")), None).is_err());
    assert!(decode_record(Some(&Bytes::from_static(b"")), None).is_err());
}
