//! 按数演算: how often each play must be played for given totals to come out exactly.

use std::{collections::BTreeMap, fmt};

use engine::figure::{self, Counted, Measure, Measured, Tally, Value};
use law::{Id, Law, indicator::Mapped};
use microlp::{ComparisonOp, OptimizationDirection, Problem};

use super::plays::Play;

/// A total somebody published. 给定数据
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// As named in the file.
    pub key: String,
    /// As written there.
    pub text: String,
    /// What it is here.
    pub means: Mapped,
    /// 1-based line in the file.
    pub line: usize,
}

/// A file of totals, read.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Those this law can count.
    pub known: Vec<Total>,
    /// Keys no procedure of this law counts yet.
    pub unknown: Vec<String>,
}

/// How often each play is played, and what the year before must have been.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Times, in the order of the plays.
    pub times: Vec<u32>,
}

/// Why totals cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum TotalsFault {
    /// A line is not `key<TAB>number`.
    #[error("第{line}行：{message}")]
    Line {
        /// 1-based.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// They contradict each other.
    #[error("{0}")]
    Contradiction(Contradiction),
    /// The solver gave up.
    #[error("演算没有得出结果：{0}")]
    Unsolved(String),
}

/// Totals that cannot all be true: leaving out any one of them resolves it.
#[derive(Debug)]
pub struct Contradiction(pub Vec<String>);

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "这个数演不出来：{one}。没有哪种办理过程能得出它。"),
            several => write!(
                f,
                "这些数不能同时成立：{}。请核对；去掉其中任何一个，其余的可以成立。",
                several.join("；")
            ),
        }
    }
}

/// Reads `key<TAB>value` lines; a heading line and blank lines are passed over.
pub fn read(text: &str, law: &Law) -> Result<Totals, TotalsFault> {
    let mut totals = Totals::default();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = index + 1;
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') || (number == 1 && line.starts_with("key\t")) {
            continue;
        }
        let mut columns = line.split('\t').map(str::trim);
        let (Some(key), Some(value)) = (columns.next(), columns.next()) else {
            let message = "每行写“指标<制表符>数值”".into();
            return Err(TotalsFault::Line { line: number, message });
        };
        if value.parse::<f64>().ok().filter(|value| value.is_finite()).is_none() {
            let message = format!("“{value}”不是数");
            return Err(TotalsFault::Line { line: number, message });
        }
        let own = || figure::measure(law, key).map(|measure| Mapped::Value(measure.key));
        match law.keys.keys.get(key).cloned().or_else(own) {
            Some(means) => totals.known.push(Total {
                key: key.to_owned(),
                text: value.to_owned(),
                means,
                line: number,
            }),
            None => totals.unknown.push(key.to_owned()),
        }
    }
    Ok(totals)
}

/// One thing that must hold: a sum over plays stands in a relation to a number.
struct Condition {
    says: String,
    /// What each play contributes.
    weights: Vec<f64>,
    relations: Vec<(ComparisonOp, f64)>,
}

/// How often each play must be played so that every total comes out.
pub fn plan(law: &Law, plays: &[Play], totals: &[Total]) -> Result<Plan, TotalsFault> {
    let conditions: Vec<Condition> =
        totals.iter().filter_map(|total| condition(law, plays, total)).collect();
    let all: Vec<&Condition> = conditions.iter().collect();
    match solve(plays.len(), &all)? {
        Some(times) => Ok(Plan { times: spread(&conditions, plays, times) }),
        None => Err(TotalsFault::Contradiction(explain(plays.len(), &conditions)?)),
    }
}

/// The totals the year before must have had for the stated changes to come out.
///
/// `-42.68` beside a value of 90 means 157: the whole number nearest to 90 ÷ (1 − 42.68%). A rate
/// moves by percentage points from what it is in the planned year: `-16.36` beside 3/22 means 30%.
pub fn year_before(law: &Law, plays: &[Play], totals: &[Total], planned: &Plan) -> Vec<Total> {
    let values: BTreeMap<&Id, f64> = totals
        .iter()
        .filter_map(|total| match &total.means {
            Mapped::Value(key) => Some((key, number(total))),
            _ => None,
        })
        .collect();
    totals
        .iter()
        .filter_map(|total| {
            let Mapped::Change(key) = &total.means else { return None };
            let change = number(total);
            let (text, means) = match figure::measure(law, key)?.how {
                Measured::Share(_) | Measured::Quotient(..) => {
                    let now = planned.percent(law, plays, key)?;
                    let decimals = decimals(&total.text);
                    (format!("{:.decimals$}", now - change), Mapped::Rate(key.clone()))
                }
                _ => {
                    let before = (values.get(key)? / (1.0 + change / 100.0)).round();
                    (format!("{before:.0}"), Mapped::Value(key.clone()))
                }
            };
            Some(Total { key: total.key.clone(), text, means, line: total.line })
        })
        .collect()
}

impl Plan {
    /// What a rate comes to, in percent.
    fn percent(&self, law: &Law, plays: &[Play], key: &Id) -> Option<f64> {
        let measure = figure::measure(law, key)?;
        let each = plays.iter().zip(&self.times).map(|(play, times)| {
            let (good, all) = ratio(&measure, play);
            (good * f64::from(*times), all * f64::from(*times))
        });
        let (good, all) = each.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        (all > 0.0).then_some(100.0 * good / all)
    }
}

fn number(total: &Total) -> f64 {
    total.text.parse().unwrap_or_default() // `read` saw that it is a number.
}

fn condition(law: &Law, plays: &[Play], total: &Total) -> Option<Condition> {
    match &total.means {
        Mapped::Value(key) => {
            let measure = figure::measure(law, key)?;
            let scale = match measure.unit {
                law::indicator::Unit::Yuan => 100.0,
                _ => 1.0,
            };
            let unit = measure.unit.name();
            let says = format!("{} {}{unit}（{}）", measure.name, total.text, total.key);
            if matches!(measure.how, Measured::Mean(..)) {
                // A mean is printed rounded: half a unit of the last place is as far as it may be.
                let half = last_place(&total.text) * scale / 2.0;
                return Some(about(says, plays, &measure, number(total) * scale, [half, half]));
            }
            Some(Condition {
                says,
                weights: plays.iter().map(|play| amount(&measure, play)).collect(),
                relations: vec![(ComparisonOp::Eq, (number(total) * scale).round())],
            })
        }
        Mapped::Rate(key) => {
            let measure = figure::measure(law, key)?;
            let says = format!("{} {}%（{}）", measure.name, total.text, total.key);
            let step = last_place(&total.text) / 100.0;
            // Rounded, or cut off as some reports do: 97.87% stands there as 97.9 or as 97.8.
            let around = [step / 2.0, step * 0.99];
            Some(about(says, plays, &measure, number(total) / 100.0, around))
        }
        // A change decides the year before, not this one; what the law says needs no play.
        Mapped::Change(_) | Mapped::Limit(_) => None,
    }
}

/// A ratio that comes out no further from what was written than so much below or above it:
/// good − (stated − below)·all and good − (stated + above)·all must have their signs right.
fn about(
    says: String,
    plays: &[Play],
    measure: &Measure,
    stated: f64,
    [below, above]: [f64; 2],
) -> Condition {
    let over = |bound: f64| {
        plays.iter().map(move |play| {
            let (good, all) = ratio(measure, play);
            good - bound * all
        })
    };
    let all: Vec<f64> = plays.iter().map(|play| ratio(measure, play).1).collect();
    let low = over(stated - below).collect();
    let high = over(stated + above).collect();
    Condition::between(says, low, high, all)
}

impl Condition {
    /// `low · x ≥ 0`, `high · x ≤ 0`, and something of the whole: `all · x ≥ 1`. Kept as one
    /// condition, its rows of weights one after another.
    fn between(says: String, low: Vec<f64>, high: Vec<f64>, all: Vec<f64>) -> Self {
        let weights = low.into_iter().chain(high).chain(all).collect();
        let relations =
            vec![(ComparisonOp::Ge, 0.0), (ComparisonOp::Le, 0.0), (ComparisonOp::Ge, 1.0)];
        Self { says, weights, relations }
    }

    /// Whether a play adds anything to it.
    fn weighs(&self, play: usize, plays: usize) -> bool {
        (0..self.relations.len()).any(|relation| self.row(relation, plays)[play] != 0.0)
    }

    /// The weights that belong to one of its relations.
    fn row(&self, relation: usize, plays: usize) -> &[f64] {
        if self.weights.len() == plays {
            &self.weights
        } else {
            &self.weights[relation * plays..][..plays]
        }
    }
}

/// The value of the last decimal place that was written: `97.8` = 0.1, `95` = 1.
fn last_place(text: &str) -> f64 {
    (0..decimals(text)).fold(1.0, |place, _| place / 10.0)
}

fn decimals(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn tally(play: &Play, list: &Counted) -> Tally {
    let counts = |split: &str| match &list.part {
        None => true,
        Some((place, codes)) => {
            split.split('|').nth(*place).is_some_and(|code| codes.iter().any(|c| &**c == code))
        }
    };
    play.adds
        .iter()
        .filter(|((indicator, split), _)| *indicator == list.indicator && counts(split))
        .map(|(_, added)| Tally { count: added.count, good: added.good, sum: added.sum })
        .fold(Tally::default(), std::ops::Add::add)
}

fn amount(measure: &Measure, play: &Play) -> f64 {
    match measure.value(&|list: &Counted| tally(play, list)) {
        Value::Amount(amount, _) => amount as f64,
        Value::Rate { good: over, .. } | Value::Mean { sum: over, .. } => over as f64,
    }
}

fn ratio(measure: &Measure, play: &Play) -> (f64, f64) {
    match measure.value(&|list: &Counted| tally(play, list)) {
        Value::Rate { good, among } => (good as f64, among as f64),
        Value::Mean { sum, count, .. } => (sum as f64, count as f64),
        Value::Amount(amount, _) => (amount as f64, 0.0),
    }
}

/// The fewest plays that fulfil all conditions; `None` where there are none.
///
/// Conditions that share no play are solved apart, and plays that weigh the same in all of them
/// are one unknown: what is left is small, however many figures a report has.
fn solve(plays: usize, conditions: &[&Condition]) -> Result<Option<Vec<u32>>, TotalsFault> {
    let mut times = vec![0; plays];
    for apart in unconnected(plays, conditions) {
        let Some(found) = solve_together(plays, &apart)? else { return Ok(None) };
        times.iter_mut().zip(found).for_each(|(all, own)| *all += own);
    }
    Ok(Some(times))
}

/// Conditions in groups, so that no play weighs in two of them.
fn unconnected<'c>(plays: usize, conditions: &[&'c Condition]) -> Vec<Vec<&'c Condition>> {
    let mut groups: Vec<(Vec<bool>, Vec<&Condition>)> = Vec::new();
    for condition in conditions {
        let mut weighs: Vec<bool> = (0..plays).map(|play| condition.weighs(play, plays)).collect();
        let mut together = vec![*condition];
        let shared =
            |others: &[bool]| others.iter().zip(&weighs).any(|(one, other)| *one && *other);
        let (joined, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(others, _)| shared(others));
        for (others, members) in joined {
            weighs.iter_mut().zip(others).for_each(|(all, one)| *all |= one);
            together.extend(members);
        }
        groups = apart;
        groups.push((weighs, together));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

fn solve_together(
    plays: usize,
    conditions: &[&Condition],
) -> Result<Option<Vec<u32>>, TotalsFault> {
    // One unknown for all plays with the same weights; its first play stands for them.
    let mut alike: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    for play in (0..plays).rev() {
        if conditions.iter().any(|condition| condition.weighs(play, plays)) {
            let rows = conditions.iter().flat_map(|condition| {
                (0..condition.relations.len()).map(|r| condition.row(r, plays)[play].to_bits())
            });
            alike.insert(rows.collect(), play);
        }
    }
    let chosen: Vec<usize> = alike.into_values().collect();
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let most = 10_000_000;
    let variables: Vec<_> =
        chosen.iter().map(|_| problem.add_integer_var(1.0, (0, most))).collect();
    for condition in conditions {
        for (index, (relation, bound)) in condition.relations.iter().enumerate() {
            let weights = condition.row(index, plays);
            let row: Vec<_> = variables
                .iter()
                .zip(&chosen)
                .map(|(variable, play)| (*variable, weights[*play]))
                .filter(|(_, weight)| *weight != 0.0)
                .collect();
            if row.is_empty() {
                let holds = match relation {
                    ComparisonOp::Eq => *bound == 0.0,
                    ComparisonOp::Le => *bound >= 0.0,
                    ComparisonOp::Ge => *bound <= 0.0,
                };
                if !holds {
                    return Ok(None);
                }
                continue;
            }
            problem.add_constraint(row.as_slice(), *relation, *bound);
        }
    }
    if variables.is_empty() {
        return Ok(Some(vec![0; plays]));
    }
    match problem.solve() {
        Ok(outcome) => {
            let solution = outcome
                .into_solution()
                .map_err(|unfinished| TotalsFault::Unsolved(format!("{unfinished:?}")))?;
            let mut times = vec![0; plays];
            for (variable, play) in variables.iter().zip(chosen) {
                times[play] = solution.var_value(*variable).round() as u32;
            }
            Ok(Some(times))
        }
        Err(microlp::Error::Infeasible) => Ok(None),
        Err(other) => Err(TotalsFault::Unsolved(other.to_string())),
    }
}

/// A smallest set of conditions that contradict each other: leave each out in turn, and keep out
/// those without which the rest still contradicts itself.
fn explain(plays: usize, conditions: &[Condition]) -> Result<Contradiction, TotalsFault> {
    let mut kept: Vec<&Condition> = conditions.iter().collect();
    let mut index = 0;
    while index < kept.len() {
        let without: Vec<&Condition> = kept
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, condition)| *condition)
            .collect();
        if solve(plays, &without)?.is_none() {
            kept = without;
        } else {
            index += 1;
        }
    }
    Ok(Contradiction(kept.iter().map(|condition| condition.says.clone()).collect()))
}

/// Plays that weigh the same in every condition share their times, so that a year shows all
/// kinds of work and not one story over and over.
fn spread(conditions: &[Condition], plays: &[Play], mut times: Vec<u32>) -> Vec<u32> {
    let weights = |play: usize| -> Vec<u64> {
        let rows = conditions.iter().flat_map(|condition| {
            (0..condition.relations.len())
                .map(move |relation| condition.row(relation, plays.len())[play])
        });
        rows.map(f64::to_bits).collect()
    };
    let mut alike: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
    for play in 0..plays.len() {
        alike.entry(weights(play)).or_default().push(play);
    }
    for group in alike.values() {
        if weights(group[0]).iter().all(|bits| f64::from_bits(*bits) == 0.0) {
            continue;
        }
        let mut left: u32 = group.iter().map(|play| times[*play]).sum();
        // A long story that runs through several cases is the rare one, as it is in life.
        let share = |play: usize| 1.0 / (length(&plays[play]) as f64).powi(2);
        let all: f64 = group.iter().map(|play| share(*play)).sum();
        let total = f64::from(left);
        for play in &group[1..] {
            times[*play] = ((total * share(*play) / all).round() as u32).min(left);
            left -= times[*play];
        }
        times[group[0]] = left;
    }
    times
}

/// How many steps a play takes, those of the cases it opens included.
fn length(play: &Play) -> usize {
    play.steps().count() + play.children.values().map(length).sum::<usize>()
}
