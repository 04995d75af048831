//! Generates the codec from `core/protocol/*.json` and compares it with what is committed.
//!
//! `RIVERRUN_BLESS=1 cargo test -p riverrun-core --test codegen` writes it.

#![expect(clippy::unwrap_used, reason = "a schema that is not as expected ends the test")]

mod emit;
mod schema;
mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Generated files outside of `core/src/protocol`: lists of all types for tests and fuzz targets.
const TABLES: [&str; 2] = ["../../tests/codec/table.rs", "../../../fuzz/src/table.rs"];

/// Every generated file, by its path below `core/src/protocol`.
fn generate() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let (messages, records) = (schema::messages(), schema::records());
    for (folder, source, all) in
        [("messages", "messages-4.3.json", &messages), ("records", "records-4.3.json", &records)]
    {
        for message in all {
            let path = Path::new(folder).join(format!("{}.rs", schema::snake(&message.name)));
            files.insert(path, emit::message_module(message, source));
        }
    }
    files.insert(TABLES[0].into(), tables::test_table(&messages, &records));
    files.insert(TABLES[1].into(), tables::fuzz_table(&messages, &records));
    files.insert("messages/mod.rs".into(), tables::message_list(&messages));
    files.insert("records/mod.rs".into(), tables::record_list(&records));
    files.insert("api_key.rs".into(), tables::api_key(&messages));
    files.insert("error_code.rs".into(), tables::error_code(include_str!("../../protocol/errors-4.3.json")));
    files
}

fn committed(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for folder in ["messages", "records"] {
        for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten() {
            let name = entry.unwrap().file_name();
            let path = Path::new(folder).join(name);
            files.insert(path.clone(), std::fs::read_to_string(root.join(path)).unwrap());
        }
    }
    for name in ["api_key.rs", "error_code.rs"].into_iter().chain(TABLES) {
        if let Ok(text) = std::fs::read_to_string(root.join(name)) {
            files.insert(name.into(), text);
        }
    }
    files
}

fn bless(root: &Path, generated: &BTreeMap<PathBuf, String>, committed: &BTreeMap<PathBuf, String>) {
    for path in committed.keys().filter(|path| !generated.contains_key(*path)) {
        std::fs::remove_file(root.join(path)).unwrap();
    }
    for (path, text) in generated {
        if committed.get(path) != Some(text) {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), text).unwrap();
        }
    }
}

#[test]
fn committed_code_is_what_the_schemas_give() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/protocol");
    let (generated, committed) = (generate(), committed(&root));
    if std::env::var_os("RIVERRUN_BLESS").is_some() {
        return bless(&root, &generated, &committed);
    }
    for (path, text) in &generated {
        assert!(
            committed.get(path) == Some(text),
            "{} is not what the schemas give; run RIVERRUN_BLESS=1 cargo test -p riverrun-core --test codegen",
            path.display()
        );
    }
    for path in committed.keys() {
        assert!(generated.contains_key(path), "{} comes from no schema", path.display());
    }
}
