//! The shape of a source file: a header that says what it is, a length one can read, a name that means something.

use crate::tokens::tokens;
use crate::{File, Violation};

/// Lines of code and comments a file may have, its tests not counted.
const LINES_MAX: usize = 500;

/// Longer files, how long each may be, and why. The list may only shrink: an entry that allows more than its file
/// needs, or is needed no more, fails too.
const LONGER: &[(&str, usize, &str)] = &[
    ("core/src/client/consumer/membership/mod.rs", 525, "one state machine, whose states are read together"),
    ("core/src/client/consumer/mod.rs", 540, "the public face of the consumer, mostly its documentation"),
    ("streams/src/dsl/stream.rs", 600, "one method for each operator of a stream, mostly its documentation"),
    ("streams/src/dsl/table.rs", 590, "one method for each operator of a table, mostly its documentation"),
];

/// How much more than the file's length an entry of [`LONGER`] may allow.
const SLACK: usize = 60;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "manager", "misc", "util", "utils"];

fn without_header(files: &[File]) -> Vec<Violation> {
    // Tests beside the code are described by the header of what they test.
    let needs_one = |file: &&File| file.is_rust() && (!file.is_test() || file.path.starts_with("tests/"));
    let opens_with_one = |file: &File| {
        let first = file.text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
        first.is_some_and(|line| line.starts_with("//!"))
    };
    files
        .iter()
        .filter(needs_one)
        .filter(|file| !opens_with_one(file))
        .map(|file| {
            Violation::new(&file.path, 1, "a module opens with a `//!` header: what it is, what it knows")
        })
        .collect()
}

fn too_long(files: &[File], longer: &[(&str, usize, &str)]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let judged = |file: &&File| file.is_rust() && !file.is_generated() && !file.is_test();
    for file in files.iter().filter(judged) {
        let length = lines_without_tests(file);
        let entry = longer.iter().find(|(path, ..)| *path == file.path);
        let what = match entry {
            None if length > LINES_MAX => {
                format!("{length} lines; {LINES_MAX} is the limit: give each noun its own file")
            }
            Some((_, limit, _)) if length > *limit => format!("{length} lines; its exception allows {limit}"),
            Some((_, limit, _)) if length <= LINES_MAX || length + SLACK < *limit => {
                format!("{length} lines: its exception for {limit} can shrink or go")
            }
            _ => continue,
        };
        violations.push(Violation::new(&file.path, length, what));
    }
    for (path, _, reason) in longer {
        if reason.is_empty() || !files.iter().any(|file| file.path == *path) {
            violations.push(Violation::new(path, 0, "an exception names a file and a reason"));
        }
    }
    violations
}

fn lines_without_tests(file: &File) -> usize {
    let lines: Vec<&str> = file.text.lines().collect();
    let tests = lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "));
    match tests {
        Some(at) if lines[at + 1].ends_with('{') => at,
        _ => lines.len(),
    }
}

fn named_emptily(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let module = file.path.trim_end_matches(".rs");
        if module.split('/').any(|part| EMPTY_NAMES.contains(&part)) {
            violations.push(Violation::new(&file.path, 0, "the name does not say what is inside"));
        }
        for pair in tokens(&file.text).windows(2) {
            let declares = ["mod", "struct", "enum", "trait", "type"].contains(&pair[0].text.as_str());
            let name = pair[1].text.to_lowercase();
            let is_empty = EMPTY_NAMES.iter().any(|empty| name == *empty)
                || ["Manager", "Helper", "Utils", "Util"].iter().any(|end| pair[1].text.ends_with(end));
            if declares && is_empty {
                let what = format!("'{}' does not say what it is", pair[1].text);
                violations.push(Violation::new(&file.path, pair[1].line, what));
            }
        }
    }
    violations
}

/// `foo.rs` beside a folder `foo`: a module is a folder with `mod.rs`, or a file.
fn split_modules(files: &[File]) -> Vec<Violation> {
    let is_split = |file: &&File| {
        let folder = format!("{}/", file.path.trim_end_matches(".rs"));
        file.is_rust() && files.iter().any(|other| other.path.starts_with(&folder) && other.is_rust())
    };
    let what = "a module is a folder with mod.rs, never a file beside a folder of its name";
    files.iter().filter(is_split).map(|file| Violation::new(&file.path, 0, what)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{must_be_at, must_be_none, planted, tree};

    #[test]
    fn every_module_has_a_header() {
        must_be_none(&without_header(&tree()));
    }

    #[test]
    fn a_missing_header_is_found() {
        let files =
            planted(&[("a.rs", "// A.\n"), ("b.rs", "\n//! B.\n"), ("c/tests.rs", "use super::*;\n")]);
        must_be_at(&without_header(&files), &[("a.rs", 1)]);
    }

    #[test]
    fn files_are_short() {
        must_be_none(&too_long(&tree(), LONGER));
    }

    #[test]
    fn a_long_file_and_a_stale_exception_are_found() {
        let long = "//! A.\n".repeat(LINES_MAX + 1);
        let with_tests = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}\n", "//! B.\n".repeat(LINES_MAX));
        let files = planted(&[
            ("a.rs", &long),
            ("b.rs", &with_tests),
            ("c.rs", &long),
            ("d.rs", ""),
            ("e.rs", &long),
        ]);
        let longer = [
            ("c.rs", 900, "reason"),
            ("d.rs", 900, "reason"),
            ("e.rs", 502, "reason"),
            ("f.rs", 900, "reason"),
        ];
        must_be_at(&too_long(&files, &longer), &[("a.rs", 501), ("c.rs", 501), ("d.rs", 0), ("f.rs", 0)]);
    }

    #[test]
    fn names_mean_something() {
        must_be_none(&named_emptily(&tree()));
    }

    #[test]
    fn an_empty_name_is_found() {
        let files = planted(&[
            ("core/src/utils.rs", ""),
            ("core/src/record/mod.rs", "mod helper;\nstruct GroupManager;\nlet common = 1;\n"),
        ]);
        must_be_at(
            &named_emptily(&files),
            &[("core/src/utils.rs", 0), ("core/src/record/mod.rs", 1), ("core/src/record/mod.rs", 2)],
        );
    }

    #[test]
    fn modules_are_whole() {
        must_be_none(&split_modules(&tree()));
    }

    #[test]
    fn a_split_module_is_found() {
        let files = planted(&[("src/a.rs", ""), ("src/a/b.rs", ""), ("src/c/mod.rs", "")]);
        must_be_at(&split_modules(&files), &[("src/a.rs", 0)]);
    }
}
