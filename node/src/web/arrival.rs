//! How a request came in: from which address, and over what. A web server before this box says so for those it asks for, if
//! it was named in the settings; nobody else is believed.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Version, header};

/// For whom a web server before this box asks: it adds to the end whom it was asked by.
const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Over what it was asked.
const OVER: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whose connection it came by, or for whom a web server before this box asks.
    pub from: IpAddr,
    /// Whether it came over https all the way.
    pub https: bool,
}

/// Those who are believed when they say for whom they ask.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Arc<[IpAddr]>);

impl Proxies {
    /// Those of the settings.
    pub fn new(addresses: &[IpAddr]) -> Self {
        Self(addresses.iter().map(IpAddr::to_canonical).collect())
    }

    /// Whether this is one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// How a request with these headers came in, over a connection from `from`.
    fn arrival(&self, from: IpAddr, https: bool, headers: &HeaderMap) -> Arrival {
        let arrival = Arrival { from: from.to_canonical(), https };
        if !self.contain(from) {
            return arrival;
        }
        let over = list(headers, &OVER).last().map(str::to_ascii_lowercase);
        let https = over.map_or(https, |over| over == "https");
        let mut asked_by = arrival.from;
        // From the end on, past those who are believed: what stands before was written by whoever asked.
        for address in list(headers, &FOR).collect::<Vec<_>>().into_iter().rev().map_while(address) {
            asked_by = address;
            if !self.contain(address) {
                break;
            }
        }
        Arrival { from: asked_by, https }
    }
}

/// The entries of a header that may be there more than once, each with commas in between.
fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// An address, which some write with a port, and IPv6 between brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').split(']').next().unwrap_or_default();
    let parsed = bare.parse().or_else(|_| text.parse::<std::net::SocketAddr>().map(|both| both.ip()));
    parsed.ok().map(|address: IpAddr| address.to_canonical())
}

/// Makes a request ready for the site: with how it came in, and with the name of the host where HTTP/1 has it, also when it
/// came over HTTP/2 (RFC 9113, section 8.3.1).
pub(super) fn received<B>(request: Request<B>, from: IpAddr, https: bool, proxies: &Proxies) -> Request<Body>
where
    B: http_body_util::BodyExt<Data = axum::body::Bytes>
        + axum::body::HttpBody<Data = axum::body::Bytes>
        + Send
        + 'static,
    B::Error: Into<axum::BoxError>,
{
    let mut request = request.map(Body::new);
    if request.version() == Version::HTTP_2
        && let Some(host) = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let arrival = proxies.arrival(from, https, request.headers());
    request.extensions_mut().insert(arrival);
    request
}

impl Arrival {
    /// That of a request; of one that came over no connection, as from this machine.
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().copied().unwrap_or(HERE)
    }
}

const HERE: Arrival = Arrival { from: IpAddr::V4(Ipv4Addr::LOCALHOST), https: false };

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(HERE))
    }
}

/// One address for what one household has: of IPv6 that is a whole network of 64 bits (RFC 6177).
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(&HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_who_is_named_is_believed() {
        let proxies = Proxies::new(&[at("127.0.0.1"), at("192.0.2.1")]);
        let said = headers(&[(&FOR, "203.0.113.9"), (&OVER, "https")]);
        let believed = proxies.arrival(at("::ffff:127.0.0.1"), false, &said);
        assert_eq!(believed, Arrival { from: at("203.0.113.9"), https: true });
        let not = proxies.arrival(at("198.51.100.4"), false, &said);
        assert_eq!(not, Arrival { from: at("198.51.100.4"), https: false });
        assert_eq!(Proxies::default().arrival(at("127.0.0.1"), false, &said).from, at("127.0.0.1"));
    }

    #[test]
    fn what_a_visitor_wrote_in_front_counts_for_nothing() {
        let proxies = Proxies::new(&[at("127.0.0.1"), at("192.0.2.1")]);
        let from = |said: &str| proxies.arrival(at("127.0.0.1"), false, &headers(&[(&FOR, said)])).from;
        assert_eq!(from("10.0.0.1, 203.0.113.9"), at("203.0.113.9"));
        assert_eq!(from("10.0.0.1, 203.0.113.9, 192.0.2.1"), at("203.0.113.9"), "through two that are believed");
        assert_eq!(from("203.0.113.9:4711"), at("203.0.113.9"));
        assert_eq!(from("[2001:db8::7]:4711"), at("2001:db8::7"));
        assert_eq!(from("203.0.113.9, unknown"), at("127.0.0.1"));
        assert_eq!(from(""), at("127.0.0.1"));
        let over = |said: &str| proxies.arrival(at("127.0.0.1"), false, &headers(&[(&OVER, said)])).https;
        assert!(over("https") && over("http, HTTPS") && !over("https, http") && !over("wss"));
    }
}
