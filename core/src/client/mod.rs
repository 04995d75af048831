//! Our Kafka client: producer, consumer and admin over any broker that speaks the Kafka protocol.
//!
//! Pure state machines (batch accumulation, sequence numbers, group membership, cluster view) stand beside thin
//! drivers that own connections and timers. It knows the protocol and record batches; it must never know a broker's
//! insides, a stream topology or a connector.

pub mod transport;
