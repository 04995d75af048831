//! What a task has to remember beside its stores, as it goes along with the offsets of its inputs: stream time and the
//! numbers of its steps. So it changes in the same transaction as they do, and is found by whoever takes the task over.
//!
//! The text is JSON: numbers by step. A broker takes 4,096 bytes with each offset (`offset.metadata.max.bytes`); a
//! longer text is cut, and its pieces go along with the inputs in their order. Pure.

use std::collections::BTreeMap;

use riverrun_core::client::{CommittedOffset, TopicPartition};
use riverrun_core::{Error, ErrorKind, Result};

/// Bytes of one piece.
const PIECE_BYTES: usize = 4_000;

/// Numbers by step.
pub(crate) type Numbers = BTreeMap<String, Vec<i64>>;

/// The offsets to commit, with the numbers.
pub(crate) fn attach(
    positions: impl IntoIterator<Item = (TopicPartition, i64)>,
    numbers: &Numbers,
) -> BTreeMap<TopicPartition, CommittedOffset> {
    // A map of texts to lists of numbers cannot fail to serialise.
    let text = serde_json::to_string(numbers).unwrap_or_default();
    let mut offsets: BTreeMap<TopicPartition, CommittedOffset> =
        positions.into_iter().map(|(name, at)| (name, CommittedOffset::new(at))).collect();
    let (mut rest, mut inputs) = (text.as_str(), offsets.len());
    for committed in offsets.values_mut() {
        inputs -= 1;
        // What does not fit at all is for the broker to refuse: it may take more than others.
        let piece = if inputs == 0 { rest } else { &rest[..rest.floor_char_boundary(PIECE_BYTES)] };
        committed.metadata = piece.to_owned();
        rest = &rest[piece.len()..];
    }
    offsets
}

/// The numbers that came along with committed offsets; `None` if somebody else committed them.
///
/// # Errors
/// [`ErrorKind::Corrupt`] when the text is there and cannot be read.
pub(crate) fn detach(committed: &BTreeMap<TopicPartition, CommittedOffset>) -> Result<Option<Numbers>> {
    let text: String = committed.values().map(|committed| committed.metadata.as_str()).collect();
    if !text.starts_with('{') {
        return Ok(None);
    }
    serde_json::from_str(&text).map(Some).map_err(|error| {
        let inputs: Vec<String> = committed.keys().map(ToString::to_string).collect();
        let message = format!(
            "what was committed with the offsets of {} is not what this application commits; reset the application",
            inputs.join(", ")
        );
        Error::new(ErrorKind::Corrupt, message).with_source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(numbers: &Numbers, inputs: i32) -> Vec<usize> {
        let positions = (0..inputs).map(|at| (TopicPartition::new("t", at), i64::from(at)));
        let offsets = attach(positions, numbers);
        assert!(offsets.iter().all(|(name, committed)| committed.offset == i64::from(name.partition)));
        assert_eq!(detach(&offsets).unwrap().as_ref(), Some(numbers));
        offsets.values().map(|committed| committed.metadata.len()).collect()
    }

    #[test]
    fn numbers_come_back_whole_or_in_pieces() {
        assert_eq!(check(&Numbers::new(), 1), [2]);
        let few = [("/time".to_owned(), vec![-1, i64::MIN]), ("Fenster \"ä\";=".to_owned(), vec![7])].into();
        check(&few, 1);
        let many: Numbers = (0..200).map(|at| (format!("schritt-ä-{at}"), vec![i64::MAX; 3])).collect();
        let pieces = check(&many, 4);
        assert!(pieces[..3].iter().all(|piece| (3_900..=4_000).contains(piece)), "{pieces:?}");
    }

    #[test]
    fn what_others_commit_holds_no_numbers() {
        let committed = |metadata: &str| {
            let committed = CommittedOffset { metadata: metadata.to_owned(), ..CommittedOffset::new(1) };
            BTreeMap::from([(TopicPartition::new("t", 0), committed)])
        };
        assert_eq!(detach(&BTreeMap::new()).unwrap(), None);
        assert_eq!(detach(&committed("")).unwrap(), None);
        assert_eq!(detach(&committed("by hand")).unwrap(), None);
        assert_eq!(detach(&committed("{cut")).unwrap_err().kind(), ErrorKind::Corrupt);
    }
}
