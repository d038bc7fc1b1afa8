//! The acts of the connectors' desk: the fields of a form become one statement of the register.
//!
//! A page may hold many such forms; each stands in an area `act` of its own, hidden until this browser turns out to have
//! a key. What an act needs and nobody fills in stands in the form as hidden fields.

use std::rc::Rc;

use dorpsplein_protocol::compose::Taking;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::linking::LinkPurpose;
use dorpsplein_protocol::operation::{
    AreaId, BoxCertificate, BoxRetirement, CircleAdmission, CircleEnd, CircleFounding, CircleId, CircleJoining,
    CircleLeaving, DeviceCount, Endorsement, ForkDecision, HomeKeyPolicy, InvitationWithdrawal, Kind, MemberRemoval,
    NeighbourhoodId, OperationId, Organisation, OrganisationId, Rescue, ResidentId, Role, RoleChange, SpeakerChange,
    Statement, SubArea, SubAreaEnd, Treaty, TreatyDirection, TreatyEnd, Veto,
};
use dorpsplein_protocol::time::Timestamp;
use js_sys::Array;

use super::api::Api;
use super::author::Author;
use super::calendars;
use super::form::{self, Filled};
use super::item_acts::kept;
use super::js;
use super::linking::{Met, meet};
use super::my_devices::retire;
use super::page::{Area, Page, State};
use super::queue;
use super::trouble::Trouble;
use super::wall_clock;

/// The one act that its maker does and not a connector, and that waits for a line.
const STILL_RIGHT: &str = "still-right";
/// How long the good news stands before the page shows what is new, in milliseconds.
const GOOD_NEWS_MS: i32 = 1_200;

/// Wires every act of the page, if this browser is a resident's. The box decides who may do what.
pub(super) async fn start(page: &Rc<Page>) -> Result<(), Trouble> {
    let acts = page.parts("[data-area=act]:has(form[data-dorpsplein=act])");
    let recoveries = page.parts("[data-area=recover]");
    if acts.is_empty() && recoveries.is_empty() || Author::open(page).await?.is_none() {
        return Ok(());
    }
    for area in acts {
        let form = area.form()?;
        let act = form.attribute("data-act").unwrap_or_default();
        let (page, filled_in, within) = (Rc::clone(page), form.clone(), area.clone());
        area.unhide();
        form::act(&form, &area, move || {
            let (page, act, filled, within) = (Rc::clone(&page), act.clone(), filled_in.filled(), within.clone());
            let form = filled_in.clone();
            async move {
                let filled = filled?;
                if act == STILL_RIGHT {
                    if !queue::still_right(&page, &Fields(&filled)).await? {
                        return Ok(kept(&page, &form));
                    }
                } else if !calendars::carry_out(&page, &within, &act, &filled).await? {
                    carry_out(&page, &act, &filled).await?;
                }
                page.reload_soon(GOOD_NEWS_MS)?;
                Ok(State::Sent)
            }
        })?;
    }
    for area in recoveries {
        let (form, shown, page) = (area.form()?, area.clone(), Rc::clone(page));
        let filled_in = form.clone();
        area.unhide();
        form::act(&form, &area, move || {
            let (page, area, filled) = (Rc::clone(&page), shown.clone(), filled_in.filled());
            async move { recover(&page, &area, &filled?).await }
        })?;
    }
    Ok(())
}

/// Signs what a form says and hands it in.
async fn carry_out(page: &Page, act: &str, filled: &Filled) -> Result<(), Trouble> {
    let fields = Fields(filled);
    let api = page.api()?;
    let statement = match act {
        // The device that says so may be the one that is retired, and then forgets its key.
        "retire" => return retire(page, fields.key("device")?).await,
        "take" => {
            let said = fields.number("said").ok().map(Timestamp::from_millis);
            return Author::own(page).await?.take(&taking(&fields)?, said).await;
        }
        "treaty-link" => {
            // First the box hears whom to dial: the other way round a browser that is closed leaves a promise nobody hears of.
            let offer = api.introduce(&fields.text("link")?).await?;
            Statement::Treaty(treaty(page, &fields, offer.neighbourhood, Some(offer.operation))?)
        }
        "remove" => {
            let resident = fields.resident("resident")?;
            Statement::MemberRemoval(MemberRemoval { resident, counts: counts(&api, &resident).await? })
        }
        "role" => {
            let resident = fields.resident("resident")?;
            let role = if fields.is("role", "connector") { Role::Connector } else { Role::Resident };
            let counts = if role == Role::Resident { counts(&api, &resident).await? } else { Vec::new() };
            Statement::RoleChange(RoleChange { resident, role, counts })
        }
        "speaker" => {
            let (resident, speaks) = (fields.resident("resident")?, fields.is("speaks", "yes"));
            let organisation = fields.id("organisation", OrganisationId::from_hex)?;
            let counts = if speaks { Vec::new() } else { counts(&api, &resident).await? };
            Statement::SpeakerChange(SpeakerChange { organisation, resident, speaks, counts })
        }
        _ if queue::carry_out(page, act, &fields).await? => return Ok(()),
        _ => match about_people(act, &fields)? {
            Some(statement) => statement,
            None => about_others(page, act, &fields)?.ok_or_else(unclear)?,
        },
    };
    Author::own(page).await?.state(statement).await
}

/// Statements about members, their devices and what others said, as far as they follow from the form alone; none for
/// another act.
fn about_people(act: &str, fields: &Fields<'_>) -> Result<Option<Statement>, Trouble> {
    let operation = |name| fields.id(name, OperationId::from_hex);
    let statement = match act {
        "endorse" => Statement::Endorsement(Endorsement { of: operation("of")? }),
        "veto" => Statement::Veto(Veto { of: operation("of")? }),
        "rescue" => Statement::Rescue(Rescue { device: fields.key("device")?, last: fields.number("last")? }),
        "home-keys" => Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: fields.is("allowed", "yes") }),
        "fork" => Statement::ForkDecision(ForkDecision {
            device: fields.key("device")?,
            sequence: fields.number("sequence")?,
            keep: operation("keep")?,
        }),
        "withdraw-invitation" => {
            Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: operation("invitation")? })
        }
        "organisation" => Statement::Organisation(Organisation { speaker: fields.resident("speaker")? }),
        "area" => Statement::SubArea(SubArea { name: fields.text("name")? }),
        "end-area" => Statement::SubAreaEnd(SubAreaEnd { area: fields.id("area", AreaId::from_hex)? }),
        _ => return Ok(None),
    };
    Ok(Some(statement))
}

/// Statements about boxes and other neighbourhoods; none for another act.
fn about_others(page: &Page, act: &str, fields: &Fields<'_>) -> Result<Option<Statement>, Trouble> {
    let circle = || fields.id("circle", CircleId::from_hex);
    let neighbourhood = |name| fields.id(name, NeighbourhoodId::from_hex);
    let statement = match act {
        "certify" => Statement::BoxCertificate(BoxCertificate {
            key: fields.key("key")?,
            expires: fields.end_of(page, "until")?,
        }),
        "retire-box" => Statement::BoxRetirement(BoxRetirement { key: fields.key("key")? }),
        "treaty" => {
            let accepts =
                fields.text("accepts").ok().map(|_| fields.id("accepts", OperationId::from_hex)).transpose()?;
            Statement::Treaty(treaty(page, fields, neighbourhood("with")?, accepts)?)
        }
        "end-treaty" => Statement::TreatyEnd(TreatyEnd { with: neighbourhood("with")? }),
        "found-circle" => Statement::CircleFounding(CircleFounding { name: fields.text("name")? }),
        "admit" => Statement::CircleAdmission(CircleAdmission {
            circle: circle()?,
            neighbourhood: neighbourhood("neighbourhood")?,
        }),
        "join-circle" => Statement::CircleJoining(CircleJoining {
            circle: circle()?,
            founder: neighbourhood("founder")?,
            admission: fields.id("admission", OperationId::from_hex)?,
        }),
        "leave-circle" => Statement::CircleLeaving(CircleLeaving {
            circle: circle()?,
            neighbourhood: neighbourhood("neighbourhood")?,
        }),
        "end-circle" => Statement::CircleEnd(CircleEnd { circle: circle()? }),
        _ => return Ok(None),
    };
    Ok(Some(statement))
}

/// What a form says of a treaty, with whom and in answer to what.
fn treaty(
    page: &Page,
    fields: &Fields<'_>,
    with: NeighbourhoodId,
    accepts: Option<OperationId>,
) -> Result<Treaty, Trouble> {
    let direction = match fields.text("direction")?.as_str() {
        "send" => TreatyDirection::Send,
        "receive" => TreatyDirection::Receive,
        _ => TreatyDirection::Both,
    };
    Ok(Treaty { with, accepts, direction, kinds: Vec::new(), expires: fields.end_of(page, "until")? })
}

/// Every kind of post there is.
const ALL_KINDS: u8 = (1 << Kind::POSTS.len()) - 1;

/// What a form says about what is taken of what a neighbour shares, or about one post of one. A post has no kinds to choose
/// from, and no number a day.
fn taking(fields: &Fields<'_>) -> Result<Taking, Trouble> {
    let number = |name| fields.text(name).ok().map_or(Ok(0), |_| fields.number(name));
    let bounded = || Trouble::foreseen("invalid-content");
    let areas = fields.0.texts("areas");
    let areas = areas.iter().map(|id| AreaId::from_hex(id)).collect::<Option<Vec<_>>>().ok_or_else(bounded)?;
    Ok(Taking {
        about: fields.id("about", OperationId::from_hex)?,
        accepts: match fields.text("how")?.as_str() {
            "at-once" => 0,
            "after-approval" => 1,
            _ => 2,
        },
        kinds: kinds(fields)?,
        per_day: u16::try_from(number("per_day")?).map_err(|_| bounded())?,
        areas,
    })
}

/// The sum of the kinds that are chosen; 0 stands for all, so of a neighbour of whom something is taken one has to be.
fn kinds(fields: &Fields<'_>) -> Result<u8, Trouble> {
    let unclear = || Trouble::foreseen("invalid-content");
    let bits: Option<Vec<u8>> = fields.0.texts("kinds").iter().map(|bit| bit.parse().ok()).collect();
    let sum = bits.and_then(|bits| bits.into_iter().try_fold(0_u8, u8::checked_add)).ok_or_else(unclear)?;
    let of_a_neighbour = fields.text("per_day").is_ok();
    match sum {
        0 if of_a_neighbour && !fields.is("how", "not") => Err(unclear()),
        ALL_KINDS => Ok(0),
        some => Ok(some),
    }
}

/// Face to face with somebody who lost a device: meets the new one, and retires those that are gone.
async fn recover(page: &Page, area: &Area, filled: &Filled) -> Result<State, Trouble> {
    let resident = area.attribute("data-resident").and_then(|id| ResidentId::from_hex(&id)).ok_or_else(unclear)?;
    let lost = filled.texts("device");
    let adding = Author::own(page).await?.key();
    match meet(page, area, None, LinkPurpose::Recovery, adding, resident).await? {
        Met::Agreed(answer) => {
            area.show(State::Sending);
            let mut counts = counts(&page.api()?, &resident).await?;
            counts.retain(|count| lost.contains(&count.device.to_string()));
            Author::own(page).await?.state(Statement::Recovery(answer.recovery(resident, counts))).await?;
            page.reload_soon(GOOD_NEWS_MS)?;
            Ok(State::Sent)
        }
        Met::Differs => Ok(State::Rejected),
        Met::Nobody => Ok(State::Expired),
    }
}

/// What each device of a resident signed until now, as far as the box knows: in the order of their keys, as a statement
/// wants it.
async fn counts(api: &Api, resident: &ResidentId) -> Result<Vec<DeviceCount>, Trouble> {
    let register = api.as_it_is("register").await?;
    let id = resident.to_string();
    let residents = Array::from(&js::at(&register, &["residents"]));
    let them = residents.iter().find(|one| js::at(one, &["id"]).as_string().as_ref() == Some(&id));
    let devices = Array::from(&js::at(&them.ok_or(Trouble::Offline)?, &["devices"]));
    let mut counts = Vec::new();
    for device in devices.iter() {
        let key = js::at(&device, &["key"]).as_string().and_then(|key| PublicKey::from_hex(&key));
        let device = key.ok_or(Trouble::Offline)?;
        counts.push(DeviceCount { device, last: api.known(&device).await?.sequence });
    }
    counts.sort_unstable();
    Ok(counts)
}

/// The page has a form that this module does not know; the two are of one build, so this is a mistake of ours.
fn unclear() -> Trouble {
    Trouble::Browser("the form does not say what it is about")
}

/// What stands in a form, as what it means. A field that is empty or makes no sense is the person's to correct.
pub(super) struct Fields<'a>(&'a Filled);

impl Fields<'_> {
    /// The text in a field.
    pub(super) fn text(&self, name: &str) -> Result<String, Trouble> {
        self.0.text(name).ok_or_else(|| Trouble::foreseen("invalid-content"))
    }

    /// Every value of a field that can have several.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.0.texts(name)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.0.text(name).is_some_and(|text| text == value)
    }

    /// The id in a field.
    pub(super) fn id<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, Trouble> {
        read(&self.text(name)?).ok_or_else(|| Trouble::foreseen("invalid-content"))
    }

    fn key(&self, name: &str) -> Result<PublicKey, Trouble> {
        self.id(name, PublicKey::from_hex)
    }

    fn resident(&self, name: &str) -> Result<ResidentId, Trouble> {
        self.id(name, ResidentId::from_hex)
    }

    fn number(&self, name: &str) -> Result<u64, Trouble> {
        self.id(name, |text| text.parse().ok())
    }

    /// The last moment of a day, on the clock of the village.
    fn end_of(&self, page: &Page, name: &str) -> Result<Timestamp, Trouble> {
        wall_clock::end_of(page, &self.text(name)?)
    }
}
