//! For whom items are, worked out anew from what was signed: the rules of `docs/authority.md`, without asking the code that
//! keeps them.
//!
//! What an item is for is a function of the audience edits that count. Which of them a box counts the box's disk says: those
//! that are on it and do not wait. So a box is held to what it knows, and no sooner.

use std::collections::BTreeSet;

use dorpsplein_protocol::operation::{Edit, ItemId, NeighbourhoodId, OperationId, Payload, Signed, Space};
use dorpsplein_protocol::store::StoreError;

use super::by_id::ById;
use super::circles::Circles;
use super::look;
use crate::world::Disk;

/// All that anybody signed about items, honest or not.
#[derive(Default)]
pub(super) struct Audiences {
    signed: ById<OperationId, Note>,
    /// The audience edits of each item that has such, in the order in which they were signed.
    moves: ById<ItemId, Vec<OperationId>>,
    /// The erasures of each item that somebody erased, whoever did.
    erasures: ById<ItemId, Vec<OperationId>>,
    circles: Circles,
    /// What each answer is about.
    subjects: ById<ItemId, ItemId>,
}

/// What a header says, and where an audience edit moves its item.
pub(super) struct Note {
    pub(super) item: ItemId,
    pub(super) neighbourhood: NeighbourhoodId,
    pub(super) space: Space,
    parents: Vec<OperationId>,
    to: Option<Space>,
}

impl Audiences {
    /// Somebody signed this.
    pub(super) fn note(&mut self, operation: &Signed) {
        let (id, header) = (operation.id(), operation.header());
        self.circles.note(operation);
        let edits = match operation.payload().filter(|_| header.space != Space::Register).map(Payload::decode) {
            Some(Ok(Payload::Edits(edits))) => edits,
            _ => Vec::new(),
        };
        let (item, to) = match edits.first() {
            Some(Edit::Audience(to)) => (header.item(), Some(*to)),
            Some(Edit::Create { subject: Some(subject), .. }) => {
                self.subjects.insert(header.item(), *subject);
                (header.item(), None)
            }
            _ => (header.item(), None),
        };
        let is_new = !self.signed.contains_key(&id);
        if is_new && to.is_some() {
            self.moves.entry(item).or_default().push(id);
        } else if is_new && matches!(edits.first(), Some(Edit::Erase { .. })) {
            self.erasures.entry(item).or_default().push(id);
        }
        let (neighbourhood, space, parents) = (header.neighbourhood(), header.space, header.parents.clone());
        self.signed.insert(id, Note { item, neighbourhood, space, parents, to });
    }

    /// What was signed with this id; none when nobody did.
    pub(super) fn get(&self, id: &OperationId) -> Option<&Note> {
        self.signed.get(id)
    }

    /// What was said about circles.
    pub(super) const fn circles(&self) -> &Circles {
        &self.circles
    }

    /// The audiences abroad that an item was ever made or moved for, whoever did.
    pub(super) fn abroad(&self, item: &ItemId) -> BTreeSet<Space> {
        let moves = self.moves.get(item).into_iter().flatten().copied();
        let all = moves.chain([OperationId::from(*item)]).filter_map(|id| self.signed.get(&id));
        let named = all.flat_map(|note| [Some(note.space), note.to]).flatten();
        named.chain([Space::Neighbours]).filter(|space| space.goes_abroad()).collect()
    }

    /// Whether the box with this disk counts it that somebody moved an item, or what it answers.
    pub(super) fn is_moved(&self, disk: &Disk, item: &ItemId) -> Result<bool, StoreError> {
        let subject = self.subjects.get(item);
        for item in subject.into_iter().chain([item]) {
            if !self.counted_moves(disk, item)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The audiences, of those that `concern` somebody, in which it was said last that an item, or what it answers, goes
    /// elsewhere, by what the box with this disk counts.
    pub(super) fn moved_last_in(
        &self,
        disk: &Disk,
        item: &ItemId,
        concern: impl Fn(Space) -> bool,
    ) -> Result<Vec<Space>, StoreError> {
        let mut said_in = Vec::new();
        for item in self.subjects.get(item).into_iter().chain([item]) {
            let mut moves = self.counted_moves(disk, item)?;
            moves.retain(|moved| self.signed.get(moved).is_some_and(|note| concern(note.space)));
            said_in.extend(self.latest(&moves).iter().filter_map(|moved| Some(self.signed.get(moved)?.space)));
        }
        Ok(said_in)
    }

    /// Whether somebody ever moved an item, or what it answers, whatever became of that.
    pub(super) fn was_moved(&self, item: &ItemId) -> bool {
        let subject = self.subjects.get(item).is_some_and(|subject| self.moves.contains_key(subject));
        subject || self.moves.contains_key(item)
    }

    /// Whether an operation is where its header says and nowhere else, whatever a box knows: nobody ever moved its item, and it
    /// names the audience that this was made for.
    pub(super) fn stays(&self, note: &Note) -> bool {
        let made = self.signed.get(&OperationId::from(note.item)).is_none_or(|made| made.space == note.space);
        made && !self.was_moved(&note.item)
    }

    /// For whom an item is by what the box with this disk counts: an answer for those for whom it was written and for whom
    /// what it answers is; but what is left of one that was erased for those for whom it was written.
    pub(super) fn reach(&self, disk: &Disk, item: &ItemId) -> Result<Option<Space>, StoreError> {
        let Some(own) = self.own_audience(disk, item)? else { return Ok(None) };
        // A box that cannot tell who wrote something has no row of it, and an erasure counts there all the same.
        let was_erased = !counted(disk, self.erasures.get(item))?.is_empty();
        match self.subjects.get(item).filter(|_| !was_erased) {
            Some(subject) => Ok(self.own_audience(disk, subject)?.map_or(Some(own), |other| Some(own.narrower(other)))),
            None => Ok(Some(own)),
        }
    }

    /// Whether the envelope of an operation may be found in a space by what the box with this disk counts: because it was
    /// signed for that, because its item is for that now, or because it leads up to an audience edit with which the item left
    /// that space, or with which others who knew nothing of it kept it from coming there.
    pub(super) fn lies_in(&self, disk: &Disk, id: &OperationId, space: Space) -> Result<bool, StoreError> {
        let Some(note) = self.signed.get(id) else { return Ok(false) };
        if note.space == space || self.reach(disk, &note.item)? == Some(space) {
            return Ok(true);
        }
        let moves = self.counted_moves(disk, &note.item)?;
        let pasts: Vec<(OperationId, BTreeSet<OperationId>)> =
            moves.iter().map(|moved| (*moved, self.past(moved))).collect();
        let touches = |moved: &OperationId| {
            self.signed.get(moved).is_some_and(|note| note.space == space || note.to == Some(space))
        };
        let beside = |(one, past): &&(OperationId, BTreeSet<OperationId>)| {
            pasts.iter().any(|(other, theirs)| touches(other) && !past.contains(other) && !theirs.contains(one))
        };
        let mut tells = pasts.iter().filter(|entry| touches(&entry.0) || beside(entry));
        Ok(tells.any(|(moved, past)| moved == id || past.contains(id)))
    }

    /// The audience of an item by its own audience edits, the narrowest of those that no other was made after.
    fn own_audience(&self, disk: &Disk, item: &ItemId) -> Result<Option<Space>, StoreError> {
        let Some(made) = self.signed.get(&OperationId::from(*item)) else { return Ok(None) };
        let moves = self.counted_moves(disk, item)?;
        let latest = self.latest(&moves);
        let audiences = latest.iter().filter_map(|moved| self.signed.get(moved)?.to);
        Ok(Some(audiences.reduce(Space::narrower).unwrap_or(made.space)))
    }

    fn counted_moves(&self, disk: &Disk, item: &ItemId) -> Result<Vec<OperationId>, StoreError> {
        counted(disk, self.moves.get(item))
    }

    /// Those of these operations that no other of them was made after.
    fn latest(&self, of: &[OperationId]) -> Vec<OperationId> {
        let earlier: BTreeSet<OperationId> = of.iter().flat_map(|id| self.past(id)).collect();
        of.iter().filter(|id| !earlier.contains(id)).copied().collect()
    }

    /// All that an operation was made after, itself not included.
    fn past(&self, of: &OperationId) -> BTreeSet<OperationId> {
        let (mut open, mut past) = (vec![*of], BTreeSet::new());
        while let Some(id) = open.pop() {
            let parents = self.signed.get(&id).into_iter().flat_map(|note| &note.parents);
            open.extend(parents.filter(|parent| past.insert(**parent)));
        }
        past
    }
}

/// Those of these operations that the box with this disk counts.
fn counted(disk: &Disk, of: Option<&Vec<OperationId>>) -> Result<Vec<OperationId>, StoreError> {
    let mut counted = Vec::new();
    for id in of.into_iter().flatten() {
        if look::counts(disk, id)? {
            counted.push(*id);
        }
    }
    Ok(counted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::compose::{Device, Place};
    use dorpsplein_protocol::identity::SecretKey;
    use dorpsplein_protocol::operation::{DeviceAddition, Field, Kind, Statement, Value};

    use super::*;
    use crate::world::{Answer, START, World};

    fn title(text: &str) -> Vec<Edit> {
        vec![Edit::Set { field: Field::TITLE, value: Value::Text(text.to_owned()) }]
    }

    /// A village with a box, its founder's device and a tablet of theirs.
    fn village() -> (World, Device, Device) {
        let mut world = World::new(1, START);
        let (mut device, genesis) = Device::found(SecretKey::from_seed(&[1; 32]), "Wilgendam", [2; 16], START);
        let tablet = Device::new(SecretKey::from_seed(&[3; 32]), device.home());
        world.add_village(0, "Wilgendam", device.home());
        world.add_box(0, 0).unwrap();
        let addition = DeviceAddition::sign(tablet.secret(), &device.home(), &device.key());
        let addition = device.state(vec![genesis.id()], Statement::DeviceAddition(addition), START);
        for statement in [genesis, addition] {
            assert!(matches!(world.submit(0, &statement).unwrap(), Answer::Accepted(_)));
        }
        (world, device, tablet)
    }

    #[test]
    fn the_narrowest_of_what_was_said_at_one_time_counts_as_far_as_a_box_knows() {
        let ((mut world, mut device, mut tablet), mut audiences) = (village(), Audiences::default());
        let home = device.home();
        let at = |space| Place { neighbourhood: home, space };
        let say = |world: &mut World, audiences: &mut Audiences, operation: &Signed| {
            audiences.note(operation);
            assert!(matches!(world.submit(0, operation).unwrap(), Answer::Accepted(_)));
        };
        let made = device.create(at(Space::Square), Kind::NEWS, None, title("De schuur"), START);
        let (item, first) = (ItemId::from(made.id()), vec![made.id()]);
        let wide = device.show_to(at(Space::Square), item, first.clone(), Space::Neighbours, START);
        let narrow = tablet.show_to(at(Space::Square), item, first, Space::Members, START);
        let later = tablet.edit(at(Space::Members), item, vec![narrow.id()], title("Voor ons"), START);
        [&made, &wide].into_iter().for_each(|operation| say(&mut world, &mut audiences, operation));
        let reach = |world: &World, audiences: &Audiences| audiences.reach(world.disk(0).unwrap(), &item).unwrap();
        assert_eq!(reach(&world, &audiences), Some(Space::Neighbours));
        assert!(audiences.is_moved(world.disk(0).unwrap(), &item).unwrap());
        [&narrow, &later].into_iter().for_each(|operation| say(&mut world, &mut audiences, operation));
        assert_eq!(reach(&world, &audiences), Some(Space::Members));
        let lies = |operation: &Signed| audiences.lies_in(world.disk(0).unwrap(), &operation.id(), Space::Neighbours);
        assert!([&made, &wide, &narrow].into_iter().all(|operation| lies(operation).unwrap()));
        assert!(!lies(&later).unwrap(), "what came after is told to nobody");
    }
}
