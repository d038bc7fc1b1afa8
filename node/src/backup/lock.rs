//! What locks a backup, and what opens it: a passphrase, or keys of age.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use age::secrecy::{ExposeSecret, SecretString};
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, Identity, Recipient, scrypt, x25519};

use super::BackupError;

/// The fewest characters of a passphrase. Who has the file can guess as often as they like.
pub const MIN_PASSPHRASE: usize = 12;
/// The work a passphrase takes: scrypt with N = 2^16, which is 64 MiB of memory. What age itself takes on a fast machine
/// (2^18 and more, 256 MiB) a box with 512 MB could not open.
const WORK: u8 = 16;
/// The most work that is done to open one.
const MOST_WORK: u8 = 18;
/// The most bytes before what is encrypted: some hundred recipients.
const HEAD_BYTES: usize = 16 * 1024;
/// What every file of this version of age begins with.
const MAGIC: &[u8] = b"age-encryption.org/v1\n";
/// The last line of its head begins with this.
const HEAD_ENDS: &[u8] = b"\n--- ";
/// The most bytes of a file with keys or a passphrase.
const KEY_BYTES: u64 = 64 * 1024;

/// What locks a backup.
#[derive(Clone)]
pub enum Lock {
    /// Whoever knows the passphrase can open it.
    Passphrase(SecretString),
    /// Whoever has the secret half of one of these can open it; this machine need not.
    Recipients(Vec<x25519::Recipient>),
}

/// What opens a backup.
pub enum Key {
    /// The passphrase.
    Passphrase(SecretString),
    /// Keys of age.
    Identities(Vec<x25519::Identity>),
}

/// A backup that is open for reading.
pub(super) type Opened = StreamReader<BufReader<File>>;

impl Lock {
    /// Locks what is written to `out`; the end has to be written with `finish`.
    pub(super) fn writer<W: Write>(&self, path: &Path, out: W) -> Result<StreamWriter<W>, BackupError> {
        let encryptor = match self {
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(WORK);
                Encryptor::with_recipients(std::iter::once(&recipient as &dyn Recipient))
            }
            Self::Recipients(recipients) => {
                Encryptor::with_recipients(recipients.iter().map(|recipient| recipient as &dyn Recipient))
            }
        };
        let refused =
            |error: EncryptError| BackupError::Io { path: path.to_owned(), source: std::io::Error::other(error) };
        encryptor.map_err(refused)?.wrap_output(out).map_err(BackupError::io(path))
    }
}

impl Key {
    /// Opens a file.
    pub(super) fn open(&self, path: &Path) -> Result<Opened, BackupError> {
        let file = File::open(path).map_err(BackupError::io(path))?;
        let mut reader = BufReader::with_capacity(HEAD_BYTES, file);
        let head = reader.fill_buf().map_err(BackupError::io(path))?;
        let ends = head.windows(HEAD_ENDS.len()).any(|window| window == HEAD_ENDS);
        if !(head.starts_with(MAGIC) && ends) {
            return Err(BackupError::NotOne(path.to_owned()));
        }
        let decryptor = Decryptor::new_buffered(reader).map_err(|error| refused(path, error))?;
        let opened = match self {
            Self::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.clone());
                identity.set_max_work_factor(MOST_WORK);
                decryptor.decrypt(std::iter::once(&identity as &dyn Identity))
            }
            Self::Identities(identities) => {
                decryptor.decrypt(identities.iter().map(|identity| identity as &dyn Identity))
            }
        };
        opened.map_err(|error| refused(path, error))
    }
}

fn refused(path: &Path, error: DecryptError) -> BackupError {
    match error {
        DecryptError::ExcessiveWork { .. } => BackupError::TooMuchWork(path.to_owned()),
        DecryptError::Io(source) => BackupError::inside(path)(source),
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => BackupError::NotOne(path.to_owned()),
        _ => BackupError::Locked(path.to_owned()),
    }
}

/// A passphrase, if it is long enough.
///
/// # Errors
/// [`BackupError::ShortPassphrase`].
pub fn passphrase(text: String) -> Result<SecretString, BackupError> {
    let long_enough = text.chars().count() >= MIN_PASSPHRASE;
    let secret = SecretString::from(text);
    if long_enough { Ok(secret) } else { Err(BackupError::ShortPassphrase) }
}

/// A public key of age.
///
/// # Errors
/// [`BackupError::Recipient`].
pub fn recipient(text: &str) -> Result<x25519::Recipient, BackupError> {
    text.parse().map_err(|_| BackupError::Recipient(text.chars().take(80).collect()))
}

/// The keys in a file as `age-keygen` makes them: one on a line, and lines that begin with `#`.
///
/// # Errors
/// [`BackupError::Identity`] or [`BackupError::Io`].
pub fn identities(path: &Path) -> Result<Vec<x25519::Identity>, BackupError> {
    read_identities(&small_text(path)?).ok_or_else(|| BackupError::Identity(path.to_owned()))
}

/// The text of a small file, with keys or a passphrase.
///
/// # Errors
/// [`BackupError::Identity`] when it is too large for one, or [`BackupError::Io`].
pub fn small_text(path: &Path) -> Result<String, BackupError> {
    let length = fs::metadata(path).map_err(BackupError::io(path))?.len();
    if length > KEY_BYTES {
        return Err(BackupError::Identity(path.to_owned()));
    }
    fs::read_to_string(path).map_err(BackupError::io(path))
}

fn read_identities(text: &str) -> Option<Vec<x25519::Identity>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let identities: Vec<_> = lines.map(|line| line.parse().ok()).collect::<Option<_>>()?;
    if identities.is_empty() { None } else { Some(identities) }
}

/// A new key for a folder that a passphrase locks, written to `path` under that passphrase.
pub(super) fn write_folder_key(path: &Path, passphrase: &Lock) -> Result<x25519::Identity, BackupError> {
    let identity = x25519::Identity::generate();
    let mut sealed = passphrase.writer(path, Vec::new())?;
    let written = sealed.write_all(identity.to_string().expose_secret().as_bytes()).and_then(|()| sealed.finish());
    let bytes = written.map_err(BackupError::io(path))?;
    crate::data_folder::files::write(path, &bytes, true).map_err(BackupError::io(path))?;
    Ok(identity)
}

/// The key of a folder that a passphrase locks.
pub(super) fn read_folder_key(path: &Path, passphrase: &Key) -> Result<x25519::Identity, BackupError> {
    let mut text = String::new();
    passphrase.open(path)?.take(KEY_BYTES).read_to_string(&mut text).map_err(BackupError::inside(path))?;
    let key = read_identities(&text).and_then(|mut identities| identities.pop());
    key.ok_or_else(|| BackupError::damaged(path, "it holds no key"))
}
