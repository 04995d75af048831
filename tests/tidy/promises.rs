//! Documents that promise something name the test that holds it, and that test is there.
//!
//! `docs/INVARIANTS.md` is a numbered list that is only ever added to; each decision in `docs/adr/` has the same
//! sections. A line `Held by: `name`, `name`` names tests.

use std::collections::BTreeSet;

use crate::tokens::tokens;
use crate::{File, Violation};

/// What every decision record has.
const SECTIONS: &[&str] = &["## Context", "## Decision", "## Consequences", "Held by:"];

fn broken_promises(files: &[File]) -> Vec<Violation> {
    let tests = test_names(files);
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.path == "docs/INVARIANTS.md" || is_decision(file)) {
        for (number, line) in file.text.lines().enumerate() {
            let Some((_, names)) = line.split_once("Held by:") else { continue };
            let names: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
            if names.is_empty() {
                violations.push(Violation::new(&file.path, number + 1, "no test is named"));
            }
            for name in names.into_iter().filter(|name| !tests.contains(*name)) {
                violations.push(Violation::new(&file.path, number + 1, format!("there is no test '{name}'")));
            }
        }
    }
    violations
}

fn is_decision(file: &File) -> bool {
    file.path.starts_with("docs/adr/") && file.path.ends_with(".md") && !file.path.ends_with("README.md")
}

/// The names of all functions in test code, and of the scripts under `tests/`.
fn test_names(files: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files {
        if file.is_rust() {
            for pair in tokens(&file.text).windows(2) {
                if pair[0].text == "fn"
                    && (pair[0].in_tests || file.is_test() || file.path.starts_with("examples/"))
                {
                    names.insert(pair[1].text.clone());
                }
            }
        } else if file.path.starts_with("tests/") {
            names.insert(file.path.clone());
        }
    }
    names
}

fn misnumbered(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.path == "docs/INVARIANTS.md") {
        let mut expected = 1;
        let mut last: Option<(usize, bool)> = None;
        let mut must_hold = |last: Option<(usize, bool)>| {
            if let Some((line, false)) = last {
                violations.push(Violation::new(
                    &file.path,
                    line,
                    "an invariant names the test that holds it",
                ));
            }
        };
        let mut wrong = Vec::new();
        for (number, line) in file.text.lines().enumerate() {
            if let Some(title) = line.strip_prefix("## ") {
                must_hold(last);
                last = Some((number + 1, false));
                if !title.starts_with(&format!("{expected}. ")) {
                    wrong.push(Violation::new(
                        &file.path,
                        number + 1,
                        format!("number {expected} comes here"),
                    ));
                }
                expected += 1;
            } else if line.contains("Held by:") {
                last = last.map(|(line, _)| (line, true));
            }
        }
        must_hold(last);
        violations.append(&mut wrong);
    }
    for file in files.iter().filter(|file| is_decision(file)) {
        for section in SECTIONS.iter().filter(|section| !file.text.contains(**section)) {
            violations.push(Violation::new(&file.path, 0, format!("a decision has '{section}'")));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{must_be_at, must_be_none, planted, tree};

    #[test]
    fn promises_name_tests_that_are_there() {
        must_be_none(&broken_promises(&tree()));
    }

    #[test]
    fn a_promise_without_its_test_is_found() {
        let files = planted(&[
            ("docs/INVARIANTS.md", "## 1. A\nHeld by: `here`, `gone`\n## 2. B\nHeld by: hope\n"),
            ("docs/adr/0001-a.md", "Held by: `tests/run`\n"),
            ("tests/run", ""),
            ("core/src/a.rs", "fn gone() {}\n#[cfg(test)]\nmod tests { fn here() {} }\n"),
        ]);
        must_be_at(&broken_promises(&files), &[("docs/INVARIANTS.md", 2), ("docs/INVARIANTS.md", 4)]);
    }

    #[test]
    fn promises_are_numbered_and_whole() {
        must_be_none(&misnumbered(&tree()));
    }

    #[test]
    fn a_gap_in_the_numbers_is_found() {
        let files = planted(&[
            ("docs/INVARIANTS.md", "## 1. A\nHeld by: `a`\n## 3. B\nHeld by: `b`\n## 3. C\n"),
            ("docs/adr/0001-a.md", "## Context\n## Decision\n## Consequences\n"),
        ]);
        must_be_at(
            &misnumbered(&files),
            &[("docs/INVARIANTS.md", 5), ("docs/INVARIANTS.md", 3), ("docs/adr/0001-a.md", 0)],
        );
    }
}
