//! One dial from the driver's request to its answer, over as many attempts as it takes.

use libp2p::{
    Multiaddr, PeerId,
    multiaddr::Protocol,
    swarm::{
        DialError,
        dial_opts::{DialOpts, PeerCondition},
    },
};

use super::{DialFailure, DialRequest, MAX_DIAL_ADDRESSES, NetEvent};

/// A dial that has not been answered yet.
#[derive(Debug)]
pub(super) struct Dial {
    /// Who is to answer, if that is known.
    pub(super) peer: Option<PeerId>,
    /// All addresses as asked for, to name the dial in the answer.
    requested: Vec<Multiaddr>,
    /// The addresses not yet given up, without the peer at their end.
    untried: Vec<Multiaddr>,
}

impl Dial {
    /// Takes a request on. The peer may stand in an address only.
    pub(super) fn new(request: DialRequest) -> Self {
        let DialRequest { mut peer, addresses: mut requested } = request;
        requested.truncate(MAX_DIAL_ADDRESSES);
        let mut untried = Vec::with_capacity(requested.len());
        for address in &requested {
            let (address, named) = split_peer(address.clone());
            peer = peer.or(named);
            // An address of somebody else cannot be right; that of nobody in particular can.
            if named.is_none() || named == peer {
                untried.push(address);
            }
        }
        Self { peer, requested, untried }
    }

    /// What to dial now, or `None` if there is no address left.
    pub(super) fn attempt(&self) -> Option<DialOpts> {
        let first = self.untried.first()?.clone();
        Some(match self.peer {
            // The sessions say whether the peer is connected; a connection about to be closed does
            // not count.
            Some(peer) => {
                DialOpts::peer_id(peer).condition(PeerCondition::Always).addresses(self.untried.clone()).build()
            }
            None => DialOpts::unknown_peer_id().address(first).build(),
        })
    }

    /// After a failed attempt: gives up the addresses that are out of question now. If others
    /// remain, [`Dial::attempt`] has something to dial and the answer is not due yet.
    pub(super) fn give_up(&mut self, error: &DialError) {
        match error {
            // Another box got this address since; the right one may be behind the next.
            DialError::WrongPeerId { address, .. } | DialError::LocalPeerId { address } if self.peer.is_some() => {
                let (wrong, _) = split_peer(address.clone());
                let before = self.untried.len();
                self.untried.retain(|address| *address != wrong);
                if self.untried.len() == before {
                    // A name that resolved to it, most likely: there is no telling which.
                    self.untried.clear();
                }
            }
            _ if self.peer.is_some() => self.untried.clear(),
            _ => drop(self.untried.drain(..self.untried.len().min(1))),
        }
    }

    /// The answer to the driver.
    pub(super) fn failed(self, reason: DialFailure) -> NetEvent {
        NetEvent::DialFailed { peer: self.peer, addresses: self.requested, reason }
    }
}

impl From<DialError> for DialFailure {
    fn from(error: DialError) -> Self {
        match error {
            // The swarm leaves out the addresses it listens on itself; an empty list never gets there.
            DialError::LocalPeerId { .. } | DialError::NoAddresses => Self::Ourselves,
            DialError::WrongPeerId { obtained, .. } => Self::WrongPeer { obtained },
            other => Self::Unreachable(Box::new(other)),
        }
    }
}

/// Takes the peer off the end of an address.
fn split_peer(mut address: Multiaddr) -> (Multiaddr, Option<PeerId>) {
    match address.pop() {
        Some(Protocol::P2p(peer)) => (address, Some(peer)),
        Some(other) => (address.with(other), None),
        None => (address, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dial(peer: Option<PeerId>, addresses: &[&str]) -> Dial {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Dial::new(DialRequest { peer, addresses })
    }

    fn unreachable() -> DialError {
        DialError::Transport(Vec::new())
    }

    #[test]
    fn the_peer_may_stand_in_the_address() {
        let peer = PeerId::random();
        let dial = dial(None, &[&format!("/ip4/192.0.2.1/tcp/4001/p2p/{peer}")]);
        assert_eq!(dial.peer, Some(peer));
        assert_eq!(dial.untried, ["/ip4/192.0.2.1/tcp/4001".parse().unwrap()]);
    }

    #[test]
    fn an_address_that_names_another_peer_is_not_tried() {
        let (peer, other) = (PeerId::random(), PeerId::random());
        let theirs = format!("/ip4/192.0.2.1/tcp/4001/p2p/{other}");
        assert!(dial(Some(peer), &[&theirs]).attempt().is_none());
    }

    #[test]
    fn without_a_peer_the_addresses_are_tried_in_turn() {
        let mut dial = dial(None, &["/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.2/tcp/1"]);
        assert!(dial.attempt().is_some());
        dial.give_up(&unreachable());
        assert_eq!(dial.untried, ["/ip4/192.0.2.2/tcp/1".parse().unwrap()]);
        dial.give_up(&unreachable());
        assert!(dial.attempt().is_none());
    }

    #[test]
    fn the_wrong_peer_at_one_address_does_not_spoil_the_others() {
        let (peer, obtained) = (PeerId::random(), PeerId::random());
        let mut dial = dial(Some(peer), &["/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.2/tcp/1"]);
        let address = format!("/ip4/192.0.2.1/tcp/1/p2p/{peer}").parse().unwrap();
        dial.give_up(&DialError::WrongPeerId { obtained, address });
        assert_eq!(dial.untried, ["/ip4/192.0.2.2/tcp/1".parse().unwrap()]);
        dial.give_up(&unreachable());
        assert!(dial.attempt().is_none());
    }

    #[test]
    fn more_addresses_than_the_limit_are_ignored() {
        let addresses: Vec<_> = (1..100).map(|port| format!("/ip4/192.0.2.1/tcp/{port}")).collect();
        let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
        assert_eq!(dial(None, &addresses).untried.len(), MAX_DIAL_ADDRESSES);
    }

    #[test]
    fn an_io_error_is_told_as_unreachable() {
        let error = DialError::Transport(vec![(
            "/ip4/192.0.2.1/tcp/1".parse().unwrap(),
            libp2p::TransportError::Other(std::io::ErrorKind::ConnectionRefused.into()),
        )]);
        assert!(matches!(DialFailure::from(error), DialFailure::Unreachable(_)));
    }
}
