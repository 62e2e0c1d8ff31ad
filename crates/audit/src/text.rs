//! 原文: a report as characters, cut into sentences, clauses and headings.
//!
//! Every offset in this crate counts characters (code points) of the text as it was given. The
//! text is folded one character to one (full-width digits, brackets and commas become ASCII), so
//! that offsets into the folded text are offsets into the original.

use std::ops::Range;

/// A report, ready to be read.
#[derive(Clone, Debug)]
pub struct Text {
    raw: Vec<char>,
    folded: Vec<char>,
    sentences: Vec<Sentence>,
}

/// A stretch of text up to a full stop, a semicolon or the end of a paragraph.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// Where it stands.
    pub range: Range<usize>,
    /// Where its paragraph began: what stands before it there says what it is about.
    pub paragraph: usize,
    /// The heading it stands under, if there is one above it.
    pub heading: Option<Range<usize>>,
}

impl Text {
    /// Cuts a text.
    pub fn new(text: &str) -> Self {
        let raw: Vec<char> = text.chars().collect();
        let folded: Vec<char> = raw.iter().map(|&c| fold(c)).collect();
        let sentences = sentences(&folded);
        Self { raw, folded, sentences }
    }

    /// The text in which everything is looked for.
    pub fn folded(&self) -> &[char] {
        &self.folded
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Nothing to read.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The characters of a place as they were written.
    pub fn written(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.raw.len());
        self.raw[range.start.min(end)..end].iter().collect()
    }

    /// The folded characters of a place.
    pub fn plain(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.folded.len());
        self.folded[range.start.min(end)..end].iter().collect()
    }

    /// All sentences, in order.
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The sentence that a character stands in, by its number.
    pub fn sentence_at(&self, at: usize) -> usize {
        let after = self.sentences.partition_point(|sentence| sentence.range.start <= at);
        after.saturating_sub(1)
    }

    /// Where a word stands, everywhere.
    pub fn find_all<'a>(&'a self, word: &str) -> impl Iterator<Item = usize> + use<'a> {
        let word: Vec<char> = word.chars().map(fold).collect();
        let last = self.folded.len().saturating_sub(word.len());
        (0..=last).filter(move |&at| !word.is_empty() && starts_with(&self.folded[at..], &word))
    }

    /// Whether a word stands in a place.
    pub fn contains(&self, range: Range<usize>, word: &str) -> bool {
        self.plain(range).contains(word)
    }
}

fn starts_with(text: &[char], word: &[char]) -> bool {
    text.len() >= word.len() && text[..word.len()] == *word
}

/// One character to one: what looks alike to a reader is alike to the program.
pub(crate) fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200b}' | '\t' | '\r' => ' ',
        '〈' => '<',
        '〉' => '>',
        '﹪' => '%',
        '—' | '–' | '─' | '〜' | '−' => '-',
        _ => c,
    }
}

/// Ends a clause: a comma, a colon or a list mark.
pub(crate) fn ends_clause(c: char) -> bool {
    matches!(c, ',' | '、' | ':' | ';' | '。' | '!' | '?' | '\n' | '…')
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '。' | ';' | '!' | '?')
}

/// Lines above this many characters are no headings.
const HEADING: usize = 42;

fn sentences(text: &[char]) -> Vec<Sentence> {
    let mut all: Vec<Sentence> = Vec::new();
    let mut heading: Option<Range<usize>> = None;
    let mut paragraph = 0;
    let mut start = 0;
    let mut at = 0;
    let mut add = |range: Range<usize>, paragraph: usize, heading: Option<Range<usize>>| {
        if text[range.clone()].iter().any(|c| !c.is_whitespace()) {
            all.push(Sentence { range, paragraph, heading });
        }
    };
    while at < text.len() {
        let c = text[at];
        if c == '\n' {
            let line = line_before(text, at);
            if is_heading(&text[line.clone()]) {
                add(start..at, paragraph, heading.clone());
                heading = Some(line);
                (start, paragraph) = (at + 1, at + 1);
            } else if breaks(text, at) {
                add(start..at, paragraph, heading.clone());
                (start, paragraph) = (at + 1, at + 1);
            }
        } else if ends_sentence(c) {
            add(start..at + 1, paragraph, heading.clone());
            start = at + 1;
        }
        at += 1;
    }
    add(start..text.len(), paragraph, heading.clone());
    all
}

/// The line that ends here, without spaces around it.
fn line_before(text: &[char], end: usize) -> Range<usize> {
    let start = text[..end].iter().rposition(|&c| c == '\n').map_or(0, |at| at + 1);
    let lead = text[start..end].iter().take_while(|c| c.is_whitespace()).count();
    let trail = text[start..end].iter().rev().take_while(|c| c.is_whitespace()).count();
    start + lead..(end - trail).max(start + lead)
}

/// A short line that carries a number or ends without a stop.
fn is_heading(line: &[char]) -> bool {
    !line.is_empty()
        && line.len() <= HEADING
        && is_numbered(line)
        && !line.last().is_some_and(|&c| matches!(c, '。' | ';' | ',' | '、'))
}

/// Begins as headings and items do: 一、 （二） 1. 三是
pub(crate) fn is_numbered(line: &[char]) -> bool {
    let mut rest = line;
    while let Some((first, more)) = rest.split_first()
        && (*first == '(' || *first == '第' || first.is_whitespace())
    {
        rest = more;
    }
    let numeral = |c: &char| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c);
    let digits = rest.iter().take_while(|c| numeral(c)).count();
    let mark = rest.get(digits).copied().unwrap_or(' ');
    let next = rest.get(digits + 1).copied().unwrap_or(' ');
    (1..=3).contains(&digits)
        && (matches!(mark, '、' | ')' | '章' | '节') || (mark == '.' && !next.is_ascii_digit()))
}

/// Whether a line end is the end of a paragraph, and not a line or a page that was full.
fn breaks(text: &[char], at: usize) -> bool {
    let before = text[..at].iter().rev().find(|c| !c.is_whitespace());
    let rest = &text[at..];
    let blank = rest.iter().take_while(|c| c.is_whitespace()).count();
    let next = &rest[blank..];
    let ended = before.is_none_or(|&c| ends_sentence(c) || matches!(c, ':' | '”' | ')' | '*'));
    // A blank line says nothing: what stood before it was asked already.
    let short = (1..20).contains(&line_before(text, at).len());
    ended || short || next.is_empty() || is_numbered(&next[..next.len().min(8)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_stops_and_remembers_the_heading() {
        let text = Text::new("一、主要成效\n受理1件。办结２件；\n二、不足\n没有");
        let found: Vec<String> =
            text.sentences().iter().map(|s| text.plain(s.range.clone())).collect();
        assert_eq!(found, ["一、主要成效", "受理1件。", "办结2件;", "二、不足", "没有"]);
        let heading = text.sentences()[2].heading.clone().expect("it stands under a heading");
        assert_eq!(text.written(heading), "一、主要成效");
    }

    #[test]
    fn a_full_line_is_not_the_end_of_a_paragraph() {
        let text = Text::new(
            "全镇各有关部门要按照上级的统一安排和部署进一步\n\n规范行政决策和责任追究，确保有效。",
        );
        assert_eq!(text.sentences().len(), 1);
    }
}
