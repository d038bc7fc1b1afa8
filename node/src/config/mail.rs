//! The post that a box sends: `[mail]` in its settings.

use jiff::civil::Weekday;
use lettre::Address;
use serde::{Deserialize, Serialize};

use super::quiet::{QuietHours, evening, morning};

/// Where post goes out, and when. The password, where the server wants one, is in a file of its own in the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The name of the server that takes mail from this box (SMTP submission, RFC 6409).
    pub server: String,
    /// Its port; none: the usual one for the security.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the way there is kept private.
    #[serde(default)]
    pub security: Security,
    /// The name to log in with; none: without.
    #[serde(default)]
    pub user: Option<String>,
    /// The address that the post comes from.
    pub from: String,
    /// The day of the weekly post.
    #[serde(default)]
    pub weekly_on: WeeklyDay,
    /// From this hour on (0 to 23, on the neighbourhood's clock) no digest is sent …
    #[serde(default = "evening")]
    pub quiet_from: u8,
    /// … until this hour, at which the day's digests are made. The same hour twice: there are no quiet hours.
    #[serde(default = "morning")]
    pub quiet_until: u8,
}

/// How the way to the mail server is kept private.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// It begins in the open and is made private before anything is said (RFC 3207); refused where the server does not.
    #[default]
    StartTls,
    /// Private from the beginning (RFC 8314).
    Tls,
    /// Not at all: only to a server on this machine.
    None,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "they are the days of the week")]
pub enum WeeklyDay {
    Monday,
    Tuesday,
    Wednesday,
    #[default]
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<WeeklyDay> for Weekday {
    fn from(day: WeeklyDay) -> Self {
        match day {
            WeeklyDay::Monday => Self::Monday,
            WeeklyDay::Tuesday => Self::Tuesday,
            WeeklyDay::Wednesday => Self::Wednesday,
            WeeklyDay::Thursday => Self::Thursday,
            WeeklyDay::Friday => Self::Friday,
            WeeklyDay::Saturday => Self::Saturday,
            WeeklyDay::Sunday => Self::Sunday,
        }
    }
}

impl MailSettings {
    /// When nothing is sent.
    pub fn quiet(&self) -> QuietHours {
        QuietHours::new(self.quiet_from, self.quiet_until)
    }

    /// What is wrong with these settings, if anything is: the setting, what about it, and what to do. `public_url` is the
    /// site's, which every mail links to.
    pub(super) fn fault(&self, public_url: Option<&str>) -> Option<[&'static str; 3]> {
        let is_here = matches!(self.server.as_str(), "localhost" | "127.0.0.1" | "::1");
        if public_url.is_none() {
            let todo = "add a line like `public_url = \"https://plein.example\"`, above all tables";
            Some(["public_url", "post links to the site, so [mail] needs `public_url`", todo])
        } else if self.security == Security::None && !is_here {
            let what = "mail goes unprotected only to a server on this machine";
            Some(["mail.security", what, "write `security = \"starttls\"` or `security = \"tls\"`"])
        } else if self.from.parse::<Address>().is_err() {
            let todo = "write it like `from = \"plein@plein.example\"`";
            Some(["mail.from", "`mail.from` is an e-mail address", todo])
        } else if self.quiet_from > 23 || self.quiet_until > 23 {
            let todo = "write them like `quiet_from = 21` and `quiet_until = 8`";
            Some(["mail.quiet_from", "the quiet hours are from 0 to 23", todo])
        } else {
            None
        }
    }

    pub(super) fn render(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let port = self.port.map(|port| format!("port = {port}\n")).unwrap_or_default();
        let user = self.user.as_ref().map(|user| format!("user = {}\n", quoted(user))).unwrap_or_default();
        let security = match self.security {
            Security::StartTls => "starttls",
            Security::Tls => "tls",
            Security::None => "none",
        };
        let day = format!("{:?}", self.weekly_on).to_lowercase();
        format!(
            "[mail]\nserver = {}\n{port}security = \"{security}\"\n{user}from = {}\nweekly_on = \"{day}\"\n\
             quiet_from = {}\nquiet_until = {}\n",
            quoted(&self.server),
            quoted(&self.from),
            self.quiet_from,
            self.quiet_until
        )
    }
}

/// What stands in a `box.toml` that sends no post.
pub(super) const EXAMPLE: &str = "# [mail]\n# server = \"smtp.example\"\n# port = 587\n# security = \"starttls\"\n# user = \"plein@plein.example\"\n\
                                  # from = \"plein@plein.example\"\n# weekly_on = \"thursday\"\n# quiet_from = 21\n# quiet_until = 8\n";
