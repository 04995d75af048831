//! A source as SQL declares it: the statement that makes its topic a stream or a table.

use riverrun_connectors::api::{ColumnType, Schema};
use riverrun_connectors::runtime::Tolerance;

use super::super::config::{Idle, Role};
use super::super::known::{Doubt, KnownSource};
use super::super::problem::Gathered;

/// `CREATE STREAM` or `CREATE TABLE` for a source whose columns are known, and what of it is in doubt.
pub(super) fn declaration(source: &KnownSource, problems: &mut Gathered) -> (String, Option<Doubt>) {
    let spec = &source.spec;
    let mut doubt = source.doubt;
    let Some(schema) = &source.schema else {
        let topic = text(&spec.topic.name);
        let statement =
            format!("CREATE STREAM {} (line TEXT) WITH (topic = {topic}, format = 'raw')", name(&spec.name));
        return (statement, doubt);
    };
    let mut items: Vec<String> = schema
        .columns
        .iter()
        .map(|column| format!("{} {}", name(&column.name), type_name(column.kind)))
        .collect();
    let mut options = vec![format!("topic = {}", text(&spec.topic.name)), "format = 'json'".to_owned()];
    options.push(format!("partitions = '{}'", spec.topic.partitions));
    if source.tolerance == Tolerance::All {
        options.push("bad_rows = 'skip'".to_owned());
    }
    let kind = match (spec.role, &source.key) {
        (Role::Table, Some(key)) => {
            items.push(format!("PRIMARY KEY ({})", name(key)));
            "TABLE"
        }
        (_, Some(key)) => {
            options.push(format!("key = {}", text(key)));
            "STREAM"
        }
        (_, None) => "STREAM",
    };
    if let (Role::Stream, Some(column)) = (spec.role, &source.timestamp) {
        if is_instant(schema, column) {
            let column = name(column);
            let delay = spec.watermark_ms;
            items.push(format!("WATERMARK FOR {column} AS {column} - INTERVAL '{delay}' MILLISECONDS"));
            match spec.idle {
                Idle::Default => {}
                Idle::After(ms) => options.push(format!("idle_timeout = '{ms} milliseconds'")),
                Idle::Never => options.push("idle_timeout = 'never'".to_owned()),
            }
        } else if spec.watermark_ms > 0 {
            let message = format!(
                "'watermark' needs an event time of type TIMESTAMP, and '{column}' is none; write its times as RFC \
                 3339, or declare it under 'columns'"
            );
            problems.add(spec.place, message);
            doubt = doubt.or(Some(Doubt::Nature));
        }
    }
    let statement =
        format!("CREATE {kind} {} ({}) WITH ({})", name(&spec.name), items.join(", "), options.join(", "));
    (statement, doubt)
}

fn is_instant(schema: &Schema, column: &str) -> bool {
    schema.position(column).is_some_and(|at| schema.columns[at].kind == ColumnType::Timestamp)
}

/// An instant has a zone in SQL; the other names are SQL's own.
fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Timestamp => "TIMESTAMP WITH TIME ZONE",
        other => other.as_sql(),
    }
}

fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
