//! Address records: where a box can be reached from outside, signed by the box itself.
//!
//! A record is libp2p's own peer record (RFC 0003 of its specifications) in its signed envelope, so that it
//! can be passed on by whoever is connected and be believed only about its signer. Which records a peer is
//! told is decided above this shell; here they are made, checked for form and carried: one message, any
//! number of records, each after its length in two bytes, big-endian; the answer is one byte, so that silence is none.

use std::{io, time::Duration};

use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use libp2p::{
    Multiaddr, PeerId, StreamProtocol,
    core::{PeerRecord, SignedEnvelope},
    identity::{Keypair, SigningError},
    request_response::{self, ProtocolSupport},
};

use super::reach::is_public;

/// The stream protocol that carries address records.
pub const ADDRESS_PROTOCOL: &str = "/dorpsplein/addresses/1";

/// The most addresses in one record; a box has a few.
pub const MAX_RECORD_ADDRESSES: usize = 8;

/// The longest record, in bytes: eight addresses with long names fit.
pub const MAX_RECORD_BYTES: usize = 2048;

/// The most records in one message.
pub const MAX_MESSAGE_RECORDS: usize = 24;

/// Bytes of one message: as many of the longest records as fit in it.
const MAX_MESSAGE_BYTES: usize = MAX_MESSAGE_RECORDS * (MAX_RECORD_BYTES + 2);

/// How long one message may take.
const MESSAGE_TIME: Duration = Duration::from_secs(10);

/// Messages of one peer at the same time.
const MAX_MESSAGES: usize = 2;

/// The answer to a message.
const HEARD: u8 = 1;

/// The behaviour that carries messages.
pub(super) type Behaviour = request_response::Behaviour<Messages>;

/// A record whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRecord {
    peer: PeerId,
    sequence: u64,
    addresses: Vec<Multiaddr>,
    bytes: Vec<u8>,
}

/// Why bytes are no record to be believed or passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More than [`MAX_RECORD_BYTES`].
    #[error("a record of {0} bytes is too long")]
    TooLong(usize),
    /// Not an envelope, not a record, or not signed by the box it is about.
    #[error("it is not signed by the box it is about")]
    Forged,
    /// More than [`MAX_RECORD_ADDRESSES`].
    #[error("{0} addresses are too many")]
    TooMany(usize),
    /// An address that means something on one local network only, or goes through a relay.
    #[error("an address in it is nobody's business")]
    NotPublic,
}

impl AddressRecord {
    /// Signs where this box can be reached: those of `addresses` that are [public](is_public), at most
    /// [`MAX_RECORD_ADDRESSES`]. Its sequence number is the system's time, in seconds.
    ///
    /// # Errors
    /// When the key cannot sign; an ed25519 key always can.
    pub fn sign(key: &Keypair, addresses: impl IntoIterator<Item = Multiaddr>) -> Result<Self, SigningError> {
        let addresses: Vec<_> = addresses.into_iter().filter(is_public).take(MAX_RECORD_ADDRESSES).collect();
        let record = PeerRecord::new_interop(key, addresses)?;
        Ok(Self::of(&record, record.to_signed_envelope().into_protobuf_encoding()))
    }

    /// Reads a record and checks that the box it is about signed it.
    ///
    /// # Errors
    /// [`RecordError`]; then nothing of it is to be kept or passed on.
    pub fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLong(bytes.len()));
        }
        let envelope = SignedEnvelope::from_protobuf_encoding(bytes).map_err(|_| RecordError::Forged)?;
        let record = PeerRecord::from_signed_envelope_interop(envelope).map_err(|_| RecordError::Forged)?;
        match record.addresses() {
            many if many.len() > MAX_RECORD_ADDRESSES => Err(RecordError::TooMany(many.len())),
            addresses if !addresses.iter().all(is_public) => Err(RecordError::NotPublic),
            _ => Ok(Self::of(&record, bytes.to_vec())),
        }
    }

    fn of(record: &PeerRecord, bytes: Vec<u8>) -> Self {
        Self { peer: record.peer_id(), sequence: record.seq(), addresses: record.addresses().to_vec(), bytes }
    }

    /// The box it is about.
    pub fn peer(&self) -> PeerId {
        self.peer
    }

    /// When it was signed, in seconds since 1970 by that box's clock. Of two records of one box the higher counts.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Where the box can be reached from outside; none if it can not.
    pub fn addresses(&self) -> &[Multiaddr] {
        &self.addresses
    }

    /// The transfer form.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Carries messages that are opaque here.
pub(super) fn behaviour() -> Behaviour {
    let config = request_response::Config::default()
        .with_request_timeout(MESSAGE_TIME)
        .with_max_concurrent_streams(MAX_MESSAGES);
    Behaviour::new([(StreamProtocol::new(ADDRESS_PROTOCOL), ProtocolSupport::Full)], config)
}

/// How a message is written and read.
#[derive(Clone, Default)]
pub(super) struct Messages;

impl request_response::Codec for Messages {
    type Protocol = StreamProtocol;
    type Request = Vec<Vec<u8>>;
    type Response = ();

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Self::Request>
    where
        T: AsyncRead + Unpin + Send,
    {
        let mut bytes = Vec::new();
        io.take(MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut bytes).await?;
        split(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<()>
    where
        T: AsyncRead + Unpin + Send,
    {
        let mut answer = [0];
        io.read_exact(&mut answer).await?;
        if answer == [HEARD] { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, records: Self::Request) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let bytes = join(&records).ok_or(io::ErrorKind::InvalidInput)?;
        io.write_all(&bytes).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, (): ()) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&[HEARD]).await
    }
}

fn join(records: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for record in records {
        bytes.extend(u16::try_from(record.len()).ok()?.to_be_bytes());
        bytes.extend(record);
    }
    (bytes.len() <= MAX_MESSAGE_BYTES).then_some(bytes)
}

fn split(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut records = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (record, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        if record.len() > MAX_RECORD_BYTES || records.len() == MAX_MESSAGE_RECORDS {
            return None;
        }
        records.push(record.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn key(number: u8) -> Keypair {
        super::super::keypair_from_secret([number; 32])
    }

    fn public() -> Multiaddr {
        "/ip4/203.0.113.7/udp/4080/quic-v1".parse().unwrap()
    }

    #[test]
    fn a_record_is_read_as_it_was_signed_and_names_no_house() {
        let home = "/ip4/192.168.1.10/udp/4080/quic-v1".parse().unwrap();
        let signed = AddressRecord::sign(&key(1), [home, public()]).unwrap();
        assert_eq!(signed.addresses(), [public()]);
        let read = AddressRecord::read(signed.bytes()).unwrap();
        assert_eq!(read, signed);
        assert_eq!(read.peer(), key(1).public().to_peer_id());
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let signed = AddressRecord::sign(&key(1), [public()]).unwrap();
        for index in 0..signed.bytes().len() {
            let mut bytes = signed.bytes().to_vec();
            bytes[index] ^= 1;
            assert_eq!(AddressRecord::read(&bytes), Err(RecordError::Forged), "byte {index}");
        }
    }

    #[test]
    fn a_box_cannot_send_others_into_a_house_or_through_a_relay() {
        let sign = |address: &str| {
            let record = PeerRecord::new_interop(&key(1), vec![public(), address.parse().unwrap()]).unwrap();
            AddressRecord::read(&record.into_signed_envelope().into_protobuf_encoding())
        };
        let relayed = format!("/ip4/203.0.113.7/tcp/1/p2p/{}/p2p-circuit", key(2).public().to_peer_id());
        for address in ["/ip4/127.0.0.1/tcp/80", "/ip4/192.168.1.1/tcp/80", "/ip6/fe80::1/tcp/80", &relayed] {
            assert_eq!(sign(address), Err(RecordError::NotPublic), "{address}");
        }
    }

    #[test]
    fn a_record_has_bounds() {
        let many: Vec<Multiaddr> =
            (1..=9).map(|port| format!("/ip4/203.0.113.7/tcp/{port}").parse().unwrap()).collect();
        assert_eq!(AddressRecord::sign(&key(1), many.clone()).unwrap().addresses().len(), MAX_RECORD_ADDRESSES);
        let record = PeerRecord::new_interop(&key(1), many).unwrap();
        let bytes = record.into_signed_envelope().into_protobuf_encoding();
        assert_eq!(AddressRecord::read(&bytes), Err(RecordError::TooMany(9)));
        assert_eq!(AddressRecord::read(&[0; MAX_RECORD_BYTES + 1]), Err(RecordError::TooLong(MAX_RECORD_BYTES + 1)));
    }

    #[test]
    fn a_message_comes_apart_as_it_was_put_together_or_not_at_all() {
        let records = vec![vec![1, 2, 3], vec![4; MAX_RECORD_BYTES]];
        let bytes = join(&records).unwrap();
        assert_eq!(split(&bytes).unwrap(), records);
        assert_eq!(split(&[]).unwrap(), Vec::<Vec<u8>>::new());
        assert_eq!(split(&bytes[..bytes.len() - 1]), None, "the end is missing");
        assert_eq!(split(&[0, 3, 1]), None);
        assert_eq!(split(&join(&vec![vec![7]; MAX_MESSAGE_RECORDS + 1]).unwrap()), None);
        assert!(join(&vec![vec![7; MAX_RECORD_BYTES]; MAX_MESSAGE_RECORDS + 1]).is_none());
    }
}
