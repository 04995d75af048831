//! A string that is a slice of a frame.
//!
//! Knows bytes and UTF-8; holds the one `unsafe` of the protocol: not checking again what was checked once.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::Utf8Error;

use bytes::Bytes;

/// A UTF-8 string that shares the memory it was read from; a clone costs no copy.
///
/// A `Str` out of a frame keeps the whole frame alive. What outlives its request should hold
/// [`detached`](Str::detached) strings.
///
/// ```
/// use riverrun_core::protocol::Str;
/// const DELETE: Str = Str::from_static("delete");
/// assert_eq!(Str::from("delete"), DELETE);
/// assert_eq!(&*DELETE, "delete");
/// ```
#[derive(Clone, Default)]
pub struct Str(Bytes);

impl Str {
    /// The empty string.
    pub const EMPTY: Str = Str(Bytes::new());

    /// A string of the program itself: no copy, no count of references.
    pub const fn from_static(text: &'static str) -> Self {
        Str(Bytes::from_static(text.as_bytes()))
    }

    /// Checks `bytes` and takes them without a copy.
    ///
    /// # Errors
    /// When `bytes` are not UTF-8.
    pub fn from_utf8(bytes: Bytes) -> Result<Self, Utf8Error> {
        std::str::from_utf8(&bytes)?;
        Ok(Str(bytes))
    }

    /// The text.
    #[expect(
        unsafe_code,
        reason = "checking UTF-8 at every access would make each comparison of names linear twice"
    )]
    pub fn as_str(&self) -> &str {
        // SAFETY: every constructor takes a `str`, a `String` or bytes that `from_utf8` accepted, and the field is
        // never handed out mutably.
        unsafe { std::str::from_utf8_unchecked(&self.0) }
    }

    /// A copy that owns its bytes and holds no frame alive.
    #[must_use]
    pub fn detached(&self) -> Self {
        Str(Bytes::copy_from_slice(&self.0))
    }

    /// The bytes of the text, shared.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// The bytes of the text, shared.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl From<&String> for Str {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Str(text.into())
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        text.as_str().to_owned()
    }
}

impl From<Str> for Bytes {
    fn from(text: Str) -> Self {
        text.0
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Str {}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Str {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other.as_str()
    }
}

impl PartialEq<Str> for str {
    fn eq(&self, other: &Str) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Str> for &str {
    fn eq(&self, other: &Str) -> bool {
        *self == other.as_str()
    }
}

impl PartialEq<Str> for String {
    fn eq(&self, other: &Str) -> bool {
        self.as_str() == other.as_str()
    }
}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Runs under Miri too: every way into a `Str`, then the unchecked way out.
    #[test]
    fn every_constructor_gives_text() {
        let frame = Bytes::from("prefix zürich suffix".to_owned());
        let cases = [
            Str::from_static("zürich"),
            Str::from("zürich"),
            Str::from("zürich".to_owned()),
            Str::from_utf8(frame.slice(7..14)).unwrap(),
            Str::from("zürich").detached(),
        ];
        for text in &cases {
            assert_eq!(text, "zürich");
            assert_eq!(text.chars().count(), 6);
        }
        assert_eq!(Str::default().as_str(), "");
    }

    #[test]
    fn half_a_character_is_refused() {
        assert!(Str::from_utf8(Bytes::from_static("ü".as_bytes()).slice(..1)).is_err());
    }
}
