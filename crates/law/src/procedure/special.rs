//! What only some duties declare: 资格, 人选和推荐, 疑似重复, 在线考试, 报告案.

use indexmap::IndexMap;

use crate::{Id, citation::Basis, expr::Expr};

/// What a case of this procedure entitles a person to. 资格
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its name, as `hold` cites it.
    pub name: String,
    /// The `person` field that names the holder.
    pub holder: Id,
    /// Its number.
    pub number: Option<Id>,
    /// First day.
    pub from: Expr,
    /// Last day, where it ends by itself.
    pub until: Option<Expr>,
    /// Stages in which it is valid.
    pub valid: Vec<Id>,
    /// The article.
    pub basis: Basis,
}

/// Whom a roster lists, for duties that name somebody. 人选
#[derive(Clone, Debug)]
pub struct Pool {
    /// The `person` field that says whose account it is; who has none is not proposed.
    pub holder: Id,
    /// Stages in which somebody is listed.
    pub valid: Vec<Id>,
    /// Listed only where this holds.
    pub only_if: Option<Expr>,
    /// Last day, where it ends by itself.
    pub until: Option<Expr>,
    /// Choices and organs that a case can be compared with.
    pub fields: Vec<Id>,
}

/// Who is proposed first where somebody is named for a role. It orders and explains; it forbids
/// nothing. 推荐
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggest {
    /// The role that somebody is named for.
    pub role: Id,
    /// The roster whose people are proposed.
    pub pool: Option<Id>,
    /// The credential whose holders are proposed.
    pub hold: Option<String>,
    /// What of the roster is compared with what of the case, the weightiest first.
    pub fits: Vec<Fit>,
}

/// One comparison of the roster with the case. 对应
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The word before what agrees, in the reason: 擅长, 服务.
    pub say: String,
    /// A field of the roster.
    pub theirs: Id,
    /// What of the case.
    pub ours: Ours,
}

/// What of a case a roster is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ours {
    /// A choice; code = codes of the roster, or none where both use the same codes.
    Codes(Id, Option<IndexMap<Id, Vec<Id>>>),
    /// Where the matter lies: the first of these that says it.
    Place(Vec<Whereabouts>),
}

/// What says where a matter lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// An organ, or a text that names one.
    Field(Id),
    /// The organ that handles the case.
    Organ,
    /// The organ where it was opened.
    Origin,
}

/// What is compared before a case is opened, so that nobody registers a matter twice. 重复提示
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Similar {
    /// Fields whose text is compared.
    pub text: Vec<Id>,
    /// The field that says where.
    pub place: Option<Id>,
    /// Cases opened in so many days are looked at.
    pub days: u32,
}

/// An examination that is sat at the desk: who may, from which bank the paper is drawn, what is
/// entered of the result. 在线考试
#[derive(Clone, Debug)]
pub struct Exam {
    /// The files field with the question bank.
    pub bank: Id,
    /// The `person` field that names who is to sit.
    pub people: Id,
    /// Sort of question = how many of it are drawn.
    pub draw: IndexMap<QuestionSort, Expr>,
    /// How long a sitting lasts.
    pub minutes: Expr,
    /// How often one person may sit.
    pub tries: Expr,
    /// From which score on it is passed.
    pub pass: Expr,
    /// The act, the machine's alone, that enters a result.
    pub result: Id,
    /// What is entered = the `result` act's field.
    pub with: IndexMap<ExamMark, Id>,
}

/// The sorts of question. 题型
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QuestionSort {
    /// 单选.
    Single,
    /// 多选.
    Multi,
    /// 判断.
    Judge,
}

impl QuestionSort {
    /// Every sort with its id and what it is called.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Single, "single", "单选"),
        (Self::Multi, "multi", "多选"),
        (Self::Judge, "judge", "判断"),
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(sort, ..)| *sort == self).map_or("", |(.., name)| name)
    }
}

/// What is entered of a sitting. 成绩
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExamMark {
    /// Who sat.
    Person,
    /// 0 to 100.
    Score,
    /// Questions answered rightly.
    Right,
    /// Questions asked.
    Asked,
    /// Which sitting of this person it is, from 1.
    Attempt,
    /// The best score before it, 0 where there is none.
    Before,
    /// The best score with it.
    Best,
}

impl ExamMark {
    /// Every mark with its id.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Person, "person"),
        (Self::Score, "score"),
        (Self::Right, "right"),
        (Self::Asked, "asked"),
        (Self::Attempt, "attempt"),
        (Self::Before, "before"),
        (Self::Best, "best"),
    ];
}

/// How the report of an organ's year is drafted in a case: which acts open it, keep what people
/// write and attach the draft, and which of their fields hold what. 报告案
#[derive(Clone, Debug)]
pub struct ReportCase {
    /// The act that opens the case …
    pub open: Id,
    /// … with the report's title,
    pub title: Id,
    /// the last day of its year,
    pub year_end: Id,
    /// and the last day its figures are of.
    pub until: Id,
    /// The act that keeps what a person writes …
    pub write: Id,
    /// … for a chapter,
    pub chapter: Id,
    /// or one of its sections:
    pub section: Id,
    /// the text itself; without it nothing is written there any more.
    pub text: Id,
    /// The act that attaches the draft …
    pub draft: Id,
    /// … as a document,
    pub paper: Id,
    /// and its figures as a workbook.
    pub figures: Id,
}
