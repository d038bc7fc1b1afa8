//! One peer's session: says hello, compares roots, finds out what differs, fetches what is missing, passes on what is new.
//!
//! Calling order: [`Session::open`] once; then [`Session::receive`] for every frame and [`Session::proceed`] when what it
//! brought is stored, [`Session::refresh`] when the registers changed, [`Session::tick`] now and then, [`Session::tell`]
//! for what was accepted from elsewhere. Each returns actions to carry out in order. The side that opened the stream
//! leads: it alone starts to compare spaces, so the two never compare one space twice at once.

mod asking;
mod resting;
mod serving;
mod telling;
mod unasked;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reconcile::{Found, WINDOWS};
use super::{
    Action, Checked, CloseReason, Comparison, Message, SESSION_VERSION, SessionStatus, SpaceId, SpaceRoot, Stamp, Tree,
    View,
};
use crate::identity::PublicKey;
use crate::operation::{NeighbourhoodId, OperationId, Space, Verified};
use crate::planted::{Bug, planted};
use crate::time::Timestamp;
use asking::Asking;
use serving::Serving;
use telling::name;
use unasked::Unasked;

pub(crate) use asking::PATIENCE_MS;
pub use telling::Telling;

/// How often a session compares notes although nothing seems to have happened, in milliseconds.
pub const ANTI_ENTROPY_MS: u64 = 5 * 60 * 1000;
/// The most payloads that are missing that one comparison asks for in one space.
const PAYLOADS_COUNT: usize = 256;
/// The most ids in one message that names what the other misses.
const HAVE_COUNT: usize = 4096;
/// The most spaces a peer may name.
const ROOTS_COUNT: usize = 1024;

/// One peer's session.
pub struct Session {
    status: SessionStatus,
    /// What the peer may see, as long as nothing changed that it depends on.
    sight: Option<(Stamp, Sight)>,
    /// The roots last shown to the peer.
    shown: Vec<SpaceRoot>,
    /// Spaces that are being compared.
    comparing: BTreeSet<SpaceId>,
    /// Our root and theirs when a register was last compared: a difference that stayed holds nothing up again.
    compared: BTreeMap<SpaceId, (SpaceRoot, SpaceRoot)>,
    /// The next messages of comparisons that wait until what was found is fetched.
    held_back: Vec<(SpaceId, Comparison)>,
    /// Where in each space the last request for payloads that are missing ended.
    asked_for: BTreeMap<SpaceId, OperationId>,
    asking: Asking,
    serving: Serving,
    unasked: Unasked,
    /// Whether another comparison would find what the last one could not.
    progress: bool,
}

/// What a peer may see.
#[derive(Clone)]
struct Sight {
    entitled: Arc<BTreeSet<SpaceId>>,
    /// Whether it speaks for whom it says it does: if not, it may write to what it is entitled to, and sees nothing.
    believed: bool,
}

impl Session {
    /// A session over a stream that was just opened, and the first thing to send.
    pub fn open(peer: PublicKey, outbound: bool, home: NeighbourhoodId, now: Timestamp) -> (Self, Vec<Action>) {
        let status = SessionStatus {
            peer,
            neighbourhood: None,
            outbound,
            last_contact: now,
            received: 0,
            sent: 0,
            comparisons: 0,
            awaited: 0,
            in_step: false,
        };
        let session = Self {
            status,
            sight: None,
            shown: Vec::new(),
            comparing: BTreeSet::new(),
            compared: BTreeMap::new(),
            held_back: Vec::new(),
            asked_for: BTreeMap::new(),
            asking: Asking::default(),
            serving: Serving::default(),
            unasked: Unasked::new(now),
            progress: false,
        };
        (session, vec![Action::Send(Message::Hello { version: SESSION_VERSION, neighbourhood: home })])
    }

    /// How the session stands.
    pub const fn status(&self) -> &SessionStatus {
        &self.status
    }

    /// A frame came in.
    pub fn receive(&mut self, frame: Checked, view: &impl View) -> Vec<Action> {
        self.status.last_contact = view.now();
        self.status.received += frame.carried;
        let acted = frame.message.and_then(|message| self.act_on(message, frame.operations, view));
        self.status.awaited = self.asking.count() as u64;
        acted.unwrap_or_else(|reason| vec![Action::Close(reason)])
    }

    /// The registers changed: shows the peer what it is entitled to now, if that differs from what it was shown.
    pub fn refresh(&mut self, view: &impl View) -> Vec<Action> {
        let entitled = self.sight(view).entitled;
        match self.status.neighbourhood {
            Some(_) if entitled.is_empty() => vec![Action::Close(CloseReason::NotANeighbour)],
            Some(_) if !self.shown.iter().map(|root| &root.id).eq(entitled.iter()) => {
                vec![self.show_roots(view, self.status.outbound)]
            }
            _ => Vec::new(),
        }
    }

    /// Compares notes.
    pub fn tick(&mut self, view: &impl View) -> Vec<Action> {
        if self.status.neighbourhood.is_some() && self.status.outbound && self.is_idle() {
            vec![self.show_roots(view, true)]
        } else {
            Vec::new()
        }
    }

    /// Compares notes because somebody asked for it.
    pub fn compare_now(&mut self, view: &impl View) -> Vec<Action> {
        let greeted = self.status.neighbourhood.is_some();
        greeted.then(|| self.show_roots(view, true)).into_iter().collect()
    }

    /// What came in was dealt with: asks for more, or compares again if that is worth it.
    pub fn proceed(&mut self, view: &impl View) -> Vec<Action> {
        let mut actions: Vec<Action> = self.ask(view);
        if !self.asking.has_enough() {
            let held_back = std::mem::take(&mut self.held_back).into_iter();
            actions.extend(held_back.map(|(id, comparison)| Action::Send(Message::Compare { id, comparison })));
        }
        if actions.is_empty() && self.is_idle() && std::mem::take(&mut self.progress) {
            actions.push(self.show_roots(view, self.status.outbound));
            // What is for this neighbourhood again is asked for now, and not when the peer compares notes the next time.
            let entitled = self.sight(view).entitled;
            self.want_payloads(&entitled, view);
            actions.extend(self.ask(view));
        }
        self.status.awaited = self.asking.count() as u64;
        actions
    }

    /// Something was stored that a comparison would build on, or came in whose past is missing: compare again when idle.
    pub const fn compare_again(&mut self) {
        self.progress = true;
    }

    /// Whether other sessions can leave it to this one to bring an operation.
    pub fn awaits(&self, id: &OperationId, now: Timestamp) -> bool {
        self.asking.awaits(id, now)
    }

    /// Whether something was asked for that can still be expected.
    pub fn is_awaiting(&self, now: Timestamp) -> bool {
        self.asking.is_awaiting(now)
    }

    /// Whether this session leaves something to another one.
    pub fn is_held_up(&self) -> bool {
        self.asking.is_held_up()
    }

    /// No other session brings anything any more: asks for what was left to them.
    pub fn resume(&mut self, view: &impl View) -> Vec<Action> {
        self.asking.resume();
        self.proceed(view)
    }

    fn act_on(
        &mut self,
        message: Message,
        operations: Vec<Verified>,
        view: &impl View,
    ) -> Result<Vec<Action>, CloseReason> {
        match (message, self.status.neighbourhood) {
            (Message::Hello { version, neighbourhood }, None) => self.greet(version, neighbourhood, view),
            (Message::Hello { .. }, Some(_)) | (_, None) => Err(CloseReason::Protocol),
            (Message::Roots { roots, answer }, Some(_)) => self.contrast(&roots, answer, view),
            (Message::Same, Some(_)) => {
                let shown = self.shown.clone();
                if shown.is_empty() {
                    return Err(CloseReason::Protocol);
                }
                self.contrast(&shown, false, view)
            }
            (Message::Compare { id, comparison }, Some(_)) => self.compare(id, &comparison, view),
            (Message::Absent { id }, Some(_)) => {
                self.comparing.remove(&id);
                Ok(self.proceed(view))
            }
            (Message::Have { ids }, Some(_)) => {
                if ids.len() > HAVE_COUNT {
                    return Err(CloseReason::Protocol);
                }
                self.asking.want(ids);
                Ok(self.proceed(view))
            }
            (Message::Fetch { ids, large }, Some(_)) => {
                self.serving.take_up(ids, large, view)?;
                Ok(self.serve(view))
            }
            (Message::More, Some(_)) => {
                self.serving.went_on();
                Ok(self.serve(view))
            }
            (Message::Operations { absent, later, more, .. }, Some(_)) => {
                let brought = || operations.iter().map(|operation| operation.operation().id());
                if !self.unasked.take(self.asking.unexpected(brought()), view.now()) {
                    return Err(CloseReason::Unasked);
                }
                self.asking.answered(brought(), &absent, later, more);
                let ingest = Action::Ingest { operations: self.admit(operations, view), pushed: false };
                Ok(vec![ingest, Action::Send(Message::More)])
            }
            (Message::Push { .. }, Some(_)) if self.unasked.take(1, view.now()) => {
                Ok(vec![Action::Ingest { operations: self.admit(operations, view), pushed: true }])
            }
            // More at once than people write: fetched when it is this session's turn, as if it had been named.
            (Message::Push { .. }, Some(_)) => {
                self.asking.want(operations.iter().map(|operation| operation.operation().id()));
                Ok(self.proceed(view))
            }
            // All others are about photos.
            (message, Some(_)) => Ok(vec![Action::Photo(message)]),
        }
    }

    fn greet(
        &mut self,
        version: u8,
        neighbourhood: NeighbourhoodId,
        view: &impl View,
    ) -> Result<Vec<Action>, CloseReason> {
        if version != SESSION_VERSION {
            return Err(CloseReason::Version(version));
        }
        self.status.neighbourhood = Some(neighbourhood);
        if self.sight(view).entitled.is_empty() {
            return Err(CloseReason::NotANeighbour);
        }
        // Who was called shows what it holds, so that the caller knows at once whether anything differs.
        Ok(if self.status.outbound { Vec::new() } else { vec![self.show_roots(view, true)] })
    }

    /// The leader compares what differs: registers first, because they decide about all the rest. A register that stays
    /// different, because one side cannot read or keep what the other holds, waits for nobody the next time.
    fn contrast(&mut self, roots: &[SpaceRoot], answer: bool, view: &impl View) -> Result<Vec<Action>, CloseReason> {
        if roots.len() > ROOTS_COUNT {
            return Err(CloseReason::Protocol);
        }
        self.status.comparisons += 1;
        let mut actions = Vec::new();
        if answer {
            let own = self.show_roots(view, false);
            actions.push(if self.shown == roots { Action::Send(Message::Same) } else { own });
        }
        let sight = self.sight(view);
        let own = |id: &SpaceId| root(id, &sight, view);
        let forgotten = |root: &SpaceRoot| root.id.space == Space::Neighbours && planted(Bug::ForgetsASpace);
        let differs =
            |root: &&SpaceRoot| sight.entitled.contains(&root.id) && own(&root.id) != **root && !forgotten(root);
        let differing: Vec<&SpaceRoot> = roots.iter().filter(differs).collect();
        self.status.in_step = differing.is_empty();
        let is_register = |root: &SpaceRoot| root.id.space == Space::Register;
        if !differing.iter().any(|root| is_register(root)) {
            let in_step = |root: &&SpaceRoot| sight.entitled.contains(&root.id) && own(&root.id) == **root;
            let spaces = roots.iter().filter(in_step).map(|root| root.id).collect();
            actions.push(Action::InStep { spaces });
        }
        self.want_payloads(&sight.entitled, view);
        if self.status.outbound {
            let is_news = |root: &SpaceRoot| self.compared.get(&root.id) != Some(&(own(&root.id), *root));
            let registers_first = differing.iter().any(|root| is_register(root) && is_news(root));
            for theirs in differing {
                if registers_first && !is_register(theirs) {
                    self.progress = true;
                    continue;
                }
                if is_register(theirs) {
                    self.compared.insert(theirs.id, (own(&theirs.id), *theirs));
                }
                if self.comparing.insert(theirs.id) {
                    let comparison = Comparison::begin(&self.compared_set(&theirs.id, &sight, view), self.window());
                    actions.push(Action::Send(Message::Compare { id: theirs.id, comparison }));
                }
            }
        }
        actions.extend(self.ask(view));
        Ok(actions)
    }

    /// Asks for payloads that never came. A peer that does not have them either answers without; so each comparison asks for
    /// others, until it begins anew.
    fn want_payloads(&mut self, entitled: &BTreeSet<SpaceId>, view: &impl View) {
        for space in entitled {
            let missing = view.incomplete(space, self.asked_for.get(space), PAYLOADS_COUNT);
            match missing.last().filter(|_| missing.len() == PAYLOADS_COUNT) {
                Some(last) => drop(self.asked_for.insert(*space, *last)),
                None => drop(self.asked_for.remove(space)),
            }
            self.asking.want_later(missing);
        }
    }

    fn compare(&mut self, id: SpaceId, comparison: &Comparison, view: &impl View) -> Result<Vec<Action>, CloseReason> {
        if self.status.outbound && !self.comparing.contains(&id) {
            return Err(CloseReason::Protocol);
        }
        let sight = self.sight(view);
        if !sight.entitled.contains(&id) {
            self.comparing.remove(&id);
            return Ok(vec![Action::Send(Message::Absent { id })]);
        }
        if comparison.is_over() {
            self.comparing.remove(&id);
            return Ok(self.proceed(view));
        }
        // Its answer is held back. Who goes on without it would have us keep one answer after another.
        let waits = self.held_back.iter().any(|(held, _)| *held == id);
        (!waits).then_some(()).ok_or(CloseReason::Protocol)?;
        let mut found = Found::default();
        let set = self.compared_set(&id, &sight, view);
        let next = comparison.answer(&set, &mut found).map_err(|_| CloseReason::Protocol)?;
        let mut actions: Vec<Action> = name(&found.missing_there).collect();
        self.asking.want(found.missing_here);
        if next.is_over() {
            self.comparing.remove(&id);
            actions.push(Action::Send(Message::Compare { id, comparison: next }));
        } else {
            // Sent when what was found so far is mostly here: nobody remembers all of a large set at once.
            self.comparing.insert(id);
            self.held_back.push((id, next));
        }
        actions.extend(self.proceed(view));
        Ok(actions)
    }

    /// The set that is compared: the whole space, the same for every peer.
    fn compared_set<'v>(&self, id: &SpaceId, sight: &Sight, view: &'v impl View) -> Cow<'v, Tree> {
        let tree = view.tree(id).filter(|_| sight.believed).map_or_else(Cow::default, Cow::Borrowed);
        if planted(Bug::FiltersPerPeer) {
            let theirs = |id: &OperationId| {
                let operation = view.served(id, &sight.entitled);
                operation.map(|operation| operation.header().home()) == self.status.neighbourhood
            };
            return Cow::Owned(tree.without(theirs));
        }
        tree
    }

    const fn window(&self) -> u8 {
        (self.status.comparisons % WINDOWS as u64) as u8
    }

    fn ask(&mut self, view: &impl View) -> Vec<Action> {
        let is_quiet = self.comparing.is_empty();
        self.asking.next(is_quiet, view).into_iter().map(Action::Send).collect()
    }

    /// Sends what is here and the peer may have; all else is absent, whatever the reason.
    fn serve(&mut self, view: &impl View) -> Vec<Action> {
        let sight = self.sight(view);
        let nothing = BTreeSet::new();
        let believed = sight.believed || planted(Bug::ServesAnybody);
        let (parts, sent) = self.serving.next(if believed { &sight.entitled } else { &nothing }, view);
        self.status.sent += sent;
        parts.into_iter().map(Action::Send).collect()
    }

    /// What of this the peer may bring.
    fn admit(&mut self, mut operations: Vec<Verified>, view: &impl View) -> Vec<Verified> {
        let entitled = self.sight(view).entitled;
        operations.retain(|operation| view.may_bring(operation.operation(), &entitled));
        if self.asking.is_idle() && planted(Bug::DropsTheLastBatch) {
            operations.pop();
        }
        operations
    }

    fn show_roots(&mut self, view: &impl View, answer: bool) -> Action {
        let sight = self.sight(view);
        self.shown = sight.entitled.iter().map(|id| root(id, &sight, view)).collect();
        Action::Send(Message::Roots { roots: self.shown.clone(), answer })
    }

    /// What the peer may see, looked up again only when something changed.
    fn sight(&mut self, view: &impl View) -> Sight {
        let stamp = view.stamp();
        if let Some((at, sight)) = &self.sight
            && *at == stamp
        {
            return sight.clone();
        }
        let peer = &self.status.peer;
        let sight = match &self.status.neighbourhood {
            Some(claimed) => {
                Sight { entitled: Arc::new(view.entitled(peer, claimed)), believed: view.believed(peer, claimed) }
            }
            None => return Sight { entitled: Arc::default(), believed: false },
        };
        self.sight = Some((stamp, sight.clone()));
        sight
    }

    fn is_idle(&self) -> bool {
        self.comparing.is_empty() && self.held_back.is_empty() && self.asking.is_idle()
    }
}

/// What this box holds of a space, as the peer may know it.
fn root(id: &SpaceId, sight: &Sight, view: &impl View) -> SpaceRoot {
    let empty = Tree::default();
    let tree = view.tree(id).filter(|_| sight.believed).unwrap_or(&empty);
    SpaceRoot { id: *id, fingerprint: tree.fingerprint() }
}
