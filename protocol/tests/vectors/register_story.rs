//! What can be said in the register beside how a village begins: each statement once, and each in a form that is refused.
//!
//! The vectors are about form. Whether a village would let these statements count is the authority's to say.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::{Cast, Chapter, DAY, Hand, MORNING, hex_of, public_key, seed_of};

/// Statements 7 to 26, and what those of the beginning look like in their other forms.
pub(super) fn speak(chapter: &mut Chapter, cast: &mut Cast) {
    let mut story = Story { chapter, at: 200 };
    let letter = json!({ "invitation": { "key": public_key(8), "role": "resident", "expires": MORNING + 30 * DAY } });
    let letter = story.say("a letter that gets lost", &mut cast.connector, &[], letter);
    let lost = json!({ "invitation-withdrawal": { "invitation": letter } });
    story.say("an invitation withdrawn", &mut cast.connector, &[], lost);
    story.say("a device retired", &mut cast.resident, &[], json!({ "device-retirement": count(4, 0) }));
    people(&mut story, cast);
    others(&mut story, cast);
    community(&mut story, cast);
    // [27, []]: the first number that this version does not know.
    story.say("a statement of the next version", &mut cast.connector, &[], json!({ "unknown": "82181d80" }));
}

fn people(story: &mut Story<'_>, cast: &mut Cast) {
    let Cast { connector, resident, joined, .. } = cast;
    let both = counts(&[(3, 30), (4, 0)]);
    story.say("a member removed", connector, &[], json!({ "member-removal": { "resident": joined, "counts": both } }));
    story.say("honest work rescued", connector, &[], json!({ "rescue": count(3, 31) }));
    let said = resident.previous.clone();
    let decision = json!({ "device": public_key(3), "sequence": resident.sequence, "keep": said });
    story.say("a fork decided", connector, &[], json!({ "fork-decision": decision }));
    story.say("a spare card", resident, &[], json!({ "recovery-key": { "card-seed": seed_of(9) } }));
    let lost = counts(&[(3, 33)]);
    let recovery = json!({ "recovery": { "resident": joined, "new-seed": seed_of(10), "counts": lost } });
    let recovery = story.say("a lost device recovered", connector, &[], recovery);
    story.say("a second signature", connector, &[&recovery], json!({ "endorsement": { "of": recovery } }));
    story.say("an old device objects", resident, &[&recovery], json!({ "veto": { "of": recovery } }));
    let withdrawn = json!({ "role-change": { "resident": joined, "role": "resident", "counts": both } });
    story.say("a role withdrawn", connector, &[], withdrawn);
    story.say("keys for the home network allowed", connector, &[], json!({ "home-key-policy": { "allowed": true } }));
    let key = json!({ "resident": joined, "new-seed": seed_of(11), "expires": MORNING + 30 * DAY });
    story.say("a key for the home network", connector, &[], json!({ "home-key": key }));
}

fn others(story: &mut Story<'_>, cast: &mut Cast) {
    let Cast { connector, visitor, .. } = cast;
    story.say("a box retired", connector, &[], json!({ "box-retirement": { "key": public_key(5) } }));
    story.say("a treaty ended", connector, &[], json!({ "treaty-end": { "with": visitor.home } }));
    let name = json!({ "circle-founding": { "name": "Gemeente Vlietstreek" } });
    let circle = story.say("a circle founded", connector, &[], name);
    let admission = json!({ "circle-admission": { "circle": circle, "neighbourhood": visitor.home } });
    let admission = story.say("the neighbours admitted", connector, &[], admission);
    let joining = json!({ "circle": circle, "founder": connector.home, "admission": admission });
    story.say("and joined", visitor, &[], json!({ "circle-joining": joining }));
    let leaving = json!({ "circle": circle, "neighbourhood": visitor.home });
    story.say("and left", visitor, &[], json!({ "circle-leaving": leaving }));
    story.say("a circle ended", connector, &[], json!({ "circle-end": { "circle": circle } }));
}

fn community(story: &mut Story<'_>, cast: &mut Cast) {
    let Cast { connector, joined, .. } = cast;
    let founder = connector.home.clone();
    let organisation = json!({ "organisation": { "speaker": joined } });
    let organisation = story.say("an organisation", connector, &[], organisation);
    let change = |resident: &str, speaks: bool, counts: Value| {
        json!({ "speaker-change": {
            "organisation": organisation, "resident": resident, "speaks": speaks, "counts": counts,
        } })
    };
    story.say("one more speaks for it", connector, &[], change(&founder, true, json!([])));
    story.say("one no longer does", connector, &[], change(joined, false, counts(&[(3, 34), (4, 0)])));
    let area = story.say("a part", connector, &[], json!({ "sub-area": { "name": "Sluiszijde" } }));
    story.say("a part ended", connector, &[], json!({ "sub-area-end": { "area": area } }));
}

/// What is well signed and has a form that no statement has.
pub(super) fn refuse(refused: &mut Chapter, spoken: &Chapter, cast: &Cast) {
    for vector in &spoken.vectors {
        if let Some(longer) = with_one_more_element(vector) {
            let name = vector["name"].as_str().expect("a vector has a name");
            refused.check_made(&format!("{name}: one element too many"), &longer);
        }
    }
    let Cast { connector, joined, .. } = cast;
    let head = connector.previous.clone().expect("the connector has signed");
    let mut state = |name: &str, parents: &[&str], statement: Value| {
        refused.check_made(name, &connector.state(parents, statement, 300));
    };
    let alone = json!({ "circle-end": { "circle": head } });
    state("a statement that builds on nothing", &[], alone);
    let other = hex_of(0xee, 32);
    state("an endorsement of what is no parent", &[&head], json!({ "endorsement": { "of": other } }));
    state("an objection to what is no parent", &[&head], json!({ "veto": { "of": other } }));
    let long = "é".repeat(81);
    for (what, name) in [("empty", ""), ("blank", "  "), ("two lines", "Sluis\nzijde"), ("81 characters", &long)] {
        let circle = json!({ "circle-founding": { "name": name } });
        state(&format!("a circle whose name is {what}"), &[&head], circle);
        state(&format!("a part whose name is {what}"), &[&head], json!({ "sub-area": { "name": name } }));
    }

    let mut backwards = counts(&[(3, 1), (4, 1)]);
    backwards.as_array_mut().expect("a list").reverse();
    let too_many = counts(&(100..165).map(|number| (number, 1)).collect::<Vec<_>>());
    for (how, named) in
        [("out of order", backwards), ("twice", counts(&[(3, 1), (3, 2)])), ("more than 64 times", too_many)]
    {
        let removal = json!({ "member-removal": { "resident": joined, "counts": named } });
        state(&format!("a removal that names devices {how}"), &[&head], removal);
        let recovery = json!({ "recovery": { "resident": joined, "new-seed": seed_of(10), "counts": named } });
        state(&format!("a recovery that names devices {how}"), &[&head], recovery);
        let role = json!({ "role-change": { "resident": joined, "role": "resident", "counts": named } });
        state(&format!("a withdrawn role that names devices {how}"), &[&head], role);
        let silent = json!({ "organisation": head, "resident": joined, "speaks": false, "counts": named });
        state(&format!("a speaker no longer who names devices {how}"), &[&head], json!({ "speaker-change": silent }));
    }
    let one = counts(&[(3, 1)]);
    let grant = json!({ "role-change": { "resident": joined, "role": "connector", "counts": one } });
    state("a role granted that names devices", &[&head], grant);
    let speaks = json!({ "organisation": head, "resident": joined, "speaks": true, "counts": one });
    state("a speaker who names devices", &[&head], json!({ "speaker-change": speaks }));
    // 29 in three bytes: well signed, but not the one encoding.
    for (how, expires) in [("over before it begins", 299), ("for more than 30 days", 301 + 30 * 24 * 60)] {
        let key = json!({ "resident": joined, "new-seed": seed_of(11), "expires": MORNING + expires * 60_000 });
        state(&format!("a key for the home network that is {how}"), &[&head], json!({ "home-key": key }));
    }
    state("a statement of the next version, not canonical", &[&head], json!({ "unknown": "8219001d80" }));
}

/// Who says what, one minute after the other.
struct Story<'a> {
    chapter: &'a mut Chapter,
    at: u64,
}

impl Story<'_> {
    /// Somebody says something on top of what they said before, and of `seen`. Returns its id.
    fn say(&mut self, name: &str, hand: &mut Hand, seen: &[&str], statement: Value) -> String {
        self.at += 1;
        let before = hand.previous.clone().expect("everybody has signed something");
        let mut parents = vec![before.as_str()];
        parents.extend(seen.iter().filter(|id| **id != before));
        let id = self.chapter.add(name, hand.state(&parents, statement, self.at));
        hand.signed(&id);
        id
    }
}

/// The statement of a vector with a null after its last element; none for one that this version does not know.
fn with_one_more_element(vector: &Value) -> Option<Value> {
    let expected = &vector["expected"];
    if expected["statement"].get("unknown").is_some() {
        return None;
    }
    let payload = HEXLOWER.decode(expected["payload"].as_str()?.as_bytes()).ok()?;
    let mut statement = payload[2..].to_vec();
    let body = if statement[1] < 24 { 2 } else { 3 }; // after the number, which takes two bytes from 24 on
    statement[body] += 1;
    statement.push(0xf6);
    let mut input = vector["input"].clone();
    input["state"]["statement"] = json!({ "unknown": HEXLOWER.encode(&statement) });
    Some(input)
}

fn count(number: u8, last: u64) -> Value {
    json!({ "device": public_key(number), "last": last })
}

/// Devices by the numbers of their seeds, in the order of their keys.
fn counts(of: &[(u8, u64)]) -> Value {
    let mut sorted: Vec<(String, u64)> = of.iter().map(|(number, last)| (public_key(*number), *last)).collect();
    sorted.sort();
    sorted.into_iter().map(|(device, last)| json!({ "device": device, "last": last })).collect()
}
