//! Every setting there is: how it is called, which form it has, and an example. A test holds this table to [`Config`].
//!
//! [`Config`]: super::Config

/// The form of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text between quotes.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    YesNo,
    /// A list of texts between `[` and `]`.
    Texts,
}

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, with that of the tables it stands in: `photos.resident_mb`.
    pub key: &'static str,
    /// Its form.
    pub form: Form,
    /// Whether the table it stands in makes no sense without it.
    pub required: bool,
    /// A value, as it stands in the file.
    pub example: &'static str,
}

/// The table that may stand there more than once, between `[[` and `]]`.
pub(super) const REPEATED: &str = "agenda.source";

const fn optional(key: &'static str, form: Form, example: &'static str) -> Setting {
    Setting { key, form, required: false, example }
}

const fn required(key: &'static str, form: Form, example: &'static str) -> Setting {
    Setting { key, form, required: true, example }
}

/// All settings, in the order of the file.
pub const SETTINGS: [Setting; 43] = [
    required("name", Form::Text, "\"Maasdorp\""),
    required("neighbourhood", Form::Text, "\"5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e\""),
    optional("tagline", Form::Text, "\"The village by the river\""),
    optional("site", Form::Text, "\"0.0.0.0:8080\""),
    optional("public_url", Form::Text, "\"https://plein.example\""),
    optional("proxies", Form::Texts, "[\"127.0.0.1\"]"),
    optional("box", Form::Texts, "[\"/ip4/0.0.0.0/udp/4080/quic-v1\"]"),
    optional("upnp", Form::YesNo, "true"),
    optional("relay", Form::YesNo, "true"),
    optional("announce", Form::Texts, "[\"/dns/plein.example/udp/4080/quic-v1\"]"),
    optional("metrics", Form::Text, "\"127.0.0.1:4090\""),
    optional("mdns", Form::Text, "\"on\""),
    optional("photos.resident_mb", Form::Number, "200"),
    optional("photos.neighbour_mb", Form::Number, "2000"),
    required("help.name", Form::Text, "\"Truus\""),
    required("help.phone", Form::Text, "\"0123 456 789\""),
    optional("help.hours", Form::Text, "\"on weekdays from 9 to 12\""),
    optional("agenda.private_addresses", Form::YesNo, "true"),
    required("agenda.source.url", Form::Text, "\"https://sportclub.example/agenda.ics\""),
    optional("agenda.source.name", Form::Text, "\"Sports club\""),
    optional("agenda.source.hours", Form::Number, "6"),
    required("mail.server", Form::Text, "\"smtp.example\""),
    optional("mail.port", Form::Number, "587"),
    optional("mail.security", Form::Text, "\"starttls\""),
    optional("mail.user", Form::Text, "\"plein@plein.example\""),
    required("mail.from", Form::Text, "\"plein@plein.example\""),
    optional("mail.weekly_on", Form::Text, "\"thursday\""),
    optional("mail.quiet_from", Form::Number, "21"),
    optional("mail.quiet_until", Form::Number, "8"),
    optional("https.listen", Form::Text, "\"0.0.0.0:443\""),
    optional("https.redirect", Form::Text, "\"0.0.0.0:80\""),
    optional("https.agree_to_terms", Form::YesNo, "true"),
    optional("https.contact", Form::Text, "\"you@plein.example\""),
    optional("https.domains", Form::Texts, "[\"www.plein.example\"]"),
    optional("https.challenge", Form::Text, "\"tls-alpn-01\""),
    optional("https.directory", Form::Text, "\"https://acme-v02.api.letsencrypt.org/directory\""),
    optional("https.directory_root", Form::Text, "\"/etc/dorpsplein/authority.pem\""),
    optional("https.certificate", Form::Text, "\"/etc/dorpsplein/fullchain.pem\""),
    optional("https.key", Form::Text, "\"/etc/dorpsplein/privkey.pem\""),
    required("push.contact", Form::Text, "\"mailto:plein@plein.example\""),
    optional("push.quiet_from", Form::Number, "21"),
    optional("push.quiet_until", Form::Number, "8"),
    optional("push.private_addresses", Form::YesNo, "false"),
];

impl Setting {
    /// The setting of this name.
    pub fn named(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// Whether one value says all of it, so that it can be given on the command line and in the environment. Not which
    /// neighbourhood a box belongs to, which never changes, nor what stands in a table of which there may be more.
    pub fn can_be_overridden(&self) -> bool {
        self.key != "neighbourhood" && !self.key.starts_with(REPEATED)
    }

    /// Its variable in the environment: `photos.resident_mb` is `DORPSPLEIN_PHOTOS_RESIDENT_MB`.
    pub fn variable(&self) -> String {
        format!("DORPSPLEIN_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// The table it stands in, and its name there.
    pub(super) fn place(&self) -> (&'static str, &'static str) {
        self.key.rsplit_once('.').unwrap_or(("", self.key))
    }

    /// How it is written in its table.
    pub(super) fn line(&self) -> String {
        format!("{} = {}", self.place().1, self.example)
    }
}

/// Whether settings stand in a table of this name.
pub(super) fn is_table(path: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The name that somebody may have meant who wrote this one: of the same table, and at most two letters off.
pub(super) fn meant(table: &str, written: &str) -> Option<&'static str> {
    let names = SETTINGS.iter().filter_map(|setting| {
        let rest =
            if table.is_empty() { Some(setting.key) } else { setting.key.strip_prefix(table)?.strip_prefix('.') };
        rest.map(|rest| rest.split('.').next().unwrap_or(rest))
    });
    let distances = names.map(|name| (distance(name, written), name));
    distances.filter(|(distance, name)| *distance <= 2 && *distance < name.len()).min().map(|(_, name)| name)
}

/// How many letters have to be changed, added or left out to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = index + 1;
        for (column, theirs) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *theirs);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_guessed_from_one_that_is_nearly_it() {
        assert_eq!(meant("", "publik_url"), Some("public_url"));
        assert_eq!(meant("", "foto"), None);
        assert_eq!(meant("", "photo"), Some("photos"));
        assert_eq!(meant("agenda", "sourcse"), Some("source"));
        assert_eq!(meant("photos", "resident_md"), Some("resident_mb"));
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
