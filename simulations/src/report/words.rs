//! Numbers as people read them.

/// A whole number with its thousands apart: `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// An amount of bytes, in thousands of thousands: `3.2 MB`.
#[must_use]
pub fn bytes(amount: f64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = amount;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{} {}", short(value), UNITS[unit])
}

/// A stretch of time, from milliseconds: `40 ms`, `12 s`, `3 min`, `2.5 h`, `4 days`.
#[must_use]
pub fn duration(millis: f64) -> String {
    const STEPS: [(f64, &str, &str); 5] = [
        (86_400_000.0, "day", "days"),
        (3_600_000.0, "h", "h"),
        (60_000.0, "min", "min"),
        (1000.0, "s", "s"),
        (1.0, "ms", "ms"),
    ];
    // A little less than the unit already reads as one of it, so that nothing is "60 s".
    let found = STEPS.iter().find(|(size, ..)| millis >= size * 0.9995);
    let (size, one, many) = *found.unwrap_or(&STEPS[STEPS.len() - 1]);
    let value = short(millis / size);
    let unit = if value == "1" { one } else { many };
    format!("{value} {unit}")
}

/// A ratio: `2.3 times`, `14 times`.
#[must_use]
pub fn times(ratio: f64) -> String {
    format!("{} times", short(ratio))
}

/// Something and its number: `1 village`, `1,200 villages`.
#[must_use]
pub fn several(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Two significant digits below ten, whole numbers above.
fn short(value: f64) -> String {
    let text = if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 12, 999, 1000, 1_234_567].map(count), ["0", "12", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn amounts_are_short() {
        assert_eq!(
            [0.0, 12.0, 999.6, 3_240.0, 12_345_678.0].map(bytes),
            ["0 bytes", "12 bytes", "1 kB", "3.2 kB", "12 MB"]
        );
        assert_eq!(
            [0.4, 40.0, 1500.0, 59_990.0, 60_000.0, 5_400_000.0, 86_400_000.0, 9.0 * 86_400_000.0].map(duration),
            ["0.4 ms", "40 ms", "1.5 s", "1 min", "1 min", "1.5 h", "1 day", "9 days"]
        );
        assert_eq!([1.0, 2.34, 14.2].map(times), ["1 times", "2.3 times", "14 times"]);
        assert_eq!(several(1, "box", "boxes"), "1 box");
        assert_eq!(several(2000, "box", "boxes"), "2,000 boxes");
    }
}
