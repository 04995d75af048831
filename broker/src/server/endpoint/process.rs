//! What the kernel counts of this process.

/// What `/proc` counts time in; 100 a second on every Linux that runs today.
const TICKS_PER_SECOND: f64 = 100.0;
const PAGE_BYTES: u64 = 4_096;

/// One look at the process; 0 where the kernel says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Process {
    pub(super) cpu_seconds: f64,
    pub(super) resident_bytes: u64,
    pub(super) private_bytes: u64,
    pub(super) virtual_bytes: u64,
    pub(super) threads: u64,
    pub(super) open_files: u64,
    pub(super) files_max: u64,
}

impl Process {
    /// Reads `/proc`; all zero where there is none.
    pub(super) fn look() -> Self {
        let text = |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        let mut process = parse(&text("stat"), &text("statm"), &text("limits")).unwrap_or_default();
        process.open_files = std::fs::read_dir("/proc/self/fd").map_or(0, |files| files.count() as u64);
        process
    }
}

fn parse(stat: &str, statm: &str, limits: &str) -> Option<Process> {
    // The second field is the program's name in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<f64>().ok();
    let mut pages = statm.split_whitespace().map_while(|word| word.parse::<u64>().ok());
    let (size, resident, shared) = (pages.next()?, pages.next()?, pages.next()?);
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    Some(Process {
        cpu_seconds: (number(11)? + number(12)?) / TICKS_PER_SECOND,
        resident_bytes: resident * PAGE_BYTES,
        private_bytes: resident.saturating_sub(shared) * PAGE_BYTES,
        virtual_bytes: size * PAGE_BYTES,
        threads: fields.get(17)?.parse().ok()?,
        open_files: 0,
        files_max: files.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read() {
        let stat = "7 (a) b) c) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 3 0 1 2 3";
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n";
        let process = parse(stat, "100 20 5 1 0 1 0", limits).unwrap();
        assert_eq!((process.cpu_seconds, process.threads, process.files_max), (3.0, 3, 1_024));
        assert_eq!((process.resident_bytes, process.private_bytes), (20 * 4_096, 15 * 4_096));
        assert_eq!(parse("", "", ""), None);
    }
}
