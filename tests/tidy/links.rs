//! Links inside the documentation: the file is there, and so is the heading.

use crate::{File, Violation};

fn dead_links(files: &[File], exists: impl Fn(&str) -> bool) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (number, line) in lines_outside_code(&file.text) {
            for target in targets(line) {
                if target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                let (path, heading) = target.split_once('#').unwrap_or((target, ""));
                let path = if path.is_empty() { file.path.clone() } else { joined(&file.path, path) };
                if !exists(&path) {
                    violations.push(Violation::new(&file.path, number, format!("'{target}' leads nowhere")));
                    continue;
                }
                let page = files.iter().find(|other| other.path == path);
                if let Some(page) = page.filter(|_| !heading.is_empty() && path.ends_with(".md"))
                    && !lines_outside_code(&page.text)
                        .any(|(_, line)| anchor(line).as_deref() == Some(heading))
                {
                    let what = format!("'{target}' names no heading");
                    violations.push(Violation::new(&file.path, number, what));
                }
            }
        }
    }
    violations
}

fn lines_outside_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!in_code && !is_fence).then_some((number + 1, line))
    })
}

/// What `[text](target)` and `[name]: target` lead to.
fn targets(line: &str) -> Vec<&str> {
    let mut found: Vec<&str> = line
        .match_indices("](")
        .filter_map(|(at, open)| line[at + open.len()..].split([')', ' ']).next())
        .filter(|target| !target.is_empty())
        .collect();
    if let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
        found.push(target.trim());
    }
    found
}

/// `path` seen from the folder of `from`.
fn joined(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The anchor that GitHub gives to a heading.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = title.trim().to_lowercase();
    let kept = kept.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    Some(kept.map(|char| if char == ' ' { '-' } else { char }).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{must_be_at, must_be_none, planted, tree};

    #[test]
    fn links_are_alive() {
        let exists = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists();
        must_be_none(&dead_links(&tree(), exists));
    }

    #[test]
    fn a_dead_link_is_found() {
        let page = "# Title, with sign\n[a](b.md) [c](../README.md#two-words)\n[d](gone.md)\n[e](#title-with-sign)\n\
                    [f](#gone)\n```\n[g](gone.md)\n```\n[h](https://example.com/x)\n";
        let files = planted(&[("docs/a.md", page), ("docs/b.md", ""), ("README.md", "## Two words\n")]);
        let exists = |path: &str| files.iter().any(|file| file.path == path);
        must_be_at(&dead_links(&files, exists), &[("docs/a.md", 3), ("docs/a.md", 5)]);
    }
}
