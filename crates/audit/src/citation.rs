//! 引用: laws that were no longer or not yet in force when the report was due.

use jiff::civil::Date;
use law::statute::{Statutes, Verdict as Cited};

use crate::{Finding, Report, Verdict};

/// Every citation of a report that does not stand, on the last day for publishing it.
///
/// What the catalogue of defects has found already is not said again.
pub fn citations(report: &Report, statutes: &Statutes, known: &[Finding]) -> Vec<Finding> {
    let Some(on) = report.setting.year.and_then(due) else { return Vec::new() };
    let text = report.text.written(0..report.text.len());
    // What was in force in the year reported on, or is by the day of publishing, is rightly named.
    let in_year = report.setting.year.and_then(|year| Date::new(year, 12, 31).ok());
    let then = in_year.map(|day| statutes.review(&text, day)).unwrap_or_default();
    let stood = |at: &std::ops::Range<usize>| {
        then.iter().any(|review| review.at == *at && !review.verdict.is_fault())
    };
    let faults = statutes.review(&text, on).into_iter();
    let faults = faults.filter(|review| review.verdict.is_fault() && !stood(&review.at));
    let findings = faults.map(|review| {
        let start = text[..review.at.start].chars().count();
        let place = start..start + text[review.at.clone()].chars().count();
        let kind = match review.verdict {
            Cited::Misspelt => "citation_misspelt",
            Cited::ArticleOutOfRange => "citation_article",
            Cited::NotInForce => "citation_not_in_force",
            _ => "citation",
        };
        Finding {
            kind,
            figures: Vec::new(),
            expression: text[review.at.clone()].to_owned(),
            place: Some(place),
            computed: None,
            stated: None,
            verdict: Verdict::Defect,
            explanation: review.explanation,
        }
    });
    findings
        .filter(|finding| {
            let place = finding.place.clone().unwrap_or_default();
            !known.iter().any(|one| {
                let other = one.place.clone().unwrap_or_default();
                one.kind == "citation" && other.start < place.end && place.start < other.end
            })
        })
        .collect()
}

/// Reports are published before the first of April of the next year.
fn due(year: i16) -> Option<Date> {
    Date::new(year.checked_add(1)?, 3, 31).ok()
}
