//! The desk as a browser would speak to it: its guards, and acts through their forms. What people
//! see in a real browser is in `journeys.rs`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acts;
mod audit;
mod cited;
mod exam;
mod exchange;
mod field;
mod guarded;
mod intake;
mod letters;
mod meeting;
mod people;
mod registers;
mod report;
mod suggest;
mod told;
mod town;
mod visitor;
