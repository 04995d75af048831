"""Records as JSON lines, in the form that client.py tells."""

import base64
import json
import sys
import threading
import time

# Values, the offset that goes with them, and whether they are committed.
TRANSACTIONS = [(["a0", "a1", "a2"], None, True), (["b0", "b1"], None, False), (["c0"], 3, True)]


def to_bytes(value):
    if value is None:
        return None
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return value.encode()


def from_bytes(value):
    if value is None:
        return None
    try:
        return bytes(value).decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(bytes(value)).decode()}


def record(key, value, headers, timestamp, partition, offset):
    return {
        "key": from_bytes(key),
        "value": from_bytes(value),
        "headers": [{"key": name, "value": from_bytes(header)} for name, header in headers or []],
        "timestamp": timestamp,
        "partition": partition,
        "offset": offset,
    }


def say(value):
    print(json.dumps(value), flush=True)


def records_in():
    for line in sys.stdin:
        fields = json.loads(line)
        headers = [(header["key"], to_bytes(header["value"])) for header in fields.get("headers", [])]
        yield to_bytes(fields.get("key")), to_bytes(fields.get("value")), headers, fields["timestamp"]


def input_ends():
    """An event that is set when standard input ends."""
    ended = threading.Event()

    def watch():
        sys.stdin.read()
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    return ended


def eventually(expected, look):
    """What is seen at last: metadata may follow a change a moment later."""
    deadline = time.monotonic() + 20
    while (seen := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen
