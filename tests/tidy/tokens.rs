//! Rust source as words and signs with their lines: no comments, no string contents, and for each token the inline
//! modules around it. Knows just enough of Rust's grammar to never mistake a comment or a string for code.

/// A word, a number or one sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// How many inline `mod name { … }` are around it.
    pub(crate) depth: usize,
    /// Whether one of them is `mod tests`, or an item under `#[cfg(test)]`.
    pub(crate) in_tests: bool,
}

/// Splits `source` into tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    with_modules(&raw(source))
}

fn raw(source: &str) -> Vec<(String, usize)> {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let char = chars[at];
        let next = chars.get(at + 1).copied().unwrap_or('\0');
        let end = match char {
            '/' if next == '/' => until(&chars, at, |rest| rest[0] == '\n'),
            '/' if next == '*' => block_comment(&chars, at),
            '"' => string(&chars, at),
            'r' | 'b' | 'c' if !continues_word(&chars, at) => match literal_after_prefix(&chars, at) {
                Some(end) => end,
                None => word(&chars, at, line, &mut out),
            },
            '\'' => char_or_lifetime(&chars, at),
            _ if char.is_alphanumeric() || char == '_' => word(&chars, at, line, &mut out),
            _ if char.is_whitespace() => at + 1,
            _ => {
                out.push((char.to_string(), line));
                at + 1
            }
        };
        line += chars[at..end].iter().filter(|&&char| char == '\n').count();
        at = end;
    }
    out
}

fn continues_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn until(chars: &[char], from: usize, stop: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|&at| stop(&chars[at..])).unwrap_or(chars.len())
}

fn word(chars: &[char], at: usize, line: usize, out: &mut Vec<(String, usize)>) -> usize {
    let end = until(chars, at, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_'));
    out.push((chars[at..end].iter().collect(), line));
    end
}

fn block_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn string(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// The end of a literal that begins with r, b, c, br or cr at `at`, or nothing where a plain word begins.
fn literal_after_prefix(chars: &[char], mut at: usize) -> Option<usize> {
    let mut is_raw = false;
    for _ in 0..2 {
        match chars.get(at) {
            Some('b' | 'c') if !is_raw => at += 1,
            Some('r') => {
                is_raw = true;
                at += 1;
            }
            _ => {}
        }
    }
    let hashes = chars[at..].iter().take_while(|&&char| char == '#').count();
    match chars.get(at + hashes) {
        Some('"') if is_raw => {
            let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            Some(
                (until(chars, at + hashes + 1, |rest| rest.starts_with(&close)) + close.len())
                    .min(chars.len()),
            )
        }
        Some('"') if hashes == 0 => Some(string(chars, at)),
        Some('\'') if hashes == 0 && !is_raw => Some(char_or_lifetime(chars, at)),
        _ => None,
    }
}

fn char_or_lifetime(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => (until(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len()),
        (Some(_), Some('\'')) => at + 3,
        // A lifetime: its name is no word of interest.
        _ => until(chars, at + 1, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_')),
    }
}

fn with_modules(raw: &[(String, usize)]) -> Vec<Token> {
    /// A brace that is open: whether it is a module's, and whether it is test code's.
    struct Brace {
        is_module: bool,
        is_test: bool,
    }
    let mut open: Vec<Brace> = Vec::new();
    let mut test_attribute = false;
    let mut module_named: Option<String> = None;
    let mut out = Vec::with_capacity(raw.len());
    let texts =
        |at: usize, count: usize| raw[at..(at + count).min(raw.len())].iter().map(|(text, _)| text.as_str());
    for (at, (text, line)) in raw.iter().enumerate() {
        let in_tests = test_attribute || open.iter().any(|brace| brace.is_test);
        let depth = open.iter().filter(|brace| brace.is_module).count();
        out.push(Token { text: text.clone(), line: *line, depth, in_tests });
        match text.as_str() {
            "#" if texts(at, 5).eq(["#", "[", "cfg", "(", "test"]) => test_attribute = true,
            "mod" => module_named = raw.get(at + 1).map(|(name, _)| name.clone()),
            ";" => {
                module_named = None;
                test_attribute = false;
            }
            "{" => {
                let module = module_named.take();
                let is_test = std::mem::take(&mut test_attribute) || module.as_deref() == Some("tests");
                open.push(Brace { is_module: module.is_some(), is_test });
            }
            "}" => {
                open.pop();
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> String {
        tokens(source).into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        assert_eq!(words("a // b\n/* c /* d */ e */ f \"g \\\" h\" i"), "a f i");
        assert_eq!(words("r#\"a \" b\"# c b\"d\" b'\\'' 'e' 'f: g br\"h\" radius"), "c : g radius");
    }

    #[test]
    fn lines_and_modules_are_kept() {
        let source = "use a;\nmod b {\n  mod tests { c }\n}\n#[cfg(test)]\nfn d() { e }\nf";
        let place = |name: &str| {
            let token = tokens(source).into_iter().find(|token| token.text == name).unwrap();
            (token.line, token.depth, token.in_tests)
        };
        assert_eq!(place("a"), (1, 0, false));
        assert_eq!(place("c"), (3, 2, true));
        assert_eq!(place("e"), (6, 0, true));
        assert_eq!(place("f"), (7, 0, false));
    }
}
