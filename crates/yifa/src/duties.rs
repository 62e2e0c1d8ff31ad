//! 应办与考核: who has done what they owe this year, and how organs score.

use std::collections::BTreeMap;

use engine::{
    actor::OrganPath,
    duty::{self, Score, Standing, Subject, Sums, Term},
    figure::{self, Measure, Value},
};
use jiff::civil::Date;
use law::{
    Law,
    assessment::{Assessment, Scoring},
    indicator::{Span, Unit},
    quota::{Bound, Quota, Subjects},
};
use store::{Organ, Read, StoreError};

use crate::{figures::address, office::Office};

/// A quota with everybody who owes it. 应办
pub struct Duty<'a> {
    /// The quota.
    pub quota: &'a Quota,
    /// The unit of its figure.
    pub unit: Unit,
    /// Who owes it, the missing first.
    pub rows: Vec<Owed>,
}

/// One who owes. 责任主体
pub struct Owed {
    /// 单位或者人员.
    pub name: String,
    /// Where it stands in the organ tree.
    pub organ: OrganPath,
    /// The worst of its periods.
    pub standing: Standing,
    /// Each period that has begun: its name, what was done, how that stands.
    pub terms: Vec<(String, i64, Standing)>,
    /// The address of the list behind it, where it has one of its own.
    pub url: Option<String>,
}

impl Duty<'_> {
    /// How many stand so.
    pub fn how_many(&self, standing: Standing) -> usize {
        self.rows.iter().filter(|row| row.standing == standing).count()
    }

    /// An amount of its figure with its unit.
    pub fn amount(&self, amount: i64) -> String {
        Value::Amount(amount, self.unit).to_string()
    }

    /// `至少2次`, `至多1次`.
    pub fn asks(&self) -> String {
        let number = match self.unit {
            Unit::Yuan => self.quota.bound.number().saturating_mul(100),
            _ => self.quota.bound.number(),
        };
        let word = match self.quota.bound {
            Bound::AtLeast(_) => "至少",
            Bound::AtMost(_) => "至多",
        };
        format!("{word}{}", Value::Amount(number, self.unit))
    }
}

/// Every quota of the organs below one, in a year, as of a day.
pub fn of_year<'a>(
    office: &'a Office,
    organ: &OrganPath,
    year: i16,
) -> Result<Vec<Duty<'a>>, StoreError> {
    let (law, today) = (office.law(), office.clock().today());
    office.store().read(office.county(), |read| {
        let subjects = Owing::below(read, organ, year, today)?;
        let mut duties = Vec::new();
        for quota in law.quotas.values() {
            duties.extend(subjects.duty(read, law, quota, organ, year, today)?);
        }
        Ok(duties)
    })
}

/// Everybody who may owe something.
struct Owing {
    organs: Vec<Organ>,
    /// Role, organ, person, name.
    posts: Vec<(law::Id, OrganPath, String, String)>,
}

impl Owing {
    fn below(
        read: &Read<'_>,
        organ: &OrganPath,
        year: i16,
        today: Date,
    ) -> Result<Self, StoreError> {
        let mut organs = read.organs()?;
        organs.retain(|one| organ.covers(&one.path));
        let day = figure::year(year).to.min(today);
        let names: BTreeMap<String, String> =
            read.people()?.into_iter().map(|person| (person.id, person.name)).collect();
        let held = read.posts(organ)?.into_iter().filter(|(_, post)| post.on(day));
        let posts = held
            .map(|(person, post)| {
                let name = names.get(&person).cloned().unwrap_or_else(|| person.clone());
                (post.role, post.organ, person, name)
            })
            .collect();
        Ok(Self { organs, posts })
    }

    /// Name, organ and code of everybody who owes a quota.
    fn of(&self, quota: &Quota) -> Vec<(String, OrganPath, String)> {
        match &quota.of {
            Subjects::Organs(kinds) => {
                let owing = self.organs.iter().filter(|one| kinds.iter().any(|k| *k == *one.kind));
                owing
                    .map(|one| (one.name.clone(), one.path.clone(), one.path.to_string()))
                    .collect()
            }
            Subjects::Posts(roles) => {
                let owing = self.posts.iter().filter(|(role, ..)| roles.contains(role));
                let mut owing: Vec<_> = owing
                    .map(|(_, organ, person, name)| (name.clone(), organ.clone(), person.clone()))
                    .collect();
                owing.sort_by(|one, other| (&one.1, &one.2).cmp(&(&other.1, &other.2)));
                owing.dedup_by(|one, other| one.2 == other.2);
                owing
            }
        }
    }

    fn duty<'a>(
        &self,
        read: &Read<'_>,
        law: &Law,
        quota: &'a Quota,
        organ: &OrganPath,
        year: i16,
        today: Date,
    ) -> Result<Option<Duty<'a>>, StoreError> {
        let owing = self.of(quota);
        let Some(measure) = figure::measure(law, &quota.figure).filter(|_| !owing.is_empty())
        else {
            return Ok(None);
        };
        let position = quota.by.as_ref().and_then(|by| position(law, &measure, by));
        // Who is named in a split may be named by anybody in the county.
        let counted = match position {
            Some(_) => OrganPath::from(organ.county()),
            None => organ.clone(),
        };
        let mut terms: Vec<(Term, Sums)> = Vec::new();
        for term in duty::terms(quota.per, year, today) {
            let sums = sums(read, &measure, &counted, term.span)?;
            terms.push((term, sums));
        }
        let row = |(name, organ, code): (String, OrganPath, String)| {
            let subject = match position {
                Some(position) => Subject::Code(position, &code),
                None => Subject::Organ(&organ),
            };
            let each = terms.iter().map(|(term, sums)| {
                let done = amount(duty::value_for(&measure, sums, subject));
                let scale = if measure.unit == Unit::Yuan { 100 } else { 1 };
                let standing = duty::standing(quota, done / scale, term.ended);
                (term.name.clone(), done, standing)
            });
            let terms: Vec<(String, i64, Standing)> = each.collect();
            let standing = terms.iter().map(|term| term.2).max().unwrap_or(Standing::Kept);
            let url = position.is_none().then(|| address(&quota.figure, organ.as_str(), year));
            Owed { name, organ, standing, terms, url }
        };
        let mut rows: Vec<Owed> = owing.into_iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.standing));
        Ok(Some(Duty { quota, unit: measure.unit, rows }))
    }
}

/// Where the split of a measure's only list has this expression.
fn position(law: &Law, measure: &Measure, by: &str) -> Option<usize> {
    let (procedure, indicator) = measure.key.split_once('.')?;
    let indicator = law.procedures.get(procedure)?.last()?.indicators.get(indicator)?;
    indicator.split.iter().position(|split| *split.text == *by)
}

fn sums(
    read: &Read<'_>,
    measure: &Measure,
    organ: &OrganPath,
    span: Span,
) -> Result<Sums, StoreError> {
    let lists: Vec<_> = measure.needs().into_iter().cloned().collect();
    read.sums(&lists, organ, span)
}

fn amount(value: Value) -> i64 {
    match value {
        Value::Amount(amount, _) => amount,
        Value::Rate { good, .. } => good,
        Value::Mean { sum, .. } => sum,
    }
}

/// How one organ scores. 考核得分
pub struct Scored {
    /// The organ.
    pub organ: Organ,
    /// In hundredths of a point.
    pub points: i64,
    /// Each item's score, in the order of the scheme, with the address of the list behind it.
    pub items: Vec<(Score, String)>,
}

/// Every organ below one that a scheme is for, the highest score first.
pub fn scored(
    office: &Office,
    assessment: &Assessment,
    organ: &OrganPath,
    year: i16,
) -> Result<Vec<Scored>, StoreError> {
    let law = office.law();
    let span = figure::year(year);
    office.store().read(office.county(), |read| {
        let organs = read.organs()?.into_iter().filter(|one| {
            organ.covers(&one.path) && assessment.kinds.iter().any(|kind| *kind == *one.kind)
        });
        let mut all: Vec<Scored> =
            organs.map(|organ| Scored { organ, points: 0, items: Vec::new() }).collect();
        for item in &assessment.items {
            let (key, quota) = match &item.how {
                Scoring::Share(key) | Scoring::Full(key, _) | Scoring::Each(key, _) => (key, None),
                Scoring::Quota(id) => match law.quotas.get(id) {
                    Some(quota) => (&quota.figure, Some(quota)),
                    None => continue,
                },
            };
            let Some(measure) = figure::measure(law, key) else { continue };
            let by = quota.and_then(|quota| quota.by.as_ref());
            let position = by.and_then(|by| position(law, &measure, by));
            let sums = sums(read, &measure, &OrganPath::from(office.county()), span)?;
            for one in &mut all {
                let subject = match position {
                    Some(position) => Subject::Code(position, one.organ.path.as_str()),
                    None => Subject::Organ(&one.organ.path),
                };
                let value = duty::value_for(&measure, &sums, subject);
                let score = duty::score(item, value, quota.map(|quota| quota.bound));
                one.points += score.points;
                let url = address(key, one.organ.path.as_str(), year);
                one.items.push((score, url));
            }
        }
        all.sort_by(|one, other| {
            (other.points, &one.organ.path).cmp(&(one.points, &other.organ.path))
        });
        Ok(all)
    })
}

/// The schemes for a year.
pub fn schemes(law: &Law, year: i16) -> impl Iterator<Item = &Assessment> {
    law.assessments.values().filter(move |one| (one.years.0..=one.years.1).contains(&year))
}
