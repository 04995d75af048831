//! Windows over event time: which ones a time belongs to, and the table functions TUMBLE, HOP and CUMULATE.
//!
//! Knows window arithmetic and how a call becomes a plan. Must never know state, watermarks or topics.

mod lower;
mod node;
mod relation;
#[cfg(test)]
mod tests;

pub(crate) use lower::{ticks, ticks_per_ms};
pub(crate) use node::WindowAssign;
pub(crate) use relation::{Resolve, WindowFunctions};

/// The columns that a window function adds behind those of its relation.
pub(crate) const WINDOW_COLUMNS: [&str; 3] = ["window_start", "window_end", "window_time"];

/// A way to cut time into windows. Windows begin at multiples of their step from 1970 plus the offset, and hold times
/// from their start to below their end. All lengths are positive milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum WindowKind {
    /// Windows side by side.
    Tumble { size_ms: i64 },
    /// Windows of one size, one beginning with each slide.
    Hop { slide_ms: i64, size_ms: i64 },
    /// Windows that begin together and end with each step up to the largest size.
    Cumulate { step_ms: i64, size_ms: i64 },
}

/// Windows with their offset from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Windows {
    pub(crate) kind: WindowKind,
    pub(crate) offset_ms: i64,
}

impl Windows {
    /// Calls `each` with start and end of every window that holds `time`, by end. Times are in ticks of
    /// `1 / per_ms` milliseconds if `per_ms` is positive; windows beyond what an i64 holds are left out.
    pub(crate) fn of(&self, time: i64, ticks_per_ms: i64, mut each: impl FnMut(i64, i64)) {
        let ticks = |ms: i64| ms.checked_mul(ticks_per_ms);
        let Some(offset) = ticks(self.offset_ms) else { return };
        let floor = |step: i64| {
            let moved = time.checked_sub(offset)?;
            moved.checked_sub(moved.rem_euclid(step))?.checked_add(offset)
        };
        match self.kind {
            WindowKind::Tumble { size_ms } => {
                let Some(size) = ticks(size_ms) else { return };
                if let Some((start, end)) =
                    floor(size).and_then(|start| Some((start, start.checked_add(size)?)))
                {
                    each(start, end);
                }
            }
            WindowKind::Hop { slide_ms, size_ms } => {
                let (Some(slide), Some(size)) = (ticks(slide_ms), ticks(size_ms)) else { return };
                let Some(last) = floor(slide) else { return };
                // The earliest window that still holds the time begins just above time - size.
                let mut back = (size - 1 - (time - last)).div_euclid(slide);
                while back >= 0 {
                    if let Some(start) = back.checked_mul(slide).and_then(|back| last.checked_sub(back))
                        && let Some(end) = start.checked_add(size)
                    {
                        each(start, end);
                    }
                    back -= 1;
                }
            }
            WindowKind::Cumulate { step_ms, size_ms } => {
                let (Some(step), Some(size)) = (ticks(step_ms), ticks(size_ms)) else { return };
                let Some(start) = floor(size) else { return };
                let mut length = ((time - start) / step + 1) * step;
                while length <= size {
                    if let Some(end) = start.checked_add(length) {
                        each(start, end);
                    }
                    length += step;
                }
            }
        }
    }

    /// How many windows hold one time, at most.
    pub(crate) fn per_row(&self) -> i64 {
        match self.kind {
            WindowKind::Tumble { .. } => 1,
            WindowKind::Hop { slide_ms, size_ms } => (size_ms + slide_ms - 1) / slide_ms,
            WindowKind::Cumulate { step_ms, size_ms } => size_ms / step_ms,
        }
    }
}

impl std::fmt::Display for Windows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            WindowKind::Tumble { size_ms } => write!(f, "TUMBLE size={size_ms}ms")?,
            WindowKind::Hop { slide_ms, size_ms } => write!(f, "HOP slide={slide_ms}ms size={size_ms}ms")?,
            WindowKind::Cumulate { step_ms, size_ms } => {
                write!(f, "CUMULATE step={step_ms}ms size={size_ms}ms")?
            }
        }
        if self.offset_ms != 0 {
            write!(f, " offset={}ms", self.offset_ms)?;
        }
        Ok(())
    }
}
