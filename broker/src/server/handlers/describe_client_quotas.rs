//! DescribeClientQuotas, versions 0 and 1.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::protocol::messages::describe_client_quotas_request::ComponentData;
use riverrun_core::protocol::messages::describe_client_quotas_response::{EntityData, EntryData, ValueData};
use riverrun_core::protocol::messages::{DescribeClientQuotasRequest, DescribeClientQuotasResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::metadata::{CLIENT_ID, EntityName, IP, QuotaEntity, USER};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// What a filter wants of one entity type.
enum Wanted {
    Exactly(EntityName),
    Any,
}

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &DescribeClientQuotasRequest) -> Outcome {
    let response = match filter(&request.components) {
        Ok(filter) => {
            let image = node.controller.image();
            let entries =
                image.quotas.iter().filter(|(entity, _)| matches(entity, &filter, request.strict)).map(
                    |(entity, values)| EntryData {
                        entity: entity.0.iter().map(part).collect(),
                        values: values.iter().map(value).collect(),
                        ..Default::default()
                    },
                );
            DescribeClientQuotasResponse { entries: Some(entries.collect()), ..Default::default() }
        }
        Err((code, message)) => DescribeClientQuotasResponse {
            error_code: code.code(),
            error_message: Some(message.into()),
            entries: None,
            ..Default::default()
        },
    };
    Outcome::Done(call.answer(&response))
}

fn part((kind, name): (&String, &EntityName)) -> EntityData {
    EntityData { entity_type: kind.into(), entity_name: name.name().map(Str::from), ..Default::default() }
}

fn value((key, value): (&String, &f64)) -> ValueData {
    ValueData { key: key.into(), value: *value, ..Default::default() }
}

fn filter(components: &[ComponentData]) -> Result<BTreeMap<String, Wanted>, (ErrorCode, String)> {
    let invalid = |text: String| (ErrorCode::InvalidRequest, text);
    let mut filter = BTreeMap::new();
    for component in components {
        let kind = component.entity_type.as_str();
        if kind.is_empty() {
            return Err(invalid("an entity type is empty".to_owned()));
        }
        if ![USER, CLIENT_ID, IP].contains(&kind) {
            return Err((ErrorCode::UnsupportedVersion, format!("entity type '{kind}' is not known")));
        }
        let wanted = match (component.match_type, component.r#match.as_deref()) {
            (0, Some(name)) => Wanted::Exactly(EntityName::of(Some(name))),
            (0, None) => return Err(invalid(format!("the exact match of {kind} names nothing"))),
            (1, None) => Wanted::Exactly(EntityName::Default),
            (2, None) => Wanted::Any,
            (1 | 2, Some(_)) => return Err(invalid(format!("the match of {kind} takes no name"))),
            (other, _) => return Err(invalid(format!("match type {other} is not known"))),
        };
        if filter.insert(kind.to_owned(), wanted).is_some() {
            return Err(invalid(format!("entity type {kind} is in the filter twice")));
        }
    }
    if filter.contains_key(IP) && filter.len() > 1 {
        return Err(invalid("an ip cannot be combined with a user or a client-id".to_owned()));
    }
    Ok(filter)
}

fn matches(entity: &QuotaEntity, filter: &BTreeMap<String, Wanted>, strict: bool) -> bool {
    let has = |(kind, wanted): (&String, &Wanted)| match (entity.0.get(kind), wanted) {
        (Some(name), Wanted::Exactly(exactly)) => name == exactly,
        (Some(_), Wanted::Any) => true,
        (None, _) => false,
    };
    (!strict || entity.0.len() == filter.len()) && filter.iter().all(has)
}
