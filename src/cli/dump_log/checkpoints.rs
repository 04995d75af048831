//! Checkpoints: small text files with a version, a number of entries, and the entries.

use std::path::Path;

use riverrun::Result;
use serde_json::{Value, json};

use super::{Sheet, read};

/// The leader epochs of a partition, each with its first offset.
pub(super) fn epochs(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(&["leader_epoch", "start_offset"]);
    entries(file, sheet, |words| match words {
        [epoch, offset] => Some(vec![json!(epoch.parse::<i32>().ok()?), json!(offset.parse::<i64>().ok()?)]),
        _ => None,
    })
}

/// Offsets of partitions.
pub(super) fn offsets(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(&["topic", "partition", "offset"]);
    entries(file, sheet, |words| match words {
        [topic, partition, offset] => Some(vec![
            json!(topic),
            json!(partition.parse::<i32>().ok()?),
            json!(offset.parse::<i64>().ok()?),
        ]),
        _ => None,
    })
}

fn entries(file: &Path, sheet: &mut Sheet<'_>, parse: impl Fn(&[&str]) -> Option<Vec<Value>>) -> Result<()> {
    let bytes = read(file)?;
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return sheet.damage(0, "the file is no text");
    };
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        lines.push((at as u64, line.trim_end()));
        at += line.len();
    }
    if lines.first().is_none_or(|(_, line)| *line != "0") {
        return sheet.damage(0, "the first line is not the version, 0");
    }
    let Some(count) = lines.get(1).and_then(|(_, line)| line.parse::<usize>().ok()) else {
        return sheet.damage(
            lines.get(1).map_or(at as u64, |(at, _)| *at),
            "the second line is not the number of entries",
        );
    };
    let rest: Vec<_> = lines.iter().skip(2).filter(|(_, line)| !line.is_empty()).collect();
    for (at, line) in &rest {
        match parse(&line.split(' ').collect::<Vec<_>>()) {
            Some(row) => sheet.row(row)?,
            None => sheet.damage(*at, &format!("'{line}' is no entry"))?,
        }
    }
    if rest.len() != count {
        sheet.damage(at as u64, &format!("the file says {count} entries, but has {}", rest.len()))?;
    }
    Ok(())
}
