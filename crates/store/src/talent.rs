//! 人选: whom a roster lists of the people who may be named, and how many open cases each has.
//!
//! Both questions go to an index by person: neither grows with the number of cases there are.

use std::collections::{BTreeMap, BTreeSet};

use engine::actor::PersonId;
use jiff::civil::Date;
use law::Id;

use crate::{
    db::{Param, params, places},
    error::StoreError,
    store::Read,
};

type Result<T> = std::result::Result<T, StoreError>;

/// What a roster says of somebody, by field.
pub type ListedAs = BTreeMap<Id, BTreeSet<String>>;

impl Read<'_> {
    /// Who of these people a roster lists on a day, and with what; all its listings of one person
    /// are taken together.
    pub fn listed(
        &self,
        roster: &Id,
        people: &[PersonId],
        on: Date,
    ) -> Result<BTreeMap<PersonId, ListedAs>> {
        let mut listed: BTreeMap<PersonId, ListedAs> = BTreeMap::new();
        for some in people.chunks(100) {
            let mut with = params![self.county, roster, on].to_vec();
            with.extend(some.iter().map(Param::from));
            let sql = format!(
                "select person, field, value from pool
                 where county = $1 and procedure = $2 and person in ({})
                 and (until_date is null or until_date >= $3)",
                places(4, some.len())
            );
            let rows =
                self.db.query(&sql, &with, |row| Ok((row.text(0)?, row.text(1)?, row.text(2)?)))?;
            for (person, field, value) in rows {
                let known = listed.entry(person).or_default();
                if !field.is_empty() {
                    known.entry(field.as_str().into()).or_default().insert(value);
                }
            }
        }
        Ok(listed)
    }

    /// How many open cases each of these people is named in; who has none is left out. 在办
    pub fn held_by(&self, people: &[PersonId]) -> Result<BTreeMap<PersonId, u32>> {
        let mut held = BTreeMap::new();
        for some in people.chunks(100) {
            let mut with = params![self.county].to_vec();
            with.extend(some.iter().map(Param::from));
            let sql = format!(
                "select person, count(*) from held
                 where county = $1 and person in ({}) group by person",
                places(2, some.len())
            );
            held.extend(self.db.query(&sql, &with, |row| Ok((row.text(0)?, row.count(1)?)))?);
        }
        Ok(held)
    }
}
