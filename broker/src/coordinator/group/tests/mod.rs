//! Groups driven by text: a script of requests and ticks in, a transcript of records, replies and deadlines out.

mod consumer;
mod goldens;
mod properties;
mod script;
mod wire;

/// Runs a script and returns its transcript.
fn run(script: &str) -> String {
    let mut stage = script::Stage::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        stage.play(line);
        stage.check();
    }
    stage.transcript
}
