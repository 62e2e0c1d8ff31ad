//! 年度报告: an outline of the law and the figures of a year become a report.
//!
//! Numbers come from figures only, and each is a link to the list it was counted from. What no
//! figure can say is left to a person, in places nobody can overlook; nothing is invented.
//!
//! Rooms, in the order a report walks through them: [`chapter`] puts chapters, sections and points
//! in order, with [`written`] for what a person wrote; [`sentence`] says what the figures of one
//! place say; [`ending`] closes it with who signs and the figures beside those of the year before.

mod chapter;
mod ending;
mod sentence;
mod written;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use engine::figure::Figure;
use jiff::civil::Date;
use law::{
    Id,
    indicator::Span,
    outline::{Outline, Points},
};

use crate::{
    model::{Block, Paper},
    page::{TITLE_CHARS, width},
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
    /// What a person has written, by the title of the chapter or as the preamble (`引言`).
    pub written: &'a dyn Fn(&str) -> Option<String>,
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

/// Compiles the report of an organ for a year. 生成年度报告
pub fn compile(outline: &Outline, sources: &Sources<'_>) -> Report {
    let figures = sources.figures.iter().map(|figure| (figure.key.as_str(), figure)).collect();
    let mut writer = Writer {
        sources,
        points: outline.points,
        figures,
        blocks: Vec::new(),
        checks: Vec::new(),
        used: Vec::new(),
    };
    writer.check_outline(outline);
    writer.preamble(&outline.preamble);
    for (index, chapter) in outline.blocks.iter().enumerate() {
        writer.chapter(index + 1, chapter);
    }
    writer.end();
    let year = sources.year.to_string();
    let organ = sources.organ.replace('\n', "　");
    writer.checks.sort_by_key(|check| check.weight);
    Report {
        paper: Paper {
            title: title(&outline.title.replace("{org}", &organ).replace("{year}", &year)),
            to: sources.to.map(String::from),
            blocks: writer.blocks,
            ..Paper::default()
        },
        checks: writer.checks,
        used: writer.used,
    }
}

/// A title that fits on one line is not divided.
fn title(divided: &str) -> String {
    let whole = divided.replace('\n', "");
    if width(&whole) <= TITLE_CHARS { whole } else { divided.into() }
}

struct Writer<'a> {
    sources: &'a Sources<'a>,
    points: Points,
    figures: BTreeMap<&'a str, &'a Figure>,
    blocks: Vec<Block>,
    checks: Vec<Check>,
    used: Vec<Id>,
}

impl Writer<'_> {
    fn check(&mut self, weight: Weight, place: &str, what: String) {
        self.checks.push(Check { weight, place: place.into(), what });
    }
}
