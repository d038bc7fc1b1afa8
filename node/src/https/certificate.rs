//! A certificate with its chain and its key, and how long it holds.

use std::sync::Arc;

use dorpsplein_protocol::time::Timestamp;
use rustls_acme::rustls::pki_types::pem::{self, PemObject};
use rustls_acme::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_acme::rustls::sign::CertifiedKey;
use rustls_acme::rustls::{self};
use thiserror::Error;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::crypto_provider;

/// A certificate that a site can be shown with.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// What TLS needs of it.
    pub(super) certified: Arc<CertifiedKey>,
    /// From when on it holds.
    pub from: Timestamp,
    /// Until when it holds.
    pub until: Timestamp,
    /// The names it is for, in lower case.
    pub names: Vec<String>,
}

/// Why something is no certificate.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// It is not in the form it has to be in.
    #[error("this is no PEM: {0:?}")]
    Pem(pem::Error),
    /// There is no certificate in it.
    #[error("there is no certificate in it")]
    Empty,
    /// It cannot be read.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// The key does not belong to it, or is of a sort that cannot be used.
    #[error("the key cannot be used with it: {0}")]
    Key(#[from] rustls::Error),
}

impl Certificate {
    /// Reads a chain of certificates, that of the site first, and its key.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn parse(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(CertificateError::Pem)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(CertificateError::Pem)?;
        let first = chain.first().ok_or(CertificateError::Empty)?;
        let (_, read) = parse_x509_certificate(first).map_err(|_| CertificateError::Unreadable)?;
        let at = |time: i64| Timestamp::from_millis(u64::try_from(time).unwrap_or_default().saturating_mul(1000));
        let [from, until] = [read.validity().not_before, read.validity().not_after].map(|time| at(time.timestamp()));
        let named = read.subject_alternative_name().map_err(|_| CertificateError::Unreadable)?;
        let names = named.iter().flat_map(|named| &named.value.general_names).filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        });
        let names = names.collect();
        let certified = Arc::new(CertifiedKey::from_der(chain, key, &crypto_provider())?);
        Ok(Self { certified, from, until, names })
    }

    /// When it is time for a new one: when a third of its life is left, as who gives certificates advises.
    pub fn renew_at(&self) -> Timestamp {
        let life = self.until.as_millis().saturating_sub(self.from.as_millis());
        Timestamp::from_millis(self.until.as_millis().saturating_sub(life / 3))
    }

    /// Whether it is for all these names.
    pub fn covers(&self, names: &[String]) -> bool {
        names.iter().all(|name| self.names.contains(name))
    }
}
