//! 依法判断: the pure part.
//!
//! Nothing here reads a clock, a disk or a database, and nothing is left to chance: the same law,
//! facts and day give the same answer forever. In reading order:
//!
//! [`authorise`](authorise::authorise) says who may ask → [`decide`](decide::decide) says whether
//! the act may be done and what it puts on record, with what the system [fills in](fill) → [`Case`](case::Case) adds facts up →
//! [`clocks`](deadline::clocks), [`available`](available::available),
//! [`observe`](observe::observe) read it → [`Figure`](figure::Figure) measures many.

pub mod action;
pub mod actor;
pub mod answers;
pub mod authorise;
pub mod available;
pub mod builtin;
pub mod case;
pub mod deadline;
pub mod decide;
pub mod document;
pub mod draw;
pub mod duty;
pub mod eval;
pub mod fact;
pub mod figure;
pub mod fill;
pub mod goal;
pub mod locality;
pub mod mutate;
pub mod observe;
pub mod refusal;
pub mod scenario;
pub mod show;
pub mod similar;
pub mod suggest;
