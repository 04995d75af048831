//! The graph for people: Graphviz and Mermaid.

use std::fmt::Write;

use super::{Node, NodeKind, SinkTopic, SourceTopics, Topology};

enum Shape {
    Topic,
    Step,
    Store,
}

/// A node's name, shape and label.
type Figure = (String, Shape, String);

struct Drawing {
    boxes: Vec<(u32, Vec<Figure>)>,
    arrows: Vec<(String, String, bool)>,
}

fn topics_of(node: &Node) -> Vec<String> {
    match &node.kind {
        NodeKind::Source { topics: SourceTopics::Names(names), .. } => names.clone(),
        NodeKind::Source { topics: SourceTopics::Pattern(pattern), .. } => vec![format!("/{pattern}/")],
        NodeKind::Sink { topic: SinkTopic::Name(name), .. } => vec![name.clone()],
        NodeKind::Sink { topic: SinkTopic::Dynamic(chooser), .. } => vec![format!("chosen by {chooser}")],
        NodeKind::Processor { .. } => Vec::new(),
    }
}

fn draw(topology: &Topology) -> Drawing {
    let mut drawing = Drawing { boxes: Vec::new(), arrows: Vec::new() };
    for subtopology in topology.subtopologies() {
        let mut content = Vec::new();
        for id in &subtopology.nodes {
            let node = topology.node(*id);
            let name = format!("n{}", id.0);
            let label = match topics_of(node) {
                topics if topics.is_empty() => node.name.to_string(),
                topics => topics.join(", "),
            };
            let shape =
                if matches!(node.kind, NodeKind::Processor { .. }) { Shape::Step } else { Shape::Topic };
            content.push((name.clone(), shape, label));
            drawing
                .arrows
                .extend(node.parents.iter().map(|parent| (format!("n{}", parent.0), name.clone(), false)));
            if let NodeKind::Processor { stores } = &node.kind {
                drawing
                    .arrows
                    .extend(stores.iter().map(|store| (name.clone(), format!("s{}", store.0), true)));
            }
        }
        for store in &subtopology.stores {
            let label = topology.stores()[store.0 as usize].name.clone();
            content.push((format!("s{}", store.0), Shape::Store, label));
        }
        drawing.boxes.push((subtopology.id, content));
    }
    drawing
}

pub(super) fn dot(topology: &Topology) -> String {
    let drawing = draw(topology);
    let mut text = String::from("digraph topology {\n");
    for (id, content) in &drawing.boxes {
        let _ = writeln!(text, "  subgraph cluster_{id} {{\n    label=\"sub-topology {id}\";");
        for (name, shape, label) in content {
            let shape = match shape {
                Shape::Topic => "cds",
                Shape::Step => "box",
                Shape::Store => "cylinder",
            };
            let _ = writeln!(text, "    {name} [label={label:?}, shape={shape}];");
        }
        text.push_str("  }\n");
    }
    for (from, to, store) in &drawing.arrows {
        let style = if *store { " [dir=both, style=dashed]" } else { "" };
        let _ = writeln!(text, "  {from} -> {to}{style};");
    }
    text.push_str("}\n");
    text
}

pub(super) fn mermaid(topology: &Topology) -> String {
    let drawing = draw(topology);
    let mut text = String::from("flowchart TD\n");
    for (id, content) in &drawing.boxes {
        let _ = writeln!(text, "  subgraph sub{id}[\"sub-topology {id}\"]");
        for (name, shape, label) in content {
            let label = label.replace('"', "#quot;");
            let node = match shape {
                Shape::Topic => format!("{name}>\"{label}\"]"),
                Shape::Step => format!("{name}[\"{label}\"]"),
                Shape::Store => format!("{name}[(\"{label}\")]"),
            };
            let _ = writeln!(text, "    {node}");
        }
        text.push_str("  end\n");
    }
    for (from, to, store) in &drawing.arrows {
        let arrow = if *store { "-.-" } else { "-->" };
        let _ = writeln!(text, "  {from} {arrow} {to}");
    }
    text
}
