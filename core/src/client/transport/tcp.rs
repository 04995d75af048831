//! Streams over TCP.

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::TcpStream;

use super::{BoxedStream, Connect};

/// Connects over TCP, with Nagle's algorithm off.
#[derive(Clone, Copy, Debug)]
pub struct Tcp {
    connect_timeout: Duration,
}

impl Tcp {
    /// Gives up on an address that does not answer within `connect_timeout` (name lookup included).
    pub fn new(connect_timeout: Duration) -> Self {
        Tcp { connect_timeout }
    }
}

impl Default for Tcp {
    /// Kafka's `socket.connection.setup.timeout.ms`: 10 seconds.
    fn default() -> Self {
        Tcp::new(Duration::from_secs(10))
    }
}

#[async_trait]
impl Connect for Tcp {
    async fn connect(&self, host: &str, port: u16) -> io::Result<BoxedStream> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the client opens a socket")]
        let opening = TcpStream::connect((host, port));
        let stream = tokio::time::timeout(self.connect_timeout, opening).await.map_err(|_| {
            io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no answer within {} ms", self.connect_timeout.as_millis()),
            )
        })??;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}
