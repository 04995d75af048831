//! The committed seeds of the fuzz targets (`fuzz/corpus`), drawn from the schemas.
//!
//! `RIVERRUN_BLESS=1 cargo test -p riverrun-core --test codec seeds` writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::BytesMut;
use riverrun_core::protocol::messages::RequestHeader;
use riverrun_core::protocol::{ApiKey, Message as _};
use riverrun_core::random::SeededRandom;
use riverrun_core::record::{BatchBuilder, Compression, Header};

use crate::model::{self, Draw};
use crate::schema::{self, Message};

/// Enough shapes for the fuzzer to start from; it finds the other APIs by itself.
const APIS: &[&str] = &[
    "ApiVersions",
    "CreateTopics",
    "Fetch",
    "JoinGroup",
    "ListOffsets",
    "Metadata",
    "OffsetFetch",
    "Produce",
];

fn draw(message: &Message, version: i16, seed: u64) -> Vec<u8> {
    let mut random = SeededRandom::new(seed);
    let value = Draw { message, version, random: &mut random, unknown: true }.message();
    model::encode(message, &value, version).unwrap()
}

fn of_requests(seeds: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let all = schema::messages();
    for api in APIS {
        let find = |name: String| all.iter().find(|message| message.name == name).unwrap();
        let (request, response) = (find(format!("{api}Request")), find(format!("{api}Response")));
        for version in [request.versions.min, request.versions.max] {
            let key = ApiKey::try_from(request.api_key.unwrap()).unwrap();
            let header = RequestHeader {
                request_api_key: key.code(),
                request_api_version: version,
                correlation_id: 1,
                client_id: Some("seed".into()),
                ..RequestHeader::default()
            };
            let mut frame = BytesMut::new();
            header.encode(&mut frame, key.request_header_version(version)).unwrap();
            frame.extend_from_slice(&draw(request, version, 1));
            let name = format!("{}-{version}", schema::snake(api));
            let mut stream = (frame.len() as u32).to_be_bytes().to_vec();
            stream.extend_from_slice(&frame);
            let pieces =
                stream.chunks(100).flat_map(|piece| [&[piece.len() as u8], piece].concat()).collect();
            seeds.insert(Path::new("frames").join(&name), pieces);
            seeds.insert(Path::new("requests").join(&name), frame.to_vec());
            let mut answer = [key.code().to_be_bytes(), version.to_be_bytes()].concat();
            answer.extend(draw(response, version, 2));
            seeds.insert(Path::new("responses").join(&name), answer);
        }
    }
}

fn of_records(seeds: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for (at, message) in schema::records().iter().enumerate() {
        if !["GroupMetadataValue", "OffsetCommitKey", "OffsetCommitValue", "TransactionLogValue"]
            .contains(&message.name.as_str())
        {
            continue;
        }
        let version = message.versions.max;
        let mut seed = vec![at as u8];
        seed.extend(version.to_be_bytes());
        seed.extend(draw(message, version, 3));
        seeds.insert(Path::new("coordinator_records").join(schema::snake(&message.name)), seed);
    }
}

fn of_batches(seeds: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for compression in
        [Compression::None, Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd]
    {
        let mut batch = BatchBuilder::new(compression);
        batch.set_producer(7, 1, 0);
        let headers = [Header::new("h", Some("1".into())), Header::new("h", None)];
        batch.append(1_000, Some(b"key"), Some(&b"value ".repeat(40)), &headers).unwrap();
        batch.append(1_001, None, None, &[]).unwrap();
        seeds.insert(Path::new("batches").join(compression.name()), batch.build().unwrap().to_vec());
    }
}

#[test]
fn seeds_are_committed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let mut seeds = BTreeMap::new();
    of_requests(&mut seeds);
    of_records(&mut seeds);
    of_batches(&mut seeds);
    for (path, seed) in &seeds {
        let path = root.join(path);
        if std::env::var_os("RIVERRUN_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, seed).unwrap();
        } else {
            assert!(std::fs::read(&path).is_ok(), "{} is missing; see the top of this file", path.display());
        }
    }
}
