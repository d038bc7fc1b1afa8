//! Why a command did not do what was asked: one clear line, or one problem object for a script.

use std::fmt;
use std::io;
use std::path::PathBuf;

use dorpsplein_protocol::recurrence::RecurrenceError;
use dorpsplein_web_ui::Lang;
use dorpsplein_web_ui::locale::Texts;
use dorpsplein_web_ui::view::FirstRunFault;
use serde_json::json;
use thiserror::Error;

use super::client::ClientError;
use super::key_file::KeyFileError;
use crate::data_folder::FolderError;
use crate::driver::DriverError;
use crate::links::LinkError;
use crate::run::RunError;
use crate::web::error::kind_of;

/// Everything that can stop a command.
#[derive(Debug, Error)]
pub enum CliError {
    /// The box could not be asked, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A link is not one of this program's.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The box could not start or stopped.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] crate::disk_store::OpenError),
    /// The store could not be opened, or not be brought to the form of this version.
    #[error(transparent)]
    Migrate(#[from] crate::migrate::MigrateError),
    /// The replica could not be opened.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// The other device's message cannot be believed.
    #[error("the link cannot be used: {0}. Begin anew with a new one")]
    Linking(#[from] dorpsplein_protocol::linking::LinkError),
    /// The letters could not be written.
    #[error(transparent)]
    Render(#[from] dorpsplein_web_ui::pages::RenderError),
    /// A language lacks a text.
    #[error(transparent)]
    Text(#[from] dorpsplein_web_ui::locale::MissingText),
    /// The file is no bundle, or damaged.
    #[error(transparent)]
    Bundle(#[from] dorpsplein_protocol::bundle::BundleError),
    /// A frame in the file is no frame of a bundle, or the box cannot store anything.
    #[error("the bundle cannot be taken in: {0}")]
    Import(#[from] dorpsplein_protocol::sync::CloseReason),
    /// There is no backup, or nothing was made of one.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    /// Nobody could be asked what a first start asks.
    #[error(transparent)]
    FirstRun(#[from] crate::first_run::FirstRunError),
    /// Https on the local network could not be switched on or off.
    #[error(transparent)]
    LocalHttps(#[from] crate::https::LocalError),
    /// The search index cannot be used.
    #[error(transparent)]
    Index(#[from] crate::search::IndexError),
    /// What the box holds cannot be read.
    #[error(transparent)]
    Read(#[from] dorpsplein_protocol::store::StoreError),
    /// Something on the command line is not what it should be.
    #[error("{0}")]
    Input(InputError),
    /// A file or a folder could not be used.
    #[error("{path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system gives no threads.
    #[error("this machine gives no threads: {0}")]
    Threads(#[source] io::Error),
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// What was to be waited for did not come.
    #[error("{0} took too long")]
    TooSlow(&'static str),
}

/// What can be wrong with an argument that the argument parser cannot see.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InputError {
    /// A neighbourhood is named by its id or by the address of its site.
    #[error("a neighbourhood is named by its id (64 hexadecimal digits) or by the address of its site")]
    Neighbourhood,
    /// Photos and the words about them do not go together.
    #[error("each --photo needs an --alt that says in at most 300 characters what is on it; at most eight photos")]
    PhotoWords,
    /// A file gives no photo.
    #[error("{}: {reason}", .path.display())]
    Photo {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// A file is no calendar that can be read.
    #[error(transparent)]
    Calendar(#[from] dorpsplein_calendar::ReadError),
    /// Nothing waits about such an event.
    #[error("nothing waits about an event {0:?}; `dorpsplein agenda proposals` lists what does")]
    NoProposal(String),
    /// More than one waits.
    #[error("more than one event begins with {0:?}: give more of its name")]
    ManyProposals(String),
    /// An item is named by its id.
    #[error("an item is named by its id: 64 hexadecimal digits")]
    Item,
    /// An audience has another name.
    #[error("an audience is members, square, neighbours, or circle: and the id of a circle")]
    Audience,
    /// An event needs a start.
    #[error("an event needs --starts, such as 2026-12-04T20:00 or 2026-12-04")]
    NoStart,
    /// A civil time has another form.
    #[error("{0} is no time: write 2026-12-04T20:00, or 2026-12-04 for a whole day")]
    Time(String),
    /// Only events have times.
    #[error("only an event has --starts, --ends, --repeats, --except and --capacity")]
    NotAnEvent,
    /// No kind of post.
    #[error("{0} is nothing one can write: news, event, offer, request, listing, group or alert")]
    PostKind(String),
    /// No day.
    #[error("{0} is no day: write 2026-12-04")]
    Day(String),
    /// No rule that an event can recur by.
    #[error("{0} cannot be followed: {1}")]
    Recurrence(String, #[source] RecurrenceError),
    /// A reason has another name.
    #[error("a reason is spam, insult, private-data, unlawful, mistake or other")]
    Reason,
    /// No part of a square that can be switched off.
    #[error("a part of a square is market, people, clubs, groups, alerts or search")]
    Module,
    /// A colour or a measure that is none.
    #[error("{0}")]
    Token(dorpsplein_web_ui::theme::TokenError),
    /// Two colours that are too close.
    #[error("{upper} on {ground} ({scheme}) has a contrast of {ratio} : 1, and to be read it takes {least} : 1")]
    Contrast {
        /// What stands above.
        upper: &'static str,
        /// What it stands on.
        ground: &'static str,
        /// By day or by night.
        scheme: &'static str,
        /// How much they differ.
        ratio: String,
        /// How much it takes.
        least: String,
    },
    /// A file that is no theme.
    #[error("{} is no theme: {reason}", .path.display())]
    ThemeFile {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A name that nobody would be shown by.
    #[error("a name has 1 to {} characters on one line", dorpsplein_protocol::validate::MAX_NAME)]
    Name,
    /// A kind has another name.
    #[error("only news, event, offer, request, listing, group, alert, comment and profile can be looked for")]
    SearchKind,
    /// A treaty is between two.
    #[error("a neighbourhood makes no treaty with itself")]
    OwnNeighbourhood,
    /// The key is of another neighbourhood than the invitation.
    #[error("this key file belongs to another neighbourhood than the invitation")]
    OtherHome,
    /// The key has a membership already.
    #[error("this key file is a member already")]
    AlreadyMember,
    /// Nothing, or nobody, is named like that.
    #[error("no {what} here begins with {given:?} (at least four digits); the list commands show which there are")]
    Unknown {
        /// The word for what was asked for.
        what: &'static str,
        /// What was given.
        given: String,
    },
    /// More than one is named like that.
    #[error("more than one {what} begins with {given:?}: give more digits")]
    Ambiguous {
        /// The word for what was asked for.
        what: &'static str,
        /// What was given.
        given: String,
    },
    /// A box is named by its key.
    #[error(
        "a box is named by its key: 64 hexadecimal digits, which `dorpsplein status` on that machine shows as own_box"
    )]
    Box,
    /// The founder of a circle did not admit this neighbourhood.
    #[error(
        "that circle did not admit this neighbourhood: ask a connector of its founder for `dorpsplein circle admit`"
    )]
    NotAdmitted,
    /// The item is of a kind that this version cannot name.
    #[error("this item is of a kind that this version of dorpsplein does not know: use a newer one")]
    UnknownKind,
    /// There is nothing left to erase.
    #[error("this is erased already; `dorpsplein resident receipts` lists the neighbours who have erased it too")]
    AlreadyErased,
    /// All that the device signed counts already.
    #[error("what this device signed up to operation {0} counts already: there is nothing to rescue")]
    NothingToRescue(u64),
    /// Not the code of a letter or a card.
    #[error("a code has twelve letters and digits, such as 7K3M-92XQ-A4TD")]
    Code,
    /// No resident has such a card.
    #[error("nobody in this neighbourhood has a card with this code: check the code and the site")]
    UnknownCard,
    /// The box no longer has the other side's message.
    #[error("the link has run out, or was never shown: ask the other side for a new one")]
    LinkGone,
    /// The digits of the two sides differ.
    #[error("nothing was signed: somebody else may have answered. Begin anew with a new link")]
    OtherDigits,
    /// Only a running box carries messages between two devices.
    #[error(
        "the box is not running: start it (`dorpsplein serve`), or make the key file on this machine with --new FILE"
    )]
    BoxNotRunning,
    /// A space that cannot be named.
    #[error("a space is `square`, `neighbours`, `members`, or the number of a circle: 64 hexadecimal digits")]
    Space,
    /// A neighbour's post, or a neighbour, is named by its number.
    #[error("a neighbour or a post of one is named by its number: 64 hexadecimal digits")]
    About,
    /// A box that is not running exchanges nothing.
    #[error("the box is not running, so it exchanges nothing: start it with `dorpsplein serve`")]
    NotRunning,
    /// The key is nobody's here.
    #[error("this key belongs to nobody here")]
    NotAMember,
    /// Only members read this, and a key shows who is one.
    #[error("only members read this: name your key file with --key")]
    KeyNeeded,
    /// Leaving cannot be undone.
    #[error("this erases {0} things you made and ends your membership, for good: add --yes when that is what you want")]
    NotConfirmed(usize),
    /// A square does not begin with these answers.
    #[error("{0}")]
    Answers(Faults),
    /// Nobody could do what connectors do.
    #[error(
        "you are the only connector: make somebody else one first with `dorpsplein member role RESIDENT connector`"
    )]
    LastConnector,
    /// Settings that cannot be written as TOML.
    #[error("these settings cannot be shown")]
    Unshowable,
    /// Nobody is there to be asked for the name.
    #[error("nobody can be asked here: give the neighbourhood's name with --name, or start this at a terminal")]
    NoName,
    /// Nobody is there to be asked for a passphrase.
    #[error("nobody can be asked for the passphrase here: name a file it stands in with --passphrase-file, or keys")]
    NoPassphrase,
    /// A box that runs has its store to itself.
    #[error("the box is running, and its store cannot be changed: stop it first")]
    RunningBox,
    /// The two passphrases differ.
    #[error("the passphrases are not the same: nothing was done")]
    PassphrasesDiffer,
    /// The demonstration has two sites.
    #[error("--ports takes two different ports, such as 8101,8102")]
    Ports,
}

/// What is wrong with the answers about a square, as the page says it, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<FirstRunFault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |fault: &FirstRunFault| Texts::of(Lang::En).say(fault.text()).map_err(|_| fmt::Error);
        let sentences = self.0.iter().map(say).collect::<Result<Vec<_>, _>>()?;
        f.write_str(&sentences.join(" "))
    }
}

impl From<InputError> for CliError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl CliError {
    /// Whether the box looked at it and said no, for good.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Client(error) if error.is_final())
    }

    /// What whoever asked can do next, where the error itself does not say it.
    pub fn next_step(&self) -> Option<&'static str> {
        let Self::Client(ClientError::Refused(problem)) = self else { return None };
        match kind_of(&problem.kind)? {
            "not-a-connector" => Some("ask a connector to do this; `dorpsplein member list` shows who they are"),
            "not-a-member" => {
                Some("use the key of a member; `dorpsplein device list` shows which of your keys still sign")
            }
            "last-connector" => {
                Some("make somebody else a connector first: `dorpsplein member role RESIDENT connector`")
            }
            "forked" | "frozen" => Some("a connector decides which operation counts: `dorpsplein fork list`"),
            "invitation-used" | "invitation-expired" | "invitation-withdrawn" => Some("ask for another invitation"),
            "future-time" => Some("set the clock of this machine"),
            _ => None,
        }
    }

    /// The error as a problem object (RFC 9457): that of the box as it came, or one of type `about:blank`.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Client(ClientError::Refused(problem)) => json!(problem),
            other => json!({ "type": "about:blank", "title": other.to_string() }),
        }
    }
}
