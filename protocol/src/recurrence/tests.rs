#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn times(rule: &str, first: &str, days: RangeInclusive<Day>) -> Vec<String> {
    let (rule, first) = (Recurrence::parse(rule).unwrap(), CivilTime::parse(first).unwrap());
    rule.occurrences(&first, days).map(|time| time.as_str().to_owned()).collect()
}

fn in_2026(rule: &str, first: &str) -> Vec<String> {
    times(rule, first, day("2026-01-01")..=day("2026-12-31"))
}

#[test]
fn every_first_thursday_at_eight() {
    let all = in_2026("FREQ=MONTHLY;BYDAY=1TH;UNTIL=20260501", "2026-01-01T20:00");
    let meant = ["2026-01-01T20:00", "2026-02-05T20:00", "2026-03-05T20:00", "2026-04-02T20:00"];
    assert_eq!(all, meant);
    assert_eq!(
        in_2026("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1SU;COUNT=3", "2026-01-25"),
        ["2026-01-25", "2026-04-26", "2026-07-26"]
    );
}

#[test]
fn a_month_without_the_day_is_passed_over() {
    let all = in_2026("FREQ=MONTHLY;COUNT=4", "2026-01-31");
    assert_eq!(all, ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]);
    assert_eq!(in_2026("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2026-01-31"), ["2026-01-31", "2026-02-28", "2026-03-31"]);
    let leap = times("FREQ=YEARLY", "2024-02-29", day("2024-01-01")..=day("2033-01-01"));
    assert_eq!(leap, ["2024-02-29", "2028-02-29", "2032-02-29"]);
    assert_eq!(times("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "2026-02-01", Day::FIRST..=Day::LAST), ["2026-02-01"]);
}

#[test]
fn weeks_begin_on_monday_and_some_are_left_out() {
    let all = in_2026("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;COUNT=5", "2026-01-04");
    assert_eq!(all, ["2026-01-04", "2026-01-13", "2026-01-18", "2026-01-27", "2026-02-01"]);
    assert_eq!(
        times("FREQ=WEEKLY;BYDAY=MO,TH", "1970-01-01", Day::FIRST..=day("1970-01-06")),
        ["1970-01-01", "1970-01-05"]
    );
}

#[test]
fn the_first_time_is_always_one_of_them() {
    assert_eq!(in_2026("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2026-01-01"), ["2026-01-01", "2026-01-05"]);
    assert_eq!(in_2026("FREQ=DAILY;UNTIL=20251231", "2026-01-01"), ["2026-01-01"]);
    let rule = Recurrence::parse("FREQ=DAILY;UNTIL=20251231").unwrap();
    assert_eq!(rule.last_day(&CivilTime::parse("2026-01-01").unwrap()), Some(day("2026-01-01")));
}

#[test]
fn the_last_day_is_known_where_there_is_one() {
    let first = CivilTime::parse("2026-01-01T10:00").unwrap();
    let last = |rule: &str| Recurrence::parse(rule).unwrap().last_day(&first);
    assert_eq!(last("FREQ=DAILY"), None);
    assert_eq!(last("FREQ=DAILY;COUNT=10"), Some(day("2026-01-10")));
    assert_eq!(last("FREQ=YEARLY;COUNT=1000"), Some(day("2999-01-01")));
    assert_eq!(last("FREQ=DAILY;UNTIL=20260214"), Some(day("2026-02-14")));
}

#[test]
fn a_rule_comes_back_in_its_one_form() {
    for (text, canonical) in [
        ("FREQ=DAILY", "FREQ=DAILY"),
        ("INTERVAL=1;FREQ=WEEKLY;WKST=MO", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;COUNT=10;BYDAY=SU,MO", "FREQ=WEEKLY;BYDAY=MO,SU;COUNT=10"),
        ("FREQ=YEARLY;BYMONTHDAY=27;BYMONTH=4", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=27"),
        ("UNTIL=20261231;FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231"),
    ] {
        assert_eq!(Recurrence::parse(text).map(|rule| rule.to_string()), Ok(canonical.to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_rule_and_what_is_beyond_us_is_refused() {
    use RecurrenceError::{Malformed, OutOfBounds, Unsupported};
    for (text, error) in [
        ("", Malformed),
        ("FREQ", Malformed),
        ("COUNT=3", Malformed),
        ("FREQ=DAILY;", Malformed),
        ("FREQ=DAILY;FREQ=DAILY", Malformed),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", Malformed),
        ("FREQ=DAILY;COUNT=-3", Malformed),
        ("FREQ=DAILY;UNTIL=20260230", Malformed),
        ("FREQ=DAILY;UNTIL=２０261231", Malformed),
        ("FREQ=DAILY;COUNT=0", OutOfBounds),
        ("FREQ=DAILY;COUNT=1001", OutOfBounds),
        ("FREQ=DAILY;COUNT=99999999999999999999", OutOfBounds),
        ("FREQ=DAILY;INTERVAL=0", OutOfBounds),
        ("FREQ=DAILY;INTERVAL=100", OutOfBounds),
        ("FREQ=WEEKLY;BYDAY=MO,MO", OutOfBounds),
        ("FREQ=MONTHLY;BYMONTHDAY=32", OutOfBounds),
        ("FREQ=YEARLY;BYMONTH=13;BYDAY=1MO", OutOfBounds),
        ("freq=daily", Unsupported),
        ("FREQ=HOURLY", Unsupported),
        ("FREQ=SECONDLY;COUNT=3", Unsupported),
        ("FREQ=DAILY;UNTIL=20261231T230000Z", Unsupported),
        ("FREQ=DAILY;BYDAY=MO", Unsupported),
        ("FREQ=WEEKLY;BYDAY=1MO", Unsupported),
        ("FREQ=WEEKLY;WKST=SU", Unsupported),
        ("FREQ=MONTHLY;BYDAY=MO", Unsupported),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", Unsupported),
        ("FREQ=MONTHLY;BYDAY=-2MO", Unsupported),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=3", Unsupported),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", Unsupported),
        ("FREQ=MONTHLY;BYSETPOS=1", Unsupported),
        ("FREQ=MONTHLY;BYDAY=é", Unsupported),
        ("FREQ=YEARLY;BYDAY=1MO", Unsupported),
        ("FREQ=YEARLY;BYMONTH=4", Unsupported),
        ("FREQ=YEARLY;BYWEEKNO=20", Unsupported),
    ] {
        assert_eq!(Recurrence::parse(text), Err(error), "{text}");
    }
}

fn in_month() -> impl Strategy<Value = InMonth> {
    let weekday = || prop::sample::select(&Weekday::ALL);
    prop_oneof![
        (1..=31_u8).prop_map(InMonth::Number),
        Just(InMonth::Last),
        (1..=5_u8, weekday()).prop_map(|(nth, day)| InMonth::Nth(nth, day)),
        weekday().prop_map(InMonth::LastOf),
    ]
}

fn any_day() -> impl Strategy<Value = Day> {
    (1970..2999_u32, 1..=12_u32, 1..=28_u32).prop_map(|(year, month, day)| Day::of(year, month, day).unwrap())
}

fn rule() -> impl Strategy<Value = Recurrence> {
    let every = prop_oneof![
        Just(Every::Day),
        prop::sample::subsequence(&Weekday::ALL, 0..=7).prop_map(Every::Week),
        prop::option::of(in_month()).prop_map(Every::Month),
        prop::option::of((1..=12_u8, in_month())).prop_map(Every::Year),
    ];
    let ends = prop_oneof![Just(Ends::Never), (1..=MAX_COUNT).prop_map(Ends::After), any_day().prop_map(Ends::On)];
    (every, 1..=MAX_INTERVAL, ends).prop_map(|(every, interval, ends)| Recurrence::new(every, interval, ends).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_rule_is_written_and_read_again(rule in rule()) {
        prop_assert_eq!(Recurrence::parse(&rule.to_string()), Ok(rule));
    }

    /// A part of all times is what lies there of all times: what is skipped is not looked at, and nothing is lost by that.
    #[test]
    fn looking_later_shows_the_same(rule in rule(), first in any_day(), from in any_day(), length in 0..2_000_u32) {
        let first = CivilTime::from(first);
        let days = from..=from.plus_days(length).unwrap_or(Day::LAST);
        let all = rule.occurrences(&first, Day::FIRST..=*days.end());
        let meant: Vec<CivilTime> = all.filter(|time| days.contains(&time.day())).collect();
        prop_assert!(meant.is_sorted_by(|a, b| a < b));
        prop_assert_eq!(rule.occurrences(&first, days).collect::<Vec<_>>(), meant);
    }
}
