//! One file for each kind of page: what it shows, and how it comes about.

pub mod access;
pub mod act;
pub mod audit;
pub mod built_in;
pub mod case;
pub mod cockpit;
pub mod draw;
pub mod duties;
pub mod exam;
pub mod exchange;
pub mod export;
pub mod field;
pub mod figures;
pub mod files;
pub mod home;
pub mod law;
pub mod ledger;
pub mod open;
pub mod people;
pub mod public;
pub mod register;
pub mod report;
pub mod search;
pub mod sign_in;
