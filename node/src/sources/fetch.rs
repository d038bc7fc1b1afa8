//! Fetching a calendar from an address, within bounds: of time, of bytes, and of where it may be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use dorpsplein_calendar::MAX_BYTES;
use thiserror::Error;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::{StatusCode, Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long one visit may take in all.
const TIME: Duration = Duration::from_secs(30);
/// How many times a site may send on to another address.
const REDIRECTS: u32 = 3;

/// What fetches. It goes to no address on a private network, where a calendar of the wide world has no business and the
/// router, the printer and the box itself are, unless the operator says that it may.
#[derive(Clone, Debug)]
pub struct Fetcher(Agent);

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// What is there is what was known.
    Unchanged,
    /// A file.
    Changed {
        /// The file.
        bytes: Vec<u8>,
        /// How the site tells this version from another.
        etag: Option<String>,
        /// When the site says it was changed.
        last_modified: Option<String>,
    },
}

/// Why nothing was found.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The site answers with something else than a file.
    #[error("the site answers with status {0}")]
    Status(u16),
    /// The file is larger than one may be.
    #[error("the file is larger than {} MB", MAX_BYTES / 1_000_000)]
    TooLarge,
    /// The site does not answer, or is where none may be.
    #[error("the site cannot be reached: {0}")]
    Unreachable(#[source] Box<ureq::Error>),
}

impl Fetcher {
    /// What fetches; from private networks too, if `private` says so.
    pub fn new(private: bool) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIME))
            .max_redirects(REDIRECTS)
            .proxy(None)
            .user_agent(concat!("dorpsplein/", env!("CARGO_PKG_VERSION")))
            // A small file that unpacks to a large one has no use here.
            .accept_encoding("identity")
            .build();
        let resolver = Public { ask: DefaultResolver::default(), private };
        Self(Agent::with_parts(config, DefaultConnector::default(), resolver))
    }

    /// Fetches the file at an address, if it is another than the one with these marks.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn fetch(&self, url: &str, etag: Option<&str>, last_modified: Option<&str>) -> Result<Fetched, FetchError> {
        let marks = [(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)];
        let mut request = self.0.get(url).header(header::ACCEPT, "text/calendar, text/plain;q=0.5");
        for (name, mark) in marks.into_iter().filter_map(|(name, mark)| Some((name, mark?))) {
            request = request.header(name, mark);
        }
        let mut answer = request.call().map_err(unreachable)?;
        match answer.status() {
            StatusCode::NOT_MODIFIED => return Ok(Fetched::Unchanged),
            status if !status.is_success() => return Err(FetchError::Status(status.as_u16())),
            _ => {}
        }
        let said = |name: header::HeaderName| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            // What is sent back each time has to be short.
            (value.len() <= 200).then(|| value.to_owned())
        };
        let (etag, last_modified) = (said(header::ETAG), said(header::LAST_MODIFIED));
        let announced =
            answer.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > MAX_BYTES as u64) {
            return Err(FetchError::TooLarge);
        }
        let read = answer.body_mut().with_config().limit(MAX_BYTES as u64 + 1).read_to_vec();
        match read {
            Ok(bytes) if bytes.len() <= MAX_BYTES => Ok(Fetched::Changed { bytes, etag, last_modified }),
            Ok(_) | Err(ureq::Error::BodyExceedsLimit(_)) => Err(FetchError::TooLarge),
            Err(error) => Err(unreachable(error)),
        }
    }
}

fn unreachable(error: ureq::Error) -> FetchError {
    FetchError::Unreachable(Box::new(error))
}

/// Finds the addresses of a host, and forgets those where none may be. Asked again at every redirect, and what it answers
/// is what is connected to: a name that answers differently the second time gains nothing.
#[derive(Debug)]
struct Public {
    ask: DefaultResolver,
    private: bool,
}

impl Resolver for Public {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.ask.resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        for address in found.iter().filter(|address| self.private || is_public(address.ip())) {
            kept.push(*address);
        }
        if kept.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(kept) }
    }
}

/// Whether an address is one of the wide world (the special ones are those of IANA's registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match (address.to_ipv4_mapped(), embedded(address)) {
            (Some(address), _) | (None, Some(address)) => is_public_v4(address),
            (None, None) => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let for_protocols = (a, b, c) == (192, 0, 0);
    let for_benchmarks = a == 198 && (18..20).contains(&b);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || shared
        || for_protocols
        || for_benchmarks)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // 2000::/3 is what is routed in the world; documentation and the like lie within.
    first & 0xe000 == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
}

/// The address of the old internet that one of the new carries: 6to4, and the translation of RFC 6052.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0x2002, high, low, ..] => Some(of(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_the_wide_world_is_visited() {
        let public = |text: &str| is_public(text.parse().unwrap());
        for far in ["93.184.216.34", "8.8.8.8", "2a00:1450:400e:80c::200e", "64:ff9b::808:808", "2002:808:808::"] {
            assert!(public(far), "{far}");
        }
        for near in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:192.168.1.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!public(near), "{near}");
        }
    }

    #[test]
    fn a_name_of_this_machine_is_found_nowhere() {
        let near = Fetcher::new(false).fetch("http://localhost:9/agenda.ics", None, None).unwrap_err();
        assert!(matches!(near, FetchError::Unreachable(error) if matches!(*error, ureq::Error::HostNotFound)));
        let literal = Fetcher::new(false).fetch("http://127.0.0.1:9/agenda.ics", None, None).unwrap_err();
        assert!(matches!(literal, FetchError::Unreachable(error) if matches!(*error, ureq::Error::HostNotFound)));
    }
}
