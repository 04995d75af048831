//! What a broker and its topics are told to do: every config declared once, read into typed values.
//!
//! Knows names, types, defaults and what follows from what; never a file, a topic that exists, or who asks.

mod broker;
mod cleaner;
mod client_metrics;
mod dynamic;
mod group;
mod groups;
mod inert;
mod kafka;
mod limits;
mod reference;
mod settings;
mod synonyms;
mod topic;
mod transactions;

#[cfg(test)]
mod tests;

pub(crate) use broker::BROKER;
pub(crate) use client_metrics::{
    CLIENT_METRICS, ClientMetricsError, ClientTrait, check_client_metrics, parse_match,
};
pub(crate) use dynamic::{Overrides, THROTTLES, check_dynamic, dynamic_def, effective, is_dynamic};
pub(crate) use group::{GROUP, check_group_configs, group_defaults, group_synonym};
pub(crate) use groups::ConsumerTimeSettings;
pub(crate) use inert::reason as inert_reason;
pub(crate) use kafka::KAFKA_BROKER;
pub(crate) use limits::{LimitSettings, QuotaWindows};
pub(crate) use reference::reference;
pub(crate) use settings::{BrokerSettings, Given, Listener, SettingsError, read};
pub(crate) use synonyms::{synonyms_of, topic_defaults};
pub(crate) use topic::{TOPIC, check_topic_configs};
pub(crate) mod keys {
    //! The keys that other rooms read.
    pub(crate) use super::cleaner::*;
    pub(crate) use super::client_metrics::*;
    pub(crate) use super::topic::*;
}
