//! Writing a topology, node by node.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use riverrun_core::{Error, ErrorKind};

use super::{Executor, Node, NodeKind, OffsetReset, Parts, SinkTopic, SourceTopics, Subtopology, Topology};
use crate::operator::{Assembly, BatchProcessor, NodeId, SinkId, StoreId};
use crate::state::{Changelog, StoreSpec};

/// Why a topology cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopologyError {
    /// Two nodes have the same name.
    #[error("two steps are named '{0}'; give one of them another name")]
    DuplicateNode(String),
    /// Two stores have the same name.
    #[error("two stores are named '{0}'; give one of them another name")]
    DuplicateStore(String),
    /// Two sources read the same topic.
    #[error("topic '{0}' is read by two sources; read it once and use that stream or table twice")]
    DuplicateTopic(String),
    /// A topology without a source does nothing.
    #[error("the topology has no source; begin with a stream or a table")]
    Empty,
    /// A name that Kafka would not take for a topic.
    #[error(
        "'{0}' cannot be used as a name: only letters, digits, '.', '_' and '-' are allowed, at most 249 characters"
    )]
    BadName(String),
    /// A serde is missing where records leave the process or enter a store.
    #[error("step '{step}' needs a serde for its {part}; give one with `with_{part}_serde` in front of it")]
    MissingSerde {
        /// The step.
        step: String,
        /// `key` or `value`.
        part: &'static str,
    },
    /// Strict naming is on and an internal topic or store has a generated name.
    #[error(
        "strict naming is on, and these have no name of their own: {0}; name the grouping, the repartition or the store"
    )]
    GeneratedName(String),
    /// Anything else, in words.
    #[error("{0}")]
    Invalid(String),
}

impl From<TopologyError> for Error {
    fn from(error: TopologyError) -> Self {
        Error::new(ErrorKind::Invalid, error.to_string())
    }
}

/// Collects the nodes of a topology in the order of writing: parents first. Children of a node run in that order.
///
/// Errors are kept and come out of [`TopologyBuilder::build`], so that writing stays fluent.
#[derive(Debug, Default)]
pub struct TopologyBuilder {
    nodes: Vec<Node>,
    sinks: Vec<NodeId>,
    stores: Vec<Arc<StoreSpec>>,
    internal: BTreeMap<String, Option<i32>>,
    copartitioned: Vec<Vec<NodeId>>,
    executors: Vec<Executor>,
    errors: Vec<TopologyError>,
}

impl TopologyBuilder {
    /// An empty topology.
    pub fn new() -> Self {
        Self::default()
    }

    fn add(&mut self, name: &str, kind: NodeKind, parents: &[NodeId]) -> NodeId {
        if self.nodes.iter().any(|node| &*node.name == name) {
            self.errors.push(TopologyError::DuplicateNode(name.to_owned()));
        }
        self.nodes.push(Node { name: Arc::from(name), kind, parents: parents.to_vec() });
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// Keeps an error for [`Self::build`].
    pub fn fail(&mut self, error: TopologyError) {
        self.errors.push(error);
    }

    /// Adds a node that reads topics.
    pub fn add_source(&mut self, name: &str, topics: SourceTopics, reset: Option<OffsetReset>) -> NodeId {
        if let SourceTopics::Names(names) = &topics {
            for topic in names {
                let known = self.nodes.iter().any(|node| {
                    matches!(&node.kind, NodeKind::Source { topics: SourceTopics::Names(known), .. } if known.contains(topic))
                });
                if known {
                    self.errors.push(TopologyError::DuplicateTopic(topic.clone()));
                }
                self.check_name(topic);
            }
        }
        self.add(name, NodeKind::Source { topics, reset }, &[])
    }

    /// Adds a node that works on the records of its parents.
    pub fn add_processor(&mut self, name: &str, parents: &[NodeId], stores: &[StoreId]) -> NodeId {
        self.add(name, NodeKind::Processor { stores: stores.to_vec() }, parents)
    }

    /// Adds a node that writes to a topic.
    pub fn add_sink(&mut self, name: &str, topic: SinkTopic, parents: &[NodeId]) -> (NodeId, SinkId) {
        if let SinkTopic::Name(topic) = &topic {
            self.check_name(topic);
        }
        let sink = SinkId(self.sinks.len() as u32);
        let node = self.add(name, NodeKind::Sink { sink, topic }, parents);
        self.sinks.push(node);
        (node, sink)
    }

    /// Connects a node with one more parent.
    pub fn add_parent(&mut self, node: NodeId, parent: NodeId) {
        self.nodes[node.0 as usize].parents.push(parent);
    }

    /// Declares a store; it belongs to the sub-topology of the processors that are connected with it.
    pub fn add_store(&mut self, store: StoreSpec) -> StoreId {
        if self.stores.iter().any(|known| known.name == store.name) {
            self.errors.push(TopologyError::DuplicateStore(store.name.clone()));
        }
        self.check_name(&store.name);
        self.stores.push(Arc::new(store));
        StoreId(self.stores.len() as u32 - 1)
    }

    /// Connects a processor with a store. Processors that share a store are in one sub-topology.
    pub fn connect_store(&mut self, processor: NodeId, store: StoreId) {
        if let NodeKind::Processor { stores } = &mut self.nodes[processor.0 as usize].kind
            && !stores.contains(&store)
        {
            stores.push(store);
        }
    }

    /// The store of that name.
    pub fn store(&self, name: &str) -> Option<StoreId> {
        self.stores.iter().position(|store| store.name == name).map(|at| StoreId(at as u32))
    }

    /// Whether a node of that name was written.
    pub fn has_node(&self, name: &str) -> bool {
        self.nodes.iter().any(|node| &*node.name == name)
    }

    /// The node's name.
    pub fn node_name(&self, node: NodeId) -> Arc<str> {
        self.nodes[node.0 as usize].name.clone()
    }

    /// Lets the source topic of a table serve as the changelog of its store.
    pub fn use_source_as_changelog(&mut self, store: StoreId, topic: &str) {
        let spec = Arc::make_mut(&mut self.stores[store.0 as usize]);
        spec.changelog = Changelog::Source(topic.to_owned());
    }

    /// Declares a repartition topic, named without the application id. A sink writes it and a source reads it.
    pub fn add_repartition_topic(&mut self, name: &str, partitions: Option<i32>) {
        self.check_name(name);
        self.internal.insert(name.to_owned(), partitions);
    }

    /// Says that the topics of these sources must have equal numbers of partitions.
    pub fn copartition(&mut self, sources: &[NodeId]) {
        self.copartitioned.push(sources.to_vec());
    }

    /// Registers the executable part behind `sources`: it is made once per task, and gets the records of
    /// `sources[i]` as input `i`.
    ///
    /// Nodes between source and sink are for names, stores and connections; what runs is what `make` returns. All of
    /// `sources` must be in one sub-topology.
    pub fn execute(
        &mut self,
        sources: &[NodeId],
        make: impl Fn(&mut Assembly) -> Box<dyn BatchProcessor> + Send + Sync + 'static,
    ) {
        self.executors.push(Executor { sources: sources.to_vec(), make: Arc::new(make) });
    }

    fn check_name(&mut self, name: &str) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.is_empty() || name.len() > 249 || !name.chars().all(allowed) {
            self.errors.push(TopologyError::BadName(name.to_owned()));
        }
    }

    /// The finished topology, or the first error that was met while it was written.
    pub fn build(mut self, application_id: &str) -> Result<Topology, TopologyError> {
        self.check_name(application_id);
        if let Some(error) = self.errors.into_iter().next() {
            return Err(error);
        }
        if self.executors.is_empty() {
            return Err(TopologyError::Empty);
        }
        let groups = group(&self.nodes);
        let mut parts = Parts {
            application_id: application_id.to_owned(),
            nodes: self.nodes,
            sinks: self.sinks,
            stores: self.stores,
            internal: self.internal,
            copartitioned: self.copartitioned,
            subtopologies: Vec::new(),
            executors: self.executors,
        };
        parts.subtopologies =
            groups.into_iter().enumerate().map(|(id, nodes)| subtopology(&parts, id as u32, nodes)).collect();
        Ok(Topology(Arc::new(parts)))
    }
}

/// Connected sets of nodes, numbered in the order in which their first sources were written.
fn group(nodes: &[Node]) -> Vec<BTreeSet<NodeId>> {
    let mut root: Vec<usize> = (0..nodes.len()).collect();
    fn find(root: &mut [usize], mut node: usize) -> usize {
        while root[node] != node {
            root[node] = root[root[node]];
            node = root[node];
        }
        node
    }
    let mut store_user: BTreeMap<StoreId, usize> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let mut joined: Vec<usize> = node.parents.iter().map(|parent| parent.0 as usize).collect();
        if let NodeKind::Processor { stores } = &node.kind {
            joined.extend(stores.iter().map(|store| *store_user.entry(*store).or_insert(at)));
        }
        for other in joined {
            let (a, b) = (find(&mut root, at), find(&mut root, other));
            root[a] = b;
        }
    }
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|at| !matches!(nodes[*at].kind, NodeKind::Source { .. }));
    let mut groups: Vec<(usize, BTreeSet<NodeId>)> = Vec::new();
    for at in order {
        let top = find(&mut root, at);
        let known = groups.iter().position(|(known, _)| *known == top);
        let place = known.unwrap_or_else(|| {
            groups.push((top, BTreeSet::new()));
            groups.len() - 1
        });
        groups[place].1.insert(NodeId(at as u32));
    }
    groups.into_iter().map(|(_, nodes)| nodes).collect()
}

fn subtopology(parts: &Parts, id: u32, nodes: BTreeSet<NodeId>) -> Subtopology {
    let full_name = |topic: &String| {
        let internal = parts.internal.contains_key(topic);
        if internal { format!("{}-{topic}", parts.application_id) } else { topic.clone() }
    };
    let mut made = Subtopology {
        id,
        nodes: BTreeSet::new(),
        source_topics: BTreeSet::new(),
        repartition_sources: BTreeSet::new(),
        sink_topics: BTreeSet::new(),
        stores: BTreeSet::new(),
    };
    for node in nodes.iter().map(|id| &parts.nodes[id.0 as usize]) {
        match &node.kind {
            NodeKind::Source { topics: SourceTopics::Names(names), .. } => {
                made.source_topics.extend(names.iter().map(full_name));
                let internal = names.iter().filter(|name| parts.internal.contains_key(*name));
                made.repartition_sources.extend(internal.map(full_name));
            }
            NodeKind::Source { topics: SourceTopics::Pattern(_), .. } => {}
            NodeKind::Processor { stores } => made.stores.extend(stores.iter().copied()),
            NodeKind::Sink { topic: SinkTopic::Name(name), .. } => {
                made.sink_topics.insert(full_name(name));
            }
            NodeKind::Sink { topic: SinkTopic::Dynamic(_), .. } => {}
        }
    }
    made.nodes = nodes;
    made
}
