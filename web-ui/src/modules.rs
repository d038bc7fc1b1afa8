//! The parts of a square that connectors can switch off.

use crate::paths::{Page, PostKind};

/// A part of a square that a neighbourhood may do without. News, the agenda and what is needed to run a square are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Module {
    /// Offers and requests.
    Market,
    /// Who lives here, and what they like, know and can.
    People,
    /// Clubs, shops and organisations.
    Clubs,
    /// Groups.
    Groups,
    /// What everybody has to know at once.
    Alerts,
    /// Finding things.
    Search,
}

impl Module {
    /// Every module, in the order in which a form names them.
    pub const ALL: [Self; 6] = [Self::Market, Self::People, Self::Clubs, Self::Groups, Self::Alerts, Self::Search];

    /// Its name in a setting and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::People => "people",
            Self::Clubs => "clubs",
            Self::Groups => "groups",
            Self::Alerts => "alerts",
            Self::Search => "search",
        }
    }

    /// The module with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.name() == name)
    }

    /// The id of the text with its name for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Market => "nav-market",
            Self::People => "nav-people",
            Self::Clubs => "nav-clubs",
            Self::Groups => "nav-groups",
            Self::Alerts => "nav-alerts",
            Self::Search => "nav-search",
        }
    }

    /// The module that a page belongs to.
    #[must_use]
    pub const fn of_page(page: Page) -> Option<Self> {
        match page {
            Page::Market => Some(Self::Market),
            Page::People => Some(Self::People),
            Page::Clubs => Some(Self::Clubs),
            Page::Groups => Some(Self::Groups),
            Page::Alerts => Some(Self::Alerts),
            Page::Search => Some(Self::Search),
            _ => None,
        }
    }

    /// The module that posts of a sort belong to.
    #[must_use]
    pub const fn of_kind(kind: PostKind) -> Option<Self> {
        Self::of_page(kind.list())
    }
}

/// Which modules a square has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    off: Vec<Module>,
}

impl Modules {
    /// All but those with these names. Names that this version does not know change nothing.
    pub fn without<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self { off: names.into_iter().filter_map(Module::named).collect() }
    }

    /// Whether the square has this module.
    #[must_use]
    pub fn has(&self, module: Module) -> bool {
        !self.off.contains(&module)
    }

    /// Whether the square has this page.
    #[must_use]
    pub fn has_page(&self, page: Page) -> bool {
        Module::of_page(page).is_none_or(|module| self.has(module))
    }

    /// Whether the square has posts of this sort.
    #[must_use]
    pub fn has_kind(&self, kind: PostKind) -> bool {
        Module::of_kind(kind).is_none_or(|module| self.has(module))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_off_with_its_pages_and_posts() {
        let modules = Modules::without(["market", "nonsense"]);
        assert!(!modules.has(Module::Market) && !modules.has_page(Page::Market));
        assert!(!modules.has_kind(PostKind::Offer) && !modules.has_kind(PostKind::Request));
        assert!(modules.has_kind(PostKind::News) && modules.has_page(Page::Desk) && modules.has(Module::Search));
        assert!(Module::ALL.into_iter().all(|module| Modules::default().has(module)));
    }

    #[test]
    fn every_module_has_a_name_of_its_own() {
        for module in Module::ALL {
            assert_eq!(Module::named(module.name()), Some(module));
        }
    }
}
