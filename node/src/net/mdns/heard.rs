//! Whether a box is heard on the local network, asked by somebody else on its machine.

use std::time::{Duration, Instant};

use libp2p::PeerId;
use mdns_sd::{Receiver, ServiceDaemon, ServiceEvent};

use super::announcement::{BOX_SERVICE, PEER};
use super::{Interfaces, MDNS_PORT, MdnsError, keep_to, stop};

/// Listens until the box `peer` is heard, for `patience` at most, and blocks until then. Returns the host name it goes
/// by, without the final dot; none when it was not heard.
///
/// # Errors
/// [`MdnsError::Unavailable`] when this machine cannot listen at all.
pub fn is_heard(peer: &PeerId, interfaces: &Interfaces, patience: Duration) -> Result<Option<String>, MdnsError> {
    let daemon = ServiceDaemon::new_with_port(MDNS_PORT).map_err(MdnsError::Unavailable)?;
    let heard = keep_to(&daemon, interfaces).and_then(|()| daemon.browse(BOX_SERVICE));
    let host = heard.map(|heard| host_of(&peer.to_string(), &heard, Instant::now() + patience));
    stop(&daemon);
    host.map_err(MdnsError::Unavailable)
}

fn host_of(peer: &str, heard: &Receiver<ServiceEvent>, until: Instant) -> Option<String> {
    // Ends with an error when the time is over, or the thread that listens has ended.
    while let Ok(event) = heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if let ServiceEvent::ServiceResolved(service) = event
            && service.get_property_val_str(PEER) == Some(peer)
        {
            return Some(service.get_hostname().trim_end_matches('.').to_owned());
        }
    }
    None
}
