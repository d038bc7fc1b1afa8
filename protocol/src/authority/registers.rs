//! The registers a box holds: its own neighbourhood's, and those of the neighbourhoods it has a treaty with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Assessment, Change, Register};
use crate::identity::PublicKey;
use crate::operation::{CircleId, Kind, NeighbourhoodId};
use crate::time::Timestamp;
use crate::validate::Valid;

/// How long a neighbourhood with which the treaty was ended can still learn of that, in milliseconds: 30 days.
pub const PARTING_MS: u64 = 30 * 24 * 3_600_000;

/// The registers a box holds. Cloning is cheap: the registers are shared until one changes.
#[derive(Clone, Debug)]
pub struct Registers {
    home: NeighbourhoodId,
    all: BTreeMap<NeighbourhoodId, Arc<Register>>,
}

/// How far a treaty is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreatyStage {
    /// We offered, they did not answer (or their answer has not reached us).
    Offered,
    /// They offered, we did not answer.
    Received,
    /// Both sides stand.
    InForce,
    /// A side has run out.
    Expired,
}

/// A treaty as it stands, seen from home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatyState {
    /// The other neighbourhood.
    pub with: NeighbourhoodId,
    /// How far it is.
    pub stage: TreatyStage,
    /// Whether we send them what we share with neighbours.
    pub sends: bool,
    /// Whether they send us theirs.
    pub receives: bool,
    /// When the later side was signed, as its author says.
    pub since: Timestamp,
    /// When the first side runs out.
    pub expires: Timestamp,
}

/// A circle, as far as the registers held here say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleState {
    /// Which one.
    pub id: CircleId,
    /// Its name.
    pub name: String,
    /// The neighbourhood that founded it; a member too.
    pub founder: NeighbourhoodId,
    /// The other members: admitted, and joined.
    pub members: Vec<NeighbourhoodId>,
    /// Those who were admitted and did not join, or whose register is not held here.
    pub admitted: Vec<NeighbourhoodId>,
}

impl Registers {
    /// No registers yet, for a box of `home`.
    pub fn new(home: NeighbourhoodId) -> Self {
        let own = Arc::new(Register::new(home));
        Self { home, all: BTreeMap::from([(home, own)]) }
    }

    /// The box's own neighbourhood's register.
    pub fn home(&self) -> &Register {
        &self.all[&self.home]
    }

    /// A neighbourhood's register; none when nothing of it is held.
    pub fn get(&self, neighbourhood: &NeighbourhoodId) -> Option<&Register> {
        self.all.get(neighbourhood).map(AsRef::as_ref)
    }

    /// All registers.
    pub fn iter(&self) -> impl Iterator<Item = &Register> {
        self.all.values().map(AsRef::as_ref)
    }

    /// Whether the home register says anything about a treaty with `other`: then its register is worth holding. An end that
    /// is known stays one, whatever this box's clock says.
    pub fn is_partner(&self, other: &NeighbourhoodId, now: Timestamp) -> bool {
        let parted = self.home().parted(other).is_some();
        !parted && self.home().treaty(other, now).is_some_and(|ours| now < ours.treaty.expires)
    }

    /// Whether either side of the treaty with `other` is known to have ended it, whatever this box's clock says.
    pub fn has_ended(&self, other: &NeighbourhoodId) -> bool {
        let they_ended = || self.get(other).is_some_and(|register| register.parted(&self.home).is_some());
        self.home().parted(other).is_some() || they_ended()
    }

    /// Whether home ended its treaty with `other` less than [`PARTING_MS`] ago: long enough for a box that was away to hear
    /// of it.
    pub fn parted_lately(&self, other: &NeighbourhoodId, now: Timestamp) -> bool {
        self.home().parted(other).is_some_and(|ended| now < ended.plus_millis(PARTING_MS))
    }

    /// The treaty between home and `other`; none when neither side said anything.
    pub fn treaty(&self, other: &NeighbourhoodId, now: Timestamp) -> Option<TreatyState> {
        let ours = self.home().treaty(other, now);
        let theirs_register = self.get(other);
        let theirs = theirs_register.and_then(|register| register.treaty(&self.home, now));
        let (first, second) = match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours, theirs),
            (Some(only), None) | (None, Some(only)) => (only, only),
            (None, None) => return None,
        };
        let expires = first.treaty.expires.min(second.treaty.expires);
        let agreed = match (ours, theirs, theirs_register) {
            (Some(ours), Some(theirs), Some(register)) => {
                let we_accept = ours.treaty.accepts.is_some_and(|offer| register.holds_treaty(&self.home, &offer, now));
                let they_accept =
                    theirs.treaty.accepts.is_some_and(|offer| self.home().holds_treaty(other, &offer, now));
                we_accept || they_accept
            }
            _ => false,
        };
        let stage = match (agreed, ours) {
            _ if now >= expires => TreatyStage::Expired,
            (true, _) => TreatyStage::InForce,
            (false, Some(_)) => TreatyStage::Offered,
            (false, None) => TreatyStage::Received,
        };
        let (ours, theirs) = (ours.map(|said| said.treaty.direction), theirs.map(|said| said.treaty.direction));
        Some(TreatyState {
            with: *other,
            stage,
            sends: ours.is_none_or(|d| d.sends()) && theirs.is_none_or(|d| d.receives()),
            receives: ours.is_none_or(|d| d.receives()) && theirs.is_none_or(|d| d.sends()),
            since: first.signed.max(second.signed),
            expires,
        })
    }

    /// The neighbourhoods there is a treaty or an offer with, in the order of their ids.
    pub fn treaties(&self, now: Timestamp) -> Vec<TreatyState> {
        let others = self.all.keys().chain(self.home().neighbours());
        let others: BTreeSet<_> = others.filter(|id| **id != self.home).collect();
        others.into_iter().filter_map(|other| self.treaty(other, now)).collect()
    }

    /// The circles this neighbourhood has a part in or is admitted to, as far as the registers held here say.
    pub fn circles(&self) -> Vec<CircleState> {
        let mut circles = Vec::new();
        for founder in self.all.values() {
            for (id, side) in founder.circles().filter(|(_, side)| side.name.is_some() && !side.ended) {
                let joined = |other: &NeighbourhoodId| {
                    let sides = self.get(other).into_iter().flat_map(Register::circles);
                    let mut own = sides.filter(|(circle, _)| *circle == id);
                    own.any(|(_, side)| side.joined.is_some_and(|(by, _)| by == founder.neighbourhood()))
                };
                let (members, admitted) = side.admitted.keys().copied().partition(joined);
                let name = side.name.clone().unwrap_or_default();
                circles.push(CircleState { id, name, founder: founder.neighbourhood(), members, admitted });
            }
        }
        circles
    }

    /// The circles to which both home and `other` belong: the founder does until it ends the circle, and whoever joined it
    /// does as long as their joining and the founder's admission both stand. As far as the registers held here say: that of
    /// the founder has to be among them.
    pub fn circles_with(&self, other: &NeighbourhoodId) -> Vec<CircleId> {
        let belongs = |circle: &CircleState, id: &NeighbourhoodId| circle.founder == *id || circle.members.contains(id);
        let shared = |circle: &CircleState| belongs(circle, &self.home) && belongs(circle, other);
        self.circles().into_iter().filter(shared).map(|circle| circle.id).collect()
    }

    /// Whether both belonged to this circle once. That one of them left since, or that the circle ended, hides nothing of
    /// what was shared before.
    pub(crate) fn met_in(&self, circle: &CircleId, one: &NeighbourhoodId, other: &NeighbourhoodId) -> bool {
        [one, other].into_iter().all(|id| self.belonged_to(circle, id))
    }

    fn belonged_to(&self, circle: &CircleId, neighbourhood: &NeighbourhoodId) -> bool {
        let Some(register) = self.get(neighbourhood) else { return false };
        let admits = |founder: &NeighbourhoodId| {
            self.get(founder).is_some_and(|register| register.ever_admitted(circle, neighbourhood))
        };
        register.founded(circle) || register.ever_joined(circle).iter().any(admits)
    }

    /// The own neighbourhood, and every other one whose register is held here or about which home ever said something.
    pub(crate) fn known(&self) -> BTreeSet<NeighbourhoodId> {
        self.all.keys().chain(self.home().neighbours()).copied().collect()
    }

    /// Every circle of which a register held here says anything.
    pub(crate) fn named_circles(&self) -> BTreeSet<CircleId> {
        self.all.values().flat_map(|register| register.circles().map(|(circle, _)| circle)).collect()
    }

    /// The neighbourhoods held here that belonged to a circle once.
    pub(crate) fn once_in(&self, circle: &CircleId) -> BTreeSet<NeighbourhoodId> {
        self.all.keys().filter(|id| self.belonged_to(circle, id)).copied().collect()
    }

    /// Whether both sides agreed, at `at`, that items of `kind` are shared.
    pub(super) fn shares_kind(&self, other: &NeighbourhoodId, kind: Kind, at: Timestamp) -> bool {
        let ours = self.home().treaty(other, at).map(|said| &said.treaty.kinds);
        let theirs_register = self.get(other);
        let theirs =
            theirs_register.and_then(|register| register.treaty(&self.home, at)).map(|said| &said.treaty.kinds);
        let named = |kinds: Option<&Vec<Kind>>| kinds.is_some_and(|kinds| kinds.is_empty() || kinds.contains(&kind));
        // What answers a post goes where that goes, and who made it is told with it.
        kind.answers() || kind == Kind::PROFILE || (named(ours) && named(theirs))
    }

    /// Whether the box with this key speaks for `neighbourhood` at `now`.
    pub fn speaks(&self, neighbourhood: &NeighbourhoodId, key: &PublicKey, now: Timestamp) -> bool {
        self.get(neighbourhood).is_some_and(|register| register.speaks(key, now))
    }

    /// Decides about a statement without taking it in; see [`Register::assess`].
    pub(crate) fn assess<'v>(&self, valid: &'v Valid) -> Assessment<'v> {
        let neighbourhood = valid.header().neighbourhood();
        match self.get(&neighbourhood) {
            Some(register) => register.assess(valid),
            None => Register::new(neighbourhood).assess(valid),
        }
    }

    /// Takes in a statement that was assessed; see [`Register::insert`].
    pub(crate) fn insert(&mut self, assessment: Assessment<'_>) -> Change {
        let neighbourhood = assessment.valid().header().neighbourhood();
        let register = self.all.entry(neighbourhood).or_insert_with(|| Arc::new(Register::new(neighbourhood)));
        Arc::make_mut(register).insert(assessment)
    }

    /// Puts back a register as it was; see [`Register::of`].
    pub(crate) fn restore(&mut self, neighbourhood: NeighbourhoodId, statements: &[Valid]) {
        self.all.insert(neighbourhood, Arc::new(Register::of(neighbourhood, statements)));
    }
}
