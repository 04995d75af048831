use super::*;

fn check_store(store: &mut dyn ByteStore) {
    let put = |store: &mut dyn ByteStore, key: &str, value: Option<&str>| {
        store.put(key.as_bytes(), value.map(str::as_bytes)).unwrap();
    };
    for (key, value) in [("b", "2"), ("a", "1"), ("c", "3"), ("bb", "22")] {
        put(store, key, Some(value));
    }
    put(store, "c", None);
    let keys = |scan: Scan<'_>| {
        scan.map(|entry| String::from_utf8(entry.unwrap().0.to_vec()).unwrap()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys(store.all(Order::Ascending)), "a b bb");
    assert_eq!(keys(store.prefix(b"b", Order::Descending)), "bb b");
    assert_eq!(keys(store.range(Bound::Excluded(b"b"), Bound::Excluded(b"a"), Order::Ascending)), "");
    store.delete_below(b"b").unwrap();
    assert_eq!(keys(store.all(Order::Ascending)), "b bb");
    assert_eq!(store.get(b"bb").unwrap().as_deref(), Some(&b"22"[..]));
    assert_eq!(store.get(b"a").unwrap(), None);
}

#[cfg(feature = "fjall")]
#[test]
fn a_database_whose_creation_was_cut_short_is_made_anew() {
    for leftover in [&["lock", "0.jnl"][..], &["0.jnl"], &["lock", "0.jnl", "version"]] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("keyspaces")).unwrap();
        for name in leftover {
            std::fs::write(folder.path().join(name), []).unwrap();
        }
        let backend = || FjallBackend::open(folder.path()).unwrap().task("0_0");
        backend().commit(Vec::new(), vec![("key".into(), Some("value".into()))]).unwrap();
        assert_eq!(backend().meta(b"key").unwrap().as_deref(), Some(&b"value"[..]), "{leftover:?}");
    }
}

#[test]
fn memory_store_keeps_order() {
    check_store(&mut MemoryStore::default());
}

#[test]
fn the_highest_prefix_has_no_end() {
    assert_eq!(prefix_end(&[0xff, 0xff]), None);
    assert_eq!(prefix_end(&[1, 0xff]), Some(vec![2]));
    assert_eq!(prefix_end(b""), None);
}

#[test]
fn window_keys_sort_by_time_across_zero() {
    let key = |start_ms| WindowKey { key: b"k", start_ms, sequence: 0 };
    assert!(key(-1).to_bytes() < key(0).to_bytes());
    let bytes = key(-5).to_bytes();
    assert_eq!(WindowKey::from_bytes(&bytes), Some(key(-5)));
    assert_eq!(WindowKey::from_bytes(b"short"), None);
}

#[cfg(feature = "fjall")]
mod disk {
    use super::*;

    #[test]
    fn fjall_store_keeps_order_and_what_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let open = || FjallBackend::open(folder.path()).unwrap().task("0_1");
        let mut backend = open();
        let mut store = backend.open("counts", true).unwrap();
        check_store(&mut *store);
        let writes = vec![("counts".to_owned(), store.take_pending())];
        let position = (Bytes::from_static(b"in"), Some(Bytes::from_static(b"7")));
        backend.commit(writes, vec![position]).unwrap();
        store.put(b"lost", Some(b"x")).unwrap();
        drop((store, backend));

        let mut backend = open();
        let store = backend.open("counts", true).unwrap();
        let kept: Vec<_> = store.all(Order::Ascending).map(|entry| entry.unwrap().0).collect();
        assert_eq!(kept, [&b"b"[..], &b"bb"[..]]);
        assert_eq!(backend.meta(b"in").unwrap().as_deref(), Some(&b"7"[..]));
        assert_eq!(backend.task("0_2").meta(b"in").unwrap(), None);
        backend.wipe().unwrap();
        assert_eq!(backend.meta(b"in").unwrap(), None);
        assert_eq!(backend.open("counts", true).unwrap().all(Order::Ascending).count(), 0);
    }

    #[test]
    fn pending_writes_hide_committed_ones() {
        let folder = tempfile::tempdir().unwrap();
        let mut backend = FjallBackend::open(folder.path()).unwrap().task("0_0");
        let mut store = backend.open("s", true).unwrap();
        for key in [&b"a"[..], b"b", b"c", b"e"] {
            store.put(key, Some(b"old")).unwrap();
        }
        let writes = store.take_pending();
        backend.commit(vec![("s".to_owned(), writes)], vec![]).unwrap();
        store.put(b"b", None).unwrap();
        store.put(b"c", Some(b"new")).unwrap();
        store.put(b"d", Some(b"new")).unwrap();
        let rows = |order| {
            let text = |entry: Result<Entry, StateError>| {
                let (key, value) = entry.unwrap();
                format!("{}={}", key[0] as char, String::from_utf8_lossy(&value))
            };
            store.all(order).map(text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(rows(Order::Ascending), "a=old c=new d=new e=old");
        assert_eq!(rows(Order::Descending), "e=old d=new c=new a=old");
    }
}
