//! The transaction shard as text: a script of requests in, records and replies out.

mod goldens;
mod properties;
mod script;
mod wire;

use script::Stage;

/// Plays a script and gives its transcript.
fn run(script: &str) -> String {
    let mut stage = Stage::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        stage.play(line);
        stage.check();
    }
    stage.transcript
}
