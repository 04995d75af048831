"""Gets the suites by their registries' own clients, and builds them once into the cache."""

import os
import pathlib
import shutil
import subprocess
import tarfile

from brokers import HERE, KAFKA

CACHE = pathlib.Path(os.environ.get("RIVERRUN_CACHE", pathlib.Path.home() / ".cache" / "riverrun")) / "compat"
JAVASCRIPT_CLIENT = "@confluentinc/kafka-javascript@1.10.1"
KAFKA_PYTHON = "kafka-python==3.0.12"
# One node holds one replica: where a test asks for three, its topic gets what there is.
REPLICAS = [("NewTopic_new(topicname, partition_cnt, replication_factor,",
             "NewTopic_new(topicname, partition_cnt, replication_factor > 1 ? 1 : replication_factor,"),
            ("topicname, replication_factor, partition_cnt);", "topicname, 1, partition_cnt);")]


QUICK = ["librdkafka-2.12.1", "kafka-python"]


def fetch(names):
    import rust_crates

    for suite, about in rust_crates.SUITES.items():
        makers[suite] = lambda suite=suite, about=about: crate(suite, about["crate"], about["features"])
    wanted = QUICK if names == ["quick"] else names or list(makers)
    for name in wanted:
        makers[name]()
    return True


def once(name, make):
    """The folder `name` of the cache, made if it is not whole."""
    folder = CACHE / name
    if not (folder / ".made").exists():
        print(f"suite: making {folder}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        (folder / ".made").touch()
    return folder


def do(*command, cwd, **environment):
    log = cwd / ".make.log"
    with open(log, "a") as out:
        done = subprocess.run(command, cwd=cwd, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                              env=os.environ | environment)
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise SystemExit(f"suite: {' '.join(map(str, command))} failed in {cwd}:\n{tail}")


def crates():
    """The crates whose tests are run, and all that they need, as folders."""

    def make(folder):
        for name in ("Cargo.toml", "Cargo.lock"):
            shutil.copy(HERE / "crates" / name, folder)
        (folder / "nothing.rs").touch()
        do("cargo", "vendor", "--locked", "--versioned-dirs", "vendor", cwd=folder)

    return once("crates", make)


CRATE_TESTS = ["cargo", "test", "--locked", "--lib", "--tests"]


def crate_environment(source):
    return {"CARGO_TARGET_DIR": str(source.parent / "target"), "CARGO_TERM_COLOR": "never"}


def crate(name, versioned, features):
    """A crate's own folder as a workspace of its own, its tests built with the versions that it was published with."""

    def make(folder):
        source = folder / "source"
        shutil.copytree(crates() / "vendor" / versioned, source)
        # Whichever Rust is here will do.
        (source / "rust-toolchain.toml").unlink(missing_ok=True)
        with open(source / "Cargo.toml", "a") as manifest:
            manifest.write("\n[workspace]\n")
        do(*CRATE_TESTS, "--features", features, "--no-run", cwd=source, **crate_environment(source))

    return once(name, make) / "source"


def librdkafka(version):
    def make(folder):
        if version == "2.12.1":
            [origin] = (crates() / "vendor").glob("rdkafka-sys-*/librdkafka")
        else:
            do("npm", "pack", JAVASCRIPT_CLIENT, cwd=folder)
            [archive] = folder.glob("*.tgz")
            with tarfile.open(archive) as packed:
                packed.extractall(folder / "unpacked", filter="data")
            origin = folder / "unpacked" / "package" / "deps" / "librdkafka"
        shutil.copytree(origin, folder, dirs_exist_ok=True)
        shutil.rmtree(folder / "unpacked", ignore_errors=True)
        source = folder / "tests" / "test.c"
        text = source.read_text()
        for before, after in REPLICAS:
            if text.count(before) != 1:
                raise SystemExit(f"suite: {source} is not as expected: '{before}' stands there {text.count(before)} times")
            text = text.replace(before, after)
        source.write_text(text)
        for script in ("configure", "lds-gen.py", "tests/run-test.sh", "tests/java/run-class.sh"):
            if (folder / script).exists():
                (folder / script).chmod(0o755)
        do("./configure", "--disable-gssapi", "--disable-curl", cwd=folder)
        do("make", f"-j{os.environ.get('MAKE_JOBS', os.cpu_count())}", "libs", cwd=folder)
        do("make", f"-j{os.environ.get('MAKE_JOBS', os.cpu_count())}", "-C", "tests", "test-runner", cwd=folder)
        for built in [*folder.rglob("*.o"), *folder.rglob("*.d")]:
            built.unlink()

    return once(f"librdkafka-{version}", make)


def kafka_scripts():
    """A folder like that of a Kafka distribution, for tests that call its scripts: thin wrappers over the jars."""
    tools = {"kafka-topics": "org.apache.kafka.tools.TopicCommand", "kafka-acls": "org.apache.kafka.tools.AclCommand",
             "kafka-configs": "org.apache.kafka.tools.ConfigCommand", "kafka-run-class": ""}

    def make(folder):
        jars = subprocess.run([KAFKA, "jars"], check=True, capture_output=True, text=True).stdout.strip()
        (folder / "libs").symlink_to(jars)
        (folder / "bin").mkdir()
        for name, tool in tools.items():
            script = folder / "bin" / f"{name}.sh"
            script.write_text('#!/bin/sh\nexec java -Xmx256m -XX:TieredStopAtLevel=1 '
                              f'-cp "${{CLASSPATH:+$CLASSPATH:}}{jars}/*" {tool} "$@"\n')
            script.chmod(0o755)

    return once("kafka-scripts", make)


def kafka_python():
    """The source distribution with what it leaves out: empty packages, and a service that is never started."""

    def make(folder):
        do("python3", "-m", "venv", folder / "env", cwd=folder)
        pip = folder / "env" / "bin" / "pip"
        do(pip, "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt", cwd=folder)
        do(pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", "kafka-python",
           "-d", folder, KAFKA_PYTHON, cwd=folder)
        [archive] = folder.glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        [source] = [path for path in folder.glob("kafka_python-*") if path.is_dir()]
        source.rename(folder / "source")
        test = folder / "source" / "test"
        (test / "__init__.py").touch()
        (test / "service.py").write_text("class ExternalService:\n    def __init__(self, host, port):\n"
                                         "        self.host, self.port = host, port\n\n    def open(self):\n        pass\n\n"
                                         "    def close(self):\n        pass\n\n\n"
                                         "class SpawnedService:\n    pass\n")

    return once("kafka-python", make)


makers = {"librdkafka-2.12.1": lambda: librdkafka("2.12.1"), "librdkafka-2.15.1": lambda: librdkafka("2.15.1"),
          "kafka-python": kafka_python}
