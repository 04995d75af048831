//! What a task has done so far, to be read while it works.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*; $($(#[$gauge_doc:meta])* $gauge:ident,)*) => {
        /// Counters of one task. They only grow, restarts included.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($name: AtomicU64,)*
            $($gauge: AtomicU64,)*
            last_timestamp: AtomicI64,
        }

        /// The values of [`Counters`] at one moment.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
        pub struct Snapshot {
            $($(#[$doc])* pub $name: u64,)*
            $($(#[$gauge_doc])* pub $gauge: u64,)*
            /// The timestamp of the last record, in milliseconds since 1970.
            pub last_timestamp: i64,
        }

        impl Counters {
            /// The values now.
            pub fn snapshot(&self) -> Snapshot {
                Snapshot {
                    $($name: self.$name.load(Ordering::Relaxed),)*
                    $($gauge: self.$gauge.load(Ordering::Relaxed),)*
                    last_timestamp: self.last_timestamp.load(Ordering::Relaxed),
                }
            }

            $(pub(crate) fn $name(&self, more: u64) {
                self.$name.fetch_add(more, Ordering::Relaxed);
            })*
        }

        impl std::ops::Add for Snapshot {
            type Output = Snapshot;

            fn add(self, other: Snapshot) -> Snapshot {
                Snapshot {
                    $($name: self.$name + other.$name,)*
                    $($gauge: self.$gauge + other.$gauge,)*
                    last_timestamp: self.last_timestamp.max(other.last_timestamp),
                }
            }
        }
    };
}

counters! {
    /// Rows or records that came in, bad ones included.
    records_in,
    /// Records that went out and were acknowledged or stored.
    records_out,
    /// Records that were refused.
    records_bad,
    /// Records that were written to a dead-letter topic.
    dead_letters,
    /// Bytes of the values that went out.
    bytes_out,
    /// Commits.
    commits,
    /// Restarts after a failure.
    restarts,
    ;
    /// Units done for [`Progress`](crate::api::Progress), such as bytes on disk; the latest, not a sum.
    progress_done,
    /// Units in all; 0 where unknown.
    progress_total,
}

impl Counters {
    pub(crate) fn set_progress(&self, progress: crate::api::Progress) {
        self.progress_done.store(progress.done, Ordering::Relaxed);
        self.progress_total.store(progress.total.unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn set_last_timestamp(&self, timestamp: i64) {
        self.last_timestamp.store(timestamp, Ordering::Relaxed);
    }
}
