use super::*;
use crate::prelude::*;
use crate::test_driver::TopologyTestDriver;

fn finals(lossy: bool, times: &[i64]) -> Vec<(i64, i64)> {
    let app = StreamsBuilder::new("finals");
    app.stream("in", (utf8(), utf8()))
        .group_by_key()
        .windowed_by(Tumbling::of(ms(10)).grace(ms(5)))
        .emit(Emit::OnClose)
        .count_as("counts")
        .to_stream()
        .to("out", (windowed(utf8()), i64()));
    let config = BuildConfig { jvm_exact: lossy, ..BuildConfig::default() };
    let mut driver = TopologyTestDriver::new(&app.build_with(config).unwrap()).unwrap();
    for time in times {
        driver.pipe("in", (utf8(), utf8()), ("k".to_owned(), "v".to_owned()), *time).unwrap();
    }
    driver.end_inputs().unwrap();
    let out = driver.read::<Windowed<String>, i64>("out", (windowed(utf8()).of_size(10), i64())).unwrap();
    out.into_iter().map(|result| (result.key.unwrap().window.start_ms, result.value.unwrap())).collect()
}

#[test]
fn final_results_survive_jumps_of_time() {
    let times = [1, 2, 12, 500, 505, 10_000];
    assert_eq!(finals(false, &times), [(0, 2), (10, 1), (500, 2), (10_000, 1)]);
    assert_eq!(finals(true, &times), [(10_000, 1)], "Kafka Streams loses what the jump expires");
}

#[test]
fn a_missing_serde_names_the_step() {
    let app = StreamsBuilder::new("app");
    app.stream("in", (utf8(), utf8())).map(|k, v| (v.clone(), k.len())).group_by_key().count();
    let error = app.build().unwrap_err().to_string();
    assert!(error.contains("needs a serde for its key"), "{error}");
}

#[test]
fn null_keys_and_values_of_a_full_stream_are_dropped_and_counted() {
    let app = StreamsBuilder::new("app");
    app.stream("in", (utf8(), utf8())).to("out", (utf8(), utf8()));
    let mut driver = TopologyTestDriver::new(&app.build().unwrap()).unwrap();
    let record = |key: Option<&'static str>, value: Option<&'static str>| {
        crate::test_driver::TestRecord::new(key.map(Into::into), value.map(Into::into), 1)
    };
    driver.pipe_raw("in", record(None, Some("v"))).unwrap();
    driver.pipe_raw("in", record(Some("k"), None)).unwrap();
    driver.pipe_raw("in", record(Some("k"), Some("v"))).unwrap();
    assert_eq!(driver.dropped_total(), 2);
    assert_eq!(driver.read::<String, String>("out", (utf8(), utf8())).unwrap().len(), 1);
}
