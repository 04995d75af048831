//! What a lost run of a task wrote after its last commit, so that the next run does not write it again.
//!
//! A task stores, together with its state and input positions, where its output partitions ended and under which
//! producer ids it writes. After a crash its successor reads each output partition from there on and keeps what one of
//! those producers wrote: the lost run's last outputs. As processing the same input again gives the same output, the
//! first outputs of the new run are these; each is compared and, being there already, not sent.
//!
//! Two rules for whoever uses this: the producer id is stored before the first record is sent under it
//! ([`Producer::identify`](super::Producer::identify)), and no two tasks write under one producer id.
//! [`WrittenTail`] itself is pure; [`WrittenTail::read`] is its driver.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::TopicPartition;
use super::cluster::Client;
use super::consumer::raw::{RawReader, Span};
use crate::record::{BatchView, Header, Record, RecordError};
use crate::{Error, ErrorKind, Result};

/// Outputs of a lost run that its successor is about to produce again.
///
/// Outputs of one key must come again in the same order; outputs of different keys may have changed places, as inputs
/// of several partitions may arrive in another order.
#[derive(Debug, Default)]
pub struct WrittenTail {
    partitions: BTreeMap<TopicPartition, Keys>,
    ends: BTreeMap<TopicPartition, i64>,
}

type Keys = BTreeMap<Option<Bytes>, VecDeque<Record>>;

impl WrittenTail {
    /// Reads back what the producers `producer_ids` wrote behind `ends`: for each output partition the offset at which
    /// it ended after the last commit (0, or the end at its first start, for one that was never committed).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when a partition is gone, or its log does not reach back to the offset any more;
    /// otherwise what kept it from being read.
    pub async fn read(
        client: &Client,
        ends: &BTreeMap<TopicPartition, i64>,
        producer_ids: &[i64],
    ) -> Result<WrittenTail> {
        let mut tail = WrittenTail::default();
        let mut reader = RawReader::new(client);
        let spans = reader.to_the_end(ends).await?;
        tail.ends = spans.iter().map(|span| (span.partition.clone(), span.end)).collect();
        reader
            .read(spans, &mut |span, batch| {
                tail.add(span, batch, producer_ids).map_err(|error| {
                    let context = format!("reading back {} at offset {}", span.partition, batch.base_offset);
                    Error::from(error).context(context)
                })
            })
            .await?;
        Ok(tail)
    }

    /// What is left, in the order in which it was written within each partition: for one who compares by rules of his
    /// own.
    pub fn into_records(self) -> BTreeMap<TopicPartition, Vec<Record>> {
        let in_order = |keys: Keys| {
            let mut records: Vec<Record> = keys.into_values().flatten().collect();
            records.sort_by_key(|record| record.offset);
            records
        };
        self.partitions.into_iter().map(|(name, keys)| (name, in_order(keys))).collect()
    }

    /// Whether nothing is left to be suppressed.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    /// How many records are left to be suppressed.
    pub fn len(&self) -> usize {
        self.partitions.values().flat_map(BTreeMap::values).map(VecDeque::len).sum()
    }

    /// Where each partition ended when it was read back.
    pub fn ends(&self) -> &BTreeMap<TopicPartition, i64> {
        &self.ends
    }

    /// Whether an output is in its partition already: then it must not be sent again. Each call answers for one record.
    /// A timestamp that is not given is not compared.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when the lost run wrote something else for this key: the same input does not give the
    /// same output, so nobody can tell what was written.
    pub fn suppress(
        &mut self,
        topic: &str,
        partition: i32,
        timestamp: Option<i64>,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header],
    ) -> Result<bool> {
        if self.partitions.is_empty() {
            return Ok(false);
        }
        let name = TopicPartition::new(topic, partition);
        let Some(keys) = self.partitions.get_mut(&name) else { return Ok(false) };
        let key = key.map(Bytes::copy_from_slice);
        let Some(written) = keys.get_mut(&key) else { return Ok(false) };
        if let Some(first) = written.front() {
            let difference = difference(first, timestamp, value, headers);
            if let Some(what) = difference {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    format!(
                        "the output for {name} differs in its {what} from what the last run wrote at offset {} before it \
                         was lost: the program or its configuration changed, or it does not compute the same from the \
                         same input; reset the application to process everything anew",
                        first.offset
                    ),
                ));
            }
            written.pop_front();
        }
        if written.is_empty() {
            keys.remove(&key);
        }
        if keys.is_empty() {
            self.partitions.remove(&name);
        }
        Ok(true)
    }

    /// What is left although all input was processed again: the lost run read further than is there now.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] that names the first record left, if there is one.
    pub fn expect_empty(&self) -> Result<()> {
        let Some((name, keys)) = self.partitions.iter().next() else { return Ok(()) };
        let offset = keys.values().flatten().map(|record| record.offset).min().unwrap_or(-1);
        Err(Error::new(
            ErrorKind::Invalid,
            format!(
                "{} outputs of the last run were not computed again, the first at offset {offset} of {name}: its input \
                 is not all there any more",
                self.len()
            ),
        ))
    }

    fn add(&mut self, span: &Span, batch: &BatchView, producer_ids: &[i64]) -> Result<(), RecordError> {
        if batch.attributes.is_control() || !producer_ids.contains(&batch.producer_id) {
            return Ok(());
        }
        for record in batch.records()? {
            let record = record?;
            if (span.start..span.end).contains(&record.offset) {
                let keys = self.partitions.entry(span.partition.clone()).or_default();
                keys.entry(record.key.clone()).or_default().push_back(record);
            }
        }
        Ok(())
    }
}

fn difference(
    written: &Record,
    timestamp: Option<i64>,
    value: Option<&[u8]>,
    headers: &[Header],
) -> Option<&'static str> {
    if written.value.as_deref() != value {
        return Some("value");
    }
    if timestamp.is_some_and(|timestamp| timestamp != written.timestamp) {
        return Some("timestamp");
    }
    (written.headers != headers).then_some("headers")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{BatchBuilder, Compression};

    fn batch(producer: i64, records: &[(&str, &str)]) -> BatchView {
        let mut builder = BatchBuilder::new(Compression::None);
        for (key, value) in records {
            builder.append(7, Some(key.as_bytes()), Some(value.as_bytes()), &[]).unwrap();
        }
        builder.set_producer(producer, 0, 0);
        BatchView::parse(&builder.build().unwrap()).unwrap()
    }

    fn tail(records: &[(&str, &str)]) -> WrittenTail {
        let mut tail = WrittenTail::default();
        let span = Span { partition: TopicPartition::new("out", 0), start: 0, end: 100 };
        tail.add(&span, &batch(1, records), &[1]).unwrap();
        tail.add(&span, &batch(2, &[("a", "of somebody else")]), &[1]).unwrap();
        tail
    }

    fn emit(tail: &mut WrittenTail, key: &str, value: &str) -> Result<bool> {
        tail.suppress("out", 0, Some(7), Some(key.as_bytes()), Some(value.as_bytes()), &[])
    }

    #[test]
    fn what_was_written_is_suppressed_once() {
        let mut tail = tail(&[("a", "1"), ("b", "1"), ("a", "2")]);
        assert_eq!(tail.len(), 3);
        assert!(emit(&mut tail, "a", "1").unwrap());
        assert!(emit(&mut tail, "a", "2").unwrap());
        assert!(!emit(&mut tail, "a", "1").unwrap());
        assert!(tail.expect_empty().is_err());
        assert!(emit(&mut tail, "b", "1").unwrap());
        assert!(tail.is_empty() && tail.expect_empty().is_ok());
    }

    #[test]
    fn a_difference_is_an_error() {
        let mut tail = tail(&[("a", "1")]);
        let error = emit(&mut tail, "a", "2").unwrap_err();
        assert!(
            error.message().contains("out-0 differs in its value") && error.message().contains("offset 0")
        );
        let error = tail.suppress("out", 0, Some(8), Some(b"a"), Some(b"1"), &[]).unwrap_err();
        assert!(error.message().contains("timestamp"));
        assert!(!tail.suppress("out", 1, Some(8), Some(b"a"), Some(b"1"), &[]).unwrap());
    }
}
