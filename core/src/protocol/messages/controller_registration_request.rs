//! ControllerRegistrationRequest: a request of API 70, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ControllerRegistrationRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControllerRegistrationRequest {
    /// All versions.
    pub controller_id: i32,
    /// All versions.
    pub incarnation_id: Uuid,
    /// All versions.
    pub zk_migration_ready: bool,
    /// All versions.
    pub listeners: Vec<Listener>,
    /// All versions.
    pub features: Vec<Feature>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ControllerRegistrationRequest {
    const NAME: &'static str = "ControllerRegistrationRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            controller_id: reader.int32("ControllerRegistrationRequest.controller_id"),
            incarnation_id: reader.uuid("ControllerRegistrationRequest.incarnation_id"),
            zk_migration_ready: reader.bool("ControllerRegistrationRequest.zk_migration_ready"),
            listeners: reader.structs(true, version, 7, "ControllerRegistrationRequest.listeners", Listener::read),
            features: reader.structs(true, version, 6, "ControllerRegistrationRequest.features", Feature::read),
            unknown_tagged_fields: reader.tags(true, "ControllerRegistrationRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.controller_id);
        writer.uuid(self.incarnation_id);
        writer.bool(self.zk_migration_ready);
        writer.structs(true, version, &self.listeners, "ControllerRegistrationRequest.listeners", Listener::write);
        writer.structs(true, version, &self.features, "ControllerRegistrationRequest.features", Feature::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ControllerRegistrationRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// All versions.
    pub security_protocol: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Listener {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "Listener.name"),
            host: reader.string(true, "Listener.host"),
            port: reader.uint16("Listener.port"),
            security_protocol: reader.int16("Listener.security_protocol"),
            unknown_tagged_fields: reader.tags(true, "Listener"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "Listener.name");
        writer.string(true, &self.host, "Listener.host");
        writer.uint16(self.port);
        writer.int16(self.security_protocol);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ControllerRegistrationRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feature {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub min_supported_version: i16,
    /// All versions.
    pub max_supported_version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Feature {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "Feature.name"),
            min_supported_version: reader.int16("Feature.min_supported_version"),
            max_supported_version: reader.int16("Feature.max_supported_version"),
            unknown_tagged_fields: reader.tags(true, "Feature"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "Feature.name");
        writer.int16(self.min_supported_version);
        writer.int16(self.max_supported_version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
