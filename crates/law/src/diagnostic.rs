//! 诊断: what is wrong with a file, where, and what to write instead.

use std::{collections::BTreeMap, ops::Range};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

use crate::source::SourceFile;

/// One fault of a definition. 诊断
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stops the definition from taking effect, or only a word of advice.
    pub severity: Severity,
    /// `E0312`: family 03, fault 12.
    pub code: &'static str,
    /// Path of the file inside the law folder.
    pub path: String,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// Shown at the mark: what to write instead.
    pub instead: Option<String>,
    /// Why, with the article.
    pub why: Vec<String>,
}

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// 错误.
    Error,
    /// 提醒.
    Warning,
}

impl Severity {
    /// Its name as printed.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "错误",
            Severity::Warning => "提醒",
        }
    }
}

impl Diagnostic {
    /// A fault that keeps the definition from taking effect. 错误
    pub fn error(
        code: &'static str,
        path: impl Into<String>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let (path, message) = (path.into(), message.into());
        let severity = Severity::Error;
        Self { severity, code, path, span, message, instead: None, why: Vec::new() }
    }

    /// A word of advice. 提醒
    pub fn warning(
        code: &'static str,
        path: impl Into<String>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, path, span, message) }
    }

    /// Says what to write instead.
    pub fn instead(mut self, text: impl Into<String>) -> Self {
        self.instead = Some(text.into());
        self
    }

    /// Says why, with the article; may be said several times.
    pub fn why(mut self, text: impl Into<String>) -> Self {
        self.why.push(text.into());
        self
    }

    /// Whether it stops the definition.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The line of the file it stands on, counted from 1.
    pub fn line(&self, text: &str) -> usize {
        let before = &text.as_bytes()[..self.span.start.min(text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Place, excerpt, what to write, why. `text` is the file it speaks of.
    pub fn render(&self, text: &str, color: bool) -> String {
        let name = format!("{} {}", self.severity.name(), self.code);
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut mark = AnnotationKind::Primary.span(visible(&self.span, text));
        if let Some(instead) = &self.instead {
            mark = mark.label(instead);
        }
        let excerpt = Snippet::source(text).path(&self.path).annotation(mark);
        let why = self.why.iter().map(|line| Level::NOTE.no_name().message(line.as_str()));
        let report = level.with_name(name).primary_title(&self.message).element(excerpt);
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Unicode);
        renderer.render(&[report.elements(why)]).replacen(": ", "：", 1)
    }
}

/// Every diagnostic with its excerpt, and a closing line that counts them.
///
/// Sorted by file and place, as somebody would put them right.
pub fn render_all(diagnostics: &[Diagnostic], files: &[SourceFile], color: bool) -> String {
    let texts: BTreeMap<&str, &str> =
        files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|fault| (&fault.path, fault.span.start, fault.severity));
    let mut out = String::new();
    for fault in &sorted {
        let text = texts.get(fault.path.as_str()).copied().unwrap_or_default();
        out.push_str(&fault.render(text, color));
        out.push_str("\n\n");
    }
    let errors = sorted.iter().filter(|fault| fault.is_error()).count();
    out.push_str(&format!("{errors} 处错误，{} 处提醒\n", sorted.len() - errors));
    out
}

/// The span cut to the file and to its first line, never empty, on character boundaries.
fn visible(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let line = text[start..end].find('\n').map_or(end, |newline| start + newline);
    let next = text[start..].chars().next().filter(|next| *next != '\n');
    start..line.max(start + next.map_or(0, char::len_utf8))
}

/// The word of `known` that was probably meant, if one is near enough.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).clamp(1, 3);
    let near = known.into_iter().map(|word| (distance(written, word), word));
    near.filter(|(steps, _)| *steps <= limit).min_by_key(|(steps, _)| *steps).map(|(_, word)| word)
}

/// How many letters differ (Damerau–Levenshtein, neighbouring letters swapped count once).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
