//! A device that signed two operations with one number: both are kept, one counts, and nothing more is taken from it
//! until a connector decides.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::Reason;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, ForkDecision, Header, Kind, OperationId, Role, RoleChange, Signed, Statement,
};
use dorpsplein_protocol::projection::{self, Branches, Fork};
use dorpsplein_protocol::replica::{MAX_UNDECIDED_PER_DEVICE, Refusal};
use dorpsplein_protocol::store::Table;
use support::{Village, World, news_edits};

struct Stage {
    world: World,
    village: Village,
    anne: Device,
    /// The branch with the lower id, and what follows on it.
    lower: [Signed; 2],
    /// The branch with the higher id, and what follows on it.
    higher: [Signed; 2],
    other: usize,
}

fn stage() -> Stage {
    stage_after(0)
}

/// A resident's copied key writes on both sides: the lower branch came to the first box, the higher one to the second.
/// Which of the second two has the lower id depends on `earlier`, the number of posts before.
fn stage_after(earlier: usize) -> Stage {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let mut anne = world.join(&mut village);
    let other = world.second_box(&mut village);
    let (place, now) = (village.square(), world.now);
    for n in 0..earlier {
        let post = anne.create(place, Kind::NEWS, None, news_edits(&n.to_string()), now);
        for at in [village.at, other] {
            world.submit(at, &post).unwrap();
        }
    }
    let secret = SecretKey::from_seed(&anne.secret().to_seed());
    let mut twin = Device::resume(secret, anne.home(), anne.sequence(), anne.previous());
    let branch = |device: &mut Device, heading: &str| {
        [heading, "En dan"].map(|heading| device.create(place, Kind::NEWS, None, news_edits(heading), now))
    };
    let (one, two) = (branch(&mut anne, "Echt"), branch(&mut twin, "Gekopieerd"));
    let (lower, higher) = if one[0].id() < two[0].id() { (one, two) } else { (two, one) };
    for (at, operations) in [(village.at, &lower), (other, &higher)] {
        for operation in operations {
            world.submit(at, operation).unwrap();
        }
    }
    Stage { world, village, anne, lower, higher, other }
}

impl Stage {
    fn shows(&self, at: usize, operation: &Signed) -> bool {
        self.world.boxes[at].row(operation.header().item()).is_some()
    }

    fn sequence(&self) -> u64 {
        self.lower[0].header().sequence
    }

    fn branches(&self, at: usize) -> Branches {
        let registers = self.world.boxes[at].replica.registers();
        let decided = |header: &Header| registers.home().fork_decision(&header.device, header.sequence);
        projection::branches(&self.world.boxes[at].store, &self.anne.key(), decided).unwrap()
    }

    fn undecided(&self, at: usize) -> Option<u64> {
        self.branches(at).undecided()
    }

    fn kept(&self, at: usize) -> [Option<OperationId>; 2] {
        [0, 1].map(|on| self.branches(at).kept(self.sequence() + on))
    }

    fn decide(&mut self, keep: OperationId) {
        let (device, sequence) = (self.anne.key(), self.sequence());
        let decision = Statement::ForkDecision(ForkDecision { device, sequence, keep });
        self.world.state(self.village.at, &mut self.village.founder, decision);
        self.world.run();
    }
}

#[test]
fn both_branches_reach_every_box_and_all_show_the_lower_until_a_connector_decides_for_the_other() {
    let mut agreed = Vec::new();
    for earlier in 0..6 {
        let stage = stage_after(earlier);
        agreed.push(stage.lower[1].id() < stage.higher[1].id());
        both_branches_reach_every_box(stage);
    }
    assert!(agreed.contains(&true) && agreed.contains(&false), "the second number says the same as the first, and not");
}

fn both_branches_reach_every_box(mut stage: Stage) {
    let boxes = [stage.village.at, stage.other];
    assert!(stage.shows(stage.other, &stage.higher[0]), "nobody there knows of the other branch yet");
    stage.world.connect(stage.other, stage.village.at);
    stage.world.run();
    let fork = Fork {
        device: stage.anne.key(),
        sequence: stage.sequence(),
        operations: vec![stage.lower[0].id(), stage.higher[0].id()],
    };
    for at in boxes {
        for (operation, shown) in stage.lower.iter().map(|o| (o, true)).chain(stage.higher.iter().map(|o| (o, false))) {
            assert!(stage.world.boxes[at].holds(operation));
            assert_eq!(stage.shows(at, operation), shown);
        }
        let forks = projection::forks(&stage.world.boxes[at].store).unwrap();
        // What follows on either branch has one number too.
        assert_eq!((forks.len(), &forks[0]), (2, &fork));
        assert_eq!(stage.world.boxes[at].replica.forks().unwrap(), forks);
        assert_eq!((stage.undecided(at), stage.kept(at)), (Some(stage.sequence()), [None, None]));
    }
    // One decision: what follows on either branch goes with it.
    stage.decide(stage.higher[0].id());
    for at in boxes {
        for opened_again in [false, true] {
            if opened_again {
                stage.world.reopen(at);
            }
            assert!(stage.higher.iter().all(|operation| stage.shows(at, operation)));
            assert!(!stage.lower.iter().any(|operation| stage.shows(at, operation)));
        }
        assert_eq!((stage.undecided(at), stage.kept(at)), (None, stage.higher.each_ref().map(|one| Some(one.id()))));
    }
    assert_eq!(stage.world.boxes[boxes[0]].rows(), stage.world.boxes[boxes[1]].rows());
    let (place, now) = (stage.village.square(), stage.world.now);
    let secret = SecretKey::from_seed(&stage.anne.secret().to_seed());
    let last = &stage.higher[1];
    let mut anne = Device::resume(secret, stage.village.id, last.header().sequence, Some(last.id()));
    let next = anne.create(place, Kind::NEWS, None, news_edits("Weer verder"), now);
    stage.world.submit(stage.village.at, &next).unwrap();
    assert!(stage.shows(stage.village.at, &next));
}

#[test]
fn a_device_that_forked_is_frozen_until_a_connector_decides() {
    let mut stage = stage();
    let at = stage.village.at;
    stage.world.connect(stage.other, at);
    stage.world.run();
    let last = stage.lower[1].clone();
    let secret = SecretKey::from_seed(&stage.anne.secret().to_seed());
    let mut device = Device::resume(secret, stage.village.id, last.header().sequence, Some(last.id()));
    let post = device.create(stage.village.square(), Kind::NEWS, None, news_edits("Verder"), stage.world.now);
    assert_eq!(stage.world.submit(at, &post), Err(Refusal::NotPermitted(Reason::Frozen)));
    stage.world.reopen(at);
    assert_eq!(stage.world.submit(at, &post), Err(Refusal::NotPermitted(Reason::Frozen)));
    stage.decide(stage.lower[0].id());
    stage.world.submit(at, &post).unwrap();
    assert!(stage.shows(at, &post));
    // It forks again, on the branch that counts.
    let secret = SecretKey::from_seed(&stage.anne.secret().to_seed());
    let mut device = Device::resume(secret, stage.village.id, last.header().sequence, Some(last.id()));
    let again = device.create(stage.village.square(), Kind::NEWS, None, news_edits("Nog eens"), stage.world.now);
    let (puppet, _) = stage.world.greeting_puppet(at, stage.world.boxes[stage.other].key, stage.village.id);
    stage.world.bring(puppet, std::slice::from_ref(&again));
    assert_eq!(stage.undecided(at), Some(again.header().sequence));
    let next = device.create(stage.village.square(), Kind::NEWS, None, news_edits("En verder"), stage.world.now);
    assert_eq!(stage.world.submit(at, &next), Err(Refusal::NotPermitted(Reason::Frozen)));
}

#[test]
fn the_first_proof_is_kept_even_when_there_is_no_room_for_what_is_not_permitted() {
    let mut stage = stage();
    let at = stage.village.at;
    let (puppet, _) = stage.world.greeting_puppet(at, stage.world.boxes[stage.other].key, stage.village.id);
    let nowhere = OperationId::from_bytes([9; 32]);
    let secret = SecretKey::from_seed(&stage.anne.secret().to_seed());
    let mut flooding = Device::resume(secret, stage.village.id, 1_000, Some(nowhere));
    for _ in 0..MAX_UNDECIDED_PER_DEVICE {
        let item = stage.lower[0].header().item();
        let edit = flooding.edit(stage.village.square(), item, vec![nowhere], news_edits("Vol"), stage.world.now);
        stage.world.bring(puppet, std::slice::from_ref(&edit));
    }
    assert_eq!(stage.world.boxes[at].dump(&[Table::Undecided]).len(), MAX_UNDECIDED_PER_DEVICE);
    let proof = stage.higher[0].clone();
    stage.world.bring(puppet, std::slice::from_ref(&proof));
    assert!(stage.world.boxes[at].holds(&proof));
    assert_eq!(stage.world.boxes[at].replica.forks().unwrap().len(), 1);
    let further = stage.higher[1].clone();
    stage.world.bring(puppet, std::slice::from_ref(&further));
    assert!(!stage.world.boxes[at].holds(&further), "for more of the same there is no room");
}

#[test]
fn a_statement_that_counts_for_nothing_is_kept_as_a_proof() {
    let mut stage = stage();
    let at = stage.village.at;
    let (puppet, _) = stage.world.greeting_puppet(at, stage.world.boxes[stage.other].key, stage.village.id);
    // A resident certifies a box, which only connectors do, with a number that a post has.
    let first = &stage.lower[0];
    let secret = SecretKey::from_seed(&stage.anne.secret().to_seed());
    let (sequence, previous) = (first.header().sequence - 1, first.header().previous);
    let mut twin = Device::resume(secret, stage.village.id, sequence, previous);
    let certificate = BoxCertificate { key: stage.anne.key(), expires: stage.world.now.plus_millis(support::DAY) };
    let statement = stage.world.compose_statement(at, &mut twin, Statement::BoxCertificate(certificate));
    stage.world.bring(puppet, std::slice::from_ref(&statement));
    assert!(stage.world.boxes[at].holds(&statement));
    assert_eq!(stage.world.boxes[at].replica.forks().unwrap().len(), 1);
    assert!(
        !stage.world.boxes[at].replica.registers().home().boxes().any(|certified| certified.1.key == stage.anne.key())
    );
    stage.world.reopen(at);
    assert_eq!(stage.world.boxes[at].replica.forks().unwrap().len(), 1);
}

/// A village whose founder's key certified another box with the number of the first thing the founder said, as a neighbour
/// of hers brings it.
struct Stolen {
    world: World,
    village: Village,
    anne: Device,
    /// What the founder said with that number.
    first: Signed,
    forged: Signed,
}

/// `connector` says whether the founder made Anne a connector.
fn stolen(connector: bool) -> Stolen {
    let mut world = World::new();
    let mut village = world.found("Oosterwijk aan de Vliet");
    let anne = world.join(&mut village);
    let other = world.second_box(&mut village);
    if connector {
        let resident = world.boxes[village.at].replica.registers().home().membership(&anne.key()).unwrap().resident;
        let grant = RoleChange { resident, role: Role::Connector, counts: Vec::new() };
        world.state(village.at, &mut village.founder, Statement::RoleChange(grant));
    }
    let [genesis, first] = [0, 1].map(|number| village.beginning[number].clone());
    let secret = SecretKey::from_seed(&village.founder.secret().to_seed());
    let mut thief = Device::resume(secret, village.id, genesis.header().sequence, Some(genesis.id()));
    let key = world.secret().public();
    let certificate = BoxCertificate { key, expires: world.now.plus_millis(support::DAY) };
    let forged = thief.state(vec![genesis.id()], Statement::BoxCertificate(certificate), world.now);
    let peer = world.boxes[other].key;
    let (puppet, _) = world.greeting_puppet(village.at, peer, village.id);
    world.bring(puppet, std::slice::from_ref(&forged));
    Stolen { world, village, anne, first, forged }
}

impl Stolen {
    fn decision(&self) -> Statement {
        let (device, sequence) = (self.village.founder.key(), self.first.header().sequence);
        Statement::ForkDecision(ForkDecision { device, sequence, keep: self.first.id() })
    }

    fn boxes(&self) -> usize {
        self.world.boxes[self.village.at].replica.registers().home().boxes().count()
    }
}

#[test]
fn a_connector_whose_place_is_in_doubt_decides_on_a_form() {
    let mut stage = stolen(true);
    let at = stage.village.at;
    let waits = |stage: &Stolen| {
        let register = stage.world.boxes[at].replica.registers().home();
        let anne = register.membership(&stage.anne.key()).unwrap();
        (anne.role, register.waits_as_connector(&anne.resident))
    };
    assert!(stage.world.boxes[at].holds(&stage.forged));
    assert_eq!(waits(&stage), (Role::Resident, true));
    // The founder's device is frozen, and she is not the only one who can decide.
    let decision = stage.decision();
    let own = stage.world.compose_statement(at, &mut stage.village.founder, decision.clone());
    assert!(stage.world.submit(at, &own).is_err());
    stage.world.reopen(at);
    assert_eq!(waits(&stage), (Role::Resident, true));
    let before = stage.boxes();
    let mut anne = Device::resume(
        SecretKey::from_seed(&stage.anne.secret().to_seed()),
        stage.village.id,
        stage.anne.sequence(),
        stage.anne.previous(),
    );
    stage.world.state(at, &mut anne, decision);
    assert_eq!(waits(&stage), (Role::Connector, false));
    assert!(before < stage.boxes(), "the boxes of the village are certified again, and the thief's is not");
    let forged = stage.forged.id();
    let verdict = stage.world.boxes[at].replica.registers().home().verdict(&forged);
    assert_eq!(verdict, Some(dorpsplein_protocol::authority::Verdict::Refused(Reason::Forked)));
}

#[test]
fn the_only_connector_decides_with_the_frozen_device_and_goes_on() {
    let mut stage = stolen(false);
    let at = stage.village.at;
    let (place, now) = (stage.village.square(), stage.world.now);
    let founder = &stage.village.founder;
    let secret = SecretKey::from_seed(&founder.secret().to_seed());
    let mut copy = Device::resume(secret, stage.village.id, founder.sequence(), founder.previous());
    let post = copy.create(place, Kind::NEWS, None, news_edits("Verder"), now);
    assert_eq!(stage.world.submit(at, &post), Err(Refusal::NotPermitted(Reason::Frozen)));
    let decision = stage.decision();
    stage.world.state(at, &mut stage.village.founder, decision);
    let post = stage.village.founder.create(place, Kind::NEWS, None, news_edits("Verder"), now);
    stage.world.submit(at, &post).unwrap();
}
