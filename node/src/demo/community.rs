//! A village is more than its founder: other connectors, organisations that speak through residents, parts with a name.

use std::collections::BTreeMap;

use dorpsplein_protocol::compose::Place;
use dorpsplein_protocol::operation::{
    Edit, Field, Kind, Organisation, OrganisationId, Role, RoleChange, Space, Statement, SubArea,
};
use dorpsplein_protocol::time::Timestamp;

use super::prepare::{House, Person, text};
use super::village;
use crate::cli::CliError;

/// Makes connectors, organisations and areas of what the tables of the villages say; all residents have joined.
///
/// # Errors
/// [`CliError`].
pub(super) fn arrange(
    houses: &[House],
    people: &mut BTreeMap<&'static str, Person<'_>>,
    at: Timestamp,
) -> Result<(), CliError> {
    for house in houses {
        let founder = house.village.residents[0].name;
        // While there are fewer than three, one connector can make the next; so the founder does it all.
        for name in house.village.connectors {
            let resident = person(people, name).resident;
            let grant = RoleChange { resident, role: Role::Connector, counts: Vec::new() };
            person(people, founder).state(Statement::RoleChange(grant), at)?;
        }
        for area in house.village.areas {
            person(people, founder).state(Statement::SubArea(SubArea { name: (*area).to_owned() }), at)?;
        }
        for organisation in house.village.organisations {
            found(house, people, organisation, at)?;
        }
    }
    Ok(())
}

/// The founder makes it a member, its speaker tells its name.
fn found(
    house: &House,
    people: &mut BTreeMap<&'static str, Person<'_>>,
    organisation: &village::Organisation,
    at: Timestamp,
) -> Result<(), CliError> {
    let speaker = person(people, organisation.speaker).resident;
    let founder = person(people, house.village.residents[0].name);
    let made = founder.state(Statement::Organisation(Organisation { speaker }), at)?;
    let id = OrganisationId::from_hex(&made.id).ok_or_else(|| house.door.strange())?;
    let place = Place { neighbourhood: house.neighbourhood, space: Space::Neighbours };
    let edits: Vec<Edit> = vec![text(Field::NAME, organisation.name), text(Field::BODY, organisation.about)];
    let speaker = person(people, organisation.speaker);
    speaker.say(|device| device.create_for(id, place, Kind::PROFILE, edits, at)).map(drop)
}

fn person<'p, 'a>(people: &'p mut BTreeMap<&'static str, Person<'a>>, name: &str) -> &'p mut Person<'a> {
    people.get_mut(name).expect("everybody in the tables lives in a village; a test there checks it")
}
