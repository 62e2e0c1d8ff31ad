//! 变化: a change against the number it belongs to, per cent against percentage points.

use std::cmp::Ordering;

use super::{Fit, Room, Working, fit, is_count, is_exact};
use crate::{
    Finding, Verdict,
    figure::Qualifier,
    indicator::{around, base},
    number::Decimal,
    reading::Like,
};

impl<'a> Room<'a> {
    /// A change in per cent against the number it belongs to: the year before was a whole number.
    pub(super) fn change(&mut self, at: usize) {
        let figure = self.figure(at);
        if figure.like != Like::Rate || !figure.qualifier.is_change() {
            return;
        }
        let Some(of) = base(&self.report.text, &self.report.figures, at) else { return };
        let count = self.figure(of);
        if count.like == Like::Rate {
            return self.percent_for_points(of, at);
        }
        if let Some(this_year) = self.cell_before(of, at) {
            return self.change_in_row(this_year, of, at);
        }
        if self.is_of_whole(of, at) {
            return;
        }
        let whole = count.value.as_whole().filter(|n| (1..10_000_000).contains(n));
        let Some(n) = whole.filter(|_| is_count(count) && is_exact(count) && count.factor == 1)
        else {
            return;
        };
        let share = figure.value.rough() / 100.0;
        if share <= -1.0 || !matches!(figure.qualifier, Qualifier::Change) {
            return;
        }
        let implied = n as f64 / (1.0 + share);
        let near = implied.round() as i128;
        let tried = (near - 3).max(1)..=near + 3;
        let stated = figure.written;
        let fits: Vec<(i128, Fit)> =
            tried.map(|b| (b, fit((n - b).abs() * 100, b, stated))).collect();
        let of_kind = |kind: Fit| {
            let all = fits.iter().filter(|(_, fit)| *fit == kind).map(|(b, _)| *b);
            all.min_by_key(|b| ((*b as f64 - implied).abs() * 1e6) as i128)
        };
        let (c, r) = (self.written(of), self.written(at));
        let exact = |b: i128| 100.0 * (n - b) as f64 / b as f64;
        let (verdict, explanation) = if let Some(b) = of_kind(Fit::Rounded) {
            (Verdict::Consistent, format!("反推上年约{b}，变化{:.3}%，吻合。", exact(b)))
        } else if let Some(b) = of_kind(Fit::Truncated) {
            let places = usize::from(stated.places());
            (
                Verdict::RoundingTruncated,
                format!(
                    "{c}按{r}反推，上年为{b}，变化{:.3}%，四舍五入应为{:.places$}%，原文“{r}”是截去尾数，请改正。",
                    exact(b).abs(),
                    exact(b).abs(),
                ),
            )
        } else {
            (
                Verdict::Inconsistent,
                format!("{c}按{r}反推，上年为{implied:.2}，没有一个整数说得通，请核对两个数。"),
            )
        };
        let expression = format!("{n}/(1{share:+.4}) = {implied:.3}");
        let working = Working {
            expression,
            computed: Some(implied),
            stated: Some(figure.value.rough()),
            explanation,
        };
        self.add("yoy_base", vec![of, at], verdict, working);
    }

    /// 其中一审19件、二审7件，案件总量同比下降: it is the whole that has changed, not the part.
    fn is_of_whole(&self, part: usize, change: usize) -> bool {
        let text = &self.report.text;
        let start = text.sentences()[self.figure(part).sentence].range.start;
        let among = text.plain(start..self.figure(part).range.start).contains("其中");
        let between = text.plain(self.figure(part).range.end..self.figure(change).range.start);
        let whole = ["总", "案件量", "数量", "案件数", "整体", "合计"];
        among && whole.iter().any(|word| between.contains(word))
    }

    /// 败诉率同比下降17.65%: the change of a rate is in percentage points.
    fn percent_for_points(&mut self, rate: usize, change: usize) {
        let text = &self.report.text;
        let here = around(text, &self.report.figures, change);
        let between = text.plain(self.figure(rate).range.end..self.figure(change).range.start);
        let named = text.plain(here.own..self.figure(change).range.start);
        let stands_alone = between.chars().count() <= 16;
        if !stands_alone || named.contains('数') || named.contains('量') || named.contains('件')
        {
            return;
        }
        let r = self.written(change);
        let explanation = format!(
            "比率{}的变化写成了“{r}”：两个比率之差应当写“个百分点”；如果确是相对变化，请写明上年的比率。",
            self.written(rate)
        );
        let place = self.figure(change).range.clone();
        self.findings.push(Finding {
            kind: "percent_points",
            figures: vec![rate, change],
            place: Some(place),
            expression: format!("{} → {r}", self.written(rate)),
            computed: None,
            stated: Some(self.figure(change).value.rough()),
            verdict: Verdict::Defect,
            explanation,
        });
    }

    /// 本年、上年、同比 in the cells of a row: the cell before that of last year.
    fn cell_before(&self, last_year: usize, change: usize) -> Option<usize> {
        let before = last_year.checked_sub(1)?;
        let cells = |from: usize, to: usize| {
            let text = &self.report.text;
            let between = text.written(self.figure(from).range.end..self.figure(to).range.start);
            between.contains('\t') && !between.contains('\n')
        };
        (cells(before, last_year) && cells(last_year, change)).then_some(before)
    }

    /// A row is held to nothing but its own cells, and only where they agree: which column is
    /// which year its heading says.
    fn change_in_row(&mut self, this_year: usize, last_year: usize, at: usize) {
        let (now, before) = (self.figure(this_year), self.figure(last_year));
        let (Some(n), Some(b)) = (now.value.as_whole(), before.value.as_whole()) else { return };
        let stated = self.figure(at);
        let bounds = 1..10_000_000_000;
        if !bounds.contains(&b) || !bounds.contains(&n) {
            return;
        }
        if fit((n - b).abs() * 100, b, stated.written) != Fit::Rounded {
            return;
        }
        let computed = 100.0 * (n - b) as f64 / b as f64;
        let working = Working {
            expression: format!("({n} − {b})/{b} = {computed:+.3}%"),
            computed: Some(computed),
            stated: Some(stated.value.rough()),
            explanation: format!("表中两年的数相除，变化{computed:.3}%，吻合。"),
        };
        self.add("yoy_base", vec![this_year, last_year, at], Verdict::Consistent, working);
    }

    /// A rate and its change in points: the rate of the year before was a rate too.
    pub(super) fn points(&mut self, at: usize) {
        let figure = self.figure(at);
        if figure.like != Like::Points || !figure.qualifier.is_change() {
            return;
        }
        let Some(of) = base(&self.report.text, &self.report.figures, at) else { return };
        let before = self.figure(of).value.plus(figure.value.negative());
        let outside =
            before.mantissa() < 0 || before.compare(Decimal::whole(100)) == Ordering::Greater;
        let (r, c) = (self.written(of), self.written(at));
        let (verdict, explanation) = if outside {
            let say = format!("{r}变化{c}，反推上年为{before}%，不在0至100之间，请核对。");
            (Verdict::Inconsistent, say)
        } else {
            (Verdict::Consistent, format!("反推上年为{before}%。"))
        };
        let working = Working {
            expression: format!("{r} − ({}) = {before}%", figure.value),
            computed: Some(before.rough()),
            stated: Some(figure.value.rough()),
            explanation,
        };
        self.add("pp_base", vec![of, at], verdict, working);
    }
}
