//! What a visitor is shown: the certificate of the moment, or the answer to who looks whether a name leads here.

use std::sync::Arc;

use parking_lot::RwLock;
use rustls_acme::rustls::server::{ClientHello, ResolvesServerCert};
use rustls_acme::rustls::sign::CertifiedKey;
use rustls_acme::{ResolvesServerCertAcme, is_tls_alpn_challenge};

/// The certificate of the moment, and the answers to challenges while one is being obtained.
#[derive(Debug, Default)]
pub struct Shown {
    certificate: RwLock<Option<Arc<CertifiedKey>>>,
    answers: RwLock<Option<Arc<ResolvesServerCertAcme>>>,
}

impl Shown {
    pub(super) fn show(&self, certificate: Arc<CertifiedKey>) {
        *self.certificate.write() = Some(certificate);
    }

    /// Answers challenges from now on, or no more.
    pub(super) fn answer_with(&self, answers: Option<Arc<ResolvesServerCertAcme>>) {
        *self.answers.write() = answers;
    }

    /// What is to be found at `/.well-known/acme-challenge/` and this token (RFC 8555, section 8.3).
    pub fn answer(&self, token: &str) -> Option<String> {
        self.answers.read().as_ref()?.get_http_01_key_auth(token)
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if is_tls_alpn_challenge(&hello) {
            let answers = self.answers.read().clone();
            return answers?.resolve(hello);
        }
        self.certificate.read().clone()
    }
}
