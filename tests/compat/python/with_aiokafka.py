"""aiokafka: kafka-python's protocol on asyncio."""

import asyncio
import sys

from records import TRANSACTIONS, input_ends, record, records_in, say


class Aiokafka:
    def produce(self, *arguments):
        asyncio.run(self.produce_all(*arguments))

    def consume(self, *arguments):
        asyncio.run(self.consume_all(*arguments))

    def member(self, *arguments):
        asyncio.run(self.be_member(*arguments))

    def transaction(self, *arguments):
        asyncio.run(self.do_transactions(*arguments))

    def admin(self, *arguments):
        asyncio.run(self.administer(*arguments))

    async def produce_all(self, bootstrap, topic, compression):
        from aiokafka import AIOKafkaProducer

        async with AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=50, enable_idempotence=True,
                                    compression_type=None if compression == "none" else compression) as producer:
            sent = [await producer.send(topic, value=value, key=key, headers=headers, timestamp_ms=timestamp, partition=0)
                    for key, value, headers, timestamp in records_in()]
            await asyncio.gather(*sent)

    async def consume_all(self, bootstrap, topic, count):
        from aiokafka import AIOKafkaConsumer, TopicPartition

        async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
            partition = TopicPartition(topic, 0)
            consumer.assign([partition])
            await consumer.seek_to_beginning(partition)
            for _ in range(count):
                say(self.record(await asyncio.wait_for(consumer.getone(), 30)))

    async def be_member(self, bootstrap, topic, group):
        from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener

        class Listener(ConsumerRebalanceListener):
            async def on_partitions_revoked(self, revoked):
                pass

            async def on_partitions_assigned(self, assigned):
                say({"assigned": sorted(p.partition for p in assigned)})

        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
                                    enable_auto_commit=False, session_timeout_ms=6000, heartbeat_interval_ms=500)
        consumer.subscribe([topic], listener=Listener())
        await consumer.start()
        ended = input_ends()
        while not ended.is_set():
            for messages in (await consumer.getmany(timeout_ms=200)).values():
                for message in messages:
                    say(self.record(message))
                await consumer.commit()
        await consumer.stop()

    async def do_transactions(self, bootstrap, topic, group):
        from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

        partition = TopicPartition(topic, 0)
        async with AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"{topic}-writer") as producer:
            for values, offset, commit in TRANSACTIONS:
                await producer.begin_transaction()
                for value in values:
                    await producer.send_and_wait(topic, value=value.encode(), partition=0)
                if offset is not None:
                    await producer.send_offsets_to_transaction({partition: offset}, group)
                if commit:
                    await producer.commit_transaction()
                else:
                    await producer.abort_transaction()
        async with AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False,
                                    isolation_level="read_committed", auto_offset_reset="earliest") as consumer:
            consumer.assign([partition])
            await consumer.seek_to_beginning(partition)
            [end] = (await consumer.end_offsets([partition])).values()
            values = []
            while await consumer.position(partition) < end:
                for messages in (await consumer.getmany(timeout_ms=1000)).values():
                    values += [message.value.decode() for message in messages]
            say({"values": values, "offset": await consumer.committed(partition)})

    async def administer(self, bootstrap, topic, group):
        from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
        from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
        from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()

        async def partitions():
            [described] = await admin.describe_topics([topic])
            return len(described["partitions"])

        async def retention():
            [described] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            [resource] = described.resources
            return {config[0]: config[1] for config in resource[4]}["retention.ms"]

        def good(response, field):
            codes = [entry[1] for entry in getattr(response, field)]
            if any(codes):
                sys.exit(f"{response}")

        seen = {}
        good(await admin.create_topics([NewTopic(topic, 2, 1, topic_configs={"retention.ms": "60000"})]), "topic_errors")
        seen["created"] = [await partitions(), await retention()]
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "120000"})])
        seen["altered"] = await retention()
        await admin.create_partitions({topic: NewPartitions(5)})
        seen["grown"] = await partitions()
        async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
            for value in "abcde":
                await producer.send_and_wait(topic, value=value.encode(), partition=0)
        partition = TopicPartition(topic, 0)
        await admin.delete_records({partition: RecordsToDelete(3)})
        async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
            seen["start"] = (await consumer.beginning_offsets([partition]))[partition]
        seen["listed"] = group in [listed[0] for listed in await admin.list_consumer_groups()]
        [described] = await admin.describe_consumer_groups([group])
        seen["described"] = described.groups[0][2].lower()
        good(await admin.delete_topics([topic]), "topic_error_codes")
        seen["gone"] = topic not in await admin.list_topics()
        await admin.close()
        say(seen)

    def record(self, message):
        return record(message.key, message.value, message.headers, message.timestamp, message.partition,
                      message.offset)
