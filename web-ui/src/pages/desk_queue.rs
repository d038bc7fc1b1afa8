//! What waits for connectors, and how it goes with the square.

use askama::Template;

use super::RenderError;
use super::partial::rendered;
use super::shell::Shell;
use crate::Lang;
use crate::locale::MissingText;
use crate::paths::{Page, PostKind};
use crate::view::{Count, Date, FirstStep, Frame, KindPulse, PulsePage, QueuePage, Reason, Role, Silence};

/// The height of the tallest bar of a chart, and the width of a week in it.
const CHART: (usize, usize) = (48, 20);

#[derive(Template)]
#[template(path = "desk/queue.html")]
struct Queue<'a> {
    s: Shell<'a>,
    page: &'a QueuePage,
}

#[derive(Template)]
#[template(path = "desk/pulse.html")]
struct Pulse<'a> {
    s: Shell<'a>,
    page: &'a PulsePage,
}

/// What waits for connectors.
///
/// # Errors
/// [`RenderError`].
pub fn queue(frame: &Frame, page: &QueuePage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::DeskQueue), |lang| Page::DeskQueue.pattern(lang).to_owned());
    rendered(&Queue { s, page }, lang)
}

/// How it goes with the square.
///
/// # Errors
/// [`RenderError`].
pub fn pulse(frame: &Frame, page: &PulsePage, lang: Lang) -> Result<String, RenderError> {
    let s = Shell::new(frame, lang, Some(Page::DeskPulse), |lang| Page::DeskPulse.pattern(lang).to_owned());
    rendered(&Pulse { s, page }, lang)
}

/// A bar of a chart.
struct Bar {
    left: usize,
    top: usize,
    height: usize,
    /// Whether it only says that there was something.
    few: bool,
}

impl Queue<'_> {
    fn is_empty(&self) -> bool {
        let QueuePage { top: _, reports, newcomers, awaiting, stale } = self.page;
        reports.is_empty() && newcomers.is_empty() && awaiting.is_empty() && stale.is_empty()
    }
}

impl Pulse<'_> {
    fn chart_width(&self) -> usize {
        self.page.weeks.len() * CHART.1
    }

    /// The bars of a sort, as high as its own highest week allows.
    fn bars(&self, pulse: &KindPulse) -> Vec<Bar> {
        let exact = |count: &Count| if let Count::Exactly(things) = count { *things } else { 0 };
        let most = pulse.counts.iter().map(exact).max().unwrap_or(0).max(1);
        let bar = |(week, count): (usize, &Count)| {
            let height = match count {
                Count::Nothing => return None,
                Count::Few => 4,
                Count::Exactly(things) => (things * CHART.0 / most).max(4),
            };
            Some(Bar { left: week * CHART.1 + 3, top: CHART.0 - height, height, few: *count == Count::Few })
        };
        pulse.counts.iter().enumerate().filter_map(bar).collect()
    }

    fn silence(&self, silence: &Silence) -> Option<&'static str> {
        match silence {
            Silence::None => None,
            Silence::Week => Some("pulse-week"),
            Silence::Fortnight => Some("pulse-fortnight"),
            Silence::Ever => Some("pulse-never"),
        }
    }

    /// How many of a sort were written in the week that begins on this day.
    fn cell(&self, pulse: &KindPulse, monday: &Date) -> Result<String, MissingText> {
        let week = self.page.weeks.iter().position(|week| week == monday);
        match week.and_then(|week| pulse.counts.get(week)).unwrap_or(&Count::Nothing) {
            Count::Nothing => Ok("–".to_owned()),
            Count::Few => self.s.say("pulse-few").map(|few| few.into_owned()),
            Count::Exactly(things) => Ok(things.to_string()),
        }
    }

    /// Where one writes the first of a sort.
    fn write_path(&self, kind: &PostKind) -> String {
        self.s.write_kind_path(kind)
    }
}

/// What the pages of the queue and of items ask of the shell.
impl Shell<'_> {
    /// What a step of the first weeks is, and where one takes it.
    pub(super) const fn first_step(&self, step: &FirstStep) -> (&'static str, Page) {
        match step {
            FirstStep::Founded => ("step-founded", Page::About),
            FirstStep::Household => ("step-household", Page::DeskLetters),
            FirstStep::News => ("step-news", Page::Write),
            FirstStep::Named => ("step-named", Page::DeskLook),
            FirstStep::SecondConnector => ("step-connector", Page::DeskMembers),
            FirstStep::SecondBox => ("step-box", Page::DeskBoxes),
            FirstStep::Neighbour => ("step-neighbour", Page::DeskNeighbours),
        }
    }

    /// Why residents report something: every reason but the one that only authors give.
    pub(super) fn report_reasons(&self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(|reason| reason.0 != "at-request")
    }
}
