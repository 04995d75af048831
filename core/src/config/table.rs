//! Tables of keys, and the configs that are read by them.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{
    ConfigDef, ConfigDefault, ConfigError, ConfigErrors, ConfigKey, ConfigKind, ConfigProblem, ConfigType,
    ConfigValue, nearest,
};

/// The keys that one thing knows: a topic, a broker, a producer, a connector.
#[derive(Clone, Copy, Debug)]
pub struct ConfigTable {
    name: &'static str,
    parts: &'static [&'static [ConfigDef]],
    prefixes: &'static [&'static str],
}

impl ConfigTable {
    /// A table of the keys in `parts`; several, so that tables can share keys.
    pub const fn new(name: &'static str, parts: &'static [&'static [ConfigDef]]) -> Self {
        ConfigTable { name, parts, prefixes: &[] }
    }

    /// Leaves keys that start with one of `prefixes` alone: they belong to somebody else, who asks for them with
    /// [`Config::prefixed`].
    #[must_use]
    pub const fn with_prefixes(mut self, prefixes: &'static [&'static str]) -> Self {
        self.prefixes = prefixes;
        self
    }

    /// What the table is of.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The keys in the order of the declarations.
    pub fn iter(&self) -> impl Iterator<Item = &'static ConfigDef> + use<> {
        self.parts.iter().copied().flatten()
    }

    /// The key of that name.
    pub fn find(&self, name: &str) -> Option<&'static ConfigDef> {
        self.iter().find(|def| def.name == name)
    }

    /// Reads and checks one value.
    ///
    /// # Errors
    /// When there is no such key, or the value is not valid.
    pub fn parse_one(
        &self,
        name: &str,
        text: &str,
    ) -> Result<(&'static ConfigDef, ConfigValue), ConfigError> {
        let Some(def) = self.find(name) else {
            let nearest = nearest(name, self.iter().map(|def| def.name));
            return Err(ConfigError { key: name.to_owned(), problem: ConfigProblem::Unknown { nearest } });
        };
        match ConfigValue::parse(def.kind, text).filter(|value| def.valid.accepts(value)) {
            Some(value) => Ok((def, value)),
            None => {
                let hidden = def.kind == ConfigKind::Password;
                let value = if hidden { "[hidden]".to_owned() } else { text.to_owned() };
                let problem = ConfigProblem::Invalid { value, expected: expected(def) };
                Err(ConfigError { key: name.to_owned(), problem })
            }
        }
    }

    /// Reads and checks names and values. What is not given has its default.
    ///
    /// # Errors
    /// Everything that is wrong, at once: unknown keys, values that are not valid, required keys that are missing.
    pub fn parse<K: AsRef<str>, V: AsRef<str>>(
        &self,
        given: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Config, ConfigErrors> {
        let mut config = Config { table: *self, set: BTreeMap::new(), prefixed: BTreeMap::new() };
        let mut errors = Vec::new();
        let mut named = Vec::new();
        for (name, text) in given {
            let (name, text) = (name.as_ref(), text.as_ref());
            if self.find(name).is_none() && self.prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                config.prefixed.insert(name.to_owned(), text.to_owned());
                continue;
            }
            match self.parse_one(name, text) {
                Ok((def, value)) => {
                    config.set.insert(def.name, value);
                }
                Err(error) => {
                    named.push(name.to_owned());
                    errors.push(error);
                }
            }
        }
        for def in self.iter().filter(|def| def.default == ConfigDefault::Required) {
            if !config.set.contains_key(def.name) && !named.iter().any(|name| name == def.name) {
                let problem = ConfigProblem::Missing { expected: expected(def) };
                errors.push(ConfigError { key: def.name.to_owned(), problem });
            }
        }
        if errors.is_empty() { Ok(config) } else { Err(ConfigErrors(errors)) }
    }

    /// The config in which every key has its default.
    ///
    /// # Errors
    /// When a key has no default.
    pub fn defaults(&self) -> Result<Config, ConfigErrors> {
        self.parse::<&str, &str>([])
    }

    /// The reference of the table in Markdown: a heading, then a row for each key in the order of the names.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "## {}\n\n| Name | Type | Default | Valid | Importance | Meaning |\n|---|---|---|---|---|---|\n",
            self.name
        );
        let mut defs: Vec<_> = self.iter().collect();
        defs.sort_by_key(|def| def.name);
        for def in defs {
            let default = match ConfigValue::of(def.default) {
                None => "*required*".to_owned(),
                Some(ConfigValue::Null) => "null".to_owned(),
                Some(value) => match value.to_text().unwrap_or_default().as_str() {
                    "" => "empty".to_owned(),
                    text => format!("`{}`", cell(text)),
                },
            };
            let valid = cell(&def.valid.to_string());
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "| `{}` | {} | {default} | {valid} | {} | {} |",
                def.name,
                def.kind,
                def.importance,
                cell(def.doc)
            );
        }
        out
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn expected(def: &ConfigDef) -> String {
    let kind = def.kind.expected();
    if def.valid.is_any() { kind.to_owned() } else { format!("{kind}, valid: {}", def.valid) }
}

/// A config that has been read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    table: ConfigTable,
    set: BTreeMap<&'static str, ConfigValue>,
    prefixed: BTreeMap<String, String>,
}

impl Config {
    /// The value of a key, its default if nobody set it.
    ///
    /// # Panics
    /// When the key is in another table and has no default: a defect of the program, not of the config.
    pub fn get<T: ConfigType>(&self, key: &ConfigKey<T>) -> T {
        let value = match self.set.get(key.name()) {
            Some(value) => T::from_value(value),
            None => ConfigValue::of(key.def.default).as_ref().and_then(T::from_value),
        };
        value.unwrap_or_else(|| panic!("config '{}' is not in the table '{}'", key.name(), self.table.name))
    }

    /// The value of the key of that name, its default if nobody set it; `None` when there is no such key.
    pub fn value(&self, name: &str) -> Option<ConfigValue> {
        let set = self.set.get(name).cloned();
        set.or_else(|| self.table.find(name).and_then(|def| ConfigValue::of(def.default)))
    }

    /// Whether somebody set the key.
    pub fn is_set(&self, name: &str) -> bool {
        self.set.contains_key(name)
    }

    /// The keys that somebody set, in the order of the names.
    pub fn set(&self) -> impl Iterator<Item = (&'static str, &ConfigValue)> {
        self.set.iter().map(|(name, value)| (*name, value))
    }

    /// Sets a key.
    ///
    /// # Errors
    /// When there is no such key, or the value is not valid.
    pub fn insert(&mut self, name: &str, text: &str) -> Result<(), ConfigError> {
        let (def, value) = self.table.parse_one(name, text)?;
        self.set.insert(def.name, value);
        Ok(())
    }

    /// Gives a key its default again. One without a default keeps its value.
    pub fn remove(&mut self, name: &str) {
        if self.table.find(name).is_some_and(|def| def.default != ConfigDefault::Required) {
            self.set.remove(name);
        }
    }

    /// The keys that start with `prefix` and belong to somebody else, without the prefix.
    pub fn prefixed<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.prefixed.iter().filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.as_str())))
    }

    /// The table that the config was read by.
    pub fn table(&self) -> &ConfigTable {
        &self.table
    }
}
