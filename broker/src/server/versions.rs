//! Which APIs are served, at which versions. What is not in this table is not advertised and not answered.

use riverrun_core::protocol::ApiKey;

/// The lowest and the highest version of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Served {
    pub(crate) key: ApiKey,
    pub(crate) min: i16,
    pub(crate) max: i16,
}

const fn served(key: ApiKey, min: i16, max: i16) -> Served {
    Served { key, min, max }
}

/// Every API that is served.
///
/// Produce starts at 0 although versions below 3 are only ever refused: librdkafka up to 2.10 takes compression and
/// the record format from the ranges of Produce, Fetch, FindCoordinator and JoinGroup (KAFKA-18659).
pub(crate) const SERVED: &[Served] = &[
    served(ApiKey::Produce, 0, 13),
    served(ApiKey::Fetch, 4, 18),
    served(ApiKey::ListOffsets, 1, 11),
    served(ApiKey::Metadata, 0, 13),
    served(ApiKey::OffsetCommit, 2, 10),
    served(ApiKey::OffsetFetch, 1, 10),
    served(ApiKey::FindCoordinator, 0, 6),
    served(ApiKey::JoinGroup, 0, 9),
    served(ApiKey::Heartbeat, 0, 4),
    served(ApiKey::LeaveGroup, 0, 5),
    served(ApiKey::SyncGroup, 0, 5),
    served(ApiKey::DescribeGroups, 0, 6),
    served(ApiKey::ListGroups, 0, 5),
    served(ApiKey::ApiVersions, 0, 4),
    served(ApiKey::CreateTopics, 2, 7),
    served(ApiKey::DeleteTopics, 1, 6),
    served(ApiKey::DeleteRecords, 0, 2),
    served(ApiKey::InitProducerId, 0, 5),
    served(ApiKey::OffsetForLeaderEpoch, 2, 4),
    served(ApiKey::AddPartitionsToTxn, 0, 5),
    served(ApiKey::AddOffsetsToTxn, 0, 4),
    served(ApiKey::EndTxn, 0, 5),
    served(ApiKey::WriteTxnMarkers, 1, 2),
    served(ApiKey::TxnOffsetCommit, 0, 5),
    served(ApiKey::DescribeConfigs, 1, 4),
    served(ApiKey::AlterConfigs, 0, 2),
    served(ApiKey::CreatePartitions, 0, 3),
    served(ApiKey::DeleteGroups, 0, 2),
    served(ApiKey::IncrementalAlterConfigs, 0, 1),
    served(ApiKey::OffsetDelete, 0, 0),
    served(ApiKey::DescribeClientQuotas, 0, 1),
    served(ApiKey::AlterClientQuotas, 0, 1),
    served(ApiKey::DescribeCluster, 0, 2),
    served(ApiKey::SaslHandshake, 0, 1),
    served(ApiKey::SaslAuthenticate, 0, 2),
    served(ApiKey::DescribeAcls, 1, 3),
    served(ApiKey::CreateAcls, 1, 3),
    served(ApiKey::DeleteAcls, 1, 3),
    served(ApiKey::CreateDelegationToken, 1, 3),
    served(ApiKey::RenewDelegationToken, 1, 2),
    served(ApiKey::ExpireDelegationToken, 1, 2),
    served(ApiKey::DescribeDelegationToken, 1, 3),
    served(ApiKey::ElectLeaders, 0, 2),
    served(ApiKey::AlterPartitionReassignments, 0, 1),
    served(ApiKey::ListPartitionReassignments, 0, 0),
    served(ApiKey::DescribeUserScramCredentials, 0, 0),
    served(ApiKey::AlterUserScramCredentials, 0, 0),
    served(ApiKey::DescribeLogDirs, 1, 5),
    served(ApiKey::AlterReplicaLogDirs, 1, 2),
    served(ApiKey::DescribeQuorum, 0, 2),
    served(ApiKey::UpdateFeatures, 0, 2),
    served(ApiKey::UnregisterBroker, 0, 0),
    served(ApiKey::GetTelemetrySubscriptions, 0, 0),
    served(ApiKey::PushTelemetry, 0, 0),
    served(ApiKey::ListConfigResources, 0, 1),
    served(ApiKey::DescribeProducers, 0, 0),
    served(ApiKey::DescribeTransactions, 0, 0),
    served(ApiKey::ListTransactions, 0, 2),
    served(ApiKey::ConsumerGroupHeartbeat, 0, 1),
    served(ApiKey::ConsumerGroupDescribe, 0, 1),
    served(ApiKey::DescribeTopicPartitions, 0, 0),
];

/// The entry of an API.
pub(crate) fn find(key: ApiKey) -> Option<&'static Served> {
    SERVED.iter().find(|served| served.key == key)
}
