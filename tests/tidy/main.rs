//! The walls of the house, held by tests: which room may see which, what a room must never touch, how long a file
//! may be, which words are banned, whether links are alive.
//!
//! Each check is a function from the tree's files to violations, and stands with two tests: that the tree has none,
//! and that a planted violation is found. Standard library only, so that it builds in a second.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arrows;
mod files;
mod links;
mod promises;
mod purity;
mod tokens;
mod vendors;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};

/// One text file of the tree.
#[derive(Debug)]
struct File {
    /// Its path from the root of the tree, with `/` between the parts.
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether a generator wrote it: lengths and names are the generator's business then.
    fn is_generated(&self) -> bool {
        self.text
            .lines()
            .take(5)
            .any(|line| line.starts_with("//! Generated ") || line.contains("@generated"))
    }

    /// Whether the whole file is test code.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name == "tests.rs"
            || self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.contains("/fuzz/")
            || self.path.contains("/benches/")
    }
}

/// One thing that must be mended, and where.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    /// Counted from 1; 0 where the whole file is meant.
    line: usize,
    what: String,
}

impl Violation {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Violation { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Every text file of the tree but what tools make: build output, downloads, data.
fn tree() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(root, root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(
        files.iter().any(|file| file.path == "src/main.rs"),
        "the tree was not found at {}",
        root.display()
    );
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    const SKIPPED: [&str; 5] = ["target", "node_modules", "out", "venv", "data"];
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_symlink()
            || (name.starts_with('.') && name != ".ci" && name != ".gitignore" && name != ".npmrc")
        {
            continue;
        }
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(root, &path, files);
            }
            continue;
        }
        // Binary data has no words to judge.
        if let Ok(text) = std::fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
}

/// Fails with every violation listed.
fn must_be_none(violations: &[Violation]) {
    let list: String = violations.iter().map(|violation| format!("\n  {violation}")).collect();
    assert!(violations.is_empty(), "{} to mend:{list}", violations.len());
}

/// A tree of planted files.
fn planted(files: &[(&str, &str)]) -> Vec<File> {
    files.iter().map(|&(path, text)| File { path: path.to_owned(), text: text.to_owned() }).collect()
}

/// Fails unless `violations` are at exactly the given places.
fn must_be_at(violations: &[Violation], places: &[(&str, usize)]) {
    let found: Vec<(&str, usize)> =
        violations.iter().map(|violation| (violation.path.as_str(), violation.line)).collect();
    assert_eq!(found, places, "{violations:#?}");
}
