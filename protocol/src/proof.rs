//! What a reader can check alone, with nothing but the signed bytes: who said this, and how they came to belong.

use thiserror::Error;

use crate::identity::{PublicKey, SignatureError};
use crate::operation::{ClaimProof, NeighbourhoodId, OperationId, Payload, Signed, SignedError, Space, Statement};
use crate::validate::{Valid, ValidateError};

/// Why what was served does not prove what the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The bytes are not an operation its device signed.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// What it says makes no sense.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// The bytes are another operation than the one asked for.
    #[error("these bytes are another operation")]
    OtherOperation,
    /// The chain of admissions has a gap: a link is not signed by the device the one before it admitted.
    #[error("the chain of admissions has a gap")]
    Chain,
    /// The one-time key of an invitation did not sign for the device that claimed it.
    #[error(transparent)]
    Claim(#[from] SignatureError),
}

/// Checks that `transfer` is the operation `id`, whole and signed by the device its header names.
///
/// # Errors
/// [`ProofError`].
pub fn check_operation(id: &OperationId, transfer: &[u8]) -> Result<Valid, ProofError> {
    let signed = Signed::decode(transfer)?;
    if signed.id() != *id {
        return Err(ProofError::OtherOperation);
    }
    Ok(Valid::check(&signed.verify()?)?)
}

/// Checks that a chain of register operations leads from the genesis of `home` to the admission of `device`: each link is
/// signed by a device that the links before it admitted.
///
/// Whether everybody in the chain held the right to admit is what the boxes decide from the whole register; this shows
/// that nobody in it was made up.
///
/// # Errors
/// [`ProofError`].
pub fn check_membership(home: &NeighbourhoodId, device: &PublicKey, chain: &[&Valid]) -> Result<(), ProofError> {
    let (genesis, links) = chain.split_first().ok_or(ProofError::Chain)?;
    if genesis.id() != (*home).into() || !matches!(genesis.payload(), Payload::Statement(Statement::Genesis(_))) {
        return Err(ProofError::Chain);
    }
    let mut admitted = genesis.header().device;
    let mut invitation: Option<&Valid> = None;
    for link in links {
        let header = link.header();
        if header.space != Space::Register || header.neighbourhood() != *home {
            return Err(ProofError::Chain);
        }
        match (link.payload(), invitation.take()) {
            (Payload::Statement(Statement::Invitation(_)), None) if header.device == admitted => {
                invitation = Some(link)
            }
            (Payload::Statement(Statement::Claim(claim)), Some(held)) if claim.invitation == held.id() => {
                let Payload::Statement(Statement::Invitation(invited)) = held.payload() else {
                    return Err(ProofError::Chain);
                };
                let proof = ClaimProof::new(home, &claim.invitation, &header.device, &claim.nonce);
                proof.verify(&invited.key, &claim.proof)?;
                admitted = header.device;
            }
            (Payload::Statement(Statement::DeviceAddition(addition)), None) if header.device == admitted => {
                addition.verify(home, &header.device)?;
                admitted = addition.device;
            }
            _ => return Err(ProofError::Chain),
        }
    }
    if admitted == *device && invitation.is_none() { Ok(()) } else { Err(ProofError::Chain) }
}
