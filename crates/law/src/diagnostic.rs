//! 诊断: what is wrong with a file, where, and what to write instead.

use std::ops::Range;

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
