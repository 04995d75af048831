//! From a frame to the handler of its API.

use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::messages::{
    ApiVersionsRequest, CreateDelegationTokenRequest, DescribeDelegationTokenRequest,
    ExpireDelegationTokenRequest, RenewDelegationTokenRequest, SaslAuthenticateRequest, SaslHandshakeRequest,
};
use riverrun_core::protocol::{ApiKey, DecodeError, Reader, Request, frame};

use super::connection::{Call, Connection};
use super::handlers;
use super::meter::Meter;
use super::outcome::{Answer, Outcome};
use super::session::Handle;
use super::versions;
use crate::runtime::Node;

/// Handles the requests of one connection.
#[derive(Clone, Debug)]
pub(super) struct Dispatcher {
    node: Arc<Node>,
    connection: Arc<Connection>,
}

impl Dispatcher {
    pub(super) fn new(node: Arc<Node>, connection: Arc<Connection>) -> Self {
        Dispatcher { node, connection }
    }

    /// The handler's outcome, or why the connection must be closed.
    fn dispatch(&self, frame: Bytes, meter: &mut Meter) -> Result<Outcome, String> {
        let start = frame::request_start(&frame).map_err(|error| error.to_string())?;
        let unknown = || format!("the client asks for API {}, which is not offered", start.api_key);
        let key = ApiKey::try_from(start.api_key).map_err(|_| unknown())?;
        let served = versions::find(key).ok_or_else(unknown)?;
        meter.began(key, start.api_version, start.correlation_id);
        let mut call = Call {
            connection: self.connection.clone(),
            key,
            version: start.api_version,
            correlation_id: start.correlation_id,
            client_id: Default::default(),
        };
        if !(served.min..=served.max).contains(&start.api_version) {
            if key == ApiKey::ApiVersions {
                return Ok(Outcome::Done(handlers::api_versions::unsupported(&call)));
            }
            return Err(format!(
                "the client asks for {key:?} version {}, offered are {} to {}",
                start.api_version, served.min, served.max
            ));
        }
        let (_, header, reader) = frame::decode_request_header(frame).map_err(|error| error.to_string())?;
        // The frame must not be held by a name when its records are appended.
        call.client_id = header.client_id.map(|client_id| client_id.detached()).unwrap_or_default();
        meter.client_id = call.client_id.clone();
        self.call(&call, reader).map_err(|error| format!("a {key:?} request cannot be read: {error}"))
    }

    fn call(&self, call: &Call, reader: Reader) -> Result<Outcome, DecodeError> {
        use handlers::*;
        let node = &self.node;
        Ok(match call.key {
            ApiKey::Produce if call.version < 3 => Outcome::Done(old_produce::refuse(call, reader)),
            ApiKey::Produce => produce::handle(node, call, read(reader, call)?),
            ApiKey::Fetch => fetch::handle(node, call, read(reader, call)?),
            ApiKey::ListOffsets => list_offsets::handle(node, call, read(reader, call)?),
            ApiKey::Metadata => metadata::handle(node, call, read(reader, call)?),
            ApiKey::OffsetCommit => offset_commit::handle(node, call, read(reader, call)?),
            ApiKey::OffsetFetch => offset_fetch::handle(node, call, read(reader, call)?),
            ApiKey::FindCoordinator => find_coordinator::handle(node, call, read(reader, call)?),
            ApiKey::JoinGroup => join_group::handle(node, call, read(reader, call)?),
            ApiKey::Heartbeat => heartbeat::handle(node, call, read(reader, call)?),
            ApiKey::LeaveGroup => leave_group::handle(node, call, read(reader, call)?),
            ApiKey::SyncGroup => sync_group::handle(node, call, read(reader, call)?),
            ApiKey::DescribeGroups => describe_groups::handle(node, call, read(reader, call)?),
            ApiKey::ListGroups => list_groups::handle(node, call, read(reader, call)?),
            ApiKey::ApiVersions => {
                api_versions::handle(node, call, &read::<ApiVersionsRequest>(reader, call)?)
            }
            ApiKey::CreateTopics => create_topics::handle(node, call, read(reader, call)?),
            ApiKey::DeleteTopics => delete_topics::handle(node, call, read(reader, call)?),
            ApiKey::DeleteRecords => delete_records::handle(node, call, read(reader, call)?),
            ApiKey::InitProducerId => init_producer_id::handle(node, call, &read(reader, call)?),
            ApiKey::AddPartitionsToTxn => add_partitions_to_txn::handle(node, call, read(reader, call)?),
            ApiKey::AddOffsetsToTxn => add_offsets_to_txn::handle(node, call, read(reader, call)?),
            ApiKey::EndTxn => end_txn::handle(node, call, read(reader, call)?),
            ApiKey::WriteTxnMarkers => write_txn_markers::handle(node, call, read(reader, call)?),
            ApiKey::TxnOffsetCommit => txn_offset_commit::handle(node, call, read(reader, call)?),
            ApiKey::DescribeProducers => describe_producers::handle(node, call, read(reader, call)?),
            ApiKey::DescribeTransactions => describe_transactions::handle(node, call, read(reader, call)?),
            ApiKey::ListTransactions => list_transactions::handle(node, call, read(reader, call)?),
            ApiKey::OffsetForLeaderEpoch => offset_for_leader_epoch::handle(node, call, read(reader, call)?),
            ApiKey::DescribeConfigs => describe_configs::handle(node, call, &read(reader, call)?),
            ApiKey::AlterConfigs => alter_configs::handle(node, call, read(reader, call)?),
            ApiKey::CreatePartitions => create_partitions::handle(node, call, read(reader, call)?),
            ApiKey::DeleteGroups => delete_groups::handle(node, call, read(reader, call)?),
            ApiKey::IncrementalAlterConfigs => {
                incremental_alter_configs::handle(node, call, read(reader, call)?)
            }
            ApiKey::OffsetDelete => offset_delete::handle(node, call, read(reader, call)?),
            ApiKey::DescribeClientQuotas => describe_client_quotas::handle(node, call, &read(reader, call)?),
            ApiKey::AlterClientQuotas => alter_client_quotas::handle(node, call, read(reader, call)?),
            ApiKey::DescribeCluster => describe_cluster::handle(node, call, &read(reader, call)?),
            ApiKey::SaslHandshake => {
                read::<SaslHandshakeRequest>(reader, call)?;
                sasl::handshake(call)
            }
            ApiKey::SaslAuthenticate => {
                read::<SaslAuthenticateRequest>(reader, call)?;
                sasl::authenticate(call)
            }
            ApiKey::DescribeAcls => acls::describe(call, &read(reader, call)?),
            ApiKey::CreateAcls => acls::create(call, &read(reader, call)?),
            ApiKey::DeleteAcls => acls::delete(call, &read(reader, call)?),
            ApiKey::CreateDelegationToken => {
                read::<CreateDelegationTokenRequest>(reader, call)?;
                delegation_tokens::create(call)
            }
            ApiKey::RenewDelegationToken => {
                read::<RenewDelegationTokenRequest>(reader, call)?;
                delegation_tokens::renew(call)
            }
            ApiKey::ExpireDelegationToken => {
                read::<ExpireDelegationTokenRequest>(reader, call)?;
                delegation_tokens::expire(call)
            }
            ApiKey::DescribeDelegationToken => {
                read::<DescribeDelegationTokenRequest>(reader, call)?;
                delegation_tokens::describe(call)
            }
            ApiKey::ElectLeaders => elect_leaders::handle(node, call, read(reader, call)?),
            ApiKey::AlterPartitionReassignments => {
                alter_partition_reassignments::handle(node, call, read(reader, call)?)
            }
            ApiKey::ListPartitionReassignments => {
                list_partition_reassignments::handle(call, &read(reader, call)?)
            }
            ApiKey::DescribeUserScramCredentials => scram_credentials::describe(call, &read(reader, call)?),
            ApiKey::AlterUserScramCredentials => scram_credentials::alter(call, &read(reader, call)?),
            ApiKey::DescribeLogDirs => describe_log_dirs::handle(node, call, read(reader, call)?),
            ApiKey::AlterReplicaLogDirs => alter_replica_log_dirs::handle(node, call, read(reader, call)?),
            ApiKey::DescribeQuorum => describe_quorum::handle(node, call, read(reader, call)?),
            ApiKey::UpdateFeatures => update_features::handle(node, call, read(reader, call)?),
            ApiKey::UnregisterBroker => unregister_broker::handle(node, call, &read(reader, call)?),
            ApiKey::GetTelemetrySubscriptions => {
                get_telemetry_subscriptions::handle(node, call, &read(reader, call)?)
            }
            ApiKey::PushTelemetry => push_telemetry::handle(node, call, &read(reader, call)?),
            ApiKey::ListConfigResources => list_config_resources::handle(node, call, &read(reader, call)?),
            ApiKey::ConsumerGroupHeartbeat => {
                consumer_group_heartbeat::handle(node, call, read(reader, call)?)
            }
            ApiKey::ConsumerGroupDescribe => consumer_group_describe::handle(node, call, read(reader, call)?),
            ApiKey::DescribeTopicPartitions => {
                describe_topic_partitions::handle(node, call, read(reader, call)?)
            }
            other => Outcome::Done(Answer::Close(format!("{other:?} is not offered"))),
        })
    }
}

/// Reads the request; the reader, and with it its hold on the frame, is let go.
fn read<R: Request>(mut reader: Reader, call: &Call) -> Result<R, DecodeError> {
    R::decode(&mut reader, call.version)
}

impl Handle for Dispatcher {
    type Meter = Meter;

    fn handle(&self, frame: Bytes) -> (Outcome, Meter) {
        let mut meter = Meter::start(frame.len());
        let dispatched = self.dispatch(frame, &mut meter);
        meter.handled(&self.node, &self.connection);
        let outcome = dispatched.unwrap_or_else(|reason| {
            self.node.metrics().requests.refused.add(1);
            Outcome::Done(Answer::Close(reason))
        });
        (outcome, meter)
    }

    fn answered(&self, meter: Meter, answer: &mut Answer) {
        meter.answered(&self.node, &self.connection, answer);
    }

    fn muted_until(&self) -> Option<tokio::time::Instant> {
        self.connection.muted_until()
    }
}
