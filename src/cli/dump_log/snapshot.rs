//! Producer snapshots.

use std::path::Path;

use riverrun::Result;
use riverrun::core::record::crc32c;
use serde_json::json;

use super::{Sheet, read};

const VERSION: i16 = 1;
const HEAD_BYTES: usize = 10;
const ROW_BYTES: usize = 46;

/// The producers of a snapshot.
pub(super) fn producers(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(&[
        "producer_id",
        "producer_epoch",
        "last_sequence",
        "last_offset",
        "offset_delta",
        "last_timestamp",
        "coordinator_epoch",
        "transaction_first_offset",
    ]);
    let bytes = read(file)?;
    let Some((head, rows)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        return sheet.damage(0, &format!("{} bytes are too few for a snapshot", bytes.len()));
    };
    let version = i16::from_be_bytes([head[0], head[1]]);
    if version != VERSION {
        return sheet.damage(0, &format!("the snapshot has version {version}, expected {VERSION}"));
    }
    let (expected, found) = (u32::from_be_bytes([head[2], head[3], head[4], head[5]]), crc32c(&bytes[6..]));
    if expected != found {
        sheet.damage(2, &format!("the checksum is {found:08x}, the file says {expected:08x}"))?;
    }
    let count = u32::from_be_bytes([head[6], head[7], head[8], head[9]]) as usize;
    if rows.len() != count.saturating_mul(ROW_BYTES) {
        sheet.damage(6, &format!("the file says {count} rows, but has {} bytes for them", rows.len()))?;
    }
    for row in rows.chunks_exact(ROW_BYTES) {
        let long = |at: usize| row[at..].first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
        let int = |at: usize| row[at..].first_chunk().map_or(0, |bytes| i32::from_be_bytes(*bytes));
        let open = Some(long(38)).filter(|offset| *offset >= 0);
        sheet.row(vec![
            json!(long(0)),
            json!(i16::from_be_bytes([row[8], row[9]])),
            json!(int(10)),
            json!(long(14)),
            json!(int(22)),
            json!(long(26)),
            json!(int(34)),
            json!(open),
        ])?;
    }
    Ok(())
}
