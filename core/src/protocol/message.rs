//! What every generated message can do.

use std::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};

use super::{ApiKey, DecodeError, EncodeError, Reader, Writer};

/// A message with a schema: a request, a response, a header, a coordinator record's key or value.
pub trait Message: Sized {
    /// Its Kafka name.
    const NAME: &'static str;
    /// The versions that the codec can read and write, unstable ones too.
    const VERSIONS: RangeInclusive<i16>;

    /// Reads the fields; a failure is kept in the reader. Use [`decode`](Message::decode).
    #[doc(hidden)]
    fn read(reader: &mut Reader, version: i16) -> Self;

    /// Writes the fields; a failure is kept in the writer. Use [`encode`](Message::encode).
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer, version: i16);

    /// Reads one message and leaves the reader behind it.
    ///
    /// # Errors
    /// When the version is not known or the bytes are not such a message. The reader is of no use afterwards.
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        reader.check_version(Self::NAME, version, Self::VERSIONS)?;
        let message = Self::read(reader, version);
        reader.take_error(Self::NAME, version)?;
        Ok(message)
    }

    /// Reads a message that must fill `bytes` to the end.
    ///
    /// # Errors
    /// As [`decode`](Message::decode), and when bytes are left over.
    fn from_bytes(bytes: Bytes, version: i16) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let message = Self::decode(&mut reader, version)?;
        reader.expect_end(Self::NAME, version)?;
        Ok(message)
    }

    /// Appends the message to a writer.
    ///
    /// # Errors
    /// When the version is not known, or a field cannot be written at it: see [`EncodeError`].
    fn encode_to(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.check_version(Self::NAME, version, Self::VERSIONS)?;
        self.write(writer, version);
        writer.take_error(Self::NAME, version)
    }

    /// Appends the message to `buffer`, which keeps its old length if that fails.
    ///
    /// # Errors
    /// As [`encode_to`](Message::encode_to).
    fn encode(&self, buffer: &mut BytesMut, version: i16) -> Result<(), EncodeError> {
        let start = buffer.len();
        let mut writer = Writer::appending(std::mem::take(buffer));
        let result = self.encode_to(&mut writer, version);
        *buffer = writer.into_buffer();
        if result.is_err() {
            buffer.truncate(start);
        }
        result
    }

    /// How many bytes [`encode`](Message::encode) would append.
    ///
    /// # Errors
    /// As [`encode_to`](Message::encode_to).
    fn encoded_len(&self, version: i16) -> Result<usize, EncodeError> {
        let mut writer = Writer::counting();
        self.encode_to(&mut writer, version)?;
        Ok(writer.len())
    }

    /// The message as bytes of its own.
    ///
    /// # Errors
    /// As [`encode_to`](Message::encode_to).
    fn to_bytes(&self, version: i16) -> Result<Bytes, EncodeError> {
        let mut writer = Writer::new();
        self.encode_to(&mut writer, version)?;
        Ok(writer.into_buffer().freeze())
    }
}

/// A request of a Kafka API.
pub trait Request: Message {
    /// The API that it calls.
    const KEY: ApiKey;
    /// The lowest version that Kafka 4.3 serves.
    const MIN_VERSION: i16 = *Self::VERSIONS.start();
    /// The highest version that Kafka 4.3 serves and calls stable.
    const MAX_VERSION: i16;
    /// What answers it.
    type Response: Message;

    /// The version of the request header in front of this request at `version`.
    fn request_header_version(version: i16) -> i16 {
        Self::KEY.request_header_version(version)
    }

    /// The version of the response header in front of the answer at `version`.
    fn response_header_version(version: i16) -> i16 {
        Self::KEY.response_header_version(version)
    }
}

/// The key of a coordinator's record: 16 bits that tell the record's type, then the message.
pub trait CoordinatorKey: Message {
    /// The record's type, which is what stands in front.
    const TYPE: i16;

    /// The key as a record holds it.
    ///
    /// # Errors
    /// When a string is longer than the format can say.
    fn to_record_bytes(&self) -> Result<Bytes, EncodeError> {
        prefixed(self, Self::TYPE, *Self::VERSIONS.start())
    }
}

/// The value of a coordinator's record: 16 bits that tell the schema's version, then the message.
pub trait CoordinatorValue: Message {
    /// The record's type, which stands in front of its key.
    const TYPE: i16;

    /// The value as a record holds it, at `version` of its schema.
    ///
    /// # Errors
    /// As [`Message::encode_to`].
    fn to_record_bytes(&self, version: i16) -> Result<Bytes, EncodeError> {
        prefixed(self, version, version)
    }

    /// Reads a record's value, whichever version it says it has. Bytes behind it are ignored, as Kafka does.
    ///
    /// # Errors
    /// When the version is not known or the bytes are not such a message.
    fn from_record_bytes(value: Bytes) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(value);
        let version = reader.int16("version");
        reader.take_error(Self::NAME, -1)?;
        Self::decode(&mut reader, version)
    }
}

fn prefixed<M: Message>(message: &M, prefix: i16, version: i16) -> Result<Bytes, EncodeError> {
    let mut writer = Writer::new();
    writer.int16(prefix);
    message.encode_to(&mut writer, version)?;
    Ok(writer.into_buffer().freeze())
}
