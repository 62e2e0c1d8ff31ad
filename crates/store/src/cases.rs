//! 案件列表: the row of a case in a list, and who may see it.

use engine::{
    action::CaseId,
    actor::{Actor, OrganPath},
    deadline::Light,
};
use jiff::civil::Date;
use law::Id;

use crate::{
    db::{Param, Row, params, places},
    error::StoreError,
    store::Read,
    views::person_key,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// Its procedure.
    pub procedure: Id,
    /// The handling organ.
    pub organ: OrganPath,
    /// Where it stands; `void` where its opening was struck.
    pub stage: Id,
    /// How it is called; personal titles as the public would see them.
    pub title: String,
    /// 案号.
    pub number: Option<String>,
    /// Business date of the opening.
    pub opened: Date,
    /// Business date of the last entry.
    pub last_on: Date,
    /// Business date it came to a final stage, if it stands in one.
    pub ended: Option<Date>,
    /// How many entries it has.
    pub version: u32,
    /// Its opening was struck.
    pub void: bool,
    /// The case it was opened from.
    pub parent: Option<CaseId>,
    /// The duty of the organ that is due first, if one runs.
    pub pressing: Option<Pressing>,
}

/// A due date as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressing {
    /// The light is yellow from this day on.
    pub warn: Date,
    /// 名义届满日.
    pub nominal: Date,
    /// 法定届满日.
    pub legal: Date,
}

/// What a person may know of: the cases of the organs they hold posts in and of those below, and
/// the cases they have part in. 可见范围
///
/// Lists, counts, exports and figures are cut to it inside the query, so that nothing outside it
/// shows, not even as a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visible {
    /// Keys of `reach`, sorted; none = everything in the county.
    keys: Option<Vec<String>>,
}

impl Visible {
    /// What a person may know of on a day.
    pub fn to(actor: &Actor, county: &str, on: Date) -> Self {
        let organs = || actor.posts.iter().filter(|post| post.on(on)).map(|post| &post.organ);
        if actor.machine || organs().any(|organ| organ.as_str() == county) {
            return Self { keys: None };
        }
        let mut keys: Vec<String> = organs().map(ToString::to_string).collect();
        keys.sort_unstable();
        keys.dedup();
        // An organ's cases include those of the organs below it.
        let outer = keys.clone();
        keys.retain(|key| {
            let organ = OrganPath::from(key.as_str());
            !outer
                .iter()
                .any(|other| other != key && OrganPath::from(other.as_str()).covers(&organ))
        });
        keys.push(person_key(&actor.person));
        Self { keys: Some(keys) }
    }

    /// Only the cases a person has part in, whatever the posts.
    pub fn part_of(actor: &Actor) -> Self {
        Self { keys: Some(vec![person_key(&actor.person)]) }
    }

    /// Everything in the county: for the machine, rebuilds and figures of the whole.
    pub fn everything() -> Self {
        Self { keys: None }
    }

    pub(crate) fn keys(&self) -> Option<&[String]> {
        self.keys.as_deref()
    }

    /// The condition that case `c` is within it, its keys added to `with`.
    pub(crate) fn condition<'a>(&'a self, with: &mut Vec<Param<'a>>) -> String {
        let Some(keys) = &self.keys else {
            return "1 = 1".into();
        };
        let places = places(with.len() + 1, keys.len());
        with.extend(keys.iter().map(Param::from));
        format!(
            "exists (select 1 from reach s where s.county = c.county and s.case_id = c.case_id
             and s.who in ({places}))"
        )
    }
}

impl Pressing {
    /// The light on a day.
    pub fn light(&self, today: Date) -> Light {
        if self.legal < today {
            Light::Red
        } else if self.warn <= today {
            Light::Yellow
        } else {
            Light::Green
        }
    }
}

impl CaseRow {
    /// Columns of case `c` in the order [`CaseRow::read`] expects.
    pub(crate) const COLUMNS: &'static str = "c.case_id, c.procedure, c.organ, c.stage, c.title, c.number, c.opened, c.last_on, \
         c.ended, c.version, c.void, c.parent, c.due_warn, c.due_nominal, c.due_legal";
    /// How many they are.
    pub(crate) const WIDTH: usize = 15;

    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text(0)?,
            procedure: row.text(1)?.into(),
            organ: row.text(2)?.into(),
            stage: row.text(3)?.into(),
            title: row.text(4)?,
            number: row.maybe(5)?,
            opened: row.date(6)?,
            last_on: row.date(7)?,
            ended: row.maybe_date(8)?,
            version: row.count(9)?,
            void: row.yes(10)?,
            parent: row.maybe(11)?,
            pressing: pressing(row, 12)?,
        })
    }
}

/// Reads `due_warn, due_nominal, due_legal`.
pub(crate) fn pressing(row: &Row, at: usize) -> Result<Option<Pressing>> {
    let dates = (row.maybe_date(at)?, row.maybe_date(at + 1)?, row.maybe_date(at + 2)?);
    Ok(match dates {
        (Some(warn), Some(nominal), Some(legal)) => Some(Pressing { warn, nominal, legal }),
        _ => None,
    })
}

impl Read<'_> {
    /// The rows of some cases, of those within the scope; for linked cases.
    pub fn cases(&self, ids: &[CaseId], visible: &Visible) -> Result<Vec<CaseRow>> {
        let mut found = Vec::new();
        for some in ids.chunks(100) {
            let mut with = params![self.county].to_vec();
            let places = places(2, some.len());
            with.extend(some.iter().map(Param::from));
            let scope = visible.condition(&mut with);
            let sql = format!(
                "select {} from case_now c where c.county = $1 and c.case_id in ({places})
                 and {scope} order by c.case_id",
                CaseRow::COLUMNS
            );
            found.extend(self.db.query(&sql, &with, CaseRow::read)?);
        }
        Ok(found)
    }

    /// The cases that were opened from a case, of those within the scope.
    pub fn opened_from(&self, parent: &str, visible: &Visible) -> Result<Vec<CaseRow>> {
        let mut with = params![self.county, parent].to_vec();
        let scope = visible.condition(&mut with);
        let sql = format!(
            "select {} from case_now c where c.county = $1 and c.parent = $2 and {scope}
             order by c.case_id",
            CaseRow::COLUMNS
        );
        self.db.query(&sql, &with, CaseRow::read)
    }

    /// The case with this number, if it is within the scope.
    pub fn case_numbered(&self, number: &str, visible: &Visible) -> Result<Option<CaseRow>> {
        let [typed, square, round] = spellings(number);
        let mut with = params![self.county, typed, square, round].to_vec();
        let scope = visible.condition(&mut with);
        let sql = format!(
            "select {} from case_now c where c.county = $1 and c.number in ($2, $3, $4) and {scope}
             order by c.case_id",
            CaseRow::COLUMNS
        );
        self.db.first(&sql, &with, CaseRow::read)
    }
}

/// How a case number may stand in the ledger that somebody typed on a telephone: as it is, and with
/// brackets of either kind, half-width digits and no blanks. 案号的写法
pub(crate) fn spellings(typed: &str) -> [String; 3] {
    let with = |open, close| {
        let chars = typed.chars().filter(|char| !char.is_whitespace());
        let one = |char| match char {
            '〔' | '[' | '［' | '【' | '(' | '（' | '﹝' | '〈' | '<' => open,
            '〕' | ']' | '］' | '】' | ')' | '）' | '﹞' | '〉' | '>' => close,
            '０'..='９' => char::from(b'0' + (u32::from(char) - u32::from('０')) as u8),
            char => char,
        };
        chars.map(one).collect()
    };
    [typed.trim().to_owned(), with('〔', '〕'), with('（', '）')]
}
