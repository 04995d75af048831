//! The open connections of a client: one per broker and lane.
//!
//! A broker answers one connection's requests in order, so a fetch that waits for data must not stand in front of a
//! produce: each producer, consumer and group has a lane of its own.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::time::{Duration, Instant};

use super::super::connection::{Connection, ConnectionSettings};
use super::super::error::RequestError;
use super::super::transport::Connect;
use super::backoff::Backoff;

/// Which of several connections to one broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane(pub(crate) u32);

/// A connection that is being opened; every caller that needs it waits on the same attempt.
pub(crate) type Opening = Shared<BoxFuture<'static, Result<Connection, RequestError>>>;

/// A connection, or the attempt to open one.
pub(crate) enum Link {
    /// Requests can be sent now.
    Open(Connection),
    /// Await this first.
    Opening(Opening),
}

enum Slot {
    Opening { attempt: Opening, failures: u32 },
    Open(Connection),
}

/// What it takes to open a connection.
#[derive(Clone, Debug)]
pub(crate) struct Dialer {
    pub(crate) transport: Arc<dyn Connect>,
    pub(crate) settings: ConnectionSettings,
    pub(crate) backoff: Backoff,
}

/// Connections by broker and lane.
#[derive(Default)]
pub(crate) struct Pool {
    slots: Mutex<BTreeMap<(i32, Lane), Slot>>,
}

impl Pool {
    /// The connection to a broker, opened if need be. After a failure the next attempt waits its backoff.
    pub(crate) fn link(
        &self,
        dialer: &Dialer,
        node: i32,
        lane: Lane,
        host: &Arc<str>,
        port: u16,
        random: u64,
    ) -> Link {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = match slots.get(&(node, lane)) {
            Some(Slot::Open(connection)) if connection.is_open() => return Link::Open(connection.clone()),
            Some(Slot::Open(_)) | None => 0,
            Some(Slot::Opening { attempt, failures }) => match attempt.peek() {
                None => return Link::Opening(attempt.clone()),
                Some(Ok(connection)) if connection.is_open() => {
                    let connection = connection.clone();
                    slots.insert((node, lane), Slot::Open(connection.clone()));
                    return Link::Open(connection);
                }
                Some(Ok(_)) => 0,
                Some(Err(_)) => failures + 1,
            },
        };
        let wait = Duration::from_millis(dialer.backoff.wait_ms(failures, random));
        let attempt = dial(dialer.clone(), Arc::clone(host), port, wait).boxed().shared();
        slots.insert((node, lane), Slot::Opening { attempt: attempt.clone(), failures });
        Link::Opening(attempt)
    }

    /// Drops the connections of a lane; they close once nobody waits on them.
    pub(crate) fn close_lane(&self, lane: Lane) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).retain(|(_, of), _| *of != lane);
    }
}

async fn dial(dialer: Dialer, host: Arc<str>, port: u16, wait: Duration) -> Result<Connection, RequestError> {
    tokio::time::sleep_until(Instant::now() + wait).await;
    let address: Arc<str> = format!("{host}:{port}").into();
    let stream = dialer.transport.connect(&host, port).await.map_err(|source| {
        let (address, kind, source) = (Arc::clone(&address), source.kind(), Arc::new(source));
        match kind {
            io::ErrorKind::ConnectionRefused => RequestError::Refused { address, source },
            _ => RequestError::Connect { address, source },
        }
    })?;
    Connection::open(stream, address, dialer.settings).await
}
