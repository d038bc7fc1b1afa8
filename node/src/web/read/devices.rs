//! "Mijn gegevens": what the register says of whoever is logged in.

use dorpsplein_protocol::authority::DeviceState;
use dorpsplein_protocol::operation::Role;
use dorpsplein_protocol::projection;
use dorpsplein_protocol::store::StoreError;
use dorpsplein_web_ui::paths::Page;
use dorpsplein_web_ui::{Lang, pages, view};

use super::super::local_time;
use super::super::sessions::Visitor;
use super::{ReadError, Reader};
use crate::net::slug;

impl Reader {
    /// One's own devices and what one can do with them.
    ///
    /// # Errors
    /// [`ReadError::Closed`] for who is not logged in.
    pub(in super::super) fn my_data_page(&self, lang: Lang) -> Result<String, ReadError> {
        match self.visitor {
            Some(visitor) => Ok(pages::my_data(&self.frame(), &self.my_data(visitor)?, lang)?),
            None => {
                let path = Page::MyData.pattern(lang).to_owned();
                Err(ReadError::Closed(view::DoorPage { needs: view::Role::Resident, visitor: None, path }))
            }
        }
    }

    fn my_data(&self, visitor: Visitor) -> Result<view::MyDataPage, ReadError> {
        let register = self.registers.home();
        // Who is logged in was in the register a moment ago.
        let resident = register.resident(&visitor.resident).ok_or(ReadError::NotFound)?;
        let mut entries = resident.devices;
        entries.sort_by_key(|entry| (entry.state, entry.key != visitor.device, entry.added, entry.key));
        let devices = entries.into_iter().map(|entry| {
            Ok(view::OwnDevice {
                is_this: entry.key == visitor.device,
                device: view::DeviceView {
                    key: entry.key.to_string(),
                    added: local_time::local(entry.added).date(),
                    standing: match entry.state {
                        DeviceState::Active => view::DeviceStanding::Active,
                        DeviceState::Retired => view::DeviceStanding::Retired,
                        DeviceState::Removed => view::DeviceStanding::Removed,
                    },
                    home_key: entry.home_key.map(|until| local_time::local(until).date()),
                    counts_to: entry.counts_to,
                    last: projection::last_of_device(&self.store, &entry.key)?.map_or(0, |(last, _)| last),
                },
            })
        });
        let profile = projection::profile(&self.store, &self.home(), &visitor.resident)?;
        Ok(view::MyDataPage {
            name: profile.and_then(|profile| profile.content.name),
            profile: self.own_profile(visitor)?,
            role: match visitor.role {
                Role::Resident => view::Role::Resident,
                Role::Connector => view::Role::Connector,
            },
            waits: self.waits_as_connector(),
            last_connector: visitor.role == Role::Connector && register.connector_count() == 1,
            devices: devices.collect::<Result<_, StoreError>>()?,
            due: self.due_of(visitor)?,
            cards: resident.cards.len(),
            home_network: self.home_network(),
        })
    }

    /// Where the square probably is on the home network, if residents may get keys for it: people can correct it.
    pub(super) fn home_network(&self) -> Option<String> {
        let port =
            self.site_url.as_deref().and_then(|url| url.strip_prefix("http://")).and_then(|url| url.rsplit_once(':'));
        let port = port.map_or_else(String::new, |(_, port)| format!(":{port}"));
        let allowed = self.registers.home().allows_home_keys();
        allowed.then(|| format!("http://{}.local{port}", slug(&self.shown_name())))
    }
}
