//! Residents: they join by letter, write, answer next door, and edit one thing from two devices at once.

mod council;

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceAddition, Edit, Field, Invitation, ItemId, Kind, OperationId, Role, Space, Statement, Treaty,
    TreatyDirection, Value,
};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::replica::{Input, Refusal};
use rand::RngExt;

use crate::hand::Hand;
use crate::trace::hex;
use crate::world::{Actors, DAY, HOUR, MINUTE, Village, World, WorldError};

pub use council::Temper;

/// How long after the start the last letter is written, in milliseconds.
const JOINING_MS: u64 = 6 * HOUR;
/// How often somebody whose letter is not accepted tries again.
const ATTEMPTS: u8 = 40;

/// Everybody, and what they are going to do.
#[derive(Default)]
pub struct People {
    founders: Vec<Hand>,
    residents: Vec<Resident>,
    acts: Vec<Act>,
}

struct Resident {
    village: usize,
    /// The letter: the invitation and its one-time secret.
    letter: Option<(OperationId, [u8; 32])>,
    /// Whose letter they have a photograph of, if they got none of their own.
    copied_from: Option<usize>,
    hands: Vec<Hand>,
    joined: bool,
    /// What they wrote and where it lives.
    items: Vec<(ItemId, Place)>,
}

#[derive(Clone, Copy)]
enum Act {
    Invite { resident: usize },
    Claim { resident: usize, attempt: u8 },
    AddDevice { resident: usize },
    Write { resident: usize, hand: usize },
    Edit { resident: usize, hand: usize },
    EditTogether { resident: usize },
    Comment { resident: usize, hand: usize },
    Govern { village: usize, temper: Temper },
    ClearUp { village: usize, resident: usize },
}

impl People {
    /// Founds a village with some boxes, each certified.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn found(&mut self, world: &mut World, name: &str, boxes: usize) -> Result<usize, WorldError> {
        let (seed, mut nonce) = (world.seed(), [0; 16]);
        nonce.copy_from_slice(&world.seed()[..16]);
        let (device, genesis) = Device::found(SecretKey::from_seed(&seed), name, nonce, world.now);
        let (village, id) = (world.villages.len(), device.home());
        let all = (0..boxes).map(|_| world.add_box(village, id)).collect::<Result<Vec<_>, _>>()?;
        world.leaks.guard(&genesis, None);
        let _ = world.submit(all[0], &genesis)?;
        let mut founder = Hand::new(seed, id, all[0]);
        founder.follow(&device);
        for at in &all {
            let certificate = BoxCertificate { key: world.boxes()[*at].key, expires: world.now.plus_millis(365 * DAY) };
            let _ = founder.state(world, Statement::BoxCertificate(certificate))?;
        }
        let first = world.boxes()[all[0]].key;
        for at in &all[1..] {
            world.handle(*at, Input::Introduce { peer: first, neighbourhood: id })?;
        }
        world.villages.push(Village { id, boxes: all, neighbours: std::collections::BTreeSet::new() });
        self.founders.push(founder);
        Ok(village)
    }

    /// Two villages agree, and their boxes are named to each other.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn agree(&mut self, world: &mut World, a: usize, b: usize) -> Result<(), WorldError> {
        let expires = world.now.plus_millis(365 * DAY);
        let treaty = |with, accepts| {
            Statement::Treaty(Treaty { with, accepts, direction: TreatyDirection::Both, kinds: Vec::new(), expires })
        };
        let offer = self.founders[a].state(world, treaty(world.villages[b].id, None))?.ok();
        let _ = self.founders[b].state(world, treaty(world.villages[a].id, offer.map(|offer| offer.operation)))?;
        for [here, there] in [[a, b], [b, a]] {
            let neighbourhood = world.villages[there].id;
            for at in world.villages[here].boxes.clone() {
                for other in world.villages[there].boxes.clone() {
                    let peer = world.boxes()[other].key;
                    world.handle(at, Input::Introduce { peer, neighbourhood })?;
                }
            }
            world.villages[here].neighbours.insert(there);
        }
        Ok(())
    }

    /// Somebody who will get a letter from a village's founder in the first hours, or holds a photograph of somebody
    /// else's, and then takes part for `days`. Returns their number.
    pub fn move_in(&mut self, world: &mut World, village: usize, days: u64, copied_from: Option<usize>) -> usize {
        let resident = self.residents.len();
        let home = world.villages[village].id;
        let hands = [(); 2].map(|()| {
            let boxes = &world.villages[village].boxes;
            let at = boxes[world.random.random_range(0..boxes.len())];
            Hand::new(world.seed(), home, at)
        });
        let (hands, items) = (hands.into(), Vec::new());
        self.residents.push(Resident { village, letter: None, copied_from, hands, joined: false, items });
        let letter = world.random.random_range(0..JOINING_MS);
        if copied_from.is_none() {
            self.plan(world, letter, Act::Invite { resident });
        }
        self.plan(world, letter + 4 * HOUR, Act::AddDevice { resident });
        for day in 0..days {
            for _ in 0..world.random.random_range(2..=6) {
                let at = day * DAY + world.random.random_range(7 * HOUR..23 * HOUR);
                let hand = usize::from(world.random.random_bool(0.4));
                let act = match world.random.random_range(0..40) {
                    0 => Act::ClearUp { village, resident },
                    1 | 2 => Act::Govern { village, temper: Temper::Mild },
                    3..=15 => Act::Write { resident, hand },
                    16..=23 => Act::Edit { resident, hand },
                    24..=27 => Act::EditTogether { resident },
                    _ => Act::Comment { resident, hand },
                };
                self.plan(world, at, act);
            }
        }
        resident
    }

    /// The people of a village go at each other so often, at times of chance within `millis` from now.
    pub fn stir_up(&mut self, world: &mut World, village: usize, acts: usize, millis: u64) {
        for _ in 0..acts {
            let after = world.random.random_range(0..millis);
            self.plan(world, after, Act::Govern { village, temper: Temper::Quarrelsome });
        }
    }

    fn invite(&mut self, world: &mut World, resident: usize) -> Result<(), WorldError> {
        let village = self.residents[resident].village;
        let secret = world.seed();
        let founder = &mut self.founders[village];
        let expires = world.clock(founder.at).plus_millis(14 * DAY);
        let key = SecretKey::from_seed(&secret).public();
        let invitation = Statement::Invitation(Invitation { key, role: Role::Resident, expires });
        let Ok(accepted) = founder.state(world, invitation)? else { return Ok(()) };
        for holder in 0..self.residents.len() {
            if holder == resident || self.residents[holder].copied_from == Some(resident) {
                self.residents[holder].letter = Some((accepted.operation, secret));
                let after = world.random.random_range(10 * MINUTE..HOUR);
                self.plan(world, after, Act::Claim { resident: holder, attempt: 0 });
            }
        }
        Ok(())
    }

    fn claim(&mut self, world: &mut World, resident: usize, attempt: u8) -> Result<(), WorldError> {
        let Some((invitation, secret)) = self.residents[resident].letter else { return Ok(()) };
        let (one_time, mut nonce) = (SecretKey::from_seed(&secret), [0; 16]);
        nonce.copy_from_slice(&world.seed()[..16]);
        let hand = &mut self.residents[resident].hands[0];
        let now = world.clock(hand.at);
        let result = hand.submit(world, None, |device| device.claim(invitation, &one_time, nonce, now))?;
        self.residents[resident].joined = result.is_ok();
        // The invitation may not have reached this box yet.
        if matches!(result, Err(Refusal::Missing(_))) && attempt < ATTEMPTS {
            self.plan(world, HOUR, Act::Claim { resident, attempt: attempt + 1 });
        }
        Ok(())
    }

    fn add_device(&mut self, world: &mut World, resident: usize) -> Result<(), WorldError> {
        let Resident { joined: true, hands, .. } = &mut self.residents[resident] else { return Ok(()) };
        let (second, home) = (hands[1].secret(), hands[0].home());
        let adding = hands[0].key();
        let addition = DeviceAddition::sign(&second, &home, &adding);
        hands[0].state(world, Statement::DeviceAddition(addition)).map(drop)
    }

    fn write(&mut self, world: &mut World, resident: usize, hand: usize) -> Result<(), WorldError> {
        let space = if world.random.random_bool(0.5) { Space::Neighbours } else { Space::Square };
        let place = Place { neighbourhood: world.villages[self.residents[resident].village].id, space };
        let kind = [Kind::NEWS, Kind::NEWS, Kind::EVENT, Kind::PROFILE][world.random.random_range(0..4)];
        let (text, mark) = marked_text(world, "Wie komt er zaterdag helpen bij de speeltuin?");
        let mut edits = vec![set(Field::TITLE, "Bericht uit het dorp"), set(Field::BODY, &text)];
        if kind == Kind::EVENT {
            let day = world.random.random_range(1..=28);
            edits.push(set(Field::STARTS, &format!("2026-12-{day:02}T20:00")));
        }
        let hand = &mut self.residents[resident].hands[hand];
        let now = world.clock(hand.at);
        let accepted = hand.submit(world, Some(mark), |device| device.create(place, kind, None, edits, now))?;
        self.residents[resident].items.extend(accepted.ok().map(|accepted| (accepted.item, place)));
        Ok(())
    }

    /// Somebody changes something of their own, as the box in front of them shows it.
    fn edit(&mut self, world: &mut World, resident: usize, hand: usize) -> Result<(), WorldError> {
        let Resident { hands, items, .. } = &mut self.residents[resident];
        let Some((item, place)) = pick_recent(world, items) else { return Ok(()) };
        let hand = &mut hands[hand];
        let Some(row) = projection::item(&world.boxes()[hand.at].store, &item)? else { return Ok(()) };
        let (text, mark) = marked_text(world, " Er is ook koffie.");
        let hour = world.random.random_range(9..=21);
        let edits = vec![
            Edit::Splice { field: Field::BODY, at: 5, delete: 2, insert: text },
            set(Field::STARTS, &format!("2026-12-05T{hour:02}:00")),
        ];
        let now = world.clock(hand.at);
        hand.submit(world, Some(mark), |device| device.edit(place, item, row.heads, edits, now)).map(drop)
    }

    /// Somebody answers an item that their box shows, their own village's or next door's.
    fn comment(&mut self, world: &mut World, resident: usize, hand: usize) -> Result<(), WorldError> {
        let Resident { hands, items, .. } = &mut self.residents[resident];
        let hand = &mut hands[hand];
        let (feed, _) = projection::feed(&world.boxes()[hand.at].store, None, 12)?;
        if feed.is_empty() {
            return Ok(());
        }
        let about = &feed[world.random.random_range(0..feed.len())];
        let place = Place { neighbourhood: about.neighbourhood, space: about.space };
        let (text, mark) = marked_text(world, "Ik neem een taart mee!");
        let edits = vec![set(Field::BODY, &text)];
        let (now, subject) = (world.clock(hand.at), Some(about.id));
        let accepted =
            hand.submit(world, Some(mark), |device| device.create(place, Kind::COMMENT, subject, edits, now))?;
        items.extend(accepted.ok().map(|accepted| (accepted.item, place)));
        Ok(())
    }

    fn plan(&mut self, world: &mut World, after: u64, act: Act) {
        self.acts.push(act);
        world.plan_act(after, self.acts.len() - 1);
    }
}

impl Actors for People {
    fn act(&mut self, world: &mut World, act: usize) -> Result<(), WorldError> {
        match self.acts[act] {
            Act::Invite { resident } => self.invite(world, resident),
            Act::Claim { resident, attempt } => self.claim(world, resident, attempt),
            Act::AddDevice { resident } => self.add_device(world, resident),
            Act::Write { resident, hand } => self.write(world, resident, hand),
            Act::Edit { resident, hand } => self.edit(world, resident, hand),
            Act::EditTogether { resident } => {
                self.edit(world, resident, 0)?;
                self.edit(world, resident, 1)
            }
            Act::Comment { resident, hand } => self.comment(world, resident, hand),
            Act::Govern { village, temper } => self.govern(world, village, temper),
            Act::ClearUp { village, resident } => self.clear_up(world, village, resident),
        }
    }
}

fn set(field: Field, text: &str) -> Edit {
    Edit::Set { field, value: Value::Text(text.to_owned()) }
}

/// A text with 32 characters in it that occur nowhere else, and those characters.
fn marked_text(world: &mut World, text: &str) -> (String, [u8; 32]) {
    let readable = hex(&world.seed()[..16]);
    let mut mark = [0; 32];
    mark.copy_from_slice(readable.as_bytes());
    (format!("{text} ({readable})"), mark)
}

/// One of the last three things somebody wrote.
fn pick_recent(world: &mut World, items: &[(ItemId, Place)]) -> Option<(ItemId, Place)> {
    let recent = &items[items.len().saturating_sub(3)..];
    (!recent.is_empty()).then(|| recent[world.random.random_range(0..recent.len())])
}
