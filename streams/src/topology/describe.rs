//! The text of `describe()`, line for line as Kafka Streams prints it.
//!
//! Inside of a sub-topology nodes come by the number of nodes below them, largest first, then by name. Children of a
//! node are ordered by the sizes known when they were connected, which follows a Java hash map's order.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::java_order::{JavaTree, hash_order};
use super::{NodeKind, SinkTopic, SourceTopics, Subtopology, Topology};
use crate::operator::NodeId;

#[derive(Default)]
struct Place {
    size: usize,
    parents: JavaTree<NodeId>,
    children: JavaTree<NodeId>,
}

struct Layout<'t> {
    topology: &'t Topology,
    places: BTreeMap<NodeId, Place>,
}

pub(super) fn describe(topology: &Topology) -> String {
    let mut text = String::from("Topologies:\n ");
    for subtopology in topology.subtopologies() {
        let layout = Layout::of(topology, subtopology);
        let mut nodes: Vec<NodeId> = subtopology.nodes.iter().copied().collect();
        nodes.sort_by(|a, b| layout.compare(*a, *b));
        let _ = writeln!(text, "  Sub-topology: {}", subtopology.id);
        for node in nodes {
            layout.write(&mut text, node);
        }
        text.push('\n');
    }
    text
}

impl<'t> Layout<'t> {
    fn of(topology: &'t Topology, subtopology: &Subtopology) -> Self {
        let names: BTreeMap<&str, NodeId> =
            subtopology.nodes.iter().map(|id| (&*topology.node(*id).name, *id)).collect();
        let is_source = |id: &NodeId| matches!(topology.node(*id).kind, NodeKind::Source { .. });
        let (sources, others): (Vec<NodeId>, Vec<NodeId>) =
            subtopology.nodes.iter().partition(|id| is_source(id));
        let written: Vec<&str> = sources.iter().chain(&others).map(|id| &*topology.node(*id).name).collect();
        let places = names.values().map(|id| (*id, Place { size: 1, ..Place::default() })).collect();
        let mut layout = Layout { topology, places };
        for name in hash_order(&hash_order(&written)) {
            let node = names[name];
            for parent in &topology.node(node).parents {
                layout.connect(*parent, node);
            }
        }
        layout
    }

    fn connect(&mut self, parent: NodeId, child: NodeId) {
        let mut parents = std::mem::take(&mut self.place(child).parents);
        parents.insert(parent, |a, b| self.compare(a, b));
        self.place(child).parents = parents;
        let mut children = std::mem::take(&mut self.place(parent).children);
        children.insert(child, |a, b| self.compare(a, b));
        self.place(parent).children = children;
        let size = self.places[&child].size;
        self.grow(parent, size);
    }

    fn place(&mut self, node: NodeId) -> &mut Place {
        self.places.entry(node).or_default()
    }

    fn grow(&mut self, node: NodeId, by: usize) {
        self.place(node).size += by;
        for parent in self.places[&node].parents.values() {
            self.grow(parent, by);
        }
    }

    fn compare(&self, a: NodeId, b: NodeId) -> Ordering {
        let name = |node| &self.topology.node(node).name;
        self.places[&b].size.cmp(&self.places[&a].size).then_with(|| name(a).cmp(name(b)))
    }

    fn list(&self, nodes: &[NodeId]) -> String {
        if nodes.is_empty() {
            return "none".to_owned();
        }
        let names: Vec<&str> = nodes.iter().map(|id| &*self.topology.node(*id).name).collect();
        names.join(", ")
    }

    fn write(&self, text: &mut String, id: NodeId) {
        let node = self.topology.node(id);
        let place = &self.places[&id];
        let head = match &node.kind {
            NodeKind::Source { topics: SourceTopics::Names(names), .. } => {
                format!("Source: {} (topics: [{}])", node.name, set(names))
            }
            NodeKind::Source { topics: SourceTopics::Pattern(pattern), .. } => {
                format!("Source: {} (topics: {pattern})", node.name)
            }
            NodeKind::Processor { stores } => {
                let stores: Vec<&String> =
                    stores.iter().map(|id| &self.topology.stores()[id.0 as usize].name).collect();
                format!("Processor: {} (stores: [{}])", node.name, set(&stores))
            }
            NodeKind::Sink { topic: SinkTopic::Name(topic), .. } => {
                format!("Sink: {} (topic: {topic})", node.name)
            }
            NodeKind::Sink { topic: SinkTopic::Dynamic(chooser), .. } => {
                format!("Sink: {} (extractor class: {chooser})", node.name)
            }
        };
        let _ = writeln!(text, "    {head}");
        if !matches!(node.kind, NodeKind::Sink { .. }) {
            let _ = writeln!(text, "      --> {}", self.list(&place.children.values()));
        }
        if !matches!(node.kind, NodeKind::Source { .. }) {
            let _ = writeln!(text, "      <-- {}", self.list(&place.parents.values()));
        }
    }
}

fn set<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    hash_order(&names).join(", ")
}
