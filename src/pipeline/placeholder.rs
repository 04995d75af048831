//! `${env:NAME}`, `${file:PATH}` and `${file:PATH:KEY}` in values: resolved as late as possible, and never printed.

use std::collections::BTreeMap;
use std::path::Path;

/// Texts shorter than this are no secret: to hide them everywhere would garble messages.
const SECRET_LETTERS: usize = 4;

/// What placeholders stood for, so that messages can be cleared of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// `text` with every resolved value replaced by its placeholder.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        // A longer value first: it may hold a shorter one.
        let mut values: Vec<(&String, &String)> = self.0.iter().collect();
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        for (value, placeholder) in values {
            clean = clean.replace(value.as_str(), placeholder);
        }
        clean
    }

    /// Resolves the placeholders of `text`; a file's path is taken from `folder`. The error never holds a value.
    pub(super) fn resolve(&mut self, text: &str, folder: &Path) -> Result<String, String> {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            resolved.push_str(before);
            let Some(end) = from.find('}') else {
                return Err(format!("'{from}' has no closing brace; write ${{env:NAME}} or ${{file:PATH}}"));
            };
            let (placeholder, after) = from.split_at(end + 1);
            let value = look_up(placeholder, folder)?;
            if value.chars().count() >= SECRET_LETTERS {
                self.0.insert(value.clone(), placeholder.to_owned());
            }
            resolved.push_str(&value);
            rest = after;
        }
        resolved.push_str(rest);
        Ok(resolved)
    }
}

fn look_up(placeholder: &str, folder: &Path) -> Result<String, String> {
    let inside = &placeholder[2..placeholder.len() - 1];
    match inside.split_once(':') {
        Some(("env", name)) => std::env::var(name).map_err(|_| {
            format!("{placeholder}: the environment has no variable '{name}'; set it before the start")
        }),
        Some(("file", path)) => read_file(placeholder, path, folder),
        _ => Err(format!(
            "{placeholder} is no placeholder; there are ${{env:NAME}}, ${{file:PATH}} and \
                          ${{file:PATH:KEY}}"
        )),
    }
}

fn read_file(placeholder: &str, path: &str, folder: &Path) -> Result<String, String> {
    let read = |path: &str| std::fs::read_to_string(folder.join(path));
    let unreadable = |error: std::io::Error| format!("{placeholder}: the file cannot be read: {error}");
    match (read(path), path.rsplit_once(':')) {
        (Ok(text), _) => Ok(text.trim_end_matches(['\n', '\r']).to_owned()),
        (Err(error), None) => Err(unreadable(error)),
        (Err(_), Some((path, key))) => {
            let text = read(path).map_err(unreadable)?;
            let property = |line: &str| {
                let (name, value) = line.split_once('=')?;
                (name.trim() == key).then(|| value.trim().to_owned())
            };
            text.lines()
                .find_map(property)
                .ok_or_else(|| format!("{placeholder}: the file has no line '{key}=…'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_from_files_and_do_not_show() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "hunter22\n").unwrap();
        std::fs::write(folder.path().join("all.properties"), "user = me\npassword = s3cret\n").unwrap();
        let mut secrets = Secrets::default();
        let resolved =
            secrets.resolve("a-${file:password}-${file:all.properties:password}-z", folder.path()).unwrap();
        assert_eq!(resolved, "a-hunter22-s3cret-z");
        assert_eq!(
            secrets.redact("expected hunter22, found s3cret"),
            "expected ${file:password}, found ${file:all.properties:password}"
        );
    }

    #[test]
    fn errors_name_the_placeholder() {
        let folder = tempfile::tempdir().unwrap();
        let mut secrets = Secrets::default();
        for (text, part) in [
            ("${env:RIVERRUN_SURELY_NOT_SET}", "no variable 'RIVERRUN_SURELY_NOT_SET'"),
            ("${file:gone}", "cannot be read"),
            ("${vault:x}", "is no placeholder"),
            ("${env:X", "no closing brace"),
        ] {
            let error = secrets.resolve(text, folder.path()).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
