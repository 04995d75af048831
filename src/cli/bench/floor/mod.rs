//! `riverrun bench floor`: what TCP, a checksum, a file and a flush cost by themselves.
//!
//! A sender on one side of a loopback connection, on the other a copier that reads frames, checks the CRC of each
//! batch, appends it to a file, flushes by the chosen rule, and acknowledges. The bytes are the record batches that a
//! producer would send. No broker can be faster on the same machine by doing more.

mod copier;
mod sender;

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use riverrun::core::record::BatchBuilder;
use riverrun::core::record::Compression;
use riverrun::{Error, ErrorKind, Result};
use serde_json::json;

use super::super::terminal::Terminal;
use super::latencies::Latencies;
use super::load::{Length, Values, rate};
use super::report::{Report, Watch};
use sender::Sender;

const EXAMPLES: &str = "\
Examples:
  riverrun bench floor --record-bytes 1024
  riverrun bench floor --flush os
  riverrun bench floor --rate 50000 --output json";

/// Copy the same bytes from TCP to a file with a checksum and a flush, and nothing else.
///
/// With --rate latencies count from the moment at which each record was meant to leave; without it, from the sending
/// of its batch.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Floor {
    /// Bytes of a record's value.
    #[arg(long, value_name = "BYTES", default_value_t = 100)]
    record_bytes: usize,
    /// Records a second; as fast as they are taken when not given.
    #[arg(long, value_name = "RECORDS", value_parser = rate)]
    rate: Option<f64>,
    /// Bytes of a batch.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 10)]
    batch_bytes: usize,
    /// Milliseconds that a batch waits to fill when there is a rate.
    #[arg(long, value_name = "MS", default_value_t = 5)]
    linger_ms: u64,
    /// Batches that may wait for their acknowledgement at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    in_flight: u16,
    /// When the file is flushed: before the acknowledgement, every second, or when the system likes.
    #[arg(long, value_enum, default_value = "ack")]
    flush: Flush,
    #[command(flatten)]
    length: Length,
    /// The folder of the file, which is removed at the end. It should be on the disk that a broker would use.
    #[arg(long, value_name = "DIR", default_value = ".riverrun")]
    data_dir: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Flush {
    Ack,
    Interval,
    Os,
}

impl Flush {
    fn as_str(self) -> &'static str {
        match self {
            Flush::Ack => "ack",
            Flush::Interval => "interval",
            Flush::Os => "os",
        }
    }
}

/// What the sender's side measured.
#[derive(Debug)]
struct Measured {
    records: u64,
    last_ack: Option<Instant>,
    latencies: Latencies,
}

impl Floor {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        self.measure()?.print(terminal)
    }

    fn measure(&self) -> Result<Report> {
        let file = ScratchFile::in_folder(&self.data_dir)?;
        let (ours, theirs) = connection()?;
        let copier = copier::start(theirs, file.open()?, self.flush)?;
        let watch = Watch::start(None);
        let start = Instant::now();
        let counts_from = start + Duration::from_secs_f64(self.length.warmup);
        let sender = Sender {
            values: Values::of(self.record_bytes),
            rate: self.rate,
            batch_records: self.batch_records()?,
            linger: Duration::from_millis(self.linger_ms),
            in_flight: usize::from(self.in_flight),
            start,
            counts_from,
            end: counts_from + Duration::from_secs_f64(self.length.seconds),
        };
        let measured = sender.run(ours);
        // Whichever side failed first made the other fail; the copier's reason is nearer to the disk.
        copier.join()?;
        let measured = measured?;
        Ok(Report {
            bench: "floor",
            settings: vec![
                ("record_bytes", json!(self.record_bytes)),
                ("rate", json!(self.rate)),
                ("warmup_seconds", json!(self.length.warmup)),
                ("batch_bytes", json!(self.batch_bytes)),
                ("linger_ms", json!(self.linger_ms)),
                ("in_flight", json!(self.in_flight)),
                ("flush", json!(self.flush.as_str())),
            ],
            records: measured.records,
            bytes: measured.records * self.record_bytes as u64,
            seconds: measured.last_ack.map_or(0.0, |last| (last - counts_from).as_secs_f64()),
            latencies: vec![("ack", measured.latencies)],
            watched: watch.stop(),
            watched_seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// How many records a full batch holds: as many as a producer puts into its bytes, and at least one.
    fn batch_records(&self) -> Result<u64> {
        let values = Values::of(self.record_bytes);
        let mut batch = BatchBuilder::new(Compression::None);
        let mut records = 0;
        while records == 0
            || batch.len() + batch.record_len(0, None, Some(values.of_record(0)), &[]) <= self.batch_bytes
        {
            append(&mut batch, values.of_record(0))?;
            records += 1;
        }
        Ok(records)
    }
}

fn append(batch: &mut BatchBuilder, value: &[u8]) -> Result<()> {
    batch.append(0, None, Some(value), &[]).map_err(|error| {
        Error::new(ErrorKind::Invalid, "the record does not fit into a batch").with_source(error)
    })?;
    Ok(())
}

/// Both ends of a TCP connection over the loopback device.
fn connection() -> Result<(TcpStream, TcpStream)> {
    let connect = || -> std::io::Result<_> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let ours = TcpStream::connect(listener.local_addr()?)?;
        let (theirs, _) = listener.accept()?;
        for end in [&ours, &theirs] {
            end.set_nodelay(true)?;
        }
        Ok((ours, theirs))
    };
    connect().map_err(|error| failed("no loopback connection", error))
}

fn failed(what: impl Into<std::borrow::Cow<'static, str>>, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, what).with_source(error)
}

/// A file that goes away with this value.
struct ScratchFile(PathBuf);

impl ScratchFile {
    fn in_folder(folder: &std::path::Path) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .map_err(|error| failed(format!("cannot make the folder '{}'", folder.display()), error))?;
        Ok(ScratchFile(folder.join(format!("bench-floor-{}.bytes", std::process::id()))))
    }

    #[expect(clippy::disallowed_methods, reason = "the floor is a file and nothing around it")]
    fn open(&self) -> Result<std::fs::File> {
        std::fs::File::create(&self.0)
            .map_err(|error| failed(format!("cannot make the file '{}'", self.0.display()), error))
    }
}

impl Drop for ScratchFile {
    fn drop(&mut self) {
        // Left behind, it is only a file too many.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor(folder: &std::path::Path, flush: Flush, rate: Option<f64>) -> Floor {
        Floor {
            record_bytes: 100,
            rate,
            batch_bytes: 4_096,
            linger_ms: 1,
            in_flight: 5,
            flush,
            length: Length { seconds: 0.2, warmup: 0.0 },
            data_dir: folder.to_owned(),
        }
    }

    #[test]
    fn every_record_is_acknowledged_under_every_rule() {
        let folder = tempfile::tempdir().unwrap();
        for flush in [Flush::Ack, Flush::Interval, Flush::Os] {
            for rate in [None, Some(2_000.0)] {
                let report = floor(folder.path(), flush, rate).measure().unwrap();
                assert!(report.records > 0, "{flush:?} {rate:?}");
                if rate.is_some() {
                    // 0.2 s at 2,000 a second; how many of these come out in time is the machine's affair.
                    assert!(report.records <= 402, "{flush:?}: {}", report.records);
                }
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file is gone");
    }
}
