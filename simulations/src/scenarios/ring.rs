//! Villages in a ring, each with an agreement with the next: people join, write, edit from two devices and answer next
//! door, over lines that lose, break and are down for hours.

use crate::faults::Fault;
use crate::network::Quality;
use crate::people::People;
use crate::scenarios::{Report, Run, settle_down};
use crate::world::{DAY, HOUR, World, WorldError};

use rand::RngExt;

/// How many boxes a village has.
const BOXES: usize = 2;
/// How long everybody gets to agree after the last act and the last fault.
const PATIENCE_MS: u64 = 12 * HOUR;
/// Between two villages: a telephone line.
const LINE: Quality = Quality { latency_ms: 40, loss: 0.05, breakage: 0.002 };
/// Between two boxes of a village.
const VILLAGE: Quality = Quality { latency_ms: 3, loss: 0.01, breakage: 0.0005 };

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The seed.
    pub seed: u64,
    /// How many neighbourhoods, at least 2.
    pub neighbourhoods: usize,
    /// How many people move into each.
    pub residents: usize,
    /// For how many days they write, at least 1.
    pub days: u64,
    /// A deliberate mistake, to see that it is found.
    pub fault: Option<Fault>,
}

/// Runs the ring.
///
/// # Errors
/// [`WorldError`] when the world itself cannot go on; what the checkers find stands in the report.
pub fn run(settings: &Settings) -> Result<Report, WorldError> {
    let (mut world, mut people) = (World::new(settings.seed, settings.fault), People::default());
    settle(settings, &mut world, &mut people)?;
    // People go to bed an hour before midnight.
    let end = world.now.plus_millis(settings.days * DAY - HOUR);
    let (failures, minutes_until_quiet) = settle_down(&mut world, &mut people, end, PATIENCE_MS)?;
    let Settings { seed, neighbourhoods, residents, days, .. } = *settings;
    Run { scenario: "ring", seed, neighbourhoods, residents, days }.report(&world, failures, minutes_until_quiet)
}

/// Founds the villages, lets neighbours agree, lays the lines, plans who moves in and when lines are down.
fn settle(settings: &Settings, world: &mut World, people: &mut People) -> Result<(), WorldError> {
    let count = settings.neighbourhoods.max(2);
    for number in 0..count {
        people.found(world, &format!("Ringdorp {}", number + 1), BOXES)?;
    }
    for here in 0..count {
        let there = (here + 1) % count;
        if !world.villages[here].neighbours.contains(&there) {
            people.agree(world, here, there)?;
        }
    }
    let mut lines = Vec::new();
    for here in 0..count {
        let there = (here + 1) % count;
        let (own, next) = (world.villages[here].boxes.clone(), world.villages[there].boxes.clone());
        lines.push(world.connect([own[0], own[1]], VILLAGE));
        // Two villages alone have one pair of lines, not two.
        if count > 2 || here == 0 {
            lines.extend(own.iter().zip(&next).map(|(a, b)| world.connect([*a, *b], LINE)));
        }
    }
    for line in lines {
        for _ in 0..settings.days {
            let after = world.random.random_range(0..settings.days * DAY);
            let duration = world.random.random_range(HOUR..8 * HOUR);
            world.plan_partition(line, after, duration);
        }
    }
    for village in 0..count {
        let first = (0..settings.residents).map(|_| people.move_in(world, village, settings.days, None)).last();
        // One letter is photographed: two people try to come in with it, each at a box of their own choice.
        people.move_in(world, village, settings.days, first);
    }
    Ok(())
}
