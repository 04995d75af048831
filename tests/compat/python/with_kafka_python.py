"""kafka-python: Python all the way down."""

import sys

from records import TRANSACTIONS, eventually, input_ends, record, records_in, say


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

    def transaction(self, bootstrap, topic, group):
        from kafka import KafkaConsumer, KafkaProducer, TopicPartition
        from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata

        partition = TopicPartition(topic, 0)
        producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"{topic}-writer")
        producer.init_transactions()
        for values, offset, commit in TRANSACTIONS:
            producer.begin_transaction()
            for value in values:
                producer.send(topic, value=value.encode(), partition=0)
            if offset is not None:
                producer.send_offsets_to_transaction({partition: OffsetAndMetadata(offset, "", -1)},
                                                     ConsumerGroupMetadata(group, -1, "", None))
            if commit:
                producer.commit_transaction()
            else:
                producer.abort_transaction()
        producer.close()
        consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False,
                                 isolation_level="read_committed", auto_offset_reset="earliest")
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        [end] = consumer.end_offsets([partition]).values()
        values = []
        while consumer.position(partition) < end:
            for messages in consumer.poll(timeout_ms=1000).values():
                values += [message.value.decode() for message in messages]
        say({"values": values, "offset": consumer.committed(partition)})
        consumer.close()

    def admin(self, bootstrap, topic, group):
        from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
        from kafka.admin import ConfigResource, ConfigResourceType

        admin = KafkaAdminClient(bootstrap_servers=bootstrap)

        def partitions():
            [described] = admin.describe_topics([topic])
            return len(described["partitions"])

        def retention():
            described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": None})],
                                               config_filter="all")
            [configs] = [of_topic for names in described.values() for of_topic in names.values()]
            value = configs["retention.ms"]
            return value["value"] if isinstance(value, dict) else value.value

        def groups():
            return [listed["group_id"] for listed in admin.list_groups()]

        seen = {}
        admin.create_topics({topic: {"num_partitions": 2, "replication_factor": 1,
                                     "configs": {"retention.ms": "60000"}}})
        seen["created"] = [partitions(), retention()]
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "120000"})])
        seen["altered"] = eventually("120000", retention)
        admin.create_partitions({topic: 5})
        seen["grown"] = eventually(5, partitions)
        producer = KafkaProducer(bootstrap_servers=bootstrap)
        for value in "abcde":
            producer.send(topic, value=value.encode(), partition=0)
        producer.flush(30)
        producer.close()
        partition = TopicPartition(topic, 0)
        admin.delete_records({partition: 3})
        consumer = KafkaConsumer(bootstrap_servers=bootstrap)
        seen["start"] = consumer.beginning_offsets([partition])[partition]
        consumer.close()
        seen["listed"] = group in groups()
        [described] = admin.describe_groups([group]).values()
        seen["described"] = str(described["group_state"]).rsplit(".", 1)[-1].lower()
        admin.delete_groups([group])
        seen["group_gone"] = group not in groups()
        admin.delete_topics([topic])
        seen["gone"] = eventually(True, lambda: topic not in admin.list_topics())
        say(seen)
        admin.close()
