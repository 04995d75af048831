//! Subscriptions as their configs describe them, and what they amount to for one client.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regex::Regex;
use riverrun_core::protocol::Uuid;
use riverrun_core::record::crc32c;

use crate::config::keys::{INTERVAL_MS, MATCH, METRICS};
use crate::config::{CLIENT_METRICS, ClientTrait, parse_match};
use crate::metadata::{ClusterImage, ConfigResource};

/// Between two pushes of a client that no subscription matches.
const DEFAULT_INTERVAL_MS: i32 = 300_000;
/// Every metric.
const ALL: &str = "*";

/// What is known of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientTraits {
    pub(crate) instance_id: Uuid,
    pub(crate) client_id: String,
    pub(crate) software_name: String,
    pub(crate) software_version: String,
    pub(crate) source_address: String,
    pub(crate) source_port: u16,
}

impl ClientTraits {
    fn get(&self, which: ClientTrait) -> String {
        match which {
            ClientTrait::InstanceId => self.instance_id.to_string(),
            ClientTrait::Id => self.client_id.clone(),
            ClientTrait::SoftwareName => self.software_name.clone(),
            ClientTrait::SoftwareVersion => self.software_version.clone(),
            ClientTrait::SourceAddress => self.source_address.clone(),
            ClientTrait::SourcePort => self.source_port.to_string(),
        }
    }
}

/// What one client shall push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) subscription_id: i32,
    pub(crate) interval_ms: i32,
    /// Prefixes of names; `*` for all.
    pub(crate) metrics: Vec<String>,
}

#[derive(Debug)]
struct Subscription {
    interval_ms: i32,
    metrics: Vec<String>,
    patterns: Vec<(ClientTrait, Regex)>,
}

/// Every subscription, compiled once for each change.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    from: Vec<(String, Arc<BTreeMap<String, String>>)>,
    all: Vec<Subscription>,
    generation: u64,
}

impl Subscriptions {
    /// Grows when subscriptions change.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Brings the subscriptions to what `image` says.
    pub(super) fn refresh(&mut self, image: &ClusterImage) {
        let now: Vec<(&String, &Arc<BTreeMap<String, String>>)> = image
            .all_configs()
            .filter_map(|(resource, configs)| match resource {
                ConfigResource::ClientMetrics(name) => Some((name, configs)),
                _ => None,
            })
            .collect();
        let same = now.len() == self.from.len()
            && now
                .iter()
                .zip(&self.from)
                .all(|(now, then)| *now.0 == then.0 && (Arc::ptr_eq(now.1, &then.1) || **now.1 == *then.1));
        if !same {
            self.all = now.iter().filter_map(|(_, configs)| compile(configs)).collect();
            self.from = now.into_iter().map(|(name, configs)| (name.clone(), configs.clone())).collect();
            self.generation += 1;
        }
    }

    /// What the client shall push.
    pub(super) fn plan(&self, traits: &ClientTraits) -> Plan {
        let mut metrics = BTreeSet::new();
        let mut interval_ms = DEFAULT_INTERVAL_MS;
        for subscription in &self.all {
            let fits = |(which, regex): &(ClientTrait, Regex)| regex.is_match(&traits.get(*which));
            if subscription.patterns.iter().all(fits) {
                metrics.extend(subscription.metrics.iter().cloned());
                interval_ms = interval_ms.min(subscription.interval_ms);
            }
        }
        if metrics.contains(ALL) {
            metrics = BTreeSet::from([ALL.to_owned()]);
        }
        let metrics: Vec<String> = metrics.into_iter().collect();
        Plan {
            subscription_id: subscription_id(&metrics, interval_ms, traits.instance_id),
            interval_ms,
            metrics,
        }
    }
}

fn compile(configs: &BTreeMap<String, String>) -> Option<Subscription> {
    // They were checked before they were written.
    let config = CLIENT_METRICS.parse(configs).ok()?;
    let patterns = config.get(&MATCH).iter().map(|pattern| parse_match(pattern)).collect::<Result<_, _>>();
    Some(Subscription {
        interval_ms: config.get(&INTERVAL_MS),
        metrics: config.get(&METRICS),
        patterns: patterns.ok()?,
    })
}

/// Differs when what a client shall push differs.
fn subscription_id(metrics: &[String], interval_ms: i32, instance_id: Uuid) -> i32 {
    let text = format!("{}|{interval_ms}|{instance_id}", metrics.join(","));
    i32::from_le_bytes(crc32c(text.as_bytes()).to_le_bytes())
}
