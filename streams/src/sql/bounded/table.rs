//! A relation as DataFusion's table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::StreamingTableExec;

use super::pushdown::{Bounds, pushdown};
use super::scan::TopicScan;
use crate::sql::catalog::{Changelog, Meta, Relation};
use crate::sql::error::SqlError;
use crate::sql::topic::{TopicLog, with_metas};

/// The end offsets that a statement saw first; every scan of the statement reads up to them.
#[derive(Debug, Default)]
pub(crate) struct Frozen(Mutex<BTreeMap<String, Vec<(i64, i64)>>>);

impl Frozen {
    pub(crate) async fn extent(&self, log: &dyn TopicLog, topic: &str) -> Result<Vec<(i64, i64)>, SqlError> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(topic) {
            return Ok(known.clone());
        }
        let extent = log.extent(topic).await?.ok_or_else(|| {
            SqlError::not_found(format!(
                "topic '{topic}' does not exist; create it, or write a first record to it"
            ))
        })?;
        Ok(lock().entry(topic.to_string()).or_insert(extent).clone())
    }
}

/// A relation in one statement.
#[derive(Debug)]
pub(crate) struct TopicTable {
    pub(crate) relation: Arc<Relation>,
    pub(crate) metas: Vec<Meta>,
    log: Arc<dyn TopicLog>,
    frozen: Arc<Frozen>,
    schema: SchemaRef,
    /// Whether filters may narrow what is read; a continuous query applies them itself.
    narrow: bool,
}

impl TopicTable {
    pub(crate) fn new(
        relation: Arc<Relation>,
        metas: Vec<Meta>,
        log: Arc<dyn TopicLog>,
        frozen: Arc<Frozen>,
        narrow: bool,
    ) -> TopicTable {
        let schema = with_metas(&relation.schema, &metas);
        TopicTable { relation, metas, log, frozen, schema, narrow }
    }
}

#[async_trait]
impl TableProvider for TopicTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // Which record of a key is the last depends on all records, so a table is read whole.
        let narrow = self.narrow && self.relation.changelog == Changelog::Append;
        Ok(filters
            .iter()
            .map(|filter| if narrow { pushdown(filter) } else { TableProviderFilterPushDown::Unsupported })
            .collect())
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let bounds = Bounds::of(filters);
        let mut ranges = Vec::new();
        let extent = self
            .frozen
            .extent(self.log.as_ref(), &self.relation.topic)
            .await
            .map_err(DataFusionError::from)?;
        for (partition, (start, end)) in extent.into_iter().enumerate() {
            let partition = i32::try_from(partition).unwrap_or(i32::MAX);
            let (mut from, to) = bounds.range(partition, start, end);
            if let (Some(time), true) = (bounds.earliest_time(), from < to) {
                let found = self.log.offset_for_time(&self.relation.topic, partition, time).await;
                from = found
                    .map_err(|error| DataFusionError::from(SqlError::from(error)))?
                    .unwrap_or(to)
                    .max(from);
            }
            if from < to {
                ranges.push((partition, from, to));
            }
        }
        let scan = TopicScan::new(
            self.relation.clone(),
            self.metas.clone(),
            self.log.clone(),
            ranges,
            self.schema.clone(),
        );
        let exec = StreamingTableExec::try_new(
            self.schema.clone(),
            vec![Arc::new(scan)],
            projection,
            [],
            false,
            limit,
        )?;
        Ok(Arc::new(exec))
    }
}
