//! The site over https: `[https]` in its settings.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where certificates come from unless it is told otherwise.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Where https listens unless it is told otherwise.
const USUAL: &str = "0.0.0.0:443";

/// How the site is reached over https without a web server before it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpsSettings {
    /// Where it listens.
    #[serde(default = "usual_listen")]
    pub listen: SocketAddr,
    /// Where plain http leads everybody to it; none: nowhere.
    #[serde(default)]
    pub redirect: Option<SocketAddr>,
    /// Whether the operator agrees to the terms of who gives the certificates (RFC 8555, section 7.3.3).
    #[serde(default)]
    pub agree_to_terms: bool,
    /// The e-mail address at which they reach the operator.
    #[serde(default)]
    pub contact: Option<String>,
    /// Names that the certificate is for besides that of the site.
    #[serde(default)]
    pub domains: Vec<String>,
    /// How the box shows that the names lead to it.
    #[serde(default)]
    pub challenge: Challenge,
    /// The directory of who gives the certificates (RFC 8555, section 7.1.1).
    #[serde(default = "usual_directory")]
    pub directory: String,
    /// A file with the certificate that vouches for that directory; none: the usual authorities do.
    #[serde(default)]
    pub directory_root: Option<PathBuf>,
    /// A file with a certificate and its chain that somebody else obtains and renews …
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// … and its key.
    #[serde(default)]
    pub key: Option<PathBuf>,
}

/// How a box shows that a name leads to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Challenge {
    /// At the port for https itself (RFC 8737).
    #[default]
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn,
    /// At the port for plain http (RFC 8555, section 8.3).
    #[serde(rename = "http-01")]
    Http,
}

impl HttpsSettings {
    /// A certificate of the usual giver, to whose terms the operator agrees, at the usual ports; plain http leads there.
    pub fn usual() -> Self {
        Self {
            listen: usual_listen(),
            redirect: Some(SocketAddr::new(usual_listen().ip(), 80)),
            agree_to_terms: true,
            contact: None,
            domains: Vec::new(),
            challenge: Challenge::default(),
            directory: usual_directory(),
            directory_root: None,
            certificate: None,
            key: None,
        }
    }

    /// Files that somebody else keeps up to date: certificate and key. None: the box obtains its own.
    pub fn files(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.certificate.as_ref().zip(self.key.as_ref())
    }

    /// The names that the certificate is for: first that of the site at `public_url`.
    pub fn names(&self, public_url: &str) -> Vec<String> {
        let mut names = vec![host(public_url).to_ascii_lowercase()];
        let more = self.domains.iter().map(|name| name.to_ascii_lowercase());
        more.for_each(|name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        names
    }

    /// What is wrong with these settings, if anything is: the setting, what about it, and what to do.
    pub(crate) fn fault(&self, public_url: Option<&str>, site: SocketAddr) -> Option<[&'static str; 3]> {
        let Some(url) = public_url.filter(|url| url.starts_with("https://")) else {
            let todo = "add a line like `public_url = \"https://plein.example\"`, above all tables";
            return Some(["public_url", "[https] needs a `public_url` that begins with https://", todo]);
        };
        let is_name =
            |name: &String| name.contains('.') && name.parse::<IpAddr>().is_err() && !name.contains(['[', '*']);
        let same = |one: SocketAddr, other: SocketAddr| {
            let met = one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
            one.port() == other.port() && one.port() != 0 && met
        };
        if same(self.listen, site) {
            let what = "`https.listen` is where the site listens for plain http";
            return Some(["https.listen", what, "give one of both another port, such as `listen = \"0.0.0.0:443\"`"]);
        }
        if self.redirect.is_some_and(|redirect| same(redirect, site) || same(redirect, self.listen)) {
            let what = "`https.redirect` is where something else of this box listens";
            return Some([
                "https.redirect",
                what,
                "give one of both another port, such as `redirect = \"0.0.0.0:80\"`",
            ]);
        }
        if self.certificate.is_some() != self.key.is_some() {
            let todo = "write both `certificate` and `key`, or neither, so that the box obtains its own";
            return Some(["https.certificate", "a certificate from a file comes with a key from a file", todo]);
        }
        if self.files().is_some() {
            return None;
        }
        if !self.agree_to_terms {
            let what = "certificates are given to who agrees to the terms of the giver, usually letsencrypt.org";
            let todo =
                "read them, and write `agree_to_terms = true`; or name files of your own at `certificate` and `key`";
            return Some(["https.agree_to_terms", what, todo]);
        }
        if !self.names(url).iter().all(is_name) {
            let todo = "write names such as \"plein.example\"; no numbers, and no *";
            return Some(["https.domains", "a certificate is for names on the internet", todo]);
        }
        if !self.directory.starts_with("https://") {
            let todo = "leave it out, or write an address that begins with https://";
            return Some(["https.directory", "certificates are given over https only", todo]);
        }
        if self.challenge == Challenge::Http && self.redirect.is_none() {
            let todo = "add `redirect = \"0.0.0.0:80\"` in [https]";
            return Some(["https.challenge", "http-01 is shown at the port for plain http", todo]);
        }
        None
    }

    pub(super) fn render(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let texts = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        let path = |key: &str, path: &Option<PathBuf>| match path {
            Some(path) => format!("{key} = {}\n", quoted(&path.to_string_lossy())),
            None => String::new(),
        };
        let redirect = self.redirect.map(|at| format!("redirect = \"{at}\"\n")).unwrap_or_default();
        let contact = self.contact.as_ref().map(|to| format!("contact = {}\n", quoted(to))).unwrap_or_default();
        let domains =
            if self.domains.is_empty() { String::new() } else { format!("domains = [{}]\n", texts(&self.domains)) };
        let challenge = match self.challenge {
            Challenge::TlsAlpn => "tls-alpn-01",
            Challenge::Http => "http-01",
        };
        format!(
            "[https]\nlisten = \"{}\"\n{redirect}agree_to_terms = {}\n{contact}{domains}challenge = \"{challenge}\"\n\
             directory = {}\n{}{}{}",
            self.listen,
            self.agree_to_terms,
            quoted(&self.directory),
            path("directory_root", &self.directory_root),
            path("certificate", &self.certificate),
            path("key", &self.key),
        )
    }
}

/// The host of an address of the web, without its port.
fn host(url: &str) -> &str {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What stands in a `box.toml` of a box that does not speak https itself.
pub(super) const EXAMPLE: &str = "# [https]\n# listen = \"0.0.0.0:443\"\n# redirect = \"0.0.0.0:80\"\n# agree_to_terms = true\n# contact = \"you@plein.example\"\n\
                                  # domains = [\"www.plein.example\"]\n# challenge = \"tls-alpn-01\"\n\
                                  # directory = \"https://acme-v02.api.letsencrypt.org/directory\"\n# directory_root = \"/etc/dorpsplein/authority.pem\"\n\
                                  # certificate = \"/etc/dorpsplein/fullchain.pem\"\n# key = \"/etc/dorpsplein/privkey.pem\"\n";

/// # Panics
/// Never: a test reads the example with it.
fn usual_listen() -> SocketAddr {
    USUAL.parse().expect("the usual address is one; a test here checks it")
}

fn usual_directory() -> String {
    LETS_ENCRYPT.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn settings(text: &str) -> HttpsSettings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_certificate_is_for_the_name_of_the_site_and_more() {
        let more = settings("domains = [\"www.plein.example\", \"Plein.example\"]");
        assert_eq!(more.names("https://Plein.example:8443/"), ["plein.example", "www.plein.example"]);
        assert_eq!((more.listen.port(), more.directory.as_str()), (443, LETS_ENCRYPT));
    }

    #[test]
    fn each_fault_is_named() {
        let site = "0.0.0.0:8080".parse().unwrap();
        let fault = |text: &str, url: Option<&str>| settings(text).fault(url, site).map(|fault| fault[0]);
        let url = Some("https://plein.example");
        assert_eq!(fault("agree_to_terms = true", url), None);
        assert_eq!(fault("certificate = \"/a\"\nkey = \"/b\"", url), None);
        assert_eq!(fault("certificate = \"/a\"\nkey = \"/b\"", Some("https://192.0.2.7")), None);
        let wrong = [
            ("agree_to_terms = true", None, "public_url"),
            ("agree_to_terms = true", Some("http://plein.example"), "public_url"),
            ("", url, "https.agree_to_terms"),
            ("certificate = \"/a\"", url, "https.certificate"),
            ("agree_to_terms = true", Some("https://192.0.2.7"), "https.domains"),
            ("agree_to_terms = true\ndomains = [\"*.plein.example\"]", url, "https.domains"),
            ("agree_to_terms = true\ndirectory = \"http://a.example\"", url, "https.directory"),
            ("agree_to_terms = true\nchallenge = \"http-01\"", url, "https.challenge"),
            ("agree_to_terms = true\nlisten = \"127.0.0.1:8080\"", url, "https.listen"),
            ("agree_to_terms = true\nredirect = \"127.0.0.1:443\"", url, "https.redirect"),
        ];
        for (text, url, setting) in wrong {
            assert_eq!(fault(text, url), Some(setting), "{text}");
        }
    }
}
