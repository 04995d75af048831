//! Bytes that no honest peer sends: an error or a message, never a panic, never memory out of proportion.

use bytes::Bytes;
use riverrun_core::protocol::messages::{ApiVersionsRequest, MetadataRequest};
use riverrun_core::protocol::{DecodeErrorKind, Message as _};
use riverrun_core::random::Random;

use crate::allocation::peak_of;
use crate::entry::Entry;
use crate::model::{self, Draw};
use crate::{all, random, schema};

/// What arrays may reserve before their elements have been read, four deep, and an error.
const SLACK: usize = 4 * 64 * 1024 + 1024;
/// How much larger a struct is in memory than its least form on the wire, with a growing `Vec`'s old half beside it.
const GROWTH: usize = 200;

fn decode(schema: &schema::Message, entry: &Entry, version: i16, wire: Bytes) -> bool {
    let length = wire.len();
    let (decoded, peak) = peak_of(|| (entry.decode)(wire, version));
    assert!(
        peak <= SLACK + GROWTH * length,
        "{} {version}: {peak} bytes of memory for a frame of {length}",
        schema.name
    );
    let Ok(decoded) = decoded else { return false };
    // What was understood can be said again, in the canonical form.
    let again = decoded.to_bytes(version).unwrap();
    let second = (entry.decode)(again.clone(), version).unwrap();
    assert_eq!(second.to_bytes(version).unwrap(), again, "{} {version}", schema.name);
    true
}

#[test]
fn every_truncation_is_an_error() {
    let mut random = random();
    for (schema, entry) in all() {
        for version in schema.versions.iter() {
            let value = Draw { message: &schema, version, random: &mut random, unknown: true }.message();
            let wire = Bytes::from(model::encode(&schema, &value, version).unwrap());
            let step = (wire.len() / 200).max(1);
            for end in (0..wire.len()).step_by(step) {
                let whole = decode(&schema, &entry, version, wire.slice(..end));
                assert!(!whole, "{} {version}: {end} of {} bytes", schema.name, wire.len());
            }
            let mut longer = wire.to_vec();
            longer.push(0);
            let error = (entry.decode)(longer.into(), version).unwrap_err();
            assert_eq!(error.kind, DecodeErrorKind::Trailing { found: 1 }, "{} {version}", schema.name);
            assert_eq!(error.offset, wire.len());
        }
    }
}

#[test]
fn damaged_messages_end_in_an_error_or_a_message() {
    let mut random = random();
    let (mut good, mut bad) = (0, 0);
    for (schema, entry) in all() {
        for version in schema.versions.iter() {
            let value = Draw { message: &schema, version, random: &mut random, unknown: true }.message();
            let wire = model::encode(&schema, &value, version).unwrap();
            for _ in 0..40 {
                let mut damaged = wire.clone();
                for _ in 0..=random.below(3) {
                    if damaged.is_empty() {
                        break;
                    }
                    let at = random.below(damaged.len() as u64) as usize;
                    damaged[at] = [0, 1, 0x7f, 0x80, 0xff, random.next_u64() as u8][random.below(6) as usize];
                }
                match decode(&schema, &entry, version, damaged.into()) {
                    true => good += 1,
                    false => bad += 1,
                }
            }
        }
    }
    println!("{good} messages, {bad} errors");
}

#[test]
fn huge_lengths_allocate_nothing() {
    let mut random = random();
    for (schema, entry) in all() {
        for version in schema.versions.iter() {
            let value = Draw { message: &schema, version, random: &mut random, unknown: false }.message();
            let wire = model::encode(&schema, &value, version).unwrap();
            for at in 0..wire.len().min(120) {
                for huge in
                    [&[0x7f, 0xff, 0xff, 0xff][..], &[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff; 8], &[0x7f; 2]]
                {
                    let mut damaged = wire[..at].to_vec();
                    damaged.extend(huge);
                    damaged.extend(wire.get(at + huge.len()..).unwrap_or_default());
                    decode(&schema, &entry, version, damaged.into());
                }
            }
        }
    }
}

#[test]
fn noise_ends_in_an_error_or_a_message() {
    let mut random = random();
    for (schema, entry) in all() {
        for version in schema.versions.iter() {
            for length in [0, 1, 8, 64, 4096, 100_000] {
                let style = random.below(4);
                let noise: Vec<u8> = (0..length)
                    .map(|_| match style {
                        0 => 0,
                        1 => random.next_u64() as u8 & 1,
                        2 => [0, 0, 0, 2, 0xff][random.below(5) as usize],
                        _ => random.next_u64() as u8,
                    })
                    .collect();
                decode(&schema, &entry, version, noise.into());
            }
        }
    }
}

#[test]
fn a_long_frame_of_empty_elements_is_refused_before_it_grows() {
    // 20 million topics of two bytes each, as a request of 40 MB that a broker's size limit lets in.
    let mut frame = vec![0x81, 0xda, 0xc4, 0x09];
    frame.resize(4 + 2 * 20_000_000, 0);
    let (decoded, peak) = peak_of(|| MetadataRequest::from_bytes(frame.into(), 9));
    let error = decoded.unwrap_err();
    assert!(matches!(error.kind, DecodeErrorKind::Memory { found: 20_000_000, .. }), "{error}");
    assert!(peak < SLACK, "{peak}");
    // The same with tagged fields behind two empty strings.
    let mut frame = vec![1, 1, 0x80, 0xda, 0xc4, 0x09];
    frame.resize(6 + 2 * 20_000_000, 0);
    let (decoded, peak) = peak_of(|| ApiVersionsRequest::from_bytes(frame.into(), 3));
    let error = decoded.unwrap_err();
    assert!(matches!(error.kind, DecodeErrorKind::Memory { found: 20_000_000, .. }), "{error}");
    assert!(peak < SLACK, "{peak}");
}
