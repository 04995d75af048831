//! Config keys: declared once, and from that one declaration parsed, checked, described and documented.
//!
//! Knows types, defaults and what is valid; never what a key does, nor where its text came from.
//!
//! ```
//! use riverrun_core::config::{ConfigKey, ConfigTable, Importance};
//!
//! pub const SEGMENT_BYTES: ConfigKey<i32> =
//!     ConfigKey::int("segment.bytes", 1 << 30).at_least(1 << 20).doc("Size at which a segment is rolled, in bytes.");
//! pub const CLEANUP_POLICY: ConfigKey<Vec<String>> =
//!     ConfigKey::list("cleanup.policy", &["delete"]).one_of(&["compact", "delete"]).doc("What happens to old data.");
//! pub const CLIENT_RACK: ConfigKey<Option<String>> =
//!     ConfigKey::optional("client.rack").importance(Importance::Low).doc("Where the client stands.");
//!
//! pub static TOPIC: ConfigTable = ConfigTable::new("topic", &[&[SEGMENT_BYTES.def, CLEANUP_POLICY.def, CLIENT_RACK.def]]);
//!
//! let config = TOPIC.parse([("segment.bytes", "2097152")]).unwrap();
//! assert_eq!(config.get(&SEGMENT_BYTES), 2_097_152);
//! assert_eq!(config.get(&CLEANUP_POLICY), ["delete"]);
//!
//! let errors = TOPIC.parse([("segment.byte", "1"), ("segment.bytes", "1k")]).unwrap_err();
//! assert_eq!(
//!     errors.to_string(),
//!     "unknown config 'segment.byte'; did you mean 'segment.bytes'?\n\
//!      config 'segment.bytes' is '1k'; expected an integer, valid: [1048576,...]"
//! );
//! ```

mod error;
mod kafka;
mod key;
mod table;
#[cfg(test)]
mod tests;
mod valid;
mod value;

pub use error::{ConfigError, ConfigErrors, ConfigProblem, nearest};
pub use key::{ConfigDef, ConfigDefault, ConfigKey, ConfigKind, Importance, Text, Whole};
pub use table::{Config, ConfigTable};
pub use valid::Validator;
pub use value::{ConfigType, ConfigValue, Password};
