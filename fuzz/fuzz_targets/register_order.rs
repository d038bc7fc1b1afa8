//! Statements of a register, chosen by the fuzzer, taken in in three orders: every verdict is the same.
#![no_main]

use dorpsplein_protocol::authority::{Register, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, BoxRetirement, DeviceAddition, DeviceCount, DeviceRetirement, Endorsement, ForkDecision,
    Invitation, InvitationWithdrawal, MemberRemoval, NeighbourhoodId, OperationId, Organisation, Recovery, RecoveryKey,
    Rescue, ResidentId, Role, RoleChange, Signed, SpeakerChange, Statement, Treaty, TreatyDirection, TreatyEnd, Veto,
};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;
use libfuzzer_sys::fuzz_target;

const NOW: u64 = 1_795_262_400_000;
const DAY: u64 = 24 * 3_600_000;
/// More statements than this find nothing that fewer do not.
const MAX_STATEMENTS: usize = 16;

fuzz_target!(|bytes: &[u8]| {
    let (village, statements) = story(bytes);
    let (one, taken) = take_in(village, statements.iter());
    let (other, _) = take_in(village, statements.iter().rev());
    let turned = bytes.first().map_or(0, |first| usize::from(*first) % statements.len());
    let (third, _) = take_in(village, statements[turned..].iter().chain(&statements[..turned]));
    let cold = Register::of(village, &taken);
    for valid in &statements {
        let id = valid.id();
        let verdict = one.verdict(&id);
        assert_eq!(verdict, other.verdict(&id), "last to first: {id}");
        assert_eq!(verdict, third.verdict(&id), "from {turned} on: {id}");
        assert_eq!(verdict, cold.verdict(&id), "from cold: {id}");
    }
    assert!(one.resident_count() > 0, "a village is never without people");
    assert_eq!(one.resident_count(), other.resident_count());
});

/// Takes statements in, each as soon as what it builds on is there. Returns also what was kept, in that order.
fn take_in<'a>(village: NeighbourhoodId, order: impl Iterator<Item = &'a Valid>) -> (Register, Vec<Valid>) {
    let mut register = Register::new(village);
    let (mut waiting, mut taken): (Vec<&Valid>, Vec<Valid>) = (order.collect(), Vec::new());
    loop {
        let before = waiting.len();
        waiting.retain(|valid| {
            let assessment = register.assess(valid);
            if let Verdict::Unknown(_) = assessment.verdict() {
                return true;
            }
            if assessment.keep() {
                register.insert(assessment);
                taken.push((*valid).clone());
            }
            false
        });
        if waiting.len() == before {
            return (register, taken);
        }
    }
}

/// What the fuzzer chooses from.
struct Story {
    village: NeighbourhoodId,
    devices: Vec<Device>,
    /// Who belongs to a device, as far as the story means it.
    residents: Vec<ResidentId>,
    said: Vec<Signed>,
    keys: u8,
}

/// A founder, two more connectors and a resident; then five bytes a statement.
fn story(bytes: &[u8]) -> (NeighbourhoodId, Vec<Valid>) {
    let (founder, genesis) =
        Device::found(SecretKey::from_seed(&[1; 32]), "Maasdorp", [1; 16], Timestamp::from_millis(NOW));
    let village = founder.home();
    let resident = ResidentId::from(genesis.id());
    let mut story = Story { village, devices: vec![founder], residents: vec![resident], said: vec![genesis], keys: 1 };
    for role in [Role::Connector, Role::Connector, Role::Resident] {
        let one_time = story.secret();
        let expires = Timestamp::from_millis(NOW + 20 * DAY);
        let letter = Invitation { key: one_time.public(), role, expires };
        let heads = story.last();
        story.say(0, heads, Statement::Invitation(letter), 0);
        story.join(&one_time);
    }
    for step in bytes.chunks_exact(5).take(MAX_STATEMENTS) {
        story.step(step);
    }
    let valid = |signed: &Signed| Valid::check(&signed.clone().verify().ok()?).ok();
    (village, story.said.iter().filter_map(valid).collect())
}

impl Story {
    fn secret(&mut self) -> SecretKey {
        self.keys += 1;
        SecretKey::from_seed(&[self.keys; 32])
    }

    fn last(&self) -> Vec<OperationId> {
        self.said.last().map(Signed::id).into_iter().collect()
    }

    fn seen(&self, choice: u8) -> OperationId {
        // The latest are the most interesting.
        let back = usize::from(choice) % self.said.len();
        self.said[self.said.len() - 1 - back].id()
    }

    fn say(&mut self, who: usize, mut parents: Vec<OperationId>, statement: Statement, days: u64) {
        parents.sort_unstable();
        parents.dedup();
        let said = self.devices[who].state(parents, statement, Timestamp::from_millis(NOW + days * DAY));
        self.said.push(said);
    }

    /// Somebody new claims the letter that was written last.
    fn join(&mut self, one_time: &SecretKey) {
        let secret = self.secret();
        let mut device = Device::new(secret, self.village);
        let letter = self.said[self.said.len() - 1].id();
        let claim = device.claim(letter, one_time, [7; 16], Timestamp::from_millis(NOW));
        self.residents.push(ResidentId::from(claim.id()));
        self.devices.push(device);
        self.said.push(claim);
    }

    fn step(&mut self, step: &[u8]) {
        let who = usize::from(step[0]) % self.devices.len();
        let target = usize::from(step[2]) % self.devices.len();
        let mut parents = vec![self.seen(step[3] & 0x0f)];
        if step[3] & 0x10 == 0 {
            parents.push(self.seen(step[3] >> 5));
        }
        // Mostly people build on what they said before.
        parents.extend(self.devices[who].previous().filter(|_| step[3] != 0xff));
        let again = (step[0] > 230).then(|| (self.devices[who].sequence(), self.devices[who].previous()));
        let of = self.seen(step[4]);
        let statement = self.statement(who, target, step, of);
        if matches!(statement, Statement::Endorsement(_) | Statement::Veto(_)) {
            parents.push(of);
        }
        let invites = matches!(statement, Statement::Invitation(_));
        let one_time = self.keys;
        self.say(who, parents, statement, u64::from(step[4] >> 6));
        if invites && step[4].is_multiple_of(2) {
            self.join(&SecretKey::from_seed(&[one_time; 32]));
        }
        // A device that loses count says its next thing with the same number.
        if let Some((sequence, previous)) = again {
            let secret = SecretKey::from_seed(&self.devices[who].secret().to_seed());
            self.devices[who] = Device::resume(secret, self.village, sequence, previous);
        }
    }

    fn statement(&mut self, who: usize, target: usize, step: &[u8], of: OperationId) -> Statement {
        let (device, resident) = (self.devices[target].key(), self.residents[target]);
        let last = u64::from(step[4] % 8);
        let counts = self.counts(target, last);
        let role = if step[4].is_multiple_of(2) { Role::Resident } else { Role::Connector };
        let expires = Timestamp::from_millis(NOW + 20 * DAY);
        match step[1] % 20 {
            0 | 1 => Statement::Invitation(Invitation { key: self.secret().public(), role, expires }),
            2 | 3 => {
                let counts = if role == Role::Connector { Vec::new() } else { counts };
                Statement::RoleChange(RoleChange { resident, role, counts })
            }
            4..=6 => Statement::MemberRemoval(MemberRemoval { resident, counts }),
            7 => {
                let (secret, owner) = (self.secret(), self.residents[who]);
                let addition = DeviceAddition::sign(&secret, &self.village, &self.devices[who].key());
                self.devices.push(Device::new(secret, self.village));
                self.residents.push(owner);
                Statement::DeviceAddition(addition)
            }
            8 => Statement::DeviceRetirement(DeviceRetirement { device, last }),
            9 => Statement::Rescue(Rescue { device, last }),
            10 => Statement::ForkDecision(ForkDecision { device, sequence: last, keep: of }),
            11 => {
                let secret = self.secret();
                let recovery = Recovery::sign(&secret, &self.village, &resident, counts);
                self.devices.push(Device::new(secret, self.village));
                self.residents.push(resident);
                Statement::Recovery(recovery)
            }
            12 | 13 => Statement::Endorsement(Endorsement { of }),
            14 => Statement::Veto(Veto { of }),
            15 => Statement::RecoveryKey(RecoveryKey::sign(&self.secret(), &self.village, &self.devices[who].key())),
            16 => Statement::InvitationWithdrawal(InvitationWithdrawal { invitation: of }),
            17 => match step[4] % 2 {
                0 => Statement::BoxCertificate(BoxCertificate { key: device, expires }),
                _ => Statement::BoxRetirement(BoxRetirement { key: device }),
            },
            18 => {
                let with = NeighbourhoodId::from_bytes([9; 32]);
                let (direction, kinds) = (TreatyDirection::Both, Vec::new());
                match step[4] % 2 {
                    0 => Statement::Treaty(Treaty { with, accepts: None, direction, kinds, expires }),
                    _ => Statement::TreatyEnd(TreatyEnd { with }),
                }
            }
            _ => match step[4] % 2 {
                0 => Statement::Organisation(Organisation { speaker: resident }),
                _ => Statement::SpeakerChange(SpeakerChange {
                    organisation: of.into(),
                    resident,
                    speaks: step[4] % 4 == 1,
                    counts: if step[4] % 4 == 1 { Vec::new() } else { counts },
                }),
            },
        }
    }

    /// Every device that the story means to be of the same resident.
    fn counts(&self, target: usize, last: u64) -> Vec<DeviceCount> {
        let own = self.devices.iter().zip(&self.residents).filter(|(_, owner)| **owner == self.residents[target]);
        let mut counts: Vec<DeviceCount> = own.map(|(device, _)| DeviceCount { device: device.key(), last }).collect();
        counts.sort_unstable();
        counts.dedup_by_key(|count| count.device);
        counts
    }
}
