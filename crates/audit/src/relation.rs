//! 关系: sets the figures of a report against each other.
//!
//! A rate against its parts, parts against their whole, a part against what it is part of, a change
//! against the year it implies, one measure said twice. Only what must hold is held against a
//! report; where the text leaves the matter open nothing is said.

use std::cmp::Ordering;

use crate::{
    Finding, Reading, Report, Verdict,
    figure::{Figure, Qualifier},
    indicator::{around, base},
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

    /// A share of a whole lies between nothing and all.
    fn range(&mut self, at: usize) {
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
    fn rate(&mut self, at: usize) {
        let figure = self.figure(at);
        if figure.like != Like::Rate || figure.qualifier.is_change() || figure.unit != "%" {
            return;
        }
        if self.findings.iter().any(|one| one.kind == "ratio" && one.figures.contains(&at)) {
            return; // One of the shares of a paragraph.
        }
        if let Some((good, among)) = self.indicator(at).and_then(|one| one.rate.as_ref()) {
            let among = self.nearest(among, at);
            match (self.nearest(good, at), among) {
                (Some(good), Some(among)) => return self.ratio(good, among, at),
                (None, Some(among)) => return self.implied(among, at),
                _ => {}
            }
        }
        if let Some((good, among)) = self.parts_by_words(at) {
            self.ratio(good, among, at);
        }
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
            && of_good.contains(&stem)
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

    /// A change in per cent against the number it belongs to: the year before was a whole number.
    fn change(&mut self, at: usize) {
        let figure = self.figure(at);
        if figure.like != Like::Rate || !figure.qualifier.is_change() {
            return;
        }
        let Some(of) = base(&self.report.text, &self.report.figures, at) else { return };
        let count = self.figure(of);
        if count.like == Like::Rate {
            return self.percent_for_points(of, at);
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

    /// A rate and its change in points: the rate of the year before was a rate too.
    fn points(&mut self, at: usize) {
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

    /// What is part of something is not more than it.
    fn within(&mut self, at: usize) {
        let Some(stated) = &self.figure(at).stated else { return };
        let wholes = self.reading.wholes.get(&stated.key).map_or(&[][..], Vec::as_slice);
        for whole in wholes {
            let Some(whole) = self.nearest(whole, at) else { continue };
            self.at_most(at, whole);
        }
    }

    fn at_most(&mut self, part: usize, whole: usize) {
        let (one, all) = (self.figure(part), self.figure(whole));
        if one.like == Like::Rate || all.like == Like::Rate || one.qualifier.is_change() {
            return;
        }
        let more = one.value.compare(all.value) == Ordering::Greater;
        let sure = matches!(one.qualifier, Qualifier::Exact | Qualifier::AtLeast)
            && matches!(all.qualifier, Qualifier::Exact | Qualifier::AtMost);
        let (p, w) = (self.written(part), self.written(whole));
        let name = |at: usize| self.figure(at).stated.as_ref().map_or("", |s| s.name.as_str());
        let (verdict, explanation) = match (more, sure) {
            (false, _) => (Verdict::Consistent, format!("{p}不超过{w}。")),
            (true, false) => return,
            (true, true) => (
                Verdict::Inconsistent,
                format!(
                    "{}{p}，多于{}{w}：除非含有上年结转等情况，否则不能成立；请核对，确有原因的请写明。",
                    name(part),
                    name(whole)
                ),
            ),
        };
        let difference = one.value.plus(all.value.negative());
        let working = Working {
            expression: format!("{p} ≤ {w}"),
            computed: Some(difference.rough()),
            stated: None,
            explanation,
        };
        self.add("le", vec![part, whole], verdict, working);
    }

    /// 缺编＝编制－实有
    fn difference(&mut self, at: usize) {
        let Some((from, less)) = self.indicator(at).and_then(|one| one.less.as_ref()) else {
            return;
        };
        let (Some(from), Some(less)) = (self.nearest(from, at), self.nearest(less, at)) else {
            return;
        };
        let (a, b, c) = (self.figure(from), self.figure(less), self.figure(at));
        if !(is_exact(a) && is_exact(b) && is_exact(c)) {
            return;
        }
        let computed = a.value.plus(b.value.negative());
        let expression = format!(
            "{} − {} = {computed} vs {}",
            self.written(from),
            self.written(less),
            self.written(at)
        );
        let (verdict, explanation) = if computed.compare(c.value) == Ordering::Equal {
            (Verdict::Consistent, format!("{expression}，吻合。"))
        } else {
            (Verdict::Inconsistent, format!("{expression}：相减不等于原文的差，请核对。"))
        };
        let working = Working {
            expression,
            computed: Some(computed.rough()),
            stated: Some(c.value.rough()),
            explanation,
        };
        self.add("diff", vec![at, from, less], verdict, working);
    }

    /// Two measures that ought to be one number, unless the report says why not.
    fn alike(&mut self, at: usize) {
        let Some(indicator) = self.indicator(at) else { return };
        for key in &indicator.alike {
            let other = (0..self.report.figures.len()).find(|&other| {
                let stated = self.figure(other).stated.as_ref();
                stated.is_some_and(|stated| stated.key == *key)
            });
            if let Some(other) = other {
                self.same(at, other);
            }
        }
    }

    fn same(&mut self, at: usize, other: usize) {
        let (one, two) = (self.figure(at), self.figure(other));
        if !is_exact(one) || !is_exact(two) || one.period != two.period {
            return;
        }
        let (a, b) = (self.written(at), self.written(other));
        let equal = one.value.compare(two.value) == Ordering::Equal;
        let (verdict, explanation) = if equal {
            (Verdict::Consistent, format!("两处都是{a}。"))
        } else {
            let what = one.stated.as_ref().map_or("", |stated| stated.name.as_str());
            let say = format!("“{what}”一处写{a}，另一处写{b}：可能口径不同，但没有说明，请核对。");
            (Verdict::Inconsistent, say)
        };
        let difference = one.value.plus(two.value.negative()).rough();
        let working = Working {
            expression: format!("{a} = {b}"),
            computed: Some(difference),
            stated: None,
            explanation,
        };
        self.add("eq", vec![at, other], verdict, working);
    }

    /// The same total said twice, in two places of one report.
    fn twice(&mut self) {
        for at in 0..self.report.figures.len() {
            let Some(stated) = self.figure(at).stated.as_ref() else { continue };
            if stated.confidence < 60 || !self.is_total(at) {
                continue;
            }
            let earlier = (0..at).rev().find(|&other| {
                let same = self.figure(other).stated.as_ref();
                same.is_some_and(|same| {
                    same.key == stated.key
                        && same.confidence >= 60
                        && same.words.first() == stated.words.first()
                }) && self.figure(other).unit == self.figure(at).unit
                    && self.figure(other).subject == self.figure(at).subject
                    && self.paragraph(other) != self.paragraph(at)
                    && self.is_total(other)
            });
            if let Some(earlier) = earlier {
                self.same(earlier, at);
            }
        }
    }

    /// 全年共、累计: the figure is said to be the whole.
    fn is_total(&self, at: usize) -> bool {
        let here = around(&self.report.text, &self.report.figures, at);
        let own = self.report.text.plain(here.own..self.figure(at).range.start);
        let total = ["共", "累计", "总计", "合计", "全年", "现有"];
        total.iter().any(|word| own.contains(word)) && !own.contains("其中")
    }

    /// 其中: what follows is part of what stands before.
    fn sums(&mut self) {
        let text = &self.report.text;
        let marks: Vec<usize> = text.find_all("其中").collect();
        for mark in marks {
            let Some(whole) = self.whole_before(mark) else { continue };
            let parts = self.parts_after(mark, whole);
            for &part in &parts {
                if !self.fits_another(self.figure(part).value, whole) {
                    self.at_most_of_sum(part, whole);
                }
            }
            if parts.len() >= 2 && self.are_categories(&parts) {
                self.sum(whole, &parts);
            }
        }
    }

    /// The count that a 其中 goes on about.
    fn whole_before(&self, mark: usize) -> Option<usize> {
        let text = &self.report.text;
        let sentence = text.sentence_at(mark);
        let last = (0..self.report.figures.len())
            .rev()
            .find(|&at| self.figure(at).range.end <= mark && is_count(self.figure(at)))?;
        let figure = self.figure(last);
        let lead = text.plain(text.sentences()[sentence].range.start..mark);
        let begins = lead.trim().is_empty();
        let near = figure.sentence == sentence || (begins && figure.sentence + 1 == sentence);
        let same =
            text.sentences()[figure.sentence].paragraph == text.sentences()[sentence].paragraph;
        (near && same && !figure.qualifier.is_change()).then_some(last)
    }

    /// The figures that are parts: counts of the same sort, until something else is spoken of.
    fn parts_after(&self, mark: usize, whole: usize) -> Vec<usize> {
        let text = &self.report.text;
        let mut last = text.sentence_at(mark);
        let ends_with = |sentence: usize, c: char| {
            text.plain(text.sentences()[sentence].range.clone()).trim_end().ends_with(c)
        };
        let whole = self.figure(whole);
        let alike = |figure: &Figure| {
            figure.unit == whole.unit
                || (things(figure.like) && things(whole.like) && figure.like != Like::Place)
        };
        let mut parts: Vec<usize> = Vec::new();
        let mut one_each = false;
        for at in 0..self.report.figures.len() {
            let figure = self.figure(at);
            if figure.range.start < mark {
                continue;
            }
            // 其中：处罚12件；许可5件；…… : one part to a sentence, as the first was.
            if figure.sentence == last + 1 && parts.len() == 1 && ends_with(last, ';') {
                one_each = true;
            }
            let listed = one_each && ends_with(last, ';');
            let next = figure.sentence == last + 1;
            let parallel = next && (listed || self.goes_on(&parts, at));
            if figure.sentence > last && !parallel {
                break;
            }
            let here = around(text, &self.report.figures, at);
            let own = text.plain(here.own.max(mark)..figure.range.start);
            let new = ["共", "累计", "此外", "另外", "同时", "总计", "合计"];
            if at > 0 && !parts.is_empty() && new.iter().any(|word| own.contains(word)) {
                break;
            }
            if is_count(figure) && !figure.qualifier.is_change() && alike(figure) {
                parts.push(at);
                last = last.max(figure.sentence);
            } else if is_count(figure) && parts.is_empty() {
                break;
            }
        }
        parts
    }

    /// 受理120件、办结110件，其中……: the parts may be those of the larger number before.
    fn fits_another(&self, sum: Decimal, whole: usize) -> bool {
        let total = self.figure(whole);
        let earlier = (0..whole).rev().map(|at| self.figure(at));
        let same = earlier.take_while(|figure| figure.sentence == total.sentence);
        same.filter(|figure| figure.unit == total.unit && !figure.qualifier.is_change())
            .any(|figure| figure.value.compare(sum) != Ordering::Less)
            && total.value.compare(sum) == Ordering::Less
    }

    /// The next sentence says the same of somebody else: 科级干部出庭应诉17次。
    fn goes_on(&self, parts: &[usize], at: usize) -> bool {
        let Some(&last) = parts.last() else { return false };
        let text = &self.report.text;
        let clause = |at: usize| {
            let here = around(text, &self.report.figures, at);
            text.plain(here.clause..self.figure(at).range.start)
        };
        let (one, two) = (clause(last), clause(at));
        let shared = one.chars().rev().zip(two.chars().rev()).take_while(|(a, b)| a == b).count();
        let lead = text.plain(
            text.sentences()[self.figure(at).sentence].range.start..self.figure(at).range.start,
        );
        shared >= 3 && self.figure(last).unit == self.figure(at).unit && lead.chars().count() <= 20
    }

    /// Parts that are kinds of one thing, and not stages of it.
    fn are_categories(&self, parts: &[usize]) -> bool {
        let text = &self.report.text;
        let stage = |at: usize| {
            let here = around(text, &self.report.figures, at);
            let own = text.plain(here.clause..here.tail);
            let words = &self.reading.defects.stages;
            words.iter().find(|word| own.contains(word.as_str())).cloned()
        };
        let first = stage(parts[0]);
        parts.iter().all(|&part| stage(part) == first)
    }

    fn at_most_of_sum(&mut self, part: usize, whole: usize) {
        if self.figure(part).unit == self.figure(whole).unit {
            let known = self.findings.iter().any(|one| one.figures == [part, whole]);
            if !known {
                self.at_most(part, whole);
            }
        }
    }

    fn sum(&mut self, whole: usize, parts: &[usize]) {
        let total = self.figure(whole);
        let sum =
            parts.iter().fold(Decimal::whole(0), |sum, &part| sum.plus(self.figure(part).value));
        let names: Vec<String> = parts.iter().map(|&part| self.written(part)).collect();
        let (list, w) = (names.join(" + "), self.written(whole));
        if self.fits_another(sum, whole) {
            return;
        }
        let expression = format!("{list} = {sum} vs {w}");
        let single = parts
            .iter()
            .any(|&part| self.figure(part).value.compare(total.value) == Ordering::Greater);
        let (verdict, explanation) = match sum.compare(total.value) {
            Ordering::Equal if is_exact(total) => {
                (Verdict::Consistent, format!("分项相加等于总数{w}。"))
            }
            Ordering::Greater
                if matches!(total.qualifier, Qualifier::Exact | Qualifier::AtMost) =>
            {
                if self.are_groups(parts) && !single {
                    let say = format!(
                        "“其中”各项相加为{sum}，多于总数{w}：分类互相交叉，同一件（人）可以计入几类，不能写成总数的组成部分；请写明“同一案件可以计入多类”，或者改用不重复的分类。"
                    );
                    (Verdict::OverlappingCategories, say)
                } else {
                    let units: Vec<&str> =
                        parts.iter().map(|&part| self.figure(part).unit.as_str()).collect();
                    let mixed = units.iter().any(|unit| *unit != total.unit);
                    let why = if mixed {
                        "；总数和分项的单位也不同，口径不一"
                    } else {
                        ""
                    };
                    let say = format!(
                        "“其中”各项相加为{sum}，多于总数{w}{why}；请核对，确有一案多次等情况的请写明。"
                    );
                    (Verdict::Inconsistent, say)
                }
            }
            _ => return,
        };
        let mut figures = vec![whole];
        figures.extend(parts);
        let working = Working {
            expression,
            computed: Some(sum.rough()),
            stated: Some(total.value.rough()),
            explanation,
        };
        self.add("sum", figures, verdict, working);
    }

    /// Groups of people or marks that one case can bear several of.
    fn are_groups(&self, parts: &[usize]) -> bool {
        let text = &self.report.text;
        let grouped = parts.iter().filter(|&&part| {
            let here = around(text, &self.report.figures, part);
            let own = text.plain(here.clause..here.tail);
            self.reading.defects.groups.iter().any(|word| own.contains(word.as_str()))
        });
        grouped.count() >= 2
    }

    /// 处罚12件，占20%: one whole must serve all shares of a paragraph.
    fn shares(&mut self) {
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

    /// 市级15个、省级6个、国家级1个 of one title: the higher may be among the lower.
    fn levels(&mut self) {
        let text = &self.report.text;
        let level = |at: usize| {
            let here = around(text, &self.report.figures, at);
            let own = text.plain(here.clause..here.tail);
            let own = own.replace("县级以上", "").replace("县级领导", "").replace("县级干部", "");
            let levels = &self.reading.defects.levels;
            let level = levels.iter().find(|level| own.contains(level.as_str()))?;
            let titled = ["示范", "标准化", "先进", "文明"].iter().any(|word| own.contains(word));
            titled.then(|| level.clone())
        };
        let mut at = 0;
        while at < self.report.figures.len() {
            let mut group: Vec<usize> = Vec::new();
            let mut seen: Vec<String> = Vec::new();
            while let Some(figure) = self.report.figures.get(at)
                && let Some(level) = level(at)
                && group.first().is_none_or(|&first| {
                    let first = self.figure(first);
                    first.sentence == figure.sentence && first.unit == figure.unit
                })
                && !seen.contains(&level)
            {
                seen.push(level);
                group.push(at);
                at += 1;
            }
            if group.len() >= 2 && is_count(self.figure(group[0])) {
                let names: Vec<String> = group.iter().map(|&one| self.written(one)).collect();
                let sum = group
                    .iter()
                    .fold(Decimal::whole(0), |sum, &one| sum.plus(self.figure(one).value));
                let explanation = format!(
                    "{}各是一级称号，同一单位可以同时列入几级，不能相加为{sum}；请分级写明。",
                    seen.join("、")
                );
                let working = Working {
                    expression: format!("{} = {sum}", names.join(" + ")),
                    computed: Some(sum.rough()),
                    stated: None,
                    explanation,
                };
                self.add("sum", group, Verdict::OverlappingCategories, working);
            } else {
                at += usize::from(group.is_empty());
            }
        }
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
