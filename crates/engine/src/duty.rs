//! 应办与考核: how far each unit or person has come with what it owes, and what that scores.

use std::collections::BTreeMap;

use jiff::civil::Date;
use law::{
    assessment::{ScoreItem, Scoring},
    indicator::{Span, Unit},
    quota::{Bound, Per, Quota},
};

use crate::{
    actor::OrganPath,
    figure::{Counted, Measure, Tally, Value, percent},
    show,
};

/// What a list adds up to for one organ and one set of codes. 分单位合计
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The organ that handles the cases.
    pub organ: OrganPath,
    /// Their codes, joined by `|`.
    pub split: String,
    /// What they add up to.
    pub tally: Tally,
}

/// The sums of the lists that a measure needs.
pub type Sums = BTreeMap<Counted, Vec<Sum>>;

/// Who owes: found by the organ that handles the case, or by a code of the split. 责任主体
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// An organ, with those below it.
    Organ(&'a OrganPath),
    /// What stands at this position of the split.
    Code(usize, &'a str),
}

impl Subject<'_> {
    fn owns(self, sum: &Sum) -> bool {
        match self {
            Subject::Organ(organ) => organ.covers(&sum.organ),
            Subject::Code(position, code) => {
                // A field with several answers counts for each of them.
                let at = sum.split.split('|').nth(position).unwrap_or_default();
                at.split(',').any(|one| one == code)
            }
        }
    }
}

/// What a measure comes to for one subject.
pub fn value_for(measure: &Measure, sums: &Sums, subject: Subject<'_>) -> Value {
    measure.value(&|list: &Counted| {
        let owned = sums.get(list).into_iter().flatten().filter(|sum| subject.owns(sum));
        owned.fold(Tally::default(), |all, sum| all + sum.tally)
    })
}

/// A period of a quota. 期
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// `第1季度`, `3月`; empty where the year is one.
    pub name: String,
    /// Its days.
    pub span: Span,
    /// Whether it is over.
    pub ended: bool,
}

/// The periods of a year that have begun by a day.
pub fn terms(per: Per, year: i16, today: Date) -> Vec<Term> {
    let months: i8 = match per {
        Per::Year | Per::Standing => 12,
        Per::Quarter => 3,
        Per::Month => 1,
    };
    let span = |first: i8| Span {
        from: Date::constant(year, first, 1),
        to: Date::constant(year, first + months - 1, 1).last_of_month(),
    };
    let name = |first: i8| match per {
        Per::Year | Per::Standing => String::new(),
        Per::Quarter => format!("第{}季度", first / 3 + 1),
        Per::Month => format!("{first}月"),
    };
    (1..=12)
        .step_by(usize::from(months.unsigned_abs()))
        .map(|first| (first, span(first)))
        .filter(|(_, span)| span.from <= today)
        .map(|(first, span)| Term { name: name(first), span, ended: span.to < today })
        .collect()
}

/// How a subject stands with a quota. 办理状况
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is kept.
    Kept,
    /// There is time left.
    Open,
    /// The period is over, or the stock is wanting.
    Missing,
    /// More than may be.
    Over,
}

/// How an amount stands.
pub fn standing(quota: &Quota, amount: i64, ended: bool) -> Standing {
    match quota.bound {
        Bound::AtMost(most) if amount > most => Standing::Over,
        Bound::AtLeast(least) if amount < least => match quota.per {
            Per::Standing => Standing::Missing,
            _ if ended => Standing::Missing,
            _ => Standing::Open,
        },
        _ => Standing::Kept,
    }
}

/// What an item of an assessment scores. 得分
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// In hundredths of a point.
    pub points: i64,
    /// How it came about, as a clerk would explain it.
    pub working: String,
}

/// Scores an item. `value` is the figure's, or for a quota the amount reached; `least` is what
/// the quota asks.
pub fn score(item: &ScoreItem, value: Value, least: Option<Bound>) -> Score {
    let weight = item.weight;
    let full = format!("{}分", show::points(weight));
    match (&item.how, value) {
        (Scoring::Share(_), Value::Rate { good, among }) => match percent(good, among) {
            Some(share) => {
                let points = share_of(weight, good, among);
                let working = format!("{full} × {share}（{good}/{among}）");
                Score { points, working }
            }
            // Nothing to do is nothing done wrong.
            None => {
                Score { points: weight, working: "本期没有应办事项，得满分".into() }
            }
        },
        (Scoring::Full(_, want), Value::Amount(amount, unit)) => {
            let want = if unit == Unit::Yuan { want.saturating_mul(100) } else { *want };
            let points = share_of(weight, amount.clamp(0, want), want);
            Score { points, working: format!("{full} × {value} ÷ {}", Value::Amount(want, unit)) }
        }
        (Scoring::Quota(_), Value::Amount(amount, unit)) => match least {
            Some(Bound::AtLeast(least)) if least > 0 => {
                let points = share_of(weight, amount.clamp(0, least), least);
                let want = Value::Amount(least, unit);
                Score { points, working: format!("{full} × 已办{value} ÷ 应办{want}") }
            }
            Some(Bound::AtMost(most)) if amount > most => {
                Score { points: 0, working: format!("{value}，超过上限{most}{}", unit.name()) }
            }
            _ => Score { points: weight, working: format!("{value}，得满分") },
        },
        (Scoring::Each(_, each), Value::Amount(amount, _)) => {
            let points = each.saturating_mul(amount).clamp(-weight, weight);
            let kind = if *each < 0 { "扣" } else { "加" };
            let each = format!("{}分", show::points(each.abs()));
            Score { points, working: format!("{value} × 每一{kind}{each}，至多{full}") }
        }
        _ => Score { points: 0, working: "没有数据".into() },
    }
}

/// The weight times a share, halves rounded up; in full only for the whole.
fn share_of(weight: i64, good: i64, among: i64) -> i64 {
    let points =
        (2 * i128::from(weight) * i128::from(good) + i128::from(among)) / (2 * i128::from(among));
    let points = i64::try_from(points).unwrap_or(weight);
    if good < among && points >= weight { (weight - 1).max(0) } else { points }
}
