"""Brokers to run a suite against: ours, or Apache Kafka through the script beside this folder."""

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
KAFKA = HERE.parent / "kafka" / "kafka"


class CannotStart(Exception):
    """The broker did not come up; the text is what it said."""


def binary(options):
    if options.binary:
        return pathlib.Path(options.binary).resolve()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "riverrun"


def start(options, configs):
    return Riverrun(binary(options), configs) if options.on == "riverrun" else Kafka(configs)


def free_port():
    """A port that nobody listens on, below the range from which outgoing connections are given theirs."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Riverrun:
    """Our broker on a free port with a new folder; gone with its folder at the end of a `with`."""

    def __init__(self, program, configs):
        self.program, self.configs = program, configs
        self.folder = tempfile.mkdtemp(prefix="riverrun-suite-")

    def __enter__(self):
        # Named in the configs, as a server.properties would: some tests look where a value comes from.
        at = f"PLAINTEXT://127.0.0.1:{free_port()}"
        command = [self.program, "serve", "--data-dir", f"{self.folder}/data"]
        for name, value in ({"listeners": at, "advertised.listeners": at} | self.configs).items():
            command += ["-o", f"{name}={value}"]
        self.log = open(f"{self.folder}/broker.log", "w+")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RIVERRUN_")}
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                        env=environment)
        deadline = time.monotonic() + 60
        while True:
            said = pathlib.Path(self.log.name).read_text()
            ready = re.search(r"is ready on (\S+)", said)
            if ready:
                self.bootstrap = ready.group(1)
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise CannotStart(said)
            time.sleep(0.02)

    def ended(self):
        """What the broker said, if it is not running any more."""
        return pathlib.Path(self.log.name).read_text() if self.process.poll() is not None else None

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Kafka:
    """Apache Kafka with the same configs."""

    def __init__(self, configs):
        self.configs = configs
        self.folder = tempfile.mkdtemp(prefix="kafka-suite-")

    def __enter__(self):
        settings = [f"{name}={value}" for name, value in self.configs.items()]
        if "node.id" in self.configs:
            # The script's quorum names node 1.
            port = os.environ.setdefault("KAFKA_CONTROLLER_PORT", "19093")
            settings.append(f"controller.quorum.voters={self.configs['node.id']}@127.0.0.1:{port}")
        started = subprocess.run([KAFKA, "start", self.folder, *settings], capture_output=True, text=True)
        if started.returncode != 0:
            self.__exit__()
            raise CannotStart(started.stderr)
        self.bootstrap = started.stdout.strip()
        return self

    def ended(self):
        return None

    def __exit__(self, *_):
        subprocess.run([KAFKA, "stop", self.folder], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
