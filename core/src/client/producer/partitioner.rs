//! Which partition a record without a key goes to. Pure.

/// Stays with one partition until about one batch went there, then draws another (KIP-480, KIP-794): full batches,
/// evenly spread.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sticky {
    current: Option<i32>,
    bytes: usize,
}

impl Sticky {
    /// The partition for a record of `record_bytes`; `draw` gives 64 random bits when another must be chosen.
    ///
    /// `available` are the partitions that have a leader; where none has, any of `partitions` will do.
    pub(super) fn choose(
        &mut self,
        partitions: i32,
        available: &[i32],
        record_bytes: usize,
        batch_bytes: usize,
        draw: impl FnOnce() -> u64,
    ) -> i32 {
        let stays = self.bytes < batch_bytes
            && self.current.is_some_and(|current| {
                current < partitions && (available.is_empty() || available.binary_search(&current).is_ok())
            });
        let current = match self.current {
            Some(current) if stays => current,
            previous => {
                self.bytes = 0;
                draw_other(partitions, available, previous, draw())
            }
        };
        self.current = Some(current);
        self.bytes += record_bytes;
        current
    }
}

/// One of the candidates, not `previous` if there is another.
fn draw_other(partitions: i32, available: &[i32], previous: Option<i32>, random: u64) -> i32 {
    let count = if available.is_empty() { partitions.max(1) as usize } else { available.len() };
    let candidate = |at: usize| if available.is_empty() { at as i32 } else { available[at] };
    let at = (random % count as u64) as usize;
    let chosen = candidate(at);
    if Some(chosen) == previous { candidate((at + 1) % count) } else { chosen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_for_a_batch_then_moves() {
        let mut sticky = Sticky::default();
        let mut random = 0_u64;
        let mut chosen = Vec::new();
        for _ in 0..40 {
            chosen.push(sticky.choose(3, &[0, 1, 2], 25, 100, || {
                random += 1;
                random
            }));
        }
        for batch in chosen.chunks(4) {
            assert!(batch.iter().all(|partition| *partition == batch[0]), "{chosen:?}");
        }
        assert!(
            chosen.chunks(4).zip(chosen[4..].chunks(4)).all(|(now, next)| now[0] != next[0]),
            "{chosen:?}"
        );
    }

    #[test]
    fn leaves_a_partition_without_a_leader() {
        let mut sticky = Sticky::default();
        assert_eq!(sticky.choose(2, &[0], 1, 100, || 7), 0);
        assert_eq!(sticky.choose(2, &[1], 1, 100, || 7), 1);
        assert!((0..2).contains(&sticky.choose(2, &[], 1, 100, || 7)));
    }
}
