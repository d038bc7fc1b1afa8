//! What people write, change, answer and read, for themselves and for their organisation.

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{
    Edit, Field, ItemId, Kind, Organisation, OrganisationId, Space, Statement, Value,
};
use dorpsplein_protocol::projection::{self, ItemRow};
use rand::RngExt;

use super::turn::{Grip, Turn};
use crate::plan::Deed;
use crate::trace::hex;
use crate::world::{HOUR, MINUTE, WorldError};

/// How many items of the front page somebody looks at.
pub(super) const PAGE: usize = 12;
/// From how many of the last things they wrote somebody chooses.
const RECENT: usize = 3;

/// What people write about.
const TITLES: [&str; 8] = [
    "Bericht uit het dorp",
    "Wie helpt mee op zaterdag?",
    "Fiets gevonden bij de kerk",
    "Soep voor wie wil",
    "De brug is weer open",
    "Ruilmarkt in de schuur",
    "Wandeling langs het water",
    "Koffie in het dorpshuis",
];

impl Turn<'_> {
    /// Writes something new.
    pub(super) fn write(&mut self, shared: bool, official: bool) -> Result<(), WorldError> {
        let Some(grip) = self.own() else { return Ok(()) };
        let organisation = if official { self.organisation(grip)? } else { None };
        if official && organisation.is_none() {
            self.again(10 * MINUTE..2 * HOUR);
            return Ok(());
        }
        let kind = self.pick(&[Kind::NEWS, Kind::NEWS, Kind::NEWS, Kind::EVENT, Kind::PROFILE]).unwrap_or(Kind::NEWS);
        self.create(grip, kind, shared, organisation).map(drop)
    }

    fn create(
        &mut self,
        grip: Grip,
        kind: Kind,
        shared: bool,
        organisation: Option<OrganisationId>,
    ) -> Result<Option<ItemId>, WorldError> {
        let space = if shared { self.audience(grip) } else { Space::Square };
        let place = Place { neighbourhood: self.me().home, space };
        let (text, mark) = self.marked_text("Wie komt er zaterdag helpen bij de speeltuin?");
        let title = self.pick(&TITLES).unwrap_or_default();
        let first = if kind == Kind::PROFILE { Field::NAME } else { Field::TITLE };
        let mut edits = vec![set(first, title), set(Field::BODY, &text)];
        if kind == Kind::EVENT {
            let day = self.random.random_range(1..=28);
            edits.push(set(Field::STARTS, &format!("2026-12-{day:02}T20:00")));
        }
        let accepted = self.submit(grip, "written", Some(mark), |device, now| match organisation {
            Some(organisation) => device.create_for(organisation, place, kind, edits, now),
            None => device.create(place, kind, None, edits, now),
        })?;
        if organisation.is_some() && accepted.is_some() {
            *self.world.counts.deeds.entry("written for an organisation".to_owned()).or_default() += 1;
        }
        let item = accepted.map(|accepted| accepted.item);
        self.me().items.extend(item);
        Ok(item)
    }

    /// For whom something is that is not for the village alone: the neighbours, or a circle where the village is in one.
    pub(super) fn audience(&mut self, grip: Grip) -> Space {
        let circles = self.own_circles(grip);
        // Where there are none, chance has no say.
        let circle = if !circles.is_empty() && self.chance(40) { self.pick(&circles) } else { None };
        circle.map_or(Space::Neighbours, Space::Circle)
    }

    /// The organisation they speak for. When there is none they ask a connector to let one in: it is there later.
    fn organisation(&mut self, grip: Grip) -> Result<Option<OrganisationId>, WorldError> {
        let Some(own) = self.resident(grip, self.who) else { return Ok(None) };
        let of = |turn: &Self, grip: Grip| {
            let all = turn.register(grip).into_iter().flat_map(|register| register.organisations().collect::<Vec<_>>());
            all.into_iter().find(|organisation| organisation.speakers.contains(&own.id)).map(|found| found.id)
        };
        if let Some(found) = of(self, grip) {
            return Ok(Some(found));
        }
        let village = self.me().village;
        let Some(connector) = self.connector(village, None) else { return Ok(None) };
        if of(self, connector).is_none() && self.register(connector).is_some_and(|r| r.resident(&own.id).is_some()) {
            let statement = Statement::Organisation(Organisation { speaker: own.id });
            self.state(connector, "organisations", None, statement)?;
        }
        Ok(None)
    }

    /// Changes something of their own, as the box of the device with this number shows it.
    pub(super) fn edit(&mut self, number: usize) -> Result<(), WorldError> {
        let number = number.min(self.me().hands.len().saturating_sub(1));
        let Some(item) = self.recent() else { return Ok(()) };
        match self.row((self.who, number), &item)? {
            Some(row) => self.edit_as_seen(number, &row),
            None => Ok(()),
        }
    }

    /// Changes something of their own on two devices at once: each shows it as it was before the other changed it.
    pub(super) fn edit_twice(&mut self) -> Result<(), WorldError> {
        let Some(item) = self.recent() else { return Ok(()) };
        let Some(row) = self.row((self.who, 0), &item)? else { return Ok(()) };
        self.edit_as_seen(0, &row)?;
        let other = 1.min(self.me().hands.len().saturating_sub(1));
        self.edit_as_seen(other, &row)
    }

    /// Shows something of their own to more or to fewer people, as the box of one of their devices shows it: from the members
    /// to the whole square and to the neighbours or a circle, and back; from the neighbours to a circle is to fewer.
    pub(super) fn show(&mut self, wider: bool) -> Result<(), WorldError> {
        let Some(item) = self.recent() else { return Ok(()) };
        let number = usize::from(self.me().hands.len() > 1 && self.chance(30));
        let Some(row) = self.row((self.who, number), &item)? else { return Ok(()) };
        let circles = self.own_circles((self.who, number)).into_iter().map(Space::Circle);
        let all = [Space::Members, Space::Square, Space::Neighbours].into_iter().chain(circles);
        let others: Vec<Space> =
            all.filter(|space| *space != row.space && space.includes(row.space) == wider).collect();
        let Some(to) = self.pick(&others).filter(|_| row.erased.is_none()) else { return Ok(()) };
        let name = if wider { "shown to more people" } else { "shown to fewer people" };
        self.submit((self.who, number), name, None, |device, now| {
            device.show_to(place_of(&row), row.id, row.heads, to, now)
        })?;
        Ok(())
    }

    fn edit_as_seen(&mut self, number: usize, row: &ItemRow) -> Result<(), WorldError> {
        if row.erased.is_some() {
            return Ok(());
        }
        let (text, mark) = self.marked_text(" Er is ook koffie.");
        let hour = self.random.random_range(9..=21);
        let mut edits = vec![Edit::Splice { field: Field::BODY, at: 5, delete: 2, insert: text }];
        if row.kind == Kind::EVENT {
            edits.push(set(Field::STARTS, &format!("2026-12-05T{hour:02}:00")));
        }
        if matches!(row.kind, Kind::NEWS | Kind::EVENT) {
            edits.push(set(Field::TITLE, &format!("Nu om {hour} uur")));
        }
        let (place, item, heads) = (place_of(row), row.id, row.heads.clone());
        let edited = self.submit((self.who, number), "edited", Some(mark), |device, now| {
            device.edit(place, item, heads, edits, now)
        });
        edited.map(drop)
    }

    /// Answers something that their box shows, at home or from next door.
    pub(super) fn answer(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.own() else { return Ok(()) };
        let feed = self.front_page(grip)?;
        let Some(about) = self.pick(&feed) else { return Ok(()) };
        let place = Place { neighbourhood: about.neighbourhood, space: about.space };
        let (text, mark) = self.marked_text("Ik neem een taart mee!");
        let edits = vec![set(Field::BODY, &text)];
        let abroad = about.neighbourhood != self.me().home;
        let name = if abroad { "answered next door" } else { "answered" };
        let accepted = self.submit(grip, name, Some(mark), |device, now| {
            device.create(place, Kind::COMMENT, Some(about.id), edits, now)
        })?;
        self.me().items.extend(accepted.map(|accepted| accepted.item));
        Ok(())
    }

    /// Opens the front page of their box.
    pub(super) fn read(&mut self) -> Result<(), WorldError> {
        if let Some(at) = self.me().hands.first().map(|hand| hand.at) {
            self.world.read(self.who, at);
        }
        Ok(())
    }

    /// Erases something of their own.
    pub(super) fn erase(&mut self) -> Result<(), WorldError> {
        let Some(item) = self.recent() else { return Ok(()) };
        let gone = |row: &ItemRow| Some(Edit::Erase { kind: row.kind, reason: None, note: String::new() });
        self.change((self.who, 0), "erased", item, gone)
    }

    /// Objects to what was done to something of their own.
    pub(super) fn appeal(&mut self) -> Result<(), WorldError> {
        let items = self.me().items.clone();
        for item in items.into_iter().rev() {
            let Some(row) = self.row((self.who, 0), &item)? else { continue };
            let by_another = row.hidden.is_some() || row.erased.is_some_and(|erased| erased.reason.is_some());
            if by_another && row.appeal.is_none() {
                let words = Edit::Appeal("Dit was geen reclame, het was voor het goede doel.".to_owned());
                return self.change((self.who, 0), "objected", item, |_| Some(words));
            }
        }
        Ok(())
    }

    /// The next update of an alert that everybody has to have: in the name of an organisation where there is one.
    pub(super) fn alert(&mut self, update: u32) -> Result<(), WorldError> {
        let Some(grip) = self.own() else { return Ok(()) };
        let known = self.me().alert;
        let (text, mark) =
            self.marked_text(&format!("Hoog water, bericht {update}: houd de deuren van de kelder dicht."));
        let accepted = match known {
            Some(item) => {
                let Some(row) = self.row(grip, &item)? else { return Ok(()) };
                let edits = vec![set(Field::BODY, &text)];
                let place = place_of(&row);
                self.submit(grip, "alerts", Some(mark), |device, now| device.edit(place, item, row.heads, edits, now))?
            }
            None => {
                let organisation = self.organisation(grip)?;
                let place = Place { neighbourhood: self.me().home, space: Space::Neighbours };
                let edits = vec![set(Field::TITLE, "Hoog water"), set(Field::BODY, &text)];
                let accepted = self.submit(grip, "alerts", Some(mark), |device, now| match organisation {
                    Some(organisation) => device.create_for(organisation, place, Kind::NEWS, edits, now),
                    None => device.create(place, Kind::NEWS, None, edits, now),
                })?;
                self.me().alert = accepted.map(|accepted| accepted.item);
                accepted
            }
        };
        match accepted {
            Some(accepted) => self.world.follow_closely(&accepted.operation),
            None => self.again(MINUTE..3 * MINUTE),
        }
        Ok(())
    }

    /// Restores a backup of a device and writes on from it at another box, while the device itself writes on where it was:
    /// two operations with one number.
    pub(super) fn restore_backup(&mut self) -> Result<(), WorldError> {
        let (village, home) = (self.me().village, self.me().home);
        let Some(hand) = self.me().hands.first().cloned() else { return Ok(()) };
        let mut backup = hand.clone();
        let others: Vec<_> = self.world.boxes_of(village).iter().copied().filter(|at| *at != hand.at).collect();
        backup.at = self.pick(&others).unwrap_or(hand.at);
        self.create((self.who, 0), Kind::NEWS, true, None)?;
        for _ in 0..self.random.random_range(1..=2) {
            let place = Place { neighbourhood: home, space: Space::Neighbours };
            let (text, mark) = self.marked_text("Teruggezet van een kopie.");
            let edits = vec![set(Field::TITLE, "Van voor de storing"), set(Field::BODY, &text)];
            let answer = backup
                .submit(self.world, Some(mark), |device, now| device.create(place, Kind::NEWS, None, edits, now))?;
            self.heard("forked", answer);
        }
        if let Some((connector, _)) = self.connector(village, Some(self.who)) {
            self.follow_up(HOUR..12 * HOUR, connector, Deed::Moderate);
        }
        Ok(())
    }

    /// Does something to an item, after what the box of a device shows of it, if `edit` says what.
    pub(super) fn change(
        &mut self,
        grip: Grip,
        name: &'static str,
        item: ItemId,
        edit: impl FnOnce(&ItemRow) -> Option<Edit>,
    ) -> Result<(), WorldError> {
        let Some(row) = self.row(grip, &item)? else { return Ok(()) };
        let Some(edit) = edit(&row) else { return Ok(()) };
        let place = place_of(&row);
        let done = self.submit(grip, name, None, |device, now| device.edit(place, item, row.heads, vec![edit], now));
        done.map(drop)
    }

    /// What the box of a device shows of an item; none when it does not, or is off.
    pub(super) fn row(&self, grip: Grip, item: &ItemId) -> Result<Option<ItemRow>, WorldError> {
        Ok(self.disk(grip).map(|disk| projection::item(disk, item)).transpose()?.flatten())
    }

    /// The front page of the box of a device; empty when it is off.
    pub(super) fn front_page(&self, grip: Grip) -> Result<Vec<ItemRow>, WorldError> {
        match self.disk(grip) {
            Some(disk) => Ok(projection::feed(disk, None, PAGE)?.0),
            None => Ok(Vec::new()),
        }
    }

    /// One of the last things they wrote.
    pub(super) fn recent(&mut self) -> Option<ItemId> {
        let items = &self.me().items;
        let recent = items[items.len().saturating_sub(RECENT)..].to_vec();
        self.pick(&recent)
    }

    /// A text with 32 characters in it that occur nowhere else, and those characters.
    pub(super) fn marked_text(&mut self, text: &str) -> (String, [u8; 32]) {
        let readable = hex(&self.secret()[..16]);
        let mut mark = [0; 32];
        mark.copy_from_slice(readable.as_bytes());
        (format!("{text} ({readable})"), mark)
    }
}

/// Where an item lives, and for whom it is now.
pub(super) const fn place_of(row: &ItemRow) -> Place {
    Place { neighbourhood: row.neighbourhood, space: row.space }
}

/// The edit that sets a field to a text.
pub(super) fn set(field: Field, text: &str) -> Edit {
    Edit::Set { field, value: Value::Text(text.to_owned()) }
}
