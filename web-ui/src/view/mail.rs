//! Post by e-mail and notices on telephones: the page where a resident asks for them, the two pages that links in post lead to,
//! and what they say.

use super::When;
use crate::paths::PostKind;

/// How often somebody wants post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frequency {
    /// Every day.
    Daily,
    /// Once a week.
    #[default]
    Weekly,
}

impl Frequency {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Daily, Self::Weekly];

    /// Its name in forms and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|frequency| frequency.name() == name)
    }
}

/// The page on which a resident who is logged in asks for post.
#[derive(Clone, Debug)]
pub struct MailPage {
    /// Whether this box sends any.
    pub offered: bool,
    /// How it stands with this resident's.
    pub standing: MailStanding,
    /// The address, as it was typed.
    pub address: String,
    /// How often.
    pub frequency: Frequency,
    /// The sorts of posts there are here, and whether this resident wants to hear of them.
    pub kinds: Vec<(PostKind, bool)>,
    /// Whether titles of what is for residents alone may stand in the post.
    pub members: bool,
    /// The hours between which none is sent, on the clock of the neighbourhood: 21 and 8. None where there are no such.
    pub quiet: Option<(u8, u8)>,
    /// What is wrong with what was typed.
    pub trouble: Option<MailTrouble>,
    /// The notices on this device; none where this box sends none.
    pub push: Option<PushPart>,
}

/// Where a resident asks for notices (Web Push) on the device that is logged in.
#[derive(Clone, Debug)]
pub struct PushPart {
    /// The key by which push services know this box: base64url.
    pub key: String,
    /// Whether this device gets any.
    pub on: bool,
    /// How many other devices of this resident do.
    pub others: usize,
    /// The sorts of posts there are here, and whether this device is told of them.
    pub kinds: Vec<(PostKind, bool)>,
    /// Whether alerts come in the quiet hours as well.
    pub alerts_at_night: bool,
    /// The hours between which nothing is sent, on the clock of the neighbourhood. None where there are no such.
    pub quiet: Option<(u8, u8)>,
}

/// What a notice tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A post that everybody may read, by its title.
    Post(String),
    /// An alert, likewise.
    Alert(String),
    /// An update of an alert, by the title of the alert.
    Update(String),
    /// Something that is for residents alone.
    Hidden,
    /// So many posts.
    Many(usize),
}

/// How it stands with somebody's post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailStanding {
    /// They asked for none.
    #[default]
    None,
    /// They have to say in their mail that they want it.
    Waiting,
    /// It comes.
    On,
    /// It would, but their mail server refuses it.
    Refused,
}

/// Why what was typed is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTrouble {
    /// That is no e-mail address.
    Address,
    /// No sort of post was chosen.
    Kinds,
    /// A mail that asks was sent a moment ago.
    TooSoon,
}

/// What a link in a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailLink {
    /// To say that one wants post.
    Confirm,
    /// To have no more.
    Stop,
}

/// The page that such a link leads to.
#[derive(Clone, Debug)]
pub struct MailLinkPage {
    /// What it is for.
    pub link: MailLink,
    /// The secret in its address.
    pub token: String,
    /// What came of pressing the button; none before that.
    pub outcome: Option<bool>,
}

/// What a digest tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How often one comes.
    pub frequency: Frequency,
    /// What there is of each sort, in the order of the sorts; only those of which there is something.
    pub sections: Vec<DigestSection>,
    /// The page that stops it, whole.
    pub stop_url: String,
    /// The page on which something else can be chosen, whole.
    pub choose_url: String,
}

/// What there is of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestSection {
    /// The sort.
    pub kind: PostKind,
    /// The posts.
    pub entries: Vec<DigestEntry>,
}

/// One post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestEntry {
    /// Its title.
    pub title: String,
    /// When it is, for an event.
    pub when: Option<When>,
    /// Where.
    pub place: Option<String>,
    /// Whether it is for residents alone.
    pub members: bool,
    /// Its page, whole.
    pub url: String,
}

/// A mail, but for who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What it is about.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as a document.
    pub html: String,
}
