//! One contract for disk and memory, and what is special to memory and faults.

use std::path::Path;
use std::sync::Arc;

use riverrun_core::random::SeededRandom;

use super::*;

fn both(check: impl Fn(&dyn Storage, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    check(&DiskStorage, folder.path());
    let memory = MemoryStorage::new();
    memory.create_dir(Path::new("/root")).unwrap();
    check(&memory, Path::new("/root"));
    check(&FaultyStorage::new(Arc::new(memory)), Path::new("/root"));
}

#[test]
fn files_are_read_and_written_at_places() {
    both(|storage, root| {
        let path = root.join("file");
        assert!(storage.open(&path, OpenMode::Read).unwrap_err().is_not_found());
        assert!(storage.open(&path, OpenMode::Write).unwrap_err().is_not_found());
        let file = storage.open(&path, OpenMode::Replace).unwrap();
        file.write_at(b"hello", 3).unwrap();
        let mut buf = [9; 10];
        assert_eq!(file.read_at(&mut buf, 0).unwrap(), 8);
        assert_eq!(&buf[..8], b"\0\0\0hello");
        assert_eq!(file.read_at(&mut buf, 8).unwrap(), 0);
        assert_eq!(file.read_at(&mut buf, 1_000).unwrap(), 0);
        file.truncate(5).unwrap();
        file.sync_data().unwrap();
        assert_eq!(storage.open(&path, OpenMode::Create).unwrap().len().unwrap(), 5);
        assert_eq!(read_all(storage, &path).unwrap(), b"\0\0\0he");
        assert!(storage.open(&path, OpenMode::Replace).unwrap().is_empty().unwrap());
        storage.remove(&path).unwrap();
    });
}

#[test]
fn folders_hold_names() {
    both(|storage, root| {
        let deep = root.join("a/b");
        storage.create_dir(&deep).unwrap();
        storage.create_dir(&deep).unwrap();
        replace_all(storage, &deep.join("x"), b"1").unwrap();
        replace_all(storage, &deep.join("x"), b"22").unwrap();
        storage.open(&deep.join("y"), OpenMode::Create).unwrap();
        let names = |dir: &Path| {
            storage.list(dir).unwrap().into_iter().map(|e| (e.name, e.is_dir)).collect::<Vec<_>>()
        };
        assert_eq!(names(&deep), [("x".to_owned(), false), ("y".to_owned(), false)]);
        assert_eq!(names(&root.join("a")), [("b".to_owned(), true)]);
        storage.rename(&deep.join("x"), &deep.join("y")).unwrap();
        assert_eq!(read_all(storage, &deep.join("y")).unwrap(), b"22");
        storage.rename(&root.join("a"), &root.join("c")).unwrap();
        assert_eq!(read_all(storage, &root.join("c/b/y")).unwrap(), b"22");
        storage.remove_dir(&root.join("c")).unwrap();
        assert!(!storage.exists(&root.join("c/b/y")).unwrap());
        assert!(storage.open(&root.join("none/file"), OpenMode::Create).unwrap_err().is_not_found());
        storage.sync_dir(root).unwrap();
    });
}

#[test]
fn a_removed_file_stays_usable_by_those_who_hold_it() {
    both(|storage, root| {
        let path = root.join("file");
        let file = storage.open(&path, OpenMode::Create).unwrap();
        file.write_at(b"x", 0).unwrap();
        storage.remove(&path).unwrap();
        assert_eq!(file.read_at(&mut [0], 0).unwrap(), 1);
        assert!(!storage.exists(&path).unwrap());
    });
}

#[test]
fn a_lock_has_one_holder() {
    both(|storage, root| {
        let path = root.join("lock");
        let lock = storage.lock(&path).unwrap().unwrap();
        assert!(storage.lock(&path).unwrap().is_none());
        drop(lock);
        assert!(storage.lock(&path).unwrap().is_some());
        storage.remove(&path).unwrap();
    });
}

#[test]
fn a_crash_loses_what_was_not_synced_and_only_that() {
    let (mut torn, mut lost_name) = (0, 0);
    for seed in 0..200 {
        let storage = MemoryStorage::new();
        let kept = storage.open(Path::new("kept"), OpenMode::Create).unwrap();
        kept.write_at(b"0123456789", 0).unwrap();
        kept.sync_data().unwrap();
        storage.sync_dir(Path::new("")).unwrap();
        kept.write_at(b"abcdefghij", 10).unwrap();
        storage.open(Path::new("named"), OpenMode::Create).unwrap().sync_data().unwrap();
        storage.crash(&mut SeededRandom::new(seed));
        assert!(kept.len().is_err(), "handles of an earlier life are dead");
        let bytes = read_all(&storage, Path::new("kept")).unwrap();
        assert!(bytes.starts_with(b"0123456789"), "seed {seed}: {bytes:?}");
        torn += usize::from(bytes.len() > 10 && bytes != b"0123456789abcdefghij");
        lost_name += usize::from(!storage.exists(Path::new("named")).unwrap());
    }
    assert!(torn > 10 && lost_name > 10, "{torn} torn, {lost_name} names lost");
}

#[test]
fn scripted_faults_happen_once_where_they_should() {
    let faulty = FaultyStorage::new(Arc::new(MemoryStorage::new()));
    let file = faulty.open(Path::new("a.log"), OpenMode::Create).unwrap();
    let other = faulty.open(Path::new("b"), OpenMode::Create).unwrap();
    let inject = |op, skip, kind| faulty.inject(Fault { op, path: ".log".into(), skip, kind });
    inject(StorageOp::Sync, 1, FaultKind::Eio);
    file.sync_data().unwrap();
    other.sync_data().unwrap();
    let error = file.sync_data().unwrap_err();
    assert_eq!(error.to_string(), "cannot flush a.log");
    file.sync_data().unwrap();
    inject(StorageOp::Write, 0, FaultKind::Lost);
    file.write_at(b"gone", 0).unwrap();
    assert!(file.is_empty().unwrap());
    inject(StorageOp::Write, 0, FaultKind::TornFull { bytes: 2 });
    assert!(file.write_at(b"torn", 0).unwrap_err().is_full());
    assert_eq!(file.len().unwrap(), 2);
    inject(StorageOp::Read, 0, FaultKind::Rot { bit: 9 });
    let mut buf = [0; 2];
    file.read_at(&mut buf, 0).unwrap();
    assert_eq!(&buf, &[b't', b'o' ^ 2]);
    assert_eq!(faulty.met(), 4);
}
