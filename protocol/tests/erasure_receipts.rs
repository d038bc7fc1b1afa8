//! Receipts: which neighbours erased too, as far as a box can know.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{Edit, ItemId, Kind};
use dorpsplein_protocol::projection::{self, Receipt};
use dorpsplein_protocol::store::Table;
use support::{MINUTE, Village, World};

struct Stage {
    world: World,
    a: Village,
    b: Village,
    anne: Device,
}

/// Two villages with an agreement, connected and in step.
fn stage() -> Stage {
    let mut world = World::new();
    let (mut a, mut b) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    world.agree(&mut a, &mut b);
    let anne = world.join(&mut a);
    world.connect(a.at, b.at);
    world.run();
    Stage { world, a, b, anne }
}

impl Stage {
    fn post(&mut self) -> ItemId {
        let item = self.world.post(self.a.at, &mut self.anne, self.a.neighbours(), "Te koop: een fiets");
        self.world.run();
        item
    }

    fn erase(&mut self, item: ItemId) {
        let edit = Edit::Erase { kind: Kind::NEWS, reason: None, note: String::new() };
        let place = self.a.neighbours();
        let erasure = self.anne.edit(place, item, vec![item.into()], vec![edit], self.world.now);
        self.world.submit(self.a.at, &erasure).unwrap();
    }

    fn receipts(&self, item: ItemId) -> Vec<Receipt> {
        projection::receipts(&self.world.boxes[self.a.at].store, &item).unwrap()
    }
}

#[test]
fn a_neighbour_in_step_after_an_erasure_gives_a_receipt_and_one_before_does_not() {
    let mut stage = stage();
    let (first, second) = (stage.post(), stage.post());
    stage.world.pass(6 * MINUTE);
    assert_eq!(stage.receipts(first), [], "nothing was erased");
    stage.erase(first);
    assert_eq!(stage.receipts(first), [], "in step before says nothing");
    stage.world.run();
    assert!(stage.world.boxes[stage.b.at].row(first).unwrap().erased.is_some(), "erased next door as well");
    stage.world.pass(6 * MINUTE);
    let given = stage.receipts(first);
    assert_eq!(given.iter().map(|receipt| receipt.neighbourhood).collect::<Vec<_>>(), [stage.b.id]);
    assert!(given[0].since >= stage.world.now);

    let known = stage.world.boxes[stage.a.at].dump(&[Table::Receipts]);
    stage.world.pass(6 * MINUTE);
    assert_eq!(stage.world.boxes[stage.a.at].dump(&[Table::Receipts]), known, "written once");
    stage.erase(second);
    assert_eq!(stage.receipts(second), [], "the receipt for another erasure says nothing about this one");
    stage.world.reopen(stage.a.at);
    assert_eq!(stage.receipts(first), given, "the first receipt stays the first");
    stage.world.connect(stage.a.at, stage.b.at);
    stage.world.run();
    assert_eq!(stage.receipts(second).len(), 1);
    assert_eq!(stage.receipts(first), given);
}

#[test]
fn a_neighbour_that_is_away_gives_no_receipt_until_it_is_back() {
    let mut stage = stage();
    let item = stage.post();
    stage.world.reopen(stage.b.at);
    stage.erase(item);
    stage.world.pass(60 * MINUTE);
    assert_eq!(stage.receipts(item), []);
    assert!(stage.world.boxes[stage.b.at].row(item).unwrap().erased.is_none());
    stage.world.connect(stage.b.at, stage.a.at);
    stage.world.run();
    stage.world.pass(6 * MINUTE);
    assert_eq!(stage.receipts(item).len(), 1);
}
