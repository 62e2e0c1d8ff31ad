//! One suite, both databases: what the store promises.
//!
//! SQLite always; PostgreSQL where `YIFA_TEST_POSTGRES` names a server on which databases may be
//! made. Each test has a database of its own.
#![allow(clippy::unwrap_used)]

mod accounts;
mod crowd;
mod exchange;
mod faults;
mod fixture;
mod ledger;
mod lists;
mod privacy;
mod proofs;
mod sittings;
mod talent;
