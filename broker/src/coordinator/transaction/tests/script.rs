//! A stage for scripts: one shard, its log, a clock that the script moves, and producers that are known by name.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::state::TransactionRecord;
use super::super::*;

pub(super) const LIMITS: TransactionLimits =
    TransactionLimits { max_timeout_ms: 60_000, id_expiration_ms: 1_000_000, version: 2 };

pub(super) struct Stage {
    pub(super) shard: TransactionShard,
    log: Vec<TransactionRecord>,
    now_ms: i64,
    next_producer_id: i64,
    /// What the transactional id's owners have, by their names in the script.
    have: BTreeMap<String, ProducerIdAndEpoch>,
    pub(super) transcript: String,
}

impl Stage {
    pub(super) fn new() -> Self {
        Stage {
            shard: TransactionShard::new(LIMITS),
            log: Vec::new(),
            now_ms: 0,
            next_producer_id: 1,
            have: BTreeMap::new(),
            transcript: String::new(),
        }
    }

    /// Plays one line: a verb, the transactional id, and what is given by name. `as=` names the producer who asks.
    pub(super) fn play(&mut self, line: &str) {
        writeln!(self.transcript, "> {line}").unwrap();
        let mut words = line.split_whitespace();
        let verb = words.next().unwrap();
        let mut plain = Vec::new();
        let mut named = BTreeMap::new();
        for word in words {
            match word.split_once('=') {
                Some((name, value)) => {
                    named.insert(name, value);
                }
                None => plain.push(word),
            }
        }
        let id: Name = plain.first().copied().unwrap_or("").into();
        let owner = named.get("as").copied().unwrap_or("a").to_owned();
        let have = self.have.get(&owner).copied();
        let none = ProducerIdAndEpoch { producer_id: -1, epoch: -1 };
        let number = |name: &str, default: i64| named.get(name).map_or(default, |text| text.parse().unwrap());
        let mut producer = have.unwrap_or(none);
        producer.epoch = i16::try_from(number("epoch", producer.epoch.into())).unwrap();
        producer.producer_id = number("pid", producer.producer_id);
        match verb {
            "tick" => self.now_ms += plain[0].parse::<i64>().unwrap(),
            "reload" => self.reload(),
            "epoch" => self.jump_to_epoch(&id, number("to", 0)),
            "timeouts" => {
                let decision = self.shard.decide_timeouts(self.now_ms);
                self.carry_out(decision);
            }
            "expire" => {
                let decision = self.shard.decide_expiry(self.now_ms);
                self.carry_out(decision);
            }
            "written" => {
                let now = self.shard.get(&id).map_or(none, |transaction| ProducerIdAndEpoch {
                    producer_id: transaction.producer_id,
                    epoch: transaction.epoch,
                });
                let decision = self.shard.decide_complete(self.now_ms, &id, now);
                self.carry_out(decision);
            }
            "init" => {
                let request = InitRequest {
                    transactional_id: id,
                    timeout_ms: i32::try_from(number("timeout", 1_000)).unwrap(),
                    expected: named.contains_key("goes").then_some(producer),
                    fresh_producer_id: self.next_producer_id,
                };
                let decision = self.shard.decide_init(self.now_ms, &request);
                self.answer(owner, decision);
            }
            "add" | "verify" => {
                let mut partitions = Partitions::new();
                for word in &plain[1..] {
                    let (topic, index) = word.rsplit_once('-').unwrap();
                    partitions.entry(topic.into()).or_default().insert(index.parse().unwrap());
                }
                let version = i16::try_from(number("v", 2)).unwrap();
                let request = AddRequest { transactional_id: id, producer, partitions, version };
                let decision = match verb {
                    "add" => self.shard.decide_add(self.now_ms, request),
                    _ => self.shard.decide_verify(&request),
                };
                self.carry_out(decision);
            }
            "commit" | "abort" => {
                let request = EndRequest {
                    transactional_id: id,
                    producer,
                    commit: verb == "commit",
                    version: i16::try_from(number("v", 2)).unwrap(),
                    fresh_producer_id: self.next_producer_id,
                };
                let decision = self.shard.decide_end(self.now_ms, &request);
                let lost = named.contains_key("lost");
                self.answer(if lost { "nobody".to_owned() } else { owner }, decision);
            }
            other => panic!("no verb '{other}'"),
        }
    }

    fn answer(&mut self, owner: String, decision: Decision<ProducerIdAndEpoch>) {
        if let Ok(producer) = decision.reply {
            self.next_producer_id = self.next_producer_id.max(producer.producer_id + 1);
            self.have.insert(owner, producer);
        }
        let reply = decision.reply.map(|producer| format!("{}:{}", producer.producer_id, producer.epoch));
        self.log_all(decision.records);
        self.show(&reply);
    }

    fn carry_out(&mut self, decision: Decision<()>) {
        self.log_all(decision.records);
        self.show(&decision.reply.map(|()| "ok".to_owned()));
    }

    fn show(&mut self, reply: &Result<String, TransactionError>) {
        match reply {
            Ok(text) => writeln!(self.transcript, "  {text}").unwrap(),
            Err(error) => writeln!(self.transcript, "  {error:?}").unwrap(),
        }
    }

    fn log_all(&mut self, records: Vec<TransactionRecord>) {
        for record in records {
            writeln!(self.transcript, "  log {}", shown(&record)).unwrap();
            // Through the bytes, as the log has them.
            let (key, value) = encode_record(&record).unwrap();
            self.log.push(decode_record(Some(&key), value.as_ref()).unwrap().unwrap());
            self.shard.replay(record);
        }
    }

    fn reload(&mut self) {
        self.shard = TransactionShard::new(LIMITS);
        for record in &self.log {
            self.shard.replay(record.clone());
        }
    }

    /// As if thousands of transactions had been.
    fn jump_to_epoch(&mut self, id: &Name, epoch: i64) {
        let mut value = self.shard.get(id).unwrap().clone();
        value.epoch = i16::try_from(epoch).unwrap();
        for have in self.have.values_mut().filter(|have| have.producer_id == value.producer_id) {
            have.epoch = value.epoch;
        }
        self.log_all(vec![TransactionRecord { transactional_id: id.clone(), value: Some(value) }]);
    }

    /// What must hold after every line.
    pub(super) fn check(&self) {
        let mut replayed = TransactionShard::new(LIMITS);
        for record in &self.log {
            replayed.replay(record.clone());
        }
        // The last epoch is not logged, as in Kafka.
        let forget = |shard: &TransactionShard| -> BTreeMap<Name, Transaction> {
            let all = shard.iter();
            all.map(|(name, value)| (name.clone(), Transaction { last_epoch: -1, ..value.clone() })).collect()
        };
        assert_eq!(forget(&self.shard), forget(&replayed), "live and replayed\n{}", self.transcript);
        for (name, transaction) in self.shard.iter() {
            let has_partitions = !transaction.partitions.is_empty();
            match transaction.phase {
                Phase::Ongoing => assert!(has_partitions && transaction.started_ms >= 0, "{name}"),
                Phase::PrepareCommit | Phase::PrepareAbort => assert!(transaction.started_ms >= 0, "{name}"),
                Phase::Empty | Phase::CompleteCommit | Phase::CompleteAbort => {
                    assert!(!has_partitions && transaction.next_producer_id == -1, "{name}");
                }
            }
            assert!(transaction.epoch >= 0, "{name}");
        }
    }
}

fn shown(record: &TransactionRecord) -> String {
    let id = &record.transactional_id;
    let Some(value) = &record.value else { return format!("{id} gone") };
    let partitions: Vec<String> = value
        .partitions
        .iter()
        .flat_map(|(topic, all)| all.iter().map(move |index| format!("{topic}-{index}")))
        .collect();
    let next = match value.next_producer_id {
        -1 => String::new(),
        next => format!(" next={next}"),
    };
    let (phase, version) = (value.phase.name(), value.version);
    format!("{id} {phase} {}:{}{next} v{version} [{}]", value.producer_id, value.epoch, partitions.join(" "))
}
