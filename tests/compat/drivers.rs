//! Every driver's transactions and admin calls against our broker.

use serde_json::json;

use crate::Case;
use crate::binary;
use crate::foreign::Client;
use crate::interop::our_broker;

pub(crate) fn cases() -> Vec<Case> {
    let case = |client: Client, what: &str, run: fn(&str, Client)| Case {
        name: format!("{} {what}", client.name()),
        missing: client.missing(),
        run: Box::new(move || run(&our_broker().0, client)),
    };
    let of = |client| {
        [
            case(client, "commits and aborts transactions", transactions),
            case(client, "makes, changes and deletes a topic and a group", administers),
        ]
    };
    Client::DRIVERS.into_iter().flat_map(of).collect()
}

/// Commits, aborts, and commits again with the offsets of a group; then reads what is committed.
fn transactions(bootstrap: &str, client: Client) {
    let (topic, group) = (format!("transactions-{}", client.name()), format!("offsets-{}", client.name()));
    binary::succeed(&["topic", "create", &topic, "--partitions", "1", "--bootstrap-server", bootstrap], b"");
    let seen = client.act("transaction", bootstrap, &topic, &group);
    assert_eq!(seen, json!({ "values": ["a0", "a1", "a2", "c0"], "offset": 3 }));
}

/// A topic's life and the end of a group that is empty.
fn administers(bootstrap: &str, client: Client) {
    let (topic, group) = (format!("admin-{}", client.name()), format!("empty-{}", client.name()));
    let seed = format!("seed-{}", client.name());
    binary::succeed(&["produce", &seed, "--bootstrap-server", bootstrap], b"one\n");
    let arguments = ["consume", &seed, "--group", &group, "--from-beginning", "--max-messages", "1"];
    binary::succeed(&[&arguments[..], &["--bootstrap-server", bootstrap]].concat(), b"");
    let mut expected = json!({
        "created": [2, "60000"], "altered": "120000", "grown": 5, "start": 3,
        "listed": true, "described": "empty", "group_gone": true, "gone": true,
    });
    if client == Client::Aiokafka {
        // It has no call that deletes a group.
        expected.as_object_mut().unwrap().remove("group_gone");
    }
    assert_eq!(client.act("admin", bootstrap, &topic, &group), expected);
}
