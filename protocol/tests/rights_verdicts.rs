//! The decision about an operation on an item, asked directly: every deed by everybody, with the reason.
#![allow(clippy::unwrap_used)]

mod support;

use dorpsplein_protocol::authority::{Deed, ItemFacts, Missing, Reason, SubjectFacts, Verdict, Voice, decide};
use dorpsplein_protocol::compose::{Device, Place};
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{
    CircleId, DeviceCount, Edit, Header, HomeKey, HomeKeyPolicy, ItemId, Kind, MemberRemoval, NeighbourhoodId,
    Organisation, OrganisationId, ResidentId, Role, RoleChange, Space, SpeakerChange, Statement, Treaty,
    TreatyDirection, TreatyEnd,
};
use dorpsplein_protocol::time::{FUTURE_TOLERANCE_MS, Timestamp};
use support::{DAY, HOUR, Village, World, news_edits, title};

const NOWHERE: NeighbourhoodId = NeighbourhoodId::from_bytes([9; 32]);
const NO_ITEM: ItemId = ItemId::from_bytes([9; 32]);

/// A village with a club, and next door another one.
struct Stage {
    world: World,
    village: Village,
    partner: Village,
    /// A resident who speaks for the club.
    anne: Device,
    /// Another one.
    bart: Device,
    /// A resident who speaks for nobody.
    dirk: Device,
    /// A resident of the partner.
    vera: Device,
    club: OrganisationId,
}

fn stage() -> Stage {
    let mut world = World::new();
    let (mut village, mut partner) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    world.agree(&mut village, &mut partner);
    let [anne, bart, dirk] = [(); 3].map(|()| world.join(&mut village));
    let vera = world.join(&mut partner);
    let who = |world: &World, device: &Device| {
        world.boxes[village.at].replica.registers().home().membership(&device.key()).unwrap().resident
    };
    let (annes, barts) = (who(&world, &anne), who(&world, &bart));
    let founding = Statement::Organisation(Organisation { speaker: annes });
    let club = world.state(village.at, &mut village.founder, founding).id().into();
    let speaker = SpeakerChange { organisation: club, resident: barts, speaks: true, counts: Vec::new() };
    world.state(village.at, &mut village.founder, Statement::SpeakerChange(speaker));
    world.connect(village.at, partner.at);
    world.run();
    Stage { world, village, partner, anne, bart, dirk, vera, club }
}

fn copy(device: &Device) -> Device {
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    Device::resume(secret, device.home(), device.sequence(), device.previous())
}

/// The header of something that somebody makes.
fn made(by: &Device, at: Place, now: Timestamp) -> Header {
    copy(by).create(at, Kind::NEWS, None, news_edits("Soep"), now).header().clone()
}

/// The header of something that somebody does to an item.
fn done(by: &Device, at: Place, creation: &Header, now: Timestamp) -> Header {
    let item = creation.item();
    copy(by).edit(at, item, vec![item.into()], vec![title("Anders")], now).header().clone()
}

/// What is known about an item that never moved.
const fn facts(creation: &Header, voice: Voice) -> ItemFacts<'_> {
    let (audience, reach) = (creation.space, creation.space);
    ItemFacts { kind: Kind::NEWS, creation, voice, audience, reach, subject: None }
}

/// The same of a comment on this.
const fn answer_to<'a>(creation: &'a Header, subject: Option<SubjectFacts>) -> ItemFacts<'a> {
    ItemFacts { kind: Kind::COMMENT, subject: Some((NO_ITEM, subject)), ..facts(creation, Voice::Author) }
}

impl Stage {
    /// What the village's box says.
    fn verdict(&self, header: &Header, deed: Deed, facts: &ItemFacts<'_>) -> Verdict {
        decide(self.world.boxes[self.village.at].replica.registers(), header, deed, facts, self.world.now)
    }

    fn who(&self, device: &Device) -> ResidentId {
        self.world.boxes[self.village.at].replica.registers().home().membership(&device.key()).unwrap().resident
    }

    /// What becomes of a deed by somebody on an item that Anne made on the square.
    fn on_annes(&self, by: &Device, deed: Deed, voice: Voice) -> Verdict {
        let creation = made(&self.anne, self.village.square(), self.world.now);
        let header = done(by, self.village.square(), &creation, self.world.now);
        self.verdict(&header, deed, &facts(&creation, voice))
    }
}

const fn refused(reason: Reason) -> Verdict {
    Verdict::Refused(reason)
}

#[test]
fn what_edits_do_is_read_from_them() {
    use dorpsplein_protocol::operation::{ModerationAct, ModerationReason};
    let reason = ModerationReason::Spam;
    let erase = |reason| Edit::Erase { kind: Kind::NEWS, reason, note: String::new() };
    let moderate = Edit::Moderate { act: ModerationAct::Hide, reason, note: String::new() };
    for (edits, deed) in [
        (vec![moderate], Deed::Moderate),
        (vec![Edit::Pin(true)], Deed::Pin),
        (vec![Edit::Official(false)], Deed::MarkOfficial),
        (vec![erase(None)], Deed::EraseOwn),
        (vec![erase(Some(reason))], Deed::EraseOther),
        (vec![Edit::Appeal("Nee".into())], Deed::Appeal),
        (vec![Edit::Audience(Space::Members)], Deed::Move),
        (vec![title("Soep")], Deed::Write),
        (news_edits("Soep"), Deed::Write),
        (vec![], Deed::Write),
    ] {
        assert_eq!(Deed::of(&edits), deed, "{edits:?}");
    }
}

#[test]
fn nothing_is_decided_before_its_time() {
    let stage = stage();
    let now = stage.world.now;
    let at = |ahead| {
        let creation = made(&stage.anne, stage.village.square(), now.plus_millis(ahead));
        stage.verdict(&creation, Deed::Write, &facts(&creation, Voice::Author))
    };
    assert_eq!(at(FUTURE_TOLERANCE_MS), Verdict::Permitted);
    let late = now.plus_millis(FUTURE_TOLERANCE_MS + 1);
    assert_eq!(at(FUTURE_TOLERANCE_MS + 1), Verdict::Unknown(Missing::Time(late)));
}

#[test]
fn an_operation_stands_where_its_item_does_and_only_in_an_audience_that_comes_here() {
    let stage = stage();
    let (now, square, neighbours) = (stage.world.now, stage.village.square(), stage.village.neighbours());
    let creation = made(&stage.anne, square, now);
    let elsewhere = Place { neighbourhood: stage.partner.id, space: Space::Square };
    for place in [neighbours, elsewhere] {
        let header = done(&stage.anne, place, &creation, now);
        assert_eq!(stage.verdict(&header, Deed::Write, &facts(&creation, Voice::Author)), refused(Reason::Elsewhere));
    }
    let circle = Space::Circle(CircleId::from_bytes([1; 32]));
    for space in [Space::Members, Space::Square, Space::Neighbours, circle] {
        let creation = made(&stage.anne, Place { space, ..square }, now);
        let known = if space == circle { refused(Reason::SpaceNotAllowed) } else { Verdict::Permitted };
        assert_eq!(stage.verdict(&creation, Deed::Write, &facts(&creation, Voice::Author)), known);
        // What is next door is for here when it is shared with this village.
        let there = made(&stage.vera, Place { neighbourhood: stage.partner.id, space }, now);
        let verdict = stage.verdict(&there, Deed::Write, &facts(&there, Voice::Author));
        let expected = match space {
            Space::Neighbours => Verdict::Permitted,
            Space::Circle(_) => refused(Reason::NoTreaty),
            _ => refused(Reason::SpaceNotAllowed),
        };
        assert_eq!(verdict, expected, "{space:?} next door");
    }
}

#[test]
fn who_is_not_known_here_has_to_be_waited_for() {
    let mut stage = stage();
    let now = stage.world.now;
    let nobody = Device::new(stage.world.secret(), stage.village.id);
    let creation = made(&nobody, stage.village.square(), now);
    let verdict = stage.verdict(&creation, Deed::Write, &facts(&creation, Voice::Author));
    assert_eq!(verdict, Verdict::Unknown(Missing::Author(nobody.key())));
    let foreign = Device::new(stage.world.secret(), NOWHERE);
    let creation = made(&foreign, Place { neighbourhood: NOWHERE, space: Space::Neighbours }, now);
    let verdict = stage.verdict(&creation, Deed::Write, &facts(&creation, Voice::Author));
    assert_eq!(verdict, Verdict::Unknown(Missing::Neighbourhood(NOWHERE)));
    let visitor = made(&foreign, stage.village.neighbours(), now);
    let verdict = stage.verdict(&visitor, Deed::Write, &facts(&visitor, Voice::Author));
    assert_eq!(verdict, Verdict::Unknown(Missing::Neighbourhood(NOWHERE)));
}

#[test]
fn a_resident_changes_erases_and_objects_about_their_own_and_nothing_else() {
    let stage = stage();
    for deed in [Deed::Write, Deed::EraseOwn, Deed::Appeal, Deed::Unread] {
        assert_eq!(stage.on_annes(&stage.anne, deed, Voice::Author), Verdict::Permitted, "{deed:?}");
    }
    for by in [&stage.bart, &stage.dirk, &stage.village.founder] {
        for deed in [Deed::Write, Deed::EraseOwn, Deed::Appeal] {
            assert_eq!(stage.on_annes(by, deed, Voice::Author), refused(Reason::NotTheAuthor), "{deed:?}");
        }
    }
    for deed in [Deed::Moderate, Deed::Pin, Deed::MarkOfficial, Deed::EraseOther, Deed::Unread] {
        assert_eq!(stage.on_annes(&stage.dirk, deed, Voice::Author), refused(Reason::NotAConnector), "{deed:?}");
        // Only an answer is an official one.
        let founders = if deed == Deed::MarkOfficial { refused(Reason::NoSuchAct) } else { Verdict::Permitted };
        assert_eq!(stage.on_annes(&stage.village.founder, deed, Voice::Author), founders, "{deed:?}");
    }
    // What made an item stands whoever made it, also when nobody can read any more what it was.
    let creation = made(&stage.dirk, stage.village.square(), stage.world.now);
    assert_eq!(stage.verdict(&creation, Deed::Unread, &facts(&creation, Voice::Unread)), Verdict::Permitted);
}

#[test]
fn an_organisations_item_is_its_speakers_to_change_and_to_take_back() {
    let stage = stage();
    let club = Voice::Organisation(stage.club);
    for by in [&stage.anne, &stage.bart] {
        for deed in [Deed::Write, Deed::EraseOwn, Deed::Appeal, Deed::Unread] {
            assert_eq!(stage.on_annes(by, deed, club), Verdict::Permitted, "{deed:?}");
        }
    }
    for by in [&stage.dirk, &stage.village.founder] {
        for deed in [Deed::Write, Deed::EraseOwn, Deed::Appeal] {
            assert_eq!(stage.on_annes(by, deed, club), refused(Reason::NotTheAuthor), "{deed:?}");
        }
    }
    // Where nobody can read for whom it spoke, whoever spoke for a club of its maker's may have.
    for deed in [Deed::EraseOwn, Deed::Appeal, Deed::Unread] {
        assert_eq!(stage.on_annes(&stage.bart, deed, Voice::Unread), Verdict::Permitted, "{deed:?}");
    }
    assert_eq!(stage.on_annes(&stage.bart, Deed::Write, Voice::Unread), refused(Reason::NotTheAuthor));
    for deed in [Deed::EraseOwn, Deed::Appeal] {
        assert_eq!(stage.on_annes(&stage.dirk, deed, Voice::Unread), refused(Reason::NotTheAuthor), "{deed:?}");
    }
    let creation = made(&stage.dirk, stage.village.square(), stage.world.now);
    let header = done(&stage.bart, stage.village.square(), &creation, stage.world.now);
    let verdict = stage.verdict(&header, Deed::EraseOwn, &facts(&creation, Voice::Unread));
    assert_eq!(verdict, refused(Reason::NotTheAuthor), "its maker speaks for no club");
    let club = Voice::Organisation(stage.club);
    let own = stage.verdict(&creation, Deed::Write, &facts(&creation, club));
    assert_eq!(own, refused(Reason::NotASpeaker));
}

#[test]
fn a_key_for_the_home_network_changes_what_it_made_itself_and_nothing_after_it_expired() {
    let mut stage = stage();
    let (at, now, square) = (stage.village.at, stage.world.now, stage.village.square());
    stage.world.state(at, &mut stage.village.founder, Statement::HomeKeyPolicy(HomeKeyPolicy { allowed: true }));
    let key_of = |stage: &mut Stage, whose: fn(&mut Stage) -> &mut Device| {
        let (secret, expires) = (stage.world.secret(), now.plus_millis(DAY));
        let mut device = copy(whose(stage));
        let statement = HomeKey::sign(&secret, &stage.village.id, &stage.who(&device), expires);
        stage.world.state(at, &mut device, Statement::HomeKey(statement));
        *whose(stage) = device;
        Device::new(secret, stage.village.id)
    };
    let phone = key_of(&mut stage, |stage| &mut stage.anne);
    let founders = key_of(&mut stage, |stage| &mut stage.village.founder);

    let post = made(&phone, square, now);
    let of_post = facts(&post, Voice::Author);
    let on_post = |stage: &Stage, by: &Device, deed: Deed| {
        stage.verdict(&done(by, square, &post, stage.world.now), deed, &of_post)
    };
    assert_eq!(stage.verdict(&post, Deed::Write, &of_post), Verdict::Permitted);
    for deed in [Deed::Write, Deed::EraseOwn] {
        assert_eq!(on_post(&stage, &phone, deed), Verdict::Permitted, "{deed:?}");
        assert_eq!(on_post(&stage, &stage.anne, deed), Verdict::Permitted, "it is Anne's post: {deed:?}");
        assert_eq!(stage.on_annes(&phone, deed, Voice::Author), refused(Reason::NotTheAuthor), "{deed:?}");
        assert_eq!(stage.on_annes(&phone, deed, Voice::Organisation(stage.club)), refused(Reason::NotTheAuthor));
    }
    for deed in [Deed::Appeal, Deed::Move] {
        assert_eq!(on_post(&stage, &phone, deed), refused(Reason::HomeKey), "{deed:?}");
    }
    for deed in [Deed::Moderate, Deed::Pin, Deed::EraseOther] {
        assert_eq!(stage.on_annes(&founders, deed, Voice::Author), refused(Reason::NotAConnector), "{deed:?}");
    }
    for kind in [Kind::PROFILE, Kind::REPORT, Kind::GROUP, Kind::LISTING] {
        let place = if kind == Kind::REPORT { Place { space: Space::Members, ..square } } else { square };
        let made = made(&phone, place, now);
        let verdict = stage.verdict(&made, Deed::Write, &ItemFacts { kind, ..facts(&made, Voice::Author) });
        assert_eq!(verdict, refused(Reason::HomeKey), "{kind:?}");
    }
    let club = facts(&post, Voice::Organisation(stage.club));
    assert_eq!(stage.verdict(&post, Deed::Write, &club), refused(Reason::NotASpeaker));

    stage.world.now = now.plus_millis(DAY);
    assert_eq!(stage.verdict(&post, Deed::Write, &of_post), Verdict::Permitted, "what was said in time stays said");
    let late = made(&phone, square, stage.world.now);
    let verdict = stage.verdict(&late, Deed::Write, &facts(&late, Voice::Author));
    assert_eq!(verdict, refused(Reason::HomeKeyExpired));
    assert_eq!(on_post(&stage, &phone, Deed::Write), refused(Reason::HomeKeyExpired));
}

#[test]
fn whoever_no_longer_speaks_for_it_does_not_change_what_they_wrote_for_it() {
    let mut stage = stage();
    let last = stage.anne.sequence();
    let counts = vec![DeviceCount { device: stage.anne.key(), last }];
    let change = SpeakerChange { organisation: stage.club, resident: stage.who(&stage.anne), speaks: false, counts };
    let at = stage.village.at;
    stage.world.state(at, &mut stage.village.founder, Statement::SpeakerChange(change));
    let club = Voice::Organisation(stage.club);
    assert_eq!(stage.on_annes(&stage.anne, Deed::Write, club), refused(Reason::NotASpeaker));
    assert_eq!(stage.on_annes(&stage.anne, Deed::EraseOwn, club), Verdict::Permitted, "their own words all the same");
    assert_eq!(stage.on_annes(&stage.bart, Deed::EraseOwn, Voice::Unread), refused(Reason::NotTheAuthor));
}

#[test]
fn a_comment_is_about_something_visible_in_its_own_audience() {
    let stage = stage();
    let (now, square) = (stage.world.now, stage.village.square());
    let creation = made(&stage.dirk, square, now);
    let about = |kind, neighbourhood, had_audience| {
        let subject = SubjectFacts { kind, neighbourhood, had_audience };
        stage.verdict(&creation, Deed::Write, &answer_to(&creation, Some(subject)))
    };
    assert_eq!(about(Kind::NEWS, square.neighbourhood, true), Verdict::Permitted);
    assert_eq!(about(Kind::COMMENT, square.neighbourhood, true), refused(Reason::NoSuchAct));
    assert_eq!(about(Kind::NEWS, square.neighbourhood, false), refused(Reason::Elsewhere));
    assert_eq!(about(Kind::NEWS, stage.partner.id, true), refused(Reason::Elsewhere));
    let verdict = stage.verdict(&creation, Deed::Write, &answer_to(&creation, None));
    assert_eq!(verdict, Verdict::Unknown(Missing::Subject(NO_ITEM)));
}

#[test]
fn a_visitor_answers_what_neighbours_share_and_does_nothing_else() {
    let stage = stage();
    let (now, neighbours) = (stage.world.now, stage.village.neighbours());
    let subject =
        |place: Place| Some(SubjectFacts { kind: Kind::NEWS, neighbourhood: place.neighbourhood, had_audience: true });
    let answer = |place: Place| {
        let creation = made(&stage.vera, place, now);
        stage.verdict(&creation, Deed::Write, &answer_to(&creation, subject(place)))
    };
    assert_eq!(answer(neighbours), Verdict::Permitted);
    assert_eq!(answer(stage.village.square()), refused(Reason::SpaceNotAllowed));
    let creation = made(&stage.vera, neighbours, now);
    let news = stage.verdict(&creation, Deed::Write, &facts(&creation, Voice::Author));
    assert_eq!(news, refused(Reason::NoSuchAct));
    let annes = made(&stage.anne, neighbours, now);
    for (deed, reason) in [
        (Deed::Write, Reason::NotTheAuthor),
        (Deed::EraseOwn, Reason::NotTheAuthor),
        (Deed::Appeal, Reason::NotTheAuthor),
        (Deed::Moderate, Reason::NotAConnector),
        (Deed::EraseOther, Reason::NotAConnector),
    ] {
        let header = done(&stage.vera, neighbours, &annes, now);
        assert_eq!(stage.verdict(&header, deed, &facts(&annes, Voice::Author)), refused(reason), "{deed:?}");
        let club = Voice::Organisation(stage.club);
        assert_eq!(stage.verdict(&header, deed, &facts(&annes, club)), refused(reason), "{deed:?}");
    }
    // A resident may neither change a visitor's answer nor, speaking for a club, what the visitor wrote.
    let header = done(&stage.bart, neighbours, &creation, now);
    let club = Voice::Organisation(stage.club);
    for voice in [Voice::Author, club, Voice::Unread] {
        let verdict = stage.verdict(&header, Deed::EraseOwn, &facts(&creation, voice));
        assert_eq!(verdict, refused(Reason::NotTheAuthor));
        let verdict = stage.verdict(&header, Deed::Write, &facts(&creation, voice));
        assert_eq!(verdict, refused(Reason::NotTheAuthor));
    }
}

/// What the village makes of news and events from next door when its treaty with them says so.
fn from_next_door(direction: TreatyDirection, kinds: Vec<Kind>) -> [Verdict; 2] {
    let mut stage = stage();
    let (with, expires) = (stage.partner.id, stage.world.now.plus_millis(DAY));
    let treaty = Treaty { with, accepts: None, direction, kinds, expires };
    let at = stage.village.at;
    // The partner's acceptance of the first offer still stands: saying more narrows what is shared.
    stage.world.state(at, &mut stage.village.founder, Statement::Treaty(treaty));
    [Kind::NEWS, Kind::EVENT].map(|kind| {
        let creation = made(&stage.vera, stage.partner.neighbours(), stage.world.now);
        let facts = ItemFacts { kind, ..facts(&creation, Voice::Author) };
        stage.verdict(&creation, Deed::Write, &facts)
    })
}

#[test]
fn from_next_door_comes_what_the_treaty_names() {
    let (yes, no) = (Verdict::Permitted, refused(Reason::NoTreaty));
    assert_eq!(from_next_door(TreatyDirection::Both, Vec::new()), [yes, yes]);
    assert_eq!(from_next_door(TreatyDirection::Both, vec![Kind::EVENT]), [no, yes]);
    assert_eq!(from_next_door(TreatyDirection::Receive, Vec::new()), [yes, yes]);
    assert_eq!(from_next_door(TreatyDirection::Send, Vec::new()), [no, no]);
}

#[test]
fn a_treaty_that_only_sends_still_lets_a_visitor_answer() {
    let mut stage = stage();
    let (with, expires) = (stage.partner.id, stage.world.now.plus_millis(DAY));
    let treaty = Treaty { with, accepts: None, direction: TreatyDirection::Send, kinds: vec![Kind::EVENT], expires };
    let at = stage.village.at;
    stage.world.state(at, &mut stage.village.founder, Statement::Treaty(treaty));
    let place = stage.village.neighbours();
    let creation = made(&stage.vera, place, stage.world.now);
    let subject = SubjectFacts { kind: Kind::EVENT, neighbourhood: place.neighbourhood, had_audience: true };
    let answered = stage.verdict(&creation, Deed::Write, &answer_to(&creation, Some(subject)));
    assert_eq!(answered, Verdict::Permitted);
}

#[test]
fn what_was_signed_under_a_treaty_stays_and_what_comes_after_its_end_does_not() {
    let mut stage = stage();
    let before = made(&stage.vera, stage.partner.neighbours(), stage.world.now);
    stage.world.pass(HOUR);
    let (at, with) = (stage.village.at, stage.partner.id);
    stage.world.state(at, &mut stage.village.founder, Statement::TreatyEnd(TreatyEnd { with }));
    let after = made(&stage.vera, stage.partner.neighbours(), stage.world.now.plus_millis(1));
    assert_eq!(stage.verdict(&before, Deed::Write, &facts(&before, Voice::Author)), Verdict::Permitted);
    let verdict = stage.verdict(&after, Deed::Write, &facts(&after, Voice::Author));
    assert_eq!(verdict, Verdict::Unknown(Missing::Neighbourhood(with)));
}

#[test]
fn an_offer_alone_is_no_treaty() {
    let mut world = World::new();
    let (mut village, mut partner) = (world.found("Oosterwijk aan de Vliet"), world.found("Hogeveld"));
    world.treaty_statement(&mut village, partner.id, None, Vec::new());
    let vera = world.join(&mut partner);
    let creation = made(&vera, partner.neighbours(), world.now);
    let registers = world.boxes[village.at].replica.registers();
    let verdict = decide(registers, &creation, Deed::Write, &facts(&creation, Voice::Author), world.now);
    assert_eq!(verdict, Verdict::Unknown(Missing::Neighbourhood(partner.id)));
}

#[test]
fn what_a_removed_or_demoted_member_signed_counts_up_to_the_number_that_was_said() {
    let mut stage = stage();
    let (at, square) = (stage.village.at, stage.village.square());
    let (mut carla, _) = stage.world.join_with(&mut stage.village, Role::Connector);
    let annes = made(&stage.anne, square, stage.world.now);
    let headers = [(); 2].map(|()| {
        let item = annes.item();
        carla.edit(square, item, vec![item.into()], vec![Edit::Pin(true)], stage.world.now).header().clone()
    });
    let last = headers[0].sequence;
    let (resident, counts) = (stage.who(&carla), vec![DeviceCount { device: carla.key(), last }]);
    let demotion = RoleChange { resident, role: Role::Resident, counts: counts.clone() };
    stage.world.state(at, &mut stage.village.founder, Statement::RoleChange(demotion));
    let verdicts = |stage: &Stage| {
        headers.each_ref().map(|header| stage.verdict(header, Deed::Pin, &facts(&annes, Voice::Author)))
    };
    assert_eq!(verdicts(&stage), [Verdict::Permitted, refused(Reason::NotAConnector)]);
    let removal = MemberRemoval { resident, counts };
    stage.world.state(at, &mut stage.village.founder, Statement::MemberRemoval(removal));
    assert_eq!(verdicts(&stage), [Verdict::Permitted, refused(Reason::AfterRemoval)]);
}
