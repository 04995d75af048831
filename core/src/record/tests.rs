use bytes::{Bytes, BytesMut};
use kafka_protocol::records as oracle;
use proptest::prelude::*;

use super::*;

/// A record as a test says it: timestamp, key, value, headers.
type Given = (i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>);

fn build(compression: Compression, given: &[Given]) -> Bytes {
    let mut builder = BatchBuilder::new(compression);
    for (timestamp, key, value, headers) in given {
        let headers: Vec<Header> = headers
            .iter()
            .map(|(name, value)| Header::new(name.clone(), value.clone().map(Bytes::from)))
            .collect();
        let expected = builder.record_len(*timestamp, key.as_deref(), value.as_deref(), &headers);
        let before = builder.len();
        builder.append(*timestamp, key.as_deref(), value.as_deref(), &headers).unwrap();
        assert_eq!(builder.len() - before, expected);
    }
    builder.set_producer(7, 3, 41);
    builder.build().unwrap()
}

fn expected(given: &[Given]) -> Vec<Record> {
    let record = |(offset, (timestamp, key, value, headers)): (usize, &Given)| Record {
        offset: offset as i64,
        timestamp: *timestamp,
        key: key.clone().map(Bytes::from),
        value: value.clone().map(Bytes::from),
        headers: headers
            .iter()
            .map(|(name, value)| Header::new(name.clone(), value.clone().map(Bytes::from)))
            .collect(),
    };
    given.iter().enumerate().map(record).collect()
}

fn decode(bytes: &Bytes) -> Result<Vec<Record>, RecordError> {
    let mut records = Vec::new();
    for batch in Batches::new(bytes.clone()) {
        let batch = batch?;
        batch.verify_crc()?;
        // Well below the real bound, so that a flipped length is quick to refuse.
        for record in batch.records_within(1 << 20)? {
            records.push(record?);
        }
    }
    Ok(records)
}

fn given() -> impl Strategy<Value = Vec<Given>> {
    let bytes = || proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40));
    // Few names, so that they repeat.
    let headers = proptest::collection::vec(("[ab]{0,2}", bytes()), 0..4);
    proptest::collection::vec((any::<i64>(), bytes(), bytes(), headers), 1..20)
}

fn compression() -> impl Strategy<Value = Compression> {
    proptest::sample::select(Compression::ALL.to_vec())
}

fn sample(compression: Compression) -> (Vec<Given>, Bytes) {
    let given: Vec<Given> = vec![
        (
            1_000,
            Some(b"k".to_vec()),
            Some(vec![b'v'; 300]),
            vec![("h".into(), None), ("h".into(), Some(vec![1]))],
        ),
        (900, None, None, vec![]),
        (i64::MAX, Some(vec![]), Some(vec![]), vec![(String::new(), Some(vec![]))]),
    ];
    let bytes = build(compression, &given);
    (given, bytes)
}

proptest! {
    #[test]
    fn round_trip(compression in compression(), given in given()) {
        let bytes = build(compression, &given);
        prop_assert_eq!(decode(&bytes).unwrap(), expected(&given));
        let header = validate_produce(&bytes).unwrap();
        prop_assert_eq!(header.size(), bytes.len());
        prop_assert_eq!(header.max_timestamp, given.iter().map(|record| record.0).max().unwrap());
        prop_assert_eq!(header.base_timestamp, given[0].0);
        prop_assert_eq!(header.last_sequence(), 41 + given.len() as i32 - 1);
    }

    #[test]
    fn borrowed_records_equal_owned_ones(compression in compression(), given in given()) {
        let batch = BatchView::parse(&build(compression, &given)).unwrap();
        let mut borrowed = batch.records().unwrap();
        for record in batch.records().unwrap() {
            let record = record.unwrap();
            let other = borrowed.next_ref().unwrap().unwrap();
            prop_assert_eq!((record.offset, record.timestamp), (other.offset, other.timestamp));
            prop_assert_eq!(record.key.as_deref(), other.key);
            prop_assert_eq!(record.value.as_deref(), other.value);
            prop_assert!(record.headers.iter().map(|h| (&h.key[..], h.value.as_deref())).eq(other.headers));
        }
        prop_assert!(borrowed.next_ref().is_none());
    }

    #[test]
    fn decoders_survive_any_bytes(compression in compression(), data in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decompress(compression, &data, 1 << 16);
        let _ = decode(&Bytes::from(data.clone()));
        let _ = validate_produce(&data);
    }

    /// A right checksum over wrong contents must be as harmless.
    #[test]
    fn damaged_batches_with_a_right_checksum_never_panic(
        compression in compression(), given in given(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = build(compression, &given).to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        patch::patch_crc(&mut bytes);
        let _ = decode(&Bytes::from(bytes.clone()));
        let _ = validate_produce(&bytes);
    }

    #[test]
    fn truncated_compressed_data_never_panics(
        compression in compression(), data in proptest::collection::vec(any::<u8>(), 0..2_000), cut in any::<prop::sample::Index>(),
    ) {
        let mut packed = BytesMut::new();
        compress(compression, None, &data, &mut packed).unwrap();
        prop_assert_eq!(&decompress(compression, &packed, data.len()).unwrap(), &data);
        if !packed.is_empty() {
            let _ = decompress(compression, &packed[..cut.index(packed.len())], 1 << 16);
        }
    }

    #[test]
    fn the_oracle_reads_what_we_write(compression in compression(), given in given()) {
        // The oracle keeps headers in a map and cannot hold a repeated name, nor a timestamp far away.
        let given = tamed(given);
        let bytes = build(compression, &given);
        let sets = oracle::RecordBatchDecoder::decode_all(&mut bytes.clone()).unwrap();
        let read: Vec<Record> = sets.into_iter().flat_map(|set| set.records).map(from_oracle).collect();
        prop_assert_eq!(read, expected(&given));
    }

    #[test]
    fn we_read_what_the_oracle_writes(compression in compression(), given in given()) {
        let given = tamed(given);
        let records: Vec<oracle::Record> = expected(&given).iter().map(to_oracle).collect();
        let mut bytes = BytesMut::new();
        let options = oracle::RecordEncodeOptions { version: 2, compression: oracle_compression(compression) };
        oracle::RecordBatchEncoder::encode(&mut bytes, records.iter(), &options).unwrap();
        let bytes = bytes.freeze();
        prop_assert_eq!(decode(&bytes).unwrap(), expected(&given));
        validate_produce(&bytes).unwrap();
        // The oracle takes the least timestamp as the base, Kafka's producer the first.
        if compression == Compression::None && given.iter().all(|record| record.0 >= given[0].0) {
            let mut ours = build(compression, &given).to_vec();
            patch_leader_epoch(&mut ours, 0).unwrap();
            prop_assert_eq!(&ours[..], &bytes[..], "uncompressed batches are equal to the byte");
        }
    }
}

fn tamed(mut given: Vec<Given>) -> Vec<Given> {
    for (timestamp, _, _, headers) in &mut given {
        *timestamp = timestamp.rem_euclid(1 << 40);
        headers.sort();
        headers.dedup_by(|a, b| a.0 == b.0);
    }
    given
}

fn from_oracle(record: oracle::Record) -> Record {
    let headers =
        record.headers.into_iter().map(|(name, value)| Header::new(name.into_bytes(), value)).collect();
    Record {
        offset: record.offset,
        timestamp: record.timestamp,
        key: record.key,
        value: record.value,
        headers,
    }
}

fn to_oracle(record: &Record) -> oracle::Record {
    oracle::Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: 0,
        producer_id: 7,
        producer_epoch: 3,
        timestamp_type: oracle::TimestampType::Creation,
        offset: record.offset,
        sequence: 41 + record.offset as i32,
        timestamp: record.timestamp,
        key: record.key.clone(),
        value: record.value.clone(),
        headers: record
            .headers
            .iter()
            .map(|header| (header.name().into_owned().into(), header.value.clone()))
            .collect(),
    }
}

fn oracle_compression(compression: Compression) -> oracle::Compression {
    match compression {
        Compression::None => oracle::Compression::None,
        Compression::Gzip => oracle::Compression::Gzip,
        Compression::Snappy => oracle::Compression::Snappy,
        Compression::Lz4 => oracle::Compression::Lz4,
        Compression::Zstd => oracle::Compression::Zstd,
    }
}

#[test]
fn every_truncation_is_an_error() {
    for compression in Compression::ALL {
        let (_, bytes) = sample(compression);
        for len in 1..bytes.len() {
            let cut = bytes.slice(..len);
            assert!(decode(&cut).is_err(), "{compression} cut to {len}");
            assert!(validate_produce(&cut).is_err(), "{compression} cut to {len}");
            assert_eq!(Batches::fetched(cut).count(), 0, "{compression} cut to {len}");
        }
    }
}

#[test]
fn every_bit_flip_is_an_error_or_outside_the_checksum() {
    for compression in Compression::ALL {
        let (_, bytes) = sample(compression);
        let right = decode(&bytes).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let read = decode(&Bytes::from(flipped));
            match bit / 8 {
                // The base offset moves all offsets.
                0..8 => assert!(
                    read.unwrap().iter().zip(&right).all(|(a, b)| a.value == b.value && a.offset != b.offset)
                ),
                12..16 => assert_eq!(read.as_ref(), Ok(&right), "leader epoch"),
                _ => assert!(read.is_err(), "{compression}, bit {bit}"),
            }
        }
    }
}

#[test]
fn the_layout_by_hand() {
    // One record, no key, value "hi", timestamp 0x18c2.
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&5i64.to_be_bytes());
    bytes.extend_from_slice(&58i32.to_be_bytes());
    bytes.extend_from_slice(&[0, 0, 0, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend_from_slice(&0x18c2_i64.to_be_bytes());
    bytes.extend_from_slice(&0x18c2_i64.to_be_bytes());
    bytes.extend_from_slice(&[0xff; 14]);
    bytes.extend_from_slice(&1i32.to_be_bytes());
    bytes.extend_from_slice(&[16, 0, 0, 0, 1, 4, b'h', b'i', 0]);
    patch::patch_crc(&mut bytes);
    let mut builder = BatchBuilder::new(Compression::None);
    builder.append(0x18c2, None, Some(b"hi"), &[]).unwrap();
    builder.set_base_offset(5);
    builder.set_leader_epoch(9);
    assert_eq!(&builder.build().unwrap()[..], &bytes[..]);
    let batch = BatchView::parse(&Bytes::from(bytes)).unwrap();
    assert_eq!((batch.base_offset, batch.leader_epoch, batch.last_offset()), (5, 9, 5));
    assert_eq!(batch.records().unwrap().next().unwrap().unwrap().offset, 5);
}

#[test]
fn old_formats_are_refused_by_name() {
    for magic in [0, 1] {
        let mut bytes = vec![0; 34];
        bytes[16] = magic;
        let error = validate_produce(&bytes).unwrap_err();
        assert_eq!(error, RecordError::Magic { at: 0, found: magic as i8 });
        assert_eq!(crate::Error::from(error).kind(), crate::ErrorKind::Unsupported);
    }
}

#[test]
fn raw_snappy_is_read() {
    let raw = snap::raw::Encoder::new().compress_vec(&[b'x'; 5_000]).unwrap();
    assert_eq!(decompress(Compression::Snappy, &raw, 5_000).unwrap(), [b'x'; 5_000]);
    assert!(matches!(
        decompress(Compression::Snappy, &raw, 4_999),
        Err(RecordError::TooLarge { limit: 4_999, .. })
    ));
}

#[test]
fn large_data_keeps_its_bytes_and_its_bound() {
    let data: Vec<u8> = (0..200_000u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
    for compression in Compression::ALL {
        for level in [None, Some(1), Some(9)] {
            let mut packed = BytesMut::from(&b"before"[..]);
            compress(compression, level, &data, &mut packed).unwrap();
            let packed = &packed[6..];
            assert_eq!(decompress(compression, packed, data.len()).unwrap(), data, "{compression}");
            let short = decompress(compression, packed, data.len() - 1);
            assert!(matches!(short, Err(RecordError::TooLarge { .. })), "{compression}: {short:?}");
        }
    }
}

#[test]
fn a_small_bomb_is_refused() {
    for compression in [Compression::Gzip, Compression::Lz4, Compression::Zstd] {
        let mut packed = BytesMut::new();
        compress(compression, None, &vec![0; 32 << 20], &mut packed).unwrap();
        assert!(packed.len() < 1 << 18);
        assert!(matches!(decompress(compression, &packed, 1 << 20), Err(RecordError::TooLarge { .. })));
    }
}

#[test]
fn patches_change_their_field_alone() {
    let (_, bytes) = sample(Compression::Zstd);
    let before = BatchView::parse(&bytes).unwrap();
    let mut patched = bytes.to_vec();
    patch_base_offset(&mut patched, 1 << 40).unwrap();
    patch_leader_epoch(&mut patched, 12).unwrap();
    let after = BatchView::parse(&Bytes::from(patched.clone())).unwrap();
    after.verify_crc().unwrap();
    assert_eq!(*after.header(), BatchHeader { base_offset: 1 << 40, leader_epoch: 12, ..*before.header() });

    patch_append_time(&mut patched, 123).unwrap();
    patch_producer(&mut patched, 8, 0, 0).unwrap();
    let after = BatchView::parse(&Bytes::from(patched)).unwrap();
    after.verify_crc().unwrap();
    assert_eq!(after.timestamp_type(), TimestampType::LogAppendTime);
    assert!(after.records().unwrap().all(|record| record.unwrap().timestamp == 123));
    assert_eq!((after.producer_id, after.producer_epoch, after.base_sequence), (8, 0, 0));
    assert!(patch_base_offset(&mut [0; 60], 0).is_err());
}

#[test]
fn produced_batches_are_checked_beyond_their_checksum() {
    let check = |change: &dyn Fn(&mut [u8]), what: &str| {
        let mut bytes = sample(Compression::None).1.to_vec();
        change(&mut bytes);
        patch::patch_crc(&mut bytes);
        let error = validate_produce(&bytes).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    check(&|batch| batch[60] = 0, "record count of batch");
    check(&|batch| batch[60] = 2, "last offset delta of batch");
    check(&|batch| batch[22] |= 1 << 5, "control flag");
    check(&|batch| batch[22] |= 7, "compression codec");
    check(&|batch| batch[53] = 0xff, "base sequence");
    check(&|batch| batch[51] = 0xff, "producer epoch");
    let untold = |batch: &mut [u8]| {
        batch[22] |= 1 << 4;
        batch[43..51].fill(0xff);
    };
    check(&untold, "producer id of transactional batch");
    let mut two = sample(Compression::None).1.to_vec();
    two.extend_from_within(..);
    assert!(matches!(validate_produce(&two), Err(RecordError::Trailing { .. })));
}

#[test]
fn markers_round_trip() {
    for marker in
        [ControlRecord::Commit { coordinator_epoch: 5 }, ControlRecord::Abort { coordinator_epoch: i32::MAX }]
    {
        let bytes = BatchBuilder::marker(99, 4, 2, marker).unwrap().unwrap();
        let batch = BatchView::parse(&bytes).unwrap();
        assert!(batch.attributes.is_control() && batch.attributes.is_transactional());
        let record = batch.records().unwrap().next().unwrap().unwrap();
        assert_eq!(ControlRecord::decode(&record), Ok(marker));
        assert!(validate_produce(&bytes).is_err(), "clients may not write them");
    }
    assert!(BatchBuilder::marker(0, 0, 0, ControlRecord::Other { kind: 2 }).is_none());
    let odd = Record { key: Some(Bytes::from_static(&[0, 0, 0, 2])), ..Record::default() };
    assert_eq!(ControlRecord::decode(&odd), Ok(ControlRecord::Other { kind: 2 }));
    assert!(ControlRecord::decode(&Record::default()).is_err());
}

#[test]
fn sequences_wrap_to_zero() {
    assert_eq!(next_sequence(i32::MAX, 1), 0);
    assert_eq!(next_sequence(i32::MAX - 1, 5), 3);
    assert_eq!(next_sequence(0, 5), 5);
}

#[test]
fn batches_are_slices_of_their_buffer() {
    let (_, one) = sample(Compression::None);
    let mut buffer = BytesMut::new();
    for _ in 0..3 {
        buffer.extend_from_slice(&one);
    }
    let buffer = buffer.freeze();
    let views: Vec<BatchView> = Batches::new(buffer.clone()).collect::<Result<_, _>>().unwrap();
    assert_eq!(views.len(), 3);
    let record = views[1].records().unwrap().next().unwrap().unwrap();
    let value = record.value.unwrap().as_ptr() as usize - buffer.as_ptr() as usize;
    assert!((one.len()..2 * one.len()).contains(&value));
}
