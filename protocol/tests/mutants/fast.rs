//! The quick tests of who may do what as one program, for mutation testing: see `.cargo/mutants.toml`. Not run by itself,
//! because each of these files is a program of tests already.

#[path = "../authority.rs"]
mod authority;
#[path = "../authority_forks.rs"]
mod authority_forks;
#[path = "../authority_limits.rs"]
mod authority_limits;
#[path = "../authority_reasons.rs"]
mod authority_reasons;
#[path = "../authority_registers.rs"]
mod authority_registers;
#[path = "../authority_second.rs"]
mod authority_second;
#[path = "../authority_sides.rs"]
mod authority_sides;
#[path = "../authority_standing.rs"]
mod authority_standing;
#[path = "../authority_takings.rs"]
mod authority_takings;
#[path = "../erasure.rs"]
mod erasure;
#[path = "../rights.rs"]
mod rights;
#[path = "../rights_acts.rs"]
mod rights_acts;
#[path = "../rights_forks.rs"]
mod rights_forks;
#[path = "../rights_verdicts.rs"]
mod rights_verdicts;
