//! `riverrun run` and `riverrun check` from outside: pipelines of their own, what they say, what they leave behind.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use riverrun::core::random::{Random, SeededRandom, SystemRandom};
use serde_json::{Value, json};

use crate::binary::{drain, eventually, riverrun, terminate, wait};

/// A working folder with a pipeline's file and its data.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(pipeline: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
        Place { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// A command on the pipeline's file, from this working folder.
    pub(crate) fn command(&self, command: &str, more: &[&str]) -> Command {
        command_in(self.folder.path(), command, Path::new("pipeline.yaml"), more)
    }

    /// Runs the pipeline to its end; gives its summary.
    pub(crate) fn run(&self, more: &[&str]) -> Value {
        summary(&self.command("run", more).output().unwrap())
    }

    /// A command that must fail with `code`; gives what it said.
    pub(crate) fn refused(&self, command: &str, code: i32) -> String {
        let output = self.command(command, &["--output", "table"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }
}

/// `riverrun COMMAND FILE` from a working folder.
pub(crate) fn command_in(folder: &Path, name: &str, file: &Path, more: &[&str]) -> Command {
    let mut command = riverrun();
    command.current_dir(folder).arg(name).arg(file).args(more);
    if !more.contains(&"--output") {
        command.args(["--output", "json"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The summary of a run that must have succeeded.
pub(crate) fn summary(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{text}\n{said}", output.status);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// Random moments that can be had again: the seed is printed, and taken from RIVERRUN_SEED.
pub(crate) fn moments() -> SeededRandom {
    let seed = match std::env::var("RIVERRUN_SEED") {
        Ok(text) => text.parse().unwrap(),
        Err(_) => SystemRandom::new().next_u64(),
    };
    println!("RIVERRUN_SEED={seed}");
    SeededRandom::new(seed)
}

/// Kills a run after `patience` by SIGKILL; `false` if it had ended well before.
pub(crate) fn kill_after(mut child: Child, patience: Duration) -> bool {
    let (done, ended) = sync_channel(1);
    let id = child.id();
    let waiter = std::thread::spawn(move || {
        let output = child.wait_with_output_of();
        let _ = done.send(());
        output
    });
    let killed = match ended.recv_timeout(patience) {
        Err(RecvTimeoutError::Timeout) => {
            // By its id alone: the child is not waited for before the thread ends.
            let _ = Command::new("kill").args(["-KILL", &id.to_string()]).stderr(Stdio::null()).status();
            true
        }
        _ => false,
    };
    let output = waiter.join().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let was_killed = output.status.code().is_none();
    assert!(was_killed || output.status.success(), "{}: {said}", output.status);
    killed && was_killed
}

/// Waiting for a child and all that it says.
trait WaitWithOutput {
    fn wait_with_output_of(&mut self) -> Output;
}

impl WaitWithOutput for Child {
    fn wait_with_output_of(&mut self) -> Output {
        let stdout = drain(self.stdout.take());
        let stderr = drain(self.stderr.take());
        Output { status: self.wait().unwrap(), stdout: stdout.into_bytes(), stderr: stderr.into_bytes() }
    }
}

const COPY: &str = "
name: copy
sources:
  rows:
    connector: file
    path: data-*.csv
    columns: { id: BIGINT }
    key: id
    timestamp: at
    topic: { name: rows, partitions: 3 }
sinks:
  out: { connector: file, topics: [rows], path: out/rows.jsonl }
  bad: { connector: file, topics: [rows.dead], path: out/bad.txt, format: raw }
errors: { tolerance: all, dead_letter: rows.dead }
";

fn rows(from: usize, to: usize) -> String {
    (from..to)
        .map(|id| format!("{id},name {id},2024-01-01T00:{:02}:{:02}Z\n", id / 60 % 60, id % 60))
        .collect()
}

#[test]
fn a_pipeline_reads_what_is_new_and_only_that() {
    let place = Place::new(COPY);
    place.write("data-1.csv", &format!("id,name,at\n{}oops,x,2024-01-01\n{}", rows(0, 50), rows(50, 100)));
    let done = place.run(&[]);
    assert_eq!((&done["rows_in"], &done["bad"], &done["finished"]), (&json!(101), &json!(1), &json!(true)));
    let first = place.read("out/rows.jsonl");
    assert_eq!(first.lines().count(), 100);
    assert_eq!(first.lines().next(), Some(r#"{"id":0,"name":"name 0","at":"2024-01-01T00:00:00Z"}"#));
    assert_eq!(place.read("out/bad.txt"), "oops,x,2024-01-01\n");

    let again = place.command("run", &["--output", "table"]).output().unwrap();
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success() && said.starts_with("copy: nothing new since the last run"), "{said}");
    assert_eq!(place.read("out/rows.jsonl"), first);

    place.write("data-2.csv", &format!("id,name,at\n{}", rows(100, 120)));
    let more = place.run(&[]);
    assert_eq!((&more["rows_in"], &more["rows_out"]), (&json!(20), &json!(20)));
    let second = place.read("out/rows.jsonl");
    assert!(second.starts_with(&first) && second.lines().count() == 120);

    let fresh = place.run(&["--fresh"]);
    assert_eq!(fresh["rows_in"], json!(121));
    assert_eq!(place.read("out/rows.jsonl").lines().count(), 120);
}

#[test]
fn killed_at_any_moment_a_copy_is_whole() {
    let mut random = moments();
    let place = Place::new(COPY);
    let data = |place: &Place| {
        for file in 0..4 {
            let (from, to) = (file * 3_000, (file + 1) * 3_000);
            place.write(&format!("data-{file}.csv"), &format!("id,name,at\n{}broken\n", rows(from, to)));
        }
    };
    data(&place);
    let started = Instant::now();
    place.run(&[]);
    let usual = started.elapsed();
    let (expected, bad) = (place.read("out/rows.jsonl"), place.read("out/bad.txt"));
    assert_eq!((expected.lines().count(), bad.lines().count()), (12_000, 4));
    let mut kills = 0;
    for round in 0..6 {
        let place = Place::new(COPY);
        data(&place);
        for _ in 0..5 {
            let child = place.command("run", &[]).spawn().unwrap();
            let patience = Duration::from_millis(random.below(usual.as_millis() as u64 + 20));
            if !kill_after(child, patience) {
                break;
            }
            kills += 1;
        }
        place.run(&[]);
        assert!(
            place.read("out/rows.jsonl") == expected,
            "round {round}: the rows differ after {kills} kills"
        );
        assert_eq!(place.read("out/bad.txt"), bad, "round {round}: the bad rows differ after {kills} kills");
    }
    assert!(kills > 0, "no run was killed");
}

/// Rows of one key, so that three of four partitions never get any, grouped by something else.
const QUIET: &str = "
name: quiet
sources:
  rows:
    connector: file
    path: data-*.csv
    follow: true
    key: id
    timestamp: at
    idle_timeout: 1 second
    topic: { name: rows, partitions: 4 }
sql: |
  CREATE MATERIALIZED VIEW per_minute AS
    SELECT name, window_end, count(*) AS n FROM TUMBLE(rows, at, INTERVAL '1 minute')
     GROUP BY name, window_end EMIT FINAL;
sinks:
  out: { connector: file, topics: [per_minute], path: out/minutes.jsonl }
";

#[cfg(feature = "sql")]
#[test]
fn partitions_without_rows_hold_no_window_open() {
    let place = Place::new(QUIET);
    let row = |minute: u32| format!("1,a,2024-01-01T00:{minute:02}:30Z\n");
    place.write("data-1.csv", &format!("id,name,at\n{}{}{}", row(0), row(0), row(1)));
    // Killed as soon as the first window is there: the next run neither repeats it nor takes it back.
    let found = |place: &Place| {
        let parts = std::fs::read_dir(place.path("out")).into_iter().flatten().flatten();
        let texts = parts.filter_map(|part| std::fs::read_to_string(part.path()).ok());
        let lines = |text: &str| -> Vec<(String, u64)> {
            let rows = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            rows.filter_map(|row| Some((row["window_end"].as_str()?.to_owned(), row["n"].as_u64()?)))
                .collect()
        };
        texts.flat_map(|text| lines(&text)).collect::<Vec<_>>()
    };
    let window = |minute: u32, n: u64| (format!("2024-01-01T00:{minute:02}:00Z"), n);
    let mut child = place.command("run", &[]).spawn().unwrap();
    eventually("the first window", || (found(&place) == [window(1, 2)]).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(place.path("data-1.csv")).unwrap();
    std::io::Write::write_all(&mut file, format!("{}{}", row(1), row(2)).as_bytes()).unwrap();
    let mut child = place.command("run", &[]).spawn().unwrap();
    eventually("the second window", || (found(&place) == [window(1, 2), window(2, 2)]).then_some(()));
    terminate(&child);
    assert!(wait(&mut child).success());
    assert_eq!(found(&place), [window(1, 2), window(2, 2)]);
}

#[test]
fn a_pipeline_that_follows_its_files_is_stopped_with_a_signal() {
    let follow = COPY.replace("    key: id\n", "    key: id\n    follow: true\n");
    let place = Place::new(&follow);
    place.write("data-1.csv", &format!("id,name,at\n{}", rows(0, 10)));
    let mut child = place.command("run", &[]).spawn().unwrap();
    let written = |count: usize| {
        eventually("the rows are written", || {
            let text = std::fs::read_to_string(place.path("out/rows.jsonl")).unwrap_or_default();
            (text.lines().count() == count).then_some(())
        });
    };
    written(10);
    let mut file = std::fs::OpenOptions::new().append(true).open(place.path("data-1.csv")).unwrap();
    std::io::Write::write_all(&mut file, rows(10, 15).as_bytes()).unwrap();
    written(15);
    terminate(&child);
    assert!(wait(&mut child).success());
    let said = drain(child.stdout.take());
    let summary: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&summary["finished"], &summary["rows_in"]), (&json!(false), &json!(15)));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let place = Place::new(&COPY.replace("tolerance: all, ", ""));
    place.write("data-1.csv", "id,name,at\n1,x,2024-01-01\ntwo,y,2024-01-01\n");
    let said = place.refused("run", 2);
    assert!(said.contains("data-1.csv:3: column 'id' (field 1): expected BIGINT, found 'two'"), "{said}");
    place.write("data-1.csv", "id,name,at\n1,x,yesterday\n");
    let said = place.refused("run", 2);
    assert!(said.contains("data-1.csv:2: column 'at' (field 3): expected an event time"), "{said}");
    place.write("data-1.csv", "id,name,at\n1,x\n");
    let said = place.refused("run", 2);
    assert!(said.contains("data-1.csv:2: column 'at' (field 3): expected 3 fields, found 2"), "{said}");
    place.write("data-1.csv", "id,name,time\n1,x,2024-01-01\n");
    let said = place.refused("run", 2);
    assert!(said.contains("pipeline.yaml:9:16: data-1.csv:1: column 'at', named by 'timestamp'"), "{said}");
    std::fs::remove_file(place.path("data-1.csv")).unwrap();
    let said = place.refused("run", 3);
    assert!(said.contains("pipeline.yaml:6:11: no file matches 'data-*.csv'"), "{said}");
    std::fs::remove_file(place.path("pipeline.yaml")).unwrap();
    assert!(place.refused("run", 3).contains("pipeline.yaml:1:1: the pipeline's file cannot be read"));
}

#[test]
fn check_tells_everything_at_once_and_starts_nothing() {
    let wrong = COPY
        .replace("connector: file\n    path", "conector: file\n    path")
        .replace("partitions: 3", "partitions: many")
        .replace("tolerance: all", "tolerance: some");
    let place = Place::new(&wrong);
    let said = place.refused("check", 2);
    for part in [
        "pipeline.yaml:5:5: unknown key 'conector'; did you mean 'connector'?",
        "pipeline.yaml:10:38: 'partitions' must be a whole number of at least 1, found 'many'",
        "pipeline.yaml:14:22: 'tolerance' must be none or all, found 'some'",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let place = Place::new(&COPY.replace("topics: [rows]", "topics: [row]"));
    place.write("data-1.csv", "id,name,at\n");
    let said = place.refused("check", 2);
    assert!(
        said.contains("pipeline.yaml:12:36: no source and no view of this pipeline writes topic 'row'"),
        "{said}"
    );
    assert!(!place.path(".riverrun").exists());
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let place = Place::new(COPY);
    place.write("data-1.csv", "id,name,at\n");
    std::fs::create_dir_all(place.path(".riverrun/copy")).unwrap();
    place.write(".riverrun/copy/thesis.tex", "years of work");
    let said = place.refused("run", 2);
    assert!(said.contains(".riverrun/copy: the folder is occupied"), "{said}");
    assert_eq!(place.read(".riverrun/copy/thesis.tex"), "years of work");
}

#[test]
fn a_secret_is_used_and_not_shown() {
    let place = Place::new(&COPY.replace("path: data-*.csv", "path: ${file:where}"));
    place.write("where", "very-secret-*.csv\n");
    let said = place.refused("run", 3);
    assert!(said.contains("${file:where}") && !said.contains("very-secret"), "{said}");
    place.write("very-secret-1.csv", &format!("id,name,at\n{}", rows(0, 3)));
    assert_eq!(place.run(&[])["rows_in"], json!(3));
}
