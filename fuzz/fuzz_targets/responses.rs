//! Responses of every API and version.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use riverrun_core::protocol::ApiKey;

fuzz_target!(|data: &[u8]| {
    let Some(([k0, k1, v0, v1], message)) = data.split_first_chunk::<4>() else { return };
    let Ok(key) = ApiKey::try_from(i16::from_be_bytes([*k0, *k1])) else { return };
    riverrun_fuzz::response(key)(Bytes::copy_from_slice(message), i16::from_be_bytes([*v0, *v1]));
});
