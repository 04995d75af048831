// Records as JSON lines, in the form that python/client.py tells; used by both programs for Node.
import { createInterface } from "node:readline";

// Values, the offset that goes with them, and whether they are committed.
export const TRANSACTIONS = [
  { values: ["a0", "a1", "a2"], offset: null, commit: true },
  { values: ["b0", "b1"], offset: null, commit: false },
  { values: ["c0"], offset: 3, commit: true },
];

export const toBytes = (value) =>
  value === null || value === undefined ? null
  : typeof value === "object" ? Buffer.from(value.base64, "base64")
  : Buffer.from(value);

export function fromBytes(bytes) {
  if (bytes === null || bytes === undefined) return null;
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString("base64") };
}

export async function recordsIn() {
  const records = [];
  for await (const line of createInterface({ input: process.stdin })) records.push(JSON.parse(line));
  return records;
}

export const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");

export async function inputEnds() {
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.on("end", resolve));
}

// What is seen at last: metadata may follow a change a moment later.
export async function eventually(expected, look) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const late = Date.now() > deadline;
    const seen = await look().catch((error) => { if (late) throw error; });
    if (seen === expected || late) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
