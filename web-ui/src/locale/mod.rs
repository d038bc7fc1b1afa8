//! What the site says: the texts in `locales/*/*.ftl`, and dates as people say them.

mod dates;
mod recurrence;
mod texts;

pub use dates::{
    DayLabel, begins, day_heading, day_label, full_date, hours, moment, month_heading, week_heading, weekday_and_month,
    weekdays, when,
};
pub use recurrence::repeats;
pub use texts::{MissingText, Texts};
