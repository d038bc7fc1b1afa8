//! One peer's session: says hello, compares roots, reconciles what differs, fetches what is missing, pushes what is new.
//!
//! Calling order: [`Session::open`] once; then [`Session::receive`] for every frame and [`Session::proceed`] when what it
//! brought is stored, [`Session::refresh`] when the
//! registers changed, [`Session::tick`] now and then, [`Session::push`] for every operation accepted elsewhere. Each
//! returns actions to carry out in order. The side that opened the stream leads: it alone starts reconciliations, so the
//! two never reconcile one space twice at once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minicbor::bytes::ByteVec;
use negentropy::{Id, Negentropy};

use super::{Action, CloseReason, Message, SESSION_VERSION, SessionStatus, SpaceId, SpaceRoot, Tree, View};
use crate::identity::PublicKey;
use crate::operation::{MAX_TRANSFER, NeighbourhoodId, OperationId, Signed, SignedError, Space};
use crate::planted::{Bug, planted};
use crate::time::Timestamp;

/// How often a session compares notes although nothing seems to have happened, in milliseconds.
pub const ANTI_ENTROPY_MS: u64 = 5 * 60 * 1000;
/// The most bytes of one reconciliation message.
const RECONCILE_BYTES: u64 = 60_000;
/// The most operations asked for at once.
const FETCH_COUNT: usize = 256;
/// The most bytes of operations in one answer; one more operation of the largest size still fits the frame.
const ANSWER_BYTES: usize = super::MAX_FRAME - MAX_TRANSFER - 64 * FETCH_COUNT;
/// The most ids in one message that names what the other misses.
const HAVE_COUNT: usize = 4096;
/// The most operations a session remembers to fetch; what is beyond that is found again by the next comparison.
const WANTED_COUNT: usize = 65_536;
/// The most spaces a peer may name.
const ROOTS_COUNT: usize = 1024;

/// One peer's session.
pub struct Session {
    status: SessionStatus,
    /// The spaces last shown to the peer.
    shown: BTreeSet<SpaceId>,
    reconciling: BTreeMap<SpaceId, Negentropy<'static, Tree>>,
    /// Our root and theirs when a register was last reconciled: a difference that stayed holds nothing up again.
    reconciled: BTreeMap<SpaceId, (SpaceRoot, SpaceRoot)>,
    /// Where in each space the last request for payloads that are missing ended.
    asked_for: BTreeMap<SpaceId, OperationId>,
    wanted: VecDeque<OperationId>,
    requested: BTreeSet<OperationId>,
    /// Whether another comparison would find what the last one could not.
    progress: bool,
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
            in_step: false,
        };
        let session = Self {
            status,
            shown: BTreeSet::new(),
            reconciling: BTreeMap::new(),
            reconciled: BTreeMap::new(),
            asked_for: BTreeMap::new(),
            wanted: VecDeque::new(),
            requested: BTreeSet::new(),
            progress: false,
        };
        (session, vec![Action::Send(Message::Hello { version: SESSION_VERSION, neighbourhood: home })])
    }

    /// How the session stands.
    pub const fn status(&self) -> &SessionStatus {
        &self.status
    }

    /// A frame came in.
    pub fn receive(&mut self, frame: &[u8], view: &impl View, now: Timestamp) -> Vec<Action> {
        self.status.last_contact = now;
        match Message::decode(frame) {
            Ok(message) => self.act_on(message, view).unwrap_or_else(|reason| vec![Action::Close(reason)]),
            Err(error) => vec![Action::Close(error.into())],
        }
    }

    /// The registers changed: shows the peer what it is entitled to now, if that differs from what it was shown.
    pub fn refresh(&mut self, view: &impl View) -> Vec<Action> {
        let entitled = self.entitled(view);
        match self.status.neighbourhood {
            Some(_) if entitled.is_empty() => vec![Action::Close(CloseReason::NotANeighbour)],
            Some(_) if entitled != self.shown => vec![self.show_roots(view, self.status.outbound)],
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

    /// An operation was accepted from elsewhere: sends what of it is due to the peer.
    pub fn push(&mut self, id: &OperationId, view: &impl View) -> Option<Action> {
        let operation = self.is_believed(view).then(|| view.served(id, &self.entitled(view))).flatten()?;
        self.status.sent += 1;
        Some(Action::Send(Message::Push { operation: operation.encode() }))
    }

    /// What came in was dealt with: asks for more, or compares again if that is worth it.
    pub fn proceed(&mut self, view: &impl View) -> Vec<Action> {
        self.requested.retain(|id| !view.holds(id));
        let mut actions: Vec<Action> = self.fetch_next(view).into_iter().collect();
        if actions.is_empty() && self.is_idle() && std::mem::take(&mut self.progress) {
            actions.push(self.show_roots(view, self.status.outbound));
            // What is for this neighbourhood again is asked for now, and not at the next comparison that the peer starts.
            actions.extend(self.ask_for_payloads(&self.entitled(view), view));
        }
        actions
    }

    /// Something was stored that a comparison would build on, or came in whose past is missing: compare again when idle.
    pub fn compare_again(&mut self) {
        self.progress = true;
    }

    fn act_on(&mut self, message: Message, view: &impl View) -> Result<Vec<Action>, CloseReason> {
        match (message, self.status.neighbourhood) {
            (Message::Hello { version, neighbourhood }, None) => self.greet(version, neighbourhood, view),
            (Message::Hello { .. }, Some(_)) | (_, None) => Err(CloseReason::Protocol),
            (Message::Roots { roots, answer }, Some(_)) => self.compare(&roots, answer, view),
            (Message::Reconcile { id, message }, Some(_)) => self.reconcile(id, &message, view),
            (Message::Absent { id }, Some(_)) => {
                self.reconciling.remove(&id);
                Ok(self.proceed(view))
            }
            (Message::Have { ids }, Some(_)) => {
                self.want(ids, view);
                Ok(self.proceed(view))
            }
            (Message::Fetch { ids }, Some(_)) => self.answer(&ids, view),
            (Message::Operations { operations, absent }, Some(_)) => self.take_answer(&operations, &absent, view),
            (Message::Push { operation }, Some(_)) => {
                let operations = self.admit([operation.as_slice()], view)?;
                Ok(vec![Action::Ingest { operations, pushed: true }])
            }
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
        if self.entitled(view).is_empty() {
            return Err(CloseReason::NotANeighbour);
        }
        Ok(if self.status.outbound { vec![self.show_roots(view, true)] } else { Vec::new() })
    }

    /// The leader reconciles what differs: registers first, because they decide about all the rest. A register that stays
    /// different, because one side cannot read or keep what the other holds, waits for nobody the next time.
    fn compare(&mut self, roots: &[SpaceRoot], answer: bool, view: &impl View) -> Result<Vec<Action>, CloseReason> {
        if roots.len() > ROOTS_COUNT {
            return Err(CloseReason::Protocol);
        }
        let mut actions = Vec::new();
        if answer {
            actions.push(self.show_roots(view, false));
        }
        let entitled = self.entitled(view);
        let empty = Tree::default();
        let believed = self.is_believed(view);
        let own = |id: &SpaceId| view.tree(id).filter(|_| believed).unwrap_or(&empty).root(*id);
        let forgotten = |root: &SpaceRoot| root.id.space == Space::Neighbours && planted(Bug::ForgetsASpace);
        let differs = |root: &&SpaceRoot| entitled.contains(&root.id) && own(&root.id) != **root && !forgotten(root);
        let differing: Vec<&SpaceRoot> = roots.iter().filter(differs).collect();
        self.status.in_step = differing.is_empty();
        let is_register = |root: &SpaceRoot| root.id.space == Space::Register;
        if !differing.iter().any(|root| is_register(root)) {
            let in_step = |root: &&SpaceRoot| entitled.contains(&root.id) && own(&root.id) == **root;
            let spaces = roots.iter().filter(in_step).map(|root| root.id).collect();
            actions.push(Action::InStep { spaces });
        }
        actions.extend(self.ask_for_payloads(&entitled, view));
        if !self.status.outbound {
            return Ok(actions);
        }
        let is_news = |root: &SpaceRoot| self.reconciled.get(&root.id) != Some(&(own(&root.id), *root));
        let registers_first = differing.iter().any(|root| is_register(root) && is_news(root));
        for root in differing {
            if registers_first && !is_register(root) {
                self.progress = true;
                continue;
            }
            if is_register(root) {
                self.reconciled.insert(root.id, (own(&root.id), *root));
            }
            if !self.reconciling.contains_key(&root.id) {
                actions.push(self.start_reconciling(root.id, view)?);
            }
        }
        Ok(actions)
    }

    /// Asks for payloads that never came. A peer that does not have them either answers without; so each comparison asks for
    /// others, until it begins anew.
    fn ask_for_payloads(&mut self, entitled: &BTreeSet<SpaceId>, view: &impl View) -> Option<Action> {
        for space in entitled {
            let missing = view.incomplete(space, self.asked_for.get(space), FETCH_COUNT);
            match missing.last().filter(|_| missing.len() == FETCH_COUNT) {
                Some(last) => drop(self.asked_for.insert(*space, *last)),
                None => drop(self.asked_for.remove(space)),
            }
            self.want(missing, view);
        }
        self.fetch_next(view)
    }

    fn start_reconciling(&mut self, id: SpaceId, view: &impl View) -> Result<Action, CloseReason> {
        let tree = self.compared(&id, view).into_owned();
        let mut negentropy = Negentropy::owned(tree, RECONCILE_BYTES).map_err(|_| CloseReason::Protocol)?;
        let message = negentropy.initiate().map_err(|_| CloseReason::Protocol)?;
        self.reconciling.insert(id, negentropy);
        Ok(Action::Send(Message::Reconcile { id, message }))
    }

    fn reconcile(&mut self, id: SpaceId, message: &[u8], view: &impl View) -> Result<Vec<Action>, CloseReason> {
        if !self.status.outbound {
            return Ok(vec![Action::Send(self.answer_reconcile(id, message, view)?)]);
        }
        let Some(negentropy) = self.reconciling.get_mut(&id) else { return Err(CloseReason::Protocol) };
        let (mut have, mut need) = (Vec::new(), Vec::new());
        let next = negentropy.reconcile_with_ids(message, &mut have, &mut need).map_err(|_| CloseReason::Protocol)?;
        // They come out of a hash set whose order is another on every run.
        need.sort_unstable();
        let ids = |found: Vec<Id>| found.into_iter().map(|id| OperationId::from_bytes(id.to_bytes()));
        let have: Vec<OperationId> = ids(have).collect();
        let mut actions: Vec<Action> =
            have.chunks(HAVE_COUNT).map(|ids| Action::Send(Message::Have { ids: ids.to_vec() })).collect();
        self.want(ids(need), view);
        match next {
            Some(message) => actions.push(Action::Send(Message::Reconcile { id, message })),
            None => drop(self.reconciling.remove(&id)),
        }
        actions.extend(self.proceed(view));
        Ok(actions)
    }

    fn answer_reconcile(&self, id: SpaceId, message: &[u8], view: &impl View) -> Result<Message, CloseReason> {
        if !self.entitled(view).contains(&id) {
            return Ok(Message::Absent { id });
        }
        let tree = self.compared(&id, view);
        let mut negentropy = Negentropy::borrowed(&*tree, RECONCILE_BYTES).map_err(|_| CloseReason::Protocol)?;
        let message = negentropy.reconcile(message).map_err(|_| CloseReason::Protocol)?;
        Ok(Message::Reconcile { id, message })
    }

    /// The set that is compared: the whole space, the same for every peer.
    fn compared<'v>(&self, id: &SpaceId, view: &'v impl View) -> Cow<'v, Tree> {
        let tree = view.tree(id).filter(|_| self.is_believed(view)).map_or_else(Cow::default, Cow::Borrowed);
        if planted(Bug::FiltersPerPeer) {
            let entitled = self.entitled(view);
            let theirs = |id: &OperationId| {
                let operation = view.served(id, &entitled);
                operation.map(|operation| operation.header().home()) == self.status.neighbourhood
            };
            return Cow::Owned(tree.without(theirs));
        }
        tree
    }

    fn want(&mut self, ids: impl IntoIterator<Item = OperationId>, view: &impl View) {
        let missing = ids.into_iter().filter(|id| !view.holds(id));
        let room = WANTED_COUNT.saturating_sub(self.wanted.len());
        self.wanted.extend(missing.take(room));
    }

    fn fetch_next(&mut self, view: &impl View) -> Option<Action> {
        if !self.requested.is_empty() {
            return None;
        }
        while let Some(id) = self.wanted.pop_front() {
            if !view.holds(&id) {
                self.requested.insert(id);
            }
            if self.requested.len() == FETCH_COUNT {
                break;
            }
        }
        (!self.requested.is_empty())
            .then(|| Action::Send(Message::Fetch { ids: self.requested.iter().copied().collect() }))
    }

    /// Sends what is here and the peer may have; all else is absent, whatever the reason.
    fn answer(&mut self, ids: &[OperationId], view: &impl View) -> Result<Vec<Action>, CloseReason> {
        if ids.len() > FETCH_COUNT {
            return Err(CloseReason::Protocol);
        }
        let believed = self.is_believed(view) || planted(Bug::ServesAnybody);
        let entitled = if believed { self.entitled(view) } else { BTreeSet::new() };
        let (mut operations, mut absent, mut bytes) = (Vec::new(), Vec::new(), 0);
        for id in ids {
            match view.served(id, &entitled) {
                Some(operation) if bytes < ANSWER_BYTES => {
                    let transfer = operation.encode();
                    bytes += transfer.len();
                    operations.push(ByteVec::from(transfer));
                }
                Some(_) => {}
                None => absent.push(*id),
            }
        }
        self.status.sent += operations.len() as u64;
        Ok(vec![Action::Send(Message::Operations { operations, absent })])
    }

    fn take_answer(
        &mut self,
        operations: &[ByteVec],
        absent: &[OperationId],
        view: &impl View,
    ) -> Result<Vec<Action>, CloseReason> {
        let mut operations = self.admit(operations.iter().map(|bytes| bytes.as_slice()), view)?;
        if self.wanted.is_empty() && planted(Bug::DropsTheLastBatch) {
            operations.pop();
        }
        for id in absent.iter().copied().chain(operations.iter().map(Signed::id)) {
            self.requested.remove(&id);
        }
        // What neither came nor is absent did not fit the answer: asked again, unless the answer brought nothing at all.
        let left = std::mem::take(&mut self.requested);
        if !operations.is_empty() {
            self.wanted.extend(left);
        }
        Ok(vec![Action::Ingest { operations, pushed: false }])
    }

    /// Checks the form of what came in, and that the peer may bring it.
    fn admit<'b>(
        &mut self,
        operations: impl IntoIterator<Item = &'b [u8]>,
        view: &impl View,
    ) -> Result<Vec<Signed>, CloseReason> {
        let entitled = self.entitled(view);
        let mut admitted = Vec::new();
        for bytes in operations {
            self.status.received += 1;
            let operation = match Signed::decode(bytes) {
                Ok(operation) => operation,
                // A newer box may hold what this one cannot read yet.
                Err(SignedError::Version(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            if view.may_bring(&operation, &entitled) {
                admitted.push(operation);
            }
        }
        Ok(admitted)
    }

    fn show_roots(&mut self, view: &impl View, answer: bool) -> Action {
        self.shown = self.entitled(view);
        let empty = Tree::default();
        let believed = self.is_believed(view);
        let own = |id: &SpaceId| view.tree(id).filter(|_| believed).unwrap_or(&empty).root(*id);
        let roots = self.shown.iter().map(own).collect();
        Action::Send(Message::Roots { roots, answer })
    }

    fn entitled(&self, view: &impl View) -> BTreeSet<SpaceId> {
        match &self.status.neighbourhood {
            Some(claimed) => view.entitled(&self.status.peer, claimed),
            None => BTreeSet::new(),
        }
    }

    /// Whether the peer speaks for whom it says it does: if not, it may write to what it is entitled to, and sees nothing.
    fn is_believed(&self, view: &impl View) -> bool {
        self.status.neighbourhood.is_some_and(|claimed| view.believed(&self.status.peer, &claimed))
    }

    fn is_idle(&self) -> bool {
        self.reconciling.is_empty() && self.requested.is_empty() && self.wanted.is_empty()
    }
}
