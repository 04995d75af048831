//! Every foreign client with every compression, both ways, against our broker.

use std::cell::RefCell;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::Case;
use crate::binary::{self, Serve};
use crate::foreign::{COMPRESSIONS, Client};
use crate::records::{all_forms, must_equal};

thread_local! {
    static BROKER: RefCell<Option<(Serve, TempDir)>> = const { RefCell::new(None) };
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for client in [Client::Kcat].into_iter().chain(Client::DRIVERS) {
        for compression in COMPRESSIONS.into_iter().filter(|name| client.compresses(name)) {
            let theirs = move || {
                let (bootstrap, data_dir) = our_broker();
                there_and_back(&bootstrap, client, Client::Riverrun, compression, Some(data_dir));
            };
            let ours = move || {
                let (bootstrap, data_dir) = our_broker();
                there_and_back(&bootstrap, Client::Riverrun, client, compression, Some(data_dir));
            };
            let name = client.name();
            cases.push(Case {
                name: format!("{name} produces {compression}, riverrun consumes"),
                missing: client.missing(),
                run: Box::new(theirs),
            });
            if client.decompresses(compression) {
                cases.push(Case {
                    name: format!("riverrun produces {compression}, {name} consumes"),
                    missing: client.missing(),
                    run: Box::new(ours),
                });
            }
        }
    }
    cases
}

/// The one broker of all cases, started by the first that asks: its address and its data folder.
pub(crate) fn our_broker() -> (String, PathBuf) {
    BROKER.with_borrow_mut(|broker| {
        let (serve, folder) = broker.get_or_insert_with(|| {
            let folder = TempDir::new().unwrap();
            (Serve::start(folder.path(), &["-o", "group.initial.rebalance.delay.ms=0"]), folder)
        });
        (serve.address.clone(), folder.path().to_owned())
    })
}

/// Stops what the cases started.
pub(crate) fn stop_brokers() {
    if let Some((serve, _folder)) = BROKER.take() {
        let status = serve.stop();
        assert!(status.success(), "serve ended with {status}");
    }
}

/// One client writes every form of record to a new topic, the other reads them all; what lies on disk between them
/// is compressed as asked for.
pub(crate) fn there_and_back(
    bootstrap: &str,
    writer: Client,
    reader: Client,
    compression: &str,
    data_dir: Option<PathBuf>,
) {
    let topic = format!("{}-{}-{compression}", writer.name(), reader.name());
    binary::succeed(&["topic", "create", &topic, "--partitions", "1", "--bootstrap-server", bootstrap], b"");
    // What the writer cannot say, and what the reader cannot show.
    let mut limits = writer.limits();
    limits.headers_in_a_map |= reader.limits().headers_in_a_map;
    limits.text_only |= reader.limits().text_only;
    let records = all_forms(limits);
    writer.produce(bootstrap, &topic, compression, &records);
    let got = reader.consume(bootstrap, &topic, records.len());
    must_equal(&topic, &records, &got, limits);
    if let Some(folder) = data_dir {
        let stored = compressions_on_disk(&folder.join(format!("{topic}-0/00000000000000000000.log")));
        let code = COMPRESSIONS.iter().position(|name| *name == compression).unwrap();
        // A client may leave a batch plain that would not shrink.
        assert!(stored.contains(&code), "{topic}: batches on disk have compressions {stored:?}, not {code}");
        assert!(stored.iter().all(|stored| [code, 0].contains(stored)), "{topic}: {stored:?}");
    }
}

/// The compression of each batch in a segment: the low three bits of the attributes, 21 bytes into the batch.
fn compressions_on_disk(segment: &std::path::Path) -> Vec<usize> {
    let bytes = std::fs::read(segment).unwrap_or_else(|error| panic!("{}: {error}", segment.display()));
    let mut rest = bytes.as_slice();
    let mut found = Vec::new();
    while rest.len() > 61 {
        let length = u32::from_be_bytes(rest[8..12].try_into().unwrap()) as usize;
        found.push(usize::from(rest[22] & 0b111));
        rest = rest.get(12 + length..).unwrap_or_default();
    }
    found
}
