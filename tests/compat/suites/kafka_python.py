"""kafka-python's integration tests, by pytest, on one broker."""

import os
import pathlib
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

import brokers
import sources
from results import Run

VERSION = "3.0.12"
CONFIGS = {"node.id": "0", "num.partitions": "4", "group.initial.rebalance.delay.ms": "0",
           "group.min.session.timeout.ms": "500"}
SECONDS_MAX = 1800


def run(options, tests):
    folder = sources.kafka_python()
    result = Run(options, "kafka-python", VERSION, "", bool(tests))
    todo = tests
    for attempt in range(1, options.again + 2):
        outcome = once(options, folder, todo, result.logs / f"try-{attempt}")
        for name, (state, seconds, why) in sorted(outcome.items()):
            result.add(name, state, seconds, why, attempt)
        todo = [name for name, (state, _, _) in outcome.items() if state == "failed"]
        if not todo or not outcome:
            break
    return result.verdict()


def once(options, folder, tests, log):
    report = pathlib.Path(tempfile.mkdtemp()) / "report.xml"
    # It starts no broker, but looks for the folder of one.
    (folder / "source" / "servers" / "4.3" / "kafka-bin").mkdir(parents=True, exist_ok=True)
    chosen = [f"test/integration/{name}" for name in tests] or ["test/integration"]
    command = [folder / "env" / "bin" / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout-method=signal",
               f"--junitxml={report}", *chosen]
    with brokers.start(options, CONFIGS) as broker, open(f"{log}.log", "w") as out:
        environment = os.environ | {"KAFKA_URI": f"kafka://{broker.bootstrap}", "KAFKA_VERSION": "4.3",
                                    "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            subprocess.run(command, cwd=folder / "source", env=environment, stdin=subprocess.DEVNULL, stdout=out,
                           stderr=subprocess.STDOUT, timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return {"all": ("failed", SECONDS_MAX, "it did not end")}
    return {name: what for name, what in map(read, ElementTree.parse(report).iter("testcase"))}


def read(case):
    file = case.get("classname").rsplit(".", 1)[-1]
    name, seconds = f"{file}.py::{case.get('name')}", float(case.get("time"))
    for kind, state in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(kind)
        if found is not None:
            return name, (state, seconds, " ".join((found.get("message") or "").split())[:300])
    return name, ("passed", seconds, "")
