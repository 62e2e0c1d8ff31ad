//! 依据: the articles a rule rests on.

use serde::{Deserialize, Serialize};

/// What a rule rests on, as written and as understood. 依据
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// As a clerk writes it: `《信访工作条例》第三十四条`, or `本级回访规定`.
    pub text: String,
    /// The provisions found in it; empty for a local rule without 《》.
    pub citations: Vec<Citation>,
}

/// One law and the articles of it. 引用
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Title as written, without 《》.
    pub title: String,
    /// Articles: `第三十四条` = 34; paragraph and item where written.
    pub articles: Vec<Article>,
}

/// 第…条第…款第…项.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Article {
    /// 条.
    pub article: u16,
    /// 条之几 (`第十七条之一` = 1), 0 if none.
    #[serde(default)]
    pub of: u16,
    /// 款, 0 if none.
    #[serde(default)]
    pub paragraph: u16,
    /// 项, 0 if none.
    #[serde(default)]
    pub item: u16,
}
