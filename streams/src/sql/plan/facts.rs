//! What is known of a step's rows before any row came.

use crate::sql::window::Windows;

/// Windows among a step's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WindowFacts {
    pub(crate) windows: Windows,
    /// The columns of the window's start and end, as far as they are still there.
    pub(crate) start: Option<usize>,
    pub(crate) end: Option<usize>,
    /// Whether the watermark tells when a window is complete.
    pub(crate) watermarked: bool,
}

/// What is known of a step's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whether rows are only added.
    pub(crate) append: bool,
    /// Columns no two rows agree in.
    pub(crate) key: Option<Vec<usize>>,
    /// Columns that hold event time, so that the watermark speaks of them.
    pub(crate) times: Vec<usize>,
    /// Windows, where a window function is below.
    pub(crate) window: Option<WindowFacts>,
    /// Whether a window's rows come once, when it is complete.
    pub(crate) finally: bool,
}

impl Facts {
    /// The facts after columns were picked: `place` says where an old column is now, if it is.
    pub(crate) fn picked(&self, place: impl Fn(usize) -> Option<usize>) -> Facts {
        let key = self.key.as_ref().and_then(|key| key.iter().map(|column| place(*column)).collect());
        let window = self.window.as_ref().map(|window| WindowFacts {
            start: window.start.and_then(&place),
            end: window.end.and_then(&place),
            ..window.clone()
        });
        Facts {
            append: self.append,
            key,
            times: self.times.iter().filter_map(|column| place(*column)).collect(),
            window: window.filter(|window| window.start.is_some() || window.end.is_some()),
            finally: self.finally,
        }
    }
}
