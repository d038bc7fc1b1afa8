//! The one door: `bytes → Signed → Verified → Valid → permitted? → Batch`, for a form, a neighbour, a bundle and a test.

use super::evaluate::{Evaluation, is_settled};
use super::record::incomplete_key;
use super::work::Work;
use super::{Accepted, MAX_UNDECIDED, MAX_UNDECIDED_PER_DEVICE, Refusal, Replica, Round, SessionId};
use crate::authority::{Assessment, Missing, Reason, Verdict};
use crate::item::{Kept, Placed};
use crate::operation::{Header, OperationId, Payload, Signed, Space, Statement, Verified, is_bare};
use crate::planted::{Bug, planted};
use crate::projection::space_key;
use crate::store::{Read, StoreError, Table};
use crate::sync::space_of;
use crate::time::Timestamp;
use crate::validate::Valid;

impl<R: Read> Replica<R> {
    /// Takes in what a form or a command hands in: permitted, or refused and stored nowhere.
    pub(super) fn submit(&mut self, bytes: &[u8], round: &mut Round) -> Result<Result<Accepted, Refusal>, StoreError> {
        let valid = match open_up(bytes) {
            Ok(valid) => valid,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let accepted = Accepted { operation: valid.id(), item: valid.header().item(), known: false };
        if let Some(verdict) = self.known_verdict(&valid)? {
            return Ok(answer(verdict, Accepted { known: true, ..accepted }));
        }
        if !self.serves(valid.header()) {
            return Ok(Err(Refusal::WrongNeighbourhood));
        }
        if let Some(reason) = self.frozen(&valid) {
            return Ok(Err(reason.into()));
        }
        if self.signed_otherwise(valid.header(), valid.id())? {
            return Ok(Err(Reason::Forked.into()));
        }
        if let Some(refusal) = self.lacks_photo(&valid) {
            return Ok(Err(refusal));
        }
        let verdict = match valid.payload() {
            Payload::Statement(_) => self.submit_statement(&valid, round)?,
            Payload::Edits(_) => self.submit_edits(valid, round)?,
        };
        Ok(answer(verdict, accepted))
    }

    fn submit_edits(&mut self, valid: Valid, round: &mut Round) -> Result<Verdict, StoreError> {
        let kept = Kept::Whole(valid);
        let evaluation = self.evaluate(kept.header().item(), Some(&kept), round.now)?;
        let verdict = evaluation.verdict(&kept.id());
        if verdict == Verdict::Permitted {
            if let Some(reason) = self.not_from_a_form(&kept, &evaluation, round.now)? {
                return Ok(Verdict::Refused(reason));
            }
            self.accept_edits(&kept, evaluation, None, round)?;
        }
        Ok(verdict)
    }

    /// Takes in what a peer brought: also what cannot be decided yet, within bounds. Says whether anything was stored.
    pub(super) fn receive_operation(
        &mut self,
        verified: Verified,
        source: Option<SessionId>,
        round: &mut Round,
    ) -> Result<Received, StoreError> {
        let operation = verified.operation();
        let held = self.store.get(Table::Operations, operation.id().as_bytes())?.is_some();
        if held && !(operation.payload().is_some() && self.lacks_payload(operation.header(), &operation.id())?) {
            return Ok(Received::Known);
        }
        if operation.header().space == Space::Register {
            let Ok(valid) = Valid::check(&verified) else { return Ok(Received::Dropped) };
            return self.receive_statement(&valid, source, round);
        }
        let Ok(kept) = Kept::check(verified) else { return Ok(Received::Dropped) };
        self.receive_edits(&kept, held, source, round)
    }

    /// Whether only the header of an operation is here, and no erasure says why.
    pub(super) fn lacks_payload(&self, header: &Header, id: &OperationId) -> Result<bool, StoreError> {
        if self.incomplete == 0 {
            return Ok(false);
        }
        let key = incomplete_key(header, self.reach_of(header)?, id);
        Ok(self.store.get(Table::Incomplete, &key)?.is_some())
    }

    fn submit_statement(&mut self, valid: &Valid, round: &mut Round) -> Result<Verdict, StoreError> {
        let time = valid.header().time;
        if time.is_future(round.now) {
            return Ok(Verdict::Unknown(Missing::Time(time)));
        }
        if self.claims_too_late(valid, round.now) {
            return Ok(Verdict::Refused(Reason::InvitationExpired));
        }
        let assessment = self.registers.assess(valid);
        if assessment.displaces() {
            return Ok(Verdict::Refused(Reason::InvitationUsed));
        }
        let verdict = assessment.verdict();
        if verdict == Verdict::Permitted {
            self.keep(valid.operation());
            self.insert_statement(assessment, None, round)?;
            self.check_count(valid.header(), &valid.id())?;
            self.work_off(round)?;
        }
        Ok(verdict)
    }

    /// Whether a form claims an invitation that has run out by this box's clock. The register goes by the claimant's, which
    /// can be set back.
    fn claims_too_late(&self, valid: &Valid, now: Timestamp) -> bool {
        let Payload::Statement(Statement::Claim(claim)) = valid.payload() else { return false };
        self.registers.home().invitation_expires(&claim.invitation).is_some_and(|expires| now >= expires)
    }

    fn receive_statement(
        &mut self,
        valid: &Valid,
        source: Option<SessionId>,
        round: &mut Round,
    ) -> Result<Received, StoreError> {
        let neighbourhood = valid.header().neighbourhood();
        if neighbourhood != self.home && !self.registers.is_partner(&neighbourhood, round.now) {
            return Ok(Received::Dropped);
        }
        let early = valid.header().time.is_future(round.now).then_some(Missing::Time(valid.header().time));
        let assessment = self.registers.assess(valid);
        let missing = match (early, assessment.verdict()) {
            (Some(time), _) => time,
            (None, Verdict::Unknown(missing)) => missing,
            (None, Verdict::Permitted | Verdict::Refused(_)) if assessment.keep() => {
                let counts = assessment.verdict() == Verdict::Permitted;
                if !counts && !self.may_keep(valid.header(), &valid.id())? {
                    return Ok(self.let_go_of(valid.id(), round));
                }
                self.keep(valid.operation());
                self.insert_statement(assessment, source, round)?;
                self.check_count(valid.header(), &valid.id())?;
                self.work_off(round)?;
                return Ok(Received::Stored);
            }
            (None, Verdict::Permitted | Verdict::Refused(_)) => return self.receive_hopeless(valid, round),
        };
        if !self.may_keep(valid.header(), &valid.id())? {
            return Ok(self.let_go_of(valid.id(), round));
        }
        self.wait_for(missing, Work::Statement(valid.id()));
        self.keep_aside(valid, round)?;
        Ok(Received::Waiting)
    }

    /// A statement that is worth nothing to its register, for its own past rules it out. A member's has a number all the
    /// same: it may prove a fork, or stand between two operations of its device, and which of those count has to come to
    /// the same on every box. So it is kept as far as there is room, whatever came before it.
    fn receive_hopeless(&mut self, valid: &Valid, round: &mut Round) -> Result<Received, StoreError> {
        if !self.is_members(valid.header()) || !self.may_keep(valid.header(), &valid.id())? {
            return Ok(self.let_go_of(valid.id(), round));
        }
        self.keep_aside(valid, round)?;
        Ok(Received::Waiting)
    }

    /// Stores a statement that its register does not take in.
    fn keep_aside(&mut self, valid: &Valid, round: &mut Round) -> Result<(), StoreError> {
        self.keep(valid.operation());
        self.mark_undecided(valid.header(), &valid.id(), Undecided::Outside)?;
        self.check_count(valid.header(), &valid.id())?;
        self.work_off(round)
    }

    fn receive_edits(
        &mut self,
        kept: &Kept,
        held: bool,
        source: Option<SessionId>,
        round: &mut Round,
    ) -> Result<Received, StoreError> {
        let evaluation = self.evaluate(kept.header().item(), Some(kept), round.now)?;
        let settled = is_settled(evaluation.verdict(&kept.id()));
        if !settled && !held && !self.may_keep(kept.header(), &kept.id())? {
            return Ok(self.let_go_of(kept.id(), round));
        }
        self.accept_edits(kept, evaluation, source, round)?;
        Ok(if settled { Received::Stored } else { Received::Waiting })
    }

    /// Stores an operation on an item with what follows from it.
    fn accept_edits(
        &mut self,
        kept: &Kept,
        evaluation: Evaluation,
        source: Option<SessionId>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        self.keep(kept.operation());
        match evaluation.verdict(&kept.id()) {
            Verdict::Permitted => round.accepted.push((kept.operation().clone(), source)),
            // What was erased or taken from here is passed on as it is kept.
            Verdict::Refused(Reason::Erased | Reason::Withdrawn) => {
                round.accepted.push((kept.operation().without_payload(), source));
            }
            Verdict::Refused(_) | Verdict::Unknown(_) => {}
        }
        self.write_evaluation(evaluation, round)?;
        self.check_count(kept.header(), &kept.id())?;
        self.work_off(round)
    }

    /// Takes a statement into its register, and puts all that waited for it on the worklist.
    pub(super) fn insert_statement(
        &mut self,
        assessment: Assessment<'_>,
        source: Option<SessionId>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let valid = assessment.valid();
        let circles = self.circles();
        let change = self.registers.insert(assessment);
        self.changes += 1;
        // What it comes to shows when it is there: it may turn out to be one of two with one number.
        if change.verdict == Verdict::Permitted {
            self.clear_undecided(valid.header(), &valid.id())?;
            round.accepted.push((valid.operation().clone(), source));
        } else {
            self.mark_undecided(valid.header(), &valid.id(), Undecided::InRegister)?;
        }
        round.registers_changed = true;
        self.look_again_at_circles(&circles)?;
        self.statement_arrived(valid, &change, round)
    }

    /// Writes an operation and the keys under which it is found. What names an audience at home of another neighbourhood is
    /// in no space here, and so goes nowhere from here, as long as nothing places it in one.
    fn keep(&mut self, operation: &Signed) {
        let (id, header) = (operation.id(), operation.header());
        let space = space_of(header);
        self.store.put(Table::Operations, *id.as_bytes(), operation.encode());
        if self.is_compared(&space) {
            self.store.put(Table::Spaces, space_key(&space.neighbourhood, &space.space, header.time, &id), []);
            self.trees.entry(space).or_default().insert(header.time, &id);
        }
        if self.is_passed_on(header) {
            self.store.put(Table::Devices, device_key(header, &id), []);
        }
        if header.space != Space::Register {
            self.store.put(Table::Items, [&header.item().as_bytes()[..], id.as_bytes()].concat(), []);
        }
    }

    /// The verdict about an operation that is stored; none when it is not.
    fn known_verdict(&mut self, valid: &Valid) -> Result<Option<Verdict>, StoreError> {
        let id = valid.id();
        let Some(stored) = self.store.get(Table::Operations, id.as_bytes())? else { return Ok(None) };
        if valid.header().space == Space::Register {
            let register = self.registers.get(&valid.header().neighbourhood());
            let verdict = register.and_then(|register| register.verdict(&id));
            return Ok(Some(verdict.unwrap_or_else(|| self.registers.assess(valid).verdict())));
        }
        let undecided = self.store.get(Table::Undecided, &undecided_key(valid.header(), &id))?.is_some();
        Ok(Some(match (undecided, is_bare(&stored)) {
            (true, _) => Verdict::Unknown(Missing::Parent(id)),
            (false, true) if self.moved(&valid.header().item())?.is_some() => Verdict::Refused(Reason::Withdrawn),
            (false, true) => Verdict::Refused(Reason::Erased),
            (false, false) => Verdict::Permitted,
        }))
    }

    /// Whether what is handed in here may belong to this box's neighbourhood, or to what one it has a treaty with shares.
    fn serves(&self, header: &Header) -> bool {
        let there = header.neighbourhood();
        there == self.home || (header.space.goes_abroad() && self.registers.get(&there).is_some())
    }

    /// Whether an operation is kept although it is not permitted: while there is room for it, and when it is the first
    /// proof that its device forked.
    fn may_keep(&self, header: &Header, id: &OperationId) -> Result<bool, StoreError> {
        Ok(self.has_room_for(header)? || self.is_first_proof(header, *id)?)
    }

    /// Remembers that there was no room for it.
    fn let_go_of(&mut self, id: OperationId, round: &Round) -> Received {
        self.let_go.insert(id, round.now, self.changes);
        Received::Dropped
    }

    fn has_room_for(&self, header: &Header) -> Result<bool, StoreError> {
        let own = self.store.keys_with_prefix(Table::Undecided, header.device.as_bytes(), MAX_UNDECIDED_PER_DEVICE)?;
        let room = own.len() < MAX_UNDECIDED_PER_DEVICE && self.undecided < MAX_UNDECIDED;
        Ok(room || planted(Bug::KeepsAnyNumber))
    }
}

/// What became of an operation that a peer brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// It was here.
    Known,
    /// It is stored and decided.
    Stored,
    /// It is stored and waits for something.
    Waiting,
    /// It is worth nothing here, or there is no room for it.
    Dropped,
}

/// How an operation is kept without being permitted: the value in the table of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Undecided {
    /// An operation on an item, or a statement its register has not taken in.
    Outside = 0,
    /// A statement its register has taken in, refused as things stand.
    InRegister = 1,
}

/// device ‖ sequence ‖ id.
pub(super) fn device_key(header: &Header, id: &OperationId) -> Vec<u8> {
    [&header.device.as_bytes()[..], &header.sequence.to_be_bytes(), id.as_bytes()].concat()
}

/// device ‖ id.
pub(super) fn undecided_key(header: &Header, id: &OperationId) -> Vec<u8> {
    [&header.device.as_bytes()[..], id.as_bytes()].concat()
}

fn open_up(bytes: &[u8]) -> Result<Valid, Refusal> {
    Ok(Valid::check(&Signed::decode(bytes)?.verify()?)?)
}

fn answer(verdict: Verdict, accepted: Accepted) -> Result<Accepted, Refusal> {
    match verdict {
        Verdict::Permitted => Ok(accepted),
        Verdict::Refused(reason) => Err(reason.into()),
        Verdict::Unknown(missing) => Err(Refusal::Missing(missing)),
    }
}
