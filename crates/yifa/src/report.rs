//! 年度报告: an organ's year compiled into a paper, every number of it a link to its list.

use std::collections::BTreeMap;

use engine::figure::{Figure, year};
use paper::report::{Of, Report, Sources, compile};
use store::{Organ, StoreError};

use crate::{figures, office::Office};

/// A report that has been compiled. 报告稿
#[derive(Debug)]
pub struct Draft {
    /// Whose.
    pub organ: Organ,
    /// Every figure of the year, printed in it or not.
    pub figures: Vec<Figure>,
    /// The paper and what is to be looked at before it is signed.
    pub report: Report,
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

/// Compiles the report of an organ for a year, by the outline named or the one meant for the year.
pub fn draft(
    office: &Office,
    organ: &Organ,
    of: i16,
    outline: Option<&str>,
    written: &Written,
) -> Result<Draft, DraftFault> {
    let law = office.law();
    let outline = match outline {
        None => law.outline(of),
        Some(named) => law.outlines.iter().find(|one| *one.id == *named || one.name == named),
    };
    let outline = outline.ok_or_else(|| {
        let known: Vec<&str> = law.outlines.iter().map(|one| one.id.as_str()).collect();
        DraftFault::Outline(format!("没有这一提纲。有：{}", known.join("、")))
    })?;
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
    Ok(Draft { organ: organ.clone(), figures, report })
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
