//! 依法判断：the pure part.
//!
//! Nothing here reads a clock, a disk or a database, and nothing is left to chance: the same law,
//! facts and day give the same answer forever.

pub mod action;
pub mod actor;
pub mod fact;
pub mod refusal;
