//! A box without a square: the pages on which somebody on the local network begins one.

use crate::qr::QrImage;

/// How far somebody is.
#[derive(Clone, Debug)]
pub enum FirstRunPage {
    /// Asked for the code that the box shows, which shows that they can come near it.
    Code {
        /// What they typed, or came with.
        given: String,
        /// Why that was not it.
        trouble: Option<CodeTrouble>,
    },
    /// Asked about the square.
    Questions(Box<FirstRunForm>),
    /// The square has begun, and this is shown until somebody lets the box go on.
    Begun(Box<FirstInvitation>),
    /// The box goes on; here is the square in a moment.
    Starting {
        /// The site, whole.
        site: String,
    },
}

/// Why a code was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeTrouble {
    /// It is not the one.
    Wrong,
    /// It was wrong too often: there is another one now.
    Replaced,
    /// Too many were tried in a short time.
    TooOften,
}

impl CodeTrouble {
    /// The text that says so.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Wrong => "first-run-code-wrong",
            Self::Replaced => "first-run-code-replaced",
            Self::TooOften => "first-run-code-too-often",
        }
    }
}

/// What is asked about a square, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct FirstRunForm {
    /// The neighbourhood's name.
    pub name: String,
    /// One line under it; empty for none.
    pub tagline: String,
    /// Whom visitors can call; empty for nobody.
    pub help_name: String,
    /// At what number.
    pub help_phone: String,
    /// When.
    pub help_hours: String,
    /// The site's address as visitors type it; empty for none.
    pub address: String,
    /// Whether the box obtains a certificate for that address.
    pub certificate: bool,
    /// The port of the site.
    pub port: String,
    /// The port for other boxes.
    pub box_port: String,
    /// Whether the box makes itself known on the local network.
    pub mdns: bool,
    /// What is wrong, in the order of the fields.
    pub faults: Vec<FirstRunFault>,
}

impl FirstRunForm {
    /// What is wrong with a field.
    #[must_use]
    pub fn fault(&self, field: &str) -> Option<FirstRunFault> {
        self.faults.iter().find(|fault| fault.field() == field).copied()
    }
}

/// What can be wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstRunFault {
    /// A neighbourhood has a name, of at most 80 characters.
    Name,
    /// The line under the name is too long.
    Tagline,
    /// There is a number, and nobody who answers.
    HelpName,
    /// There is somebody who answers, and no number.
    HelpPhone,
    /// When they answer is too long a line.
    HelpHours,
    /// No address of a site.
    Address,
    /// A certificate is given for a name on the internet, over https.
    Certificate,
    /// The ports that a certificate takes are in use, or this program may not listen there.
    CertificatePorts,
    /// No port, or one that is in use.
    Port,
    /// The same of the port for other boxes.
    BoxPort,
}

impl FirstRunFault {
    /// The field it is about, by its name and id.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Tagline => "tagline",
            Self::HelpName => "help_name",
            Self::HelpPhone => "help_phone",
            Self::HelpHours => "help_hours",
            Self::Address => "address",
            Self::Certificate | Self::CertificatePorts => "certificate",
            Self::Port => "port",
            Self::BoxPort => "box_port",
        }
    }

    /// The text that says what to do about it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Name => "first-run-wrong-name",
            Self::Tagline => "first-run-wrong-tagline",
            Self::HelpName => "first-run-wrong-help-name",
            Self::HelpPhone => "first-run-wrong-help-phone",
            Self::HelpHours => "first-run-wrong-help-hours",
            Self::Address => "first-run-wrong-address",
            Self::Certificate => "first-run-wrong-certificate",
            Self::CertificatePorts => "first-run-wrong-certificate-ports",
            Self::Port => "first-run-wrong-port",
            Self::BoxPort => "first-run-wrong-box-port",
        }
    }
}

/// The invitation for the first connector.
#[derive(Clone, Debug)]
pub struct FirstInvitation {
    /// The neighbourhood's name.
    pub name: String,
    /// Its code, in groups.
    pub code: String,
    /// The link, where a browser can make a key there.
    pub link: Option<String>,
    /// The same for a camera.
    pub qr: Option<QrImage>,
}
