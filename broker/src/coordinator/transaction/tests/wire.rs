//! The bytes of `__transaction_state`.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::super::state::TransactionRecord;
use super::super::*;

#[test]
fn records_are_kafkas_bytes() {
    let record = TransactionRecord {
        transactional_id: "tx".into(),
        value: Some(Transaction {
            producer_id: 7,
            previous_producer_id: 6,
            next_producer_id: -1,
            epoch: 3,
            last_epoch: -1,
            timeout_ms: 60_000,
            phase: Phase::PrepareAbort,
            partitions: Partitions::from([("t".into(), BTreeSet::from([1]))]),
            started_ms: 16,
            updated_ms: 17,
            version: 2,
        }),
    };
    let (key, value) = encode_record(&record).unwrap();
    assert_eq!(&key[..], b"\0\0\0\x02tx");
    let value = value.unwrap();
    let expected: Vec<u8> = [
        &b"\0\x01"[..],                  // version
        &[0, 0, 0, 0, 0, 0, 0, 7],       // producer id
        &[0, 3],                         // epoch
        &[0, 0, 0xea, 0x60],             // timeout
        &[3],                            // status
        &[2, 2, b't', 2, 0, 0, 0, 1, 0], // one topic, one partition, no tags
        &[0, 0, 0, 0, 0, 0, 0, 17],      // last update
        &[0, 0, 0, 0, 0, 0, 0, 16],      // start
        &[2],                            // tags: previous producer id, version of transactions
        &[0, 8, 0, 0, 0, 0, 0, 0, 0, 6],
        &[2, 2, 0, 2],
    ]
    .concat();
    assert_eq!(&value[..], &expected[..]);
    assert_eq!(decode_record(Some(&key), Some(&value)).unwrap(), Some(record));
}

#[test]
fn what_is_damaged_or_unknown_is_told() {
    assert!(decode_record(None, None).is_err());
    assert_eq!(decode_record(Some(&Bytes::from_static(b"\0\x09\0")), None).unwrap(), None, "another kind");
    assert!(decode_record(Some(&Bytes::from_static(b"\0\0\0\x09tx")), None).is_err(), "cut");
    let key = Bytes::from_static(b"\0\0\0\x02tx");
    assert_eq!(decode_record(Some(&key), None).unwrap().unwrap().value, None, "a tombstone");
    assert!(decode_record(Some(&key), Some(&Bytes::from_static(&[0; 9]))).is_err());
    let mut unknown = vec![0; 2 + 8 + 2 + 4];
    unknown.push(9);
    unknown.extend([0; 4 + 8 + 8]);
    assert!(decode_record(Some(&key), Some(&Bytes::from(unknown))).is_err(), "a status of the future");
}
