//! What a figure grows by with each request, and with each operation: least squares with both at once.

use super::samples::Sample;

/// What one more of something adds, and the standard error of that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Effect {
    pub(super) each: f64,
    pub(super) error: f64,
}

/// What explains a figure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Explained {
    pub(super) request: Effect,
    pub(super) operation: Effect,
}

/// What fits best with how these samples, `in_phase` of each phase, change from one phase to the next. Phases are compared with
/// the one before, because memory goes up in steps that have nothing to do with each other and stays there: held against the
/// beginning, one step would look like hundreds of samples that agree.
pub(super) fn each(samples: &[Sample], in_phase: usize, figure: impl Fn(&Sample) -> f64) -> Explained {
    let phases: Vec<[f64; 3]> = samples
        .chunks_exact(in_phase)
        .map(|phase| {
            let middle = |of: &dyn Fn(&Sample) -> f64| {
                let mut all: Vec<f64> = phase.iter().map(of).collect();
                all.sort_by(f64::total_cmp);
                all[all.len() / 2]
            };
            [middle(&|sample| sample.requests), middle(&|sample| sample.operations), middle(&figure)]
        })
        .collect();
    let changes: Vec<[f64; 3]> =
        phases.windows(2).map(|two| [0, 1, 2].map(|number| two[1][number] - two[0][number])).collect();
    fit(&changes)
}

/// `figure = request · requests + operation · operations`, for changes of requests, operations, and the figure.
#[expect(clippy::cast_precision_loss, reason = "a run has dozens of phases")]
fn fit(changes: &[[f64; 3]]) -> Explained {
    let count = changes.len() as f64;
    let sum = |a: usize, b: usize| changes.iter().map(|change| change[a] * change[b]).sum::<f64>();
    let (rr, oo, ro) = (sum(0, 0), sum(1, 1), sum(0, 1));
    let (rf, of, ff) = (sum(0, 2), sum(1, 2), sum(2, 2));
    let determinant = rr * oo - ro * ro;
    // Nothing varies that could explain anything: then nothing is known.
    if count < 4.0 || determinant <= f64::EPSILON * rr * oo {
        let unknown = Effect { each: 0.0, error: f64::INFINITY };
        return Explained { request: unknown, operation: unknown };
    }
    let (request, operation) = ((rf * oo - of * ro) / determinant, (of * rr - rf * ro) / determinant);
    let left = (ff - request * rf - operation * of).max(0.0) / (count - 2.0);
    Explained {
        request: Effect { each: request, error: (left * oo / determinant).sqrt() },
        operation: Effect { each: operation, error: (left * rr / determinant).sqrt() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reading all the time, writing in every other phase; `noise` beside what each adds.
    fn run(request: f64, operation: f64, noise: f64) -> Explained {
        let changes: Vec<[f64; 3]> = (0..20)
            .map(|n| {
                let (requests, operations) = (20_000.0, if n % 2 == 0 { 200.0 } else { 5.0 });
                let shake = f64::from(n * 7919 % 13 - 6) * noise;
                [requests, operations, request * requests + operation * operations + shake]
            })
            .collect();
        fit(&changes)
    }

    #[test]
    fn memory_that_follows_what_is_written_is_told_from_memory_that_follows_what_is_asked() {
        for (request, operation) in [(0.0, 8_000.0), (32.0, 0.0), (32.0, 8_000.0)] {
            let found = run(request, operation, 10_000.0);
            assert!((found.request.each - request).abs() <= 3.0 * found.request.error, "{found:?}");
            assert!((found.operation.each - operation).abs() <= 3.0 * found.operation.error, "{found:?}");
            assert!(found.request.error < 4.0, "{found:?}");
        }
    }

    #[test]
    fn one_step_is_no_growth_and_what_never_varied_explains_nothing() {
        let mut changes = vec![[20_000.0, 0.0, 0.0]; 10];
        changes.extend(vec![[20_000.0, 200.0, 0.0]; 10]);
        changes[3][2] = 4e6;
        let Effect { each, error } = fit(&changes).request;
        assert!(each - 2.0 * error < 1.0, "{each} ± {error}");
        assert!(fit(&[[1.0, 5.0, 3.0]; 20]).request.error.is_infinite());
    }
}
