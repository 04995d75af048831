//! The inputs of a task and the order in which their records are processed.
//!
//! Always the buffered record with the lowest time among the heads of the inputs goes first. An input whose buffer is
//! empty may still get an older one: it is waited for until the broker says that the partition has nothing more, and
//! then `max.task.idle.ms` longer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use riverrun_core::{Error, ErrorKind, Result};

use super::Ties;
use crate::operator::{BatchProcessor, Context, DropReason, NodeId, UNREADABLE};
use crate::record::InputRecord;

#[derive(Debug)]
struct Input {
    topic: Arc<str>,
    source: NodeId,
    processor: usize,
    /// The place of the source among those of its processor.
    place: usize,
    /// Records whose time is not known yet, but for the front one, whose time is `head_ms`.
    buffer: VecDeque<InputRecord>,
    head_ms: Option<i64>,
    partition_time_ms: i64,
    position: Option<i64>,
    /// The offset behind the last record that was buffered.
    buffered_to: Option<i64>,
    end_offset: Option<i64>,
    idle_since_ms: Option<i64>,
    /// Since when nothing more is there.
    quiet_since_ms: Option<i64>,
    ended: bool,
    end_told: bool,
}

/// A run of records of one input.
pub(super) struct Taken {
    pub(super) processor: usize,
    pub(super) input: usize,
    pub(super) topic: Arc<str>,
    /// How many records left the buffer, dropped ones included.
    pub(super) records: usize,
}

#[derive(Debug)]
pub(super) struct Inputs {
    list: Vec<Input>,
    heap: Vec<usize>,
    ties: Ties,
    max_task_idle_ms: i64,
    /// The highest time handed out, for the lateness metric.
    time_ms: i64,
}

const LATENESS: &str = "record-lateness-max";

type Processors = [Box<dyn BatchProcessor>];

impl Inputs {
    pub(super) fn new(max_task_idle_ms: i64, ties: Ties) -> Self {
        Inputs { list: Vec::new(), heap: Vec::new(), ties, max_task_idle_ms, time_ms: -1 }
    }

    /// The highest time handed out.
    pub(super) fn time_ms(&self) -> i64 {
        self.time_ms
    }

    pub(super) fn set_time_ms(&mut self, time_ms: i64) {
        self.time_ms = time_ms;
    }

    pub(super) fn add(
        &mut self,
        topic: Arc<str>,
        source: NodeId,
        processor: usize,
        place: usize,
        position: Option<i64>,
    ) {
        self.list.push(Input {
            topic,
            source,
            processor,
            place,
            buffer: VecDeque::new(),
            head_ms: None,
            partition_time_ms: -1,
            position,
            buffered_to: position,
            end_offset: None,
            idle_since_ms: None,
            quiet_since_ms: None,
            ended: false,
            end_told: false,
        });
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|input| &*input.topic)
    }

    fn get(&self, topic: &str) -> Option<&Input> {
        self.list.iter().find(|input| &*input.topic == topic)
    }

    pub(super) fn position(&self, topic: &str) -> Option<i64> {
        self.get(topic)?.position
    }

    pub(super) fn set_position(&mut self, topic: &str, next: i64) {
        if let Some(input) = self.list.iter_mut().find(|input| &*input.topic == topic) {
            input.position = Some(next);
            if input.buffer.is_empty() {
                input.buffered_to = Some(next);
            }
        }
    }

    pub(super) fn positions(&self) -> impl Iterator<Item = (&str, i64)> {
        self.list.iter().filter_map(|input| Some((&*input.topic, input.position?)))
    }

    pub(super) fn buffered(&self, topic: &str) -> usize {
        self.get(topic).map_or(0, |input| input.buffer.len())
    }

    pub(super) fn buffer(
        &mut self,
        topic: &str,
        records: impl IntoIterator<Item = InputRecord>,
        end_offset: Option<i64>,
        processors: &mut Processors,
        ctx: &mut Context,
    ) -> Result<()> {
        let Some(at) = self.list.iter().position(|input| &*input.topic == topic) else {
            return Err(Error::new(ErrorKind::NotFound, format!("the task does not read topic '{topic}'")));
        };
        let input = &mut self.list[at];
        for record in records {
            if input.buffered_to.is_none_or(|next| record.offset >= next) {
                input.buffered_to = Some(record.offset + 1);
                input.buffer.push_back(record);
            }
        }
        input.end_offset = end_offset.or(input.end_offset);
        if !input.buffer.is_empty() {
            input.idle_since_ms = None;
            input.quiet_since_ms = None;
        }
        self.find_head(at, processors, ctx)
    }

    /// Notes whether all that a topic has was buffered.
    pub(super) fn set_caught_up(&mut self, topic: &str, caught_up: bool, now_ms: i64) {
        if let Some(input) = self.list.iter_mut().find(|input| &*input.topic == topic) {
            let quiet = caught_up && input.buffer.is_empty();
            input.quiet_since_ms = quiet.then(|| input.quiet_since_ms.unwrap_or(now_ms));
        }
    }

    /// Since when all topics of a processor's input have been quiet.
    pub(super) fn quiet_since_ms(&self) -> BTreeMap<(usize, usize), Option<i64>> {
        let mut quiet = BTreeMap::new();
        for input in &self.list {
            let since = input.quiet_since_ms;
            let known = quiet.entry((input.processor, input.place)).or_insert(since);
            *known = known.zip(since).map(|(a, b)| a.max(b));
        }
        quiet
    }

    pub(super) fn end(&mut self, topic: &str) {
        if let Some(input) = self.list.iter_mut().find(|input| &*input.topic == topic) {
            input.ended = true;
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.list.iter().all(|input| input.ended && input.buffer.is_empty())
    }

    /// Sources whose topics have all ended and are empty since the last call: (processor, input).
    pub(super) fn newly_ended(&mut self) -> Vec<(usize, usize)> {
        let mut ended = Vec::new();
        for at in 0..self.list.len() {
            let source = self.list[at].source;
            let of_source = || self.list.iter().filter(|input| input.source == source);
            if of_source().all(|input| input.ended && input.buffer.is_empty()) && !self.list[at].end_told {
                ended.push((self.list[at].processor, self.list[at].place));
                self.list
                    .iter_mut()
                    .filter(|input| input.source == source)
                    .for_each(|input| input.end_told = true);
            }
        }
        ended
    }

    /// Takes the records that come next, all of one input; `None` if nothing may be processed now.
    pub(super) fn take_run(
        &mut self,
        now_ms: i64,
        max_records: usize,
        processors: &mut Processors,
        ctx: &mut Context,
        run: &mut Vec<InputRecord>,
    ) -> Result<Option<Taken>> {
        if !self.may_process(now_ms) {
            return Ok(None);
        }
        let Some(at) = self.heap.first().copied() else { return Ok(None) };
        let mut records = 0;
        while records < max_records && self.heap.first() == Some(&at) {
            self.poll();
            let input = &mut self.list[at];
            let (Some(head_ms), Some(mut record)) = (input.head_ms.take(), input.buffer.pop_front()) else {
                break;
            };
            records += 1;
            input.position = Some(record.offset + 1);
            record.timestamp = head_ms;
            input.partition_time_ms = input.partition_time_ms.max(head_ms);
            ctx.raise(LATENESS, (self.time_ms - head_ms).max(0) as f64);
            self.time_ms = self.time_ms.max(head_ms);
            run.push(record);
            self.find_head(at, processors, ctx)?;
        }
        let input = &self.list[at];
        let taken =
            Taken { processor: input.processor, input: input.place, topic: input.topic.clone(), records };
        Ok(Some(taken))
    }

    /// Finds the time of an input's front record, and drops front records that have none.
    fn find_head(&mut self, at: usize, processors: &mut Processors, ctx: &mut Context) -> Result<()> {
        let input = &mut self.list[at];
        if input.head_ms.is_some() {
            return Ok(());
        }
        while let Some(front) = input.buffer.front() {
            let time = processors[input.processor].timestamp(input.place, front, input.partition_time_ms)?;
            if time >= 0 {
                input.head_ms = Some(time);
                self.offer(at);
                break;
            }
            let reason =
                if time == UNREADABLE { DropReason::Deserialization } else { DropReason::InvalidTimestamp };
            ctx.drop_record(input.source, reason);
            ctx.raise(LATENESS, (self.time_ms + 1) as f64);
            input.position = Some(front.offset + 1);
            input.buffer.pop_front();
        }
        Ok(())
    }
}

/// The inputs that have a head, as a binary heap. It moves its entries exactly as Java's `PriorityQueue` does, which
/// decides between equal times where arrival does.
impl Inputs {
    fn is_before(&self, a: usize, b: usize) -> bool {
        let key = |at: usize| (self.list[at].head_ms, if self.ties == Ties::ByInput { at } else { 0 });
        key(a) < key(b)
    }

    fn offer(&mut self, input: usize) {
        let mut at = self.heap.len();
        self.heap.push(input);
        while at > 0 {
            let parent = (at - 1) / 2;
            if !self.is_before(input, self.heap[parent]) {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = input;
    }

    fn poll(&mut self) {
        let Some(last) = self.heap.pop() else { return };
        let size = self.heap.len();
        if size == 0 {
            return;
        }
        let mut at = 0;
        while 2 * at + 1 < size {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let least =
                if right < size && self.is_before(self.heap[right], self.heap[left]) { right } else { left };
            if !self.is_before(self.heap[least], last) {
                break;
            }
            self.heap[at] = self.heap[least];
            at = least;
        }
        self.heap[at] = last;
    }
}

impl Inputs {
    /// Whether the lowest head is known to be the lowest: no empty input may still bring an older record.
    fn may_process(&mut self, now_ms: i64) -> bool {
        let idle_ms = self.max_task_idle_ms;
        if self.list.iter().all(|input| input.head_ms.is_none()) {
            return false;
        }
        // Every input is looked at, so that all begin to wait at once.
        let mut settled = true;
        for input in &mut self.list {
            settled &= input.is_settled(now_ms, idle_ms);
        }
        settled
    }
}

impl Input {
    fn is_settled(&mut self, now_ms: i64, idle_ms: i64) -> bool {
        if self.head_ms.is_some() || self.ended || idle_ms < 0 {
            return true;
        }
        let Some(end) = self.end_offset else { return false };
        if self.buffered_to.is_some_and(|next| next < end) || (self.buffered_to.is_none() && end > 0) {
            return false;
        }
        let since = *self.idle_since_ms.get_or_insert(now_ms);
        now_ms.saturating_sub(since) >= idle_ms
    }
}
