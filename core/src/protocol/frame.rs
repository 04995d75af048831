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
