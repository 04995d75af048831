//! The records that go around: every form of key, value, header and timestamp, and how two lists are compared.

use serde_json::{Value, json};

/// What a client cannot carry, for reasons of its own.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// It sets no timestamps.
    pub no_timestamps: bool,
    /// It keeps headers in a map: duplicates only side by side.
    pub headers_in_a_map: bool,
    /// It writes no header whose value is null.
    pub no_null_headers: bool,
    /// It prints text alone.
    pub text_only: bool,
}

/// Each record once, in an order that a broker must keep.
pub(crate) fn all_forms(limits: Limits) -> Vec<Value> {
    let header = |key: &str, value: Value| json!({ "key": key, "value": value });
    let mut records = vec![
        json!({ "key": "k1", "value": "plain", "headers": [] }),
        json!({ "key": null, "value": "no key", "headers": [] }),
        json!({ "key": "k1", "value": null, "headers": [] }),
        json!({ "key": "one", "value": "x", "headers": [header("trace", json!("1"))] }),
        json!({ "key": "k1", "value": "x", "headers": [header("a", json!("1")), header("b", json!("2"))] }),
        json!({ "key": "grüße", "value": "こんにちは", "headers": [header("ключ", json!("значение"))] }),
        json!({ "key": "long", "value": "all work and no play ".repeat(2_500), "headers": [] }),
    ];
    let duplicates = if limits.headers_in_a_map {
        vec![header("z", json!("1")), header("z", json!("2")), header("a", json!("3"))]
    } else {
        vec![
            header("z", json!("1")),
            header("a", json!("2")),
            header("z", json!("1")),
            header("z", json!("3")),
        ]
    };
    records.push(json!({ "key": "duplicates", "value": "x", "headers": duplicates }));
    if !limits.no_null_headers {
        let headers = [header("a", json!("1")), header("b", Value::Null), header("c", Value::Null)];
        records.push(json!({ "key": "null header", "value": "x", "headers": headers }));
    }
    if !limits.text_only {
        records
            .push(json!({ "key": { "base64": "/wD+" }, "value": { "base64": "gIGC/w==" }, "headers": [] }));
        records.push(json!({ "key": "", "value": "", "headers": [header("empty", json!(""))] }));
    }
    records.extend(
        (0..200)
            .map(|n| json!({ "key": format!("k{}", n % 7), "value": format!("value {n}"), "headers": [] })),
    );
    for (n, record) in records.iter_mut().enumerate() {
        // A step back in time as well: timestamps need not rise.
        record["timestamp"] = json!(1_700_000_000_000_i64 + [0, 1_000, -1_000][n % 3] + n as i64);
    }
    records
}

/// One record per line.
pub(crate) fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// Fails unless `got` holds the same records in the same order at offsets without a gap.
pub(crate) fn must_equal(what: &str, expected: &[Value], got: &[Value], limits: Limits) {
    assert_eq!(got.len(), expected.len(), "{what}: count");
    for (number, (expected, got)) in expected.iter().zip(got).enumerate() {
        for field in ["key", "value", "headers"] {
            assert_eq!(got[field], expected[field], "{what}: {field} of record {number}");
        }
        if !limits.no_timestamps {
            assert_eq!(got["timestamp"], expected["timestamp"], "{what}: timestamp of record {number}");
        }
        assert_eq!(got["offset"], json!(number), "{what}: offset of record {number}");
    }
}
