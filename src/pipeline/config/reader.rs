//! Keys and values of a pipeline's file to what they say.
//!
//! Nothing is told twice: a key that is mistyped counts as the one that was meant, and a value that is wrong counts as
//! given where something asks for it.

use std::collections::BTreeMap;
use std::path::Path;

use riverrun_connectors::api::{nearest, unknown};
use riverrun_connectors::runtime::{Tolerance, TopicSpec};

use super::{ErrorsSpec, FlatConfig, Idle, PipelineFile, Role, SinkSpec, SourceSpec};
use crate::pipeline::duration::parse_ms;
use crate::pipeline::problem::Gathered;
use crate::pipeline::yaml::{Content, Entry, Node};

/// The keys of a file source, and the flat names that they stand for.
const SOURCE_KEYS: &[(&str, &str)] = &[
    ("path", "path"),
    ("format", "format"),
    ("header", "header"),
    ("delimiter", "delimiter"),
    ("quote", "quote"),
    ("null", "null"),
    ("columns", "columns"),
    ("sample_rows", "sample.rows"),
    ("key", "key"),
    ("timestamp", "timestamp"),
    ("follow", "follow"),
    ("row_max_bytes", "row.max.bytes"),
    ("tasks", "tasks.max"),
];
/// The keys of a source that say how its topic is read.
const SOURCE_OWN_KEYS: &[&str] = &["connector", "topic", "as", "watermark", "idle_timeout"];
const SINK_KEYS: &[(&str, &str)] = &[
    ("path", "path"),
    ("format", "format"),
    ("header", "header"),
    ("delimiter", "delimiter"),
    ("quote", "quote"),
    ("null", "null"),
    ("columns", "columns"),
];
const SINK_OWN_KEYS: &[&str] = &["connector", "topics"];
const CONNECTORS: &[&str] = &["file"];
const TOP_KEYS: &[&str] = &["name", "sources", "sql", "sinks", "errors"];
const ERRORS_KEYS: &[&str] = &["tolerance", "dead_letter"];

pub(super) struct Reader(pub(super) Gathered);

impl Reader {
    pub(super) fn pipeline(&mut self, path: &Path, root: &Node) -> PipelineFile {
        let entries = self.mapping(root, "a pipeline", TOP_KEYS);
        let find = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        let name = match find("name") {
            Some(node) => self.name(node),
            None => {
                self.0.add(root.place, "'name' is missing: it names the pipeline and its data folder");
                String::new()
            }
        };
        let errors = find("errors").map(|node| self.errors(node)).unwrap_or_default();
        let listed = |key: &str| {
            find(key).is_none_or(|node| node.is_null() || matches!(node.content, Content::Mapping(_)))
        };
        let sources_known = listed("sources") && matches!(root.content, Content::Mapping(_));
        let sources: Vec<SourceSpec> = find("sources")
            .map(|node| self.named(node, "sources"))
            .unwrap_or_default()
            .iter()
            .map(|entry| self.source(&name, entry, &errors))
            .collect();
        let sinks: Vec<SinkSpec> = find("sinks")
            .map(|node| self.named(node, "sinks"))
            .unwrap_or_default()
            .iter()
            .map(|entry| self.sink(&name, entry, &errors))
            .collect();
        let sql = find("sql").filter(|node| !node.is_null()).cloned();
        if let Some(node) = &sql
            && node.text().is_none()
        {
            self.0.add(node.place, format!("expected SQL as text ('sql: |'), found {}", node.describe()));
        }
        if sources.is_empty() && sinks.is_empty() && sources_known && listed("sinks") {
            self.0.add(root.place, "a pipeline needs 'sources' or 'sinks'");
        }
        self.distinct_topics(&sources);
        PipelineFile { path: path.to_path_buf(), name, sources, sources_known, sinks, sql, errors }
    }

    fn distinct_topics(&mut self, sources: &[SourceSpec]) {
        for (index, source) in sources.iter().enumerate() {
            let named = |source: &SourceSpec| !source.config.wrong.contains("topic.name");
            let same = |other: &&SourceSpec| other.topic.name == source.topic.name && named(other);
            if let Some(other) = sources[..index].iter().find(same).filter(|_| named(source)) {
                let message = format!(
                    "source '{}' writes to topic '{}' as '{}' does; give it a topic of its own, or one source both \
                     paths",
                    source.name, source.topic.name, other.name
                );
                self.0.add(source.config.place_of("topic"), message);
            }
        }
    }

    /// The entries of a mapping. Every unknown key is a problem, and stands for the one that it is most like.
    fn mapping(&mut self, node: &Node, what: &str, known: &[&str]) -> Vec<Entry> {
        let Content::Mapping(entries) = &node.content else {
            if !node.is_null() {
                let message = format!("expected {what} as a mapping of keys, found {}", node.describe());
                self.0.add(node.place, message);
            }
            return Vec::new();
        };
        let mut understood: Vec<Entry> =
            entries.iter().filter(|entry| known.contains(&entry.key.as_str())).cloned().collect();
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let mut message = unknown("key", &entry.key, known.iter().copied());
            match nearest(&entry.key, known.iter().copied()) {
                Some(meant) if understood.iter().all(|other| other.key != meant) => {
                    understood.push(Entry { key: meant.to_owned(), ..entry.clone() });
                }
                Some(_) => {}
                None => message.push_str(&format!("; {what} has {}", known.join(", "))),
            }
            self.0.add(entry.key_place, message);
        }
        understood
    }

    /// The entries of a mapping whose keys are names.
    fn named<'a>(&mut self, node: &'a Node, what: &str) -> Vec<&'a Entry> {
        match &node.content {
            Content::Mapping(entries) => {
                for entry in entries {
                    if !is_name(&entry.key) {
                        self.0.add(entry.key_place, bad_name(&entry.key));
                    }
                }
                entries.iter().collect()
            }
            _ => {
                if !node.is_null() {
                    let message =
                        format!("expected '{what}' as a mapping of names, found {}", node.describe());
                    self.0.add(node.place, message);
                }
                Vec::new()
            }
        }
    }

    fn name(&mut self, node: &Node) -> String {
        match node.text() {
            Some(text) if is_name(text) => text.to_owned(),
            _ => {
                self.0.add(node.place, bad_name(&node.describe()));
                String::new()
            }
        }
    }

    fn topic_name(&mut self, node: &Node) -> Option<String> {
        match node.text() {
            Some(text) if is_topic(text) => Some(text.to_owned()),
            _ => {
                let message = format!(
                    "expected a topic's name (letters, digits, '.', '_', '-', at most 249 of them), found {}",
                    node.describe()
                );
                self.0.add(node.place, message);
                None
            }
        }
    }

    fn errors(&mut self, node: &Node) -> ErrorsSpec {
        let mut spec = ErrorsSpec::default();
        for entry in self.mapping(node, "'errors'", ERRORS_KEYS) {
            match entry.key.as_str() {
                "tolerance" => match entry.value.text() {
                    Some("none") => spec.tolerance = Tolerance::None,
                    Some("all") => spec.tolerance = Tolerance::All,
                    _ => {
                        let message =
                            format!("'tolerance' must be none or all, found {}", entry.value.describe());
                        self.0.add(entry.value.place, message);
                    }
                },
                _ => spec.dead_letter = self.topic_name(&entry.value),
            }
        }
        spec
    }

    fn connector(
        &mut self,
        pipeline: &str,
        entry: &Entry,
        what: &str,
        known: &[&str],
    ) -> (FlatConfig, Vec<Entry>) {
        let entries = self.mapping(&entry.value, what, known);
        let mut config = FlatConfig { place: entry.key_place, ..FlatConfig::default() };
        config.strange = match &entry.value.content {
            Content::Mapping(written) => {
                let unclear =
                    |key: &str| !known.contains(&key) && nearest(key, known.iter().copied()).is_none();
                written.iter().any(|entry| unclear(&entry.key))
            }
            _ => !entry.value.is_null(),
        };
        config.set("name", format!("{pipeline}.{}", entry.key), entry.key_place);
        match entries.iter().find(|entry| entry.key == "connector") {
            None if config.strange && entries.is_empty() => {}
            None => self.0.add(entry.key_place, "'connector' is missing; there is: file".to_owned()),
            Some(found) => match found.value.text() {
                Some(kind) if CONNECTORS.contains(&kind) => kind.clone_into(&mut config.connector),
                _ => {
                    let name = found.value.text().unwrap_or_default();
                    let mut message = unknown("connector", name, CONNECTORS.iter().copied());
                    match nearest(name, CONNECTORS.iter().copied()) {
                        Some(meant) => meant.clone_into(&mut config.connector),
                        None => {
                            message.push_str("; there is: file");
                            config.strange = true;
                        }
                    }
                    self.0.add(found.value.place, message);
                }
            },
        }
        config.map.insert("connector.class".to_owned(), config.connector.clone());
        (config, entries)
    }

    /// Reads one key, and notes if its value is wrong.
    fn key(&mut self, name: &str, config: &mut FlatConfig, read: impl FnOnce(&mut Self, &mut FlatConfig)) {
        let before = self.0.0.len();
        read(self, config);
        if self.0.0.len() > before {
            config.wrong.insert(name.to_owned());
        }
    }

    fn source(&mut self, pipeline: &str, entry: &Entry, errors: &ErrorsSpec) -> SourceSpec {
        let known: Vec<&str> =
            SOURCE_OWN_KEYS.iter().copied().chain(SOURCE_KEYS.iter().map(|(key, _)| *key)).collect();
        let (mut config, entries) = self.connector(pipeline, entry, "a source", &known);
        let mut spec = SourceSpec {
            name: entry.key.clone(),
            place: entry.key_place,
            role: Role::Stream,
            topic: TopicSpec { name: entry.key.clone(), partitions: 1, configs: BTreeMap::new() },
            watermark_ms: 0,
            idle: Idle::Default,
            config: FlatConfig::default(),
        };
        for Entry { key, value, .. } in &entries {
            let flat = flat_name(key, SOURCE_KEYS);
            self.key(flat, &mut config, |reader, config| match key.as_str() {
                "connector" => {}
                "as" => reader.role(value, &mut spec.role),
                "watermark" => {
                    let example = "'1 day' or '30 seconds'";
                    spec.watermark_ms = reader.span(key, value, example).unwrap_or_default();
                }
                "idle_timeout" if value.text() == Some("never") => spec.idle = Idle::Never,
                "idle_timeout" => {
                    if let Some(ms) = reader.span(key, value, "'30 seconds', or never") {
                        spec.idle = Idle::After(ms);
                    }
                }
                "topic" => {
                    if reader.topic(value, &mut spec.topic).is_none() {
                        config.wrong.insert("topic.name".to_owned());
                    }
                    config.places.insert("topic".to_owned(), value.place);
                }
                "timestamp" => reader.timestamp(value, config),
                "columns" => reader.columns(value, config),
                key => reader.value(key, value, SOURCE_KEYS, config),
            });
        }
        config.map.insert("topic".to_owned(), spec.topic.name.clone());
        let (key, timestamp) = (config.gives("key"), config.gives("timestamp"));
        if spec.role == Role::Table {
            if !key && !config.strange {
                self.0.add(spec.place, "'key' is missing: rows of a table replace each other by key");
                config.wrong.insert("key".to_owned());
            }
            if !timestamp {
                // A table's rows hold from the beginning of time, before any row of a stream.
                config.map.insert("timestamp.fixed".to_owned(), "0".to_owned());
            }
            spec.topic.configs.entry("cleanup.policy".to_owned()).or_insert_with(|| "compact".to_owned());
        }
        let told = [("watermark", spec.watermark_ms > 0), ("idle_timeout", spec.idle != Idle::Default)];
        for (key, given) in told {
            if given && !timestamp && !config.strange {
                let message = format!("'{key}' needs 'timestamp', the column of the event time");
                self.0.add(spec.place, message);
                config.wrong.insert(key.to_owned());
            }
        }
        add_errors(&mut config, errors);
        spec.config = config;
        spec
    }

    fn role(&mut self, node: &Node, role: &mut Role) {
        match node.text() {
            Some("table") => *role = Role::Table,
            Some("stream") => *role = Role::Stream,
            _ => {
                let message = format!("'as' must be stream or table, found {}", node.describe());
                self.0.add(node.place, message);
            }
        }
    }

    /// A span of time in milliseconds.
    fn span(&mut self, key: &str, node: &Node, example: &str) -> Option<i64> {
        let span = node.text().and_then(parse_ms).filter(|ms| key != "idle_timeout" || *ms > 0);
        if span.is_none() {
            let found = node.describe();
            let message = format!("'{key}' must be a span of time such as {example}, found {found}");
            self.0.add(node.place, message);
        }
        span
    }

    fn sink(&mut self, pipeline: &str, entry: &Entry, errors: &ErrorsSpec) -> SinkSpec {
        let known: Vec<&str> =
            SINK_OWN_KEYS.iter().copied().chain(SINK_KEYS.iter().map(|(key, _)| *key)).collect();
        let (mut config, entries) = self.connector(pipeline, entry, "a sink", &known);
        let mut topics = Vec::new();
        for Entry { key, value, .. } in &entries {
            let flat = flat_name(key, SINK_KEYS);
            self.key(flat, &mut config, |reader, config| match key.as_str() {
                "connector" => {}
                "topics" => {
                    let nodes = match &value.content {
                        Content::Sequence(items) => items.iter().collect(),
                        _ => vec![value],
                    };
                    let named =
                        nodes.into_iter().filter_map(|node| Some((reader.topic_name(node)?, node.place)));
                    topics = named.collect();
                    config.places.insert("topics".to_owned(), value.place);
                }
                key => reader.value(key, value, SINK_KEYS, config),
            });
        }
        if topics.is_empty() && !config.wrong.contains("topics") && !config.strange {
            self.0.add(entry.key_place, "'topics' is missing: what the sink is to write");
        }
        let names: Vec<&str> = topics.iter().map(|(name, _)| name.as_str()).collect();
        config.map.insert("topics".to_owned(), names.join(","));
        add_errors(&mut config, errors);
        SinkSpec { name: entry.key.clone(), topics, config }
    }

    /// `topic: NAME`, or `topic: {name, partitions, configs}`. A topic without a right name keeps the one it has, and
    /// none is given back.
    fn topic(&mut self, node: &Node, topic: &mut TopicSpec) -> Option<()> {
        if !matches!(node.content, Content::Mapping(_)) {
            topic.name = self.topic_name(node)?;
            return Some(());
        }
        let mut named = Some(());
        for Entry { key, value, .. } in self.mapping(node, "a topic", &["name", "partitions", "configs"]) {
            match key.as_str() {
                "name" => match self.topic_name(&value) {
                    Some(name) => topic.name = name,
                    None => named = None,
                },
                "partitions" => {
                    match value.text().and_then(|text| text.parse().ok()).filter(|count| *count >= 1) {
                        Some(count) => topic.partitions = count,
                        None => {
                            let message = format!(
                                "'partitions' must be a whole number of at least 1, found {}",
                                value.describe()
                            );
                            self.0.add(value.place, message);
                        }
                    }
                }
                _ => self.topic_configs(&value, topic),
            }
        }
        named
    }

    fn topic_configs(&mut self, node: &Node, topic: &mut TopicSpec) {
        let Content::Mapping(configs) = &node.content else {
            self.0.add(node.place, format!("expected topic configs, found {}", node.describe()));
            return;
        };
        for config in configs {
            topic.configs.insert(config.key.clone(), config.value.text().unwrap_or_default().to_owned());
        }
    }

    /// `timestamp: COLUMN`, or `timestamp: {column, format}`.
    fn timestamp(&mut self, node: &Node, config: &mut FlatConfig) {
        if !matches!(node.content, Content::Mapping(_)) {
            self.value("timestamp", node, SOURCE_KEYS, config);
            return;
        }
        for entry in self.mapping(node, "'timestamp'", &["column", "format"]) {
            let flat = if entry.key == "column" { "timestamp" } else { "timestamp.format" };
            match entry.value.text() {
                Some(text) => config.set(flat, text, entry.value.place),
                None => {
                    let message = format!("expected a text, found {}", entry.value.describe());
                    self.0.add(entry.value.place, message);
                }
            }
        }
    }

    /// `columns: {NAME: TYPE}`.
    fn columns(&mut self, node: &Node, config: &mut FlatConfig) {
        let Content::Mapping(entries) = &node.content else {
            self.value("columns", node, SOURCE_KEYS, config);
            return;
        };
        let declared: Vec<String> = entries
            .iter()
            .map(|entry| format!("{} {}", entry.key, entry.value.text().unwrap_or_default()))
            .collect();
        config.set("columns", declared.join(", "), node.place);
    }

    /// A value that is a text, or a list of texts.
    fn value(&mut self, key: &str, node: &Node, names: &[(&str, &str)], config: &mut FlatConfig) {
        let Some((_, flat)) = names.iter().find(|(name, _)| *name == key) else { return };
        if let Some(text) = node.text() {
            config.set(flat, text, node.place);
            return;
        }
        let texts = match &node.content {
            Content::Sequence(items) => items.iter().map(Node::text).collect::<Option<Vec<&str>>>(),
            // `null:` alone, or `null: ~`: the empty text is what means null.
            _ if node.is_null() && key == "null" => Some(vec![""]),
            _ => None,
        };
        match texts {
            Some(texts) => config.set(flat, texts.join(","), node.place),
            None => {
                let message = format!("expected a value for '{key}', found {}", node.describe());
                self.0.add(node.place, message);
            }
        }
    }
}

impl FlatConfig {
    /// Whether a key is given, be its value right or wrong.
    fn gives(&self, key: &str) -> bool {
        self.map.contains_key(key) || self.wrong.contains(key)
    }
}

fn flat_name<'a>(key: &'a str, names: &[(&str, &'a str)]) -> &'a str {
    names.iter().find(|(name, _)| *name == key).map_or(key, |(_, flat)| flat)
}

fn add_errors(config: &mut FlatConfig, errors: &ErrorsSpec) {
    if errors.tolerance == Tolerance::All {
        config.map.insert("errors.tolerance".to_owned(), "all".to_owned());
    }
    if let Some(topic) = &errors.dead_letter {
        config.map.insert("errors.deadletterqueue.topic.name".to_owned(), topic.clone());
    }
}

fn is_name(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    !text.is_empty() && text.len() <= 100 && text.chars().all(fits)
}

fn bad_name(found: &str) -> String {
    format!("expected a name (letters, digits, '-' and '_', at most 100 of them), found {found}")
}

fn is_topic(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    !matches!(text, "" | "." | "..") && text.len() <= 249 && text.chars().all(fits)
}
