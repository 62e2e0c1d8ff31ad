//! 视图: what the ledger adds up to, kept in tables for lists, figures and searches.
//!
//! A view is a function of the case: [`project`] writes the rows of one case in the transaction of
//! its entry, [`rebuild`](crate::Store::rebuild) drops every row and writes them all again. Nothing
//! here depends on today; what a new day changes is asked for by [`Tx::refresh_turns`].

mod rows;

pub(crate) use rows::{NEVER, blind, person_key, role_key};

use engine::{
    actor::PersonId,
    case::Case,
    fact::{BuiltIn, Recorded},
    show::Names,
};
use jiff::civil::Date;
use law::{Law, calendar::Calendar, value::Value};

use crate::{
    db::{Param, params, places},
    error::StoreError,
    ledger::day_of,
    search,
    store::{Read, Tx},
    wire::Sentence,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A table and its columns: county and case are among them.
pub(crate) struct View {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static str,
}

/// What stands in a view of one case.
type Rows<'a> = (&'a View, Vec<Vec<Param<'a>>>);

/// Every view, in the order of [`rows`].
pub(crate) const VIEWS: [View; 13] = [
    rows::CASE,
    rows::REACH,
    rows::PARTICIPANT,
    rows::DUE,
    rows::TURN,
    rows::OBSERVATION,
    rows::NOTICE,
    rows::DOCUMENT,
    rows::CREDENTIAL,
    rows::POOL,
    rows::HELD,
    rows::PARTY,
    search::VIEW,
];

/// Which rows of a case a new entry can have changed. Periods, work and figures always may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// The case has no rows yet.
    new: bool,
    /// Entries before the last one.
    past: bool,
    /// Who may know of the case.
    people: bool,
    /// Parties and their index.
    parties: bool,
    /// Words to be searched.
    words: bool,
    /// Documents.
    documents: bool,
    /// Whose hands it is in, and whether it is open at all.
    held: bool,
}

impl Extent {
    /// Everything, and nothing is there yet.
    pub(crate) const NEW: Self = Self {
        new: true,
        past: true,
        people: true,
        parties: true,
        words: true,
        documents: true,
        held: true,
    };
    /// Everything.
    pub(crate) const ALL: Self = Self { new: false, ..Self::NEW };

    /// What an entry can change in the views of the case before it.
    pub(crate) fn of(before: &Case, entry: &Recorded) -> Self {
        let fact = &entry.fact;
        if let Some(BuiltIn::Strike { .. } | BuiltIn::Move { .. }) = fact.built_in {
            return Self::ALL;
        }
        let known = |person: &PersonId| {
            before.facts().iter().any(|r| r.fact.by.iter().any(|by| by.person == *person))
        };
        Self {
            new: false,
            past: false,
            people: fact.organ.is_some()
                || !fact.assign.is_empty()
                || !fact.by.iter().all(|by| known(&by.person)),
            parties: fact.answers.values().any(|value| matches!(value, Value::Parties(_))),
            words: !fact.answers.is_empty(),
            documents: !fact.issued.is_empty(),
            held: !fact.assign.is_empty() || fact.stage.is_some(),
        }
    }
}

/// Writes the rows of one case: those of its new entry, or all.
pub(crate) fn project(
    tx: &Tx,
    case: &Case,
    digest: &str,
    calendar: &Calendar,
    extent: Extent,
) -> Result<()> {
    let clocks = engine::deadline::clocks(case, calendar);
    let id = &case.id;
    // The day of the last entry: later days are for `refresh_turns`.
    let day = case.facts().last().map_or(Date::MIN, |last| day_of(last.at).max(last.fact.on));
    let mut views: Vec<Rows> = vec![
        (&rows::DUE, rows::due(tx, case, &clocks)),
        (&rows::TURN, rows::turn(tx, case, &clocks, calendar, day)),
        (&rows::OBSERVATION, rows::observation(tx, case, calendar)),
    ];
    if extent.people {
        let heading = case.heading();
        views.push((&rows::REACH, rows::reach(tx, case, &heading)));
        views.push((&rows::PARTICIPANT, rows::participant(tx, case, &heading)));
    }
    if !case.procedure.notices.is_empty() {
        views.push((&rows::NOTICE, rows::notice(tx, case, calendar)));
    }
    if extent.documents {
        views.push((&rows::DOCUMENT, rows::document(tx, case)));
    }
    if case.procedure.credential.is_some() {
        views.push((&rows::CREDENTIAL, rows::credential(tx, case, calendar)));
    }
    if case.procedure.pool.is_some() {
        views.push((&rows::POOL, rows::pool(tx, case, calendar)));
    }
    if extent.held {
        views.push((&rows::HELD, rows::held(tx, case)));
    }
    if extent.parties {
        views.push((&rows::PARTY, rows::party(tx, case)?));
    }
    if extent.words {
        views.push((&search::VIEW, search::rows(tx, case)));
    }
    let row = rows::case(tx, case, digest, &clocks);
    tx.replace(id, &views, extent)?;
    tx.overwrite(&rows::CASE, &row)?; // Every entry changes it.
    experience(tx, case, extent)
}

/// Notes who has done an act that asks beginners for a credential.
fn experience(tx: &Tx, case: &Case, extent: Extent) -> Result<()> {
    let procedure = &case.procedure;
    let from = if extent.past { 0 } else { case.facts().len() - 1 };
    for recorded in &case.facts()[from..] {
        let act = &recorded.fact.act;
        if procedure.acts.get(act).is_none_or(|act| act.hold_if_first.is_none()) {
            continue;
        }
        for by in &recorded.fact.by {
            tx.db.tell(
                "insert into experience (county, person, procedure, act) values ($1, $2, $3, $4)
                 on conflict do nothing",
                params![tx.county, &by.person, &procedure.id, act],
            )?;
        }
    }
    Ok(())
}

impl Tx<'_> {
    /// Makes the rows of a case in some tables these. What is already so is left alone: most
    /// entries leave most rows as they are, and a comparison costs less than two index updates.
    fn replace(&self, case: &str, views: &[Rows], extent: Extent) -> Result<()> {
        for ((view, rows), there) in self.outdated(case, views, extent)? {
            if there {
                self.clear(view, case)?;
            }
            self.put(view, rows)?;
        }
        Ok(())
    }

    /// The views in which the rows of a case are not these, and whether there are any.
    fn outdated<'v, 'a>(
        &self,
        case: &str,
        views: &'v [Rows<'a>],
        extent: Extent,
    ) -> Result<Vec<(&'v Rows<'a>, bool)>> {
        let old = if extent.new {
            views.iter().map(|_| Vec::new()).collect()
        } else {
            let sqls: Vec<String> = views
                .iter()
                .map(|(View { table, columns }, _)| {
                    format!("select {columns} from {table} where county = $1 and case_id = $2")
                })
                .collect();
            let params = params![self.county, case];
            let questions: Vec<Sentence> =
                sqls.iter().map(|sql| Sentence { sql, params }).collect();
            self.db.query_all(&questions)?
        };
        let mut outdated = Vec::new();
        for (these, mut old) in views.iter().zip(old) {
            old.sort_unstable();
            let mut new: Vec<&Vec<Param>> = these.1.iter().collect();
            new.sort_unstable();
            if !old.iter().eq(new) {
                outdated.push((these, !old.is_empty()));
            }
        }
        Ok(outdated)
    }

    fn clear(&self, View { table, .. }: &View, case: &str) -> Result<()> {
        self.db.tell(
            &format!("delete from {table} where county = $1 and case_id = $2"),
            params![self.county, case],
        )
    }

    /// Makes these the rows of their cases in a table that has one for each, in place: whoever waits
    /// for the row of a case ([`Tx::take_up`]) gets it when this transaction ends.
    fn overwrite(&self, View { table, columns }: &View, rows: &[Vec<Param>]) -> Result<()> {
        let names = columns.split(", ").filter(|name| !matches!(*name, "county" | "case_id"));
        let set: Vec<String> = names.map(|name| format!("{name} = excluded.{name}")).collect();
        let set = set.join(", ");
        for row in rows {
            let places = places(1, row.len());
            self.db.tell(
                &format!(
                    "insert into {table} ({columns}) values ({places})
                     on conflict (county, case_id) do update set {set}"
                ),
                row,
            )?;
        }
        Ok(())
    }

    fn put(&self, View { table, columns }: &View, rows: &[Vec<Param>]) -> Result<()> {
        self.db.insert(&format!("{table} ({columns})"), rows)
    }

    /// Asks again about work that had to wait for a period to pass, and marks what has become
    /// ready: the daily round. Returns how many cases changed.
    pub fn refresh_turns(&self, law: &Law, calendar: &Calendar, today: Date) -> Result<u64> {
        let waiting = self.db.query(
            "select distinct case_id from turn where county = $1 and ready = 0",
            params![self.county],
            |row| row.text(0),
        )?;
        let mut changed = 0;
        for id in waiting {
            let (case, _) = self.whole_case(&id, law)?;
            let rows = turns(self, &case, calendar, today);
            if self.outdated(&id, &[rows], Extent::ALL)?.is_empty() {
                continue;
            }
            // Whoever acted in it meanwhile has written these rows anew.
            self.hold(&id)?;
            let (case, _) = self.whole_case(&id, law)?;
            self.replace(&id, &[turns(self, &case, calendar, today)], Extent::ALL)?;
            changed += 1;
        }
        Ok(changed)
    }
}

fn turns<'a>(tx: &'a Tx, case: &'a Case, calendar: &Calendar, day: Date) -> Rows<'a> {
    let clocks = engine::deadline::clocks(case, calendar);
    (&rows::TURN, rows::turn(tx, case, &clocks, calendar, day))
}

impl Read<'_> {
    /// SM3 over every row of each view of the county: equal for equal views, on either database.
    pub fn view_digests(&self) -> Result<Vec<(&'static str, String)>> {
        let experience = View { table: "experience", columns: "county, person, procedure, act" };
        VIEWS
            .iter()
            .chain([&experience])
            .map(|View { table, columns }| {
                let mut rows = self.db.query(
                    &format!("select {columns} from {table} where county = $1"),
                    params![self.county],
                    |row| Ok(format!("{:?}\n", row.cells()?)),
                )?;
                rows.sort_unstable();
                Ok((*table, crate::canonical::sm3_hex(rows.concat().as_bytes())))
            })
            .collect()
    }
}

/// Names as the accounts know them.
pub(crate) struct Known<'r, 's>(pub(crate) &'r Read<'s>);

impl Names for Known<'_, '_> {
    fn person(&self, id: &str) -> String {
        match self.0.person(id) {
            Ok(Some(person)) => person.name,
            _ => id.to_owned(),
        }
    }

    fn organ(&self, path: &str) -> String {
        match self.0.organ(&path.into()) {
            Ok(Some(organ)) => organ.name,
            _ => path.to_owned(),
        }
    }

    /// The views know no law but their own procedure's: the key stands.
    fn indicator(&self, key: &str) -> String {
        key.to_owned()
    }
}
