//! For whom an item is. A function of its operations' headers, of its audience edits, whose payloads are never dropped, and
//! of the registers; so that a box that dropped the rest, or never had it, comes to the same.

use std::collections::{BTreeMap, BTreeSet};

use super::Replica;
use super::evaluate::Verdicts;
use super::setting::Setting;
use crate::authority::{Deed, ItemFacts, Missing, Reason, Verdict, Voice, decide};
use crate::item::{History, Kept, Placed};
use crate::operation::{Edit, Header, ItemId, Kind, OperationId, Space};
use crate::store::Read;
use crate::time::Timestamp;

/// How many times an item may move, one after the other: deciding about it costs the square of this.
const MAX_MOVES: usize = 64;

/// The audiences an item has and had.
pub(super) struct Audiences {
    /// The one it was made for.
    first: Space,
    /// The audience edits that count, each after those in its past.
    moves: Vec<Move>,
    /// Where the past of each operation puts the item; empty for an item that never moved.
    pasts: BTreeMap<OperationId, Past>,
}

/// An audience edit that counts.
struct Move {
    id: OperationId,
    from: Space,
    to: Space,
    /// The moves in its past.
    past: BTreeSet<usize>,
}

/// What an operation's author had seen of the item's audience.
struct Past {
    /// The moves that no other one they had seen was made after.
    latest: BTreeSet<usize>,
    audience: Space,
}

impl Audiences {
    const fn of_unmoved(first: Space) -> Self {
        Self { first, moves: Vec::new(), pasts: BTreeMap::new() }
    }

    /// The audience that an operation has to be signed for.
    pub(super) fn before(&self, operation: &OperationId) -> Space {
        self.pasts.get(operation).map_or(self.first, |past| past.audience)
    }

    /// The audience it has. Of moves made at the same time each shuts out whom it shuts out: the narrowest counts.
    pub(super) fn now(&self) -> Space {
        self.after(self.latest_of((0..self.moves.len()).collect()))
    }

    /// Whether a move counts.
    pub(super) const fn ever_moved(&self) -> bool {
        !self.moves.is_empty()
    }

    /// Every audience it has or had.
    pub(super) fn had(&self) -> BTreeSet<Space> {
        self.moves.iter().map(|moved| moved.to).chain([self.first]).collect()
    }

    /// The operations that are to be found in a space because the item left it, or because the move that would have brought
    /// it there was overruled by a narrower one that its author had not seen. With all that leads up to them they tell
    /// whoever was given the item, or may have been, that it is gone, and nothing of what happened to it since.
    pub(super) fn farewells(&self, space: Space) -> impl Iterator<Item = OperationId> {
        let (left, now) = (|moved: &&Move| moved.from == space, self.now());
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for (at, moved) in self.moves.iter().enumerate() {
            if left(&moved) {
                told.insert(at);
            }
            let is_over = self.moves.iter().filter(left).any(|later| later.past.contains(&at));
            if moved.to == space && !is_over && now != space {
                told.insert(at);
                told.extend(self.first_beside(at));
            }
        }
        told.into_iter().map(|at| self.moves[at].id)
    }

    /// The moves made at the same time as one, but for those that came after another such one.
    fn first_beside(&self, at: usize) -> Vec<usize> {
        let beside = |other: &usize| {
            *other != at && !self.moves[at].past.contains(other) && !self.moves[*other].past.contains(&at)
        };
        let all: BTreeSet<usize> = (0..self.moves.len()).filter(beside).collect();
        all.iter().copied().filter(|other| self.moves[*other].past.is_disjoint(&all)).collect()
    }

    fn latest_of(&self, mut moves: BTreeSet<usize>) -> BTreeSet<usize> {
        let earlier: BTreeSet<usize> = moves.iter().flat_map(|at| self.moves[*at].past.clone()).collect();
        moves.retain(|at| !earlier.contains(at));
        moves
    }

    fn after(&self, latest: BTreeSet<usize>) -> Space {
        let to = latest.into_iter().map(|at| self.moves[at].to);
        to.reduce(Space::narrower).unwrap_or(self.first)
    }

    /// What the author of an operation had seen, as far as it is here.
    fn past_of(&self, header: &Header) -> Past {
        let mut seen = BTreeSet::new();
        for parent in &header.parents {
            match self.moves.iter().position(|moved| moved.id == *parent) {
                Some(at) => drop(seen.insert(at)),
                None => seen.extend(self.pasts.get(parent).map(|past| &past.latest).into_iter().flatten()),
            }
        }
        let latest = self.latest_of(seen);
        Past { audience: self.after(latest.clone()), latest }
    }

    /// Whether the item moved as often as it may.
    fn is_worn_out(&self, past: &Past) -> bool {
        self.past_moves(past).len() >= MAX_MOVES
    }

    fn past_moves(&self, past: &Past) -> BTreeSet<usize> {
        let earlier = past.latest.iter().flat_map(|at| self.moves[*at].past.clone());
        past.latest.iter().copied().chain(earlier).collect()
    }

    fn add(&mut self, id: OperationId, from: Space, to: Space, past: &Past) {
        let past = self.past_moves(past);
        self.moves.push(Move { id, from, to, past });
    }
}

impl<R: Read> Replica<R> {
    /// Decides about every audience edit of an item, and so for whom it is; none as long as the operation that made it is
    /// not here.
    pub(super) fn decide_audiences(
        &self,
        item: ItemId,
        history: &History<Kept>,
        verdicts: &mut Verdicts,
        now: Timestamp,
    ) -> Option<Audiences> {
        let moves = || history.iter().filter(|kept| kept.moves_to().is_some());
        let Some(creation) = history.get(&item.into()) else {
            let missing = Verdict::Unknown(Missing::Parent(item.into()));
            verdicts.extend(moves().map(|kept| (kept.id(), missing)));
            return None;
        };
        if moves().next().is_none() {
            return Some(Audiences::of_unmoved(creation.header().space));
        }
        let is_out = |kept: &Kept| self.is_forked_out(kept.header(), &kept.id());
        Some(self.follow_moves(creation, history, verdicts, now, &is_out))
    }

    /// The audiences that an item would have and have had if no device had forked; none when they are those it has. Which
    /// operations prove a fork goes by these: it cannot go by what follows from forks.
    pub(super) fn audiences_unforked(&self, setting: &Setting<'_>) -> Option<Audiences> {
        let creation = setting.history.get(&setting.item.into())?;
        let mut moves = setting.history.iter().filter(|kept| kept.moves_to().is_some());
        moves.find(|kept| self.has_forked(&kept.header().device))?;
        Some(self.follow_moves(creation, setting.history, &mut Verdicts::new(), setting.now, &|_| false))
    }

    fn follow_moves(
        &self,
        creation: &Kept,
        history: &History<Kept>,
        verdicts: &mut Verdicts,
        now: Timestamp,
        is_out: &dyn Fn(&Kept) -> bool,
    ) -> Audiences {
        let mut audiences = Audiences::of_unmoved(creation.header().space);
        for kept in history.by_what_is_here() {
            let past = audiences.past_of(kept.header());
            if let Some(to) = kept.moves_to() {
                let verdict = match audiences.is_worn_out(&past) {
                    true => Verdict::Refused(Reason::NoSuchAct),
                    false if is_out(kept) => Verdict::Refused(Reason::Forked),
                    false => {
                        // Those of one device are one line, so that there are no more at once than its maker has devices.
                        let counts = |earlier: &&Kept| earlier.moves_to().is_some() && !is_out(earlier);
                        match history.signed_before(kept.header()).find(counts) {
                            Some(earlier) if !history.covers(kept, &earlier.id()) => {
                                Verdict::Refused(Reason::OwnHistorySkipped)
                            }
                            _ => self.decide_move(kept, creation, past.audience, history, now),
                        }
                    }
                };
                verdicts.insert(kept.id(), verdict);
                if verdict == Verdict::Permitted {
                    audiences.add(kept.id(), kept.header().space, to, &past);
                }
            }
            audiences.pasts.insert(kept.id(), past);
        }
        audiences
    }

    fn decide_move(
        &self,
        kept: &Kept,
        creation: &Kept,
        audience: Space,
        history: &History<Kept>,
        now: Timestamp,
    ) -> Verdict {
        let header = kept.header();
        if header.space != audience
            && let Some(parent) = header.parents.iter().find(|parent| history.get(parent).is_none())
        {
            return Verdict::Unknown(Missing::Parent(*parent));
        }
        // The kind has no part in this: it cannot be read where the item was dropped.
        let facts = ItemFacts {
            kind: Kind::NEWS,
            creation: creation.header(),
            voice: voice_of(creation),
            audience,
            reach: audience,
            subject: None,
        };
        decide(&self.registers, header, Deed::Move, &facts, now)
    }
}

/// For whom an item speaks, as far as its creation can be read.
pub(super) fn voice_of(creation: &Kept) -> Voice {
    match creation.edits().and_then(|edits| edits.first()) {
        Some(Edit::Create { speaks_for: Some(organisation), .. }) => Voice::Organisation(*organisation),
        Some(_) => Voice::Author,
        None => Voice::Unread,
    }
}
