//! Requests of every API and version, with their headers.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use riverrun_core::protocol::frame;

fuzz_target!(|data: &[u8]| {
    let Ok((key, header, reader)) = frame::decode_request_header(Bytes::copy_from_slice(data)) else { return };
    riverrun_fuzz::request(key)(reader.into_rest(), header.request_api_version);
});
