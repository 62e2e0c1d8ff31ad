//! 统计: what indicators add up to, and the lists they are the length of — by the same condition.

use std::collections::BTreeMap;

use engine::{
    action::CaseId,
    actor::OrganPath,
    duty::{Sum, Sums},
    figure::{Counted, Tally},
};
use jiff::civil::Date;
use law::{Id, indicator::Span};

use crate::{
    accounts::subtree,
    cases::CaseRow,
    db::{Param, params, places},
    error::StoreError,
    register::Page,
    store::Read,
};

type Result<T> = std::result::Result<T, StoreError>;

/// One row behind a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The case.
    pub case: CaseRow,
    /// The entry it comes from; 0 for the case as a whole.
    pub version: u32,
    /// The date that puts it into the period.
    pub on: Date,
    /// What it adds.
    pub value: i64,
    /// Whether it counts in the numerator of a rate.
    pub good: bool,
    /// Its codes, joined by `|`.
    pub split: String,
}

/// Where a page behind a figure ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterObserved {
    /// Date of the last row.
    pub on: Date,
    /// Its case.
    pub case: CaseId,
    /// Its place within the case.
    pub place: i64,
}

impl Read<'_> {
    /// What each list adds up to in an organ and below it.
    pub fn tally(
        &self,
        lists: &[Counted],
        organ: &OrganPath,
        span: Span,
    ) -> Result<BTreeMap<Counted, Tally>> {
        let mut tallies = BTreeMap::new();
        for list in lists {
            if !tallies.contains_key(list) {
                let parts = self.parts(list, organ, span)?;
                tallies.insert(list.clone(), total(parts.iter().map(|part| part.tally)));
            }
        }
        Ok(tallies)
    }

    /// What each list adds up to for every organ and set of codes.
    pub fn sums(&self, lists: &[Counted], organ: &OrganPath, span: Span) -> Result<Sums> {
        let each = lists.iter().map(|list| Ok((list.clone(), self.parts(list, organ, span)?)));
        each.collect()
    }

    /// The same for each organ directly below, and for the organ itself where it handles cases.
    pub fn tally_by_organ(
        &self,
        list: &Counted,
        organ: &OrganPath,
        span: Span,
    ) -> Result<BTreeMap<OrganPath, Tally>> {
        let mut tallies: BTreeMap<OrganPath, Tally> = BTreeMap::new();
        for part in self.parts(list, organ, span)? {
            let below = part.organ.as_str().get(organ.as_str().len() + 1..);
            let child = match below.and_then(|below| below.split('/').next()) {
                Some(code) => OrganPath::from(format!("{organ}/{code}")),
                None => organ.clone(),
            };
            let sum = tallies.entry(child).or_default();
            *sum = *sum + part.tally;
        }
        Ok(tallies)
    }

    /// The same for each code at one position of the split.
    pub fn tally_by_code(
        &self,
        list: &Counted,
        position: usize,
        organ: &OrganPath,
        span: Span,
    ) -> Result<BTreeMap<Id, Tally>> {
        let mut tallies: BTreeMap<Id, Tally> = BTreeMap::new();
        for part in self.parts(list, organ, span)? {
            let code = part.split.split('|').nth(position).unwrap_or_default();
            let sum = tallies.entry(code.into()).or_default();
            *sum = *sum + part.tally;
        }
        Ok(tallies)
    }

    /// The list that a tally counts, the latest first. Whoever may see the organ's figures may see
    /// it: the caller checks that the organ is within the reader's posts.
    pub fn observed(
        &self,
        list: &Counted,
        organ: &OrganPath,
        span: Span,
        after: Option<&AfterObserved>,
        limit: u32,
    ) -> Result<Page<Observed, AfterObserved>> {
        let mut with: Vec<Param> = Vec::new();
        let mut which = self.counted(list, organ, span, &mut with);
        if list.part.is_some() {
            let parts = self.parts(list, organ, span)?;
            let mut splits: Vec<String> = parts.into_iter().map(|part| part.split).collect();
            splits.sort_unstable();
            splits.dedup();
            if splits.is_empty() {
                return Ok(Page { rows: Vec::new(), next: None });
            }
            which.push_str(&format!(" and o.split in ({})", places(with.len() + 1, splits.len())));
            with.extend(splits.into_iter().map(Param::from));
        }
        if let Some(after) = after {
            let at = with.len();
            with.extend(params![after.on, after.case.clone(), after.place].to_vec());
            which.push_str(&format!(
                " and (o.on_date, o.case_id, o.place) < (${}, ${}, ${})",
                at + 1,
                at + 2,
                at + 3
            ));
        }
        let sql = format!(
            "select {}, o.version, o.on_date, o.value, o.good, o.split, o.place
             from observation o cross join case_now c
             where {which} and c.county = $1 and c.case_id = o.case_id
             order by o.on_date desc, o.case_id desc, o.place desc limit {}",
            CaseRow::COLUMNS,
            limit + 1
        );
        let mut found = self.db.query(&sql, &with, |row| {
            const AT: usize = CaseRow::WIDTH;
            let observed = Observed {
                case: CaseRow::read(row)?,
                version: row.count(AT)?,
                on: row.date(AT + 1)?,
                value: row.int(AT + 2)?,
                good: row.yes(AT + 3)?,
                split: row.text(AT + 4)?,
            };
            Ok((observed, row.int(AT + 5)?))
        })?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|(last, place)| AfterObserved {
            on: last.on,
            case: last.case.id.clone(),
            place: *place,
        });
        Ok(Page { rows: found.into_iter().map(|(observed, _)| observed).collect(), next })
    }

    /// What a list adds up to, by organ and codes; only the codes that count.
    fn parts(&self, list: &Counted, organ: &OrganPath, span: Span) -> Result<Vec<Sum>> {
        let mut with = Vec::new();
        let which = self.counted(list, organ, span, &mut with);
        let sql = format!(
            "select o.organ, o.split, count(*), cast(sum(o.good) as bigint),
                    cast(sum(o.value) as bigint)
             from observation o where {which} group by o.organ, o.split"
        );
        let mut parts = self.db.query(&sql, &with, |row| {
            Ok(Sum {
                organ: row.text(0)?.into(),
                split: row.text(1)?,
                tally: Tally { count: row.int(2)?, good: row.int(3)?, sum: row.int(4)? },
            })
        })?;
        if let Some((position, codes)) = &list.part {
            parts.retain(|part| {
                let code = part.split.split('|').nth(*position).unwrap_or_default();
                codes.iter().any(|counts| *counts == *code)
            });
        }
        Ok(parts)
    }

    /// The condition that observation `o` belongs to a list. Every count and every list is cut by
    /// it and by nothing else.
    fn counted<'a>(
        &'a self,
        list: &'a Counted,
        organ: &'a OrganPath,
        span: Span,
        with: &mut Vec<Param<'a>>,
    ) -> String {
        let (below, beyond) = subtree(organ);
        with.extend(params![self.county, &list.indicator, organ, below, beyond, span.to].to_vec());
        let mut which = "o.county = $1 and o.indicator = $2 and o.on_date <= $6
             and (o.organ = $3 or (o.organ >= $4 and o.organ < $5))"
            .to_owned();
        if list.stock {
            which.push_str(" and (o.until_date is null or o.until_date > $6)");
        } else {
            with.push(span.from.into());
            which.push_str(" and o.on_date >= $7");
        }
        which
    }
}

fn total(tallies: impl Iterator<Item = Tally>) -> Tally {
    tallies.fold(Tally::default(), std::ops::Add::add)
}
