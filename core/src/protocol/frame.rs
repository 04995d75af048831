//! Frames: a length of four bytes, a header, a message. Pure; whoever owns a socket brings the bytes.

use bytes::{Buf, Bytes, BytesMut};

use super::messages::{RequestHeader, ResponseHeader};
use super::{
    ApiKey, DecodeError, DecodeErrorKind, EncodeError, Encoded, Message, Reader, Request, Str, Writer,
};

/// A length in front of a frame that no frame may have. The connection is of no use afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A negative length.
    #[error("expected the length of a frame, found {found}; the peer does not speak the Kafka protocol")]
    Negative {
        /// The length that stands there.
        found: i32,
    },
    /// A length above the limit.
    #[error("expected a frame of at most {max} bytes, found a length of {found}")]
    TooLarge {
        /// The length that stands there.
        found: usize,
        /// The limit.
        max: usize,
    },
}

/// The length that stands at the start of `buffer`, or `None` while fewer than four bytes are there.
///
/// # Errors
/// When the length is negative or above `max`.
pub fn length(buffer: &[u8], max: usize) -> Result<Option<usize>, FrameError> {
    let Some(prefix) = buffer.first_chunk::<4>() else { return Ok(None) };
    let found = i32::from_be_bytes(*prefix);
    match usize::try_from(found) {
        Ok(found) if found > max => Err(FrameError::TooLarge { found, max }),
        Ok(found) => Ok(Some(found)),
        Err(_) => Err(FrameError::Negative { found }),
    }
}

/// Splits the first whole frame off `buffer`, without the length in front of it; `None` while it is not all there.
///
/// # Errors
/// As [`length`].
pub fn split(buffer: &mut BytesMut, max: usize) -> Result<Option<Bytes>, FrameError> {
    match length(buffer, max)? {
        Some(length) if buffer.len() - 4 >= length => {
            buffer.advance(4);
            Ok(Some(buffer.split_to(length).freeze()))
        }
        _ => Ok(None),
    }
}

/// The first fields of every request, which say what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestStart {
    /// The API's key, which may be one that nobody knows.
    pub api_key: i16,
    /// The version of the request.
    pub api_version: i16,
    /// What the answer must carry.
    pub correlation_id: i32,
}

/// Reads the fields of a request's header that stand in the same place at every version.
///
/// # Errors
/// When the frame is shorter than that.
pub fn request_start(frame: &[u8]) -> Result<RequestStart, DecodeError> {
    let Some([k0, k1, v0, v1, c0, c1, c2, c3]) = frame.first_chunk::<8>() else {
        let kind = DecodeErrorKind::Truncated { expected: 8, found: frame.len() };
        return Err(DecodeError { message: RequestHeader::NAME, version: -1, field: "", offset: 0, kind });
    };
    Ok(RequestStart {
        api_key: i16::from_be_bytes([*k0, *k1]),
        api_version: i16::from_be_bytes([*v0, *v1]),
        correlation_id: i32::from_be_bytes([*c0, *c1, *c2, *c3]),
    })
}

/// Reads a request's header and gives it back with a reader that stands at the message.
///
/// # Errors
/// When the API is not known (its header's version is not either), or the header is damaged.
pub fn decode_request_header(frame: Bytes) -> Result<(ApiKey, RequestHeader, Reader), DecodeError> {
    let start = request_start(&frame)?;
    let key = ApiKey::try_from(start.api_key).map_err(|found| {
        let kind = DecodeErrorKind::ApiKey { found };
        DecodeError {
            message: RequestHeader::NAME,
            version: -1,
            field: "RequestHeader.request_api_key",
            offset: 0,
            kind,
        }
    })?;
    let mut reader = Reader::new(frame);
    let header = RequestHeader::decode(&mut reader, key.request_header_version(start.api_version))?;
    Ok((key, header, reader))
}

/// Appends a whole request frame to `buffer`, which keeps its old length if that fails.
///
/// # Errors
/// When a field cannot be written at `version`, or the frame is longer than 2 GiB.
pub fn encode_request<R: Request>(
    buffer: &mut BytesMut,
    correlation_id: i32,
    client_id: Option<&Str>,
    request: &R,
    version: i16,
) -> Result<(), EncodeError> {
    let header = RequestHeader {
        request_api_key: R::KEY.code(),
        request_api_version: version,
        correlation_id,
        client_id: client_id.cloned(),
        ..RequestHeader::default()
    };
    append(buffer, |writer| {
        header.encode_to(writer, R::request_header_version(version))?;
        request.encode_to(writer, version)
    })
}

/// Appends a whole response frame to `buffer`, which keeps its old length if that fails.
///
/// `header_version` is what [`ApiKey::response_header_version`] says for the request.
///
/// # Errors
/// When a field cannot be written at `version`, or the frame is longer than 2 GiB.
pub fn encode_response<M: Message>(
    buffer: &mut BytesMut,
    correlation_id: i32,
    header_version: i16,
    response: &M,
    version: i16,
) -> Result<(), EncodeError> {
    let header = ResponseHeader { correlation_id, ..ResponseHeader::default() };
    append(buffer, |writer| {
        header.encode_to(writer, header_version)?;
        response.encode_to(writer, version)
    })
}

/// A whole request frame in slices: byte fields of at least `gather_from` bytes are not copied.
///
/// # Errors
/// As [`encode_request`].
pub fn gather_request<R: Request>(
    gather_from: usize,
    correlation_id: i32,
    client_id: Option<&Str>,
    request: &R,
    version: i16,
) -> Result<Encoded, EncodeError> {
    let header = RequestHeader {
        request_api_key: R::KEY.code(),
        request_api_version: version,
        correlation_id,
        client_id: client_id.cloned(),
        ..RequestHeader::default()
    };
    let mut writer = Writer::gathering(gather_from);
    framed(&mut writer, |writer| {
        header.encode_to(writer, R::request_header_version(version))?;
        request.encode_to(writer, version)
    })?;
    Ok(writer.into_encoded())
}

/// A whole response frame in slices: byte fields of at least `gather_from` bytes are not copied.
///
/// # Errors
/// As [`encode_response`].
pub fn gather_response<M: Message>(
    gather_from: usize,
    correlation_id: i32,
    header_version: i16,
    response: &M,
    version: i16,
) -> Result<Encoded, EncodeError> {
    let header = ResponseHeader { correlation_id, ..ResponseHeader::default() };
    let mut writer = Writer::gathering(gather_from);
    framed(&mut writer, |writer| {
        header.encode_to(writer, header_version)?;
        response.encode_to(writer, version)
    })?;
    Ok(writer.into_encoded())
}

fn append(
    buffer: &mut BytesMut,
    write: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let start = buffer.len();
    let mut writer = Writer::appending(std::mem::take(buffer));
    let result = framed(&mut writer, write);
    *buffer = writer.into_buffer();
    if result.is_err() {
        buffer.truncate(start);
    }
    result
}

fn framed(
    writer: &mut Writer,
    write: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let start = writer.len();
    writer.int32(0);
    write(writer)?;
    let length = writer.len() - start - 4;
    match i32::try_from(length) {
        Ok(length) => writer.patch_int32(start, length),
        Err(_) => {
            let kind = super::EncodeErrorKind::TooLong { found: length, max: i32::MAX as usize };
            return Err(EncodeError { message: "frame", version: -1, field: "", kind });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::messages::fetch_response::{FetchableTopicResponse, PartitionData};
    use crate::protocol::messages::{
        ApiVersionsRequest, ApiVersionsResponse, FetchRequest, FetchResponse, MetadataRequest,
    };
    use crate::protocol::records::{GroupKey, OffsetCommitKey, OffsetCommitValue};
    use crate::protocol::{CoordinatorKey, CoordinatorValue, ErrorCode};

    #[test]
    fn frames_are_split_as_they_come() {
        let mut buffer = BytesMut::from(&[0, 0, 0, 2, 7][..]);
        assert_eq!(split(&mut buffer, 10), Ok(None));
        buffer.extend_from_slice(&[8, 0, 0, 0, 0, 0, 0]);
        assert_eq!(split(&mut buffer, 10), Ok(Some(Bytes::from_static(&[7, 8]))));
        assert_eq!(split(&mut buffer, 10), Ok(Some(Bytes::new())));
        assert_eq!(split(&mut buffer, 10), Ok(None));
        assert_eq!(buffer.len(), 2);
    }

    #[test]
    fn bad_lengths_are_refused_before_anything_is_kept() {
        assert_eq!(length(&[0, 0, 0, 11], 10), Err(FrameError::TooLarge { found: 11, max: 10 }));
        assert_eq!(length(&[0xff; 4], 10), Err(FrameError::Negative { found: -1 }));
        // "GET " as a length, which is what a browser sends.
        assert!(matches!(length(b"GET / HTTP/1.1", 100 << 20), Err(FrameError::TooLarge { .. })));
    }

    #[test]
    fn a_request_is_framed_byte_for_byte() {
        let request = ApiVersionsRequest {
            client_software_name: "riverrun".into(),
            client_software_version: "1".into(),
            ..ApiVersionsRequest::default()
        };
        let mut buffer = BytesMut::new();
        encode_request(&mut buffer, 5, Some(&Str::from_static("me")), &request, 3).unwrap();
        let expected = [
            &[0, 0, 0, 25, 0, 18, 0, 3, 0, 0, 0, 5, 0, 2][..],
            b"me",
            &[0, 9],
            b"riverrun",
            &[2],
            b"1",
            &[0],
        ];
        assert_eq!(buffer, expected.concat());
        let frame = split(&mut buffer, 100).unwrap().unwrap();
        let (key, header, mut reader) = decode_request_header(frame).unwrap();
        assert_eq!((key, header.request_api_version, header.correlation_id), (ApiKey::ApiVersions, 3, 5));
        assert_eq!(header.client_id.as_deref(), Some("me"));
        assert_eq!(ApiVersionsRequest::decode(&mut reader, 3), Ok(request));
        assert_eq!(reader.expect_end("", 3), Ok(()));
    }

    #[test]
    fn header_versions_follow_the_schemas() {
        for (key, version, request, response) in [
            (ApiKey::ApiVersions, 2, 1, 0),
            (ApiKey::ApiVersions, 3, 2, 0),
            (ApiKey::ApiVersions, 99, 2, 0),
            (ApiKey::Metadata, 8, 1, 0),
            (ApiKey::Metadata, 9, 2, 1),
            (ApiKey::SaslHandshake, 1, 1, 0),
            (ApiKey::ConsumerGroupHeartbeat, 0, 2, 1),
        ] {
            let found = (key.request_header_version(version), key.response_header_version(version));
            assert_eq!(found, (request, response), "{key} {version}");
        }
    }

    #[test]
    fn a_failed_message_leaves_the_buffer_as_it_was() {
        let mut buffer = BytesMut::from(&b"kept"[..]);
        let all_topics = MetadataRequest { topics: None, ..MetadataRequest::default() };
        let error = encode_request(&mut buffer, 1, None, &all_topics, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "MetadataRequest version 0: field MetadataRequest.topics: null, but this version needs a value"
        );
        assert_eq!(buffer, b"kept"[..]);
        let error = encode_request(&mut buffer, 1, None, &FetchRequest::default(), 99).unwrap_err();
        assert_eq!(error.to_string(), "FetchRequest version 99: expected version 4 to 18");
    }

    #[test]
    fn gathered_records_are_not_copied() {
        let records = Bytes::from(vec![7; 5_000]);
        let partition = PartitionData { records: Some(records.clone()), ..PartitionData::default() };
        let topic =
            FetchableTopicResponse { partitions: vec![partition; 2], ..FetchableTopicResponse::default() };
        let response = FetchResponse { responses: vec![topic], ..FetchResponse::default() };
        let encoded = gather_response(1_024, 9, 1, &response, 13).unwrap();
        let kept = encoded.chunks.iter().filter(|chunk| chunk.as_ptr() == records.as_ptr()).count();
        assert_eq!((kept, encoded.chunks.len()), (2, 5));
        let mut plain = BytesMut::new();
        encode_response(&mut plain, 9, 1, &response, 13).unwrap();
        assert_eq!(encoded.len, plain.len());
        assert_eq!(encoded.into_bytes(), plain);
        assert_eq!(length(&plain, usize::MAX), Ok(Some(plain.len() - 4)));
    }

    #[test]
    fn an_error_says_where() {
        let error = ApiVersionsResponse::from_bytes(Bytes::from_static(&[0, 0, 0x7f, 0xff, 0xff, 0xff]), 0);
        assert_eq!(
            error.unwrap_err().to_string(),
            "ApiVersionsResponse version 0: field ApiVersionsResponse.api_keys: at offset 2: \
             expected at most 0 elements in the bytes left, found a count of 2147483647"
        );
    }

    #[test]
    fn a_string_has_one_longest_length_in_both_forms() {
        for (length, fits) in [(32_767, true), (32_768, false)] {
            let request =
                ApiVersionsRequest { client_software_name: "a".repeat(length).into(), ..Default::default() };
            assert_eq!(request.to_bytes(3).is_ok(), fits);
            // The length plus one as a variable-length integer, the text, another empty one, no tagged fields.
            let form = (length as u32) + 1;
            let mut wire = vec![form as u8 | 0x80, (form >> 7) as u8 | 0x80, (form >> 14) as u8];
            wire.extend("a".repeat(length).bytes());
            wire.extend([1, 0]);
            assert_eq!(ApiVersionsRequest::from_bytes(wire.into(), 3).is_ok(), fits);
        }
    }

    #[test]
    fn coordinator_records_carry_type_and_version() {
        let key = OffsetCommitKey { group: "g".into(), topic: "t".into(), partition: 3 };
        let bytes = key.to_record_bytes().unwrap();
        assert_eq!(bytes[..], [0, 1, 0, 1, b'g', 0, 1, b't', 0, 0, 0, 3]);
        assert_eq!(GroupKey::from_record_bytes(bytes), Ok(GroupKey::OffsetCommit(key)));
        let value = OffsetCommitValue { offset: 7, metadata: "m".into(), ..OffsetCommitValue::default() };
        let bytes = value.to_record_bytes(3).unwrap();
        assert_eq!(bytes[..2], [0, 3]);
        assert_eq!(OffsetCommitValue::from_record_bytes(bytes), Ok(value));
        assert!(GroupKey::from_record_bytes(Bytes::from_static(&[0x7f, 0])).is_err());
    }

    #[test]
    fn error_codes_keep_what_they_do_not_know() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from(code.code()), *code);
        }
        assert_eq!(ErrorCode::from(3).name(), "UNKNOWN_TOPIC_OR_PARTITION");
        assert!(ErrorCode::NotLeaderOrFollower.refreshes_metadata());
        assert_eq!(i16::from(ErrorCode::from(30_000)), 30_000);
        for key in ApiKey::ALL {
            assert_eq!(ApiKey::try_from(key.code()), Ok(*key));
        }
        assert_eq!(ApiKey::InitProducerId.versions(), 0..=5);
    }
}
