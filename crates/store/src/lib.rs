//! 账目: the append-only ledger and everything that is added up from it.
pub mod canonical;
mod db;
mod error;
mod keys;
pub mod merkle;
pub mod receipt;

pub use error::{Damage, StoreError};
pub use keys::Keys;

/// An instant as it stands in the database: UTC, milliseconds, of one width, so that text order is
/// the order of time.
pub(crate) fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
