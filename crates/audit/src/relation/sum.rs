//! 合计: parts against their sum.

use std::cmp::Ordering;

use super::{Room, Working, is_count, is_exact, things};
use crate::{
    Verdict,
    figure::{Figure, Qualifier},
    indicator::around,
    number::Decimal,
    reading::Like,
};

impl<'a> Room<'a> {
    /// 全年共、累计: the figure is said to be the whole.
    pub(super) fn is_total(&self, at: usize) -> bool {
        let here = around(&self.report.text, &self.report.figures, at);
        let own = self.report.text.plain(here.own..self.figure(at).range.start);
        let total = ["共", "累计", "总计", "合计", "全年", "现有"];
        total.iter().any(|word| own.contains(word)) && !own.contains("其中")
    }

    /// 其中: what follows is part of what stands before.
    pub(super) fn sums(&mut self) {
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
        let closed = self.bracket_end(mark);
        for at in 0..self.report.figures.len() {
            let figure = self.figure(at);
            if figure.range.start < mark {
                continue;
            }
            if closed.is_some_and(|end| figure.range.start > end) {
                break;
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

    /// 副局长3名（其中1名兼任）: where the bracket ends that this place stands in.
    fn bracket_end(&self, at: usize) -> Option<usize> {
        let text = &self.report.text;
        let sentence = text.sentences()[text.sentence_at(at)].range.clone();
        let lead = &text.folded()[sentence.start..at];
        let open = lead.iter().rposition(|&c| matches!(c, '(' | ')'))?;
        let rest = &text.folded()[at..sentence.end.max(at)];
        let end = at + rest.iter().position(|&c| c == ')')?;
        (lead[open] == '(').then_some(end)
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

    pub(super) fn sum(&mut self, whole: usize, parts: &[usize]) {
        let total = self.figure(whole);
        let sum =
            parts.iter().fold(Decimal::whole(0), |sum, &part| sum.plus(self.figure(part).value));
        let names: Vec<String> = parts.iter().map(|&part| self.written(part)).collect();
        let (list, w) = (names.join(" + "), self.written(whole));
        if self.fits_another(sum, whole) || self.says_they_cross(parts) {
            return;
        }
        // 检查8次，其中涉企8次，责令改正2次: where one part is all, the others lie across it.
        if parts.iter().any(|&part| self.figure(part).value.compare(total.value) == Ordering::Equal)
        {
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

    /// 妇女55件（一件可以涉及几类人群）: the text itself says that its parts do not add up.
    fn says_they_cross(&self, parts: &[usize]) -> bool {
        let Some(last) = parts.last().map(|&part| self.figure(part)) else { return false };
        let text = &self.report.text;
        let rest = text.plain(last.range.end..text.sentences()[last.sentence].range.end);
        let Some((said, _)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
            return false;
        };
        ["计入", "涉及", "重复", "交叉", "不等于"].iter().any(|word| said.contains(word))
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
}
