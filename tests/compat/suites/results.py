"""What came out: one JSON file per run, a verdict against what is expected, and the table for people."""

import collections
import datetime
import fnmatch
import json
import os
import pathlib
import subprocess
import tomllib

from brokers import HERE, ROOT

STATES = ["passed", "failed", "skipped"]


def folder(options):
    if options.results:
        path = pathlib.Path(options.results)
    else:
        path = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "compat"
    path.mkdir(parents=True, exist_ok=True)
    return path


class Run:
    """The results of one suite in one variant on one broker, kept in a file as they come."""

    def __init__(self, options, suite, version, variant, is_part):
        self.suite, self.version, self.variant, self.on = suite, version, variant, options.on
        self.name = "-".join(part for part in (suite, version, variant, "on", options.on) if part)
        self.is_part = is_part
        self.tests = {}
        self.path = folder(options) / f"{self.name}{'-part' if is_part else ''}.json"
        self.logs = folder(options) / "logs" / self.name
        self.logs.mkdir(parents=True, exist_ok=True)
        print(f"=== {self.name}", flush=True)

    def add(self, test, state, seconds, why="", tries=1):
        self.tests[test] = {"state": state, "seconds": round(seconds, 1), "why": why, "tries": tries}
        again = f" (try {tries})" if tries > 1 else ""
        print(f"{state:8}{test}{again} ({seconds:.1f} s){': ' + why if why else ''}", flush=True)
        self.save()

    def save(self):
        about = {"suite": self.suite, "version": self.version, "variant": self.variant, "broker": self.on,
                 "commit": commit(), "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                 "tests": dict(sorted(self.tests.items()))}
        part = self.path.with_suffix(".new")
        part.write_text(json.dumps(about, indent=1) + "\n")
        part.replace(self.path)

    def verdict(self):
        """Whether all is as expected; says what is not."""
        counts = collections.Counter(result["state"] for result in self.tests.values())
        surprises = []
        for test, result in self.tests.items():
            if result["state"] == "failed" and self.on == "riverrun" and not expectation(self, test):
                surprises.append(test)
        print(f"{self.name}: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
        for test in surprises:
            print(f"  unexpected: {test}: {self.tests[test]['why']}")
        return not surprises and (counts["passed"] > 0 or self.on == "kafka")


def commit():
    asked = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return asked.stdout.strip()


def expectation(run, test):
    """The entry of expectations.toml that says why this test need not pass, if there is one."""
    with open(HERE / "expectations.toml", "rb") as file:
        entries = tomllib.load(file)["not_expected"]
    for entry in entries:
        if (entry["suite"] == run.suite and fnmatch.fnmatch(test, entry["test"])
                and run.version in entry.get("versions", [run.version])
                and run.variant in entry.get("variants", [run.variant])):
            return entry
    return None


class Saved:
    """A run as its file tells it."""

    def __init__(self, path):
        self.__dict__.update(json.loads(path.read_text()))


def table(folders):
    rows = []
    for place in folders:
        for path in sorted(pathlib.Path(place).glob("*.json")):
            if path.stem.endswith("-part"):
                continue
            run = Saved(path)
            counts = collections.Counter(result["state"] for result in run.tests.values())
            listed = sum(1 for test, result in run.tests.items()
                         if result["state"] == "failed" and expectation(run, test))
            retried = sum(1 for result in run.tests.values() if result["state"] == "passed" and result["tries"] > 1)
            rows.append((run.suite, run.version, run.variant or "–", run.broker, counts["passed"], listed,
                         counts["failed"] - listed, counts["skipped"], retried))
    print("| suite | version | protocol | broker | passed | failed, listed | failed, not listed | skipped by itself "
          "| passed at the second try |")
    print("|---|---|---|---|---:|---:|---:|---:|---:|")
    for row in sorted(rows):
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    return True
