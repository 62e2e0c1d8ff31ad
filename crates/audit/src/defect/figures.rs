//! 数字怎么写: units confused, changes without a base, claims of all.

use std::ops::Range;

use super::{Room, is_han};
use crate::{
    figure::{Figure, Qualifier, tail},
    reading::Like,
    setting::years,
};

impl Room<'_> {
    /// 法律明白人254户: people counted in a unit of things.
    pub(super) fn units(&mut self) {
        for at in 0..self.report.figures.len() {
            let figure = &self.report.figures[at];
            let things = &self.reading.defects.units_of_things;
            if !things.contains(&figure.unit) || figure.like == Like::Rate {
                continue;
            }
            let before = self.plain(figure.range.start.saturating_sub(10), figure.range.start);
            let before = before.trim_end();
            let person = self.reading.defects.persons.iter().find(|p| before.ends_with(p.as_str()));
            let after = self.plain(figure.range.end, figure.range.end + 6);
            let serves = figure.unit == "件" || figure.unit == "份";
            let next = after.chars().next().unwrap_or('。');
            if let Some(person) = person
                && (!serves || !is_han(next))
                && !is_han(next)
            {
                let length = person.chars().count();
                let place = figure.range.start - length..figure.range.end;
                let say = format!("“{person}”是人，不用“{}”计数，请核对单位。", figure.unit);
                self.add("unit", place, say);
            }
        }
    }

    /// 6余次: a small number is known exactly.
    pub(super) fn approximate(&mut self) {
        let small: Vec<Range<usize>> = self
            .report
            .figures
            .iter()
            .filter(|figure| {
                let more = self.plain(figure.numeral.end, figure.range.end);
                let value = figure.value.as_whole().unwrap_or(i128::MAX);
                let exact_ten =
                    value < 10 && figure.factor == 1 && figure.qualifier == Qualifier::AtLeast;
                exact_ten && more.trim_start().starts_with(['余', '多'])
            })
            .map(|figure| figure.range.clone())
            .collect();
        for place in small {
            let written = self.report.text.written(place.clone());
            self.add(
                "approximate",
                place,
                format!("“{written}”：十以内的数不用“余、多”，请写准确数。"),
            );
        }
    }

    /// 大幅下降 without a number.
    pub(super) fn bare_changes(&mut self) {
        let mut found: Vec<Range<usize>> = Vec::new();
        for change in &self.reading.defects.changes {
            for at in self.report.text.find_all(change) {
                let end = at + change.chars().count();
                let start = self.clause_start(at);
                let sentence =
                    self.report.text.sentences()[self.report.text.sentence_at(at)].clone();
                let stop = self.chars()[end..sentence.range.end.max(end)]
                    .iter()
                    .position(|&c| matches!(c, ',' | '。' | ';'))
                    .map_or(end, |stop| end + stop);
                let counted = self.report.figures.iter().any(|f| {
                    (start.saturating_sub(12)..stop + 12).contains(&f.numeral.start)
                        && f.sentence == self.report.text.sentence_at(at)
                        && f.numeral.start >= start
                });
                let clause = self.plain(start, end);
                let measured =
                    self.reading.defects.measured.iter().any(|word| clause.contains(word.as_str()));
                let future =
                    self.reading.defects.future.iter().any(|word| clause.contains(word.as_str()));
                if measured && !counted && !future {
                    found.push(start..end);
                }
            }
        }
        found.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        found.dedup_by_key(|place| place.start);
        for place in found {
            let say = "只说升降，没有本期数和上期数，无法复核；请补上数据或者删去。";
            self.add("unsupported_claim", place, say);
        }
    }

    fn clause_start(&self, at: usize) -> usize {
        let before = &self.chars()[..at];
        before
            .iter()
            .rposition(|&c| matches!(c, ',' | '。' | ';' | '\n' | ':'))
            .map_or(0, |end| end + 1)
    }

    /// 4月10日……报告了上半年……: the half year was not over.
    pub(super) fn half_years(&mut self) {
        let mut found: Vec<(Range<usize>, u8)> = Vec::new();
        let spans = [("上半年", 6_u8), ("一季度", 3), ("前三季度", 9), ("全年", 12)];
        for (span, last) in spans {
            for at in self.report.text.find_all(span) {
                let sentence =
                    self.report.text.sentences()[self.report.text.sentence_at(at)].clone();
                let before = self.plain(sentence.range.start, at);
                let verbs = ["报告了", "通报了", "总结了", "汇报了", "听取了", "报告"];
                let Some(month) = last_date(&before) else { continue };
                let told = verbs.iter().any(|verb| before.contains(verb));
                if told && month <= last && (last - month) > 0 {
                    let date = before.chars().rev().take(60).count();
                    found.push((at - date..at + span.chars().count(), month));
                }
            }
        }
        for (place, month) in found {
            let say = format!("{month}月的会议不可能报告到期末的情况：日期或者期间至少一处有误。");
            self.add("temporal", place, say);
        }
    }

    /// 截止2021年1月 in a report on 2020.
    pub(super) fn cutoffs(&mut self) {
        let Some(year) = self.report.setting.year else { return };
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for stated in years(self.chars()) {
            let before = tail(&self.plain(stated.at.saturating_sub(4), stated.at), 4);
            let until =
                ["截至", "截止", "截止到", "截至到"].iter().any(|w| before.trim_end().ends_with(w));
            let counted = self.report.figures.iter().any(|figure: &Figure| {
                figure.sentence == self.report.text.sentence_at(stated.at)
                    && figure.range.start > stated.at
            });
            if until && counted && stated.year > year {
                let say = format!(
                    "{year}年度的报告用了{}年的时点数，请改为年末数，或者写明口径。",
                    stated.year
                );
                found.push((stated.at - 2..stated.end, say));
            }
        }
        for (place, say) in found {
            self.add("period", place, say);
        }
    }

    /// 积案20件，化解10件: what became of the rest?
    pub(super) fn unexplained(&mut self) {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for at in 1..self.report.figures.len() {
            let (whole, part) = (&self.report.figures[at - 1], &self.report.figures[at]);
            let (w, p) = (whole.value.as_whole().unwrap_or(0), part.value.as_whole().unwrap_or(0));
            let sentence = self.report.text.sentences()[whole.sentence].range.clone();
            let own = self.plain(self.clause_start(whole.range.start), whole.range.end);
            let then = self.plain(whole.range.end, part.range.start);
            let assigned =
                ["交办", "积案", "反馈问题", "督办"].iter().any(|word| own.contains(word));
            let done = ["化解", "办结", "整改"].iter().any(|word| then.contains(word));
            let following = self.plain(part.range.end, sentence.end + 60);
            let rest = ["其余", "剩余", "正在", "尚未", "未化解", "未整改", "持续", "还有", "余下"];
            if assigned
                && done
                && whole.unit == part.unit
                && whole.sentence == part.sentence
                && p < w
                && !rest.iter().any(|word| following.contains(word))
            {
                let say = format!("{w}{}中办了{p}，其余{}的原因和期限没有写。", whole.unit, w - p);
                found.push((part.range.start.saturating_sub(4)..part.range.end, say));
            }
        }
        for (place, say) in found {
            self.add("unexplained", place, say);
        }
    }

    /// 100% beside 尚未办结.
    pub(super) fn all_and_rest(&mut self) {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for figure in &self.report.figures {
            let all = figure.like == Like::Rate
                && figure.value.as_whole() == Some(100)
                && figure.qualifier == Qualifier::Exact;
            if !all {
                continue;
            }
            let clause = self.plain(self.clause_start(figure.range.start), figure.range.start);
            let done = ["办结率", "化解率", "整改率", "完成率", "回复率", "答复率"];
            let sentence = self.report.text.sentences()[figure.sentence].range.clone();
            let said = self.plain(sentence.start, sentence.end + 40);
            let rest =
                ["尚未办结", "未办结", "正在办理", "尚未整改", "未整改", "尚未化解", "未回复"];
            if done.iter().any(|word| clause.contains(word))
                && let Some(rest) = rest.iter().find(|word| said.contains(**word))
            {
                let say = format!("写了100%，又写“{rest}”，前后不一致，请核对。");
                found.push((figure.range.clone(), say));
            }
        }
        for (place, say) in found {
            self.add("all", place, say);
        }
    }
}

/// The month of the last 4月10日 of a text.
fn last_date(text: &str) -> Option<u8> {
    let at = text.rfind('月')?;
    let month: String = text[..at].chars().rev().take_while(char::is_ascii_digit).collect();
    let month: u8 = month.chars().rev().collect::<String>().parse().ok()?;
    let day = text[at + '月'.len_utf8()..].chars().take_while(char::is_ascii_digit).count();
    ((1..=12).contains(&month) && day > 0).then_some(month)
}
