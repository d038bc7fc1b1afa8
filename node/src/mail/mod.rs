//! Post by e-mail for residents who ask for it: what is new on the square, every day or every week.
//!
//! It is off until somebody asks ([`Mail::ask`]) and says in their own mail that they want it ([`Mail::confirm`]), and ends at
//! one press of a button ([`Mail::stop`]) or when they are no resident any more. Who wants post is known to this box alone
//! (`book`). What stands in it is made by the same reader as the pages (`web::mail`), so nobody is told what they may not
//! read. Nothing is sent at night (`schedule`); a server that is away is asked again, later each time.

mod book;
mod postman;
mod schedule;
mod wish;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dorpsplein_protocol::hex;
use dorpsplein_protocol::operation::ResidentId;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::paths::Page;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::MailSettings;
use crate::data_folder::FolderError;
use crate::web::SiteState;
use crate::web::local_time::local;
use crate::web::mail::{Composed, compose_confirmation, compose_digest, is_resident};
use book::Book;
pub use book::Subscription;
pub use postman::{MailError, PASSWORD_FILE};
use postman::{Postman, Undelivered};
use schedule::Schedule;
pub use wish::Wish;

/// How often is looked whether post is due.
const ROUND: Duration = Duration::from_secs(60);
/// So long somebody has for saying that they want post, in milliseconds: two days. Then their address is erased.
const CONFIRM_MS: u64 = 2 * DAY_MS;
/// So long lies between two mails that ask, in milliseconds, and so many there are of one resident in a day: nobody fills a
/// stranger's mailbox through us.
const ASK_MS: u64 = 10 * 60_000;
const MOST_ASKED: usize = 5;
const DAY_MS: u64 = 24 * 3_600_000;
/// After so many refused mails in a row an address is erased.
const MOST_REFUSED: u8 = 5;
/// How long an address is left alone that the server did not take mail for, in milliseconds (RFC 5321, section 4.5.4.1: at
/// least half an hour).
const LATER_MS: u64 = 30 * 60_000;
/// How long the server is left alone when it is away, in milliseconds: at first, and at most.
const AWAY_MS: (u64, u64) = (60_000, 3_600_000);
/// The longest address (RFC 5321, section 4.5.3.1.3, without the brackets).
const LONGEST_ADDRESS: usize = 254;

/// The post of this box. Clones share it.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

struct Inner {
    book: Book,
    postman: Postman,
    schedule: Schedule,
    stop: CancellationToken,
    /// There is something to send.
    wake: Notify,
    /// Held by who carries mail out: never two at a time.
    round: Mutex<Patience>,
    /// When each resident had mails sent that ask, within a day.
    asked: Mutex<BTreeMap<ResidentId, Vec<Timestamp>>>,
}

/// For whom or what is waited.
#[derive(Default)]
struct Patience {
    /// The server is asked nothing before this.
    server: Option<Timestamp>,
    /// How often in a row it was away.
    away: u32,
    /// Nothing is sent to these before that.
    residents: BTreeMap<ResidentId, Timestamp>,
}

/// Why a wish is not taken.
#[derive(Debug, Error)]
pub enum AskError {
    /// The address is none.
    #[error("that is no e-mail address")]
    Address,
    /// It is about nothing.
    #[error("no sort of post was chosen")]
    Nothing,
    /// A mail that asks was sent a moment ago, or several today.
    #[error("a mail was sent for this resident a moment ago, or several today")]
    TooSoon,
    /// It cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The operating system gives no randomness.
    #[error("this machine gives no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
}

/// What came of going round once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails that the server took.
    pub sent: usize,
    /// Mails that it refused for good.
    pub refused: usize,
    /// Mails that wait: the server is away, or takes them later.
    pub waiting: usize,
    /// People of whom everything was erased.
    pub erased: usize,
}

/// The sender of a running box.
pub(crate) struct Sender {
    mail: Mail,
    state: SiteState,
    task: JoinHandle<()>,
}

impl Mail {
    /// Opens what is kept in a data folder, for sending as the settings say until `stop`.
    ///
    /// # Errors
    /// [`MailError`].
    pub(crate) fn open(folder: &Path, settings: &MailSettings, stop: &CancellationToken) -> Result<Self, MailError> {
        Ok(Self(Arc::new(Inner {
            book: Book::open(folder.join(book::FOLDER), ResidentId::from_hex)?,
            postman: Postman::new(folder, settings)?,
            schedule: Schedule::from(settings),
            stop: stop.clone(),
            wake: Notify::new(),
            round: Mutex::default(),
            asked: Mutex::default(),
        })))
    }

    /// What is kept of a resident.
    pub fn of(&self, resident: &ResidentId) -> Option<Subscription> {
        self.0.book.of(resident)
    }

    /// The hours between which nothing is sent; none where there are no such.
    pub fn quiet(&self) -> Option<(u8, u8)> {
        self.0.schedule.quiet().hours()
    }

    /// Takes a wish. Post to an address begins when somebody who reads its mail says so; what else changes, changes at once.
    ///
    /// # Errors
    /// [`AskError`]; then nothing changed.
    pub fn ask(&self, resident: ResidentId, wish: &Wish, now: Timestamp) -> Result<(), AskError> {
        if wish.address.len() > LONGEST_ADDRESS || wish.address.parse::<lettre::Address>().is_err() {
            return Err(AskError::Address);
        }
        if wish.kinds.is_empty() {
            return Err(AskError::Nothing);
        }
        let mut asked = self.0.asked.lock();
        let lately = asked.entry(resident).or_default();
        let since = |at: &Timestamp| now.as_millis().saturating_sub(at.as_millis());
        lately.retain(|at| since(at) < DAY_MS);
        let too_soon = lately.len() >= MOST_ASKED || lately.iter().any(|at| since(at) < ASK_MS);
        // For an address that said yes, or was asked just now, only what else is wished changes.
        let changed = self.0.book.change(&resident, |subscription| {
            let is_asked = subscription.ask.is_none() || too_soon;
            let is_known = is_asked && subscription.address == wish.address;
            subscription.choose(wish);
            is_known
        })?;
        if changed {
            return Ok(());
        }
        if too_soon {
            return Err(AskError::TooSoon);
        }
        self.0.book.put(resident, Subscription::new(wish, secret()?, secret()?, now))?;
        lately.push(now);
        drop(asked);
        self.0.wake.notify_one();
        Ok(())
    }

    /// Begins the post of whoever has this secret from their mail. No where it is nobody's, or too old.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be kept.
    pub fn confirm(&self, token: &str, now: Timestamp) -> Result<bool, FolderError> {
        let Some((resident, subscription)) = self.find(|known| known.ask.as_deref(), token) else { return Ok(false) };
        if now.as_millis().saturating_sub(subscription.asked) > CONFIRM_MS {
            return Ok(false);
        }
        self.0.book.change(&resident, |subscription| {
            subscription.ask = None;
            subscription.refused = 0;
            (subscription.since, subscription.told_until) = (now.as_millis(), now.as_millis());
            true
        })
    }

    /// Stops the post of whoever has this secret, and erases all that is kept of them.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be erased.
    pub fn stop(&self, token: &str) -> Result<(), FolderError> {
        let found = self.find(|known| Some(&known.stop), token);
        found.map_or(Ok(()), |(resident, _)| self.0.book.erase(&resident))
    }

    /// Erases all that is kept of a resident.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be erased.
    pub fn erase(&self, resident: &ResidentId) -> Result<(), FolderError> {
        self.0.book.erase(resident)
    }

    /// Whose secret this is. Hashes are compared, so that how long it takes says nothing about a secret.
    fn find(&self, secret: impl Fn(&Subscription) -> Option<&str>, token: &str) -> Option<(ResidentId, Subscription)> {
        let wanted = Sha256::digest(token);
        let mut all = self.0.book.all().into_iter();
        all.find(|(_, subscription)| secret(subscription).is_some_and(|secret| Sha256::digest(secret) == wanted))
    }

    /// Sends what is due at `now`, one mail after the other; the caller waits.
    pub fn round(&self, state: &SiteState, now: Timestamp) -> Round {
        let mut patience = self.0.round.lock();
        let mut round = Round::default();
        for (resident, subscription) in self.0.book.all() {
            if self.0.stop.is_cancelled() {
                break;
            }
            match self.serve(&mut patience, &mut round, state, &resident, &subscription, now) {
                Ok(()) => {}
                Err(error) => tracing::error!(%resident, %error, "somebody's post could not be looked after"),
            }
        }
        round
    }

    fn serve(
        &self,
        patience: &mut Patience,
        round: &mut Round,
        state: &SiteState,
        resident: &ResidentId,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Result<(), FolderError> {
        let unconfirmed = subscription.ask.is_some();
        let too_old = unconfirmed && now.as_millis().saturating_sub(subscription.asked) > CONFIRM_MS;
        if too_old || subscription.refused >= MOST_REFUSED || !is_resident(state, resident) {
            self.0.book.erase(resident)?;
            round.erased += 1;
            return Ok(());
        }
        if !self.is_due(subscription, now) {
            return Ok(());
        }
        let waits = |until: Option<&Timestamp>| until.is_some_and(|until| now < *until);
        if waits(patience.server.as_ref()) || waits(patience.residents.get(resident)) {
            round.waiting += 1;
            return Ok(());
        }
        let Some(letter) = self.letter(state, resident, subscription, now)? else { return Ok(()) };
        let stop = letter.stop_url.as_deref();
        match self.0.postman.deliver(&subscription.address, &letter.square, &letter.mail, stop) {
            Ok(()) => {
                patience.done(resident);
                round.sent += 1;
                self.note(resident, subscription, now, |known| {
                    known.refused = 0;
                    known.ask_sent = known.ask.is_some();
                    known.has_told(&letter.told);
                })
            }
            Err(error @ Undelivered::Later(_)) => {
                tracing::info!(%resident, %error, "the post of a resident waits");
                patience.residents.insert(*resident, now.plus_millis(LATER_MS));
                round.waiting += 1;
                Ok(())
            }
            Err(error @ (Undelivered::Away(_) | Undelivered::Closed(_))) => {
                tracing::warn!(%error, "all post waits");
                patience.server_is_away(now);
                round.waiting += 1;
                Ok(())
            }
            Err(error @ (Undelivered::Refused(_) | Undelivered::Address(_) | Undelivered::Unwritable(_))) => {
                tracing::warn!(%resident, %error, "the post of a resident does not arrive");
                patience.done(resident);
                round.refused += 1;
                self.note(resident, subscription, now, |known| {
                    known.refused += 1;
                    // Nobody is asked twice at an address that does not exist.
                    known.ask_sent = known.ask.is_some();
                })
            }
        }
    }

    /// Whether something is to be sent to somebody now. Who asked a moment ago waits for it, also at night.
    fn is_due(&self, subscription: &Subscription, now: Timestamp) -> bool {
        if subscription.ask.is_some() {
            return !subscription.ask_sent;
        }
        let (clock, told_until) = (local(now), local(Timestamp::from_millis(subscription.told_until)));
        !self.0.schedule.quiet().contains(clock)
            && told_until < self.0.schedule.last_due(subscription.frequency(), clock)
    }

    /// What that is. Where there is nothing to tell, that is noted.
    fn letter(
        &self,
        state: &SiteState,
        resident: &ResidentId,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Result<Option<Composed>, FolderError> {
        let made = match &subscription.ask {
            Some(ask) => compose_confirmation(state, subscription, ask).map(Some),
            None => compose_digest(state, resident, subscription, now),
        };
        match made {
            Ok(Some(letter)) => Ok(Some(letter)),
            Ok(None) => self.note(resident, subscription, now, |_| ()).map(|()| None),
            Err(error) => {
                tracing::error!(%error, "a mail could not be made");
                Ok(None)
            }
        }
    }

    /// Notes what became of somebody's post, unless they chose something else or stopped in the meantime.
    fn note(
        &self,
        resident: &ResidentId,
        served: &Subscription,
        now: Timestamp,
        change: impl FnOnce(&mut Subscription),
    ) -> Result<(), FolderError> {
        let noted = self.0.book.change(resident, |known| {
            let is_the_same = known.stop == served.stop && known.ask == served.ask;
            if is_the_same {
                if known.ask.is_none() {
                    known.told_until = now.as_millis();
                }
                change(known);
            }
            is_the_same
        });
        noted.map(drop)
    }
}

impl Patience {
    fn done(&mut self, resident: &ResidentId) {
        self.residents.remove(resident);
        (self.server, self.away) = (None, 0);
    }

    fn server_is_away(&mut self, now: Timestamp) {
        let (least, most) = AWAY_MS;
        let wait = least.saturating_mul(1 << self.away.min(10)).min(most);
        self.server = Some(now.plus_millis(wait));
        self.away += 1;
    }
}

impl Sender {
    /// Begins to send what is due, until `stop`.
    pub(crate) fn start(mail: Mail, state: SiteState, stop: CancellationToken) -> Self {
        let task = tokio::spawn(send_on_time(mail.clone(), state.clone(), stop));
        Self { mail, state, task }
    }

    /// Sends what is due at `now`, at once.
    pub(crate) fn round(&self, now: Timestamp) -> Round {
        self.mail.round(&self.state, now)
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "sending post ended in a panic");
        }
    }
}

async fn send_on_time(mail: Mail, state: SiteState, stop: CancellationToken) {
    loop {
        let (sender, site) = (mail.clone(), state.clone());
        if let Err(error) = tokio::task::spawn_blocking(move || sender.round(&site, clock::now())).await {
            tracing::error!(%error, "a round with the post ended in a panic");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = mail.0.wake.notified() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// A secret for a link.
fn secret() -> Result<String, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    Ok(hex::encode(&random))
}

/// The page, whole, that a secret opens.
pub(crate) fn link(site: &str, page: Page, lang: dorpsplein_web_ui::Lang, token: &str) -> String {
    format!("{site}{}", page.path(lang, token))
}
