//! Aggregates in windows.

use std::time::Duration;

use riverrun_streams::operator::TimeWindows;
use riverrun_streams::prelude::*;

use super::tables::store;
use super::{Registry, head, java, text, texts};

type Grouped = WindowedStream<String, String, Nullable>;

fn tumbling(size: u64, grace: u64) -> Tumbling {
    Tumbling::of(ms(size)).grace(ms(grace))
}

fn hopping(size: u64, advance: u64, grace: u64) -> Hopping {
    Hopping::of(ms(size), ms(advance)).grace(ms(grace))
}

fn input(app: &StreamsBuilder, windows: impl Into<TimeWindows>) -> Grouped {
    texts(app, "in").group_by_key().windowed_by(windows)
}

fn counts(table: Table<Windowed<String>, i64>) {
    table.to_stream_nullable().to("out", (windowed(utf8()), i64()));
}

fn joined(table: Table<Windowed<String>, String>) {
    table.to_stream_nullable().to("out", (windowed(utf8()), utf8()));
}

fn append(grouped: &Grouped, store: Materialized<String, String>) -> Table<Windowed<String>, String> {
    grouped.aggregate(store, String::new, |_, v, a| format!("{a},{}", java(v)))
}

fn words(app: &StreamsBuilder, windows: impl Into<TimeWindows>) -> Grouped {
    let split = |v: Option<&String>| -> Vec<Option<String>> {
        v.into_iter().flat_map(|v| v.split(' ')).map(|word| Some(word.to_owned())).collect()
    };
    texts(app, "in").flat_map_values(move |_, v| split(v)).group_by_key().windowed_by(windows)
}

fn kept(name: &str) -> Materialized<String, String> {
    store(name).retention(Duration::from_secs(100))
}

pub(crate) fn register(all: &mut Registry) {
    all.insert("tumbling-count-no-grace", |app, _| counts(input(app, tumbling(10, 0)).count_as("counts")));
    all.insert("tumbling-count-grace", |app, _| counts(input(app, tumbling(10, 5)).count()));
    all.insert("tumbling-reduce", |app, _| {
        let reduce = |a: &String, v: Option<&String>| format!("{a},{}", java(v));
        joined(input(app, tumbling(10, 5)).reduce(store("reduced"), reduce));
    });
    all.insert("tumbling-aggregate", |app, _| joined(append(&input(app, tumbling(1000, 250)), store("agg"))));
    all.insert("tumbling-aggregate-null", |app, _| {
        let add = |v: Option<&String>, a: String| v.filter(|v| v.len() % 2 != 0).map(|v| a + v);
        let grouped = input(app, tumbling(10, 5));
        joined(grouped.aggregate_optional(store("agg"), String::new, move |_, v, a| add(v, a)));
    });
    all.insert("tumbling-count-cached", |app, _| counts(words(app, tumbling(10, 5)).count_as("counts")));
    all.insert("tumbling-random", |app, _| joined(append(&input(app, tumbling(60, 30)), store("agg"))));
    all.insert("tumbling-retention", |app, _| {
        let store = Materialized::named("counts").retention(ms(40));
        counts(input(app, tumbling(10, 5)).count_as(store));
    });
    all.insert("tumbling-in-memory", |app, _| {
        let store = Materialized::named("counts").in_memory();
        counts(input(app, tumbling(10, 5)).count_as(store));
    });
    all.insert("tumbling-by-head", |app, _| {
        let grouped = texts(app, "in").group_by(|_, v| v.and_then(|v| head(v)), utf8());
        counts(grouped.windowed_by(tumbling(10, 5)).count_as("counts"));
    });
    all.insert("windowed-key-text", |app, _| {
        let table = input(app, tumbling(10, 5)).count_as("counts");
        let rendered = table
            .to_stream_nullable()
            .select_key(|w, _| w.map(|w| format!("{}@{}/{}", w.key, w.window.start_ms, w.window.end_ms)));
        rendered.map_values(|_, n| n.map(|n| n.to_string())).to("mapped", text());
        let printed = table.to_stream_nullable().map(|w, n| {
            let start = format!("1970-01-01T00:00:{}Z", seconds_text(w.map_or(0, |w| w.window.start_ms)));
            (w.map(ToString::to_string), n.map(|n| format!("{n} {start}")))
        });
        printed.to("printed", text());
    });
    all.insert("hopping-count", |app, _| counts(input(app, hopping(10, 5, 0)).count_as("counts")));
    all.insert("hopping-uneven", |app, _| joined(append(&input(app, hopping(10, 4, 3)), store("agg"))));
    all.insert("hopping-grace", |app, _| joined(append(&input(app, hopping(10, 5, 5)), store("agg"))));
    all.insert("hopping-cached", |app, _| counts(words(app, hopping(12, 3, 6)).count_as("counts")));
    all.insert("hopping-random", |app, _| counts(input(app, hopping(60, 25, 30)).count_as("counts")));
    all.insert("unlimited-count", |app, _| counts(input(app, Unlimited::from(0)).count_as("counts")));
    all.insert("unlimited-count-start", |app, _| counts(input(app, Unlimited::from(12)).count_as("counts")));
    for name in ["final-tumbling", "final-tumbling-cached"] {
        all.insert(name, |app, _| {
            joined(append(&input(app, tumbling(10, 5)).emit(Emit::OnClose), store("agg")));
        });
    }
    for name in ["final-tumbling-kept", "final-tumbling-throttled"] {
        all.insert(name, |app, _| {
            joined(append(&input(app, tumbling(10, 5)).emit(Emit::OnClose), kept("agg")));
        });
    }
    all.insert("final-hopping", |app, _| {
        joined(append(&input(app, hopping(10, 5, 5)).emit(Emit::OnClose), store("agg")));
    });
    all.insert("final-hopping-kept", |app, _| {
        joined(append(&input(app, hopping(10, 5, 5)).emit(Emit::OnClose), kept("agg")));
    });
    all.insert("final-tumbling-random-lossy", |app, _| {
        joined(append(&input(app, tumbling(60, 30)).emit(Emit::OnClose), store("agg")));
    });
    all.insert("final-tumbling-random", |app, _| {
        joined(append(&input(app, tumbling(60, 30)).emit(Emit::OnClose), kept("agg")));
    });
    all.insert("final-hopping-random", |app, _| {
        let store = Materialized::named("counts").retention(Duration::from_secs(100));
        counts(input(app, hopping(60, 25, 30)).emit(Emit::OnClose).count_as(store));
    });
    suppressed(all);
    sessions(all);
}

fn suppressed(all: &mut Registry) {
    for name in ["suppress-tumbling", "suppress-cached"] {
        all.insert(name, |app, _| {
            joined(
                append(&input(app, tumbling(10, 5)), store("agg")).suppress_until_close(Buffer::unbounded()),
            );
        });
    }
    all.insert("suppress-hopping", |app, _| {
        let table = append(&input(app, hopping(10, 5, 5)), store("agg")).named("final");
        joined(table.suppress_until_close(Buffer::unbounded()));
    });
    all.insert("suppress-random", |app, _| {
        joined(append(&input(app, tumbling(60, 30)), store("agg")).suppress_until_close(Buffer::unbounded()));
    });
    all.insert("suppress-shut-down", |app, _| {
        let buffer = Buffer::unbounded().max_records(3).stop_when_full();
        joined(append(&input(app, tumbling(10, 500)), store("agg")).suppress_until_close(buffer));
    });
    all.insert("suppress-then-group", |app, _| {
        let table =
            append(&input(app, tumbling(10, 5)), store("agg")).suppress_until_close(Buffer::unbounded());
        let filtered =
            table.filter(|_, v| v.encode_utf16().count() > 3).map_values(|_, v| format!("final{v}"));
        filtered.to_stream_nullable().to("filtered", (windowed(utf8()), utf8()));
        let grouped = table.group_by(|w, v| Some((w.key.clone(), v.clone())), text());
        let add = |a: &String, v: &String| format!("{a} then{v}");
        let reduced = grouped.reduce(store("perKey"), add, |a, v| format!("{a} minus{v}"));
        reduced.to_stream_nullable().to("out", text());
    });
    all.insert("suppress-time-limit", |app, _| {
        let table = app.table("in", text()).suppress_for(ms(10), Buffer::unbounded());
        table.to_stream_nullable().to("out", text());
    });
    all.insert("suppress-early-records", |app, _| {
        let table = app.table("in", text()).suppress_for(ms(1000), Buffer::unbounded().max_records(2));
        table.to_stream_nullable().to("out", text());
    });
    all.insert("suppress-early-bytes", |app, _| {
        let table = app.table_as("in", text(), store("latest")).named("held");
        let table = table.suppress_for(ms(1000), Buffer::unbounded().max_bytes(130));
        table.to_stream_nullable().to("out", text());
    });
    all.insert("suppress-zero-limit", |app, _| {
        let table = app.table("in", text()).suppress_for(ms(0), Buffer::unbounded());
        table.to_stream_nullable().to("out", text());
    });
    all.insert("suppress-time-limit-random", |app, _| {
        let table = app.table("in", text()).suppress_for(ms(40), Buffer::unbounded().max_records(4));
        table.to_stream_nullable().to("out", text());
    });
    all.insert("names-suppress", |app, _| {
        let table = input(app, Tumbling::of(ms(1000))).count();
        let to = |table: Table<Windowed<String>, i64>, topic: &str| {
            table.to_stream_nullable().to(topic, (windowed(utf8()), i64()));
        };
        to(table.suppress_until_close(Buffer::unbounded()), "a");
        to(table.named("held").suppress_until_close(Buffer::unbounded()), "b");
        to(table.suppress_until_close(Buffer::unbounded().without_changelog()), "c");
        let rows = app.table("rows", text()).suppress_for(ms(1000), Buffer::unbounded().max_records(10));
        rows.to_stream_nullable().to("d", text());
    });
}

/// Seconds of a minute with a fraction of three digits where there is one, as Java prints an instant.
fn seconds_text(ms: i64) -> String {
    if ms % 1000 == 0 { format!("{:02}", ms / 1000) } else { format!("{:02}.{:03}", ms / 1000, ms % 1000) }
}

type InSessions = SessionStream<String, String, Nullable>;

fn session(app: &StreamsBuilder, gap: u64, grace: u64) -> InSessions {
    texts(app, "in").group_by_key().windowed_by_sessions(Sessions::with_gap(ms(gap)).grace(ms(grace)))
}

fn session_counts(table: Table<Windowed<String>, i64>) {
    table.to_stream_nullable().to("out", (session_windowed(utf8()), i64()));
}

fn session_texts(table: Table<Windowed<String>, String>) {
    table.to_stream_nullable().to("out", (session_windowed(utf8()), utf8()));
}

fn folded(grouped: &InSessions, store: Materialized<String, String>) -> Table<Windowed<String>, String> {
    let add = |v: Option<&String>, a: String| Some(format!("{a},{}", java(v)));
    grouped.aggregate_optional(store, String::new, move |_, v, a| add(v, a), |_, l, r| format!("({l}|{r})"))
}

fn sessions(all: &mut Registry) {
    all.insert("session-count-no-grace", |app, _| session_counts(session(app, 10, 0).count_as("counts")));
    all.insert("session-count-grace", |app, _| session_counts(session(app, 10, 20).count()));
    for name in ["session-aggregate", "session-cached"] {
        all.insert(name, |app, _| session_texts(folded(&session(app, 10, 20), store("agg"))));
    }
    all.insert("session-in-memory", |app, _| {
        // A store of its own retention; the changelog keeps that of the windows.
        let memory =
            store("agg").in_memory().retention(ms(40)).changelog_configs([("retention.ms", "86400030")]);
        session_texts(folded(&session(app, 10, 20), memory));
    });
    all.insert("session-reduce", |app, _| {
        let reduce = |a: &String, v: Option<&String>| format!("{a},{}", java(v));
        session_texts(session(app, 100, 30).reduce(store("reduced"), reduce));
    });
    all.insert("session-aggregate-null", |app, _| {
        let add =
            |v: Option<&String>, a: String| v.filter(|v| v.encode_utf16().count() % 2 != 0).map(|v| a + v);
        let merge = |l: String, r: String| format!("{l}|{r}");
        let grouped = session(app, 10, 20);
        let table = grouped.aggregate_optional(
            store("agg"),
            String::new,
            move |_, v, a| add(v, a),
            move |_, l, r| merge(l, r),
        );
        session_texts(table);
    });
    all.insert("session-random", |app, _| session_texts(folded(&session(app, 25, 30), store("agg"))));
    all.insert("final-session", |app, _| {
        session_texts(folded(&session(app, 10, 20).emit(Emit::OnClose), store("agg")));
    });
    all.insert("final-session-kept", |app, _| {
        session_texts(folded(&session(app, 10, 20).emit(Emit::OnClose), kept("agg")));
    });
    all.insert("final-session-random", |app, _| {
        session_texts(folded(&session(app, 25, 30).emit(Emit::OnClose), kept("agg")));
    });
    for name in ["suppress-session", "suppress-session-cached"] {
        all.insert(name, |app, _| {
            let table = folded(&session(app, 10, 20), store("agg"));
            session_texts(table.suppress_until_close(Buffer::unbounded()));
        });
    }
    all.insert("suppress-session-random", |app, _| {
        let table = folded(&session(app, 25, 30), store("agg"));
        session_texts(table.suppress_until_close(Buffer::unbounded()));
    });
    all.insert("headers-windows", |app, _| {
        let input = texts(app, "in");
        let to = |table: &Table<Windowed<String>, i64>, topic: &str| {
            table.to_stream_nullable().to(topic, (windowed(utf8()), i64()));
        };
        let updates = input.group_by_key().windowed_by(tumbling(10, 0)).count_as("counts");
        to(&updates, "updates");
        to(&updates.suppress_until_close(Buffer::unbounded()), "suppressed");
        let finals = input.group_by_key().windowed_by(tumbling(10, 0)).emit(Emit::OnClose).count_as("finals");
        to(&finals, "final");
        let sessions = Sessions::with_gap(ms(10)).grace(ms(5));
        let sessions = input.group_by_key().windowed_by_sessions(sessions).count_as("sessionCounts");
        sessions.to_stream_nullable().to("sessions", (session_windowed(utf8()), i64()));
    });
    all.insert("names-windows-named", |app, _| {
        let stream = texts(app, "in");
        let visits = stream.named("visits").group_by(|_, v| v.cloned(), utf8());
        let sessions = visits.windowed_by_sessions(Sessions::with_gap(minutes(1)));
        let counts = sessions.named("session-count").count_as("session-store").named("session-stream");
        counts.to_stream_nullable().to("sessions", (session_windowed(utf8()), i64()));
        let hits = stream.named("hits").group_by(|_, v| v.cloned(), utf8());
        let hits = hits.windowed_by(Tumbling::of(minutes(1))).named("hit-count").count();
        hits.to_stream_nullable().to("hits", (windowed(utf8()), i64()));
    });
}
