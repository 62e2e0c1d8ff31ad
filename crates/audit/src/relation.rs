//! 关系: sets the figures of a report against each other.
//!
//! A rate against its parts, parts against their whole, a part against what it is part of, a change
//! against the year it implies, one measure said twice. Only what must hold is held against a
//! report; where the text leaves the matter open nothing is said.

mod change;
mod part;
mod rate;
mod same;
mod sum;

use crate::{
    Finding, Reading, Report, Verdict,
    figure::{Figure, Qualifier},
    number::Decimal,
    reading::{Indicator, Like},
};

/// All relations that the figures of a report stand in.
pub fn relations(report: &Report, reading: &Reading) -> Vec<Finding> {
    let mut room = Room { report, reading, findings: Vec::new() };
    room.shares();
    for at in 0..report.figures.len() {
        room.range(at);
        room.rate(at);
        room.change(at);
        room.points(at);
        room.within(at);
        room.difference(at);
        room.alike(at);
    }
    room.sums();
    room.levels();
    room.twice();
    room.findings
}

struct Room<'a> {
    report: &'a Report,
    reading: &'a Reading,
    findings: Vec<Finding>,
}

/// Figures this far apart belong to one account, if they stand in one paragraph.
const NEAR: usize = 260;

impl<'a> Room<'a> {
    fn figure(&self, at: usize) -> &'a Figure {
        &self.report.figures[at]
    }

    fn indicator(&self, at: usize) -> Option<&'a Indicator> {
        let key = &self.figure(at).stated.as_ref()?.key;
        self.reading.indicator(key)
    }

    fn written(&self, at: usize) -> String {
        self.report.text.written(self.figure(at).range.clone())
    }

    fn paragraph(&self, at: usize) -> usize {
        self.report.text.sentences()[self.figure(at).sentence].paragraph
    }

    /// The nearest figure of this key in the paragraph, for the same period.
    fn nearest(&self, key: &str, at: usize) -> Option<usize> {
        let here = self.figure(at);
        let fits = |&other: &usize| {
            let figure = self.figure(other);
            other != at
                && figure.stated.as_ref().is_some_and(|stated| stated.key == key)
                && figure.period == here.period
                && self.paragraph(other) == self.paragraph(at)
                && figure.range.start.abs_diff(here.range.start) <= NEAR
        };
        let all = (0..self.report.figures.len()).filter(fits);
        all.min_by_key(|&other| {
            let distance = self.figure(other).range.start.abs_diff(here.range.start);
            // What stands after is less likely to be meant.
            distance + if other > at { 40 } else { 0 }
        })
    }

    fn add(&mut self, kind: &'static str, figures: Vec<usize>, verdict: Verdict, working: Working) {
        self.findings.push(Finding {
            kind,
            figures,
            place: None,
            expression: working.expression,
            computed: working.computed,
            stated: working.stated,
            verdict,
            explanation: working.explanation,
        });
    }
}

/// What a finding says besides its verdict.
struct Working {
    expression: String,
    computed: Option<f64>,
    stated: Option<f64>,
    explanation: String,
}

/// A number of things, people or times.
fn is_count(figure: &Figure) -> bool {
    things(figure.like)
        || matches!(figure.like, Like::Person | Like::Persontime | Like::Household | Like::Vote)
}

fn things(like: Like) -> bool {
    matches!(like, Like::Case | Like::Times | Like::Place | Like::Kind)
}

/// Said without 约 and 余.
fn is_exact(figure: &Figure) -> bool {
    matches!(figure.qualifier, Qualifier::Exact | Qualifier::Change)
}

/// How a printed share fits a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Rounded,
    Truncated,
    Wrong,
}

/// Whether `part`/`whole` printed with the decimals of `stated` is `stated`.
fn fit(part: i128, whole: i128, stated: Decimal) -> Fit {
    if whole <= 0 {
        return Fit::Wrong;
    }
    let scaled = part * stated.scale();
    let truncated = scaled / whole;
    let rounded = (2 * scaled + whole) / (2 * whole);
    if rounded == stated.mantissa() {
        Fit::Rounded
    } else if truncated == stated.mantissa() {
        Fit::Truncated
    } else {
        Fit::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_rounded_and_not_cut() {
        assert_eq!(fit(445_200, 4549, Decimal::new(978, 1)), Fit::Truncated);
        assert_eq!(fit(445_200, 4549, Decimal::new(979, 1)), Fit::Rounded);
        assert_eq!(fit(300, 22, Decimal::new(136, 1)), Fit::Rounded);
        assert_eq!(fit(300, 22, Decimal::new(15, 0)), Fit::Wrong);
    }
}
