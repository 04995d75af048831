//! The broker as its users see it: configured, started, reached, shut down.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use riverrun_core::client::transport::{BoxedStream, Connect, pipe};
use riverrun_core::clock::{Clock, SystemClock};
use riverrun_core::random::SystemRandom;
use riverrun_core::{Error, ErrorKind, Result};
use tokio::task::JoinHandle;

use crate::config::{self, BrokerSettings, SettingsError};
use crate::log::LogError;
use crate::runtime::{Node, StartError};
use crate::server::{Endpoint, Server};
use crate::storage::{DiskStorage, MemoryStorage, Storage};

/// Bytes that each direction of an in-process connection buffers.
const PIPE_BYTES: usize = 256 << 10;
/// The data folder of a broker in memory; nobody sees it.
const MEMORY_DIR: &str = "/memory";

/// What a broker is started with: where its data is, and any broker config under Kafka's name.
///
/// ```
/// use riverrun_broker::BrokerConfig;
/// let config = BrokerConfig::new("/var/lib/riverrun")
///     .listen("0.0.0.0:9092")
///     .set("num.partitions", "4")
///     .set("log.retention.hours", "72");
/// ```
#[derive(Clone, Debug)]
pub struct BrokerConfig {
    given: BTreeMap<String, String>,
    storage: Option<Arc<dyn Storage>>,
    clock: Arc<dyn Clock>,
    sockets: bool,
}

impl BrokerConfig {
    /// A broker on the data folder `data_dir`, which is made if it is not there. It listens where Kafka's `listeners`
    /// says, by default on 127.0.0.1:9092.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self::from_configs([("log.dirs", data_dir.into().to_string_lossy())])
    }

    /// A broker without a data folder of its own choice: `configs` name it by `log.dirs` or `log.dir`.
    pub fn from_configs<K: Into<String>, V: Into<String>>(configs: impl IntoIterator<Item = (K, V)>) -> Self {
        let given = configs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        BrokerConfig { given, storage: None, clock: Arc::new(SystemClock), sockets: true }
    }

    /// A broker whose data lives in memory and is gone with it: for tests. It listens on a free port of loopback.
    pub fn in_memory() -> Self {
        let mut config = Self::new(MEMORY_DIR).listen("127.0.0.1:0");
        config.storage = Some(Arc::new(MemoryStorage::new()));
        config
    }

    /// Sets a broker config under Kafka's name. Names and values are checked by [`Broker::start`].
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.insert(name.into(), value.into());
        self
    }

    /// Listens at `host:port`; port 0 picks a free one. Sets `listeners`.
    #[must_use]
    pub fn listen(self, address: &str) -> Self {
        self.set("listeners", format!("PLAINTEXT://{address}"))
    }

    /// Opens no socket: the broker is reached by [`Broker::connector`] alone.
    #[must_use]
    pub fn without_socket(mut self) -> Self {
        self.sockets = false;
        self
    }

    /// Keeps data in `storage` instead of the machine's files: for tests that lose power or fail on purpose.
    #[must_use]
    pub fn storage(mut self, storage: Arc<dyn Storage>) -> Self {
        self.storage = Some(storage);
        self
    }

    /// Reads time from `clock` instead of the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Every metric that a broker has, with Kafka's name for it, as a table in Markdown.
    pub fn metrics_reference() -> String {
        crate::metrics::reference()
    }

    /// Every config of a broker, a topic, a group and a client metrics subscription, as tables in Markdown: those that
    /// are obeyed, and what becomes of Kafka's others.
    pub fn reference() -> String {
        config::reference()
    }
}

/// A running broker. It runs on the tokio runtime that started it, until [`shutdown`](Broker::shutdown).
///
/// A handle: clones are the same broker. When the process ends without `shutdown`, nothing that was acknowledged is
/// lost; the next start looks through the logs.
#[derive(Clone)]
pub struct Broker {
    node: Arc<Node>,
    server: Arc<Server>,
    notices: Arc<[String]>,
    accepting: Arc<Mutex<Option<JoinHandle<()>>>>,
    /// Where metrics are served, and the task that serves them.
    endpoint: Arc<Option<(SocketAddr, JoinHandle<()>)>>,
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker").field("bound", &self.server.bound()).finish_non_exhaustive()
    }
}

impl Broker {
    /// Starts a broker and returns when it takes requests.
    ///
    /// # Errors
    /// - [`Invalid`](ErrorKind::Invalid): a config is unknown or wrong; the message names all of them. Or the address
    ///   cannot be bound, or the folder is another node's.
    /// - [`Fenced`](ErrorKind::Fenced): another process has the data folder.
    /// - [`Corrupt`](ErrorKind::Corrupt): flushed data is damaged.
    pub async fn start(config: BrokerConfig) -> Result<Broker> {
        let given = config.given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let given = config::read(given).map_err(bad_config)?;
        let settings = BrokerSettings::of(&given.config).map_err(bad_config)?;
        let notices = given.notices.clone();
        for notice in &notices {
            tracing::warn!("{notice}");
        }
        let storage = config.storage.unwrap_or_else(|| Arc::new(DiskStorage));
        let address = format!("{}:{}", settings.listener.host, settings.listener.port);
        let metrics_address = settings.limits.metrics_listener.as_ref();
        let metrics_address =
            metrics_address.map(|at| format!("{}:{}", at.host, at.port)).unwrap_or_default();
        let random = Box::new(SystemRandom::new());
        let node = Node::start(given, settings, storage, config.clock, random).await.map_err(not_started)?;
        let bound = async {
            let (server, listener) = if config.sockets {
                let bound = Server::bind(node.clone()).await;
                let (server, listener) = bound.map_err(|error| cannot_listen(&address, error))?;
                (server, Some(listener))
            } else {
                (Server::without_socket(node.clone()), None)
            };
            let endpoint = Endpoint::bind(server.clone()).await;
            let endpoint = endpoint.map_err(|error| cannot_listen(&metrics_address, error))?;
            Ok((server, listener, endpoint))
        };
        let (server, listener, endpoint) = match bound.await {
            Ok(bound) => bound,
            Err(error) => {
                if let Err(error) = node.close().await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the data folder could not be closed"
                    );
                }
                return Err(error);
            }
        };
        let accepting = match listener {
            Some(listener) => tokio::spawn(server.clone().accept(listener)),
            None => tokio::spawn(node.closing()),
        };
        let endpoint = endpoint.map(|endpoint| (endpoint.bound(), tokio::spawn(endpoint.serve())));
        Ok(Broker {
            node,
            server,
            notices: notices.into(),
            accepting: Arc::new(Mutex::new(Some(accepting))),
            endpoint: Arc::new(endpoint),
        })
    }

    /// Starts a broker for this process alone: on `data_dir`, listening on a free port of loopback.
    ///
    /// ```no_run
    /// # async fn example() -> riverrun_core::Result<()> {
    /// let broker = riverrun_broker::Broker::embedded("./data").await?;
    /// println!("any Kafka client of this machine can use {}", broker.bootstrap());
    /// # broker.shutdown().await }
    /// ```
    ///
    /// # Errors
    /// As [`start`](Broker::start).
    pub async fn embedded(data_dir: impl AsRef<Path>) -> Result<Broker> {
        Self::start(BrokerConfig::new(data_dir.as_ref()).listen("127.0.0.1:0")).await
    }

    /// Starts a broker that keeps everything in memory: for tests.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> riverrun_core::Result<()> {
    /// use riverrun_broker::Broker;
    /// use riverrun_core::client::{Client, ClientConfig, Producer, ProducerConfig, ProducerRecord};
    ///
    /// let broker = Broker::in_memory().await?;
    /// // Through no socket; any Kafka client reaches the same broker at `broker.bootstrap()`.
    /// let config = ClientConfig::new(&broker.bootstrap()).transport(broker.connector());
    /// let client = Client::connect(config).await?;
    /// let producer = Producer::new(&client, ProducerConfig::default())?;
    /// let sent = producer.send(ProducerRecord::new("orders", b"one")).await?.await?;
    /// assert_eq!(sent.offset, 0);
    /// broker.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`start`](Broker::start).
    pub async fn in_memory() -> Result<Broker> {
        Self::start(BrokerConfig::in_memory()).await
    }

    /// Where clients of this machine reach the broker, as `host:port`: what goes into `bootstrap.servers`. Without a
    /// socket it is a name that only [`connector`](Broker::connector) reaches.
    pub fn bootstrap(&self) -> String {
        let (host, port) = self.server.bootstrap();
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// The address that the listener is bound to; 0.0.0.0:0 if there is none.
    pub fn bound(&self) -> SocketAddr {
        self.server.bound()
    }

    /// A transport that reaches this broker inside the process, through no socket, whatever address is asked for.
    pub fn connector(&self) -> Arc<dyn Connect> {
        Arc::new(InProcess { server: Arc::downgrade(&self.server) })
    }

    /// Where metrics and health are served by HTTP; `None` without the config `metrics.listener`.
    pub fn metrics_bound(&self) -> Option<SocketAddr> {
        self.endpoint.as_ref().as_ref().map(|(bound, _)| *bound)
    }

    /// The page of metrics, in Prometheus' text format, as `/metrics` serves it. Asks every open log and blocks: not for
    /// a thread that serves clients.
    pub fn metrics(&self) -> String {
        self.server.metrics_page()
    }

    /// Whether the broker serves, and the reasons why it does not do all of its work, as `/health` tells them.
    pub fn health(&self) -> (bool, Vec<String>) {
        let health = self.server.health();
        (health.is_ready(), health.reasons)
    }

    /// What was taken at the start but has no effect, one sentence each.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Stops taking connections and requests, lets open ones end for a moment, flushes and closes every log.
    ///
    /// # Errors
    /// When a log could not be closed in order. Nothing that was acknowledged is lost; the next start looks through the
    /// logs.
    pub async fn shutdown(&self) -> Result<()> {
        self.node.begin_close();
        let accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(accepting) = accepting else { return Ok(()) };
        if let Err(error) = accepting.await {
            tracing::error!(%error, "the listener went down");
        }
        let closed = self.node.close().await;
        // Until now it could tell that the broker is closing.
        if let Some((_, serving)) = self.endpoint.as_ref() {
            serving.abort();
        }
        closed.map_err(|error| {
            Error::new(ErrorKind::Internal, "the broker could not be closed in order").with_source(error)
        })
    }
}

/// The in-process transport.
#[derive(Debug)]
struct InProcess {
    server: Weak<Server>,
}

#[async_trait]
impl Connect for InProcess {
    async fn connect(&self, _host: &str, _port: u16) -> io::Result<BoxedStream> {
        let refused =
            || io::Error::new(io::ErrorKind::ConnectionRefused, "the embedded broker was shut down");
        let server = self.server.upgrade().filter(|server| !server.is_closing()).ok_or_else(refused)?;
        let (client, broker) = pipe(PIPE_BYTES);
        tokio::spawn(server.serve_stream(broker));
        Ok(Box::new(client))
    }
}

fn bad_config(error: SettingsError) -> Error {
    Error::new(ErrorKind::Invalid, error.to_string())
}

fn cannot_listen(address: &str, error: io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => "another process listens there; stop it or choose another port",
        io::ErrorKind::PermissionDenied => "this port needs privileges; choose one above 1023",
        _ => "choose an address of this machine",
    };
    Error::new(ErrorKind::Invalid, format!("cannot listen on {address}: {advice}")).with_source(error)
}

fn not_started(error: StartError) -> Error {
    match error {
        StartError::Log(error) => log_error(error),
        StartError::OtherNode { .. } | StartError::OtherCluster { .. } => {
            Error::new(ErrorKind::Invalid, error.to_string())
        }
        StartError::Metadata(_) | StartError::Replay(_) => {
            Error::new(ErrorKind::Corrupt, "the cluster's metadata cannot be read").with_source(error)
        }
        StartError::Internal(_) => Error::new(ErrorKind::Internal, error.to_string()),
    }
}

fn log_error(error: LogError) -> Error {
    Error::from(error).context("the broker cannot start")
}
