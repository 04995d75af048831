//! The real binary as a child process: `riverrun serve` until it is stopped or killed, and its other commands.
//!
//! Shared by the test binaries that judge the program from outside. It knows command lines and process ids only.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a command may take before the test calls it hung.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A command of the binary under test, free of the environment's settings for it.
pub(crate) fn riverrun() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_riverrun"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RIVERRUN_") {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1");
    command
}

/// Runs a command with `input` on its standard input, to its end.
pub(crate) fn run_with(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A child that ends early closes the pipe: its exit code tells the story, not our write.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Runs `riverrun` with `arguments` and `input`; gives its standard output, or panics with what it said.
pub(crate) fn succeed(arguments: &[&str], input: &[u8]) -> String {
    let mut command = riverrun();
    command.args(arguments);
    let output = run_with(command, input);
    assert!(
        output.status.success(),
        "riverrun {arguments:?} ended with {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Runs `riverrun` with `arguments`, which must fail with `code`; gives its standard error.
pub(crate) fn fail(arguments: &[&str], code: i32) -> String {
    let mut command = riverrun();
    command.args(arguments);
    let output = run_with(command, b"");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "riverrun {arguments:?}: {errors}");
    errors
}

/// The JSON values in `text`, one per line.
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")))
        .collect()
}

/// A running `riverrun serve`.
pub(crate) struct Serve {
    child: Child,
    /// Where it listens, as HOST:PORT.
    pub address: String,
}

impl Serve {
    /// Starts it on a port that is free, and waits until it says that it is ready.
    pub(crate) fn start(data_dir: &Path, arguments: &[&str]) -> Serve {
        Serve::start_at("127.0.0.1:0", data_dir, arguments)
    }

    /// Starts it on `listen`, and waits until it says that it is ready.
    pub(crate) fn start_at(listen: &str, data_dir: &Path, arguments: &[&str]) -> Serve {
        let mut command = riverrun();
        command
            .args(["serve", "--output", "json", "--listen", listen, "--data-dir"])
            .arg(data_dir)
            .args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            let _ = child.kill();
            panic!("serve did not get ready: {error} in '{line}', ended with {:?}", child.wait())
        });
        Serve { child, address: ready["listen"].as_str().unwrap().to_owned() }
    }

    /// SIGKILL: no chance to say goodbye.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub(crate) fn stop(mut self) -> ExitStatus {
        terminate(&self.child);
        wait(&mut self.child)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a process to end, as `kill` and service supervisors do.
pub(crate) fn terminate(child: &Child) {
    // The standard library sends SIGKILL alone.
    let status = Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).status().unwrap();
    assert!(status.success(), "process {} is gone already", child.id());
}

/// Waits for the end of a process, but not for ever.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            panic!("process {} did not end within {DEADLINE:?}", child.id());
        }
        pause();
    }
}

/// Waits until `condition` gives a value; panics with `what` at the deadline.
pub(crate) fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        pause();
    }
}

/// Reads everything that is left of a pipe.
pub(crate) fn drain(pipe: Option<impl Read>) -> String {
    let mut text = String::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_string(&mut text).unwrap();
    }
    text
}

/// A moment between two looks at something.
#[expect(clippy::disallowed_methods, reason = "between two looks at a condition that has a deadline")]
fn pause() {
    std::thread::sleep(Duration::from_millis(10));
}
