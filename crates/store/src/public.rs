//! 公开: what stands open to everybody — notices, a party's own case by number and code, issued
//! documents by number.

use engine::{action::CaseId, actor::OrganPath, document::Line};
use jiff::civil::Date;
use law::Id;
use subtle::ConstantTimeEq;

use crate::{
    accounts::subtree,
    canonical::sm3_hex,
    cases::spellings,
    db::{Param, Row, params},
    error::{Damage, StoreError},
    register::Page,
    store::Read,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A notice as the public reads it. 公示
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The case it comes from.
    pub case: CaseId,
    /// The notice of the procedure.
    pub notice: Id,
    /// The procedure.
    pub procedure: Id,
    /// The handling organ.
    pub organ: OrganPath,
    /// 名称.
    pub name: String,
    /// Since when.
    pub on: Date,
    /// What it says.
    pub lines: Vec<Line>,
}

/// Which notices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Of this procedure.
    pub procedure: Option<Id>,
    /// Of this organ or one below it.
    pub organ: Option<OrganPath>,
}

/// Where a page of notices ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterNotice {
    /// Its date.
    pub on: Date,
    /// Its case.
    pub case: CaseId,
}

/// An issued document. 文书
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedRow {
    /// The case.
    pub case: CaseId,
    /// The entry that issued it.
    pub version: u32,
    /// The document of the procedure.
    pub document: Id,
    /// 文号.
    pub number: Option<String>,
    /// When.
    pub on: Date,
    /// SM3 of its text.
    pub digest: String,
    /// The act that issued it was struck.
    pub struck: bool,
}

const NOTICE: &str = "select case_id, notice, procedure, organ, name, published, shown from notice
     where county = $1 and taken_down is null";

impl Read<'_> {
    /// The notices that stand, the latest first.
    pub fn notices(
        &self,
        filter: &NoticeFilter,
        after: Option<&AfterNotice>,
        limit: u32,
    ) -> Result<Page<Published, AfterNotice>> {
        let mut with: Vec<Param> = params![self.county].to_vec();
        let mut sql = NOTICE.to_owned();
        let mut add = |what: &str, some: Vec<Param<'static>>| {
            let mut what = format!(" and {what}");
            for param in some {
                with.push(param);
                what = what.replacen('?', &format!("${}", with.len()), 1);
            }
            sql.push_str(&what);
        };
        if let Some(procedure) = &filter.procedure {
            add("procedure = ?", vec![procedure.to_string().into()]);
        }
        if let Some(organ) = &filter.organ {
            let (below, beyond) = subtree(organ);
            let within = vec![organ.to_string().into(), below.into(), beyond.into()];
            add("(organ = ? or (organ >= ? and organ < ?))", within);
        }
        if let Some(after) = after {
            let place = vec![after.on.into(), after.case.clone().into()];
            add("(published, case_id) < (?, ?)", place);
        }
        let sql =
            format!("{sql} order by published desc, case_id desc, notice limit {}", limit + 1);
        let mut rows = self.db.query(&sql, &with, published)?;
        let mut next = None;
        if rows.len() > limit as usize {
            // Notices of one case stay together: a page ends before the next case begins.
            let cut = &rows[limit as usize];
            let whole = rows.iter().position(|row| row.case == cut.case && row.on == cut.on);
            let end = whole.filter(|start| *start > 0).unwrap_or(limit as usize);
            rows.truncate(end);
            next = rows.last().map(|row| AfterNotice { on: row.on, case: row.case.clone() });
        }
        Ok(Page { rows, next })
    }

    /// The notices of one case that stand.
    pub fn notices_of(&self, case: &str) -> Result<Vec<Published>> {
        let sql = format!("{NOTICE} and case_id = $2 order by published, notice");
        self.db.query(&sql, params![self.county, case], published)
    }

    /// The code that, together with the case number, opens a case to its party. It is not kept
    /// anywhere: it follows from the keys.
    pub fn tracking_code(&self, case: &str) -> String {
        self.keys.tracking_code(self.county, case)
    }

    /// The case that a number and a code open, if they belong together.
    pub fn tracked(&self, number: &str, code: &str) -> Result<Option<CaseId>> {
        let given = code.trim().to_ascii_uppercase().replace(['-', ' '], "");
        let [typed, square, round] = spellings(number);
        let cases = self.db.query(
            "select case_id from case_now where county = $1 and number in ($2, $3, $4)",
            params![self.county, typed, square, round],
            |row| row.text(0),
        )?;
        Ok(cases.into_iter().find(|case| {
            let right = self.tracking_code(case).replace('-', "");
            bool::from(right.as_bytes().ct_eq(given.as_bytes()))
        }))
    }

    /// Issued documents with this number.
    pub fn documents_numbered(&self, number: &str) -> Result<Vec<IssuedRow>> {
        self.db.query(
            "select case_id, version, document, number, on_date, digest, struck from document
             where county = $1 and number = $2 order by case_id, version",
            params![self.county, number],
            issued,
        )
    }

    /// Documents issued in a case.
    pub fn documents(&self, case: &str) -> Result<Vec<IssuedRow>> {
        self.db.query(
            "select case_id, version, document, number, on_date, digest, struck from document
             where county = $1 and case_id = $2 order by version, document",
            params![self.county, case],
            issued,
        )
    }
}

impl IssuedRow {
    /// Whether a text is the one that was issued.
    pub fn is_text(&self, text: &str) -> bool {
        self.digest == sm3_hex(text.as_bytes())
    }
}

fn published(row: &Row) -> Result<Published> {
    let case = row.text(0)?;
    let lines = serde_json::from_str(&row.text(6)?)
        .map_err(|error| Damage::of(&case, 0, format!("公示内容无法读出：{error}")))?;
    Ok(Published {
        notice: row.text(1)?.into(),
        procedure: row.text(2)?.into(),
        organ: row.text(3)?.into(),
        name: row.text(4)?,
        on: row.date(5)?,
        lines,
        case,
    })
}

fn issued(row: &Row) -> Result<IssuedRow> {
    Ok(IssuedRow {
        case: row.text(0)?,
        version: row.count(1)?,
        document: row.text(2)?.into(),
        number: row.maybe(3)?,
        on: row.date(4)?,
        digest: row.text(5)?,
        struck: row.yes(6)?,
    })
}
