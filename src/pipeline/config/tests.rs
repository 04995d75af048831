use super::*;

fn problems(text: &str) -> Vec<String> {
    let (_, found) = PipelineFile::parse(Path::new("p.yaml"), text).unwrap();
    Problems::new("p.yaml", found.0).to_string().lines().map(str::to_owned).collect()
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
    let (file, found) = PipelineFile::parse(Path::new("p.yaml"), text).unwrap();
    assert!(found.0.is_empty(), "{found:?}");
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
            "p.yaml:2:1: unknown key 'nam'; did you mean 'name'?",
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
