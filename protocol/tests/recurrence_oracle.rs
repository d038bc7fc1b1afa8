//! Our recurrences against those of a library that knows all of RFC 5545.
#![allow(clippy::unwrap_used)]

use dorpsplein_protocol::recurrence::{Ends, Every, InMonth, Recurrence};
use dorpsplein_protocol::time::{CivilTime, Day, Weekday};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rrule::RRuleSet;

fn in_month() -> impl Strategy<Value = InMonth> {
    let weekday = || select(&Weekday::ALL[..]);
    prop_oneof![
        (1..=31_u8).prop_map(InMonth::Number),
        Just(InMonth::Last),
        (1..=5_u8, weekday()).prop_map(|(nth, day)| InMonth::Nth(nth, day)),
        weekday().prop_map(InMonth::LastOf),
    ]
}

fn every() -> impl Strategy<Value = Every> {
    prop_oneof![
        Just(Every::Day),
        subsequence(&Weekday::ALL[..], 0..=7).prop_map(Every::Week),
        prop::option::of(in_month()).prop_map(Every::Month),
        prop::option::of((1..=12_u8, in_month())).prop_map(Every::Year),
    ]
}

fn day() -> impl Strategy<Value = Day> {
    (2000..2040_u32, 1..=12_u32, 1..=31_u32).prop_filter_map("a day", |(year, month, day)| Day::of(year, month, day))
}

/// The days that the library names, with the rule as we write it, without its end.
fn theirs(every: &Every, interval: u8, first: Day, most: u16) -> Vec<Day> {
    let rule = Recurrence::new(every.clone(), interval, Ends::Never).unwrap();
    let (year, month, day) = first.parts();
    let set: RRuleSet = format!("DTSTART:{year:04}{month:02}{day:02}T200000Z\nRRULE:{rule}").parse().unwrap();
    let days = set.limit().into_iter().take(most.into()).map(|at| Day::parse(&at.format("%Y-%m-%d").to_string()));
    days.map_while(Result::ok).take_while(|day| *day < Day::of(2100, 1, 1).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Where the first time fits the rule, both say the same. Where it does not, RFC 5545 says nothing and ours counts it.
    #[test]
    fn both_name_the_same_days(every in every(), interval in 1..=12_u8, first in day(), count in 1..=40_u16) {
        let theirs = theirs(&every, interval, first, count);
        let at_first = theirs.first() == Some(&first);
        let wanted = usize::from(count) - usize::from(!at_first);
        let meant: Vec<Day> =
            (!at_first).then_some(first).into_iter().chain(theirs.into_iter().take(wanted)).collect();
        let rule = Recurrence::new(every, interval, Ends::After(count)).unwrap();
        let starts = CivilTime::parse(&format!("{first}T20:00")).unwrap();
        let end = Day::of(2099, 12, 31).unwrap();
        let ours: Vec<Day> = rule.occurrences(&starts, Day::FIRST..=end).map(|at| at.day()).collect();
        prop_assert_eq!(ours, meant, "{} from {}", rule, first);
    }

    #[test]
    fn both_end_on_the_same_day(every in every(), interval in 1..=4_u8, first in day(), days in 0..2_000_u32) {
        let until = first.plus_days(days).unwrap();
        let theirs = theirs(&every, interval, first, 2_001);
        let mut meant: Vec<Day> = theirs.into_iter().filter(|day| *day <= until && *day > first).collect();
        meant.insert(0, first);
        let rule = Recurrence::new(every, interval, Ends::On(until)).unwrap();
        let ours: Vec<Day> = rule.occurrences(&CivilTime::from(first), Day::FIRST..=Day::LAST).map(|at| at.day()).collect();
        prop_assert_eq!(ours, meant, "{} from {}", rule, first);
    }
}
