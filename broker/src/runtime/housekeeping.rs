//! What a broker does without being asked: retention, expiry, interval flushes, checkpoints, recovery after a crash.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::node::Node;
use crate::log::{FlushPolicy, PartitionLog, TopicPartition};

/// How often logs under `flush.policy=interval` are looked at, at least and at most.
const FLUSH_TICK_MS: (i64, i64) = (10, 1_000);
/// How often the data folder's checkpoints are written (`log.flush.offset.checkpoint.interval.ms`).
const CHECKPOINT_TICK: Duration = Duration::from_secs(60);

/// Most logs that are opened at a time.
const OPENING_THREADS: usize = 4;

/// Starts the tasks; they end when they are aborted.
pub(super) fn start(node: &Arc<Node>) -> Vec<tokio::task::JoinHandle<()>> {
    let transactions = node.settings.transactions;
    vec![
        tokio::spawn(run_deadlines(node.clone())),
        tokio::spawn(every(node.clone(), node.settings.retention_interval, retention)),
        tokio::spawn(every(node.clone(), node.settings.offsets_expiry_interval, expire_offsets)),
        tokio::spawn(every(node.clone(), transactions.abort_interval, Node::abort_timed_out_transactions)),
        tokio::spawn(every(node.clone(), transactions.id_expiry_interval, Node::expire_transactional_ids)),
        tokio::spawn(flush_by_interval(node.clone())),
        tokio::spawn(every(node.clone(), CHECKPOINT_TICK, checkpoint)),
    ]
}

async fn run_deadlines(node: Arc<Node>) {
    node.groups.run_timers().await;
}

/// Runs blocking work again and again, never two at a time.
async fn every(node: Arc<Node>, interval: Duration, work: fn(&Arc<Node>)) {
    loop {
        tokio::time::sleep(interval).await;
        let node = node.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || work(&node)).await {
            tracing::error!(%error, "housekeeping failed");
        }
    }
}

fn logs(node: &Node) -> Vec<Arc<PartitionLog>> {
    node.partitions.open().iter().filter_map(|partition| partition.log().cloned()).collect()
}

fn expire_offsets(node: &Arc<Node>) {
    for shard in node.written_shards() {
        match shard.load_blocking() {
            Ok(()) => shard.run(|state, now_ms| state.decide_expiry(now_ms)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a coordinator could not be loaded")
            }
        }
    }
}

fn retention(node: &Arc<Node>) {
    open_all(node);
    let now_ms = node.clock.now_ms();
    for log in logs(node) {
        log.expire_producers(now_ms);
        match log.apply_retention(now_ms) {
            Ok(0) => {}
            Ok(segments) => {
                tracing::info!(log = %log.id(), segments, "segments past their retention were deleted")
            }
            Err(error) => {
                tracing::error!(log = %log.id(), error = &error as &dyn std::error::Error, "retention failed");
            }
        }
    }
}

/// Looks at the logs that are flushed by time as often as the most eager of them wants. A flush runs on the flusher's
/// threads, so nothing here waits for a disk.
async fn flush_by_interval(node: Arc<Node>) {
    let mut tick_ms = FLUSH_TICK_MS.1;
    loop {
        tokio::time::sleep(Duration::from_millis(tick_ms.unsigned_abs())).await;
        let now_ms = node.clock.now_ms();
        tick_ms = FLUSH_TICK_MS.1;
        for partition in node.partitions.open() {
            if partition.log().is_some_and(|log| log.config().flush_policy == FlushPolicy::Interval) {
                partition.flush_if_due(now_ms);
                tick_ms = tick_ms.min(partition.rules().flush_ms).max(FLUSH_TICK_MS.0);
            }
        }
    }
}

fn checkpoint(node: &Arc<Node>) {
    node.logs.folders().look_after();
    if let Err(error) = node.logs.folders().checkpoint() {
        tracing::error!(error = &error as &dyn std::error::Error, "the checkpoints could not be written");
    }
}

/// Opens every log that has files, so that retention reaches those that nobody uses.
fn open_all(node: &Node) {
    open_each(node, &node.logs.folders().partitions());
}

/// Opens the logs, several at a time; whether all of them could be.
fn open_each(node: &Node, partitions: &[TopicPartition]) -> bool {
    let image = node.controller.image();
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    let work = || {
        while let Some(id) = partitions.get(next.fetch_add(1, Ordering::Relaxed)) {
            if node.is_closing() {
                failed.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let partition = image.topic(&id.topic).and_then(|topic| node.partitions.get(topic, id.partition));
            if let Some(Err(error)) = partition.map(|partition| partition.open()) {
                failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(log = %id, error = &error as &dyn std::error::Error, "a log could not be opened");
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).clamp(1, OPENING_THREADS);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(partitions.len()) {
            scope.spawn(work);
        }
        work();
    });
    failed.into_inner() == 0
}

/// After a crash: looks through every log, so that a shutdown may mark the folders clean.
pub(super) fn recover_all(node: &Node) {
    for number in 0.. {
        let Some(partitions) = node.logs.folders().partitions_in(number) else { return };
        if open_each(node, &partitions) {
            node.logs.folders().set_recovered(number);
        }
    }
}
