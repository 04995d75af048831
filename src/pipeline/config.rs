//! A pipeline's file as it was written: every key checked, every error with its place.
//!
//! Values are kept as text with their placeholders, under the flat names that Kafka Connect's REST interface would
//! show; nothing is opened or resolved here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use riverrun_connectors::api::{ConfigMap, unknown};
use riverrun_connectors::runtime::{Tolerance, TopicSpec};

use super::duration::parse_ms;
use super::problem::{Gathered, Place, Problem, Problems};
use super::yaml::{self, Content, Entry, Node};

/// A pipeline as its file says it.
#[derive(Clone, Debug)]
pub struct PipelineFile {
    /// The file, as it was named.
    pub path: PathBuf,
    /// The pipeline's name, which names its data folder.
    pub name: String,
    pub(super) sources: Vec<SourceSpec>,
    pub(super) sinks: Vec<SinkSpec>,
    pub(super) sql: Option<Node>,
    pub(super) errors: ErrorsSpec,
}

/// What a source's topic is to SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Stream,
    /// Keyed rows that replace each other, loaded before streams flow.
    Table,
}

#[derive(Clone, Debug)]
pub(super) struct SourceSpec {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) role: Role,
    pub(super) topic: TopicSpec,
    /// How far rows may lie behind the latest.
    pub(super) watermark_ms: i64,
    pub(super) config: FlatConfig,
}

#[derive(Clone, Debug)]
pub(super) struct SinkSpec {
    pub(super) name: String,
    pub(super) topics: Vec<(String, Place)>,
    pub(super) config: FlatConfig,
}

/// A connector's flat map, and where each key's value stands.
#[derive(Clone, Debug, Default)]
pub(super) struct FlatConfig {
    pub(super) connector: String,
    pub(super) map: ConfigMap,
    pub(super) places: BTreeMap<String, Place>,
    /// Where the connector itself begins.
    pub(super) place: Place,
}

impl FlatConfig {
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.places.get(key).copied().unwrap_or(self.place)
    }

    fn set(&mut self, key: &str, text: impl Into<String>, place: Place) {
        self.map.insert(key.to_owned(), text.into());
        self.places.insert(key.to_owned(), place);
    }
}

/// What happens to bad rows.
#[derive(Clone, Debug, Default)]
pub(super) struct ErrorsSpec {
    pub(super) tolerance: Tolerance,
    pub(super) dead_letter: Option<String>,
}

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
const SOURCE_OWN_KEYS: &[&str] = &["connector", "topic", "as", "watermark"];
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

impl PipelineFile {
    /// Reads a pipeline's file.
    ///
    /// # Errors
    /// Everything that is wrong in it. What a file alone does not show (paths, columns, SQL) is found by
    /// [`build`](super::Pipeline::build).
    pub fn read(path: &Path) -> Result<PipelineFile, Problems> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let place = Place { line: 1, column: 1 };
            let message = format!("the pipeline's file cannot be read: {error}");
            let missing_only = error.kind() == std::io::ErrorKind::NotFound;
            Problems { missing_only, ..Problems::new(&shown, vec![Problem { place, message }]) }
        })?;
        PipelineFile::parse(path, &text)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<PipelineFile, Problems> {
        let shown = path.display().to_string();
        let root = yaml::parse(text).map_err(|problem| Problems::new(&shown, vec![problem]))?;
        let mut reader = Reader(Gathered::default());
        let file = reader.pipeline(path, &root);
        if reader.0.0.is_empty() { Ok(file) } else { Err(Problems::new(&shown, reader.0.0)) }
    }

    /// The folder from which the paths of sources count.
    pub(super) fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(folder) => folder.to_path_buf(),
            None => PathBuf::new(),
        }
    }
}

struct Reader(Gathered);

impl Reader {
    fn pipeline(&mut self, path: &Path, root: &Node) -> PipelineFile {
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
        if sources.is_empty() && sinks.is_empty() {
            self.0.add(root.place, "a pipeline needs 'sources' or 'sinks'");
        }
        self.distinct_topics(&sources);
        PipelineFile { path: path.to_path_buf(), name, sources, sinks, sql, errors }
    }

    fn distinct_topics(&mut self, sources: &[SourceSpec]) {
        for (index, source) in sources.iter().enumerate() {
            if let Some(other) = sources[..index].iter().find(|other| other.topic.name == source.topic.name) {
                let message = format!(
                    "source '{}' writes to topic '{}' as '{}' does; give it a topic of its own, or one source both \
                     paths",
                    source.name, source.topic.name, other.name
                );
                self.0.add(source.config.place_of("topic"), message);
            }
        }
    }

    /// The entries of a mapping; every unknown key is a problem.
    fn mapping<'a>(&mut self, node: &'a Node, what: &str, known: &[&str]) -> Vec<&'a Entry> {
        let Content::Mapping(entries) = &node.content else {
            if !node.is_null() {
                let message = format!("expected {what} as a mapping of keys, found {}", node.describe());
                self.0.add(node.place, message);
            }
            return Vec::new();
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let mut message = unknown("key", &entry.key, known.iter().copied());
            if !message.contains("did you mean") {
                message.push_str(&format!("; {what} has {}", known.join(", ")));
            }
            self.0.add(entry.key_place, message);
        }
        entries.iter().filter(|entry| known.contains(&entry.key.as_str())).collect()
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

    fn topic_name(&mut self, node: &Node) -> String {
        match node.text() {
            Some(text) if is_topic(text) => text.to_owned(),
            _ => {
                let message = format!(
                    "expected a topic's name (letters, digits, '.', '_', '-', at most 249 of them), found {}",
                    node.describe()
                );
                self.0.add(node.place, message);
                String::new()
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
                _ => spec.dead_letter = Some(self.topic_name(&entry.value)),
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
        let entries: Vec<Entry> = self.mapping(&entry.value, what, known).into_iter().cloned().collect();
        let mut config = FlatConfig { place: entry.key_place, ..FlatConfig::default() };
        config.set("name", format!("{pipeline}.{}", entry.key), entry.key_place);
        match entries.iter().find(|entry| entry.key == "connector") {
            None => self.0.add(entry.key_place, "'connector' is missing; there is: file".to_owned()),
            Some(found) => match found.value.text() {
                Some(kind) if CONNECTORS.contains(&kind) => kind.clone_into(&mut config.connector),
                _ => {
                    let name = found.value.text().unwrap_or_default();
                    let mut message = unknown("connector", name, CONNECTORS.iter().copied());
                    if !message.contains("did you mean") {
                        message.push_str("; there is: file");
                    }
                    self.0.add(found.value.place, message);
                }
            },
        }
        config.map.insert("connector.class".to_owned(), config.connector.clone());
        (config, entries)
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
            config: FlatConfig::default(),
        };
        for entry in &entries {
            match entry.key.as_str() {
                "connector" => {}
                "as" => match entry.value.text() {
                    Some("table") => spec.role = Role::Table,
                    Some("stream") => spec.role = Role::Stream,
                    _ => {
                        let message =
                            format!("'as' must be stream or table, found {}", entry.value.describe());
                        self.0.add(entry.value.place, message);
                    }
                },
                "watermark" => match entry.value.text().and_then(parse_ms) {
                    Some(ms) => spec.watermark_ms = ms,
                    None => {
                        let message = format!(
                            "'watermark' must be a span of time such as '1 day' or '30 seconds', found {}",
                            entry.value.describe()
                        );
                        self.0.add(entry.value.place, message);
                    }
                },
                "topic" => self.topic(&entry.value, &mut spec.topic),
                "timestamp" => self.timestamp(&entry.value, &mut config),
                "columns" => self.columns(&entry.value, &mut config),
                key => self.value(key, &entry.value, SOURCE_KEYS, &mut config),
            }
            if entry.key == "topic" {
                config.places.insert("topic".to_owned(), entry.value.place);
            }
        }
        config.map.insert("topic".to_owned(), spec.topic.name.clone());
        if spec.role == Role::Table {
            if !config.map.contains_key("key") {
                self.0.add(spec.place, "'key' is missing: rows of a table replace each other by key");
            }
            if !config.map.contains_key("timestamp") {
                // A table's rows hold from the beginning of time, before any row of a stream.
                config.map.insert("timestamp.fixed".to_owned(), "0".to_owned());
            }
            spec.topic.configs.entry("cleanup.policy".to_owned()).or_insert_with(|| "compact".to_owned());
        }
        if spec.watermark_ms > 0 && !config.map.contains_key("timestamp") {
            let message = "'watermark' needs 'timestamp', the column of the event time".to_owned();
            self.0.add(spec.place, message);
        }
        add_errors(&mut config, errors);
        spec.config = config;
        spec
    }

    fn sink(&mut self, pipeline: &str, entry: &Entry, errors: &ErrorsSpec) -> SinkSpec {
        let known: Vec<&str> =
            SINK_OWN_KEYS.iter().copied().chain(SINK_KEYS.iter().map(|(key, _)| *key)).collect();
        let (mut config, entries) = self.connector(pipeline, entry, "a sink", &known);
        let mut topics = Vec::new();
        for entry in &entries {
            match entry.key.as_str() {
                "connector" => {}
                "topics" => {
                    let nodes = match &entry.value.content {
                        Content::Sequence(items) => items.iter().collect(),
                        _ => vec![&entry.value],
                    };
                    topics = nodes.into_iter().map(|node| (self.topic_name(node), node.place)).collect();
                    config.places.insert("topics".to_owned(), entry.value.place);
                }
                key => self.value(key, &entry.value, SINK_KEYS, &mut config),
            }
        }
        if topics.is_empty() {
            self.0.add(entry.key_place, "'topics' is missing: what the sink is to write");
        }
        let names: Vec<&str> = topics.iter().map(|(name, _)| name.as_str()).collect();
        config.map.insert("topics".to_owned(), names.join(","));
        add_errors(&mut config, errors);
        SinkSpec { name: entry.key.clone(), topics, config }
    }

    /// `topic: NAME`, or `topic: {name, partitions, configs}`.
    fn topic(&mut self, node: &Node, topic: &mut TopicSpec) {
        if !matches!(node.content, Content::Mapping(_)) {
            topic.name = self.topic_name(node);
            return;
        }
        for entry in self.mapping(node, "a topic", &["name", "partitions", "configs"]) {
            match entry.key.as_str() {
                "name" => topic.name = self.topic_name(&entry.value),
                "partitions" => {
                    match entry.value.text().and_then(|text| text.parse().ok()).filter(|count| *count >= 1) {
                        Some(count) => topic.partitions = count,
                        None => {
                            let message = format!(
                                "'partitions' must be a whole number of at least 1, found {}",
                                entry.value.describe()
                            );
                            self.0.add(entry.value.place, message);
                        }
                    }
                }
                _ => {
                    let Content::Mapping(configs) = &entry.value.content else {
                        let message = format!("expected topic configs, found {}", entry.value.describe());
                        self.0.add(entry.value.place, message);
                        continue;
                    };
                    for config in configs {
                        let text = config.value.text().unwrap_or_default().to_owned();
                        topic.configs.insert(config.key.clone(), text);
                    }
                }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let problems = PipelineFile::parse(Path::new("p.yaml"), text).unwrap_err();
        problems.to_string().lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_file_becomes_flat_maps() {
        let text = "
name: flights
sources:
  flights:
    connector: file
    path: [a.csv, b.csv]
    key: carrier
    timestamp: { column: time_hour, format: rfc3339 }
    watermark: 1 day
    null: NA
    topic: { name: rows, partitions: 4, configs: { retention.ms: -1 } }
  airlines: { connector: file, path: c.csv, as: table, key: carrier, columns: { name: VARCHAR, n: BIGINT } }
sinks:
  out: { connector: file, topics: rows, path: out.jsonl }
errors: { tolerance: all, dead_letter: dead }
";
        let file = PipelineFile::parse(Path::new("p.yaml"), text).unwrap();
        let flat = |map: &ConfigMap| -> Vec<String> {
            map.iter().map(|(key, value)| format!("{key}={value}")).collect()
        };
        assert_eq!(
            flat(&file.sources[0].config.map),
            [
                "connector.class=file",
                "errors.deadletterqueue.topic.name=dead",
                "errors.tolerance=all",
                "key=carrier",
                "name=flights.flights",
                "null=NA",
                "path=a.csv,b.csv",
                "timestamp=time_hour",
                "timestamp.format=rfc3339",
                "topic=rows",
            ]
        );
        assert_eq!((file.sources[0].topic.partitions, file.sources[0].watermark_ms), (4, 86_400_000));
        assert_eq!(file.sources[0].topic.configs["retention.ms"], "-1");
        assert_eq!(file.sources[1].role, Role::Table);
        assert_eq!(file.sources[1].config.map["columns"], "name VARCHAR, n BIGINT");
        assert_eq!(file.sources[1].config.map["timestamp.fixed"], "0");
        assert_eq!(file.sinks[0].config.map["topics"], "rows");
    }

    #[test]
    fn all_problems_at_once_with_their_places() {
        let text = "
nam: flights
sources:
  flights:
    conector: file
    path: {a: b}
    watermark: soon
    topic: { name: 'no/topic', partitions: 0 }
  air lines: { connector: fil, as: tabel }
sinks:
  out:
    connector: file
    path: x
erors: {}
";
        assert_eq!(
            problems(text),
            [
                "p.yaml:2:1: 'name' is missing: it names the pipeline and its data folder",
                "p.yaml:2:1: unknown key 'nam'; did you mean 'name'?",
                "p.yaml:4:3: 'connector' is missing; there is: file",
                "p.yaml:5:5: unknown key 'conector'; did you mean 'connector'?",
                "p.yaml:6:11: expected a value for 'path', found a mapping",
                "p.yaml:7:16: 'watermark' must be a span of time such as '1 day' or '30 seconds', found 'soon'",
                "p.yaml:8:20: expected a topic's name (letters, digits, '.', '_', '-', at most 249 of them), found \
                 'no/topic'",
                "p.yaml:8:44: 'partitions' must be a whole number of at least 1, found '0'",
                "p.yaml:9:3: expected a name (letters, digits, '-' and '_', at most 100 of them), found air lines",
                "p.yaml:9:27: unknown connector 'fil'; did you mean 'file'?",
                "p.yaml:9:36: 'as' must be stream or table, found 'tabel'",
                "p.yaml:11:3: 'topics' is missing: what the sink is to write",
                "p.yaml:14:1: unknown key 'erors'; did you mean 'errors'?",
            ]
        );
    }
}
