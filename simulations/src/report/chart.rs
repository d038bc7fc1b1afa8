//! Charts as plain SVG. Colours are classes, so that the page's style sheet decides them, by day, by night and on paper.

use std::fmt::Write as _;

use super::axis::Axis;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 732.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 268.0;
/// How high a strip is in which bands stand out, above the drawing itself.
const STRIP: f64 = 9.0;
/// The parts a run is cut into to show how many bands lie over each.
const CELLS: usize = 224;

/// A chart that is being drawn; what comes later lies on top.
pub(super) struct Chart {
    across: Axis,
    up: Axis,
    drawn: String,
    strips: f64,
}

/// A point: along the run, and up.
pub(super) type Point = (f64, f64);

impl Chart {
    /// A chart with nothing in it.
    pub(super) fn new(across: Axis, up: Axis) -> Self {
        Self { across, up, drawn: String::new(), strips: 0.0 }
    }

    /// Shades when something was so: the more of the `stretches` lie over a moment, the darker it is. A strip above the
    /// drawing shows them at full strength; behind the drawing stands only what is not so all the time.
    pub(super) fn bands(&mut self, class: &str, stretches: &[(f64, f64)]) {
        let cells = overlap(stretches, &self.across);
        let most = cells.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return;
        }
        let least = cells.iter().copied().min().unwrap_or(0);
        let top = 8.0 + self.strips * (STRIP + 3.0);
        self.strips += 1.0;
        let mut from = 0;
        for at in 1..=CELLS {
            if at < CELLS && cells[at] == cells[from] {
                continue;
            }
            if cells[from] > 0 {
                let strength = 0.3 + 0.7 * f64::from(cells[from]) / f64::from(most);
                let behind = 0.16 * f64::from(cells[from] - least) / f64::from(most);
                let (x, width) = (cell(from), cell(at) - cell(from));
                let _ = write!(
                    self.drawn,
                    r#"<rect class="{class} band" x="{x:.1}" y="{TOP}" width="{width:.1}" height="{:.1}" opacity="{behind:.2}"/><rect class="{class}" x="{x:.1}" y="{top:.1}" width="{width:.1}" height="{STRIP}" opacity="{strength:.2}"/>"#,
                    BOTTOM - TOP,
                );
            }
            from = at;
        }
    }

    /// A line through points in the order they lie along the run; it is broken where there is none.
    pub(super) fn line(&mut self, class: &str, points: &[Option<Point>]) {
        let mut path = String::new();
        let mut pen_down = false;
        for (at, point) in points.iter().enumerate() {
            let Some(point) = point else {
                pen_down = false;
                continue;
            };
            let (x, y) = self.spot(*point);
            let _ = write!(path, "{}{x:.1} {y:.1}", if pen_down { 'L' } else { 'M' });
            if !pen_down && points.get(at + 1).is_none_or(Option::is_none) {
                // Alone between two gaps: a line of no length, which its round ends make a dot.
                path.push_str("h.01");
            }
            pen_down = true;
        }
        let _ = write!(self.drawn, r#"<path class="line {class}" d="{path}"/>"#);
    }

    /// Fills between the axis and points in the order they lie along the run.
    pub(super) fn area(&mut self, class: &str, points: &[Point]) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        let mut path = format!("M{:.1} {BOTTOM}", self.spot(*first).0);
        for point in points {
            let (x, y) = self.spot(*point);
            let _ = write!(path, "L{x:.1} {y:.1}");
        }
        let _ = write!(path, "L{:.1} {BOTTOM}z", self.spot(*last).0);
        let _ = write!(self.drawn, r#"<path class="{class} fill" d="{path}"/>"#);
    }

    /// A bar over the place with this number in the row, from one amount to a greater one. The text is shown to who
    /// points at it.
    pub(super) fn bar(&mut self, class: &str, place: usize, amounts: [f64; 2], text: &str) {
        let at = super::axis::to_float(place);
        let (x, bottom) = self.spot((at, amounts[0]));
        let (next, top) = self.spot((at + 1.0, amounts[1]));
        let gap = if next - x > 4.0 { (next - x) * 0.18 } else { 0.0 };
        let _ = write!(
            self.drawn,
            r#"<rect class="{class}" x="{:.2}" y="{top:.1}" width="{:.2}" height="{:.1}"><title>{}</title></rect>"#,
            x + gap / 2.0,
            next - x - gap,
            (bottom - top).max(0.0),
            escaped(text),
        );
    }

    /// A line straight up at a moment of the run, and what was then.
    pub(super) fn moment(&mut self, at: f64, text: &str) {
        let (x, _) = self.spot((at, 0.0));
        let anchor = if x > (LEFT + RIGHT) / 2.0 { (x - 5.0, "end") } else { (x + 5.0, "start") };
        let _ = write!(
            self.drawn,
            r#"<path class="moment" d="M{x:.1} {TOP}V{BOTTOM}"/><text class="note" x="{:.1}" y="{:.1}" text-anchor="{}">{}</text>"#,
            anchor.0,
            TOP + 13.0,
            anchor.1,
            escaped(text),
        );
    }

    /// The chart as an SVG element; `told` says in words what it shows.
    pub(super) fn finish(self, told: &str) -> String {
        let mut frame = String::new();
        for (number, text) in self.up.ticks() {
            let y = BOTTOM - self.up.place(*number) * (BOTTOM - TOP);
            let _ = write!(
                frame,
                r#"<path class="grid" d="M{LEFT} {y:.1}H{RIGHT}"/><text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
                LEFT - 8.0,
                y + 4.5,
                escaped(text),
            );
        }
        for (number, text) in self.across.ticks() {
            let x = LEFT + self.across.place(*number) * (RIGHT - LEFT);
            let _ = write!(
                frame,
                r#"<path class="grid" d="M{x:.1} {BOTTOM}v5"/><text x="{x:.1}" y="{}" text-anchor="middle">{}</text>"#,
                BOTTOM + 20.0,
                escaped(text),
            );
        }
        for (x, y, anchor, name) in [
            ((LEFT + RIGHT) / 2.0, BOTTOM + 24.0, "middle", self.across.name()),
            (LEFT + 6.0, TOP + 13.0, "start", self.up.name()),
        ] {
            if !name.is_empty() {
                let _ = write!(frame, r#"<text class="note" x="{x}" y="{y}" text-anchor="{anchor}">{name}</text>"#);
            }
        }
        format!(
            r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">{frame}{}<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/></svg>"#,
            escaped(told),
            self.drawn,
        )
    }

    fn spot(&self, point: Point) -> Point {
        (LEFT + self.across.place(point.0) * (RIGHT - LEFT), BOTTOM - self.up.place(point.1) * (BOTTOM - TOP))
    }
}

/// A text that can stand between tags and within quotation marks.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where a cell begins, on the drawing.
fn cell(at: usize) -> f64 {
    LEFT + (RIGHT - LEFT) * super::axis::to_float(at) / super::axis::to_float(CELLS)
}

/// How many stretches lie over each cell.
fn overlap(stretches: &[(f64, f64)], across: &Axis) -> [u32; CELLS] {
    let mut cells = [0; CELLS];
    let cell_of = |moment: f64| {
        let place = across.place(moment) * super::axis::to_float(CELLS);
        (0..CELLS).rev().find(|at| super::axis::to_float(*at) <= place).unwrap_or(0)
    };
    for (from, to) in stretches {
        for cell in &mut cells[cell_of(*from)..=cell_of(*to)] {
            *cell += 1;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    fn chart() -> Chart {
        Chart::new(Axis::course(1000.0), Axis::amounts(10.0, "things", words::bytes))
    }

    #[test]
    fn a_line_is_broken_where_there_is_no_point() {
        let mut chart = chart();
        chart.line("p50", &[Some((0.0, 1.0)), Some((100.0, 2.0)), None, Some((500.0, 5.0))]);
        let svg = chart.finish("a line");
        assert!(svg.contains(r#"class="line p50""#));
        let path = svg.split(r#"class="line p50" d=""#).nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(path.map(|path| path.matches('M').count()), Some(2), "{svg}");
        assert_eq!(path.map(|path| path.ends_with("h.01")), Some(true), "a lonely point is a dot");
    }

    #[test]
    fn bands_are_darkest_where_most_lie_together() {
        let mut chart = chart();
        chart.bands("down", &[(0.0, 600.0), (400.0, 900.0)]);
        let svg = chart.finish("bands");
        assert_eq!(svg.matches(r#"class="down""#).count(), 3, "before, both, after: {svg}");
        assert!(svg.contains(r#"opacity="1.00""#));
    }

    #[test]
    fn what_people_are_called_cannot_become_markup() {
        let mut chart = chart();
        chart.bar("kept", 0, [0.0, 4.0], "<b>\"&");
        let svg = chart.finish("a \"name\" <of> it");
        assert!(svg.contains("&lt;b&gt;&quot;&amp;") && svg.contains("a &quot;name&quot; &lt;of&gt; it"));
        assert!(!svg.contains("<b>"));
    }

    #[test]
    fn a_chart_of_nothing_is_an_empty_frame() {
        let mut chart = chart();
        chart.bands("down", &[]);
        chart.area("bytes", &[]);
        chart.line("p50", &[]);
        assert!(chart.finish("nothing").starts_with("<svg"));
    }
}
