//! 报告提纲: chapters, sentences and the figures they rest on, from `law/reports/*.toml`.

use crate::Id;

/// An outline of the annual report. 提纲
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Title pattern, such as `{org}{year}年法治政府建设年度报告`.
    pub title: String,
    /// First and last reporting year it is meant for.
    pub years: (i16, i16),
    /// Chapters in order.
    pub blocks: Vec<Block>,
    /// Notes on sources that are printed nowhere but shown to the writer.
    pub basis: String,
}

/// One chapter. 章
#[derive(Clone, Debug)]
pub struct Block {
    /// 标题.
    pub title: String,
    /// Which of the five mandatory blocks it is (1–5), if any.
    pub mandatory: Option<u8>,
    /// Sections.
    pub sections: Vec<Section>,
    /// What a person must write here, if figures alone do not suffice.
    pub write: Option<String>,
}

/// One section. 节
#[derive(Clone, Debug)]
pub struct Section {
    /// 标题.
    pub title: String,
    /// Sentences, in order; one is printed when all its figures have data.
    pub sentences: Vec<Sentence>,
}

/// A sentence with places for figures.
///
/// Places: `{key}` value with unit, `{key:n}` bare number, `{key:rate}`, `{key:working}` (2/3),
/// `{key:last}` last year's value, `{key:change}` 同比上升/下降…%.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The text.
    pub text: String,
    /// The indicator keys it names, in order.
    pub keys: Vec<Id>,
}
