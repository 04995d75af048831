//! AlterClientQuotas, versions 0 and 1: each entity is changed as a whole or not at all.

use std::sync::Arc;

use riverrun_core::protocol::messages::alter_client_quotas_request::EntryData as Asked;
use riverrun_core::protocol::messages::alter_client_quotas_response::{EntityData, EntryData};
use riverrun_core::protocol::messages::{AlterClientQuotasRequest, AlterClientQuotasResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::metadata::{ClusterImage, MetadataRecord, QuotaChange, QuotaError, decide_alter_quotas};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: AlterClientQuotasRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let changes: Vec<QuotaChange> = request.entries.iter().map(change).collect();
        let validate_only = request.validate_only;
        let decided = node
            .controller
            .change(move |image| {
                let (records, outcomes) = decide_all(image, &changes);
                (if validate_only { Vec::new() } else { records }, outcomes)
            })
            .await;
        let entries = request.entries.into_iter().enumerate().map(|(at, entry)| {
            let (code, message) = match &decided {
                Ok(outcomes) => match &outcomes[at] {
                    Ok(()) => (ErrorCode::None, None),
                    Err(error) => (ErrorCode::InvalidRequest, Some(Str::from(error.to_string()))),
                },
                Err(error) => (error.code(), Some(Str::from(error.to_string()))),
            };
            answer(entry, code, message)
        });
        let response = AlterClientQuotasResponse { entries: entries.collect(), ..Default::default() };
        Outcome::Done(call.answer(&response))
    }))
}

fn change(entry: &Asked) -> QuotaChange {
    QuotaChange {
        entity: entry
            .entity
            .iter()
            .map(|part| (part.entity_type.to_string(), part.entity_name.as_ref().map(ToString::to_string)))
            .collect(),
        ops: entry.ops.iter().map(|op| (op.key.to_string(), (!op.remove).then_some(op.value))).collect(),
    }
}

fn decide_all(
    image: &ClusterImage,
    changes: &[QuotaChange],
) -> (Vec<MetadataRecord>, Vec<Result<(), QuotaError>>) {
    let decided: Vec<_> = changes.iter().map(|change| decide_alter_quotas(&image.quotas, change)).collect();
    let entity =
        |at: usize| decided.get(at).and_then(|decided| decided.as_ref().ok()).map(|(entity, _)| entity);
    let twice = |at: usize| {
        entity(at).is_some() && (0..decided.len()).any(|other| other != at && entity(other) == entity(at))
    };
    let is_twice: Vec<bool> = (0..decided.len()).map(twice).collect();
    let mut records = Vec::new();
    let mut outcomes = Vec::with_capacity(decided.len());
    for (decided, is_twice) in decided.into_iter().zip(is_twice) {
        outcomes.push(match decided {
            Ok(_) if is_twice => Err(QuotaError::EntityTwice),
            Ok((_, decided)) => {
                records.extend(decided);
                Ok(())
            }
            Err(error) => Err(error),
        });
    }
    (records, outcomes)
}

fn answer(entry: Asked, code: ErrorCode, message: Option<Str>) -> EntryData {
    let part = |part: riverrun_core::protocol::messages::alter_client_quotas_request::EntityData| {
        EntityData { entity_type: part.entity_type, entity_name: part.entity_name, ..Default::default() }
    };
    EntryData {
        error_code: code.code(),
        error_message: message,
        entity: entry.entity.into_iter().map(part).collect(),
        ..Default::default()
    }
}
