//! Members that go: by their own wish, by an administrator's, or because their time has run out.

use std::collections::BTreeSet;

use super::migration;
use super::record::ConsumerRecord;
use super::work::Work;
use crate::coordinator::group::decision::Decision;
use crate::coordinator::group::request::Name;

impl Work<'_> {
    /// Takes members out. If only classic members are left the group may become a classic one.
    pub(super) fn fence(mut self, members: &BTreeSet<Name>) -> Decision {
        if members.is_empty() {
            return self.finish();
        }
        if migration::can_downgrade(&self.group, self.limits, members) {
            return migration::downgrade(self, members, None, true);
        }
        for member in members {
            self.log_removal(member);
            self.clear_timers_of(member);
        }
        self.bump_epoch_without();
        self.finish()
    }

    pub(super) fn log_removal(&mut self, member: &Name) {
        self.log(ConsumerRecord::Current { member: member.clone(), value: None });
        self.log(ConsumerRecord::Target { member: member.clone(), value: None });
        self.log(ConsumerRecord::Member { member: member.clone(), value: None });
    }
}
