//! 年度报告: an organ's year compiled into a paper, every number of it a link to its list; what
//! people write for it is kept in its case, by the places of the outline.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    action::CaseId,
    authorise::Sight,
    case::Case,
    figure::{Figure, year},
};
use jiff::{Timestamp, civil::Date};
use law::{
    outline::{Outline, Passage, TO_WRITE},
    value::Value,
};
use paper::{
    Block, Run, Style,
    report::{Check, Of, Report, Sources, Weight, compile},
};
use store::{Organ, Read, RegisterFilter, StoreError, Visible};

use crate::{
    audit::{Audited, Beside, beside},
    figures,
    office::Office,
};

/// A report that has been compiled. 报告稿
#[derive(Debug)]
pub struct Draft {
    /// Whose.
    pub organ: Organ,
    /// Of which year.
    pub year: i16,
    /// Every figure of the year, printed in it or not.
    pub figures: Vec<Figure>,
    /// The paper and what is to be looked at before it is signed.
    pub report: Report,
    /// The lines that people wrote.
    written: BTreeSet<String>,
}

/// A draft that has been audited where it was made. 底稿审读
#[derive(Debug)]
pub struct Reviewed {
    /// Everything that was found.
    pub audited: Audited,
    /// Figures typed by hand that say something else than the ledger; all others are the ledger's.
    pub differing: Vec<Beside>,
}

impl Draft {
    /// Reads the draft as anybody's report is read.
    pub fn review(&self, office: &Office) -> Reviewed {
        let audited = office.audits().of_text(office.law(), &self.report.paper.text());
        let mut differing = beside(office.law(), &self.figures, self.year, &audited.report);
        differing.retain(|one| !one.agrees && self.by_hand(&audited.report, one.figure));
        Reviewed { audited, differing }
    }

    /// Whether a figure stands in a line that somebody wrote.
    fn by_hand(&self, read: &audit::Report, figure: usize) -> bool {
        let at = read.figures[figure].range.start;
        let before = read.text.written(0..at);
        let after = read.text.written(at..read.text.len());
        let begin = before.rsplit('\n').next().unwrap_or_default();
        let end = after.split('\n').next().unwrap_or_default();
        self.written.contains(&format!("{begin}{end}"))
    }
}

impl Reviewed {
    /// In how many places the draft contradicts itself or the ledger.
    pub fn contradictions(&self) -> usize {
        let own = self.audited.findings.iter().filter(|finding| finding.verdict.contradicts());
        own.count() + self.differing.len()
    }
}

/// Why a report could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum DraftFault {
    /// The figures could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No outline fits.
    #[error("{0}")]
    Outline(String),
}

/// What a person has written for the chapters, by their titles. 手写部分
pub type Written = BTreeMap<String, String>;

/// The outline named, or the one meant for the year.
pub fn outline<'o>(
    office: &'o Office,
    of: i16,
    named: Option<&str>,
) -> Result<&'o Outline, DraftFault> {
    let law = office.law();
    let outline = match named {
        None => law.outline(of),
        Some(named) => law.outlines.iter().find(|one| *one.id == *named || one.name == named),
    };
    outline.ok_or_else(|| {
        let known: Vec<&str> = law.outlines.iter().map(|one| one.id.as_str()).collect();
        DraftFault::Outline(format!("没有这一提纲。有：{}", known.join("、")))
    })
}

/// Compiles the report of an organ for a year.
pub fn draft(
    office: &Office,
    organ: &Organ,
    of: i16,
    outline: &Outline,
    written: &Written,
) -> Result<Draft, DraftFault> {
    let figures = figures::of_year(office, &organ.path, of)?;
    let mut span = year(of);
    span.to = span.to.min(office.clock().today());
    let mut report = compile(
        outline,
        &Sources {
            organ: &organ.name,
            year: of,
            to: None,
            signed: None,
            span,
            figures: &figures,
            written: &|chapter| written.get(&chapter.title).cloned(),
            list: &|figure, whose| {
                let of = match whose {
                    Of::This => of,
                    Of::Last => of - 1,
                };
                figures::address(&figure.key, organ.path.as_str(), of)
            },
        },
    );
    mark_unwritten(&mut report);
    let lines = written.values().flat_map(|text| text.lines());
    let written = lines.map(|line| paper::model::clean(line.trim())).collect();
    Ok(Draft { organ: organ.clone(), year: of, figures, report, written })
}

/// Lines of a written chapter that only say what is still to come are shown and listed as such.
fn mark_unwritten(report: &mut Report) {
    let mut place = String::new();
    for block in &mut report.paper.blocks {
        match block {
            Block::Heading { runs, .. } => place = paper::model::plain(runs),
            Block::Paragraph(runs) => {
                let [Run { text, style: style @ Style::Plain }] = &mut runs[..] else { continue };
                let Some(prompt) = text.strip_prefix(TO_WRITE) else { continue };
                let what = format!("还没有写：{prompt}");
                report.checks.push(Check { weight: Weight::Doubt, place: place.clone(), what });
                *style = Style::Place;
            }
            _ => {}
        }
    }
    report.checks.sort_by_key(|check| check.weight);
}

/// What is written for each place of an outline, put together by chapters; in a chapter that is
/// begun, each place that still asks for text says so.
pub fn by_chapters(outline: &Outline, text: impl Fn(&Passage) -> Option<String>) -> Written {
    let mut written = Written::new();
    let mut begun = Vec::new();
    for place in outline.places() {
        let own = text(&place).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if own.is_some() && !begun.contains(&place.chapter) {
            begun.push(place.chapter.clone());
        }
        let to_come = || place.prompt.as_ref().map(|prompt| format!("{TO_WRITE}{prompt}"));
        let Some(text) = own.or_else(to_come) else { continue };
        let chapter = written.entry(place.chapter).or_default();
        for line in place.section.iter().map(String::as_str).chain([&*text]) {
            chapter.push_str(line);
            chapter.push('\n');
        }
    }
    written.retain(|chapter, _| begun.contains(chapter));
    written
}

/// Chapter and section, empty for the chapter as a whole.
pub type Spot = (String, String);

/// Where a place keeps its text.
pub fn spot(place: &Passage) -> Spot {
    (place.chapter.clone(), place.section.clone().unwrap_or_default())
}

/// What somebody has written for a place, the last word on it. 章节文字
#[derive(Clone, Debug)]
pub struct Text {
    /// The text; empty where it was taken back.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// As which entry.
    pub version: u32,
}

/// What is written in a report case up to an entry.
pub fn kept(case: &Case, upto: u32) -> BTreeMap<Spot, Text> {
    let mut kept = BTreeMap::new();
    let Some(report) = &case.procedure.report else { return kept };
    for recorded in case.done(&report.write, upto) {
        let fact = &recorded.fact;
        let said = |field| match fact.answers.get(field) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let by = fact.by.first().map_or_else(String::new, |by| by.name.clone());
        let (at, version) = (recorded.at, recorded.version);
        let text = Text { text: said(&report.text), by, at, version };
        kept.insert((said(&report.chapter), said(&report.section)), text);
    }
    kept
}

/// The year of a report case.
pub fn year_of(case: &Case) -> Option<i16> {
    let report = case.procedure.report.as_ref()?;
    match case.latest(&report.year_end) {
        Some(Value::Date(last)) => Some(last.year()),
        _ => None,
    }
}

/// The report case of an organ for a year, or the latest one under way; the latest opened, where
/// there are several, and only one that may be known of.
pub fn case_of(
    office: &Office,
    read: &Read,
    organ: &Organ,
    of: Option<i16>,
    visible: &Visible,
) -> Result<Option<CaseId>, StoreError> {
    let law = office.law();
    let reports = law
        .procedures
        .iter()
        .filter(|(_, editions)| editions.iter().any(|edition| edition.report.is_some()));
    for (procedure, _) in reports {
        let filter = RegisterFilter {
            procedure: Some(procedure.clone()),
            organ: Some(organ.path.clone()),
            from: of.and_then(|of| Date::new(of, 1, 1).ok()),
            ended: of.is_none().then_some(false),
            ..RegisterFilter::default()
        };
        let mut after = None;
        loop {
            let page = read.register(&filter, visible, after.as_ref(), 100)?;
            for row in page.rows.iter().filter(|row| row.organ == organ.path) {
                let year = year_of(&read.case_seen(&row.id, law, Sight::Handling)?);
                if year.is_some() && (of.is_none() || year == of) {
                    return Ok(Some(row.id.clone()));
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(None)
}

/// What is kept in the report case of an organ for a year, by chapters; for the command line,
/// which may read everything.
pub fn kept_by_chapters(
    office: &Office,
    organ: &Organ,
    of: i16,
    outline: &Outline,
) -> Result<Written, StoreError> {
    let kept = office.store().read(office.county(), |read| {
        let case = case_of(office, read, organ, Some(of), &Visible::everything())?;
        let case = case.map(|id| read.case_seen(&id, office.law(), Sight::Handling)).transpose()?;
        Ok::<_, StoreError>(case.map(|case| kept(&case, u32::MAX)).unwrap_or_default())
    })?;
    Ok(by_chapters(outline, |place| Some(kept.get(&spot(place))?.text.clone())))
}

/// Reads what a person has written: Markdown in which `# 章题` begins each chapter's text.
pub fn written(markdown: &str) -> Written {
    let mut written = Written::new();
    let mut title = String::new();
    for line in markdown.trim_start_matches('\u{feff}').lines() {
        match line.strip_prefix("# ") {
            Some(next) => title = next.trim().to_owned(),
            None if title.is_empty() => {}
            None => {
                let text = written.entry(title.clone()).or_default();
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    written.retain(|_, text| !text.trim().is_empty());
    written
}
