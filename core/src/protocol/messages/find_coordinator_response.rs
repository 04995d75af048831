//! FindCoordinatorResponse: a response of API 10, versions 0 to 6, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `FindCoordinatorResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct FindCoordinatorResponse {
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// Versions 0 to 3.
    pub error_code: i16,
    /// Versions 1 to 3, nullable, dropped where the version lacks it.
    pub error_message: Option<Str>,
    /// Versions 0 to 3.
    pub node_id: i32,
    /// Versions 0 to 3.
    pub host: Str,
    /// Versions 0 to 3.
    pub port: i32,
    /// Versions 4+.
    pub coordinators: Vec<Coordinator>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FindCoordinatorResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            node_id: 0,
            host: Str::EMPTY,
            port: 0,
            coordinators: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for FindCoordinatorResponse {
    const NAME: &'static str = "FindCoordinatorResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            throttle_time_ms: if version >= 1 { reader.int32("FindCoordinatorResponse.throttle_time_ms") } else { 0 },
            error_code: if version <= 3 { reader.int16("FindCoordinatorResponse.error_code") } else { 0 },
            error_message: if (1..=3).contains(&version) { reader.opt_string(flexible, true, "FindCoordinatorResponse.error_message") } else { Some(Str::EMPTY) },
            node_id: if version <= 3 { reader.int32("FindCoordinatorResponse.node_id") } else { 0 },
            host: if version <= 3 { reader.string(flexible, "FindCoordinatorResponse.host") } else { Str::EMPTY },
            port: if version <= 3 { reader.int32("FindCoordinatorResponse.port") } else { 0 },
            coordinators: if version >= 4 { reader.structs(flexible, version, 14, "FindCoordinatorResponse.coordinators", Coordinator::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "FindCoordinatorResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        if version <= 3 {
            writer.int16(self.error_code);
        } else if self.error_code != 0 {
            writer.reject("FindCoordinatorResponse.error_code");
        }
        if (1..=3).contains(&version) {
            writer.opt_string(flexible, true, &self.error_message, "FindCoordinatorResponse.error_message");
        }
        if version <= 3 {
            writer.int32(self.node_id);
        } else if self.node_id != 0 {
            writer.reject("FindCoordinatorResponse.node_id");
        }
        if version <= 3 {
            writer.string(flexible, &self.host, "FindCoordinatorResponse.host");
        } else if !self.host.is_empty() {
            writer.reject("FindCoordinatorResponse.host");
        }
        if version <= 3 {
            writer.int32(self.port);
        } else if self.port != 0 {
            writer.reject("FindCoordinatorResponse.port");
        }
        if version >= 4 {
            writer.structs(flexible, version, &self.coordinators, "FindCoordinatorResponse.coordinators", Coordinator::write);
        } else if !self.coordinators.is_empty() {
            writer.reject("FindCoordinatorResponse.coordinators");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FindCoordinatorResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinator {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub node_id: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for Coordinator {
    fn default() -> Self {
        Self {
            key: Str::EMPTY,
            node_id: 0,
            host: Str::EMPTY,
            port: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Coordinator {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            key: reader.string(true, "Coordinator.key"),
            node_id: reader.int32("Coordinator.node_id"),
            host: reader.string(true, "Coordinator.host"),
            port: reader.int32("Coordinator.port"),
            error_code: reader.int16("Coordinator.error_code"),
            error_message: reader.opt_string(true, true, "Coordinator.error_message"),
            unknown_tagged_fields: reader.tags(true, "Coordinator"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.key, "Coordinator.key");
        writer.int32(self.node_id);
        writer.string(true, &self.host, "Coordinator.host");
        writer.int32(self.port);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "Coordinator.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
