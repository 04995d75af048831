//! Java's properties format, as Kafka's `server.properties` is written in: names, values, and where each stands.

use riverrun::{Error, ErrorKind, Result};

/// One `name=value` and the line it begins on, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) line: usize,
}

/// Reads `text`; `file` is what errors call it.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<Property>> {
    let mut properties = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, first)) = lines.next() {
        let first = first.trim_start();
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = first.to_owned();
        while ends_in_continuation(&logical) {
            logical.pop();
            match lines.next() {
                Some((_, next)) => logical.push_str(next.trim_start()),
                None => break,
            }
        }
        let at = |what: &str| Error::new(ErrorKind::Invalid, format!("{file}:{}: {what}", number + 1));
        let (name, value) = split(&logical);
        let name = unescape(name).ok_or_else(|| at("a name holds a broken \\u escape"))?;
        let value =
            unescape(value).ok_or_else(|| at(&format!("the value of '{name}' holds a broken \\u escape")))?;
        if name.is_empty() {
            return Err(at("there is no name before the value; write NAME=VALUE"));
        }
        properties.push(Property { name, value, line: number + 1 });
    }
    Ok(properties)
}

fn ends_in_continuation(line: &str) -> bool {
    line.chars().rev().take_while(|&char| char == '\\').count() % 2 == 1
}

/// The name ends at the first unescaped `=`, `:` or space; one `=` or `:` with spaces around it is skipped.
fn split(line: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = line.char_indices().find(|&(_, char)| {
        let ends = !escaped && (matches!(char, '=' | ':') || char.is_whitespace());
        escaped = char == '\\' && !escaped;
        ends
    });
    let Some((end, _)) = end else { return (line, "") };
    let rest = line[end..].trim_start();
    (&line[..end], rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start())
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    // Java writes characters beyond U+FFFF as two escapes, so units are gathered before they are decoded.
    let mut units: Vec<u16> = Vec::new();
    while let Some(char) = chars.next() {
        let plain = match char {
            '\\' => match chars.next() {
                Some('u') => {
                    let digits: String = chars.by_ref().take(4).collect();
                    units.push((digits.len() == 4).then(|| u16::from_str_radix(&digits, 16).ok()).flatten()?);
                    continue;
                }
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('f') => '\u{c}',
                Some(other) => other,
                None => break,
            },
            other => other,
        };
        out.push_str(&String::from_utf16(&std::mem::take(&mut units)).ok()?);
        out.push(plain);
    }
    out.push_str(&String::from_utf16(&units).ok()?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str, usize)]) {
        let properties = parse("f", text).unwrap();
        let got: Vec<(&str, &str, usize)> =
            properties.iter().map(|p| (p.name.as_str(), p.value.as_str(), p.line)).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn the_forms_of_java() {
        check(
            "# c\n! c\n\na=1\n b : 2 \nc 3\nd\n",
            &[("a", "1", 4), ("b", "2 ", 5), ("c", "3", 6), ("d", "", 7)],
        );
        check("a=b=c\r\nlisteners=PLAINTEXT://:1\n", &[("a", "b=c", 1), ("listeners", "PLAINTEXT://:1", 2)]);
        check("a=1,\\\n   2,\\\n   3\nb=x\\\\\n", &[("a", "1,2,3", 1), ("b", "x\\", 4)]);
        check("a\\=b=\\t\\u00e9\\uD83D\\uDE00\n", &[("a=b", "\té😀", 1)]);
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(
            parse("f", "a=1\nb=\\u12").unwrap_err().message(),
            "f:2: the value of 'b' holds a broken \\u escape"
        );
        assert_eq!(
            parse("f", "\n=1").unwrap_err().message(),
            "f:2: there is no name before the value; write NAME=VALUE"
        );
    }
}
