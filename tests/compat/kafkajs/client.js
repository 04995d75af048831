// One program over kafkajs, driven by tests/compat: records as JSON lines in and out.
//
//   client.js produce BOOTSTRAP TOPIC COMPRESSION     records on standard input
//   client.js consume BOOTSTRAP TOPIC COUNT           partition 0 from its beginning, to standard output
//   client.js member BOOTSTRAP TOPIC GROUP            one member of a group, until standard input ends
//
// The form of records is the one that python/client.py describes. kafkajs keeps headers in an object: duplicates of
// one key come out side by side.
//
// The packages are looked for in RIVERRUN_NODE_MODULES, so that nothing is installed into the clone.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.RIVERRUN_NODE_MODULES, "node_modules", "_"));
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require("kafkajs");
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

const toBytes = (value) =>
  value === null || value === undefined ? null
  : typeof value === "object" ? Buffer.from(value.base64, "base64")
  : Buffer.from(value);

function fromBytes(bytes) {
  if (bytes === null || bytes === undefined) return null;
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString("base64") };
}

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

const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");

const [action, bootstrap, topic, last] = process.argv.slice(2);
await zstd.init();
const kafka = new Kafka({ brokers: [bootstrap], clientId: "compat", logLevel: logLevel.ERROR });

if (action === "produce") {
  const messages = [];
  for await (const line of createInterface({ input: process.stdin })) messages.push(toMessage(JSON.parse(line)));
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
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.on("end", resolve));
  await consumer.disconnect();
} else {
  throw new Error(`unknown action '${action}'`);
}
