//! A script cut into its statements, so that each can be judged and all errors be told at once.

/// One statement and where it begins in the script; line and column count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Piece<'_> {
    /// The place in the script of a place in this statement.
    pub(super) fn place(&self, line: u64, column: u64) -> (u64, u64) {
        if line <= 1 { (self.line, self.column + column.max(1) - 1) } else { (self.line + line - 1, column) }
    }
}

/// The statements of `script`: what stands between semicolons that are in no quotes and no comment. Empty ones are
/// left out.
pub(super) fn split(script: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut rest = script.char_indices().peekable();
    while let Some((at, letter)) = rest.next() {
        let next = rest.peek().map(|(_, letter)| *letter);
        match (letter, next) {
            (';', _) => {
                pieces.extend(piece(script, begin, at));
                begin = at + 1;
            }
            ('\'' | '"', _) => while rest.next().is_some_and(|(_, inside)| inside != letter) {},
            ('-', Some('-')) => while rest.next().is_some_and(|(_, inside)| inside != '\n') {},
            ('/', Some('*')) => {
                rest.next();
                let mut star = false;
                for (_, inside) in rest.by_ref() {
                    if star && inside == '/' {
                        break;
                    }
                    star = inside == '*';
                }
            }
            _ => {}
        }
    }
    pieces.extend(piece(script, begin, script.len()));
    pieces
}

fn piece(script: &str, begin: usize, end: usize) -> Option<Piece<'_>> {
    let text = &script[begin..end];
    let begin = begin + (text.len() - text.trim_start().len());
    let text = text.trim();
    if text.is_empty() || text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with("--")) {
        return None;
    }
    let before = &script[..begin];
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) as u64 + 1;
    Some(Piece { text, line, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_quotes_and_comments_do_not_count() {
        let script = "CREATE a;\n  -- one; two\n  SELECT ';', \"x;y\" /* ; */;;\n-- the end;\n";
        let pieces = split(script);
        assert_eq!(pieces.len(), 2, "{pieces:?}");
        assert_eq!((pieces[0].text, pieces[0].line, pieces[0].column), ("CREATE a", 1, 1));
        assert_eq!((pieces[1].line, pieces[1].column), (2, 3));
        assert!(pieces[1].text.ends_with("/* ; */"));
        assert_eq!(pieces[1].place(2, 3), (3, 3));
        assert_eq!(pieces[0].place(1, 8), (1, 8));
    }
}
