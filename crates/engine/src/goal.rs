//! 目标: whether a figure is as wanted, what that scores, and how the score came about.

use law::{Id, indicator::Unit, value::FigureRef};

use crate::figure::{self, Value};

/// 要求: no less, no more, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// 不少于.
    AtLeast,
    /// 不多于.
    AtMost,
    /// 等于.
    Equal,
}

/// What was read: a figure, or a number that a person typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A figure.
    Figure(Value),
    /// A number without a unit.
    Plain(i64),
}

/// A reading and what is wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// What it is.
    pub reading: Reading,
    /// How it is to be …
    pub bound: Bound,
    /// … to this: of a rate in percent, of money in yuan.
    pub want: i64,
}

impl Bound {
    /// The bound of a code of the law.
    pub fn named(code: &Id) -> Option<Self> {
        let [least, most, equal] = law::expr::Goal::BOUNDS;
        match code.as_str() {
            code if code == least => Some(Bound::AtLeast),
            code if code == most => Some(Bound::AtMost),
            code if code == equal => Some(Bound::Equal),
            _ => None,
        }
    }

    /// As read aloud.
    pub const fn name(self) -> &'static str {
        match self {
            Bound::AtLeast => "不少于",
            Bound::AtMost => "不多于",
            Bound::Equal => "等于",
        }
    }
}

impl Reading {
    /// Of a recorded figure.
    pub fn of(figure: &FigureRef) -> Self {
        Reading::Figure(figure::came(figure))
    }

    /// Numerator and denominator in the unit of what is wanted; `None` for a share of nothing.
    fn ratio(self) -> Option<(i128, i128)> {
        let (number, by) = match self {
            Reading::Plain(number) | Reading::Figure(Value::Amount(number, _)) => (number, 1),
            Reading::Figure(Value::Rate { good, among }) => (good.saturating_mul(100), among),
            Reading::Figure(Value::Mean { sum, count, .. }) => (sum, count),
        };
        let yuan = match self {
            Reading::Figure(Value::Amount(_, unit) | Value::Mean { unit, .. }) => {
                unit == Unit::Yuan
            }
            _ => false,
        };
        let by = i128::from(by) * if yuan { 100 } else { 1 };
        (by != 0).then_some((i128::from(number), by))
    }

    /// What is wanted, with the unit of what was read: `4场`, `95%`.
    pub fn wanted(self, want: i64) -> String {
        match self {
            Reading::Plain(_) => want.to_string(),
            Reading::Figure(Value::Rate { .. }) => format!("{want}%"),
            Reading::Figure(Value::Amount(_, unit) | Value::Mean { unit, .. }) => {
                format!("{want}{}", unit.name())
            }
        }
    }
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reading::Figure(value) => value.fmt(f),
            Reading::Plain(number) => number.fmt(f),
        }
    }
}

impl Goal {
    /// Whether it is as wanted. A share of nothing is: nothing to do is nothing done wrong.
    pub fn reached(&self) -> bool {
        let Some((number, by)) = self.reading.ratio() else { return true };
        let want = i128::from(self.want) * by;
        match self.bound {
            Bound::AtLeast => number >= want,
            Bound::AtMost => number <= want,
            Bound::Equal => number == want,
        }
    }

    /// The full mark where it is as wanted; short of a least number, in proportion, halves of a
    /// point rounded up but never to the full mark; else nothing.
    pub fn points(&self, full: i64) -> i64 {
        if self.reached() {
            return full;
        }
        match (self.bound, self.reading.ratio()) {
            (Bound::AtLeast, Some((number, by))) if self.want > 0 => {
                let (share, whole) = (number.max(0), i128::from(self.want) * by);
                let points = (2 * i128::from(full) * share + whole) / (2 * whole);
                i64::try_from(points).unwrap_or(full).min((full - 1).max(0))
            }
            _ => 0,
        }
    }

    /// `不少于4场`.
    pub fn asks(&self) -> String {
        format!("{}{}", self.bound.name(), self.reading.wanted(self.want))
    }

    /// How the points came about, as a clerk would explain it.
    pub fn working(&self, full: i64) -> String {
        let Goal { reading, bound, want } = self;
        let points = self.points(full);
        if reading.ratio().is_none() {
            return format!("本期没有应办事项，得满分{points}分");
        }
        match (self.reached(), bound) {
            (true, _) => format!("{reading}，目标{}，得满分{points}分", self.asks()),
            (false, Bound::AtLeast) => {
                format!("{full}分 × {reading} ÷ {} = {points}分（按整分）", reading.wanted(*want))
            }
            (false, _) => format!("{reading}，目标{}，没有达到，不得分", self.asks()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(reading: Reading, bound: Bound, want: i64) -> Goal {
        Goal { reading, bound, want }
    }

    fn amount(number: i64) -> Reading {
        Reading::Figure(Value::Amount(number, Unit::Session))
    }

    #[test]
    fn short_of_a_least_number_scores_in_proportion_never_in_full() {
        let at = |number| goal(amount(number), Bound::AtLeast, 200);
        assert_eq!(at(200).points(50), 50);
        assert_eq!(at(199).points(50), 49);
        assert_eq!(at(150).points(50), 38); // 37.5
        assert_eq!(at(-3).points(50), 0);
        assert_eq!(at(150).working(50), "50分 × 150场 ÷ 200场 = 38分（按整分）");
        assert_eq!(at(200).working(50), "200场，目标不少于200场，得满分50分");
    }

    #[test]
    fn a_most_and_an_exact_number_are_all_or_nothing() {
        assert_eq!(goal(amount(1), Bound::AtMost, 1).points(20), 20);
        assert_eq!(goal(amount(2), Bound::AtMost, 1).points(20), 0);
        assert_eq!(goal(amount(2), Bound::Equal, 3).points(20), 0);
        assert!(goal(amount(3), Bound::Equal, 3).reached());
    }

    #[test]
    fn rates_are_compared_unrounded_and_a_share_of_nothing_is_kept() {
        let rate = |good, among, bound, want| {
            goal(Reading::Figure(Value::Rate { good, among }), bound, want)
        };
        assert!(!rate(9499, 10_000, Bound::AtLeast, 95).reached());
        assert!(!rate(55, 1000, Bound::AtMost, 5).reached());
        assert!(!rate(952, 1000, Bound::Equal, 95).reached());
        assert!(rate(19, 20, Bound::AtLeast, 95).reached());
        assert_eq!(rate(0, 0, Bound::AtLeast, 95).points(10), 10);
        assert_eq!(
            rate(3, 4, Bound::AtLeast, 100).working(20),
            "20分 × 75%（3/4） ÷ 100% = 15分（按整分）"
        );
    }

    #[test]
    fn money_is_wanted_in_yuan() {
        let paid =
            |cents| goal(Reading::Figure(Value::Amount(cents, Unit::Yuan)), Bound::AtLeast, 10);
        assert!(paid(1000).reached());
        assert_eq!(paid(999).points(10), 9);
        assert_eq!(paid(500).points(10), 5);
    }
}
