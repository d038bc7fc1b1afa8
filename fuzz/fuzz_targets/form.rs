//! Forms as browsers send them: that of the first start, whose answers become settings that are read as the same, and that of
//! the post by e-mail.
#![no_main]

use std::path::Path;

use dorpsplein_fuzz::config::{Config, LocalNetwork};
use dorpsplein_fuzz::first_run::Answers;
use dorpsplein_fuzz::mail::Wish;
use dorpsplein_fuzz::web::first_run_form;
use dorpsplein_protocol::operation::{NeighbourhoodId, Role};
use dorpsplein_protocol::time::Timestamp;
use dorpsplein_web_ui::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(form) = first_run_form(bytes) {
        let answers = Answers {
            name: form.name,
            tagline: form.tagline,
            help_name: form.help_name,
            help_phone: form.help_phone,
            help_hours: form.help_hours,
            address: form.address,
            certificate: form.certificate,
            site: None,
            listen: None,
            mdns: if form.mdns { LocalNetwork::On } else { LocalNetwork::Off },
        };
        match answers.founding(Path::new("box"), Role::Connector, Timestamp::default()) {
            Ok(founding) => {
                let config = founding.config(NeighbourhoodId::from_bytes([1; 32]));
                let written = config.render();
                assert_eq!(Config::parse(&written).as_ref(), Ok(&config), "{written}");
            }
            Err(faults) => assert!(!faults.is_empty()),
        }
    }
    if let Ok(fields) = serde_urlencoded::from_bytes::<Vec<(String, String)>>(bytes) {
        let wish = Wish::of_form(&fields, Lang::Nl);
        let doubled = wish.kinds.iter().enumerate().any(|(at, kind)| wish.kinds[..at].contains(kind));
        assert!(!doubled, "of one kind it is said once");
        assert_eq!(wish.address.trim(), wish.address);
    }
});
