//! CPU time and memory of a process, as the kernel counts them.

use serde_json::{Value, json};

/// What `/proc` counts time in; 100 a second on every Linux that runs today.
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process has used so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    cpu_seconds: f64,
    memory_bytes: u64,
    /// The part of that which is not a file's.
    private_bytes: u64,
    memory_peak_bytes: u64,
}

/// What a process used between two moments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// User and system time together.
    pub(crate) cpu_seconds: f64,
    memory_bytes: u64,
    memory_peak_bytes: u64,
}

/// The process whose use is read: our own, or another by its id.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Process {
    Own,
    Other(u32),
}

impl Usage {
    /// `None` where there is no `/proc`, or no such process.
    pub(crate) fn of(process: Process) -> Option<Usage> {
        let folder = match process {
            Process::Own => "/proc/self".to_owned(),
            Process::Other(id) => format!("/proc/{id}"),
        };
        let stat = std::fs::read_to_string(format!("{folder}/stat")).ok()?;
        let status = std::fs::read_to_string(format!("{folder}/status")).ok()?;
        parse(&stat, &status)
    }

    /// Bytes in memory, and the part of them that is not a file's.
    pub(crate) fn memory(&self) -> (u64, u64) {
        (self.memory_bytes, self.private_bytes)
    }

    pub(crate) fn until(self, later: Usage) -> Used {
        Used {
            cpu_seconds: later.cpu_seconds - self.cpu_seconds,
            memory_bytes: later.memory_bytes,
            memory_peak_bytes: later.memory_peak_bytes,
        }
    }
}

fn parse(stat: &str, status: &str) -> Option<Usage> {
    // The second field is the program's name in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
    };
    Some(Usage {
        cpu_seconds: (user + system) / TICKS_PER_SECOND,
        memory_bytes: bytes("VmRSS:")?,
        private_bytes: bytes("RssAnon:").unwrap_or(0),
        memory_peak_bytes: bytes("VmHWM:")?,
    })
}

impl Used {
    pub(crate) fn text(&self, seconds: f64) -> String {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        format!(
            "{:.2} s ({:.0} % of a core), {:.1} MiB at the end, {:.1} MiB at most",
            self.cpu_seconds,
            100.0 * self.cpu_seconds / seconds,
            mib(self.memory_bytes),
            mib(self.memory_peak_bytes)
        )
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "cpu_seconds": self.cpu_seconds,
            "memory_bytes": self.memory_bytes,
            "memory_peak_bytes": self.memory_peak_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        let stat = "7 (a) b) c) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 3 0 1 2 3";
        let usage = parse(stat, "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n").unwrap();
        assert_eq!((usage.cpu_seconds, usage.memory_bytes, usage.memory_peak_bytes), (3.0, 1 << 20, 2 << 20));
        assert!(parse("", "").is_none());
    }
}
