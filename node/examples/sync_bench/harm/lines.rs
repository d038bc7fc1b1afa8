//! What a neighbour that means harm says.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use dorpsplein_node::cli::{Author, Door};
use dorpsplein_node::clock;
use dorpsplein_node::data_folder::connector_key;
use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::identity::SecretKey;
use dorpsplein_protocol::operation::{NeighbourhoodId, OperationId, Signed, Space};
use dorpsplein_protocol::sync::{
    Comparison, Content, FRAME_OPERATIONS, Fingerprint, Message, Place, SESSION_VERSION, Section, SpaceId, SpaceRoot,
    pack,
};
use minicbor::bytes::ByteVec;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Conduct, Frame};
use crate::village;

/// Operations in the flood before it begins anew.
const FLOOD: usize = 160 * FRAME_OPERATIONS;
/// After so many frames with operations comes one that unpacks to the most a frame may be.
const BOMB_EACH: usize = 4;
/// Ids in the longest question a session may ask, and how many it may have open.
const QUESTION_IDS: usize = 4096;
const QUESTIONS: usize = 4;
/// Sections of a made-up comparison.
const SECTIONS: u64 = 64;
/// Ids in one made-up announcement.
const NAMED: usize = 4096;

/// What was made up beforehand, so that doing harm takes little time.
#[derive(Default)]
pub(super) struct Lines {
    flood: Vec<Frame>,
    held: Vec<OperationId>,
}

impl Lines {
    /// What a conduct needs.
    pub(super) fn prepare(root: &Path, conduct: Conduct) -> Result<Self> {
        let own = Door::open(&root.join(village::HARMS))?;
        match conduct {
            Conduct::Floods => Ok(Self { flood: flood(root, &own)?, held: Vec::new() }),
            Conduct::Stalls => Ok(Self { flood: Vec::new(), held: held(root, &own)? }),
            Conduct::Lies | Conduct::Streams => Ok(Self::default()),
        }
    }

    /// The frames of the flood.
    pub(super) fn flood(&self) -> &[Frame] {
        &self.flood
    }

    /// Questions for all that is there, as many as a session may have open.
    pub(super) fn questions(&self) -> impl Iterator<Item = Frame> + '_ {
        let ids = self.held.chunks(QUESTION_IDS).cycle().take(if self.held.is_empty() { 0 } else { QUESTIONS });
        ids.map(|ids| plain(&Message::Fetch { ids: ids.to_vec(), large: true }))
    }

    /// The spaces that the other end showed roots of, in its first two frames.
    pub(super) fn spaces(&self, first: &[u8], second: &[u8]) -> Vec<SpaceId> {
        let frames = [first, second].into_iter().filter_map(|frame| Message::decode(frame).ok());
        let roots = frames.filter_map(|message| match message {
            Message::Roots { roots, .. } => Some(roots),
            _ => None,
        });
        roots.flatten().map(|root| root.id).collect()
    }
}

/// Says for whom this box speaks, which is true.
pub(super) fn hello(neighbourhood: NeighbourhoodId) -> Frame {
    plain(&Message::Hello { version: SESSION_VERSION, neighbourhood })
}

/// Roots, comparisons and ids that are made up, different each time.
pub(super) fn lies(spaces: &[SpaceId], number: u64) -> Vec<Frame> {
    let mut random = ChaCha8Rng::seed_from_u64(number);
    let roots = spaces.iter().map(|id| SpaceRoot { id: *id, fingerprint: Fingerprint(bytes(&mut random)) }).collect();
    let mut frames = vec![plain(&Message::Roots { roots, answer: true })];
    for id in spaces {
        frames.push(plain(&Message::Compare { id: *id, comparison: comparison(&mut random) }));
    }
    let ids = (0..NAMED).map(|_| OperationId::from_bytes(bytes(&mut random))).collect();
    frames.push(plain(&Message::Have { ids }));
    frames
}

/// Fingerprints of nothing over the last year, so that the other end goes into every part.
fn comparison(random: &mut ChaCha8Rng) -> Comparison {
    let now = clock::now().hour();
    let year = 365 * 24;
    let ends = (1..SECTIONS).map(|part| Place { hour: now - year + year * part / SECTIONS, ..Place::START });
    let section = |end| {
        let content = match random.random_bool(0.5) {
            true => Content::Fingerprint(Fingerprint(bytes(random))),
            false => Content::Listed((0..64).map(|_| bytes(random)).collect()),
        };
        Section { end, content }
    };
    Comparison { window: 0, sections: ends.chain([Place::END]).map(section).collect() }
}

fn flood(root: &Path, own: &Door) -> Result<Vec<Frame>> {
    let home = own.home()?;
    let author = Author::open(&connector_key(&root.join(village::HARMS)), own)?;
    let device = author.device();
    let secret = SecretKey::from_seed(&device.secret().to_seed());
    let mut device = Device::resume(secret, home, device.sequence(), device.previous());
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let bar = village::bar(FLOOD as u64, "operations for the flood");
    let bomb = packed(&Message::Have { ids: vec![OperationId::from_bytes([7; 32]); 30_000] });
    let mut frames = Vec::new();
    for number in 0..FLOOD / FRAME_OPERATIONS {
        let operations = (0..FRAME_OPERATIONS).map(|one| {
            let number = (number * FRAME_OPERATIONS + one) as u64;
            bar.inc(1);
            ByteVec::from(village::write(&mut device, home, &mut random, number, clock::now()).encode())
        });
        let operations = operations.collect();
        frames.push(packed(&Message::Operations { operations, absent: Vec::new(), later: Vec::new(), more: true }));
        if number % BOMB_EACH == 0 {
            frames.push(Frame { bytes: bomb.bytes.clone(), packed: bomb.packed });
        }
    }
    bar.finish_and_clear();
    Ok(frames)
}

/// Ids of what the villain's own box got of its neighbours in honest days.
fn held(root: &Path, own: &Door) -> Result<Vec<OperationId>> {
    let mut ids = BTreeSet::new();
    for name in [village::WRITES, village::READS] {
        let neighbourhood = dorpsplein_node::data_folder::read_config(&root.join(name))?.neighbourhood;
        for space in [Space::Register, Space::Neighbours] {
            let (id, mut after) = (SpaceId { neighbourhood, space }, None);
            while let Some(page) = own.bundle_page(&id, after.as_deref())? {
                if let Ok(Message::Operations { operations, .. }) = Message::decode(&page.frame) {
                    ids.extend(operations.iter().filter_map(|one| Some(Signed::decode(one).ok()?.id())));
                }
                after = Some(page.next);
            }
        }
    }
    Ok(ids.into_iter().collect())
}

fn plain(message: &Message) -> Frame {
    Frame { bytes: message.encode(), packed: false }
}

fn packed(message: &Message) -> Frame {
    let bytes = message.encode();
    match pack(&bytes) {
        Some(bytes) => Frame { bytes, packed: true },
        None => Frame { bytes, packed: false },
    }
}

fn bytes<const N: usize>(random: &mut ChaCha8Rng) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill_bytes(&mut bytes);
    bytes
}
