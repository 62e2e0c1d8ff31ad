//! 法和文件: plans of another period, laws that are no more, document numbers that are none.

use std::ops::Range;

use super::{Room, is_han};
use crate::{
    setting::{in_title, years},
    text::is_numbered,
};

/// The first year of reports after the reform of organs of 2018.
const REFORMED: i16 = 2019;

impl Room<'_> {
    /// 《法治政府建设实施纲要（2020—2025年）》: no such period, or that of another year.
    pub(super) fn plans(&mut self) {
        for (place, title) in self.titles() {
            let plans = self.reading.defects.plan.iter();
            let named: Vec<_> = plans.filter(|plan| title.starts_with(&plan.title)).collect();
            let (Some(plan), Some((from, to))) = (named.first(), period(&title)) else { continue };
            let known = named.iter().find(|plan| plan.from == from && plan.to == to);
            let year = self.report.setting.year;
            let right = |year: i16| named.iter().find(|plan| plan.from <= year && year <= plan.to);
            let say = match (known, year) {
                (None, _) => {
                    let all: Vec<String> =
                        named.iter().map(|p| format!("{}—{}年", p.from, p.to)).collect();
                    Some(format!(
                        "《{}》的期间是{}，没有“{from}—{to}年”的。",
                        plan.title,
                        all.join("、")
                    ))
                }
                (Some(known), Some(year)) if known.to + 1 < year || known.from > year + 1 => {
                    let right = right(year).map_or_else(String::new, |right| {
                        format!("，应引用{}—{}年的", right.from, right.to)
                    });
                    Some(format!(
                        "{year}年度的报告引用了{from}—{to}年的《{}》{right}。",
                        plan.title
                    ))
                }
                (Some(known), Some(year)) if known.to < year && right(year).is_some() => Some(
                    format!("{year}年度的报告引用了已到期的《{}》（{from}—{to}年）。", plan.title),
                ),
                _ => None,
            };
            if let Some(say) = say {
                self.add("planning_period", place, say);
            }
        }
    }

    /// 《2021年……工作要点》 in a report on 2022; a heading with last year's number.
    pub(super) fn stale_titles(&mut self) {
        let Some(year) = self.report.setting.year else { return };
        for (place, title) in self.titles() {
            let named: String = title.chars().take_while(char::is_ascii_digit).collect();
            let Some(of) = named.parse::<i16>().ok().filter(|_| named.len() == 4) else { continue };
            let yearly = ["要点", "工作计划", "工作安排", "工作方案", "责任清单", "目录"];
            let is_yearly = yearly.iter().any(|word| title.contains(word))
                && title.chars().nth(4) == Some('年')
                && !title.contains('-');
            if is_yearly && of < year {
                let say =
                    format!("{year}年度的报告引用{of}年的文件，可能沿用了上年的稿子，请核对。");
                self.add("stale_reference", place, say);
            }
        }
        let years = years(self.chars());
        for found in years {
            if found.month.is_some() || in_title(&self.report.text, found.at) {
                continue;
            }
            let line = self.line(found.at);
            let heading: Vec<char> = self.plain(line.start, line.end).trim().chars().collect();
            let lead = self.plain(line.start, found.at);
            let short = heading.len() <= 30 && is_numbered(&heading[..heading.len().min(8)]);
            let after = self.plain(found.end, line.end);
            let about = ["工作", "法治", "建设", "情况"].iter().any(|word| after.contains(word));
            if short && lead.chars().count() <= 6 && about && found.year < year {
                let say =
                    format!("{year}年度的报告，标题里却写{}年，可能沿用了上年的稿子。", found.year);
                self.add("stale_year", found.at..found.end, say);
            }
        }
    }

    /// Titles that do not exist or have been replaced.
    pub(super) fn wrong_titles(&mut self) {
        let year = self.report.setting.year.unwrap_or(i16::MAX);
        for (place, title) in self.titles() {
            let listed = self.reading.defects.title.iter().find(|one| {
                let name = title.strip_prefix("中华人民共和国").unwrap_or(&title);
                (one.written == title || one.written == name)
                    && one.since.is_none_or(|since| year >= since)
            });
            if let Some(say) = listed.map(|one| format!("{}。", one.say)) {
                self.add("citation", place, say);
            }
        }
    }

    /// Organs under their names of before the reform.
    pub(super) fn renamed(&mut self) {
        if self.report.setting.year.is_none_or(|year| year < REFORMED) {
            return;
        }
        let renamed: Vec<(String, String)> =
            self.reading.defects.renamed.clone().into_iter().collect();
        for (old, say) in renamed {
            let found: Vec<usize> = self.report.text.find_all(&old).take(3).collect();
            for at in found {
                self.add(
                    "old_name",
                    at..at + old.chars().count(),
                    format!("“{old}”是旧称：{say}。"),
                );
            }
        }
    }

    /// 〔20208)、委法20239: the bracket of the year has been lost.
    pub(super) fn document_numbers(&mut self) {
        let chars = self.chars();
        let mut found: Vec<(Range<usize>, &str)> = Vec::new();
        for at in 0..chars.len() {
            if matches!(chars[at], '〔' | '[' | '【') {
                let rest = &chars[at + 1..chars.len().min(at + 12)];
                let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
                let close = rest.get(digits).copied().unwrap_or(' ');
                let year = rest.starts_with(&['2', '0']) || rest.starts_with(&['1', '9']);
                if !year {
                    continue;
                }
                if digits != 4 || !matches!(close, '〕' | ']' | '】') {
                    found.push((at..at + digits + 2, "文号残缺，应写成“〔2020〕8号”的样子"));
                } else {
                    let after = &chars[at + 6..chars.len().min(at + 14)];
                    let number = after.iter().take_while(|c| c.is_ascii_digit()).count();
                    let no = after.iter().take(number + 3).any(|&c| c == '号');
                    if !no && number > 0 {
                        found.push((at..at + 6 + number, "文号缺“号”字"));
                    }
                }
            } else if "发办法字函通政".contains(chars[at]) {
                let rest = &chars[at + 1..chars.len().min(at + 12)];
                let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
                let year = rest.starts_with(&['2', '0', '1']) || rest.starts_with(&['2', '0', '2']);
                let ends = matches!(rest.get(digits), Some('号' | ')' | '》'));
                let code = at.checked_sub(1).is_some_and(|before| is_han(chars[before]));
                if (5..=7).contains(&digits) && year && ends && code {
                    found.push((
                        at..at + 1 + digits,
                        "文号的年份括号丢失，应写成“〔2023〕9号”的样子",
                    ));
                }
            }
        }
        for (place, say) in found {
            let written = self.report.text.written(place.clone());
            self.add("doc_number", place, format!("“{written}”：{say}。"));
        }
    }
}

/// （2020—2025年） in a title.
fn period(title: &str) -> Option<(i16, i16)> {
    let digits: Vec<&str> = title.split(|c: char| !c.is_ascii_digit()).collect();
    let mut years =
        digits.iter().filter(|part| part.len() == 4).filter_map(|part| part.parse().ok());
    Some((years.next()?, years.next()?))
}
