//! What connectors and authors did to whole items: hidden, pinned, erased, objected to.

use jiff::civil::DateTime;

use super::post::{Author, Thread};

/// Why something was hidden or erased; the names are those of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason(pub &'static str);

impl Reason {
    /// Every reason, in the order in which a form offers them.
    pub const ALL: [Self; 7] = [
        Self("spam"),
        Self("insult"),
        Self("private-data"),
        Self("unlawful"),
        Self("mistake"),
        Self("at-request"),
        Self("other"),
    ];

    /// The reason with this name in the API; `other` for one this version does not know.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.0 == name).unwrap_or(Self("other"))
    }
}

/// What a connector did to an item, and what they said about it.
#[derive(Clone, Debug)]
pub struct Moderated {
    /// Who did it.
    pub by: Author,
    /// When.
    pub at: DateTime,
    /// Why; `None` for what an author did with their own.
    pub reason: Option<Reason>,
    /// In words; may be empty.
    pub note: String,
}

/// What happened to an item besides its being written.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    /// It was hidden: only its author and the connectors still read it.
    pub hidden: Option<Moderated>,
    /// It stands on top of the news.
    pub pinned: bool,
    /// It is the official answer.
    pub official: bool,
    /// What its author objected.
    pub appeal: Option<String>,
    /// The neighbours who let go of it since it is no longer for them.
    pub receipts: Vec<Receipt>,
}

/// How an item stands, for the acts that fit it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its content is gone for good.
    pub erased: bool,
    /// It is hidden.
    pub hidden: bool,
    /// A connector took it away, so that its author may object.
    pub moderated: bool,
    /// It stands on top of the news.
    pub pinned: bool,
    /// It is the official answer.
    pub official: bool,
    /// Its maker is asked whether it is still right.
    pub due: bool,
}

impl Standing {
    /// The words of `data-is`.
    #[must_use]
    pub fn words(self) -> String {
        let moderated = self.moderated.then_some("moderated");
        let words = if self.erased {
            vec!["gone"]
        } else {
            let either = |yes: bool, one: &'static str, other: &'static str| if yes { one } else { other };
            vec![
                "here",
                either(self.hidden, "hidden", "shown"),
                either(self.pinned, "pinned", "unpinned"),
                either(self.official, "official", "unofficial"),
            ]
        };
        let due = (self.due && !self.erased).then_some("due");
        words.into_iter().chain(moderated).chain(due).collect::<Vec<_>>().join(" ")
    }
}

/// What the browser's module needs to act on an item.
#[derive(Clone, Debug)]
pub struct Handle {
    /// The item.
    pub id: String,
    /// `news`, `event` or `comment`.
    pub kind: &'static str,
    /// Where it lives.
    pub neighbourhood: String,
    /// For whom: `members`, `square`, `neighbours`, or `circle:` and the circle's id.
    pub space: String,
    /// Whose it is.
    pub resident: String,
    /// Where they are at home.
    pub home: String,
    /// The operations an act builds on.
    pub heads: Vec<String>,
    /// How it stands.
    pub standing: Standing,
}

/// The page of an item that cannot be read here any more.
#[derive(Clone, Debug)]
pub struct GonePage {
    /// The item.
    pub id: String,
    /// Whether it was an event.
    pub event: bool,
    /// Whether it is erased; hidden otherwise.
    pub erased: bool,
    /// Who did it and why.
    pub moderated: Moderated,
    /// The words of a hidden comment, for its author and the connectors.
    pub words: Option<String>,
    /// What its author objected.
    pub appeal: Option<String>,
    /// What the module needs.
    pub handle: Handle,
    /// Which neighbours have erased it as well.
    pub receipts: Vec<Receipt>,
    /// The comments, which keep standing.
    pub thread: Thread,
}

/// A neighbour's box that has erased an item too.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The neighbourhood.
    pub name: String,
    /// Since when that is known.
    pub since: DateTime,
}

/// The moderation log.
#[derive(Clone, Debug)]
pub struct LogPage {
    /// What was done, the latest first.
    pub entries: Vec<LogEntry>,
    /// Where this page began; `None` for the latest.
    pub before: Option<String>,
    /// Where the next page goes on, if there is more.
    pub older: Option<String>,
}

/// What was done to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogAct {
    /// Hidden.
    Hid,
    /// Shown again.
    Showed,
    /// Put on top of the news.
    Pinned,
    /// No longer on top.
    Unpinned,
    /// Marked as the official answer.
    Official,
    /// No longer.
    Unofficial,
    /// Erased.
    Erased,
    /// Its author objected.
    Appealed,
}

/// One line of the log.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// The item, 64 hexadecimal digits.
    pub item: String,
    /// Whether it is an event.
    pub event: bool,
    /// Its title, where it can still be read by all.
    pub title: Option<String>,
    /// What was done.
    pub act: LogAct,
    /// By whom, when and why.
    pub moderated: Moderated,
}
