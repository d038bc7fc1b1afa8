//! What an author's device does: it turns what a person means into signed operations, and keeps count of them.
//!
//! Randomness and the clock belong to the caller; the same arguments give the same bytes in a box, on the command line
//! and in a browser.

use crate::identity::{PublicKey, SecretKey};
use crate::operation::{
    AreaId, Claim, ClaimProof, Edit, Encoded, Field, Genesis, Header, ItemId, Kind, NeighbourhoodId, OperationId,
    OrganisationId, Payload, Signed, Space, Statement, VERSION, Value,
};
use crate::photo::Photo;
use crate::time::Timestamp;

/// A device that signs. Whoever keeps one must store the new count before the operation leaves the device: a count used
/// twice is a proof of forking.
#[derive(Debug)]
pub struct Device {
    secret: SecretKey,
    home: NeighbourhoodId,
    sequence: u64,
    previous: Option<OperationId>,
}

/// Where an item lives, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The neighbourhood it lives in.
    pub neighbourhood: NeighbourhoodId,
    /// Its audience there.
    pub space: Space,
}

/// What a connector says about what a neighbour shares, or about one post of a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// The neighbourhood, or the item of one.
    pub about: OperationId,
    /// 0 it is taken at once, 1 after a connector has approved it, 2 not.
    pub accepts: u8,
    /// Which kinds are taken at all, the sum of their [bits](Kind::post_bit); 0 for all.
    pub kinds: u8,
    /// How many posts that were written on one day are taken at once; 0 for all.
    pub per_day: u16,
    /// Of which sub-areas of the neighbour posts are taken at all; none for all.
    pub areas: Vec<AreaId>,
}

impl Taking {
    /// The edits that say so.
    pub fn edits(&self) -> Vec<Edit> {
        let set = |field, value| Edit::Set { field, value };
        let mut edits = vec![
            set(Field::ABOUT, Value::Bytes(self.about.as_bytes().to_vec())),
            set(Field::ACCEPTS, Value::Int(self.accepts.into())),
            set(Field::KINDS, Value::Int(self.kinds.into())),
            set(Field::PER_DAY, Value::Int(self.per_day.into())),
        ];
        edits.extend(self.areas.iter().map(|area| Edit::Add { field: Field::AREAS, member: area.to_string() }));
        edits
    }
}

/// How a square looks and what is on it. Every setting says all of it, because only the one made last counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// The name that stands on its site, where that is not the one in the register.
    pub name: Option<String>,
    /// What stands under the name.
    pub tagline: Option<String>,
    /// The words on the home page.
    pub words: Option<String>,
    /// The number to call for help.
    pub phone: Option<String>,
    /// Who answers there, and when.
    pub hours: Option<String>,
    /// The picture beside the name.
    pub logo: Option<Photo>,
    /// What posts can be filed under.
    pub categories: Vec<String>,
    /// What the square does without, by name.
    pub modules_off: Vec<String>,
    /// The colours and measures that are not the usual ones, each `name=value`.
    pub tokens: Vec<String>,
}

impl Setting {
    /// The edits that say so.
    pub fn edits(&self) -> Vec<Edit> {
        let texts = [
            (Field::NAME, &self.name),
            (Field::TAGLINE, &self.tagline),
            (Field::BODY, &self.words),
            (Field::PHONE, &self.phone),
            (Field::HOURS, &self.hours),
        ];
        let set = |(field, text): (Field, &Option<String>)| {
            text.clone().map(|text| Edit::Set { field, value: Value::Text(text) })
        };
        let mut edits: Vec<Edit> = texts.into_iter().filter_map(set).collect();
        edits.extend(self.logo.iter().map(|logo| Edit::Set { field: Field::PHOTOS[0], value: logo.value() }));
        let sets = [
            (Field::CATEGORIES, &self.categories),
            (Field::MODULES_OFF, &self.modules_off),
            (Field::TOKENS, &self.tokens),
        ];
        for (field, members) in sets {
            edits.extend(members.iter().map(|member| Edit::Add { field, member: member.clone() }));
        }
        if edits.is_empty() {
            // All as usual; an item says at least something.
            edits.push(Edit::Set { field: Field::TAGLINE, value: Value::Null });
        }
        edits
    }
}

/// The edit that says which item a report, a review request or a consent is about.
pub fn about(item: ItemId) -> Edit {
    Edit::Set { field: Field::ABOUT, value: Value::Bytes(item.as_bytes().to_vec()) }
}

/// What the reports of connectors have as their reason that say no more than: we looked at this, and it is in order. All others
/// have the name of a [`ModerationReason`](crate::operation::ModerationReason).
pub const LOOKED_AT: &str = "looked-at";

/// The edit in place that makes the text `before` the text `after`. Whoever changes another part of it at the same time keeps
/// theirs.
pub fn text_edit(before: &str, after: &str) -> Edit {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let length = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Edit::Splice {
        field: Field::BODY,
        at: length(start),
        delete: length(old_rest.len() - end),
        insert: new_rest[..new_rest.len() - end].iter().collect(),
    }
}

impl Device {
    /// A device of a resident of `home` that signed nothing yet.
    pub fn new(secret: SecretKey, home: NeighbourhoodId) -> Self {
        Self { secret, home, sequence: 0, previous: None }
    }

    /// A device that signed `sequence` operations, `previous` being the last.
    pub fn resume(secret: SecretKey, home: NeighbourhoodId, sequence: u64, previous: Option<OperationId>) -> Self {
        Self { secret, home, sequence, previous }
    }

    /// Begins a neighbourhood called `name`; this device is its first connector's. The nonce is 16 random bytes.
    pub fn found(secret: SecretKey, name: &str, nonce: [u8; 16], now: Timestamp) -> (Self, Signed) {
        let payload = Payload::Statement(Statement::Genesis(Genesis { name: name.to_owned(), nonce }));
        let header = Header {
            version: VERSION,
            neighbourhood: None,
            home: None,
            space: Space::Register,
            device: secret.public(),
            sequence: 1,
            previous: None,
            item: None,
            parents: Vec::new(),
            time: now,
            payload_hash: [0; 32],
            payload_length: 0,
            permanent: false,
        };
        let signed = Signed::sign(&secret, header, &payload);
        let device = Self { secret, home: signed.id().into(), sequence: 1, previous: Some(signed.id()) };
        (device, signed)
    }

    /// The public key.
    pub fn key(&self) -> PublicKey {
        self.secret.public()
    }

    /// The secret key, for whoever stores the device.
    pub const fn secret(&self) -> &SecretKey {
        &self.secret
    }

    /// The neighbourhood whose register admits this device.
    pub const fn home(&self) -> NeighbourhoodId {
        self.home
    }

    /// How many operations this device signed.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The last operation this device signed.
    pub const fn previous(&self) -> Option<OperationId> {
        self.previous
    }

    /// Says something in the home register, after `parents`: the register's heads as far as known, at most
    /// [`MAX_PARENTS`](crate::operation::MAX_PARENTS).
    pub fn state(&mut self, parents: Vec<OperationId>, statement: Statement, now: Timestamp) -> Signed {
        let at = Place { neighbourhood: self.home, space: Space::Register };
        self.sign(at, None, parents, Encoded::statement(&statement), now)
    }

    /// Joins with an invitation: `invitation` is the operation that holds it, `one_time` the secret of the letter, the
    /// nonce 16 random bytes.
    pub fn claim(&mut self, invitation: OperationId, one_time: &SecretKey, nonce: [u8; 16], now: Timestamp) -> Signed {
        self.claim_after(vec![invitation], invitation, one_time, nonce, now)
    }

    /// The same with an invitation that a second connector signed: `parents` are the invitation and that signature.
    pub fn claim_after(
        &mut self,
        parents: Vec<OperationId>,
        invitation: OperationId,
        one_time: &SecretKey,
        nonce: [u8; 16],
        now: Timestamp,
    ) -> Signed {
        let proof = ClaimProof::new(&self.home, &invitation, &self.key(), &nonce).sign(one_time);
        self.state(parents, Statement::Claim(Claim { invitation, nonce, proof }), now)
    }

    /// Makes an item of `kind`, about `subject` if it is a comment, with its first `edits`.
    pub fn create(
        &mut self,
        at: Place,
        kind: Kind,
        subject: Option<ItemId>,
        edits: Vec<Edit>,
        now: Timestamp,
    ) -> Signed {
        self.make(at, Edit::Create { kind, subject, speaks_for: None }, edits, now)
    }

    /// Makes an item of `kind` in the name of an organisation that the author speaks for, with its first `edits`.
    pub fn create_for(
        &mut self,
        organisation: OrganisationId,
        at: Place,
        kind: Kind,
        edits: Vec<Edit>,
        now: Timestamp,
    ) -> Signed {
        self.make(at, Edit::Create { kind, subject: None, speaks_for: Some(organisation) }, edits, now)
    }

    /// Says, as a connector, what the home neighbourhood takes of what others share. `last` is when that was last said about
    /// the same: whose clock is behind says it a moment later, because what was said last counts.
    pub fn take(&mut self, taking: &Taking, last: Option<Timestamp>, now: Timestamp) -> Signed {
        let at = Place { neighbourhood: self.home, space: Space::Members };
        let now = last.map_or(now, |last| now.max(last.plus_millis(1)));
        self.create(at, Kind::ACCEPTANCE, None, taking.edits(), now)
    }

    /// Edits an item after `parents`: its heads as the author saw them.
    pub fn edit(
        &mut self,
        at: Place,
        item: ItemId,
        parents: Vec<OperationId>,
        edits: Vec<Edit>,
        now: Timestamp,
    ) -> Signed {
        self.sign(at, Some(item), parents, Encoded::edits(edits), now)
    }

    /// Shows an item of one's own to other people than before, after `parents`: its heads as the author saw them. `at` names
    /// the audience it has, `to` the one it gets.
    pub fn show_to(&mut self, at: Place, item: ItemId, parents: Vec<OperationId>, to: Space, now: Timestamp) -> Signed {
        self.edit(at, item, parents, vec![Edit::Audience(to)], now)
    }

    /// Says, as a connector, how the home neighbourhood's square looks and what is on it. `last` is when that was last said, as
    /// for [`Device::take`].
    pub fn set_up(&mut self, setting: &Setting, last: Option<Timestamp>, now: Timestamp) -> Signed {
        let at = Place { neighbourhood: self.home, space: Space::Members };
        let now = last.map_or(now, |last| now.max(last.plus_millis(1)));
        self.create(at, Kind::SETTING, None, setting.edits(), now)
    }

    fn make(&mut self, at: Place, creation: Edit, edits: Vec<Edit>, now: Timestamp) -> Signed {
        let all = std::iter::once(creation).chain(edits).collect();
        self.sign(at, None, Vec::new(), Encoded::edits(all), now)
    }

    fn sign(
        &mut self,
        at: Place,
        item: Option<ItemId>,
        seen: Vec<OperationId>,
        payload: Encoded,
        now: Timestamp,
    ) -> Signed {
        let mut parents = Vec::with_capacity(seen.len());
        for parent in seen {
            if let Err(at) = parents.binary_search(&parent) {
                parents.insert(at, parent);
            }
        }
        let header = Header {
            version: VERSION,
            neighbourhood: Some(at.neighbourhood),
            home: (self.home != at.neighbourhood).then_some(self.home),
            space: at.space,
            device: self.key(),
            sequence: self.sequence + 1,
            previous: self.previous,
            item,
            parents,
            time: now,
            payload_hash: [0; 32],
            payload_length: 0,
            permanent: false,
        };
        let signed = Signed::sign_encoded(&self.secret, header, payload);
        self.sequence += 1;
        self.previous = Some(signed.id());
        signed
    }
}
