//! What follows from the statements that count: who has which device and role, letters, boxes, treaties, circles.

use std::collections::{BTreeMap, BTreeSet};

use super::Reason;
use super::graph::{Content, Graph, Index, NONE, Rank};
use crate::identity::PublicKey;
use crate::operation::{CircleId, NeighbourhoodId, Role, Statement};

/// What follows from the statements that count; made anew whenever something late changes what counted before.
#[derive(Clone, Debug, Default)]
pub(super) struct Consequences {
    /// By statement: why it does not count, if it does not.
    pub(super) refusals: Vec<Option<Reason>>,
    /// By device.
    admissions: Vec<Admission>,
    /// By resident: the devices beside their first.
    pub(super) added: BTreeMap<Index, BTreeSet<Index>>,
    /// By invitation: the claim that counts.
    used: Vec<Index>,
    /// Keys on paper.
    pub(super) cards: BTreeMap<Index, Admission>,
    /// By resident: what granted the role of connector.
    pub(super) grants: BTreeMap<Index, Vec<Index>>,
    /// Residents that ever were connectors.
    pub(super) connectors: BTreeSet<Index>,
    /// Heavy acts that want a second signature, and those under them.
    pub(super) proposals: BTreeMap<Index, Vec<Index>>,
    /// By recovery: what objects to it.
    pub(super) vetoes: BTreeMap<Index, Vec<Index>>,
    /// By device: what rescues its work.
    pub(super) rescues: BTreeMap<Index, Vec<Index>>,
    /// By device and number: what decides about its fork.
    pub(super) fork_decisions: BTreeMap<(Index, u64), BTreeSet<(Rank, Index)>>,
    /// By box: certificates and retirements, as they count.
    pub(super) boxes: BTreeMap<PublicKey, BTreeSet<(Rank, Index)>>,
    /// By neighbourhood: what was said about a treaty.
    pub(super) treaties: BTreeMap<NeighbourhoodId, BTreeSet<(Rank, Index)>>,
    /// By circle: what was said about it here.
    pub(super) circles: BTreeMap<CircleId, BTreeSet<(Rank, Index)>>,
    /// By organisation: its founding, and who speaks for it from when on.
    pub(super) organisations: BTreeMap<Index, BTreeSet<(Rank, Index)>>,
    /// What was said about keys for the home network.
    pub(super) home_key_policies: BTreeSet<(Rank, Index)>,
    /// Parts of the neighbourhood, and what ended each.
    pub(super) areas: BTreeMap<Index, Vec<Index>>,
    /// Statements that count and that no other one that counts builds on.
    pub(super) heads: BTreeSet<Index>,
}

/// How a device came to belong to a resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admission {
    /// The statement from which it counts.
    pub(super) at: Index,
    /// The statement that admits it.
    pub(super) statement: Index,
    /// The statement that admitted its resident.
    pub(super) resident: Index,
}

impl Consequences {
    pub(super) fn admission(&self, device: Index) -> Option<Admission> {
        self.admissions.get(device as usize).copied().filter(|admission| admission.at != NONE)
    }

    /// Whose device it is, or ever was.
    pub(super) fn resident_of(&self, device: Index) -> Option<Index> {
        self.admission(device).map(|admission| admission.resident)
    }

    /// Who signs with this key: a device's resident, or the one who registered the card.
    pub(super) fn signer(&self, device: Index) -> Option<Index> {
        self.resident_of(device).or_else(|| self.cards.get(&device).map(|card| card.resident))
    }

    /// The claim that counts of those on an invitation.
    pub(super) fn used(&self, invitation: Index) -> Option<Index> {
        self.used.get(invitation as usize).copied().filter(|claim| *claim != NONE)
    }

    /// Why a statement does not count; none when it does.
    pub(super) fn refusal(&self, statement: Index) -> Option<Reason> {
        self.refusals.get(statement as usize).copied().unwrap_or(Some(Reason::NoSuchAct))
    }

    pub(super) fn rule(&mut self, statement: Index, refusal: Option<Reason>) {
        fill(&mut self.refusals, statement, Some(Reason::NoSuchAct));
        self.refusals[statement as usize] = refusal;
    }

    /// A statement counts: nothing that counts builds on it yet.
    pub(super) fn extend_heads(&mut self, graph: &Graph, statement: Index) {
        for parent in graph.parents(statement) {
            self.heads.remove(parent);
        }
        self.heads.insert(statement);
    }

    /// Adds what follows from `statement`, which counts from `at`: itself, or the second signature under it.
    pub(super) fn apply(&mut self, graph: &Graph, statement: Index, at: Index) {
        let node = graph.node(statement);
        let place = (graph.rank(at), statement);
        match graph.content(statement) {
            Content::Genesis(_) => {
                self.admit(node.device, at, statement, statement);
                self.connectors.insert(statement);
            }
            Content::Invitation { .. } => {}
            Content::Claim(invitation) => self.claim(graph, statement, invitation),
            Content::DeviceAddition(_) => {
                if let (Some(device), Some(resident)) = (graph.added_device(statement), self.signer(node.device)) {
                    self.admit(device, at, statement, resident);
                }
            }
            Content::Other(said) => self.apply_other(graph, said, statement, place, at),
        }
    }

    fn apply_other(&mut self, graph: &Graph, said: &Statement, statement: Index, place: (Rank, Index), at: Index) {
        let author = self.signer(graph.node(statement).device);
        match said {
            Statement::RoleChange(change) if change.role == Role::Connector => {
                if let Some(resident) = graph.find(&change.resident.into()) {
                    self.grants.entry(resident).or_default().push(at);
                    self.connectors.insert(resident);
                }
            }
            Statement::Recovery(recovery) => {
                let device = graph.find_device(&recovery.device);
                if let (Some(device), Some(resident)) = (device, graph.find(&recovery.resident.into())) {
                    self.admit(device, at, statement, resident);
                }
            }
            Statement::HomeKey(key) => {
                let device = graph.find_device(&key.device);
                if let (Some(device), Some(resident)) = (device, graph.find(&key.resident.into())) {
                    self.admit(device, at, statement, resident);
                }
            }
            Statement::HomeKeyPolicy(_) => drop(self.home_key_policies.insert(place)),
            Statement::RecoveryKey(card) => {
                if let (Some(device), Some(resident)) = (graph.find_device(&card.key), author) {
                    self.cards.entry(device).or_insert(Admission { at, statement, resident });
                }
            }
            Statement::Veto(veto) => {
                let recovery = graph.find(&veto.of);
                self.vetoes.entry(recovery.unwrap_or(NONE)).or_default().push(statement);
            }
            Statement::Rescue(rescue) => {
                let device = graph.find_device(&rescue.device);
                self.rescues.entry(device.unwrap_or(NONE)).or_default().push(statement);
            }
            Statement::ForkDecision(decision) => {
                let device = graph.find_device(&decision.device).unwrap_or(NONE);
                self.fork_decisions.entry((device, decision.sequence)).or_default().insert(place);
            }
            Statement::BoxCertificate(certificate) => note(&mut self.boxes, certificate.key, place),
            Statement::BoxRetirement(retirement) => note(&mut self.boxes, retirement.key, place),
            Statement::Treaty(treaty) => note(&mut self.treaties, treaty.with, place),
            Statement::TreatyEnd(end) => note(&mut self.treaties, end.with, place),
            Statement::CircleFounding(_) => {
                self.circles.entry(graph.node(statement).id.into()).or_default().insert(place);
            }
            Statement::CircleAdmission(said) => note(&mut self.circles, said.circle, place),
            Statement::CircleJoining(said) => note(&mut self.circles, said.circle, place),
            Statement::CircleLeaving(said) => note(&mut self.circles, said.circle, place),
            Statement::CircleEnd(said) => note(&mut self.circles, said.circle, place),
            Statement::Organisation(_) => note(&mut self.organisations, statement, place),
            Statement::SpeakerChange(change) => {
                let organisation = graph.find(&change.organisation.into()).unwrap_or(NONE);
                self.organisations.entry(organisation).or_default().insert(place);
            }
            Statement::SubArea(_) => {
                self.areas.entry(statement).or_default();
            }
            Statement::SubAreaEnd(end) => {
                self.areas.entry(graph.find(&end.area.into()).unwrap_or(NONE)).or_default().push(statement);
            }
            // What is taken away is kept by whoever settles what stands; the rest says nothing of its own.
            _ => {}
        }
    }

    fn claim(&mut self, graph: &Graph, statement: Index, invitation: Option<Index>) {
        let Some(number) = invitation.and_then(|invitation| graph.invitation_of(invitation)) else { return };
        fill(&mut self.used, number, NONE);
        self.used[number as usize] = statement;
        self.admit(graph.node(statement).device, statement, statement, statement);
        if graph.invitations[number as usize].role == Role::Connector {
            self.connectors.insert(statement);
        }
    }

    fn admit(&mut self, device: Index, at: Index, statement: Index, resident: Index) {
        fill(&mut self.admissions, device, Admission { at: NONE, statement: NONE, resident: NONE });
        self.admissions[device as usize] = Admission { at, statement, resident };
        if statement != resident {
            self.added.entry(resident).or_default().insert(device);
        }
    }
}

/// Adds to what was said about `key`, in the order of ranks.
fn note<K: Ord>(said: &mut BTreeMap<K, BTreeSet<(Rank, Index)>>, key: K, place: (Rank, Index)) {
    said.entry(key).or_default().insert(place);
}

/// Makes a list long enough to have a place `index`.
fn fill<T: Copy>(list: &mut Vec<T>, index: Index, with: T) {
    if list.len() <= index as usize {
        list.resize(index as usize + 1, with);
    }
}
