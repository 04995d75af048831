//! One connection to one broker: many requests on the way, answers in order.
//!
//! Callers encode their own requests and decode their own answers; a single task per connection moves the bytes: it
//! writes all frames that are ready with one vectored write, hands each answer to whom it belongs by order and
//! correlation id, and gives up on the whole connection when an answer is overdue, as nothing behind it can arrive.
//! This room knows frames and versions; it must never know topics, groups or batches.

mod driver;
mod frames;
mod versions;

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;

use super::error::{RequestError, api_name};
use super::transport::BoxedStream;
use crate::protocol::messages::{ApiVersionsRequest, ResponseHeader};
use crate::protocol::{Encoded, ErrorCode, Message, Reader, Request, Str, frame};

use driver::Driver;
pub(crate) use versions::Versions;

/// Byte fields of at least this length (record batches) are written from where they are.
const GATHER_FROM: usize = 1 << 10;

/// What every connection of a client has in common.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionSettings {
    /// `client.id`, sent with every request.
    pub(crate) client_id: Str,
    /// Requests on the way at once; more callers wait.
    pub(crate) max_in_flight: usize,
    /// The longest answer that is accepted, in bytes.
    pub(crate) max_frame_bytes: usize,
    /// How long the first request of a connection, ApiVersions, may take.
    pub(crate) request_timeout: Duration,
}

/// A handle on an open connection. Clones share it; it closes when the last one is gone.
#[derive(Clone)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
    /// Dropping the last of these tells the driver to go.
    _alive: Arc<oneshot::Sender<()>>,
}

/// What callers and the driver share.
struct Shared {
    address: Arc<str>,
    settings: ConnectionSettings,
    versions: std::sync::OnceLock<Versions>,
    state: Mutex<State>,
    next_correlation: AtomicI32,
    wake: Notify,
    room: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    outbox: VecDeque<Bytes>,
    in_flight: VecDeque<InFlight>,
    closed: Option<RequestError>,
}

/// A request that waits for its answer.
struct InFlight {
    correlation: i32,
    api: &'static str,
    deadline: Instant,
    timeout: Duration,
    answer: oneshot::Sender<Result<Bytes, RequestError>>,
    _permit: OwnedSemaphorePermit,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic inside the short critical sections cannot leave half a change behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails everything that waits and everything that comes. The first cause stays.
    fn close(&self, cause: RequestError) {
        let waiting = {
            let mut state = self.lock();
            state.outbox.clear();
            state.closed.get_or_insert_with(|| cause.clone());
            std::mem::take(&mut state.in_flight)
        };
        self.room.close();
        for request in waiting {
            let _ = request.answer.send(Err(cause.clone()));
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("address", &self.shared.address).finish_non_exhaustive()
    }
}

impl Connection {
    /// Takes over `stream`, starts its driver and agrees on versions with the broker.
    pub(crate) async fn open(
        stream: BoxedStream,
        address: Arc<str>,
        settings: ConnectionSettings,
    ) -> Result<Connection, RequestError> {
        let (alive, gone) = oneshot::channel();
        let shared = Arc::new(Shared {
            address,
            room: Arc::new(Semaphore::new(settings.max_in_flight)),
            settings,
            versions: std::sync::OnceLock::new(),
            state: Mutex::default(),
            next_correlation: AtomicI32::new(0),
            wake: Notify::new(),
        });
        tokio::spawn(Driver::new(stream, Arc::clone(&shared)).run(gone));
        let connection = Connection { shared, _alive: Arc::new(alive) };
        let versions = connection.negotiate().await?;
        let _ = connection.shared.versions.set(versions);
        Ok(connection)
    }

    /// Whether a request that is sent now can still be answered.
    pub(crate) fn is_open(&self) -> bool {
        self.shared.lock().closed.is_none()
    }

    /// The newest version of `R` that both sides speak, at most `cap`.
    pub(crate) fn version<R: Request>(&self, cap: i16) -> Result<i16, RequestError> {
        let versions = self.shared.versions.get();
        let chosen = versions.and_then(|versions| versions.choose::<R>(cap));
        chosen.ok_or_else(|| RequestError::Unsupported {
            address: Arc::clone(&self.shared.address),
            api: api_name(R::KEY),
            ours: format!("{}-{}", R::MIN_VERSION, R::MAX_VERSION.min(cap)),
            theirs: versions.map_or_else(String::new, |versions| versions.range_text(R::KEY)),
        })
    }

    /// The level of a feature of the cluster (KIP-584), as it was when the connection was opened; 0 for none.
    pub(crate) fn feature(&self, name: &str) -> i16 {
        self.shared.versions.get().map_or(0, |versions| versions.feature(name))
    }

    /// Sends a request and waits for its answer, first waiting for room if too many are on the way.
    pub(crate) async fn request<R: Request>(
        &self,
        request: &R,
        version: i16,
        timeout: Duration,
    ) -> Result<R::Response, RequestError> {
        let frame = self.encode(request, version)?;
        let permit = Arc::clone(&self.shared.room).acquire_owned().await.map_err(|_| self.closed())?;
        self.enqueue::<R>(frame, version, timeout, permit)?.await
    }

    /// Queues a request at once, so that callers keep their order; `None` if too many are on the way.
    pub(crate) fn try_request<R: Request>(
        &self,
        request: &R,
        version: i16,
        timeout: Duration,
    ) -> Result<Option<Answer<R>>, RequestError> {
        let permit = match Arc::clone(&self.shared.room).try_acquire_owned() {
            Ok(permit) => permit,
            Err(tokio::sync::TryAcquireError::NoPermits) => return Ok(None),
            Err(tokio::sync::TryAcquireError::Closed) => return Err(self.closed()),
        };
        let frame = self.encode(request, version)?;
        self.enqueue::<R>(frame, version, timeout, permit).map(Some)
    }

    /// Queues a request that the broker never answers (Produce with `acks=0`).
    pub(crate) fn send_unanswered<R: Request>(&self, request: &R, version: i16) -> Result<(), RequestError> {
        let (_, frame) = self.encode(request, version)?;
        let mut state = self.shared.lock();
        if let Some(cause) = &state.closed {
            return Err(cause.clone());
        }
        state.outbox.extend(frame.chunks);
        drop(state);
        self.shared.wake.notify_one();
        Ok(())
    }

    fn closed(&self) -> RequestError {
        let cause = self.shared.lock().closed.clone();
        cause.unwrap_or_else(|| RequestError::Closed { address: Arc::clone(&self.shared.address) })
    }

    /// A whole frame, and the correlation id in it.
    fn encode<R: Request>(&self, request: &R, version: i16) -> Result<(i32, Encoded), RequestError> {
        // Ids need only differ among the requests on the way, so they are given out before the frame has its turn.
        let correlation = self.shared.next_correlation.fetch_add(1, Ordering::Relaxed) & i32::MAX;
        let client_id = Some(&self.shared.settings.client_id);
        let frame = frame::gather_request(GATHER_FROM, correlation, client_id, request, version);
        let frame = frame.map_err(|source| RequestError::Encode {
            address: Arc::clone(&self.shared.address),
            api: api_name(R::KEY),
            source: Arc::new(source),
        })?;
        Ok((correlation, frame))
    }

    fn enqueue<R: Request>(
        &self,
        (correlation, frame): (i32, Encoded),
        version: i16,
        timeout: Duration,
        permit: OwnedSemaphorePermit,
    ) -> Result<Answer<R>, RequestError> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.shared.lock();
        if let Some(cause) = &state.closed {
            return Err(cause.clone());
        }
        state.outbox.extend(frame.chunks);
        state.in_flight.push_back(InFlight {
            correlation,
            api: api_name(R::KEY),
            deadline: Instant::now() + timeout,
            timeout,
            answer,
            _permit: permit,
        });
        drop(state);
        self.shared.wake.notify_one();
        Ok(Answer { receiver, connection: self.clone(), version, response: std::marker::PhantomData })
    }

    /// Asks for the broker's version ranges; falls back on version 0 where ours is unknown to it (KIP-511).
    async fn negotiate(&self) -> Result<Versions, RequestError> {
        let request = ApiVersionsRequest {
            client_software_name: Str::from("riverrun"),
            client_software_version: Str::from(env!("CARGO_PKG_VERSION")),
            ..ApiVersionsRequest::default()
        };
        let timeout = self.shared.settings.request_timeout;
        let permit = Arc::clone(&self.shared.room).acquire_owned().await.map_err(|_| self.closed())?;
        let frame = self.encode(&request, ApiVersionsRequest::MAX_VERSION)?;
        let answer =
            self.enqueue::<ApiVersionsRequest>(frame, ApiVersionsRequest::MAX_VERSION, timeout, permit)?;
        let mut response = answer.body_or_version_0().await?;
        if ErrorCode::from(response.error_code) == ErrorCode::UnsupportedVersion {
            let theirs = Versions::from_response(&response);
            let version = theirs.choose::<ApiVersionsRequest>(ApiVersionsRequest::MAX_VERSION).unwrap_or(0);
            let request = if version >= 3 { request } else { ApiVersionsRequest::default() };
            response = self.request(&request, version, timeout).await?;
        }
        match ErrorCode::from(response.error_code) {
            ErrorCode::None => Ok(Versions::from_response(&response)),
            code => Err(RequestError::Negotiation { address: Arc::clone(&self.shared.address), code }),
        }
    }
}

/// The answer to a request, once it is there. Dropping it forgets the answer, not the request.
pub(crate) struct Answer<R: Request> {
    receiver: oneshot::Receiver<Result<Bytes, RequestError>>,
    connection: Connection,
    version: i16,
    response: std::marker::PhantomData<fn() -> R>,
}

impl<R: Request> Answer<R> {
    fn decode(&self, frame: Bytes, version: i16) -> Result<R::Response, RequestError> {
        let failed = |source| RequestError::Decode {
            address: Arc::clone(&self.connection.shared.address),
            api: api_name(R::KEY),
            source: Arc::new(source),
        };
        let mut reader = Reader::new(frame);
        ResponseHeader::decode(&mut reader, R::response_header_version(version)).map_err(failed)?;
        R::Response::decode(&mut reader, version).map_err(failed)
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, RequestError>> {
        let received = ready!(Pin::new(&mut self.receiver).poll(cx));
        Poll::Ready(received.unwrap_or_else(|_| Err(self.connection.closed())))
    }
}

impl<R: Request> Future for Answer<R> {
    type Output = Result<R::Response, RequestError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let frame = ready!(self.poll_frame(cx))?;
        let version = self.version;
        Poll::Ready(self.decode(frame, version))
    }
}

impl Answer<ApiVersionsRequest> {
    /// A broker that does not know the version asked for answers in version 0.
    async fn body_or_version_0(mut self) -> Result<<ApiVersionsRequest as Request>::Response, RequestError> {
        let frame = std::future::poll_fn(|cx| self.poll_frame(cx)).await?;
        // The error code stands first in every version.
        let code = frame.get(4..6).map(|code| i16::from_be_bytes([code[0], code[1]]));
        let version = match code.map(ErrorCode::from) {
            Some(ErrorCode::UnsupportedVersion) => 0,
            _ => self.version,
        };
        self.decode(frame, version)
    }
}
