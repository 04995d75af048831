use super::*;
use crate::state::StoreKind;

struct Nothing;

impl BatchProcessor for Nothing {
    fn process(
        &mut self,
        _input: usize,
        _records: &[crate::record::InputRecord],
        _ctx: &mut crate::operator::Context,
    ) -> crate::operator::Flow {
        Ok(())
    }
}

fn two_parts() -> Topology {
    let mut builder = TopologyBuilder::new();
    let names = |name: &str| SourceTopics::Names(vec![name.to_owned()]);
    let source = builder.add_source("source", names("in"), None);
    let step = builder.add_processor("step", &[source], &[]);
    builder.add_repartition_topic("by-key-repartition", None);
    builder.add_sink("out", SinkTopic::Name("by-key-repartition".to_owned()), &[step]);
    let again = builder.add_source("again", names("by-key-repartition"), None);
    let store = builder.add_store(StoreSpec::new("counts", StoreKind::TimestampedKeyValue));
    builder.add_processor("count", &[again], &[store]);
    builder.execute(&[source], |_| Box::new(Nothing));
    builder.execute(&[again], |_| Box::new(Nothing));
    builder.build("app").unwrap()
}

#[test]
fn parts_are_numbered_as_their_sources_were_written() {
    let topology = two_parts();
    let sources: Vec<_> = topology.subtopologies().iter().map(|sub| sub.source_topics.clone()).collect();
    assert_eq!(
        sources,
        [BTreeSet::from(["in".to_owned()]), BTreeSet::from(["app-by-key-repartition".to_owned()])]
    );
    let internal: Vec<_> = topology.internal_topics().into_iter().map(|topic| topic.name).collect();
    assert_eq!(internal, ["app-by-key-repartition", "app-counts-changelog"]);
}

#[test]
fn diagrams_show_topics_steps_and_stores() {
    let topology = two_parts();
    insta::assert_snapshot!(topology.mermaid(), @r#"
    flowchart TD
      subgraph sub0["sub-topology 0"]
        n0>"in"]
        n1["step"]
        n2>"by-key-repartition"]
      end
      subgraph sub1["sub-topology 1"]
        n3>"by-key-repartition"]
        n4["count"]
        s0[("counts")]
      end
      n0 --> n1
      n1 --> n2
      n3 --> n4
      n4 -.- s0
    "#);
    assert!(topology.dot().contains("s0 [label=\"counts\", shape=cylinder];"));
}

#[test]
fn a_topic_read_twice_is_refused() {
    let mut builder = TopologyBuilder::new();
    for name in ["a", "b"] {
        builder.add_source(name, SourceTopics::Names(vec!["in".to_owned()]), None);
    }
    assert_eq!(builder.build("app").unwrap_err(), TopologyError::DuplicateTopic("in".to_owned()));
}
