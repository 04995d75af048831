//! Our Kafka client: producer, consumer and admin over any broker that speaks the Kafka protocol.
//!
//! Pure state machines (batch accumulation, sequence numbers, group membership, cluster view) stand beside thin
//! drivers that own connections and timers. It knows the protocol and record batches; it must never know a broker's
//! insides, a stream topology or a connector.

pub mod admin;
mod cluster;
mod config;
mod connection;
pub mod consumer;
mod error;
pub mod producer;
pub mod properties;
mod topic_partition;
pub mod transport;

pub use admin::{Admin, NewTopic, OffsetSpec};
pub use cluster::{BrokerNode, Client, ClusterView, PartitionView, TopicView};
pub use config::ClientConfig;
pub use consumer::{
    CommittedOffset, Consumer, ConsumerConfig, ConsumerEvent, ConsumerRecords, GroupMetadata, IsolationLevel,
    OffsetReset, PartitionRecords, RebalanceListener,
};
pub use producer::{Acks, Delivery, Producer, ProducerConfig, ProducerRecord, RecordMetadata};
pub use topic_partition::TopicPartition;
