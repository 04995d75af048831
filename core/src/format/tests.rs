use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::*;

fn schema(fields: &[(&str, DataType)]) -> SchemaRef {
    Arc::new(Schema::new(
        fields.iter().map(|(name, data_type)| Field::new(*name, data_type.clone(), true)).collect::<Vec<_>>(),
    ))
}

fn wide() -> SchemaRef {
    schema(&[
        ("b", DataType::Boolean),
        ("i", DataType::Int32),
        ("l", DataType::Int64),
        ("u", DataType::UInt64),
        ("f", DataType::Float64),
        ("d", DataType::Decimal128(20, 3)),
        ("t", DataType::Utf8),
        ("y", DataType::Binary),
        ("day", DataType::Date32),
        ("at", DataType::Time64(TimeUnit::Microsecond)),
        ("ts", DataType::Timestamp(TimeUnit::Microsecond, None)),
        ("tz", DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))),
        ("gap", DataType::Interval(arrow_schema::IntervalUnit::MonthDayNano)),
        ("list", DataType::List(Arc::new(Field::new("item", DataType::Int64, true)))),
        ("obj", DataType::Struct(vec![Field::new("x", DataType::Utf8, true)].into())),
    ])
}

fn read(schema: &SchemaRef, rows: &[&str]) -> RecordBatch {
    let mut decoder = JsonDecoder::new(schema.clone()).unwrap();
    for row in rows {
        decoder.append(row.as_bytes()).unwrap_or_else(|error| panic!("{row}: {error}"));
    }
    decoder.finish()
}

fn write(batch: &RecordBatch) -> Vec<String> {
    let encoder = JsonEncoder::new(batch.schema_ref()).unwrap();
    (0..batch.num_rows())
        .map(|row| {
            let mut out = Vec::new();
            encoder.write_row(batch, row, &mut out);
            String::from_utf8(out).unwrap()
        })
        .collect()
}

fn refusal(schema: &SchemaRef, row: &str) -> String {
    JsonDecoder::new(schema.clone()).unwrap().append(row.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_row_of_every_type_comes_back_as_it_was() {
    let rows = [
        r#"{"b":true,"i":-7,"l":9007199254740993,"u":18446744073709551615,"f":0.1,"d":12345678901234567.125,"t":"ä\"\n","y":"AAEC/w==","day":"2013-01-31","at":"13:05:00.250","ts":"1969-12-31T23:59:59.999999","tz":"2013-01-01T05:00:00Z","gap":"P14M3DT-1.5S","list":[1,null,3],"obj":{"x":"y"}}"#,
        r#"{"b":null,"i":null,"l":null,"u":null,"f":null,"d":null,"t":null,"y":null,"day":null,"at":null,"ts":null,"tz":null,"gap":null,"list":null,"obj":null}"#,
        r#"{"b":false,"i":0,"l":0,"u":0,"f":"-Infinity","d":-0.001,"t":"","y":"","day":"0001-01-01","at":"00:00:00","ts":"2024-02-29T00:00:00","tz":"1960-05-05T05:05:05.005Z","gap":"PT0S","list":[],"obj":{"x":null}}"#,
    ];
    assert_eq!(write(&read(&wide(), &rows)), rows);
}

#[test]
fn other_spellings_are_read_and_written_canonically() {
    let fields = schema(&[
        ("ts", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))),
        ("d", DataType::Decimal128(10, 2)),
        ("f", DataType::Float64),
    ]);
    let rows = [
        r#"{"ts":1357016400123,"d":"1e2","f":3,"unknown":{"a":[1]}}"#,
        r#"{"f":1e300,"d":1.005,"ts":"2013-01-01 06:00:00.123456+01:00"}"#,
        r#"{"d":-1.005}"#,
    ];
    let expected = [
        r#"{"ts":"2013-01-01T05:00:00.123Z","d":100.00,"f":3.0}"#,
        r#"{"ts":"2013-01-01T05:00:00.123456Z","d":1.01,"f":1e+300}"#,
        r#"{"ts":null,"d":-1.01,"f":null}"#,
    ];
    assert_eq!(write(&read(&fields, &rows)), expected);
}

#[test]
fn a_bad_row_names_its_column_and_leaves_the_others_alone() {
    let fields = schema(&[("i", DataType::Int32), ("ts", DataType::Timestamp(TimeUnit::Microsecond, None))]);
    let mut decoder = JsonDecoder::new(fields.clone()).unwrap();
    decoder.append(br#"{"i":1}"#).unwrap();
    let error = decoder.append(br#"{"i":"one"}"#).unwrap_err();
    assert_eq!(error.column.as_deref(), Some("i"));
    assert!(error.reason.contains("expected an integer, found \"one\" at line 1 column"), "{error}");
    decoder.append(br#"{"i":3}"#).unwrap();
    assert_eq!(write(&decoder.finish()), [r#"{"i":1,"ts":null}"#, r#"{"i":3,"ts":null}"#]);

    for (row, expected) in [
        (r#"{"i":3000000000}"#, "column 'i': integer 3000000000 does not fit"),
        (r#"{"i":1.5}"#, "column 'i': expected an integer, found 1.5"),
        (r#"{"ts":"2013-02-29T00:00:00"}"#, "column 'ts': expected a time in RFC 3339"),
        (r#"{"ts":"yesterday"}"#, "column 'ts': expected a time in RFC 3339"),
        (r#"{"i":1"#, "EOF while parsing"),
        (r#"{"i":1} x"#, "trailing characters"),
        ("null", "expected a JSON object"),
        ("[1]", "expected a JSON object"),
        ("", "EOF while parsing"),
    ] {
        let message = refusal(&fields, row);
        assert!(message.contains(expected), "{row}: {message}");
    }
}

#[test]
fn a_missing_value_of_a_not_null_column_is_refused() {
    let fields: SchemaRef = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
    assert!(refusal(&fields, "{}").contains("column 'id': is null or missing"));
}

#[test]
fn hostile_bytes_never_panic() {
    let fields = wide();
    let seed = br#"{"d":1e999999999,"ts":"9999999-99-99T99:99:99.9999999999Z","gap":"P99999999999YT1.1234567890H","y":"A=A","tz":9223372036854775807,"f":1e999}"#;
    for cut in 0..seed.len() {
        for flip in [0_u8, 1, 0x20, 0x80, 0xFF] {
            let mut bytes = seed.to_vec();
            bytes[cut] ^= flip;
            let mut decoder = JsonDecoder::new(fields.clone()).unwrap();
            let _ = decoder.append(&bytes);
            let _ = decoder.append(&bytes[..cut]);
            decoder.finish();
        }
    }
}

#[test]
fn keys_are_canonical_and_come_back() {
    let fields = schema(&[("a", DataType::Utf8), ("n", DataType::Int32)]);
    let batch = read(&fields, &[r#"{"a":"x\"","n":5}"#, r#"{"a":null,"n":null}"#]);
    let keys = |columns: &[usize], format| {
        let encoder = KeyEncoder::new(&fields, columns, format).unwrap();
        (0..2)
            .map(|row| {
                let mut out = Vec::new();
                encoder.write(&batch, row, &mut out).then(|| String::from_utf8(out).unwrap())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&[0], KeyFormat::Text), [Some("x\"".to_string()), None]);
    assert_eq!(keys(&[1], KeyFormat::Text), [Some("5".to_string()), None]);
    assert_eq!(keys(&[0], KeyFormat::Json), [Some(r#""x\"""#.to_string()), Some("null".to_string())]);
    assert_eq!(
        keys(&[1, 0], KeyFormat::Json),
        [Some(r#"{"n":5,"a":"x\""}"#.to_string()), Some(r#"{"n":null,"a":null}"#.to_string())]
    );
    assert!(KeyEncoder::new(&fields, &[0, 1], KeyFormat::Text).is_err());

    for (columns, format) in
        [(vec![0], KeyFormat::Text), (vec![1], KeyFormat::Json), (vec![1, 0], KeyFormat::Json)]
    {
        let part = Arc::new(fields.project(&columns).unwrap());
        let mut decoder = KeyDecoder::new(part, format).unwrap();
        for key in keys(&columns, format) {
            decoder.append(key.as_deref().map(str::as_bytes)).unwrap();
        }
        let read: Vec<_> = decoder.finish();
        let expected: Vec<_> = columns.iter().map(|column| batch.column(*column).clone()).collect();
        assert_eq!(read, expected);
    }
}
