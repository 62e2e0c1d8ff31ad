//! 同一数前后: one measure said twice, and differences said in numbers.

use std::cmp::Ordering;

use super::{Room, Working, is_exact};
use crate::Verdict;

impl<'a> Room<'a> {
    /// 缺编＝编制－实有
    pub(super) fn difference(&mut self, at: usize) {
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
    pub(super) fn alike(&mut self, at: usize) {
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
    pub(super) fn twice(&mut self) {
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
}
