//! UpdateRaftVoterResponse: a response of API 82, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `UpdateRaftVoterResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdateRaftVoterResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, tag 0.
    pub current_leader: CurrentLeader,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for UpdateRaftVoterResponse {
    const NAME: &'static str = "UpdateRaftVoterResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            throttle_time_ms: reader.int32("UpdateRaftVoterResponse.throttle_time_ms"),
            error_code: reader.int16("UpdateRaftVoterResponse.error_code"),
            current_leader: CurrentLeader::default(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("UpdateRaftVoterResponse", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.current_leader = CurrentLeader::read(reader, version),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.current_leader != CurrentLeader::default() {
            let mark = writer.begin_tag(&mut tags, 0);
            self.current_leader.write(writer, version);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`UpdateRaftVoterResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentLeader {
    /// All versions, default -1.
    pub leader_id: i32,
    /// All versions, default -1.
    pub leader_epoch: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CurrentLeader {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            host: Str::EMPTY,
            port: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl CurrentLeader {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            leader_id: reader.int32("CurrentLeader.leader_id"),
            leader_epoch: reader.int32("CurrentLeader.leader_epoch"),
            host: reader.string(true, "CurrentLeader.host"),
            port: reader.int32("CurrentLeader.port"),
            unknown_tagged_fields: reader.tags(true, "CurrentLeader"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.string(true, &self.host, "CurrentLeader.host");
        writer.int32(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
