//! A key that signs in two places: which of its statements in the register stand.
#![allow(clippy::unwrap_used)]

#[path = "support/book.rs"]
mod book;
mod support;

use book::{Book, Hand, valid};
use dorpsplein_protocol::authority::{Reason, Verdict};
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{BoxCertificate, ForkDecision, OperationId, Signed, Statement, SubArea};
use support::{DAY, START};

/// A second connector whose key named two parts of the village with one number, after all that was known then.
struct Fork {
    book: Book,
    people: Vec<Hand>,
    /// The second connector's other device.
    tablet: Hand,
    /// What was known when both were signed.
    heads: Vec<OperationId>,
    /// The one with the lower id.
    low: Signed,
    high: Signed,
}

fn fork() -> Fork {
    fork_between(["Dorp-Noord", "Dorp-West"].map(part))
}

/// The same with two other statements.
fn fork_between(statements: [Statement; 2]) -> Fork {
    let (mut book, mut people) = Book::of(2, 1);
    let tablet = book.adds(&mut people[1]);
    let heads = book.register.heads();
    let [one, other] = statements.map(|statement| copy(&people[1].device).state(heads.clone(), statement, START));
    let (low, high) = if one.id() < other.id() { (one, other) } else { (other, one) };
    Fork { book, people, tablet, heads, low, high }
}

fn copy(device: &Device) -> Device {
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    Device::resume(secret, device.home(), device.sequence(), device.previous())
}

/// The device as it goes on from something it signed.
fn after(device: &Device, signed: &Signed) -> Device {
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    Device::resume(secret, device.home(), signed.header().sequence, Some(signed.id()))
}

fn part(name: &str) -> Statement {
    Statement::SubArea(SubArea { name: name.into() })
}

impl Fork {
    /// What the register says about the lower and the higher one.
    fn verdicts(&self) -> [Verdict; 2] {
        [&self.low, &self.high].map(|signed| self.book.register.verdict(&signed.id()).unwrap())
    }

    fn hear_both(&mut self) {
        for signed in [self.low.clone(), self.high.clone()] {
            self.book.hear(&signed);
        }
    }

    fn decide(&mut self, keep: OperationId) {
        let (device, sequence) = (self.people[1].device.key(), self.low.header().sequence);
        let decision = Statement::ForkDecision(ForkDecision { device, sequence, keep });
        self.book.does(&mut self.people[0], decision);
    }

    /// What becomes of something the device signs on from `from`, having seen `parents`.
    fn goes_on(&self, from: &Signed, parents: Vec<OperationId>) -> Verdict {
        let next = after(&self.people[1].device, from).state(parents, part("Dorp-Zuid"), START);
        self.book.register.assess(&valid(&next)).verdict()
    }
}

const FORKED: Verdict = Verdict::Refused(Reason::Forked);

#[test]
fn of_two_the_lower_stands_until_a_connector_decides() {
    for keep_high in [false, true] {
        let mut fork = fork();
        fork.hear_both();
        assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED]);
        let (low, high) = (fork.low.clone(), fork.high.clone());
        for one in [&low, &high] {
            assert_eq!(fork.goes_on(one, vec![one.id()]), FORKED, "nothing more before a connector decides");
        }
        let (kept, lost) = if keep_high { (&high, &low) } else { (&low, &high) };
        fork.decide(kept.id());
        let expected = if keep_high { [FORKED, Verdict::Permitted] } else { [Verdict::Permitted, FORKED] };
        assert_eq!(fork.verdicts(), expected);
        assert_eq!(fork.goes_on(kept, vec![kept.id()]), Verdict::Permitted);
        assert_eq!(fork.goes_on(lost, vec![lost.id()]), FORKED);
        assert_eq!(fork.goes_on(kept, fork.heads.clone()), FORKED, "it has not seen what counts");
    }
}

#[test]
fn of_two_that_let_a_box_in_neither_stands_until_a_connector_decides() {
    let let_in = |seed| {
        let key = SecretKey::from_seed(&[seed; 32]).public();
        Statement::BoxCertificate(BoxCertificate { key, expires: START.plus_millis(100 * DAY) })
    };
    for keep_high in [false, true] {
        let mut fork = fork_between([101, 102].map(let_in));
        let low = fork.low.clone();
        assert_eq!(fork.book.hear(&low), Verdict::Permitted, "by itself it stands");
        fork.hear_both();
        assert_eq!(fork.verdicts(), [FORKED, FORKED]);
        let (kept, expected) = if keep_high {
            (fork.high.id(), [FORKED, Verdict::Permitted])
        } else {
            (fork.low.id(), [Verdict::Permitted, FORKED])
        };
        fork.decide(kept);
        assert_eq!(fork.verdicts(), expected);
    }
}

#[test]
fn a_decision_about_something_else_decides_nothing() {
    let mut fork = fork();
    fork.hear_both();
    fork.decide(OperationId::from_bytes([9; 32]));
    assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED]);
    let low = fork.low.clone();
    assert_eq!(fork.goes_on(&low, vec![low.id()]), FORKED);
    // Another device's fork is another matter.
    let device = fork.people[2].device.key();
    let sequence = low.header().sequence;
    let other = ForkDecision { device, sequence, keep: fork.high.id() };
    fork.book.does(&mut fork.people[0], Statement::ForkDecision(other));
    assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED]);
}

#[test]
fn what_came_on_top_of_the_one_that_lost_falls_with_it_and_comes_back_with_it() {
    let mut fork = fork();
    let high = fork.high.clone();
    let next = after(&fork.people[1].device, &high).state(vec![high.id()], part("Dorp-Zuid"), START);
    assert_eq!([&high, &next].map(|signed| fork.book.hear(signed)), [Verdict::Permitted; 2]);
    assert_eq!(fork.book.register.areas().count(), 2);
    let low = fork.low.clone();
    fork.book.hear(&low);
    assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED]);
    assert_eq!(fork.book.register.verdict(&next.id()), Some(FORKED));
    assert_eq!(fork.book.register.areas().count(), 1);
    fork.decide(high.id());
    assert_eq!(fork.book.register.verdict(&next.id()), Some(Verdict::Permitted));
    assert_eq!(fork.book.register.areas().count(), 2);
}

#[test]
fn what_another_resident_built_on_stands() {
    let mut fork = fork();
    let (low, high) = (fork.low.clone(), fork.high.clone());
    fork.book.hear(&high);
    fork.book.does_after(&mut fork.people[0], vec![high.id()], part("Dorp-Noord"));
    fork.book.hear(&low);
    assert_eq!(fork.verdicts(), [FORKED, Verdict::Permitted], "a copied key does not undo what others rely on");
    // Who has seen both builds on neither.
    let mut parents = vec![low.id(), fork.people[0].device.previous().unwrap()];
    parents.sort_unstable();
    fork.book.does_after(&mut fork.people[0], parents, part("Dorp-Zuid"));
    assert_eq!(fork.verdicts(), [FORKED, Verdict::Permitted]);
    // What others built on stands whatever a connector decides.
    fork.decide(low.id());
    assert_eq!(fork.verdicts(), [Verdict::Permitted; 2]);
}

#[test]
fn what_only_its_own_author_built_on_does_not_stand_for_that() {
    // The author's other device.
    let mut own_work = fork();
    let (low, high) = (own_work.low.clone(), own_work.high.clone());
    own_work.book.hear(&high);
    let own = after(&own_work.people[1].device, &high).state(vec![high.id()], part("Dorp-Oost"), START);
    own_work.book.hear(&own);
    own_work.book.hear(&low);
    assert_eq!(own_work.verdicts(), [Verdict::Permitted, FORKED]);
    own_work.book.does_after(&mut own_work.tablet, vec![high.id()], part("Dorp-Noord"));
    assert_eq!(own_work.verdicts(), [Verdict::Permitted, FORKED]);
}

#[test]
fn what_is_refused_itself_holds_nothing_up() {
    let mut fork = fork();
    let (low, high) = (fork.low.clone(), fork.high.clone());
    fork.book.hear(&high);
    // A resident says what only connectors may, on top of the higher one.
    let refused = fork.people[2].device.state(vec![high.id()], part("Dorp-Noord"), START);
    assert_eq!(fork.book.hear(&refused), Verdict::Refused(Reason::NotAConnector));
    fork.book.hear(&low);
    assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED]);
}

#[test]
fn a_number_is_not_used_out_of_turn() {
    let (mut book, mut people) = Book::of(2, 0);
    let early = copy(&people[1].device);
    // The next number goes to a post, the one after to a statement.
    let secret = SecretKey::from_seed(&people[1].device.secret().to_seed());
    let place = dorpsplein_protocol::compose::Place {
        neighbourhood: book.id,
        space: dorpsplein_protocol::operation::Space::Square,
    };
    let kind = dorpsplein_protocol::operation::Kind::NEWS;
    people[1].device.create(place, kind, None, support::news_edits("Soep"), START);
    let heads = book.register.heads();
    let said = book.does(&mut people[1], part("Dorp-Zuid"));
    // A statement with the number of the post: not said in the register before, and yet out of turn.
    let mut early = early;
    let late = early.state(heads.clone(), part("Dorp-Oost"), START);
    // And one with a number to come that has not seen what was said.
    let sequence = people[1].device.sequence();
    let mut ahead = Device::resume(secret, book.id, sequence, people[1].device.previous());
    let unaware = ahead.state(heads, part("Dorp-West"), START);
    for out_of_turn in [late, unaware] {
        let verdict = book.register.assess(&valid(&out_of_turn)).verdict();
        assert_eq!(verdict, Verdict::Refused(Reason::OwnHistorySkipped));
    }
    assert_eq!(book.register.verdict(&said), Some(Verdict::Permitted));
}

#[test]
fn a_device_that_begins_with_two_of_one_number_lost_count_as_any_other() {
    let Fork { mut book, tablet, heads, .. } = fork();
    let said = ["Dorp-Noord", "Dorp-Zuid"].map(|name| copy(&tablet.device).state(heads.clone(), part(name), START));
    for signed in &said {
        book.hear(signed);
    }
    let mut ids = said.map(|signed| signed.id());
    ids.sort_unstable();
    let verdicts = ids.map(|id| book.register.verdict(&id).unwrap());
    assert_eq!((verdicts, book.register.areas().count()), ([Verdict::Permitted, FORKED], 1));
}

#[test]
fn what_a_device_says_after_the_decision_counts_however_much_that_is() {
    let mut fork = fork();
    fork.hear_both();
    let kept = fork.high.clone();
    fork.decide(kept.id());
    let mut device = after(&fork.people[1].device, &kept);
    for number in 0..100 {
        let parents = fork.book.heads_and(kept.id());
        let next = device.state(parents, part("Dorp-Zuid"), START);
        assert_eq!(fork.book.hear(&next), Verdict::Permitted);
        assert_eq!(fork.book.register.verdict(&next.id()), Some(Verdict::Permitted), "statement {number}");
    }
}

#[test]
fn after_a_decision_a_device_is_held_to_its_count_again() {
    let mut fork = fork();
    fork.hear_both();
    let kept = fork.low.clone();
    fork.decide(kept.id());
    let device = &fork.people[1].device;
    let next = after(device, &kept).state(vec![kept.id()], part("Dorp-Zuid"), START);
    let twice = after(device, &kept).state(vec![kept.id()], part("Dorp-Oost"), START);
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    let mut ahead = Device::resume(secret, fork.book.id, next.header().sequence, Some(kept.id()));
    let skips = ahead.state(vec![kept.id()], part("Dorp-West"), START);
    assert_eq!(fork.book.hear(&next), Verdict::Permitted);
    assert_eq!(fork.goes_on(&next, vec![next.id()]), Verdict::Permitted);
    assert_eq!(fork.book.hear(&skips), FORKED);
    assert_eq!(fork.book.register.verdict(&next.id()), Some(Verdict::Permitted));
    assert_eq!(fork.book.register.verdict(&skips.id()), Some(FORKED), "it has not seen what its device said");
    assert_eq!(fork.book.hear(&twice), FORKED);
    let (low, high) = if next.id() < twice.id() { (&next, &twice) } else { (&twice, &next) };
    let verdict = |fork: &Fork, signed: &Signed| fork.book.register.verdict(&signed.id()).unwrap();
    assert_eq!([low, high].map(|signed| verdict(&fork, signed)), [Verdict::Permitted, FORKED]);
    assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED], "what was decided stays so");
    // A second decision is about the second fork.
    let decision =
        ForkDecision { device: fork.people[1].device.key(), sequence: high.header().sequence, keep: high.id() };
    fork.book.does(&mut fork.people[0], Statement::ForkDecision(decision));
    assert_eq!([low, high].map(|signed| verdict(&fork, signed)), [FORKED, Verdict::Permitted]);
    assert_eq!(fork.goes_on(high, vec![high.id()]), Verdict::Permitted);
    assert_eq!(fork.goes_on(low, vec![low.id()]), FORKED);
}

#[test]
fn nothing_is_doubted_for_a_number_that_its_own_past_gives_the_lie() {
    // A founder's key says something else with the number of the genesis, which gave everybody their place.
    let (mut book, mut people) = Book::of(2, 1);
    let genesis = OperationId::from(book.id);
    let seed = people[0].device.secret().to_seed();
    for number in 0..8 {
        let mut founder = Device::resume(SecretKey::from_seed(&seed), book.id, 0, None);
        let other = founder.state(vec![genesis], part(&format!("Dorp {number}")), START);
        assert_eq!(book.hear(&other), FORKED);
        assert_eq!(book.register.verdict(&other.id()), None, "it is nothing to keep");
    }
    assert_eq!((book.register.resident_count(), book.register.forks().count()), (3, 0));
    book.does(&mut people[0], part("Dorp-Noord"));

    // The same where a connector decided before, and the statement builds on that.
    let mut fork = fork();
    fork.hear_both();
    let kept = fork.low.clone();
    fork.decide(kept.id());
    let mut again =
        Device::resume(SecretKey::from_seed(&fork.people[1].device.secret().to_seed()), fork.book.id, 0, None);
    let claim = again.state(vec![kept.id()], part("Dorp-Zuid"), START);
    assert_eq!(fork.book.hear(&claim), FORKED);
    assert_eq!(fork.book.register.verdict(&claim.id()), None);
    assert_eq!(fork.verdicts(), [Verdict::Permitted, FORKED]);
}
