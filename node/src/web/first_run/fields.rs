//! The form of the first start.

use dorpsplein_web_ui::view::FirstRunForm;
use serde::Deserialize;

/// What a form brings; of what no form has nothing is kept.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    pub(crate) code: String,
    pub(crate) step: String,
    pub(crate) name: String,
    pub(crate) tagline: String,
    pub(crate) help_name: String,
    pub(crate) help_phone: String,
    pub(crate) help_hours: String,
    pub(crate) address: String,
    pub(crate) certificate: Option<String>,
    pub(crate) port: String,
    pub(crate) box_port: String,
    pub(crate) mdns: Option<String>,
}

impl From<&Fields> for FirstRunForm {
    fn from(fields: &Fields) -> Self {
        Self {
            name: fields.name.clone(),
            tagline: fields.tagline.clone(),
            help_name: fields.help_name.clone(),
            help_phone: fields.help_phone.clone(),
            help_hours: fields.help_hours.clone(),
            address: fields.address.clone(),
            certificate: fields.certificate.is_some(),
            port: fields.port.clone(),
            box_port: fields.box_port.clone(),
            mdns: fields.mdns.is_some(),
            faults: Vec::new(),
        }
    }
}
