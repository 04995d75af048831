//! The thread that sends, and the tasks that wait for the acknowledgements.
//!
//! Records of a partition are acknowledged in order, so one task for each partition sees every acknowledgement when it
//! comes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use riverrun::core::client::{Delivery, Producer, ProducerRecord};
use riverrun::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::latencies::Latencies;
use super::load::Values;
use super::pace::{Pace, wait_until};

/// Deliveries that are handed over at a time, and how many such hand-overs may wait for each partition.
const CHUNK: usize = 512;
const CHUNKS_MAX: usize = 1_024;
/// Records that are sent between two looks at the clock when there is no rate.
const BURST: u64 = 64;

/// What to send.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) topic: String,
    pub(crate) values: Values,
    /// Records a second; as fast as the broker takes them when not given.
    pub(crate) rate: Option<f64>,
    /// When the first record is meant to leave, from when on records count, and when to stop.
    pub(crate) start: Instant,
    pub(crate) counts_from: Instant,
    pub(crate) end: Instant,
    /// The most records.
    pub(crate) records_max: u64,
    /// Puts a run's number and the moment of sending in front of the value, for who reads it back.
    pub(crate) stamp: Option<Stamp>,
}

/// What a stamped value starts with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// Tells this run's records from others.
    pub(crate) run: u64,
    /// What moments are counted from.
    pub(crate) origin: Instant,
}

/// Bytes of a stamp.
pub(crate) const STAMP_BYTES: usize = 16;

impl Stamp {
    fn write(&self, value: &mut [u8], intended: Instant) {
        let nanos = u64::try_from((intended - self.origin).as_nanos()).unwrap_or(u64::MAX);
        value[..8].copy_from_slice(&self.run.to_be_bytes());
        value[8..STAMP_BYTES].copy_from_slice(&nanos.to_be_bytes());
    }

    /// When a value was meant to leave, if it is of this run.
    pub(crate) fn read(&self, value: &[u8]) -> Option<Instant> {
        let (run, rest) = value.split_first_chunk::<8>()?;
        let nanos = rest.first_chunk::<8>()?;
        let ours = u64::from_be_bytes(*run) == self.run;
        ours.then(|| self.origin + Duration::from_nanos(u64::from_be_bytes(*nanos)))
    }
}

/// What became of a load.
#[derive(Debug)]
pub(crate) struct Sent {
    /// All records, those of the warm-up too.
    pub(crate) records: u64,
    /// Acknowledged records that count.
    pub(crate) acked: u64,
    pub(crate) last_ack: Option<Instant>,
    pub(crate) latencies: Latencies,
}

/// Sends a load and waits for all acknowledgements.
///
/// # Errors
/// The first record's that failed.
pub(crate) async fn send(producer: Producer, load: Load) -> Result<Sent> {
    let handle = Handle::current();
    let counts_from = load.counts_from;
    let sending = tokio::task::spawn_blocking(move || {
        let mut lanes = Lanes { counts_from, handle, lanes: BTreeMap::new(), collecting: Vec::new() };
        let sent = send_all(&producer, &load, &mut lanes);
        lanes.hand_over();
        (sent, lanes.collecting)
    });
    let (sent, collecting) = sending.await.map_err(ended)?;
    let mut total = Sent { records: sent?, acked: 0, last_ack: None, latencies: Latencies::new() };
    for lane in collecting {
        let lane = lane.await.map_err(ended)??;
        total.acked += lane.acked;
        total.last_ack = total.last_ack.max(lane.last_ack);
        total.latencies.add(&lane.latencies);
    }
    Ok(total)
}

fn ended(error: tokio::task::JoinError) -> Error {
    Error::new(ErrorKind::Internal, "a task of the measurement ended early").with_source(error)
}

fn send_all(producer: &Producer, load: &Load, lanes: &mut Lanes) -> Result<u64> {
    let pace = load.rate.map(|rate| Pace::new(load.start, rate));
    let mut stamped = load.values.of_record(0).to_vec();
    let mut sent = 0;
    wait_until(load.start);
    loop {
        let now = Instant::now();
        if now >= load.end || sent >= load.records_max {
            return Ok(sent);
        }
        let due = pace.map_or(sent + BURST, |pace| pace.due(now)).min(load.records_max);
        while sent < due {
            let intended = pace.map_or_else(Instant::now, |pace| pace.at(sent));
            let value = match load.stamp {
                None => load.values.of_record(sent),
                Some(stamp) => {
                    stamp.write(&mut stamped, intended);
                    &stamped
                }
            };
            let record = ProducerRecord::new(&load.topic, value);
            let delivery = match producer.try_send(record)? {
                Some(delivery) => delivery,
                None => lanes.wait_for_room(producer, record)?,
            };
            lanes.push(intended, delivery);
            sent += 1;
        }
        if let Some(pace) = pace {
            lanes.hand_over();
            wait_until(pace.at(sent).min(load.end));
        }
    }
}

type Chunk = Vec<(Instant, Delivery)>;

/// The records on their way, by partition.
struct Lanes {
    counts_from: Instant,
    handle: Handle,
    lanes: BTreeMap<i32, (mpsc::Sender<Chunk>, Chunk)>,
    collecting: Vec<JoinHandle<Result<Lane>>>,
}

impl Lanes {
    fn wait_for_room(&mut self, producer: &Producer, record: ProducerRecord<'_>) -> Result<Delivery> {
        self.hand_over();
        self.handle.block_on(producer.send(record))
    }

    fn push(&mut self, intended: Instant, delivery: Delivery) {
        let (sender, chunk) = self.lanes.entry(delivery.partition()).or_insert_with(|| {
            let (sender, receiver) = mpsc::channel(CHUNKS_MAX);
            self.collecting.push(self.handle.spawn(collect(receiver, self.counts_from)));
            (sender, Vec::with_capacity(CHUNK))
        });
        chunk.push((intended, delivery));
        if chunk.len() == CHUNK {
            // A closed channel means that the lane has failed, which is told when the lane is waited for.
            let _ = sender.blocking_send(std::mem::replace(chunk, Vec::with_capacity(CHUNK)));
        }
    }

    fn hand_over(&mut self) {
        for (sender, chunk) in self.lanes.values_mut().filter(|(_, chunk)| !chunk.is_empty()) {
            let _ = sender.blocking_send(std::mem::take(chunk));
        }
    }
}

/// What became of the records of one partition.
struct Lane {
    acked: u64,
    last_ack: Option<Instant>,
    latencies: Latencies,
}

async fn collect(mut chunks: mpsc::Receiver<Chunk>, counts_from: Instant) -> Result<Lane> {
    let mut lane = Lane { acked: 0, last_ack: None, latencies: Latencies::new() };
    while let Some(chunk) = chunks.recv().await {
        for (intended, delivery) in chunk {
            delivery.await?;
            let now = Instant::now();
            if now >= counts_from {
                lane.acked += 1;
                lane.last_ack = Some(now);
                lane.latencies.record(now.saturating_duration_since(intended));
            }
        }
    }
    Ok(lane)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_back_by_its_own_run_alone() {
        let origin = Instant::now();
        let stamp = Stamp { run: 7, origin };
        let mut value = vec![0; 20];
        let intended = origin + Duration::from_micros(1_234);
        stamp.write(&mut value, intended);
        assert_eq!(stamp.read(&value), Some(intended));
        assert_eq!(Stamp { run: 8, origin }.read(&value), None);
        assert_eq!(stamp.read(&value[..15]), None);
    }
}
