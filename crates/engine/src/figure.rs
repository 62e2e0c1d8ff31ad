//! 数据: a measured indicator that prints its own working.

use std::fmt;

use jiff::civil::Date;
use law::{
    Id, Law,
    indicator::{How, Indicator, Joined, Span, Unit},
    value::{Came, FigureRef},
};

/// What a list of observations adds up to. The same query that lists them counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Observations.
    pub count: i64,
    /// Of them, those in the numerator.
    pub good: i64,
    /// Their values added up.
    pub sum: i64,
}

impl std::ops::Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            good: self.good + other.good,
            sum: self.sum + other.sum,
        }
    }
}

/// What has to be tallied for a figure: one observation list. 口径
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// `<procedure>.<indicator>`.
    pub indicator: Id,
    /// Position of the split and the codes of it that count; all where none.
    pub part: Option<(usize, Vec<Id>)>,
    /// A stock: counts what stands at the end of the period.
    pub stock: bool,
}

/// What an indicator measures, however it comes about. 指标
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its key.
    pub key: Id,
    /// 名称.
    pub name: String,
    /// Its unit; rates are in percent whatever they count.
    pub unit: Unit,
    /// 口径 in words.
    pub note: Option<String>,
    /// The article, as text.
    pub basis: Option<String>,
    /// How it is put together.
    pub how: Measured,
}

/// How a measure is put together from lists.
#[derive(Clone, Debug)]
pub enum Measured {
    /// Length or sum of these lists.
    Amount {
        /// The lists.
        lists: Vec<Counted>,
        /// Adds values instead of counting.
        sums: bool,
    },
    /// The good of one list.
    Share(Counted),
    /// One amount out of another.
    Quotient(Part, Part),
    /// One amount less another.
    Difference(Part, Part),
    /// One amount spread over another.
    Mean(Part, Part),
}

/// Lists that make one amount of a measure put together from two. 构成
#[derive(Clone, Debug)]
pub struct Part {
    /// The lists.
    pub lists: Vec<Counted>,
    /// Adds values instead of counting.
    pub sums: bool,
}

/// A measured indicator. 数据
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its key.
    pub key: Id,
    /// 名称.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The value for the year before, measured the same way.
    pub before: Option<Value>,
    /// 口径 in words.
    pub note: Option<String>,
    /// The article, as text.
    pub basis: Option<String>,
}

/// The value of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// So many of a unit; money in 分.
    Amount(i64, Unit),
    /// So many out of so many.
    Rate {
        /// Numerator.
        good: i64,
        /// Denominator.
        among: i64,
    },
    /// So much over so many, in the unit of what is spread.
    Mean {
        /// What is spread; money in 分.
        sum: i64,
        /// Over how many.
        count: i64,
        /// Its unit.
        unit: Unit,
    },
}

/// Every measure the law defines: those of procedures in menu order, then those that join them.
pub fn measures(law: &Law) -> Vec<Measure> {
    let own = law.newest().flat_map(|procedure| {
        procedure.indicators.values().map(|indicator| own(&procedure.id, indicator))
    });
    own.chain(law.joined.values().filter_map(|joined| joined_measure(law, joined))).collect()
}

/// The measure with this key.
pub fn measure(law: &Law, key: &str) -> Option<Measure> {
    if let Some(joined) = law.joined.get(key) {
        return joined_measure(law, joined);
    }
    let (procedure, id) = key.split_once('.')?;
    let procedure = law.procedures.get(procedure)?.last()?;
    Some(own(&procedure.id, procedure.indicators.get(id)?))
}

fn own(procedure: &Id, indicator: &Indicator) -> Measure {
    let key: Id = format!("{procedure}.{}", indicator.id).into();
    let list =
        Counted { indicator: key.clone(), part: None, stock: indicator.stock_until.is_some() };
    let how = if indicator.good.is_some() {
        Measured::Share(list)
    } else {
        Measured::Amount { lists: vec![list], sums: indicator.sum.is_some() }
    };
    Measure {
        key,
        name: indicator.name.clone(),
        unit: indicator.unit,
        note: indicator.note.clone(),
        basis: indicator.basis.as_ref().map(|basis| basis.text.clone()),
        how,
    }
}

fn joined_measure(law: &Law, joined: &Joined) -> Option<Measure> {
    let two = |one: &Id, other: &Id| {
        let (one, other) = (measure(law, one)?, measure(law, other)?);
        Some((part(&one), part(&other), one.unit, other.unit))
    };
    let (how, unit) = match &joined.how {
        How::Sum(keys) => {
            let parts: Vec<Measure> = keys.iter().filter_map(|key| measure(law, key)).collect();
            let unit = parts.first()?.unit;
            let sums = parts.iter().any(|one| part(one).sums);
            (Measured::Amount { lists: parts.iter().flat_map(lists).collect(), sums }, unit)
        }
        How::Rate { good, among } => {
            let (good, among, _, unit) = two(good, among)?;
            (Measured::Quotient(good, among), unit)
        }
        How::Less { of, minus } => {
            let (of, minus, unit, _) = two(of, minus)?;
            (Measured::Difference(of, minus), unit)
        }
        How::Mean { sum, count } => {
            let (sum, count, unit, _) = two(sum, count)?;
            (Measured::Mean(sum, count), unit)
        }
        How::Part { of, split, codes } => {
            let whole = measure(law, of)?;
            let (procedure, id) = of.split_once('.')?;
            let indicator = law.procedures.get(procedure)?.last()?.indicators.get(id)?;
            let place = indicator.split.iter().position(|by| *by.text == **split)?;
            let mut list = lists(&whole).into_iter().next()?;
            list.part = Some((place, codes.clone()));
            let sums = indicator.sum.is_some();
            (Measured::Amount { lists: vec![list], sums }, whole.unit)
        }
    };
    Some(Measure {
        key: joined.key.clone(),
        name: joined.name.clone(),
        unit,
        note: joined.note.clone(),
        basis: None,
        how,
    })
}

/// What a measure of an amount is made of.
fn part(measure: &Measure) -> Part {
    let sums = matches!(measure.how, Measured::Amount { sums: true, .. });
    Part { lists: lists(measure), sums }
}

/// The lists a measure counts (for a rate: its denominator).
pub fn lists(measure: &Measure) -> Vec<Counted> {
    match &measure.how {
        Measured::Amount { lists, .. } => lists.clone(),
        Measured::Share(list) => vec![list.clone()],
        Measured::Quotient(_, among) => among.lists.clone(),
        Measured::Difference(of, _) => of.lists.clone(),
        Measured::Mean(_, count) => count.lists.clone(),
    }
}

impl Part {
    fn amount(&self, tally: &impl Fn(&Counted) -> Tally) -> i64 {
        let total = self.lists.iter().map(tally).fold(Tally::default(), std::ops::Add::add);
        if self.sums { total.sum } else { total.count }
    }
}

impl Measure {
    /// Every list that has to be tallied for it.
    pub fn needs(&self) -> Vec<&Counted> {
        match &self.how {
            Measured::Amount { lists, .. } => lists.iter().collect(),
            Measured::Share(list) => vec![list],
            Measured::Quotient(one, other)
            | Measured::Difference(one, other)
            | Measured::Mean(one, other) => one.lists.iter().chain(&other.lists).collect(),
        }
    }

    /// Its value, given what each list adds up to.
    pub fn value(&self, tally: &impl Fn(&Counted) -> Tally) -> Value {
        match &self.how {
            Measured::Amount { lists, sums } => {
                let total = lists.iter().map(tally).fold(Tally::default(), std::ops::Add::add);
                Value::Amount(if *sums { total.sum } else { total.count }, self.unit)
            }
            Measured::Share(list) => {
                let total = tally(list);
                Value::Rate { good: total.good, among: total.count }
            }
            Measured::Quotient(good, among) => {
                Value::Rate { good: good.amount(tally), among: among.amount(tally) }
            }
            Measured::Difference(of, minus) => {
                Value::Amount(of.amount(tally) - minus.amount(tally), self.unit)
            }
            Measured::Mean(sum, count) => {
                Value::Mean { sum: sum.amount(tally), count: count.amount(tally), unit: self.unit }
            }
        }
    }

    /// The figure, given the tallies of the period and of the year before.
    pub fn figure(
        &self,
        now: &impl Fn(&Counted) -> Tally,
        before: Option<&dyn Fn(&Counted) -> Tally>,
    ) -> Figure {
        Figure {
            key: self.key.clone(),
            name: self.name.clone(),
            value: self.value(now),
            before: before.map(|before| self.value(&|counted: &Counted| before(counted))),
            note: self.note.clone(),
            basis: self.basis.clone(),
        }
    }
}

/// What a recorded figure came to.
pub fn came(figure: &FigureRef) -> Value {
    // A unit that is no longer known counts as pieces; the recorded word is kept beside it.
    let unit = Unit::named(&figure.unit).unwrap_or(Unit::Piece);
    match figure.came {
        Came::Amount(amount) => Value::Amount(amount, unit),
        Came::Rate { good, among } => Value::Rate { good, among },
        Came::Mean { sum, count } => Value::Mean { sum, count, unit },
    }
}

impl Value {
    /// As it is recorded.
    pub fn recorded(self) -> Came {
        match self {
            Value::Amount(amount, _) => Came::Amount(amount),
            Value::Rate { good, among } => Came::Rate { good, among },
            Value::Mean { sum, count, .. } => Came::Mean { sum, count },
        }
    }

    /// Nothing was counted: for a rate or mean, nothing to divide by.
    pub fn is_empty(&self) -> bool {
        matches!(
            self,
            Value::Amount(0, _) | Value::Rate { among: 0, .. } | Value::Mean { count: 0, .. }
        )
    }

    /// The number a list must have, without unit: `1,234` is printed `1234`, yuan with two
    /// decimals.
    pub fn number(&self) -> String {
        match self {
            Value::Amount(cents, Unit::Yuan) => {
                crate::show::money(*cents).trim_end_matches('元').to_owned()
            }
            Value::Amount(count, _) => count.to_string(),
            Value::Rate { good, among } => percent(*good, *among).unwrap_or_else(|| "—".into()),
            Value::Mean { count: 0, .. } => "—".into(),
            Value::Mean { sum, count, unit: Unit::Yuan } => {
                let each = round_div(i128::from(*sum), i128::from(*count));
                crate::show::money(i64::try_from(each).unwrap_or(i64::MAX))
                    .trim_end_matches('元')
                    .to_owned()
            }
            Value::Mean { sum, count, .. } => {
                hundredth(round_div(i128::from(*sum) * 100, i128::from(*count)))
            }
        }
    }

    /// The working of a rate or mean: `4452/4549`.
    pub fn working(&self) -> Option<String> {
        match self {
            Value::Rate { good, among } => Some(format!("{good}/{among}")),
            Value::Mean { sum, count, unit: Unit::Yuan } => {
                Some(format!("{}/{count}", crate::show::money(*sum)))
            }
            Value::Mean { sum, count, .. } => Some(format!("{sum}/{count}")),
            Value::Amount(..) => None,
        }
    }
}

impl fmt::Display for Value {
    /// With its unit: `4549件`, `97.87%（4452/4549）`, `91.47分（420389/4596）`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Amount(_, unit) => write!(f, "{}{}", self.number(), unit.name()),
            Value::Rate { good, among } => match percent(*good, *among) {
                Some(percent) => write!(f, "{percent}（{good}/{among}）"),
                None => f.write_str("—（无）"),
            },
            Value::Mean { count: 0, .. } => f.write_str("—（无）"),
            Value::Mean { unit, .. } => {
                let working = self.working().unwrap_or_default();
                write!(f, "{}{}（{working}）", self.number(), unit.name())
            }
        }
    }
}

/// A share in percent with at most two decimals, halves rounded up; never rounded up to 100% nor
/// down to 0%. `None` where there is nothing to take a share of.
///
/// 四舍五入，未达100%不得取整成100% (annual reports lose their readers' trust exactly there).
pub fn percent(good: i64, among: i64) -> Option<String> {
    if among == 0 {
        return None;
    }
    let mut hundredths = round_div(i128::from(good) * 10_000, i128::from(among));
    if good < among && hundredths >= 10_000 {
        hundredths = 9_999;
    }
    if good > 0 && hundredths == 0 {
        hundredths = 1;
    }
    Some(format!("{}%", hundredth(hundredths)))
}

/// How a value changed against the year before, as a clerk writes it. 同比
///
/// Amounts change by a percentage of the earlier amount, rates by percentage points, both from
/// unrounded values. Where the earlier value is 0 no percentage exists.
pub fn change(now: Value, before: Value) -> Option<String> {
    match (now, before) {
        (Value::Amount(now, unit), Value::Amount(before, earlier)) if unit == earlier => {
            Some(match (now, before) {
                _ if now == before => "与上年持平".into(),
                (_, 0) => return None,
                _ => {
                    let moved = i128::from((now - before).abs()) * 10_000;
                    let percent = hundredth(round_div(moved, i128::from(before.abs())));
                    let way = if now > before { "上升" } else { "下降" };
                    format!("同比{way}{percent}%")
                }
            })
        }
        (Value::Rate { good, among }, Value::Rate { good: good_before, among: among_before }) => {
            if among == 0 || among_before == 0 {
                return None;
            }
            let (among, among_before) = (i128::from(among), i128::from(among_before));
            let moved = i128::from(good) * among_before - i128::from(good_before) * among;
            if moved == 0 {
                return Some("与上年持平".into());
            }
            let points = hundredth(round_div(moved.abs() * 10_000, among * among_before));
            let way = if moved > 0 { "上升" } else { "下降" };
            Some(format!("同比{way}{points}个百分点"))
        }
        _ => None,
    }
}

fn round_div(number: i128, by: i128) -> i128 {
    (2 * number + by) / (2 * by)
}

/// Hundredths without trailing zeros: 9787 = `97.87`, 9500 = `95`.
fn hundredth(hundredths: i128) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The calendar year a report speaks of.
pub fn year(year: i16) -> Span {
    Span { from: Date::constant(year, 1, 1), to: Date::constant(year, 12, 31) }
}
