//! sqllogictest files: views kept up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use riverrun_core::ErrorKind;
use riverrun_streams::sql::{Answer, LocalSql, SqlError};
use sqllogictest::{DB, DBOutput, DefaultColumnType, Record, Runner};
use tokio::runtime::Runtime;

use crate::text::{letter, postgres};
use crate::{Outcome, files, stem};

/// What the planner refused last.
type Refused = Arc<Mutex<Option<String>>>;

struct Database<'r> {
    sql: LocalSql,
    runtime: &'r Runtime,
    refused: Refused,
}

impl DB for Database<'_> {
    type Error = SqlError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, SqlError> {
        let answer = self.runtime.block_on(self.sql.execute(sql)).inspect_err(|error| {
            if error.kind == ErrorKind::Unsupported {
                *self.refused.lock().expect("one thread") = Some(error.to_string());
            }
        })?;
        let Some(Answer::Rows { schema, batches }) = answer.into_iter().next_back() else {
            return Ok(DBOutput::StatementComplete(0));
        };
        let types = schema
            .fields()
            .iter()
            .map(|field| match letter(field.data_type()) {
                'I' => DefaultColumnType::Integer,
                'R' => DefaultColumnType::FloatingPoint,
                'T' => DefaultColumnType::Text,
                _ => DefaultColumnType::Any,
            })
            .collect();
        let mut rows = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let cells = batch.columns().iter().map(|column| match postgres(column.as_ref(), row) {
                    text if text.is_empty() => "(empty)".to_string(),
                    text => text,
                });
                rows.push(cells.collect());
            }
        }
        Ok(DBOutput::Rows { types, rows })
    }
}

/// `| file | query | why |` rows of the list of known differences: by file, the queries.
fn known_differences() -> BTreeMap<String, BTreeSet<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sql-differences.md");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        if let ["", file, query, _, ..] = cells.as_slice() {
            known.entry((*file).to_string()).or_default().insert((*query).to_string());
        }
    }
    known
}

/// The view that a query reads, without the ending that says it was made later; or the query itself.
fn subject(sql: &str) -> String {
    let name = sql
        .strip_prefix("SELECT * FROM ")
        .filter(|name| name.chars().all(|c| c == '_' || c.is_alphanumeric()));
    match name {
        Some(name) => name.strip_suffix("_late").unwrap_or(name).to_string(),
        None => sql.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn first_lines(text: &str) -> String {
    text.lines().take(14).collect::<Vec<_>>().join("\n      ")
}

/// Topics have one partition; another number shows that the answers do not depend on it.
fn partitions() -> i32 {
    std::env::var("RIVERRUN_GOLDENS_PARTITIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn run_file(file: &Path, runtime: &Runtime, listed: Option<&BTreeSet<String>>) -> Outcome {
    let records = match sqllogictest::parse_file::<DefaultColumnType>(file) {
        Ok(records) => records,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let refused = Refused::default();
    let for_db = refused.clone();
    let mut runner = Runner::new(move || {
        let refused = for_db.clone();
        async move { Ok(Database { sql: LocalSql::new(partitions())?, runtime, refused }) }
    });
    let (mut answers, mut wrong, mut first) = (0, 0, String::new());
    let (mut met, mut subjects) = (BTreeSet::new(), BTreeSet::new());
    for record in records {
        let asked = match &record {
            Record::Query { sql, .. } => {
                answers += 1;
                sql.clone()
            }
            Record::Statement { sql, .. } => sql.clone(),
            _ => String::new(),
        };
        *refused.lock().expect("one thread") = None;
        let Err(error) = runner.run(record) else { continue };
        if let Some(why) = refused.lock().expect("one thread").take() {
            return Outcome::NotBuilt(why);
        }
        let subject = subject(&asked);
        if listed.is_some_and(|listed| listed.contains(&subject)) {
            met.insert(subject);
            continue;
        }
        wrong += 1;
        subjects.insert(subject);
        if first.is_empty() {
            first = first_lines(&error.display(false).to_string());
        }
    }
    match (wrong, met.is_empty()) {
        (0, true) => Outcome::Passed,
        (0, false) => Outcome::Differs(met),
        _ => Outcome::Failed(format!(
            "{wrong} wrong of {answers} answers ({}); the first:\n      {first}",
            subjects.into_iter().collect::<Vec<_>>().join("; ")
        )),
    }
}

pub(crate) fn run(folder: &Path, wanted: &dyn Fn(&str) -> bool, runtime: &Runtime) -> Vec<(String, Outcome)> {
    let known = known_differences();
    let mut cases = Vec::new();
    for file in files(folder, "slt") {
        let name = stem(&file);
        if wanted(&name) {
            let outcome = run_file(&file, runtime, known.get(&name));
            cases.push((name, outcome));
        }
    }
    cases
}
