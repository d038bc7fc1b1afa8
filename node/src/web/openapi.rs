//! The API's own description, for whoever writes another client: `docs/openapi.json`, made of what the functions that answer say
//! about themselves. The program serves that file; code to make it anew would be half a megabyte of it.

use axum::http::HeaderMap;
use axum::response::Response;

use super::statics;

/// The OpenAPI document.
pub(super) async fn document(headers: HeaderMap) -> Response {
    statics::description(&headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{env, fs};

    use utoipa::OpenApi;

    use super::super::{api, links, live, photos, preview, push, sessions, theme, write};

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

    /// To write the file anew: `DORPSPLEIN_WRITE_OPENAPI=1 cargo test -p dorpsplein-node --lib openapi`.
    #[test]
    fn the_document_is_what_the_functions_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        let said = Description::openapi().to_pretty_json().unwrap() + "\n";
        if env::var_os("DORPSPLEIN_WRITE_OPENAPI").is_some_and(|value| value == "1") {
            fs::write(path, &said).unwrap();
        }
        assert!(
            fs::read_to_string(path).unwrap() == said,
            "docs/openapi.json is of before; above stands how to write it"
        );
    }
}
