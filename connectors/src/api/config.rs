//! A connector's configuration: a flat map of strings, as in Kafka Connect, read against declared keys.

use std::collections::BTreeMap;

pub use riverrun_core::config::nearest;

/// A flat map of configuration, under Kafka Connect's names.
pub type ConfigMap = BTreeMap<String, String>;

/// The declaration of one configuration key: everything that is known about it, once.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name.
    pub name: &'static str,
    /// The value where none is given; `None` where the key may be absent or must be given.
    pub default: Option<&'static str>,
    /// The values that are valid, for people.
    pub valid: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// What is wrong with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The key.
    pub key: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Reads a [`ConfigMap`] against declarations and collects every error.
#[derive(Debug)]
pub struct Settings<'a> {
    map: &'a ConfigMap,
    keys: &'a [Key],
    errors: Vec<KeyError>,
}

impl<'a> Settings<'a> {
    /// Reads `map`. A key that is not among `keys` nor among `foreign`, the keys that others read, is an error that
    /// names the nearest one.
    pub fn new(map: &'a ConfigMap, keys: &'a [Key], foreign: &[Key]) -> Self {
        let known = |name: &str| keys.iter().chain(foreign).any(|key| key.name == name);
        let errors = map
            .keys()
            .filter(|name| !known(name))
            .map(|name| KeyError {
                key: name.clone(),
                message: unknown("key", name, keys.iter().chain(foreign).map(|key| key.name)),
            })
            .collect();
        Settings { map, keys, errors }
    }

    /// The text of `key`, or its default.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        let default =
            || self.keys.iter().find(|declared| declared.name == key).and_then(|found| found.default);
        self.map.get(key).map(String::as_str).or_else(default)
    }

    /// The text of a key that must be there.
    pub fn required(&mut self, key: &str) -> &'a str {
        match self.text(key) {
            Some(text) if !text.is_empty() => text,
            _ => {
                self.refuse(key, format!("'{key}' is missing"));
                ""
            }
        }
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.text(key) {
            Some("true") => true,
            Some("false") | None => false,
            Some(other) => {
                self.refuse(key, format!("'{key}' must be true or false, found '{other}'"));
                false
            }
        }
    }

    /// A whole number of at least `least`.
    pub fn number(&mut self, key: &str, least: u64) -> u64 {
        let text = self.text(key).unwrap_or_default();
        match text.parse::<u64>() {
            Ok(number) if number >= least => number,
            _ => {
                self.refuse(
                    key,
                    format!("'{key}' must be a whole number of at least {least}, found '{text}'"),
                );
                least
            }
        }
    }

    /// A single character of ASCII; `\t` is the tabulator.
    pub fn byte(&mut self, key: &str) -> Option<u8> {
        match self.text(key)? {
            "" => None,
            "\\t" => Some(b'\t'),
            text if text.len() == 1 => Some(text.as_bytes()[0]),
            other => {
                self.refuse(key, format!("'{key}' must be one ASCII character, found '{other}'"));
                None
            }
        }
    }

    /// Records that the value of `key` is wrong.
    pub fn refuse(&mut self, key: &str, message: String) {
        self.errors.push(KeyError { key: key.to_owned(), message });
    }

    /// `value`, or every error that was found.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<KeyError>> {
        if self.errors.is_empty() { Ok(value) } else { Err(self.errors) }
    }
}

/// The message for a name that is not among `known`, with the nearest one where something is near.
pub fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("unknown {what} '{name}'; did you mean '{near}'?"),
        None => format!("unknown {what} '{name}'"),
    }
}

/// The items of a list in a flat map: between commas, those inside the braces of a glob apart.
pub fn split_list(text: &str) -> Vec<String> {
    let (mut depth, mut items) = (0_i32, vec![String::new()]);
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (letter, items.last_mut()) {
            (',', _) if depth == 0 => items.push(String::new()),
            (_, Some(item)) => item.push(letter),
            (_, None) => {}
        }
    }
    items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[Key] = &[
        Key { name: "path", default: None, valid: "a path", doc: "Where." },
        Key { name: "header", default: Some("true"), valid: "true, false", doc: "Whether." },
        Key { name: "size", default: Some("7"), valid: "a number", doc: "How much." },
    ];

    #[test]
    fn every_error_is_reported_with_its_key() {
        let map: ConfigMap = [("haeder", "true"), ("size", "many"), ("header", "yes")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        let mut settings = Settings::new(&map, KEYS, &[]);
        settings.required("path");
        settings.flag("header");
        settings.number("size", 1);
        let errors = settings.finish(()).unwrap_err();
        let text: Vec<String> = errors.into_iter().map(|error| error.message).collect();
        assert_eq!(
            text,
            [
                "unknown key 'haeder'; did you mean 'header'?",
                "'path' is missing",
                "'header' must be true or false, found 'yes'",
                "'size' must be a whole number of at least 1, found 'many'",
            ]
        );
    }

    #[test]
    fn defaults_come_from_the_declaration() {
        let map = ConfigMap::new();
        let mut settings = Settings::new(&map, KEYS, &[]);
        assert!(settings.flag("header"));
        assert_eq!(settings.number("size", 1), 7);
    }

    #[test]
    fn braces_keep_their_commas() {
        assert_eq!(split_list("a{1,2}.csv, b.csv"), ["a{1,2}.csv", "b.csv"]);
    }
}
