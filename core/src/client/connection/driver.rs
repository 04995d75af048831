//! The task that moves the bytes of one connection.

use std::io;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::error::RequestError;
use super::super::transport::BoxedStream;
use super::Shared;
use super::frames::Frames;

/// What is read at once where no frame says more.
const READ_BYTES: usize = 16 << 10;

/// Owns the stream; shares queues with the connection's handles.
pub(super) struct Driver {
    reader: ReadHalf<BoxedStream>,
    writer: WriteHalf<BoxedStream>,
    shared: Arc<Shared>,
    inbox: BytesMut,
    outbox: Frames,
}

impl Driver {
    pub(super) fn new(stream: BoxedStream, shared: Arc<Shared>) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        Driver { reader, writer, shared, inbox: BytesMut::new(), outbox: Frames::default() }
    }

    /// Runs until the stream breaks, an answer is overdue or the last handle is gone.
    pub(super) async fn run(mut self, gone: oneshot::Receiver<()>) {
        let cause = self.drive(gone).await;
        self.shared.close(cause);
        let _ = self.writer.shutdown().await;
    }

    async fn drive(&mut self, mut gone: oneshot::Receiver<()>) -> RequestError {
        let mut handles_gone = false;
        loop {
            let deadline = self.take_outgoing();
            if handles_gone && deadline.is_none() && !self.outbox.has_remaining() {
                return RequestError::Closed { address: Arc::clone(&self.shared.address) };
            }
            self.inbox.reserve(self.wanted_bytes());
            let overdue = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                read = self.reader.read_buf(&mut self.inbox) => match read {
                    Ok(0) => return self.broken(io::Error::new(io::ErrorKind::UnexpectedEof, "closed by the broker")),
                    Ok(_) => if let Err(error) = self.deliver() { return error },
                    Err(error) => return self.broken(error),
                },
                written = self.writer.write_buf(&mut self.outbox), if self.outbox.has_remaining() => match written {
                    Ok(0) => return self.broken(io::ErrorKind::WriteZero.into()),
                    Ok(_) => if !self.outbox.has_remaining() && let Err(error) = self.writer.flush().await {
                        return self.broken(error);
                    },
                    Err(error) => return self.broken(error),
                },
                () = self.shared.wake.notified() => {}
                _ = &mut gone, if !handles_gone => handles_gone = true,
                () = overdue => if let Some(error) = self.overdue() { return error },
            }
        }
    }

    /// Takes over the frames that callers queued and says when the first answer is overdue.
    fn take_outgoing(&mut self) -> Option<Instant> {
        let mut state = self.shared.lock();
        self.outbox.extend(state.outbox.drain(..));
        state.in_flight.iter().map(|request| request.deadline).min()
    }

    /// How much the frame at the head of the inbox still lacks; never more than a frame may hold.
    fn wanted_bytes(&self) -> usize {
        match self.inbox.get(..4) {
            Some(length) => {
                let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
                (4 + length.min(self.shared.settings.max_frame_bytes)).saturating_sub(self.inbox.len()).max(1)
            }
            None => READ_BYTES,
        }
    }

    /// Hands every whole frame to the request that it answers.
    fn deliver(&mut self) -> Result<(), RequestError> {
        while let Some(length) = self.inbox.get(..4) {
            let length = i32::from_be_bytes([length[0], length[1], length[2], length[3]]);
            let limit = self.shared.settings.max_frame_bytes;
            let length = match usize::try_from(length) {
                Ok(length) if (4..=limit).contains(&length) => length,
                _ => {
                    let address = Arc::clone(&self.shared.address);
                    return Err(RequestError::FrameTooLarge { address, length: i64::from(length), limit });
                }
            };
            if self.inbox.len() < 4 + length {
                break;
            }
            self.inbox.advance(4);
            let frame = self.inbox.split_to(length).freeze();
            self.answer(frame)?;
        }
        Ok(())
    }

    fn answer(&self, frame: Bytes) -> Result<(), RequestError> {
        let found = i32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
        let request = {
            let mut state = self.shared.lock();
            let expected = state.in_flight.front().map_or(-1, |request| request.correlation);
            if expected != found {
                return Err(RequestError::OutOfTurn {
                    address: Arc::clone(&self.shared.address),
                    expected,
                    found,
                });
            }
            state.in_flight.pop_front()
        };
        if let Some(request) = request {
            let _ = request.answer.send(Ok(frame));
        }
        Ok(())
    }

    /// The request whose answer is overdue, if there is one: it takes the connection with it.
    fn overdue(&self) -> Option<RequestError> {
        let now = Instant::now();
        let state = self.shared.lock();
        let request = state.in_flight.iter().find(|request| request.deadline <= now)?;
        Some(RequestError::Timeout {
            address: Arc::clone(&self.shared.address),
            api: request.api,
            timeout_ms: u64::try_from(request.timeout.as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn broken(&self, source: io::Error) -> RequestError {
        RequestError::Broken { address: Arc::clone(&self.shared.address), source: Arc::new(source) }
    }
}
