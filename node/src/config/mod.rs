//! What a box is told about itself: `box.toml` in its data folder, written once with an explanation of every line and
//! meant to be edited; and what the environment and the command line say instead.

mod https;
mod layers;
mod mail;
mod mistakes;
mod push;
mod quiet;
mod reading;
mod settings;

use std::net::{IpAddr, SocketAddr};

use dorpsplein_protocol::operation::NeighbourhoodId;
use dorpsplein_protocol::replica::PhotoQuota;
use dorpsplein_web_ui::view::Help;
use libp2p::Multiaddr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::links::Site;
use crate::sources::MAX_SOURCES;

pub use https::{Challenge, HttpsSettings};
pub use layers::{Flag, FlagError, Overrides};
pub use mail::{MailSettings, Security, WeeklyDay};
pub use mistakes::{ConfigError, Mistake, Place};
pub use push::PushSettings;
pub use quiet::QuietHours;
pub use reading::{Read, read};
pub use settings::{Form, SETTINGS, Setting};

/// Where the site listens unless it is told otherwise.
pub const DEFAULT_SITE: &str = "0.0.0.0:8080";
/// Where the box listens for other boxes unless it is told otherwise: QUIC first, TCP for networks that block UDP.
pub const DEFAULT_BOX: [&str; 2] = ["/ip4/0.0.0.0/udp/4080/quic-v1", "/ip4/0.0.0.0/tcp/4080"];

/// The settings of a box.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The neighbourhood's name, for the local network; the register holds the name that counts.
    pub name: String,
    /// The neighbourhood's id.
    #[serde(deserialize_with = "neighbourhood_from_hex", serialize_with = "neighbourhood_to_hex")]
    pub neighbourhood: NeighbourhoodId,
    /// One line under the name.
    #[serde(default)]
    pub tagline: Option<String>,
    /// Where the site listens.
    #[serde(default = "usual_site")]
    pub site: SocketAddr,
    /// Where the box listens for other boxes: addresses such as `/ip4/0.0.0.0/udp/4080/quic-v1`.
    #[serde(rename = "box", default = "usual_box")]
    pub listen: Vec<Multiaddr>,
    /// Where other boxes reach this one from outside, when it cannot find out by itself.
    #[serde(default)]
    pub announce: Vec<Multiaddr>,
    /// Whether neighbours that cannot reach each other directly may do so through this box.
    #[serde(default = "yes")]
    pub relay: bool,
    /// Whether the router is asked to let neighbours in.
    #[serde(default = "yes")]
    pub upnp: bool,
    /// The site's own address as visitors type it, without a slash at the end; none: `http://` and where it listens.
    #[serde(default, deserialize_with = "site_address")]
    pub public_url: Option<String>,
    /// Where programs on this machine read figures about the box, at `/metrics`: a loopback address. None: only
    /// connectors do, at the site.
    #[serde(default, deserialize_with = "loopback_only")]
    pub metrics: Option<SocketAddr>,
    /// Whether the box makes itself known on the local network.
    #[serde(default)]
    pub mdns: LocalNetwork,
    /// How much room there is for photos.
    #[serde(default)]
    pub photos: PhotoRoom,
    /// Whom to call for help.
    #[serde(default)]
    pub help: Option<HelpLine>,
    /// What of other calendars is proposed for the agenda.
    #[serde(default)]
    pub agenda: AgendaSources,
    /// How post by e-mail goes out; none: this box sends no post.
    #[serde(default)]
    pub mail: Option<MailSettings>,
    /// The web servers before this box that may say for whom and over what they ask.
    #[serde(default)]
    pub proxies: Vec<IpAddr>,
    /// How the site is reached over https without one; none: it is not.
    #[serde(default)]
    pub https: Option<HttpsSettings>,
    /// How notices go out to telephones; none: this box sends none.
    #[serde(default)]
    pub push: Option<PushSettings>,
}

/// On which networks a box makes itself known and looks for boxes next door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LocalNetwork {
    /// On all of this machine's networks.
    #[default]
    On,
    /// On none.
    Off,
    /// Only within this machine: for demonstrations and tests.
    Loopback,
}

/// Which other calendars this box visits. What they say waits at the connectors' desk; nothing is published by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgendaSources {
    /// The calendars.
    #[serde(rename = "source", deserialize_with = "agenda_sources")]
    pub sources: Vec<AgendaSource>,
    /// Whether they may be on this machine or this network as well, where otherwise none is visited.
    pub private_addresses: bool,
}

/// A calendar that this box visits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaSource {
    /// Where it is: an `https` or `http` address of a calendar file (.ics).
    #[serde(deserialize_with = "calendar_address")]
    pub url: String,
    /// What it is called at the desk; none: what it calls itself.
    #[serde(default)]
    pub name: Option<String>,
    /// So many hours lie between two visits, 1 or more.
    #[serde(default = "usual_hours", deserialize_with = "whole_hours")]
    pub hours: u32,
}

impl AgendaSource {
    /// The same in milliseconds.
    pub fn every_ms(&self) -> u64 {
        u64::from(self.hours.max(1)) * 3_600_000
    }
}

const fn usual_hours() -> u32 {
    6
}

/// No more calendars than there is room for.
fn agenda_sources<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AgendaSource>, D::Error> {
    let sources = Vec::<AgendaSource>::deserialize(deserializer)?;
    if sources.len() > MAX_SOURCES { Err(refused("there is room for 20 calendars")) } else { Ok(sources) }
}

/// An address that can be visited.
fn calendar_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || url.contains(char::is_whitespace) {
        return Err(refused("a calendar has an address that begins with https:// or http://"));
    }
    Ok(url)
}

/// Not too often.
fn whole_hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        0 => Err(refused("at least one hour lies between two visits to a calendar")),
        hours => Ok(hours),
    }
}

fn refused<E: serde::de::Error>(words: &str) -> E {
    E::custom(words)
}

/// How much room there is for photos on this box, in megabytes of a million bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PhotoRoom {
    /// For each resident of this neighbourhood.
    pub resident_mb: u32,
    /// For each other neighbourhood, all of its people together.
    pub neighbour_mb: u32,
}

impl Default for PhotoRoom {
    /// Some 400 photos of a resident, and 4,000 of a neighbour: with forty residents who use it all and three neighbours, 14 GB.
    fn default() -> Self {
        Self { resident_mb: 200, neighbour_mb: 2000 }
    }
}

impl From<PhotoRoom> for PhotoQuota {
    fn from(room: PhotoRoom) -> Self {
        let bytes = |megabytes: u32| u64::from(megabytes) * 1_000_000;
        Self { resident: bytes(room.resident_mb), neighbour: bytes(room.neighbour_mb) }
    }
}

/// Whom to call for help.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HelpLine {
    /// Who answers.
    pub name: String,
    /// The telephone number.
    pub phone: String,
    /// When.
    #[serde(default)]
    pub hours: Option<String>,
}

impl HelpLine {
    fn render(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let hours = match &self.hours {
            Some(hours) => format!("hours = {}", quoted(hours)),
            None => "# hours = \"on weekdays from 9 to 12\"".to_owned(),
        };
        format!("[help]\nname = {}\nphone = {}\n{hours}\n", quoted(&self.name), quoted(&self.phone))
    }
}

impl From<&HelpLine> for Help {
    fn from(line: &HelpLine) -> Self {
        Self { name: Some(line.name.clone()), phone: line.phone.clone(), hours: line.hours.clone() }
    }
}

impl Config {
    /// The ordinary settings of a box.
    ///
    /// # Panics
    /// Never: the default addresses are tested here.
    pub fn new(name: String, neighbourhood: NeighbourhoodId) -> Self {
        Self {
            name,
            neighbourhood,
            tagline: None,
            site: usual_site(),
            listen: usual_box(),
            announce: Vec::new(),
            relay: true,
            upnp: true,
            public_url: None,
            metrics: None,
            mdns: LocalNetwork::On,
            photos: PhotoRoom::default(),
            help: None,
            agenda: AgendaSources::default(),
            mail: None,
            proxies: Vec::new(),
            https: None,
            push: None,
        }
    }

    /// Reads `box.toml` as it is written.
    ///
    /// # Errors
    /// [`ConfigError`] with every mistake, its line and its column.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        read(text, &Overrides::default()).map(|read| read.config)
    }

    /// The settings of a box as they usually are, for a file that explains them.
    pub fn example() -> Self {
        Self::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([0x5e; 32]))
    }

    /// The site's own address, as visitors type it: the public one, or where it listens, `bound`.
    pub fn site_url(&self, bound: SocketAddr) -> String {
        self.public_url.as_ref().map_or_else(|| local_url(bound), |url| url.trim_end_matches('/').to_owned())
    }

    /// `box.toml` with these settings and an explanation of each.
    pub fn render(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let optional = |key: &str, value: Option<&str>, example: &str| match value {
            Some(value) => format!("{key} = {}", quoted(value)),
            None => format!("# {key} = {}", quoted(example)),
        };
        let addresses = |addresses: &[Multiaddr]| {
            addresses.iter().map(|address| quoted(&address.to_string())).collect::<Vec<_>>().join(", ")
        };
        let announce = match self.announce.as_slice() {
            [] => ANNOUNCE_EXAMPLE.to_owned(),
            some => format!("announce = [{}]", addresses(some)),
        };
        let help = self.help.as_ref().map_or_else(|| HELP_EXAMPLE.to_owned(), HelpLine::render);
        format!(
            "# The settings of this box. Restart it after a change.\n\n\
             # The neighbourhood this box belongs to. Its id never changes.\n\
             name = {name}\nneighbourhood = {id}\n\n\
             # One line under the name on every page.\n{tagline}\n\n\
             # Where the site listens: an address of this machine (0.0.0.0 for all) and a port.\nsite = {site}\n\n\
             # The site's own address as visitors type it. Choose it once: the keys in people's browsers belong to it.\n\
             {public_url}\n\n\
             # Web servers before this box that may say for whom they ask (X-Forwarded-For) and over what (X-Forwarded-Proto).\n\
             # Nobody else is believed.\n{proxies}\n\n\
             # Where this box listens for other boxes.\nbox = [{listen}]\n\n\
             # Ask the router to let neighbours in (UPnP), so that nobody has to set it up.\nupnp = {upnp}\n\n\
             # Let neighbours that cannot reach each other do so through this box, within limits. It carries what they\n\
             # say to each other and cannot read it. Only boxes of neighbourhoods with a treaty can use it.\n\
             relay = {relay}\n\n\
             # Where neighbours reach this box from outside, if you let them in at the router by hand, or if it has a\n\
             # name. Leave it out where the box finds out by itself: `dorpsplein status` shows whether it did.\n\
             {announce}\n\n\
             # Where programs on this machine may read figures about the box (Prometheus), at /metrics: a loopback address.\n\
             {metrics}\n\n\
             # Make the box known on the local network: \"on\", \"off\", or \"loopback\" for this machine only.\n\
             mdns = {mdns}\n\n\
             # How much room there is for photos, in megabytes: of each resident, and of each neighbouring village. A photo takes\n\
             # about half a megabyte. When a resident's room is full they are told so; of a neighbour's photos the later ones\n\
             # stay away until there is room again.\n\
             [photos]\nresident_mb = {resident_mb}\nneighbour_mb = {neighbour_mb}\n\n\
             # Whom visitors can call for help.\n{help}\n\
             # Other calendars whose events wait at the connectors' desk until somebody publishes them: their addresses, what\n\
             # you call them, and how many hours lie between two visits. They are visited on the internet only, unless\n\
             # private_addresses says that they may be on this network as well.\n{agenda}\n\
             # Post by e-mail for residents who ask for it: the server that takes it, \"starttls\" or \"tls\", the name to log in\n\
             # with, and the address it comes from. The password stands in a file mail.password beside this one, which only\n\
             # its owner may read. Between the two hours nothing is sent; at the second the day's post is made.\n{mail}\n\
             # The site over https without a web server before it. The box obtains a certificate for the name in public_url, and\n\
             # renews it, once you agree to the terms of who gives it (letsencrypt.org); ports 443 and 80 of the router lead here.\n\
             # Or name the files of a certificate that somebody else renews.\n{https}\n\
             # Notices on telephones (Web Push) for residents who ask for them: whom the push services of the browsers' makers\n\
             # can write to when something is wrong, and the hours in which none is sent. Needs a public_url with https.\n{push}",
            https = self.https.as_ref().map_or_else(|| https::EXAMPLE.to_owned(), HttpsSettings::render),
            proxies = proxies(&self.proxies),
            push = self.push.as_ref().map_or_else(|| push::EXAMPLE.to_owned(), PushSettings::render),
            mail = self.mail.as_ref().map_or_else(|| mail::EXAMPLE.to_owned(), MailSettings::render),
            agenda = self.agenda.render(),
            resident_mb = self.photos.resident_mb,
            neighbour_mb = self.photos.neighbour_mb,
            name = quoted(&self.name),
            id = quoted(&self.neighbourhood.to_string()),
            tagline = optional("tagline", self.tagline.as_deref(), "The village by the river"),
            site = quoted(&self.site.to_string()),
            public_url = optional("public_url", self.public_url.as_deref(), "https://plein.example"),
            listen = addresses(&self.listen),
            upnp = self.upnp,
            relay = self.relay,
            metrics = optional("metrics", self.metrics.map(|at| at.to_string()).as_deref(), "127.0.0.1:4090"),
            mdns = quoted(self.mdns.name()),
        )
    }
}

/// The address of a site that listens on `bound`, for this machine. A site that listens on all addresses is named by the
/// machine's own, which browsers trust to hold keys.
pub fn local_url(bound: SocketAddr) -> String {
    if bound.ip().is_unspecified() { format!("http://127.0.0.1:{}", bound.port()) } else { format!("http://{bound}") }
}

impl AgendaSources {
    fn render(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let source = |source: &AgendaSource| {
            let name = source.name.as_ref().map(|name| format!("name = {}\n", quoted(name))).unwrap_or_default();
            format!("[[agenda.source]]\nurl = {}\n{name}hours = {}\n", quoted(&source.url), source.hours)
        };
        let private = match self.private_addresses {
            true => "[agenda]\nprivate_addresses = true\n",
            false => "# [agenda]\n# private_addresses = true\n",
        };
        match self.sources.as_slice() {
            [] => format!("{private}{AGENDA_EXAMPLE}"),
            some => format!("{private}{}", some.iter().map(source).collect::<String>()),
        }
    }
}

const AGENDA_EXAMPLE: &str =
    "# [[agenda.source]]\n# url = \"https://sportclub.example/agenda.ics\"\n# name = \"Sports club\"\n# hours = 6\n";

const ANNOUNCE_EXAMPLE: &str = "# announce = [\"/dns/plein.example/udp/4080/quic-v1\"]";

fn proxies(addresses: &[IpAddr]) -> String {
    let quoted: Vec<_> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
    if quoted.is_empty() { PROXIES_EXAMPLE.to_owned() } else { format!("proxies = [{}]", quoted.join(", ")) }
}

const PROXIES_EXAMPLE: &str = "# proxies = [\"127.0.0.1\"]";

const HELP_EXAMPLE: &str =
    "# [help]\n# name = \"Truus\"\n# phone = \"0123 456 789\"\n# hours = \"on weekdays from 9 to 12\"\n";

impl LocalNetwork {
    const fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Loopback => "loopback",
        }
    }
}

const fn yes() -> bool {
    true
}

/// # Panics
/// Never: a test here makes the usual settings.
fn usual_site() -> SocketAddr {
    DEFAULT_SITE.parse().expect("the default address is one; a test here checks it")
}

/// # Panics
/// Never: a test here makes the usual settings.
fn usual_box() -> Vec<Multiaddr> {
    DEFAULT_BOX.map(|text| text.parse().expect("a default address is one; a test here checks it")).to_vec()
}

fn neighbourhood_to_hex<S: Serializer>(id: &NeighbourhoodId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// An address of the web without anything behind its host.
fn site_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let site = Site::parse(&text).map_err(serde::de::Error::custom)?;
    if text.trim().trim_end_matches('/') != site.as_str() {
        return Err(refused("nothing stands behind the name of the site, and no / at the end"));
    }
    Ok(Some(text))
}

fn neighbourhood_from_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NeighbourhoodId, D::Error> {
    let text = String::deserialize(deserializer)?;
    NeighbourhoodId::from_hex(&text)
        .ok_or_else(|| serde::de::Error::custom("a neighbourhood's id is 64 hexadecimal digits"))
}

/// Figures are for this machine: behind an address that others reach nobody would ask who they are.
fn loopback_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let address = Option::<SocketAddr>::deserialize(deserializer)?;
    if address.is_some_and(|address| !address.ip().is_loopback()) {
        return Err(serde::de::Error::custom("figures are for this machine only: write a loopback address"));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let plain = Config::new("Sint Anna \"aan de dijk\"".to_owned(), NeighbourhoodId::from_bytes([7; 32]));
        let full = Config {
            tagline: Some("Dorp achter de dijk\\kade".to_owned()),
            public_url: Some("https://plein.example".to_owned()),
            metrics: Some("[::1]:4090".parse().unwrap()),
            mdns: LocalNetwork::Loopback,
            photos: PhotoRoom { resident_mb: 5, neighbour_mb: 50 },
            help: Some(HelpLine { name: "Truus".to_owned(), phone: "0123 456 789".to_owned(), hours: None }),
            listen: Vec::new(),
            announce: vec!["/dns/plein.example/udp/4080/quic-v1".parse().unwrap()],
            relay: false,
            upnp: false,
            agenda: AgendaSources {
                sources: vec![
                    AgendaSource {
                        url: "https://club.example/a.ics".to_owned(),
                        name: Some("Club".to_owned()),
                        hours: 6,
                    },
                    AgendaSource { url: "http://kerk.example/b.ics".to_owned(), name: None, hours: 24 },
                ],
                private_addresses: true,
            },
            mail: Some(MailSettings {
                server: "smtp.example".to_owned(),
                port: Some(2525),
                security: Security::Tls,
                user: Some("plein".to_owned()),
                from: "plein@plein.example".to_owned(),
                weekly_on: WeeklyDay::Sunday,
                quiet_from: 22,
                quiet_until: 7,
            }),
            proxies: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
            https: Some(HttpsSettings {
                listen: "[::]:8443".parse().unwrap(),
                redirect: Some("[::]:8081".parse().unwrap()),
                agree_to_terms: true,
                contact: Some("a@plein.example".to_owned()),
                domains: vec!["www.plein.example".to_owned()],
                challenge: Challenge::Http,
                directory: "https://acme.example/dir".to_owned(),
                directory_root: Some("/etc/root.pem".into()),
                certificate: Some("/etc/chain.pem".into()),
                key: Some("/etc/key.pem".into()),
            }),
            push: Some(PushSettings {
                contact: "mailto:plein@plein.example".to_owned(),
                quiet_from: 22,
                quiet_until: 7,
                private_addresses: true,
            }),
            ..plain.clone()
        };
        for config in [plain, full] {
            assert_eq!(Config::parse(&config.render()), Ok(config));
        }
    }

    #[test]
    fn the_explained_examples_are_valid_settings() {
        let config = Config::parse(&with_examples(&Config::example().render())).unwrap();
        assert_eq!(config.tagline.as_deref(), Some("The village by the river"));
        assert_eq!(config.announce.len(), 1);
        assert_eq!(config.help.unwrap().hours.as_deref(), Some("on weekdays from 9 to 12"));
        assert_eq!(config.mail.unwrap().server, "smtp.example");
        assert_eq!(config.push.unwrap().contact, "mailto:plein@plein.example");
    }

    #[test]
    fn mail_goes_unprotected_to_this_machine_alone_and_links_to_the_site() {
        let plain = Config::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([7; 32]));
        let known = Config { public_url: Some("https://plein.example".to_owned()), ..plain.clone() }.render();
        let mail =
            |server: &str, more: &str| format!("[mail]\nserver = \"{server}\"\nfrom = \"a@b.example\"\n{more}\n");
        let fault = |text: String| Config::parse(&text).unwrap_err().to_string();
        assert!(Config::parse(&format!("{known}{}", mail("smtp.example", ""))).is_ok());
        assert!(Config::parse(&format!("{known}{}", mail("127.0.0.1", "security = \"none\""))).is_ok());
        assert!(fault(format!("{known}{}", mail("smtp.example", "security = \"none\""))).contains("unprotected"));
        assert!(fault(format!("{known}{}", mail("smtp.example", "quiet_from = 24"))).contains("0 to 23"));
        assert!(fault(format!("{}{}", plain.render(), mail("smtp.example", ""))).contains("public_url"));
    }

    #[test]
    fn a_calendar_that_cannot_be_visited_is_named() {
        let plain = Config::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([7; 32])).render();
        let with = |source: &str| Config::parse(&format!("{plain}\n[[agenda.source]]\n{source}"));
        let usual = with("url = \"https://club.example/a.ics\"").unwrap();
        assert_eq!(usual.agenda.sources[0].every_ms(), 6 * 3_600_000);
        assert!(with("url = \"file:///etc/passwd\"").unwrap_err().to_string().contains("https://"));
        assert!(with("url = \"https://club.example/a.ics\"\nhours = 0").unwrap_err().to_string().contains("one hour"));
    }

    #[test]
    fn the_site_has_one_address() {
        let mut config = Config::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([7; 32]));
        assert_eq!(config.site_url("0.0.0.0:8080".parse().unwrap()), "http://127.0.0.1:8080");
        assert_eq!(config.site_url("192.0.2.7:80".parse().unwrap()), "http://192.0.2.7:80");
        config.public_url = Some("https://plein.example/".to_owned());
        assert_eq!(config.site_url("0.0.0.0:8080".parse().unwrap()), "https://plein.example");
    }

    #[test]
    fn a_setting_that_is_refused_is_named_with_its_place() {
        let good = Config::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([7; 32])).render();
        let wrong = good.replace("mdns = \"on\"", "mdns = \"yes\"");
        let line = 1 + good.lines().position(|line| line.starts_with("mdns")).unwrap();
        let error = Config::parse(&wrong).unwrap_err().to_string();
        assert!(error.starts_with(&format!("line {line}, column 8: `mdns`")) && !error.contains('\n'), "{error}");
        assert!(Config::parse(&good.replace("neighbourhood = \"07", "neighbourhood = \"7")).is_err());
        assert!(Config::parse("").is_err());
        let metrics = |address: &str| Config::parse(&format!("metrics = \"{address}\"\n{good}"));
        assert!(metrics("127.0.0.1:4090").is_ok());
        assert!(metrics("0.0.0.0:4090").unwrap_err().to_string().contains("for this machine only"));
        assert!(metrics("127.0.0.1:8080").unwrap_err().to_string().contains("where the site listens"));
        let public = |address: &str| Config::parse(&format!("public_url = \"{address}\"\n{good}"));
        assert_eq!(public("https://plein.example/").unwrap().public_url.as_deref(), Some("https://plein.example/"));
        assert!(public("https://plein.example/plein").unwrap_err().to_string().contains("behind the name"));
        assert!(public("plein.example").unwrap_err().to_string().contains("https://plein.example"));
    }

    /// The names of all settings in a value, those in tables with the name of the table.
    fn keys(path: &str, value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
        match value {
            serde_json::Value::Object(inside) => {
                for (name, value) in inside {
                    keys(&if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, value, found);
                }
            }
            serde_json::Value::Array(all) if all.iter().any(serde_json::Value::is_object) => {
                all.iter().for_each(|one| keys(path, one, found));
            }
            _ => {
                found.insert(path.to_owned());
            }
        }
    }

    /// The file without the marks that make its examples comments.
    fn with_examples(file: &str) -> String {
        let is_setting = |line: &str| {
            let name = line.split(" = ").next().unwrap_or_default();
            line.starts_with('[') || (line.contains(" = ") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        };
        let lines = file.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line));
        lines.map(|line| format!("{line}\n")).collect()
    }

    /// The file that a package brings as an example is what this program writes: every setting there is, and those that
    /// are no comments as they usually are.
    #[test]
    fn the_example_file_is_what_the_program_knows() {
        let file = include_str!("../../../packaging/box.toml");
        assert_eq!(file, Config::example().render(), "`dorpsplein config example > packaging/box.toml` mends this");
        assert_eq!(Config::parse(file).unwrap(), Config::example());
        let [name, neighbourhood] = ["name", "neighbourhood"].map(|key| Setting::named(key).unwrap().line());
        assert_eq!(Config::parse(&format!("{name}\n{neighbourhood}")).unwrap(), Config::example(), "usual values");

        let every = Config::parse(&with_examples(file)).unwrap();
        let (mut known, mut shown) = (Default::default(), Default::default());
        keys("", &serde_json::to_value(&every).unwrap(), &mut known);
        keys("", &serde_json::to_value(with_examples(file).parse::<toml::Table>().unwrap()).unwrap(), &mut shown);
        let listed: std::collections::BTreeSet<_> = SETTINGS.iter().map(|setting| setting.key.to_owned()).collect();
        assert_eq!(known, listed, "the table of settings is what a box is told");
        assert_eq!(shown, listed, "the example shows every setting");
    }

    #[test]
    fn every_mistake_is_named() {
        let text = "name = 7\nsitte = \"0.0.0.0:80\"\nmdns = \"yes\"\nrelay = \"ja\"\n[photos]\nresident_mb = -1\n\
                    foto = 1\n[help]\nname = \"Truus\"\n[[agenda.source]]\nurl = \"ftp://a\"\nhours = 0\n[agenda]\nx = 1\n";
        let error = Config::parse(text).unwrap_err();
        let named: Vec<_> =
            error.mistakes().iter().map(|m| (m.place.clone(), m.setting.as_deref().unwrap_or(""))).collect();
        let file = |line, column| Place::File { line, column };
        let expected = [
            (file(1, 1), "neighbourhood"),
            (file(1, 8), "name"),
            (file(2, 1), "sitte"),
            (file(3, 8), "mdns"),
            (file(4, 9), "relay"),
            (file(6, 15), "photos.resident_mb"),
            (file(7, 1), "photos.foto"),
            (file(8, 1), "help.phone"),
            (file(11, 7), "agenda.source.url"),
            (file(12, 9), "agenda.source.hours"),
            (file(14, 1), "agenda.x"),
        ];
        assert_eq!(named, expected, "{error}");
        assert_eq!(error.mistakes()[2].todo, "did you mean `site`?");
        assert!(error.to_string().ends_with("shows 10 more)"), "{error}");
    }

    #[test]
    fn a_line_that_is_no_toml_hides_no_other() {
        let error = Config::parse("name = Maasdorp\nmdns = \"yes\"\nsite = \"8080\"\n").unwrap_err();
        let lines: Vec<_> = error.mistakes().iter().map(|mistake| mistake.place.clone()).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[1..], [Place::File { line: 2, column: 8 }, Place::File { line: 3, column: 8 }]);
    }

    #[test]
    fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
        let file = "name = \"Maasdorp\"\nneighbourhood = \"5e\"\nsite = \"0.0.0.0:80\"\nrelay = true\n";
        let file = file.replace("5e", &"5e".repeat(32));
        let environment = |name: &str| match name {
            "DORPSPLEIN_SITE" => Some("0.0.0.0:81".to_owned()),
            "DORPSPLEIN_PHOTOS_RESIDENT_MB" => Some("50".to_owned()),
            "DORPSPLEIN_BOX" => Some("/ip4/0.0.0.0/tcp/1, /ip4/0.0.0.0/tcp/2".to_owned()),
            "DORPSPLEIN_RELAY" => Some(String::new()),
            _ => None,
        };
        let overrides = Overrides::from_variables(environment);
        let read = read(&file, &overrides.clone().with_flags(&["site=0.0.0.0:82".parse().unwrap()])).unwrap();
        assert_eq!((read.config.site.port(), read.config.photos.resident_mb, read.config.listen.len()), (82, 50, 2));
        let given =
            |key: &str| read.given.iter().find(|(setting, _)| setting.key == key).map(|(_, place)| place.clone());
        assert_eq!(given("site"), Some(Place::CommandLine { flag: "site=0.0.0.0:82".to_owned() }));
        assert_eq!(given("box"), Some(Place::Environment { variable: "DORPSPLEIN_BOX".to_owned() }));
        assert_eq!(given("relay"), Some(Place::File { line: 4, column: 1 }));
        assert_eq!(given("mdns"), None);

        let wrong =
            |flag: &str| super::read(&file, &overrides.clone().with_flags(&[flag.parse().unwrap()])).unwrap_err();
        assert!(wrong("photos.resident_mb=veel").to_string().starts_with("--set photos.resident_mb=veel: "));
        assert!(wrong("mdns=maybe").to_string().starts_with("--set mdns=maybe: `mdns`: "));
        for flag in ["neighbourhood=5e", "agenda.source.url=https://a.example", "sight=1", "site"] {
            assert!(flag.parse::<Flag>().is_err(), "{flag}");
        }
    }

    /// What is made up in the place of a setting that a table cannot miss stands nowhere: the fuzzer found a mistake in a
    /// table that the file does not have taken for one of what was made up, again and again until no memory was left.
    #[test]
    fn a_mistake_outside_the_file_is_told_once_also_in_a_table_that_the_file_does_not_have() {
        let file = format!("name = \"Maasdorp\"\nneighbourhood = \"{}\"\n", "5e".repeat(32));
        for setting in SETTINGS.iter().filter(|setting| setting.can_be_overridden()) {
            for value in ["?", "-1", "99999999999999999999", "\0", "true,?"] {
                let place = Place::Environment { variable: setting.variable() };
                let wrong = Overrides::from_variables(|name| (name == setting.variable()).then(|| value.to_owned()));
                let Err(error) = super::read(&file, &wrong) else { continue };
                let there: Vec<_> = error.mistakes().iter().filter(|mistake| mistake.place == place).collect();
                let about = there.iter().filter(|mistake| mistake.setting.as_deref() == Some(setting.key));
                assert!(about.count() <= 1, "{}={value}: {there:?}", setting.key);
            }
        }
        let weekly =
            Overrides::from_variables(|name| (name == "DORPSPLEIN_MAIL_WEEKLY_ON").then(|| "later".to_owned()));
        let mistakes = super::read(&file, &weekly).unwrap_err().to_string();
        assert!(mistakes.starts_with("DORPSPLEIN_MAIL_WEEKLY_ON: `mail.server` is missing"), "{mistakes}");
    }
}
