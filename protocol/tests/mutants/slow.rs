//! The tests over every order and over random histories as one program, for the mutants that the quick ones let live.

#[path = "../authority_exhaustive.rs"]
mod authority_exhaustive;
#[path = "../authority_random.rs"]
mod authority_random;
