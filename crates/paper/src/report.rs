//! 年度报告: an outline of the law and the figures of a year become a report.
//!
//! Numbers come from figures only, and each is a link to the list it was counted from. What no
//! figure can say is left to a person, in places nobody can overlook; nothing is invented.

use std::collections::BTreeMap;

use engine::{
    figure::{Figure, Value, change},
    show,
};
use jiff::civil::Date;
use law::{
    Id,
    indicator::Span,
    outline::{Block as Chapter, Form, Outline, Part, Section, Sentence, TO_WRITE},
};

use crate::{
    model::{Block, Paper, Run, Table},
    words,
};

/// What a report is compiled from, besides its outline.
pub struct Sources<'a> {
    /// The reporting organ; of joint reports, one name a line.
    pub organ: &'a str,
    /// The reporting year.
    pub year: i16,
    /// 主送机关, if the copy has one.
    pub to: Option<&'a str>,
    /// 成文日期, once it is signed.
    pub signed: Option<Date>,
    /// The days the figures are of: the whole year, or less where the year is not over.
    pub span: Span,
    /// The figures.
    pub figures: &'a [Figure],
    /// What a person has written for a chapter.
    pub written: &'a dyn Fn(&Chapter) -> Option<String>,
    /// The address of the list behind a figure, of this year or of the one before.
    pub list: &'a dyn Fn(&Figure, Of) -> String,
}

/// Which year's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The reporting year.
    This,
    /// The year before.
    Last,
}

/// A compiled report.
#[derive(Clone, Debug)]
pub struct Report {
    /// The paper.
    pub paper: Paper,
    /// What is to be looked at before it is signed.
    pub checks: Vec<Check>,
    /// The figures it prints, in order, each once.
    pub used: Vec<Id>,
}

/// One thing to be looked at. 核对事项
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// How grave it is.
    pub weight: Weight,
    /// The chapter or section.
    pub place: String,
    /// What is the matter.
    pub what: String,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The report may not be submitted so: what the law demands is missing.
    Missing,
    /// A person should look.
    Doubt,
    /// For information: how a rate was worked out.
    Working,
}

impl Report {
    /// Whether something is missing that the law demands.
    pub fn is_complete(&self) -> bool {
        self.checks.iter().all(|check| check.weight != Weight::Missing)
    }
}

/// The five blocks of content that 《法治政府建设与责任落实督察工作规定》 asks of a report.
const MANDATORY: [&str; 5] = [
    "主要举措和成效",
    "存在的不足和原因",
    "党政主要负责人履行推进法治建设第一责任人职责情况",
    "下一年度主要安排",
    "其他需要报告的情况",
];
/// The last of them may have nothing to say.
const REQUIRED: u8 = 4;

/// Compiles the report of an organ for a year. 生成年度报告
pub fn compile(outline: &Outline, sources: &Sources<'_>) -> Report {
    let figures = sources.figures.iter().map(|figure| (figure.key.as_str(), figure)).collect();
    let mut writer =
        Writer { sources, figures, blocks: Vec::new(), checks: Vec::new(), used: Vec::new() };
    writer.check_outline(outline);
    for (index, chapter) in outline.blocks.iter().enumerate() {
        writer.chapter(index + 1, chapter);
    }
    writer.end();
    let year = sources.year.to_string();
    let organ = sources.organ.replace('\n', "　");
    writer.checks.sort_by_key(|check| check.weight);
    Report {
        paper: Paper {
            title: outline.title.replace("{org}", &organ).replace("{year}", &year),
            to: sources.to.map(String::from),
            blocks: writer.blocks,
            ..Paper::default()
        },
        checks: writer.checks,
        used: writer.used,
    }
}

struct Writer<'a> {
    sources: &'a Sources<'a>,
    figures: BTreeMap<&'a str, &'a Figure>,
    blocks: Vec<Block>,
    checks: Vec<Check>,
    used: Vec<Id>,
}

/// Why a sentence can or cannot be printed.
enum Standing<'a> {
    /// Every place has something to print.
    Ready,
    /// These keys have no figure at all: 未统计.
    Unknown(Vec<&'a str>),
    /// Everything it speaks of is 0.
    Nothing,
    /// It gives a share of nothing.
    NoShare,
    /// It only compares with a year that has no figures.
    NoYearBefore,
    /// A person has to write it.
    ToWrite,
}

impl<'a> Writer<'a> {
    fn check_outline(&mut self, outline: &Outline) {
        let (first, last) = outline.years;
        if !(first..=last).contains(&self.sources.year) {
            let what = format!(
                "提纲“{}”适用于{first}年至{last}年，不适用于{}年",
                outline.name, self.sources.year
            );
            self.check(Weight::Doubt, &outline.name, what);
        }
        if outline.of.is_some() {
            return; // No annual report: the law asks for no blocks.
        }
        for (number, name) in (1..).zip(MANDATORY) {
            let there = outline.blocks.iter().any(|block| block.mandatory == Some(number));
            if !there && number <= REQUIRED {
                let what = format!("缺少法定内容第{}块“{name}”", words::ordinal(number.into()));
                self.check(Weight::Missing, &outline.name, what);
            }
        }
    }

    /// A chapter: what its figures say and what a person wrote; where that is still to come, what
    /// has to be written.
    fn chapter(&mut self, number: usize, chapter: &Chapter) {
        let title = format!("{}、{}", words::ordinal(number), chapter.title);
        self.blocks.push(Block::heading(1, title));
        let written = (self.sources.written)(chapter).filter(|text| !text.trim().is_empty());
        let (texts, rest) = by_section(chapter, written.as_deref().unwrap_or_default());
        let printed = self.used.len();
        let mut sections = Vec::new();
        for (section, text) in chapter.sections.iter().zip(texts) {
            let mut blocks = self.section(chapter, section, written.is_none());
            blocks.extend(text.into_iter().map(Block::paragraph));
            if !blocks.is_empty() {
                sections.push((&section.title, blocks));
            } else if !section.title.is_empty() {
                let what = "本节没有数据，也没有文字，未列入".into();
                self.check(Weight::Doubt, &section.title, what);
            }
        }
        match &written {
            Some(text) => self.look_over(chapter, text),
            None => self.await_text(chapter, self.used.len() > printed),
        }
        let numbered = sections.len() > 1;
        for (index, (title, blocks)) in sections.into_iter().enumerate() {
            // A chapter of one section needs no second title.
            if numbered && !title.is_empty() {
                let ordinal = words::ordinal(index + 1);
                self.blocks.push(Block::heading(2, format!("（{ordinal}）{title}")));
            }
            self.blocks.extend(blocks);
        }
        self.blocks.extend(rest.into_iter().map(Block::paragraph));
    }

    /// Text that a person wrote is not counted from lists; its numbers and years are looked over.
    fn look_over(&mut self, chapter: &Chapter, text: &str) {
        for number in hand_written_numbers(text) {
            let what = format!("手填的数“{number}”没有与台账核对");
            self.check(Weight::Doubt, &chapter.title, what);
        }
        for year in years(text) {
            if (year - self.sources.year).abs() > 1 {
                let what = format!("文字里出现“{year}年”，请核对是否套用了旧稿");
                self.check(Weight::Doubt, &chapter.title, what);
            }
        }
        let reasons = ["原因", "主要是", "由于", "因为", "根源"];
        if chapter.mandatory == Some(2) && !reasons.iter().any(|word| text.contains(word)) {
            self.check(Weight::Doubt, &chapter.title, "只写了不足，没有写原因".into());
        }
    }

    /// A chapter that nobody has written yet; `has_figures` says whether it says something all
    /// the same.
    fn await_text(&mut self, chapter: &Chapter, has_figures: bool) {
        let prompt = match &chapter.write {
            Some(prompt) => prompt,
            None if chapter.sections.is_empty() => &chapter.title,
            None => return,
        };
        self.blocks.push(Block::Paragraph(vec![Run::place(format!("【待写】{prompt}"))]));
        let required = chapter.mandatory.is_some_and(|number| number <= REQUIRED);
        let weight = if required && !has_figures { Weight::Missing } else { Weight::Doubt };
        self.check(weight, &chapter.title, format!("还没有写：{prompt}"));
    }

    /// What the figures of a section say; `prompts` also shows what a person has to write there.
    fn section(&mut self, chapter: &Chapter, section: &Section, prompts: bool) -> Vec<Block> {
        let place = if section.title.is_empty() { &chapter.title } else { &section.title };
        let mut runs: Vec<Run> = Vec::new();
        let mut alone: Vec<&'a Figure> = Vec::new();
        let mut unknown: Vec<&str> = Vec::new();
        let mut to_write: Vec<&str> = Vec::new();
        let mut printed: Vec<&Id> = Vec::new();
        for sentence in &section.sentences {
            match self.standing(sentence) {
                Standing::Ready => {
                    close_sentence(&mut runs);
                    self.sentence(place, sentence, &mut runs);
                    printed.extend(&sentence.keys);
                }
                Standing::ToWrite => to_write.push(&sentence.text),
                Standing::Unknown(keys) => unknown.extend(keys),
                // 明示“0”，与“未统计”不同.
                Standing::Nothing => alone.extend(self.of(sentence)),
                Standing::NoShare => {
                    alone.extend(self.of(sentence).filter(|figure| !figure.value.is_empty()));
                }
                Standing::NoYearBefore => {
                    let names: Vec<&str> = self.of(sentence).map(|f| f.name.as_str()).collect();
                    let what = format!("没有上年数据，不写同比：{}", names.join("、"));
                    self.check(Weight::Doubt, place, what);
                }
            }
        }
        // 明示“0” where the unit does such work at all: a duty it does not have is not mentioned.
        let at_work = |figure: &Figure| {
            let duty = |key: &Id| key.split('.').next().unwrap_or_default().to_owned();
            let own = duty(&figure.key);
            !figure.value.is_empty()
                || self.figures.values().any(|other| {
                    duty(&other.key) == own
                        && !(other.value.is_empty()
                            && other.before.is_none_or(|before| before.is_empty()))
                })
        };
        alone.retain(|figure| at_work(figure));
        alone.retain(|figure| {
            let new = !printed.contains(&&figure.key);
            printed.push(&figure.key);
            new && matches!(figure.value, Value::Amount(..))
        });
        self.values(&alone, &mut runs);
        end_paragraph(&mut runs);
        if !unknown.is_empty() {
            unknown.dedup();
            let keys = unknown.join("、");
            runs.push(Run::place(format!("【缺数据：{keys}】")));
            self.check(Weight::Doubt, place, format!("指标没有数据：{keys}"));
        }
        let asked = section.sentences.len() > to_write.len();
        if runs.is_empty() && asked {
            runs.push(Run::place("【本节没有数据】"));
            self.check(Weight::Doubt, place, "本节没有数据".into());
        }
        let said = (!runs.is_empty()).then_some(Block::Paragraph(runs));
        let mut blocks: Vec<Block> = said.into_iter().collect();
        for prompt in to_write.into_iter().filter(|_| prompts) {
            blocks.push(Block::Paragraph(vec![Run::place(prompt)]));
            self.check(
                Weight::Doubt,
                place,
                format!("还没有写：{}", prompt.trim_start_matches(TO_WRITE)),
            );
        }
        blocks
    }

    fn standing<'s>(&self, sentence: &'s Sentence) -> Standing<'s> {
        if sentence.text.starts_with(TO_WRITE) {
            return Standing::ToWrite;
        }
        let known = |key: &&str| self.figures.contains_key(key);
        let keys = sentence.keys.iter().map(Id::as_str);
        let unknown: Vec<&str> = keys.filter(|key| !known(key)).collect();
        if !unknown.is_empty() {
            return Standing::Unknown(unknown);
        }
        if sentence.keys.is_empty() {
            return Standing::Ready;
        }
        if self.of(sentence).all(|figure| figure.value.is_empty()) {
            return Standing::Nothing;
        }
        let of_nothing = |figure: &Figure| {
            matches!(figure.value, Value::Rate { among: 0, .. } | Value::Mean { count: 0, .. })
        };
        if self.of(sentence).any(of_nothing) {
            return Standing::NoShare;
        }
        let compares = |part: &Part| match part {
            Part::Figure(_, form) => matches!(form, Form::Last | Form::Change),
            _ => true,
        };
        let before = self.of(sentence).any(|figure| changed(figure).is_some());
        match sentence.parts.iter().filter(|part| !matches!(part, Part::Text(_))).all(compares) {
            true if !before => Standing::NoYearBefore,
            _ => Standing::Ready,
        }
    }

    /// The figures of a sentence.
    fn of<'s>(&'s self, sentence: &'s Sentence) -> impl Iterator<Item = &'a Figure> + 's {
        sentence.keys.iter().filter_map(|key| self.figures.get(key.as_str()).copied())
    }

    fn sentence(&mut self, place: &str, sentence: &Sentence, runs: &mut Vec<Run>) {
        for part in &sentence.parts {
            match part {
                Part::Text(text) => push_text(runs, text),
                Part::Org => push_text(runs, &self.sources.organ.replace('\n', "、")),
                Part::Year => push_text(runs, &self.sources.year.to_string()),
                Part::Figure(key, form) => {
                    if let Some(figure) = self.figures.get(key.as_str()).copied() {
                        runs.push(self.place(figure, *form));
                        self.count(place, figure);
                    }
                }
            }
        }
    }

    fn place(&self, figure: &Figure, form: Form) -> Run {
        let (text, of) = match form {
            Form::Value => (in_words(figure.value), Of::This),
            Form::Number | Form::Rate => (figure.value.number(), Of::This),
            Form::Working => (figure.value.working().unwrap_or_default(), Of::This),
            Form::Last => {
                let before =
                    figure.before.filter(|value| value.working().is_none() || !value.is_empty());
                (before.map_or("无数据".into(), in_words), Of::Last)
            }
            Form::Change => {
                let changed = changed(figure);
                (changed.unwrap_or("上年无可比数据".into()), Of::Last)
            }
        };
        Run::link(text, (self.sources.list)(figure, of))
    }

    /// Figures one after the other under their own names, where no sentence fits them.
    fn values(&mut self, figures: &[&'a Figure], runs: &mut Vec<Run>) {
        for (index, figure) in figures.iter().enumerate() {
            match index {
                0 => close_sentence(runs),
                _ => push_text(runs, "，"),
            }
            push_text(runs, &format!("{}为", figure.name));
            runs.push(self.place(figure, Form::Value));
            self.count(&figure.name, figure);
        }
        if !figures.is_empty() {
            push_text(runs, "。");
        }
    }

    /// Notes that a figure is printed; a rate's working goes to the checks.
    fn count(&mut self, place: &str, figure: &Figure) {
        if self.used.contains(&figure.key) {
            return;
        }
        self.used.push(figure.key.clone());
        if let Some(working) = figure.value.working().filter(|_| !figure.value.is_empty()) {
            let working = working.replace('/', "÷");
            let what = format!("{}{}＝{working}", figure.name, figure.value.number());
            self.check(Weight::Working, place, what);
        }
    }

    fn check(&mut self, weight: Weight, place: &str, what: String) {
        self.checks.push(Check { weight, place: place.into(), what });
    }

    /// The period, who signs, and the figures beside those of the year before.
    fn end(&mut self) {
        let Span { from, to } = self.sources.span;
        self.blocks.push(Block::paragraph(format!(
            "本报告数据的统计期间为{}至{}，取自办理台账。",
            show::date(from),
            show::date(to)
        )));
        let table = self.comparison();
        let name = format!("{}年主要指标对照表", self.sources.year);
        if table.is_some() {
            self.blocks.push(Block::Attachments(vec![name.clone()]));
        }
        let signed = self.sources.signed.map_or("　　年　月　日".into(), show::date);
        let organs = self.sources.organ.lines().map(String::from);
        self.blocks.push(Block::Closing(organs.chain([signed]).collect()));
        if let Some(table) = table {
            self.blocks.push(Block::Annex { label: "附件".into(), title: name });
            self.blocks.push(Block::Table(table));
        }
    }

    fn comparison(&self) -> Option<Table> {
        let row = |key: &Id| {
            let figure = *self.figures.get(key.as_str())?;
            let mut row = vec![vec![Run::plain(figure.name.as_str())]];
            row.push(vec![self.place(figure, Form::Value)]);
            row.push(match figure.before {
                Some(_) => vec![self.place(figure, Form::Last)],
                None => vec![Run::plain("—")],
            });
            let changed = changed(figure).unwrap_or("—".into());
            row.push(vec![Run::plain(changed.trim_start_matches("同比"))]);
            row.push(vec![Run::plain(figure.value.working().unwrap_or_default())]);
            Some(row)
        };
        let rows: Vec<_> = self.used.iter().filter_map(row).collect();
        let head = ["指标", "本年", "上年", "同比", "算式"].map(String::from).to_vec();
        (!rows.is_empty()).then_some(Table { head, rows })
    }
}

/// What a person wrote, by sections: a line that is a section's title puts the lines below it
/// there; lines before the first title belong to the chapter as a whole.
fn by_section<'t>(chapter: &Chapter, text: &'t str) -> (Vec<Vec<&'t str>>, Vec<&'t str>) {
    let mut sections = vec![Vec::new(); chapter.sections.len()];
    let (mut rest, mut at) = (Vec::new(), None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let title = line.trim_start_matches(['#', ' ']);
        let title = match title.strip_prefix('（').and_then(|rest| rest.split_once('）')) {
            Some((_, title)) => title,
            None => title,
        };
        let named = |section: &Section| !section.title.is_empty() && section.title == title;
        match (chapter.sections.iter().position(named), at) {
            (Some(found), _) => at = Some(found),
            (None, Some(at)) => sections[at].push(line),
            (None, None) => rest.push(line),
        }
    }
    (sections, rest)
}

fn changed(figure: &Figure) -> Option<String> {
    change(figure.value, figure.before?)
}

/// A value with its unit; a rate in percent.
fn in_words(value: Value) -> String {
    match value {
        Value::Amount(..) => value.to_string(),
        Value::Rate { .. } => value.number(),
        Value::Mean { unit, .. } => format!("{}{}", value.number(), unit.name()),
    }
}

fn push_text(runs: &mut Vec<Run>, text: &str) {
    match runs.last_mut() {
        Some(Run { text: last, style: crate::Style::Plain }) => last.push_str(text),
        _ => runs.push(Run::plain(text)),
    }
}

/// Another sentence follows: the one before must have ended.
fn close_sentence(runs: &mut Vec<Run>) {
    let Some(last) = runs.last() else { return };
    if !last.text.ends_with(['。', '；', '，', '：', '！', '？', '、']) {
        push_text(runs, "。");
    }
}

/// A paragraph ends in a full stop even where the sentence that should have followed has no data.
fn end_paragraph(runs: &mut Vec<Run>) {
    if let Some(Run { text, style: crate::Style::Plain }) = runs.last_mut() {
        let kept = text.trim_end_matches(['；', '，', '、', '：']).len();
        text.truncate(kept);
    }
    close_sentence(runs);
}

/// Numbers with a unit that somebody typed: `20余宗`, `97.8%`.
fn hand_written_numbers(text: &str) -> Vec<String> {
    const UNITS: &str = "件次人名份个条项家户场批宗起%％元万亿";
    let mut found = Vec::new();
    let mut number = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() || !number.is_empty() && matches!(c, '.' | ',') {
            number.push(c);
            continue;
        }
        if number.is_empty() {
            continue;
        }
        let (about, unit) = match c {
            '余' | '多' => (Some(c), chars.peek().copied()),
            c => (None, Some(c)),
        };
        let mut whole = std::mem::take(&mut number);
        if let Some(unit) = unit.filter(|unit| UNITS.contains(*unit)) {
            whole.extend(about);
            whole.push(unit);
            found.push(whole);
        }
    }
    found.dedup();
    found
}

/// Years that a text names.
fn years(text: &str) -> Vec<i16> {
    let named = text.match_indices('年').filter_map(|(at, _)| {
        let digits: Vec<char> = text[..at].chars().rev().take_while(char::is_ascii_digit).collect();
        let year: String = digits.iter().rev().collect();
        (digits.len() == 4).then(|| year.parse().ok())?
    });
    let mut years: Vec<i16> = named.collect();
    years.dedup();
    years
}

#[cfg(test)]
mod tests {
    use law::{citation::Basis, indicator::Unit};

    use super::*;
    use crate::model::{Style, plain};

    fn amount(key: &str, name: &str, now: i64, before: Option<i64>) -> Figure {
        figure(
            key,
            name,
            Value::Amount(now, Unit::Item),
            before.map(|b| Value::Amount(b, Unit::Item)),
        )
    }

    fn rate(key: &str, name: &str, now: (i64, i64), before: Option<(i64, i64)>) -> Figure {
        let rate = |(good, among)| Value::Rate { good, among };
        figure(key, name, rate(now), before.map(rate))
    }

    fn figure(key: &str, name: &str, value: Value, before: Option<Value>) -> Figure {
        Figure { key: key.into(), name: name.into(), value, before, note: None, basis: None }
    }

    /// `{key:form}` as the outline's own reader reads it.
    fn sentence(text: &str) -> Sentence {
        let (mut parts, mut keys) = (Vec::new(), Vec::<Id>::new());
        for (index, piece) in text.split(['{', '}']).enumerate() {
            if index % 2 == 0 {
                parts.push(Part::Text(piece.into()));
                continue;
            }
            let (key, form) = piece.split_once(':').unwrap_or((piece, ""));
            let form = match form {
                "" => Form::Value,
                "n" => Form::Number,
                "rate" => Form::Rate,
                "working" => Form::Working,
                "last" => Form::Last,
                "change" => Form::Change,
                other => panic!("{other}"),
            };
            match key {
                "org" => parts.push(Part::Org),
                "year" => parts.push(Part::Year),
                key => {
                    parts.push(Part::Figure(key.into(), form));
                    if !keys.iter().any(|known| known.as_str() == key) {
                        keys.push(key.into());
                    }
                }
            }
        }
        Sentence { text: text.into(), parts, keys }
    }

    fn chapter(
        title: &str,
        mandatory: Option<u8>,
        sections: Vec<Section>,
        write: Option<&str>,
    ) -> Chapter {
        Chapter { title: title.into(), mandatory, sections, write: write.map(String::from) }
    }

    fn section(title: &str, sentences: &[&str]) -> Section {
        let sentences = sentences.iter().map(|text| sentence(text)).collect();
        Section { title: title.into(), sentences }
    }

    fn outline(blocks: Vec<Chapter>) -> Outline {
        Outline {
            id: "annual".into(),
            name: "年度报告".into(),
            title: "{org}{year}年法治政府建设年度报告".into(),
            of: None,
            years: (2021, 2025),
            blocks,
            basis: Basis { text: String::new(), citations: Vec::new() },
        }
    }

    fn compiled(outline: &Outline, figures: &[Figure], written: &[(u8, &str)]) -> Report {
        let written = |chapter: &Chapter| {
            let found = written.iter().find(|(number, _)| Some(*number) == chapter.mandatory);
            found.map(|(_, text)| text.to_string())
        };
        let list = |figure: &Figure, of: Of| format!("/figures/{}?{of:?}", figure.key);
        compile(
            outline,
            &Sources {
                organ: "青石镇",
                year: 2025,
                to: Some("云溪县人民政府"),
                signed: Some(jiff::civil::date(2026, 2, 13)),
                span: engine::figure::year(2025),
                figures,
                written: &written,
                list: &list,
            },
        )
    }

    /// The text of one section of one sentence or more.
    fn said(sentences: &[&str], figures: &[Figure]) -> String {
        let outline = outline(vec![chapter("举措", Some(1), vec![section("", sentences)], None)]);
        let report = compiled(&outline, figures, &[]);
        match &report.paper.blocks[1] {
            Block::Paragraph(runs) => plain(runs),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_worded_as_the_rules_demand() {
        let cases = amount("a", "受理案件数", 326, Some(304));
        let share = rate("r", "成功率", (317, 326), Some((290, 300)));
        let text =
            "全年共受理{a}，{a:change}（上年{a:last}）；成功率{r:rate}（{r:working}），{r:change}";
        assert_eq!(
            said(&[text], &[cases, share]),
            "全年共受理326件，同比上升7.24%（上年304件）；成功率97.24%（317/326），\
             同比上升0.57个百分点。"
        );
        for (now, before, text) in [
            (12, Some(0), "上年为0"),
            (12, Some(12), "与上年持平"),
            (10, Some(12), "同比下降16.67%"),
            (12, None, "上年无可比数据"),
        ] {
            let figures = [amount("a", "案件数", now, before)];
            assert_eq!(said(&["{a}，{a:change}。"], &figures), format!("{now}件，{text}。"));
        }
        for (good, among, text) in [
            (99_999, 100_000, "99.99%"),
            (1, 100_000, "0.01%"),
            (0, 5, "0%"),
            (5, 5, "100%"),
            (4_452, 4_549, "97.87%"),
        ] {
            let figures =
                [amount("a", "案件数", among, None), rate("r", "率", (good, among), None)];
            assert_eq!(said(&["{a:n}件，率{r}。"], &figures), format!("{among}件，率{text}。"));
        }
    }

    #[test]
    fn every_number_opens_its_list() {
        let outline = outline(vec![chapter(
            "举措",
            Some(1),
            vec![section("", &["{year}年{org}受理{a}，上年{a:last}。"])],
            None,
        )]);
        let report = compiled(&outline, &[amount("a", "案件数", 326, Some(304))], &[]);
        let Block::Paragraph(runs) = &report.paper.blocks[1] else { panic!() };
        assert_eq!(
            *runs,
            vec![
                Run::plain("2025年青石镇受理"),
                Run::link("326件", "/figures/a?This"),
                Run::plain("，上年"),
                Run::link("304件", "/figures/a?Last"),
                Run::plain("。"),
            ]
        );
        assert_eq!(report.used, vec![Id::from("a")]);
        let digits = |run: &Run| run.text.contains(|c: char| c.is_ascii_digit());
        let Some(Block::Table(table)) = report.paper.blocks.last() else { panic!() };
        let numbers = table.rows[0][1..3].iter().flatten().filter(|run| digits(run));
        assert!(numbers.into_iter().all(|run| matches!(run.style, Style::Link(_))));
    }

    #[test]
    fn nothing_is_invented() {
        // Zero is said, not hidden, and a share of nothing is no share.
        let none = [
            amount("d.a", "受理案件数", 0, None),
            rate("d.r", "成功率", (0, 0), None),
            amount("d.other", "排查次数", 5, None),
        ];
        let asked = "全年受理{d.a}，成功率{d.r}。";
        assert_eq!(said(&[asked], &none), "受理案件数为0件。");
        // But a duty that the unit does not have at all is not spoken of.
        assert_eq!(said(&[asked], &none[..2]), "【本节没有数据】");
        let some = [amount("a", "受理案件数", 3, None), rate("r", "成功率", (0, 0), None)];
        assert_eq!(said(&["全年受理{a}，成功率{r}。"], &some), "受理案件数为3件。");
        // A figure that nobody keeps is named as missing.
        assert_eq!(
            said(&["全年受理{a}；", "听证{b}。"], &[amount("a", "受理案件数", 3, None)]),
            "全年受理3件。【缺数据：b】"
        );
        assert_eq!(said(&["听证{b}。"], &[]), "【缺数据：b】");
        assert_eq!(said(&["率{r}。"], &[rate("r", "率", (0, 0), None)]), "【本节没有数据】");
    }

    fn five() -> Outline {
        let write = Some("存在的不足及其原因");
        outline(vec![
            chapter(
                "主要举措和成效",
                Some(1),
                vec![
                    section("依法化解矛盾纠纷", &["受理{a}，成功率{r}。"]),
                    section("规范行政执法", &["受理{a}。"]),
                ],
                None,
            ),
            chapter("存在的不足和原因", Some(2), vec![], write),
            chapter("第一责任人履职情况", Some(3), vec![], Some("履职情况")),
            chapter("下一年度安排", Some(4), vec![], Some("主要安排")),
            chapter("其他", Some(5), vec![], Some("其他情况")),
        ])
    }

    #[test]
    fn the_five_blocks_and_what_a_person_must_write() {
        let figures = [amount("a", "受理案件数", 326, None), rate("r", "成功率", (317, 326), None)];
        let report = compiled(&five(), &figures, &[(3, "召开专题会议6次。\n主要负责人述法。")]);
        let text = report.paper.text();
        for line in [
            "青石镇2025年法治政府建设年度报告",
            "云溪县人民政府：",
            "一、主要举措和成效",
            "（一）依法化解矛盾纠纷",
            "受理326件，成功率97.24%。",
            "（二）规范行政执法",
            "二、存在的不足和原因",
            "【待写】存在的不足及其原因",
            "召开专题会议6次。",
            "主要负责人述法。",
            "本报告数据的统计期间为2025年1月1日至2025年12月31日，取自办理台账。",
            "附件：2025年主要指标对照表",
            "青石镇",
            "2026年2月13日",
            "成功率\t97.24%\t—\t—\t317/326",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n---\n{text}");
        }
        let of = |weight: Weight| -> Vec<&str> {
            let found = report.checks.iter().filter(|check| check.weight == weight);
            found.map(|check| check.what.as_str()).collect()
        };
        assert_eq!(of(Weight::Missing), ["还没有写：存在的不足及其原因", "还没有写：主要安排"]);
        assert_eq!(of(Weight::Doubt), ["手填的数“6次”没有与台账核对", "还没有写：其他情况"]);
        assert_eq!(of(Weight::Working), ["成功率97.24%＝317÷326"]);
        assert!(!report.is_complete());

        let all = [(2, "人员不足，原因是编制少。"), (3, "述法。"), (4, "加强培训。"), (5, "无。")];
        assert!(compiled(&five(), &figures, &all).is_complete());
    }

    #[test]
    fn places_of_an_outline_that_no_figure_can_say() {
        let sections = vec![
            section("化解纠纷", &["受理{a}。", "受理数{a:change}。"]),
            section("行政决策", &["【待写】决策目录。"]),
            section("数字法治", &["【待写】平台。"]),
        ];
        let outline = outline(vec![chapter("举措", Some(1), sections, Some("补写成效"))]);
        let figures = [amount("a", "案件数", 326, None)];
        let draft = compiled(&outline, &figures, &[]).paper.text();
        for line in ["【待写】补写成效", "受理326件。", "（二）行政决策", "【待写】决策目录。"]
        {
            assert!(draft.lines().any(|found| found == line), "{line}\n---\n{draft}");
        }
        let text = "总的成效。\n（二）行政决策\n公布目录。";
        let report = compiled(&outline, &figures, &[(1, text)]);
        let lines: Vec<String> = report.paper.text().lines().map(String::from).collect();
        let expected = [
            "一、举措",
            "（一）化解纠纷",
            "受理326件。",
            "（二）行政决策",
            "公布目录。",
            "总的成效。",
        ];
        assert_eq!(lines[2..8], expected);
        let whats: Vec<&str> = report
            .checks
            .iter()
            .map(|check| check.what.as_str())
            .filter(|what| !what.starts_with("缺少法定内容"))
            .collect();
        assert_eq!(whats, ["没有上年数据，不写同比：案件数", "本节没有数据，也没有文字，未列入"]);
    }

    #[test]
    fn what_the_outline_lacks_is_named() {
        let mut short = outline(vec![chapter("举措", Some(1), vec![], Some("举措"))]);
        short.years = (2016, 2020);
        let report = compiled(&short, &[], &[]);
        let whats: Vec<&str> = report.checks.iter().map(|check| check.what.as_str()).collect();
        assert!(whats.contains(&"缺少法定内容第二块“存在的不足和原因”"));
        assert!(!whats.iter().any(|what| what.contains("第五块")));
        assert!(whats.contains(&"提纲“年度报告”适用于2016年至2020年，不适用于2025年"));
    }

    #[test]
    fn written_text_is_looked_over() {
        let text = "2021年以来抽查案卷20余宗，合格率97.8%，见〔2025〕3号文，共1,200人。";
        assert_eq!(hand_written_numbers(text), ["20余宗", "97.8%", "1,200人"]);
        assert_eq!(years(text), [2021]);
        let report = compiled(&five(), &[], &[(2, "2023年人员不足。")]);
        let whats: Vec<&str> = report.checks.iter().map(|check| check.what.as_str()).collect();
        assert!(whats.contains(&"只写了不足，没有写原因"));
        assert!(whats.contains(&"文字里出现“2023年”，请核对是否套用了旧稿"));
    }
}
