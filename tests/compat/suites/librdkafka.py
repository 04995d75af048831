"""librdkafka's own test program, one test number at a time, each on a broker of its own.

A number may stand for several tests, each of which the program reports by itself. Sub-tests are all run: the program's
quick mode, which leaves slow ones out, is not used, and its time limits are widened instead.
"""

import concurrent.futures
import dataclasses
import json
import os
import re
import signal
import subprocess
import time

import brokers
import sources
from results import Run, expectation

VERSIONS = ["2.12.1", "2.15.1"]
PROTOCOLS = ["classic", "consumer"]
# The longest takes some minutes by itself; the program's own limit is per test and comes first.
SECONDS_MAX = 1500
TESTCASE = re.compile(r"_TEST\((\d{4})(\w+),\s*([^,)]*)(.*?)(?=_TEST\(|NULL\})", re.S)


def run(options, version, protocol, numbers):
    folder = sources.librdkafka(version)
    scripts = sources.kafka_scripts()
    todo = [test for test in declared(folder) if not numbers or test.number in numbers]
    result = Run(options, "librdkafka", version, protocol, bool(numbers))
    # Where a whole test is out of reach, its parts that are not stand for themselves.
    for test in list(todo):
        for name in test.names:
            entry = expectation(result, name) or {}
            todo += [test.part(name, part) for part in entry.get("parts", [])]

    def one(test):
        for attempt in range(1, options.again + 2):
            outcome = one_number(options, folder, scripts, protocol, test, result.logs)
            failed = [test.shown(name) for name, (state, _, _) in outcome.items() if state == "failed"]
            if not failed or all(expectation(result, name) for name in failed):
                break
        return test, outcome, attempt

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(one, test) for test in todo]):
            test, outcome, attempt = done.result()
            for name in test.names:
                state, seconds, why = outcome.get(name, ("failed", 0, "the program did not report it"))
                result.add(test.shown(name), state, seconds, why, attempt)
    return result.verdict()


@dataclasses.dataclass
class Test:
    """What one start of the program runs: all tests of one number in one scenario, or a part of one of them."""

    number: str
    scenario: str
    names: list
    known_issue: bool
    part_name: str = ""
    environment: dict = dataclasses.field(default_factory=dict)

    def part(self, name, part):
        return Test(self.number, self.scenario, [name], self.known_issue, part["name"], part["environment"])

    def shown(self, name):
        return f"{name}/{self.part_name}" if self.part_name else name

    def file(self):
        part = f"-{self.part_name}" if self.part_name else ""
        return f"{self.number}-{self.scenario}{'-known' if self.known_issue else ''}{part}"


def declared(folder):
    """All tests that need a broker."""
    source = (folder / "tests" / "test.c").read_text()
    tests = source[source.index("struct test tests[]"):]
    found = {}
    for number, rest, flags, more in TESTCASE.findall(tests):
        if "TEST_F_LOCAL" in flags or "TEST_F_MANUAL" in flags:
            continue
        scenario = "noautocreate" if "noautocreate" in more else "default"
        # The program leaves these out unless it is told to run them alone.
        known_issue = "TEST_F_KNOWN_ISSUE" in flags.split("|")[0].split()
        found.setdefault((number, scenario, known_issue), []).append(number + rest)
    return [Test(number, scenario, names, known) for (number, scenario, known), names in found.items()]


def one_number(options, folder, scripts, protocol, test, logs):
    configs = {"num.partitions": "4", "group.initial.rebalance.delay.ms": "3000",
               "auto.create.topics.enable": "false" if test.scenario == "noautocreate" else "true"}
    log, report, conf = (logs / f"{test.file()}.{kind}" for kind in ("log", "report", "conf"))
    report.unlink(missing_ok=True)
    command = ["./test-runner", "-p1", "-L", "-s", test.scenario] + ["-k"] * test.known_issue
    start = time.monotonic()
    try:
        with brokers.start(options, configs) as broker, open(log, "w") as out:
            conf.write_text(f"bootstrap.servers={broker.bootstrap}\ntest.timeout.multiplier=4\n")
            environment = {name: value for name, value in os.environ.items()
                           if name not in ("CI", "TEST_CONSUMER_GROUP_PROTOCOL")} | {
                "TESTS": test.number, "TEST_REPORT": str(report), "RDKAFKA_TEST_CONF": str(conf),
                "BROKERS": broker.bootstrap, "KAFKA_PATH": str(scripts), "TEST_KAFKA_VERSION": "4.3.0.0",
                "LD_LIBRARY_PATH": f"{folder}/src:{folder}/src-cpp"} | test.environment
            if protocol == "consumer":
                environment["TEST_CONSUMER_GROUP_PROTOCOL"] = "consumer"
            environment = {name: value for name, value in environment.items() if value}
            process = subprocess.Popen(command, cwd=folder / "tests", env=environment, stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                process.wait(SECONDS_MAX)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            crash = broker.ended()
    except brokers.CannotStart as error:
        return {name: ("failed", 0, f"the broker does not start: {error}") for name in test.names}
    text = log.read_text(errors="replace")
    if crash is not None:
        return {name: ("failed", time.monotonic() - start, f"the broker ended: {crash[-300:]}") for name in test.names}
    outcome = reported(report, text)
    if outcome is None:
        return {name: ("failed", time.monotonic() - start, last_failure(text)) for name in test.names}
    return outcome


def reported(report, log):
    """What the program's report says of each test; None if it did not come to write one, as after a time-out."""
    try:
        tests = json.loads(report.read_text())["tests"]
    except (OSError, ValueError):
        return None
    reasons = dict(re.findall(r"\|\S*\s(\d{4}_\w+)\s+\|\s+(?:FAILED|SKIPPED)\S*\s\|[^|]*\|\S*\s([^\x1b\n]*)", log))
    outcome = {}
    for name, test in tests.items():
        if name == "<MAIN>" or test["state"] == "NOT STARTED":
            continue
        state = {"PASSED": "passed", "SKIPPED": "skipped"}.get(test["state"], "failed")
        why = reasons.get(name, "").strip()
        if state == "failed" and not why:
            why = last_failure(log)
        outcome[name] = (state, test["duration"], why if state != "passed" else "")
    return outcome


def last_failure(log):
    """The first failure that the program tells; what comes after, such as threads that are left, follows from it."""
    log = re.sub(r"\x1b\[[0-9;]*m", "", log)
    found = re.search(r'### Test "([^"]*)" failed at (\S+?):?\S*\(\).*?###\n(.*)', log)
    if found:
        return f"{found[1]}: {found[3]}"[:300]
    return (log.strip().splitlines() or ["it ended without a word"])[-1][:300]
