//! One key, two names: what the protocol calls a box's public key, libp2p calls a peer id.

use dorpsplein_protocol::identity::PublicKey;
use libp2p::PeerId;
use libp2p::identity::{self, ed25519};

/// The multihash code of a key that stands in the peer id itself, as an ed25519 key does.
const IDENTITY: u64 = 0;

/// The key in a peer id; none if it is no ed25519 key.
pub fn public_key(peer: &PeerId) -> Option<PublicKey> {
    let hash = peer.as_ref();
    let encoded = (hash.code() == IDENTITY).then(|| hash.digest())?;
    let key = identity::PublicKey::try_decode_protobuf(encoded).ok()?.try_into_ed25519().ok()?;
    Some(PublicKey::from_bytes(key.to_bytes()))
}

/// The peer id of a key; none if the bytes are no point of the curve.
pub fn peer_id(key: &PublicKey) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(key.as_bytes()).ok()?;
    Some(identity::PublicKey::from(key).to_peer_id())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dorpsplein_protocol::identity::SecretKey;

    use super::*;

    #[test]
    fn both_names_are_of_one_key() {
        let seed = [11; 32];
        let key = SecretKey::from_seed(&seed).public();
        let peer = crate::net::keypair_from_secret(seed).public().to_peer_id();
        assert_eq!(peer_id(&key), Some(peer));
        assert_eq!(public_key(&peer), Some(key));
    }

    #[test]
    fn a_peer_of_another_kind_has_no_key_here() {
        let hashed = PeerId::from_multihash(libp2p::multihash::Multihash::wrap(0x12, &[7; 32]).unwrap()).unwrap();
        assert_eq!(public_key(&hashed), None);
    }
}
