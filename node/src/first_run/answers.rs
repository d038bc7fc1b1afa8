//! What is asked of who begins a square, looked at in one place: `dorpsplein init` and the page of a box without a square
//! are two faces of this.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use dorpsplein_protocol::operation::Role;
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::view::FirstRunFault;
use libp2p::Multiaddr;

use super::Founding;
use crate::config::{HelpLine, HttpsSettings, LocalNetwork};
use crate::links::Site;

/// The longest name of a neighbourhood, as the protocol has it, and of who helps, in characters.
const MAX_NAME: usize = 80;
/// The longest other line, in characters.
const MAX_LINE: usize = 200;
/// The longest telephone number, in characters.
const MAX_PHONE: usize = 40;

/// What was answered, as it was typed; empty for nothing.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The neighbourhood's name.
    pub name: String,
    /// One line under it.
    pub tagline: String,
    /// Whom to call for help.
    pub help_name: String,
    /// At what number.
    pub help_phone: String,
    /// When.
    pub help_hours: String,
    /// The site's own address as visitors type it.
    pub address: String,
    /// Whether the box obtains a certificate for it.
    pub certificate: bool,
    /// Where the site listens; none for the usual port on all addresses.
    pub site: Option<SocketAddr>,
    /// Where the box listens for others; none for the usual ports on all addresses.
    pub listen: Option<Vec<Multiaddr>>,
    /// Whether the box makes itself known on the local network.
    pub mdns: LocalNetwork,
}

impl Answers {
    /// How a neighbourhood with these answers begins in `dir`; `first` is what the first invitation makes of who comes with it.
    ///
    /// # Errors
    /// All that is wrong with the answers, in the order in which they are asked.
    pub fn founding(&self, dir: &Path, first: Role, now: Timestamp) -> Result<Founding, Vec<FirstRunFault>> {
        let mut faults = Vec::new();
        let mut must = |right: bool, fault| {
            if !right {
                faults.push(fault);
            }
        };
        must(!self.name.trim().is_empty() && is_line(&self.name, MAX_NAME), FirstRunFault::Name);
        must(is_line(&self.tagline, MAX_LINE), FirstRunFault::Tagline);
        let [name, phone, hours] = [&self.help_name, &self.help_phone, &self.help_hours].map(|text| given(text));
        must(name.is_some() == (phone.is_some() || hours.is_some()) || name.is_some(), FirstRunFault::HelpName);
        must(is_line(&self.help_name, MAX_NAME), FirstRunFault::HelpName);
        let is_number =
            |phone: &String| phone.contains(|letter: char| letter.is_ascii_digit()) && is_line(phone, MAX_PHONE);
        must(phone.as_ref().map_or(name.is_none(), is_number), FirstRunFault::HelpPhone);
        must(is_line(&self.help_hours, MAX_LINE), FirstRunFault::HelpHours);
        let address = given(&self.address).map(|address| Site::parse(&address)).transpose();
        must(address.is_ok(), FirstRunFault::Address);
        let public_url = address.ok().flatten().map(|site| site.as_str().to_owned());
        let https = self.certificate.then(HttpsSettings::usual);
        let site = self.site.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        let fits = https.as_ref().is_none_or(|https| https.fault(public_url.as_deref(), site).is_none());
        must(fits, FirstRunFault::Certificate);
        if !faults.is_empty() {
            faults.dedup();
            return Err(faults);
        }
        Ok(Founding {
            dir: dir.to_owned(),
            name: self.name.trim().to_owned(),
            tagline: given(&self.tagline),
            help: name.zip(phone).map(|(name, phone)| HelpLine { name, phone, hours }),
            site: self.site,
            listen: self.listen.clone(),
            public_url,
            https,
            mdns: self.mdns,
            first,
            now,
        })
    }
}

/// What was typed, unless it is nothing.
fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn is_line(text: &str, most: usize) -> bool {
    text.trim().chars().count() <= most && !text.trim().contains(char::is_control)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::clock;

    fn faults(change: impl FnOnce(&mut Answers)) -> Vec<FirstRunFault> {
        let mut answers = Answers { name: "Maasdorp".to_owned(), ..Answers::default() };
        change(&mut answers);
        answers.founding(Path::new("nowhere"), Role::Connector, clock::now()).err().unwrap_or_default()
    }

    #[test]
    fn every_wrong_answer_is_named() {
        use FirstRunFault as Fault;
        assert_eq!(faults(|_| ()), []);
        assert_eq!(faults(|answers| answers.name = " ".to_owned()), [Fault::Name]);
        assert_eq!(faults(|answers| answers.name = "é".repeat(81)), [Fault::Name]);
        assert_eq!(faults(|answers| answers.tagline = "a\u{7}b".to_owned()), [Fault::Tagline]);
        assert_eq!(faults(|answers| answers.help_name = "Truus".to_owned()), [Fault::HelpPhone]);
        assert_eq!(faults(|answers| answers.help_phone = "024 000".to_owned()), [Fault::HelpName]);
        assert_eq!(faults(|answers| answers.help_hours = "altijd".to_owned()), [Fault::HelpName]);
        assert_eq!(faults(|answers| answers.address = "plein.example".to_owned()), [Fault::Address]);
        assert_eq!(faults(|answers| answers.certificate = true), [Fault::Certificate]);
        let secured = |address: &str| {
            faults(|answers| {
                answers.address = address.to_owned();
                answers.certificate = true;
            })
        };
        assert_eq!(secured("http://plein.example"), [Fault::Certificate]);
        assert_eq!(secured("https://192.168.1.2"), [Fault::Certificate]);
        assert_eq!(secured(" https://plein.example/ "), []);
    }
}
