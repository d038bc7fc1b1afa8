//! The clock on the wall of the village hall: the days that people read and type are days there, wherever they are
//! themselves.

use dorpsplein_protocol::time::Timestamp;
use js_sys::{Date, Object};
use wasm_bindgen::JsValue;

use super::js;
use super::page::Page;
use super::trouble::Trouble;

/// A day as people write it, in the language of the page.
///
/// # Errors
/// [`Trouble::Browser`] when this browser cannot write dates.
pub(super) fn day(page: &Page, at: Timestamp) -> Result<String, Trouble> {
    let how = [("day", "numeric"), ("month", "long"), ("year", "numeric")];
    let how = options(page, &how.map(|(name, value)| (name, value.into())))?;
    Ok(date(at.as_millis() as f64).to_locale_date_string(&page.language(), &how).into())
}

/// The last second of a day that was typed in, such as `2026-12-04`.
///
/// # Errors
/// [`Trouble::Refused`] as invalid content when it is no day, [`Trouble::Browser`] when this browser cannot write dates.
pub(super) fn end_of(page: &Page, day: &str) -> Result<Timestamp, Trouble> {
    // As if the village lay at Greenwich; then by how much its clock differs from that.
    let guess = Date::parse(&format!("{day}T23:59:59Z"));
    // Swedish is written as the standard is (ISO 8601), but for a space in the place of the T.
    let how = options(page, &[])?;
    let shown = String::from(date(guess).to_locale_string("sv-SE", &how)).replace(' ', "T");
    // No clock is put forward or back in the last hours of a day, so the difference an hour or two before is the same.
    let end = guess - (Date::parse(&format!("{shown}Z")) - guess);
    // No number is larger than none, so nonsense ends here as well.
    if end > 0.0 { Ok(Timestamp::from_millis(end as u64)) } else { Err(Trouble::foreseen("invalid-content")) }
}

fn date(millis: f64) -> Date {
    Date::new(&JsValue::from_f64(millis))
}

/// How to write a date: in the zone of the village.
fn options(page: &Page, more: &[(&str, JsValue)]) -> Result<Object, Trouble> {
    let mut how = more.to_vec();
    how.push(("timeZone", page.time_zone()?.into()));
    js::object(&how).map_err(|_| Trouble::Browser("it cannot write a date"))
}
