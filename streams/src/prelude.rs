//! What an application needs in scope.

pub use crate::dsl::{
    Buffer, BuildConfig, Consumed, Full, GroupedStream, GroupedTable, JoinKind, JoinWindows, Materialized,
    Nullable, SessionStream, Sessions, StreamJoined,
};
pub use crate::dsl::{Stream, StreamsBuilder, Table, WindowedStream};
pub use crate::operator::serde::{bytes, i64, json, session_windowed, utf8, windowed};
pub use crate::operator::window::{Hopping, Tumbling, Unlimited, hours, minutes, ms, seconds};
pub use crate::operator::{Emit, Serde, Windowed};
pub use crate::topology::Topology;
