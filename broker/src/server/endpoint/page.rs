//! The page of metrics: what was counted, and what is asked of logs, groups and the process now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use riverrun_core::protocol::ApiKey;

use super::process::Process;
use crate::metrics::{Page, names};
use crate::runtime::{Node, Partition};
use crate::server::listener::Server;

/// Kafka's numbers for the states of a broker.
const RUNNING: u8 = 3;
const SHUTTING_DOWN: u8 = 6;

/// All metrics, as Prometheus reads them. Blocks.
pub(super) fn metrics(server: &Server) -> String {
    let node = &server.node;
    let mut page = Page::default();
    node.metrics().topics.write(&mut page);
    node.metrics().requests.write(&mut page, |key| ApiKey::try_from(key).map_or("unknown", ApiKey::name));
    connections(server, &mut page);
    logs(node, &mut page);
    groups(server, &mut page);
    clients(node, &mut page);
    process(server, &mut page);
    page.into_text()
}

fn clients(node: &Node, page: &mut Page) {
    let mut family = page.family(&names::CLIENT_METRIC);
    for (client, points) in node.telemetry.last() {
        let instance_id = client.instance_id.to_string();
        let software = format!("{} {}", client.software_name, client.software_version);
        for point in points {
            let attributes: Vec<String> =
                point.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let attributes = attributes.join(",");
            let labels = [&instance_id, &client.client_id, &software, &point.name, &attributes];
            family.sample(&labels.map(String::as_str), point.value);
        }
    }
}

fn connections(server: &Server, page: &mut Page) {
    let counters = &server.node.metrics().connections;
    page.single(&names::CONNECTIONS, server.admission.open());
    page.single(&names::CONNECTIONS_ACCEPTED, counters.accepted.get());
    page.single(&names::CONNECTIONS_CLOSED, counters.closed.get());
    page.single(&names::CONNECTIONS_EXPIRED, counters.expired.get());
    let mut refused = page.family(&names::CONNECTIONS_REFUSED);
    refused.sample(&["max.connections.per.ip"], counters.refused.get());
    refused.sample(&["connection_creation_rate"], counters.throttled.get());
    let (free, used) = server.pool.use_bytes();
    page.single(&names::MEMORY_POOL_AVAILABLE, free);
    page.single(&names::MEMORY_POOL_USED, used);
    page.single(&names::FETCH_MEMORY_USED, server.limits.fetch_memory.taken());
    let (sessions, partitions) = server.node.fetch_sessions.count();
    page.single(&names::FETCH_SESSIONS, sessions);
    page.single(&names::FETCH_SESSION_PARTITIONS, partitions);
}

/// What an open log says of itself.
struct LogFacts {
    topic: Arc<str>,
    partition: String,
    numbers: [u64; 4],
}

fn logs(node: &Node, page: &mut Page) {
    page.family(&names::FLUSHES).histogram(&[], &node.metrics().flushes);
    page.single(&names::FAILED_FLUSHES, node.metrics().failed_flushes.get());
    let mut failed = 0_usize;
    let facts = |partition: &Arc<Partition>| {
        let log = partition.log()?;
        failed += usize::from(log.is_failed());
        let offset = |offset: i64| u64::try_from(offset).unwrap_or(0);
        Some(LogFacts {
            topic: partition.id().topic.clone(),
            partition: partition.id().partition.to_string(),
            numbers: [
                log.size(),
                log.segment_count() as u64,
                offset(log.log_start_offset()),
                offset(log.log_end_offset()),
            ],
        })
    };
    let facts: Vec<LogFacts> = node.partitions.open().iter().filter_map(facts).collect();
    page.single(&names::FAILED_LOGS, failed);
    let metrics = [&names::LOG_SIZE, &names::LOG_SEGMENTS, &names::LOG_START, &names::LOG_END];
    for (place, metric) in metrics.into_iter().enumerate() {
        let mut family = page.family(metric);
        for log in &facts {
            family.sample(&[&log.topic, &log.partition], log.numbers[place]);
        }
    }
    let image = node.controller.image();
    let partitions: usize = image.topics().map(|topic| topic.partitions.len()).sum();
    page.single(&names::PARTITION_COUNT, partitions);
    page.single(&names::LEADER_COUNT, partitions);
    page.single(&names::UNDER_REPLICATED, 0);
    page.single(&names::OFFLINE_REPLICAS, failed);
    page.single(&names::ACTIVE_CONTROLLERS, 1);
    page.single(&names::TOPIC_COUNT, image.topics().count());
    page.single(&names::GLOBAL_PARTITIONS, partitions);
    page.single(&names::OFFLINE_PARTITIONS, failed);
}

/// Committed offsets by group, topic and partition.
type Committed = BTreeMap<(Arc<str>, Arc<str>, i32), i64>;

fn groups(server: &Server, page: &mut Page) {
    let node = &server.node;
    if !server.groups_loaded.swap(true, Ordering::Relaxed) {
        node.load_groups();
    }
    let mut number = 0;
    let mut committed = Committed::new();
    for shard in node.groups.shards() {
        shard.peek(|state| {
            for overview in state.list() {
                for (topic, partition, offset) in state.all_committed(&overview.group) {
                    committed.insert((overview.group.clone(), topic.clone(), partition), offset.offset);
                }
                number += 1;
            }
        });
    }
    page.single(&names::GROUPS, number);
    page.single(&names::GROUP_OFFSETS, committed.len());
    let mut family = page.family(&names::GROUP_OFFSET);
    for ((group, topic, partition), offset) in &committed {
        family.sample(&[group, topic, &partition.to_string()], offset);
    }
    let image = node.controller.image();
    let mut family = page.family(&names::GROUP_LAG);
    for ((group, topic, index), offset) in &committed {
        let partition = image.topic(topic).and_then(|topic| node.partitions.get(topic, *index));
        if let Some(partition) = partition.filter(|partition| partition.is_open()) {
            let lag = partition.offsets().high_watermark.saturating_sub(*offset).max(0);
            family.sample(&[group, topic, &index.to_string()], lag);
        }
    }
}

fn process(server: &Server, page: &mut Page) {
    let look = Process::look();
    page.single(&names::BROKER_STATE, if server.is_closing() { SHUTTING_DOWN } else { RUNNING });
    page.single(&names::UPTIME, server.started.elapsed().as_secs_f64());
    page.single(&names::CPU_SECONDS, look.cpu_seconds);
    page.single(&names::RESIDENT, look.resident_bytes);
    page.single(&names::RESIDENT_ANON, look.private_bytes);
    page.single(&names::VIRTUAL, look.virtual_bytes);
    page.single(&names::OPEN_FILES, look.open_files);
    page.single(&names::MAX_FILES, look.files_max);
    page.single(&names::THREADS, look.threads);
    page.family(&names::BUILD).sample(&[env!("CARGO_PKG_VERSION")], 1);
}
