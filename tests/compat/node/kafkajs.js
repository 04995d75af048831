// One program over kafkajs, driven by tests/compat, with the actions and the records that python/client.py tells:
//
//   kafkajs.js produce|consume|member|transaction|admin BOOTSTRAP TOPIC LAST
//
// kafkajs keeps headers in an object: duplicates of one key come out side by side.
//
// The packages are looked for in RIVERRUN_NODE_MODULES, so that nothing is installed into the clone.
import { createRequire } from "node:module";
import { join } from "node:path";

import { TRANSACTIONS, eventually, fromBytes, inputEnds, recordsIn, say, toBytes } from "./records.js";

const require = createRequire(join(process.env.RIVERRUN_NODE_MODULES, "node_modules", "_"));
const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel } = require("kafkajs");
const zstd = require("@bokuweb/zstd-wasm");
const lz4 = require("lz4-napi");

CompressionCodecs[CompressionTypes.Snappy] = require("kafkajs-snappy");
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder) => lz4.compressFrame(encoder.buffer),
  decompress: (buffer) => lz4.decompressFrame(buffer),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder) => Buffer.from(zstd.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(zstd.decompress(buffer)),
});
const COMPRESSION = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

function fromMessage(partition, { key, value, headers, timestamp, offset }) {
  const list = Object.entries(headers ?? {}).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((header) => ({ key: name, value: fromBytes(header) })));
  return {
    key: fromBytes(key), value: fromBytes(value), headers: list,
    timestamp: Number(timestamp), partition, offset: Number(offset),
  };
}

function toMessage(record) {
  const headers = {};
  for (const { key, value } of record.headers ?? []) {
    const bytes = toBytes(value);
    headers[key] = key in headers ? [headers[key], bytes].flat() : bytes;
  }
  return {
    partition: 0, key: toBytes(record.key), value: toBytes(record.value), headers,
    timestamp: String(record.timestamp),
  };
}

const [action, bootstrap, topic, last] = process.argv.slice(2);
await zstd.init();
const kafka = new Kafka({ brokers: [bootstrap], clientId: "compat", logLevel: logLevel.ERROR });

if (action === "produce") {
  const messages = (await recordsIn()).map(toMessage);
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic, compression: COMPRESSION[last], acks: -1, messages });
  await producer.disconnect();
} else if (action === "consume") {
  // kafkajs reads in groups alone.
  const consumer = kafka.consumer({ groupId: `consume-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let left = Number(last);
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no record within 30 s")), 30_000).unref();
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (left === 0) return;
        say(fromMessage(partition, message));
        left -= 1;
        if (left === 0) resolve();
      },
    }).catch(reject);
  });
  await consumer.disconnect();
} else if (action === "member") {
  const consumer = kafka.consumer({
    groupId: last, sessionTimeout: 6_000, heartbeatInterval: 500, rebalanceTimeout: 10_000,
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
    say({ assigned: (payload.memberAssignment[topic] ?? []).toSorted((a, b) => a - b) }));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ partition, message }) => say(fromMessage(partition, message)),
  });
  await inputEnds();
  await consumer.disconnect();
} else if (action === "transaction") {
  const producer = kafka.producer({ transactionalId: `${topic}-writer`, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (const { values, offset, commit } of TRANSACTIONS) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, acks: -1, messages: values.map((value) => ({ value, partition: 0 })) });
    if (offset !== null)
      await transaction.sendOffsets({
        consumerGroupId: last, topics: [{ topic, partitions: [{ partition: 0, offset: String(offset) }] }],
      });
    await (commit ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
  const admin = kafka.admin();
  await admin.connect();
  const [{ partitions: [{ offset: committed }] }] = await admin.fetchOffsets({ groupId: last, topics: [topic] });
  const [{ high }] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `${last}-reader` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values = [];
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("not all records within 30 s")), 30_000).unref();
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      // The markers behind the last record count as well: they end the log.
      if (Number(payload.lastOffset) >= Number(high) - 2) resolve();
    });
    consumer.run({ eachMessage: async ({ message }) => { values.push(message.value.toString()); } }).catch(reject);
  });
  await consumer.disconnect();
  say({ values, offset: Number(committed) });
} else if (action === "admin") {
  const admin = kafka.admin();
  await admin.connect();
  const partitions = async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length;
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
  const retention = async () => {
    const { resources: [{ configEntries }] } = await admin.describeConfigs({ resources: [resource] });
    return configEntries.find(({ configName }) => configName === "retention.ms").configValue;
  };
  const seen = {};
  await admin.createTopics({
    topics: [{ topic, numPartitions: 2, configEntries: [{ name: "retention.ms", value: "60000" }] }],
  });
  seen.created = [await partitions(), await retention()];
  await admin.alterConfigs({
    validateOnly: false, resources: [{ ...resource, configEntries: [{ name: "retention.ms", value: "120000" }] }],
  });
  seen.altered = await eventually("120000", retention);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
  seen.grown = await eventually(5, partitions);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [..."abcde"].map((value) => ({ value, partition: 0 })) });
  await producer.disconnect();
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
  seen.start = await eventually(3, async () => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return Number(offsets.find(({ partition }) => partition === 0).low);
  });
  const groups = async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  seen.listed = (await groups()).includes(last);
  seen.described = (await admin.describeGroups([last])).groups[0].state.toLowerCase();
  await admin.deleteGroups([last]);
  seen.group_gone = !(await groups()).includes(last);
  await admin.deleteTopics({ topics: [topic] });
  seen.gone = await eventually(true, async () => !(await admin.listTopics()).includes(topic));
  await admin.disconnect();
  say(seen);
} else {
  throw new Error(`unknown action '${action}'`);
}
