//! The codec against the schemas, against another codec, and against hostile bytes.

#![expect(clippy::unwrap_used, reason = "a schema that is not as expected ends the test")]

mod allocation;
mod differential;
mod entry;
mod hostile;
mod model;
mod round_trip;
#[path = "../codegen/schema.rs"]
#[expect(dead_code, reason = "shared with the generator, which needs more of it")]
mod schema;
mod seeds;
#[rustfmt::skip]
mod table;

use riverrun_core::random::{Random, SeededRandom, SystemRandom};

/// Every message and record with its schema and its type.
fn all() -> Vec<(schema::Message, entry::Entry)> {
    let mut schemas = schema::messages();
    schemas.extend(schema::records());
    schemas
        .into_iter()
        .map(|schema| {
            let entry = table::ours().into_iter().find(|entry| entry.name == schema.name);
            let entry = entry.unwrap_or_else(|| panic!("{} has no type", schema.name));
            (schema, entry)
        })
        .collect()
}

/// A generator for one test: of the seed in `RIVERRUN_SEED`, or of one drawn and printed.
#[expect(clippy::print_stdout, reason = "a failure must be repeatable")]
fn random() -> SeededRandom {
    let seed = match std::env::var("RIVERRUN_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => SystemRandom::new().next_u64(),
    };
    println!("RIVERRUN_SEED={seed}");
    SeededRandom::new(seed)
}
