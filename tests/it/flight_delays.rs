//! The flights job in the typed DSL, as a process of its own: the rows of an independent computation, whenever it is
//! killed.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use riverrun::core::random::{Random, SeededRandom, SystemRandom};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How often it is started and killed before it may run to its end.
const KILLS: u32 = 8;

/// The example's program. `cargo test` builds examples; where only this test was built, it is built now.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let program = profile.join("examples/flight_delays");
    // Always: one that is there may be of other sources. Cargo knows when there is nothing to do.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--example", "flight_delays", "--no-default-features"]);
    cargo.env("CARGO_TARGET_DIR", profile.parent().unwrap());
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    program
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flights/data").join(name)
}

/// Carrier, scheduled hour and delay of each flight.
fn flights() -> Vec<(String, String, Option<i64>)> {
    let file = std::fs::read(data("flights-2013-01.csv.gz")).unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&file[..]).read_to_string(&mut text).unwrap();
    let flight = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[9].to_owned(), fields[18].to_owned(), fields[5].parse().ok())
    };
    text.lines().skip(1).map(flight).collect()
}

/// A mean as far as a JSON reader is bound to keep it.
fn shown(mean: f64) -> String {
    format!("{mean:.9}")
}

/// The rows that must come out.
fn expected() -> BTreeMap<(String, String), Value> {
    let airlines = std::fs::read_to_string(data("airlines.csv")).unwrap();
    let airlines: BTreeMap<&str, &str> =
        airlines.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
    let mut hours: BTreeMap<(String, String), Vec<Option<i64>>> = BTreeMap::new();
    for (carrier, hour, delay) in flights() {
        hours.entry((carrier, hour)).or_default().push(delay);
    }
    let row = |((carrier, hour), delays): ((String, String), Vec<Option<i64>>)| {
        let left: Vec<i64> = delays.iter().flatten().copied().collect();
        let mean = (!left.is_empty()).then(|| shown(left.iter().sum::<i64>() as f64 / left.len() as f64));
        let value = json!({
            "carrier": carrier, "airline": airlines[&*carrier], "window_start": hour, "flights": delays.len(),
            "mean_delay": mean, "max_delay": left.iter().max(),
        });
        ((carrier, hour), value)
    };
    hours.into_iter().map(row).collect()
}

/// The rows that came out; a window must come once.
fn rows(folder: &Path) -> BTreeMap<(String, String), Value> {
    let text = std::fs::read_to_string(folder.join("out/flight-delays-dsl.jsonl")).unwrap();
    let mut rows = BTreeMap::new();
    for line in text.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        if let Some(mean) = row["mean_delay"].as_f64() {
            row["mean_delay"] = json!(shown(mean));
        }
        let of = |name: &str| row[name].as_str().unwrap().to_owned();
        let twice = rows.insert((of("carrier"), of("window_start")), row.clone());
        assert!(twice.is_none(), "twice: {row}");
    }
    rows
}

fn start(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finish(folder: &Path) -> String {
    let output = start(folder).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn killed_at_any_moment_it_ends_with_every_row_once() {
    let seed = SystemRandom::new().next_u64();
    println!("seed {seed}");
    let mut random = SeededRandom::new(seed);
    let folder = TempDir::new().unwrap();
    let expected = expected();
    assert_eq!(expected.len(), 5_133);
    for _ in 0..KILLS {
        let mut child = start(folder.path()).spawn().unwrap();
        let deadline = std::time::Instant::now() + Duration::from_millis(100 + random.below(2_500));
        while std::time::Instant::now() < deadline && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    finish(folder.path());
    let found = rows(folder.path());
    let missing = expected.keys().filter(|key| !found.contains_key(*key)).count();
    let wrong = found.iter().find(|(key, row)| expected.get(*key) != Some(*row));
    assert!(found == expected, "seed {seed}: {missing} rows are missing, this one is wrong: {wrong:?}");
    let again = finish(folder.path());
    assert!(again.starts_with("0 records in, 0 late, 5133 rows"), "{again}");
    assert!(rows(folder.path()) == expected);
}
