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
    let mut kafka = Kafka::start();
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
