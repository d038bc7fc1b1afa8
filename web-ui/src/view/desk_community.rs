//! The connectors' desk: neighbours, circles, organisations, areas and boxes.

use jiff::civil::Date;

use super::desk::{DeskTop, Person};
use super::neighbouring::{AwaitingPost, Exchange, HandedOn, MappedNeighbour, Policy};
use super::trust::TreatyDirection;

/// Treaties.
#[derive(Clone, Debug)]
pub struct NeighboursPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Every treaty and every offer, by name.
    pub treaties: Vec<TreatyView>,
    /// The neighbours on the map: those whose treaty is in force, by name.
    pub map: Vec<MappedNeighbour>,
    /// Posts of neighbours that wait for a connector, latest first; not more than a page holds.
    pub awaiting: Vec<AwaitingPost>,
}

/// How far a treaty is, as connectors need to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreatyStep {
    /// Offered from here, not answered yet.
    Offered,
    /// Offered from there, not answered yet.
    Received,
    /// In force.
    InForce,
    /// One side has run out.
    Expired,
}

/// One treaty.
#[derive(Clone, Debug)]
pub struct TreatyView {
    /// The other neighbourhood, 64 hexadecimal digits.
    pub with: String,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub step: TreatyStep,
    /// Which way items go, seen from here.
    pub direction: TreatyDirection,
    /// The last day.
    pub until: Date,
    /// Their offer, to accept.
    pub offer: Option<String>,
    /// Whether a signature from here stands, which can be taken back.
    pub ours: bool,
    /// How it goes with them.
    pub exchange: Exchange,
    /// What of theirs comes on our square; none where nothing comes from there.
    pub policy: Option<Policy>,
    /// Our offer for people to hand on; none where it has been answered.
    pub handed_on: Option<HandedOn>,
}

/// Circles of neighbourhoods.
#[derive(Clone, Debug)]
pub struct CirclesPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Those this neighbourhood founded, is in, or was let into.
    pub circles: Vec<CircleView>,
}

/// A neighbourhood by name and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbouring {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What this neighbourhood is in a circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CirclePlace {
    /// It founded it.
    Founder,
    /// It is in it.
    Member,
    /// It may join, with this admission in the founder's register.
    Admitted {
        /// The operation that lets it in.
        admission: String,
    },
}

/// One circle.
#[derive(Clone, Debug)]
pub struct CircleView {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The neighbourhood that founded it.
    pub founder: Neighbouring,
    /// What this neighbourhood is in it.
    pub place: CirclePlace,
    /// Who is in it or was let in, by name; with whether they joined as far as is known here.
    pub members: Vec<(Neighbouring, bool)>,
    /// The neighbours that can still be let in, by name.
    pub candidates: Vec<Neighbouring>,
}

/// Organisations and who speaks for them.
#[derive(Clone, Debug)]
pub struct OrganisationsPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// The organisations, by name.
    pub organisations: Vec<OrganisationView>,
    /// Who can be made a speaker.
    pub residents: Vec<Person>,
}

/// One organisation.
#[derive(Clone, Debug)]
pub struct OrganisationView {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its name, from the profile one of its speakers wrote for it.
    pub name: Option<String>,
    /// Who speaks for it.
    pub speakers: Vec<Person>,
}

/// The parts of the neighbourhood.
#[derive(Clone, Debug)]
pub struct AreasPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// Each with its number and its name, by name.
    pub areas: Vec<(String, String)>,
}

/// The boxes and their certificates.
#[derive(Clone, Debug)]
pub struct BoxesPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// The boxes.
    pub boxes: Vec<DeskBox>,
}

/// One box.
#[derive(Clone, Debug)]
pub struct DeskBox {
    /// Its key, 64 hexadecimal digits.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// The last day of its certificate.
    pub until: Date,
    /// Whether it is the box that made this page.
    pub this_one: bool,
}
