//! How it goes with the certificate of a running box, for the pages and the figures.

use dorpsplein_protocol::time::Timestamp;
use tokio::sync::watch;

use super::certificate::Certificate;

/// Who sees to it that there is a new certificate in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewer {
    /// The box, at who gives certificates.
    Box,
    /// Another program, in files that the box reads.
    Files,
    /// The box, with an authority of its own for the local network.
    Own,
}

/// How it goes with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who renews it.
    pub renewer: Renewer,
    /// Until when the one that is shown holds; none while there is none.
    pub until: Option<Timestamp>,
    /// From when on there should be a new one.
    pub renew_at: Option<Timestamp>,
    /// What went wrong when a new one was to come, and when; none since one came.
    pub trouble: Option<(Timestamp, String)>,
}

/// Where it is told.
pub(super) type Told = watch::Sender<Standing>;

impl Standing {
    /// Before anything is known.
    pub(super) const fn new(renewer: Renewer) -> Self {
        Self { renewer, until: None, renew_at: None, trouble: None }
    }
}

/// Tells of a certificate that is shown from now on.
pub(super) fn has_come(told: &Told, certificate: &Certificate) {
    told.send_modify(|standing| {
        (standing.until, standing.renew_at) = (Some(certificate.until), Some(certificate.renew_at()));
        standing.trouble = None;
    });
}

/// Tells that none came.
pub(super) fn went_wrong(told: &Told, at: Timestamp, what: String) {
    told.send_modify(|standing| standing.trouble = Some((at, what)));
}
