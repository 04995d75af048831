//! Three members of one group that come, leave and die, while records keep coming: each record is read, none twice
//! but those that a killed member had not committed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Case;
use crate::binary;
use crate::foreign::{Client, Member};
use crate::interop::our_broker;
use crate::records::lines;

const PARTITIONS: u64 = 6;
const PER_STEP: usize = 60;

pub(crate) fn cases() -> Vec<Case> {
    [Client::Riverrun]
        .into_iter()
        .chain(Client::DRIVERS)
        // It reads on from what is committed before it has committed what it read: some come twice at a rebalance.
        .filter(|client| *client != Client::Platformatic)
        .map(|client| Case {
            name: format!("a group of three {} members grows and shrinks", client.name()),
            missing: client.missing(),
            run: Box::new(move || grows_and_shrinks(&our_broker().0, client)),
        })
        .collect()
}

/// A group at work, and everything that was written for it.
struct Group {
    bootstrap: String,
    topic: String,
    members: Vec<Member>,
    gone: Vec<Value>,
    written: usize,
}

/// Plays the whole story with members of one client.
pub(crate) fn grows_and_shrinks(bootstrap: &str, client: Client) {
    let topic = format!("group-{}", client.name());
    let name = format!("readers-{}", client.name());
    let partitions = PARTITIONS.to_string();
    binary::succeed(
        &["topic", "create", &topic, "--partitions", &partitions, "--bootstrap-server", bootstrap],
        b"",
    );
    let mut group = Group {
        bootstrap: bootstrap.to_owned(),
        topic: topic.clone(),
        members: vec![],
        gone: vec![],
        written: 0,
    };

    for count in 1..=3 {
        group.members.push(client.join(bootstrap, &topic, &name));
        group.settle(count);
    }
    let mut third = group.members.pop().unwrap();
    third.leave();
    group.gone.append(&mut third.records);
    group.settle(2);
    assert_eq!(group.doubles(), 0, "records read twice though nobody was killed");

    let mut second = group.members.pop().unwrap();
    second.kill();
    group.gone.append(&mut second.records);
    group.settle(1);
    // The killed member may have read one batch of each of its partitions that it had not yet committed.
    assert!(group.doubles() <= PER_STEP, "{} records read twice", group.doubles());

    let mut first = group.members.pop().unwrap();
    first.leave();
    let described = binary::succeed(
        &["group", "describe", &name, "--output", "json", "--bootstrap-server", bootstrap],
        b"",
    );
    let rows = binary::json_lines(&described);
    let lag: i64 = rows.iter().filter_map(|row| row["lag"].as_i64()).sum();
    assert_eq!((rows.len() as u64, lag), (PARTITIONS, 0), "{described}");
}

impl Group {
    /// Waits until `count` members share all partitions evenly, writes more, and waits until all of it is read.
    fn settle(&mut self, count: usize) {
        binary::eventually(&format!("{count} members share {PARTITIONS} partitions evenly"), || {
            let mut all: Vec<u64> = Vec::new();
            for member in &mut self.members {
                member.listen();
                all.extend(&member.assigned);
            }
            let is_even =
                self.members.iter().all(|member| member.assigned.len() == PARTITIONS as usize / count);
            all.sort_unstable();
            (is_even && all == (0..PARTITIONS).collect::<Vec<_>>()).then_some(())
        });
        for partition in 0..PARTITIONS {
            let records: Vec<Value> = (0..PER_STEP / PARTITIONS as usize)
                .map(|n| json!({ "key": null, "value": format!("{}", self.written + n), "headers": [], "timestamp": 0 }))
                .collect();
            let partition = partition.to_string();
            let arguments =
                ["produce", &self.topic, "--format", "json", "--partition", &partition, "--bootstrap-server"];
            binary::succeed(&[&arguments[..], &[&self.bootstrap]].concat(), lines(&records).as_bytes());
            self.written += records.len();
        }
        binary::eventually("every record is read", || {
            self.members.iter_mut().for_each(Member::listen);
            (self.reads().len() >= self.written).then_some(())
        });
    }

    /// How often each record was read, by its place.
    fn reads(&self) -> BTreeMap<(u64, u64), usize> {
        let mut reads = BTreeMap::new();
        for record in self.gone.iter().chain(self.members.iter().flat_map(|member| &member.records)) {
            let place = (record["partition"].as_u64().unwrap(), record["offset"].as_u64().unwrap());
            *reads.entry(place).or_insert(0) += 1;
        }
        reads
    }

    fn doubles(&self) -> usize {
        self.reads().values().map(|count| count - 1).sum()
    }
}
