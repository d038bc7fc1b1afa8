//! What somebody made here, found by what their devices signed: for taking it along, and for erasing it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::{ItemId, OperationId, ResidentId, Signed, Space};
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::{Direction, Read, StoreError, Table};

use super::super::body::{MineBody, MineItemBody, MineMailBody};
use super::Reader;

impl Reader {
    /// All that a resident of this neighbourhood made, that is here and not erased, whoever may read it.
    ///
    /// Costs one read for each operation of their devices.
    pub(in super::super) fn mine(&self, resident: &ResidentId) -> Result<MineBody, StoreError> {
        let home = self.home();
        let devices = self.registers.home().resident(resident).map(|resident| resident.devices).unwrap_or_default();
        let mut touched = BTreeSet::new();
        for device in devices {
            self.items_touched_by(&device.key, &mut touched)?;
        }
        let mut items = Vec::new();
        for id in touched {
            let row = projection::item(&self.store, &id)?;
            let own = row.filter(|row| row.author.home == home && row.author.resident == *resident);
            items.extend(own.filter(|row| row.erased.is_none()).map(|row| MineItemBody {
                id: row.id.to_string(),
                kind: row.kind.0,
                neighbourhood: row.neighbourhood.to_string(),
                space: row.space.name(),
                heads: row.heads.iter().map(ToString::to_string).collect(),
                operations: row.operations.iter().map(ToString::to_string).collect(),
            }));
        }
        Ok(MineBody {
            resident: resident.to_string(),
            items,
            mail: self.mine_mail(resident),
            push: self.mine_push(resident),
        })
    }

    /// The post they asked for at this box.
    fn mine_mail(&self, resident: &ResidentId) -> Option<MineMailBody> {
        let known = self.mail.as_ref()?.of(resident)?;
        Some(MineMailBody {
            frequency: known.frequency().name().to_owned(),
            kinds: known.kinds().iter().map(|kind| kind.name().to_owned()).collect(),
            members: known.members,
            confirmed: known.ask.is_none(),
            address: known.address,
        })
    }

    /// The items that a device did anything to.
    fn items_touched_by(&self, device: &PublicKey, touched: &mut BTreeSet<ItemId>) -> Result<(), StoreError> {
        let mut operations: Vec<OperationId> = Vec::new();
        self.store.scan_prefix(Table::Devices, device.as_bytes(), Direction::Ascending, &mut |key, _| {
            operations.extend(key.get(40..).and_then(|id| OperationId::try_from(id).ok()));
            ControlFlow::Continue(())
        })?;
        for id in operations {
            let Some(bytes) = projection::operation(&self.store, &id)? else { continue };
            let signed = Signed::decode(&bytes).map_err(|_| StoreError::Damaged("an operation"))?;
            if signed.header().space != Space::Register {
                touched.insert(signed.header().item());
            }
        }
        Ok(())
    }
}
