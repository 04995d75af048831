//! Runs the captured answers of Kafka Streams against our topologies.
//!
//! `RIVERRUN_GOLDENS_STREAMS` names the folder of JSON files (default: the project's own copy). Each case's topology is
//! found by the case's name in a registry; its steps and config come from the file. A case passes only if everything
//! that its file holds is compared and equal. `RIVERRUN_GOLDENS_ONLY` limits the run to names with that text in them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::too_many_lines,
    clippy::ptr_arg,
    reason = "a test: it fails loudly, prints its table, and lists its cases"
)]

mod aggregates;
mod compare;
mod joins;
mod names;
mod stateless;
mod tables;
mod windows;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use riverrun_streams::prelude::*;
use serde_json::Value;

/// What a topology writes down as a side effect.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Writes the topology of a case.
pub(crate) type Build = fn(&StreamsBuilder, &Seen);

pub(crate) type Registry = BTreeMap<&'static str, Build>;

/// A nullable stream of texts, as most cases begin.
pub(crate) fn texts(app: &StreamsBuilder, topic: &str) -> Stream<String, String, Nullable> {
    app.stream_nullable(topic, (utf8(), utf8()))
}

pub(crate) fn text() -> (impl Serde<String>, impl Serde<String>) {
    (utf8(), utf8())
}

/// Text before the first colon.
pub(crate) fn head(value: &str) -> Option<String> {
    value.split_once(':').map(|(head, _)| head.to_owned())
}

/// The number behind the first colon, or 0.
pub(crate) fn amount(value: &str) -> i64 {
    value.split_once(':').map_or(0, |(_, number)| number.parse().unwrap())
}

/// A text as Java prints a null one.
pub(crate) fn java(text: Option<&String>) -> &str {
    text.map_or("null", String::as_str)
}

enum Outcome {
    Passed,
    NotBuilt,
    Failed(String),
}

fn run(name: &str, golden: &Value, registry: &Registry) -> Outcome {
    let Some(build) = registry.get(name) else { return Outcome::NotBuilt };
    match catch_unwind(AssertUnwindSafe(|| compare::check(golden, *build))) {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(difference)) => Outcome::Failed(difference),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Outcome::Failed(format!("panic: {}", text.unwrap_or_default()))
        }
    }
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/goldens/streams");
    let folder =
        std::env::var_os("RIVERRUN_GOLDENS_STREAMS").map_or_else(|| PathBuf::from(own), PathBuf::from);
    let only = std::env::var("RIVERRUN_GOLDENS_ONLY").unwrap_or_default();
    let mut registry = Registry::new();
    stateless::register(&mut registry);
    tables::register(&mut registry);
    aggregates::register(&mut registry);
    windows::register(&mut registry);
    joins::register(&mut registry);
    names::register(&mut registry);

    let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            println!("cannot read {}: {error}", folder.display());
            return ExitCode::FAILURE;
        }
    };
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let (mut passed, mut missing, mut failed) = (0, Vec::new(), Vec::new());
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if !name.contains(&only) {
            continue;
        }
        let golden: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        match run(&name, &golden, &registry) {
            Outcome::Passed => passed += 1,
            Outcome::NotBuilt => missing.push(name),
            Outcome::Failed(difference) => failed.push((name, difference)),
        }
    }
    for (name, difference) in &failed {
        println!("FAILED {name}\n    {}", difference.replace('\n', "\n    "));
    }
    println!("not yet built ({}): {}", missing.len(), missing.join(" "));
    println!(
        "goldens of Kafka Streams: {passed} passed, {} failed, {} not yet built",
        failed.len(),
        missing.len()
    );
    let none = passed + failed.len() + missing.len() == 0;
    if failed.is_empty() && !none { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
