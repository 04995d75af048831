//! One module per API: a decoded request in, an outcome out.
//!
//! A handler translates between the wire and the rooms below. It must never touch a socket or a file, and changes
//! state only through the runtime.

pub(super) mod acls;
pub(super) mod add_offsets_to_txn;
pub(super) mod add_partitions_to_txn;
pub(super) mod alter_client_quotas;
pub(super) mod alter_configs;
pub(super) mod alter_partition_reassignments;
pub(super) mod alter_replica_log_dirs;
pub(super) mod api_versions;
mod config_change;
mod config_resource;
mod config_view;
pub(super) mod consumer_group_describe;
pub(super) mod consumer_group_heartbeat;
pub(super) mod create_partitions;
pub(super) mod create_topics;
pub(super) mod delegation_tokens;
pub(super) mod delete_groups;
pub(super) mod delete_records;
pub(super) mod delete_topics;
pub(super) mod describe_client_quotas;
pub(super) mod describe_cluster;
pub(super) mod describe_configs;
pub(super) mod describe_groups;
pub(super) mod describe_log_dirs;
pub(super) mod describe_producers;
pub(super) mod describe_quorum;
pub(super) mod describe_topic_partitions;
pub(super) mod describe_transactions;
pub(super) mod elect_leaders;
pub(super) mod end_txn;
pub(super) mod fetch;
pub(super) mod find_coordinator;
pub(super) mod get_telemetry_subscriptions;
mod group_shard;
pub(super) mod heartbeat;
pub(super) mod incremental_alter_configs;
pub(super) mod init_producer_id;
pub(super) mod join_group;
pub(super) mod leave_group;
pub(super) mod list_config_resources;
pub(super) mod list_groups;
pub(super) mod list_offsets;
pub(super) mod list_partition_reassignments;
pub(super) mod list_transactions;
pub(super) mod metadata;
pub(super) mod offset_commit;
pub(super) mod offset_delete;
pub(super) mod offset_fetch;
pub(super) mod offset_for_leader_epoch;
pub(super) mod old_produce;
pub(super) mod produce;
mod produce_transaction;
pub(super) mod push_telemetry;
pub(super) mod sasl;
pub(super) mod scram_credentials;
pub(super) mod sync_group;
pub(super) mod txn_offset_commit;
pub(super) mod unregister_broker;
pub(super) mod update_features;
pub(super) mod write_txn_markers;

use crate::server::outcome::Answer;

/// The answer when a thread that did the work went down.
fn cut_short(error: &tokio::task::JoinError) -> Answer {
    Answer::Close(format!("a request was cut short: {error}"))
}
