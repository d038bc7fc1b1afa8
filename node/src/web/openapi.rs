//! The API's own description, for whoever writes another client.

use axum::Json;
use utoipa::OpenApi;

use super::{api, links, live, photos, preview, push, sessions, theme, write};

/// Everything under `/api/v1`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dorpsplein",
        description = "The public API of one box. Reading is for everyone; writing takes operations that a resident's own \
                       device signed. Errors are problem details (RFC 9457) with a stable `type`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        write::submit,
        preview::preview,
        photos::hand_in,
        api::operation,
        api::items,
        api::item,
        live::stream::events,
        api::status,
        api::invitation,
        api::device,
        api::moderation::receipts,
        api::moderation::log,
        theme::setting,
        api::register::register,
        api::register::residents,
        api::register::mine,
        api::register::forks,
        api::sync::status,
        api::sync::now,
        api::search::search,
        api::search::suggestions,
        api::search::index,
        api::search::rebuild,
        api::agenda::sources,
        api::agenda::import,
        api::agenda::pass_over,
        api::neighbours::introduce,
        api::neighbours::taking,
        api::backup::backup,
        api::bundles::page,
        api::bundles::take,
        sessions::challenge,
        sessions::log_in,
        sessions::who,
        sessions::log_out,
        push::subscribe,
        push::renew,
        push::unsubscribe,
        links::leave,
        links::look
    )
)]
struct Description;

/// The OpenAPI document.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
