//! People, devices and operations are named by 64 hexadecimal digits; on the command line the beginning is enough, when
//! only one begins like that.

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{DeviceCount, OperationId, ResidentId};

use super::door::Door;
use super::error::{CliError, InputError};
use crate::web::body::{DeviceEntryBody, RegisterBody, ResidentBody};

/// The fewest digits that name something.
const SHORTEST: usize = 4;

/// The resident whose id begins like that.
///
/// # Errors
/// [`InputError::Unknown`] or [`InputError::Ambiguous`].
pub(super) fn resident<'a>(register: &'a RegisterBody, beginning: &str) -> Result<&'a ResidentBody, InputError> {
    one("resident", beginning, register.residents.iter(), |resident| &resident.id)
}

/// The device whose key begins like that, and whose it is.
///
/// # Errors
/// As [`resident`].
pub(super) fn device<'a>(
    register: &'a RegisterBody,
    beginning: &str,
) -> Result<(&'a ResidentBody, &'a DeviceEntryBody), InputError> {
    let all = register.residents.iter().flat_map(|owner| owner.devices.iter().map(move |device| (owner, device)));
    one("device", beginning, all, |(_, device)| &device.key)
}

/// The one of `all` whose id begins like that.
///
/// # Errors
/// As [`resident`]; `what` is the word for it.
pub(super) fn one<T>(
    what: &'static str,
    beginning: &str,
    all: impl Iterator<Item = T>,
    id: impl Fn(&T) -> &str,
) -> Result<T, InputError> {
    let unknown = || InputError::Unknown { what, given: beginning.to_owned() };
    let beginning = beginning.trim().to_ascii_lowercase();
    if beginning.len() < SHORTEST {
        return Err(unknown());
    }
    let mut found = all.filter(|one| id(one).starts_with(&beginning));
    let first = found.next().ok_or_else(unknown)?;
    match found.next() {
        None => Ok(first),
        Some(_) => Err(InputError::Ambiguous { what, given: beginning }),
    }
}

/// The id of a resident in the register's answer.
///
/// # Errors
/// [`CliError`] when the box answers something else.
pub(super) fn resident_id(door: &Door, id: &str) -> Result<ResidentId, CliError> {
    ResidentId::from_hex(id).ok_or_else(|| door.strange())
}

/// The id of an operation in an answer of the box.
///
/// # Errors
/// As [`resident_id`].
pub(super) fn operation_id(door: &Door, id: &str) -> Result<OperationId, CliError> {
    OperationId::from_hex(id).ok_or_else(|| door.strange())
}

/// A public key in an answer of the box.
///
/// # Errors
/// As [`resident_id`].
pub(super) fn public_key(door: &Door, key: &str) -> Result<PublicKey, CliError> {
    PublicKey::from_hex(key).ok_or_else(|| door.strange())
}

/// Up to where what each of these devices signed counts, when all counts that is known now: sorted, as statements want it.
///
/// # Errors
/// [`CliError`].
pub(super) fn counts<'a>(
    door: &Door,
    devices: impl Iterator<Item = &'a DeviceEntryBody>,
) -> Result<Vec<DeviceCount>, CliError> {
    let count = |device: &DeviceEntryBody| -> Result<DeviceCount, CliError> {
        let key = public_key(door, &device.key)?;
        let known = door.device(&key)?.sequence;
        Ok(DeviceCount { device: key, last: device.counts_to.map_or(known, |to| to.min(known)) })
    };
    let mut counts = devices.map(count).collect::<Result<Vec<_>, CliError>>()?;
    counts.sort_unstable();
    Ok(counts)
}

/// The first digits of an id, as people compare them.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_enough_when_it_is_the_only_one() {
        let all = ["aabbcc00", "aabbdd00"];
        let find = |given: &str| one("device", given, all.iter(), |id| id).copied();
        assert_eq!(find("AABBC"), Ok("aabbcc00"));
        assert_eq!(find("aabb"), Err(InputError::Ambiguous { what: "device", given: "aabb".to_owned() }));
        for unknown in ["", "aab", "ffff"] {
            assert_eq!(find(unknown), Err(InputError::Unknown { what: "device", given: unknown.to_owned() }));
        }
    }
}
