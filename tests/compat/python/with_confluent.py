"""librdkafka behind confluent-kafka."""

import sys

from records import TRANSACTIONS, eventually, input_ends, record, records_in, say


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

    def transaction(self, bootstrap, topic, group):
        from confluent_kafka import Consumer, Producer, TopicPartition

        producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": f"{topic}-writer"})
        producer.init_transactions(30)
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
                             "enable.auto.commit": False, "isolation.level": "read_committed",
                             "enable.partition.eof": True})
        for values, offset, commit in TRANSACTIONS:
            producer.begin_transaction()
            for value in values:
                producer.produce(topic, value=value, partition=0)
            if offset is not None:
                producer.send_offsets_to_transaction([TopicPartition(topic, 0, offset)],
                                                     consumer.consumer_group_metadata(), 30)
            if commit:
                producer.commit_transaction(30)
            else:
                producer.abort_transaction(30)
        [committed] = consumer.committed([TopicPartition(topic, 0)], 30)
        consumer.assign([TopicPartition(topic, 0, 0)])
        values = []
        while True:
            message = consumer.poll(30)
            if message is None:
                sys.exit("no record within 30 s")
            if message.error() and message.error().name() == "_PARTITION_EOF":
                break
            values.append(message.value().decode())
        consumer.close()
        say({"values": values, "offset": committed.offset})

    def admin(self, bootstrap, topic, group):
        from confluent_kafka import Producer, TopicPartition
        from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions,
                                           NewTopic, OffsetSpec, ResourceType)

        admin = AdminClient({"bootstrap.servers": bootstrap})

        def all_of(futures):
            return {key: future.result(30) for key, future in futures.items()}

        def partitions():
            return len(admin.list_topics(topic, timeout=30).topics[topic].partitions)

        def retention():
            [configs] = all_of(admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)])).values()
            return configs["retention.ms"].value

        seen = {}
        all_of(admin.create_topics([NewTopic(topic, 2, 1, config={"retention.ms": "60000"})]))
        seen["created"] = [partitions(), retention()]
        change = ConfigEntry("retention.ms", "120000", incremental_operation=AlterConfigOpType.SET)
        all_of(admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[change])]))
        seen["altered"] = eventually("120000", retention)
        all_of(admin.create_partitions([NewPartitions(topic, 5)]))
        seen["grown"] = eventually(5, partitions)
        producer = Producer({"bootstrap.servers": bootstrap})
        for value in "abcde":
            producer.produce(topic, value=value, partition=0)
        producer.flush(30)
        all_of(admin.delete_records([TopicPartition(topic, 0, 3)]))
        [offsets] = all_of(admin.list_offsets({TopicPartition(topic, 0): OffsetSpec.earliest()})).values()
        seen["start"] = offsets.offset
        groups = admin.list_consumer_groups().result(30).valid
        seen["listed"] = group in [listed.group_id for listed in groups]
        [described] = all_of(admin.describe_consumer_groups([group])).values()
        seen["described"] = described.state.name.lower()
        all_of(admin.delete_consumer_groups([group]))
        seen["group_gone"] = group not in [one.group_id for one in admin.list_consumer_groups().result(30).valid]
        all_of(admin.delete_topics([topic]))
        seen["gone"] = eventually(True, lambda: topic not in admin.list_topics(timeout=30).topics)
        say(seen)
