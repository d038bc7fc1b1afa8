//! Https on the local network without a name on the internet, for devices that somebody looks after: the tablet of the
//! community house. The box is an authority of its own for one name on that network, and for nothing else.
//!
//! Whoever has the key of an authority that a device trusts can pass for every site towards that device. So this one carries
//! in its certificate that it vouches for its one name and for no address (name constraints, RFC 5280, section 4.2.1.10), and
//! browsers hold it to that. It is there only once somebody switched it on.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use dorpsplein_protocol::time::Timestamp;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::certificate::{Certificate, CertificateError};
use super::kept::HTTPS_FOLDER;
use crate::clock;
use crate::data_folder::files;

/// The certificate of the authority, for people to carry to their devices.
const AUTHORITY_FILE: &str = "local-authority.pem";
const KEY_FILE: &str = "local-authority.key";
/// Which name, where, and since when; written last, so that without it nothing is switched on.
const SETTING_FILE: &str = "local.json";
/// For how many years a device trusts it.
const YEARS: i64 = 3;
/// For how many days the site's own certificate holds.
const DAYS: i64 = 90;

/// The authority of a box for its name on the local network.
#[derive(Debug)]
pub struct LocalAuthority {
    /// Which name, and where.
    pub setting: LocalSetting,
    /// Its certificate, as PEM.
    pub certificate: String,
    key: KeyPair,
}

/// What was switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalSetting {
    /// The one name it vouches for.
    pub name: String,
    /// Where the site listens for https with it.
    pub listen: SocketAddr,
    /// Since when, in milliseconds since 1970.
    pub since: u64,
}

/// Why there is no authority.
#[derive(Debug, Error)]
pub enum LocalError {
    /// The operating system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// What is kept of it is not what this program wrote.
    #[error("{} is damaged: switch https on the local network off, and on again", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// It is for a name on the local network.
    #[error("`{0}` is no name on a local network: those end in `.local`, `.home.arpa` or `.internal`")]
    Name(String),
    /// There is one already.
    #[error("it is on already; `dorpsplein local-https off` first, and the devices have to be told anew")]
    On,
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
    /// What was made is none.
    #[error("a certificate could not be made: {0}")]
    Made(#[from] CertificateError),
}

impl LocalAuthority {
    /// Switches it on in the data folder `path`: the box has it from its next start on.
    ///
    /// # Errors
    /// [`LocalError`].
    pub fn make(path: &Path, setting: LocalSetting) -> Result<Self, LocalError> {
        let ends = [".local", ".home.arpa", ".internal"];
        let plain = setting
            .name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte));
        if !plain || !ends.iter().any(|end| setting.name.len() > end.len() && setting.name.ends_with(end)) {
            return Err(LocalError::Name(setting.name));
        }
        if Self::open(path)?.is_some() {
            return Err(LocalError::On);
        }
        let key = KeyPair::generate()?;
        let certificate = params(&setting).self_signed(&key)?.pem();
        let folder = path.join(HTTPS_FOLDER);
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| LocalError::Io { path, source }
        };
        if !folder.is_dir() {
            fs::create_dir_all(&folder).map_err(failed(&folder))?;
            let own = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(&folder, own).map_err(failed(&folder))?;
        }
        let shown = serde_json::to_string(&setting).map_err(|error| failed(&folder)(error.into()))?;
        let written = [(KEY_FILE, key.serialize_pem()), (AUTHORITY_FILE, certificate.clone()), (SETTING_FILE, shown)];
        for (name, content) in written {
            let file = folder.join(name);
            files::write(&file, content.as_bytes(), true).map_err(failed(&file))?;
        }
        Ok(Self { setting, certificate, key })
    }

    /// The authority of the data folder `path`; none if it was not switched on.
    ///
    /// # Errors
    /// [`LocalError`].
    pub fn open(path: &Path) -> Result<Option<Self>, LocalError> {
        let file = |name: &str| path.join(HTTPS_FOLDER).join(name);
        let read = |name: &str| {
            let path = file(name);
            fs::read_to_string(&path).map_err(|source| LocalError::Io { path, source })
        };
        let setting = match read(SETTING_FILE) {
            Err(LocalError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            setting => setting?,
        };
        let damaged = |name: &str| LocalError::Damaged { path: file(name) };
        let setting = serde_json::from_str(&setting).map_err(|_| damaged(SETTING_FILE))?;
        let key = KeyPair::from_pem(&read(KEY_FILE)?).map_err(|_| damaged(KEY_FILE))?;
        Ok(Some(Self { setting, certificate: read(AUTHORITY_FILE)?, key }))
    }

    /// Switches it off in the data folder `path`, and forgets its key. Whether it was on.
    ///
    /// # Errors
    /// [`LocalError::Io`].
    pub fn remove(path: &Path) -> Result<bool, LocalError> {
        let mut was_on = false;
        for name in [SETTING_FILE, KEY_FILE, AUTHORITY_FILE] {
            let path = path.join(HTTPS_FOLDER).join(name);
            match fs::remove_file(&path) {
                Ok(()) => was_on = true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(LocalError::Io { path, source }),
            }
        }
        Ok(was_on)
    }

    /// A new certificate for the site.
    ///
    /// # Errors
    /// [`LocalError::Make`] or [`LocalError::Made`].
    pub fn vouch(&self) -> Result<Certificate, LocalError> {
        let key = KeyPair::generate()?;
        let mut site = CertificateParams::new(vec![self.setting.name.clone()])?;
        site.distinguished_name = DistinguishedName::new();
        site.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        site.use_authority_key_identifier_extension = true;
        [site.not_before, site.not_after] =
            days(clock::now(), DAYS.days()).map(|(year, month, day)| date_time_ymd(year, month, day));
        let issuer = params(&self.setting).self_signed(&self.key)?;
        let signed = site.signed_by(&key, &issuer, &self.key)?;
        Ok(Certificate::parse(signed.pem().as_bytes(), key.serialize_pem().as_bytes())?)
    }
}

/// What the certificate of the authority says: the same each time, so that what it signs fits the one that devices have.
fn params(setting: &LocalSetting) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("Dorpsplein, for {} only", setting.name));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName(setting.name.clone())],
        excluded_subtrees: vec![
            GeneralSubtree::IpAddress(CidrSubnet::V4([0; 4], [0; 4])),
            GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])),
        ],
    });
    let since = Timestamp::from_millis(setting.since);
    [params.not_before, params.not_after] =
        days(since, YEARS.years()).map(|(year, month, day)| date_time_ymd(year, month, day));
    params
}

/// The day before, for clocks that are behind, and the day that is so much later.
fn days(begin: Timestamp, length: Span) -> [(i32, u8, u8); 2] {
    let begin = i64::try_from(begin.as_millis()).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let day = begin.unwrap_or_default().to_zoned(TimeZone::UTC).date();
    [day.saturating_sub(1.day()), day.saturating_add(length)].map(|day| {
        let [month, of_month] = [day.month(), day.day()].map(i8::unsigned_abs);
        (i32::from(day.year()), month, of_month)
    })
}
