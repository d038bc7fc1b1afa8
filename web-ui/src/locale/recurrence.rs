//! How an event recurs, as people say it: "elke eerste donderdag van de maand", "every other week on Tuesday".

use jiff::civil::Weekday;

use super::dates::{full_date, month_name, weekday_name};
use crate::view::{Every, InMonth, Repeats};
use crate::{Lang, Whole};

/// How an event recurs, without a capital and without a full stop.
#[must_use]
pub fn repeats(repeats: &Repeats, lang: Lang) -> String {
    let words = match lang.whole() {
        Whole::Nl => in_dutch(&repeats.every, repeats.interval),
        Whole::En => in_english(&repeats.every, repeats.interval),
    };
    match (repeats.until, lang.whole()) {
        (None, _) => words,
        (Some(until), Whole::Nl) => format!("{words}, tot en met {}", full_date(until, lang)),
        (Some(until), Whole::En) => format!("{words}, until {}", full_date(until, lang)),
    }
}

fn in_dutch(every: &Every, interval: u8) -> String {
    match every {
        Every::Day if interval == 1 => "elke dag".to_owned(),
        Every::Day => format!("om de {interval} dagen"),
        Every::Week(days) => match interval {
            1 => format!("elke {}", weekdays(days, Lang::Nl)),
            2 => format!("om de week op {}", weekdays(days, Lang::Nl)),
            _ => format!("om de {interval} weken op {}", weekdays(days, Lang::Nl)),
        },
        Every::Month(day) => match (interval, day) {
            (1, InMonth::Number(number)) => format!("elke maand op de {number}e"),
            (1, day) => format!("elke {} van de maand", dutch_day(*day)),
            (_, day) => format!("om de {interval} maanden op de {}", dutch_day(*day)),
        },
        Every::Year(month, day) => {
            let years = if interval == 1 { "elk jaar".to_owned() } else { format!("om de {interval} jaar") };
            let month = month_name(*month, Lang::Nl);
            match day {
                InMonth::Number(number) => format!("{years} op {number} {month}"),
                day => format!("{years} op de {} van {month}", dutch_day(*day)),
            }
        }
    }
}

fn dutch_day(day: InMonth) -> String {
    const NTH: [&str; 5] = ["eerste", "tweede", "derde", "vierde", "vijfde"];
    match day {
        InMonth::Number(number) => format!("{number}e"),
        InMonth::Last => "laatste dag".to_owned(),
        InMonth::Nth(nth, weekday) => format!("{} {}", nth_of(&NTH, nth), weekday_name(weekday, Lang::Nl)),
        InMonth::LastOf(weekday) => format!("laatste {}", weekday_name(weekday, Lang::Nl)),
    }
}

fn in_english(every: &Every, interval: u8) -> String {
    match every {
        Every::Day if interval == 1 => "every day".to_owned(),
        Every::Day => format!("every {interval} days"),
        Every::Week(days) => match interval {
            1 => format!("every {}", weekdays(days, Lang::En)),
            2 => format!("every other week on {}", weekdays(days, Lang::En)),
            _ => format!("every {interval} weeks on {}", weekdays(days, Lang::En)),
        },
        Every::Month(day) if interval == 1 => format!("every month on the {}", english_day(*day)),
        Every::Month(day) => format!("every {interval} months on the {}", english_day(*day)),
        Every::Year(month, day) => {
            let years = if interval == 1 { "every year".to_owned() } else { format!("every {interval} years") };
            let month = month_name(*month, Lang::En);
            match day {
                InMonth::Number(number) => format!("{years} on {number} {month}"),
                day => format!("{years} on the {} of {month}", english_day(*day)),
            }
        }
    }
}

fn english_day(day: InMonth) -> String {
    const NTH: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    match day {
        InMonth::Number(number) => format!("{number}{}", ordinal_ending(number)),
        InMonth::Last => "last day".to_owned(),
        InMonth::Nth(nth, weekday) => format!("{} {}", nth_of(&NTH, nth), weekday_name(weekday, Lang::En)),
        InMonth::LastOf(weekday) => format!("last {}", weekday_name(weekday, Lang::En)),
    }
}

const fn ordinal_ending(number: u8) -> &'static str {
    match (number / 10, number % 10) {
        (1, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// The word for 1 to 5; what is beyond is said as the nearest, which validation rules out.
fn nth_of(words: &[&'static str; 5], nth: u8) -> &'static str {
    words[usize::from(nth.clamp(1, 5)) - 1]
}

fn weekdays(days: &[Weekday], lang: Lang) -> String {
    let and = match lang.whole() {
        Whole::Nl => "en",
        Whole::En => "and",
    };
    let names: Vec<&str> = days.iter().map(|day| weekday_name(*day, lang)).collect();
    match names.as_slice() {
        [init @ .., before, last] => {
            let init: String = init.iter().map(|name| format!("{name}, ")).collect();
            format!("{init}{before} {and} {last}")
        }
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn recurring_events_are_said_as_people_say_them() {
        use Weekday::{Friday, Monday, Sunday, Thursday, Tuesday};
        let cases = [
            (Every::Day, 1, "elke dag", "every day"),
            (Every::Day, 3, "om de 3 dagen", "every 3 days"),
            (Every::Week(vec![Tuesday]), 1, "elke dinsdag", "every Tuesday"),
            (
                Every::Week(vec![Monday, Thursday, Friday]),
                2,
                "om de week op maandag, donderdag en vrijdag",
                "every other week on Monday, Thursday and Friday",
            ),
            (
                Every::Month(InMonth::Nth(1, Thursday)),
                1,
                "elke eerste donderdag van de maand",
                "every month on the first Thursday",
            ),
            (
                Every::Month(InMonth::LastOf(Sunday)),
                2,
                "om de 2 maanden op de laatste zondag",
                "every 2 months on the last Sunday",
            ),
            (Every::Month(InMonth::Number(22)), 1, "elke maand op de 22e", "every month on the 22nd"),
            (Every::Month(InMonth::Last), 1, "elke laatste dag van de maand", "every month on the last day"),
            (Every::Year(12, InMonth::Number(5)), 1, "elk jaar op 5 december", "every year on 5 December"),
            (
                Every::Year(5, InMonth::Nth(2, Sunday)),
                4,
                "om de 4 jaar op de tweede zondag van mei",
                "every 4 years on the second Sunday of May",
            ),
        ];
        for (every, interval, nl, en) in cases {
            let once = Repeats { every, interval, until: None };
            assert_eq!(repeats(&once, Lang::Nl), nl);
            assert_eq!(repeats(&once, Lang::En), en);
        }
    }

    #[test]
    fn the_end_is_said_with_its_year() {
        let until = Some(date(2027, 6, 3));
        let choir = Repeats { every: Every::Week(vec![Weekday::Thursday]), interval: 1, until };
        assert_eq!(repeats(&choir, Lang::Nl), "elke donderdag, tot en met 3 juni 2027");
        assert_eq!(repeats(&choir, Lang::En), "every Thursday, until 3 June 2027");
    }
}
