//! The async runtimes that commands run on, and how a command is told to stop.

use riverrun::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// For a client: one thread is quick to start and enough.
pub(crate) fn of_one_thread() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().map_err(cannot_start)
}

/// For a broker: a thread for each core.
pub(crate) fn of_all_cores() -> Result<Runtime> {
    Builder::new_multi_thread().enable_all().build().map_err(cannot_start)
}

fn cannot_start(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, "the async runtime does not start").with_source(error)
}

/// Returns when the process is asked to end: SIGINT (Ctrl-C) or SIGTERM. From the first call on these signals no
/// longer end it by themselves.
pub(crate) struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    pub(crate) fn listen() -> Result<Stop> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Error::new(ErrorKind::Internal, "cannot listen for signals").with_source(error)
            })
        };
        Ok(Stop { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    pub(crate) async fn asked_for(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
