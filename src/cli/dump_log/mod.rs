//! `riverrun dump-log`: what the files of a data folder hold, and where they are damaged.
//!
//! Reads one file after the other, from front to back, and changes nothing. It knows Kafka's file formats and how rows are
//! shown; it must never open a log as the broker does, which repairs what it finds.

mod batches;
mod checkpoints;
mod decoded;
mod index;
mod snapshot;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use riverrun::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use super::table::Table;
use super::terminal::{Output, Terminal};

const EXAMPLES: &str = "\
Examples:
  riverrun dump-log data/orders-0
  riverrun dump-log data/orders-0/00000000000000000000.log --deep --print-data
  riverrun dump-log data/__consumer_offsets-12 --deep --output json | jq .key
  riverrun dump-log data/orders-0/*.index data/orders-0/*.timeindex

Files by their names: .log, .index, .timeindex, .txnindex, .snapshot, leader-epoch-checkpoint and the other checkpoints of
a data folder. Indexes are compared with the log beside them. Ends with 1 if anything is damaged; what, and at which byte,
stands on standard error (and among the rows under --output json). A file that a running broker writes may end in the
middle of a batch.";

/// Rows that are gathered before they are printed.
const ROWS_MAX: usize = 10_000;

/// Show what segments, indexes, snapshots and checkpoints hold, and where they are damaged.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DumpLog {
    /// Files, or folders of partitions with all their files.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show every record, not only the batches.
    #[arg(long)]
    deep: bool,
    /// Show keys, values and headers; implies --deep.
    #[arg(long)]
    print_data: bool,
    /// How records are read; by default as the topic's folder says.
    #[arg(long, value_enum, default_value = "auto", value_name = "KIND")]
    decode: Decode,
}

/// How keys and values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decode {
    /// By the name of the folder.
    Auto,
    /// As bytes.
    Raw,
    /// As records of __consumer_offsets.
    Offsets,
    /// As records of __transaction_state.
    Transactions,
    /// As records of __cluster_metadata.
    Metadata,
}

impl Decode {
    /// What is meant for a file of this path.
    fn of(self, path: &Path) -> Decode {
        if self != Decode::Auto {
            return self;
        }
        let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        match folder.as_deref().and_then(|name| name.rsplit_once('-')).map(|(topic, _)| topic) {
            Some("__consumer_offsets") => Decode::Offsets,
            Some("__transaction_state") => Decode::Transactions,
            Some("__cluster_metadata") => Decode::Metadata,
            _ => Decode::Raw,
        }
    }
}

/// Where the rows of one file go, and the damage that is found in it.
pub(super) struct Sheet<'a> {
    terminal: &'a Terminal,
    file: String,
    columns: &'static [&'static str],
    table: Table,
    rows: usize,
    damaged: usize,
}

impl<'a> Sheet<'a> {
    fn new(terminal: &'a Terminal, file: &Path) -> Self {
        let table = Table::new(&[]);
        Sheet { terminal, file: file.display().to_string(), columns: &[], table, rows: 0, damaged: 0 }
    }

    /// The columns of the rows to come.
    pub(super) fn columns(&mut self, columns: &'static [&'static str]) {
        self.columns = columns;
        self.table = Table::new(columns);
    }

    /// One row.
    pub(super) fn row(&mut self, row: Vec<Value>) -> Result<()> {
        self.table.push(row);
        self.rows += 1;
        if self.rows >= ROWS_MAX { self.print() } else { Ok(()) }
    }

    fn print(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let table = std::mem::replace(&mut self.table, Table::new(self.columns));
        self.terminal.rows(&table)
    }

    /// Something is not as it must be, at this byte of the file.
    pub(super) fn damage(&mut self, at: u64, what: &str) -> Result<()> {
        self.damaged += 1;
        // In its place among the rows.
        self.print()?;
        let file = &self.file;
        match self.terminal.output() {
            Output::Json => {
                let damage = json!({ "damage": { "file": file, "at": at, "what": what } });
                self.terminal.text(&format!("{damage}\n"))
            }
            Output::Table => {
                self.terminal.complain(&format!("{file} is damaged at byte {at}: {what}"));
                Ok(())
            }
        }
    }
}

impl DumpLog {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let files = self.files()?;
        let mut damaged = 0;
        for file in &files {
            if files.len() > 1 && terminal.output() == Output::Table {
                terminal.text(&format!("\n{}\n", file.display()))?;
            }
            let mut sheet = Sheet::new(terminal, file);
            self.dump(file, &mut sheet).map_err(|error| error.context(file.display().to_string()))?;
            sheet.print()?;
            damaged += usize::from(sheet.damaged > 0);
        }
        match damaged {
            0 => Ok(()),
            damaged => {
                let what = format!("{damaged} of {} files are damaged", files.len());
                Err(Error::new(ErrorKind::Corrupt, what))
            }
        }
    }

    /// The files that are meant, those of a folder by name.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in &self.paths {
            if !path.is_dir() {
                if !path.exists() {
                    let what = format!("there is no file '{}'", path.display());
                    return Err(Error::new(ErrorKind::NotFound, what));
                }
                files.push(path.clone());
                continue;
            }
            let listed = std::fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
            let listed = listed.map_err(|error| unreadable(path, error))?;
            let mut inside: Vec<PathBuf> = listed.iter().map(std::fs::DirEntry::path).collect();
            inside.retain(|file| file.is_file() && kind(file).is_some());
            inside.sort();
            if inside.is_empty() {
                let what =
                    format!("'{}' holds no file of a log; name the folder of a partition", path.display());
                return Err(Error::new(ErrorKind::NotFound, what));
            }
            files.extend(inside);
        }
        Ok(files)
    }

    fn dump(&self, file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
        match kind(file) {
            Some(Kind::Log) if self.deep || self.print_data => {
                batches::records(file, self.decode.of(file), self.print_data, sheet)
            }
            Some(Kind::Log) => batches::batches(file, sheet),
            Some(Kind::Index) => index::offsets(file, sheet),
            Some(Kind::TimeIndex) => index::times(file, sheet),
            Some(Kind::TxnIndex) => index::aborted(file, sheet),
            Some(Kind::Snapshot) => snapshot::producers(file, sheet),
            Some(Kind::Epochs) => checkpoints::epochs(file, sheet),
            Some(Kind::Offsets) => checkpoints::offsets(file, sheet),
            None => {
                let what = "this is no file that dump-log knows: .log, .index, .timeindex, .txnindex, .snapshot or a checkpoint";
                Err(Error::new(ErrorKind::Invalid, what))
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Log,
    Index,
    TimeIndex,
    TxnIndex,
    Snapshot,
    Epochs,
    Offsets,
}

/// What a file is, by its name; files that were being replaced or removed are what they were.
fn kind(file: &Path) -> Option<Kind> {
    let name = file.file_name()?.to_str()?;
    let name =
        [".deleted", ".swap", ".cleaned"].into_iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    Some(match name {
        "leader-epoch-checkpoint" => Kind::Epochs,
        "recovery-point-offset-checkpoint"
        | "log-start-offset-checkpoint"
        | "replication-offset-checkpoint"
        | "cleaner-offset-checkpoint" => Kind::Offsets,
        _ => match name.rsplit_once('.')?.1 {
            "log" => Kind::Log,
            "index" => Kind::Index,
            "timeindex" => Kind::TimeIndex,
            "txnindex" => Kind::TxnIndex,
            "snapshot" => Kind::Snapshot,
            _ => return None,
        },
    })
}

/// The offset in a file's name.
fn base_offset(file: &Path) -> i64 {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split('.').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| unreadable(file, error))
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("'{}' cannot be read", path.display())).with_source(error)
}
