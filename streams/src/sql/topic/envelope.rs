//! Debezium's envelope: the row before and after a change.

use riverrun_core::format::RowError;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The two halves of a change; each is missing where there was no row, or there is none now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    pub(crate) before: Option<&'a [u8]>,
    pub(crate) after: Option<&'a [u8]>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    before: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after: Option<&'a RawValue>,
    /// The envelope itself, where the converter wrote its schema beside it.
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    pub(crate) fn read(value: &'a [u8]) -> Result<Envelope<'a>, RowError> {
        let bad = |error: serde_json::Error| RowError {
            column: None,
            reason: format!("not a Debezium envelope: {error}"),
        };
        let mut wire: Wire<'a> = serde_json::from_slice(value).map_err(bad)?;
        if let Some(payload) = wire.payload {
            wire = serde_json::from_str(payload.get()).map_err(bad)?;
        }
        let present = |half: Option<&'a RawValue>| {
            half.map(RawValue::get).filter(|text| *text != "null").map(str::as_bytes)
        };
        let envelope = Envelope { before: present(wire.before), after: present(wire.after) };
        if envelope == Envelope::default() {
            let reason = "not a Debezium envelope: neither 'before' nor 'after' holds a row".to_string();
            return Err(RowError { column: None, reason });
        }
        Ok(envelope)
    }
}
