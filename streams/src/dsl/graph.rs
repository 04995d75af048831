//! What the operators of one application write into: running numbers, and steps to be written when it is built.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::BuildConfig;
use crate::operator::serde::SharedSerde;
use crate::operator::source::{Reading, StreamSource};
use crate::operator::{Edge, Extractor, NodeId, Port, Process, Serde, StoreId, StreamEdge};
use crate::state::StoreSpec;
use crate::topology::{OffsetReset, SourceTopics, Topology, TopologyBuilder, TopologyError};

type WriteStep = Box<dyn FnOnce(&mut Writer) + Send>;

/// The application under construction, shared by all its streams and tables.
#[derive(Clone)]
pub(crate) struct Graph(Arc<Mutex<Parts>>);

struct Parts {
    application_id: String,
    next: u32,
    steps: Vec<WriteStep>,
    /// Generated names that strict naming refuses.
    generated: Vec<String>,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = self.lock();
        f.debug_struct("Graph")
            .field("application_id", &parts.application_id)
            .field("next", &parts.next)
            .finish()
    }
}

impl Graph {
    pub(crate) fn new(application_id: &str) -> Self {
        let application_id = application_id.to_owned();
        Graph(Arc::new(Mutex::new(Parts {
            application_id,
            next: 0,
            steps: Vec::new(),
            generated: Vec::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next generated name.
    pub(crate) fn generate(&self, prefix: &str) -> String {
        let mut parts = self.lock();
        let number = parts.next;
        parts.next += 1;
        format!("{prefix}{number:010}")
    }

    /// The given name, or the next generated one; either uses up a number.
    pub(crate) fn name(&self, given: Option<&str>, prefix: &str) -> String {
        let generated = self.generate(prefix);
        given.map_or(generated, str::to_owned)
    }

    /// The given name with a suffix, or the next generated one; either uses up a number.
    pub(crate) fn suffixed(&self, given: Option<&str>, suffix: &str, prefix: &str) -> String {
        let generated = self.generate(prefix);
        given.map_or(generated, |given| format!("{given}{suffix}"))
    }

    /// The given store name, or the next generated one; a given one uses up no number.
    pub(crate) fn store_name(&self, given: Option<&str>, prefix: &str) -> String {
        given.map_or_else(|| self.generate(&format!("{prefix}STATE-STORE-")), str::to_owned)
    }

    /// Notes that an internal topic or a store has a generated name.
    pub(crate) fn generated(&self, what: String) {
        self.lock().generated.push(what);
    }

    /// Adds a step to be written, behind all that were added before.
    pub(crate) fn write(&self, step: impl FnOnce(&mut Writer) + Send + 'static) {
        self.lock().steps.push(Box::new(step));
    }

    pub(crate) fn build(&self, config: BuildConfig) -> Result<Topology, TopologyError> {
        let (steps, application_id, generated) = {
            let mut parts = self.lock();
            let steps = std::mem::take(&mut parts.steps);
            (steps, parts.application_id.clone(), parts.generated.clone())
        };
        if config.strict_naming && !generated.is_empty() {
            return Err(TopologyError::GeneratedName(generated.join(", ")));
        }
        let mut writer =
            Writer { builder: TopologyBuilder::new(), config, nodes: BTreeMap::new(), sources: Vec::new() };
        for step in steps {
            step(&mut writer);
        }
        writer.builder.build(&application_id)
    }
}

/// Writes the steps into a topology.
pub(crate) struct Writer {
    pub(crate) builder: TopologyBuilder,
    pub(crate) config: BuildConfig,
    nodes: BTreeMap<String, NodeId>,
    sources: Vec<WrittenSource>,
}

struct WrittenSource {
    topics: BTreeSet<String>,
    name: String,
    ports: Box<dyn Any>,
}

type SharedPorts<K, V> = Arc<Mutex<Vec<Port<StreamEdge<K, V>>>>>;

/// What a typed source needs beside its port.
pub(crate) struct SourceSpec<K, V> {
    pub(crate) name: String,
    pub(crate) topics: SourceTopics,
    pub(crate) reset: Option<OffsetReset>,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
    pub(crate) nullable: bool,
    pub(crate) extractor: Option<Extractor<K, V>>,
}

impl Writer {
    pub(crate) fn node(&self, name: &str) -> NodeId {
        self.nodes.get(name).copied().unwrap_or(NodeId(u32::MAX))
    }

    pub(crate) fn processor(&mut self, name: &str, parents: &[&str], stores: &[StoreId]) -> NodeId {
        let parents: Vec<NodeId> = parents.iter().map(|parent| self.node(parent)).collect();
        let node = self.builder.add_processor(name, &parents, stores);
        self.nodes.insert(name.to_owned(), node);
        node
    }

    /// Declares that another node stands for this name.
    fn alias(&mut self, name: String, node: NodeId) {
        self.nodes.insert(name, node);
    }

    pub(crate) fn raw_source(
        &mut self,
        name: &str,
        topics: SourceTopics,
        reset: Option<OffsetReset>,
    ) -> NodeId {
        let node = self.builder.add_source(name, topics, reset);
        self.nodes.insert(name.to_owned(), node);
        node
    }

    /// Writes a source. A topic that another stream reads with the same types is read once for both.
    pub(crate) fn source<K: 'static, V: 'static>(
        &mut self,
        spec: SourceSpec<K, V>,
        port: &Port<StreamEdge<K, V>>,
    ) {
        let names: BTreeSet<String> = match &spec.topics {
            SourceTopics::Names(names) => names.iter().cloned().collect(),
            SourceTopics::Pattern(pattern) => [format!("/{pattern}/")].into(),
        };
        if let Some(known) = self.sources.iter().find(|known| known.topics == names)
            && let Some(ports) = known.ports.downcast_ref::<SharedPorts<K, V>>()
        {
            ports.lock().unwrap_or_else(PoisonError::into_inner).push(port.clone());
            let node = self.node(&known.name);
            self.alias(spec.name, node);
            return;
        }
        let node = self.raw_source(&spec.name, spec.topics, spec.reset);
        let ports: SharedPorts<K, V> = Arc::new(Mutex::new(vec![port.clone()]));
        self.sources.push(WrittenSource {
            topics: names,
            name: spec.name.clone(),
            ports: Box::new(ports.clone()),
        });
        let reading = Reading {
            node,
            name: Arc::from(spec.name),
            key: spec.key,
            value: spec.value,
            nullable: spec.nullable,
            on_bad: self.config.on_bad_record,
            extractor: spec.extractor,
        };
        self.builder.execute(&[node], move |assembly| {
            let ports = ports.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let streams = ports.iter().map(|port| port.children(assembly)).collect();
            Box::new(StreamSource { reading: reading.clone(), streams })
        });
    }

    /// Declares a store, cached if the application has a cache and the store may be.
    pub(crate) fn store(&mut self, mut spec: StoreSpec) -> StoreId {
        spec.cached &= self.config.cache_max_bytes > 0;
        self.builder.add_store(spec)
    }

    /// A serde that must be there.
    pub(crate) fn serde<T: 'static>(
        &mut self,
        serde: Option<SharedSerde<T>>,
        step: &str,
        part: &'static str,
    ) -> SharedSerde<T> {
        serde.unwrap_or_else(|| {
            self.builder.fail(TopologyError::MissingSerde { step: step.to_owned(), part });
            Arc::new(Absent)
        })
    }
}

/// Stands in for a missing serde in a topology that will not be built.
struct Absent;

impl<T> Serde<T> for Absent {
    fn serialize(&self, _value: &T, _out: &mut bytes::BytesMut) -> Result<(), crate::operator::SerdeError> {
        Err(crate::operator::SerdeError("no serde".to_owned()))
    }

    fn deserialize(&self, _bytes: &bytes::Bytes) -> Result<T, crate::operator::SerdeError> {
        Err(crate::operator::SerdeError("no serde".to_owned()))
    }
}

/// Adds a step with one parent: its node, and its listener on the parent's port.
pub(crate) fn attach<E: Edge, P: Process<E> + 'static>(
    graph: &Graph,
    name: String,
    parent: Arc<str>,
    port: Port<E>,
    make: impl Fn(&mut crate::operator::Assembly) -> P + Send + Sync + 'static,
) {
    graph.write(move |writer| {
        writer.processor(&name, &[&parent], &[]);
        port.listen(make);
    });
}
