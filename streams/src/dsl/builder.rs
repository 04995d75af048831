//! Where an application begins.

use std::sync::Arc;

use riverrun_core::Result;

use super::form::{Form, Full, Nullable};
use super::graph::{Graph, SourceSpec};
use super::materialized::Materialized;
use super::stream::Stream;
use super::table::{Table, source_table};
use crate::operator::{Extract, Extractor, OnBadRecord, Port, Serde, SharedSerde};
use crate::topology::{OffsetReset, SourceTopics, Topology};

/// What a topology is built for.
#[derive(Clone, Debug, Default)]
pub struct BuildConfig {
    /// Bytes that one store's cache may hold (`statestore.cache.max.bytes`); 0, the default, is no cache: every
    /// update goes on at once. What leaves a cache depends on when commits happen, so exactly-once without
    /// transactions needs 0.
    pub cache_max_bytes: usize,
    /// Final results leave at most once per this many milliseconds of wall clock; 0, the default, at once.
    pub emit_interval_ms: i64,
    /// Does as Kafka Streams 4.3 does where that is wrong. Final results are then read only after the record that
    /// closes their windows was stored, so a jump of stream time beyond the retention loses some; and a suppressed
    /// table tells as the old value that of the last held update, not the one that left before. False by default.
    pub jvm_exact: bool,
    /// A table's source topic serves as the changelog of its store (`topology.optimization`).
    pub reuse_source_topics: bool,
    /// Internal topics and stores must be named (`ensure.explicit.internal.resource.naming`).
    pub strict_naming: bool,
    /// What happens to records whose bytes cannot be read.
    pub on_bad_record: OnBadRecord,
}

/// How a topic is read.
pub struct Consumed<K, V> {
    topics: SourceTopics,
    key: SharedSerde<K>,
    value: SharedSerde<V>,
    name: Option<String>,
    reset: Option<OffsetReset>,
    extractor: Option<Extractor<K, V>>,
}

impl<K, V> std::fmt::Debug for Consumed<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consumed").field("topics", &self.topics).finish_non_exhaustive()
    }
}

impl<K: 'static, V: 'static> Consumed<K, V> {
    /// Reads these topics.
    pub fn topics<const N: usize>(topics: [&str; N], serdes: (impl Serde<K>, impl Serde<V>)) -> Self {
        Self::new(SourceTopics::Names(topics.map(str::to_owned).into()), serdes)
    }

    /// Reads every topic whose whole name matches the regular expression.
    pub fn pattern(pattern: &str, serdes: (impl Serde<K>, impl Serde<V>)) -> Self {
        Self::new(SourceTopics::Pattern(pattern.to_owned()), serdes)
    }

    fn new(topics: SourceTopics, serdes: (impl Serde<K>, impl Serde<V>)) -> Self {
        let (key, value) = (Arc::new(serdes.0), Arc::new(serdes.1));
        Consumed { topics, key, value, name: None, reset: None, extractor: None }
    }

    /// Names the source.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Where to begin without a committed position.
    #[must_use]
    pub fn offset_reset(mut self, reset: OffsetReset) -> Self {
        self.reset = Some(reset);
        self
    }

    /// Takes event time from the record: milliseconds since 1970; a negative time drops the record (counted), an
    /// error stops the task.
    #[must_use]
    pub fn timestamps(
        mut self,
        extract: impl Fn(Extract<'_, K, V>) -> Result<i64, String> + Send + Sync + 'static,
    ) -> Self {
        self.extractor = Some(Arc::new(extract));
        self
    }

    pub(super) fn into_source(self, graph: &Graph, nullable: bool) -> SourceSpec<K, V> {
        let name = graph.name(self.name.as_deref(), "KSTREAM-SOURCE-");
        let Consumed { topics, key, value, reset, extractor, .. } = self;
        SourceSpec { name, topics, reset, key, value, nullable, extractor }
    }

    pub(super) fn given_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn first_topic(&self) -> &str {
        match &self.topics {
            SourceTopics::Names(names) => names.first().map_or("", String::as_str),
            SourceTopics::Pattern(pattern) => pattern,
        }
    }
}

/// Builds an application: streams and tables begin here.
#[derive(Clone, Debug)]
pub struct StreamsBuilder {
    graph: Graph,
}

impl StreamsBuilder {
    /// An empty application. Its id is the consumer group and the first part of internal topics' names.
    pub fn new(application_id: &str) -> Self {
        StreamsBuilder { graph: Graph::new(application_id) }
    }

    /// A stream of a topic's records. Records with a null key or value are dropped and counted.
    pub fn stream<K, V>(&self, topic: &str, serdes: (impl Serde<K>, impl Serde<V>)) -> Stream<K, V>
    where
        K: 'static,
        V: 'static,
    {
        self.stream_with(Consumed::topics([topic], serdes))
    }

    /// A stream of a topic's records, null keys and values included: closures see `Option`s.
    pub fn stream_nullable<K, V>(
        &self,
        topic: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
    ) -> Stream<K, V, Nullable>
    where
        K: 'static,
        V: 'static,
    {
        self.stream_nullable_with(Consumed::topics([topic], serdes))
    }

    /// A stream that is read in a special way.
    pub fn stream_with<K: 'static, V: 'static>(&self, consumed: Consumed<K, V>) -> Stream<K, V> {
        self.source_stream::<K, V, Full>(consumed)
    }

    /// A stream with nulls that is read in a special way.
    pub fn stream_nullable_with<K: 'static, V: 'static>(
        &self,
        consumed: Consumed<K, V>,
    ) -> Stream<K, V, Nullable> {
        self.source_stream::<K, V, Nullable>(consumed)
    }

    fn source_stream<K: 'static, V: 'static, N: Form>(&self, consumed: Consumed<K, V>) -> Stream<K, V, N> {
        let spec = consumed.into_source(&self.graph, N::NULLABLE);
        let port = Port::default();
        let stream = Stream::new(
            self.graph.clone(),
            &spec.name,
            port.clone(),
            (Some(spec.key.clone()), Some(spec.value.clone())),
            [spec.name.clone()].into(),
            false,
        );
        self.graph.write(move |writer| writer.source(spec, &port));
        stream
    }

    /// A table of a topic's latest values per key. It is stored only if something needs its rows.
    pub fn table<K, V>(&self, topic: &str, serdes: (impl Serde<K>, impl Serde<V>)) -> Table<K, V>
    where
        K: Clone + Send + Sync + 'static,
        V: Send + Sync + 'static,
    {
        self.table_with(Consumed::topics([topic], serdes), Materialized::unnamed())
    }

    /// A table of a topic's latest values per key, kept in a store that can be queried.
    pub fn table_as<K, V>(
        &self,
        topic: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
        store: impl Into<Materialized<K, V>>,
    ) -> Table<K, V>
    where
        K: Clone + Send + Sync + 'static,
        V: Send + Sync + 'static,
    {
        self.table_with(Consumed::topics([topic], serdes), store)
    }

    /// A table that is read in a special way.
    pub fn table_with<K, V>(
        &self,
        consumed: Consumed<K, V>,
        store: impl Into<Materialized<K, V>>,
    ) -> Table<K, V>
    where
        K: Clone + Send + Sync + 'static,
        V: Send + Sync + 'static,
    {
        source_table(&self.graph, consumed, store.into())
    }

    /// The finished topology.
    ///
    /// # Errors
    /// `Invalid` if names collide, a serde is missing, or nothing is read.
    pub fn build(&self) -> Result<Topology> {
        self.build_with(BuildConfig::default())
    }

    /// The finished topology for a config. The builder is empty afterwards.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub fn build_with(&self, config: BuildConfig) -> Result<Topology> {
        Ok(self.graph.build(config)?)
    }
}
