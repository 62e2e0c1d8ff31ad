//! 账目: the append-only ledger and everything that is added up from it.
//!
//! [`Store`] opens a SQLite file or a PostgreSQL database; one SQL text serves both. A job that
//! writes gets a [`Tx`], one that reads a [`Read`]; both belong to one county and cannot reach
//! another.
//!
//! The walk of an action through this crate: [`Read::receipt`] (sent before?) →
//! [`Read::heading`] (what may be known) → [`Read::case`] (opened by a permit) →
//! [`Tx::next_number`] → [`Tx::append`], which encrypts personal answers, chains the entry, and
//! writes every view of the case in the same transaction.
//!
//! What is written where: `ledger` entries; `privacy` sealed answers; `views` rows of lists and
//! figures; [`receipt`] and [`merkle`] what an outsider verifies; `accounts`, `logs`, `materials`.
//! What is read for whom: `worklist`, `register`, `figures`, `public`, `talent`.

mod accounts;
mod backup;
pub mod canonical;
mod cases;
mod db;
mod error;
mod exchange;
mod figures;
mod keys;
mod ledger;
mod lite;
mod logs;
mod materials;
pub mod merkle;
mod pg;
mod privacy;
mod public;
pub mod receipt;
mod register;
mod schema;
mod seal;
mod search;
mod sittings;
mod store;
mod talent;
mod verify;
mod views;
mod wire;
mod worklist;

pub use accounts::{Lockout, Organ, Person, Session};
pub use cases::{CaseRow, Pressing, Visible};
pub use error::{Damage, StoreError};
pub use exchange::{ExchangeRun, Exchanged, Way, new_run_id};
pub use figures::{AfterObserved, Observed};
pub use keys::Keys;
pub use ledger::{Entered, Entry, Head, new_case_id};
pub use logs::{Access, AccessFilter, AccessKind, Attempt, Refused};
pub use materials::Material;
pub use privacy::Subject;
pub use public::{AfterNotice, IssuedRow, NoticeFilter, Published};
pub use register::{After, Count, MOST, Page, RegisterFilter};
pub use sittings::Sitting;
pub use store::{Config, Read, Store, Tx};
pub use talent::ListedAs;
pub use verify::Progress;
pub use worklist::{AfterTask, Lights, Load, Task, TaskFilter};

/// An instant as it stands in the database: UTC, milliseconds, of one width, so that text order is
/// the order of time.
pub(crate) fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
