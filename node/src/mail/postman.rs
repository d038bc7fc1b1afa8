//! Handing mail to a server (SMTP submission), and what its answers mean for us.

use std::path::Path;
use std::time::Duration;

use dorpsplein_web_ui::view;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message, SmtpTransport, Transport};
use thiserror::Error;

use crate::config::{MailSettings, Security};
use crate::data_folder::{FolderError, files};

/// The file in the data folder with the password, where the server wants one.
pub const PASSWORD_FILE: &str = "mail.password";
/// How long the server may take over one answer. It is asked while nobody waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a box that should send post cannot begin to.
#[derive(Debug, Error)]
pub enum MailError {
    /// What is kept cannot be read, or the password cannot or can be read by others.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The settings name a user, and there is no password.
    #[error("[mail] names a user: write the password into {}, and let only its owner read it", .path.display())]
    NoPassword {
        /// The file.
        path: std::path::PathBuf,
    },
    /// The server's name is none that a secure way can be made to.
    #[error("the mail server of [mail] cannot be used: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
    /// The address that the post comes from is none.
    #[error("the address in [mail] cannot be used: {0}")]
    From(#[from] lettre::address::AddressError),
}

/// Why a mail did not go out. Of what the server said only the number is told: its words may hold an address, and this
/// goes into the log.
#[derive(Debug, Error)]
pub(super) enum Undelivered {
    /// The server does not take mail for this address now; later it may.
    #[error("the mail server answered {0}: later")]
    Later(u16),
    /// The server does not take mail for this address.
    #[error("the mail server answered {0}: it refuses a mail")]
    Refused(u16),
    /// The server takes nothing of ours: the next mail would fare no better.
    #[error("the mail server answered {0}: it takes no mail from this box")]
    Closed(u16),
    /// The server is away.
    #[error("the mail server cannot be reached: {0}")]
    Away(lettre::transport::smtp::Error),
    /// The mail could not be written down.
    #[error("a mail cannot be written: {0}")]
    Unwritable(#[from] lettre::error::Error),
    /// The address is none.
    #[error("that is no address")]
    Address(#[from] lettre::address::AddressError),
}

/// Who carries mail to the server.
pub(super) struct Postman {
    transport: SmtpTransport,
    from: Address,
}

impl Postman {
    /// Readies everything but the way to the server, which is made for each mail.
    pub(super) fn new(folder: &Path, settings: &MailSettings) -> Result<Self, MailError> {
        let from: Address = settings.from.parse()?;
        let private = || TlsParameters::new(settings.server.clone());
        let (tls, port) = match settings.security {
            Security::StartTls => (Tls::Required(private()?), 587),
            Security::Tls => (Tls::Wrapper(private()?), 465),
            Security::None => (Tls::None, 25),
        };
        let mut transport = SmtpTransport::builder_dangerous(settings.server.clone())
            .port(settings.port.unwrap_or(port))
            .tls(tls)
            .hello_name(ClientId::Domain(from.domain().to_owned()))
            .timeout(Some(PATIENCE));
        if let Some(user) = &settings.user {
            transport = transport.credentials(Credentials::new(user.clone(), password(folder)?));
        }
        Ok(Self { transport: transport.build(), from })
    }

    /// Has the server take a mail. `stop` is the address, whole, that stops this post in one step (RFC 8058).
    ///
    /// The server has it when this says so; a crash right after that sends it once more.
    pub(super) fn deliver(
        &self,
        to: &str,
        square: &str,
        mail: &view::Mail,
        stop: Option<&str>,
    ) -> Result<(), Undelivered> {
        let message = self.write(to.parse()?, square, mail, stop)?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => Err(meaning(error)),
        }
    }

    fn write(
        &self,
        to: Address,
        square: &str,
        mail: &view::Mail,
        stop: Option<&str>,
    ) -> Result<Message, lettre::error::Error> {
        let mut message = Message::builder()
            .from(Mailbox::new(Some(square.to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .date_now()
            .raw_header(plain("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(stop) = stop {
            message = message
                .raw_header(plain("List-Unsubscribe", format!("<{stop}>")))
                .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        message.multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
    }
}

/// A header that stands on one line as it is: an address in it must not be folded.
fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn meaning(error: lettre::transport::smtp::Error) -> Undelivered {
    let Some(code) = error.status().map(u16::from) else { return Undelivered::Away(error) };
    match code {
        // RFC 5321, section 3.8: it closes; RFC 4954: it does not let us in; and what it does not understand of us.
        421 | 500..=504 | 530 | 534 | 535 | 538 => Undelivered::Closed(code),
        400..=499 => Undelivered::Later(code),
        _ => Undelivered::Refused(code),
    }
}

/// The password, from a file that only its owner may read.
fn password(folder: &Path) -> Result<String, MailError> {
    let path = folder.join(PASSWORD_FILE);
    let unreadable = |source| FolderError::Io { path: path.clone(), source };
    match std::fs::read_to_string(&path) {
        Ok(_) if files::others_may_read(&path).map_err(unreadable)? => Err(FolderError::Exposed { path }.into()),
        Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(MailError::NoPassword { path }),
        Err(source) => Err(unreadable(source).into()),
    }
}
