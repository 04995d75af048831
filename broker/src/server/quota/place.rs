//! Where an answer says how long its client must wait.

use bytes::{Bytes, BytesMut};
use riverrun_core::protocol::{ApiKey, Encoded};

/// A frame's length and correlation id.
const HEAD_BYTES: usize = 8;

/// The first version whose answer begins with the field; `None` where none does.
fn first_version(key: ApiKey) -> Option<i16> {
    Some(match key {
        ApiKey::Produce | ApiKey::ApiVersions | ApiKey::OffsetDelete => return None,
        ApiKey::SaslHandshake | ApiKey::SaslAuthenticate | ApiKey::WriteTxnMarkers => return None,
        ApiKey::CreateDelegationToken
        | ApiKey::RenewDelegationToken
        | ApiKey::ExpireDelegationToken
        | ApiKey::DescribeDelegationToken => return None,
        ApiKey::Vote
        | ApiKey::BeginQuorumEpoch
        | ApiKey::EndQuorumEpoch
        | ApiKey::DescribeQuorum
        | ApiKey::Envelope => return None,
        ApiKey::InitializeShareGroupState
        | ApiKey::ReadShareGroupState
        | ApiKey::WriteShareGroupState
        | ApiKey::DeleteShareGroupState
        | ApiKey::ReadShareGroupStateSummary => return None,
        ApiKey::Metadata | ApiKey::OffsetCommit | ApiKey::OffsetFetch => 3,
        ApiKey::ListOffsets | ApiKey::JoinGroup | ApiKey::CreateTopics | ApiKey::OffsetForLeaderEpoch => 2,
        ApiKey::Fetch
        | ApiKey::FindCoordinator
        | ApiKey::Heartbeat
        | ApiKey::LeaveGroup
        | ApiKey::SyncGroup
        | ApiKey::DescribeGroups
        | ApiKey::ListGroups
        | ApiKey::DeleteTopics => 1,
        _ => 0,
    })
}

/// Where in a frame of `len` bytes, its length included, the field stands.
fn place(key: ApiKey, version: i16, len: usize) -> Option<usize> {
    let flexible = key.response_header_version(version) > 0;
    let body = HEAD_BYTES + usize::from(flexible);
    match key {
        // The last field, before the tagged ones, of which there are none.
        ApiKey::Produce if version >= 1 => len.checked_sub(4 + usize::from(flexible)),
        ApiKey::OffsetDelete => Some(body + 2),
        _ if first_version(key).is_some_and(|first| version >= first) => Some(body),
        _ => None,
    }
}

/// Has an answer say that its client must wait for `throttle_ms`, unless it says longer already. An answer without the
/// field stays as it is: its client finds out by its connection.
pub(crate) fn patch_throttle(key: ApiKey, version: i16, answer: &mut Encoded, throttle_ms: i32) {
    let Some(place) = place(key, version, answer.len) else { return };
    let mut begins = 0;
    for chunk in &mut answer.chunks {
        let within = place - begins..place - begins + 4;
        if within.end <= chunk.len() {
            let mut bytes = std::mem::take(chunk)
                .try_into_mut()
                .unwrap_or_else(|shared: Bytes| BytesMut::from(&shared[..]));
            if let Some(field) = bytes.get_mut(within).and_then(|field| field.first_chunk_mut::<4>()) {
                *field = throttle_ms.max(i32::from_be_bytes(*field)).to_be_bytes();
            }
            *chunk = bytes.freeze();
            return;
        }
        begins += chunk.len();
        if place < begins {
            // Split over two chunks: never where a field this short is not gathered.
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use riverrun_core::protocol::messages::*;
    use riverrun_core::protocol::{Message, Reader, Request, frame};

    use super::*;

    /// Patches a default answer of every version and reads the field back.
    fn check<R: Request>(from: i16, make: impl Fn() -> R::Response, read: impl Fn(&R::Response) -> i32) {
        for version in R::MIN_VERSION..=R::MAX_VERSION {
            let header = R::response_header_version(version);
            let mut encoded = frame::gather_response(64, 7, header, &make(), version).unwrap();
            patch_throttle(R::KEY, version, &mut encoded, 1_234);
            patch_throttle(R::KEY, version, &mut encoded, 5);
            let mut reader = Reader::new(encoded.into_bytes().slice(4..));
            ResponseHeader::decode(&mut reader, header).unwrap();
            let response = R::Response::decode(&mut reader, version).unwrap();
            reader.expect_end(R::NAME, version).unwrap();
            let expected = if version >= from { 1_234 } else { 0 };
            assert_eq!(read(&response), expected, "{} version {version}", R::NAME);
        }
    }

    macro_rules! check {
        ($($request:ident, $response:ident, $from:expr;)+) => {
            $(check::<$request>($from, $response::default, |response| response.throttle_time_ms);)+
        };
    }

    #[test]
    fn the_field_is_where_the_schemas_have_it() {
        check! {
            FetchRequest, FetchResponse, 1;
            ListOffsetsRequest, ListOffsetsResponse, 2;
            MetadataRequest, MetadataResponse, 3;
            OffsetCommitRequest, OffsetCommitResponse, 3;
            OffsetFetchRequest, OffsetFetchResponse, 3;
            FindCoordinatorRequest, FindCoordinatorResponse, 1;
            JoinGroupRequest, JoinGroupResponse, 2;
            HeartbeatRequest, HeartbeatResponse, 1;
            LeaveGroupRequest, LeaveGroupResponse, 1;
            SyncGroupRequest, SyncGroupResponse, 1;
            DescribeGroupsRequest, DescribeGroupsResponse, 1;
            ListGroupsRequest, ListGroupsResponse, 1;
            CreateTopicsRequest, CreateTopicsResponse, 2;
            DeleteTopicsRequest, DeleteTopicsResponse, 1;
            DeleteRecordsRequest, DeleteRecordsResponse, 0;
            InitProducerIdRequest, InitProducerIdResponse, 0;
            OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, 2;
            AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, 0;
            EndTxnRequest, EndTxnResponse, 0;
            TxnOffsetCommitRequest, TxnOffsetCommitResponse, 0;
            DescribeConfigsRequest, DescribeConfigsResponse, 0;
            AlterConfigsRequest, AlterConfigsResponse, 0;
            CreatePartitionsRequest, CreatePartitionsResponse, 0;
            DeleteGroupsRequest, DeleteGroupsResponse, 0;
            OffsetDeleteRequest, OffsetDeleteResponse, 0;
            DescribeClientQuotasRequest, DescribeClientQuotasResponse, 0;
            AlterClientQuotasRequest, AlterClientQuotasResponse, 0;
            DescribeClusterRequest, DescribeClusterResponse, 0;
            ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, 0;
            DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse, 0;
        }
        let produced = || ProduceResponse {
            responses: vec![produce_response::TopicProduceResponse {
                name: "topic".into(),
                partition_responses: vec![Default::default()],
                ..Default::default()
            }],
            ..Default::default()
        };
        check::<ProduceRequest>(1, produced, |response| response.throttle_time_ms);
    }

    #[test]
    fn answers_without_the_field_stay_as_they_are() {
        let mut encoded = frame::gather_response(64, 7, 0, &DescribeQuorumResponse::default(), 0).unwrap();
        let before = encoded.clone();
        patch_throttle(ApiKey::DescribeQuorum, 0, &mut encoded, 1);
        assert_eq!(encoded.into_bytes(), before.into_bytes());
    }
}
