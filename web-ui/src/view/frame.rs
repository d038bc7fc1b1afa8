//! What surrounds every page.

use jiff::civil::DateTime;

use super::post::Photo;
use super::posts::OpenAlert;
use crate::Lang;
use crate::modules::Modules;

/// All that a page needs to know besides its own content.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Whose square this is.
    pub neighbourhood: Neighbourhood,
    /// The local time at which the page is made; "vandaag" and "gisteren" follow from it.
    pub now: DateTime,
    /// The time zone of that clock by its name in the IANA database, for what the browser's module reads and writes of days.
    pub time_zone: &'static str,
    /// What connectors changed about the look: a style sheet that stands after the usual one, made by
    /// [`Theme::css`](crate::theme::Theme::css), so values of tokens and nothing else. Empty when they changed nothing.
    pub theme: String,
    /// What the square has.
    pub modules: Modules,
    /// The address of the icon.
    pub icon_url: String,
    /// The address of the script that starts the browser's module. `None` when this box was built for reading only:
    /// the pages then say so where one would write.
    pub script_url: Option<String>,
    /// The address of the script that adds suggestions to the search field.
    pub suggest_url: String,
    /// The address of the script that tells what is new while a page is open.
    pub reading_url: String,
    /// Whether this is the screen of the community house: for reading and printing, by whoever comes by.
    pub at_kiosk: bool,
    /// How far what is told to open pages was when this page was made: what it does not show comes after that.
    pub told: String,
}

/// A neighbourhood as its own site presents it.
#[derive(Clone, Debug)]
pub struct Neighbourhood {
    /// The id of its genesis operation, 64 hexadecimal digits.
    pub id: String,
    /// Its name: "Maasdorp".
    pub name: String,
    /// One line under the name, if it has one: "Het dorpsplein van ons allemaal".
    pub tagline: Option<String>,
    /// The picture beside its name.
    pub logo: Option<Photo>,
    /// Whom to call for help with the site.
    pub help: Option<Help>,
    /// The language its residents mostly write in, told to screen readers on the pages in the other language.
    pub language: Lang,
    /// The neighbourhoods it has a treaty with at this moment, in the order to name them.
    pub neighbours: Vec<NeighbourLink>,
    /// The circles it belongs to, by name.
    pub circles: Vec<CircleChoice>,
    /// What everybody has to know now, latest first.
    pub alerts: Vec<OpenAlert>,
}

/// Whom a visitor can call.
#[derive(Clone, Debug)]
pub struct Help {
    /// Who answers: "Truus"; `None` where the number says enough.
    pub name: Option<String>,
    /// The telephone number as people write it; its digits and `+` become the link to dial.
    pub phone: String,
    /// When, in the neighbourhood's own words: "op werkdagen van 9.00 tot 12.00 uur".
    pub hours: Option<String>,
}

/// A circle, for whoever chooses who may read something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleChoice {
    /// The audience's name in forms: `circle:` and its id.
    pub space: String,
    /// Its name.
    pub name: String,
    /// The other neighbourhoods in it, by name.
    pub members: Vec<String>,
}

/// A neighbourhood with a treaty, as a name to show and perhaps a site to visit.
#[derive(Clone, Debug)]
pub struct NeighbourLink {
    /// Its name.
    pub name: String,
    /// Its site. Linked only when it is an `http` or `https` address.
    pub site: Option<String>,
}
