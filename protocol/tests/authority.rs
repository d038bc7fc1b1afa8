//! Who may do what: the table of rights case by case, and the register in either order.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::{InvitationUse, Membership, Reason, TreatyStage, Verdict};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::{PublicKey, SecretKey};
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceAddition, DeviceCount, Edit, Invitation, ItemId, Kind, NeighbourhoodId, Payload, Role,
    RoleChange, Signed, Space, Statement, Treaty, TreatyDirection,
};
use dorpsplein_protocol::replica::Refusal;
use support::{DAY, Puppet, Village, World, body, news_edits, title};

/// A village with a second box that hears everything from a peer, in the order a test chooses.
struct Stage {
    world: World,
    village: Village,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new();
        let village = world.found("Oosterwijk aan de Vliet");
        Self { world, village }
    }

    /// A box that holds the beginning, and a peer certified to bring it more.
    fn listener(&mut self) -> Puppet {
        let at = self.world.add_box(self.village.id);
        for operation in &self.village.beginning {
            self.world.submit(at, operation).unwrap();
        }
        let key = self.world.boxes[self.village.at].key;
        self.world.greeting_puppet(at, key, self.village.id).0
    }

    /// A box that heard these operations one by one.
    fn having_heard(&mut self, operations: &[&Signed]) -> usize {
        let listener = self.listener();
        for operation in operations {
            self.world.bring(listener, std::slice::from_ref(operation));
        }
        listener.at
    }

    fn membership(&self, at: usize, device: &PublicKey) -> Option<Membership> {
        self.world.boxes[at].replica.registers().home().membership(device)
    }

    fn role(&self, at: usize, device: &PublicKey) -> Option<Role> {
        self.membership(at, device).map(|membership| membership.role)
    }

    fn role_change(&mut self, of: &Device, role: Role) -> Signed {
        let resident = self.membership(self.village.at, &of.key()).unwrap().resident;
        let counts = if role == Role::Resident { vec![count(of)] } else { Vec::new() };
        let statement = Statement::RoleChange(RoleChange { resident, role, counts });
        self.world.compose_statement(self.village.at, &mut self.village.founder, statement)
    }

    fn invitation(&mut self, by: &mut Device) -> Signed {
        let key = self.world.secret().public();
        let invitation = Invitation { key, role: Role::Resident, expires: self.world.now.plus_millis(DAY) };
        self.world.compose_statement(self.village.at, by, Statement::Invitation(invitation))
    }
}

#[test]
fn residents_make_news_events_and_profiles_and_answer_news_and_events() {
    let Stage { mut world, mut village } = Stage::new();
    let mut anne = world.join(&mut village);
    let at = village.at;
    for place in [village.square(), village.neighbours()] {
        for kind in [Kind::NEWS, Kind::EVENT, Kind::PROFILE] {
            let item = anne.create(place, kind, None, vec![title("x")], world.now);
            let item = world.submit(at, &item).unwrap().item;
            let comment = anne.create(place, Kind::COMMENT, Some(item), vec![body("Mooi")], world.now);
            let result = world.submit(at, &comment);
            match kind {
                Kind::PROFILE => assert_eq!(result, Err(Reason::NoSuchAct.into())),
                _ => {
                    let nested =
                        anne.create(place, Kind::COMMENT, Some(result.unwrap().item), vec![body("x")], world.now);
                    assert_eq!(world.submit(at, &nested), Err(Reason::NoSuchAct.into()));
                }
            }
            let about = anne.create(place, Kind::NEWS, Some(item), vec![title("x")], world.now);
            assert_eq!(world.submit(at, &about), Err(Reason::NoSuchAct.into()), "only comments are about something");
        }
    }
}

#[test]
fn nobody_edits_what_somebody_else_made_not_even_a_connector() {
    let Stage { mut world, mut village } = Stage::new();
    let mut anne = world.join(&mut village);
    let mut bart = world.join(&mut village);
    let (at, place) = (village.at, village.square());
    let item = world.post(at, &mut anne, place, "Van Anne");
    let edits = || vec![title("Van mij")];
    for other in [&mut bart, &mut village.founder] {
        let edit = other.edit(place, item, vec![item.into()], edits(), world.now);
        assert_eq!(world.submit(at, &edit), Err(Reason::NotTheAuthor.into()));
    }
    let edit = anne.edit(place, item, vec![item.into()], edits(), world.now);
    assert!(world.submit(at, &edit).is_ok());
}

#[test]
fn a_comment_stands_where_its_subject_stands() {
    let Stage { mut world, mut village } = Stage::new();
    let mut anne = world.join(&mut village);
    let (at, square, neighbours) = (village.at, village.square(), village.neighbours());
    let item = world.post(at, &mut anne, square, "Alleen hier");
    let comment = anne.create(neighbours, Kind::COMMENT, Some(item), vec![body("x")], world.now);
    assert_eq!(world.submit(at, &comment), Err(Reason::Elsewhere.into()));
}

#[test]
fn a_resident_edits_from_any_of_their_devices() {
    let Stage { mut world, mut village } = Stage::new();
    let mut phone = world.join(&mut village);
    let (mut tablet, _) = world.add_device(&village, &mut phone);
    let (at, place) = (village.at, village.square());
    let item = world.post(at, &mut phone, place, "Geschreven op de telefoon");
    let edit = tablet.edit(place, item, vec![item.into()], vec![title("Verbeterd op de tablet")], world.now);
    assert!(world.submit(at, &edit).is_ok());
    let chain = world.boxes[at].replica.registers().home().membership_chain(&tablet.key());
    let kinds: Vec<_> = chain.iter().map(|id| statement_name(&world, at, *id)).collect();
    assert_eq!(kinds, ["genesis", "invitation", "claim", "device"], "a reader can check it link by link");
}

#[test]
fn a_device_joins_only_with_its_own_consent_and_only_once() {
    let Stage { mut world, mut village } = Stage::new();
    let mut anne = world.join(&mut village);
    let mut bart = world.join(&mut village);
    let (secret, at) = (world.secret(), village.at);
    // Made out to Anne's device, handed in by Bart's.
    let for_anne = DeviceAddition::sign(&secret, &village.id, &anne.key());
    let stolen = world.compose_statement(at, &mut bart, Statement::DeviceAddition(for_anne.clone()));
    assert_eq!(world.submit(at, &stolen), Err(Reason::ClaimProof.into()));
    let elsewhere = DeviceAddition::sign(&secret, &NeighbourhoodId::from_bytes([1; 32]), &anne.key());
    let foreign = world.compose_statement(at, &mut anne, Statement::DeviceAddition(elsewhere));
    assert_eq!(world.submit(at, &foreign), Err(Reason::ClaimProof.into()));

    world.state(at, &mut anne, Statement::DeviceAddition(for_anne));
    let for_bart = DeviceAddition::sign(&secret, &village.id, &bart.key());
    let again = world.compose_statement(at, &mut bart, Statement::DeviceAddition(for_bart));
    assert_eq!(world.submit(at, &again), Err(Reason::AlreadyAMember.into()));
}

#[test]
fn only_connectors_invite_certify_agree_and_change_roles() {
    let mut stage = Stage::new();
    let mut anne = stage.world.join(&mut stage.village);
    let (mut carla, _) = stage.world.join_with(&mut stage.village, Role::Connector);
    let resident = stage.membership(stage.village.at, &anne.key()).unwrap().resident;
    let (at, now) = (stage.village.at, stage.world.now);
    let key = stage.world.secret().public();
    let statements = [
        Statement::Invitation(Invitation { key, role: Role::Resident, expires: now.plus_millis(DAY) }),
        Statement::BoxCertificate(BoxCertificate { key, expires: now.plus_millis(DAY) }),
        Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts: vec![count(&anne)] }),
        Statement::Treaty(treaty(NeighbourhoodId::from_bytes([1; 32]), now.plus_millis(DAY))),
    ];
    for statement in statements {
        let by_resident = stage.world.compose_statement(at, &mut anne, statement.clone());
        assert_eq!(stage.world.submit(at, &by_resident), Err(Reason::NotAConnector.into()), "{statement:?}");
        stage.world.state(at, &mut carla, statement);
    }
    let nobody =
        Statement::RoleChange(RoleChange { resident: resident_of_nobody(), role: Role::Connector, counts: Vec::new() });
    let nobody = stage.world.compose_statement(at, &mut carla, nobody);
    assert_eq!(stage.world.submit(at, &nobody), Err(Reason::NoSuchResident.into()));
}

#[test]
fn of_two_claims_on_one_invitation_every_box_keeps_the_same_one() {
    let mut stage = Stage::new();
    let (invitation, letter) = stage.world.invite(&mut stage.village, Role::Resident);
    let (daan, first) = stage.world.claim(stage.village.id, invitation.id(), &letter);
    let (eva, second) = stage.world.claim(stage.village.id, invitation.id(), &letter);
    let one_way = stage.having_heard(&[&invitation, &first, &second]);
    let other_way = stage.having_heard(&[&second, &first, &invitation]);
    let winner = if first.id() < second.id() { daan.key() } else { eva.key() };
    for at in [one_way, other_way] {
        let members: Vec<PublicKey> =
            [daan.key(), eva.key()].into_iter().filter(|key| stage.membership(at, key).is_some()).collect();
        assert_eq!(members, [winner], "one letter lets one person in, the same at every box");
        assert_eq!(stage.world.boxes[at].replica.registers().home().resident_count(), 2);
    }
    let register = stage.world.boxes[one_way].replica.registers().home();
    let loser = if first.id() < second.id() { second.id() } else { first.id() };
    assert_eq!(register.verdict(&loser), Some(Verdict::Refused(Reason::InvitationUsed)));
    assert!(matches!(register.invitation(&letter.public()).unwrap().state, InvitationUse::Used(_)));
}

#[test]
fn what_the_loser_of_a_race_wrote_disappears_when_the_winner_comes_in() {
    let mut stage = Stage::new();
    let (invitation, letter) = stage.world.invite(&mut stage.village, Role::Resident);
    let claims = [(); 2].map(|()| stage.world.claim(stage.village.id, invitation.id(), &letter));
    let [mut low, mut high] = claims;
    if low.1.id() > high.1.id() {
        std::mem::swap(&mut low, &mut high);
    }
    let place = stage.village.square();
    let post = high.0.create(place, Kind::NEWS, None, news_edits("Hallo allemaal"), stage.world.now);
    let item = ItemId::from(post.id());
    let listener = stage.listener();
    for operation in [&invitation, &high.1, &post] {
        stage.world.bring(listener, std::slice::from_ref(operation));
    }
    assert!(stage.world.boxes[listener.at].row(item).is_some());
    stage.world.bring(listener, std::slice::from_ref(&low.1));
    assert_eq!(stage.world.boxes[listener.at].row(item), None);
    assert!(stage.world.boxes[listener.at].holds(&post), "kept, in case things turn again");
}

#[test]
fn a_role_that_is_withdrawn_is_worth_nothing_at_the_same_time_and_counts_again_when_it_is_given_back() {
    let mut stage = Stage::new();
    let (mut carla, [invitation, claim]) = stage.world.join_with(&mut stage.village, Role::Connector);
    let at = stage.village.at;
    // Both at once: the founder withdraws the role while Carla, who cannot know, invites.
    let withdrawal = stage.role_change(&carla, Role::Resident);
    let invited = stage.invitation(&mut carla);
    let orders: [[&Signed; 4]; 2] =
        [[&invitation, &claim, &withdrawal, &invited], [&invited, &withdrawal, &claim, &invitation]];
    for order in orders {
        let heard = stage.having_heard(&order);
        assert_eq!(stage.role(heard, &carla.key()), Some(Role::Resident));
        let register = stage.world.boxes[heard].replica.registers().home();
        assert_eq!(register.verdict(&invited.id()), Some(Verdict::Refused(Reason::Voided)));
    }
    stage.world.submit(at, &withdrawal).unwrap();
    let knowing = stage.invitation(&mut carla);
    assert_eq!(stage.world.submit(at, &knowing), Err(Reason::NotAConnector.into()));
    let again = stage.role_change(&carla, Role::Connector);
    stage.world.submit(at, &again).unwrap();
    let restored = stage.invitation(&mut carla);
    assert!(stage.world.submit(at, &restored).is_ok());
}

#[test]
fn of_two_role_changes_at_once_the_one_that_trusts_less_stands() {
    let mut stage = Stage::new();
    let (mut carla, [invitation, claim]) = stage.world.join_with(&mut stage.village, Role::Connector);
    let (dirk, [second_invitation, second_claim]) = stage.world.join_with(&mut stage.village, Role::Resident);
    let resident = stage.membership(stage.village.at, &dirk.key()).unwrap().resident;
    let up = stage.role_change(&dirk, Role::Connector);
    let down = Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts: vec![count(&dirk)] });
    let down = stage.world.compose_statement(stage.village.at, &mut carla, down);
    let before = [&invitation, &claim, &second_invitation, &second_claim];
    for pair in [[&up, &down], [&down, &up]] {
        let heard = stage.having_heard(&[&before[..], &pair].concat());
        assert_eq!(stage.role(heard, &dirk.key()), Some(Role::Resident));
    }
}

#[test]
fn who_gives_up_a_role_cannot_use_it_afterwards_in_any_order() {
    let mut stage = Stage::new();
    let (mut carla, [invitation, claim]) = stage.world.join_with(&mut stage.village, Role::Connector);
    let resident = stage.membership(stage.village.at, &carla.key()).unwrap().resident;
    let statement = Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts: vec![count(&carla)] });
    let resignation = stage.world.compose_statement(stage.village.at, &mut carla, statement);
    // Signed after, by the same device, with parents that pretend not to know.
    let afterwards = stage.invitation(&mut carla);
    let mut verdicts = Vec::new();
    for pair in [[&resignation, &afterwards], [&afterwards, &resignation]] {
        let heard = stage.having_heard(&[&[&invitation, &claim][..], &pair].concat());
        assert_eq!(stage.role(heard, &carla.key()), Some(Role::Resident));
        verdicts.push(stage.world.boxes[heard].replica.registers().home().verdict(&afterwards.id()));
        stage.world.reopen(heard);
        verdicts.push(stage.world.boxes[heard].replica.registers().home().verdict(&afterwards.id()));
    }
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
}

#[test]
fn statements_of_later_versions_pass_through() {
    let mut stage = Stage::new();
    let mut anne = stage.world.join(&mut stage.village);
    let (at, second) = (stage.village.at, stage.world.second_box(&mut stage.village));
    stage.world.connect(second, at);
    stage.world.run();
    // [77, [1, "later"]]
    let unknown = Statement::Unknown(vec![0x82, 0x18, 0x4d, 0x82, 0x01, 0x65, b'l', b'a', b't', b'e', b'r']);
    let operation = stage.world.compose_statement(at, &mut anne, unknown.clone());
    stage.world.submit(at, &operation).unwrap();
    stage.world.run();
    assert!(stage.world.boxes[second].holds(&operation), "an old box passes on what it does not understand");
    let kept = dorpsplein_protocol::projection::operation(&stage.world.boxes[second].store, &operation.id());
    assert_eq!(kept.unwrap(), Some(operation.encode()), "byte for byte");
    assert_eq!(Payload::decode(operation.payload().unwrap()), Ok(Payload::Statement(unknown.clone())));

    let mut stranger = Device::new(stage.world.secret(), stage.village.id);
    let by_stranger = stage.world.compose_statement(at, &mut stranger, unknown);
    assert_eq!(stage.world.submit(at, &by_stranger), Err(Reason::NotAMember.into()));
    let next = {
        let mut founder = founder_again(&stage);
        stage.invitation(&mut founder)
    };
    assert!(stage.world.submit(at, &next).is_ok(), "and what builds on it stands");
}

#[test]
fn unknown_edits_and_fields_are_kept_and_passed_on() {
    let mut stage = Stage::new();
    let mut anne = stage.world.join(&mut stage.village);
    let (at, second) = (stage.village.at, stage.world.second_box(&mut stage.village));
    stage.world.connect(second, at);
    let unknown = Edit::Unknown(vec![0x82, 0x18, 0x63, 0x01]);
    let field = dorpsplein_protocol::operation::Field(900);
    let later = Edit::Set { field, value: dorpsplein_protocol::operation::Value::Int(-5) };
    let place = stage.village.square();
    let post = anne.create(place, Kind::NEWS, None, vec![title("Van morgen"), unknown, later], stage.world.now);
    let item = stage.world.submit(at, &post).unwrap().item;
    let edit = anne.edit(place, item, vec![item.into()], vec![body("En verder")], stage.world.now);
    stage.world.submit(at, &edit).unwrap();
    stage.world.run();
    assert_eq!(stage.world.boxes[second].row(item), stage.world.boxes[at].row(item));
    assert_eq!(stage.world.boxes[second].row(item).unwrap().content.title.as_deref(), Some("Van morgen"));
    let kept = dorpsplein_protocol::projection::operation(&stage.world.boxes[second].store, &post.id());
    assert_eq!(kept.unwrap(), Some(post.encode()));
}

#[test]
fn a_visitor_answers_and_does_nothing_else() {
    let mut world = World::new();
    let (mut a, mut b) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    world.agree(&mut a, &mut b);
    let mut anne = world.join(&mut a);
    let mut vera = world.join(&mut b);
    let shared = world.post(a.at, &mut anne, a.neighbours(), "Voor de buren");
    let own = world.post(a.at, &mut anne, a.square(), "Voor hier");
    world.connect(a.at, b.at);
    world.run();

    let answer = vera.create(a.neighbours(), Kind::COMMENT, Some(shared), vec![body("Ik kom!")], world.now);
    let answer = world.submit(b.at, &answer).unwrap().item;
    let edit = vera.edit(a.neighbours(), answer, vec![answer.into()], vec![body("Ik kom toch niet")], world.now);
    assert!(world.submit(b.at, &edit).is_ok());
    let cases: [(Place, Kind, Option<ItemId>, Reason); 4] = [
        (a.neighbours(), Kind::NEWS, None, Reason::NoSuchAct),
        (a.neighbours(), Kind::PROFILE, None, Reason::NoSuchAct),
        (a.square(), Kind::COMMENT, Some(own), Reason::SpaceNotAllowed),
        (a.square(), Kind::NEWS, None, Reason::SpaceNotAllowed),
    ];
    for (place, kind, subject, reason) in cases {
        let operation = vera.create(place, kind, subject, vec![body("x")], world.now);
        assert_eq!(world.submit(a.at, &operation), Err(reason.into()), "{kind:?} in {:?}", place.space);
    }
    world.run();
    assert_eq!(world.boxes[a.at].row(answer).unwrap().author.home, b.id);

    let mut stranger = Device::new(world.secret(), b.id);
    let comment = stranger.create(a.neighbours(), Kind::COMMENT, Some(shared), vec![body("x")], world.now);
    assert!(matches!(world.submit(a.at, &comment), Err(Refusal::Missing(_))));
}

#[test]
fn a_treaty_stands_when_both_said_so_and_ends_when_it_runs_out() {
    let mut world = World::new();
    let (mut a, mut b) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    let (id_a, id_b) = (a.id, b.id);
    let stage = |world: &World, at: usize, other: NeighbourhoodId| {
        world.boxes[at].replica.registers().treaty(&other, world.now).map(|treaty| treaty.stage)
    };
    let offer = world.treaty_statement(&mut a, b.id, None, Vec::new());
    assert_eq!(stage(&world, a.at, id_b), Some(TreatyStage::Offered));
    assert_eq!(stage(&world, b.at, id_a), None);
    world.treaty_statement(&mut b, a.id, Some(offer.id()), Vec::new());
    assert_eq!(stage(&world, b.at, id_a), Some(TreatyStage::Offered), "until the other's register is here");
    world.introduce(&a, &b);
    world.connect(a.at, b.at);
    world.run();
    assert_eq!(stage(&world, a.at, id_b), Some(TreatyStage::InForce));
    assert_eq!(stage(&world, b.at, id_a), Some(TreatyStage::InForce));

    let mut anne = world.join(&mut a);
    let before = world.post(a.at, &mut anne, a.neighbours(), "Toen het nog gold");
    world.run();
    assert!(world.boxes[b.at].row(before).is_some());
    world.now = world.now.plus_millis(366 * DAY);
    let after = world.post(a.at, &mut anne, a.neighbours(), "Daarna");
    world.pass(DAY);
    assert_eq!(stage(&world, b.at, id_a), Some(TreatyStage::Expired));
    assert!(world.boxes[b.at].row(before).is_some(), "what was shared while it held stays");
    assert_eq!(world.boxes[b.at].row(after), None);
}

#[test]
fn a_treaty_for_events_shares_events() {
    let mut world = World::new();
    let (mut a, mut b) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    let offer = world.treaty_statement(&mut a, b.id, None, vec![Kind::EVENT]);
    world.treaty_statement(&mut b, a.id, Some(offer.id()), Vec::new());
    world.introduce(&a, &b);
    let mut anne = world.join(&mut a);
    let news = world.post(a.at, &mut anne, a.neighbours(), "Geen evenement");
    let edits = support::event_edits("Wel een evenement", "2026-12-04T20:00");
    let event = anne.create(a.neighbours(), Kind::EVENT, None, edits, world.now);
    let event = world.submit(a.at, &event).unwrap().item;
    world.connect(b.at, a.at);
    world.run();
    assert!(world.boxes[b.at].row(event).is_some());
    assert_eq!(world.boxes[b.at].row(news), None);
}

#[test]
fn many_joining_at_once_leave_a_register_one_can_go_on_from() {
    let mut stage = Stage::new();
    let at = stage.village.at;
    let letters: Vec<_> = (0..40).map(|_| stage.world.invite(&mut stage.village, Role::Connector)).collect();
    let mut newcomers: Vec<Device> = Vec::new();
    for (invitation, letter) in &letters {
        let (device, claim) = stage.world.claim(stage.village.id, invitation.id(), letter);
        stage.world.submit(at, &claim).unwrap();
        newcomers.push(device);
    }
    for device in &mut newcomers {
        let operation = stage.invitation(device);
        assert!(stage.world.submit(at, &operation).is_ok(), "sixteen parents are enough to stand on");
    }
    assert!(stage.world.boxes[at].replica.registers().home().heads().len() <= 16);
}

/// The founder, continued: the same device in the test's own hands.
fn founder_again(stage: &Stage) -> Device {
    let founder = &stage.village.founder;
    let secret = SecretKey::from_seed(&founder.secret().to_seed());
    Device::resume(secret, founder.home(), founder.sequence(), founder.previous())
}

fn treaty(with: NeighbourhoodId, expires: dorpsplein_protocol::time::Timestamp) -> Treaty {
    Treaty { with, accepts: None, direction: TreatyDirection::Both, kinds: Vec::new(), expires }
}

/// All that a device signed so far, as what takes something from its resident names it.
fn count(device: &Device) -> DeviceCount {
    DeviceCount { device: device.key(), last: device.sequence() }
}

fn resident_of_nobody() -> dorpsplein_protocol::operation::ResidentId {
    dorpsplein_protocol::operation::OperationId::from_bytes([9; 32]).into()
}

fn statement_name(world: &World, at: usize, id: dorpsplein_protocol::operation::OperationId) -> &'static str {
    let bytes = dorpsplein_protocol::projection::operation(&world.boxes[at].store, &id).unwrap().unwrap();
    let operation = Signed::decode(&bytes).unwrap();
    assert_eq!(operation.header().space, Space::Register);
    match Payload::decode(operation.payload().unwrap()).unwrap() {
        Payload::Statement(Statement::Genesis(_)) => "genesis",
        Payload::Statement(Statement::Invitation(_)) => "invitation",
        Payload::Statement(Statement::Claim(_)) => "claim",
        Payload::Statement(Statement::DeviceAddition(_)) => "device",
        _ => "something else",
    }
}
