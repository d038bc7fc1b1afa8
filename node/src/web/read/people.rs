//! Who lives here, and what they like, know and can: for residents who are logged in.

use std::collections::BTreeMap;

use dorpsplein_protocol::operation::{ResidentId, Space};
use dorpsplein_protocol::projection::{self, ItemRow};
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::view;

use super::super::sessions::Visitor;
use super::Reader;
use super::standing::handle;

/// People on the page of people.
const MOST_PEOPLE: usize = 200;
/// Talents to choose from there.
const MOST_TALENTS: usize = 40;

impl Reader {
    /// Those who tell something about themselves, or those of them with a talent.
    pub(super) fn people_page(&self, talent: Option<&str>) -> Result<view::PeoplePage, StoreError> {
        let (mut people, mut talents) = (Vec::new(), BTreeMap::<String, usize>::new());
        for resident in self.registers.home().residents().filter(|resident| resident.present) {
            let Some(row) = self.words_of(&resident.id)? else { continue };
            for talent in &row.content.talents {
                *talents.entry(talent.clone()).or_default() += 1;
            }
            if talent.is_none_or(|talent| row.content.talents.iter().any(|one| one == talent)) {
                people.push(view::Profile {
                    id: resident.id.to_string(),
                    author: self.author(&row.author)?,
                    body: row.content.body.clone().unwrap_or_default(),
                    talents: row.content.talents.clone(),
                });
            }
        }
        people.sort_by_cached_key(|person| person.author.name.as_ref().map(|name| name.to_lowercase()));
        let more = people.len() > MOST_PEOPLE;
        people.truncate(MOST_PEOPLE);
        let mut talents: Vec<_> = talents.into_iter().collect();
        talents.sort_by(|(a, one), (b, other)| (other, a).cmp(&(one, b)));
        talents.truncate(MOST_TALENTS);
        Ok(view::PeoplePage { people, more, talents, asked: talent.map(str::to_owned) })
    }

    /// What somebody tells about themselves, to be changed: what is for residents before what others read as well.
    pub(super) fn own_profile(&self, visitor: Visitor) -> Result<view::OwnProfile, StoreError> {
        let (home, who) = (self.home(), visitor.resident);
        let of = |fits: &dyn Fn(&ItemRow) -> bool| {
            projection::profile_of(&self.store, &home, &who, |row| self.shows(row) && fits(row))
        };
        let named = of(&|_| true)?;
        let about = match of(&|row| row.space == Space::Members)? {
            Some(row) => Some(row),
            None => of(&has_words)?,
        };
        let content = about.as_ref().map(|row| row.content.clone()).unwrap_or_default();
        Ok(view::OwnProfile {
            named: named.as_ref().map(handle),
            about: about.as_ref().map(handle),
            body: content.body.unwrap_or_default(),
            talents: content.talents,
        })
    }

    /// The profile in which somebody tells more than a name.
    pub(super) fn words_of(&self, resident: &ResidentId) -> Result<Option<ItemRow>, StoreError> {
        projection::profile_of(&self.store, &self.home(), resident, |row| self.shows(row) && has_words(row))
    }
}

fn has_words(row: &ItemRow) -> bool {
    row.content.body.as_deref().is_some_and(|body| !body.trim().is_empty()) || !row.content.talents.is_empty()
}
