"""The tests of Rust clients that ship with their crates, by cargo, against one broker."""

import os
import re
import subprocess

import brokers
import sources
from results import Run

SUITES = {
    "rskafka": {
        "version": "0.6.0", "crate": "rskafka-0.6.0", "configs": {"num.partitions": "1"},
        "features": "transport-socks5,compression-gzip,compression-lz4,compression-snappy,compression-zstd",
        "environment": lambda at: {"TEST_INTEGRATION": "1", "KAFKA_CONNECT": at, "TEST_BROKER_IMPL": "kafka"},
    },
    "rust-rdkafka": {
        "version": "0.39.0", "crate": "rdkafka-0.39.0", "configs": {"node.id": "0", "num.partitions": "3",
                                                                    "group.initial.rebalance.delay.ms": "0"},
        "features": "",
        "environment": lambda at: {"KAFKA_HOST": at},
    },
}
LINE = re.compile(r"^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED|ignored)", re.M)
SECONDS_MAX = 1800


def run(options, suite, tests):
    about = SUITES[suite]
    crate = sources.crate(suite, about["crate"], about["features"])
    result = Run(options, suite, about["version"], "", bool(tests))
    todo = tests
    for attempt in range(1, options.again + 2):
        outcome = once(options, about, crate, todo, result.logs / f"try-{attempt}.log")
        for name, (state, why) in sorted(outcome.items()):
            result.add(name, state, 0, why, attempt)
        todo = [name for name, (state, _) in outcome.items() if state == "failed"]
        if not todo:
            break
    return result.verdict()


def once(options, about, crate, tests, log):
    command = [*sources.CRATE_TESTS, "--no-fail-fast", "--features", about["features"]]
    if tests:
        command += ["--", "--exact", *(name.split(" ", 1)[-1] for name in tests), "--test-threads=1"]
    else:
        command += ["--", "--test-threads=1"]
    with brokers.start(options, about["configs"]) as broker, open(log, "w") as out:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RIVERRUN_")}
        environment |= about["environment"](broker.bootstrap) | sources.crate_environment(crate)
        try:
            subprocess.run(command, cwd=crate, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                           stderr=subprocess.STDOUT, timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            pass
    return read(log.read_text(errors="replace"))


def read(text):
    outcome, program = {}, ""
    for part in re.split(r"^\s+Running ", text, flags=re.M):
        program = re.match(r"(?:unittests )?(\S+)", part).group(1).removeprefix("tests/").removesuffix(".rs")
        for name, word in LINE.findall(part):
            state = {"ok": "passed", "FAILED": "failed"}.get(word, "skipped")
            why = ""
            if state == "failed":
                panic = re.search(rf"---- {re.escape(name)} stdout ----\n(.*?)(?=\n---- |\nfailures:|\Z)", part, re.S)
                why = " ".join(panic.group(1).split())[:300] if panic else ""
            outcome[f"{program} {name}"] = (state, why)
    return outcome
