//! `riverrun bench`: how fast a broker is, and how fast it could be.
//!
//! `produce`, `consume` and `latency` load any Kafka broker through our client; `floor` moves the same bytes over TCP
//! into a file with a checksum and the same flush rule, and nothing else; `crowd` opens connections and makes partitions
//! and says what they cost. Loads are open loops where a rate is given:
//! latencies count from the moment at which a record was meant to leave, so a stalled broker cannot hide what it
//! delayed. This room measures; it knows nothing of how a broker works.

mod consume;
mod crowd;
mod floor;
mod latencies;
mod latency;
mod load;
mod pace;
mod produce;
mod report;
mod sender;
#[cfg(test)]
mod tests;
mod usage;

use clap::{Args, Subcommand};
use riverrun::Result;

use super::terminal::Terminal;

/// Measure a broker, and the floor below it.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    Produce(produce::Produce),
    Consume(consume::Consume),
    Latency(latency::Latency),
    Floor(floor::Floor),
    Crowd(crowd::Crowd),
}

impl Bench {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        match self.kind {
            Kind::Produce(command) => command.run(terminal),
            Kind::Consume(command) => command.run(terminal),
            Kind::Latency(command) => command.run(terminal),
            Kind::Floor(command) => command.run(terminal),
            Kind::Crowd(command) => command.run(terminal),
        }
    }
}
