//! What handling a request leads to: an answer now, an answer later, or work that later requests must wait for.

use std::fmt;

use futures::future::BoxFuture;
use riverrun_core::protocol::Encoded;

use super::fetch_memory::FetchBudget;

/// What goes back to the client.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A whole response frame.
    Frame(Encoded),
    /// The answer to a fetch, and the memory that it takes until it is written.
    Fetched(Encoded, FetchBudget),
    /// Nothing: a Produce with `acks=0` is not answered.
    Nothing,
    /// The connection is of no more use; the reason goes to the log.
    Close(String),
}

/// The result of starting a request. Its effects have happened in the order of arrival; only its answer may wait.
pub(crate) enum Outcome {
    /// The answer is there.
    Done(Answer),
    /// The answer comes when what it depends on has happened (a flush, new records, a rebalance).
    Later(BoxFuture<'static, Answer>),
    /// The request itself must wait (a file to open, a topic to create): no later request of the connection starts
    /// before.
    Exclusive(BoxFuture<'static, Outcome>),
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Done(answer) => f.debug_tuple("Done").field(answer).finish(),
            Outcome::Later(_) => f.write_str("Later"),
            Outcome::Exclusive(_) => f.write_str("Exclusive"),
        }
    }
}
