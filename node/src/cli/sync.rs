//! `dorpsplein sync`: how a box keeps up with others, and having it do so at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use indicatif::{HumanBytes, HumanDuration, MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;

use super::Outcome;
use super::door::Door;
use super::error::CliError;
use super::signer::{Asked, moment};
use crate::web::body::{CarriedBody, NeighbourSyncBody, PhotosSyncBody, SessionSyncBody, SyncBody};

/// How often a box is asked how far it is.
const LOOK: Duration = Duration::from_millis(200);
/// How long somebody may take to be reached before nobody is said to be there, and a photo to move before it is not waited for.
const REACHING: Duration = Duration::from_secs(5);

/// What can be done about keeping up.
#[derive(Debug, Subcommand)]
pub(super) enum SyncCommand {
    /// Show how this box keeps up with each neighbourhood
    Status(StatusArgs),
    /// Dial who is not connected, compare notes with all, and wait until nothing is missing and no more photos come
    Now(NowArgs),
}

/// `sync status`.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `sync now`.
#[derive(Debug, Args)]
pub(super) struct NowArgs {
    #[command(flatten)]
    asked: Asked,
    /// How many seconds to wait at most
    #[arg(long, default_value_t = 600)]
    wait: u64,
}

/// Carries out a command about keeping up.
///
/// # Errors
/// [`CliError`].
pub(super) fn run(command: &SyncCommand, json: bool) -> Result<Outcome, CliError> {
    match command {
        SyncCommand::Status(args) => status(args),
        SyncCommand::Now(args) => now(args, json),
    }
}

fn status(args: &StatusArgs) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let sync = door.keeping(args.asked.secret()?.as_ref())?.sync()?;
    Ok(Outcome::new(in_words(&sync), json!(sync)))
}

fn now(args: &NowArgs, json: bool) -> Result<Outcome, CliError> {
    let door = args.asked.door()?;
    let client = door.keeping(args.asked.secret()?.as_ref())?;
    let before = client.sync()?;
    client.sync_now()?;
    let compared: BTreeMap<&str, u64> =
        before.sessions.iter().map(|session| (session.peer.as_str(), session.comparisons)).collect();
    let (begun, mut bars, mut photos) = (Instant::now(), Bars::new(!json), Coming::default());
    let patience = Duration::from_secs(args.wait);
    loop {
        let sync = client.sync()?;
        bars.show(&sync);
        let settled = |session: &SessionSyncBody| {
            let again = compared.get(session.peer.as_str()).is_none_or(|before| session.comparisons > *before);
            session.in_step && session.awaited == 0 && again
        };
        let moving = photos.moving(&sync.photos);
        let done = !moving && !sync.sessions.is_empty() && sync.sessions.iter().all(settled);
        let alone = sync.sessions.is_empty() && begun.elapsed() >= REACHING;
        if done || alone || begun.elapsed() >= patience {
            bars.finish();
            return Ok(ended(&before, &sync, done, begun.elapsed()));
        }
        std::thread::sleep(LOOK);
    }
}

fn ended(before: &SyncBody, after: &SyncBody, done: bool, took: Duration) -> Outcome {
    let gained = after.operations.saturating_sub(before.operations);
    let json = json!({ "in_step": done, "operations_gained": gained, "took_ms": took.as_millis(), "sync": after });
    let words = match (done, after.sessions.is_empty()) {
        (true, _) => format!("In step with everybody who is connected; {gained} operations came in."),
        (false, true) => "No other box is connected, and none could be reached.".to_owned(),
        (false, false) => "Not in step with everybody yet; the box goes on by itself.".to_owned(),
    };
    Outcome::new(format!("{words}\n{}", in_words(after)), json)
}

fn in_words(sync: &SyncBody) -> String {
    let mut lines = vec![format!("{} operations held", sync.operations)];
    lines.extend(photos_in_words(&sync.photos));
    if !sync.writable {
        lines.push("the store cannot be written: this box only reads".to_owned());
    }
    if sync.neighbours.is_empty() {
        lines.push("no other box was heard of since this one started".to_owned());
    }
    lines.extend(sync.neighbours.iter().map(|neighbour| line(neighbour, sync)));
    lines.join("\n")
}

/// The photos, as far as there are any.
fn photos_in_words(photos: &PhotosSyncBody) -> Vec<String> {
    let PhotosSyncBody { held, held_bytes, wanted, wanted_bytes, over_quota } = *photos;
    let held = (held > 0).then(|| format!("{held} photos held ({})", HumanBytes(held_bytes)));
    let wanted = (wanted > 0).then(|| format!("{wanted} photos on their way ({} to come)", HumanBytes(wanted_bytes)));
    let over =
        (over_quota > 0).then(|| format!("{over_quota} photos stay away: there is no room for more of that village"));
    held.into_iter().chain(wanted).chain(over).collect()
}

/// A neighbourhood in one line.
fn line(neighbour: &NeighbourSyncBody, sync: &SyncBody) -> String {
    let sessions = || sync.sessions.iter().filter(|session| session.neighbourhood.as_ref() == Some(&neighbour.id));
    let awaited: u64 = sessions().map(|session| session.awaited).sum();
    let state = if neighbour.sessions == 0 {
        "not connected".to_owned()
    } else if awaited > 0 {
        format!("{awaited} operations on their way")
    } else if sessions().any(|session| session.in_step) {
        "in step".to_owned()
    } else {
        "comparing".to_owned()
    };
    let name = neighbour.name.as_deref().unwrap_or("(name not known yet)");
    let contact = neighbour.last_contact.map_or_else(|| "never".to_owned(), moment);
    let CarriedBody { bytes_sent, bytes_received, operations_sent, operations_received } = neighbour.carried;
    let caught_up = neighbour.caught_up_us.map(|us| format!(", caught up in {} ms", us / 1000)).unwrap_or_default();
    format!(
        "  {name}: {state}; last contact {contact}{caught_up}\n    received {operations_received} operations ({}), sent \
         {operations_sent} ({})",
        HumanBytes(bytes_received),
        HumanBytes(bytes_sent),
    )
}

/// Whether photos are coming: one that nobody has at the moment is not waited for.
#[derive(Default)]
struct Coming {
    left: Option<(PhotosSyncBody, Instant)>,
}

impl Coming {
    fn moving(&mut self, photos: &PhotosSyncBody) -> bool {
        let since = match &self.left {
            Some((before, since)) if before == photos => *since,
            Some(_) | None => self.left.insert((*photos, Instant::now())).1,
        };
        photos.wanted > 0 && since.elapsed() < REACHING
    }
}

/// A bar for each neighbourhood from which much is on its way, and one for photos.
struct Bars {
    shown: Option<MultiProgress>,
    photos: Option<ProgressBar>,
    bars: BTreeMap<String, (u64, ProgressBar)>,
    begun: Instant,
}

impl Bars {
    fn new(shown: bool) -> Self {
        let shown = shown.then(MultiProgress::new);
        Self { shown, photos: None, bars: BTreeMap::new(), begun: Instant::now() }
    }

    fn show(&mut self, sync: &SyncBody) {
        let Some(shown) = &self.shown else { return };
        for session in &sync.sessions {
            let name = sync.neighbours.iter().find(|one| Some(&one.id) == session.neighbourhood.as_ref());
            let name = name.and_then(|one| one.name.clone()).unwrap_or_else(|| "another box".to_owned());
            if session.awaited == 0 && !self.bars.contains_key(&session.peer) {
                continue;
            }
            let (most, bar) = self
                .bars
                .entry(session.peer.clone())
                .or_insert_with(|| (0, shown.add(bar(name, "{pos} of {len} operations {per_sec}"))));
            // What is known to be missing grows while the two still compare.
            *most = (*most).max(session.awaited);
            bar.set_length(*most);
            bar.set_position(*most - session.awaited);
        }
        let left = sync.photos.wanted_bytes;
        if left > 0 || self.photos.is_some() {
            let bar = self
                .photos
                .get_or_insert_with(|| shown.add(bar("photos".to_owned(), "{bytes} of {total_bytes} {bytes_per_sec}")));
            // More may be heard of while some come.
            let most = bar.length().unwrap_or_default().max(left);
            bar.set_length(most);
            bar.set_position(most - left);
        }
    }

    fn finish(&self) {
        for bar in self.bars.values().map(|(_, bar)| bar).chain(&self.photos) {
            bar.finish_and_clear();
        }
        if self.shown.is_some() && self.begun.elapsed() > REACHING {
            eprintln!("took {}", HumanDuration(self.begun.elapsed()));
        }
    }
}

fn bar(name: String, counts: &str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(name);
    match ProgressStyle::with_template(&format!("{{msg:20}} {{bar:30}} {counts} {{eta}}")) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl Door {
    /// The box as whoever looks after it asks it.
    pub(super) fn keeping(
        &self,
        device: Option<&dorpsplein_protocol::identity::SecretKey>,
    ) -> Result<super::Client, CliError> {
        match (self, device) {
            (Self::Stopped(_), _) => Err(super::InputError::NotRunning.into()),
            // Whoever has the folder has everything.
            (Self::Running(_), _) => Ok(self.client().map_err(|_| self.strange())?.clone()),
            (Self::Site(client), Some(device)) => Ok(client.signed_in(device, &self.home()?)?),
            (Self::Site(_), None) => Err(super::InputError::KeyNeeded.into()),
        }
    }
}
