//! What everybody may do, as bits of Kafka's operations: without an authorizer, everything that a resource knows.

/// Of a topic: read, write, create, delete, alter, describe, and describe and alter its configs.
pub(super) const TOPIC: i32 = 3_576;
/// Of the cluster: create, alter, describe, cluster action, configs, idempotent writes.
pub(super) const CLUSTER: i32 = 8_096;
/// Nobody asked.
pub(super) const NOT_ASKED: i32 = i32::MIN;

/// The bits if they were asked for.
pub(super) const fn if_asked(asked: bool, operations: i32) -> i32 {
    if asked { operations } else { NOT_ASKED }
}
