//! Regular expressions of subscriptions: RE2's syntax and cost, matched against whole topic names.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};

use crate::coordinator::group::cluster::Cluster;
use crate::coordinator::group::request::{GroupError, Name};

/// The most memory that a compiled expression may take, in bytes.
const SIZE_MAX: usize = 1 << 20;

/// Compiles an expression so that it matches whole names.
pub(super) fn compile(regex: &str) -> Result<Regex, GroupError> {
    // Compiled alone first: an expression must not be able to close the group that it is put in.
    let alone = RegexBuilder::new(regex).size_limit(SIZE_MAX).build();
    let whole = RegexBuilder::new(&format!("^(?:{regex})$")).size_limit(SIZE_MAX).build();
    match (alone, whole) {
        (Ok(_), Ok(whole)) => Ok(whole),
        _ => Err(GroupError::InvalidRegularExpression),
    }
}

/// The topics that an expression matches; none if it cannot be compiled.
pub(super) fn resolve(regex: &str, cluster: &dyn Cluster) -> BTreeSet<Name> {
    let mut topics = BTreeSet::new();
    if let Ok(compiled) = compile(regex) {
        cluster.each_topic(&mut |topic| {
            if compiled.is_match(topic.name) {
                topics.insert(topic.name.clone());
            }
        });
    }
    topics
}
