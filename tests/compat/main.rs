//! Clients and brokers that nobody here wrote, against ours: what they write we read, what we write they read.
//!
//! Needs what `tests/run` installs (kcat, Python and Node packages, Java and Maven). A case whose tool is missing is
//! skipped and counted; with RIVERRUN_COMPAT=all it fails instead, and with RIVERRUN_COMPAT=none nothing is run,
//! and with RIVERRUN_COMPAT=long the long cases are run as well, and must. Arguments choose cases by parts of their names.
//! Its own `main`, since the standard harness cannot count what it skips.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it did"
)]

#[path = "../it/binary.rs"]
#[expect(dead_code, reason = "shared with tests/it, which uses the rest")]
mod binary;
mod drivers;
mod engines;
mod foreign;
mod groups;
mod interop;
mod log_files;
mod real_kafka;
mod records;
mod tools;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

/// One thing to show.
struct Case {
    name: String,
    /// The tool it needs, if that is missing.
    missing: Option<String>,
    run: Box<dyn FnOnce()>,
}

fn main() -> ExitCode {
    // `cargo test -- --nocapture` and the like are for the standard harness.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mode = std::env::var("RIVERRUN_COMPAT").unwrap_or_default();
    if mode == "none" {
        println!("compat: left out, as RIVERRUN_COMPAT=none asks");
        return ExitCode::SUCCESS;
    }
    let must_run_all = mode == "all" || mode == "long";
    let all = [
        interop::cases(),
        groups::cases(),
        drivers::cases(),
        tools::cases(),
        log_files::cases(),
        real_kafka::cases(),
    ];
    let long = if mode == "long" {
        vec![tools::long_cases(), engines::cases(), log_files::long_cases()]
    } else {
        vec![]
    };
    let cases = all.into_iter().chain(long).flatten();
    let (mut passed, mut failed, mut skipped) = (0, Vec::new(), 0);
    for case in cases.filter(|case| wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part))) {
        let Case { name, missing, run } = case;
        if let Some(tool) = missing {
            if must_run_all {
                println!("FAILED  {name}: {tool}");
                failed.push(name);
            } else {
                println!("skipped {name}: {tool}");
                skipped += 1;
            }
            continue;
        }
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(()) => {
                println!("passed  {name} ({:.1} s)", start.elapsed().as_secs_f64());
                passed += 1;
            }
            Err(_) => {
                println!("FAILED  {name}");
                failed.push(name);
            }
        }
    }
    interop::stop_brokers();
    println!("\ncompat: {passed} passed, {} failed, {skipped} skipped", failed.len());
    for name in &failed {
        println!("  failed: {name}");
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
