//! Fetching a calendar from an address, within bounds: of time, of bytes, and of where it may be.

use std::time::Duration;

use dorpsplein_calendar::MAX_BYTES;
use thiserror::Error;
use ureq::Agent;
use ureq::http::{StatusCode, header};
use ureq::unversioned::transport::DefaultConnector;

use crate::http_client::{PublicHosts, client_config};

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
        let config = client_config(TIME)
            .max_redirects(REDIRECTS)
            .proxy(None)
            // A small file that unpacks to a large one has no use here.
            .accept_encoding("identity")
            .build();
        Self(Agent::with_parts(config, DefaultConnector::default(), PublicHosts::new(private)))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_of_this_machine_is_found_nowhere() {
        let near = Fetcher::new(false).fetch("http://localhost:9/agenda.ics", None, None).unwrap_err();
        assert!(matches!(near, FetchError::Unreachable(error) if matches!(*error, ureq::Error::HostNotFound)));
        let literal = Fetcher::new(false).fetch("http://127.0.0.1:9/agenda.ics", None, None).unwrap_err();
        assert!(matches!(literal, FetchError::Unreachable(error) if matches!(*error, ureq::Error::HostNotFound)));
    }
}
