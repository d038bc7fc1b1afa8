//! How it goes with the box itself: its disk, its memory, what it writes, its backups, its clock, its neighbours.

use jiff::civil::{Date, DateTime};

use super::Contact;
use super::desk::DeskTop;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vital {
    /// As it should be.
    Well,
    /// Somebody should think about it.
    Note,
    /// Something is to be done.
    Wrong,
}

/// How a site is reached over https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteHttps {
    /// Not at all.
    Plain,
    /// By a web server before the box, whose business the certificate is.
    Before,
    /// By the box itself.
    Here(SiteCertificate),
}

/// The certificate of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCertificate {
    /// How it is.
    pub vital: Vital,
    /// Whether it holds, and its last day; absent while there is none.
    pub until: Option<(bool, Date)>,
    /// Who renews it.
    pub renewer: Renewer,
    /// When it went wrong the last time and how, in the words of whoever refused; absent since it went well.
    pub trouble: Option<(DateTime, String)>,
}

/// Who renews the certificate of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewer {
    /// The box.
    Box,
    /// Another program, in files.
    Files,
    /// The box, for devices of this network that trust it.
    Own,
}

/// The page of how it goes with the box. All sizes in bytes; what the system does not tell is absent.
#[derive(Clone, Debug)]
pub struct HealthPage {
    /// What every desk page has.
    pub top: DeskTop,
    /// The version of the program.
    pub version: &'static str,
    /// When it was started.
    pub since: DateTime,
    /// Whether it can keep what people write.
    pub writable: bool,
    /// How the disk is, what is free there, and how large it is.
    pub disk: Option<(Vital, u64, u64)>,
    /// What photos take of it.
    pub photo_bytes: u64,
    /// How the memory is: the box's own, what is left on the machine, and what that has.
    pub memory: Option<(Vital, u64, u64, u64)>,
    /// What it writes in a day, and for how many years a memory card as large as the disk takes that; absent in the first hour.
    pub written: Option<(u64, usize)>,
    /// How old the last backup is, and when it was made; absent when none was.
    pub backup: Option<(Vital, DateTime)>,
    /// What time it is here.
    pub now: DateTime,
    /// Whether the system says that the clock follows a time server.
    pub clock_follows: bool,
    /// How long the neighbourhood still says that the box speaks for it, and until when; absent when it does not.
    pub certificate: Option<(Vital, Date)>,
    /// How the site is reached over https.
    pub https: SiteHttps,
    /// The neighbours, and when they were last heard of.
    pub neighbours: Vec<(String, Contact)>,
    /// How many boxes the square has.
    pub boxes: usize,
}
