//! Keys and values of the coordinators' topics.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use riverrun_core::protocol::records::{GroupKey, ShareKey, TransactionKey};

fuzz_target!(|data: &[u8]| {
    let Some((which, record)) = data.split_first() else { return };
    let record = Bytes::copy_from_slice(record);
    let _ = GroupKey::from_record_bytes(record.clone());
    let _ = TransactionKey::from_record_bytes(record.clone());
    let _ = ShareKey::from_record_bytes(record.clone());
    let Some(([v0, v1], message)) = record.split_first_chunk::<2>() else { return };
    let check = riverrun_fuzz::RECORDS[usize::from(*which) % riverrun_fuzz::RECORDS.len()];
    check(record.slice_ref(message), i16::from_be_bytes([*v0, *v1]));
});
