//! What somebody tries who is a connector, or would like to be one.

use dorpsplein_protocol::authority::Resident;
use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{
    BoxCertificate, DeviceCount, Endorsement, Invitation, MemberRemoval, OperationId, Recovery, ResidentId, Role,
    RoleChange, Statement,
};
use dorpsplein_protocol::projection;
use rand::seq::IndexedRandom;

use super::villain::Villain;
use crate::world::{DAY, START, WorldError};

type Done = Result<(), WorldError>;

/// Takes every right there is, without asking.
pub(super) fn promote(villain: &mut Villain<'_>) -> Done {
    let Some(own) = own(villain) else { return Ok(()) };
    villain.state(grant(own))?;
    let (key, expires) = (villain.new_key().public(), villain.world.now.plus_millis(DAY));
    villain.state(Statement::Invitation(Invitation { key, role: Role::Connector, expires }))?;
    let key = villain.new_key().public();
    villain.state(Statement::BoxCertificate(BoxCertificate { key, expires }))?;
    let Some((resident, counts)) = somebody_else(villain, own) else { return Ok(()) };
    villain.state(Statement::MemberRemoval(MemberRemoval { resident, counts: counts.clone() }))?;
    let stolen = villain.new_key();
    villain.state(Statement::Recovery(Recovery::sign(&stolen, &villain.home, &resident, counts)))
}

/// Proposes what takes two, and signs it a second time.
pub(super) fn alone(villain: &mut Villain<'_>) -> Done {
    let Some(own) = own(villain) else { return Ok(()) };
    let Some((resident, counts)) = a_connector(villain, own).or_else(|| somebody_else(villain, own)) else {
        return Ok(());
    };
    let key = villain.new_key().public();
    let expires = villain.world.now.plus_millis(30 * DAY);
    let heavy = [
        Statement::RoleChange(RoleChange { resident, role: Role::Resident, counts: counts.clone() }),
        Statement::MemberRemoval(MemberRemoval { resident, counts }),
        Statement::BoxCertificate(BoxCertificate { key, expires }),
    ];
    for statement in heavy {
        let parents = villain.heads();
        let Some(proposal) = villain.sign(|device, now| device.state(parents, statement, now)) else { continue };
        villain.strike(&proposal.encode())?;
        let mut parents = villain.heads();
        if !parents.contains(&proposal.id()) {
            parents.push(proposal.id());
        }
        let second = Statement::Endorsement(Endorsement { of: proposal.id() });
        if let Some(second) = villain.sign(|device, now| device.state(parents, second, now)) {
            villain.strike(&second.encode())?;
        }
    }
    Ok(())
}

/// Speaks as in the first hour, when one signature was enough and nobody else was there.
pub(super) fn old_past(villain: &mut Villain<'_>) -> Done {
    let Some(own) = own(villain) else { return Ok(()) };
    let genesis = OperationId::from(villain.home);
    for (resident, counts) in everybody(villain).into_iter().filter(|(resident, _)| *resident != own).take(4) {
        let removal = Statement::MemberRemoval(MemberRemoval { resident, counts });
        if let Some(removal) = villain.sign(|device, _| device.state(vec![genesis], removal, START)) {
            villain.strike(&removal.encode())?;
        }
    }
    Ok(())
}

fn grant(to: ResidentId) -> Statement {
    Statement::RoleChange(RoleChange { resident: to, role: Role::Connector, counts: Vec::new() })
}

/// Who they are, as their box knows them.
fn own(villain: &mut Villain<'_>) -> Option<ResidentId> {
    let key = villain.people.hand(villain.who, 0)?.key();
    villain.register(|register| register.membership(&key).map(|membership| membership.resident))?
}

type Whole = (ResidentId, Vec<DeviceCount>);

/// Everybody who is there, with all that each of their devices signed as far as the box knows.
fn everybody(villain: &Villain<'_>) -> Vec<Whole> {
    let Some(disk) = villain.world.disk(villain.at) else { return Vec::new() };
    let last =
        |key: &PublicKey| projection::last_of_device(disk, key).ok().flatten().map_or(0, |(sequence, _)| sequence);
    let present = villain.register(|register| {
        let present = register.residents().filter(|resident| resident.present);
        let counts = |resident: &Resident| {
            let devices = resident.devices.iter();
            devices.map(|device| DeviceCount { device: device.key, last: last(&device.key) }).collect()
        };
        present.map(|resident| (resident.id, counts(&resident))).collect()
    });
    present.unwrap_or_default()
}

fn somebody_else(villain: &mut Villain<'_>, own: ResidentId) -> Option<Whole> {
    let others: Vec<Whole> = everybody(villain).into_iter().filter(|(resident, _)| *resident != own).collect();
    others.choose(&mut villain.random).cloned()
}

fn a_connector(villain: &mut Villain<'_>, own: ResidentId) -> Option<Whole> {
    let others: Vec<Whole> = everybody(villain).into_iter().filter(|(resident, _)| *resident != own).collect();
    let trusted = |resident: &ResidentId| {
        let role = villain.register(|register| register.resident(resident).map(|resident| resident.role));
        role.flatten() == Some(Role::Connector)
    };
    let connectors: Vec<Whole> = others.into_iter().filter(|(resident, _)| trusted(resident)).collect();
    connectors.choose(&mut villain.random).cloned()
}
