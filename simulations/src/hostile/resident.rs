//! What anybody with a membership can try.

use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    CircleId, Edit, Field, Kind, ModerationAct, ModerationReason, Payload, Role, RoleChange, Signed, Space, Statement,
    SubArea,
};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::replica::MAX_UNDECIDED_PER_DEVICE;
use dorpsplein_protocol::store::{Direction, Read, Table};
use rand::{Rng, RngExt};

use super::villain::{Villain, text};
use crate::world::{DAY, START, WorldError};

type Done = Result<(), WorldError>;

/// How many operations a flood brings: more than a box keeps of one device.
const FLOOD: usize = 3 * MAX_UNDECIDED_PER_DEVICE;

pub(super) fn forge(villain: &mut Villain<'_>) -> Done {
    let Some(key) = villain.victim() else { return Ok(()) };
    let last = villain.world.disk(villain.at).and_then(|disk| projection::last_of_device(disk, &key).ok()?);
    let (sequence, previous) = last.map_or((1, None), |(sequence, id)| (sequence + 1, Some(id)));
    let forger = villain.new_key();
    let edits = vec![text(Field::TITLE, "Ik stop ermee"), text(Field::BODY, "Dit heb ik nooit geschreven.")];
    let now = villain.world.now;
    let good = Device::new(forger, villain.home).create(villain.place(Space::Square), Kind::NEWS, None, edits, now);
    let mut header = good.header().clone();
    (header.device, header.sequence, header.previous) = (key, sequence, previous);
    let payload = good.payload().map(Payload::decode);
    let Some(Ok(payload)) = payload else { return Ok(()) };
    let forger = villain.new_key();
    villain.strike(&Signed::sign(&forger, header, &payload).encode())?;
    // And a good one whose text somebody changed on the way.
    let mut changed = good.encode();
    if let Some(last) = changed.last_mut() {
        *last ^= 1;
    }
    villain.strike(&changed)
}

pub(super) fn replay(villain: &mut Villain<'_>) -> Done {
    let again = villain.stored(villain.at, 12);
    let elsewhere = villain.next_door();
    for operation in again {
        villain.strike(&operation.encode())?;
        for at in elsewhere.iter().take(2) {
            villain.world.submit_bytes(*at, operation.encode())?;
        }
    }
    Ok(())
}

pub(super) fn backdate(villain: &mut Villain<'_>) -> Done {
    let later = villain.world.now.plus_millis(365 * DAY);
    for time in [START, later] {
        let edits = vec![text(Field::TITLE, "Altijd bovenaan"), text(Field::BODY, "Lees dit eerst.")];
        let place = villain.place(Space::Neighbours);
        if let Some(signed) = villain.sign(|device, _| device.create(place, Kind::NEWS, None, edits, time)) {
            villain.strike(&signed.encode())?;
        }
    }
    Ok(())
}

pub(super) fn fork(villain: &mut Villain<'_>) -> Done {
    let place = villain.place(Space::Neighbours);
    let post = |title: &str| vec![text(Field::TITLE, title), text(Field::BODY, "Komt allen.")];
    let here = villain.sign_aside(|device, now| device.create(place, Kind::NEWS, None, post("Zaterdag"), now));
    let there = villain.sign(|device, now| device.create(place, Kind::NEWS, None, post("Zondag"), now));
    let (Some(here), Some(there)) = (here, there) else { return Ok(()) };
    villain.world.submit(villain.at, &here)?;
    match villain.siblings().first() {
        Some(other) => {
            villain.world.submit(*other, &there)?;
        }
        None => villain.bring(&[there.encode()])?,
    }
    // And on, as if nothing were the matter.
    let next = villain.sign(|device, now| device.create(place, Kind::NEWS, None, post("Maandag"), now));
    next.map_or(Ok(()), |next| villain.strike(&next.encode()))
}

pub(super) fn withhold(villain: &mut Villain<'_>) -> Done {
    let place = villain.place(Space::Square);
    let kept_back = villain.sign(|device, now| device.create(place, Kind::NEWS, None, Vec::new(), now));
    let Some(kept_back) = kept_back.map(|kept_back| kept_back.id()) else { return Ok(()) };
    let edits = vec![text(Field::TITLE, "Op iets dat niemand heeft")];
    let edit = villain.sign(|device, now| device.edit(place, kept_back.into(), vec![kept_back], edits, now));
    let area = Statement::SubArea(SubArea { name: "De Hoek".to_owned() });
    let statement = villain.sign(|device, now| device.state(vec![kept_back], area, now));
    edit.into_iter().chain(statement).try_for_each(|operation| villain.strike(&operation.encode()))
}

pub(super) fn flood(villain: &mut Villain<'_>) -> Done {
    let (place, nowhere) = (villain.place(Space::Square), villain.nothing());
    let mut transfers = Vec::new();
    for number in 0..FLOOD {
        let edits = vec![text(Field::TITLE, &format!("Bericht {number}"))];
        let edit = villain.sign(|device, now| device.edit(place, nowhere.into(), vec![nowhere], edits, now));
        transfers.extend(edit.map(|edit| edit.encode()));
    }
    for transfer in transfers.iter().take(10) {
        villain.world.submit_bytes(villain.at, transfer.clone())?;
    }
    villain.bring(&transfers)
}

pub(super) fn garbage(villain: &mut Villain<'_>) -> Done {
    for length in [0, 1, 40, 300, 70_000, 300_000] {
        let mut bytes = vec![0; length];
        villain.random.fill_bytes(&mut bytes);
        villain.strike(&bytes)?;
    }
    for operation in villain.stored(villain.at, 20) {
        let mut bytes = operation.encode();
        let at = villain.random.random_range(0..bytes.len());
        bytes[at] ^= 1 << villain.random.random_range(0..8);
        villain.strike(&bytes)?;
        bytes.truncate(at);
        villain.strike(&bytes)?;
    }
    Ok(())
}

pub(super) fn meddle(villain: &mut Villain<'_>) -> Done {
    let Some(prey) = villain.prey() else { return Ok(()) };
    let place = Place { neighbourhood: prey.neighbourhood, space: prey.space };
    let (reason, note) = (ModerationReason::Other, "Staat mij niet aan".to_owned());
    let deeds = [
        Edit::Pin(true),
        Edit::Official(true),
        Edit::Moderate { act: ModerationAct::Hide, reason, note: note.clone() },
        Edit::Erase { kind: prey.kind, reason: Some(reason), note: note.clone() },
        Edit::Erase { kind: prey.kind, reason: None, note },
        text(Field::TITLE, "Gaat niet door"),
    ];
    for deed in deeds {
        let heads = prey.heads.clone();
        let operation = villain.sign(|device, now| device.edit(place, prey.id, heads, vec![deed], now));
        operation.map_or(Ok(()), |operation| villain.strike(&operation.encode()))?;
    }
    Ok(())
}

pub(super) fn wrong_place(villain: &mut Villain<'_>) -> Done {
    let nowhere = CircleId::from(villain.nothing());
    let mut places: Vec<Place> =
        [Space::Circle(nowhere), Space::Register].into_iter().map(|space| villain.place(space)).collect();
    for at in villain.next_door() {
        let Some(neighbourhood) = villain.world.simulated(at).map(|simulated| simulated.home) else { continue };
        let theirs = [Space::Members, Space::Square, Space::Neighbours];
        places.extend(theirs.map(|space| Place { neighbourhood, space }));
    }
    for place in places {
        let edits = vec![text(Field::TITLE, "Van hiernaast"), text(Field::BODY, "Ook bij u op het plein.")];
        let news = villain.sign(|device, now| device.create(place, Kind::NEWS, None, edits, now));
        let Some(news) = news.map(|news| news.encode()) else { continue };
        villain.strike(&news)?;
        for at in villain.next_door() {
            villain.world.submit_bytes(at, news.clone())?;
        }
    }
    Ok(())
}

pub(super) fn resurrect(villain: &mut Villain<'_>) -> Done {
    let mut erased: Vec<ItemRow> = Vec::new();
    let Some(disk) = villain.world.disk(villain.at) else { return Ok(()) };
    disk.scan_prefix(Table::Rows, &[], Direction::Ascending, &mut |_, row| {
        erased.extend(ItemRow::decode(row).ok().filter(|row| row.erased.is_some()));
        std::ops::ControlFlow::Continue(())
    })?;
    for row in erased.into_iter().take(5) {
        let place = Place { neighbourhood: row.neighbourhood, space: row.space };
        let edits = vec![text(Field::BODY, "Hier is het weer")];
        let heads = row.heads.clone();
        if let Some(edit) = villain.sign(|device, now| device.edit(place, row.id, heads, edits, now)) {
            villain.strike(&edit.encode())?;
        }
        // Somewhere somebody may still have the text.
        let elsewhere = villain.siblings().into_iter().chain(villain.next_door());
        let kept: Vec<Vec<u8>> =
            elsewhere.filter_map(|at| projection::operation(villain.world.disk(at)?, &row.id.into()).ok()?).collect();
        kept.iter().try_for_each(|transfer| villain.strike(transfer))?;
    }
    Ok(())
}

pub(super) fn redeem_twice(villain: &mut Villain<'_>) -> Done {
    let Some((invitation, secret)) = villain.people.letter(villain.who) else { return Ok(()) };
    let one_time = SecretKey::from_seed(&secret);
    for at in [villain.at].into_iter().chain(villain.siblings()) {
        let mut second = Device::new(villain.new_key(), villain.home);
        let nonce = [7; 16];
        let claim = second.claim(invitation, &one_time, nonce, villain.world.now);
        villain.world.guard(&claim, None);
        villain.world.submit(at, &claim)?;
        villain.bring(&[claim.encode()])?;
        // Whoever got in writes, and makes themselves more than they are.
        let place = villain.place(Space::Square);
        let edits = vec![text(Field::TITLE, "Ik woon hier nu ook")];
        let post = second.create(place, Kind::NEWS, None, edits, villain.world.now);
        villain.world.guard(&post, None);
        villain.world.submit(at, &post)?;
        let grant = RoleChange { resident: claim.id().into(), role: Role::Connector, counts: Vec::new() };
        let grant = second.state(villain.heads(), Statement::RoleChange(grant), villain.world.now);
        villain.world.guard(&grant, None);
        villain.world.submit(at, &grant)?;
    }
    Ok(())
}
