//! What two registers say together: treaties as seen from either side, who may hold whose register, and circles.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::{PARTING_MS, Registers, TreatyStage, TreatyState};
use dorpsplein_protocol::operation::{
    BoxCertificate, CircleAdmission, CircleEnd, CircleFounding, CircleJoining, CircleLeaving, NeighbourhoodId,
    OperationId, Signed, Statement, Treaty, TreatyDirection, TreatyEnd,
};
use support::{DAY, HOUR, START, Village, World};

const NOWHERE: NeighbourhoodId = NeighbourhoodId::from_bytes([9; 32]);

struct Stage {
    world: World,
    ours: Village,
    theirs: Village,
}

/// Two villages whose boxes know of each other and have not agreed.
fn strangers() -> Stage {
    let mut world = World::new();
    let (ours, theirs) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    world.introduce(&ours, &theirs);
    Stage { world, ours, theirs }
}

/// Two villages that agreed, and told each other.
fn neighbours() -> Stage {
    let mut stage = strangers();
    let offer = stage.offer(None, TreatyDirection::Both);
    stage.accept(Some(offer), TreatyDirection::Both);
    stage.tell();
    stage
}

impl Stage {
    fn registers(&self) -> &Registers {
        self.world.boxes[self.ours.at].replica.registers()
    }

    fn treaty(&self) -> Option<TreatyState> {
        self.registers().treaty(&self.theirs.id, self.world.now)
    }

    fn stage(&self) -> Option<TreatyStage> {
        self.treaty().map(|treaty| treaty.stage)
    }

    /// What ours says to theirs, good for a day.
    fn offer(&mut self, accepts: Option<OperationId>, direction: TreatyDirection) -> OperationId {
        let expires = self.world.now.plus_millis(DAY);
        let treaty = Treaty { with: self.theirs.id, accepts, direction, kinds: Vec::new(), expires };
        self.ours_says(Statement::Treaty(treaty)).id()
    }

    /// What theirs says to ours, good for two days.
    fn accept(&mut self, accepts: Option<OperationId>, direction: TreatyDirection) -> OperationId {
        let expires = self.world.now.plus_millis(2 * DAY);
        let treaty = Treaty { with: self.ours.id, accepts, direction, kinds: Vec::new(), expires };
        self.theirs_says(Statement::Treaty(treaty)).id()
    }

    fn ours_says(&mut self, statement: Statement) -> Signed {
        self.world.state(self.ours.at, &mut self.ours.founder, statement)
    }

    fn theirs_says(&mut self, statement: Statement) -> Signed {
        self.world.state(self.theirs.at, &mut self.theirs.founder, statement)
    }

    /// The boxes meet and tell each other what the other may know.
    fn tell(&mut self) {
        self.world.connect(self.ours.at, self.theirs.at);
        self.world.run();
    }
}

#[test]
fn a_treaty_is_offered_received_in_force_and_expired() {
    let mut stage = strangers();
    assert_eq!((stage.treaty(), stage.registers().treaties(START).len()), (None, 0));
    let offer = stage.offer(None, TreatyDirection::Both);
    assert_eq!(stage.stage(), Some(TreatyStage::Offered));
    let listed = stage.registers().treaties(START);
    assert_eq!(listed.iter().map(|treaty| treaty.with).collect::<Vec<_>>(), [stage.theirs.id]);
    stage.world.now = START.plus_millis(HOUR);
    stage.accept(Some(offer), TreatyDirection::Both);
    assert_eq!(stage.stage(), Some(TreatyStage::Offered), "we have not heard of it");
    stage.tell();
    let treaty = stage.treaty().unwrap();
    assert_eq!((treaty.stage, treaty.since), (TreatyStage::InForce, START.plus_millis(HOUR)));
    assert_eq!(treaty.expires, START.plus_millis(DAY), "the shorter of the two");
    let at = |millis| stage.registers().treaty(&stage.theirs.id, START.plus_millis(millis)).unwrap().stage;
    assert_eq!([at(DAY - 1), at(DAY)], [TreatyStage::InForce, TreatyStage::Expired]);
    let there = stage.world.boxes[stage.theirs.at].replica.registers();
    assert_eq!(there.treaty(&stage.ours.id, START).unwrap().stage, TreatyStage::InForce);
    assert_eq!(stage.registers().iter().count(), 2);
}

#[test]
fn an_acceptance_of_something_else_is_an_offer_of_its_own() {
    let mut stage = strangers();
    stage.offer(None, TreatyDirection::Both);
    let mistaken = OperationId::from_bytes([6; 32]);
    stage.accept(Some(mistaken), TreatyDirection::Both);
    stage.tell();
    assert_eq!(stage.stage(), Some(TreatyStage::Offered));
}

#[test]
fn each_side_says_what_it_sends_and_takes() {
    use TreatyDirection::{Both, Receive, Send};
    // What ours says, what theirs says, whether we send, whether we receive.
    for (ours, theirs, sends, receives) in [
        (Both, Both, true, true),
        (Send, Both, true, false),
        (Receive, Both, false, true),
        (Both, Send, false, true),
        (Both, Receive, true, false),
        (Send, Receive, true, false),
        (Receive, Send, false, true),
        (Send, Send, false, false),
        (Receive, Receive, false, false),
    ] {
        let mut stage = strangers();
        let offer = stage.offer(None, ours);
        assert_eq!(stage.treaty().map(|treaty| (treaty.sends, treaty.receives)), Some((ours != Receive, ours != Send)));
        stage.accept(Some(offer), theirs);
        stage.tell();
        let treaty = stage.treaty().unwrap();
        assert_eq!((treaty.sends, treaty.receives), (sends, receives), "{ours:?} and {theirs:?}");
    }
}

#[test]
fn a_partner_is_whom_we_said_something_to_that_has_not_run_out() {
    let mut stage = strangers();
    let is_partner = |stage: &Stage, millis| stage.registers().is_partner(&stage.theirs.id, START.plus_millis(millis));
    assert!(!is_partner(&stage, 0) && !stage.registers().is_partner(&NOWHERE, START));
    stage.offer(None, TreatyDirection::Both);
    assert_eq!([0, DAY - 1, DAY].map(|at| is_partner(&stage, at)), [true, true, false]);
}

#[test]
fn whom_we_parted_from_hears_of_it_for_thirty_days() {
    let mut stage = neighbours();
    let with = stage.theirs.id;
    let lately = |stage: &Stage, millis| stage.registers().parted_lately(&with, START.plus_millis(millis));
    assert!(!lately(&stage, 0));
    stage.ours_says(Statement::TreatyEnd(TreatyEnd { with }));
    assert_eq!(
        [0, PARTING_MS - 1, PARTING_MS, PARTING_MS + 1].map(|at| lately(&stage, at)),
        [true, true, false, false]
    );
    assert_eq!(PARTING_MS, 30 * DAY);
    assert!(!stage.registers().parted_lately(&NOWHERE, START));
    stage.world.now = START.plus_millis(HOUR);
    stage.offer(None, TreatyDirection::Both);
    assert!(!lately(&stage, HOUR), "we made up");
}

#[test]
fn a_circle_has_members_who_were_let_in_and_joined() {
    let mut stage = neighbours();
    let (ours, theirs) = (stage.ours.id, stage.theirs.id);
    assert_eq!(stage.registers().circles(), []);
    let circle = stage.ours_says(Statement::CircleFounding(CircleFounding { name: "Vechtdorpen".into() })).id();
    let seen = |stage: &Stage| {
        let circles = stage.registers().circles();
        circles.first().map(|one| (one.members.clone(), one.admitted.clone()))
    };
    assert_eq!(seen(&stage), Some((vec![], vec![])));
    let state = stage.registers().circles().remove(0);
    assert_eq!((state.id, state.name.as_str(), state.founder), (circle.into(), "Vechtdorpen", ours));
    let admit = |neighbourhood| Statement::CircleAdmission(CircleAdmission { circle: circle.into(), neighbourhood });
    stage.ours_says(admit(NOWHERE));
    let admission = stage.ours_says(admit(theirs)).id();
    assert_eq!(seen(&stage).map(|(members, admitted)| (members, admitted.len())), Some((vec![], 2)));
    // Of another circle, and with another founder, they joined something else.
    let other = CircleJoining { circle: OperationId::from_bytes([1; 32]).into(), founder: ours, admission };
    stage.theirs_says(Statement::CircleJoining(other));
    stage.tell();
    assert_eq!(seen(&stage).unwrap().0, []);
    let elsewhere = CircleJoining { circle: circle.into(), founder: NOWHERE, admission };
    stage.theirs_says(Statement::CircleJoining(elsewhere));
    stage.tell();
    assert_eq!(seen(&stage).unwrap().0, []);
    stage.theirs_says(Statement::CircleJoining(CircleJoining { circle: circle.into(), founder: ours, admission }));
    stage.tell();
    assert_eq!(seen(&stage), Some((vec![theirs], vec![NOWHERE])));
    stage.theirs_says(Statement::CircleLeaving(CircleLeaving { circle: circle.into(), neighbourhood: theirs }));
    stage.tell();
    assert_eq!(seen(&stage).map(|(members, admitted)| (members, admitted.len())), Some((vec![], 2)));
    stage.ours_says(Statement::CircleEnd(CircleEnd { circle: circle.into() }));
    assert_eq!(stage.registers().circles(), []);
}

#[test]
fn a_box_speaks_for_its_own_neighbourhood_only() {
    let mut stage = neighbours();
    let key = stage.world.secret().public();
    let expires = START.plus_millis(DAY);
    stage.ours_says(Statement::BoxCertificate(BoxCertificate { key, expires }));
    let registers = stage.registers();
    assert!(registers.speaks(&stage.ours.id, &key, START));
    assert!(!registers.speaks(&stage.ours.id, &key, expires));
    assert!(!registers.speaks(&stage.theirs.id, &key, START) && !registers.speaks(&NOWHERE, &key, START));
}
