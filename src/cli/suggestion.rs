//! "Did you mean": the nearest name there is, beside an error about one that is not.

use riverrun::core::client::{Admin, Client};
use riverrun::core::config::nearest;
use riverrun::{Error, ErrorKind};

/// An error that `kind` named `name` is not there, with the nearest of `known`.
pub(crate) fn not_there<'a>(kind: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.into_iter().collect();
    let message = match nearest(name, known.iter().copied()) {
        Some(near) => format!("{kind} '{name}' does not exist; did you mean '{near}'?"),
        None if known.is_empty() => format!("{kind} '{name}' does not exist; there are none yet"),
        None => format!("{kind} '{name}' does not exist; `riverrun {kind} list` shows those that do"),
    };
    Error::new(ErrorKind::NotFound, message)
}

/// `error`, or where it says that the topic is not there, the same with the nearest topic.
pub(crate) async fn nearest_topic(client: &Client, topic: &str, error: Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return error;
    }
    match Admin::new(client).list_topics().await {
        Ok(topics) => not_there(
            "topic",
            topic,
            topics.iter().filter(|topic| !topic.is_internal).map(|topic| &*topic.name),
        ),
        Err(_) => error,
    }
}

/// `error`, or where it says that the first thing it quotes is not there, the same with the topic nearest to that.
#[cfg(feature = "sql")]
pub(crate) async fn nearest_to_quoted(client: &Client, error: Error) -> Error {
    let quoted = error.message().split('\'').nth(1).map(str::to_owned);
    let (ErrorKind::NotFound, Some(name)) = (error.kind(), quoted) else { return error };
    let Ok(topics) = Admin::new(client).list_topics().await else { return error };
    match nearest(&name, topics.iter().map(|topic| &*topic.name)) {
        Some(near) if !error.message().contains(near) => {
            Error::new(ErrorKind::NotFound, format!("{}; did you mean '{near}'?", error.message()))
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_named() {
        let message =
            |known: &[&str]| not_there("topic", "fligts", known.iter().copied()).message().to_owned();
        assert_eq!(message(&["flights", "x"]), "topic 'fligts' does not exist; did you mean 'flights'?");
        assert_eq!(message(&[]), "topic 'fligts' does not exist; there are none yet");
        assert_eq!(
            message(&["other"]),
            "topic 'fligts' does not exist; `riverrun topic list` shows those that do"
        );
    }
}
