//! The desk as a browser would speak to it: its guards, and acts through their forms. What people
//! see in a real browser is in `journeys.rs`.

mod acts;
mod guarded;
mod people;
mod town;
mod visitor;
