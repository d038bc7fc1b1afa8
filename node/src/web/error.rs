//! What the API answers when it cannot do what was asked: problem details (RFC 9457) with a stable `type`.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dorpsplein_protocol::replica::Refusal;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::locale::Texts;
use dorpsplein_web_ui::pages::problems;
use dorpsplein_web_ui::view::DoorPage;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// When to come back, where nobody says better.
const A_MINUTE: Duration = Duration::from_secs(60);

/// A problem with its `type`, one of [`problems::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: &'static str,
    status: StatusCode,
    detail: String,
    retry_after: Option<Duration>,
}

/// A problem as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `/problems/<name>`: stable, and the address of a page that explains it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status code of the answer.
    pub status: u16,
    /// What it means, in English.
    pub title: String,
    /// What it means, in Dutch.
    pub title_nl: String,
    /// What happened this time, in English, for whoever looks after the client.
    pub detail: String,
}

impl Problem {
    /// A problem of this type, one of [`problems::ALL`]. The status code follows from the type.
    pub fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        let retry_after = (kind == "rate-limited").then_some(A_MINUTE);
        Self { kind, status: status(kind), detail: detail.into(), retry_after }
    }

    /// There is nothing here, or nothing this visitor may know of: both are answered with the same bytes.
    pub fn not_found() -> Self {
        Self::new("not-found", "there is nothing at this address")
    }

    /// This is for others than whoever asks: log in, or ask somebody who may.
    pub fn closed(door: &DoorPage) -> Self {
        match door.visitor {
            None => Self::new("not-logged-in", "this is for residents who are logged in"),
            Some(_) => Self::new("not-a-connector", "this is for connectors"),
        }
    }

    /// The box itself failed; the reason goes to the log and not to the visitor.
    pub fn internal(reason: &dyn fmt::Display) -> Self {
        tracing::error!(%reason, "a request failed");
        Self::new("internal", "the box could not answer")
    }

    /// The same problem with a status code that says more about this request.
    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same problem for who should come back after so long, and not sooner.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The status code of the answer.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The name of its type.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The form that goes over the wire.
    pub fn body(&self) -> ProblemBody {
        let title = |lang| {
            let said = Texts::of(lang).say(&problems::text_id(self.kind));
            said.map_or_else(|_| self.detail.clone(), Cow::into_owned)
        };
        ProblemBody {
            kind: type_uri(self.kind),
            status: self.status.as_u16(),
            title: title(Lang::En),
            title_nl: title(Lang::Nl),
            detail: self.detail.clone(),
        }
    }
}

/// The `type` of a problem: a reference to the page that explains it.
pub fn type_uri(kind: &str) -> String {
    format!("/problems/{kind}")
}

/// The name in a `type`; none when it is not one of ours.
pub fn kind_of(type_uri: &str) -> Option<&str> {
    type_uri.rsplit_once("/problems/").map(|(_, kind)| kind)
}

/// The status code that goes with a problem type.
fn status(kind: &str) -> StatusCode {
    match kind {
        "too-large" | "photo-too-large" | "calendar-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
        "wrong-neighbourhood"
        | "unknown-author"
        | "claim-proof"
        | "not-a-member"
        | "not-a-connector"
        | "space-not-allowed"
        | "no-treaty"
        | "not-the-author"
        | "not-permitted"
        | "after-removal"
        | "not-a-speaker"
        | "home-key"
        | "home-key-expired"
        | "home-keys-off" => StatusCode::FORBIDDEN,
        "unknown-invitation" | "not-found" => StatusCode::NOT_FOUND,
        "invitation-expired" | "invitation-withdrawn" | "erased" => StatusCode::GONE,
        "invitation-used"
        | "already-a-member"
        | "missing-parents"
        | "own-history-skipped"
        | "forked"
        | "frozen"
        | "voided"
        | "needs-second-signature"
        | "nothing-to-endorse"
        | "too-early"
        | "vetoed"
        | "last-connector" => StatusCode::CONFLICT,
        "not-logged-in" | "login-expired" => StatusCode::UNAUTHORIZED,
        "link-taken" => StatusCode::CONFLICT,
        "photo-missing" => StatusCode::CONFLICT,
        "photo-format" | "calendar-format" | "calendar-encoding" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "photo-quota" | "calendar-full" | "push-full" => StatusCode::INSUFFICIENT_STORAGE,
        "future-time" => StatusCode::UNPROCESSABLE_ENTITY,
        "quota" | "rate-limited" => StatusCode::TOO_MANY_REQUESTS,
        "storage" => StatusCode::SERVICE_UNAVAILABLE,
        "internal" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.problem(), refusal.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store could not be read");
        Self::new("storage", "the box cannot read its store at the moment")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.body())).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(wait) = self.retry_after {
            // In whole seconds, and never too soon (RFC 9110, section 10.2.3).
            let seconds = HeaderValue::from(wait.as_secs().saturating_add(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_both_sentences_and_a_status_that_says_error() {
        for kind in problems::ALL {
            let body = Problem::new(kind, "detail").body();
            assert!(body.status >= 400, "{kind}");
            assert_ne!(body.title, "detail", "{kind}");
            assert_ne!(body.title, body.title_nl, "{kind}");
            assert_eq!(kind_of(&body.kind), Some(kind));
        }
    }
}
