use std::fs;

use super::*;

#[test]
fn files_are_known_by_their_names() {
    let of = |name: &str| kind(Path::new(name));
    assert_eq!(of("t-0/00000000000000000000.log"), Some(Kind::Log));
    assert_eq!(of("t-0/00000000000000000000.timeindex.deleted"), Some(Kind::TimeIndex));
    assert_eq!(of("leader-epoch-checkpoint"), Some(Kind::Epochs));
    assert_eq!(of("replication-offset-checkpoint"), Some(Kind::Offsets));
    assert_eq!(of("partition.metadata"), None);
    assert_eq!(of("log"), None);
    assert_eq!(base_offset(Path::new("t-0/00000000000000000042.log.swap")), 42);
}

#[test]
fn internal_topics_are_known_by_their_folders() {
    let of = |name: &str| Decode::Auto.of(Path::new(name));
    assert_eq!(of("data/__consumer_offsets-12/0.log"), Decode::Offsets);
    assert_eq!(of("data/__transaction_state-0/0.log"), Decode::Transactions);
    assert_eq!(of("data/__cluster_metadata-0/0.log"), Decode::Metadata);
    assert_eq!(of("data/orders-0/0.log"), Decode::Raw);
    assert_eq!(Decode::Raw.of(Path::new("data/__consumer_offsets-12/0.log")), Decode::Raw);
}

#[test]
fn damage_is_counted_for_every_kind_of_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let terminal = Terminal::new(Output::Json, super::super::terminal::ColorChoice::Never);
    for (name, bytes) in [
        (
            "00000000000000000000.log",
            &b"no batch at all, but long enough to hold the header of one, which is 61"[..],
        ),
        ("00000000000000000000.index", &[0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 9]),
        ("00000000000000000000.timeindex", &[1; 13]),
        ("00000000000000000000.txnindex", &[1; 34]),
        ("00000000000000000000.snapshot", &[0, 1, 9, 9, 9, 9, 0, 0, 0, 0]),
        ("leader-epoch-checkpoint", b"0\n2\n0 0\n"),
        ("recovery-point-offset-checkpoint", b"0\n1\nt zero 0\n"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        let dump = |deep| DumpLog { paths: vec![file.clone()], deep, print_data: deep, decode: Decode::Auto };
        for deep in [false, true] {
            let mut sheet = Sheet::new(&terminal, &file);
            dump(deep).dump(&file, &mut sheet).unwrap();
            assert!(sheet.damaged > 0, "{name}");
        }
        assert_eq!(dump(false).run(&terminal).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    use riverrun::core::random::{Random, SeededRandom};
    let folder = tempfile::TempDir::new().unwrap();
    let terminal = Terminal::new(Output::Table, super::super::terminal::ColorChoice::Never);
    let mut random = SeededRandom::new(11);
    for round in 0..50_u64 {
        let length = usize::try_from(random.below(200)).unwrap();
        let bytes: Vec<u8> = (0..length).map(|_| random.next_u64() as u8).collect();
        for end in ["log", "index", "timeindex", "txnindex", "snapshot"] {
            let file = folder.path().join(format!("{round:020}.{end}"));
            fs::write(&file, &bytes).unwrap();
            let mut sheet = Sheet::new(&terminal, &file);
            let dump =
                DumpLog { paths: vec![file.clone()], deep: true, print_data: true, decode: Decode::Offsets };
            dump.dump(&file, &mut sheet).unwrap();
        }
    }
}
