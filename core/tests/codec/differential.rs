//! Our codec and the crate `kafka-protocol` on the same messages.

use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::model::{self, Draw};
use crate::{all, random, table};

const ROUNDS: usize = 10;

/// Where the other codec is known to differ: message, versions, and why ours is right.
const EXCEPTIONS: &[(&str, RangeInclusive<i16>, &str)] = &[
    ("LeaderChangeMessage", 0..=1, "its field 'version' shadows the version that its structs are read at"),
    ("VotersRecord", 0..=0, "its field 'version' shadows the version that its structs are read at"),
];

/// Messages that the other codec, which speaks Kafka 4.1, lacks altogether.
const ABSENT: [&str; 5] = [
    "ControlRecordTypeSchema",
    "StreamsGroupDescribeRequest",
    "StreamsGroupDescribeResponse",
    "StreamsGroupHeartbeatRequest",
    "StreamsGroupHeartbeatResponse",
];

#[test]
fn the_other_codec_reads_and_writes_the_same_bytes() {
    let mut random = random();
    let (mut compared, mut failures) = (0, Vec::new());
    let theirs = table::theirs();
    for (schema, entry) in all() {
        let Some(theirs) = theirs.iter().find(|theirs| theirs.name == schema.name) else { continue };
        for version in schema.versions.iter() {
            let excepted =
                EXCEPTIONS.iter().any(|(name, at, _)| *name == schema.name && at.contains(&version));
            if excepted || version < theirs.versions.0 || version > theirs.versions.1 {
                continue;
            }
            for _ in 0..ROUNDS {
                let value = Draw { message: &schema, version, random: &mut random, unknown: false }.message();
                let wire = Bytes::from(model::encode(&schema, &value, version).unwrap());
                let ours = (entry.decode)(wire.clone(), version).unwrap().to_bytes(version).unwrap();
                assert_eq!(ours, wire);
                compared += 1;
                match (theirs.recode)(ours, version) {
                    Ok(bytes) if bytes == wire => {
                        // And back: what they wrote is what we read.
                        assert_eq!((entry.decode)(bytes, version).unwrap().to_bytes(version).unwrap(), wire);
                    }
                    Ok(_) => failures.push(format!("{} {version}: other bytes", schema.name)),
                    Err(error) => failures.push(format!("{} {version}: {error}", schema.name)),
                }
            }
        }
    }
    failures.sort();
    failures.dedup();
    println!("{compared} messages compared");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_the_other_codec_lacks_is_listed() {
    let theirs = table::theirs();
    let absent: Vec<String> = crate::schema::messages()
        .into_iter()
        .filter(|schema| !theirs.iter().any(|theirs| theirs.name == schema.name))
        .map(|schema| schema.name)
        .collect();
    assert_eq!(absent, ABSENT);
}
