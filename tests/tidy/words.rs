//! Words that must not be in the tree: unfinished work, paths of one machine, hosts that only one machine knows.

use crate::tokens::tokens;
use crate::{File, Violation};

/// Hosts that manifests, lock files and scripts may name. Lock files written behind a mirror would name the mirror.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "github.com",
    "maven.apache.org",
    "opencollective.com",
    "rustup.rs",
    "www.apache.org",
    "www.w3.org",
    "localhost",
];

/// This file spells the words in parts, so that it does not find itself.
fn banned_text() -> Vec<(String, &'static str)> {
    vec![
        (["FIX", "ME"].concat(), "finish it, or say in the issue why it stays"),
        (["HA", "CK:"].concat(), "finish it, or say in the issue why it stays"),
        (["/ro", "ot/"].concat(), "a path of one machine"),
        (["/wo", "rk/"].concat(), "a path of one machine"),
        (["/ho", "me/"].concat(), "a path of one machine"),
        (["C:\\", "Users"].concat(), "a path of one machine"),
    ]
}

fn banned_words(files: &[File]) -> Vec<Violation> {
    let banned = banned_text();
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.path != "Cargo.lock") {
        for (number, line) in file.text.lines().enumerate() {
            for (word, why) in banned.iter().filter(|(word, _)| is_in(line, word)) {
                violations.push(Violation::new(&file.path, number + 1, format!("'{word}': {why}")));
            }
        }
    }
    violations
}

/// Whether `word` is in `line`, not as the rest of a longer path or word.
fn is_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|char| !(char.is_alphanumeric() || matches!(char, '_' | '.' | '}' | '-' | '>')))
    })
}

fn unfinished_macros(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        for pair in tokens(&file.text).windows(2) {
            if pair[1].text == "!" && ["todo", "unimplemented", "dbg"].contains(&pair[0].text.as_str()) {
                let what = format!("{}!: what is not there is refused with a clear error", pair[0].text);
                violations.push(Violation::new(&file.path, pair[0].line, what));
            }
        }
    }
    violations
}

fn unknown_hosts(files: &[File]) -> Vec<Violation> {
    const JUDGED: &[&str] =
        &[".toml", ".lock", "package-lock.json", "package.json", ".npmrc", ".xml", ".txt", "/run", ".sh"];
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| JUDGED.iter().any(|end| file.path.ends_with(end))) {
        for (number, line) in file.text.lines().enumerate() {
            for (at, scheme) in line.match_indices("://") {
                let rest = &line[at + scheme.len()..];
                let host =
                    rest.split(['/', '"', '\'', ':', ' ', ')', '#', '?', ',']).next().unwrap_or_default();
                // A variable, as in http://$host, names no machine.
                let is_named = !host.is_empty() && !host.starts_with(['$', '{', '%', '<']);
                if is_named && !HOSTS.contains(&host) {
                    let what = format!(
                        "'{host}' is no host that everybody knows; take it out (or add it to the list)"
                    );
                    violations.push(Violation::new(&file.path, number + 1, what));
                }
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{must_be_at, must_be_none, planted, tree};

    #[test]
    fn no_banned_words() {
        must_be_none(&banned_words(&tree()));
    }

    #[test]
    fn a_banned_word_is_found() {
        let path = ["see /ro", "ot/x"].concat();
        let inner = ["under project/wo", "rk/x and .github/wo", "rkflows"].concat();
        let files =
            planted(&[("a.md", &["x\n// FIX", "ME later\n"].concat()), ("b.rs", &path), ("c.md", &inner)]);
        must_be_at(&banned_words(&files), &[("a.md", 2), ("b.rs", 1)]);
    }

    #[test]
    fn nothing_is_left_undone() {
        must_be_none(&unfinished_macros(&tree()));
    }

    #[test]
    fn an_unfinished_macro_is_found() {
        let files =
            planted(&[("a.rs", "// todo!()\nfn f() { todo!() }\nfn g() { unimplemented!(\"x\") }\n")]);
        must_be_at(&unfinished_macros(&files), &[("a.rs", 2), ("a.rs", 3)]);
    }

    #[test]
    fn only_public_hosts() {
        must_be_none(&unknown_hosts(&tree()));
    }

    #[test]
    fn a_private_host_is_found() {
        let lock = "{\n\"resolved\": \"https://mirror.internal:8080/npm/x.tgz\"\n}\n";
        let files = planted(&[
            ("tests/package-lock.json", lock),
            ("Cargo.lock", "source = \"registry+https://github.com/x\"\n"),
        ]);
        must_be_at(&unknown_hosts(&files), &[("tests/package-lock.json", 2)]);
    }
}
