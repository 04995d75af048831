//! Which files a list of paths and globs names, in one order.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::api::{ConnectorError, nearest};

use super::disk::failed;

/// The files that `patterns` name, sorted by path. A folder that is not there holds no file.
pub(super) fn list(patterns: &[String]) -> Result<Vec<PathBuf>, ConnectorError> {
    let mut found = BTreeSet::new();
    for pattern in patterns {
        if !is_glob(pattern) {
            if Path::new(pattern).is_file() {
                found.insert(PathBuf::from(pattern));
            }
            continue;
        }
        let matcher = matcher(pattern)?;
        let (root, rest) = fixed_part(pattern);
        let depth = if rest.contains("**") { usize::MAX } else { rest.split('/').count() };
        walk(&root, depth, &matcher, &mut found)?;
    }
    Ok(found.into_iter().collect())
}

/// The error that says that no file was found, with the nearest name in the folder.
pub(super) fn nothing_found(patterns: &[String]) -> ConnectorError {
    let text = patterns.join(", ");
    let near = patterns.iter().find_map(|pattern| {
        let path = Path::new(pattern);
        let name = path.file_name()?.to_str()?;
        let folder = super::disk::folder_of(path);
        let names: Vec<String> = fs::read_dir(&folder)
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let near = nearest(name, names.iter().map(String::as_str))?;
        Some(format!("; did you mean '{}'?", path.with_file_name(near).display()))
    });
    let near = near.unwrap_or_else(|| "; correct 'path', or put the file there".to_owned());
    ConnectorError::Fatal(riverrun_core::Error::new(
        riverrun_core::ErrorKind::NotFound,
        format!("no file matches '{text}'{near}"),
    ))
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

fn matcher(pattern: &str) -> Result<GlobMatcher, ConnectorError> {
    // A leading "./" would keep the pattern from matching the paths that the walk makes.
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| ConnectorError::fatal(format!("'{pattern}' is no glob: {}", error.kind())))
}

/// Checks the syntax of every glob.
pub(super) fn check(patterns: &[String]) -> Result<(), ConnectorError> {
    patterns.iter().filter(|pattern| is_glob(pattern)).try_for_each(|pattern| matcher(pattern).map(|_| ()))
}

/// The folders in front of the first component with a glob, and the rest.
fn fixed_part(pattern: &str) -> (PathBuf, String) {
    let mut root = PathBuf::new();
    let mut components = Path::new(pattern).components();
    loop {
        let rest = components.as_path().to_string_lossy().into_owned();
        match components.next() {
            Some(Component::CurDir) => {}
            Some(component) if component.as_os_str().to_str().is_some_and(|text| !is_glob(text)) => {
                root.push(component);
            }
            _ => return (root, rest),
        }
    }
}

fn walk(
    folder: &Path,
    depth: usize,
    matcher: &GlobMatcher,
    found: &mut BTreeSet<PathBuf>,
) -> Result<(), ConnectorError> {
    let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = match fs::read_dir(shown) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("listing the folder", shown, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| failed("listing the folder", shown, error))?;
        let path = folder.join(entry.file_name());
        // A file may vanish between the listing and the question.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() && depth > 1 {
            walk(&path, depth - 1, matcher, found)?;
        } else if metadata.is_file() && matcher.is_match(&path) {
            found.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_name_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "c.txt", "deep/d.csv", "deep/er/e.csv"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let pattern = folder.path().join(pattern).to_str().unwrap().to_owned();
            let found = list(&[pattern]).unwrap();
            let short =
                |path: PathBuf| path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned();
            found.into_iter().map(short).collect()
        };
        assert_eq!(names("*.csv"), ["a.csv", "b.csv"]);
        assert_eq!(names("{a,c}.*"), ["a.csv", "c.txt"]);
        assert_eq!(names("*/*.csv"), ["deep/d.csv"]);
        assert_eq!(names("**/*.csv"), ["a.csv", "b.csv", "deep/d.csv", "deep/er/e.csv"]);
        assert_eq!(names("gone/*.csv"), Vec::<String>::new());
        let wrong = folder.path().join("a.cvs").to_str().unwrap().to_owned();
        let message = nothing_found(&[wrong]).to_string();
        assert!(message.contains("did you mean") && message.ends_with("a.csv'?"), "{message}");
    }
}
