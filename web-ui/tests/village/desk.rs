//! The desk of the village's connectors.

use dorpsplein_web_ui::modules::Modules;
use dorpsplein_web_ui::paths::PostKind;
use dorpsplein_web_ui::qr::QrImage;
use dorpsplein_web_ui::theme::Theme;
use dorpsplein_web_ui::view::{
    AreaChoice, AreasPage, AwaitingPost, BoxesPage, Branch, Care, CirclePlace, CircleView, CirclesPage, Contact, Deed,
    DeskBox, DeskPage, DeskTop, DeviceStanding, DeviceView, DoorPage, Exchange, FirstStep, Fork, GonePage, HandedOn,
    InvitationFate, InvitationView, InvitationsPage, Letter, LettersPage, LogAct, LogEntry, LogPage, LookPage,
    MappedNeighbour, MemberPage, MemberTeaser, MembersPage, Moderated, Neighbouring, NeighboursPage, OrganisationView,
    OrganisationsPage, Person, Policy, Proposal, Reason, Receipt, Role, Said, SourceProposal, SourceView, SourceWhat,
    SourcesPage, Standing, Taken, TreatyDirection, TreatyStep, TreatyView, Way, When,
};

use super::{at, connector, handle, id, on, resident, thread};

pub(crate) fn person(seed: u64, name: &str) -> Person {
    Person { id: id(seed), name: Some(name.to_owned()), role: Role::Resident, is_you: false }
}

fn keeper(seed: u64, name: &str) -> Person {
    Person { role: Role::Connector, ..person(seed, name) }
}

fn truus() -> Person {
    Person { is_you: true, ..keeper(501, "Truus Verhoeven") }
}

fn top() -> DeskTop {
    DeskTop { waiting: 2, second_signature: true }
}

fn proposal(seed: u64, by: Person, deed: Deed) -> Proposal {
    Proposal {
        operation: id(seed),
        yours_to_sign: !by.is_you,
        by,
        signed: at(20, 16, 5),
        endorse_after: None,
        vetoed: false,
        deed,
    }
}

fn proposals() -> Vec<Proposal> {
    let recovery = proposal(603, keeper(502, "Hassan Bakali"), Deed::Recovery(truus()));
    vec![
        proposal(601, keeper(502, "Hassan Bakali"), Deed::Grant(person(504, "Sanne Tromp"))),
        proposal(602, truus(), Deed::Treaty("Veerdam".to_owned())),
        Proposal { endorse_after: Some(at(22, 9, 30)), yours_to_sign: false, ..recovery.clone() },
        Proposal { vetoed: true, ..recovery },
    ]
}

pub(crate) fn desk() -> DeskPage {
    let branch = |seed, hour, words: &str, counts| Branch {
        operation: id(seed),
        signed: at(19, hour, 12),
        said: Said::Words(words.to_owned()),
        counts,
        yours_to_keep: true,
    };
    DeskPage {
        top: top(),
        proposals: proposals(),
        forks: vec![Fork {
            device: id(701),
            owner: Some(person(505, "Gijs van der Waard")),
            sequence: 14,
            branches: vec![
                branch(702, 9, "Wie kan zaterdag de aanhanger gebruiken? Hij staat bij mij op het erf.", true),
                branch(703, 11, "De aanhanger is uitgeleend tot dinsdag.", false),
            ],
        }],
        cares: vec![
            Care::BoxExpires { name: "Kastje 1".to_owned(), until: on(35) },
            Care::TreatyOffered { with: "Lange Eng".to_owned() },
            Care::TreatyExpires { with: "Boxwijk".to_owned(), until: on(39) },
            Care::Appeal {
                item: id(14),
                event: false,
                note: "Mijn bericht was geen reclame maar een oproep.".to_owned(),
            },
        ],
        residents: 42,
        connectors: 3,
        queue: 3,
        steps: vec![(FirstStep::Founded, true), (FirstStep::News, true), (FirstStep::SecondBox, false)],
        open_invitations: 12,
    }
}

/// The desk of a village where nothing waits.
pub(crate) fn quiet_desk() -> DeskPage {
    let top = DeskTop::default();
    DeskPage {
        top,
        proposals: vec![],
        forks: vec![],
        cares: vec![],
        queue: 0,
        steps: vec![],
        connectors: 1,
        open_invitations: 0,
        ..desk()
    }
}

pub(crate) fn door(needs: Role, visitor: Option<Role>) -> DoorPage {
    DoorPage { needs, visitor, path: "/beheer/leden".to_owned() }
}

pub(crate) fn members() -> MembersPage {
    let teaser = |person, devices, day| MemberTeaser { person, devices, since: on(day) };
    let unnamed = Person { name: None, ..person(507, "") };
    MembersPage {
        top: top(),
        present: vec![
            teaser(keeper(502, "Hassan Bakali"), 1, 3),
            teaser(truus(), 2, 1),
            teaser(person(505, "Gijs van der Waard"), 1, 7),
            teaser(person(504, "Sanne Tromp"), 3, 12),
            teaser(unnamed, 1, 19),
        ],
        gone: vec![teaser(person(508, "Bob Reclame"), 0, 14)],
        home_keys: false,
    }
}

pub(crate) fn member() -> MemberPage {
    let device = |seed, standing, counts_to| DeviceView {
        key: id(seed),
        added: on(3),
        standing,
        home_key: None,
        counts_to,
        last: 31,
    };
    MemberPage {
        top: top(),
        person: keeper(502, "Hassan Bakali"),
        present: true,
        since: on(3),
        devices: vec![device(711, DeviceStanding::Active, None), device(712, DeviceStanding::Retired, Some(28))],
        cards: 1,
        last_connector: false,
        proposals: vec![],
        home_network: Some("http://dorpsplein.local:8080".to_owned()),
    }
}

/// Somebody who was removed.
pub(crate) fn gone_member() -> MemberPage {
    let device = DeviceView {
        key: id(713),
        added: on(14),
        standing: DeviceStanding::Removed,
        home_key: None,
        counts_to: Some(6),
        last: 9,
    };
    MemberPage { person: person(508, "Bob Reclame"), present: false, devices: vec![device], cards: 0, ..member() }
}

pub(crate) fn invitations() -> InvitationsPage {
    let invitation = |seed, fate| InvitationView {
        operation: id(seed),
        key: id(seed),
        role: Role::Resident,
        by: truus(),
        expires: at(50, 23, 59),
        fate,
    };
    InvitationsPage {
        top: top(),
        open: vec![
            invitation(721, InvitationFate::Open),
            InvitationView { role: Role::Connector, ..invitation(722, InvitationFate::Proposed) },
        ],
        past: vec![
            invitation(723, InvitationFate::Used(person(504, "Sanne Tromp"))),
            invitation(724, InvitationFate::Withdrawn),
            invitation(725, InvitationFate::Expired),
        ],
    }
}

pub(crate) fn letters() -> LettersPage {
    LettersPage { top: DeskTop::default(), blank: Letter::default() }
}

fn next_door(seed: u64, name: &str) -> Neighbouring {
    Neighbouring { id: id(seed), name: name.to_owned() }
}

pub(crate) fn neighbours() -> NeighboursPage {
    let treaty = |seed, name: &str, step, direction, offer: Option<String>| TreatyView {
        with: id(seed),
        name: name.to_owned(),
        step,
        direction,
        until: on(39),
        ours: offer.is_none() && step != TreatyStep::Expired,
        offer,
        exchange: Exchange {
            since: (step == TreatyStep::InForce).then(|| on(2)),
            shared: Some(12),
            taken: (direction == TreatyDirection::Both).then_some(1),
            contact: if seed == 2 { Contact::InStep } else { Contact::Away(Some(at(3, 9, 0))) },
            way: (seed == 2).then_some(Way::NextDoor),
        },
        policy: (step == TreatyStep::InForce).then_some(Policy {
            how: Taken::AtOnce,
            kinds: vec![PostKind::News, PostKind::Event],
            areas: super::posts::choices().areas.into_iter().zip([true, false]).collect(),
            per_day: 5,
            said: Some(1_760_000_000_000),
        }),
        handed_on: (step == TreatyStep::Offered).then(|| {
            let link = "https://plein.example/over-dit-plein#verdrag=eyJuZWlnaGJvdXJob29kIjoiYWIifQ";
            HandedOn { link: link.to_owned(), qr: QrImage::of(link) }
        }),
    };
    let mapped =
        |name: &str, receives, contact| MappedNeighbour { name: name.to_owned(), sends: true, receives, contact };
    NeighboursPage {
        top: top(),
        awaiting: vec![AwaitingPost {
            id: id(745),
            is_event: true,
            title: "Rommelmarkt op de kade".to_owned(),
            from: "Boxwijk".to_owned(),
            written: at(3, 9, 0),
        }],
        map: vec![
            mapped("Boxwijk", true, Contact::InStep),
            mapped("Nieuwkoop aan de Lange Vaart", false, Contact::CatchingUp),
            mapped("Zuidwijk", true, Contact::Away(None)),
        ],
        treaties: vec![
            treaty(2, "Boxwijk", TreatyStep::InForce, TreatyDirection::Both, None),
            treaty(3, "Lange Eng", TreatyStep::Received, TreatyDirection::Both, Some(id(731))),
            treaty(4, "Veerdam", TreatyStep::Offered, TreatyDirection::Outgoing, None),
            treaty(5, "Zandhorst", TreatyStep::Expired, TreatyDirection::Incoming, None),
        ],
    }
}

pub(crate) fn circles() -> CirclesPage {
    let circle = |seed, name: &str, founder, place| CircleView {
        id: id(seed),
        name: name.to_owned(),
        founder,
        place,
        members: vec![(next_door(2, "Boxwijk"), true), (next_door(4, "Veerdam"), false)],
        candidates: vec![next_door(3, "Lange Eng")],
    };
    CirclesPage {
        top: top(),
        circles: vec![
            circle(741, "Gemeente Maasrand", next_door(1, "Maasdorp"), CirclePlace::Founder),
            circle(742, "Dorpen aan de dijk", next_door(2, "Boxwijk"), CirclePlace::Member),
            circle(743, "Streekvervoer", next_door(4, "Veerdam"), CirclePlace::Admitted { admission: id(744) }),
        ],
    }
}

pub(crate) fn organisations() -> OrganisationsPage {
    OrganisationsPage {
        top: top(),
        organisations: vec![
            OrganisationView {
                id: id(751),
                name: Some("Harmonie De Goede Hoop".to_owned()),
                speakers: vec![person(505, "Gijs van der Waard")],
            },
            OrganisationView { id: id(752), name: None, speakers: vec![] },
        ],
        residents: vec![person(505, "Gijs van der Waard"), person(504, "Sanne Tromp")],
    }
}

pub(crate) fn areas() -> AreasPage {
    AreasPage { top: top(), areas: vec![(id(761), "De Kade".to_owned()), (id(762), "Het Hoge Eind".to_owned())] }
}

/// A square with its own colours, and one of them too pale.
pub(crate) fn look() -> LookPage {
    LookPage {
        top: top(),
        said: Some(1_795_000_000_000),
        name: Some("Maasdorp aan de dijk".to_owned()),
        registered: "Maasdorp".to_owned(),
        tagline: Some("Van ons allemaal".to_owned()),
        words: Some("Welkom!".to_owned()),
        phone: Some("024 000 00 00".to_owned()),
        hours: Some("Truus, op werkdagen".to_owned()),
        logo: Some(super::photo()),
        logo_reference: Some("85".to_owned()),
        categories: vec!["Sport".to_owned(), "Zorg".to_owned()],
        modules: Modules::without(["people"]),
        areas: vec![AreaChoice { id: id(761), name: "De Kade".to_owned() }],
        theme: Theme::read(["brand=#224488/#aaccff", "sun=#999999/#e5bd65", "text=1.25rem", "heading=slab"]),
    }
}

pub(crate) fn boxes() -> BoxesPage {
    let certified =
        |seed, name: &str, day, this_one| DeskBox { key: id(seed), name: name.to_owned(), until: on(day), this_one };
    BoxesPage { top: top(), boxes: vec![certified(771, "Kastje 1", 59, true), certified(772, "Kastje 2", 12, false)] }
}

pub(crate) fn moderated() -> Moderated {
    Moderated {
        by: connector("Hassan Bakali"),
        at: at(20, 15, 40),
        reason: Some(Reason::named("spam")),
        note: "Dit stond er deze week al vier keer.".to_owned(),
    }
}

pub(crate) fn gone(erased: bool) -> GonePage {
    let standing = Standing { erased, hidden: !erased, moderated: true, ..Standing::default() };
    GonePage {
        id: id(11),
        event: false,
        erased,
        moderated: moderated(),
        words: None,
        appeal: Some("Het was voor de voetbalclub.".to_owned()),
        handle: dorpsplein_web_ui::view::Handle { standing, ..handle(11, "news") },
        receipts: vec![Receipt { name: "Boxwijk".to_owned(), since: at(20, 15, 41) }],
        thread: thread(),
    }
}

pub(crate) fn log() -> LogPage {
    let entry = |seed, title: Option<&str>, act, moderated| LogEntry {
        item: id(seed),
        event: false,
        title: title.map(str::to_owned),
        act,
        moderated,
    };
    let own = Moderated { by: resident("Sanne Tromp"), reason: None, note: String::new(), ..moderated() };
    LogPage {
        entries: vec![
            entry(14, None, LogAct::Hid, moderated()),
            entry(14, None, LogAct::Appealed, Moderated { note: "Het was een oproep.".to_owned(), ..own.clone() }),
            entry(11, Some("De moestuin zoekt drie paar handen"), LogAct::Pinned, own),
        ],
        before: None,
        older: Some("c2".to_owned()),
    }
}

/// Other calendars: a new event, one that its source changed, and one of another connector that is gone there.
pub(crate) fn sources() -> SourcesPage {
    let proposal = |what, key: &str, title: &str| SourceProposal {
        what,
        key: key.to_owned(),
        print: "00ff".to_owned(),
        title: title.to_owned(),
        body: "Neem sportschoenen mee.".to_owned(),
        place: Some("Sporthal De Kolk".to_owned()),
        website: None,
        category: Some("Sport".to_owned()),
        when: When::AllDay { first: on(24), last: on(24) },
        repeats: None,
        starts: "2026-11-24".to_owned(),
        ends: None,
        rule: Some("FREQ=WEEKLY".to_owned()),
        except: vec!["2026-12-29".to_owned()],
        cancelled: what == SourceWhat::Gone,
        added: Vec::new(),
        removed: Vec::new(),
        published: (what != SourceWhat::New).then(|| handle(41, "event")),
        publisher: (what == SourceWhat::Gone).then(|| connector("Hassan Bakali")),
    };
    let hall = SourceView {
        id: "https://kolk.example/agenda.ics".to_owned(),
        name: "Sporthal De Kolk".to_owned(),
        address: Some("https://kolk.example/agenda.ics".to_owned()),
        visited: Some(at(21, 14, 0)),
        trouble: Some("the site answers with status 500".to_owned()),
        events: 3,
        skipped: 1,
        proposals: vec![
            proposal(SourceWhat::New, "volley@kolk", "Volleybal"),
            proposal(SourceWhat::Changed, "yoga@kolk", "Yoga"),
            proposal(SourceWhat::Gone, "judo@kolk", "Judo"),
        ],
    };
    let file = SourceView {
        id: "file:kerk.ics".to_owned(),
        name: "Kerk".to_owned(),
        address: None,
        trouble: None,
        skipped: 0,
        proposals: Vec::new(),
        ..hall.clone()
    };
    SourcesPage { top: top(), sources: vec![hall, file], more: 2 }
}
