//! 依法: the daily work of law-based government in a county and its towns.
//!
//! [`office`] performs actions, [`web`] shows the desk, [`cli`] is the command line, [`play`] plays
//! out years of work. [`clock`] is the only place that reads the time.

pub mod audit;
pub mod citations;
pub mod cli;
pub mod clock;
pub mod duties;
pub mod exam;
pub mod exchange;
pub mod figures;
pub mod fills;
pub mod intake;
pub mod office;
pub mod place;
pub mod play;
pub mod report;
pub mod rounds;
pub mod suggestion;
pub mod web;
