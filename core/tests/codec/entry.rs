//! Every message behind one face, so that a test can go through them by name.

use std::any::Any;
use std::fmt::Debug;

use bytes::{Bytes, BytesMut};
use riverrun_core::protocol::{DecodeError, EncodeError, Message, Writer};

/// A decoded message of any type.
pub(crate) trait Decoded: Debug {
    fn to_bytes(&self, version: i16) -> Result<Bytes, EncodeError>;
    fn encoded_len(&self, version: i16) -> Result<usize, EncodeError>;
    fn gathered(&self, version: i16) -> Result<Bytes, EncodeError>;
    fn equals(&self, other: &dyn Decoded) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<M: Message + Debug + PartialEq + 'static> Decoded for M {
    fn to_bytes(&self, version: i16) -> Result<Bytes, EncodeError> {
        let mut buffer = BytesMut::from(&b"before"[..]);
        let result = self.encode(&mut buffer, version);
        assert_eq!(&buffer.split_to(6)[..], b"before");
        assert!(result.is_ok() || buffer.is_empty(), "a failed message leaves nothing behind");
        result.map(|()| buffer.freeze())
    }

    fn encoded_len(&self, version: i16) -> Result<usize, EncodeError> {
        Message::encoded_len(self, version)
    }

    fn gathered(&self, version: i16) -> Result<Bytes, EncodeError> {
        let mut writer = Writer::gathering(100);
        self.encode_to(&mut writer, version)?;
        let encoded = writer.into_encoded();
        assert_eq!(encoded.len, encoded.chunks.iter().map(Bytes::len).sum::<usize>());
        assert!(encoded.chunks.iter().all(|chunk| !chunk.is_empty()));
        Ok(encoded.into_bytes())
    }

    fn equals(&self, other: &dyn Decoded) -> bool {
        other.as_any().downcast_ref::<M>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A message type.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) decode: fn(Bytes, i16) -> Result<Box<dyn Decoded>, DecodeError>,
}

impl Entry {
    pub(crate) fn of<M: Message + Debug + PartialEq + 'static>() -> Self {
        Entry { name: M::NAME, decode: |bytes, version| Ok(Box::new(M::from_bytes(bytes, version)?)) }
    }
}

/// A message type of the crate `kafka-protocol`.
pub(crate) struct Theirs {
    pub(crate) name: &'static str,
    pub(crate) versions: (i16, i16),
    /// Decodes and encodes again.
    pub(crate) recode: fn(Bytes, i16) -> Result<Bytes, String>,
}

impl Theirs {
    pub(crate) fn of<M>(name: &'static str) -> Self
    where
        M: kafka_protocol::protocol::Encodable
            + kafka_protocol::protocol::Decodable
            + kafka_protocol::protocol::Message,
    {
        Theirs {
            name,
            versions: (M::VERSIONS.min, M::VERSIONS.max),
            recode: |mut bytes, version| {
                let message = M::decode(&mut bytes, version).map_err(|error| error.to_string())?;
                if !bytes.is_empty() {
                    return Err(format!("{} bytes left", bytes.len()));
                }
                let mut out = BytesMut::new();
                message.encode(&mut out, version).map_err(|error| error.to_string())?;
                Ok(out.freeze())
            },
        }
    }
}
