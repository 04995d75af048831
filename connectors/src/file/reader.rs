//! Cuts a stream of bytes into lines or CSV rows, and knows byte and line of each.

use std::io::{self, Read};

use bytes::{Bytes, BytesMut};

const READ_BYTES: usize = 64 * 1024;
/// How much of an oversize row is kept for the dead letter.
const KEPT_BYTES: usize = 1024;

/// What ends a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// A line feed.
    Lines,
    /// A line feed outside quotes.
    Quoted { delimiter: u8, quote: u8 },
}

/// A row as it lies in the file, without its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) bytes: Bytes,
    /// The byte of the uncompressed file at which it begins.
    pub(super) position: u64,
    /// The line at which it begins, from 1.
    pub(super) line: u64,
}

/// What [`RowReader::next`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Row(Raw),
    /// A row that cannot be cut out: why, and its first bytes.
    Broken(Raw, Breakage),
    /// No whole row at present.
    Nothing,
}

/// Why a row cannot be cut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breakage {
    /// It is longer than a row may be.
    Oversize,
    /// Its quote is never closed.
    OpenQuote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted field: the end of the field, or the first half of a doubled quote.
    QuoteInQuoted,
}

/// Reads rows one after the other. Where the input ends for now, it can be asked again later.
pub(super) struct RowReader {
    input: Box<dyn Read + Send>,
    framing: Framing,
    bytes_max: usize,
    buffer: BytesMut,
    /// How far the buffer has been searched for the end of the row at its start.
    searched: usize,
    state: State,
    /// The first line of the row at the buffer's start has its end here.
    first_line_end: Option<usize>,
    lines_in_row: u64,
    position: u64,
    line: u64,
    /// The beginning of an oversize line whose end has not been seen, and how many of its bytes were thrown away.
    skipping: Option<(Raw, u64)>,
}

impl RowReader {
    /// A reader whose `input` stands at byte `position`, in line `line`.
    pub(super) fn new(
        input: Box<dyn Read + Send>,
        framing: Framing,
        bytes_max: usize,
        position: u64,
        line: u64,
    ) -> Self {
        RowReader {
            input,
            framing,
            bytes_max,
            buffer: BytesMut::new(),
            searched: 0,
            state: State::FieldStart,
            first_line_end: None,
            lines_in_row: 0,
            position,
            line,
            skipping: None,
        }
    }

    /// The byte after the last row handed out.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The line after the last row handed out, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next row. With `at_end` the end of the input ends the last row even without a line feed; without it such
    /// a row stays for later, as its writer may not be done.
    pub(super) fn next(&mut self, at_end: bool) -> io::Result<Found> {
        loop {
            if self.skipping.is_some() {
                return Ok(self
                    .skip(at_end)?
                    .map_or(Found::Nothing, |raw| Found::Broken(raw, Breakage::Oversize)));
            }
            match self.search() {
                Some(end) if end > self.bytes_max => {
                    if let Some(found) = self.give_up(Breakage::Oversize) {
                        return Ok(found);
                    }
                }
                Some(end) => return Ok(Found::Row(self.take(end, end + 1))),
                None if self.buffer.len() > self.bytes_max => {
                    if let Some(found) = self.give_up(Breakage::Oversize) {
                        return Ok(found);
                    }
                }
                None if self.fill()? => {}
                None if !at_end || self.buffer.is_empty() => return Ok(Found::Nothing),
                None if self.state == State::Quoted => {
                    if let Some(found) = self.give_up(Breakage::OpenQuote) {
                        return Ok(found);
                    }
                }
                None => {
                    let end = self.buffer.len();
                    self.lines_in_row += 1;
                    return Ok(Found::Row(self.take(end, end)));
                }
            }
        }
    }

    /// Reads more; `false` at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        let old = self.buffer.len();
        self.buffer.resize(old + READ_BYTES, 0);
        loop {
            match self.input.read(&mut self.buffer[old..]) {
                Ok(count) => {
                    self.buffer.truncate(old + count);
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.truncate(old);
                    return Err(error);
                }
            }
        }
    }

    /// The place of the line feed that ends the row at the buffer's start.
    fn search(&mut self) -> Option<usize> {
        let Framing::Quoted { delimiter, quote } = self.framing else {
            let found = self.buffer[self.searched..].iter().position(|&byte| byte == b'\n');
            let end = found.map(|at| self.searched + at);
            self.searched = end.unwrap_or(self.buffer.len());
            self.lines_in_row += u64::from(end.is_some());
            self.first_line_end = end;
            return end;
        };
        while let Some(&byte) = self.buffer.get(self.searched) {
            let at = self.searched;
            self.searched += 1;
            if byte == b'\n' {
                self.lines_in_row += 1;
                if self.first_line_end.is_none() {
                    self.first_line_end = Some(at);
                }
                if self.state != State::Quoted {
                    return Some(at);
                }
                continue;
            }
            self.state = match self.state {
                State::FieldStart if byte == quote => State::Quoted,
                State::Quoted if byte == quote => State::QuoteInQuoted,
                State::Quoted => State::Quoted,
                State::QuoteInQuoted if byte == quote => State::Quoted,
                _ if byte == delimiter => State::FieldStart,
                _ => State::Unquoted,
            };
        }
        None
    }

    /// Takes the row up to `end` out of the buffer, and goes on at `next`.
    fn take(&mut self, end: usize, next: usize) -> Raw {
        let mut bytes = self.buffer.split_to(next).freeze();
        bytes.truncate(end);
        if bytes.last() == Some(&b'\r') {
            bytes.truncate(end - 1);
        }
        let raw = Raw { bytes, position: self.position, line: self.line };
        self.position += next as u64;
        self.line += self.lines_in_row;
        self.restart();
        raw
    }

    fn restart(&mut self) {
        self.searched = 0;
        self.state = State::FieldStart;
        self.first_line_end = None;
        self.lines_in_row = 0;
    }

    /// Hands out the beginning of a row that cannot be cut out, and goes on after its first line: a stray quote then
    /// costs one line and not all that follow. `None` while the end of that line has not been seen.
    fn give_up(&mut self, breakage: Breakage) -> Option<Found> {
        let first_line = self.first_line_end;
        let kept = first_line.unwrap_or(self.buffer.len()).min(KEPT_BYTES).min(self.bytes_max);
        let bytes = Bytes::copy_from_slice(&self.buffer[..kept]);
        let raw = Raw { bytes, position: self.position, line: self.line };
        self.restart();
        let length = match (first_line, breakage) {
            (Some(end), _) => end + 1,
            (None, Breakage::OpenQuote) => self.buffer.len(),
            (None, Breakage::Oversize) => {
                self.skipping = Some((raw, 0));
                return None;
            }
        };
        let _ = self.buffer.split_to(length);
        self.position += length as u64;
        self.line += 1;
        Some(Found::Broken(raw, breakage))
    }

    /// Throws away the rest of an oversize line; `None` while its end has not been seen.
    fn skip(&mut self, at_end: bool) -> io::Result<Option<Raw>> {
        loop {
            let end = self.buffer.iter().position(|&byte| byte == b'\n');
            let length = end.map_or(self.buffer.len(), |end| end + 1);
            let _ = self.buffer.split_to(length);
            if let Some((_, skipped)) = &mut self.skipping {
                *skipped += length as u64;
            }
            if end.is_none() && (self.fill()? || !at_end) {
                if self.buffer.is_empty() {
                    return Ok(None);
                }
                continue;
            }
            let Some((raw, skipped)) = self.skipping.take() else { return Ok(None) };
            self.position += skipped;
            self.line += 1;
            return Ok(Some(raw));
        }
    }
}

impl std::fmt::Debug for RowReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowReader").field("position", &self.position).field("line", &self.line).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives its bytes in small pieces, as a growing file does.
    struct Pieces(std::collections::VecDeque<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(piece) = self.0.pop_front() else { return Ok(0) };
            buffer[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    const CSV: Framing = Framing::Quoted { delimiter: b',', quote: b'"' };

    fn read_all(text: &[u8], framing: Framing, piece: usize, bytes_max: usize) -> Vec<Found> {
        let pieces = text.chunks(piece).map(<[u8]>::to_vec).collect();
        let mut reader = RowReader::new(Box::new(Pieces(pieces)), framing, bytes_max, 0, 1);
        let mut found = Vec::new();
        loop {
            match reader.next(true).unwrap() {
                Found::Nothing => return found,
                other => found.push(other),
            }
        }
    }

    fn row(text: &str, position: u64, line: u64) -> Found {
        Found::Row(Raw { bytes: Bytes::copy_from_slice(text.as_bytes()), position, line })
    }

    #[test]
    fn rows_know_where_they_begin() {
        for piece in [1, 3, 1000] {
            let found = read_all(b"a,b\r\n\"x\ny\",2\nlast", CSV, piece, 100);
            assert_eq!(found, [row("a,b", 0, 1), row("\"x\ny\",2", 5, 2), row("last", 13, 4)]);
        }
    }

    #[test]
    fn an_oversize_line_costs_itself_only() {
        for piece in [1, 5, 1000] {
            let found = read_all(b"ok\n0123456789abcdef\nok\n", Framing::Lines, piece, 8);
            assert_eq!(found.len(), 3, "{found:?}");
            assert_eq!(found[0], row("ok", 0, 1));
            assert!(
                matches!(&found[1], Found::Broken(raw, Breakage::Oversize) if &raw.bytes[..] == b"01234567")
            );
            assert_eq!(found[2], row("ok", 20, 3));
        }
    }

    #[test]
    fn an_open_quote_costs_its_line_only() {
        let found = read_all(b"a,b\n\"open,1\nc,d\n", CSV, 4, 100);
        assert_eq!(found[0], row("a,b", 0, 1));
        assert!(matches!(&found[1], Found::Broken(raw, Breakage::OpenQuote) if raw.line == 2), "{found:?}");
        assert_eq!(found[2], row("c,d", 12, 3));
    }

    #[test]
    fn an_unfinished_line_waits_for_its_writer() {
        let mut reader = RowReader::new(Box::new(&b"whole\npart"[..]), Framing::Lines, 100, 0, 1);
        assert_eq!(reader.next(false).unwrap(), row("whole", 0, 1));
        assert_eq!(reader.next(false).unwrap(), Found::Nothing);
        assert_eq!(reader.position(), 6);
    }

    proptest! {
        /// However the input arrives, the rows are the same, and what follows one position is what a reader that
        /// starts there finds.
        #[test]
        fn pieces_do_not_matter(text in "[ab,\"\n\r]{0,60}", piece in 1_usize..8, bytes_max in 4_usize..40) {
            let whole = read_all(text.as_bytes(), CSV, 1000, bytes_max);
            let cut = read_all(text.as_bytes(), CSV, piece, bytes_max);
            prop_assert_eq!(&whole, &cut);
            for (index, found) in whole.iter().enumerate() {
                let (Found::Row(raw) | Found::Broken(raw, _)) = found else { continue };
                let rest = io::Cursor::new(text.as_bytes()[raw.position as usize..].to_vec());
                let mut reader = RowReader::new(Box::new(rest), CSV, bytes_max, raw.position, raw.line);
                prop_assert_eq!(&reader.next(true).unwrap(), &whole[index]);
            }
        }
    }
}
