//! The notices that a box sends to telephones: `[push]` in its settings.

use serde::{Deserialize, Serialize};

use super::quiet::{QuietHours, evening, morning};

/// How notices go out, and when. The key by which push services know this box is in a file of its own in the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PushSettings {
    /// Whom push services can write to about what comes from this box: a `mailto:` or `https:` address (RFC 8292,
    /// section 2.1).
    pub contact: String,
    /// From this hour on (0 to 23, on the neighbourhood's clock) no notice is sent …
    #[serde(default = "evening")]
    pub quiet_from: u8,
    /// … until this hour. The same hour twice: there are no quiet hours.
    #[serde(default = "morning")]
    pub quiet_until: u8,
    /// Whether a push service may be on this machine or this network as well, and without https: for tests.
    #[serde(default)]
    pub private_addresses: bool,
}

impl PushSettings {
    /// When nothing is sent.
    pub fn quiet(&self) -> QuietHours {
        QuietHours::new(self.quiet_from, self.quiet_until)
    }

    /// What is wrong with these settings, if anything is: the setting, what about it, and what to do. `public_url` is the
    /// site's: browsers take notices only from a site they reach safely.
    pub(super) fn fault(&self, public_url: Option<&str>) -> Option<[&'static str; 3]> {
        let is_contact =
            (self.contact.starts_with("mailto:") && self.contact.contains('@')) || self.contact.starts_with("https://");
        if public_url.is_none() {
            let todo = "add a line like `public_url = \"https://plein.example\"`, above all tables";
            Some(["public_url", "notices lead to the site, so [push] needs `public_url`", todo])
        } else if !is_contact || self.contact.contains(char::is_whitespace) || self.contact.len() > 254 {
            let todo = "write it like `contact = \"mailto:plein@plein.example\"`";
            Some(["push.contact", "`push.contact` begins with mailto: or https://", todo])
        } else if self.quiet_from > 23 || self.quiet_until > 23 {
            let todo = "write them like `quiet_from = 21` and `quiet_until = 8`";
            Some(["push.quiet_from", "the quiet hours are from 0 to 23", todo])
        } else {
            None
        }
    }

    pub(super) fn render(&self) -> String {
        let contact = toml::Value::String(self.contact.clone());
        format!(
            "[push]\ncontact = {contact}\nquiet_from = {}\nquiet_until = {}\nprivate_addresses = {}\n",
            self.quiet_from, self.quiet_until, self.private_addresses
        )
    }
}

/// What stands in a `box.toml` that sends no notices.
pub(super) const EXAMPLE: &str = "# [push]\n# contact = \"mailto:plein@plein.example\"\n# quiet_from = 21\n# quiet_until = 8\n\
                                  # private_addresses = false\n";
