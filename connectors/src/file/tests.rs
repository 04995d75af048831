//! The file connector against the contract, and its source against a model of a file that lives.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::api::{ConfigMap, Polled, Sink, Source, SourceItem, StoredOffsets};
use crate::contract::{
    ErrorPolicy, LogRecord, MemoryLog, Outcome, SinkUnderTest, SourceUnderTest, Tolerance, TopicSpec,
};

fn config(path: &Path, more: &[(&str, &str)]) -> ConfigMap {
    let mut map: ConfigMap =
        [("path".to_owned(), path.to_str().unwrap().to_owned()), ("topic".to_owned(), "rows".to_owned())]
            .into();
    map.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    map
}

fn rows_topic() -> TopicSpec {
    TopicSpec { name: "rows".to_owned(), partitions: 3, configs: BTreeMap::new() }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn csv_rows(from: usize, to: usize) -> String {
    (from..to).map(|row| format!("{row},key-{},2013-01-01T00:00:{:02}Z\n", row % 7, row % 60)).collect()
}

fn under_test(source: &FileSource, tolerance: Tolerance) -> SourceUnderTest<'_> {
    SourceUnderTest {
        source,
        topic: rows_topic(),
        errors: ErrorPolicy { tolerance, dead_letter_topic: Some("dead".to_owned()) },
        commit_interval: Duration::ZERO,
    }
}

fn values(log: &MemoryLog, topic: &str) -> Vec<String> {
    let text = |record: LogRecord| String::from_utf8(record.value.unwrap_or_default().to_vec()).unwrap();
    log.records(topic).into_iter().flatten().map(text).collect()
}

#[tokio::test]
async fn the_source_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let header = "id,name,at\n";
    fs::write(folder.path().join("a.csv"), format!("{header}{}broken\n{}", csv_rows(0, 5), csv_rows(5, 9)))
        .unwrap();
    let members = [gzip(&format!("{header}{}", csv_rows(10, 14))), gzip(&csv_rows(14, 18))].concat();
    fs::write(folder.path().join("b.csv.gz"), members).unwrap();
    let zstd = zstd::stream::encode_all(format!("{header}{}", csv_rows(20, 24)).as_bytes(), 1).unwrap();
    fs::write(folder.path().join("c.csv.zst"), zstd).unwrap();
    for more in [&[("format", "csv"), ("key", "name"), ("timestamp", "at")][..], &[("format", "csv")]] {
        let source = FileSource::new(&config(&folder.path().join("*.csv*"), more)).unwrap();
        let test = under_test(&source, Tolerance::All);
        test.check_repeatable().await;
        test.check_crashes(1).await;
        let log = MemoryLog::new();
        let (_, done) = test.run(&log).await.unwrap();
        assert_eq!((done.records_in, done.records_out, done.records_bad, done.dead_letters), (22, 21, 1, 1));
    }
}

#[tokio::test]
async fn a_bad_row_names_file_line_and_column_and_goes_to_the_dead_letters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let good: String = (0..1_000).map(|row| format!("{row},x\n")).collect();
    fs::write(&path, format!("id,name\n{good}\"7\",\"two\nlines\"\nabc,y\n8,z\n")).unwrap();
    let source = FileSource::new(&config(&path, &[])).unwrap();
    let log = MemoryLog::new();
    let message = format!(
        "{}:1004: column 'id' (field 1): expected BIGINT, found 'abc'; correct the row, or declare another type under \
         'columns'",
        path.display()
    );
    let strict = under_test(&source, Tolerance::None);
    let error = strict.run(&log).await.unwrap_err().to_string();
    assert_eq!(error, format!("{message}; or leave bad rows out with 'errors: {{tolerance: all}}'"));
    assert_eq!(values(&log, "dead"), ["abc,y"]);
    // Tolerated in the next run, it is neither lost nor doubled.
    let (outcome, done) = under_test(&source, Tolerance::All).run(&log).await.unwrap();
    assert!(matches!(outcome, Outcome::Finished));
    assert_eq!(done.records_bad, 1);
    assert_eq!(values(&log, "dead"), ["abc,y"]);
    assert_eq!(values(&log, "rows").len(), 1_002);
    let headers = &log.records("dead")[0][0].headers;
    let of = |name: &str| {
        let found = headers
            .iter()
            .find(|header| header.key == format!("__connect.errors.{name}").as_bytes())
            .unwrap();
        String::from_utf8(found.value.clone().unwrap().to_vec()).unwrap()
    };
    assert_eq!((of("topic"), of("stage")), ("rows".to_owned(), "VALUE_CONVERTER".to_owned()));
    assert_eq!(of("exception.message"), message);
}

#[tokio::test]
async fn rows_added_to_a_finished_file_are_read_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "id\n1\n2\n").unwrap();
    let source = FileSource::new(&config(&path, &[])).unwrap();
    let log = MemoryLog::new();
    let test = under_test(&source, Tolerance::None);
    test.run(&log).await.unwrap();
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"3\n").unwrap();
    test.run(&log).await.unwrap();
    assert_eq!(values(&log, "rows"), ["{\"id\":1}", "{\"id\":2}", "{\"id\":3}"]);
    // Another content under the same name is another file.
    fs::write(&path, "id\n7\n").unwrap();
    test.run(&log).await.unwrap();
    assert_eq!(values(&log, "rows").len(), 4);
}

#[test]
fn wrong_columns_are_refused_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "carrier,time_hour\nUA,2013-01-01T00:00:00Z\n").unwrap();
    for (key, value, expected) in [
        (
            "key",
            "carier",
            "a.csv:1: column 'carier', named by 'key', is not in the file; did you mean 'carrier'?",
        ),
        (
            "timestamp",
            "time",
            "a.csv:1: column 'time', named by 'timestamp', is not in the file; it has carrier",
        ),
        (
            "columns",
            "carrierr BIGINT",
            "a.csv:1: column 'carrierr', declared under 'columns', is not in the file",
        ),
    ] {
        let source = FileSource::new(&config(&path, &[(key, value)])).unwrap();
        let error = source.schema().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

fn sink(folder: &Path, name: &str, place: u32) -> (PathBuf, Box<dyn Sink>) {
    let path = folder.join(place.to_string()).join(name);
    let map = [("path".to_owned(), path.to_str().unwrap().to_owned())].into();
    (path, Box::new(FileSink::new(&map).unwrap()))
}

#[tokio::test]
async fn the_sink_keeps_the_contract() {
    for name in ["out.jsonl", "out.csv", "out.txt"] {
        let folder = tempfile::tempdir().unwrap();
        let row = |partition: usize, row: usize| format!("{{\"partition\":{partition},\"row\":{row}}}");
        let lane = |partition: usize| (0..60 * (partition + 1)).map(|at| row(partition, at)).collect();
        let test = SinkUnderTest {
            sink: &|place| sink(folder.path(), name, place).1,
            content: &|place| fs::read(sink(folder.path(), name, place).0).unwrap(),
            values: (0..3).map(lane).collect(),
        };
        test.check_crashes().await;
        test.check_goes_on().await;
    }
}

#[tokio::test]
async fn the_sink_does_not_overwrite_what_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (path, strange) = sink(folder.path(), "out.jsonl", 0);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "mine\n").unwrap();
    let topics = BTreeMap::from([("rows".to_owned(), Some("one".to_owned()))]);
    let error = strange.task(true).unwrap().open(&topics).await.unwrap_err().to_string();
    assert!(error.contains("no run of a pipeline wrote it"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"mine\n");

    // A topic made anew under the same name does not go on where the old one ended.
    let (_, sink) = sink(folder.path(), "out.jsonl", 1);
    sink.task(true).unwrap().open(&topics).await.unwrap();
    let anew = BTreeMap::from([("rows".to_owned(), Some("two".to_owned()))]);
    let error = sink.task(true).unwrap().open(&anew).await.unwrap_err().to_string();
    assert!(error.contains("earlier topic 'rows'"), "{error}");
}

/// What happens to a log file and its reader.
#[derive(Clone, Debug)]
enum Event {
    WriteLine,
    WriteHalf,
    /// Renames the file to a name that the glob still matches, and begins a new one.
    Rotate,
    Truncate,
    /// Removes a rotated file.
    Delete,
    Read,
    /// The reader stops, and starts again from its last position.
    Restart,
}

fn events(truncation: bool) -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => Just(Event::WriteLine),
        2 => Just(Event::WriteHalf),
        1 => Just(Event::Rotate),
        u32::from(truncation) => Just(Event::Truncate),
        u32::from(truncation) => Just(Event::Delete),
        3 => Just(Event::Read),
        1 => Just(Event::Restart),
    ];
    proptest::collection::vec(event, 0..60)
}

/// A writer of lines with serial numbers, and a reader of the source beside it.
struct Life {
    folder: tempfile::TempDir,
    source: FileSource,
    task: Box<dyn crate::api::SourceTask>,
    known: StoredOffsets,
    serial: u32,
    half: bool,
    rotations: u32,
    read: Vec<String>,
}

impl Life {
    fn path(&self) -> PathBuf {
        self.folder.path().join("app.log")
    }

    fn append(&self, text: &str) {
        let file = fs::OpenOptions::new().append(true).create(true).open(self.path());
        file.unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn begin() -> Life {
        let folder = tempfile::tempdir().unwrap();
        let map = config(&folder.path().join("app.log*"), &[("format", "raw"), ("follow", "true")]);
        let source = FileSource::new(&map).unwrap();
        let task = source.tasks(1).unwrap().remove(0);
        Life {
            folder,
            source,
            task,
            known: StoredOffsets::default(),
            serial: 0,
            half: false,
            rotations: 0,
            read: Vec::new(),
        }
    }

    async fn apply(&mut self, event: &Event) {
        match event {
            Event::WriteLine => {
                let begin = if self.half { String::new() } else { format!("line {} ", self.serial) };
                self.append(&format!("{begin}end\n"));
                self.half = false;
                self.serial += 1;
            }
            Event::WriteHalf if !self.half => {
                self.append(&format!("line {} ", self.serial));
                self.half = true;
            }
            Event::WriteHalf => {}
            // A writer rotates between two lines.
            Event::Rotate if !self.half && self.path().exists() => {
                self.rotations += 1;
                fs::rename(self.path(), self.folder.path().join(format!("app.log.{}", self.rotations)))
                    .unwrap();
            }
            Event::Rotate => {}
            Event::Truncate => {
                if self.path().exists() {
                    fs::OpenOptions::new().write(true).truncate(true).open(self.path()).unwrap();
                    self.half = false;
                }
            }
            Event::Delete => {
                let _ = fs::remove_file(self.folder.path().join(format!("app.log.{}", self.rotations)));
            }
            Event::Read => self.drain().await,
            Event::Restart => {
                self.task = self.source.tasks(1).unwrap().remove(0);
                self.task.start(&self.known).await.unwrap();
            }
        }
    }

    async fn drain(&mut self) {
        loop {
            match self.task.poll().await.unwrap() {
                Polled::Batch(batch) => {
                    for item in batch.items {
                        let SourceItem::Record(record) = item else { panic!("a bad row: {item:?}") };
                        self.read.push(String::from_utf8(record.value.unwrap().to_vec()).unwrap());
                    }
                    for position in batch.positions {
                        self.known.set(position.partition, position.offset);
                    }
                }
                Polled::Idle | Polled::Finished => return,
            }
        }
    }
}

fn live(events: &[Event]) -> Life {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut life = Life::begin();
        for event in events {
            life.apply(event).await;
        }
        life.drain().await;
        life.drain().await;
        life
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rotated and restarted at will, every line is read exactly once. The order over several files is not promised:
    /// a reader that was away sees them all at once.
    #[test]
    fn rotation_loses_and_doubles_nothing(events in events(false)) {
        let life = live(&events);
        let expected: Vec<String> = (0..life.serial).map(|serial| format!("line {serial} end")).collect();
        let mut read = life.read.clone();
        read.sort_by_key(|line| line.split(' ').nth(1).and_then(|serial| serial.parse::<u32>().ok()));
        prop_assert_eq!(&read, &expected);
    }

    /// With truncation and removal no line is read twice without a reason, and none that was not written; a line
    /// that was there whenever the reader looked is not lost.
    #[test]
    fn truncation_invents_nothing(events in events(true)) {
        let life = live(&events);
        let mut serials = Vec::new();
        for line in &life.read {
            // A truncation in the middle of a line leaves its end alone.
            if let Some(serial) = line.strip_prefix("line ").and_then(|rest| rest.strip_suffix(" end")) {
                serials.push(serial.parse::<u32>().unwrap());
            }
        }
        prop_assert!(serials.iter().all(|serial| *serial < life.serial));
        let mut unique = serials.clone();
        unique.sort_unstable();
        unique.dedup();
        prop_assert_eq!(unique.len(), serials.len(), "a line was read twice");
    }
}
