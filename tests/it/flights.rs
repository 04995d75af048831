//! The main job on real data: the flights pipeline against a computation that shares no code with it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use riverrun::core::client::producer::partition_for_key;
use riverrun::core::random::Random;
use serde_json::{Value, json};

use crate::pipeline::{command_in, kill_after, moments, summary};

const ROWS: u64 = 27_004;
const HOUR_MS: i64 = 3_600_000;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flights")
}

/// A flight as far as the job looks at it.
struct Flight {
    carrier: String,
    /// The scheduled hour, as the file writes it and in hours since 1970.
    time_hour: String,
    hour: i64,
    dep_delay: Option<i64>,
}

/// The rows of the file, in its order. Nothing in it is quoted.
fn flights() -> Vec<Flight> {
    let file = std::fs::read(example().join("data/flights-2013-01.csv.gz")).unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&file[..]).read_to_string(&mut text).unwrap();
    assert!(!text.contains('"'));
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let (carrier, delay, time) = (place("carrier"), place("dep_delay"), place("time_hour"));
    let flight = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let time_hour = fields[time];
        // 2013-01-DDTHH:00:00Z: days and hours of one January, and the first hours of February.
        let (month, day, hour) = (&time_hour[5..7], &time_hour[8..10], &time_hour[11..13]);
        let days = if month == "01" { 0 } else { 31 } + day.parse::<i64>().unwrap() - 1;
        let since_january = days * 24 + hour.parse::<i64>().unwrap();
        Flight {
            carrier: fields[carrier].to_owned(),
            time_hour: time_hour.to_owned(),
            hour: 15_706 * 24 + since_january,
            dep_delay: (fields[delay] != "NA").then(|| fields[delay].parse().unwrap()),
        }
    };
    lines.map(flight).collect()
}

fn airlines() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(example().join("data/airlines.csv")).unwrap();
    let row = |line: &str| {
        line.split_once(',').map(|(carrier, name)| (carrier.to_owned(), name.to_owned())).unwrap()
    };
    text.lines().skip(1).map(row).collect()
}

/// The rows that are late: their window had closed when they came. Each partition has its own time.
fn split_late(flights: Vec<Flight>, watermark_ms: i64) -> (Vec<Flight>, Vec<Flight>) {
    let mut latest: BTreeMap<i32, i64> = BTreeMap::new();
    flights.into_iter().partition(|flight| {
        let partition = partition_for_key(flight.carrier.as_bytes(), 4);
        let latest = latest.entry(partition).or_insert(i64::MIN);
        *latest = (*latest).max(flight.hour * HOUR_MS);
        *latest - watermark_ms < (flight.hour + 1) * HOUR_MS - 1
    })
}

/// What the job must write for these rows: by carrier and window, the whole line.
fn expected(flights: &[Flight]) -> BTreeMap<(String, String), Value> {
    let names = airlines();
    let mut windows: BTreeMap<(String, String), (i64, Vec<i64>)> = BTreeMap::new();
    for flight in flights {
        let window = windows.entry((flight.carrier.clone(), flight.time_hour.clone())).or_default();
        window.0 += 1;
        window.1.extend(flight.dep_delay);
    }
    let line = |(key, (flights, delays)): (&(String, String), &(i64, Vec<i64>))| {
        let (carrier, window_start) = key;
        let sum: i64 = delays.iter().sum();
        let mean = (!delays.is_empty()).then(|| sum as f64 / delays.len() as f64);
        let line = json!({
            "carrier": carrier,
            "airline": names[carrier],
            "window_start": window_start,
            "flights": flights,
            "mean_delay": mean,
            "max_delay": delays.iter().max(),
        });
        (key.clone(), line)
    };
    windows.iter().map(line).collect()
}

/// The lines of the result, each window once.
fn written(file: &Path) -> BTreeMap<(String, String), Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = BTreeMap::new();
    for line in text.lines() {
        let mut value: Value = serde_json::from_str(line).unwrap();
        // serde_json may miss a double by its last bit; the standard library does not.
        let mean =
            line.split("\"mean_delay\":").nth(1).and_then(|rest| rest.split([',', '}']).next()).unwrap();
        value["mean_delay"] = mean.parse::<f64>().map_or(Value::Null, Value::from);
        let text =
            |name: &str| value[name].as_str().unwrap_or_else(|| panic!("no {name} in {line}")).to_owned();
        let key = (text("carrier"), text("window_start"));
        assert!(lines.insert(key, value).is_none(), "twice: {line}");
    }
    lines
}

fn assert_same(found: &BTreeMap<(String, String), Value>, expected: &BTreeMap<(String, String), Value>) {
    for (key, line) in expected {
        assert_eq!(found.get(key), Some(line), "{key:?}");
    }
    assert_eq!(found.len(), expected.len(), "rows that nothing accounts for");
}

/// `riverrun run` of a pipeline's file, from a working folder of its own.
fn command(folder: &Path, file: &Path, more: &[&str]) -> std::process::Command {
    command_in(folder, "run", file, more)
}

fn run(folder: &Path, file: &Path, more: &[&str]) -> Output {
    command(folder, file, more).output().unwrap()
}

#[test]
fn the_main_job_equals_an_independent_computation() {
    let folder = tempfile::tempdir().unwrap();
    let file = example().join("pipeline.yaml");
    let done = summary(&run(folder.path(), &file, &[]));
    let flights = flights();
    assert_eq!(flights.len() as u64, ROWS);
    let expected = expected(&flights);
    let out = folder.path().join("out/delays.jsonl");
    assert_same(&written(&out), &expected);
    assert_eq!(done["rows_in"], json!(ROWS + airlines().len() as u64));
    assert_eq!(
        (&done["rows_out"], &done["late"], &done["bad"]),
        (&json!(expected.len()), &json!(0), &json!(0))
    );
    assert_eq!(done["finished"], json!(true));

    // Once more: there is nothing new, and nothing is touched.
    let bytes = std::fs::read(&out).unwrap();
    let touched = std::fs::metadata(&out).unwrap().modified().unwrap();
    let again = summary(&run(folder.path(), &file, &[]));
    assert_eq!(
        (&again["anything_new"], &again["rows_in"], &again["rows_out"]),
        (&json!(false), &json!(0), &json!(0))
    );
    assert_eq!(std::fs::metadata(&out).unwrap().modified().unwrap(), touched);

    // And from the beginning: the same bytes.
    let fresh = summary(&run(folder.path(), &file, &["--fresh"]));
    assert_eq!(fresh["rows_in"], done["rows_in"]);
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
}

#[test]
fn a_narrow_watermark_finds_exactly_the_late_rows() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(example().join("pipeline.yaml")).unwrap();
    let data = example().join("data");
    let text = text
        .replace("watermark: 1 day", "watermark: 2 hours")
        .replace("data/", &format!("{}/", data.display()));
    let file = folder.path().join("narrow.yaml");
    std::fs::write(&file, format!("{text}\n")).unwrap();
    let text = text.replace(
        "sinks:\n",
        "sinks:\n  late:\n    connector: file\n    topics: [flights.late]\n    path: out/late.jsonl\n",
    );
    std::fs::write(&file, text).unwrap();
    let done = summary(&run(folder.path(), &file, &[]));
    let (in_time, late) = split_late(flights(), 2 * HOUR_MS);
    assert!(late.len() > 100, "the data has late rows");
    assert_eq!(done["late"], json!(late.len()));
    assert_same(&written(&folder.path().join("out/delays.jsonl")), &expected(&in_time));
    let mut expected: Vec<(String, String)> =
        late.into_iter().map(|flight| (flight.carrier, flight.time_hour)).collect();
    let rows = std::fs::read_to_string(folder.path().join("out/late.jsonl")).unwrap();
    let row = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        (value["carrier"].as_str().unwrap().to_owned(), value["time_hour"].as_str().unwrap().to_owned())
    };
    let mut found: Vec<(String, String)> = rows.lines().map(row).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn killed_at_any_moment_it_ends_with_the_same_result() {
    let mut random = moments();
    let file = example().join("pipeline.yaml");
    let whole = tempfile::tempdir().unwrap();
    let started = Instant::now();
    summary(&run(whole.path(), &file, &[]));
    let usual = started.elapsed();
    let expected = std::fs::read(whole.path().join("out/delays.jsonl")).unwrap();

    for round in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let mut kills = 0;
        for _ in 0..5 {
            let child = command(folder.path(), &file, &[]).spawn().unwrap();
            let patience = Duration::from_millis(random.below(usual.as_millis() as u64 + 50));
            if !kill_after(child, patience) {
                break;
            }
            kills += 1;
        }
        let done = summary(&run(folder.path(), &file, &[]));
        assert_eq!((&done["late"], &done["bad"]), (&json!(0), &json!(0)), "round {round}");
        let found = std::fs::read(folder.path().join("out/delays.jsonl")).unwrap();
        assert!(found == expected, "round {round}: after {kills} kills the result differs");
    }
}

#[test]
fn every_wrong_statement_is_told_with_its_place() {
    let text = std::fs::read_to_string(example().join("pipeline.yaml")).unwrap();
    let text = text.replace("data/", &format!("{}/data/", example().display()));
    let wrong = text.replace("f.window_start,\n         count", "f.windowstart,\n         count").replace(
        "  EMIT FINAL LATE TO 'flights.late';",
        "  EMIT FINAL LATE TO 'flights.late';\n  CREATE MATERIALIZED VIEW copy AS SELECT * FROM delays;\n  \
         CREATE MATERIALIZED VIEW other AS SELECT carrier FROM airline;",
    );
    let place = crate::pipeline::Place::new(&wrong);
    let said = place.refused("check", 2);
    let lines: Vec<&str> = said.lines().collect();
    // The view that reads the broken one is not told of: its error would only repeat the first.
    assert_eq!(lines.len(), 2, "{said}");
    let line = 1 + wrong.lines().position(|line| line.contains("f.windowstart,")).unwrap();
    assert!(
        lines[0].contains(&format!("pipeline.yaml:{line}:10: ")) && lines[0].contains("windowstart"),
        "{said}"
    );
    assert!(lines[1].contains("'airline' does not exist; did you mean 'airlines'?"), "{said}");
}

/// One wrong thing in each place that can hold one; what follows from another is right, and so is not told.
const WRONG: &str = "
nam: every
sources:
  rides:
    connector: file
    path: rides.csv
    key: id
    timestamp: att
    watermark: soon
    topic: { name: 'ri/des', partitions: many }
  zones: { connector: file, path: zones.csv, as: tabel, key: zone }
  fares: { connector: file, path: fares.csv, tasks: 0 }
  notes: { connector: file, path: notes.txt, colour: red }
  gone: { conector: file, path: gone-*.csv }
  semi: { connector: file, path: semi.csv, delimiter: tab }
sql: |
  CREATE MATERIALIZED VIEW per_hour AS
    SELECT z.name, window_start, count(*) AS n
      FROM TUMBLE(rides, at, INTERVAL '1 hour') r JOIN zones z ON r.zone = z.zone
     GROUP BY z.name, window_start EMIT FINAL LATE TO 'late';
  CREATE MATERIALIZED VIEW wrong_column AS SELECT zoen FROM rides;
  CREATE MATERIALIZED VIEW wrong_functions AS SELECT summ(f.fare), f.far, roundd(s.x) FROM fares f JOIN semi s ON f.id = s.id;
  CREATE MATERIALIZED VIEW wrong_sum AS SELECT sum(name) + n FROM per_hour;
  CREATE MATERIALIZED VIEW fine AS SELECT anything FROM gone WHERE other > 3;
  CREATE MATERIALIZED VIEW wrong_table AS SELECT * FROM fare;
  CREATE MATERIALIZED VIEW no_sql AS SELEC 1;
  CREATE MATERIALIZED VIEW behind AS SELECT x FROM no_sql;
  CREATE MATERIALIZED VIEW options WITH (topc = 'x') AS SELECT x FROM semi;
sinks:
  out: { connector: file, topics: [per_hour, no_sql, late, 'a/b'], path: out.csv, header: maybe }
  more: { connector: fil, topics: fares, path: { a: b } }
errors: { tolerance: some, dead_leter: '?' }
";

#[test]
fn check_tells_every_error_of_every_section_once() {
    let place = crate::pipeline::Place::new(WRONG);
    place.write("rides.csv", "id,zone,at\n1,7,2024-01-01T00:00:00Z\n");
    place.write("zones.csv", "zone,name\n7,East\n");
    place.write("fares.csv", "id,fare\n1,2.5\n");
    place.write("notes.txt", "a note\n");
    place.write("semi.csv", "id\tx\n1\t2\n");
    let said = place.refused("check", 2);
    let expected = [
        "2:1: unknown key 'nam'; did you mean 'name'?",
        "8:16: rides.csv:1: column 'att', named by 'timestamp', is not in the file; did you mean 'at'?",
        "9:16: 'watermark' must be a span of time",
        "10:20: expected a topic's name",
        "10:42: 'partitions' must be a whole number",
        "11:50: 'as' must be stream or table, found 'tabel'",
        "12:53: 'tasks' must be a whole number",
        "13:46: unknown key 'colour'",
        "14:11: unknown key 'conector'; did you mean 'connector'?",
        "14:33: no file matches 'gone-*.csv'",
        "15:55: 'delimiter' must be one ASCII character, found 'tab'",
        "21:51: No field named zoen",
        "22:54: Invalid function 'summ'",
        "22:70: 'fares' has no column 'far'; it has id, fare",
        "22:75: Invalid function 'roundd'; did you mean 'round'?",
        "23:3: no function takes sum(Utf8); there are sum(Decimal), ",
        "25:57: table, stream, view or topic 'fare' does not exist; did you mean 'fares'?",
        "26:38: Expected: an SQL statement, found: SELEC",
        "28:42: 'topc' is not an option of a view",
        "30:60: expected a topic's name",
        "30:91: 'header' must be true or false, found 'maybe'",
        "31:22: unknown connector 'fil'; did you mean 'file'?",
        "31:48: expected a value for 'path', found a mapping",
        "32:22: 'tolerance' must be none or all, found 'some'",
        "32:28: unknown key 'dead_leter'; did you mean 'dead_letter'?",
        "32:40: expected a topic's name",
    ];
    let lines: Vec<&str> = said.lines().collect();
    for (line, part) in lines.iter().zip(expected) {
        assert!(line.contains(&format!("pipeline.yaml:{part}")), "not {part}: {line} in\n{said}");
    }
    assert_eq!(lines.len(), expected.len(), "{said}");
    assert!(!place.path(".riverrun").exists());
}
