//! The stages of a view as sub-topologies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::batch_schema;
use super::compile::{PlanNode, PlanOp};
use super::stage::{Stage, grain};
use super::view::{ViewPlan, collect_sources, has_closing};
use crate::operator::{NodeId, SinkId, StoreId};
use crate::sql::error::SqlError;
use crate::sql::exec::{
    Aggregate, ExchangeIn, ExchangeOut, ExchangeReader, ExchangeWriter, Filter, Graph, GraphProcessor, Input,
    Join, Operator, Pace, Peers, Project, Recompute, Rest, Scan, Sink, SinkSpec, Source, SourceSpec, Union,
    Unmade, Windowing,
};
use crate::state::{StoreKind, StoreSpec};
use crate::topology::{OffsetReset, SinkTopic, SourceTopics, Topology, TopologyBuilder};

/// Where a root's rows go.
#[derive(Clone, Debug)]
enum Target {
    View(SinkId),
    Stage(usize, SinkId),
}

/// What one sub-topology runs: roots that read topics in common.
#[derive(Clone, Debug)]
struct Group {
    /// Places in the list of roots: stages, then the view itself.
    roots: Vec<usize>,
    topics: Vec<SourceSpec>,
    exchanges: Vec<ExchangeIn>,
    tasks: i32,
}

/// What a sub-topology was given by the builder.
#[derive(Clone, Debug)]
struct Places {
    targets: Vec<(usize, Target)>,
    late: Option<SinkId>,
    store: StoreId,
    node: NodeId,
}

fn exchanges_of(node: &PlanNode, found: &mut Vec<(String, bool)>) {
    if let PlanOp::Exchange { topic, first } = &node.op
        && !found.iter().any(|(known, _)| known == topic)
    {
        found.push((topic.clone(), *first));
    }
    node.inputs.iter().for_each(|input| exchanges_of(input, found));
}

impl ViewPlan {
    /// The topology that keeps the view, as an application of this id.
    pub(crate) fn topology(&self, application_id: &str) -> Result<Topology, SqlError> {
        let name = self.relation.name.as_str();
        let mut builder = TopologyBuilder::new();
        for stage in &self.stages {
            builder.add_repartition_topic(&stage.topic, Some(stage.partitions));
        }
        for (at, group) in self.groups()?.into_iter().enumerate() {
            let mut sources: Vec<NodeId> = Vec::new();
            let topics = group.topics.iter().map(|source| source.relation.topic.clone());
            for topic in topics.chain(group.exchanges.iter().map(|exchange| exchange.topic.clone())) {
                let node = format!("{name}-source-{topic}");
                sources.push(builder.add_source(
                    &node,
                    SourceTopics::Names(vec![topic]),
                    Some(OffsetReset::Earliest),
                ));
            }
            let store = builder.add_store(StoreSpec::new(format!("{name}-state-{at}"), StoreKind::Raw));
            let node = builder.add_processor(&format!("{name}-query-{at}"), &sources, &[store]);
            let mut targets = Vec::new();
            for root in &group.roots {
                targets.push((
                    *root,
                    match self.stages.get(*root) {
                        Some(stage) => {
                            let sink = format!("{name}-stage-{root}");
                            Target::Stage(
                                *root,
                                builder.add_sink(&sink, SinkTopic::Name(stage.topic.clone()), &[node]).1,
                            )
                        }
                        None => {
                            let topic = SinkTopic::Name(self.relation.topic.clone());
                            Target::View(builder.add_sink(&format!("{name}-sink"), topic, &[node]).1)
                        }
                    },
                ));
            }
            let closes = group.roots.iter().any(|root| has_closing(self.root_at(*root)));
            let late = self.late_to.clone().filter(|_| closes).map(|topic| {
                builder.add_sink(&format!("{name}-late-{at}"), SinkTopic::Name(topic), &[node]).1
            });
            if group.topics.len() + group.exchanges.len() > 1 {
                builder.copartition(&sources);
            }
            let places = Places { targets, late, store, node };
            let plan = self.clone();
            // Shared by the tasks of the sub-topology that run in one process.
            let peers = Peers::default();
            plan.processor(&group, &places, &peers)?;
            builder.execute(&sources, move |_| match plan.processor(&group, &places, &peers) {
                Ok(processor) => Box::new(processor),
                Err(error) => Box::new(Unmade { name: Arc::from(plan.relation.name.as_str()), error }),
            });
        }
        builder.build(application_id).map_err(|error| SqlError::invalid(error.to_string()))
    }

    fn root_at(&self, at: usize) -> &PlanNode {
        self.stages.get(at).map_or(&self.root, |stage| &stage.root)
    }

    /// Roots that read a topic in common run in one sub-topology, as a topic is read once.
    fn groups(&self) -> Result<Vec<Group>, SqlError> {
        let mut groups: Vec<Group> = Vec::new();
        for at in 0..=self.stages.len() {
            let mut topics = Vec::new();
            collect_sources(self.root_at(at), &mut topics)?;
            let mut found = Vec::new();
            exchanges_of(self.root_at(at), &mut found);
            let mut group = Group { roots: vec![at], topics, exchanges: Vec::new(), tasks: 0 };
            group.exchanges = found
                .into_iter()
                .map(|(topic, first)| self.exchange_in(topic, first))
                .collect::<Result<_, _>>()?;
            let shares = |other: &Group| {
                let names: BTreeSet<&str> =
                    group.topics.iter().map(|source| source.relation.topic.as_str()).collect();
                other.topics.iter().any(|source| names.contains(source.relation.topic.as_str()))
            };
            let (joined, apart): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(shares);
            groups = apart;
            for other in joined {
                group.roots.extend(other.roots);
                group.topics.extend(other.topics);
                group.exchanges.extend(other.exchanges);
            }
            groups.push(group);
        }
        for group in &mut groups {
            group.roots.sort_unstable();
            // One source for each topic, with what all of its readers need.
            let mut topics = Vec::new();
            group.roots.iter().try_for_each(|root| collect_sources(self.root_at(*root), &mut topics))?;
            for source in &mut topics {
                let known = self.sources.iter().find(|known| known.relation.topic == source.relation.topic);
                source.number = known.map_or(source.number, |known| known.number);
            }
            group.topics = topics;
            let counts = group
                .topics
                .iter()
                .map(|source| self.partitions.get(&source.relation.topic).copied().unwrap_or(1));
            let read = group
                .exchanges
                .iter()
                .filter_map(|exchange| self.stage(&exchange.topic))
                .map(|stage| stage.partitions);
            group.tasks = counts.chain(read).max().unwrap_or(1);
            let own = group
                .roots
                .iter()
                .filter_map(|root| self.stages.get(*root))
                .map(|stage| stage.topic.as_str());
            if own.into_iter().any(|topic| group.exchanges.iter().any(|exchange| exchange.topic == topic)) {
                return Err(SqlError::unsupported(
                    "a view that reads a topic of several partitions both directly and through a repartition is not \
                     built; split it into two views",
                ));
            }
        }
        let writers: BTreeMap<String, i32> = groups
            .iter()
            .flat_map(|group| {
                group
                    .roots
                    .iter()
                    .filter_map(|root| self.stages.get(*root))
                    .map(|stage| (stage.topic.clone(), group.tasks))
            })
            .collect();
        for exchange in groups.iter_mut().flat_map(|group| &mut group.exchanges) {
            exchange.writers = writers.get(&exchange.topic).copied().unwrap_or(1);
        }
        Ok(groups)
    }

    fn stage(&self, topic: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.topic == topic)
    }

    fn exchange_in(&self, topic: String, first: bool) -> Result<ExchangeIn, SqlError> {
        let at = self.stages.iter().position(|stage| stage.topic == topic);
        let at = at.ok_or_else(|| SqlError::internal(format!("no stage writes '{topic}'")))?;
        let schema = self.stages[at].root.batch_schema();
        Ok(ExchangeIn { topic, schema, number: at as u16, writers: 1, first })
    }

    fn processor(&self, group: &Group, places: &Places, peers: &Peers) -> Result<GraphProcessor, SqlError> {
        let mut graph = Graph::default();
        let mut leaves: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let roots = (0..=self.stages.len()).map(|at| self.root_at(at));
        let grain_ms = roots.filter_map(grain).reduce(gcd);
        for (root, target) in &places.targets {
            let top = build(self.root_at(*root), &mut graph, &mut leaves)?;
            let writer: Box<dyn Operator> = match target {
                Target::View(sink) => Box::new(Sink::new(SinkSpec {
                    relation: self.relation.clone(),
                    key: self.key.clone(),
                    sink: *sink,
                    number: 0,
                })?),
                Target::Stage(at, sink) => Box::new(ExchangeWriter::new(ExchangeOut {
                    keys: self.stages[*at].keys.clone(),
                    sink: *sink,
                    schema: self.stages[*at].root.batch_schema(),
                    grain_ms,
                })?),
            };
            graph.add(writer, &[Some(top)]);
        }
        let mut sources = Vec::new();
        for source in &group.topics {
            let leaves = leaves.remove(source.relation.topic.as_str()).unwrap_or_default();
            sources.push((Input::Topic(Box::new(Source::new(source.clone())?)), leaves));
        }
        for exchange in &group.exchanges {
            let leaves = leaves.remove(exchange.topic.as_str()).unwrap_or_default();
            sources.push((Input::Exchange(Box::new(ExchangeReader::new(exchange.clone())?)), leaves));
        }
        let writes_stage = places.targets.iter().any(|(_, target)| matches!(target, Target::Stage(..)));
        Ok(GraphProcessor {
            name: Arc::from(self.relation.name.as_str()),
            graph,
            sources,
            store: places.store,
            late: places.late,
            node: places.node,
            rest: Rest::new(peers),
            pace: if !writes_stage && whole_runs(&self.root) { Pace::Run } else { Pace::Grain(grain_ms) },
        })
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Whether outputs keep their order wherever a run is cut although a run is worked on at once: what leaves with the
/// watermark must not mix with what leaves with a row.
fn whole_runs(root: &PlanNode) -> bool {
    fn count(node: &PlanNode) -> usize {
        let here =
            matches!(&node.op, PlanOp::Aggregate(spec) if spec.closing.as_ref().is_some_and(|c| c.finally));
        usize::from(here) + node.inputs.iter().map(count).sum::<usize>()
    }
    fn covered(node: &PlanNode) -> bool {
        match &node.op {
            PlanOp::Aggregate(spec) if spec.closing.as_ref().is_some_and(|closing| closing.finally) => true,
            PlanOp::Scan { lookup, .. } => *lookup,
            PlanOp::Exchange { first, .. } => *first,
            _ => node.inputs.iter().all(covered),
        }
    }
    match count(root) {
        0 => true,
        1 => covered(root),
        _ => false,
    }
}

fn build<'p>(
    node: &'p PlanNode,
    graph: &mut Graph,
    leaves: &mut BTreeMap<&'p str, Vec<usize>>,
) -> Result<usize, SqlError> {
    let mut inputs = Vec::new();
    for input in &node.inputs {
        inputs.push(Some(build(input, graph, leaves)?));
    }
    let schema = batch_schema(&node.schema);
    let operator: Box<dyn Operator> = match &node.op {
        PlanOp::Scan { relation, columns, .. } => {
            let place = graph.add(Box::new(Scan { columns: columns.clone(), schema }), &[None]);
            leaves.entry(relation.topic.as_str()).or_default().push(place);
            return Ok(place);
        }
        PlanOp::Exchange { topic, .. } => {
            let columns = (0..schema.fields().len()).collect();
            let place = graph.add(Box::new(Scan { columns, schema }), &[None]);
            leaves.entry(topic.as_str()).or_default().push(place);
            return Ok(place);
        }
        PlanOp::Filter(condition) => Box::new(Filter { condition: condition.clone() }),
        PlanOp::Project(exprs) => Box::new(Project { exprs: exprs.clone(), schema }),
        PlanOp::Union => Box::new(Union { schema }),
        PlanOp::Windowing { time, windows } => {
            Box::new(Windowing { time: time.clone(), windows: *windows, schema })
        }
        PlanOp::Aggregate(spec) => Box::new(Aggregate::new(spec.as_ref().clone())?),
        PlanOp::Join(spec) => Box::new(Join::new(spec.as_ref().clone())?),
        PlanOp::Recompute { spec, .. } => Box::new(Recompute::new(spec.as_ref().clone())?),
    };
    Ok(graph.add(operator, &inputs))
}
