//! The files of our logs before Kafka's tools, and Kafka's before us: users can come, be judged, and leave.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use riverrun_broker::log::{
    FolderOptions, LogConfig, LogFolder, Origin, PartitionLog, ReadBound, TopicPartition,
};
use riverrun_broker::storage::DiskStorage;
use riverrun_core::protocol::Uuid;
use riverrun_core::record::{BatchBuilder, Batches, Compression, Header};
use tempfile::TempDir;

use crate::Case;
use crate::binary;
use crate::foreign::Client;
use crate::real_kafka::{Kafka, missing_jars, script};

const NOW: i64 = 1_767_225_600_000;

pub(crate) fn cases() -> Vec<Case> {
    let case = |name: &str, run: fn()| Case {
        name: format!("log files: {name}"),
        missing: missing_jars(),
        run: Box::new(run),
    };
    vec![
        case("Kafka's DumpLogSegments reads ours", kafka_reads_ours),
        case("we read Kafka's, rebuild its indexes to the byte, and hand them back", we_read_kafkas),
    ]
}

/// Those that wait for Kafka's cleaner.
pub(crate) fn long_cases() -> Vec<Case> {
    vec![Case {
        name: "log files: we read Kafka's transactions and what its cleaner left".to_owned(),
        missing: missing_jars().or_else(|| Client::Confluent.missing()),
        run: Box::new(we_read_kafkas_other_topics),
    }]
}

fn open(data: &Path, id: &TopicPartition, config: LogConfig) -> (LogFolder, Arc<PartitionLog>) {
    let folder = LogFolder::open(Arc::new(DiskStorage), data, FolderOptions::default()).unwrap();
    let log = folder.open_log(id, None, config, NOW).unwrap();
    (folder, log)
}

fn count_records(log: &PartitionLog) -> usize {
    let (mut offset, mut count) = (log.log_start_offset(), 0);
    loop {
        let slice = log.read(offset, 1 << 20, ReadBound::HighWatermark, true).unwrap();
        if slice.bytes == 0 {
            return count;
        }
        for batch in Batches::new(slice.into_bytes()) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            count += batch.records().unwrap().map(Result::unwrap).count();
            offset = batch.next_offset();
        }
    }
}

/// Files of a partition's folder whose names end so, by name.
fn files(folder: &Path, end: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let ours = paths.filter(|path| path.to_string_lossy().ends_with(end));
    ours.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// What a tool prints, however it ends: a consumer that waits in vain at the end says so by its code.
fn tool_output(class: &str, arguments: &[&str]) -> String {
    let output = script().args(["tool", class]).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn tool(class: &str, arguments: &[&str]) -> String {
    let output = script().args(["tool", class]).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{class}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn kafka_reads_ours() {
    let data = TempDir::new().unwrap();
    let id = TopicPartition::new("orders", 3);
    let folder = LogFolder::open(Arc::new(DiskStorage), data.path(), FolderOptions::default()).unwrap();
    let config =
        LogConfig { segment_bytes: 64 << 10, timestamp_after_max_ms: i64::MAX, ..LogConfig::default() };
    let log = folder.open_log(&id, Some(Uuid([5; 16])), config, NOW).unwrap();
    for n in 0..400 {
        let mut builder = BatchBuilder::new(Compression::ALL[n % 5]);
        for m in 0..5 {
            let value = format!("value {n}.{m} {}", "abc".repeat(n % 100));
            let headers = [Header::new("h", Some("1".into())), Header::new("h", None)];
            builder
                .append(NOW + (n * 10 + m) as i64, Some(b"key"), Some(value.as_bytes()), &headers)
                .unwrap();
        }
        if n % 2 == 0 {
            builder.set_producer(77, 1, (n / 2 * 5) as i32);
        }
        log.append(builder.build().unwrap(), Origin::Client, i32::from(n > 200), NOW).unwrap();
    }
    log.flush().unwrap();
    folder.close().unwrap();
    let partition = data.path().join("orders-3");
    let joined = |end: &str| {
        let paths: Vec<String> =
            files(&partition, end).keys().map(|path| path.display().to_string()).collect();
        assert!(paths.len() > 1, "several {end} files");
        paths.join(",")
    };
    let dump = |arguments: &[&str]| tool("org.apache.kafka.tools.DumpLogSegments", arguments);

    let records = dump(&["--deep-iteration", "--print-data-log", "--files", &joined(".log")]);
    let lines: Vec<&str> = records.lines().filter(|line| line.contains("| offset:")).collect();
    assert_eq!(lines.len(), 2_000);
    assert!(
        lines[1_999].contains("offset: 1999 ") && lines[1_999].contains("headerKeys: [h,h]"),
        "{}",
        lines[1_999]
    );
    assert!(lines[1_999].contains("payload: value 399.4 "));
    for end in [".index", ".timeindex"] {
        // Without a flag the tool compares every entry with the log.
        let entries = dump(&["--files", &joined(end)]);
        for bad in ["Mismatches", "Index timestamp mismatch", "Out of order", "Found timestamp"] {
            assert!(!entries.contains(bad), "{entries}");
        }
        assert!(entries.lines().filter(|line| line.contains("offset: ")).count() > 20, "{entries}");
    }
    let snapshots = dump(&["--files", &joined(".snapshot")]);
    assert!(snapshots.contains("producerId: 77 producerEpoch: 1") && snapshots.contains("lastSequence: 999"));
}

fn we_read_kafkas() {
    let mut kafka = Kafka::start(&[]);
    let create = ["--create", "--topic", "orders", "--partitions", "1", "--config", "segment.bytes=1048576"];
    let at = |bootstrap: &str| ["--bootstrap-server".to_owned(), bootstrap.to_owned()];
    let server = at(&kafka.bootstrap);
    let server: Vec<&str> = server.iter().map(String::as_str).collect();
    tool("org.apache.kafka.tools.TopicCommand", &[&server[..], &create].concat());
    for compression in ["none", "lz4", "zstd", "snappy", "gzip"] {
        let (bootstrap, codec) =
            (format!("bootstrap.servers={}", kafka.bootstrap), format!("compression.type={compression}"));
        let load =
            ["--topic", "orders", "--num-records", "4000", "--record-size", "200", "--throughput", "-1"];
        let producer = ["--producer-props", &bootstrap, &codec];
        tool("org.apache.kafka.tools.ProducerPerformance", &[&load[..], &producer].concat());
    }
    kafka.stop();
    let data = kafka.folder().join("data");
    let partition = data.join("orders-0");
    let id = TopicPartition::new("orders", 0);
    let theirs = [files(&partition, ".index"), files(&partition, ".timeindex")];
    assert!(theirs[0].len() > 2, "several segments");

    // As Kafka closed it, then as if it had been killed, then without anything but the records.
    for round in 0..3 {
        if round > 0 {
            fs::remove_file(data.join(".kafka_cleanshutdown")).unwrap();
        }
        if round > 1 {
            for end in [".index", ".timeindex", ".snapshot", "checkpoint"] {
                files(&partition, end).keys().for_each(|path| fs::remove_file(path).unwrap());
            }
            let points = files(&data, "-checkpoint");
            points.keys().for_each(|path| fs::remove_file(path).unwrap());
        }
        let (folder, log) = open(&data, &id, LogConfig::default());
        assert_eq!((log.log_end_offset(), count_records(&log)), (20_000, 20_000), "round {round}");
        assert_eq!(log.producer_count(), 5, "round {round}");
        folder.close().unwrap();
    }
    assert_eq!([files(&partition, ".index"), files(&partition, ".timeindex")], theirs);

    kafka.restart();
    let server = at(&kafka.bootstrap);
    let server: Vec<&str> = server.iter().map(String::as_str).collect();
    let offsets =
        tool("org.apache.kafka.tools.GetOffsetShell", &[&server[..], &["--topic", "orders"]].concat());
    assert!(offsets.contains("orders:0:20000"), "{offsets}");
}

/// A record as text, its offset first.
fn texts(log: &PartitionLog) -> Vec<(i64, String)> {
    let mut found = Vec::new();
    let mut offset = log.log_start_offset();
    loop {
        let slice = log.read(offset, 1 << 20, ReadBound::HighWatermark, true).unwrap();
        if slice.bytes == 0 {
            return found;
        }
        for batch in Batches::new(slice.into_bytes()) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            offset = batch.next_offset();
            if batch.header().attributes.is_control() {
                continue;
            }
            for record in batch.records().unwrap().map(Result::unwrap) {
                let text = |bytes: &Option<bytes::Bytes>| match bytes {
                    Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    None => "null".to_owned(),
                };
                found.push((record.offset, format!("{} {}", text(&record.key), text(&record.value))));
            }
        }
    }
}

/// What Kafka's own consumer sees of a topic with one partition.
fn as_kafka_tells(bootstrap: &str, topic: &str) -> Vec<(i64, String)> {
    let read =
        ["--bootstrap-server", bootstrap, "--topic", topic, "--from-beginning", "--timeout-ms", "5000"];
    let shown = ["print.offset=true", "print.key=true", "key.separator= "];
    let shown: Vec<&str> = shown.iter().flat_map(|property| ["--formatter-property", property]).collect();
    let text = tool_output("org.apache.kafka.tools.consumer.ConsoleConsumer", &[&read[..], &shown].concat());
    let line = |line: &str| {
        let (offset, rest) = line.strip_prefix("Offset:")?.split_once(' ')?;
        Some((offset.parse().ok()?, rest.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

fn we_read_kafkas_other_topics() {
    // Its cleaner looks often, so that there is something clean to read.
    let mut kafka = Kafka::start(&["log.cleaner.backoff.ms=200", "log.segment.delete.delay.ms=100"]);
    let at = kafka.bootstrap.clone();
    let create = |topic: &str, configs: &[&str]| {
        let configs: Vec<&str> = configs.iter().flat_map(|config| ["--config", config]).collect();
        let create = ["--bootstrap-server", &at, "--create", "--topic", topic, "--partitions", "1"];
        tool("org.apache.kafka.tools.TopicCommand", &[&create[..], &configs].concat());
    };
    create("ledger", &[]);
    Client::Confluent.act("transaction", &at, "ledger", "readers");
    create("latest", &["cleanup.policy=compact", "segment.ms=1000", "min.cleanable.dirty.ratio=0.01"]);
    let write = |round: usize| {
        let record = |n: usize| format!("k{}\t{round}.{n}\n", n % 10);
        let lines: String = (0..100).map(record).collect();
        let to =
            ["produce", "latest", "--key-separator", "\t", "--compression", "lz4", "--bootstrap-server", &at];
        binary::succeed(&to, lines.as_bytes());
    };
    let mut round = 0;
    // What was written last is never cleaned: write until what came before it is.
    let cleaned = binary::eventually("Kafka's cleaner has been at work", || {
        round += 1;
        write(round);
        let records = as_kafka_tells(&at, "latest");
        (records.len() < round * 100).then_some(records)
    });
    assert!(!cleaned.is_empty());
    let transactions = as_kafka_tells(&at, "ledger");
    kafka.stop();
    // It may have cleaned once more before it stopped, but what it holds per key is the same.
    let last = |records: &[(i64, String)]| -> BTreeMap<String, (i64, String)> {
        records
            .iter()
            .map(|(offset, text)| (text.split(' ').next().unwrap().to_owned(), (*offset, text.clone())))
            .collect()
    };
    let data = kafka.folder().join("data");
    for unclean in [false, true] {
        if unclean {
            fs::remove_file(data.join(".kafka_cleanshutdown")).unwrap();
        }
        let (folder, log) = open(&data, &TopicPartition::new("ledger", 0), LogConfig::default());
        assert_eq!(texts(&log), transactions);
        assert_eq!(transactions.len(), 6, "{transactions:?}");
        let config = LogConfig { compact: true, delete: false, ..LogConfig::default() };
        let latest = folder.open_log(&TopicPartition::new("latest", 0), None, config, NOW).unwrap();
        assert_eq!(last(&texts(&latest)), last(&cleaned));
        folder.close().unwrap();
    }
}
