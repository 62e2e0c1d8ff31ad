//! The desk from outside: its guards, its forms, and journeys through it in a real browser.

mod acts;
mod browser;
mod guarded;
mod journeys;
mod town;
mod visitor;
