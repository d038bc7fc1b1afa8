//! The site of a box without a square: a code, a few questions, an invitation, and nothing else.
//!
//! It speaks plain http on the local network. Who asks from elsewhere, by a name that somebody on the internet may own (DNS
//! rebinding), or from another site's page, is refused before anything is looked at.

mod fields;
mod near;

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{Router, get};
use dorpsplein_protocol::hex;
use dorpsplein_protocol::identity::LetterCode;
use dorpsplein_protocol::operation::Role;
use dorpsplein_web_ui::view::{CodeTrouble, FirstInvitation, FirstRunFault, FirstRunForm, FirstRunPage, QrImage};
use dorpsplein_web_ui::{Lang, pages, paths};
use libp2p::Multiaddr;
use parking_lot::Mutex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

use super::error::Problem;
use super::rates::{Meter, Rate};
use super::write::check_origin;
use super::{assets, sessions, statics};
use crate::cli::found;
use crate::clock;
use crate::config::LocalNetwork;
use crate::first_run::Answers;
use crate::letters;
use crate::links::{InvitationLink, Site};
use fields::Fields;

/// The longest form, in bytes.
const LONGEST_FORM: usize = 16 * 1024;
/// The longest a request may take: a square that begins signs a few times and waits for the disk.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// So many wrong codes make a new one.
const TRIES: u32 = 5;
/// Tries of everybody together: at the lasting rate 2⁶⁰ codes take longer than the world is old.
const TRIED: Rate = Rate { each: Duration::from_secs(10), at_once: 10 };
/// How long who typed the code is let in, in seconds.
const LET_IN: u64 = 3600;
/// The port for other boxes unless it is told otherwise.
const BOX_PORT: u16 = 4080;

/// What the site of a box without a square knows. Clones share it.
#[derive(Clone)]
pub(crate) struct Beginning(Arc<Inside>);

struct Inside {
    dir: PathBuf,
    at: SocketAddr,
    mdns: LocalNetwork,
    show: Box<dyn Fn(&str) + Send + Sync>,
    done: CancellationToken,
    tried: Meter<()>,
    door: Mutex<Door>,
    begun: tokio::sync::Mutex<Option<Begun>>,
}

/// Who is let in.
struct Door {
    code: LetterCode,
    wrong: u32,
    /// The hash of the one cookie that counts: of who typed the code last.
    let_in: Option<[u8; 32]>,
}

/// What came of it.
struct Begun {
    first: FirstInvitation,
    /// The site, whole; none for where the page is, at another port.
    site: Option<String>,
    port: u16,
}

impl Beginning {
    /// A site at `at` for a square in `dir`; `show` shows the code, now and whenever there is a new one, and `done` is told
    /// when the box can go on.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub(crate) fn new(
        dir: &Path,
        at: SocketAddr,
        mdns: LocalNetwork,
        show: Box<dyn Fn(&str) + Send + Sync>,
        done: CancellationToken,
    ) -> Result<Self, getrandom::Error> {
        let door = Door { code: letters::new_code()?, wrong: 0, let_in: None };
        show(&door.code.to_string());
        let (tried, door) = (Meter::new(TRIED), Mutex::new(door));
        Ok(Self(Arc::new(Inside {
            dir: dir.to_owned(),
            at,
            mdns,
            show,
            done,
            tried,
            door,
            begun: tokio::sync::Mutex::default(),
        })))
    }

    /// Whether a square was begun here.
    pub(crate) async fn has_begun(&self) -> bool {
        self.0.begun.lock().await.is_some()
    }

    /// Whether these headers bring the cookie of who typed the code. Compared by hash, so that the time it takes tells nothing.
    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let given = sessions::token(headers).map(|token| Sha256::digest(token).into());
        given.is_some() && given == self.0.door.lock().let_in
    }

    /// Looks at a code; the cookie of who typed the right one.
    fn try_code(&self, given: &str) -> Result<[u8; 32], Refused> {
        self.0.tried.take((), Instant::now()).map_err(|_| Refused::Code(CodeTrouble::TooOften))?;
        let hash = |code: &LetterCode| Sha256::digest(code.compact());
        let mut door = self.0.door.lock();
        if LetterCode::parse(given).is_ok_and(|given| hash(&given) == hash(&door.code)) {
            let mut cookie = [0; 32];
            getrandom::fill(&mut cookie)?;
            (door.wrong, door.let_in) = (0, Some(Sha256::digest(cookie).into()));
            return Ok(cookie);
        }
        door.wrong += 1;
        if door.wrong < TRIES {
            return Err(Refused::Code(CodeTrouble::Wrong));
        }
        (door.code, door.wrong) = (letters::new_code()?, 0);
        (self.0.show)(&door.code.to_string());
        Err(Refused::Code(CodeTrouble::Replaced))
    }

    /// The questions as they stand before anybody answered.
    fn blank(&self) -> FirstRunForm {
        FirstRunForm {
            port: self.0.at.port().to_string(),
            box_port: BOX_PORT.to_string(),
            mdns: self.0.mdns != LocalNetwork::Off,
            ..FirstRunForm::default()
        }
    }

    /// Begins the square that the answers describe.
    fn begin(&self, form: &FirstRunForm) -> Result<Begun, Refused> {
        let (site, listen) = (self.site_port(form), self.box_ports(form));
        let mdns = match (form.mdns, self.0.mdns) {
            (false, _) => LocalNetwork::Off,
            (true, LocalNetwork::Loopback) => LocalNetwork::Loopback,
            (true, LocalNetwork::On | LocalNetwork::Off) => LocalNetwork::On,
        };
        let answers = Answers {
            name: form.name.clone(),
            tagline: form.tagline.clone(),
            help_name: form.help_name.clone(),
            help_phone: form.help_phone.clone(),
            help_hours: form.help_hours.clone(),
            address: form.address.clone(),
            certificate: form.certificate,
            site: site.or(Some(self.0.at)),
            listen: listen.clone(),
            mdns,
        };
        let founding = answers.founding(&self.0.dir, Role::Connector, clock::now());
        let mut faults = founding.as_ref().err().cloned().unwrap_or_default();
        let free = |address: SocketAddr| TcpListener::bind(address).is_ok();
        let wanted = founding.as_ref().ok().and_then(|founding| founding.https.as_ref());
        if wanted.is_some_and(|https| !free(https.listen) || https.redirect.is_some_and(|at| !free(at))) {
            faults.push(FirstRunFault::CertificatePorts);
        }
        faults.extend(site.is_none().then_some(FirstRunFault::Port));
        faults.extend(listen.is_none().then_some(FirstRunFault::BoxPort));
        let founding = founding.ok().filter(|_| faults.is_empty()).ok_or(Refused::Answers(faults))?;
        let (name, public) = (founding.name.clone(), founding.public_url.clone());
        let invitation = found(&founding).map_err(|error| Refused::Failed(Box::new(error)))?.invitation;
        tracing::info!(name, "a square has begun");
        let own = public.as_deref().and_then(|url| Site::parse(url).ok());
        let secure = own.filter(|site| site.as_str().starts_with("https://") || site.is_loopback());
        let link = secure.map(|site| InvitationLink { site, code: invitation.code });
        let first = FirstInvitation {
            name,
            code: invitation.code.to_string(),
            qr: link.as_ref().and_then(|link| QrImage::of(&link.url())),
            link: link.map(|link| link.url()),
        };
        Ok(Begun { first, site: public, port: site.map_or(self.0.at.port(), |site| site.port()) })
    }

    /// Where the site is to listen; none where it cannot.
    fn site_port(&self, form: &FirstRunForm) -> Option<SocketAddr> {
        let site = SocketAddr::new(self.0.at.ip(), port(&form.port)?);
        (site == self.0.at || TcpListener::bind(site).is_ok()).then_some(site)
    }

    /// Where the box is to listen for others; none where it cannot.
    fn box_ports(&self, form: &FirstRunForm) -> Option<Vec<Multiaddr>> {
        let (ip, port) = (self.0.at.ip(), port(&form.box_port)?);
        let family = if ip.is_ipv6() { "ip6" } else { "ip4" };
        let is_free = TcpListener::bind((ip, port)).is_ok() && UdpSocket::bind((ip, port)).is_ok();
        let own = form.port.trim() == form.box_port.trim();
        let addresses = [format!("/{family}/{ip}/udp/{port}/quic-v1"), format!("/{family}/{ip}/tcp/{port}")];
        let addresses = addresses.iter().filter_map(|address| address.parse().ok()).collect();
        (is_free && !own).then_some(addresses)
    }
}

/// Why nothing came of a form.
enum Refused {
    Code(CodeTrouble),
    Answers(Vec<FirstRunFault>),
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl From<getrandom::Error> for Refused {
    fn from(error: getrandom::Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// All that is there: one page in every language, and the icon.
pub(crate) fn router(beginning: Beginning) -> Router {
    let page = |lang| {
        let shown = get(move |state, headers, query| look(lang, state, headers, query));
        shown.post(move |state, headers, form| take(lang, state, headers, form))
    };
    let pages = Lang::ALL.into_iter().fold(Router::new(), |site, lang| site.route(paths::news(lang), page(lang)));
    pages
        .route("/favicon.ico", get(statics::icon))
        .route("/static/{name}", get(statics::file))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIME))
        .layer(middleware::from_fn(near::only))
        .with_state(beginning)
}

/// What may stand behind the `?`.
#[derive(Deserialize)]
struct Came {
    #[serde(default)]
    code: String,
}

fn port(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|port| *port > 0)
}

/// Shows how far somebody is.
async fn look(
    lang: Lang,
    State(beginning): State<Beginning>,
    headers: HeaderMap,
    Query(came): Query<Came>,
) -> Response {
    if !beginning.lets_in(&headers) {
        let given = LetterCode::parse(&came.code).map(|code| code.to_string()).unwrap_or_default();
        return shown(&FirstRunPage::Code { given, trouble: None }, StatusCode::OK, lang);
    }
    match &*beginning.0.begun.lock().await {
        Some(begun) => shown(&FirstRunPage::Begun(Box::new(begun.first.clone())), StatusCode::OK, lang),
        None => shown(&FirstRunPage::Questions(Box::new(beginning.blank())), StatusCode::OK, lang),
    }
}

/// Takes what a form brings.
async fn take(
    lang: Lang,
    State(beginning): State<Beginning>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if let Err(problem) = check_origin(&headers) {
        return problem.into_response();
    }
    if !beginning.lets_in(&headers) {
        return match beginning.try_code(&fields.code) {
            Ok(cookie) => back(lang, &sessions::cookie(&hex::encode(&cookie), LET_IN, false)),
            Err(refused) => refused.answer(fields, lang),
        };
    }
    let mut begun = beginning.0.begun.lock().await;
    match (&*begun, fields.step.as_str()) {
        (Some(begun), "start") => {
            let site = begun.site.clone().unwrap_or_else(|| same_host(&headers, begun.port));
            beginning.0.done.cancel();
            shown(&FirstRunPage::Starting { site }, StatusCode::OK, lang)
        }
        (None, "questions") => {
            let (state, form) = (beginning.clone(), FirstRunForm::from(&fields));
            match tokio::task::spawn_blocking(move || state.begin(&form)).await {
                Ok(Ok(square)) => *begun = Some(square),
                Ok(Err(refused)) => return refused.answer(fields, lang),
                Err(error) => return Problem::internal(&error).into_response(),
            }
            see_other(lang)
        }
        _ => see_other(lang),
    }
}

impl Refused {
    fn answer(self, fields: Fields, lang: Lang) -> Response {
        match self {
            Self::Code(trouble) => {
                let status = match trouble {
                    CodeTrouble::TooOften => StatusCode::TOO_MANY_REQUESTS,
                    CodeTrouble::Wrong | CodeTrouble::Replaced => StatusCode::UNPROCESSABLE_ENTITY,
                };
                shown(&FirstRunPage::Code { given: fields.code, trouble: Some(trouble) }, status, lang)
            }
            Self::Answers(faults) => {
                let form = FirstRunForm { faults, ..FirstRunForm::from(&fields) };
                shown(&FirstRunPage::Questions(Box::new(form)), StatusCode::UNPROCESSABLE_ENTITY, lang)
            }
            Self::Failed(error) => Problem::internal(&error).into_response(),
        }
    }
}

/// The site at the host that was asked for, at this port.
fn same_host(headers: &HeaderMap, port: u16) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    format!("http://{name}:{port}/")
}

/// Back to the page, which says how far somebody is: a form that is sent again does nothing twice.
fn see_other(lang: Lang) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, paths::news(lang))]).into_response()
}

fn back(lang: Lang, cookie: &HeaderValue) -> Response {
    let mut response = see_other(lang);
    response.headers_mut().insert(header::SET_COOKIE, cookie.clone());
    response
}

fn shown(page: &FirstRunPage, status: StatusCode, lang: Lang) -> Response {
    match pages::first_run(assets::icon_url(), page, lang) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn guesses_are_few_and_far_between() {
        let at = "127.0.0.1:8080".parse().unwrap();
        let show = Box::new(|_: &str| ());
        let beginning =
            Beginning::new(Path::new("nowhere"), at, LocalNetwork::Off, show, CancellationToken::new()).unwrap();
        let first = beginning.0.door.lock().code.to_string();
        let tried = |given: &str| match beginning.try_code(given) {
            Err(Refused::Code(trouble)) => Some(trouble),
            Ok(_) => None,
            Err(_) => panic!("randomness"),
        };
        for _ in 1..TRIES {
            assert_eq!(tried("0000-0000-0000"), Some(CodeTrouble::Wrong));
        }
        assert_eq!(tried(""), Some(CodeTrouble::Replaced));
        assert_eq!(tried(&first), Some(CodeTrouble::Wrong), "the old code is over");
        let second = beginning.0.door.lock().code.to_string();
        assert_eq!(tried(&second.to_lowercase()), None);
        while tried(&first) != Some(CodeTrouble::TooOften) {}
        assert_eq!(tried(&second), Some(CodeTrouble::TooOften), "of the right one it is not told either");
        tokio::time::advance(TRIED.each).await;
        let last = beginning.0.door.lock().code.to_string();
        assert_eq!(tried(&last), None);
    }
}
