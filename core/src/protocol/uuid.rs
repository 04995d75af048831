//! Kafka's UUIDs: 16 bytes on the wire, 22 characters of base64url in text.

use std::fmt;
use std::str::FromStr;

/// A topic id, directory id or member id.
///
/// ```
/// use riverrun_core::protocol::Uuid;
/// let id: Uuid = "JVQ4EqIlRGyFa9xLXjjx6w".parse().unwrap();
/// assert_eq!(id.to_string(), "JVQ4EqIlRGyFa9xLXjjx6w");
/// assert!(Uuid::ZERO.is_zero());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Uuid {
    /// All bytes zero: "no id".
    pub const ZERO: Uuid = Uuid([0; 16]);

    /// Whether this is [`Uuid::ZERO`].
    pub fn is_zero(&self) -> bool {
        *self == Uuid::ZERO
    }

    /// The 16 bytes as they stand on the wire.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for Uuid {
    fn from(bytes: [u8; 16]) -> Self {
        Uuid(bytes)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 128 bits are 21 characters of six bits and one of two, which base64 pads with four zero bits.
        let bits = u128::from_be_bytes(self.0);
        let mut text = [0; 22];
        for (at, place) in text.iter_mut().enumerate() {
            let six = if at < 21 { bits >> (122 - 6 * at) } else { bits << 4 };
            *place = ALPHABET[(six & 0x3f) as usize];
        }
        f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no UUID in Kafka's form: 22 characters of base64url.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no UUID; expected 22 characters of base64url (A-Z, a-z, 0-9, '-', '_')")]
pub struct ParseUuidError(String);

impl FromStr for Uuid {
    type Err = ParseUuidError;

    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        let bad = || ParseUuidError(text.chars().take(64).collect());
        // Kafka itself accepts a padded form too.
        let body = text.strip_suffix("==").unwrap_or(text).as_bytes();
        if body.len() != 22 {
            return Err(bad());
        }
        let mut bits = 0u128;
        for (at, character) in body.iter().enumerate() {
            let six = ALPHABET.iter().position(|known| known == character).ok_or_else(bad)? as u128;
            if at < 21 {
                bits = bits << 6 | six;
            } else if six & 0xf == 0 {
                bits = bits << 2 | six >> 4;
            } else {
                return Err(bad());
            }
        }
        Ok(Uuid(bits.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        for (bytes, text) in [
            ([0; 16], "AAAAAAAAAAAAAAAAAAAAAA"),
            ([0xff; 16], "_____________________w"),
            (1u128.to_be_bytes(), "AAAAAAAAAAAAAAAAAAAAAQ"),
        ] {
            assert_eq!(Uuid(bytes).to_string(), text);
            assert_eq!(text.parse(), Ok(Uuid(bytes)));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAAB", "äAAAAAAAAAAAAAAAAAAAA"]
        {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}
