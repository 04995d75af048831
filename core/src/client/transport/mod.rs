//! How a client reaches a broker: the only sockets of the client.
//!
//! [`Connect`] opens a byte stream to an advertised address. [`Tcp`] does so over the network; a broker in the same
//! process implements it over [`pipe`], so that embedded use passes through no socket. This room knows streams of
//! bytes; it must never know frames or requests.

mod tcp;

use std::io;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};

pub use tcp::Tcp;

/// A bidirectional byte stream. Implemented by everything that can be one.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A byte stream whose type the caller does not need to know.
pub type BoxedStream = Box<dyn Stream>;

/// Opens byte streams to brokers.
///
/// Implementations enforce their own connect timeout and set what makes a stream fit for small pipelined requests
/// (no delay). The caller names the address in its errors; an implementation returns the bare cause.
#[async_trait]
pub trait Connect: Send + Sync + std::fmt::Debug {
    /// Opens one stream to the broker that is advertised as `host:port`.
    ///
    /// # Errors
    /// What kept it from opening. `ConnectionRefused` means that nobody listens at this address.
    async fn connect(&self, host: &str, port: u16) -> io::Result<BoxedStream>;
}

/// Two ends of an in-process stream, each direction buffering at most `capacity` bytes before a writer waits.
///
/// A broker's in-process [`Connect`] gives one end to the client and serves the other as it serves a socket.
pub fn pipe(capacity: usize) -> (DuplexStream, DuplexStream) {
    tokio::io::duplex(capacity)
}
