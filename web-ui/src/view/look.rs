//! How a square looks and what is on it, for the connectors who set it.

use super::desk::DeskTop;
use super::post::Photo;
use super::posts::AreaChoice;
use crate::modules::Modules;
use crate::theme::Theme;

/// The page where connectors set up their square: what they last said, to be changed.
#[derive(Clone, Debug, Default)]
pub struct LookPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// When it was last said, in milliseconds since 1970; `None` if it never was.
    pub said: Option<u64>,
    /// The name on the site, where that is not the one in the register.
    pub name: Option<String>,
    /// The name in the register.
    pub registered: String,
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
    /// How the setting refers to it, in hexadecimal digits.
    pub logo_reference: Option<String>,
    /// What posts can be filed under.
    pub categories: Vec<String>,
    /// What the square has.
    pub modules: Modules,
    /// The parts of the neighbourhood, which stand in the register.
    pub areas: Vec<AreaChoice>,
    /// Its colours and measures.
    pub theme: Theme,
}
