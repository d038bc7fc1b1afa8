//! The figures of a report: each a drawing, what its colours mean, and one sentence that says it without a drawing.

use super::axis::{Axis, to_float};
use super::chart::Chart;
use super::course::{Course, Spread, middle};
use super::{map, words};

/// A figure as the page shows it.
pub(super) struct Figure {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) class: &'static str,
    pub(super) svg: String,
    pub(super) key: Vec<Key>,
    pub(super) caption: String,
}

/// What a colour means.
pub(super) struct Key {
    pub(super) class: String,
    pub(super) text: String,
}

/// A line of [`propagation`]: its class, what it means, and which part of a spread it shows.
type Line = (&'static str, &'static str, fn(&Spread) -> f64);

fn key(class: &str, text: impl Into<String>) -> Key {
    Key { class: class.to_owned(), text: text.into() }
}

/// All figures, those of which nothing was measured left out.
pub(super) fn all(course: &Course) -> Vec<Figure> {
    [propagation(course), updates(course), map_of_villages(course), loads(course), traffic(course), waiting(course)]
        .into_iter()
        .flatten()
        .collect()
}

/// How soon news is read next door, over the course of the run.
fn propagation(course: &Course) -> Option<Figure> {
    let known: Vec<&Spread> = course.spread.iter().flatten().collect();
    let shortest = known.iter().map(|spread| spread.half).fold(f64::INFINITY, f64::min);
    let longest = known.iter().map(|spread| spread.all).fold(0.0, f64::max);
    if known.is_empty() {
        return None;
    }
    let mut chart = Chart::new(Axis::course(course.lasted), Axis::waiting(shortest, longest));
    let mut keys = Vec::new();
    trouble(course, &mut chart, &mut keys);
    let lines: [Line; 4] = [
        ("third", "99 of 100", |spread| spread.nearly_all),
        ("second", "9 of 10", |spread| spread.most),
        ("first", "half of the posts stand next door within", |spread| spread.half),
        ("fourth", "the last one", |spread| spread.all),
    ];
    let mut legend = Vec::new();
    for (class, text, value) in lines {
        let point = |(at, spread): (usize, &Option<Spread>)| {
            spread.as_ref().map(|spread| (middle(at, course.spread.len(), course.lasted), value(spread)))
        };
        chart.line(class, &course.spread.iter().enumerate().map(point).collect::<Vec<_>>());
        legend.push(key(class, text));
    }
    legend[..3].reverse();
    legend.extend(keys);
    let caption = format!(
        "By when something was written: how long until it stood in the villages next door. \
         The longest anything took was {}; each line up the side is about ten times the one below.",
        words::duration(longest),
    );
    let svg = chart.finish(&caption);
    Some(Figure { id: "propagation", title: "How soon news is next door", class: "chart", svg, key: legend, caption })
}

/// In how many villages the updates of an alert stood after how long.
fn updates(course: &Course) -> Option<Figure> {
    let all = &course.updates.all;
    let shortest = all.iter().copied().fold(f64::INFINITY, f64::min);
    let longest = all.iter().copied().fold(0.0, f64::max);
    if all.is_empty() {
        return None;
    }
    let mut chart =
        Chart::new(Axis::waiting(shortest, longest), Axis::amounts(100.0, "", |share| format!("{share:.0} %")));
    chart.line("third", &shares(all));
    chart.line("first", &shares(&course.updates.last));
    let caption = format!(
        "How many of the villages had an update after how long. The last one stood in every village after {}, \
         any of them after at most {}.",
        words::duration(course.updates.last.iter().copied().fold(0.0, f64::max)),
        words::duration(longest),
    );
    let key = vec![key("first", "the last update"), key("third", "all updates together")];
    let svg = chart.finish(&caption);
    Some(Figure { id: "updates", title: "How soon the alert was everywhere", class: "chart", svg, key, caption })
}

/// A stair that rises, at each delay, by the share of one arrival; in percent.
fn shares(delays: &[f64]) -> Vec<Option<(f64, f64)>> {
    let mut delays = delays.to_vec();
    delays.sort_by(f64::total_cmp);
    let share = |at: usize| 100.0 * to_float(at) / to_float(delays.len());
    delays
        .iter()
        .enumerate()
        .flat_map(|(at, delay)| [Some((*delay, share(at))), Some((*delay, share(at + 1)))])
        .collect()
}

fn map_of_villages(course: &Course) -> Option<Figure> {
    if course.places.is_empty() {
        return None;
    }
    let count = |is: fn(&super::course::Place) -> bool| course.places.iter().filter(|place| is(place)).count() as u64;
    let (away, hostile, apart) =
        (count(|place| place.off > 0.0), count(|place| place.hostile), count(|place| place.apart));
    let mut keys = vec![key("well block", "agrees with its neighbours")];
    if away > 0 {
        keys.push(key("away block", "agrees, and was off for a while"));
    }
    if apart > 0 {
        keys.push(key("apart block", "does not agree"));
    }
    if hostile > 0 {
        keys.push(key("hostile ring", "somebody there was out for harm"));
    }
    if course.roads.iter().any(|road| road.down > 0.0) {
        keys.push(key("down", "the line was down; the thicker, the longer"));
    }
    let caption = format!(
        "{} with {}. Circles are as large as their population; point at one for its story.",
        words::several(course.places.len() as u64, "village", "villages"),
        words::several(course.roads.len() as u64, "agreement between neighbours", "agreements between neighbours"),
    );
    let svg = map::draw(course, &caption);
    Some(Figure { id: "map", title: "Who lives next to whom", class: "map", svg, key: keys, caption })
}

/// Bytes for every box, against the least that would have done.
fn loads(course: &Course) -> Option<Figure> {
    let mut loads: Vec<_> = course.loads.iter().filter(|load| load.got > 0.0).collect();
    loads.sort_by(|one, other| other.got.total_cmp(&one.got));
    let most = loads.first()?.got.max(loads.iter().map(|load| load.least).fold(0.0, f64::max));
    let mut chart =
        Chart::new(Axis::row(loads.len(), "boxes, the busiest first"), Axis::amounts(most, "", words::bytes));
    for (at, load) in loads.iter().enumerate() {
        let text = format!("{}: {} received, {} needed", load.name, words::bytes(load.got), words::bytes(load.least));
        chart.bar("least", at, [0.0, load.least.min(load.got)], &text);
        chart.bar("extra", at, [load.least.min(load.got), load.got], &text);
    }
    let (got, least) = loads.iter().fold((0.0, 0.0), |(got, least), load| (got + load.got, least + load.least));
    let caption = format!(
        "All boxes together received {}, which is {} the least that would have done: the signed operations each box had to \
         get from others, once. The rest is comparing, frames, what was sent twice, and what was cut off.",
        words::bytes(got),
        words::times(got / f64::max(least, 1.0)),
    );
    let keys = vec![key("least block", "what it had to receive"), key("extra block", "what came on top")];
    let svg = chart.finish(&caption);
    Some(Figure { id: "loads", title: "What each box received", class: "chart", svg, key: keys, caption })
}

fn traffic(course: &Course) -> Option<Figure> {
    let most = course.traffic.iter().copied().fold(0.0, f64::max);
    if most == 0.0 {
        return None;
    }
    let mut chart = Chart::new(Axis::course(course.lasted), Axis::amounts(most, "", words::bytes));
    let mut keys = Vec::new();
    trouble(course, &mut chart, &mut keys);
    let parts = course.traffic.len();
    chart.area("least", &points(course, &course.traffic));
    keys.insert(0, key("least block", format!("bytes in {}", words::duration(course.lasted / to_float(parts)))));
    let caption = format!(
        "Everything on all lines together: {}, and {} in the busiest stretch.",
        words::bytes(course.traffic.iter().sum()),
        words::bytes(most),
    );
    let svg = chart.finish(&caption);
    Some(Figure { id: "traffic", title: "What the lines carried", class: "chart", svg, key: keys, caption })
}

fn waiting(course: &Course) -> Option<Figure> {
    if course.waiting.is_empty() {
        return None;
    }
    let most = course.waiting.iter().copied().fold(0.0, f64::max);
    let whole = |amount: f64| words::count(amount.round() as u64);
    let mut chart = Chart::new(Axis::course(course.lasted), Axis::amounts(most, "operations", whole));
    let mut keys = Vec::new();
    trouble(course, &mut chart, &mut keys);
    chart.area("third", &points(course, &course.waiting));
    keys.insert(0, key("third block", "waits for what it builds on, or for who may decide"));
    let caption = if most == 0.0 {
        "Whenever somebody looked, no box had anything waiting.".to_owned()
    } else {
        format!(
            "All boxes together: what came before the things it depends on. At most {} at once.",
            words::several(most.round() as u64, "operation", "operations"),
        )
    };
    let svg = chart.finish(&caption);
    Some(Figure { id: "waiting", title: "What had to wait", class: "chart", svg, key: keys, caption })
}

/// Amounts, each in the middle of its stretch of time.
fn points(course: &Course, amounts: &[f64]) -> Vec<(f64, f64)> {
    let amount = |(at, amount): (usize, &f64)| (middle(at, amounts.len(), course.lasted), *amount);
    amounts.iter().enumerate().map(amount).collect()
}

/// Lines that are down and boxes that are off, behind what is drawn next; and when it was over.
fn trouble(course: &Course, chart: &mut Chart, keys: &mut Vec<Key>) {
    if !course.down.is_empty() {
        chart.bands("down", &course.down);
        keys.push(key("down block", "lines down"));
    }
    if !course.off.is_empty() {
        chart.bands("off", &course.off);
        keys.push(key("off block", "boxes off"));
    }
    if course.rest_from > 0.0 && course.rest_from < course.lasted {
        chart.moment(course.rest_from, "rest");
    }
}
