//! The README's commands, run as they stand there.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::binary::{Serve, riverrun, run_with};

#[test]
fn the_commands_of_the_readme_work() {
    let readme = include_str!("../../README.md");
    let (_, marked) = readme.split_once("<!-- Run by tests/it/readme.rs. -->\n```sh\n").unwrap();
    let (script, _) = marked.split_once("```").unwrap();
    let folder = TempDir::new().unwrap();
    let serve = Serve::start(folder.path(), &["-o", "group.initial.rebalance.delay.ms=0"]);
    // The shell finds the binary under test by its name.
    let program = Path::new(riverrun().get_program()).to_owned();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).env("PATH", path).env("NO_COLOR", "1");
    command.env("RIVERRUN_BOOTSTRAP_SERVER", &serve.address);
    let output = run_with(command, b"");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for expected in ["created topic 'greetings' with 2 partitions", "1 record sent", "en\thello", "LAG"] {
        assert!(text.contains(expected), "'{expected}' is not in:\n{text}");
    }
}
