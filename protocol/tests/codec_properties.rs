//! What holds for every operation and for every wrong byte: it comes back as it went in, and nothing else is taken.
#![allow(clippy::unwrap_used)]

use dorpsplein_protocol::codec::{CodecError, scan};
use dorpsplein_protocol::identity::{PublicKey, SecretKey, Signature};
use dorpsplein_protocol::operation::{
    BoxCertificate, CircleId, Claim, DeviceAddition, Edit, Field, Genesis, Header, Invitation, ItemId, Kind,
    MAX_PARENTS, MAX_TRANSFER, NeighbourhoodId, OperationId, Payload, ResidentId, Role, RoleChange, Signed,
    SignedError, Space, Statement, Treaty, TreatyDirection, VERSION, Value,
};
use dorpsplein_protocol::proof::check_operation;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_protocol::validate::Valid;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

fn hash() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

fn operation_id() -> impl Strategy<Value = OperationId> {
    hash().prop_map(OperationId::from_bytes)
}

fn neighbourhood() -> impl Strategy<Value = NeighbourhoodId> {
    hash().prop_map(NeighbourhoodId::from_bytes)
}

fn time() -> impl Strategy<Value = Timestamp> {
    // Small and large numbers alike: CBOR writes them in one to nine bytes.
    prop_oneof![0..300_u64, any::<u64>()].prop_map(Timestamp::from_millis)
}

fn space() -> impl Strategy<Value = Space> {
    prop_oneof![
        Just(Space::Register),
        Just(Space::Members),
        Just(Space::Square),
        Just(Space::Neighbours),
        hash().prop_map(|id| Space::Circle(CircleId::from_bytes(id))),
    ]
}

fn text() -> impl Strategy<Value = String> {
    ".{0,40}"
}

/// One CBOR value in canonical form, nested at most three deep.
fn canonical_value() -> impl Strategy<Value = Vec<u8>> {
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

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        text().prop_map(Value::Text),
        vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![0..48_u16, any::<u16>()].prop_map(Field)
}

fn kind() -> impl Strategy<Value = Kind> {
    any::<u16>().prop_map(Kind)
}

fn edit() -> impl Strategy<Value = Edit> {
    let subject = option::of(hash().prop_map(ItemId::from_bytes));
    prop_oneof![
        (kind(), subject).prop_map(|(kind, subject)| Edit::Create { kind, subject, speaks_for: None }),
        (field(), value()).prop_map(|(field, value)| Edit::Set { field, value }),
        (field(), any::<u32>(), any::<u32>(), text()).prop_map(|(field, at, delete, insert)| Edit::Splice {
            field,
            at,
            delete,
            insert
        }),
        (field(), text()).prop_map(|(field, member)| Edit::Add { field, member }),
        (field(), text()).prop_map(|(field, member)| Edit::Remove { field, member }),
        unknown(5).prop_map(Edit::Unknown),
    ]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Resident), Just(Role::Connector)]
}

fn signature() -> impl Strategy<Value = Signature> {
    any::<[u8; 64]>().prop_map(Signature::from_bytes)
}

fn key() -> impl Strategy<Value = PublicKey> {
    hash().prop_map(PublicKey::from_bytes)
}

fn statement() -> impl Strategy<Value = Statement> {
    let direction =
        prop_oneof![Just(TreatyDirection::Both), Just(TreatyDirection::Send), Just(TreatyDirection::Receive)];
    let treaty = (neighbourhood(), option::of(operation_id()), direction, vec(kind(), 0..6), time());
    prop_oneof![
        (text(), any::<[u8; 16]>()).prop_map(|(name, nonce)| Statement::Genesis(Genesis { name, nonce })),
        (key(), role(), time()).prop_map(|(key, role, expires)| Statement::Invitation(Invitation {
            key,
            role,
            expires
        })),
        (operation_id(), any::<[u8; 16]>(), signature())
            .prop_map(|(invitation, nonce, proof)| Statement::Claim(Claim { invitation, nonce, proof })),
        (key(), signature()).prop_map(|(device, proof)| Statement::DeviceAddition(DeviceAddition { device, proof })),
        (hash(), role()).prop_map(|(resident, role)| {
            Statement::RoleChange(RoleChange { resident: ResidentId::from_bytes(resident), role, counts: Vec::new() })
        }),
        (key(), time()).prop_map(|(key, expires)| Statement::BoxCertificate(BoxCertificate { key, expires })),
        treaty.prop_map(|(with, accepts, direction, kinds, expires)| {
            Statement::Treaty(Treaty { with, accepts, direction, kinds, expires })
        }),
        unknown(7).prop_map(Statement::Unknown),
    ]
}

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![vec(edit(), 0..8).prop_map(Payload::Edits), statement().prop_map(Payload::Statement)]
}

/// A key and a header that contradicts itself nowhere; what it says need not make sense.
fn header() -> impl Strategy<Value = (SecretKey, Header)> {
    let places = (option::of(neighbourhood()), option::of(neighbourhood()), space());
    let history = (prop_oneof![1..40_u64, 1..=u64::MAX], operation_id());
    let item = (option::of(hash().prop_map(ItemId::from_bytes)), btree_set(operation_id(), 0..=MAX_PARENTS));
    (hash(), places, history, item, time()).prop_map(
        |(seed, (neighbourhood, home, space), (sequence, before), item, time)| {
            let secret = SecretKey::from_seed(&seed);
            let header = Header {
                version: VERSION,
                neighbourhood,
                home: home.filter(|home| Some(*home) != neighbourhood),
                space,
                device: secret.public(),
                sequence,
                previous: (sequence > 1).then_some(before),
                item: item.0,
                parents: item.1.into_iter().collect(),
                time,
                payload_hash: [0; 32],
                payload_length: 0,
                permanent: false,
            };
            (secret, header)
        },
    )
}

fn signed() -> impl Strategy<Value = (Signed, Payload)> {
    (header(), payload()).prop_map(|((secret, header), payload)| (Signed::sign(&secret, header, &payload), payload))
}

/// One way in which bytes change on their way. Positions are taken modulo the length.
#[derive(Clone, Debug)]
enum Mutation {
    Flip { at: usize, mask: u8 },
    Truncate { to: usize },
    Insert { at: usize, bytes: Vec<u8> },
    Remove { at: usize, count: usize },
    Repeat { from: usize, count: usize, at: usize },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    prop_oneof![
        4 => (at(), 1..=u8::MAX).prop_map(|(at, mask)| Mutation::Flip { at, mask }),
        1 => at().prop_map(|to| Mutation::Truncate { to }),
        1 => (at(), vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Mutation::Insert { at, bytes }),
        1 => (at(), 1..9_usize).prop_map(|(at, count)| Mutation::Remove { at, count }),
        1 => (at(), 1..70_usize, at()).prop_map(|(from, count, at)| Mutation::Repeat { from, count, at }),
    ]
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        if length == 0 {
            return;
        }
        match self {
            Self::Flip { at, mask } => bytes[at % length] ^= mask,
            Self::Truncate { to } => bytes.truncate(to % length),
            Self::Insert { at, bytes: more } => drop(bytes.splice(at % length..at % length, more.iter().copied())),
            Self::Remove { at, count } => {
                let at = at % length;
                bytes.drain(at..length.min(at + count));
            }
            Self::Repeat { from, count, at } => {
                let from = from % length;
                let piece = bytes[from..length.min(from + count)].to_vec();
                bytes.splice(at % length..at % length, piece);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn an_operation_comes_back_as_it_went_in((signed, payload) in signed()) {
        let transfer = signed.encode();
        let back = Signed::decode(&transfer).unwrap();
        prop_assert_eq!(&back, &signed);
        prop_assert_eq!(back.encode(), transfer);
        prop_assert_eq!(back.id(), back.header().id());
        prop_assert_eq!(Payload::decode(back.payload().unwrap()).unwrap(), payload);
        prop_assert!(back.verify().is_ok());
    }

    #[test]
    fn every_canonical_value_is_accepted_and_none_with_something_behind_it(value in canonical_value()) {
        prop_assert_eq!(scan(&value), Ok(()));
        prop_assert_eq!(scan(&[&value[..], &[0]].concat()), Err(CodecError::Malformed));
    }

    #[test]
    fn altered_bytes_are_refused_or_are_the_same_operation(
        (signed, _) in signed(),
        mutations in vec(mutation(), 1..4),
    ) {
        let transfer = signed.encode();
        let mut altered = transfer.clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut altered));
        if let Ok(decoded) = Signed::decode(&altered) {
            prop_assert_eq!(decoded.encode(), altered.clone(), "accepted in another form than its own");
            if let Ok(verified) = decoded.verify() {
                prop_assert_eq!(verified.operation(), &signed, "nobody signed this");
                prop_assert_eq!(&altered, &transfer);
            }
        }
        prop_assert_eq!(check_operation(&signed.id(), &altered).is_ok() && altered != transfer, false);
    }

    #[test]
    fn an_altered_payload_is_read_in_its_own_form_or_not_at_all(
        payload in payload(),
        mutations in vec(mutation(), 1..4),
    ) {
        let mut altered = payload.encode();
        mutations.iter().for_each(|mutation| mutation.apply(&mut altered));
        if let Ok(read) = Payload::decode(&altered) {
            prop_assert_eq!(read.encode(), altered);
        }
    }

    #[test]
    fn what_makes_sense_is_read_as_it_was_written((signed, payload) in signed()) {
        if let Ok(valid) = Valid::check(&signed.clone().verify().unwrap()) {
            prop_assert_eq!(valid.operation(), &signed);
            prop_assert_eq!(valid.payload(), &payload);
        }
    }

    #[test]
    fn any_bytes_at_all_are_answered(bytes in vec(any::<u8>(), 0..400)) {
        if Signed::decode(&bytes).is_ok() {
            prop_assert!(scan(&bytes).is_ok());
        }
        if let Ok(payload) = Payload::decode(&bytes) {
            prop_assert_eq!(payload.encode(), bytes);
        }
    }
}

#[test]
fn one_byte_too_many_is_too_large() {
    assert_eq!(Signed::decode(&vec![0; MAX_TRANSFER + 1]), Err(SignedError::TooLarge));
    assert_ne!(Signed::decode(&vec![0; MAX_TRANSFER]), Err(SignedError::TooLarge));
}
