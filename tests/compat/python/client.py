"""One program over two Python clients, driven by tests/compat: records as JSON lines in and out.

    client.py LIBRARY produce BOOTSTRAP TOPIC COMPRESSION     records on standard input
    client.py LIBRARY consume BOOTSTRAP TOPIC COUNT           partition 0 from its beginning, to standard output
    client.py LIBRARY member BOOTSTRAP TOPIC GROUP            one member of a group, until standard input ends

LIBRARY is `confluent` (librdkafka) or `kafka-python`. A record is {"key", "value", "headers": [{"key", "value"}],
"timestamp"}; bytes are a string where they are UTF-8, {"base64": …} where not, and null. A member prints
{"assigned": [partitions]} after each rebalance, and each record it reads with its partition and offset.
"""

import base64
import json
import sys
import threading


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


class Confluent:
    def produce(self, bootstrap, topic, compression):
        from confluent_kafka import Producer

        failures = []
        producer = Producer({"bootstrap.servers": bootstrap, "compression.type": compression, "linger.ms": 50,
                             "enable.idempotence": True})
        for key, value, headers, timestamp in records_in():
            producer.produce(topic, value=value, key=key, headers=headers, timestamp=timestamp, partition=0,
                             on_delivery=lambda error, _: failures.append(error) if error else None)
        left = producer.flush(30)
        if failures or left:
            sys.exit(f"{left} records not delivered; {failures[:1]}")

    def consume(self, bootstrap, topic, count):
        from confluent_kafka import Consumer, TopicPartition, OFFSET_BEGINNING

        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False})
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        for _ in range(count):
            message = consumer.poll(30)
            if message is None:
                sys.exit("no record within 30 s")
            if message.error():
                sys.exit(str(message.error()))
            say(self.record(message))
        consumer.close()

    def member(self, bootstrap, topic, group):
        from confluent_kafka import Consumer

        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
                             "enable.auto.commit": False, "session.timeout.ms": 6000, "heartbeat.interval.ms": 500})
        consumer.subscribe([topic], on_assign=lambda _, parts: say({"assigned": sorted(p.partition for p in parts)}),
                           on_revoke=lambda _, parts: None)
        ended = input_ends()
        while not ended.is_set():
            message = consumer.poll(0.2)
            if message is None:
                continue
            if message.error():
                sys.exit(str(message.error()))
            say(self.record(message))
            consumer.commit(message, asynchronous=False)
        consumer.close()

    def record(self, message):
        return record(message.key(), message.value(), message.headers(), message.timestamp()[1],
                      message.partition(), message.offset())


class KafkaPython:
    def produce(self, bootstrap, topic, compression):
        from kafka import KafkaProducer

        producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=50, acks="all",
                                 compression_type=None if compression == "none" else compression)
        sent = [producer.send(topic, value=value, key=key, headers=headers, timestamp_ms=timestamp, partition=0)
                for key, value, headers, timestamp in records_in()]
        producer.flush(30)
        for future in sent:
            future.get(30)
        producer.close()

    def consume(self, bootstrap, topic, count):
        from kafka import KafkaConsumer, TopicPartition

        consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=30000, enable_auto_commit=False)
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        for _ in range(count):
            try:
                say(self.record(next(consumer)))
            except StopIteration:
                sys.exit("no record within 30 s")
        consumer.close()

    def member(self, bootstrap, topic, group):
        from kafka import ConsumerRebalanceListener, KafkaConsumer

        class Listener(ConsumerRebalanceListener):
            def on_partitions_revoked(self, revoked):
                pass

            def on_partitions_assigned(self, assigned):
                say({"assigned": sorted(p.partition for p in assigned)})

        consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
                                 enable_auto_commit=False, session_timeout_ms=6000, heartbeat_interval_ms=500)
        consumer.subscribe([topic], listener=Listener())
        ended = input_ends()
        while not ended.is_set():
            for messages in consumer.poll(timeout_ms=200).values():
                for message in messages:
                    say(self.record(message))
                consumer.commit()
        consumer.close()

    def record(self, message):
        return record(message.key, message.value, message.headers, message.timestamp, message.partition,
                      message.offset)


def main():
    library, action, bootstrap, topic, last = sys.argv[1:]
    client = {"confluent": Confluent, "kafka-python": KafkaPython}[library]()
    getattr(client, action)(bootstrap, topic, int(last) if action == "consume" else last)


main()
