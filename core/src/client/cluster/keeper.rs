//! The task that keeps a client's view of the cluster fresh.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use super::super::error::RequestError;
use super::pool::{Lane, Link};
use super::view::ClusterView;
use super::{Inner, Seen};
use crate::protocol::Str;
use crate::protocol::messages::metadata_request::MetadataRequestTopic;
use crate::protocol::messages::{MetadataRequest, MetadataResponse};

/// Metadata has a lane of its own, so that no other request delays it.
const LANE: Lane = Lane(0);

/// What the keeper is asked for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Topics to ask for, and whether the cluster may make them.
    topics: BTreeMap<Arc<str>, bool>,
    /// The attempt that somebody waits for.
    ticket: u64,
    /// The attempt that is running: who comes now has to wait for the next.
    running: u64,
    stopped: bool,
}

impl Wanted {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a topic in all later views.
    pub(super) fn topic(&self, name: &str, create: bool) {
        self.with(|state| match state.topics.get_mut(name) {
            Some(may_create) => *may_create |= create,
            None => {
                state.topics.insert(Arc::from(name), create);
            }
        });
    }

    /// Asks for a view newer than the one of attempt `seen`; says which attempt will bring it.
    pub(super) fn refresh(&self, seen: u64) -> u64 {
        let ticket = self.with(|state| {
            state.ticket = state.ticket.max(seen.max(state.running) + 1);
            state.ticket
        });
        self.wake.notify_one();
        ticket
    }

    pub(super) fn stop(&self) {
        self.with(|state| state.stopped = true);
        self.wake.notify_one();
    }
}

/// Asks when told to and when the view gets old.
pub(super) struct Keeper {
    client: Weak<Inner>,
    wanted: Arc<Wanted>,
}

impl Keeper {
    pub(super) fn new(client: Weak<Inner>, wanted: Arc<Wanted>) -> Self {
        Keeper { client, wanted }
    }

    pub(super) async fn run(self) {
        let Some(max_age) = self.client.upgrade().map(|client| client.config.metadata_max_age) else {
            return;
        };
        let mut attempts = 0;
        loop {
            let due = self.wanted.with(|state| state.ticket > attempts);
            if !due {
                // Woken or too old: both lead to a look at what is wanted.
                let aged = tokio::time::timeout(max_age, self.wanted.wake.notified()).await.is_err();
                if self.wanted.with(|state| state.stopped) {
                    return;
                }
                if !aged {
                    continue;
                }
            }
            let Some(client) = self.client.upgrade() else { return };
            let topics = self.wanted.with(|state| {
                state.running = attempts + 1;
                state.topics.clone()
            });
            let answer = look(&client, topics).await;
            attempts += 1;
            client.view.send_modify(|seen| {
                seen.attempts = attempts;
                match answer {
                    Ok(view) => *seen = Seen { view: Arc::new(view), attempts, error: None },
                    Err(error) => seen.error = Some(error),
                }
            });
        }
    }
}

/// Asks one broker after the other until one answers.
async fn look(client: &Inner, topics: BTreeMap<Arc<str>, bool>) -> Result<ClusterView, RequestError> {
    let known = Arc::clone(&client.view.borrow().view);
    let (create, keep): (Vec<_>, Vec<_>) = topics.into_iter().partition(|(_, create)| *create);
    let mut last = RequestError::Closed { address: "the cluster".into() };
    let brokers = known.brokers.values().map(|broker| (broker.id, Arc::clone(&broker.host), broker.port));
    // Bootstrap servers have no id yet; negative ones keep their connections apart.
    let bootstrap = client.bootstrap.iter().zip(1..).map(|((host, port), at)| (-at, Arc::clone(host), *port));
    for (node, host, port) in brokers.chain(bootstrap) {
        let mut view = ClusterView::clone(&known);
        let asked = async {
            let connection = match client.link(node, LANE, &host, port) {
                Link::Open(connection) => connection,
                Link::Opening(attempt) => attempt.await?,
            };
            for (topics, may_create) in [(&keep, false), (&create, true)] {
                // One question is enough where both lists are empty.
                if topics.is_empty() && (may_create || !create.is_empty()) {
                    continue;
                }
                let version = connection.version::<MetadataRequest>(i16::MAX)?;
                let request = request(topics, may_create, version);
                let answer: MetadataResponse =
                    connection.request(&request, version, client.config.request_timeout).await?;
                view.apply(&answer);
            }
            Ok::<(), RequestError>(())
        };
        match asked.await {
            Ok(()) => return Ok(view),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn request(topics: &[(Arc<str>, bool)], may_create: bool, version: i16) -> MetadataRequest {
    let topics = topics
        .iter()
        .map(|(name, _)| MetadataRequestTopic { name: Some(Str::from(&**name)), ..Default::default() });
    MetadataRequest {
        // In version 0 an empty list asks for every topic, which is more than wanted but not wrong.
        topics: Some(topics.collect()),
        // Before version 4 a broker decides by its own configuration alone.
        allow_auto_topic_creation: may_create || version < 4,
        ..Default::default()
    }
}
