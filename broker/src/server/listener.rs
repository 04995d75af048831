//! Where connections come from: a TCP socket, or a pipe inside the process.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use riverrun_core::protocol::Str;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::connection::Connection;
use super::dispatch::Dispatcher;
use super::session::{End, FramePool, Session};
use crate::config::Listener;
use crate::runtime::Node;

/// How long a closing broker waits for answers to leave.
const DRAIN: Duration = Duration::from_millis(1_500);
/// How long the listener rests when the system has no more sockets to give.
const EXHAUSTED_REST: Duration = Duration::from_millis(100);

/// The doors of a broker.
#[derive(Debug)]
pub(crate) struct Server {
    node: Arc<Node>,
    pool: FramePool,
    advertised: Option<Listener>,
    bound: SocketAddr,
    connections: AtomicUsize,
}

impl Server {
    /// Binds the listener; nobody is let in before [`accept`](Server::accept) runs.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub(crate) async fn bind(node: Arc<Node>) -> io::Result<(Arc<Self>, TcpListener)> {
        let settings = &node.settings;
        let host = match settings.listener.host.as_str() {
            "" => "0.0.0.0",
            host => host,
        };
        #[expect(clippy::disallowed_methods, reason = "the one place where the broker opens a socket")]
        let listener = TcpListener::bind((host, settings.listener.port)).await?;
        let server = Server {
            pool: FramePool::new(settings.queued_request_bytes_max.max(settings.request_bytes_max)),
            advertised: settings.advertised.clone(),
            bound: listener.local_addr()?,
            connections: AtomicUsize::new(0),
            node,
        };
        Ok((Arc::new(server), listener))
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
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        sessions.spawn(self.clone().serve_tcp(stream, peer));
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

    async fn serve_tcp(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let _ = stream.set_nodelay(true);
        let (host, port) = match &self.advertised {
            Some(advertised) => (advertised.host.clone(), advertised.port),
            // Where the listener stands on all addresses, this client knows the one that it came in by.
            None => match stream.local_addr() {
                Ok(local) => (local.ip().to_canonical().to_string(), local.port()),
                Err(_) => self.bootstrap(),
            },
        };
        let connection = Connection {
            peer_host: Str::from(format!("/{}", peer.ip().to_canonical())),
            advertised_host: Str::from(host),
            advertised_port: port,
            fetch_bytes: AtomicUsize::new(0),
        };
        self.serve(stream, connection, &peer).await;
    }

    /// Serves a stream that did not come through the listener, as a pipe inside the process.
    pub(crate) async fn serve_stream<S>(self: Arc<Self>, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let (host, port) = self.bootstrap();
        let connection = Connection {
            peer_host: Str::from_static("/127.0.0.1"),
            advertised_host: Str::from(host),
            advertised_port: port,
            fetch_bytes: AtomicUsize::new(0),
        };
        self.serve(stream, connection, &"in-process").await;
    }

    async fn serve<S>(&self, stream: S, connection: Connection, peer: &(dyn std::fmt::Display + Sync))
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let settings = &self.node.settings;
        let before = self.connections.fetch_add(1, Ordering::Relaxed);
        if before < settings.connections_max {
            let session = Session::new(
                stream,
                Dispatcher::new(self.node.clone(), Arc::new(connection)),
                settings.request_bytes_max,
                settings.idle_timeout,
                self.pool.clone(),
                Box::pin(self.node.closing()),
            );
            match session.await {
                End::Closed => {}
                End::Io(error) => tracing::debug!(%peer, %error, "a connection broke"),
                end => tracing::warn!(%peer, reason = %end, "a connection was closed"),
            }
        } else {
            tracing::warn!(%peer, "a connection was refused: max.connections is reached");
        }
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
