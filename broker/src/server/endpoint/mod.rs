//! What an operator asks a broker by HTTP, on a listener of its own: `/metrics` for Prometheus, `/health` for people and
//! for whoever restarts processes.
//!
//! Two pages that are read with GET need no web framework: requests are parsed here, are 8 KiB at most, and each ends its
//! connection. Nothing is ever changed this way.

mod health;
mod page;
mod process;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

pub(crate) use health::Health;

use super::listener::Server;

/// Longest request that is read.
const REQUEST_BYTES_MAX: usize = 8 << 10;
/// How long a client may take to ask, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Clients that are served at a time.
const CLIENTS_MAX: usize = 16;
/// How long the listener rests when the system has no more sockets to give.
const EXHAUSTED_REST: Duration = Duration::from_millis(100);

/// The listener of metrics and health.
#[derive(Debug)]
pub(crate) struct Endpoint {
    server: Arc<Server>,
    listener: TcpListener,
    bound: SocketAddr,
}

struct Response {
    status: &'static str,
    kind: &'static str,
    body: String,
}

impl Endpoint {
    /// Binds the listener that the configs name, if they name one.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub(crate) async fn bind(server: Arc<Server>) -> io::Result<Option<Self>> {
        let Some(address) = server.node.settings.limits.metrics_listener.clone() else { return Ok(None) };
        let host = if address.host.is_empty() { "0.0.0.0" } else { &address.host };
        #[expect(clippy::disallowed_methods, reason = "the second place where the broker opens a socket")]
        let listener = TcpListener::bind((host, address.port)).await?;
        Ok(Some(Endpoint { bound: listener.local_addr()?, server, listener }))
    }

    /// The bound address.
    pub(crate) fn bound(&self) -> SocketAddr {
        self.bound
    }

    /// Answers until it is aborted.
    pub(crate) async fn serve(self) {
        let slots = Arc::new(Semaphore::new(CLIENTS_MAX));
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let server = self.server.clone();
                    tokio::spawn(async move {
                        let outcome = tokio::time::timeout(PATIENCE, answer(stream, server)).await;
                        if let Ok(Err(error)) = outcome {
                            tracing::debug!(%peer, %error, "a request for metrics broke");
                        }
                        drop(slot);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection for metrics could not be accepted");
                    tokio::time::sleep(EXHAUSTED_REST).await;
                }
            }
        }
    }
}

async fn answer(mut stream: TcpStream, server: Arc<Server>) -> io::Result<()> {
    let mut request = Vec::new();
    let whole = loop {
        if request.windows(4).any(|window| window == b"\r\n\r\n") {
            break true;
        }
        if request.len() >= REQUEST_BYTES_MAX || stream.read_buf(&mut request).await? == 0 {
            break false;
        }
    };
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let response = match method {
        _ if !whole => plain("400 Bad Request", "this is no HTTP request, or too long a one\n"),
        "GET" | "HEAD" => respond(target, server).await,
        _ => plain("405 Method Not Allowed", "only GET and HEAD\n"),
    };
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        response.status,
        response.kind,
        response.body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    if method != "HEAD" {
        stream.write_all(response.body.as_bytes()).await?;
    }
    stream.shutdown().await
}

async fn respond(target: &str, server: Arc<Server>) -> Response {
    let path = target.split('?').next().unwrap_or_default();
    // Logs are asked one by one, and groups may have to be read: not on a thread that serves clients.
    let work: fn(&Server) -> Response = match path {
        "/metrics" => |server| Response {
            status: "200 OK",
            kind: "text/plain; version=0.0.4; charset=utf-8",
            body: page::metrics(server),
        },
        "/health" | "/health/ready" => |server| {
            let health = Health::of(server);
            json(health.is_ready(), &health)
        },
        // Whoever answers is alive.
        "/health/live" => |server| json(true, &Health::of(server)),
        "/" => |_| plain("200 OK", "riverrun: /metrics, /health, /health/live, /health/ready\n"),
        _ => |_| plain("404 Not Found", "there are /metrics, /health, /health/live and /health/ready\n"),
    };
    let done = tokio::task::spawn_blocking(move || work(&server)).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be made");
        plain("500 Internal Server Error", "the page could not be made; the broker's log says why\n")
    })
}

fn json(well: bool, health: &Health) -> Response {
    let body = serde_json::to_string(health).unwrap_or_default() + "\n";
    let status = if well { "200 OK" } else { "503 Service Unavailable" };
    Response { status, kind: "application/json", body }
}

fn plain(status: &'static str, text: &str) -> Response {
    Response { status, kind: "text/plain; charset=utf-8", body: text.to_owned() }
}

impl Server {
    /// The page of metrics. Asks every open log; blocks.
    pub(crate) fn metrics_page(&self) -> String {
        page::metrics(self)
    }

    /// How the broker is.
    pub(crate) fn health(&self) -> Health {
        Health::of(self)
    }
}
