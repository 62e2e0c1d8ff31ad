//! The law as a whole: everything that was read, and what is in force on a day.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{
    Id,
    indicator::{Joined, KeyMap},
    organ::Organs,
    outline::Outline,
    procedure::Procedure,
};

/// Everything under `law/`. 法
#[derive(Clone, Debug, Default)]
pub struct Law {
    /// Every edition of every procedure, oldest first.
    pub procedures: IndexMap<Id, Vec<Arc<Procedure>>>,
    /// Indicators that join procedures.
    pub joined: IndexMap<Id, Joined>,
    /// Report outlines.
    pub outlines: Vec<Outline>,
    /// Kinds of organ and posts.
    pub organs: Organs,
    /// Keys of published lists of figures.
    pub keys: KeyMap,
}

impl Law {
    /// The edition of a procedure that a case opened on this day follows.
    pub fn in_force(&self, procedure: &str, on: Date) -> Option<&Arc<Procedure>> {
        let editions = self.procedures.get(procedure)?;
        editions
            .iter()
            .rev()
            .find(|edition| edition.effective <= on)
    }

    /// One edition by the hash that stands in the ledger.
    pub fn edition(&self, procedure: &str, hash: &str) -> Option<&Arc<Procedure>> {
        self.procedures
            .get(procedure)?
            .iter()
            .find(|edition| &*edition.hash == hash)
    }

    /// The newest edition of every procedure, in the order of the menu.
    pub fn newest(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures
            .values()
            .filter_map(|editions| editions.last())
    }
}
