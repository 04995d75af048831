//! What a processor's input reads: a topic of rows, or another stage's repartition topic.

use super::exchange::ExchangeReader;
use super::source::Source;
use super::{Delta, Env};
use crate::record::InputRecord;
use crate::sql::error::SqlError;

/// Whether an input may hold the watermark back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulse {
    /// It has rows, or may have some soon.
    Active,
    /// It is caught up for so long that nobody waits for it any more.
    Idle,
    /// It has no event time and holds nothing back.
    Timeless,
}

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

    /// Lifts the watermark of an input that is idle.
    pub(crate) fn raise(&mut self, watermark_ms: i64) {
        match self {
            Input::Topic(source) => source.raise(watermark_ms),
            Input::Exchange(reader) => reader.raise(watermark_ms),
        }
    }

    /// Whether the input stands still, when its topic has been quiet since a time.
    pub(crate) fn pulse(&self, quiet_since_ms: Option<i64>, now_ms: i64) -> Pulse {
        match self {
            Input::Topic(source) => source.pulse(quiet_since_ms, now_ms),
            Input::Exchange(reader) => reader.pulse(),
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
