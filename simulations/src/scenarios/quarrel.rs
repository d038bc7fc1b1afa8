//! One village with three boxes and a council of five. The lines between the boxes are down most of the time, and on each
//! side people remove, demote, retire and recover each other, and sign for it. When the lines are back, every box says the
//! same about everybody, and somebody is left who can let others in.

use dorpsplein_protocol::authority::DeviceState;
use dorpsplein_protocol::operation::Role;
use rand::RngExt;

use crate::checkers::Failure;
use crate::network::Quality;
use crate::people::People;
use crate::scenarios::{Report, Run, settle_down};
use crate::world::{DAY, HOUR, World, WorldError};

/// How many boxes the village has: each can be cut off from the others.
const BOXES: usize = 3;
/// How many connectors there are beside the founder.
const CONNECTORS: usize = 4;
/// How many people live there all together, the founder not counted.
const RESIDENTS: usize = 8;
/// How often somebody goes at somebody else, a day.
const ACTS_A_DAY: usize = 40;
/// How long everybody gets to agree when the lines are back.
const PATIENCE_MS: u64 = 12 * HOUR;
const LINE: Quality = Quality { latency_ms: 20, loss: 0.02, breakage: 0.001 };

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The seed.
    pub seed: u64,
    /// For how many days they quarrel, at least 1.
    pub days: u64,
}

/// Runs the quarrel.
///
/// # Errors
/// [`WorldError`] when the world itself cannot go on; what the checkers find stands in the report.
pub fn run(settings: &Settings) -> Result<Report, WorldError> {
    let (mut world, mut people) = (World::new(settings.seed, None), People::default());
    let village = people.found(&mut world, "Kibbelveen", BOXES)?;
    for _ in 0..RESIDENTS {
        people.move_in(&mut world, village, settings.days, None);
    }
    people.seat(&mut world, village, CONNECTORS)?;
    let boxes = world.villages[village].boxes.clone();
    let lines: Vec<_> = (0..BOXES).map(|at| world.connect([boxes[at], boxes[(at + 1) % BOXES]], LINE)).collect();
    for line in lines {
        for day in 0..settings.days {
            // Long enough apart that each side goes its own way, and never for ever.
            let after = day * DAY + world.random.random_range(8 * HOUR..10 * HOUR);
            let duration = world.random.random_range(4 * HOUR..12 * HOUR);
            world.plan_partition(line, after, duration);
        }
    }
    let acts = ACTS_A_DAY * usize::try_from(settings.days).unwrap_or(1);
    people.stir_up(&mut world, village, acts, settings.days * DAY);
    let end = world.now.plus_millis(settings.days * DAY);
    let (mut failures, minutes_until_quiet) = settle_down(&mut world, &mut people, end, PATIENCE_MS)?;
    failures.extend(boxes.iter().filter(|at| !somebody_is_left(&world, **at)).map(|at| Failure {
        checker: "authority",
        found: format!("on box {at} nobody is left who can let others in"),
    }));
    let Settings { seed, days } = *settings;
    let run = Run { scenario: "quarrel", seed, neighbourhoods: 1, residents: RESIDENTS, days };
    run.report(&world, failures, minutes_until_quiet)
}

/// Whether a connector with a device that signs is there, as a box sees it.
fn somebody_is_left(world: &World, at: usize) -> bool {
    let register = world.boxes()[at].replica().registers().home();
    register.residents().any(|resident| {
        let able = resident.present && resident.role == Role::Connector;
        able && resident.devices.iter().any(|device| device.state == DeviceState::Active)
    })
}
