use super::*;

fn windows(kind: WindowKind, offset_ms: i64, time: i64) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    Windows { kind, offset_ms }.of(time, 1, |start, end| found.push((start, end)));
    found
}

#[test]
fn every_window_that_holds_a_time_is_found_and_no_other() {
    let kinds = [
        WindowKind::Tumble { size_ms: 10 },
        WindowKind::Hop { slide_ms: 5, size_ms: 10 },
        WindowKind::Hop { slide_ms: 4, size_ms: 10 },
        WindowKind::Hop { slide_ms: 10, size_ms: 4 },
        WindowKind::Cumulate { step_ms: 5, size_ms: 20 },
    ];
    for kind in kinds {
        for offset in [-4, 0, 3] {
            for time in -50..50 {
                let mut expected = Vec::new();
                for end in -200..200_i64 {
                    let at = |step: i64| (end - offset).rem_euclid(step) == 0;
                    let start = match kind {
                        WindowKind::Tumble { size_ms } if at(size_ms) => end - size_ms,
                        WindowKind::Hop { slide_ms, size_ms }
                            if (end - size_ms - offset).rem_euclid(slide_ms) == 0 =>
                        {
                            end - size_ms
                        }
                        WindowKind::Cumulate { step_ms, size_ms } if at(step_ms) => {
                            end - 1 - (end - 1 - offset).rem_euclid(size_ms)
                        }
                        _ => continue,
                    };
                    if (start..end).contains(&time) {
                        expected.push((start, end));
                    }
                }
                assert_eq!(windows(kind, offset, time), expected, "{kind:?} {offset} {time}");
            }
        }
    }
}

#[test]
fn times_at_the_edge_of_the_calendar_have_no_window_rather_than_a_wrong_one() {
    for time in [i64::MIN, i64::MIN + 1, i64::MAX] {
        for (start, end) in windows(WindowKind::Hop { slide_ms: 5, size_ms: 10 }, 3, time) {
            assert!((start..end).contains(&time));
        }
        windows(WindowKind::Tumble { size_ms: 7 }, 0, time);
        windows(WindowKind::Cumulate { step_ms: 7, size_ms: 70 }, -7, time);
    }
}
