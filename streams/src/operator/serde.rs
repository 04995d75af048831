//! Values to bytes and back.

use std::marker::PhantomData;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::window::{TimeWindow, Windowed};

/// Why a value could not be turned into bytes, or bytes into a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SerdeError(pub String);

/// Turns values of one type into bytes and back. Null is never seen by a serde: it stays null.
pub trait Serde<T>: Send + Sync + 'static {
    /// Appends the value's bytes.
    fn serialize(&self, value: &T, out: &mut BytesMut) -> Result<(), SerdeError>;

    /// Reads a value. The bytes may come from anywhere: whatever is wrong with them is an error.
    fn deserialize(&self, bytes: &Bytes) -> Result<T, SerdeError>;
}

/// A serde behind a pointer, as topologies keep it.
pub type SharedSerde<T> = Arc<dyn Serde<T>>;

impl<T: 'static> Serde<T> for SharedSerde<T> {
    fn serialize(&self, value: &T, out: &mut BytesMut) -> Result<(), SerdeError> {
        (**self).serialize(value, out)
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<T, SerdeError> {
        (**self).deserialize(bytes)
    }
}

/// Text. See [`utf8`].
#[derive(Clone, Copy, Debug)]
pub struct Utf8;

/// Text in UTF-8; other bytes are refused.
pub fn utf8() -> Utf8 {
    Utf8
}

impl Serde<String> for Utf8 {
    fn serialize(&self, value: &String, out: &mut BytesMut) -> Result<(), SerdeError> {
        out.put_slice(value.as_bytes());
        Ok(())
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<String, SerdeError> {
        let text = std::str::from_utf8(bytes).map_err(|error| SerdeError(format!("not UTF-8: {error}")))?;
        Ok(text.to_owned())
    }
}

/// 64-bit integers. See [`i64()`].
#[derive(Clone, Copy, Debug)]
pub struct I64;

/// 64-bit integers in 8 bytes, big endian, as Kafka's `LongSerializer` writes them.
pub fn i64() -> I64 {
    I64
}

impl Serde<i64> for I64 {
    fn serialize(&self, value: &i64, out: &mut BytesMut) -> Result<(), SerdeError> {
        out.put_i64(*value);
        Ok(())
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<i64, SerdeError> {
        match bytes[..].try_into() {
            Ok(bytes) => Ok(i64::from_be_bytes(bytes)),
            Err(_) => Err(SerdeError(format!("a 64-bit integer has 8 bytes, not {}", bytes.len()))),
        }
    }
}

/// Bytes as they are. See [`bytes()`].
#[derive(Clone, Copy, Debug)]
pub struct RawBytes;

/// Bytes as they are.
pub fn bytes() -> RawBytes {
    RawBytes
}

impl Serde<Bytes> for RawBytes {
    fn serialize(&self, value: &Bytes, out: &mut BytesMut) -> Result<(), SerdeError> {
        out.put_slice(value);
        Ok(())
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<Bytes, SerdeError> {
        Ok(bytes.clone())
    }
}

/// JSON. See [`json`].
pub struct Json<T>(PhantomData<fn(T)>);

impl<T> Clone for Json<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Json<T> {}

impl<T> std::fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Json")
    }
}

/// JSON text of any type that serde can handle.
pub fn json<T: Serialize + DeserializeOwned + 'static>() -> Json<T> {
    Json(PhantomData)
}

impl<T: Serialize + DeserializeOwned + 'static> Serde<T> for Json<T> {
    fn serialize(&self, value: &T, out: &mut BytesMut) -> Result<(), SerdeError> {
        serde_json::to_writer(out.writer(), value).map_err(|error| SerdeError(error.to_string()))
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<T, SerdeError> {
        serde_json::from_slice(bytes).map_err(|error| SerdeError(format!("not the expected JSON: {error}")))
    }
}

/// Keys of time windows. See [`windowed`].
#[derive(Clone, Copy, Debug)]
pub struct WindowedSerde<S> {
    key: S,
    size_ms: Option<i64>,
}

/// Keys of time windows: the plain key, then the window's start in 8 bytes, as Kafka Streams writes them to topics.
/// The bytes do not hold the window's end; to read such keys give the size with [`WindowedSerde::of_size`].
pub fn windowed<S>(key: S) -> WindowedSerde<S> {
    WindowedSerde { key, size_ms: None }
}

impl<S> WindowedSerde<S> {
    /// The windows' size in milliseconds: needed to read keys.
    #[must_use]
    pub fn of_size(mut self, size_ms: i64) -> Self {
        self.size_ms = Some(size_ms);
        self
    }
}

impl<K: 'static, S: Serde<K>> Serde<Windowed<K>> for WindowedSerde<S> {
    fn serialize(&self, value: &Windowed<K>, out: &mut BytesMut) -> Result<(), SerdeError> {
        self.key.serialize(&value.key, out)?;
        out.put_i64(value.window.start_ms);
        Ok(())
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<Windowed<K>, SerdeError> {
        let Some(size_ms) = self.size_ms else {
            return Err(SerdeError(
                "the window's size is not known; give it with `windowed(…).of_size(…)`".to_owned(),
            ));
        };
        let Some((_, start)) = bytes.split_last_chunk::<8>() else {
            return Err(SerdeError(format!("a windowed key has at least 8 bytes, not {}", bytes.len())));
        };
        let start_ms = i64::from_be_bytes(*start);
        let key = self.key.deserialize(&bytes.slice(..bytes.len() - 8))?;
        Ok(Windowed { key, window: TimeWindow { start_ms, end_ms: start_ms.saturating_add(size_ms) } })
    }
}

/// Keys of sessions. See [`session_windowed`].
#[derive(Clone, Copy, Debug)]
pub struct SessionWindowedSerde<S>(S);

/// Keys of sessions: the plain key, then the session's end and start in 8 bytes each, as Kafka Streams writes them.
pub fn session_windowed<S>(key: S) -> SessionWindowedSerde<S> {
    SessionWindowedSerde(key)
}

impl<K: 'static, S: Serde<K>> Serde<Windowed<K>> for SessionWindowedSerde<S> {
    fn serialize(&self, value: &Windowed<K>, out: &mut BytesMut) -> Result<(), SerdeError> {
        self.0.serialize(&value.key, out)?;
        out.put_i64(value.window.end_ms);
        out.put_i64(value.window.start_ms);
        Ok(())
    }

    fn deserialize(&self, bytes: &Bytes) -> Result<Windowed<K>, SerdeError> {
        let short = || SerdeError(format!("a session's key has at least 16 bytes, not {}", bytes.len()));
        let (rest, start) = bytes.split_last_chunk::<8>().ok_or_else(short)?;
        let (_, end) = rest.split_last_chunk::<8>().ok_or_else(short)?;
        let key = self.0.deserialize(&bytes.slice(..bytes.len() - 16))?;
        let window = TimeWindow { start_ms: i64::from_be_bytes(*start), end_ms: i64::from_be_bytes(*end) };
        Ok(Windowed { key, window })
    }
}
