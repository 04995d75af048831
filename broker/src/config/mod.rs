//! What a broker and its topics are told to do: every config declared once, read into typed values.
//!
//! Knows names, types, defaults and what follows from what; never a file, a topic that exists, or who asks.

mod broker;
mod inert;
mod settings;
mod synonyms;
mod topic;

#[cfg(test)]
mod tests;

pub(crate) use broker::BROKER;
pub(crate) use settings::{BrokerSettings, Listener, SettingsError, read};
pub(crate) use synonyms::{synonyms_of, topic_defaults};
pub(crate) use topic::{TOPIC, check_topic_config};
pub(crate) mod keys {
    //! The keys that other rooms read.
    pub(crate) use super::topic::*;
}
