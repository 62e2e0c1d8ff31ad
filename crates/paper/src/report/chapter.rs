//! 章、节、点: what stands under which heading, and what is still to be written there.

use law::outline::{Block as Chapter, Outline, Points, Section, Sentence, TO_WRITE};

use super::{
    Weight, Writer,
    written::{Divided, divide, hand_written_numbers, years},
};
use crate::{
    model::{Block, Run},
    words,
};

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

/// A heading that has something below it.
type Headed<'a> = (&'a str, Vec<Block>);

impl Writer<'_> {
    pub(super) fn check_outline(&mut self, outline: &Outline) {
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

    /// What stands before the first chapter: as a person wrote it, or else as the outline has it.
    pub(super) fn preamble(&mut self, preamble: &Section) {
        let written = (self.sources.written)(&preamble.title).unwrap_or_default();
        let lines: Vec<&str> = written.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        if lines.is_empty() {
            let blocks = self.said(&preamble.title, &preamble.sentences, Vec::new(), true);
            self.blocks.extend(blocks);
        } else {
            self.look_over(&preamble.title, None, &written);
            let lines = self.lines(&preamble.title, lines);
            self.blocks.extend(lines);
        }
    }

    /// A chapter: what a person wrote and what its figures say; where that is still to come, what
    /// has to be written.
    pub(super) fn chapter(&mut self, number: usize, chapter: &Chapter) {
        let title = format!("{}、{}", words::ordinal(number), chapter.title);
        self.blocks.push(Block::heading(1, title));
        let written = (self.sources.written)(&chapter.title).unwrap_or_default();
        let lines = written.lines().map(str::trim).filter(|line| !line.is_empty());
        let titles = chapter.sections.iter().map(|section| section.title.as_str());
        let Divided { lead, parts } = divide(lines, titles);
        // Text that names no section was written for the chapter as a whole.
        let whole = !lead.is_empty() && parts.iter().all(Option::is_none);
        let nothing = lead.is_empty() && parts.iter().all(Option::is_none);

        let printed = self.used.len();
        let mut sections: Vec<Headed<'_>> = Vec::new();
        for (section, text) in chapter.sections.iter().zip(parts) {
            let blocks = self.section(section, text, !whole);
            if blocks.is_empty() {
                let what = "本节没有数据，也没有文字，未列入".into();
                self.check(Weight::Doubt, &section.title, what);
            } else {
                sections.push((&section.title, blocks));
            }
        }
        match nothing {
            true => self.await_text(chapter, self.used.len() > printed),
            false => self.look_over(&chapter.title, chapter.mandatory, &written),
        }
        let lead = self.lines(&chapter.title, lead);
        self.blocks.extend(lead);
        // A chapter of one section needs no second title.
        let numbered = sections.len() > 1;
        for (index, (title, blocks)) in sections.into_iter().enumerate() {
            if numbered {
                let ordinal = words::ordinal(index + 1);
                self.blocks.push(Block::heading(2, format!("（{ordinal}）{title}")));
            }
            self.blocks.extend(blocks);
        }
    }

    /// Text that a person wrote is not counted from lists; its numbers and years are looked over.
    fn look_over(&mut self, place: &str, mandatory: Option<u8>, text: &str) {
        for number in hand_written_numbers(text) {
            let what = format!("手填的数“{number}”没有与台账核对");
            self.check(Weight::Doubt, place, what);
        }
        for year in years(text) {
            if (year - self.sources.year).abs() > 1 {
                let what = format!("文字里出现“{year}年”，请核对是否套用了旧稿");
                self.check(Weight::Doubt, place, what);
            }
        }
        let reasons = ["原因", "主要是", "由于", "因为", "根源"];
        if mandatory == Some(2) && !reasons.iter().any(|word| text.contains(word)) {
            self.check(Weight::Doubt, place, "只写了不足，没有写原因".into());
        }
    }

    /// A chapter that nobody has written yet; `has_figures` says whether it says something all
    /// the same.
    fn await_text(&mut self, chapter: &Chapter, has_figures: bool) {
        let prompt = match &chapter.write {
            Some(prompt) => Some(prompt),
            None if chapter.sections.is_empty() => Some(&chapter.title),
            None => None,
        };
        if let Some(prompt) = prompt {
            self.blocks.push(Block::Paragraph(vec![Run::place(format!("{TO_WRITE}{prompt}"))]));
        }
        let required = chapter.mandatory.is_some_and(|number| number <= REQUIRED);
        let weight = if required && !has_figures { Weight::Missing } else { Weight::Doubt };
        match prompt {
            Some(prompt) => self.check(weight, &chapter.title, format!("还没有写：{prompt}")),
            None if weight == Weight::Missing => {
                self.check(weight, &chapter.title, "本章还没有写".into());
            }
            None => {}
        }
    }

    /// A section and its points; `prompts` also shows what a person has to write where nobody has.
    fn section(&mut self, section: &Section, text: Option<Vec<&str>>, prompts: bool) -> Vec<Block> {
        let prompts = prompts && text.is_none();
        let named = text.is_some();
        let titles = section.points.iter().map(|point| point.title.as_str());
        let Divided { lead, parts } = divide(text.unwrap_or_default().into_iter(), titles);
        // Text that names no point was written for the section as a whole.
        let whole = named && parts.iter().all(Option::is_none);
        let mut blocks = self.said(&section.title, &section.sentences, lead, prompts);
        let mut points: Vec<Headed<'_>> = Vec::new();
        for (point, text) in section.points.iter().zip(parts) {
            let prompts = text.is_none() && !whole && (prompts || named);
            let text = text.unwrap_or_default();
            let blocks = self.said(&point.title, &point.sentences, text, prompts);
            if !blocks.is_empty() {
                points.push((&point.title, blocks));
            }
        }
        // A single point needs no number.
        let numbered = points.len() > 1;
        for (index, (title, mut below)) in points.into_iter().enumerate() {
            match self.points {
                _ if !numbered => {}
                Points::Numbered => {
                    blocks.push(Block::heading(3, format!("{}.{title}", index + 1)));
                }
                Points::Spoken => {
                    let lead = Run::strong(format!("{}是{title}。", words::ordinal(index + 1)));
                    below = vec![Block::Paragraph(spoken(lead, below))];
                }
            }
            blocks.extend(below);
        }
        blocks
    }

    /// One place: what a person wrote or has to write there, and what its figures say.
    fn said(
        &mut self,
        place: &str,
        sentences: &[Sentence],
        text: Vec<&str>,
        prompts: bool,
    ) -> Vec<Block> {
        let mut blocks = self.lines(place, text);
        for prompt in sentences.iter().filter(|_| prompts) {
            if let Some(what) = prompt.to_write() {
                blocks.push(Block::Paragraph(vec![Run::place(prompt.text.as_str())]));
                self.check(Weight::Doubt, place, format!("还没有写：{what}"));
            }
        }
        let figures = self.figures(place, sentences);
        blocks.extend((!figures.is_empty()).then_some(Block::Paragraph(figures)));
        blocks
    }

    /// Lines that a person wrote; one that only says what is still to come is shown as such.
    fn lines(&mut self, place: &str, lines: Vec<&str>) -> Vec<Block> {
        let line = |line: &str| match line.strip_prefix(TO_WRITE) {
            None => Block::paragraph(line),
            Some(what) => {
                self.check(Weight::Doubt, place, format!("还没有写：{what}"));
                Block::Paragraph(vec![Run::place(line)])
            }
        };
        lines.into_iter().map(line).collect()
    }

    /// The figures of a place, as one paragraph; nothing where there are none.
    fn figures(&mut self, place: &str, sentences: &[Sentence]) -> Vec<Run> {
        let (mut runs, unknown) = self.sentences(place, sentences);
        if unknown.is_empty() {
            return runs;
        }
        let keys = unknown.iter().map(|key| key.as_str()).collect::<Vec<_>>().join("、");
        runs.push(Run::place(format!("【缺数据：{keys}】")));
        self.check(Weight::Doubt, place, format!("指标没有数据：{keys}"));
        runs
    }
}

/// A point in one paragraph: its title and all that stands below it.
fn spoken(title: Run, below: Vec<Block>) -> Vec<Run> {
    let runs = below.into_iter().flat_map(|block| match block {
        Block::Paragraph(runs) => runs,
        _ => Vec::new(),
    });
    [title].into_iter().chain(runs).collect()
}
