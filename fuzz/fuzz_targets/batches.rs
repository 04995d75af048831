//! Record batches: walked, checked, decompressed within a bound, decoded.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use riverrun_core::record::{Batches, validate_produce};

const MAX_DECOMPRESSED_BYTES: usize = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let _ = validate_produce(data);
    let data = Bytes::copy_from_slice(data);
    for batches in [Batches::new(data.clone()), Batches::fetched(data)] {
        for batch in batches {
            let Ok(batch) = batch else { break };
            // The checksum is not asked for first: it would keep the fuzzer out of what lies behind it.
            let _ = batch.verify_crc();
            let Ok(records) = batch.records_within(MAX_DECOMPRESSED_BYTES) else { continue };
            for record in records {
                if record.is_err() {
                    break;
                }
            }
        }
    }
});
