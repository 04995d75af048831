//! What a client needs to know before it can talk to a cluster.

use std::sync::Arc;
use std::time::Duration;

use super::transport::{Connect, Tcp};
use crate::clock::{Clock, SystemClock};
use crate::{Error, ErrorKind, Result};

/// How to reach a cluster, and how patient to be with it. Fields carry Kafka's names and defaults.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// `bootstrap.servers`: where to ask first, as `host:port`. Any broker will do; the rest is found through it.
    pub bootstrap_servers: Vec<String>,
    /// `client.id`: what this client calls itself in a broker's logs and quotas. Default `riverrun`.
    pub client_id: String,
    /// `request.timeout.ms`: how long a broker may take for one answer. Default 30 s.
    pub request_timeout: Duration,
    /// `default.api.timeout.ms`: how long a call may take with all its attempts. Default 60 s.
    pub api_timeout: Duration,
    /// `retry.backoff.ms`: the wait before the first repeated attempt. Default 100 ms.
    pub retry_backoff: Duration,
    /// `retry.backoff.max.ms`: the longest wait between attempts. Default 1 s.
    pub retry_backoff_max: Duration,
    /// `reconnect.backoff.ms`: the wait before reconnecting to a broker that could not be reached. Default 50 ms.
    pub reconnect_backoff: Duration,
    /// `reconnect.backoff.max.ms`: the longest such wait. Default 1 s.
    pub reconnect_backoff_max: Duration,
    /// `metadata.max.age.ms`: how old the view of the cluster may become. Default 5 min.
    pub metadata_max_age: Duration,
    /// The longest answer that is accepted, in bytes; what is longer ends the connection. Default 256 MiB.
    pub max_response_bytes: usize,
    /// How streams to brokers are opened: TCP, or a broker in this process.
    pub transport: Arc<dyn Connect>,
    /// Where record timestamps come from.
    pub clock: Arc<dyn Clock>,
}

impl ClientConfig {
    /// Kafka's defaults, over TCP. `bootstrap_servers` is one address or several with commas between.
    pub fn new(bootstrap_servers: &str) -> Self {
        let servers = bootstrap_servers.split(',').map(str::trim).filter(|server| !server.is_empty());
        ClientConfig {
            bootstrap_servers: servers.map(str::to_owned).collect(),
            client_id: "riverrun".to_owned(),
            request_timeout: Duration::from_secs(30),
            api_timeout: Duration::from_secs(60),
            retry_backoff: Duration::from_millis(100),
            retry_backoff_max: Duration::from_secs(1),
            reconnect_backoff: Duration::from_millis(50),
            reconnect_backoff_max: Duration::from_secs(1),
            metadata_max_age: Duration::from_secs(300),
            max_response_bytes: 256 << 20,
            transport: Arc::new(Tcp::default()),
            clock: Arc::new(SystemClock),
        }
    }

    /// Opens streams through `transport`, such as the one of a broker in this process.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Connect>) -> Self {
        self.transport = transport;
        self
    }

    /// Sets `client.id`.
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = client_id.into();
        self
    }

    /// The bootstrap addresses as host and port.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when there is none or one is not `host:port`.
    pub(crate) fn addresses(&self) -> Result<Vec<(Arc<str>, u16)>> {
        if self.bootstrap_servers.is_empty() {
            return Err(Error::new(
                ErrorKind::Invalid,
                "bootstrap.servers is empty; name a broker as host:port",
            ));
        }
        self.bootstrap_servers.iter().map(|server| parse_address(server)).collect()
    }
}

impl From<&str> for ClientConfig {
    /// [`ClientConfig::new`].
    fn from(bootstrap_servers: &str) -> Self {
        ClientConfig::new(bootstrap_servers)
    }
}

impl From<String> for ClientConfig {
    /// [`ClientConfig::new`].
    fn from(bootstrap_servers: String) -> Self {
        ClientConfig::new(&bootstrap_servers)
    }
}

fn parse_address(server: &str) -> Result<(Arc<str>, u16)> {
    let bad = || {
        Error::new(
            ErrorKind::Invalid,
            format!("bootstrap.servers: '{server}' is not host:port, such as 127.0.0.1:9092"),
        )
    };
    let (host, port) = server.rsplit_once(':').ok_or_else(bad)?;
    let port = port.parse().map_err(|_| bad())?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() {
        return Err(bad());
    }
    Ok((Arc::from(host), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_host_and_port() {
        let config = ClientConfig::new("a:1, [::1]:2,");
        assert_eq!(config.addresses().unwrap(), [(Arc::from("a"), 1), (Arc::from("::1"), 2)]);
        for bad in ["", "a", "a:", ":1", "a:99999"] {
            assert_eq!(ClientConfig::new(bad).addresses().unwrap_err().kind(), ErrorKind::Invalid, "{bad}");
        }
    }
}
