//! Dates and times as people say them: "gisteren om 19.12 uur", "Saturday 21 November, 2 pm to 4.30 pm".
//!
//! Dutch follows the usual notation of the Onze Taal genootschap: a dot between hours and minutes, `uur` behind it,
//! no capital for days and months. English is British, with the twelve-hour clock.

use jiff::civil::{Date, DateTime, Time, Weekday};

use crate::view::{END_OF_NIGHT, When};
use crate::{Lang, Whole};

/// The day on the tile beside an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLabel {
    /// "za", "Sat".
    pub weekday: &'static str,
    /// 1 to 31.
    pub day: i8,
    /// "nov".
    pub month: &'static str,
}

/// How far back a moment is named by its weekday; from a week on, that would be ambiguous.
const DAYS_BY_WEEKDAY: i64 = 6;

/// The short form for a tile.
#[must_use]
pub fn day_label(date: Date, lang: Lang) -> DayLabel {
    let (weekdays, months) = match lang.whole() {
        Whole::Nl => (&NL_WEEKDAYS_SHORT, &NL_MONTHS_SHORT),
        Whole::En => (&EN_WEEKDAYS_SHORT, &EN_MONTHS_SHORT),
    };
    DayLabel { weekday: weekdays[weekday_index(date)], day: date.day(), month: months[month_index(date)] }
}

/// "December 2026", to stand above the days of a month.
#[must_use]
pub fn month_heading(date: Date, lang: Lang) -> String {
    capitalised(&format!("{} {}", month(date, lang), date.year()))
}

/// "Vandaag, zaterdag 21 november", "Dinsdag 24 november", to stand above the events of a day.
#[must_use]
pub fn day_heading(date: Date, today: Date, lang: Lang) -> String {
    let day = day(date, today, lang);
    match (days_between(today, date), lang.whole()) {
        (0, Whole::Nl) => format!("Vandaag, {day}"),
        (1, Whole::Nl) => format!("Morgen, {day}"),
        (0, Whole::En) => format!("Today, {day}"),
        (1, Whole::En) => format!("Tomorrow, {day}"),
        _ => capitalised(&day),
    }
}

/// "Week 47: 16 tot en met 22 november 2026", to stand above the days of a week.
#[must_use]
pub fn week_heading(first: Date, last: Date, lang: Lang) -> String {
    let number = first.iso_week_date().week();
    let first_words = match (first.year() == last.year(), first.month() == last.month()) {
        (false, _) => full_date(first, lang),
        (true, false) => format!("{} {}", first.day(), month(first, lang)),
        (true, true) => first.day().to_string(),
    };
    let until = match lang.whole() {
        Whole::Nl => "tot en met",
        Whole::En => "to",
    };
    format!("Week {number}: {first_words} {until} {}", full_date(last, lang))
}

/// The days of a week, Monday first: "ma" and "maandag".
#[must_use]
pub fn weekdays(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let short = match lang.whole() {
        Whole::Nl => &NL_WEEKDAYS_SHORT,
        Whole::En => &EN_WEEKDAYS_SHORT,
    };
    let whole = (0..7).filter_map(|day| Weekday::from_monday_zero_offset(day).ok());
    short.iter().copied().zip(whole.map(|day| weekday_name(day, lang))).collect()
}

/// "zaterdag" and "november".
#[must_use]
pub fn weekday_and_month(date: Date, lang: Lang) -> (&'static str, &'static str) {
    (weekday(date, lang), month(date, lang))
}

/// "20.00", for an event that begins on `date` at a time; none when it lasts all day or began before.
#[must_use]
pub fn begins(when: &When, date: Date, lang: Lang) -> Option<String> {
    match when {
        When::Timed { starts, .. } if starts.date() == date => Some(clock(starts.time(), lang)),
        When::Timed { .. } | When::AllDay { .. } => None,
    }
}

/// "21 november 2026".
#[must_use]
pub fn full_date(date: Date, lang: Lang) -> String {
    format!("{} {} {}", date.day(), month(date, lang), date.year())
}

/// When something was written: "vandaag om 19.12 uur", "vrijdag om 9.00 uur", "12 november om 9.00 uur".
#[must_use]
pub fn moment(at: DateTime, now: DateTime, lang: Lang) -> String {
    let (date, today) = (at.date(), now.date());
    let day = match (days_between(date, today), lang.whole()) {
        (0, Whole::Nl) => "vandaag".to_owned(),
        (1, Whole::Nl) => "gisteren".to_owned(),
        (0, Whole::En) => "today".to_owned(),
        (1, Whole::En) => "yesterday".to_owned(),
        (2..=DAYS_BY_WEEKDAY, _) => weekday(date, lang).to_owned(),
        _ if date.year() == today.year() => format!("{} {}", date.day(), month(date, lang)),
        _ => full_date(date, lang),
    };
    match lang.whole() {
        Whole::Nl => format!("{day} om {} uur", clock(at.time(), lang)),
        Whole::En => format!("{day} at {}", clock(at.time(), lang)),
    }
}

/// An event's hours, for where its first day is already shown: "14.00 tot 16.30 uur", "de hele dag", "tot en met
/// maandag 23 november".
#[must_use]
pub fn hours(when: &When, today: Date, lang: Lang) -> String {
    let until_day = || day(when.last_day(), today, lang);
    match (when, lang.whole()) {
        (When::AllDay { .. }, Whole::Nl) if lasts_days(when) => format!("tot en met {}", until_day()),
        (When::AllDay { .. }, Whole::En) if lasts_days(when) => format!("until {}", until_day()),
        (When::AllDay { .. }, Whole::Nl) => "de hele dag".to_owned(),
        (When::AllDay { .. }, Whole::En) => "all day".to_owned(),
        (When::Timed { starts, ends }, _) => {
            let start = clock(starts.time(), lang);
            let Some(end) = ends.filter(|end| end > starts) else {
                return with_hour_word(&start, lang);
            };
            let end_clock = clock(end.time(), lang);
            match lang.whole() {
                Whole::Nl if lasts_days(when) => format!("{start} uur tot {} {end_clock} uur", until_day()),
                Whole::En if lasts_days(when) => format!("{start} to {end_clock} on {}", until_day()),
                Whole::Nl => format!("{start} tot {end_clock} uur"),
                Whole::En => format!("{start} to {end_clock}"),
            }
        }
    }
}

/// An event's day and hours in full: "Zaterdag 21 november, 14.00 tot 16.30 uur".
#[must_use]
pub fn when(when: &When, today: Date, lang: Lang) -> String {
    let separator = if matches!(when, When::AllDay { .. }) && lasts_days(when) { " " } else { ", " };
    format!("{}{separator}{}", day_heading(when.first_day(), today, lang), hours(when, today, lang))
}

/// Whether the event goes on past the night of its first day.
fn lasts_days(when: &When) -> bool {
    match when {
        When::AllDay { .. } => when.last_day() > when.first_day(),
        When::Timed { ends: None, .. } => false,
        When::Timed { starts, ends: Some(end) } => match days_between(starts.date(), end.date()) {
            ..=0 => false,
            1 => end.time() > END_OF_NIGHT,
            _ => true,
        },
    }
}

/// "zaterdag 21 november", with the year when it is not this year's.
fn day(date: Date, today: Date, lang: Lang) -> String {
    let year = if date.year() == today.year() { String::new() } else { format!(" {}", date.year()) };
    format!("{} {} {}{year}", weekday(date, lang), date.day(), month(date, lang))
}

/// "14.00" in Dutch; "2 pm", "2.30 pm", "noon", "midnight" in English.
fn clock(time: Time, lang: Lang) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match (lang.whole(), hour, minute) {
        (Whole::Nl, ..) => format!("{hour}.{minute:02}"),
        (Whole::En, 0, 0) => "midnight".to_owned(),
        (Whole::En, 12, 0) => "noon".to_owned(),
        (Whole::En, ..) => {
            let half = if hour < 12 { "am" } else { "pm" };
            let twelfth = if hour % 12 == 0 { 12 } else { hour % 12 };
            if minute == 0 { format!("{twelfth} {half}") } else { format!("{twelfth}.{minute:02} {half}") }
        }
    }
}

fn with_hour_word(clock: &str, lang: Lang) -> String {
    match lang.whole() {
        Whole::Nl => format!("{clock} uur"),
        Whole::En => clock.to_owned(),
    }
}

/// Whole days from one date to another; negative when the other is earlier.
fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn weekday(date: Date, lang: Lang) -> &'static str {
    weekday_name(date.weekday(), lang)
}

/// "donderdag", "Thursday".
pub(super) fn weekday_name(weekday: Weekday, lang: Lang) -> &'static str {
    let index = weekday.to_monday_zero_offset().unsigned_abs();
    match lang.whole() {
        Whole::Nl => NL_WEEKDAYS[usize::from(index)],
        Whole::En => EN_WEEKDAYS[usize::from(index)],
    }
}

fn month(date: Date, lang: Lang) -> &'static str {
    month_name(date.month(), lang)
}

/// The month with this number, 1 to 12: "mei", "May".
pub(super) fn month_name(month: i8, lang: Lang) -> &'static str {
    let index = usize::from(month.clamp(1, 12).unsigned_abs()) - 1;
    match lang.whole() {
        Whole::Nl => NL_MONTHS[index],
        Whole::En => EN_MONTHS[index],
    }
}

fn weekday_index(date: Date) -> usize {
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())
}

fn month_index(date: Date) -> usize {
    // A civil date's month is 1 to 12.
    usize::from(date.month().unsigned_abs()) - 1
}

const NL_WEEKDAYS: [&str; 7] = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"];
const NL_WEEKDAYS_SHORT: [&str; 7] = ["ma", "di", "wo", "do", "vr", "za", "zo"];
const NL_MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];
const NL_MONTHS_SHORT: [&str; 12] =
    ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];
const EN_WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const EN_WEEKDAYS_SHORT: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const EN_MONTHS_SHORT: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 21);
    const NOW: DateTime = DateTime::constant(2026, 11, 21, 20, 30, 0, 0);

    fn timed(starts: DateTime, ends: Option<DateTime>) -> When {
        When::Timed { starts, ends }
    }

    #[test]
    fn a_moment_is_named_from_where_the_reader_stands() {
        let cases = [
            (datetime(2026, 11, 21, 19, 12, 0, 0), "vandaag om 19.12 uur", "today at 7.12 pm"),
            (datetime(2026, 11, 20, 9, 0, 0, 0), "gisteren om 9.00 uur", "yesterday at 9 am"),
            (datetime(2026, 11, 15, 12, 0, 0, 0), "zondag om 12.00 uur", "Sunday at noon"),
            (datetime(2026, 11, 14, 0, 5, 0, 0), "14 november om 0.05 uur", "14 November at 12.05 am"),
            (datetime(2025, 12, 31, 0, 0, 0, 0), "31 december 2025 om 0.00 uur", "31 December 2025 at midnight"),
            // A writer's clock may run ahead a little: tomorrow is then named by its date.
            (datetime(2026, 11, 22, 0, 3, 0, 0), "22 november om 0.03 uur", "22 November at 12.03 am"),
        ];
        for (at, nl, en) in cases {
            assert_eq!(moment(at, NOW, Lang::Nl), nl);
            assert_eq!(moment(at, NOW, Lang::En), en);
        }
    }

    #[test]
    fn hours_are_said_as_people_say_them() {
        let two = datetime(2026, 11, 24, 14, 0, 0, 0);
        let cases = [
            (timed(two, Some(datetime(2026, 11, 24, 16, 30, 0, 0))), "14.00 tot 16.30 uur", "2 pm to 4.30 pm"),
            (timed(two, None), "14.00 uur", "2 pm"),
            (timed(two, Some(datetime(2026, 11, 24, 13, 0, 0, 0))), "14.00 uur", "2 pm"),
            (timed(two, Some(datetime(2026, 11, 25, 1, 30, 0, 0))), "14.00 tot 1.30 uur", "2 pm to 1.30 am"),
            (
                timed(two, Some(datetime(2026, 11, 25, 12, 0, 0, 0))),
                "14.00 uur tot woensdag 25 november 12.00 uur",
                "2 pm to noon on Wednesday 25 November",
            ),
            (When::AllDay { first: TODAY, last: TODAY }, "de hele dag", "all day"),
            (
                When::AllDay { first: TODAY, last: date(2027, 1, 2) },
                "tot en met zaterdag 2 januari 2027",
                "until Saturday 2 January 2027",
            ),
        ];
        for (when, nl, en) in cases {
            assert_eq!(hours(&when, TODAY, Lang::Nl), nl);
            assert_eq!(hours(&when, TODAY, Lang::En), en);
        }
    }

    #[test]
    fn an_event_is_said_in_full() {
        let soup = timed(datetime(2026, 11, 21, 14, 0, 0, 0), Some(datetime(2026, 11, 21, 16, 30, 0, 0)));
        assert_eq!(when(&soup, TODAY, Lang::Nl), "Vandaag, zaterdag 21 november, 14.00 tot 16.30 uur");
        assert_eq!(when(&soup, TODAY, Lang::En), "Today, Saturday 21 November, 2 pm to 4.30 pm");
        let fair = When::AllDay { first: date(2026, 12, 4), last: date(2026, 12, 6) };
        assert_eq!(when(&fair, TODAY, Lang::Nl), "Vrijdag 4 december tot en met zondag 6 december");
        assert_eq!(when(&fair, TODAY, Lang::En), "Friday 4 December until Sunday 6 December");
    }

    #[test]
    fn headings_name_today_tomorrow_and_the_month() {
        assert_eq!(day_heading(TODAY, TODAY, Lang::Nl), "Vandaag, zaterdag 21 november");
        assert_eq!(day_heading(date(2026, 11, 22), TODAY, Lang::En), "Tomorrow, Sunday 22 November");
        assert_eq!(day_heading(date(2027, 1, 1), TODAY, Lang::Nl), "Vrijdag 1 januari 2027");
        assert_eq!(month_heading(date(2026, 12, 1), Lang::Nl), "December 2026");
        assert_eq!(full_date(date(2026, 3, 1), Lang::Nl), "1 maart 2026");
        let week = |first, last| week_heading(first, last, Lang::Nl);
        assert_eq!(week(date(2026, 11, 16), date(2026, 11, 22)), "Week 47: 16 tot en met 22 november 2026");
        assert_eq!(week(date(2026, 11, 30), date(2026, 12, 6)), "Week 49: 30 november tot en met 6 december 2026");
        assert_eq!(week(date(2026, 12, 28), date(2027, 1, 3)), "Week 53: 28 december 2026 tot en met 3 januari 2027");
        assert_eq!(weekdays(Lang::En)[6], ("Sun", "Sunday"));
        assert_eq!(day_label(date(2026, 3, 1), Lang::Nl), DayLabel { weekday: "zo", day: 1, month: "mrt" });
    }
}
