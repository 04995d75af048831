//! Random values, written by the model, read and written by the codec.

use bytes::Bytes;

use crate::model::{self, Draw};
use crate::{all, random};

const ROUNDS: usize = 20;

#[test]
fn every_message_and_version_comes_back_as_it_was() {
    let mut random = random();
    let mut messages = 0;
    for (schema, entry) in all() {
        for version in schema.versions.iter() {
            for _ in 0..ROUNDS {
                let value = Draw { message: &schema, version, random: &mut random, unknown: true }.message();
                let wire = Bytes::from(model::encode(&schema, &value, version).unwrap());
                let decoded = (entry.decode)(wire.clone(), version)
                    .unwrap_or_else(|error| panic!("{} {version}: {error}\n{value:?}", schema.name));
                let again = decoded.to_bytes(version).unwrap();
                assert_eq!(again, wire, "{} {version}: {decoded:?}", schema.name);
                assert_eq!(decoded.encoded_len(version), Ok(wire.len()), "{} {version}", schema.name);
                assert_eq!(decoded.gathered(version), Ok(wire), "{} {version}", schema.name);
                let second = (entry.decode)(again, version).unwrap();
                assert!(decoded.equals(second.as_ref()), "{} {version}: {decoded:?}", schema.name);
                messages += 1;
            }
        }
    }
    println!("{messages} messages");
}

#[test]
fn what_another_version_lacks_is_dropped_or_refused_as_the_schema_says() {
    let mut random = random();
    let (mut written, mut refused) = (0, 0);
    for (schema, entry) in all() {
        for version in schema.versions.iter() {
            for other in schema.versions.iter() {
                let value = Draw { message: &schema, version, random: &mut random, unknown: true }.message();
                let wire = Bytes::from(model::encode(&schema, &value, version).unwrap());
                let ours = (entry.decode)(wire, version).unwrap().to_bytes(other);
                match model::encode(&schema, &value, other) {
                    Ok(theirs) => {
                        written += 1;
                        assert_eq!(ours, Ok(theirs.into()), "{} {version} at {other}", schema.name);
                    }
                    Err(why) => {
                        refused += 1;
                        let error =
                            ours.expect_err(&format!("{} {version} at {other}: {why:?}", schema.name));
                        assert_eq!((error.message, error.version), (schema.name.as_str(), other));
                        // Where several fields are wrong, any of them may be named.
                        assert!(why.contains(&(error.field.to_owned(), error.kind)), "{error}: {why:?}");
                    }
                }
            }
        }
    }
    println!("{written} written, {refused} refused");
    assert!(written > 1_000 && refused > 100, "the test has lost its teeth: {written}, {refused}");
}

#[test]
fn versions_outside_the_schema_are_refused_both_ways() {
    for (schema, entry) in all() {
        for version in [schema.versions.min - 1, schema.versions.max + 1, i16::MIN, i16::MAX] {
            let error = (entry.decode)(Bytes::from_static(&[0; 64]), version).unwrap_err();
            assert!(error.to_string().contains("expected version"), "{error}");
        }
    }
}
