//! Calendars and feeds: files for other programs, which say when they last changed.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_calendar::MEDIA_TYPE as CALENDAR;
use dorpsplein_protocol::operation::ItemId;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::paths::Feed;

use super::SiteState;
use super::error::Problem;
use super::pages::{self, Questions};
use super::read::{Made, ReadError, Reader};

/// The media type of a feed (RFC 4287, section 7).
const FEED: &str = "application/atom+xml; charset=utf-8";

/// All events, or those of a category and a part of the neighbourhood.
pub(super) async fn calendar(lang: Lang, State(state): State<SiteState>, Query(questions): Questions) -> Response {
    file(state, CALENDAR, move |reader| {
        let asked = |name: &str| questions.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        reader.calendar(&pages::asked_agenda(&asked, lang), lang)
    })
    .await
}

/// One event.
pub(super) async fn event(lang: Lang, state: SiteState, id: &str) -> Response {
    let id = ItemId::from_hex(id);
    file(state, CALENDAR, move |reader| reader.event_calendar(&id.ok_or(ReadError::NotFound)?, lang)).await
}

/// What is new.
pub(super) async fn feed(feed: Feed, lang: Lang, State(state): State<SiteState>) -> Response {
    file(state, FEED, move |reader| reader.feed(feed, lang)).await
}

/// A file as everybody gets it, also who is logged in: calendars and readers of feeds hand on what they fetch.
async fn file(
    state: SiteState,
    media_type: &'static str,
    make: impl FnOnce(&Reader) -> Result<Made, ReadError> + Send + 'static,
) -> Response {
    let made = match state.in_turn(move |state| make(&Reader::new(state))).await {
        Ok(Ok(made)) => made,
        Ok(Err(error)) => return Problem::from(error).into_response(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let mut response = (StatusCode::OK, made.text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(changed) = http_date(made.changed) {
        headers.insert(header::LAST_MODIFIED, changed);
    }
    response
}

/// A moment as HTTP has it (RFC 9110, section 5.6.7).
fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let seconds = i64::try_from(at.as_millis() / 1000).ok()?;
    let at = jiff::Timestamp::from_second(seconds).ok()?;
    HeaderValue::from_str(&at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_http_has_it() {
        let at = http_date(Timestamp::from_millis(784_111_777_000));
        assert_eq!(at, Some(HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT")));
    }
}
