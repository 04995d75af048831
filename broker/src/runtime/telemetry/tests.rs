use riverrun_core::record::compress;

use super::*;
use crate::metadata::{ConfigResource, MetadataRecord};

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
    out.extend_from_slice(bytes);
    out
}

/// One gauge with one integer, one sum with one double and an attribute.
fn metrics() -> Vec<u8> {
    let integer = [&[6 << 3 | 1][..], &7_i64.to_le_bytes()].concat();
    let gauge = [field(1, b"connections"), field(5, &field(1, &integer))].concat();
    let attribute = [field(1, b"node"), field(2, &field(1, b"3"))].concat();
    let double = [&[4 << 3 | 1][..], &1.5_f64.to_le_bytes(), &field(7, &attribute)].concat();
    let sum = [field(1, b"bytes"), field(7, &field(1, &double))].concat();
    let scope = [field(2, &gauge), field(2, &sum)].concat();
    field(1, &field(2, &scope))
}

fn image(configs: &[(&str, &str, &str)]) -> ClusterImage {
    let mut image = ClusterImage::default();
    for (resource, name, value) in configs {
        let record = MetadataRecord::ConfigSet {
            resource: ConfigResource::ClientMetrics((*resource).to_owned()),
            name: (*name).to_owned(),
            value: Some((*value).to_owned()),
        };
        image.replay(&record).unwrap();
    }
    image
}

fn client(client_id: &str) -> ClientTraits {
    ClientTraits { instance_id: Uuid([7; 16]), client_id: client_id.to_owned(), ..Default::default() }
}

fn push<'a>(plan: &Plan, metrics: &'a [u8]) -> Push<'a> {
    let subscription_id = plan.subscription_id;
    Push { subscription_id, terminating: false, compression: 0, metrics, bytes_max: 1 << 20 }
}

#[test]
fn a_client_is_told_what_matches_it() {
    let telemetry = Telemetry::default();
    let image = image(&[
        ("a", "metrics", "org.apache.kafka.producer.,org.apache.kafka.consumer."),
        ("a", "interval.ms", "5000"),
        ("a", "match", "client_id=app-.*"),
        ("b", "metrics", "*"),
        ("b", "match", "client_id=app-7,client_source_port=0"),
        ("c", "interval.ms", "100"),
        ("c", "match", "client_software_name=librdkafka"),
    ]);
    let plan = |client_id: &str| telemetry.subscribe(&image, client(client_id), 0).unwrap();
    // A known instance keeps its traits: each client here must be a new one.
    let fresh = |client_id: &str| Telemetry::default().subscribe(&image, client(client_id), 0).unwrap();
    let app = plan("app-1");
    assert_eq!(app.metrics, ["org.apache.kafka.consumer.", "org.apache.kafka.producer."]);
    assert_eq!((app.interval_ms, fresh("other").interval_ms), (5_000, 300_000));
    assert_eq!(fresh("other").metrics, Vec::<String>::new());
    assert_eq!(fresh("app-7").metrics, ["*"]);
    assert_ne!(fresh("app-7").subscription_id, app.subscription_id);
}

#[test]
fn pushes_are_taken_when_they_are_due() {
    let telemetry = Telemetry::default();
    let mut image = image(&[("a", "metrics", "*"), ("a", "interval.ms", "1000")]);
    let bytes = metrics();
    let plan = telemetry.subscribe(&image, client("c"), 0).unwrap();
    assert_eq!(telemetry.subscribe(&image, client("c"), 999), Err(TelemetryError::TooEarly));
    assert_eq!(telemetry.push(&image, client("c"), &push(&plan, &bytes), 10), Ok(2));
    assert_eq!(
        telemetry.push(&image, client("c"), &push(&plan, &bytes), 1_009),
        Err(TelemetryError::TooEarly)
    );
    assert_eq!(telemetry.push(&image, client("c"), &push(&plan, b""), 1_010), Ok(0));
    let last = telemetry.last();
    let shown: Vec<String> = last[0]
        .1
        .iter()
        .map(|point| format!("{} {:?} {}", point.name, point.attributes, point.value))
        .collect();
    assert_eq!(shown, ["bytes {\"node\": \"3\"} 1.5", "connections {} 7"]);
    let changed = MetadataRecord::ConfigSet {
        resource: ConfigResource::ClientMetrics("a".to_owned()),
        name: "metrics".to_owned(),
        value: Some("org.".to_owned()),
    };
    image.replay(&changed).unwrap();
    let refused = telemetry.push(&image, client("c"), &push(&plan, &bytes), 1_011);
    assert_eq!(refused, Err(TelemetryError::Subscription));
    let plan = telemetry.subscribe(&image, client("c"), 3_000).unwrap();
    let last = Push { terminating: true, ..push(&plan, &bytes) };
    assert_eq!(telemetry.push(&image, client("c"), &last, 3_001), Ok(2));
    assert_eq!(telemetry.push(&image, client("c"), &last, 9_000), Err(TelemetryError::Terminated));
}

#[test]
fn wrong_pushes_are_refused() {
    let image = image(&[("a", "metrics", "*")]);
    let bytes = metrics();
    let outcome = |change: &dyn Fn(&mut Push<'_>)| {
        let telemetry = Telemetry::default();
        let plan = telemetry.subscribe(&image, client("c"), 0).unwrap();
        let mut push = push(&plan, &bytes);
        change(&mut push);
        telemetry.push(&image, client("c"), &push, 1)
    };
    assert_eq!(outcome(&|_| {}), Ok(2));
    assert_eq!(outcome(&|push| push.subscription_id += 1), Err(TelemetryError::Subscription));
    assert_eq!(outcome(&|push| push.compression = 9), Err(TelemetryError::Compression));
    assert_eq!(outcome(&|push| push.compression = -1), Err(TelemetryError::Compression));
    assert_eq!(outcome(&|push| push.compression = 4), Err(TelemetryError::Unreadable));
    assert_eq!(outcome(&|push| push.bytes_max = 5), Err(TelemetryError::TooLarge));
    assert_eq!(outcome(&|push| push.metrics = b"\x0a\xff"), Err(TelemetryError::Unreadable));
    let nobody = ClientTraits { instance_id: Uuid::ZERO, ..client("c") };
    let plan = Plan { subscription_id: 0, interval_ms: 0, metrics: Vec::new() };
    let refused = Telemetry::default().push(&image, nobody, &push(&plan, b""), 0);
    assert_eq!(refused, Err(TelemetryError::InstanceId));
}

#[test]
fn compressed_metrics_are_read_but_no_bomb() {
    let image = image(&[("a", "metrics", "*")]);
    for compression in [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd] {
        let telemetry = Telemetry::default();
        let plan = telemetry.subscribe(&image, client("c"), 0).unwrap();
        let sent = compressed(compression, &metrics());
        let id = i8::try_from(compression.id()).unwrap();
        let packed = Push { compression: id, ..push(&plan, &sent) };
        assert_eq!(telemetry.push(&image, client("c"), &packed, 0), Ok(2), "{compression:?}");
        let bomb = compressed(compression, &vec![0; 1 << 20]);
        let packed = Push { compression: id, bytes_max: 60_000, ..push(&plan, &bomb) };
        let refused = telemetry.push(&image, client("c"), &packed, 400_000);
        assert_eq!(refused, Err(TelemetryError::Unreadable), "{compression:?}");
    }
}

fn compressed(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes::BytesMut::new();
    compress(compression, None, bytes, &mut out).unwrap();
    out.to_vec()
}

#[test]
fn every_cut_and_every_flipped_byte_is_survived() {
    let bytes = metrics();
    for at in 0..bytes.len() {
        let _ = otlp::points(&bytes[..at]);
        for flip in [1, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let _ = otlp::points(&damaged);
        }
    }
}

#[test]
fn clients_are_bounded() {
    let image = image(&[("a", "metrics", "*")]);
    let telemetry = Telemetry::default();
    for number in 0..u32::try_from(CLIENTS_MAX).unwrap() + 50 {
        let mut id = [1; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let traits = ClientTraits { instance_id: Uuid(id), ..client("c") };
        telemetry.subscribe(&image, traits, i64::from(number)).unwrap();
    }
    assert_eq!(telemetry.last().len(), CLIENTS_MAX);
}
