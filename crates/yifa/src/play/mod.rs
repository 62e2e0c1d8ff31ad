//! 演算: playing out years of work from the scenarios of the law, through the real decision path.
//!
//! A scenario marked `play` is a story with a known outcome. Cast with the people of a county and
//! moved to other dates, it becomes work: every act of it goes through
//! [`Office::perform`](crate::office::Office::perform) like a clerk's. The demonstration year and
//! the simulation of a published report both come from here.

pub mod cast;
pub mod county;
pub mod demonstration;
pub mod dice;
pub mod founding;
pub mod plays;
pub mod stage;
pub mod totals;
pub mod year;
