//! Who may begin a square: somebody on the local network, by a name that only local networks know.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::locale::Texts;

use crate::web::arrival::Arrival;
use crate::web::layers;

/// Lets only those through who are near: by where they ask from, and by the name they ask for.
pub(super) async fn only(request: Request, next: Next) -> Response {
    let from = Arrival::of(&request).from;
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let mut response = if is_local(from) && is_local_name(host) {
        next.run(request).await
    } else {
        let words = [Lang::Nl, Lang::En].map(|lang| Texts::of(lang).say("first-run-elsewhere").unwrap_or_default());
        (StatusCode::FORBIDDEN, format!("{}\n\n{}\n", words[0], words[1])).into_response()
    };
    response.headers_mut().extend(layers::RULES);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| layers::page_policy(""));
    response
}

/// Whether an address is one of this machine or of a network at home (RFC 1918, RFC 3927, RFC 4193, RFC 4291).
fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Whether nobody on the internet can own the name that was asked for: a local address, or a name that only local networks
/// know (RFC 6761, RFC 6762, RFC 8375).
fn is_local_name(host: &str) -> bool {
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return is_local(address);
    }
    let name = bare.to_ascii_lowercase();
    let single = !name.is_empty() && !name.contains('.');
    single || [".localhost", ".local", ".home.arpa", ".internal"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_who_is_near_is_let_through() {
        let local = |address: &str| is_local(address.parse().unwrap());
        for near in ["127.0.0.1", "192.168.1.7", "10.0.0.1", "172.31.0.1", "169.254.3.4", "::1", "fe80::1", "fd00::7"] {
            assert!(local(near), "{near}");
        }
        for far in ["203.0.113.9", "8.8.8.8", "172.32.0.1", "100.64.0.1", "2001:db8::7", "::ffff:8.8.8.8"] {
            assert!(!local(far), "{far}");
        }
    }

    #[test]
    fn only_names_that_nobody_far_away_can_own() {
        for near in
            ["192.168.1.7:8080", "[fe80::1]:8080", "localhost:1", "raspberrypi", "192.168.1.7", "Dorp.local:8080"]
        {
            assert!(is_local_name(near), "{near}");
        }
        for far in ["plein.example:8080", "local.example:1", "8.8.8.8:80", "", ":80", "192.168.1.7.evil.example:80"] {
            assert!(!is_local_name(far), "{far}");
        }
    }
}
