//! The sending side: batches into the socket, acknowledgements out of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::spawn;
use std::time::{Duration, Instant};

use riverrun::core::record::{BatchBuilder, Compression};
use riverrun::{Error, ErrorKind, Result};

use super::super::latencies::Latencies;
use super::super::load::Values;
use super::super::pace::{Pace, wait_until};
use super::{Measured, append, failed};

/// What to send.
pub(super) struct Sender {
    pub(super) values: Values,
    pub(super) rate: Option<f64>,
    /// Records of a full batch.
    pub(super) batch_records: u64,
    /// How long a batch that is not full waits when there is a rate.
    pub(super) linger: Duration,
    /// Batches that may wait for their acknowledgement.
    pub(super) in_flight: usize,
    pub(super) start: Instant,
    pub(super) counts_from: Instant,
    pub(super) end: Instant,
}

/// A batch on its way: its first record, how many they are, and when it was sent.
#[derive(Clone, Copy)]
struct OnItsWay {
    first: u64,
    records: u64,
    sent: Instant,
}

impl Sender {
    /// Sends until the end and waits for all acknowledgements.
    pub(super) fn run(self, socket: TcpStream) -> Result<Measured> {
        let answers = socket.try_clone().map_err(|error| failed("cannot use a socket twice", error))?;
        // The queue's bound is what limits the batches in flight; the answerer holds one more in its hands.
        let (tell, told) = sync_channel(self.in_flight - 1);
        let (pace, counts_from) = (self.rate.map(|rate| Pace::new(self.start, rate)), self.counts_from);
        let measuring = spawn(move || measure(answers, &told, pace, counts_from));
        let sent = self.send_all(&socket, pace, &tell);
        drop(tell);
        let _ = socket.shutdown(Shutdown::Write);
        let measured = measuring
            .join()
            .map_err(|_| Error::new(ErrorKind::Internal, "the thread that counts acknowledgements died"))?;
        sent.and(measured)
    }

    fn send_all(&self, socket: &TcpStream, pace: Option<Pace>, tell: &SyncSender<OnItsWay>) -> Result<()> {
        let full = self.frame(0, self.batch_records)?;
        let mut first = 0;
        wait_until(self.start);
        loop {
            let mut now = Instant::now();
            let mut records = self.batch_records;
            if let Some(pace) = pace {
                let ready = (pace.at(first) + self.linger).min(pace.at(first + self.batch_records - 1));
                wait_until(ready.min(self.end));
                now = Instant::now();
                records = (pace.due(now) - first).min(self.batch_records);
            }
            if now >= self.end {
                return Ok(());
            }
            let own;
            let frame = if records == self.batch_records {
                &full
            } else {
                own = self.frame(first, records)?;
                &own
            };
            // The place among those in flight is taken before the batch leaves.
            if tell.send(OnItsWay { first, records, sent: now }).is_err() {
                // The other side has hung up and says why.
                return Ok(());
            }
            (&*socket).write_all(frame).map_err(|error| failed("cannot write to the socket", error))?;
            first += records;
        }
    }

    fn frame(&self, first: u64, records: u64) -> Result<Vec<u8>> {
        let mut batch = BatchBuilder::new(Compression::None);
        for index in first..first + records {
            append(&mut batch, self.values.of_record(index))?;
        }
        let batch = batch
            .build()
            .map_err(|error| Error::new(ErrorKind::Internal, "cannot build a batch").with_source(error))?;
        let mut frame = (batch.len() as u32).to_be_bytes().to_vec();
        frame.extend_from_slice(&batch);
        Ok(frame)
    }
}

/// Reads an acknowledgement for each batch, in order.
fn measure(
    mut answers: TcpStream,
    told: &Receiver<OnItsWay>,
    pace: Option<Pace>,
    counts_from: Instant,
) -> Result<Measured> {
    let mut measured = Measured { records: 0, last_ack: None, latencies: Latencies::new() };
    for batch in told {
        answers.read_exact(&mut [0]).map_err(|error| failed("the copier has hung up", error))?;
        let now = Instant::now();
        if now < counts_from {
            continue;
        }
        measured.records += batch.records;
        measured.last_ack = Some(now);
        for index in batch.first..batch.first + batch.records {
            let intended = pace.map_or(batch.sent, |pace| pace.at(index));
            measured.latencies.record(now.saturating_duration_since(intended));
        }
    }
    Ok(measured)
}
