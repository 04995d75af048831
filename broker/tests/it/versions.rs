use bytes::{BufMut, BytesMut};
use riverrun_core::protocol::messages::api_versions_response::ApiVersion;
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Request, Str};

use crate::wire::{Wire, broker};

async fn ranges(wire: &mut Wire) -> Vec<ApiVersion> {
    wire.ask(&ApiVersionsRequest::default(), 0).await.api_keys
}

/// Asks every served version of an API, wants an answer that the codec can read to its end, and takes it off the list.
async fn each<R: Request>(wire: &mut Wire, ranges: &mut Vec<ApiVersion>, request: R) {
    let at = ranges.iter().position(|range| range.api_key == R::KEY.code());
    let range = ranges.remove(at.unwrap_or_else(|| panic!("{}", R::NAME)));
    for version in range.min_version.max(*R::VERSIONS.start())..=range.max_version {
        wire.ask(&request, version).await;
    }
}

#[tokio::test]
async fn every_version_of_every_api_is_answered() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let mut ranges = ranges(&mut wire).await;
    let named = ApiVersionsRequest {
        client_software_name: Str::from_static("it"),
        client_software_version: Str::from_static("1"),
        ..Default::default()
    };
    let wire = &mut wire;
    each(wire, &mut ranges, named).await;
    each(wire, &mut ranges, MetadataRequest { topics: Some(vec![]), ..Default::default() }).await;
    each(wire, &mut ranges, ProduceRequest { acks: -1, ..Default::default() }).await;
    each(wire, &mut ranges, FetchRequest { session_epoch: -1, ..Default::default() }).await;
    each(wire, &mut ranges, ListOffsetsRequest::default()).await;
    each(wire, &mut ranges, OffsetCommitRequest::default()).await;
    each(wire, &mut ranges, FindCoordinatorRequest::default()).await;
    each(wire, &mut ranges, JoinGroupRequest::default()).await;
    each(wire, &mut ranges, HeartbeatRequest::default()).await;
    each(wire, &mut ranges, LeaveGroupRequest::default()).await;
    each(wire, &mut ranges, SyncGroupRequest::default()).await;
    each(wire, &mut ranges, DescribeGroupsRequest { groups: vec!["g".into()], ..Default::default() }).await;
    each(wire, &mut ranges, ListGroupsRequest::default()).await;
    each(wire, &mut ranges, CreateTopicsRequest::default()).await;
    each(wire, &mut ranges, DeleteTopicsRequest::default()).await;
    each(wire, &mut ranges, DeleteRecordsRequest::default()).await;
    each(wire, &mut ranges, InitProducerIdRequest::default()).await;
    each(wire, &mut ranges, OffsetForLeaderEpochRequest::default()).await;
    each(wire, &mut ranges, DescribeConfigsRequest::default()).await;
    each(wire, &mut ranges, CreatePartitionsRequest::default()).await;
    each(wire, &mut ranges, DeleteGroupsRequest { groups_names: vec!["g".into()], ..Default::default() })
        .await;
    each(wire, &mut ranges, IncrementalAlterConfigsRequest::default()).await;
    each(wire, &mut ranges, OffsetDeleteRequest::default()).await;
    each(wire, &mut ranges, DescribeTopicPartitionsRequest::default()).await;
    each(wire, &mut ranges, DescribeClusterRequest { endpoint_type: 1, ..Default::default() }).await;
    each(wire, &mut ranges, AlterConfigsRequest::default()).await;
    each(wire, &mut ranges, SaslHandshakeRequest::default()).await;
    each(wire, &mut ranges, SaslAuthenticateRequest::default()).await;
    each(wire, &mut ranges, GetTelemetrySubscriptionsRequest::default()).await;
    each(wire, &mut ranges, PushTelemetryRequest::default()).await;
    each(wire, &mut ranges, DescribeAclsRequest::default()).await;
    each(wire, &mut ranges, CreateAclsRequest::default()).await;
    each(wire, &mut ranges, DeleteAclsRequest::default()).await;
    each(wire, &mut ranges, CreateDelegationTokenRequest::default()).await;
    each(wire, &mut ranges, RenewDelegationTokenRequest::default()).await;
    each(wire, &mut ranges, ExpireDelegationTokenRequest::default()).await;
    each(wire, &mut ranges, DescribeDelegationTokenRequest::default()).await;
    each(wire, &mut ranges, ElectLeadersRequest::default()).await;
    each(wire, &mut ranges, AlterPartitionReassignmentsRequest::default()).await;
    each(wire, &mut ranges, ListPartitionReassignmentsRequest::default()).await;
    each(wire, &mut ranges, DescribeUserScramCredentialsRequest::default()).await;
    each(wire, &mut ranges, AlterUserScramCredentialsRequest::default()).await;
    each(wire, &mut ranges, DescribeLogDirsRequest::default()).await;
    each(wire, &mut ranges, AlterReplicaLogDirsRequest::default()).await;
    each(wire, &mut ranges, DescribeQuorumRequest::default()).await;
    each(wire, &mut ranges, UpdateFeaturesRequest::default()).await;
    each(wire, &mut ranges, UnregisterBrokerRequest::default()).await;
    each(wire, &mut ranges, ListConfigResourcesRequest::default()).await;
    each(wire, &mut ranges, ConsumerGroupHeartbeatRequest::default()).await;
    each(wire, &mut ranges, ConsumerGroupDescribeRequest::default()).await;
    each(wire, &mut ranges, DescribeClientQuotasRequest::default()).await;
    each(wire, &mut ranges, AlterClientQuotasRequest::default()).await;
    each(wire, &mut ranges, AddPartitionsToTxnRequest::default()).await;
    each(wire, &mut ranges, AddOffsetsToTxnRequest { group_id: "g".into(), ..Default::default() }).await;
    each(wire, &mut ranges, EndTxnRequest::default()).await;
    each(wire, &mut ranges, TxnOffsetCommitRequest::default()).await;
    each(wire, &mut ranges, WriteTxnMarkersRequest::default()).await;
    each(wire, &mut ranges, DescribeProducersRequest::default()).await;
    each(wire, &mut ranges, DescribeTransactionsRequest::default()).await;
    each(wire, &mut ranges, ListTransactionsRequest::default()).await;
    let single = OffsetFetchRequest { group_id: "g".into(), topics: Some(vec![]), ..Default::default() };
    for version in 1..=7 {
        wire.ask(&single, version).await;
    }
    let group = offset_fetch_request::OffsetFetchRequestGroup { group_id: "g".into(), ..Default::default() };
    for version in 8..=10 {
        wire.ask(&OffsetFetchRequest { groups: vec![group.clone()], ..Default::default() }, version).await;
    }
    ranges.retain(|range| range.api_key != OffsetFetchRequest::KEY.code());
    assert_eq!(ranges, [], "an API is served that this test does not ask");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn old_librdkafka_finds_the_versions_it_needs() {
    let broker = broker().await;
    let ranges = ranges(&mut Wire::to(&broker).await).await;
    let covers = |key: i16, version: i16| {
        ranges
            .iter()
            .any(|range| range.api_key == key && (range.min_version..=range.max_version).contains(&version))
    };
    // Exactly these, or librdkafka up to 2.10 drops record format, compression or groups without a word.
    for (key, version) in [(0, 3), (1, 4), (0, 7), (1, 10), (10, 0), (11, 0), (0, 0)] {
        assert!(covers(key, version), "API {key} version {version}");
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_unknown_version_of_api_versions_is_answered_at_version_0() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let mut frame = BytesMut::new();
    frame.put_i32(10);
    frame.put_i16(18);
    frame.put_i16(99);
    frame.put_i32(1);
    frame.put_i16(-1);
    wire.send_raw(&frame).await;
    let response = wire.receive::<ApiVersionsRequest>(1, 0).await;
    assert_eq!(response.error_code, ErrorCode::UnsupportedVersion.code());
    assert_eq!(
        response.api_keys.iter().map(|api| (api.api_key, api.max_version)).collect::<Vec<_>>(),
        [(18, 4)]
    );
    // The connection goes on.
    wire.ask(&MetadataRequest::default(), 9).await;
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn produce_below_3_is_refused_in_its_own_form() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    for version in 0..3_i16 {
        let mut body = BytesMut::new();
        body.put_i16(0);
        body.put_i16(version);
        body.put_i32(7);
        body.put_i16(-1);
        body.put_i16(1);
        body.put_i32(1_000);
        body.put_i32(1);
        body.put_i16(1);
        body.put_slice(b"t");
        body.put_i32(1);
        body.put_i32(0);
        body.put_i32(3);
        body.put_slice(b"xyz");
        let mut frame = BytesMut::new();
        frame.put_u32(u32::try_from(body.len()).unwrap());
        frame.put_slice(&body);
        wire.send_raw(&frame).await;
        let answer = wire.frame().await.unwrap();
        let extra = if version >= 2 { 8 } else { 0 } + if version >= 1 { 4 } else { 0 };
        assert_eq!(answer.len(), 4 + 4 + 3 + 4 + 4 + 2 + 8 + extra);
        assert_eq!(answer[19..21], ErrorCode::UnsupportedVersion.code().to_be_bytes());
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_closes_the_connection_and_nothing_else() {
    let broker = broker().await;
    let frame = |body: &[u8]| {
        let mut frame = BytesMut::new();
        frame.put_u32(u32::try_from(body.len()).unwrap());
        frame.put_slice(body);
        frame
    };
    let hostile: &[&[u8]] = &[
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\xff",
        &frame(b""),
        &frame(b"\0\x03"),
        // An API that nobody knows, one that is not served, a version that is not.
        &frame(b"\x7f\0\0\0\0\0\0\x01\xff\xff"),
        &frame(b"\0\x07\0\0\0\0\0\x01\xff\xff"),
        &frame(b"\0\x03\0\x63\0\0\0\x01\xff\xff"),
        // Metadata 1 with two thousand million topics.
        &frame(b"\0\x03\0\x01\0\0\0\x01\xff\xff\x7f\xff\xff\xff"),
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for bytes in hostile {
        let mut wire = Wire::to(&broker).await;
        wire.send_raw(bytes).await;
        assert_eq!(wire.frame().await, None, "{bytes:?}");
    }
    Wire::to(&broker).await.ask(&MetadataRequest::default(), 9).await;
    broker.shutdown().await.unwrap();
}
