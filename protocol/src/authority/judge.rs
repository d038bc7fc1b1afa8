//! Deciding one statement by its own causal past, and by what was taken at the same time.

use std::collections::BTreeMap;

use super::Reason;
use super::graph::{Content, Index, Point};
use super::standing::Standings;
use super::taking::Target;
use crate::identity::PublicKey;
use crate::operation::{
    BoxCertificate, CircleAdmission, CircleLeaving, DeviceCount, DeviceRetirement, ForkDecision, MemberRemoval,
    OperationId, Role, RoleChange, SpeakerChange, Statement,
};
use crate::planted::{Bug, planted};

/// From how many connectors on a heavy act wants two of them.
pub const TWO_SIGNATURES_FROM: usize = 3;

/// How a statement that counts does so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    /// At once.
    Now,
    /// From a second signature on.
    Proposed,
}

pub(super) type Ruling = Result<Force, Reason>;

impl Standings<'_> {
    /// Whether a statement counts, as far as its past and the takings that stand go.
    pub(super) fn judge(&self, point: &Point<'_>) -> Ruling {
        let force = self.right(point)?;
        if self.is_voided(point) { Err(Reason::Voided) } else { Ok(force) }
    }

    /// Whether a taking that stands voids a statement that was made at the same time.
    pub(super) fn is_voided(&self, point: &Point<'_>) -> bool {
        if self.takings.is_empty() {
            return false;
        }
        self.touching(point).into_iter().flat_map(|target| self.takings.of(target)).any(|taking| {
            let concurrent = taking.at != point.index
                && !self.graph.is_past(taking.at, point)
                && !self.graph.is_past(point.index, &self.graph.point(taking.at));
            concurrent && self.graph.hits(self.consequences, taking, point)
        })
    }

    /// What could be taken so that this statement falls.
    fn touching(&self, point: &Point<'_>) -> Vec<Target> {
        let mut targets = Vec::new();
        let mut who = |device: Option<Index>| {
            targets.extend(device.map(Target::Device));
            let resident = device.and_then(|device| self.consequences.signer(device));
            targets.extend(resident.into_iter().flat_map(|r| [Target::Member(r), Target::Connector(r)]));
        };
        who(point.device);
        let mut favoured = None;
        match point.content {
            Content::Claim(Some(invitation)) => {
                who(Some(self.graph.node(invitation).device));
                targets.push(Target::Invitation(invitation));
            }
            Content::Other(Statement::Endorsement(endorsement)) => {
                if let Some(proposal) = self.graph.find(&endorsement.of) {
                    who(Some(self.graph.node(proposal).device));
                    favoured = self.graph.favoured(self.graph.content(proposal));
                }
            }
            content => favoured = self.graph.favoured(content),
        }
        targets.extend(favoured.into_iter().flat_map(|r| [Target::Member(r), Target::Connector(r)]));
        targets
    }

    /// Whether its author may say this, as far as the statement's own past goes.
    fn right(&self, point: &Point<'_>) -> Ruling {
        match point.content {
            Content::Genesis(_) if point.id == self.graph.neighbourhood.into() => Ok(Force::Now),
            Content::Genesis(_) => Err(Reason::SecondGenesis),
            Content::Invitation { role } => {
                self.connector(point)?;
                self.weigh(role == Role::Connector, point)
            }
            Content::Claim(invitation) => self.claim(point, invitation),
            Content::DeviceAddition(device) => {
                self.signer(point).or_else(|reason| self.cardholder(point).map_err(|_| reason))?;
                self.check_new(&device, point)
            }
            Content::Other(statement) => self.other(point, statement),
        }
    }

    fn other(&self, point: &Point<'_>, statement: &Statement) -> Ruling {
        match statement {
            Statement::RoleChange(change) => self.role_change(point, change),
            Statement::MemberRemoval(removal) => self.removal(point, removal),
            Statement::DeviceRetirement(retirement) => self.retirement(point, retirement),
            Statement::Recovery(recovery) => self.recovery(point, recovery),
            Statement::HomeKey(key) => self.home_key(point, key),
            Statement::RecoveryKey(card) => {
                self.signer(point)?;
                self.check_new(&card.key, point)
            }
            Statement::Endorsement(endorsement) => self.endorsement(point, self.graph.find(&endorsement.of)),
            Statement::Veto(veto) => self.veto(point, veto),
            Statement::BoxCertificate(certificate) => self.certificate(point, certificate),
            Statement::Treaty(_) | Statement::CircleFounding(_) | Statement::CircleJoining(_) => {
                self.connector(point)?;
                self.weigh(true, point)
            }
            Statement::CircleAdmission(admission) => self.circle_admission(point, admission),
            Statement::CircleLeaving(leaving) => self.circle_leaving(point, leaving),
            Statement::Organisation(organisation) => {
                self.connector(point)?;
                self.present(&organisation.speaker.into(), point).map(|_| Force::Now)
            }
            Statement::SpeakerChange(change) => self.speaker_change(point, change),
            Statement::InvitationWithdrawal(withdrawal) => {
                self.connector(point)?;
                let invitation = self.graph.find(&withdrawal.invitation).filter(|at| self.graph.is_past(*at, point));
                let held = invitation.and_then(|at| self.graph.invitation_of(at));
                held.map(|_| Force::Now).ok_or(Reason::NotAnInvitation)
            }
            Statement::Rescue(rescue) => {
                self.connector(point)?;
                self.admitted(&rescue.device, point).map(|_| Force::Now)
            }
            Statement::ForkDecision(decision) => self.fork_decision(point, decision),
            Statement::BoxRetirement(retirement) => {
                self.connector(point)?;
                if self.is_certified(&retirement.key, point) { Ok(Force::Now) } else { Err(Reason::NothingSuch) }
            }
            Statement::SubAreaEnd(end) => {
                self.connector(point)?;
                self.founded(&end.area.into(), point, |said| matches!(said, Statement::SubArea(_)))
            }
            Statement::CircleEnd(end) => {
                self.connector(point)?;
                self.founded(&end.circle.into(), point, |said| matches!(said, Statement::CircleFounding(_)))
            }
            Statement::TreatyEnd(_) | Statement::SubArea(_) | Statement::HomeKeyPolicy(_) => {
                self.connector(point).map(|_| Force::Now)
            }
            Statement::Unknown(_) => self.signer(point).map(|_| Force::Now),
            Statement::Genesis(_) | Statement::Invitation(_) | Statement::Claim(_) | Statement::DeviceAddition(_) => {
                Err(Reason::NoSuchAct)
            }
        }
    }

    /// A device decides about itself only where nobody else could: no other connector, no other device and no card of its
    /// resident.
    fn fork_decision(&self, point: &Point<'_>, decision: &ForkDecision) -> Ruling {
        let author = self.connector(point)?;
        let (device, _) = self.admitted(&decision.device, point)?;
        let others = || self.connectors(point).any(|other| other != author && self.can_act(other, point));
        if point.device == Some(device) && (self.can_act_without(Some(device), author, point) || others()) {
            return Err(Reason::Frozen);
        }
        Ok(Force::Now)
    }

    /// A heavy act counts at once where there are fewer than three connectors.
    fn weigh(&self, heavy: bool, point: &Point<'_>) -> Ruling {
        let two = heavy && self.connectors(point).count() >= TWO_SIGNATURES_FROM;
        Ok(if two { Force::Proposed } else { Force::Now })
    }

    fn claim(&self, point: &Point<'_>, invitation: Option<Index>) -> Ruling {
        let statement = invitation.ok_or(Reason::NotAnInvitation)?;
        let number = self.graph.invitation_of(statement).ok_or(Reason::NotAnInvitation)?;
        if point.time >= self.graph.invitations[number as usize].expires {
            return Err(Reason::InvitationExpired);
        }
        if let Some(reason) = self.consequences.refusal(statement) {
            return Err(reason);
        }
        if !self.counts_before(statement, point) {
            return Err(Reason::NeedsSecondSignature);
        }
        let used = self.consequences.used(number).is_some_and(|first| self.graph.rank(first) < point.rank());
        if used && !planted(Bug::RedeemsTwice) {
            return Err(Reason::InvitationUsed);
        }
        self.check_new(&point.key, point)?;
        // Last, because it depends on what was taken at the same time: what is refused for its own past is so whatever
        // else is here.
        if self.is_withdrawn(statement, point) { Err(Reason::InvitationWithdrawn) } else { Ok(Force::Now) }
    }

    /// Whether a letter, or its writer's say in it, was taken back before this claim or at the same time.
    pub(super) fn is_withdrawn(&self, invitation: Index, claim: &Point<'_>) -> bool {
        let writer = self.consequences.signer(self.graph.node(invitation).device);
        let of_writer = writer.into_iter().flat_map(|r| [Target::Member(r), Target::Connector(r)]);
        let takings = of_writer.chain([Target::Invitation(invitation)]).flat_map(|target| self.takings.of(target));
        takings
            .filter(|taking| !taking.own)
            .any(|taking| !self.graph.is_past(claim.index, &self.graph.point(taking.at)))
    }

    pub(super) fn check_new(&self, key: &PublicKey, point: &Point<'_>) -> Ruling {
        let known = self.graph.find_device(key);
        let earlier = |at: Index| self.graph.rank(at) < point.rank();
        let device =
            known.and_then(|device| self.consequences.admission(device)).is_some_and(|place| earlier(place.at));
        let card = known.and_then(|device| self.consequences.cards.get(&device)).is_some_and(|place| earlier(place.at));
        if device || card { Err(Reason::AlreadyAMember) } else { Ok(Force::Now) }
    }

    fn role_change(&self, point: &Point<'_>, change: &RoleChange) -> Ruling {
        let author = self.connector(point)?;
        let resident = self.present(&change.resident.into(), point)?;
        match change.role {
            Role::Connector => self.weigh(true, point),
            Role::Resident => {
                self.check_named(resident, &change.counts, point)?;
                self.check_not_the_last(resident, point)?;
                self.weigh(author != resident && self.is_connector(resident, point), point)
            }
        }
    }

    fn removal(&self, point: &Point<'_>, removal: &MemberRemoval) -> Ruling {
        let author = self.signer(point)?;
        let own = self.graph.find(&removal.resident.into()) == Some(author);
        if !own {
            self.connector(point)?;
        }
        let resident = self.present(&removal.resident.into(), point)?;
        self.check_named(resident, &removal.counts, point)?;
        self.check_not_the_last(resident, point)?;
        self.weigh(!own && self.is_connector(resident, point), point)
    }

    fn retirement(&self, point: &Point<'_>, retirement: &DeviceRetirement) -> Ruling {
        // A key for the home network ends itself: whoever uses it no longer says so with what they have.
        let itself = retirement.device == point.key;
        let author = if itself { self.holder(point) } else { self.signer(point) }?;
        let (device, resident) = self.admitted(&retirement.device, point)?;
        let own = resident == author;
        if !own {
            self.connector(point)?;
        }
        if !self.can_act_without(Some(device), resident, point) {
            self.check_not_the_last(resident, point)?;
        }
        self.weigh(!own && self.is_connector(resident, point), point)
    }

    fn certificate(&self, point: &Point<'_>, certificate: &BoxCertificate) -> Ruling {
        self.connector(point)?;
        self.weigh(!self.is_certified(&certificate.key, point), point)
    }

    /// Whether the last thing said about a box before this point is that it speaks for the neighbourhood.
    fn is_certified(&self, key: &PublicKey, point: &Point<'_>) -> bool {
        let said = self.consequences.boxes.get(key).into_iter().flatten().rev();
        let mut past = said.filter(|(_, statement)| self.counts_before(*statement, point));
        let last = past.next().and_then(|(_, statement)| self.graph.statement(*statement));
        matches!(last, Some(Statement::BoxCertificate(_)))
    }

    fn circle_admission(&self, point: &Point<'_>, admission: &CircleAdmission) -> Ruling {
        self.connector(point)?;
        self.founded(&admission.circle.into(), point, |said| matches!(said, Statement::CircleFounding(_)))?;
        self.weigh(true, point)
    }

    /// One's own neighbourhood leaves any circle; another is shown out by the one that founded it.
    fn circle_leaving(&self, point: &Point<'_>, leaving: &CircleLeaving) -> Ruling {
        self.connector(point)?;
        if leaving.neighbourhood == self.graph.neighbourhood {
            return Ok(Force::Now);
        }
        self.founded(&leaving.circle.into(), point, |said| matches!(said, Statement::CircleFounding(_)))
    }

    fn speaker_change(&self, point: &Point<'_>, change: &SpeakerChange) -> Ruling {
        let author = self.signer(point)?;
        let organisation = change.organisation.into();
        self.founded(&organisation, point, |said| matches!(said, Statement::Organisation(_)))?;
        let organisation = self.graph.find(&organisation).ok_or(Reason::NothingSuch)?;
        if !self.is_speaker(organisation, author, point) && !self.is_connector(author, point) {
            return Err(Reason::NotASpeaker);
        }
        let resident = self.known(&change.resident.into(), point)?;
        if change.speaks {
            return self.present(&change.resident.into(), point).map(|_| Force::Now);
        }
        self.check_named(resident, &change.counts, point).map(|()| Force::Now)
    }

    /// Whether the last thing said before this point about a resident and an organisation is that they speak for it.
    pub(super) fn is_speaker(&self, organisation: Index, resident: Index, point: &Point<'_>) -> bool {
        let said = self.consequences.organisations.get(&organisation).into_iter().flatten().rev();
        let id = self.graph.node(resident).id;
        let about = said.filter(|(_, statement)| self.counts_before(*statement, point)).find_map(|(_, statement)| {
            match self.graph.statement(*statement) {
                Some(Statement::Organisation(founding)) if founding.speaker == id.into() => Some(true),
                Some(Statement::SpeakerChange(change)) if change.resident == id.into() => Some(change.speaks),
                _ => None,
            }
        });
        about.unwrap_or(false)
    }

    /// A statement of this kind that counted before.
    fn founded(&self, id: &OperationId, point: &Point<'_>, fits: impl Fn(&Statement) -> bool) -> Ruling {
        let statement = self.graph.find(id).ok_or(Reason::NothingSuch)?;
        let found = self.graph.statement(statement).is_some_and(fits) && self.counts_before(statement, point);
        if found { Ok(Force::Now) } else { Err(Reason::NothingSuch) }
    }

    /// A resident who was admitted before this point.
    pub(super) fn known(&self, id: &OperationId, point: &Point<'_>) -> Result<Index, Reason> {
        let resident = self.graph.find(id).filter(|at| self.graph.admits_resident(*at));
        let resident = resident.filter(|at| self.counts_before(*at, point));
        resident.ok_or(Reason::NoSuchResident)
    }

    /// A resident who belonged to the neighbourhood at this point.
    pub(super) fn present(&self, id: &OperationId, point: &Point<'_>) -> Result<Index, Reason> {
        self.known(id, point).and_then(|resident| {
            if self.is_present(resident, point) { Ok(resident) } else { Err(Reason::NoSuchResident) }
        })
    }

    /// A device that was admitted before this point, and whose it is.
    pub(super) fn admitted(&self, key: &PublicKey, point: &Point<'_>) -> Result<(Index, Index), Reason> {
        let device = self.graph.find_device(key).ok_or(Reason::NothingSuch)?;
        let admission = self.consequences.admission(device).ok_or(Reason::NothingSuch)?;
        if self.graph.is_past(admission.at, point) {
            Ok((device, admission.resident))
        } else {
            Err(Reason::NothingSuch)
        }
    }

    /// What takes something from a resident names the devices they had, and no others.
    pub(super) fn check_named(&self, resident: Index, counts: &[DeviceCount], point: &Point<'_>) -> Result<(), Reason> {
        let had = self.devices_of(resident).filter(|(_, admission)| self.graph.is_past(admission.at, point));
        let mut open: BTreeMap<PublicKey, bool> = had
            .map(|(device, admission)| {
                let over = self.graph.home_key(admission).is_some_and(|expires| expires <= point.time);
                (self.graph.devices[device as usize].key, !over)
            })
            .collect();
        // Keys for the home network that are over need no name: there is a new one each month.
        let known = counts.iter().all(|count| open.remove(&count.device).is_some());
        if known && !open.into_values().any(|wanted| wanted) { Ok(()) } else { Err(Reason::DevicesNotNamed) }
    }

    /// Whether somebody else can still look after the neighbourhood when this resident no longer does.
    pub(super) fn check_not_the_last(&self, resident: Index, point: &Point<'_>) -> Result<(), Reason> {
        let concerned = self.is_connector(resident, point);
        let others = || self.connectors(point).any(|other| other != resident && self.can_act(other, point));
        if !concerned || others() { Ok(()) } else { Err(Reason::LastConnector) }
    }
}
