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
    outline::{Outline, PREAMBLE, Passage, TO_WRITE},
    value::Value,
};
use paper::report::{Of, Report, Sources, compile};
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
    /// Whether it is an annual report, which has blocks that the law demands.
    annual: bool,
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
        let mut audited = office.audits().of_text(office.law(), &self.report.paper.text());
        audited.findings.retain(|finding| self.annual || finding.kind != "missing_block");
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
        let line = format!("{begin}{}", after.split('\n').next().unwrap_or_default());
        let at = begin.len();
        // What was written may stand behind a title, and figures of the ledger behind it.
        self.written.iter().any(|text| {
            let mut found = line.match_indices(text.as_str());
            found.any(|(start, _)| (start..start + text.len()).contains(&at))
        })
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

/// The outline named, or the one meant for the kind of organ and the year.
pub fn outline<'o>(
    office: &'o Office,
    organ: &Organ,
    of: i16,
    named: Option<&str>,
) -> Result<&'o Outline, DraftFault> {
    let law = office.law();
    let found = match named {
        None => law.outline(&organ.kind, of),
        Some(named) => law.outlines.iter().find(|one| *one.id == *named || one.name == named),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = law.outlines.iter().map(|one| one.id.as_str()).collect();
        let say = match named {
            Some(named) => format!("没有提纲“{named}”"),
            None => format!("没有为{}（{of}年）准备的提纲，请指明一份", organ.name),
        };
        DraftFault::Outline(format!("{say}。有：{}", known.join("、")))
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
    let chapters = outline.blocks.iter().map(|block| block.title.as_str());
    let places: Vec<&str> = [PREAMBLE].into_iter().chain(chapters).collect();
    if let Some(lost) = written.keys().find(|title| !places.contains(&title.as_str())) {
        return Err(DraftFault::Outline(format!(
            "手写部分里的“{lost}”不是提纲“{}”的章。改成：{}",
            outline.name,
            places.join("、")
        )));
    }
    let figures = figures::of_year(office, &organ.path, of)?;
    let mut span = year(of);
    span.to = span.to.min(office.clock().today());
    let report = compile(
        outline,
        &Sources {
            organ: &organ.name,
            year: of,
            to: None,
            signed: None,
            span,
            figures: &figures,
            written: &|title| written.get(title).cloned(),
            list: &|figure, whose| {
                let of = match whose {
                    Of::This => of,
                    Of::Last => of - 1,
                };
                figures::address(&figure.key, organ.path.as_str(), of)
            },
        },
    );
    let lines = written.values().flat_map(|text| text.lines());
    let lines = lines.map(|line| paper::model::clean(line.trim()));
    let written = lines.filter(|line| !line.is_empty()).collect();
    let annual = outline.of.is_none();
    Ok(Draft { organ: organ.clone(), year: of, figures, report, annual, written })
}

/// What is written for each place of an outline, put together by chapters; in a chapter that is
/// begun, each place that still asks for text says so.
pub fn by_chapters(outline: &Outline, text: impl Fn(&Passage) -> Option<String>) -> Written {
    let mut written = Written::new();
    let mut begun = Vec::new();
    // The titles that the last text stands below.
    let mut at: Vec<String> = Vec::new();
    for place in outline.places() {
        let own = text(&place).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if own.is_some() && !begun.contains(&place.chapter) {
            begun.push(place.chapter.clone());
        }
        let to_come = || place.prompt.as_ref().map(|prompt| format!("{TO_WRITE}{prompt}"));
        let Some(text) = own.or_else(to_come) else { continue };
        let chapter = written.entry(place.chapter).or_default();
        let below: Vec<String> = place.section.into_iter().chain(place.point).collect();
        let same = at.iter().zip(&below).take_while(|(one, other)| one == other).count();
        for line in below[same..].iter().map(String::as_str).chain([&*text]) {
            chapter.push_str(line);
            chapter.push('\n');
        }
        at = below;
    }
    written.retain(|chapter, _| begun.contains(chapter));
    written
}

/// Chapter, and section with its point behind a stroke; empty for the chapter as a whole.
pub type Spot = (String, String);

/// Where a place keeps its text.
pub fn spot(place: &Passage) -> Spot {
    let below: Vec<&str> = place.section.iter().chain(&place.point).map(String::as_str).collect();
    (place.chapter.clone(), below.join("／"))
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

#[cfg(test)]
mod tests {
    use audit::number::Decimal;
    use paper::words::{count_in_prose, money_in_prose};

    /// Every number, said in a sentence each, is what a reader of reports finds in it.
    fn read_back(numbers: &[i64], places: u8, say: impl Fn(i64) -> String) {
        let rules = crate::audit::rules(&law::Law::embedded());
        // One text for all: reading it costs more than the sentence is long.
        let text: String =
            numbers.iter().map(|number| format!("全年投入{}。\n", say(*number))).collect();
        let report = audit::Report::read(&text, &rules);
        for (sentence, number) in numbers.iter().enumerate() {
            let meant = Decimal::new(i128::from(*number), places);
            let found = report.figures.iter().filter(|figure| figure.sentence == sentence);
            let found: Vec<Decimal> = found.map(|figure| figure.value).collect();
            let same = matches!(found[..], [found] if meant.compare(found).is_eq());
            assert!(same, "{} is read as {found:?}", say(*number));
        }
    }

    #[test]
    fn what_prose_says_reads_back_as_the_same_number() {
        // Of every magnitude, round and not; no report counts in more than 万亿.
        let mut numbers: Vec<i64> = vec![1, 5, 99, 100, 101];
        for digits in [1, 7, 12, 45, 195, 453, 999, 1_234, 9_999, 20_230, 1_234_567] {
            for zeros in 0..=9 {
                numbers.extend([0, 1].map(|more| digits * 10_i64.pow(zeros) + more));
            }
        }
        numbers.retain(|number| *number < 10_i64.pow(12));
        read_back(&numbers, 2, |fen| format!("经费{}", money_in_prose(fen)));
        read_back(&numbers, 0, |count| format!("宣传品{}份", count_in_prose(count)));
    }
}
