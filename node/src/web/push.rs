//! Notices on telephones, as far as they have to do with pages: where they are asked for, and what they say.
//!
//! What a notice says is encrypted for the browser, and still there is little in it: the title of what everybody may read
//! and where it is. Of what is for residents alone it says only that there is something.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, ResidentId};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::paths::{self, PostKind};
use dorpsplein_web_ui::view;
use dorpsplein_web_ui::{Lang, pages};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::SiteState;
use super::body::{MinePushBody, PushBody, ReachedBody};
use super::bounded;
use super::error::{Problem, ProblemBody};
use super::read::{ReadError, Reader};
use super::sessions::{self, Visitor};
use super::write::check_origin;
use crate::clock;
use crate::push::{NEWS_MS, Push, SubscribeError, Wish};

/// The most bytes of a request for notices.
const LONGEST: usize = 4096;
/// The most characters of a title in a notice: telephones show two lines.
const LONGEST_TITLE: usize = 120;

/// Something that is new and could be told.
pub(crate) struct Fresh {
    pub(crate) id: ItemId,
    /// The alert of which it is an update.
    pub(crate) of: Option<ItemId>,
    pub(crate) kind: PostKind,
    pub(crate) title: String,
    /// Whether it is for residents alone.
    pub(crate) members: bool,
    pub(crate) created: Timestamp,
    /// Who wrote it, of this neighbourhood.
    pub(crate) by: Option<ResidentId>,
}

/// Whose device this is, if it may sign at this moment.
pub(crate) fn owner_of(state: &SiteState, device: &PublicKey) -> Option<Visitor> {
    sessions::visitor(&state.driver.registers(), device)
}

/// What of the last day could be told to a resident such as this one, oldest first.
pub(crate) fn what_is_new(state: &SiteState, to: Visitor, now: Timestamp) -> Result<Vec<Fresh>, ReadError> {
    let since = Timestamp::from_millis(now.as_millis().saturating_sub(NEWS_MS));
    let mut fresh = Reader::new(state).for_visitor(Some(to)).at(now).fresh(since)?;
    fresh.sort_by_key(|one| (one.created, one.id));
    Ok(fresh)
}

/// What a notice of these things says, as JSON: `title`, `path` and `lang`.
pub(crate) fn compose(state: &SiteState, told: &[&Fresh], lang: Lang) -> Result<Vec<u8>, ReadError> {
    let frame = Reader::new(state).frame();
    let (notice, path) = match told {
        [one] if one.members => (view::Notice::Hidden, one.path(lang)),
        [one] => {
            let title = one.title.chars().take(LONGEST_TITLE).collect();
            let notice = match one.of {
                Some(_) => view::Notice::Update(title),
                None if one.kind == PostKind::Alert => view::Notice::Alert(title),
                None => view::Notice::Post(title),
            };
            (notice, one.path(lang))
        }
        all => (view::Notice::Many(all.len()), paths::news(lang).to_owned()),
    };
    let title = pages::notice(&frame, &notice, lang)?;
    // A whole language, because a notice has one.
    Ok(json!({ "title": title, "path": path, "lang": Lang::from(lang.whole()).tag() }).to_string().into_bytes())
}

impl Fresh {
    fn path(&self, lang: Lang) -> String {
        self.kind.page().path(lang, &self.of.unwrap_or(self.id).to_string())
    }
}

/// Asks for notices on the device that is logged in, in place of what it asked for before.
#[utoipa::path(
    post,
    path = "/api/v1/push",
    tag = "sessions",
    request_body = PushBody,
    responses(
        (status = 204, description = "What is new from now on is told"),
        (status = "4XX", description = "Refused and stored nowhere; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The box cannot write at the moment", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn subscribe(
    visitor: Visitor,
    State(state): State<SiteState>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    check_origin(&headers)?;
    let push = offered(&state)?;
    let body: PushBody = read_body(&headers, body).await?;
    let wish = wish(body).ok_or_else(|| Problem::new("malformed", "there is no such language or kind of post"))?;
    let taken =
        tokio::task::spawn_blocking(move || push.subscribe(visitor.device, &visitor.resident, &wish, clock::now()));
    taken.await.map_err(|error| Problem::internal(&error))??;
    Ok(StatusCode::NO_CONTENT)
}

/// Says where the device that is logged in is reached from now on, for the notices it asked for before. A browser calls this
/// by itself when its push service gives it another address.
#[utoipa::path(
    put,
    path = "/api/v1/push",
    tag = "sessions",
    request_body = ReachedBody,
    responses(
        (status = 204, description = "Notices go there from now on"),
        (status = 404, description = "This device asked for none, or this box sends none", body = ProblemBody, content_type = "application/problem+json"),
        (status = "4XX", description = "Refused and stored nowhere; `type` says why", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The box cannot write at the moment", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn renew(
    visitor: Visitor,
    State(state): State<SiteState>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    check_origin(&headers)?;
    let push = offered(&state)?;
    let body: ReachedBody = read_body(&headers, body).await?;
    let moved = tokio::task::spawn_blocking(move || {
        push.renew(&visitor.device, &visitor.resident, (&body.endpoint, &body.p256dh, &body.auth))
    });
    let is_known = moved.await.map_err(|error| Problem::internal(&error))??;
    if is_known { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}

/// What a request about notices says, within its bound.
async fn read_body<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    let too_large = || Problem::new("too-large", format!("a request about notices has at most {LONGEST} bytes"));
    let body = bounded::read(headers, body, LONGEST, too_large).await?;
    serde_json::from_slice(&body).map_err(|error| Problem::new("malformed", error.to_string()))
}

/// Stops the notices on the device that is logged in.
#[utoipa::path(
    delete,
    path = "/api/v1/push",
    tag = "sessions",
    responses(
        (status = 204, description = "Nothing is known any more of how it is reached"),
        (status = "4XX", description = "For residents who are logged in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn unsubscribe(
    visitor: Visitor,
    State(state): State<SiteState>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    check_origin(&headers)?;
    let push = offered(&state)?;
    let erased = tokio::task::spawn_blocking(move || push.erase(&visitor.device)).await;
    erased.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn offered(state: &SiteState) -> Result<Push, Problem> {
    state.push.clone().ok_or_else(Problem::not_found)
}

fn wish(body: PushBody) -> Option<Wish> {
    let mut kinds = body.kinds.iter().map(|name| PostKind::from_name(name)).collect::<Option<Vec<_>>>()?;
    kinds.dedup();
    Some(Wish {
        endpoint: body.endpoint,
        p256dh: body.p256dh,
        auth: body.auth,
        lang: Lang::from_tag(&body.lang)?,
        kinds,
        alerts_at_night: body.alerts_at_night,
    })
}

impl From<SubscribeError> for Problem {
    fn from(error: SubscribeError) -> Self {
        match &error {
            SubscribeError::Target(_) | SubscribeError::Nothing => Self::new("malformed", error.to_string()),
            SubscribeError::Full => Self::new("push-full", error.to_string()),
            SubscribeError::Folder(folder) => {
                tracing::error!(error = %folder, "where a device is reached could not be kept");
                Self::new("storage", "the box cannot write at the moment")
            }
        }
    }
}

/// Erases how all devices of a resident are reached, or how one is.
pub(super) fn stop(push: &Push, visitor: &Visitor, everywhere: bool) -> Result<(), Problem> {
    let devices = if everywhere {
        push.of_resident(&visitor.resident).into_iter().map(|(device, _)| device).collect()
    } else {
        vec![visitor.device]
    };
    devices.iter().try_for_each(|device| push.erase(device)).map_err(|error| Problem::internal(&error))
}

impl Reader {
    /// The part of the page of the post where a device asks for notices; none where this box sends none.
    pub(super) fn push_view(&self, visitor: &Visitor) -> Option<view::PushPart> {
        let push = self.push.as_ref()?;
        let known = push.of(&visitor.device);
        let wanted = known.as_ref().map(|known| known.kinds());
        let modules = self.modules();
        let kinds = PostKind::ALL.into_iter().filter(|kind| modules.has_kind(*kind));
        let others = push.of_resident(&visitor.resident).iter().filter(|(device, _)| *device != visitor.device).count();
        Some(view::PushPart {
            key: push.public_key(),
            on: known.is_some(),
            others,
            kinds: kinds.map(|kind| (kind, wanted.as_ref().is_some_and(|wanted| wanted.contains(&kind)))).collect(),
            alerts_at_night: known.is_some_and(|known| known.alerts_at_night),
            quiet: push.quiet(),
        })
    }

    /// How the devices of a resident are reached.
    pub(super) fn mine_push(&self, resident: &ResidentId) -> Vec<MinePushBody> {
        let devices = self.push.as_ref().map(|push| push.of_resident(resident)).unwrap_or_default();
        let body = |(device, known): (PublicKey, crate::push::Subscription)| MinePushBody {
            device: device.to_string(),
            kinds: known.kinds().iter().map(|kind| kind.name().to_owned()).collect(),
            alerts_at_night: known.alerts_at_night,
            endpoint: known.endpoint,
        };
        devices.into_iter().map(body).collect()
    }
}
