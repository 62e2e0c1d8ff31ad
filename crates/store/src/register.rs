//! 台账: the cases of a procedure — filtered, in pages, counted, always within what the reader
//! may see.
//!
//! Pages follow one another by the place of their last row (opened, case), never by an offset, so
//! that page one thousand costs what page one costs. Whatever narrows the list most drives the
//! query: a party, a word, a due date, an organ, a person, and else the order of opening.

use engine::{action::CaseId, actor::OrganPath, deadline::Light};
use jiff::civil::Date;
use law::Id;

use crate::{
    accounts::subtree,
    cases::{CaseRow, Visible},
    db::{Param, params},
    error::StoreError,
    privacy::plain,
    search,
    store::Read,
    views::blind,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Counts stop here; beyond it `10000+` is shown.
pub const MOST: u32 = 10_000;

/// Which cases. An empty filter means all that are not void.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterFilter {
    /// Of this procedure; none = of every one (only together with `text` or `party`, or for a
    /// small county: there is no order of opening across procedures).
    pub procedure: Option<Id>,
    /// In one of these stages.
    pub stages: Vec<Id>,
    /// Handled by this organ or one below it.
    pub organ: Option<OrganPath>,
    /// Opened on this day or later.
    pub from: Option<Date>,
    /// Opened on this day or earlier.
    pub to: Option<Date>,
    /// Finished or not.
    pub ended: Option<bool>,
    /// With this light on `today`: red, yellow or green.
    pub light: Option<(Light, Date)>,
    /// Contains these words in what is personal to nobody, the case number included.
    pub text: Option<String>,
    /// A party has exactly this name, number or phone.
    pub party: Option<String>,
    /// The void ones, instead of all others.
    pub void: bool,
}

/// Where a page ended: the next one begins behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Opening date of the last row.
    pub opened: Date,
    /// Its case.
    pub case: CaseId,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, A> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; none on the last.
    pub next: Option<A>,
}

/// How many, up to [`MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// So many …
    pub number: u32,
    /// … and more.
    pub more: bool,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.number, if self.more { "+" } else { "" })
    }
}

impl Read<'_> {
    /// One page of a register, the latest opened first.
    pub fn register(
        &self,
        filter: &RegisterFilter,
        visible: &Visible,
        after: Option<&After>,
        limit: u32,
    ) -> Result<Page<CaseRow, After>> {
        let columns = CaseRow::COLUMNS;
        let (sql, with) = self.selection(filter, visible, after, columns, true, limit + 1)?;
        let sql = format!("{sql} order by opened desc, case_id desc limit {}", limit + 1);
        let mut rows = self.db.query(&sql, &with, CaseRow::read)?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| After { opened: row.opened, case: row.id.clone() });
        Ok(Page { rows, next })
    }

    /// How many cases a register has, up to [`MOST`].
    pub fn register_count(&self, filter: &RegisterFilter, visible: &Visible) -> Result<Count> {
        let (sql, with) = self.selection(filter, visible, None, "c.case_id", false, MOST + 1)?;
        let sql = format!("select count(*) from ({sql} limit {}) counted", MOST + 1);
        let number = self.db.first(&sql, &with, |row| row.count(0))?.unwrap_or(0);
        Ok(Count { number: number.min(MOST), more: number > MOST })
    }

    /// `select … from (one driver, or several united)`, its rows each once.
    fn selection<'a>(
        &'a self,
        filter: &'a RegisterFilter,
        visible: &'a Visible,
        after: Option<&'a After>,
        columns: &str,
        ordered: bool,
        limit: u32,
    ) -> Result<(String, Vec<Param<'a>>)> {
        let mut with = params![self.county].to_vec();
        let words = filter.text.as_ref().and_then(|text| search::question(text, &self.db));
        // Words that many cases have are soon met in the order of opening; rare ones lead the way.
        // A count needs no order and follows the words.
        let leading = match &words {
            Some(words) if filter.party.is_none() => !ordered || search::is_rare(self, words)?,
            _ => false,
        };
        let words = words.map(|words| {
            with.push(words.into());
            format!("${}", with.len())
        });
        let (lead, test) = if leading { (words, None) } else { (None, words) };
        let drivers = self.drivers(filter, visible, lead.as_deref(), &mut with);
        let mut conditions = conditions(self.county, filter, after, &mut with);
        if let Some(words) = test {
            conditions.push_str(" and ");
            conditions.push_str(&search::condition(&self.db, &words));
        }
        let parts: Vec<String> = drivers
            .iter()
            .enumerate()
            .map(|(number, Driver { from, place })| {
                // The order is that of the driver's own index: no page is ever sorted as a whole.
                let order = if ordered {
                    format!("order by {place}.opened desc, {place}.case_id desc")
                } else {
                    String::new()
                };
                let conditions = conditions.replace("place.", &format!("{place}."));
                format!(
                    "select * from (select {columns} from {from} {conditions} {order}
                     limit {limit}) part{number}"
                )
            })
            .collect();
        let sql = format!("select * from ({}) register", parts.join(" union "));
        Ok((sql, with))
    }

    /// Where the cases are taken from.
    fn drivers<'a>(
        &self,
        filter: &'a RegisterFilter,
        visible: &'a Visible,
        words: Option<&str>,
        with: &mut Vec<Param<'a>>,
    ) -> Vec<Driver> {
        let place = |with: &mut Vec<Param<'a>>, param: Param<'a>| {
            with.push(param);
            format!("${}", with.len())
        };
        let found = if let Some(party) = &filter.party {
            let blind = place(with, blind(self, &plain(party)).into());
            Some(format!(
                "select distinct case_id from party where county = $1 and blind = {blind}"
            ))
        } else if let Some(words) = words {
            Some(search::cases(&self.db, words))
        } else if let Some((light @ (Light::Red | Light::Yellow), today)) = filter.light {
            let today = place(with, today.into());
            let due = match light {
                Light::Red => format!("due_legal < {today}"),
                _ => format!("due_legal >= {today} and due_warn <= {today}"),
            };
            let procedure = filter.procedure.as_ref().map(|id| {
                let id = place(with, id.into());
                format!(" and procedure = {id}")
            });
            let procedure = procedure.unwrap_or_default();
            Some(format!("select case_id from case_now where county = $1{procedure} and {due}"))
        } else {
            None
        };
        if let Some(found) = found {
            let scope = visible.condition(with);
            return vec![Driver::cases(format!(
                "({found}) d cross join case_now c
                 where c.county = $1 and c.case_id = d.case_id and {scope}"
            ))];
        }
        let reach = |with: &mut Vec<Param<'a>>, who: Param<'a>, more: &str| {
            let who = place(with, who);
            let procedure = filter.procedure.as_ref().map(|id| {
                let id = place(with, id.into());
                format!(" and r.procedure = {id}")
            });
            let from = format!(
                "reach r cross join case_now c where r.county = $1 and r.who = {who}{}
                 and c.county = $1 and c.case_id = r.case_id{more}",
                procedure.unwrap_or_default()
            );
            Driver { from, place: "r" }
        };
        match (organ_in(self.county, filter), visible.keys()) {
            (Some(organ), _) => {
                let scope = visible.condition(with);
                let handled = format!(" and r.handling = 1 and {scope}");
                vec![reach(with, organ.into(), &handled)]
            }
            (None, Some(keys)) => keys.iter().map(|key| reach(with, key.into(), "")).collect(),
            (None, None) => vec![Driver::cases("case_now c where c.county = $1".into())],
        }
    }
}

/// The organ asked for; the county itself stands above everything in it and asks for nothing.
fn organ_in<'a>(county: &str, filter: &'a RegisterFilter) -> Option<&'a OrganPath> {
    filter.organ.as_ref().filter(|organ| organ.as_str() != county)
}

/// Where cases are taken from: tables and a `where` that more can be added to, and the table by
/// whose `opened` and `case_id` they come in order.
struct Driver {
    from: String,
    place: &'static str,
}

impl Driver {
    fn cases(from: String) -> Self {
        Self { from, place: "c" }
    }
}

/// Everything else that is asked of case `c`. The order of opening is asked of `place`.
fn conditions<'a>(
    county: &str,
    filter: &'a RegisterFilter,
    after: Option<&'a After>,
    with: &mut Vec<Param<'a>>,
) -> String {
    let mut sql = format!(" and c.void = {}", i64::from(filter.void));
    let mut add = |what: &str, some: Vec<Param<'a>>| {
        let mut what = format!(" and {what}");
        for param in some {
            with.push(param);
            what = what.replacen('?', &format!("${}", with.len()), 1);
        }
        sql.push_str(&what);
    };
    if let Some(procedure) = &filter.procedure {
        add("c.procedure = ?", vec![procedure.into()]);
    }
    if let Some(organ) = organ_in(county, filter) {
        let (below, beyond) = subtree(organ);
        let within = vec![organ.into(), below.into(), beyond.into()];
        add("(c.organ = ? or (c.organ >= ? and c.organ < ?))", within);
    }
    if let Some(from) = filter.from {
        add("place.opened >= ?", vec![from.into()]);
    }
    if let Some(to) = filter.to {
        add("place.opened <= ?", vec![to.into()]);
    }
    if let Some((light, today)) = filter.light {
        match light {
            Light::Red => add("c.due_legal < ?", vec![today.into()]),
            Light::Yellow => {
                let both = vec![today.into(), today.into()];
                add("c.due_legal >= ? and c.due_warn <= ?", both);
            }
            _ => add("c.due_warn > ?", vec![today.into()]),
        }
    }
    if let Some(After { opened, case }) = after {
        add("(place.opened, place.case_id) < (?, ?)", vec![(*opened).into(), case.into()]);
    }
    match filter.ended {
        Some(true) => add("c.ended is not null", Vec::new()),
        Some(false) => add("c.ended is null", Vec::new()),
        None => {}
    }
    if !filter.stages.is_empty() {
        let places = vec!["?"; filter.stages.len()].join(",");
        add(&format!("c.stage in ({places})"), filter.stages.iter().map(Param::from).collect());
    }
    sql
}
