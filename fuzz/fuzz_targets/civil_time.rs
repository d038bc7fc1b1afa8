//! Dates as people write them: what is read is a real day in the one spelling, and sorts like the calendar.
#![no_main]

use dorpsplein_protocol::time::CivilTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|pair: (&str, &str)| {
    let [one, other] = [pair.0, pair.1].map(CivilTime::parse);
    if let Ok(time) = &one {
        assert_eq!(time.as_str(), pair.0);
        assert_eq!(time.is_all_day(), pair.0.len() == 10);
        assert!(pair.0.is_ascii());
    }
    if let (Ok(one), Ok(other)) = (one, other) {
        assert_eq!(one < other, numbers(one.as_str()) < numbers(other.as_str()));
    }
});

/// Year, month, day, and hour and minute if there are any.
fn numbers(text: &str) -> Vec<u32> {
    text.split(['-', 'T', ':']).map(|part| part.parse().expect("only digits stand between the marks")).collect()
}
