//! 账目: the append-only ledger and everything that is added up from it.
mod accounts;
pub mod canonical;
mod db;
mod error;
mod keys;
mod lite;
mod logs;
mod materials;
pub mod merkle;
mod pg;
pub mod receipt;
mod schema;
mod store;

pub use accounts::{Lockout, Organ, Person, Session};
pub use error::{Damage, StoreError};
pub use keys::Keys;
pub use logs::{Access, AccessFilter, AccessKind, Attempt, Refused};
pub use materials::Material;
pub use store::{Config, Read, Store, Tx};

/// An instant as it stands in the database: UTC, milliseconds, of one width, so that text order is
/// the order of time.
pub(crate) fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
