//! 报告提纲: preamble, chapters, sections, points and the figures they rest on, from
//! `law/reports/*.toml`.

mod read;

use crate::{Id, citation::Basis, indicator::Limit};

pub(crate) use read::parse;

/// An outline of the annual report. 提纲
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Title pattern, such as `{org}{year}年法治政府建设年度报告`.
    pub title: String,
    /// The duty whose paper it drafts; none = it is an annual report.
    pub of: Option<Id>,
    /// Kinds of organ it is meant for, from `law/organs`.
    pub kinds: Vec<Id>,
    /// First and last reporting year it is meant for.
    pub years: (i16, i16),
    /// Whether it is taken where nobody names one.
    pub choice: Choice,
    /// How points begin.
    pub points: Points,
    /// What stands before the first chapter. 引言
    pub preamble: Section,
    /// Chapters in order.
    pub blocks: Vec<Block>,
    /// The articles that ask for it.
    pub basis: Basis,
}

/// How an outline comes to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// By itself, for the kinds and years it is meant for.
    Default,
    /// Only where somebody names it.
    Named,
}

/// How the points of a section begin. 第三层
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// `1.标题` on a line of its own.
    Numbered,
    /// `一是标题。`, and the text goes on in the same line.
    Spoken,
}

/// What a person writes before the first chapter is called.
pub const PREAMBLE: &str = "引言";

impl Outline {
    /// Whether it is meant for a kind of organ in a reporting year.
    pub fn fits(&self, kind: &str, year: i16) -> bool {
        let (first, last) = self.years;
        (first..=last).contains(&year) && self.kinds.iter().any(|one| **one == *kind)
    }
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
    /// Points, in order, below its sentences.
    pub points: Vec<Point>,
}

/// One point of a section. 点
#[derive(Clone, Debug)]
pub struct Point {
    /// 标题.
    pub title: String,
    /// Sentences, as in a section.
    pub sentences: Vec<Sentence>,
}

/// A sentence with places for figures.
///
/// A place is `{key}` or `{key:form}`; see [`Form`]. `{org}` and `{year}` are the organ and the
/// reporting year.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The text as written.
    pub text: String,
    /// The text and its places, in order.
    pub parts: Vec<Part>,
    /// The indicator keys it names, in order, each once.
    pub keys: Vec<Id>,
}

/// Begins a sentence that no figure can say.
pub const TO_WRITE: &str = "【待写】";

impl Sentence {
    /// What a person has to write in its place, if it is such a sentence. 待写
    pub fn to_write(&self) -> Option<&str> {
        self.text.strip_prefix(TO_WRITE)
    }
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Text(String),
    /// `{org}`.
    Org,
    /// `{year}`.
    Year,
    /// A figure.
    Figure(Id, Form),
    /// `{procedure.param.x:limit}`: a number that the law itself says, without its unit.
    Limit {
        /// The number and where it stands.
        limit: Limit,
        /// Nobody has set it yet: 依据待确认.
        sample: bool,
    },
}

/// A place of an outline in which a person writes. 要人写的地方
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// 章, or 引言.
    pub chapter: String,
    /// 节; none = the chapter as a whole.
    pub section: Option<String>,
    /// 点; none = the section as a whole.
    pub point: Option<String>,
    /// What has to be written; none = the figures suffice, and more may be added.
    pub prompt: Option<String>,
}

impl Outline {
    /// Every place in which a person writes, in order.
    pub fn places(&self) -> Vec<Passage> {
        let preamble = Passage {
            chapter: self.preamble.title.clone(),
            section: None,
            point: None,
            prompt: prompt(&self.preamble.sentences),
        };
        [preamble].into_iter().chain(self.blocks.iter().flat_map(Block::places)).collect()
    }
}

impl Block {
    /// The chapter as a whole, where it asks for text or has no sections; then each section, by its
    /// points where it has some.
    fn places(&self) -> Vec<Passage> {
        let own = match &self.write {
            None if self.sections.is_empty() => Some(self.title.clone()),
            write => write.clone(),
        };
        let place = |section: Option<&Section>, point: Option<&Point>, prompt| Passage {
            chapter: self.title.clone(),
            section: section.map(|section| section.title.clone()),
            point: point.map(|point| point.title.clone()),
            prompt,
        };
        let mut places: Vec<Passage> =
            own.into_iter().map(|own| place(None, None, Some(own))).collect();
        for section in &self.sections {
            let own = prompt(&section.sentences);
            if own.is_some() || section.points.is_empty() {
                places.push(place(Some(section), None, own));
            }
            let points = section.points.iter();
            places.extend(
                points.map(|point| place(Some(section), Some(point), prompt(&point.sentences))),
            );
        }
        places
    }
}

/// What a person has to write among these sentences.
fn prompt(sentences: &[Sentence]) -> Option<String> {
    let prompts: String = sentences.iter().filter_map(Sentence::to_write).collect();
    (!prompts.is_empty()).then_some(prompts)
}

/// How a figure is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{key}`: the value with its unit; a rate in percent.
    Value,
    /// `{key:n}`: the bare number.
    Number,
    /// `{key:rate}`: a rate in percent, without its working.
    Rate,
    /// `{key:working}`: `2/3`.
    Working,
    /// `{key:last}`: last year's value with its unit.
    Last,
    /// `{key:change}`: 同比上升/下降…% (百分点 for rates).
    Change,
}

impl Form {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "n" => Form::Number,
            "rate" => Form::Rate,
            "working" => Form::Working,
            "last" => Form::Last,
            "change" => Form::Change,
            _ => return None,
        })
    }
}
