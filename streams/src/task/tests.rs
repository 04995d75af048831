use super::*;
use crate::operator::{Emission, Flow, SinkId, StoreId};
use crate::record::Headers;
use crate::state::{MemoryBackend, StoreKind, StoreSpec};
use crate::topology::TopologyBuilder;

/// Copies both inputs to the sink, and keeps in its store how many records it has seen.
struct Copy {
    sink: SinkId,
    store: StoreId,
    seen: i64,
}

impl BatchProcessor for Copy {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        let seen = ctx.get(self.store, b"seen")?;
        self.seen = seen.map_or(0, |bytes| i64::from_be_bytes(bytes[..].try_into().unwrap()));
        Ok(())
    }

    fn process(&mut self, input: usize, records: &[InputRecord], ctx: &mut Context) -> Flow {
        for record in records {
            ctx.begin(record);
            self.seen += 1;
            let value = Bytes::from(format!("{input}@{}#{}", record.timestamp, self.seen));
            let key = record.key.clone();
            let timestamp = record.timestamp;
            let headers = Headers::NONE;
            ctx.emit(self.sink, Emission { partition: None, key, value: Some(value), timestamp, headers });
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        let seen = Bytes::copy_from_slice(&self.seen.to_be_bytes());
        Ok(ctx.put(self.store, Bytes::from_static(b"seen"), Some(seen))?)
    }
}

fn copy_topology() -> Topology {
    let mut builder = TopologyBuilder::new();
    let names = |name: &str| SourceTopics::Names(vec![name.to_owned()]);
    let a = builder.add_source("a-source", names("a"), None);
    let b = builder.add_source("b-source", names("b"), None);
    let store = builder.add_store(StoreSpec::new("seen", StoreKind::Raw));
    let step = builder.add_processor("copy", &[a, b], &[store]);
    let (_, sink) = builder.add_sink("sink", SinkTopic::Name("out".to_owned()), &[step]);
    builder.execute(&[a, b], move |_| Box::new(Copy { sink, store, seen: 0 }));
    builder.build("app").unwrap()
}

fn open(backend: Box<dyn Backend>, max_task_idle_ms: i64) -> Task {
    let config = TaskConfig { max_task_idle_ms, ..TaskConfig::default() };
    let mut task = Task::open(&copy_topology(), Scope::Subtopology(0), 3, backend, &config).unwrap();
    task.start(0).unwrap();
    task
}

fn record(offset: i64, timestamp: i64) -> InputRecord {
    InputRecord { offset, timestamp, key: None, value: None, headers: Headers::NONE }
}

fn sent(task: &mut Task) -> String {
    let sink = task.take_outputs().filter(|output| output.kind == OutputKind::Sink);
    sink.map(|output| String::from_utf8(output.value.unwrap().to_vec()).unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_lowest_head_goes_first() {
    let mut task = open(Box::<MemoryBackend>::default(), -1);
    task.add("a", [record(0, 5), record(1, 1), record(2, 9)], None).unwrap();
    task.add("b", [record(0, 4), record(1, 7)], None).unwrap();
    assert_eq!(task.process(0, 100).unwrap(), 5);
    assert_eq!(sent(&mut task), "1@4#1 0@5#2 0@1#3 1@7#4 0@9#5");
    assert_eq!(task.stream_time_ms(), 9);
}

#[test]
fn an_empty_input_is_waited_for() {
    let mut task = open(Box::<MemoryBackend>::default(), 20);
    task.add("a", [record(0, 5)], Some(1)).unwrap();
    assert_eq!(task.process(0, 100).unwrap(), 0, "the end of b is not known");
    task.add("b", [], Some(1)).unwrap();
    assert_eq!(task.process(0, 100).unwrap(), 0, "b has a record that is not here yet");
    task.add("b", [record(0, 3)], Some(1)).unwrap();
    assert_eq!(task.process(100, 100).unwrap(), 1, "behind b's record its partition may bring more");
    assert_eq!(task.process(119, 100).unwrap(), 0);
    assert_eq!(task.process(120, 100).unwrap(), 1);
    assert_eq!(sent(&mut task), "1@3#1 0@5#2");
}

#[test]
fn ended_inputs_are_not_waited_for() {
    let mut task = open(Box::<MemoryBackend>::default(), 0);
    task.add("a", [record(0, 5)], None).unwrap();
    task.end_input("b");
    assert_eq!(task.process(0, 100).unwrap(), 1);
    assert!(!task.is_done());
    task.end_input("a");
    assert!(task.is_done());
}

#[cfg(feature = "fjall")]
#[test]
fn a_crash_leaves_the_last_commit_whole() {
    let folder = tempfile::tempdir().unwrap();
    let backend = || Box::new(crate::state::FjallBackend::open(folder.path()).unwrap().task("0_3"));
    let mut task = open(backend(), -1);
    task.add("a", [record(0, 1), record(1, 2)], None).unwrap();
    task.process(0, 100).unwrap();
    task.prepare_commit(0).unwrap();
    let changelog = task.take_outputs().filter(|output| output.kind == OutputKind::Changelog).count();
    assert_eq!(changelog, 1);
    task.commit(vec![(Bytes::from_static(b"end/out"), Some(Bytes::from_static(b"2")))]).unwrap();
    task.add("a", [record(2, 3)], None).unwrap();
    task.process(0, 100).unwrap();
    task.prepare_commit(0).unwrap();
    drop(task);

    let mut task = open(backend(), -1);
    assert_eq!(task.position("a"), Some(2));
    assert_eq!(task.position("b"), None);
    assert_eq!(task.meta(b"end/out").unwrap().as_deref(), Some(&b"2"[..]));
    task.add("a", [record(1, 2), record(2, 3)], None).unwrap();
    task.process(0, 100).unwrap();
    assert_eq!(sent(&mut task), "0@3#3");
}
