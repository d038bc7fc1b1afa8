//! Handing something on to people elsewhere: plain text for other channels, and a sheet for the notice board.

use askama::Template;
use url::Url;

use super::RenderError;
use super::partial::rendered;
use super::prose;
use super::shell::Shell;
use crate::Lang;
use crate::paths::{self, Page};
use crate::qr::QrImage;
use crate::view::{Frame, SharePage};

/// The characters of the words that go along in a message: some leave room for so many.
const MESSAGE_CHARS: usize = 280;

#[derive(Template)]
#[template(path = "share.html")]
struct Share<'a> {
    s: Shell<'a>,
    page: &'a SharePage,
    /// What goes into a message.
    text: String,
    /// The address, for a camera.
    qr: Option<QrImage>,
}

/// The page from which something is handed on.
///
/// # Errors
/// [`RenderError`].
pub fn share(frame: &Frame, page: &SharePage, lang: Lang) -> Result<String, RenderError> {
    let s =
        Shell::new(frame, lang, Some(Page::Share), |lang| Page::Share.path(lang, &page.id)).in_list(page.kind.list());
    let text = message(&frame.neighbourhood.name, page);
    rendered(&Share { s, page, text, qr: QrImage::of(&page.address) }, lang)
}

/// What goes into a message: what is new on top, and the address below.
fn message(neighbourhood: &str, page: &SharePage) -> String {
    let words = page.latest.as_ref().map_or(&page.words, |(_, words)| words);
    let words = prose::excerpt(words, MESSAGE_CHARS);
    [format!("{neighbourhood}: {}", page.title), words, page.address.clone()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

impl Share<'_> {
    fn whatsapp(&self) -> String {
        format!("https://wa.me/?text={}", paths::encode(&self.text))
    }

    fn sms(&self) -> String {
        format!("sms:?body={}", paths::encode(&self.text))
    }

    fn facebook(&self) -> String {
        format!("https://www.facebook.com/sharer/sharer.php?u={}", paths::encode(&self.page.address))
    }

    /// The page of the server that was asked for, on which one writes with these words.
    fn mastodon(&self) -> Option<String> {
        let host = server(&self.page.asked_server)?;
        Some(format!("https://{host}/share?text={}", paths::encode(&self.text)))
    }

    fn is_wrong(&self) -> bool {
        !self.page.asked_server.is_empty() && server(&self.page.asked_server).is_none()
    }
}

/// The name of a server as somebody typed it, perhaps as an address, perhaps behind their own name there.
fn server(typed: &str) -> Option<String> {
    let typed = typed.trim().rsplit('@').next().unwrap_or_default();
    let typed = typed.strip_prefix("https://").unwrap_or(typed).trim_end_matches('/');
    let url = Url::parse(&format!("https://{typed}/")).ok()?;
    let host = url.host_str().filter(|host| host.contains('.'))?;
    let nothing_else = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.port().is_none();
    nothing_else.then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_and_nothing_else() {
        for (typed, expected) in [
            ("mastodon.nl", Some("mastodon.nl")),
            (" https://Mastodon.nl/ ", Some("mastodon.nl")),
            ("@jan@mastodon.nl", Some("mastodon.nl")),
            ("", None),
            ("localhost", None),
            ("mastodon.nl/../x", None),
            ("mastodon.nl?x=1", None),
            ("mastodon.nl:8080", None),
            ("javascript:alert(1)", None),
            ("een server", None),
        ] {
            assert_eq!(server(typed).as_deref(), expected, "{typed}");
        }
    }
}
