//! The receiving side: frames from the socket, CRC, file, flush, acknowledgement.
//!
//! One thread reads, checks and writes; another flushes and acknowledges, so that a flush covers whatever came while
//! the last one ran.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use riverrun::core::record::BatchView;
use riverrun::{Error, ErrorKind, Result};

use super::{Flush, failed};

/// Frames that may wait for a flush; more than any sender has in flight.
const WAITING_MAX: usize = 1 << 16;
/// The longest frame.
const FRAME_BYTES_MAX: usize = 128 << 20;
/// What [`Flush::Interval`] waits between two flushes.
const INTERVAL: Duration = Duration::from_secs(1);

/// The running copier.
pub(super) struct Copier {
    copying: JoinHandle<Result<()>>,
    flushing: JoinHandle<Result<()>>,
}

pub(super) fn start(socket: TcpStream, file: File, flush: Flush) -> Result<Copier> {
    let two = |error| failed("cannot use a socket or file twice", error);
    let (answers, to_flush) = (socket.try_clone().map_err(two)?, file.try_clone().map_err(two)?);
    let (written, waiting) = sync_channel(WAITING_MAX);
    Ok(Copier {
        copying: spawn(move || copy(socket, file, &written)),
        flushing: spawn(move || {
            let result = acknowledge(&answers, &to_flush, flush, &waiting);
            if result.is_err() {
                // Or the sender would wait for ever.
                let _ = answers.shutdown(Shutdown::Both);
            }
            result
        }),
    })
}

impl Copier {
    /// Waits for the end, which comes when the sender closes its side.
    pub(super) fn join(self) -> Result<()> {
        let died = || Error::new(ErrorKind::Internal, "a thread of the copier died");
        let flushed = self.flushing.join().map_err(|_| died())?;
        let copied = self.copying.join().map_err(|_| died())?;
        flushed.and(copied)
    }
}

/// Appends frames to the file until the sender closes; tells of each when it is written.
fn copy(socket: TcpStream, mut file: File, written: &SyncSender<()>) -> Result<()> {
    let mut input = BufReader::with_capacity(1 << 20, socket);
    loop {
        let mut length = [0; 4];
        match input.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(failed("cannot read from the socket", error)),
        }
        let length = u32::from_be_bytes(length) as usize;
        if length > FRAME_BYTES_MAX {
            return Err(Error::new(ErrorKind::Corrupt, format!("a frame of {length} bytes")));
        }
        let mut frame = vec![0; length];
        input.read_exact(&mut frame).map_err(|error| failed("cannot read from the socket", error))?;
        let frame = frame.into();
        BatchView::parse(&frame).and_then(|batch| batch.verify_crc()).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "a batch was damaged on its way").with_source(error)
        })?;
        file.write_all(&frame).map_err(|error| failed("cannot write to the file", error))?;
        if written.send(()).is_err() {
            // The other thread has failed and says why.
            return Ok(());
        }
    }
}

/// Answers one byte for each frame, when the rule allows.
fn acknowledge(mut answers: &TcpStream, file: &File, flush: Flush, waiting: &Receiver<()>) -> Result<()> {
    let sync = || file.sync_data().map_err(|error| failed("cannot flush the file", error));
    let mut next_flush = Instant::now() + INTERVAL;
    loop {
        let first = match flush {
            Flush::Interval => waiting.recv_timeout(next_flush.saturating_duration_since(Instant::now())),
            Flush::Ack | Flush::Os => waiting.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match first {
            Ok(()) => {
                let frames = 1 + waiting.try_iter().count();
                if flush == Flush::Ack {
                    sync()?;
                }
                let acks = vec![1; frames];
                answers.write_all(&acks).map_err(|error| failed("cannot acknowledge", error))?;
            }
            Err(RecvTimeoutError::Timeout) => {
                sync()?;
                next_flush = Instant::now() + INTERVAL;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
