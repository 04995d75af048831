//! Reading ranges of a topic as one stream of batches.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::stream;

use crate::record::InputRecord;
use crate::sql::catalog::{BadRows, Changelog, Meta, Relation};
use crate::sql::error::SqlError;
use crate::sql::topic::{BadRow, Envelope, RowReader, TopicLog};

const BATCH_ROWS: usize = 8_192;

/// Some offsets of a topic's partitions.
#[derive(Clone, Debug)]
pub(super) struct TopicScan {
    relation: Arc<Relation>,
    metas: Vec<Meta>,
    log: Arc<dyn TopicLog>,
    ranges: Vec<(i32, i64, i64)>,
    schema: SchemaRef,
}

impl TopicScan {
    pub(super) fn new(
        relation: Arc<Relation>,
        metas: Vec<Meta>,
        log: Arc<dyn TopicLog>,
        ranges: Vec<(i32, i64, i64)>,
        schema: SchemaRef,
    ) -> TopicScan {
        TopicScan { relation, metas, log, ranges, schema }
    }
}

impl PartitionStream for TopicScan {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let state = ScanState {
            scan: self.clone(),
            ranges: self.ranges.iter().copied().collect(),
            ready: VecDeque::new(),
            folded: self.relation.changelog == Changelog::Append,
        };
        let batches = stream::try_unfold(state, |mut state| async move {
            let batch = state.next().await.map_err(DataFusionError::from)?;
            Ok(batch.map(|batch| (batch, state)))
        });
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }
}

struct ScanState {
    scan: TopicScan,
    ranges: VecDeque<(i32, i64, i64)>,
    ready: VecDeque<RecordBatch>,
    /// Whether the rows of a table have been put together (always true for what is only added to).
    folded: bool,
}

impl ScanState {
    async fn next(&mut self) -> Result<Option<RecordBatch>, SqlError> {
        if !self.folded {
            self.folded = true;
            self.ready = match self.scan.relation.changelog {
                Changelog::Debezium => self.fold_envelopes().await?,
                Changelog::Append | Changelog::Upsert => self.fold_upserts().await?,
            };
        }
        if let Some(batch) = self.ready.pop_front() {
            return Ok(Some(batch));
        }
        while let Some((partition, records)) = self.records().await? {
            let mut reader = RowReader::new(&self.scan.relation, &self.scan.metas)?;
            for record in &records {
                if let Some(value) = &record.value {
                    self.keep(reader.append(partition, record, value))?;
                }
            }
            if reader.len() > 0 {
                return Ok(Some(reader.finish()?));
            }
        }
        Ok(None)
    }

    /// Lets a bad row pass or stop the query, as declared.
    fn keep(&self, row: Result<(), BadRow>) -> Result<(), SqlError> {
        match (row, self.scan.relation.bad_rows) {
            (Ok(()), _) => Ok(()),
            (Err(bad), BadRows::Skip) => {
                tracing::warn!(topic = %self.scan.relation.topic, "row left out: {bad}");
                Ok(())
            }
            (Err(bad), BadRows::Fail) => Err(SqlError::invalid(format!(
                "topic '{}', {bad}; to leave such rows out, declare the topic WITH (bad_rows = 'skip')",
                self.scan.relation.topic
            ))),
        }
    }

    /// The next records, of one partition.
    async fn records(&mut self) -> Result<Option<(i32, Vec<InputRecord>)>, SqlError> {
        while let Some((partition, from, to)) = self.ranges.front_mut() {
            let topic = &self.scan.relation.topic;
            let chunk = self.scan.log.read(topic, *partition, *from, *to, BATCH_ROWS).await?;
            let partition = *partition;
            *from = chunk.next_offset;
            if chunk.records.is_empty() || chunk.next_offset >= *to {
                self.ranges.pop_front();
            }
            if !chunk.records.is_empty() {
                return Ok(Some((partition, chunk.records)));
            }
        }
        Ok(None)
    }

    /// The last row of each key, in order of partition and offset.
    async fn fold_upserts(&mut self) -> Result<VecDeque<RecordBatch>, SqlError> {
        let mut latest: BTreeMap<Bytes, (i32, InputRecord)> = BTreeMap::new();
        while let Some((partition, records)) = self.records().await? {
            for record in records {
                match (&record.key, &record.value) {
                    (Some(key), Some(_)) => {
                        latest.insert(key.clone(), (partition, record));
                    }
                    (Some(key), None) => {
                        latest.remove(key);
                    }
                    (None, _) => {
                        let error = riverrun_core::format::RowError {
                            column: None,
                            reason: "the record has no key, which a table's row needs".into(),
                        };
                        self.keep(Err(BadRow { partition, offset: record.offset, error }))?;
                    }
                }
            }
        }
        let mut rows: Vec<(i32, InputRecord)> = latest.into_values().collect();
        rows.sort_by_key(|(partition, record)| (*partition, record.offset));
        let mut batches = VecDeque::new();
        for part in rows.chunks(BATCH_ROWS) {
            let mut reader = RowReader::new(&self.scan.relation, &self.scan.metas)?;
            for (partition, record) in part {
                if let Some(value) = &record.value {
                    self.keep(reader.append(*partition, record, value))?;
                }
            }
            batches.push_back(reader.finish()?);
        }
        Ok(batches)
    }

    /// The rows that envelopes leave: each `after` adds one, each `before` takes an equal one away.
    async fn fold_envelopes(&mut self) -> Result<VecDeque<RecordBatch>, SqlError> {
        let payload = self.scan.relation.schema.clone();
        let fields = payload.fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
        let converter = RowConverter::new(fields)?;
        let mut live: BTreeMap<OwnedRow, Vec<RecordBatch>> = BTreeMap::new();
        while let Some((partition, records)) = self.records().await? {
            for record in &records {
                let Some(value) = &record.value else { continue };
                let halves = match Envelope::read(value) {
                    Ok(halves) => halves,
                    Err(error) => {
                        self.keep(Err(BadRow { partition, offset: record.offset, error }))?;
                        continue;
                    }
                };
                for (half, added) in [(halves.before, false), (halves.after, true)] {
                    let Some(half) = half else { continue };
                    let mut reader = RowReader::new(&self.scan.relation, &self.scan.metas)?;
                    if let Err(bad) = reader.append(partition, record, half) {
                        self.keep(Err(bad))?;
                        continue;
                    }
                    let row = reader.finish()?;
                    let columns = row.columns().get(..payload.fields().len()).unwrap_or_default();
                    let identity = converter.convert_columns(columns)?.row(0).owned();
                    let copies = live.entry(identity).or_default();
                    if added {
                        copies.push(row);
                    } else {
                        copies.pop();
                    }
                }
            }
        }
        let rows: Vec<RecordBatch> = live.into_values().flatten().collect();
        let mut batches = VecDeque::new();
        if !rows.is_empty() {
            batches.push_back(datafusion::arrow::compute::concat_batches(&self.scan.schema, &rows)?);
        }
        Ok(batches)
    }
}
