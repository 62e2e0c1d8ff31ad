//! 部分不超过整体: a part against what it is part of.

use std::cmp::Ordering;

use super::{Room, Working, is_count};
use crate::{Verdict, figure::Qualifier, indicator::around, number::Decimal, reading::Like};

impl<'a> Room<'a> {
    /// What is part of something is not more than it.
    pub(super) fn within(&mut self, at: usize) {
        let Some(stated) = &self.figure(at).stated else { return };
        let wholes = self.reading.wholes.get(&stated.key).map_or(&[][..], Vec::as_slice);
        for whole in wholes {
            let Some(whole) = self.nearest(whole, at) else { continue };
            if !self.has_a_nearer_whole(at, whole) {
                self.at_most(at, whole);
            }
        }
    }

    /// 受理300件，成功290件: a number of its own sentence that no indicator names may be the
    /// whole, rather than one of another sentence.
    fn has_a_nearer_whole(&self, part: usize, whole: usize) -> bool {
        let one = self.figure(part);
        let mut before = (0..part).map(|at| self.figure(at));
        self.figure(whole).sentence != one.sentence
            && before.any(|figure| {
                figure.sentence == one.sentence
                    && figure.unit == one.unit
                    && figure.stated.is_none()
                    && figure.value.compare(one.value) != Ordering::Less
            })
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

    pub(super) fn at_most_of_sum(&mut self, part: usize, whole: usize) {
        if self.figure(part).unit == self.figure(whole).unit {
            let known = self.findings.iter().any(|one| one.figures == [part, whole]);
            if !known {
                self.at_most(part, whole);
            }
        }
    }

    /// 市级15个、省级6个、国家级1个 of one title: the higher may be among the lower.
    pub(super) fn levels(&mut self) {
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
                && figure.value.mantissa() != 0
                && group.last().is_none_or(|&last| {
                    let last = self.figure(last);
                    let row = text.written(last.range.end..figure.range.start).contains('\n');
                    !row && last.sentence == figure.sentence && last.unit == figure.unit
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
