"""One program over three Python clients, driven by tests/compat: records as JSON lines in and out.

    client.py LIBRARY produce BOOTSTRAP TOPIC COMPRESSION     records on standard input
    client.py LIBRARY consume BOOTSTRAP TOPIC COUNT           partition 0 from its beginning, to standard output
    client.py LIBRARY member BOOTSTRAP TOPIC GROUP            one member of a group, until standard input ends
    client.py LIBRARY transaction BOOTSTRAP TOPIC GROUP       transactions, one of them aborted, and what a reader sees
    client.py LIBRARY admin BOOTSTRAP TOPIC GROUP             a topic's life and a group's end, and what was seen of them

LIBRARY is `confluent` (librdkafka), `kafka-python` or `aiokafka`. A record is {"key", "value", "headers": [{"key",
"value"}], "timestamp"}; bytes are a string where they are UTF-8, {"base64": …} where not, and null. A member prints
{"assigned": [partitions]} after each rebalance, and each record it reads with its partition and offset.
"""

import sys


def library(name):
    # Imported only when asked for: one may be missing without the others.
    if name == "confluent":
        from with_confluent import Confluent

        return Confluent()
    if name == "kafka-python":
        from with_kafka_python import KafkaPython

        return KafkaPython()
    from with_aiokafka import Aiokafka

    return Aiokafka()


def main():
    name, action, bootstrap, topic, last = sys.argv[1:]
    getattr(library(name), action)(bootstrap, topic, int(last) if action == "consume" else last)


main()
