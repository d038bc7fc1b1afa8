//! The map: villages, who has an agreement with whom, and how they fared.

use std::fmt::Write as _;

use super::axis::to_float;
use super::chart::escaped;
use super::course::{Course, Place};
use super::words;

const WIDTH: f64 = 760.0;
const MARGIN: f64 = 44.0;
/// With more villages than this circles are smaller.
const MANY: usize = 40;
/// How wide a letter of a name is, and how high a name, in units of the drawing; a little more than they are.
const LETTER: (f64, f64) = (7.2, 15.0);

/// The map as an SVG element; `told` says in words what it shows.
pub(super) fn draw(course: &Course, told: &str) -> String {
    let frame = Frame::around(&course.places);
    let longest_down = course.roads.iter().map(|road| road.down).fold(1.0, f64::max);
    let mut drawn = String::new();
    for road in &course.roads {
        let ends = road.between.map(|at| course.places.get(at).map(|place| frame.spot(place.at)));
        let [Some(one), Some(other)] = ends else { continue };
        let path = format!("M{:.1} {:.1}L{:.1} {:.1}", one.0, one.1, other.0, other.1);
        let _ = write!(drawn, r#"<path class="road" d="{path}"/>"#);
        if road.down > 0.0 {
            let width = 1.0 + 3.0 * road.down / longest_down;
            let down = words::duration(road.down);
            let _ = write!(
                drawn,
                r#"<path class="road down" d="{path}" style="stroke-width:{width:.1}"><title>down for {down}</title></path>"#
            );
        }
    }
    let biggest = course.places.iter().map(|place| place.inhabitants).max().unwrap_or(1).max(1);
    let largest = if course.places.len() > MANY { 11.0 } else { 17.0 };
    let mut spots = Vec::new();
    for place in &course.places {
        let (x, y) = frame.spot(place.at);
        // The area, not the radius, goes by the number of people.
        let radius = 4.0 + largest * (f64::from(place.inhabitants) / f64::from(biggest)).sqrt();
        let _ = write!(
            drawn,
            r#"<circle class="{}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"><title>{}</title></circle>"#,
            state(place),
            escaped(&story(place)),
        );
        if place.hostile {
            let _ = write!(drawn, r#"<circle class="hostile" cx="{x:.1}" cy="{y:.1}" r="{:.1}"/>"#, radius + 4.0);
        }
        spots.push(Spot { place, x, y, radius });
    }
    names(&mut drawn, spots);
    let height = frame.height;
    format!(r#"<svg viewBox="0 0 {WIDTH} {height:.0}" role="img" aria-label="{}">{drawn}</svg>"#, escaped(told))
}

/// A circle on the drawing.
struct Spot<'a> {
    place: &'a Place,
    x: f64,
    y: f64,
    radius: f64,
}

/// Writes names below their circles, the largest villages' first, and leaves out what would lie over another name or
/// circle.
fn names(drawn: &mut String, mut spots: Vec<Spot<'_>>) {
    spots.sort_by_key(|spot| std::cmp::Reverse(spot.place.inhabitants));
    let mut taken: Vec<[f64; 4]> = spots.iter().map(Spot::bounds).collect();
    for Spot { place, x, y, radius } in spots {
        let half = LETTER.0 * to_float(place.name.chars().count()) / 2.0;
        let bottom = y + radius;
        let [left, top, right, low] = [x - half, bottom, x + half, bottom + LETTER.1];
        let lies_over = |other: &[f64; 4]| left < other[2] && right > other[0] && top < other[3] && low > other[1];
        if taken.iter().any(lies_over) {
            continue;
        }
        taken.push([left, top, right, low]);
        let name = escaped(&place.name);
        let _ = write!(drawn, r#"<text class="name" x="{x:.1}" y="{:.1}" text-anchor="middle">{name}</text>"#, low);
    }
}

impl Spot<'_> {
    /// Its left, top, right and bottom.
    fn bounds(&self) -> [f64; 4] {
        [self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius]
    }
}

fn state(place: &Place) -> &'static str {
    match place {
        Place { apart: true, .. } => "apart",
        Place { off, .. } if *off > 0.0 => "away",
        _ => "well",
    }
}

fn story(place: &Place) -> String {
    let mut story =
        format!("{}, {}", place.name, words::several(place.inhabitants.into(), "inhabitant", "inhabitants"));
    if place.off > 0.0 {
        let _ = write!(story, "; a box was off for {}", words::duration(place.off));
    }
    if place.hostile {
        story.push_str("; somebody here was out for harm");
    }
    if place.apart {
        story.push_str("; does not agree with the others");
    }
    story
}

/// Fits the villages into the drawing, whatever part of the plane they use.
struct Frame {
    from: [f64; 2],
    scale: f64,
    height: f64,
    shift: f64,
}

impl Frame {
    fn around(places: &[Place]) -> Self {
        const TALLEST: f64 = 470.0;
        let reach = |axis: usize| {
            let numbers = places.iter().map(move |place| place.at[axis]);
            let (from, to) =
                numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), at| (from.min(at), to.max(at)));
            if from <= to { (from, to - from) } else { (0.0, 0.0) }
        };
        let ((left, width), (top, height)) = (reach(0), reach(1));
        let room = WIDTH - 2.0 * MARGIN;
        let scale = (room / width.max(1e-6)).min((TALLEST - 2.0 * MARGIN) / height.max(1e-6));
        // A single village, or a row of them, needs no magnifying glass.
        let scale = scale.min(4.0 * room);
        Self {
            from: [left, top],
            scale,
            height: (height * scale + 2.0 * MARGIN).max(120.0),
            shift: (room - width * scale).max(0.0) / 2.0,
        }
    }

    fn spot(&self, at: [f64; 2]) -> (f64, f64) {
        (MARGIN + self.shift + (at[0] - self.from[0]) * self.scale, MARGIN + (at[1] - self.from[1]) * self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::super::course::Road;
    use super::*;

    fn place(name: &str, at: [f64; 2]) -> Place {
        Place { name: name.to_owned(), inhabitants: 900, at, off: 0.0, hostile: false, apart: false }
    }

    #[test]
    fn every_village_and_every_agreement_is_on_the_map() {
        let mut places = vec![place("Wijkveld", [0.1, 0.1]), place("De <Oude> Kreek", [0.9, 0.2])];
        places[1].apart = true;
        let roads = vec![Road { between: [0, 1], down: 5000.0 }];
        let svg = draw(&Course { places, roads, ..Course::default() }, "two villages");
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("De &lt;Oude&gt; Kreek") && svg.contains(r#"class="apart""#));
        assert!(svg.contains("down for 5 s"));
    }

    #[test]
    fn one_village_and_none_can_be_drawn() {
        for places in [vec![], vec![place("Alleen", [0.5, 0.5])]] {
            let svg = draw(&Course { places, ..Course::default() }, "");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn no_name_lies_over_another() {
        let mut places = vec![place("Klein", [0.5, 0.5]), place("Groot", [0.501, 0.5]), place("Ver weg", [0.9, 0.9])];
        places[1].inhabitants = 90_000;
        let svg = draw(&Course { places, ..Course::default() }, "");
        assert!(svg.contains(">Groot</text>") && svg.contains(">Ver weg</text>"), "{svg}");
        assert!(!svg.contains(">Klein</text>"), "pointing at it tells its name: {svg}");
    }
}
