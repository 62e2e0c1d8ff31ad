//! 差错: what is wrong with a report and is no arithmetic.
//!
//! The catalogue of real reports: a part that is missing, a plan of another period, a document
//! number that lost its bracket, letters of another alphabet, a blank that was never filled, a
//! superior of another place. Lists stand in `law/reading/defects.toml`; here is how to look.

use std::ops::Range;

use crate::{
    Finding, Reading, Report, Verdict,
    figure::{Figure, Qualifier, tail},
    reading::Like,
    setting::{in_title, years},
    text::is_numbered,
};

/// Everything wrong that is no arithmetic.
pub fn defects(report: &Report, reading: &Reading) -> Vec<Finding> {
    let mut room = Room { report, reading, findings: Vec::new() };
    room.missing_blocks();
    room.plans();
    room.stale_titles();
    room.wrong_titles();
    room.renamed();
    room.document_numbers();
    room.alphabets();
    room.blanks();
    room.other_places();
    room.units();
    room.approximate();
    room.bare_changes();
    room.half_years();
    room.cutoffs();
    room.numbering();
    room.unexplained();
    room.all_and_rest();
    room.findings.sort_by_key(|finding| finding.place.as_ref().map_or(usize::MAX, |p| p.start));
    room.findings.dedup_by(|one, other| one.kind == other.kind && one.place == other.place);
    room.findings
}

/// The first year of reports after the reform of organs of 2018.
const REFORMED: i16 = 2019;

struct Room<'a> {
    report: &'a Report,
    reading: &'a Reading,
    findings: Vec<Finding>,
}

/// Shorter texts are excerpts: nothing can be said to be missing.
const WHOLE: usize = 1200;

impl Room<'_> {
    fn add(&mut self, kind: &'static str, place: Range<usize>, explanation: impl Into<String>) {
        let end = place.end.min(self.report.text.len());
        let place = place.start.min(end)..end;
        self.findings.push(Finding {
            kind,
            figures: Vec::new(),
            expression: self.report.text.written(place.clone()),
            place: Some(place),
            computed: None,
            stated: None,
            verdict: Verdict::Defect,
            explanation: explanation.into(),
        });
    }

    fn chars(&self) -> &[char] {
        self.report.text.folded()
    }

    /// The few characters around, without going beyond the text.
    fn plain(&self, from: usize, to: usize) -> String {
        self.report.text.plain(from..to)
    }

    /// 《…》 with its place.
    fn titles(&self) -> Vec<(Range<usize>, String)> {
        let chars = self.chars();
        let mut titles = Vec::new();
        for start in (0..chars.len()).filter(|&at| chars[at] == '《') {
            let end = chars.len().min(start + 120);
            let close = chars[start..end].iter().position(|&c| c == '》');
            let Some(len) = close.filter(|&len| !chars[start + 1..start + len].contains(&'《'))
            else {
                continue;
            };
            let written = self.plain(start + 1, start + len);
            let title: String = written.chars().filter(|c| !c.is_whitespace()).collect();
            titles.push((start..start + len + 1, title));
        }
        titles
    }

    fn is_annual_report(&self) -> bool {
        self.report.is_annual() && self.report.text.len() >= WHOLE
    }

    fn headings(&self) -> Vec<String> {
        let text = self.plain(0, self.report.text.len());
        let mut headings = Vec::new();
        for line in text.lines() {
            let line = line.trim();
            let chars: Vec<char> = line.chars().collect();
            if is_numbered(&chars[..chars.len().min(8)]) {
                headings.push(line.chars().take(42).collect());
            }
        }
        headings
    }

    /// The parts that the regulation asks for.
    fn missing_blocks(&mut self) {
        if !self.is_annual_report() {
            return;
        }
        let headings = self.headings();
        let text = self.plain(0, self.report.text.len());
        let has = |words: &[String], place: &dyn Fn(&str) -> bool| words.iter().any(|w| place(w));
        let missing: Vec<String> = self
            .reading
            .defects
            .block
            .iter()
            .filter(|block| {
                let in_heading = |word: &str| headings.iter().any(|line| line.contains(word));
                !has(&block.heading, &in_heading) && !has(&block.text, &|word| text.contains(word))
            })
            .map(|block| format!("{}。", block.say))
            .collect();
        for say in missing {
            self.findings.push(Finding {
                kind: "missing_block",
                figures: Vec::new(),
                place: None,
                expression: String::new(),
                computed: None,
                stated: None,
                verdict: Verdict::Defect,
                explanation: format!("{say}依据《法治政府建设与责任落实督察工作规定》。"),
            });
        }
    }

    /// 《法治政府建设实施纲要（2020—2025年）》: no such period, or that of another year.
    fn plans(&mut self) {
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
    fn stale_titles(&mut self) {
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

    fn line(&self, at: usize) -> Range<usize> {
        let chars = self.chars();
        let start = chars[..at].iter().rposition(|&c| c == '\n').map_or(0, |end| end + 1);
        let end = chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |end| at + end);
        start..end
    }

    /// Titles that do not exist or have been replaced.
    fn wrong_titles(&mut self) {
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
    fn renamed(&mut self) {
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
    fn document_numbers(&mut self) {
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

    /// Ш for Ⅲ, а for a: letters of other alphabets among Chinese.
    fn alphabets(&mut self) {
        let text = self.report.text.written(0..self.report.text.len());
        let mut found: Vec<(usize, char)> = Vec::new();
        for (at, c) in text.chars().enumerate() {
            if matches!(c, '\u{0400}'..='\u{052f}' | '\u{0370}'..='\u{03ff}') {
                found.push((at, c));
            }
        }
        let whole_words = found.len() > 30;
        for (at, c) in found.into_iter().filter(|_| !whole_words) {
            let like = match c {
                'Ш' | 'ш' => "Ⅲ",
                'А' | 'а' | 'Α' => "A",
                'В' | 'Β' => "B",
                'С' | 'с' => "C",
                'Е' | 'е' | 'Ε' => "E",
                'Н' | 'Η' => "H",
                'О' | 'о' | 'Ο' | 'ο' => "O",
                'Р' | 'р' | 'Ρ' => "P",
                'Т' | 'Τ' => "T",
                'Х' | 'х' | 'Χ' => "X",
                'І' | 'і' | 'Ι' => "I",
                _ => "别的字",
            };
            let alphabet = if c < '\u{0400}' { "希腊" } else { "西里尔" };
            let say = format!("用了{alphabet}字母“{c}”（U+{:04X}），应为“{like}”。", c as u32);
            self.add("character", at..at + 1, say);
        }
    }

    /// 聘用多律师、共计件、××: a number that was never filled in.
    fn blanks(&mut self) {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        let chars = self.chars();
        let verbs = [
            "聘用", "聘请", "选聘", "配备", "培训", "组织", "邀请", "出动", "安排", "抽调", "新增",
        ];
        let people = [
            "律师",
            "专家",
            "干部",
            "人员",
            "民警",
            "调解员",
            "志愿者",
            "学者",
            "执法人员",
            "名单位",
        ];
        for at in 1..chars.len().saturating_sub(2) {
            if !matches!(chars[at], '多' | '余') {
                continue;
            }
            let before = self.plain(at.saturating_sub(2), at);
            let after = self.plain(at + 1, (at + 4).min(chars.len()));
            let verb = verbs.iter().any(|word| before == *word);
            let noun = people.iter().find(|word| after.starts_with(**word));
            if let (true, Some(noun)) = (verb, noun) {
                let end = at + 1 + noun.chars().count();
                let say = format!("“{before}{}{noun}”缺数字或者量词，应写明几名。", chars[at]);
                found.push((at - 2..end, say));
            }
        }
        let units =
            ["件", "人次", "场次", "万元", "份", "人", "次", "起", "余件", "余人次", "余份"];
        let leads = ["共计", "累计", "共", "约", "达到", "达"];
        for at in 2..chars.len() {
            if !"件人场万份次起余".contains(chars[at]) {
                continue;
            }
            let next = self.plain(at, (at + 4).min(chars.len()));
            let mut named = units.iter().filter(|unit| {
                let ends =
                    next.chars().nth(unit.chars().count()).is_none_or(|c| ",。;、)".contains(c));
                next.starts_with(**unit) && ends
            });
            let Some(unit) = named.next() else { continue };
            let before = self.plain(at.saturating_sub(8), at);
            let lead = leads.iter().find(|lead| before.trim_end().ends_with(**lead));
            let gap = before.len() != before.trim_end().len();
            if let Some(lead) = lead
                && (gap || lead.chars().count() == 2)
            {
                let end = at + unit.chars().count();
                let start = at - (before.chars().count() - before.trim_end().chars().count());
                let start = start - lead.chars().count();
                found.push((start..end, format!("“{lead}{unit}”之间没有填数字。")));
            }
        }
        for word in ["××", "XX", "xx", "＿＿", "__", "【待写】", "【待补】", "（待补充）", "待补充"]
        {
            for at in self.report.text.find_all(word).collect::<Vec<_>>() {
                let end = at + word.chars().count();
                let inside = at > 0 && matches!(chars[at - 1], 'X' | 'x' | '_' | '×');
                if !inside {
                    found.push((at..end, format!("“{word}”没有填写。")));
                }
            }
        }
        for (place, say) in found {
            self.add("blank", place, say);
        }
    }

    /// 报县法制部门 in a town whose superior is a city: taken from somebody else's report.
    fn other_places(&mut self) {
        let superiors = self.superiors();
        if superiors.is_empty() {
            return;
        }
        let bodies = [
            "法制部门",
            "有关部门",
            "委",
            "政府",
            "司法局",
            "人大",
            "政协",
            "直部门",
            "级部门",
            "法制办",
            "法治办",
            "相关部门",
        ];
        let chars = self.chars();
        let mut found: Vec<(Range<usize>, char)> = Vec::new();
        for at in 1..chars.len() {
            let level = chars[at];
            if !matches!(level, '县' | '区' | '市') || superiors.contains(&level) {
                continue;
            }
            let after = self.plain(at + 1, (at + 5).min(chars.len()));
            let Some(body) = bodies.iter().find(|body| after.starts_with(**body)) else { continue };
            let addressed =
                ['报', '经', '向', '合', '由', '受', '在', ',', '、', '。', '及', '和', '按', '请'];
            if addressed.contains(&chars[at - 1]) && !in_title(&self.report.text, at) {
                let longer = after.chars().nth(body.chars().count());
                let generic = longer.is_some_and(|c| matches!(c, '以' | '（' | '('));
                if !generic {
                    found.push((at - 1..at + 1 + body.chars().count(), level));
                }
            }
        }
        let named: Vec<String> = superiors.iter().map(char::to_string).collect();
        for (place, level) in found {
            let say = format!(
                "本单位的上级是{}，这里却写“{level}”的部门，可能套用了外地的稿子，请核对。",
                named.join("、")
            );
            self.add("template_reuse", place, say);
        }
    }

    /// The levels above a town, as its name and its first words say.
    fn superiors(&self) -> Vec<char> {
        let organ = &self.report.setting.organ;
        let town = organ.ends_with('镇') || organ.ends_with('乡') || organ.ends_with("街道");
        if !town {
            return Vec::new();
        }
        let lead = self.plain(0, self.report.text.len().min(700));
        let mut levels: Vec<char> =
            organ.chars().filter(|c| matches!(c, '县' | '区' | '市')).collect();
        for level in ['县', '区', '市'] {
            let led = [format!("{level}委"), format!("{level}政府"), format!("{level}人民政府")];
            if led.iter().any(|word| lead.contains(word.as_str())) && !levels.contains(&level) {
                levels.push(level);
            }
        }
        levels
    }

    /// 法律明白人254户: people counted in a unit of things.
    fn units(&mut self) {
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
    fn approximate(&mut self) {
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
    fn bare_changes(&mut self) {
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
    fn half_years(&mut self) {
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
    fn cutoffs(&mut self) {
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

    /// 四、) and （二）、: a numbering that is broken.
    fn numbering(&mut self) {
        let text = self.plain(0, self.report.text.len());
        let mut at = 0;
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        let mut last = 0_usize;
        for line in text.split('\n') {
            let lead = line.chars().take_while(|c| c.is_whitespace()).count();
            let head: String = line.chars().skip(lead).take(6).collect();
            let start = at + lead;
            let numerals = "一二三四五六七八九十";
            let count = head.chars().take_while(|c| numerals.contains(*c)).count();
            if count > 0 && (head.chars().skip(count).take(2).eq("、)".chars())) {
                let shown: String = head.chars().take(count + 2).collect();
                found.push((start..start + count + 2, format!("标题序号“{shown}”残缺。")));
            }
            if let Some(rest) = head.strip_prefix('(') {
                let count = rest.chars().take_while(|c| numerals.contains(*c)).count();
                if count > 0 && rest.chars().skip(count).take(2).eq(")、".chars()) {
                    let shown: String = head.chars().take(count + 3).collect();
                    let say = format!("标题序号“{shown}”多了顿号。");
                    found.push((start..start + count + 3, say));
                }
            }
            if count > 0
                && head.chars().nth(count) == Some('、')
                && let Some(number) = numerals.find(head.chars().next().unwrap_or(' '))
                && count == 1
                && line.chars().count() <= 42
            {
                let number = number / '一'.len_utf8() + 1;
                if number > last + 1 && last > 0 {
                    let say = format!("标题序号从第{last}跳到第{number}，中间缺一个。");
                    found.push((start..start + 2, say));
                }
                last = number;
            }
            at += line.chars().count() + 1;
        }
        for (place, say) in found {
            self.add("numbering", place, say);
        }
    }

    /// 积案20件，化解10件: what became of the rest?
    fn unexplained(&mut self) {
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
    fn all_and_rest(&mut self) {
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

/// （2020—2025年） in a title.
fn period(title: &str) -> Option<(i16, i16)> {
    let digits: Vec<&str> = title.split(|c: char| !c.is_ascii_digit()).collect();
    let mut years =
        digits.iter().filter(|part| part.len() == 4).filter_map(|part| part.parse().ok());
    Some((years.next()?, years.next()?))
}

/// The month of the last 4月10日 of a text.
fn last_date(text: &str) -> Option<u8> {
    let at = text.rfind('月')?;
    let month: String = text[..at].chars().rev().take_while(char::is_ascii_digit).collect();
    let month: u8 = month.chars().rev().collect::<String>().parse().ok()?;
    let day = text[at + '月'.len_utf8()..].chars().take_while(char::is_ascii_digit).count();
    ((1..=12).contains(&month) && day > 0).then_some(month)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}
