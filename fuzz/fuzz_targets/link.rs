//! The links that people hand each other: to join, to agree on a treaty, to make a second box, to add a device or get back in.
//! What is read is written in one form, which is read as the same.
#![no_main]

use dorpsplein_fuzz::links::{BoxLink, DeviceLink, InvitationLink, Site, TreatyLink};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(site) = Site::parse(text) {
        assert_eq!(Site::parse(site.as_str()).as_ref(), Ok(&site));
        assert!(!site.as_str().contains(['"', '<', '\'', '#', '@']) && !site.as_str().contains(char::is_whitespace));
    }
    if let Ok(link) = InvitationLink::parse(text) {
        assert_eq!(InvitationLink::parse(&link.url()).as_ref(), Ok(&link));
    }
    if let Ok(link) = TreatyLink::parse(text) {
        assert_eq!(TreatyLink::parse(&link.url()).as_ref(), Ok(&link));
        assert!(link.peer().map_or(link.offer.addresses.is_empty(), |peer| !peer.addresses.is_empty()));
    }
    if let Ok(link) = BoxLink::parse(text) {
        assert_eq!(BoxLink::parse(&link.url()).as_ref(), Ok(&link));
    }
    if let Ok(link) = DeviceLink::parse(text) {
        assert!(DeviceLink::parse(&link.url()).is_ok_and(|again| again.url() == link.url()));
    }
});
