//! Runs one case and finds the first difference.
//!
//! What the file holds is turned into bytes and compared with ours, so nothing is lost in decoding.

use std::collections::BTreeMap;

use bytes::{BufMut, Bytes, BytesMut};
use riverrun_core::Result as CoreResult;
use riverrun_streams::operator::OnBadRecord;
use riverrun_streams::prelude::*;
use riverrun_streams::record::{Header, Headers, OutputKind, OutputRecord};
use riverrun_streams::state::StoreKind;
use riverrun_streams::task::TaskConfig;
use riverrun_streams::test_driver::{TestRecord, TopologyTestDriver};
use riverrun_streams::topology::InternalTopicKind;
use serde_json::{Value, json};

use super::{Build, Seen};

type Check = Result<(), String>;

pub(crate) fn check(golden: &Value, build: Build) -> Check {
    let seen = Seen::default();
    let topology = match build_topology(golden, build, &seen) {
        Err(error) if golden["failed"]["at_step"] == -1 => {
            let nothing = golden["describe"].is_null() && golden["outputs"] == json!([]);
            return if nothing { Ok(()) } else { Err(format!("refused: {error}")) };
        }
        Err(error) => return Err(format!("the topology is refused: {error}")),
        Ok(_) if golden["failed"]["at_step"] == -1 => return Err("the topology is not refused".to_owned()),
        Ok(topology) => topology,
    };
    same_text("describe", golden["describe"].as_str().unwrap(), &topology.describe())?;
    same("internal_topics", &golden["internal_topics"], &internal_topics(&topology))?;
    same("copartition_groups", &golden["copartition_groups"], &json!(topology.copartition_groups()))?;
    let steps = golden["steps"].as_array().unwrap();
    if steps.is_empty() {
        return Ok(());
    }
    let mut run = Run::start(golden, &topology).map_err(|error| format!("start: {error:?}"))?;
    for (at, step) in steps.iter().enumerate() {
        let outcome = run.step(step);
        run.collect(at, &seen);
        let fails = golden["failed"]["at_step"] == at;
        match outcome {
            Err(error) if !fails => return Err(format!("step {at} fails: {error:?}")),
            Ok(()) if fails => return Err(format!("step {at} does not fail")),
            _ => {}
        }
    }
    run.compare(golden)
}

fn build_topology(golden: &Value, build: Build, seen: &Seen) -> CoreResult<Topology> {
    let app = StreamsBuilder::new(golden["application_id"].as_str().unwrap());
    build(&app, seen);
    let mut config = BuildConfig { jvm_exact: true, ..BuildConfig::default() };
    for (name, value) in golden["config"].as_object().unwrap() {
        match (name.as_str(), value) {
            ("statestore.cache.max.bytes", bytes) => {
                config.cache_max_bytes = bytes.as_u64().unwrap() as usize
            }
            ("__emit.interval.ms.kstreams.windowed.aggregation__", ms) => {
                config.emit_interval_ms = ms.as_i64().unwrap();
            }
            ("__emit.interval.ms.kstreams.outer.join.spurious.results.fix__", _) => {}
            ("ensure.explicit.internal.resource.naming", _) => config.strict_naming = true,
            ("topology.optimization", Value::String(what)) => {
                config.reuse_source_topics = ["all", "reuse.ktable.source.topics"].contains(&what.as_str());
            }
            ("deserialization.exception.handler", Value::String(handler)) => {
                if handler == "LogAndContinueExceptionHandler" {
                    config.on_bad_record = OnBadRecord::Skip;
                }
            }
            ("processing.exception.handler", Value::String(handler)) if handler.starts_with("LogAndFail") => {
            }
            other => panic!("config not built: {other:?}"),
        }
    }
    app.build_with(config)
}

fn internal_topics(topology: &Topology) -> Value {
    let topics = topology.internal_topics().into_iter().map(|topic| {
        let kind = match topic.kind {
            InternalTopicKind::Repartition => "repartition",
            InternalTopicKind::Changelog => "changelog",
            InternalTopicKind::SourceAsChangelog => "source-as-changelog",
        };
        let mut value = json!({"name": topic.name, "kind": kind, "config": topic.configs});
        if let Some(partitions) = topic.partitions {
            value["partitions"] = json!(partitions);
        }
        value
    });
    topics.collect()
}

struct Run {
    driver: TopologyTestDriver,
    serdes: Value,
    outputs: Vec<(usize, OutputRecord)>,
    changelogs: BTreeMap<String, Vec<(usize, OutputRecord)>>,
    repartitions: BTreeMap<String, Vec<(usize, OutputRecord)>>,
    observed: Vec<Value>,
    dropped_at: Vec<usize>,
    cached: bool,
}

impl Run {
    fn start(golden: &Value, topology: &Topology) -> CoreResult<Self> {
        let now_ms = golden["initial_wall_clock_ms"].as_i64().unwrap();
        let config = TaskConfig { max_task_idle_ms: -1, ..TaskConfig::default() };
        Ok(Run {
            driver: TopologyTestDriver::at(topology, now_ms, &config)?,
            serdes: golden["serdes"].clone(),
            outputs: Vec::new(),
            changelogs: BTreeMap::new(),
            repartitions: BTreeMap::new(),
            observed: Vec::new(),
            dropped_at: Vec::new(),
            cached: golden["config"]["statestore.cache.max.bytes"] != 0,
        })
    }

    fn step(&mut self, step: &Value) -> CoreResult<()> {
        if let Some(by_ms) = step["advance_wall_clock_ms"].as_i64() {
            return self.driver.advance_wall_clock(by_ms);
        }
        let pipe = &step["pipe"];
        let topic = pipe["topic"].as_str().unwrap();
        let bytes = |part: &str| match pipe.get(format!("{part}_hex")) {
            Some(raw) => raw.as_str().map(unhex),
            None => to_bytes(&pipe[part], self.serdes[topic][part].as_str().unwrap()),
        };
        let header = |pair: &Value| Header {
            key: Bytes::from(pair[0].as_str().unwrap().to_owned()),
            value: pair[1].as_str().map(|text| Bytes::from(text.to_owned())),
        };
        let headers: Headers = pipe["headers"].as_array().into_iter().flatten().map(header).collect();
        let timestamp = pipe["timestamp"].as_i64().unwrap();
        let record = TestRecord { key: bytes("key"), value: bytes("value"), timestamp, headers };
        self.driver.pipe_raw(topic, record)
    }

    fn collect(&mut self, step: usize, seen: &Seen) {
        for record in self.driver.take_written() {
            let list = match record.kind {
                OutputKind::Changelog => self.changelogs.entry(record.topic.to_string()).or_default(),
                OutputKind::Repartition => self.repartitions.entry(record.topic.to_string()).or_default(),
                OutputKind::Sink | OutputKind::DeadLetter => &mut self.outputs,
            };
            list.push((step, record));
        }
        self.observed.extend(seen.take().into_iter().map(|text| json!({"text": text, "after_step": step})));
        self.dropped_at.resize(self.driver.dropped_total() as usize, step);
    }

    fn compare(&self, golden: &Value) -> Check {
        let serdes = self.serdes.clone();
        let kinds = |topic: &str, part: &str| serdes[topic][part].as_str().unwrap().to_owned();
        self.same_records("outputs", &golden["outputs"], &self.outputs, |expected, part| {
            let topic = expected["topic"].as_str().unwrap();
            to_bytes(&expected[part], &kinds(topic, part))
        })?;
        same("observed", golden.get("observed").unwrap_or(&json!([])), &json!(self.observed))?;
        same("dropped_at_steps", &golden["dropped_at_steps"], &json!(self.dropped_at))?;
        same("dropped", &golden["dropped"], &json!(self.driver.dropped_total()))?;
        if golden.get("failed").is_none() {
            self.same_stores(golden)?;
        }
        self.same_internal("changelogs", golden, &self.changelogs)?;
        self.same_internal("repartitions", golden, &self.repartitions)?;
        let metrics: BTreeMap<&str, i64> =
            self.driver.metrics().iter().map(|(name, value)| (*name, *value as i64)).collect();
        let metrics: BTreeMap<&str, i64> = metrics.into_iter().filter(|(_, value)| *value != 0).collect();
        same("metrics", golden.get("metrics").unwrap_or(&json!({})), &json!(metrics))
    }

    fn same_internal(
        &self,
        field: &str,
        golden: &Value,
        ours: &BTreeMap<String, Vec<(usize, OutputRecord)>>,
    ) -> Check {
        let Some(expected) = golden.get(field).and_then(Value::as_object) else { return Ok(()) };
        let names: Vec<&String> = expected.keys().collect();
        same(field, &json!(names), &json!(ours.keys().collect::<Vec<_>>()))?;
        for (topic, records) in expected {
            self.same_records(&format!("{field} {topic}"), records, &ours[topic], |expected, part| {
                guessed(&expected[part])
            })?;
        }
        Ok(())
    }

    fn same_records(
        &self,
        field: &str,
        expected: &Value,
        ours: &[(usize, OutputRecord)],
        bytes: impl Fn(&Value, &str) -> Option<Bytes>,
    ) -> Check {
        let expected = expected.as_array().unwrap();
        for (at, want) in expected.iter().enumerate() {
            let Some((step, record)) = ours.get(at) else {
                return Err(format!("{field}[{at}] is missing: {want}"));
            };
            let shown = || format!("{field}[{at}]\n  expected {want}\n  found    {}", show(*step, record));
            let headers: Vec<Value> = record.headers.iter().map(header_json).collect();
            let equal = want.get("topic").is_none_or(|topic| *topic == *record.topic)
                && bytes(want, "key") == record.key
                && bytes(want, "value") == record.value
                // Null: left to the clock of the producer.
                && (want["timestamp"].is_null() || want["timestamp"] == record.timestamp)
                && want["after_step"] == *step
                && *want.get("headers").unwrap_or(&json!([])) == json!(headers);
            if !equal {
                return Err(shown());
            }
        }
        match ours.get(expected.len()) {
            Some((step, record)) => Err(format!("{field}: one too many: {}", show(*step, record))),
            None => Ok(()),
        }
    }

    fn same_stores(&self, golden: &Value) -> Check {
        let kinds = golden["store_kinds"].as_object().unwrap();
        let ours = self.driver.stores();
        let names: Vec<&String> = kinds.keys().collect();
        same("store names", &json!(names), &json!(ours.keys().collect::<Vec<_>>()))?;
        for (name, kind) in &ours {
            let expected = kinds[name].as_str().unwrap();
            let fits = match kind {
                StoreKind::KeyValue => expected == "key-value",
                StoreKind::TimestampedKeyValue => expected == "timestamped-key-value",
                StoreKind::Window { timestamped: true, .. } => {
                    expected == "timestamped-window" || expected == "window"
                }
                StoreKind::Window { timestamped: false, .. } => expected == "window",
                StoreKind::Session { .. } => expected == "session",
                StoreKind::Versioned { .. } => expected == "versioned-key-value",
                StoreKind::Buffer => expected.ends_with("Buffer"),
                _ => false,
            };
            if !fits {
                return Err(format!("store '{name}' is a {kind:?}, expected {expected}"));
            }
            if let Some(rows) = golden["stores"].get(name) {
                self.same_rows(name, *kind, rows)?;
            }
        }
        Ok(())
    }

    fn same_rows(&self, store: &str, kind: StoreKind, expected: &Value) -> Check {
        let mut ours = Vec::new();
        match kind {
            StoreKind::TimestampedKeyValue => {
                for (key, value) in self.driver.entries(store).map_err(|error| error.to_string())? {
                    ours.push((key, 0, 0, value));
                }
            }
            StoreKind::Window { size_ms, duplicates: true, .. } => {
                for (key, start, value) in self.driver.windows(store).map_err(|error| error.to_string())? {
                    ours.push((key, start, start.saturating_add(size_ms), stamped(-1, &value)));
                }
            }
            StoreKind::KeyValue => {
                for (key, value) in self.driver.entries(store).map_err(|error| error.to_string())? {
                    ours.push((key, 0, 0, stamped(-1, &value)));
                }
            }
            // A cache goes on showing every row that was ever written.
            StoreKind::Window { size_ms, timestamped: true, .. } if self.cached => {
                let topic = format!("app-{store}-changelog");
                let mut rows = BTreeMap::new();
                for (_, record) in &self.changelogs[&topic] {
                    let key = record.key.as_ref().unwrap();
                    let at = key.len() - 12;
                    let start = i64::from_be_bytes(key[at..at + 8].try_into().unwrap());
                    let value = record.value.as_ref().map(|value| stamped(record.timestamp, value));
                    rows.insert((key.slice(..at), start), value);
                }
                let rows = rows.into_iter().filter_map(|((key, start), value)| Some((key, start, value?)));
                ours.extend(
                    rows.map(|(key, start, value)| (key, start, start.saturating_add(size_ms), value)),
                );
            }
            StoreKind::Window { size_ms, timestamped: true, .. } => {
                for (key, start, value) in self.driver.windows(store).map_err(|error| error.to_string())? {
                    ours.push((key, start, start.saturating_add(size_ms), value));
                }
            }
            StoreKind::Session { .. } => {
                for (key, start, end, value) in
                    self.driver.sessions(store).map_err(|error| error.to_string())?
                {
                    ours.push((key, start, end, stamped(-1, &value)));
                }
            }
            other => return Err(format!("rows of a {other:?} store cannot be compared yet")),
        }
        // The files order rows by the text of key and padded start.
        ours.sort_by_key(|(key, start, ..)| [&key[..], b"|", format!("{start:020}").as_bytes()].concat());
        let expected = expected.as_array().unwrap();
        for (at, want) in expected.iter().enumerate() {
            let Some((key, start, end, value)) = ours.get(at) else {
                return Err(format!("store '{store}': row {at} is missing: {want}"));
            };
            let (time, plain) = (i64::from_be_bytes(value[..8].try_into().unwrap()), value.slice(8..));
            let equal = guessed(&want["key"]).as_ref() == Some(key)
                && want.get("start").is_none_or(|expected| *expected == *start)
                && want.get("end").is_none_or(|expected| *expected == *end)
                && want.get("timestamp").is_none_or(|expected| *expected == time)
                && guessed(&want["value"]).as_ref() == Some(&plain);
            if !equal {
                return Err(format!(
                    "store '{store}', row {at}: expected {want}, found {} {start}..{end} {} @{time}",
                    plain_text(Some(key)),
                    plain_text(Some(&plain))
                ));
            }
        }
        match ours.get(expected.len()) {
            Some((key, start, ..)) => {
                Err(format!("store '{store}': one row too many: {} {start}", plain_text(Some(key))))
            }
            None => Ok(()),
        }
    }
}

fn stamped(time: i64, value: &[u8]) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_i64(time);
    bytes.put_slice(value);
    bytes.freeze()
}

fn header_json(header: &Header) -> Value {
    json!([
        String::from_utf8_lossy(&header.key),
        header.value.as_ref().map(|value| String::from_utf8_lossy(value))
    ])
}

fn plain_text(bytes: Option<&Bytes>) -> String {
    let Some(bytes) = bytes else { return "null".to_owned() };
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => format!("{text:?}"),
        _ => format!("{bytes:?}"),
    }
}

fn show(step: usize, record: &OutputRecord) -> String {
    let OutputRecord { topic, key, value, timestamp, headers, .. } = record;
    let headers: Vec<Value> = headers.iter().map(header_json).collect();
    let (key, value) = (plain_text(key.as_ref()), plain_text(value.as_ref()));
    format!("{topic} {key} = {value} @{timestamp} after step {step} {}", json!(headers))
}

fn unhex(text: &str) -> Bytes {
    let digits: Vec<u8> = text.bytes().map(|digit| (digit as char).to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The bytes of a value of a declared topic.
fn to_bytes(value: &Value, kind: &str) -> Option<Bytes> {
    if value.is_null() {
        return None;
    }
    let mut bytes = BytesMut::new();
    match kind.split(':').next().unwrap() {
        "utf8" => bytes.put_slice(value.as_str().unwrap().as_bytes()),
        "i64" => bytes.put_i64(value.as_i64().unwrap()),
        "i32" => bytes.put_i32(value.as_i64().unwrap() as i32),
        "f64" => bytes.put_f64(value.as_f64().unwrap()),
        "bytes" => bytes.put_slice(&unhex(value.as_str().unwrap())),
        "windowed-utf8" => {
            bytes.put_slice(value["key"].as_str().unwrap().as_bytes());
            bytes.put_i64(value["start"].as_i64().unwrap());
        }
        "session-windowed-utf8" => {
            bytes.put_slice(value["key"].as_str().unwrap().as_bytes());
            bytes.put_i64(value["end"].as_i64().unwrap());
            bytes.put_i64(value["start"].as_i64().unwrap());
        }
        other => panic!("topic kind {other}"),
    }
    Some(bytes.freeze())
}

/// The bytes behind a value of an internal topic or a store, whose kind the file does not tell.
fn guessed(value: &Value) -> Option<Bytes> {
    let mut bytes = BytesMut::new();
    match value {
        Value::Null => return None,
        Value::String(text) => bytes.put_slice(text.as_bytes()),
        Value::Number(number) => bytes.put_i64(number.as_i64().unwrap()),
        Value::Object(parts) if parts.contains_key("hex") => {
            bytes.put_slice(&unhex(value["hex"].as_str().unwrap()))
        }
        Value::Object(parts) if parts.contains_key("sequence") => {
            bytes.put_slice(&guessed(&value["key"])?);
            bytes.put_i64(value["start"].as_i64().unwrap());
            bytes.put_u32(value["sequence"].as_u64().unwrap() as u32);
        }
        Value::Object(parts) if parts.contains_key("start") => {
            bytes.put_slice(&guessed(&value["key"])?);
            bytes.put_i64(value["end"].as_i64().unwrap());
            bytes.put_i64(value["start"].as_i64().unwrap());
        }
        Value::Object(parts) => {
            match (parts.get("new").and_then(guessed), parts.get("old").and_then(guessed)) {
                (Some(new), Some(old)) => {
                    let mut length = (new.len() as u64) << 1;
                    while length >= 0x80 {
                        bytes.put_u8(length as u8 | 0x80);
                        length >>= 7;
                    }
                    bytes.put_u8(length as u8);
                    bytes.put_slice(&new);
                    bytes.put_slice(&old);
                    bytes.put_u8(2);
                }
                (Some(new), None) => {
                    bytes.put_slice(&new);
                    bytes.put_u8(1);
                }
                (None, old) => {
                    bytes.put_slice(&old.unwrap_or_default());
                    bytes.put_u8(0);
                }
            }
        }
        other => panic!("not a value of an internal topic: {other}"),
    }
    Some(bytes.freeze())
}

fn same(field: &str, expected: &Value, found: &Value) -> Check {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{field}\n  expected {expected}\n  found    {found}"))
    }
}

/// Texts are equal line by line; the lists of stores and topics are sets.
fn same_text(field: &str, expected: &str, found: &str) -> Check {
    let set = |line: &str| -> String {
        let Some((head, list)) = line.split_once(": [") else { return line.to_owned() };
        let Some((list, tail)) = list.split_once(']') else { return line.to_owned() };
        let mut names: Vec<&str> = list.split(", ").collect();
        names.sort_unstable();
        format!("{head}: [{}]{tail}", names.join(", "))
    };
    for (at, (want, have)) in expected.lines().zip(found.lines()).enumerate() {
        if set(want) != set(have) {
            return Err(format!("{field}, line {at}\n  expected {want}\n  found    {have}\n{found}"));
        }
    }
    if expected.lines().count() == found.lines().count() {
        Ok(())
    } else {
        Err(format!(
            "{field}: {} lines expected, {} found\n{found}",
            expected.lines().count(),
            found.lines().count()
        ))
    }
}
