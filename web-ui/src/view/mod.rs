//! What the pages show, as plain structs: strings, counts, enums and civil times, no types of the protocol.
//!
//! Ids are lower-case hexadecimal. Text is as the residents wrote it, never escaped beforehand: the templates escape.
//! Times are local to the neighbourhood, so a page needs no time zone; the pages say them in the reader's language.

mod desk;
mod desk_community;
mod desk_health;
mod desk_pulse;
mod desk_queue;
mod devices;
mod editing;
mod feed;
mod first_run;
mod frame;
mod look;
mod mail;
mod moderation;
mod neighbouring;
mod page;
mod post;
mod posts;
mod preview;
mod recurrence;
mod search;
mod sources;
mod trust;

pub use crate::qr::QrImage;
pub use desk::{
    Branch, Care, Deed, DeskPage, DeskTop, DeviceStanding, DeviceView, DoorPage, Fork, InvitationFate, InvitationView,
    InvitationsPage, Letter, LettersPage, MemberPage, MemberTeaser, MembersPage, Person, Proposal, Said,
};
pub use desk_community::{
    AreasPage, BoxesPage, CirclePlace, CircleView, CirclesPage, DeskBox, Neighbouring, NeighboursPage,
    OrganisationView, OrganisationsPage, TreatyStep, TreatyView,
};
pub use desk_health::{HealthPage, Renewer, SiteCertificate, SiteHttps, Vital};
pub use desk_pulse::{Count, FEWEST_PERSONS, FirstStep, KindPulse, PulsePage, Silence, Unanswered};
pub use desk_queue::{Consent, DueItem, QueueItem, QueuePage, Report, ReportedItem, StaleItem};
pub use devices::{MyDataPage, OwnDevice, OwnProfile};
pub use editing::{
    Change, Choice, Disagreement, FactValue, Filled, HistoryPage, KeptPhoto, SharePage, Subject, Version, WordsPage,
    fact,
};
pub use feed::{FeedEntry, FeedView};
pub use first_run::{CodeTrouble, FirstInvitation, FirstRunFault, FirstRunForm, FirstRunPage};
pub use frame::{CircleChoice, Frame, Help, NeighbourLink, Neighbourhood};
pub use jiff::civil::{Date, DateTime};
pub use look::LookPage;
pub use mail::{
    Digest, DigestEntry, DigestSection, Frequency, Mail, MailLink, MailLinkPage, MailPage, MailStanding, MailTrouble,
    Notice, PushPart,
};
pub use moderation::{Fate, GonePage, Handle, LogAct, LogEntry, LogPage, Moderated, Reason, Receipt, Standing};
pub use neighbouring::{AwaitingPost, Contact, Exchange, HandedOn, MappedNeighbour, Policy, Taken, Way};
pub use page::{AgendaPage, ErrorPage, EventPage, Failure, ItemPage, NewsPage, WritePage};
pub(crate) use post::END_OF_NIGHT;
pub use post::{
    Author, Claim, Comment, EventTeaser, NewsTeaser, Origin, Photo, Role, Stated, Thread, ThreadEntry, When,
};
pub use posts::{AreaChoice, Choices, Facts, OpenAlert, PeoplePage, PostTeaser, PostsPage, Profile, SignUp, SignUps};
pub use preview::{JsonLd, Preview};
pub use recurrence::{Every, InMonth, Repeats};
pub use search::{Excerpt, Fit, Hit, SearchPage, Target};
pub use sources::{SourceProposal, SourceView, SourceWhat, SourcesPage};
pub use trust::{
    AboutPage, BoxView, NeighbourView, OperationRole, ProofOperation, ProofPage, ProofSubject, TreatyDirection,
    TreatyState, Words,
};
