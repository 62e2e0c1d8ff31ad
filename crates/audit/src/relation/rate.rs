//! 比率: a rate against its parts, shares against all.

use std::cmp::Ordering;

use super::{Fit, Room, Working, fit, is_count, is_exact};
use crate::{Verdict, figure::Figure, indicator::around, number::Decimal, reading::Like};

impl<'a> Room<'a> {
    /// A share of a whole lies between nothing and all.
    pub(super) fn range(&mut self, at: usize) {
        let figure = self.figure(at);
        if figure.like != Like::Rate || figure.qualifier.is_change() || figure.unit != "%" {
            return;
        }
        let around = around(&self.report.text, &self.report.figures, at);
        let clause = self.report.text.plain(around.clause..figure.numeral.start);
        let beyond = ["增长", "增幅", "提升", "完成率", "达标", "提高", "上升"];
        let above = figure.value.compare(Decimal::whole(100)) == Ordering::Greater;
        let (verdict, explanation) = if above {
            let share = clause.contains('率') || clause.contains('占') || clause.contains('度');
            if !share || beyond.iter().any(|word| clause.contains(word)) {
                return;
            }
            (Verdict::Inconsistent, format!("比率{}超过100%，请核对", self.written(at)))
        } else {
            (Verdict::Consistent, "百分比在0至100之间。".to_owned())
        };
        let expression = format!("0 ≤ {} ≤ 100", self.written(at));
        let value = Some(figure.value.rough());
        self.add(
            "range",
            vec![at],
            verdict,
            Working { expression, computed: value, stated: value, explanation },
        );
    }

    /// A rate against its parts.
    pub(super) fn rate(&mut self, at: usize) {
        let figure = self.figure(at);
        if figure.like != Like::Rate || figure.qualifier.is_change() || figure.unit != "%" {
            return;
        }
        if self.findings.iter().any(|one| one.kind == "ratio" && one.figures.contains(&at)) {
            return; // One of the shares of a paragraph.
        }
        if let Some((part, whole)) = self.own_fraction(at) {
            return self.by_its_fraction(part, whole, at);
        }
        if let Some((good, among)) = self.parts_by_words(at) {
            return self.ratio(good, among, at);
        }
        if let Some((good, among)) = self.indicator(at).and_then(|one| one.rate.as_ref()) {
            let among = self.nearest(among, at);
            match (self.nearest(good, at), among) {
                (Some(good), Some(among)) => self.ratio(good, among, at),
                (None, Some(among)) => self.implied(among, at),
                _ => {}
            }
        }
    }

    /// 8.33%（1/12）: the parts that the text itself gives.
    fn own_fraction(&self, at: usize) -> Option<(i128, i128)> {
        let end = self.figure(at).range.end;
        let after: String = self.report.text.folded().iter().skip(end).take(24).collect();
        let (part, rest) = after.strip_prefix('(')?.split_once('/')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (part, whole) = (part.parse().ok()?, rest[..digits].parse().ok()?);
        (whole > 0).then_some((part, whole))
    }

    fn by_its_fraction(&mut self, part: i128, whole: i128, rate: usize) {
        let stated = self.figure(rate);
        if !is_exact(stated) {
            return;
        }
        let computed = 100.0 * part as f64 / whole as f64;
        let places = usize::from(stated.written.places());
        let written = self.written(rate);
        let (verdict, explanation) = match fit(part * 100, whole, stated.written) {
            Fit::Rounded => (Verdict::Consistent, format!("{part}÷{whole}＝{written}，吻合。")),
            Fit::Truncated => (
                Verdict::RoundingTruncated,
                format!(
                    "{part}÷{whole}＝{computed:.3}%，四舍五入应为{computed:.places$}%，原文“{written}”是截去尾数，请改正。"
                ),
            ),
            Fit::Wrong => (
                Verdict::Inconsistent,
                format!(
                    "括号里写着{part}/{whole}，算得{computed:.2}%，原文却写“{written}”，请核对。"
                ),
            ),
        };
        let working = Working {
            expression: format!("{part}/{whole} = {computed:.3}% vs {written}"),
            computed: Some(computed),
            stated: Some(stated.value.rough()),
            explanation,
        };
        self.add("ratio", vec![rate], verdict, working);
    }

    /// 受理12件，办结10件，办结率83.3%: the word of the rate is that of its part.
    fn parts_by_words(&self, at: usize) -> Option<(usize, usize)> {
        let (good, among) = (at.checked_sub(1)?, at.checked_sub(2)?);
        let text = &self.report.text;
        let figure = self.figure(at);
        let around_rate = around(text, &self.report.figures, at);
        let clause = text.plain(around_rate.clause..figure.numeral.start);
        let (lead, _) = clause.rsplit_once('率')?;
        let stem = crate::figure::tail(lead, 2);
        let around_good = around(text, &self.report.figures, good);
        let of_good = text.plain(around_good.clause..around_good.tail);
        let (one, whole) = (self.figure(good), self.figure(among));
        let counts = |figure: &Figure| is_count(figure) && !figure.qualifier.is_change();
        let fits = stem.chars().count() == 2
            && says(&of_good, &stem)
            && counts(one)
            && counts(whole)
            && one.unit == whole.unit
            && one.sentence == figure.sentence
            && whole.sentence == figure.sentence
            && one.value.compare(whole.value) != Ordering::Greater;
        fits.then_some((good, among))
    }

    fn ratio(&mut self, good: usize, among: usize, rate: usize) {
        let (part, whole, stated) = (self.figure(good), self.figure(among), self.figure(rate));
        if !is_exact(part) || !is_exact(whole) || whole.value.mantissa() == 0 {
            return;
        }
        let computed = 100.0 * part.value.rough() / whole.value.rough();
        let (p, w) = (self.written(good), self.written(among));
        let expression = format!("{p}/{w} = {computed:.3}% vs {}", self.written(rate));
        let fit = fit(
            part.value.mantissa() * whole.value.scale() * 100,
            whole.value.mantissa() * part.value.scale(),
            stated.written,
        );
        let places = usize::from(stated.written.places());
        let right = format!("{computed:.places$}%");
        let (verdict, explanation) = match fit {
            Fit::Rounded => (Verdict::Consistent, format!("{p}÷{w}＝{right}，吻合。")),
            Fit::Truncated => (
                Verdict::RoundingTruncated,
                format!(
                    "{p}÷{w}＝{computed:.3}%，四舍五入应为{right}，原文“{}”是截去尾数，请改正。",
                    self.written(rate)
                ),
            ),
            Fit::Wrong if !is_exact(stated) && (computed - stated.value.rough()).abs() < 1.0 => {
                (Verdict::Undecided, format!("{p}÷{w}＝{right}，原文为约数。"))
            }
            Fit::Wrong => (
                Verdict::Inconsistent,
                format!(
                    "{p}÷{w}＝{right}，原文却写“{}”：分子、分母和比率至少有一处不对，或者口径不同而没有说明，请核对。",
                    self.written(rate)
                ),
            ),
        };
        let (computed, value) = (Some(computed), Some(stated.value.rough()));
        let working = Working { expression, computed, stated: value, explanation };
        self.add("ratio", vec![good, among, rate], verdict, working);
    }

    /// A rate whose part is not said: there must be a whole number that gives it.
    fn implied(&mut self, among: usize, rate: usize) {
        let (whole, stated) = (self.figure(among), self.figure(rate));
        let Some(n) =
            whole.value.as_whole().filter(|n| is_exact(whole) && (1..1_000_000).contains(n))
        else {
            return;
        };
        if !is_exact(stated) || stated.value.compare(Decimal::whole(100)) == Ordering::Greater {
            return;
        }
        let near = (stated.value.rough() * n as f64 / 100.0).round() as i128;
        let tried = (near - 1).max(0)..=(near + 1).min(n);
        let fits: Vec<(i128, Fit)> = tried.map(|k| (k, fit(k * 100, n, stated.written))).collect();
        let found = fits.iter().find(|(_, fit)| *fit == Fit::Rounded);
        let (w, r) = (self.written(among), self.written(rate));
        let (verdict, k) = match found {
            Some((k, _)) => (Verdict::Consistent, *k),
            None => match fits.iter().find(|(_, fit)| *fit == Fit::Truncated) {
                Some((k, _)) => (Verdict::RoundingTruncated, *k),
                None => return,
            },
        };
        let exact = 100.0 * k as f64 / n as f64;
        let explanation = match verdict {
            Verdict::Consistent => format!("{k}/{n}＝{exact:.3}%，存在整数，吻合。"),
            _ => format!(
                "{w}中没有一个整数四舍五入得到{r}；{k}/{n}＝{exact:.3}%，原文可能是截去尾数，请核对。"
            ),
        };
        let expression = format!("{w} × {r}; {k}/{n} = {exact:.4}%");
        let working = Working {
            expression,
            computed: Some(k as f64),
            stated: Some(stated.value.rough()),
            explanation,
        };
        self.add("rate_count", vec![among, rate], verdict, working);
    }

    /// 处罚12件，占20%: one whole must serve all shares of a paragraph.
    pub(super) fn shares(&mut self) {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for at in 1..self.report.figures.len() {
            let (count, share) = (self.figure(at - 1), self.figure(at));
            let between = self.report.text.plain(count.range.end..share.range.start);
            let follows = between.contains('占') && between.chars().count() <= 16;
            if share.like == Like::Rate
                && !share.qualifier.is_change()
                && follows
                && is_count(count)
                && is_exact(count)
                && is_exact(share)
            {
                pairs.push((at - 1, at));
            }
        }
        while let Some(&(first, _)) = pairs.first() {
            let paragraph = self.paragraph(first);
            let (group, rest): (Vec<_>, Vec<_>) =
                pairs.into_iter().partition(|(count, _)| self.paragraph(*count) == paragraph);
            self.share_group(&group);
            pairs = rest;
        }
    }

    fn share_group(&mut self, group: &[(usize, usize)]) {
        let Some(&(first, _)) = group.first() else { return };
        let fits = |whole: i128, &(count, share): &(usize, usize)| {
            let part = self.figure(count).value;
            fit(part.mantissa() * 100, whole * part.scale(), self.figure(share).written)
        };
        let sum: i128 = group.iter().filter_map(|(c, _)| self.figure(*c).value.as_whole()).sum();
        let mut wholes: Vec<(Option<usize>, i128)> = (first.saturating_sub(12)..first)
            .filter(|&at| is_count(self.figure(at)) && !self.figure(at).qualifier.is_change())
            .filter_map(|at| Some((Some(at), self.figure(at).value.as_whole()?)))
            .collect();
        wholes.push((None, sum));
        let matched = |whole: i128| {
            group.iter().filter(|pair| whole > 0 && fits(whole, pair) != Fit::Wrong).count()
        };
        let best = wholes.iter().rev().max_by_key(|(_, whole)| matched(*whole));
        let Some(&(at, whole)) = best else { return };
        let agree = matched(whole);
        if agree == 0 || (group.len() > 1 && agree * 3 < group.len() * 2) {
            return;
        }
        let verdicts: Vec<Fit> = group.iter().map(|pair| fits(whole, pair)).collect();
        for (&(count, share), fit) in group.iter().zip(verdicts) {
            let exact = 100.0 * self.figure(count).value.rough() / whole as f64;
            let (c, s) = (self.written(count), self.written(share));
            let places = usize::from(self.figure(share).written.places());
            let (verdict, explanation) = match fit {
                Fit::Rounded => {
                    (Verdict::Consistent, format!("{c}÷{whole}＝{exact:.places$}%，吻合。"))
                }
                Fit::Truncated => (
                    Verdict::RoundingTruncated,
                    format!(
                        "{c}÷{whole}＝{exact:.3}%，四舍五入应为{exact:.places$}%，原文“{s}”是截去尾数，请改正。"
                    ),
                ),
                Fit::Wrong => (
                    Verdict::Inconsistent,
                    format!(
                        "同段其他占比都以{whole}为总数，{c}应占{exact:.places$}%，原文却写“{s}”，请核对。"
                    ),
                ),
            };
            let mut figures = vec![count, share];
            figures.extend(at);
            let working = Working {
                expression: format!("{c}/{whole} = {exact:.3}% vs {s}"),
                computed: Some(exact),
                stated: Some(self.figure(share).value.rough()),
                explanation,
            };
            self.add("ratio", figures, verdict, working);
        }
    }
}

/// Says this word, and not its contrary: 合格, not 不合格.
fn says(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(['不', '未', '非', '无']))
}
