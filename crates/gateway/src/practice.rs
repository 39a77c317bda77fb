//! Practice: customers from scripts, played against somebody who learns. Nothing of it is
//! stored, sent, or counted in figures.

mod run;
mod script;
#[cfg(test)]
mod tests;

pub(crate) use run::{Run, Scored};
pub(crate) use script::{SCRIPTS, Script, script};
