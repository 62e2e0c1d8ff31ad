//! 差错: what is wrong with a report and is no arithmetic.
//!
//! The catalogue of real reports: a part that is missing, a plan of another period, a document
//! number that lost its bracket, letters of another alphabet, a blank that was never filled, a
//! superior of another place. Lists stand in `law/reading/defects.toml`; here is how to look.

mod figures;
mod law;
mod place;
mod writing;

use std::ops::Range;

use crate::{Finding, Reading, Report, Verdict, text::is_numbered};

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

    /// The line around a character.
    fn line(&self, at: usize) -> Range<usize> {
        let chars = self.chars();
        let start = chars[..at].iter().rposition(|&c| c == '\n').map_or(0, |end| end + 1);
        let end = chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |end| at + end);
        start..end
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
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}
