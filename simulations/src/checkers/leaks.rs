//! No byte of an operation reaches a neighbourhood that is not entitled to its space.
//!
//! Every operation has fingerprints of 32 bytes that occur nowhere else: its payload's hash, which stands in its signed
//! header, and a mark that its author wrote into the text; a photo has its name, and the mark stands in every chunk of its
//! file. Each frame is searched for them at every position, whatever the
//! frame claims to be. Ids are looked for where boxes name what they hold, whole or by eight of their bytes; elsewhere they
//! may stand rightly, because a device's next operation names the one before it.
//!
//! Items move. Words go to whom the item is for now; an envelope, a name and an audience edit also to whom it was for, up to
//! the edit with which it left them, and nothing that was signed afterwards. What a box does not know it is not held to.

use std::collections::{BTreeMap, BTreeSet};

use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Payload, Signed, Space, Statement};
use dorpsplein_protocol::photo::Photo;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_protocol::sync::{Content, Message, ShortId, SpaceId};

use super::audiences::Audiences;
use super::by_id::ById;
use super::circles::meet_in;
use super::fingerprints::{Fingerprint, Fingerprints};
use super::{Checker, Failure, MAX_FINDINGS};
use crate::plan::{BoxId, VillageId};
use crate::world::World;

/// The name of this checker.
const NAME: &str = "leaks";

/// What is found in a frame of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trace {
    /// Some of what it says.
    Words(OperationId),
    /// Its header.
    Envelope(OperationId),
}

/// The fingerprints of everything that was written, and what was found where it should not be.
#[derive(Default)]
pub struct Leaks {
    audiences: Audiences,
    contents: Fingerprints<Trace>,
    /// Every part of an id that may stand for it.
    short: ById<ShortId, OperationId>,
    /// Who offered or agreed something with whom: their register goes there, so that it can be accepted.
    offered: BTreeSet<[NeighbourhoodId; 2]>,
    /// The last frame from a box to another, which was looked at.
    last: BTreeMap<(BoxId, BoxId), Vec<u8>>,
    looked: u64,
    found: Vec<Failure>,
}

/// Who says something to whom; nobody's village is none.
#[derive(Clone, Copy)]
struct Wire {
    from: BoxId,
    to: Option<VillageId>,
}

impl Checker for Leaks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "No byte on any wire reaches a neighbourhood that is not entitled to it."
    }

    fn looked(&self) -> u64 {
        self.looked
    }

    fn written(&mut self, _: &World, operation: &Signed, mark: Option<Fingerprint>) {
        let (id, header) = (operation.id(), operation.header());
        self.audiences.note(operation);
        self.contents.insert(header.payload_hash, Trace::Envelope(id));
        let parts = id.as_bytes().chunks_exact(size_of::<ShortId>());
        self.short.extend(parts.filter_map(|part| Some((part.try_into().ok()?, id))));
        if let Some(mark) = mark {
            self.contents.insert(mark, Trace::Words(id));
        }
        match operation.payload().map(Payload::decode) {
            Some(Ok(Payload::Statement(Statement::Treaty(treaty)))) if header.space == Space::Register => {
                self.offered.insert([header.neighbourhood(), treaty.with]);
            }
            // Whoever asks for a photo by its name says that something shows it.
            Some(Ok(Payload::Edits(edits))) => {
                for photo in edits.iter().filter_map(Photo::set_by) {
                    self.contents.insert(*photo.id.as_bytes(), Trace::Words(id));
                }
            }
            _ => {}
        }
    }

    fn frame(&mut self, world: &World, from: BoxId, to: BoxId, frame: &[u8]) {
        if self.found.len() >= MAX_FINDINGS {
            return;
        }
        self.looked += 1;
        // Boxes that have nothing new tell each other the same every few minutes.
        let last = self.last.entry((from, to)).or_default();
        if last == frame {
            return;
        }
        last.clear();
        last.extend_from_slice(frame);
        let wire = Wire { from, to: world.simulated(to).map(|simulated| simulated.village) };
        let mut traces: Vec<(&str, Vec<Trace>)> = Vec::new();
        // Texts that are written twice stand for each of those who wrote them.
        for written in self.contents.occurring_in(frame) {
            traces.push(("content", written.to_vec()));
        }
        let message = Message::decode(frame).ok();
        // Whoever is told that a photo is not there named it first.
        if matches!(message, Some(Message::PhotoAbsent { .. })) {
            return;
        }
        for named in message.map(|message| self.named_in(message)).unwrap_or_default() {
            self.looked += 1;
            traces.push(("the id", vec![Trace::Envelope(named)]));
        }
        let judged = traces.iter().filter_map(|(what, traces)| self.judge(world, wire, what, traces));
        let found: Vec<Failure> = judged.collect();
        self.found.extend(found);
    }

    fn found(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.found)
    }
}

impl Leaks {
    /// The operations that a frame names as being there, with their ids or with parts of these. What the receiver named
    /// itself and the sender lacks is not among them.
    fn named_in(&self, message: Message) -> Vec<OperationId> {
        match message {
            Message::Have { ids } => ids,
            Message::Operations { later, .. } => later,
            Message::Compare { comparison, .. } => {
                let mut named = Vec::new();
                for section in comparison.sections {
                    match section.content {
                        Content::Listed(listed) => named.extend(listed.iter().filter_map(|part| self.short.get(part))),
                        Content::Differs { here, .. } => named.extend(here),
                        Content::Settled | Content::Fingerprint(_) => {}
                    }
                }
                named
            }
            _ => Vec::new(),
        }
    }

    /// What is wrong with this being told, which stands for any of these.
    fn judge(&self, world: &World, wire: Wire, what: &str, traces: &[Trace]) -> Option<Failure> {
        let mut wrong = None;
        for trace in traces {
            let (Trace::Words(id) | Trace::Envelope(id)) = trace;
            // Whoever makes things up names what nobody signed; and the id of a genesis is the name of its neighbourhood,
            // which whoever asks for one says first.
            let note = self.audiences.get(id).filter(|note| note.neighbourhood != NeighbourhoodId::from(*id))?;
            match self.may_be_told(world, wire, trace) {
                Ok(true) => return None,
                Ok(false) => wrong = wrong.or(Some(format!("{:?} of {}", note.space, note.neighbourhood))),
                Err(error) => wrong = Some(format!("what cannot be read, {error},")),
            }
        }
        let to = wire.to.map_or_else(|| "a stranger".to_owned(), |village| format!("village {village}"));
        let found = format!("{what} of {} reached {to} from box {}", wrong?, wire.from);
        Some(Failure { checker: NAME, found })
    }

    fn may_be_told(&self, world: &World, wire: Wire, trace: &Trace) -> Result<bool, StoreError> {
        let (Trace::Words(id) | Trace::Envelope(id)) = trace;
        let (Some(note), Some(village)) = (self.audiences.get(id), wire.to) else { return Ok(false) };
        let may = |space| {
            let space = SpaceId { neighbourhood: note.neighbourhood, space };
            self.is_entitled(world, wire.from, village, &space)
        };
        let Some(disk) = world.disk(wire.from).filter(|_| !self.audiences.stays(note)) else {
            return Ok(may(note.space));
        };
        // What a village was given its own boxes pass on to each other.
        let among_themselves = world.simulated(wire.from).is_some_and(|sender| sender.village == village);
        match trace {
            Trace::Words(_) if among_themselves && may(note.space) => Ok(true),
            Trace::Words(_) => Ok(self.audiences.reach(disk, &note.item)?.is_some_and(may)),
            Trace::Envelope(_) if may(note.space) => Ok(true),
            Trace::Envelope(_) => {
                for abroad in self.audiences.abroad(&note.item).into_iter().filter(|space| may(*space)) {
                    if self.audiences.lies_in(disk, id, abroad)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// Whether a village may be told of a space by the box `from`, as its agreements say and not as any box believes. That
    /// an agreement ended concerns a box from when on it knows; who was a neighbour may always hear of the end, which stands
    /// in the register. What a village was given while there was an agreement its own boxes pass on to each other.
    fn is_entitled(&self, world: &World, from: BoxId, village: VillageId, space: &SpaceId) -> bool {
        let Some(owner) = world.village_of(&space.neighbourhood) else { return false };
        // An agreement whose acceptance was cut off before its answer the two know of, and the world does not.
        let befriended = || owner.befriended.contains(&village) || world.agree(owner.id, village);
        let among_themselves = world.simulated(from).is_some_and(|sender| sender.village == village);
        match space.space {
            _ if owner.id == village => true,
            // A village listens for whoever it offers something; brings it who may not, its boxes pass it on to each other all the
            // same, and to nobody else.
            Space::Register | Space::Neighbours | Space::Circle(_)
                if among_themselves && self.offers(world, village, owner.id) =>
            {
                true
            }
            Space::Register => befriended() || self.offers(world, owner.id, village),
            Space::Neighbours if owner.neighbours.contains(&village) => true,
            Space::Neighbours => befriended() && (among_themselves || !knows_of_the_end(world, from, village, space)),
            // Leaving a circle ends the going, once it is known. What comes for one that a village does not know may be for it:
            // its register may be late.
            Space::Circle(circle) if befriended() => {
                let Some(there) = world.village(village) else { return false };
                let both = [owner.neighbourhood, there.neighbourhood];
                let met = self.audiences.circles().met_in(&circle, both[0], both[1]);
                let goes_on = || !knows_of_the_end(world, from, village, space) && meet_in(world, from, &circle, both);
                among_themselves || (met && goes_on())
            }
            Space::Members | Space::Square | Space::Circle(_) => false,
        }
    }

    /// Whether a connector of one village offered or agreed something with another.
    fn offers(&self, world: &World, by: VillageId, to: VillageId) -> bool {
        let [by, to] = [by, to].map(|village| world.village(village).map(|village| village.neighbourhood));
        by.zip(to).is_some_and(|(by, to)| self.offered.contains(&[by, to]))
    }
}

/// Whether the register on this box says that the agreement between the two villages ended.
fn knows_of_the_end(world: &World, at: BoxId, village: VillageId, space: &SpaceId) -> bool {
    let (Some(running), Some(other)) = (world.at(at), world.village(village)) else { return true };
    let register = running.replica().registers().get(&space.neighbourhood);
    register.is_none_or(|register| register.parted(&other.neighbourhood).is_some())
}
