//! A client's view of a cluster and its ways into it.
//!
//! [`Client`] finds brokers, leaders and coordinators, keeps connections open and the view fresh. It knows topics and
//! brokers; it must never know records, groups or offsets.

mod backoff;
mod keeper;
mod pool;
mod view;

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::config::ClientConfig;
use super::connection::{Connection, ConnectionSettings};
use super::error::{RequestError, broker_error};
use crate::protocol::messages::{FindCoordinatorRequest, FindCoordinatorResponse};
use crate::protocol::{ErrorCode, Request, Str};
use crate::random::{Random, SystemRandom};
use crate::{Error, ErrorKind, Result};

pub(crate) use backoff::Backoff;
use keeper::{Keeper, Wanted};
use pool::{Dialer, Pool};
pub(crate) use pool::{Lane, Link};
pub use view::{BrokerNode, ClusterView, PartitionView, TopicView};

/// Requests of one connection that may be on the way at once.
const MAX_IN_FLIGHT: usize = 64;
/// What the key of FindCoordinator names.
const GROUP_KEY: i8 = 0;
const TRANSACTION_KEY: i8 = 1;

/// A way into a cluster. Clones share connections and the view of the cluster.
///
/// Producers, consumers and admins are made from it and may share one.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    config: ClientConfig,
    dialer: Dialer,
    bootstrap: Vec<(Arc<str>, u16)>,
    pool: Pool,
    view: watch::Sender<Seen>,
    wanted: Arc<Wanted>,
    random: Mutex<SystemRandom>,
    lanes: AtomicU32,
}

/// A view, how often it was asked for, and why the last attempt gave none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) view: Arc<ClusterView>,
    /// Counts answers and failed attempts; grows with each.
    pub(crate) attempts: u64,
    pub(crate) error: Option<RequestError>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("bootstrap", &self.inner.config.bootstrap_servers)
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.wanted.stop();
    }
}

impl Client {
    /// Reaches a cluster and learns who belongs to it.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for addresses that are none; [`ErrorKind::Retriable`] or [`ErrorKind::Timeout`] when no
    /// bootstrap server answers. Each is tried once: a caller that started its cluster just now tries again.
    pub async fn connect(config: ClientConfig) -> Result<Client> {
        let client = Client::lazy(config)?;
        client.refresh().await?;
        Ok(client)
    }

    /// A client that reaches its cluster when it first needs to.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for addresses that are none.
    pub fn lazy(config: ClientConfig) -> Result<Client> {
        let bootstrap = config.addresses()?;
        let settings = ConnectionSettings {
            client_id: Str::from(config.client_id.as_str()),
            max_in_flight: MAX_IN_FLIGHT,
            max_frame_bytes: config.max_response_bytes,
            request_timeout: config.request_timeout,
        };
        let dialer = Dialer {
            transport: Arc::clone(&config.transport),
            settings,
            backoff: Backoff {
                initial_ms: millis(config.reconnect_backoff),
                max_ms: millis(config.reconnect_backoff_max),
            },
        };
        let wanted = Arc::new(Wanted::default());
        let inner = Arc::new(Inner {
            dialer,
            bootstrap,
            pool: Pool::default(),
            view: watch::Sender::default(),
            wanted: Arc::clone(&wanted),
            random: Mutex::new(SystemRandom::new()),
            lanes: AtomicU32::new(1),
            config,
        });
        tokio::spawn(Keeper::new(Arc::downgrade(&inner), wanted).run());
        Ok(Client { inner })
    }

    /// How this client was configured.
    pub fn config(&self) -> &ClientConfig {
        &self.inner.config
    }

    /// What is known of the cluster now.
    pub fn view(&self) -> Arc<ClusterView> {
        Arc::clone(&self.inner.view.borrow().view)
    }

    /// Asks the cluster for a fresh view, and waits for it.
    ///
    /// # Errors
    /// When no broker answers; nothing is repeated.
    pub async fn refresh(&self) -> Result<Arc<ClusterView>> {
        Ok(self.refreshed().await?)
    }

    /// What the cluster says of a topic, asked for if it is not known. With `create`, a cluster that makes topics on
    /// demand makes it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such topic; the cause when nobody answers within `timeout`.
    pub async fn topic(&self, name: &str, create: bool, timeout: Duration) -> Result<Arc<TopicView>> {
        self.inner.wanted.topic(name, create);
        let deadline = Instant::now() + timeout;
        let mut failures = 0;
        loop {
            let seen = self.view();
            if let Some(topic) = seen.topic(name)
                && topic.partitions.iter().any(|partition| partition.leader.is_some())
            {
                return Ok(Arc::clone(topic));
            }
            let error = match self.refreshed().await {
                Ok(view) => match (view.topic(name), view.topic_error(name)) {
                    (Some(topic), _)
                        if topic.partitions.iter().any(|partition| partition.leader.is_some()) =>
                    {
                        return Ok(Arc::clone(topic));
                    }
                    (Some(_), _) => Error::new(
                        ErrorKind::Retriable,
                        format!("no partition of topic '{name}' has a leader"),
                    ),
                    (None, Some(ErrorCode::UnknownTopicOrPartition)) | (None, None) => {
                        let error = Error::new(
                            ErrorKind::NotFound,
                            format!(
                                "topic '{name}' does not exist; create it, or let the broker do so (auto.create.topics.enable)"
                            ),
                        );
                        if !create {
                            return Err(error);
                        }
                        error
                    }
                    (None, Some(code)) => {
                        let error = broker_error(code, None, format_args!("topic '{name}'"));
                        if !code.is_retriable() {
                            return Err(error);
                        }
                        error
                    }
                },
                Err(error) if error.is_retriable() => error.into(),
                Err(error) => return Err(error.into()),
            };
            failures += 1;
            let wait = self.retry_wait(failures);
            if Instant::now() + wait >= deadline {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Waits until the cluster shows a topic that was just made, at most `timeout`: brokers learn of it one by one.
    pub(crate) async fn await_topic(&self, name: &str, timeout: Duration) -> Result<()> {
        let deadline = Instant::now() + timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.topic(name, false, left).await {
                Err(error) if error.kind() == ErrorKind::NotFound && Instant::now() < deadline => {
                    tokio::time::sleep(self.retry_wait(1)).await;
                }
                outcome => return outcome.map(drop),
            }
        }
    }

    /// One round of asking for a fresh view, shared by all who ask at the same time.
    pub(crate) async fn refreshed(&self) -> std::result::Result<Arc<ClusterView>, RequestError> {
        let mut seen = self.inner.view.subscribe();
        let ticket = self.inner.wanted.refresh(seen.borrow_and_update().attempts);
        loop {
            {
                let now = seen.borrow_and_update();
                if now.attempts >= ticket {
                    return match &now.error {
                        Some(error) => Err(error.clone()),
                        None => Ok(Arc::clone(&now.view)),
                    };
                }
            }
            if seen.changed().await.is_err() {
                return Err(RequestError::Closed { address: "the cluster".into() });
            }
        }
    }

    /// Asks for a fresh view soon, without waiting for it.
    pub(crate) fn refresh_soon(&self) {
        self.inner.wanted.refresh(self.inner.view.borrow().attempts);
    }

    /// Keeps a topic in every later view; with `create`, lets the cluster make it.
    pub(crate) fn want_topic(&self, name: &str, create: bool) {
        self.inner.wanted.topic(name, create);
    }

    /// Follows the views as they come.
    pub(crate) fn watch(&self) -> watch::Receiver<Seen> {
        self.inner.view.subscribe()
    }

    /// A lane of connections of its own.
    pub(crate) fn lane(&self) -> Lane {
        Lane(self.inner.lanes.fetch_add(1, Ordering::Relaxed))
    }

    /// Closes the connections of a lane.
    pub(crate) fn close_lane(&self, lane: Lane) {
        self.inner.pool.close_lane(lane);
    }

    pub(crate) fn random(&self) -> u64 {
        self.inner.random.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    /// How long to wait after so many failures in a row.
    pub(crate) fn retry_wait(&self, failures: u32) -> Duration {
        Duration::from_millis(self.retry_backoff().wait_ms(failures, self.random()))
    }

    pub(crate) fn retry_backoff(&self) -> Backoff {
        let config = &self.inner.config;
        Backoff { initial_ms: millis(config.retry_backoff), max_ms: millis(config.retry_backoff_max) }
    }

    /// The connection to a broker in a lane, or the attempt to open it.
    pub(crate) fn link(&self, node: i32, lane: Lane) -> std::result::Result<Link, RequestError> {
        let view = self.view();
        let broker = view.brokers.get(&node).ok_or(RequestError::UnknownNode { node })?;
        Ok(self.inner.link(node, lane, &broker.host, broker.port))
    }

    /// An open connection to a broker.
    pub(crate) async fn connection(
        &self,
        node: i32,
        lane: Lane,
    ) -> std::result::Result<Connection, RequestError> {
        match self.link(node, lane)? {
            Link::Open(connection) => Ok(connection),
            Link::Opening(attempt) => attempt.await,
        }
    }

    /// Sends one request to a broker: `build` gets the version that was agreed on, at most `cap`.
    pub(crate) async fn request<R: Request>(
        &self,
        node: i32,
        lane: Lane,
        cap: i16,
        timeout: Duration,
        build: impl FnOnce(i16) -> R,
    ) -> std::result::Result<R::Response, RequestError> {
        let connection = self.connection(node, lane).await?;
        let version = connection.version::<R>(cap)?;
        connection.request(&build(version), version, timeout).await
    }

    /// The broker that coordinates a group.
    ///
    /// # Errors
    /// The cause, once it cannot be found for `timeout`.
    pub(crate) async fn coordinator(&self, group: &str, lane: Lane, timeout: Duration) -> Result<i32> {
        self.find_coordinator(group, GROUP_KEY, lane, timeout).await
    }

    /// The broker that coordinates the transactions of a transactional id.
    ///
    /// # Errors
    /// The cause, once it cannot be found for `timeout`.
    pub(crate) async fn transaction_coordinator(
        &self,
        transactional_id: &str,
        lane: Lane,
        timeout: Duration,
    ) -> Result<i32> {
        self.find_coordinator(transactional_id, TRANSACTION_KEY, lane, timeout).await
    }

    async fn find_coordinator(&self, key: &str, key_type: i8, lane: Lane, timeout: Duration) -> Result<i32> {
        self.retrying(timeout, |_| async {
            let node = self.any_node(lane).await?;
            let response: FindCoordinatorResponse = self
                .request(node, lane, i16::MAX, self.inner.config.request_timeout, |version| {
                    let key = Str::from(key);
                    if version >= 4 {
                        FindCoordinatorRequest { coordinator_keys: vec![key], key_type, ..Default::default() }
                    } else {
                        FindCoordinatorRequest { key, key_type, ..Default::default() }
                    }
                })
                .await?;
            let (code, node, detail) = match response.coordinators.first() {
                Some(found) => (found.error_code, found.node_id, found.error_message.clone()),
                None => (response.error_code, response.node_id, response.error_message.clone()),
            };
            match ErrorCode::from(code) {
                ErrorCode::None if self.view().brokers.contains_key(&node) => Ok(node),
                ErrorCode::None => {
                    self.refresh_soon();
                    Err(RequestError::UnknownNode { node }.into())
                }
                code => Err(broker_error(
                    code,
                    detail.as_deref(),
                    format_args!(
                        "finding the coordinator of {} '{key}'",
                        if key_type == GROUP_KEY { "group" } else { "transactional.id" }
                    ),
                )),
            }
        })
        .await
    }

    /// Some broker that answers: one of the view, or else one found through the bootstrap servers.
    pub(crate) async fn any_node(&self, lane: Lane) -> std::result::Result<i32, RequestError> {
        let mut view = self.view();
        if view.brokers.is_empty() {
            view = self.refreshed().await?;
        }
        let nodes: Vec<i32> = view.brokers.keys().copied().collect();
        let mut last = RequestError::Closed { address: "a cluster without brokers".into() };
        let start = self.random() as usize % nodes.len().max(1);
        for at in 0..nodes.len() {
            let node = nodes[(start + at) % nodes.len()];
            match self.connection(node, lane).await {
                Ok(_) => return Ok(node),
                Err(error) => last = error,
            }
        }
        self.refresh_soon();
        Err(last)
    }

    /// Repeats `attempt` while it fails with a retriable error, for at most `timeout`.
    pub(crate) async fn retrying<T, F>(
        &self,
        timeout: Duration,
        mut attempt: impl FnMut(u32) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let deadline = Instant::now() + timeout;
        let mut failures = 0;
        loop {
            let error = match tokio::time::timeout_at(deadline, attempt(failures)).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) if error.is_retriable() => error,
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    let waited =
                        format!("no answer within {} ms (default.api.timeout.ms)", timeout.as_millis());
                    return Err(Error::new(ErrorKind::Timeout, waited));
                }
            };
            failures += 1;
            let wait = self.retry_wait(failures);
            if Instant::now() + wait >= deadline {
                return Err(error.context(format_args!(
                    "gave up after {} ms and {failures} attempts",
                    timeout.as_millis()
                )));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

impl Inner {
    fn link(&self, node: i32, lane: Lane, host: &Arc<str>, port: u16) -> Link {
        let random = self.random.lock().unwrap_or_else(PoisonError::into_inner).next_u64();
        self.pool.link(&self.dialer, node, lane, host, port, random)
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
