//! The world outside: whether neighbours get in, whether the site's own address leads here, and for how long the
//! neighbourhood certifies the box.

use std::io;
use std::path::Path;
use std::time::Duration;

use dorpsplein_protocol::time::Timestamp;
use jiff::tz::TimeZone;
use ureq::Agent;

use super::Finding;
use super::folder::Looked;
use crate::cli::invite::DAY_MS;
use crate::clock;
use crate::config::Config;
use crate::data_folder::ways::{Ways, WaysFile};
use crate::http_client::client_config;
use crate::links::Site;
use crate::net::Router;
use crate::web::body::StatusBody;

/// How long the site may take to answer, names and certificates included.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;
/// This long before it runs out a certificate is worth a word, in days.
const SOON_DAYS: u64 = 30;

/// What neighbours found when they tried to reach the box (AutoNAT), as it tells on this machine.
pub(super) fn reached(dir: &Path, folder: &Looked) -> Finding {
    const PART: &str = "reach";
    if folder.running.is_none() {
        return Finding::note(PART, "doctor-reach-unknown", "doctor-reach-unknown-todo", "");
    }
    let ways = match WaysFile::of(dir).read() {
        Ok(ways) => ways.unwrap_or_default(),
        Err(error) => {
            return Finding::wrong(PART, "doctor-folder-damaged", "doctor-folder-damaged-todo", error.to_string());
        }
    };
    match &ways {
        Ways { outside, .. } if !outside.is_empty() => Finding::well(PART, "doctor-reach-outside", outside.join(", ")),
        Ways { router: Router::BehindAnother, .. } => {
            Finding::note(PART, "doctor-reach-behind", "doctor-reach-behind-todo", "")
        }
        Ways { through, .. } if !through.is_empty() => {
            Finding::note(PART, "doctor-reach-through", "doctor-reach-todo", through.len().to_string())
        }
        Ways { peers, .. } if peers.is_empty() => {
            Finding::note(PART, "doctor-reach-alone", "doctor-reach-alone-todo", "")
        }
        _ => Finding::note(PART, "doctor-reach-none", "doctor-reach-todo", ""),
    }
}

/// Visits the site at its own address, as people's browsers do.
pub(super) fn site(settings: &Config) -> Finding {
    const PART: &str = "https";
    let Some(url) = &settings.public_url else {
        return Finding::note(PART, "doctor-https-none", "doctor-https-none-todo", "");
    };
    let url = url.trim_end_matches('/');
    let local = Site::parse(url).is_ok_and(|site| site.is_loopback());
    if !url.starts_with("https://") && !local {
        return Finding::wrong(PART, "doctor-https-plain", "doctor-https-none-todo", url);
    }
    let wrong = |says, todo, value: String| Finding::wrong(PART, says, todo, value);
    match visit(url) {
        Ok(Some(status)) if status.neighbourhood_id == settings.neighbourhood.to_string() => {
            Finding::well(PART, "doctor-https", url)
        }
        Ok(_) => wrong("doctor-https-other", "doctor-https-other-todo", url.to_owned()),
        Err(error) if is_about_certificate(&error) => {
            wrong("doctor-https-certificate", "doctor-https-certificate-todo", format!("{url}: {error}"))
        }
        Err(error) => wrong("doctor-https-silent", "doctor-https-silent-todo", format!("{url}: {error}")),
    }
}

/// What the box behind an address says of itself; none if something else answers.
fn visit(url: &str) -> Result<Option<StatusBody>, ureq::Error> {
    let agent: Agent = client_config(PATIENCE).proxy(None).build().into();
    let mut answer = agent.get(format!("{url}/api/v1/status")).call()?;
    Ok(answer.body_mut().with_config().limit(MAX_ANSWER).read_json().ok())
}

/// Whether somebody answered there whom nobody vouches for.
fn is_about_certificate(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => true,
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// For how long the neighbourhood says that the box speaks for it.
pub(super) fn certificate(folder: &Looked) -> Option<Finding> {
    const PART: &str = "certificate";
    let status = folder.status.as_ref()?;
    let own = status.boxes.iter().filter(|one| one.key == status.own_box).map(|one| one.expires).max();
    let now = clock::now();
    let value = own.map(day).unwrap_or_default();
    Some(match own.map(Timestamp::from_millis) {
        Some(expires) if expires > now.plus_millis(SOON_DAYS * DAY_MS) => {
            Finding::well(PART, "doctor-certificate", value)
        }
        Some(expires) if expires > now => {
            Finding::note(PART, "doctor-certificate-soon", "doctor-certificate-todo", value)
        }
        _ => Finding::wrong(PART, "doctor-certificate-none", "doctor-certificate-todo", status.own_box.clone()),
    })
}

fn day(millis: u64) -> String {
    let at = i64::try_from(millis).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    at.map(|at| at.to_zoned(TimeZone::system()).date().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::operation::NeighbourhoodId;

    use super::*;
    use crate::cli::doctor::State;
    use crate::data_folder::Running;
    use crate::data_folder::ways::{Way, WayKind};
    use crate::web::body::BoxBody;

    fn looked(boxes: Vec<BoxBody>) -> Looked {
        let status = StatusBody {
            name: "Maasdorp".to_owned(),
            neighbourhood_id: "5e".repeat(32),
            version: "0".to_owned(),
            time: 0,
            register_heads: Vec::new(),
            residents: 1,
            items: 0,
            own_box: "aa".repeat(32),
            boxes,
            neighbours: Vec::new(),
        };
        let running = Running {
            url: "http://127.0.0.1:1".to_owned(),
            site: "http://127.0.0.1:1".to_owned(),
            addresses: Vec::new(),
            token: String::new(),
        };
        let settings = Config::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([0x5e; 32]));
        Looked { settings, running: Some(running), status: Some(status) }
    }

    /// What a box that runs writes about its ways, and what is said of it.
    #[test]
    fn what_neighbours_found_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let way = Way { key: "bb".repeat(32), neighbourhood: None, way: WayKind::Direct, address: None, through: None };
        let alone = Ways::default();
        let connected = Ways { peers: vec![way], ..Ways::default() };
        let behind = Ways { router: Router::BehindAnother, ..connected.clone() };
        let through = Ways { through: vec!["cc".repeat(32)], ..connected.clone() };
        let outside = Ways { outside: vec!["/ip4/203.0.113.1/tcp/4080".to_owned()], ..behind.clone() };
        let expected = [
            (alone, "doctor-reach-alone", State::Note),
            (connected, "doctor-reach-none", State::Note),
            (behind, "doctor-reach-behind", State::Note),
            (through, "doctor-reach-through", State::Note),
            (outside, "doctor-reach-outside", State::Well),
        ];
        for (ways, says, state) in expected {
            WaysFile::of(folder.path()).write(&ways).unwrap();
            let found = reached(folder.path(), &looked(Vec::new()));
            assert_eq!((found.says, found.state), (says, state));
        }
    }

    #[test]
    fn a_certificate_is_spoken_of_before_it_runs_out() {
        let in_days = |days: u64| {
            let expires = clock::now().plus_millis(days * DAY_MS).as_millis();
            let own = BoxBody { operation: "dd".repeat(32), key: "aa".repeat(32), expires };
            let other = BoxBody { key: "bb".repeat(32), expires: u64::MAX, ..own.clone() };
            certificate(&looked(vec![own, other])).unwrap().state
        };
        assert_eq!([in_days(0), in_days(20), in_days(40)], [State::Wrong, State::Note, State::Well]);
        assert_eq!(certificate(&looked(Vec::new())).unwrap().says, "doctor-certificate-none");
    }
}
