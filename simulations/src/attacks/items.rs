//! Across neighbourhoods and audiences: attacks with items.

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::operation::{
    Edit, Field, Kind, MemberRemoval, ModerationAct, ModerationReason, OperationId, Payload, Signed, Space, Statement,
    SubArea,
};

use super::crew::text;
use super::{Blow, Expected, Stage, StageError, attacks};
use crate::hand::Hand;

attacks! {
    news_by_a_visitor: CrossNeighbourhood, "a visitor", Expected::Refused(Reason::NoSuchAct);
    comment_on_the_square_by_a_visitor: CrossNeighbourhood, "a visitor", Expected::Refused(Reason::SpaceNotAllowed);
    comment_from_a_village_without_treaty: CrossNeighbourhood, "a stranger", Expected::Waits("unknown-author");
    hiding_by_a_foreign_connector: CrossNeighbourhood, "a connector next door", Expected::Refused(Reason::NotAConnector);
    erasure_by_a_foreign_connector: CrossNeighbourhood, "a connector next door",
        Expected::Refused(Reason::NotAConnector);
    statement_by_a_foreign_connector: CrossNeighbourhood, "a connector next door", Expected::Refused(Reason::NotAMember);
    removal_by_a_foreign_connector: CrossNeighbourhood, "a connector next door", Expected::Refused(Reason::NotAMember);
    edit_in_another_space: CrossSpace, "a resident", Expected::Refused(Reason::Elsewhere);
    comment_in_another_space: CrossSpace, "a resident", Expected::Refused(Reason::Elsewhere);
    news_in_a_circle_that_does_not_exist: CrossSpace, "a resident", Expected::Refused(Reason::SpaceNotAllowed);
    move_of_anothers_item: CrossSpace, "a resident", Expected::Refused(Reason::NotTheAuthor);
    move_of_anothers_item_by_a_connector: CrossSpace, "a connector", Expected::Refused(Reason::NotTheAuthor);
    move_by_a_visitor: CrossSpace, "a visitor", Expected::Refused(Reason::NoSuchAct);
    move_from_where_it_never_was: CrossSpace, "a resident", Expected::Refused(Reason::Elsewhere);
    move_into_the_register: CrossSpace, "a resident", Expected::TurnedAway("invalid-content");
    edit_after_a_move_that_never_was: CrossSpace, "a resident", Expected::Refused(Reason::Elsewhere);
    edits_in_the_register: CrossSpace, "a resident", Expected::TurnedAway("invalid-content");
    statement_on_the_square: CrossSpace, "a connector", Expected::TurnedAway("invalid-content");
    edit_of_anothers_item: CrossSpace, "a resident", Expected::Refused(Reason::NotTheAuthor);
    edit_of_anothers_item_by_a_connector: CrossSpace, "a connector", Expected::Refused(Reason::NotTheAuthor);
    hiding_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
    erasure_of_anothers_item: SelfPromoting, "a resident", Expected::Refused(Reason::NotTheAuthor);
    pinning_by_a_resident: SelfPromoting, "a resident", Expected::Refused(Reason::NotAConnector);
}

fn by_visitor(stage: &Stage, place: Place, kind: Kind, about: Option<OperationId>) -> Blow {
    let edits = vec![text(Field::BODY, "Van hiernaast")];
    let about = about.map(Into::into);
    Blow::at_home(stage, &stage.vera.hand.device().create(place, kind, about, edits, stage.now()))
}

fn news_by_a_visitor(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_visitor(stage, stage.home.neighbours(), Kind::NEWS, None))
}

fn comment_on_the_square_by_a_visitor(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(by_visitor(stage, stage.home.square(), Kind::COMMENT, Some(stage.news.into())))
}

fn comment_from_a_village_without_treaty(stage: &mut Stage) -> Result<Blow, StageError> {
    let edits = vec![text(Field::BODY, "Van ver")];
    let (place, about) = (stage.home.neighbours(), Some(stage.shared));
    let comment = stage.odo.hand.device().create(place, Kind::COMMENT, about, edits, stage.now());
    Ok(Blow::at_home(stage, &comment))
}

/// An act on Anne's news by the holder of a device.
fn act(stage: &Stage, hand: &Hand, place: Place, item: OperationId, edit: Edit) -> Blow {
    let operation = hand.device().edit(place, item.into(), vec![item], vec![edit], stage.now());
    Blow::at_home(stage, &operation)
}

fn hide() -> Edit {
    let note = "Staat mij niet aan".to_owned();
    Edit::Moderate { act: ModerationAct::Hide, reason: ModerationReason::Other, note }
}

fn erase(reason: Option<ModerationReason>) -> Edit {
    Edit::Erase { kind: Kind::NEWS, reason, note: String::new() }
}

fn hiding_by_a_foreign_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(act(stage, &stage.hilde.hand, stage.home.neighbours(), stage.shared.into(), hide()))
}

fn erasure_by_a_foreign_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = erase(Some(ModerationReason::Other));
    Ok(act(stage, &stage.hilde.hand, stage.home.neighbours(), stage.shared.into(), edit))
}

/// A device of another village's connector, signing as if it belonged here.
fn foreign_statement(stage: &Stage, statement: Statement) -> Blow {
    let hilde = stage.hilde.hand.device();
    let mut device = Device::resume(stage.hilde.hand.secret(), stage.home.id, hilde.sequence(), hilde.previous());
    Blow::at_home(stage, &device.state(stage.heads(), statement, stage.now()))
}

fn statement_by_a_foreign_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(foreign_statement(stage, Statement::SubArea(SubArea { name: "Van ons".to_owned() })))
}

fn removal_by_a_foreign_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    let removal = MemberRemoval { resident: stage.bart.resident, counts: vec![stage.bart.count()] };
    Ok(foreign_statement(stage, Statement::MemberRemoval(removal)))
}

fn edit_in_another_space(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = text(Field::TITLE, "Voor iedereen");
    Ok(act(stage, &stage.anne.hand, stage.home.neighbours(), stage.news.into(), edit))
}

fn comment_in_another_space(stage: &mut Stage) -> Result<Blow, StageError> {
    let edits = vec![text(Field::BODY, "Hier staat het ook")];
    let (place, about) = (stage.home.neighbours(), Some(stage.news));
    let comment = stage.bart.hand.device().create(place, Kind::COMMENT, about, edits, stage.now());
    Ok(Blow::at_home(stage, &comment))
}

fn news_in_a_circle_that_does_not_exist(stage: &mut Stage) -> Result<Blow, StageError> {
    let space = Space::Circle(OperationId::from_bytes([6; 32]).into());
    let place = Place { neighbourhood: stage.home.id, space };
    let news = stage.anne.hand.device().create(place, Kind::NEWS, None, Vec::new(), stage.now());
    Ok(Blow::at_home(stage, &news))
}

fn move_of_anothers_item(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = Edit::Audience(Space::Neighbours);
    Ok(act(stage, &stage.bart.hand, stage.home.square(), stage.news.into(), edit))
}

fn move_of_anothers_item_by_a_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = Edit::Audience(Space::Members);
    Ok(act(stage, &stage.carel.hand, stage.home.neighbours(), stage.shared.into(), edit))
}

fn move_by_a_visitor(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = Edit::Audience(Space::Square);
    Ok(act(stage, &stage.vera.hand, stage.home.neighbours(), stage.shared.into(), edit))
}

fn move_from_where_it_never_was(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = Edit::Audience(Space::Square);
    Ok(act(stage, &stage.anne.hand, stage.home.neighbours(), stage.news.into(), edit))
}

fn move_into_the_register(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = Edit::Audience(Space::Register);
    Ok(act(stage, &stage.anne.hand, stage.home.square(), stage.news.into(), edit))
}

/// As if the author had shown it to more people before; the move that would allow it is nowhere.
fn edit_after_a_move_that_never_was(stage: &mut Stage) -> Result<Blow, StageError> {
    let circle = Space::Circle(OperationId::from_bytes([6; 32]).into());
    let place = Place { neighbourhood: stage.home.id, space: circle };
    Ok(act(stage, &stage.anne.hand, place, stage.news.into(), text(Field::TITLE, "Voor de kring")))
}

fn edits_in_the_register(stage: &mut Stage) -> Result<Blow, StageError> {
    let place = Place { neighbourhood: stage.home.id, space: Space::Register };
    let news = stage.anne.hand.device().create(place, Kind::NEWS, None, Vec::new(), stage.now());
    Ok(Blow::at_home(stage, &news))
}

fn statement_on_the_square(stage: &mut Stage) -> Result<Blow, StageError> {
    let area = Statement::SubArea(SubArea { name: "De Hoek".to_owned() });
    let good = stage.says(&stage.carel.hand, area.clone());
    let mut header = good.header().clone();
    header.space = Space::Square;
    let payload = Payload::Statement(area);
    let moved = Signed::sign(&stage.carel.hand.secret(), header, &payload);
    Ok(Blow::at_home(stage, &moved))
}

fn edit_of_anothers_item(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = text(Field::TITLE, "Afgelast");
    Ok(act(stage, &stage.bart.hand, stage.home.square(), stage.news.into(), edit))
}

fn edit_of_anothers_item_by_a_connector(stage: &mut Stage) -> Result<Blow, StageError> {
    let edit = text(Field::TITLE, "Afgelast");
    Ok(act(stage, &stage.carel.hand, stage.home.square(), stage.news.into(), edit))
}

fn hiding_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(act(stage, &stage.bart.hand, stage.home.square(), stage.news.into(), hide()))
}

fn erasure_of_anothers_item(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(act(stage, &stage.bart.hand, stage.home.square(), stage.news.into(), erase(None)))
}

fn pinning_by_a_resident(stage: &mut Stage) -> Result<Blow, StageError> {
    Ok(act(stage, &stage.anne.hand, stage.home.square(), stage.news.into(), Edit::Pin(true)))
}
