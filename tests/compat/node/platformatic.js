// One program over @platformatic/kafka, driven by tests/compat, with the actions and the records that
// python/client.py tells:
//
//   platformatic.js produce|consume|member|transaction|admin BOOTSTRAP TOPIC LAST
//
// Its headers are a map whose keys are buffers: no two are the same key, so duplicates are kept.
//
// The packages are looked for in RIVERRUN_NODE_MODULES, so that nothing is installed into the clone.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { TRANSACTIONS, eventually, fromBytes, inputEnds, recordsIn, say, toBytes } from "./records.js";

const home = join(process.env.RIVERRUN_NODE_MODULES, "node_modules/@platformatic/kafka");
const { Admin, Consumer, Producer } = await import(pathToFileURL(join(home, "dist/index.js")));

const [action, bootstrap, topic, last] = process.argv.slice(2);
const client = { clientId: "compat", bootstrapBrokers: [bootstrap], retries: 5 };

const fromMessage = ({ key, value, headers, timestamp, partition, offset }) => ({
  key: fromBytes(key), value: fromBytes(value),
  headers: [...headers].map(([name, header]) => ({ key: fromBytes(name), value: fromBytes(header) })),
  timestamp: Number(timestamp), partition, offset: Number(offset),
});

const toMessage = ({ key, value, headers, timestamp }) => ({
  topic, partition: 0, key: toBytes(key) ?? undefined, value: toBytes(value) ?? undefined,
  headers: new Map((headers ?? []).map((header) => [Buffer.from(header.key), toBytes(header.value)])),
  timestamp: BigInt(timestamp),
});

// Hands each message to `each`, until it says that it is enough.
async function read(consumer, options, each) {
  const stream = await consumer.consume({ topics: [topic], autocommit: false, sessionTimeout: 10_000, ...options });
  const late = setTimeout(() => stream.destroy(new Error("no record within 30 s")), 30_000);
  for await (const message of stream) if (each(message)) break;
  clearTimeout(late);
}

if (action === "produce") {
  const producer = new Producer({ ...client, idempotent: true });
  await producer.send({ messages: (await recordsIn()).map(toMessage), compression: last, acks: -1 });
  await producer.close();
} else if (action === "consume") {
  const consumer = new Consumer({ ...client, groupId: `consume-${process.pid}-${Date.now()}` });
  let left = Number(last);
  await read(consumer, { mode: "earliest" }, (message) => {
    say(fromMessage(message));
    left -= 1;
    return left === 0;
  });
  await consumer.close(true);
} else if (action === "member") {
  const consumer = new Consumer({
    ...client, groupId: last, sessionTimeout: 6_000, heartbeatInterval: 500, rebalanceTimeout: 10_000,
  });
  consumer.on("consumer:group:join", ({ assignments }) => {
    const mine = (assignments ?? []).find((assigned) => assigned.topic === topic);
    say({ assigned: (mine?.partitions ?? []).toSorted((a, b) => a - b) });
  });
  const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest", autocommit: false });
  const working = (async () => {
    for await (const message of stream) {
      say(fromMessage(message));
      await message.commit();
    }
  })();
  await inputEnds();
  await stream.close();
  await working;
  await consumer.close(true);
} else if (action === "transaction") {
  const producer = new Producer({ ...client, idempotent: true, transactionalId: `${topic}-writer` });
  const member = new Consumer({ ...client, groupId: last });
  for (const { values, offset, commit } of TRANSACTIONS) {
    const transaction = await producer.beginTransaction();
    const messages = values.map((value) => ({ topic, partition: 0, value: Buffer.from(value) }));
    await transaction.send({ messages, acks: -1 });
    if (offset !== null) {
      // What it commits is the place behind the message that it is given.
      let read_up_to;
      await read(member, { mode: "earliest", isolationLevel: 1 }, (message) => {
        read_up_to = message;
        return Number(message.offset) === offset - 1;
      });
      await transaction.addConsumer(member);
      await transaction.addOffset(read_up_to);
    }
    await (commit ? transaction.commit() : transaction.abort());
  }
  await producer.close();
  await member.close(true);
  const admin = new Admin(client);
  const [{ topics: [{ partitions: [{ committedOffset }] }] }] = await admin.listConsumerGroupOffsets({ groups: [last] });
  await admin.close();
  const values = [];
  const consumer = new Consumer({ ...client, groupId: `${last}-reader` });
  await read(consumer, { mode: "earliest", isolationLevel: 1 }, ({ value }) => {
    values.push(value.toString());
    return value.toString() === TRANSACTIONS.at(-1).values.at(-1);
  });
  await consumer.close(true);
  say({ values, offset: Number(committedOffset) });
} else if (action === "admin") {
  const admin = new Admin(client);
  const partitions = async () => {
    const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
    return metadata.topics.get(topic).partitions.length;
  };
  const resource = { resourceType: 2, resourceName: topic };
  const retention = async () => {
    const [{ configs }] = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: ["retention.ms"] }] });
    return configs.find(({ name }) => name === "retention.ms").value;
  };
  const seen = {};
  await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1, configs: [{ name: "retention.ms", value: "60000" }] });
  seen.created = [await partitions(), await retention()];
  await admin.incrementalAlterConfigs({
    resources: [{ ...resource, configs: [{ name: "retention.ms", configOperation: 0, value: "120000" }] }],
  });
  seen.altered = await eventually("120000", retention);
  await admin.createPartitions({ topics: [{ name: topic, count: 5 }] });
  seen.grown = await eventually(5, partitions);
  const producer = new Producer(client);
  await producer.send({ messages: [..."abcde"].map((value) => ({ topic, partition: 0, value: Buffer.from(value) })) });
  await producer.close();
  await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 3n }] }] });
  const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -2n }] }] });
  seen.start = Number(listed.partitions[0].offset);
  seen.listed = (await admin.listGroups()).has(last);
  seen.described = (await admin.describeGroups({ groups: [last] })).get(last).state.toLowerCase();
  await admin.deleteGroups({ groups: [last] });
  seen.group_gone = !(await admin.listGroups()).has(last);
  await admin.deleteTopics({ topics: [topic] });
  seen.gone = await eventually(true, async () => !(await admin.listTopics()).includes(topic));
  await admin.close();
  say(seen);
} else {
  throw new Error(`unknown action '${action}'`);
}
