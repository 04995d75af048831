//! The fields of one CSV row (RFC 4180), and a row out of fields.

use bytes::{Bytes, BytesMut};

/// Cuts a row into fields. A field without doubled quotes is a slice of the row.
///
/// A quote opens a field only at its start; what follows a closing quote up to the delimiter is kept as it is.
pub(super) fn split(row: &Bytes, delimiter: u8, quote: u8, fields: &mut Vec<Field>) {
    fields.clear();
    let mut at = 0;
    loop {
        let (field, next) = if row.get(at) == Some(&quote) {
            quoted(row, at, delimiter, quote)
        } else {
            let end =
                row[at..].iter().position(|&byte| byte == delimiter).map_or(row.len(), |found| at + found);
            (Field { bytes: row.slice(at..end), quoted: false }, end)
        };
        fields.push(field);
        if next >= row.len() {
            return;
        }
        at = next + 1;
    }
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) bytes: Bytes,
    /// Whether it stood in quotes; a quoted field is never the null marker.
    pub(super) quoted: bool,
}

fn quoted(row: &Bytes, start: usize, delimiter: u8, quote: u8) -> (Field, usize) {
    let mut text: Option<BytesMut> = None;
    let mut piece = start + 1;
    let mut at = piece;
    loop {
        match row.get(at) {
            Some(&byte) if byte == quote && row.get(at + 1) == Some(&quote) => {
                text.get_or_insert_default().extend_from_slice(&row[piece..=at]);
                at += 2;
                piece = at;
            }
            Some(&byte) if byte != quote => at += 1,
            _ => break,
        }
    }
    // `at` is the closing quote, or the end of the row.
    let after = (at + 1).min(row.len());
    let end =
        row[after..].iter().position(|&byte| byte == delimiter).map_or(row.len(), |found| after + found);
    let bytes = if text.is_none() && after == end {
        row.slice(piece..at)
    } else {
        let mut text = text.unwrap_or_default();
        text.extend_from_slice(&row[piece..at]);
        text.extend_from_slice(&row[after..end]);
        text.freeze()
    };
    (Field { bytes, quoted: true }, end)
}

/// Appends one field, in quotes where it needs them.
pub(super) fn write_field(out: &mut Vec<u8>, field: &str, delimiter: u8, quote: u8, always_quote: bool) {
    let special = |byte: u8| byte == delimiter || byte == quote || byte == b'\n' || byte == b'\r';
    if !always_quote && !field.bytes().any(special) {
        out.extend_from_slice(field.as_bytes());
        return;
    }
    out.push(quote);
    for byte in field.bytes() {
        if byte == quote {
            out.push(quote);
        }
        out.push(byte);
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(row: &str) -> Vec<(String, bool)> {
        let mut fields = Vec::new();
        split(&Bytes::copy_from_slice(row.as_bytes()), b',', b'"', &mut fields);
        let text = |field: Field| (String::from_utf8(field.bytes.to_vec()).unwrap(), field.quoted);
        fields.into_iter().map(text).collect()
    }

    #[test]
    fn quotes_are_taken_off() {
        let plain = |text: &str| (text.to_owned(), false);
        let quoted = |text: &str| (text.to_owned(), true);
        assert_eq!(fields("a,,c"), [plain("a"), plain(""), plain("c")]);
        assert_eq!(fields("a,"), [plain("a"), plain("")]);
        assert_eq!(fields(""), [plain("")]);
        assert_eq!(fields(r#""a,b","say ""hi""",x"y"#), [quoted("a,b"), quoted("say \"hi\""), plain("x\"y")]);
        assert_eq!(fields("\"\",\"two\nlines\""), [quoted(""), quoted("two\nlines")]);
    }

    proptest! {
        /// The crate `csv` reads the same fields out of the same row.
        #[test]
        fn agrees_with_the_csv_crate(row in "[a,\" ]{1,24}") {
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row.as_bytes());
            let mut theirs = ::csv::ByteRecord::new();
            prop_assume!(reader.read_byte_record(&mut theirs).unwrap());
            let theirs: Vec<String> =
                theirs.iter().map(|field| String::from_utf8(field.to_vec()).unwrap()).collect();
            let ours: Vec<String> = fields(&row).into_iter().map(|(field, _)| field).collect();
            // An open quote is broken input, which the row reader has refused before.
            prop_assume!(closed(&row));
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn written_and_read_again(texts in proptest::collection::vec("[a,\"\n\r ]{0,8}", 1..5), always in any::<bool>()) {
            let mut out = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_field(&mut out, text, b',', b'"', always);
            }
            let row = String::from_utf8(out).unwrap();
            let read: Vec<String> = fields(&row).into_iter().map(|(field, _)| field).collect();
            prop_assert_eq!(read, texts);
        }
    }

    /// Whether every quote that opens a field is closed.
    fn closed(row: &str) -> bool {
        let (mut inside, mut start) = (false, true);
        let mut bytes = row.bytes().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' if inside && bytes.peek() == Some(&b'"') => {
                    bytes.next();
                }
                b'"' if inside => inside = false,
                b'"' if start => inside = true,
                b',' if !inside => {
                    start = true;
                    continue;
                }
                _ => {}
            }
            start = false;
        }
        !inside
    }
}
