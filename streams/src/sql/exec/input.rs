//! What a processor's input reads: a topic of rows, or another stage's repartition topic.

use super::exchange::ExchangeReader;
use super::source::Source;
use super::{Delta, Env};
use crate::record::InputRecord;
use crate::sql::error::SqlError;

/// An input at work.
#[derive(Debug)]
pub(crate) enum Input {
    Topic(Box<Source>),
    Exchange(Box<ExchangeReader>),
}

impl Input {
    pub(crate) fn init(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        match self {
            Input::Topic(source) => source.init(env),
            Input::Exchange(reader) => reader.init(env),
        }
    }

    pub(crate) fn flush(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        match self {
            Input::Topic(source) => source.flush(env),
            Input::Exchange(reader) => reader.flush(env),
        }
    }

    pub(crate) fn read(
        &mut self,
        records: &[InputRecord],
        env: &mut Env<'_>,
    ) -> Result<Vec<Delta>, SqlError> {
        match self {
            Input::Topic(source) => source.read(records, env),
            Input::Exchange(reader) => reader.read(records, env),
        }
    }

    /// How far the input's event time is.
    pub(crate) fn watermark_ms(&self) -> i64 {
        match self {
            Input::Topic(source) => source.watermark_ms,
            Input::Exchange(reader) => reader.watermark_ms,
        }
    }

    /// Whether its records come before those of other inputs.
    pub(crate) fn first(&self) -> bool {
        match self {
            Input::Topic(source) => source.spec().first,
            Input::Exchange(reader) => reader.spec().first,
        }
    }

    /// Whether its records are as somebody wrote them, fit to be passed on.
    pub(crate) fn is_topic(&self) -> bool {
        matches!(self, Input::Topic(_))
    }
}
