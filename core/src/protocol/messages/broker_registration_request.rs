//! BrokerRegistrationRequest: a request of API 62, versions 0 to 4, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `BrokerRegistrationRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRegistrationRequest {
    /// All versions.
    pub broker_id: i32,
    /// All versions.
    pub cluster_id: Str,
    /// All versions.
    pub incarnation_id: Uuid,
    /// All versions.
    pub listeners: Vec<Listener>,
    /// All versions.
    pub features: Vec<Feature>,
    /// All versions, nullable.
    pub rack: Option<Str>,
    /// Versions 1+, default false.
    pub is_migrating_zk_broker: bool,
    /// Versions 2+, dropped where the version lacks it.
    pub log_dirs: Vec<Uuid>,
    /// Versions 3+, default -1, dropped where the version lacks it.
    pub previous_broker_epoch: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerRegistrationRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            cluster_id: Str::EMPTY,
            incarnation_id: Uuid::ZERO,
            listeners: Vec::new(),
            features: Vec::new(),
            rack: Some(Str::EMPTY),
            is_migrating_zk_broker: false,
            log_dirs: Vec::new(),
            previous_broker_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for BrokerRegistrationRequest {
    const NAME: &'static str = "BrokerRegistrationRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            broker_id: reader.int32("BrokerRegistrationRequest.broker_id"),
            cluster_id: reader.string(true, "BrokerRegistrationRequest.cluster_id"),
            incarnation_id: reader.uuid("BrokerRegistrationRequest.incarnation_id"),
            listeners: reader.structs(true, version, 7, "BrokerRegistrationRequest.listeners", Listener::read),
            features: reader.structs(true, version, 6, "BrokerRegistrationRequest.features", Feature::read),
            rack: reader.opt_string(true, true, "BrokerRegistrationRequest.rack"),
            is_migrating_zk_broker: if version >= 1 { reader.bool("BrokerRegistrationRequest.is_migrating_zk_broker") } else { false },
            log_dirs: if version >= 2 { reader.uuids(true, "BrokerRegistrationRequest.log_dirs") } else { Vec::new() },
            previous_broker_epoch: if version >= 3 { reader.int64("BrokerRegistrationRequest.previous_broker_epoch") } else { -1 },
            unknown_tagged_fields: reader.tags(true, "BrokerRegistrationRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.broker_id);
        writer.string(true, &self.cluster_id, "BrokerRegistrationRequest.cluster_id");
        writer.uuid(self.incarnation_id);
        writer.structs(true, version, &self.listeners, "BrokerRegistrationRequest.listeners", Listener::write);
        writer.structs(true, version, &self.features, "BrokerRegistrationRequest.features", Feature::write);
        writer.opt_string(true, true, &self.rack, "BrokerRegistrationRequest.rack");
        if version >= 1 {
            writer.bool(self.is_migrating_zk_broker);
        } else if self.is_migrating_zk_broker {
            writer.reject("BrokerRegistrationRequest.is_migrating_zk_broker");
        }
        if version >= 2 {
            writer.uuids(true, &self.log_dirs, "BrokerRegistrationRequest.log_dirs");
        }
        if version >= 3 {
            writer.int64(self.previous_broker_epoch);
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`BrokerRegistrationRequest`].
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

/// A struct of [`BrokerRegistrationRequest`].
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
