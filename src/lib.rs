//! Riverrun: Kafka, Kafka Streams, Kafka Connect and streaming SQL in one Rust binary.
