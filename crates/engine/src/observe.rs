//! 统计观测: a case as the figures see it.

use jiff::civil::Date;
use law::{
    Id,
    calendar::Calendar,
    indicator::{Count, Indicator},
};

use crate::{
    actor::OrganPath,
    case::Case,
    eval::{Scope, Val, date_of},
    fact::Recorded,
};

/// One row of the figures: what one case, or one occurrence of an act, contributes to one
/// indicator. 观测
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// `<procedure>.<indicator>`.
    pub indicator: Id,
    /// The entry it comes from; for a case as a whole, 0.
    pub version: u32,
    /// The organ it counts for: the one that handles the case.
    pub organ: OrganPath,
    /// The date that puts it into a period.
    pub on: Date,
    /// For stocks: no longer counted from this date on.
    pub until: Option<Date>,
    /// 1, or the number to add (money in 分).
    pub value: i64,
    /// For rates: whether it counts in the numerator. Always true where the indicator has none.
    pub good: bool,
    /// The codes it is split by, in the order of the definition, joined by `|`.
    pub split: String,
}

/// Everything a case contributes. Nothing here depends on today: what is not yet decided is
/// simply not observed yet.
pub fn observe(case: &Case, calendar: &Calendar) -> Vec<Observation> {
    if case.is_void() {
        return Vec::new();
    }
    let whole = Scope::timeless(case, calendar);
    let mut observations = Vec::new();
    for indicator in case.procedure.indicators.values() {
        match &indicator.count {
            Count::Cases => observations.extend(observation(case, indicator, &whole, 0)),
            Count::Acts(act) => {
                for recorded in case.done(act, u32::MAX) {
                    let scope = occurrence(case, recorded, calendar);
                    observations.extend(observation(case, indicator, &scope, recorded.version));
                }
            }
        }
    }
    observations
}

/// What one occurrence of an act sees: the case up to it, and its own answers as `new`.
fn occurrence<'a>(case: &'a Case, recorded: &'a Recorded, calendar: &'a Calendar) -> Scope<'a> {
    Scope {
        upto: recorded.version,
        answers: Some(&recorded.fact.answers),
        each: case.done_for(recorded),
        ..Scope::timeless(case, calendar)
    }
}

fn observation(
    case: &Case,
    indicator: &Indicator,
    scope: &Scope,
    version: u32,
) -> Option<Observation> {
    if indicator.among.as_ref().is_some_and(|among| !scope.holds(among)) {
        return None;
    }
    let on = scope.date(&indicator.dated)?;
    let value = match &indicator.sum {
        None => 1,
        Some(sum) => match scope.value(sum) {
            Val::Int(number) | Val::Money(number) => number,
            _ => return None,
        },
    };
    let until = match &indicator.stock_until {
        Some(Some(until)) => date_of(&scope.value(until)),
        _ => None,
    };
    let split: Vec<String> = indicator.split.iter().map(|by| code(&scope.value(by))).collect();
    Some(Observation {
        indicator: format!("{}.{}", case.procedure.id, indicator.id).into(),
        version,
        organ: case.organ().clone(),
        on,
        until,
        value,
        good: indicator.good.as_ref().is_none_or(|good| scope.holds(good)),
        split: split.join("|"),
    })
}

fn code(value: &Val) -> String {
    match value {
        Val::Codes(codes) => codes.first().map(ToString::to_string).unwrap_or_default(),
        Val::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
        Val::Int(number) => number.to_string(),
        Val::Organs(several) | Val::People(several) => several.join(","),
        _ => String::new(),
    }
}
