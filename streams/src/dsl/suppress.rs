//! Tables whose updates are held back.

use std::sync::Arc;
use std::time::Duration;

use super::table::{MakeGetter, Table, View};
use crate::operator::suppress::{HeldUpdates, Limits, Suppress, WhenFull};
use crate::operator::window::millis;
use crate::operator::{Port, Windowed};
use crate::state::{Changelog, StoreKind, StoreSpec};

/// How much a suppression may hold back, and what happens beyond that.
#[derive(Clone, Debug)]
pub struct Buffer {
    limits: Limits,
    logged: bool,
}

impl Buffer {
    /// Without limits.
    pub fn unbounded() -> Self {
        let limits =
            Limits { max_records: usize::MAX, max_bytes: usize::MAX, when_full: WhenFull::EmitEarly };
        Buffer { limits, logged: true }
    }

    /// At most this many updates; beyond that the oldest leave early.
    #[must_use]
    pub fn max_records(mut self, records: usize) -> Self {
        self.limits.max_records = records;
        self
    }

    /// At most this many bytes; beyond that the oldest leave early.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_bytes = bytes;
        self
    }

    /// Beyond the limits the task stops.
    #[must_use]
    pub fn stop_when_full(mut self) -> Self {
        self.limits.when_full = WhenFull::Stop;
        self
    }

    /// No changelog.
    #[must_use]
    pub fn without_changelog(mut self) -> Self {
        self.logged = false;
        self
    }
}

/// The view of a suppressed table. Its rows cannot be looked up; old values always come along.
struct HeldView;

impl<K, V> View<K, V> for HeldView {
    fn send_old(&self, _force: bool) -> bool {
        true
    }

    fn need_rows(&self) {}

    fn getter(&self) -> Option<(MakeGetter<K, V>, Vec<String>)> {
        None
    }
}

impl<K, V> Table<Windowed<K>, V>
where
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// Lets one result per window go: the last one, once the window has closed (its end and grace are over).
    pub fn suppress_until_close(&self, buffer: Buffer) -> Table<Windowed<K>, V> {
        let wait_ms = self.grace_ms.unwrap_or(0);
        self.held_back(buffer, wait_ms, false, |key, _| key.window.end_ms)
    }
}

impl<K, V> Table<K, V>
where
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// Holds each row's updates back for a span of stream time, from the first of them on, and lets the last one go.
    pub fn suppress_for(&self, span: Duration, buffer: Buffer) -> Table<K, V> {
        self.held_back(buffer, millis(span), true, |_, timestamp| timestamp)
    }

    fn held_back(
        &self,
        buffer: Buffer,
        wait_ms: i64,
        tombstones: bool,
        time_of: fn(&K, i64) -> i64,
    ) -> Table<K, V> {
        let graph = self.graph.clone();
        let (name, store_name) = match &self.next_name {
            Some(name) => (name.clone(), format!("{name}-store")),
            None => {
                let name = graph.generate("KTABLE-SUPPRESS-");
                let store = graph.store_name(None, "KTABLE-SUPPRESS-");
                graph.generated(format!("store {store}"));
                (name, store)
            }
        };
        self.view.send_old(true);
        let port = Port::default();
        let table = Table {
            name: Arc::from(name.as_str()),
            port: port.clone(),
            view: Arc::new(HeldView),
            next_name: None,
            ..self.clone()
        };
        let (parent, parent_port) = (self.name.clone(), self.port.clone());
        let (key, value) = (self.key.clone(), self.value.clone());
        graph.write(move |writer| {
            let node = writer.processor(&name, &[&parent], &[]);
            let changelog = if buffer.logged { Changelog::Topic(Default::default()) } else { Changelog::Off };
            let spec = StoreSpec { changelog, ..StoreSpec::new(store_name, StoreKind::Buffer) };
            let store = writer.store(spec);
            writer.builder.connect_store(node, store);
            let key = writer.serde(key, &name, "key");
            let value = writer.serde(value, &name, "value");
            let name: Arc<str> = Arc::from(name);
            let (limits, jvm_exact) = (buffer.limits, writer.config.jvm_exact);
            parent_port.listen(move |assembly| Suppress {
                name: name.clone(),
                store,
                key: key.clone(),
                value: value.clone(),
                time_of,
                wait_ms,
                tombstones,
                limits,
                jvm_exact,
                buffer: HeldUpdates::default(),
                observed_ms: -1,
                children: port.children(assembly),
            });
        });
        table
    }
}
