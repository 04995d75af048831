//! Nanoseconds and allocations per record of whole tasks, without a broker: bytes in, bytes out.
//!
//! `cargo bench -p riverrun-streams --bench task`

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use riverrun_streams::prelude::*;
use riverrun_streams::record::{Headers, InputRecord};
use riverrun_streams::state::MemoryBackend;
use riverrun_streams::task::{Scope, Task, TaskConfig};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of theirs.
#[expect(unsafe_code, reason = "an allocator that counts can only be written so")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const RECORDS: usize = 1_000_000;
const BATCH: usize = 1_000;

fn input() -> Vec<InputRecord> {
    // Slices of shared buffers, as a fetched batch gives them.
    let slice = |text: String| Bytes::from([text.as_bytes(), b" "].concat()).slice(..text.len());
    let record = |at: usize| {
        let key = slice(format!("key-{}", at % 10_000));
        let value =
            slice(format!("value {at} of a record that is about as long as those of real topics are"));
        let (offset, timestamp) = (at as i64, at as i64);
        InputRecord { offset, timestamp, key: Some(key), value: Some(value), headers: Headers::NONE }
    };
    (0..RECORDS).map(record).collect()
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn measure(name: &str, topology: &Topology) {
    let backend = Box::<MemoryBackend>::default();
    let config = TaskConfig { max_task_idle_ms: -1, ..TaskConfig::default() };
    let Ok(mut task) = Task::open(topology, Scope::Subtopology(0), 0, backend, &config) else { return };
    if task.start(0).is_err() {
        return;
    }
    let records = input();
    let (before, began) = (ALLOCATIONS.load(Ordering::Relaxed), Instant::now());
    let mut outputs = 0;
    for batch in records.chunks(BATCH) {
        let done = task.add("in", batch.iter().cloned(), None).and_then(|()| task.process(0, BATCH));
        outputs += done.map_or(0, |_| task.take_outputs().count());
    }
    let took = began.elapsed();
    let allocations = ALLOCATIONS.load(Ordering::Relaxed) - before;
    let per_record = took.as_nanos() as f64 / RECORDS as f64;
    println!(
        "{name:<28} {per_record:>8.1} ns/record {:>6.2} allocations/record {:>6.2} M records/s  {outputs} outputs",
        allocations as f64 / RECORDS as f64,
        1_000.0 / per_record,
    );
}

fn topology(write: impl FnOnce(&Stream<String, String>)) -> Topology {
    let app = StreamsBuilder::new("bench");
    write(&app.stream("in", (utf8(), utf8())));
    app.build().unwrap_or_else(|error| panic!("{error}"))
}

fn raw(write: impl FnOnce(&Stream<Bytes, Bytes>)) -> Topology {
    let app = StreamsBuilder::new("bench");
    write(&app.stream("in", (bytes(), bytes())));
    app.build().unwrap_or_else(|error| panic!("{error}"))
}

fn main() {
    measure("source only (bytes)", &raw(|stream| stream.for_each(|_, _| {})));
    measure(
        "10 filters (bytes)",
        &raw(|stream| {
            let last = (0..10).fold(stream.clone(), |stream, _| stream.filter(|_, value| !value.is_empty()));
            last.for_each(|_, _| {});
        }),
    );
    measure(
        "filter, map, to (bytes)",
        &raw(|stream| {
            let mapped = stream.filter(|_, value| value.len() > 3).map_values(|_, value| value.slice(1..));
            mapped.to("out", (bytes(), bytes()));
        }),
    );
    measure(
        "filter, map, to (text)",
        &topology(|stream| {
            let mapped =
                stream.filter(|_, value| value.len() > 3).map_values(|_, value| value.to_uppercase());
            mapped.to("out", (utf8(), utf8()));
        }),
    );
    measure(
        "count by key",
        &topology(|stream| {
            stream.group_by_key().count_as("counts").to_stream().to("out", (utf8(), i64()));
        }),
    );
    measure(
        "tumbling count",
        &topology(|stream| {
            let counts = stream.group_by_key().windowed_by(Tumbling::of(seconds(10))).count_as("counts");
            counts.to_stream().to("out", (windowed(utf8()), i64()));
        }),
    );
}
