//! One connection: requests read ahead, started in order, finished in any order, answered in order (decision D5).
//!
//! One task drives it all: reading, the answers that wait, and writing. There is no task, channel or lock per
//! request. What is in flight is bounded per connection by bytes and by number, and over all connections by a pool
//! from which large frames take their memory. A session knows frames and answers; it must never know what a request
//! means.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{FuturesOrdered, Stream};
use riverrun_core::protocol::frame::FrameError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::input::{Input, Next};
use super::outcome::{Answer, Outcome};
use super::output::Output;

/// Bytes of requests that one connection may have in flight; one request may always be.
const IN_FLIGHT_BYTES_MAX: usize = 32 << 20;
/// Requests that one connection may have in flight.
const IN_FLIGHT_MAX: usize = 512;
/// Bytes of answers that may wait to be written before no more requests are taken.
const UNWRITTEN_BYTES_MAX: usize = 8 << 20;
/// Requests that are started before other connections of the same thread get their turn.
const REQUESTS_PER_TURN: usize = 32;
/// How long a request of which a part has come, and which holds memory for it, may stand still.
const STALL_MAX: std::time::Duration = std::time::Duration::from_secs(30);
/// The unit in which the pool counts memory.
const POOL_UNIT_BYTES: usize = 4 << 10;

/// What starts the requests of a session.
pub(super) trait Handle: Send + Sync + 'static {
    /// What is measured of a request on its way.
    type Meter: Send + Unpin + 'static;

    /// Starts one request.
    fn handle(&self, frame: Bytes) -> (Outcome, Self::Meter);

    /// A request's answer is about to leave.
    fn answered(&self, meter: Self::Meter, answer: &mut Answer);

    /// Until when no more is read from the client.
    fn muted_until(&self) -> Option<tokio::time::Instant>;
}

/// The memory that large frames of all connections share.
#[derive(Clone, Debug)]
pub(super) struct FramePool {
    units: Arc<Semaphore>,
    units_max: usize,
}

impl FramePool {
    /// A pool of `bytes`.
    pub(super) fn new(bytes: usize) -> Self {
        let units_max = (bytes / POOL_UNIT_BYTES).clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        FramePool { units: Arc::new(Semaphore::new(units_max)), units_max }
    }

    /// Bytes that are free, and bytes that are taken.
    pub(super) fn use_bytes(&self) -> (usize, usize) {
        let free = self.units.available_permits().min(self.units_max);
        (free * POOL_UNIT_BYTES, (self.units_max - free) * POOL_UNIT_BYTES)
    }

    /// Waits until `bytes` are free. A frame larger than the pool waits for the whole of it.
    fn acquire(&self, bytes: usize) -> BoxFuture<'static, Option<OwnedSemaphorePermit>> {
        let units = bytes.div_ceil(POOL_UNIT_BYTES).min(self.units_max) as u32;
        let pool = self.units.clone();
        Box::pin(async move { pool.acquire_many_owned(units).await.ok() })
    }
}

/// Why a session ended.
#[derive(Debug)]
pub(super) enum End {
    /// The client closed the connection, or the broker is closing and all answers are out.
    Closed,
    /// The stream broke.
    Io(io::Error),
    /// The client broke the rules of framing.
    Frame(FrameError),
    /// A request that leaves the connection of no use.
    Refused(String),
    /// Nothing happened for `connections.max.idle.ms`.
    Idle,
    /// The client sent a part of a request and then nothing.
    Stalled,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Closed => f.write_str("closed"),
            End::Io(error) => write!(f, "the connection broke: {error}"),
            End::Frame(error) => write!(f, "{error}"),
            End::Refused(reason) => f.write_str(reason),
            End::Idle => f.write_str("nothing came for connections.max.idle.ms"),
            End::Stalled => {
                write!(f, "a request was begun, and nothing more came of it for {} s", STALL_MAX.as_secs())
            }
        }
    }
}

/// An answer that waits, and what its request holds until then.
struct Pending<M> {
    answer: PendingAnswer,
    cost: usize,
    meter: Option<M>,
    _memory: Option<OwnedSemaphorePermit>,
}

enum PendingAnswer {
    Ready(Option<Answer>),
    Waiting(BoxFuture<'static, Answer>),
}

impl<M: Unpin> Future for Pending<M> {
    type Output = (Answer, usize, Option<M>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = match &mut self.answer {
            PendingAnswer::Ready(answer) => answer.take().unwrap_or(Answer::Nothing),
            PendingAnswer::Waiting(future) => match future.as_mut().poll(cx) {
                Poll::Ready(answer) => answer,
                Poll::Pending => return Poll::Pending,
            },
        };
        Poll::Ready((answer, self.cost, self.meter.take()))
    }
}

/// A request that later ones wait for.
struct Exclusive<M> {
    future: BoxFuture<'static, Outcome>,
    cost: usize,
    meter: M,
    memory: Option<OwnedSemaphorePermit>,
}

/// One connection as a future that ends with it.
pub(super) struct Session<S, H: Handle> {
    stream: S,
    handler: H,
    request_bytes_max: usize,
    pool: FramePool,
    input: Input,
    output: Output,
    pending: FuturesOrdered<Pending<H::Meter>>,
    in_flight_bytes: usize,
    exclusive: Option<Exclusive<H::Meter>>,
    waiting_for_memory: Option<(usize, BoxFuture<'static, Option<OwnedSemaphorePermit>>)>,
    /// Memory of the large frame that is being read.
    memory: Option<OwnedSemaphorePermit>,
    closing: BoxFuture<'static, ()>,
    is_closing: bool,
    idle: IdleTimer,
    /// Until when the client, over its quota, is not read.
    muted: Option<Pin<Box<tokio::time::Sleep>>>,
}

/// When the last byte came, and the timer that looks at it now and then.
struct IdleTimer {
    timeout: std::time::Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
    last: tokio::time::Instant,
}

impl<S, H> Session<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Handle,
{
    /// A session over `stream`. When `closing` is ready, no more requests are taken, and the session ends as soon as
    /// all answers are out.
    pub(super) fn new(
        stream: S,
        handler: H,
        request_bytes_max: usize,
        idle_timeout: std::time::Duration,
        pool: FramePool,
        closing: BoxFuture<'static, ()>,
    ) -> Self {
        Session {
            stream,
            handler,
            request_bytes_max,
            pool,
            input: Input::default(),
            output: Output::default(),
            pending: FuturesOrdered::new(),
            in_flight_bytes: 0,
            exclusive: None,
            waiting_for_memory: None,
            memory: None,
            closing,
            is_closing: false,
            idle: IdleTimer {
                timeout: idle_timeout,
                sleep: Box::pin(tokio::time::sleep(idle_timeout)),
                last: tokio::time::Instant::now(),
            },
            muted: None,
        }
    }

    fn may_take_requests(&self) -> bool {
        !self.is_closing
            && self.exclusive.is_none()
            && self.waiting_for_memory.is_none()
            && self.muted.is_none()
            && self.pending.len() < IN_FLIGHT_MAX
            && self.output.len() < UNWRITTEN_BYTES_MAX
            && (self.in_flight_bytes < IN_FLIGHT_BYTES_MAX || self.pending.is_empty())
    }

    fn admit(
        &mut self,
        outcome: Outcome,
        cost: usize,
        meter: H::Meter,
        memory: Option<OwnedSemaphorePermit>,
    ) -> Result<(), End> {
        let answer = match outcome {
            Outcome::Done(answer) if self.pending.is_empty() => {
                self.in_flight_bytes -= cost;
                return self.send(answer, Some(meter));
            }
            Outcome::Done(answer) => PendingAnswer::Ready(Some(answer)),
            Outcome::Later(future) => PendingAnswer::Waiting(future),
            Outcome::Exclusive(future) => {
                self.exclusive = Some(Exclusive { future, cost, meter, memory });
                return Ok(());
            }
        };
        self.pending.push_back(Pending { answer, cost, meter: Some(meter), _memory: memory });
        Ok(())
    }

    fn send(&mut self, mut answer: Answer, meter: Option<H::Meter>) -> Result<(), End> {
        if let Some(meter) = meter {
            self.handler.answered(meter, &mut answer);
        }
        match answer {
            Answer::Frame(frame) => self.output.push(frame),
            Answer::Fetched(frame, budget) => self.output.push_held(frame, budget),
            Answer::Nothing => {}
            Answer::Close(reason) => return Err(End::Refused(reason)),
        }
        Ok(())
    }

    /// Moves answers that are ready and next in order to the output.
    fn collect_answers(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut progress = false;
        while !self.pending.is_empty() {
            let Poll::Ready(Some((answer, cost, meter))) = Pin::new(&mut self.pending).poll_next(cx) else {
                break;
            };
            self.in_flight_bytes -= cost;
            self.send(answer, meter)?;
            progress = true;
        }
        Ok(progress)
    }

    fn drive_exclusive(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let Some(mut exclusive) = self.exclusive.take() else { return Ok(false) };
        match exclusive.future.as_mut().poll(cx) {
            Poll::Ready(outcome) => {
                self.admit(outcome, exclusive.cost, exclusive.meter, exclusive.memory)?;
                Ok(true)
            }
            Poll::Pending => {
                self.exclusive = Some(exclusive);
                Ok(false)
            }
        }
    }

    fn drive_memory(&mut self, cx: &mut Context<'_>) -> bool {
        let Some((length, future)) = &mut self.waiting_for_memory else { return false };
        let Poll::Ready(permit) = future.as_mut().poll(cx) else { return false };
        self.input.reserve(*length);
        self.memory = permit;
        self.waiting_for_memory = None;
        self.idle.last = tokio::time::Instant::now();
        self.idle.sleep.as_mut().reset(self.idle.last + STALL_MAX.min(self.idle.timeout));
        true
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        if self.output.len() == 0 {
            return Ok(false);
        }
        match self.output.poll_write(&mut self.stream, cx) {
            Poll::Ready(Ok(())) => Ok(true),
            Poll::Ready(Err(error)) => Err(End::Io(error)),
            Poll::Pending => Ok(false),
        }
    }

    /// Starts requests that have been read; says whether one was started.
    fn take_requests(&mut self, turn: &mut usize) -> Result<bool, End> {
        let mut progress = false;
        while *turn < REQUESTS_PER_TURN && self.may_take_requests() {
            match self.input.next(self.request_bytes_max).map_err(End::Frame)? {
                Next::Frame(frame) => {
                    let cost = frame.len();
                    self.in_flight_bytes += cost;
                    let memory = self.memory.take();
                    let (outcome, meter) = self.handler.handle(frame);
                    self.admit(outcome, cost, meter, memory)?;
                    self.look_at_quota();
                    *turn += 1;
                    progress = true;
                }
                Next::Large(length) => {
                    self.waiting_for_memory = Some((length, self.pool.acquire(length)));
                    return Ok(true);
                }
                Next::Incomplete => break,
            }
        }
        Ok(progress)
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        if !self.may_take_requests() {
            return Ok(false);
        }
        match self.input.poll_read(&mut self.stream, cx) {
            Poll::Ready(Ok(0)) => Err(End::Closed),
            Poll::Ready(Ok(_)) => {
                self.idle.last = tokio::time::Instant::now();
                Ok(true)
            }
            Poll::Ready(Err(error)) => Err(End::Io(error)),
            Poll::Pending => Ok(false),
        }
    }

    /// Mutes the connection if its client has to wait.
    fn look_at_quota(&mut self) {
        if self.muted.is_none()
            && let Some(until) = self.handler.muted_until()
            && until > tokio::time::Instant::now()
        {
            self.muted = Some(Box::pin(tokio::time::sleep_until(until)));
        }
    }

    /// Ends the client's wait; says whether it has just ended.
    fn drive_muted(&mut self, cx: &mut Context<'_>) -> bool {
        self.look_at_quota();
        let over = self.muted.as_mut().is_some_and(|muted| muted.as_mut().poll(cx).is_ready());
        if over {
            self.muted = None;
            self.look_at_quota();
        }
        over
    }

    fn check_idle(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        // What has come of a request holds memory, which others may wait for. Behind answers that the client does not
        // take, whole requests may wait too.
        let begun = self.memory.is_some() || (self.input.has_begun() && self.output.len() == 0);
        let timeout = if begun { STALL_MAX.min(self.idle.timeout) } else { self.idle.timeout };
        if self.idle.sleep.deadline() > self.idle.last + timeout {
            self.idle.sleep.as_mut().reset(self.idle.last + timeout);
        }
        while self.idle.sleep.as_mut().poll(cx).is_ready() {
            let busy = !self.pending.is_empty()
                || self.exclusive.is_some()
                || self.muted.is_some()
                || self.waiting_for_memory.is_some();
            let now = tokio::time::Instant::now();
            if busy {
                self.idle.last = now;
            }
            let deadline = self.idle.last + timeout;
            if deadline <= now {
                return Err(if begun { End::Stalled } else { End::Idle });
            }
            self.idle.sleep.as_mut().reset(deadline);
        }
        Ok(())
    }

    fn run(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        if !self.is_closing && self.closing.as_mut().poll(cx).is_ready() {
            self.is_closing = true;
        }
        let mut turn = 0;
        loop {
            let mut progress = self.drive_exclusive(cx)?;
            progress |= self.drive_muted(cx);
            progress |= self.collect_answers(cx)?;
            progress |= self.drive_memory(cx);
            progress |= self.take_requests(&mut turn)?;
            // Everything that is ready is written at once, before more is read.
            progress |= self.write(cx)?;
            if turn >= REQUESTS_PER_TURN {
                cx.waker().wake_by_ref();
                return Ok(());
            }
            if !progress {
                progress = self.read(cx)?;
            }
            if self.is_closing
                && self.pending.is_empty()
                && self.exclusive.is_none()
                && self.output.len() == 0
            {
                return Err(End::Closed);
            }
            if !progress {
                return self.check_idle(cx);
            }
        }
    }
}

impl<S, H> Future for Session<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Handle + Unpin,
{
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        match self.run(cx) {
            Ok(()) => Poll::Pending,
            Err(end) => Poll::Ready(end),
        }
    }
}
