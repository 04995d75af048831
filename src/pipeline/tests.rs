//! Pipelines without SQL on a log in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use riverrun_connectors::runtime::MemoryLog;

use super::run::run_on;
use super::*;

/// A folder with a pipeline's file that reads `a.csv` and writes `out.jsonl`.
fn folder(more: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "id,name\n1,x\n2,y\nbad,z\n").unwrap();
    let out = folder.path().join("out.jsonl");
    let text = format!(
        "name: copy\nsources:\n  rows:\n    connector: file\n    path: a.csv\n    columns: {{ id: BIGINT }}\n\
         sinks:\n  out:\n    connector: file\n    topics: [rows]\n    path: {}\n{more}",
        out.display()
    );
    let file = folder.path().join("p.yaml");
    fs::write(&file, text).unwrap();
    (folder, file)
}

async fn run_in(log: &MemoryLog, file: &Path) -> riverrun_core::Result<Summary> {
    let pipeline = Pipeline::build(file, OtherTopics::None).await?;
    let options = RunOptions::default();
    run_on(pipeline, Arc::new(log.clone()), None, options, Status::default(), Stopper::default()).await
}

#[tokio::test]
async fn a_pipeline_copies_rows_and_then_has_nothing_new() {
    let (folder, file) = folder("errors: { tolerance: all, dead_letter: dead }\n");
    let log = MemoryLog::new();
    let summary = run_in(&log, &file).await.unwrap();
    assert_eq!((summary.rows_in, summary.rows_out, summary.bad), (3, 2, 1));
    assert!(summary.finished && summary.anything_new);
    let out = folder.path().join("out.jsonl");
    let expected = "{\"id\":1,\"name\":\"x\"}\n{\"id\":2,\"name\":\"y\"}\n";
    assert_eq!(fs::read_to_string(&out).unwrap(), expected);
    let before = fs::metadata(&out).unwrap().modified().unwrap();
    let again = run_in(&log, &file).await.unwrap();
    assert!(again.finished && !again.anything_new, "{again:?}");
    assert_eq!(fs::metadata(&out).unwrap().modified().unwrap(), before);
}

#[tokio::test]
async fn the_first_failure_ends_the_run() {
    let (folder, file) = folder("");
    let error = run_in(&MemoryLog::new(), &file).await.unwrap_err();
    let a = folder.path().join("a.csv");
    let part = format!("{}:4: column 'id' (field 1): expected BIGINT, found 'bad'", a.display());
    assert!(error.message().contains(&part), "{error}");
}

#[tokio::test]
async fn what_a_file_names_is_checked_too() {
    let (folder, file) = folder("");
    let text = fs::read_to_string(&file).unwrap();
    let wrong = text
        .replace("a.csv", "b.csv")
        .replace("[rows]", "[row]")
        .replace("connector: file\n    topics", "header: maybe\n    connector: file\n    topics");
    fs::write(&file, wrong).unwrap();
    let problems = Pipeline::build(&file, OtherTopics::None).await.unwrap_err();
    let lines: Vec<String> = problems.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3, "{problems}");
    let shown = file.display();
    let b = folder.path().join("b.csv");
    assert!(
        lines[0].starts_with(&format!("{shown}:5:11: no file matches '{}'; did you mean", b.display())),
        "{problems}"
    );
    assert_eq!(lines[1], format!("{shown}:9:13: 'header' must be true or false, found 'maybe'"));
}
