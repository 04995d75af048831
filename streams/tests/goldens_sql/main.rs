//! Answers that other systems gave, asked of our SQL.
//!
//! The folder comes from `RIVERRUN_GOLDENS_SQL`, by default the project's own copy. Each case is built from its file,
//! run in memory, and compared whole: it passes, fails, differs as `docs/sql-differences.md` says, or is not yet built
//! because the planner refuses one of its statements. The process fails if a case fails.

#![expect(clippy::print_stdout, reason = "the runner prints what became of each case")]

mod nexmark;
mod text;
mod views;
mod windows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What became of a case.
pub(crate) enum Outcome {
    Passed,
    /// The listed differences that were met.
    Differs(BTreeSet<String>),
    NotBuilt(String),
    Failed(String),
}

fn folder() -> PathBuf {
    match std::env::var_os("RIVERRUN_GOLDENS_SQL") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/sql"),
    }
}

/// The files of a folder with this ending, in order of names.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.sort();
    files
}

pub(crate) fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn report(kind: &str, cases: Vec<(String, Outcome)>) -> bool {
    let (mut passed, mut differs, mut not_built, mut failed) = (0, Vec::new(), Vec::new(), Vec::new());
    for (name, outcome) in cases {
        match outcome {
            Outcome::Passed => passed += 1,
            Outcome::Differs(which) => {
                let which: Vec<String> = which.into_iter().collect();
                differs.push(format!("{name}: {}", which.join(", ")));
            }
            Outcome::NotBuilt(why) => not_built.push(format!("{name}: {why}")),
            Outcome::Failed(why) => failed.push(format!("{name}: {why}")),
        }
    }
    println!(
        "{kind}: {passed} passed, {} failed, {} differ as listed, {} not yet built",
        failed.len(),
        differs.len(),
        not_built.len()
    );
    for (title, lines) in
        [("failed", &failed), ("differs as listed", &differs), ("not yet built", &not_built)]
    {
        for line in lines {
            println!("  {title}: {line}");
        }
    }
    passed + differs.len() + not_built.len() > 0 && failed.is_empty()
}

fn main() {
    let folder = folder();
    let filter: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| filter.is_empty() || filter.iter().any(|part| name.contains(part.as_str()));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime on this thread");
    let mut good = true;
    good &= report("views", views::run(&folder.join("views"), &wanted, &runtime));
    good &= report("windows", windows::run(&folder.join("windows"), &wanted, &runtime));
    good &= report("nexmark", nexmark::run(&folder.join("nexmark"), &wanted, &runtime));
    if !good && filter.is_empty() {
        std::process::exit(1);
    }
}
