//! Indexes: their entries, and whether the log beside them agrees.

use std::path::{Path, PathBuf};

use riverrun::Result;
use serde_json::json;

use super::batches::{Found, Segment};
use super::{Sheet, base_offset, read};

const OFFSET_BYTES: usize = 8;
const TIME_BYTES: usize = 12;
const ABORTED_BYTES: usize = 34;
const ABORTED_VERSION: i16 = 0;

/// A batch of the log beside an index.
#[derive(Clone, Copy, Debug)]
struct Place {
    position: u64,
    base_offset: i64,
    last_offset: i64,
    max_timestamp: i64,
}

/// The batches of the log beside an index, as far as they can be read; `None` if there is no log.
fn log_beside(file: &Path) -> Result<Option<Vec<Place>>> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((offset, rest)) = name.split_once('.') else { return Ok(None) };
    // A file that was renamed lies beside a log that was.
    let end = rest.split_once('.').map(|(_, end)| format!(".{end}")).unwrap_or_default();
    let log: PathBuf = file.with_file_name(format!("{offset}.log{end}"));
    if !log.exists() {
        return Ok(None);
    }
    let mut segment = Segment::open(&log)?;
    let mut places = Vec::new();
    while let Found::Batch(position, header, _) = segment.next()? {
        places.push(Place {
            position,
            base_offset: header.base_offset,
            last_offset: header.last_offset(),
            max_timestamp: header.max_timestamp,
        });
    }
    Ok(Some(places))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn i64_at(bytes: &[u8], at: usize) -> i64 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// The entries of an index: whole ones, up to the zeros that an index in use is padded with.
fn entries<const N: usize>(file: &Path, sheet: &mut Sheet<'_>) -> Result<Vec<(u64, [u8; N])>> {
    let bytes = read(file)?;
    let mut entries = Vec::new();
    for (place, chunk) in bytes.chunks(N).enumerate() {
        let at = (place * N) as u64;
        match <[u8; N]>::try_from(chunk) {
            Ok(entry) if entry == [0; N] && bytes[place * N..].iter().all(|byte| *byte == 0) && place > 0 => {
                break;
            }
            Ok(entry) => entries.push((at, entry)),
            Err(_) => sheet
                .damage(at, &format!("the last {} bytes are too few for an entry of {N}", chunk.len()))?,
        }
    }
    Ok(entries)
}

/// The entries of an offset index.
pub(super) fn offsets(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(&["offset", "position"]);
    let base = base_offset(file);
    let log = log_beside(file)?;
    let mut before: Option<(i64, u32)> = None;
    for (at, entry) in entries::<OFFSET_BYTES>(file, sheet)? {
        let (offset, position) = (base + i64::from(u32_at(&entry, 0)), u32_at(&entry, 4));
        sheet.row(vec![json!(offset), json!(position)])?;
        if let Some((last_offset, last_position)) = before
            && (offset <= last_offset || position <= last_position)
        {
            let what = format!(
                "offset {offset} at {position} follows offset {last_offset} at {last_position}: entries must grow"
            );
            sheet.damage(at, &what)?;
        }
        before = Some((offset, position));
        let Some(places) = &log else { continue };
        match places.binary_search_by_key(&u64::from(position), |place| place.position) {
            Err(_) => sheet.damage(at, &format!("no batch begins at byte {position} of the log"))?,
            Ok(found) => {
                let found = places[found];
                if !(found.base_offset..=found.last_offset).contains(&offset) {
                    let (first, last) = (found.base_offset, found.last_offset);
                    sheet.damage(
                        at,
                        &format!(
                            "the batch at byte {position} holds offsets {first} to {last}, not {offset}"
                        ),
                    )?;
                }
            }
        }
    }
    Ok(())
}

/// The entries of a time index.
pub(super) fn times(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(&["timestamp", "offset"]);
    let base = base_offset(file);
    let log = log_beside(file)?;
    let mut before: Option<(i64, i64)> = None;
    for (at, entry) in entries::<TIME_BYTES>(file, sheet)? {
        let (timestamp, offset) = (i64_at(&entry, 0), base + i64::from(u32_at(&entry, 8)));
        sheet.row(vec![json!(timestamp), json!(offset)])?;
        if let Some((last_timestamp, last_offset)) = before
            && (timestamp < last_timestamp || offset < last_offset)
        {
            let what = format!(
                "{timestamp} for offset {offset} follows {last_timestamp} for offset {last_offset}: entries must grow"
            );
            sheet.damage(at, &what)?;
        }
        before = Some((timestamp, offset));
        let Some(places) = &log else { continue };
        // No record up to the entry's offset may be later than the entry says.
        let later = places
            .iter()
            .take_while(|place| place.last_offset <= offset)
            .find(|place| place.max_timestamp > timestamp);
        if let Some(place) = later {
            let what = format!(
                "the batch at offset {} has timestamp {}, later than {timestamp}",
                place.base_offset, place.max_timestamp
            );
            sheet.damage(at, &what)?;
        }
    }
    Ok(())
}

/// The aborted transactions of a segment.
pub(super) fn aborted(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(&["producer_id", "first_offset", "last_offset", "last_stable_offset"]);
    let mut last_end = i64::MIN;
    for (at, entry) in entries::<ABORTED_BYTES>(file, sheet)? {
        let version = i16::from_be_bytes([entry[0], entry[1]]);
        let [producer, first, last, stable] = [2, 10, 18, 26].map(|place| i64_at(&entry, place));
        sheet.row(vec![json!(producer), json!(first), json!(last), json!(stable)])?;
        if version != ABORTED_VERSION {
            sheet.damage(at, &format!("the entry has version {version}, expected {ABORTED_VERSION}"))?;
        } else if first > last || last <= last_end {
            sheet.damage(
                at,
                &format!(
                    "a transaction from offset {first} to {last} cannot follow one that ends at {last_end}"
                ),
            )?;
        }
        last_end = last;
    }
    Ok(())
}
