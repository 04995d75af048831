//! Where connections come from: a TCP socket, or a pipe inside the process.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use riverrun_core::protocol::Str;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::admission::{Admission, Admitted, Slot};
use super::connection::{Connection, Limits};
use super::dispatch::Dispatcher;
use super::fetch_memory::FetchMemory;
use super::quota::{ClientQuotas, Windows};
use super::session::{End, FramePool, Session};
use crate::config::{Listener, QuotaWindows};
use crate::metrics::Metrics;
use crate::runtime::Node;

/// The host of a broker without a socket; RFC 6761 keeps every name under `invalid` from being found.
const IN_PROCESS: &str = "in-process.invalid";
/// How long a closing broker waits for answers to leave.
const DRAIN: Duration = Duration::from_millis(1_500);
/// How long the listener rests when the system has no more sockets to give.
const EXHAUSTED_REST: Duration = Duration::from_millis(100);

/// Connections of throttled addresses that are held until their time is over; what comes beyond is closed at once.
const HELD_MAX: usize = 1_000;

/// The doors of a broker.
#[derive(Debug)]
pub(crate) struct Server {
    pub(super) node: Arc<Node>,
    pub(super) pool: FramePool,
    pub(super) limits: Arc<Limits>,
    pub(super) admission: Arc<Admission>,
    advertised: Option<Listener>,
    bound: SocketAddr,
    held: AtomicUsize,
    pub(super) started: tokio::time::Instant,
    /// Whether groups that were written before the start have been read for the metrics.
    pub(super) groups_loaded: AtomicBool,
}

impl Server {
    /// Binds the listener; nobody is let in before [`accept`](Server::accept) runs.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub(crate) async fn bind(node: Arc<Node>) -> io::Result<(Arc<Self>, TcpListener)> {
        let listener = Self::listen(&node).await?;
        let (bound, advertised) = (listener.local_addr()?, node.settings.advertised.clone());
        Ok((Self::at(node, bound, advertised), listener))
    }

    /// Doors for this process alone: there is no socket, and no other process finds the broker under its name.
    pub(crate) fn without_socket(node: Arc<Node>) -> Arc<Self> {
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        Self::at(node, nowhere, Some(Listener { host: IN_PROCESS.to_owned(), port: 1 }))
    }

    async fn listen(node: &Node) -> io::Result<TcpListener> {
        let settings = &node.settings;
        let host = match settings.listener.host.as_str() {
            "" => "0.0.0.0",
            host => host,
        };
        #[expect(clippy::disallowed_methods, reason = "the one place where the broker opens a socket")]
        let listener = TcpListener::bind((host, settings.listener.port)).await?;
        Ok(listener)
    }

    fn at(node: Arc<Node>, bound: SocketAddr, advertised: Option<Listener>) -> Arc<Self> {
        let settings = &node.settings;
        let limits = Limits {
            quotas: ClientQuotas::new(
                windows(settings.limits.quota_windows),
                windows(settings.limits.mutation_windows),
            ),
            fetch_memory: Arc::new(FetchMemory::new(settings.limits.fetch_memory_bytes_max)),
        };
        let server = Server {
            pool: FramePool::new(settings.queued_request_bytes_max),
            limits: Arc::new(limits),
            admission: Arc::default(),
            advertised,
            bound,
            held: AtomicUsize::new(0),
            started: tokio::time::Instant::now(),
            groups_loaded: AtomicBool::new(false),
            node,
        };
        Arc::new(server)
    }

    /// The bound address.
    pub(crate) fn bound(&self) -> SocketAddr {
        self.bound
    }

    /// Whether the broker takes no more connections.
    pub(crate) fn is_closing(&self) -> bool {
        self.node.is_closing()
    }

    /// Where clients of this machine reach the broker.
    pub(crate) fn bootstrap(&self) -> (String, u16) {
        match &self.advertised {
            Some(advertised) => (advertised.host.clone(), advertised.port),
            None if self.bound.ip().is_unspecified() => ("127.0.0.1".to_owned(), self.bound.port()),
            None => (self.bound.ip().to_string(), self.bound.port()),
        }
    }

    /// Lets connections in until the broker closes, then waits for their last answers.
    pub(crate) async fn accept(self: Arc<Self>, listener: TcpListener) {
        let mut sessions = JoinSet::new();
        let closing = self.node.closing();
        tokio::pin!(closing);
        loop {
            tokio::select! {
                (slot, accepted) = self.next(&listener) => match accepted {
                    Ok((stream, peer)) => {
                        sessions.spawn(self.clone().receive(stream, peer, slot));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(EXHAUSTED_REST).await;
                    }
                },
                // Finished sessions are let go as they end.
                Some(_) = sessions.join_next() => {}
                () = &mut closing => break,
            }
        }
        drop(listener);
        let drained = async { while sessions.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::info!(connections = sessions.len(), "connections with open requests were closed");
        }
    }

    fn connections_max(&self) -> usize {
        self.node.live().settings.limits.connections_max
    }

    /// Whether new connections have to wait.
    pub(super) fn is_full(&self) -> bool {
        self.admission.open() >= self.connections_max()
    }

    fn metrics(&self) -> &Metrics {
        self.node.metrics()
    }

    /// The next connection, as soon as `max.connections` and `max.connection.creation.rate` allow one more. Until then the
    /// system keeps those that come. May be dropped at any time: what is lost is a wait.
    async fn next(&self, listener: &TcpListener) -> (Slot, io::Result<(TcpStream, SocketAddr)>) {
        if self.admission.is_full(self.connections_max()) {
            tracing::warn!("max.connections is reached: new connections wait until one ends");
        }
        let slot = self.admission.slot(|| self.connections_max()).await;
        if let Some(per_second) = self.node.live().settings.limits.connection_rate {
            let throttle_ms = self.limits.quotas.next_accept_ms(self.node.clock.now_ms(), per_second);
            if throttle_ms > 0 {
                tokio::time::sleep(Duration::from_millis(throttle_ms.unsigned_abs())).await;
            }
        }
        let accepted = listener.accept().await;
        if accepted.is_ok() {
            self.limits.quotas.accepted(self.node.clock.now_ms());
        }
        (slot, accepted)
    }

    /// Serves a connection, or turns it away.
    async fn receive(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, slot: Slot) {
        let counters = &self.metrics().connections;
        let address = peer.ip().to_canonical();
        let image = self.node.controller.image();
        let throttle_ms = self.limits.quotas.connected(self.node.clock.now_ms(), &image.quotas, address);
        drop(image);
        if throttle_ms > 0 {
            counters.throttled.add(1);
            tracing::debug!(%peer, throttle_ms, "a connection was turned away: its address opens them too fast");
            // Held for a while, so that a client that tries again at once is slowed down.
            if self.held.fetch_add(1, Ordering::Relaxed) < HELD_MAX {
                let closing = self.node.closing();
                let _ =
                    tokio::time::timeout(Duration::from_millis(throttle_ms.unsigned_abs()), closing).await;
            }
            self.held.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        match self.admission.admit(&self.node.live().settings.limits, address, slot) {
            Ok(admitted) => self.serve_tcp(stream, peer, admitted).await,
            Err(too_many) => {
                counters.refused.add(1);
                tracing::warn!(%peer, max = too_many.max, "a connection was refused: max.connections.per.ip");
            }
        }
    }

    async fn serve_tcp(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, admitted: Admitted) {
        let _ = stream.set_nodelay(true);
        let advertised = match &self.advertised {
            Some(advertised) => (advertised.host.clone(), advertised.port),
            // Where the listener stands on all addresses, this client knows the one that it came in by.
            None => match stream.local_addr() {
                Ok(local) => (local.ip().to_canonical().to_string(), local.port()),
                Err(_) => self.bootstrap(),
            },
        };
        let host = Str::from(format!("/{}", peer.ip().to_canonical()));
        let connection = Connection::new((host, peer.port()), advertised, self.limits.clone());
        self.serve(stream, connection, &peer, admitted).await;
    }

    /// Serves a stream that did not come through the listener, as a pipe inside the process.
    pub(crate) async fn serve_stream<S>(self: Arc<Self>, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let host = Str::from_static("/127.0.0.1");
        let connection = Connection::new((host, 0), self.bootstrap(), self.limits.clone());
        let admitted = self.admission.admit_inside();
        self.serve(stream, connection, &"in-process", admitted).await;
    }

    async fn serve<S>(
        &self,
        stream: S,
        connection: Connection,
        peer: &(dyn std::fmt::Display + Sync),
        admitted: Admitted,
    ) where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let (request_bytes_max, idle_timeout) = {
            let settings = &self.node.live().settings;
            (settings.request_bytes_max, settings.idle_timeout)
        };
        let counters = &self.metrics().connections;
        counters.accepted.add(1);
        let session = Session::new(
            stream,
            Dispatcher::new(self.node.clone(), Arc::new(connection)),
            request_bytes_max,
            idle_timeout,
            self.pool.clone(),
            Box::pin(self.node.closing()),
        );
        let end = session.await;
        drop(admitted);
        counters.closed.add(1);
        match end {
            End::Closed => {}
            End::Io(error) => tracing::debug!(%peer, %error, "a connection broke"),
            End::Idle => {
                counters.expired.add(1);
                tracing::debug!(%peer, "an idle connection was closed");
            }
            end => tracing::warn!(%peer, reason = %end, "a connection was closed"),
        }
    }
}

fn windows(settings: QuotaWindows) -> Windows {
    Windows { number: settings.number, length_ms: settings.seconds.saturating_mul(1_000) }
}
