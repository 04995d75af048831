//! The schemas of `core/protocol/*.json` as data.

use std::collections::BTreeMap;

use serde_json::Value;

/// An inclusive range of versions; empty when `min > max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) min: i16,
    pub(crate) max: i16,
}

impl Versions {
    pub(crate) const NONE: Versions = Versions { min: 1, max: 0 };

    pub(crate) fn parse(text: &str) -> Self {
        if text == "none" {
            return Versions::NONE;
        }
        if let Some(min) = text.strip_suffix('+') {
            return Versions { min: min.parse().unwrap(), max: i16::MAX };
        }
        match text.split_once('-') {
            Some((min, max)) => Versions { min: min.parse().unwrap(), max: max.parse().unwrap() },
            None => Versions { min: text.parse().unwrap(), max: text.parse().unwrap() },
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.min > self.max
    }

    pub(crate) fn contains(self, version: i16) -> bool {
        (self.min..=self.max).contains(&version)
    }

    pub(crate) fn and(self, other: Versions) -> Versions {
        Versions { min: self.min.max(other.min), max: self.max.min(other.max) }
    }

    /// The smallest range that holds both.
    pub(crate) fn hull(self, other: Versions) -> Versions {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Versions { min: self.min.min(other.min), max: self.max.max(other.max) },
        }
    }

    pub(crate) fn iter(self) -> std::ops::RangeInclusive<i16> {
        self.min..=self.max
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int8,
    Int16,
    Uint16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    Struct(String),
    Array(Box<Type>),
}

impl Type {
    fn parse(text: &str) -> Self {
        if let Some(element) = text.strip_prefix("[]") {
            return Type::Array(Box::new(Type::parse(element)));
        }
        match text {
            "bool" => Type::Bool,
            "int8" => Type::Int8,
            "int16" => Type::Int16,
            "uint16" => Type::Uint16,
            "int32" => Type::Int32,
            "int64" => Type::Int64,
            "float64" => Type::Float64,
            "uuid" => Type::Uuid,
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "records" => Type::Records,
            name => {
                assert!(name.starts_with(char::is_uppercase), "unknown type {name}");
                Type::Struct(name.to_owned())
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) versions: Versions,
    pub(crate) nullable: Versions,
    pub(crate) tag: Option<u32>,
    /// As the schema spells it; "null" for null.
    pub(crate) default: Option<String>,
    pub(crate) ignorable: bool,
    /// Where the field's own form is compact; the message's otherwise.
    pub(crate) flexible: Option<Versions>,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) api_key: Option<i16>,
    pub(crate) listeners: Vec<String>,
    pub(crate) versions: Versions,
    pub(crate) flexible: Versions,
    pub(crate) latest_unstable: bool,
    pub(crate) origin: String,
    pub(crate) fields: Vec<Field>,
    /// Every struct of the message, in the order in which the schema gives them.
    pub(crate) structs: Vec<(String, Vec<Field>)>,
}

impl Message {
    fn parse(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let mut versions = Versions::parse(&text("validVersions")?);
        if versions.is_empty() {
            return None;
        }
        if value["name"] == "RequestHeader" {
            // Version 0, without a client id, is what ControlledShutdown 0 had; old tools still send it.
            versions.min = 0;
        }
        let mut structs = Vec::new();
        let own = fields(&value["fields"], &mut structs);
        for common in value["commonStructs"].as_array().into_iter().flatten() {
            let name = common["name"].as_str().unwrap().to_owned();
            let common = fields(&common["fields"], &mut structs);
            structs.push((name, common));
        }
        Some(Message {
            name: text("name")?,
            kind: text("type")?,
            api_key: value["apiKey"].as_i64().map(|key| key as i16),
            listeners: value["listeners"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect(),
            versions,
            flexible: Versions::parse(&text("flexibleVersions")?).and(versions),
            latest_unstable: value["latestVersionUnstable"].as_bool().unwrap_or(false),
            origin: text("origin").unwrap_or_default(),
            fields: own,
            structs,
        })
    }

    pub(crate) fn fields_of(&self, name: &str) -> &[Field] {
        &self.structs.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("struct {name}")).1
    }

    /// The structs in use with the versions at which they can occur, in the schema's order.
    pub(crate) fn used_structs(&self) -> Vec<(&str, &[Field], Versions)> {
        let mut used = BTreeMap::new();
        self.walk(&self.fields, self.versions, &mut used);
        self.structs
            .iter()
            .filter_map(|(name, fields)| Some((name.as_str(), fields.as_slice(), *used.get(name.as_str())?)))
            .collect()
    }

    fn walk<'a>(&'a self, fields: &'a [Field], versions: Versions, used: &mut BTreeMap<&'a str, Versions>) {
        for field in fields {
            let at = field.versions.and(versions);
            let mut kind = &field.kind;
            if let Type::Array(element) = kind {
                kind = element;
            }
            if let Type::Struct(name) = kind
                && !at.is_empty()
            {
                let known = used.entry(name).or_insert(Versions::NONE);
                *known = known.hull(at);
                let at = *known;
                self.walk(self.fields_of(name), at, used);
            }
        }
    }

    /// The fewest bytes that a struct takes at `version`.
    pub(crate) fn least(&self, fields: &[Field], version: i16) -> usize {
        let flexible = self.flexible.contains(version);
        let own: usize = fields
            .iter()
            .filter(|field| field.tag.is_none() && field.versions.contains(version))
            .map(|field| match &field.kind {
                Type::Bool | Type::Int8 => 1,
                Type::Int16 | Type::Uint16 => 2,
                Type::Int32 => 4,
                Type::Int64 | Type::Float64 => 8,
                Type::Uuid => 16,
                Type::String if flexible => 1,
                Type::String => 2,
                Type::Bytes | Type::Records | Type::Array(_) if flexible => 1,
                Type::Bytes | Type::Records | Type::Array(_) => 4,
                Type::Struct(_) if field.nullable.contains(version) => 1,
                Type::Struct(name) => self.least(self.fields_of(name), version),
            })
            .sum();
        own + usize::from(flexible)
    }
}

fn fields(value: &Value, structs: &mut Vec<(String, Vec<Field>)>) -> Vec<Field> {
    let mut parsed = Vec::new();
    for field in value.as_array().unwrap() {
        let text = |name: &str| field[name].as_str();
        let tagged = text("taggedVersions").map(Versions::parse);
        // The records' schemas leave out the versions of some tagged fields.
        let versions = text("versions").map(Versions::parse).or(tagged).unwrap();
        assert!(tagged.is_none_or(|tagged| tagged == versions), "{field}: tagged at some versions only");
        let kind = Type::parse(text("type").unwrap());
        let nested = match &kind {
            Type::Struct(name) => Some(name.clone()),
            Type::Array(element) => match &**element {
                Type::Struct(name) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        if let Some(name) = nested
            && !field["fields"].is_null()
        {
            let at = structs.len();
            let inner = fields(&field["fields"], structs);
            structs.insert(at, (name, inner));
        }
        let default = match field.get("default") {
            None => None,
            Some(Value::Null) => Some("null".to_owned()),
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        parsed.push(Field {
            name: text("name").unwrap().to_owned(),
            kind,
            versions,
            nullable: text("nullableVersions").map_or(Versions::NONE, Versions::parse),
            tag: field["tag"].as_u64().map(|tag| tag as u32),
            default,
            ignorable: field["ignorable"].as_bool().unwrap_or(false),
            flexible: text("flexibleVersions").map(Versions::parse),
        });
    }
    parsed
}

/// Every message of a file that has versions left, in the order of the names.
pub(crate) fn load(json: &str) -> Vec<Message> {
    let value: Value = serde_json::from_str(json).unwrap();
    value.as_object().unwrap().values().filter_map(Message::parse).collect()
}

pub(crate) fn messages() -> Vec<Message> {
    load(include_str!("../../protocol/messages-4.3.json"))
}

pub(crate) fn records() -> Vec<Message> {
    load(include_str!("../../protocol/records-4.3.json"))
}

/// `ThrottleTimeMs` → `throttle_time_ms`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> =
        name.replace("KRaft", "Kraft").replace("ISRs", "Isrs").replace("2Pc", "_2pc").chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_uppercase() && at > 0 {
            let after_small = !letters[at - 1].is_uppercase();
            let before_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
            if after_small || before_small {
                out.push('_');
            }
        }
        out.extend(letter.to_lowercase());
    }
    out
}
