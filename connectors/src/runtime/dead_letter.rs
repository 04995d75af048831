//! Dead letters: a bad record as it came, with Kafka Connect's headers that say where and why it failed.

use bytes::Bytes;

use crate::api::{BadRecord, ErrorStage, Header, SinkRecord};

use super::log::OutRecord;

/// The names of the headers, in the order in which they are written.
pub mod header_names {
    /// The topic of the record.
    pub const TOPIC: &str = "__connect.errors.topic";
    /// Its partition; -1 for a record that never was in a topic.
    pub const PARTITION: &str = "__connect.errors.partition";
    /// Its offset; for a record that never was in a topic its position in the source.
    pub const OFFSET: &str = "__connect.errors.offset";
    /// The connector.
    pub const CONNECTOR_NAME: &str = "__connect.errors.connector.name";
    /// The task's number.
    pub const TASK_ID: &str = "__connect.errors.task.id";
    /// The step that failed.
    pub const STAGE: &str = "__connect.errors.stage";
    /// Who performed that step.
    pub const CLASS_NAME: &str = "__connect.errors.class.name";
    /// The kind of error.
    pub const EXCEPTION_CLASS_NAME: &str = "__connect.errors.exception.class.name";
    /// What was wrong.
    pub const EXCEPTION_MESSAGE: &str = "__connect.errors.exception.message";
    /// The error and its causes.
    pub const EXCEPTION_STACKTRACE: &str = "__connect.errors.exception.stacktrace";
}

/// The kind of error that Kafka Connect's tools expect for a record that is wrong in itself.
const DATA_EXCEPTION: &str = "org.apache.kafka.connect.errors.DataException";

/// Who writes dead letters.
#[derive(Clone, Debug)]
pub struct DeadLetterContext {
    /// The connector's name.
    pub connector: String,
    /// The task's number.
    pub task: u32,
    /// The connector's kind, such as `file`.
    pub kind: &'static str,
}

impl DeadLetterContext {
    /// The dead letter of a source's bad input.
    pub fn of_source(&self, bad: &BadRecord) -> OutRecord {
        let mut headers = bad.headers.clone();
        let class = format!("riverrun.connectors.{}.Source", self.kind);
        self.add(&mut headers, &bad.topic, -1, bad.offset, bad.stage, &class, &bad.message);
        OutRecord { key: bad.key.clone(), value: bad.value.clone(), headers, timestamp: None }
    }

    /// The dead letter of a record that a sink refused.
    pub fn of_sink(&self, record: &SinkRecord, stage: ErrorStage, message: &str) -> OutRecord {
        let mut headers = record.headers.clone();
        let class = format!("riverrun.connectors.{}.Sink", self.kind);
        let partition = &record.partition;
        self.add(&mut headers, &partition.topic, partition.partition, record.offset, stage, &class, message);
        OutRecord {
            key: record.key.clone(),
            value: record.value.clone(),
            headers,
            timestamp: Some(record.timestamp),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is one of the ten headers")]
    fn add(
        &self,
        headers: &mut Vec<Header>,
        topic: &str,
        partition: i32,
        offset: i64,
        stage: ErrorStage,
        class: &str,
        message: &str,
    ) {
        use header_names as name;
        for (key, value) in [
            (name::TOPIC, topic.to_owned()),
            (name::PARTITION, partition.to_string()),
            (name::OFFSET, offset.to_string()),
            (name::CONNECTOR_NAME, self.connector.clone()),
            (name::TASK_ID, self.task.to_string()),
            (name::STAGE, stage.as_str().to_owned()),
            (name::CLASS_NAME, class.to_owned()),
            (name::EXCEPTION_CLASS_NAME, DATA_EXCEPTION.to_owned()),
            (name::EXCEPTION_MESSAGE, message.to_owned()),
            (name::EXCEPTION_STACKTRACE, format!("{DATA_EXCEPTION}: {message}\n")),
        ] {
            headers.push(Header { key: Bytes::from_static(key.as_bytes()), value: Some(Bytes::from(value)) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_headers_come_after_the_records_own() {
        let context = DeadLetterContext { connector: "flights".to_owned(), task: 2, kind: "file" };
        let bad = BadRecord {
            topic: "flights".into(),
            offset: 77,
            key: None,
            value: Some(Bytes::from_static(b"row")),
            headers: vec![Header { key: Bytes::from_static(b"h"), value: None }],
            stage: ErrorStage::ValueConverter,
            message: "a.csv:3: wrong".to_owned(),
        };
        let text: Vec<String> = context
            .of_source(&bad)
            .headers
            .iter()
            .map(|header| {
                let value = header.value.as_deref().map_or("null".into(), String::from_utf8_lossy);
                format!("{}={value}", String::from_utf8_lossy(&header.key))
            })
            .collect();
        assert_eq!(
            text,
            [
                "h=null",
                "__connect.errors.topic=flights",
                "__connect.errors.partition=-1",
                "__connect.errors.offset=77",
                "__connect.errors.connector.name=flights",
                "__connect.errors.task.id=2",
                "__connect.errors.stage=VALUE_CONVERTER",
                "__connect.errors.class.name=riverrun.connectors.file.Source",
                "__connect.errors.exception.class.name=org.apache.kafka.connect.errors.DataException",
                "__connect.errors.exception.message=a.csv:3: wrong",
                "__connect.errors.exception.stacktrace=org.apache.kafka.connect.errors.DataException: a.csv:3: wrong\n",
            ]
        );
    }
}
