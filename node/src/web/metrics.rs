//! The box in figures, in the text form that Prometheus reads (version 0.0.4).
//!
//! Neighbourhoods are named, residents never: nothing here follows from what one person did but the totals it adds to.
//! Who reads it is a connector, or a program on this machine that was let in by `metrics` in `box.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use dorpsplein_protocol::authority::Registers;
use dorpsplein_protocol::operation::{NeighbourhoodId, Space};
use dorpsplein_protocol::replica::PhotoCounts;
use dorpsplein_protocol::time::Timestamp;

use super::SiteState;
use super::keeper::Keeper;
use crate::clock;
use crate::disk_store::DiskStore;
use crate::driver::{Figures, NeighbourAccount};
use crate::machine::Vitals;

const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Digits of a neighbourhood's id that name it among the others.
const SHORT_ID: usize = 12;
/// The label of what belongs to nobody we know.
const STRANGERS: &str = "strangers";

/// The figures, at the site.
pub(super) async fn for_keepers(_: Keeper, State(state): State<SiteState>) -> Response {
    answer(&state)
}

/// A site of its own with nothing but the figures, for a loopback address.
pub fn router(state: SiteState) -> Router {
    Router::new()
        .route("/metrics", get(|State(state): State<SiteState>| async move { answer(&state) }))
        .with_state(state)
}

fn answer(state: &SiteState) -> Response {
    let (figures, status, registers) = (state.driver.figures(), state.driver.status(), state.driver.registers());
    let mut page = Page { text: String::new(), registers: &registers };
    page.of_the_box(&figures, status.writable);
    page.of_the_photos(&figures.photos);
    page.of_the_neighbours(&figures, clock::now());
    page.of_the_certificate(state);
    if let Some(machine) = &state.machine {
        page.of_the_machine(&machine.vitals());
    }
    page.of_the_store(state.disk.as_deref());
    ([(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")], page.text).into_response()
}

/// The text so far.
struct Page<'a> {
    text: String,
    registers: &'a Registers,
}

impl Page<'_> {
    fn of_the_box(&mut self, figures: &Figures, writable: bool) {
        let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
        self.family("dorpsplein_build_info", "gauge", "The version of this program.", [(version, 1.0)]);
        self.family(
            "dorpsplein_store_writable",
            "gauge",
            "Whether the store can be written.",
            [(String::new(), f64::from(u8::from(writable)))],
        );
        // Circles are counted together.
        let mut spaces: BTreeMap<String, f64> = BTreeMap::new();
        for (space, count) in &figures.spaces {
            let labels = format!("{},space=\"{}\"", self.label(Some(&space.neighbourhood)), name(&space.space));
            *spaces.entry(labels).or_default() += *count as f64;
        }
        self.family("dorpsplein_operations", "gauge", "Operations held, by space.", spaces);
        let answers = [("accepted", figures.accepted), ("refused", figures.refused)];
        let answers = answers.map(|(result, count)| (format!("result=\"{result}\""), count as f64));
        self.family("dorpsplein_submitted_total", "counter", "Operations handed in at this box.", answers);
        let commits = &figures.commits;
        self.family(
            "dorpsplein_commits_total",
            "counter",
            "Commits that reached the disk.",
            [(String::new(), commits.count as f64)],
        );
        self.family(
            "dorpsplein_commit_seconds_total",
            "counter",
            "How long those commits took together.",
            [(String::new(), commits.time.as_secs_f64())],
        );
    }

    /// Together, and by nobody: how many somebody has says something of them.
    fn of_the_photos(&mut self, photos: &PhotoCounts) {
        let states = [("held", photos.held), ("wanted", photos.wanted), ("over_quota", photos.over_quota)];
        let states = states.map(|(state, count)| (format!("state=\"{state}\""), count as f64));
        self.family("dorpsplein_photos", "gauge", "Photos that items refer to, by where their files are.", states);
        let bytes = [("held", photos.held_bytes), ("wanted", photos.wanted_bytes)];
        let bytes = bytes.map(|(state, bytes)| (format!("state=\"{state}\""), bytes as f64));
        self.family("dorpsplein_photo_bytes", "gauge", "Bytes of those that are here, and that are to come.", bytes);
    }

    fn of_the_neighbours(&mut self, figures: &Figures, now: Timestamp) {
        let all = &figures.neighbours;
        self.each("dorpsplein_sessions", "gauge", "Open sessions with boxes.", all, |one| Some(one.sessions as f64));
        self.each("dorpsplein_sent_bytes_total", "counter", "Bytes written to the sessions' streams.", all, |one| {
            Some(one.carried.bytes_sent as f64)
        });
        self.each("dorpsplein_received_bytes_total", "counter", "Bytes read from the sessions' streams.", all, |one| {
            Some(one.carried.bytes_received as f64)
        });
        self.each("dorpsplein_sent_operations_total", "counter", "Operations sent.", all, |one| {
            Some(one.carried.operations_sent as f64)
        });
        self.each("dorpsplein_received_operations_total", "counter", "Operations received.", all, |one| {
            Some(one.carried.operations_received as f64)
        });
        let seconds = |at: Timestamp| at.as_millis() as f64 / 1000.0;
        let help = "When something last came in from there, in seconds since 1970.";
        self.each("dorpsplein_last_contact_timestamp_seconds", "gauge", help, all, |one| one.last_contact.map(seconds));
        let help = "How long ago both sides last were known to hold the same.";
        self.each("dorpsplein_lag_seconds", "gauge", help, all, |one| {
            one.in_step_at.map(|at| seconds(now) - seconds(at)).map(|lag| lag.max(0.0))
        });
        self.each("dorpsplein_awaited_operations", "gauge", "Operations known to be there and not here.", all, |one| {
            Some(one.awaited as f64)
        });
        let help = "How long catching up took the last time.";
        self.each("dorpsplein_catch_up_seconds", "gauge", help, all, |one| {
            one.caught_up_in.map(|time| time.as_secs_f64())
        });
    }

    /// Nothing where the site's https is another's business.
    fn of_the_certificate(&mut self, state: &SiteState) {
        let Some(standing) = &state.certificate else { return };
        let seconds = standing.borrow().until.map_or(0.0, |until| until.as_millis() as f64 / 1000.0);
        let help = "Until when the site's certificate is valid, in seconds since 1970; 0 while there is none.";
        self.family("dorpsplein_certificate_until_seconds", "gauge", help, [(String::new(), seconds)]);
    }

    /// What the kernel says of this process, under the names that all programs use, and of its machine; nothing where it does not
    /// say.
    fn of_the_machine(&mut self, vitals: &Vitals) {
        let seconds = |at: Timestamp| at.as_millis() as f64 / 1000.0;
        let free = |of: Option<[u64; 2]>| of.map(|[free, _]| free as f64);
        let all = |of: Option<[u64; 2]>| of.map(|[_, all]| all as f64);
        let (disk, memory) = (vitals.disk, vitals.memory);
        let written = "Bytes this process has had written to the disk.";
        for (metric, kind, help, value) in [
            ("process_resident_memory_bytes", "gauge", "Resident memory.", vitals.resident.map(|bytes| bytes as f64)),
            ("process_start_time_seconds", "gauge", "When this process started.", Some(seconds(vitals.since))),
            ("dorpsplein_disk_written_bytes_total", "counter", written, vitals.written.map(|bytes| bytes as f64)),
            ("dorpsplein_disk_free_bytes", "gauge", "Free on the disk of the data folder.", free(disk)),
            ("dorpsplein_disk_size_bytes", "gauge", "How large that disk is.", all(disk)),
            (
                "dorpsplein_machine_memory_available_bytes",
                "gauge",
                "Memory of the machine that can be had.",
                free(memory),
            ),
            ("dorpsplein_machine_memory_bytes", "gauge", "Memory of the machine.", all(memory)),
            (
                "dorpsplein_last_backup_timestamp_seconds",
                "gauge",
                "When a backup was last made here.",
                vitals.backup.map(seconds),
            ),
        ] {
            self.family(metric, kind, help, value.map(|value| (String::new(), value)));
        }
    }

    /// What the store takes; nothing while it cannot be opened.
    fn of_the_store(&mut self, disk: Option<&DiskStore>) {
        let size = disk.and_then(|disk| disk.size_on_disk().ok());
        let size = size.map(|bytes| (String::new(), bytes as f64));
        self.family("dorpsplein_store_bytes", "gauge", "What the store takes on the disk.", size);
    }

    fn each(
        &mut self,
        metric: &str,
        kind: &str,
        help: &str,
        all: &BTreeMap<Option<NeighbourhoodId>, NeighbourAccount>,
        value: impl Fn(&NeighbourAccount) -> Option<f64>,
    ) {
        let samples = all.iter().filter_map(|(neighbour, one)| Some((self.label(neighbour.as_ref()), value(one)?)));
        let samples: Vec<_> = samples.collect();
        self.family(metric, kind, help, samples);
    }

    fn family(&mut self, metric: &str, kind: &str, help: &str, samples: impl IntoIterator<Item = (String, f64)>) {
        let text = &mut self.text;
        let written = writeln!(text, "# HELP {metric} {help}\n# TYPE {metric} {kind}").and_then(|()| {
            samples.into_iter().try_for_each(|(labels, value)| match labels.as_str() {
                "" => writeln!(text, "{metric} {value}"),
                labels => writeln!(text, "{metric}{{{labels}}} {value}"),
            })
        });
        written.expect("a string takes all that is written to it");
    }

    /// How a neighbourhood is named: by the beginning of its id, and by the name in its register as far as that is here.
    fn label(&self, neighbour: Option<&NeighbourhoodId>) -> String {
        let Some(id) = neighbour else { return format!("neighbourhood=\"{STRANGERS}\"") };
        let name = self.registers.get(id).and_then(|register| register.name()).unwrap_or_default();
        format!("neighbourhood=\"{}\",name=\"{}\"", &id.to_string()[..SHORT_ID], escaped(name))
    }
}

/// A circle's members know its name; the figures only say that it is one.
const fn name(space: &Space) -> &'static str {
    match space {
        Space::Register => "register",
        Space::Members => "members",
        Space::Square => "square",
        Space::Neighbours => "neighbours",
        Space::Circle(_) => "circle",
    }
}

/// A name as the value of a label: neighbours choose their own.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_label() {
        assert_eq!(escaped("Maas\"dorp\\\n"), "Maas\\\"dorp\\\\\\n");
    }
}
