//! What a request to the API says, as a type. What cannot be read is answered like everything else that cannot: with a
//! problem of the type `malformed`.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::Problem;

/// What stands behind the `?` of the address.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, state).await;
        let Query(read) = read.map_err(|rejection| Problem::new("malformed", rejection.body_text()))?;
        Ok(Self(read))
    }
}

/// A body of JSON. What came in another form, or was too large, is said with the status code that stands for it.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::from_request(request, state).await;
        let Json(read) =
            read.map_err(|rejection| Problem::new("malformed", rejection.body_text()).with_status(rejection.status()))?;
        Ok(Self(read))
    }
}
