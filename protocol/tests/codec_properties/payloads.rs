//! Any payload that the wire format has a form for, whether it makes sense or not.

use dorpsplein_protocol::identity::{PublicKey, Signature};
use dorpsplein_protocol::operation::{
    AreaId, BoxCertificate, BoxRetirement, CircleAdmission, CircleEnd, CircleFounding, CircleId, CircleJoining,
    CircleLeaving, Claim, DeviceAddition, DeviceCount, DeviceRetirement, Edit, Endorsement, Field, ForkDecision,
    Genesis, HomeKey, HomeKeyPolicy, Invitation, InvitationWithdrawal, ItemId, Kind, MemberRemoval, ModerationAct,
    ModerationReason, NeighbourhoodId, OperationId, Organisation, OrganisationId, Payload, Recovery, RecoveryKey,
    Rescue, ResidentId, Role, RoleChange, Space, SpeakerChange, Statement, SubArea, SubAreaEnd, Treaty,
    TreatyDirection, TreatyEnd, Value, Veto,
};
use dorpsplein_protocol::time::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The first number of an edit that this version does not know.
pub(crate) const FIRST_UNKNOWN_EDIT: u16 = 11;

/// The first number of a statement that this version does not know.
pub(crate) const FIRST_UNKNOWN_STATEMENT: u16 = 29;

pub(crate) fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![vec(edit(), 0..8).prop_map(Payload::Edits), statement().prop_map(Payload::Statement)]
}

pub(crate) fn hash() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

pub(crate) fn operation_id() -> impl Strategy<Value = OperationId> {
    hash().prop_map(OperationId::from_bytes)
}

pub(crate) fn neighbourhood() -> impl Strategy<Value = NeighbourhoodId> {
    hash().prop_map(NeighbourhoodId::from_bytes)
}

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    number().prop_map(Timestamp::from_millis)
}

pub(crate) fn space() -> impl Strategy<Value = Space> {
    prop_oneof![
        Just(Space::Register),
        Just(Space::Members),
        Just(Space::Square),
        Just(Space::Neighbours),
        circle().prop_map(Space::Circle),
    ]
}

/// One CBOR value in canonical form, nested at most three deep.
pub(crate) fn canonical_value() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| minicbor::to_vec(number).unwrap()),
        text().prop_map(|text| minicbor::to_vec(text.as_str()).unwrap()),
        vec(any::<u8>(), 0..300).prop_map(|bytes| minicbor::to_vec(minicbor::bytes::ByteVec::from(bytes)).unwrap()),
        any::<bool>().prop_map(|yes| minicbor::to_vec(yes).unwrap()),
        Just(vec![0xf6]),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| vec(inner, 0..4).prop_map(|values| array(&values)))
}

fn array(values: &[Vec<u8>]) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(Vec::new());
    encoder.array(values.len() as u64).unwrap();
    values.iter().fold(encoder.into_writer(), |mut bytes, value| {
        bytes.extend(value);
        bytes
    })
}

/// Something of a later version: an array that starts with a number this version does not know.
fn unknown(from: u16) -> impl Strategy<Value = Vec<u8>> {
    (from.., vec(canonical_value(), 0..4)).prop_map(|(number, mut values)| {
        values.insert(0, minicbor::to_vec(number).unwrap());
        array(&values)
    })
}

/// Small and large numbers alike: CBOR writes them in one to nine bytes.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..300_u64, any::<u64>()]
}

fn text() -> impl Strategy<Value = String> {
    ".{0,40}"
}

fn nonce() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

fn signature() -> impl Strategy<Value = Signature> {
    any::<[u8; 64]>().prop_map(Signature::from_bytes)
}

fn key() -> impl Strategy<Value = PublicKey> {
    hash().prop_map(PublicKey::from_bytes)
}

fn resident() -> impl Strategy<Value = ResidentId> {
    hash().prop_map(ResidentId::from_bytes)
}

fn organisation() -> impl Strategy<Value = OrganisationId> {
    hash().prop_map(OrganisationId::from_bytes)
}

fn circle() -> impl Strategy<Value = CircleId> {
    hash().prop_map(CircleId::from_bytes)
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![0..48_u16, any::<u16>()].prop_map(Field)
}

fn kind() -> impl Strategy<Value = Kind> {
    any::<u16>().prop_map(Kind)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        text().prop_map(Value::Text),
        vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
    ]
}

fn reason() -> impl Strategy<Value = ModerationReason> {
    select(ModerationReason::ALL.as_slice())
}

fn edit() -> impl Strategy<Value = Edit> {
    let subject = option::of(hash().prop_map(ItemId::from_bytes));
    let act = prop_oneof![Just(ModerationAct::Hide), Just(ModerationAct::Show)];
    prop_oneof![
        (kind(), subject, option::of(organisation())).prop_map(|(kind, subject, speaks_for)| Edit::Create {
            kind,
            subject,
            speaks_for
        }),
        (field(), value()).prop_map(|(field, value)| Edit::Set { field, value }),
        (field(), any::<u32>(), any::<u32>(), text()).prop_map(|(field, at, delete, insert)| Edit::Splice {
            field,
            at,
            delete,
            insert
        }),
        (field(), text()).prop_map(|(field, member)| Edit::Add { field, member }),
        (field(), text()).prop_map(|(field, member)| Edit::Remove { field, member }),
        (act, reason(), text()).prop_map(|(act, reason, note)| Edit::Moderate { act, reason, note }),
        any::<bool>().prop_map(Edit::Pin),
        any::<bool>().prop_map(Edit::Official),
        (kind(), option::of(reason()), text()).prop_map(|(kind, reason, note)| Edit::Erase { kind, reason, note }),
        text().prop_map(Edit::Appeal),
        space().prop_map(Edit::Audience),
        unknown(FIRST_UNKNOWN_EDIT).prop_map(Edit::Unknown),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    prop_oneof![admission(), standing(), agreement(), community(), home_key(), later()]
}

fn later() -> impl Strategy<Value = Statement> {
    unknown(FIRST_UNKNOWN_STATEMENT).prop_map(Statement::Unknown)
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Resident), Just(Role::Connector)]
}

fn counts() -> impl Strategy<Value = Vec<DeviceCount>> {
    vec((key(), number()).prop_map(|(device, last)| DeviceCount { device, last }), 0..5)
}

fn admission() -> impl Strategy<Value = Statement> {
    prop_oneof![
        (text(), nonce()).prop_map(|(name, nonce)| Statement::Genesis(Genesis { name, nonce })),
        (key(), role(), time()).prop_map(|(key, role, expires)| Statement::Invitation(Invitation {
            key,
            role,
            expires
        })),
        operation_id().prop_map(|invitation| Statement::InvitationWithdrawal(InvitationWithdrawal { invitation })),
        (operation_id(), nonce(), signature()).prop_map(|(invitation, nonce, proof)| Statement::Claim(Claim {
            invitation,
            nonce,
            proof
        })),
        (key(), signature()).prop_map(|(device, proof)| Statement::DeviceAddition(DeviceAddition { device, proof })),
        (key(), signature()).prop_map(|(key, proof)| Statement::RecoveryKey(RecoveryKey { key, proof })),
        (resident(), key(), signature(), counts()).prop_map(|(resident, device, proof, counts)| {
            Statement::Recovery(Recovery { resident, device, proof, counts })
        }),
    ]
}

fn standing() -> impl Strategy<Value = Statement> {
    prop_oneof![
        (resident(), role(), counts())
            .prop_map(|(resident, role, counts)| { Statement::RoleChange(RoleChange { resident, role, counts }) }),
        (key(), number()).prop_map(|(device, last)| Statement::DeviceRetirement(DeviceRetirement { device, last })),
        (resident(), counts())
            .prop_map(|(resident, counts)| Statement::MemberRemoval(MemberRemoval { resident, counts })),
        (key(), number()).prop_map(|(device, last)| Statement::Rescue(Rescue { device, last })),
        (key(), number(), operation_id())
            .prop_map(|(device, sequence, keep)| { Statement::ForkDecision(ForkDecision { device, sequence, keep }) }),
        operation_id().prop_map(|of| Statement::Endorsement(Endorsement { of })),
        operation_id().prop_map(|of| Statement::Veto(Veto { of })),
    ]
}

fn agreement() -> impl Strategy<Value = Statement> {
    let direction =
        prop_oneof![Just(TreatyDirection::Both), Just(TreatyDirection::Send), Just(TreatyDirection::Receive)];
    let treaty = (neighbourhood(), option::of(operation_id()), direction, vec(kind(), 0..6), time());
    prop_oneof![
        (key(), time()).prop_map(|(key, expires)| Statement::BoxCertificate(BoxCertificate { key, expires })),
        key().prop_map(|key| Statement::BoxRetirement(BoxRetirement { key })),
        treaty.prop_map(|(with, accepts, direction, kinds, expires)| {
            Statement::Treaty(Treaty { with, accepts, direction, kinds, expires })
        }),
        neighbourhood().prop_map(|with| Statement::TreatyEnd(TreatyEnd { with })),
        text().prop_map(|name| Statement::CircleFounding(CircleFounding { name })),
        (circle(), neighbourhood()).prop_map(|(circle, neighbourhood)| {
            Statement::CircleAdmission(CircleAdmission { circle, neighbourhood })
        }),
        (circle(), neighbourhood(), operation_id()).prop_map(|(circle, founder, admission)| {
            Statement::CircleJoining(CircleJoining { circle, founder, admission })
        }),
        (circle(), neighbourhood())
            .prop_map(|(circle, neighbourhood)| Statement::CircleLeaving(CircleLeaving { circle, neighbourhood })),
        circle().prop_map(|circle| Statement::CircleEnd(CircleEnd { circle })),
    ]
}

fn community() -> impl Strategy<Value = Statement> {
    prop_oneof![
        resident().prop_map(|speaker| Statement::Organisation(Organisation { speaker })),
        (organisation(), resident(), any::<bool>(), counts()).prop_map(|(organisation, resident, speaks, counts)| {
            Statement::SpeakerChange(SpeakerChange { organisation, resident, speaks, counts })
        }),
        text().prop_map(|name| Statement::SubArea(SubArea { name })),
        hash().prop_map(|area| Statement::SubAreaEnd(SubAreaEnd { area: AreaId::from_bytes(area) })),
    ]
}

fn home_key() -> impl Strategy<Value = Statement> {
    prop_oneof![
        any::<bool>().prop_map(|allowed| Statement::HomeKeyPolicy(HomeKeyPolicy { allowed })),
        (resident(), key(), signature(), time()).prop_map(|(resident, device, proof, expires)| {
            Statement::HomeKey(HomeKey { resident, device, proof, expires })
        }),
    ]
}
