//! What one register says about boxes, other neighbourhoods and circles.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Index, Rank};
use super::register::Register;
use crate::identity::PublicKey;
use crate::operation::{BoxCertificate, CircleId, NeighbourhoodId, OperationId, Statement, Treaty};
use crate::time::Timestamp;

/// One neighbourhood's side of a treaty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreatyStatement<'a> {
    /// The operation that says it.
    pub operation: OperationId,
    /// What it says.
    pub treaty: &'a Treaty,
    /// When its author says it was signed.
    pub signed: Timestamp,
}

/// One neighbourhood's side of a circle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CircleSide {
    /// Its name, where this neighbourhood founded it.
    pub name: Option<String>,
    /// Whom this neighbourhood, as the founder, let in and did not show out since, and the admission they name to join.
    pub admitted: BTreeMap<NeighbourhoodId, OperationId>,
    /// The founder and the admission with which this neighbourhood joined, unless it left since.
    pub joined: Option<(NeighbourhoodId, OperationId)>,
    /// Whether its founder ended it.
    pub ended: bool,
}

impl Register {
    /// The boxes that were not retired, with the certificate that was given last, expired ones too.
    pub fn boxes(&self) -> impl Iterator<Item = (OperationId, &BoxCertificate)> {
        self.settled.consequences.boxes.values().filter_map(|said| match self.last_of(said)? {
            (operation, Statement::BoxCertificate(certificate)) => Some((operation, certificate)),
            _ => None,
        })
    }

    /// Whether the box with this key speaks for the neighbourhood at `now`.
    pub fn speaks(&self, key: &PublicKey, now: Timestamp) -> bool {
        let said = self.settled.consequences.boxes.get(key).and_then(|said| self.last_of(said));
        matches!(said, Some((_, Statement::BoxCertificate(certificate))) if now < certificate.expires)
    }

    /// What this neighbourhood said last about a treaty with `other`, and had not taken back at `at`.
    pub fn treaty(&self, other: &NeighbourhoodId, at: Timestamp) -> Option<TreatyStatement<'_>> {
        let said = self.settled.consequences.treaties.get(other)?;
        said.iter().rev().find_map(|(_, index)| match self.graph.statement(*index) {
            Some(Statement::Treaty(treaty)) => Some(Some(self.treaty_statement(*index, treaty))),
            Some(Statement::TreatyEnd(_)) if self.graph.node(*index).time <= at => Some(None),
            _ => None,
        })?
    }

    /// When this neighbourhood ended its treaty with `other`, if that is the last it said about it.
    pub fn parted(&self, other: &NeighbourhoodId) -> Option<Timestamp> {
        let (_, last) = self.settled.consequences.treaties.get(other)?.last()?;
        let ends = matches!(self.graph.statement(*last), Some(Statement::TreatyEnd(_)));
        ends.then(|| self.graph.node(*last).time)
    }

    /// The neighbourhoods about which this one ever said something.
    pub fn neighbours(&self) -> impl Iterator<Item = &NeighbourhoodId> {
        self.settled.consequences.treaties.keys()
    }

    /// Whether this neighbourhood made this very treaty statement, and had not ended the treaty since at `at`.
    pub fn holds_treaty(&self, with: &NeighbourhoodId, operation: &OperationId, at: Timestamp) -> bool {
        let said = self.settled.consequences.treaties.get(with).into_iter().flatten().rev();
        let ended = |index: Index| {
            matches!(self.graph.statement(index), Some(Statement::TreatyEnd(_))) && self.graph.node(index).time <= at
        };
        said.map(|(_, index)| *index)
            .take_while(|index| !ended(*index))
            .any(|index| self.graph.node(index).id == *operation)
    }

    /// What this neighbourhood says about circles.
    pub fn circles(&self) -> impl Iterator<Item = (CircleId, CircleSide)> {
        self.settled.consequences.circles.iter().map(|(circle, said)| (*circle, self.circle_side(said)))
    }

    /// Whether this neighbourhood founded this circle.
    pub(super) fn founded(&self, circle: &CircleId) -> bool {
        self.said_of(circle).any(|statement| matches!(statement, Statement::CircleFounding(_)))
    }

    /// Whether this neighbourhood ever let another one into this circle.
    pub(super) fn ever_admitted(&self, circle: &CircleId, other: &NeighbourhoodId) -> bool {
        self.said_of(circle).any(
            |statement| matches!(statement, Statement::CircleAdmission(admission) if admission.neighbourhood == *other),
        )
    }

    /// The founders of whom this neighbourhood ever accepted to be let into this circle.
    pub(super) fn ever_joined(&self, circle: &CircleId) -> BTreeSet<NeighbourhoodId> {
        let joined = self.said_of(circle).filter_map(|statement| match statement {
            Statement::CircleJoining(joining) => Some(joining.founder),
            _ => None,
        });
        joined.collect()
    }

    fn said_of(&self, circle: &CircleId) -> impl Iterator<Item = &Statement> {
        let said = self.settled.consequences.circles.get(circle).into_iter().flatten();
        said.filter_map(|(_, index)| self.graph.statement(*index))
    }

    fn circle_side(&self, said: &BTreeSet<(Rank, Index)>) -> CircleSide {
        let mut side = CircleSide::default();
        for (index, statement) in said.iter().filter_map(|(_, index)| Some((*index, self.graph.statement(*index)?))) {
            match statement {
                Statement::CircleFounding(founding) => side.name = Some(founding.name.clone()),
                Statement::CircleAdmission(admission) => {
                    side.admitted.insert(admission.neighbourhood, self.graph.node(index).id);
                }
                Statement::CircleJoining(joining) => side.joined = Some((joining.founder, joining.admission)),
                Statement::CircleLeaving(leaving) if leaving.neighbourhood == self.graph.neighbourhood => {
                    side.joined = None
                }
                Statement::CircleLeaving(leaving) => drop(side.admitted.remove(&leaving.neighbourhood)),
                Statement::CircleEnd(_) => side.ended = true,
                _ => {}
            }
        }
        side
    }

    fn treaty_statement<'a>(&self, index: Index, treaty: &'a Treaty) -> TreatyStatement<'a> {
        let node = self.graph.node(index);
        TreatyStatement { operation: node.id, treaty, signed: node.time }
    }

    fn last_of(&self, said: &BTreeSet<(Rank, Index)>) -> Option<(OperationId, &Statement)> {
        let (_, index) = said.last()?;
        Some((self.graph.node(*index).id, self.graph.statement(*index)?))
    }
}
