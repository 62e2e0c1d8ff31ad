//! 程序: one duty, as the file under `law/procedures/<id>/procedure.toml` states it.
//!
//! Every type here mirrors one table of the definition language (`law/README.md`), in the order
//! in which a reader meets them. Values are complete: what the reader could not make sense of is
//! a diagnostic, never a hole.

use std::{collections::BTreeSet, sync::Arc};

use indexmap::{IndexMap, IndexSet};
use jiff::civil::Date;

use crate::{
    Id,
    citation::Basis,
    expr::Expr,
    indicator::{Indicator, Unit},
    period::{DayRule, Period},
    scenario::Scenario,
    value::Value,
};

/// The stage that every case is in before its first act.
pub const START: &str = "start";
/// The reserved role of the machine: acts that only a linked case or the daily round performs.
pub const LINKED: &str = "linked";

/// Acts that every procedure has without writing them: 记事、作废、移交、关联、重算、转入新版.
pub const BUILT_IN: [&str; 6] = ["note", "strike", "hand_over", "link", "recount", "move"];

/// One duty. 程序
#[derive(Clone, Debug)]
pub struct Procedure {
    /// Never changes.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Which edition of the file, such as `2025.1`.
    pub version: String,
    /// SM3 over the folder's files, lowercase hexadecimal; stored with every entry.
    pub hash: Arc<str>,
    /// Cases opened on or after this day follow this edition.
    pub effective: Date,
    /// The heading this duty stands under in menus and reports, such as `矛盾纠纷化解`.
    pub group: String,
    /// National text, or a province's, city's or county's overlay.
    pub level: Level,
    /// 案号 pattern.
    pub case_no: Pattern,
    /// The field whose latest answer names a case in lists.
    pub title: Id,
    /// A roster or catalogue whose cases live long (执法证, 规范性文件库), not a matter to finish.
    pub roster: bool,
    /// Laws this file cites.
    pub laws: IndexMap<String, LawUse>,
    /// How days are counted.
    pub days: DayRule,
    /// Who.
    pub roles: IndexMap<Id, Role>,
    /// Code lists.
    pub lists: IndexMap<Id, IndexMap<Id, String>>,
    /// What is written down.
    pub fields: IndexMap<Id, Field>,
    /// Numbers set elsewhere.
    pub params: IndexMap<Id, Param>,
    /// Named legal tests.
    pub findings: IndexMap<Id, Finding>,
    /// Coarse progress.
    pub stages: IndexMap<Id, Stage>,
    /// What may be done.
    pub acts: IndexMap<Id, Act>,
    /// Periods.
    pub deadlines: IndexMap<Id, Deadline>,
    /// Paper.
    pub documents: IndexMap<Id, Document>,
    /// What the public sees.
    pub notices: IndexMap<Id, Notice>,
    /// What the party sees with number and code.
    pub track: Vec<Expr>,
    /// Whether the party sees there the documents served on them.
    pub track_documents: bool,
    /// Figures.
    pub indicators: IndexMap<Id, Indicator>,
    /// What its cases entitle a person to (行政执法证, 法律职业资格 …).
    pub credential: Option<Credential>,
    /// Whom of its cases other duties may propose for an assignment.
    pub pool: Option<Pool>,
    /// Role = who is proposed first where somebody is named for it.
    pub suggests: IndexMap<Id, Suggest>,
    /// What tells a matter that may have been registered before.
    pub similar: Option<Similar>,
    /// How people sit an examination in its cases.
    pub exam: Option<Exam>,
    /// How the report of an organ's year is drafted in its cases.
    pub report: Option<ReportCase>,
    /// How cases under older editions move to this one.
    pub transitions: Vec<Transition>,
    /// The edition it is laid over (`penalty@2025.1`), if it is a local overlay. 底本
    pub of: Option<String>,
    /// Its own examination.
    pub scenarios: Vec<Scenario>,
    /// Path of the file inside the law folder, for diagnostics and the law pages.
    pub path: String,
}

/// Whose text this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 国家.
    National,
    /// 省.
    Province,
    /// 市.
    City,
    /// 县.
    County,
}

/// A numbering pattern such as `{org.short}访〔{year}〕{seq}号`. 编号规则
///
/// Known places: `{org.short}`, `{year}`, `{seq}`, and `{case_no}` for documents that carry the
/// number of their case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub String);

/// A law that the file may cite, and from when to when it relies on it.
#[derive(Clone, Debug)]
pub struct LawUse {
    /// In force from.
    pub from: Date,
    /// No longer in force from, if known.
    pub to: Option<Date>,
    /// 规章, 地方性法规 …, where the statutes table does not say.
    pub rank: Option<String>,
    /// Document number or full title.
    pub full: Option<String>,
}

/// Who may act. 角色
#[derive(Clone, Debug)]
pub struct Role {
    /// Its id, the same in every procedure and in posts.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Where a person must hold the role.
    pub scope: Scope,
    /// A party or citizen, not an officer.
    pub outside: bool,
}

/// Where a role must be held for it to count in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Assigned to this case.
    Case,
    /// A post in the organ that handles the case.
    Org,
    /// A post in the handling organ or any organ above it.
    Subtree,
    /// A post in the organ where the case was opened or any organ above it.
    Origin,
}

/// What is written down. 字段
#[derive(Clone, Debug)]
pub struct Field {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// What kind of value.
    pub ty: FieldType,
    /// More than one value.
    pub many: bool,
    /// Least number, amount in 分, or length.
    pub min: Option<i64>,
    /// Greatest number, amount in 分, or length in characters (a default applies to text).
    pub max: Option<i64>,
    /// Who may read it.
    pub keep: Keep,
    /// A word of help under the field.
    pub hint: Option<String>,
    /// Sample answers for demonstrations and simulations; never law.
    pub samples: Vec<String>,
    /// The system fills it in; nobody else may.
    pub fill: Option<Fill>,
}

/// What the system fills in by itself when an act is done. 系统填写
#[derive(Clone, Debug)]
pub enum Fill {
    /// What an expression comes to.
    Is(Expr),
    /// A figure as it stands at that moment.
    Figure(Box<FigureFill>),
    /// The draft an outline makes of the ledger, as an attachment.
    Draft {
        /// The outline.
        outline: Id,
        /// The year it is of is the year of this date.
        to: Expr,
    },
}

impl Fill {
    /// Every expression in it.
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Fill::Is(expr) => vec![expr],
            Fill::Draft { to, .. } => vec![to],
            Fill::Figure(figure) => {
                let chosen = match &figure.of {
                    FigureOf::Fixed(_) => None,
                    FigureOf::Chosen(expr) => Some(expr),
                };
                let rest = figure.organ.iter().chain(&figure.from).chain(&figure.to);
                chosen.into_iter().chain(rest).collect()
            }
        }
    }
}

/// Which figure, of whom, in which days.
#[derive(Clone, Debug)]
pub struct FigureFill {
    /// Of which indicator.
    pub of: FigureOf,
    /// Of which organ; none, or not filled in = the organ that handles the case.
    pub organ: Option<Expr>,
    /// First day; none, or not filled in = the first of January of the last day's year.
    pub from: Option<Expr>,
    /// Last day, but no later than the day of the act; none, or not filled in = that day.
    pub to: Option<Expr>,
}

/// Which indicator a figure is of.
#[derive(Clone, Debug)]
pub enum FigureOf {
    /// Always this one.
    Fixed(Id),
    /// The one that was chosen, if one was.
    Chosen(Expr),
}

/// The kinds of field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text.
    Line,
    /// Text of many lines.
    Text,
    /// A whole number.
    Int,
    /// Yuan with two decimals, kept in 分.
    Money,
    /// 是/否.
    YesNo,
    /// A civil date.
    Date,
    /// A civil date and time.
    Moment,
    /// One code of a list (several where `many`).
    Choice(Id),
    /// 当事人.
    Party,
    /// A person with an account.
    Person,
    /// An organ.
    Organ,
    /// 附件.
    Files,
    /// A provision or an item of the 权责清单, as text.
    LawItem,
    /// The key of an indicator, as text.
    Indicator,
    /// A figure; always filled in by the system.
    Figure,
}

/// Secrecy class of a field; permissions to read derive from it. 保密类别
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// May be published.
    Public,
    /// For those who may see the case.
    Work,
    /// Personal: masked for everyone who is not handling the case; encrypted at rest.
    Personal,
    /// Opened only with a reason that is logged; encrypted at rest.
    Sealed,
}

/// A number that a province, city or county sets. 参数
#[derive(Clone, Debug)]
pub struct Param {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Its kind: `Int` or `Money` or `YesNo`.
    pub ty: FieldType,
    /// Who sets it.
    pub set_by: String,
    /// The value an overlay has set, with its basis.
    pub value: Option<(Value, Basis)>,
    /// What scenarios and demonstrations use where nobody has set it; shown as 依据待确认.
    pub sample: Value,
}

/// A named legal test. 认定
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// The items （一）（二）…; `any` or `all` of them.
    pub items: Vec<Expr>,
    /// All items must hold, or any one.
    pub all: bool,
    /// The article.
    pub basis: Basis,
}

/// Coarse progress. 阶段
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// The matter is finished here.
    pub end: bool,
}

/// What the law lets somebody do. 行为（办理）
#[derive(Clone, Debug)]
pub struct Act {
    /// Its id, a verb.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Roles; any one of them.
    pub by: Vec<Id>,
    /// Stages it may be done in; [`START`] opens a case.
    pub from: Vec<Id>,
    /// Stage it leads to; none = stays.
    pub to: Option<Target>,
    /// Discretionary (可以): not shown as somebody's open work.
    pub may: bool,
    /// What is filled in.
    pub ask: Vec<Ask>,
    /// Roles whose holders in this case are named here.
    pub assign: Vec<Id>,
    /// How often it may be done in one case.
    pub times: Option<u32>,
    /// Done once for each time another act was done.
    pub each: Option<Each>,
    /// Acts whose doers may not do this one.
    pub not_by: Vec<Id>,
    /// How many together, and what each must hold.
    pub team: Option<Team>,
    /// Credentials the doer must hold on the day.
    pub hold: Vec<String>,
    /// Credential needed by someone who has never done this act before.
    pub hold_if_first: Option<String>,
    /// Forms of 全过程记录.
    pub record: Vec<String>,
    /// Conditions, each with what is said to the refused.
    pub require: IndexMap<Id, Require>,
    /// The handling organ becomes the answer to this organ field. 移送
    pub transfer: Option<Id>,
    /// Opens a linked case.
    pub opens: Option<Opens>,
    /// Performs an act in the case that opened this one.
    pub reports: Option<Reports>,
    /// Made by the reader (publication approvals), not written in the file.
    pub made: bool,
    /// A word of help.
    pub hint: Option<String>,
    /// The article.
    pub basis: Basis,
}

/// For each of what an act is done: `target.x` in its expressions is then what this one says. 逐项
#[derive(Clone, Debug)]
pub struct Each {
    /// The act.
    pub of: Id,
    /// Only for those of which this holds.
    pub only_if: Option<Expr>,
}

/// Where an act leads.
#[derive(Clone, Debug)]
pub enum Target {
    /// Always there.
    Always(Id),
    /// The first that holds; the last has no condition.
    When(Vec<(Option<Expr>, Id)>),
}

/// One thing to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The field.
    pub field: Id,
    /// Must be filled (`!`).
    pub required: bool,
}

/// How many act together. 办案人数
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// At least so many.
    pub at_least: u32,
    /// Each holds this on the day.
    pub hold: Option<String>,
}

/// A condition and its message. 条件
#[derive(Clone, Debug)]
pub struct Require {
    /// Its id within the act.
    pub id: Id,
    /// Must hold.
    pub that: Expr,
    /// Shown when it does not.
    pub say: String,
    /// The article, where it differs from the act's.
    pub basis: Option<Basis>,
}

/// Opens a case in another procedure. 移送、分流、转入
#[derive(Clone, Debug)]
pub struct Opens {
    /// The other procedure.
    pub procedure: Id,
    /// Its opening act.
    pub act: Id,
    /// Its fields = expressions over this case (`new.x` is the act's own answer).
    pub with: IndexMap<Id, Expr>,
    /// Roles to assign there = `person` fields or roles of this case.
    pub assign: IndexMap<Id, Id>,
    /// The other case is handled by the organ in this field; none = the same organ.
    pub organ: Option<Id>,
    /// Only where this holds.
    pub only_if: Option<Expr>,
}

/// Performs an act in the case this one was opened from. 结果回流
#[derive(Clone, Debug)]
pub struct Reports {
    /// The act there, performed by [`LINKED`].
    pub act: Id,
    /// Its fields = expressions over this case.
    pub with: IndexMap<Id, Expr>,
    /// Only where this holds.
    pub only_if: Option<Expr>,
}

/// A period. 期限
#[derive(Clone, Debug)]
pub struct Deadline {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// 法定, or internal and so kept out of statutory figures.
    pub statutory: bool,
    /// The acts that start it (the last of them counts), or a date somebody wrote down.
    pub from: From,
    /// How long.
    pub within: Within,
    /// Acts that meet it.
    pub met_by: Vec<Id>,
    /// Runs only where this holds.
    pub only_if: Option<Expr>,
    /// The role whose period it is; none = the organ's duty.
    pub whose: Option<Id>,
    /// Extension.
    pub extend: Option<Extend>,
    /// Pauses.
    pub pause: Vec<Pause>,
    /// What an overlay may loosen (`extend`, `pause`).
    pub open: IndexSet<String>,
    /// Reminders before the nominal due date.
    pub warn: Vec<Period>,
    /// The article.
    pub basis: Basis,
}

/// What starts a period.
#[derive(Clone, Debug)]
pub enum From {
    /// The last of these acts, on its business date.
    Acts(Vec<Id>),
    /// A date: an expression such as `receipt.received_on`.
    Date(Expr),
}

/// How long a period is.
#[derive(Clone, Debug)]
pub enum Within {
    /// `15自然日`.
    Fixed(Period),
    /// `{ param = "consult_days", unit = "自然日" }`: a local number, with its unit.
    Param(Id, crate::period::Unit),
    /// Counted back from the start: `before = "6个月"`.
    Before(Period),
    /// `{ until = "limit_date" }`: a date somebody fixed.
    Until(Expr),
}

/// How a period may be lengthened. 延长
#[derive(Clone, Debug)]
pub struct Extend {
    /// By this act.
    pub act: Id,
    /// Where this holds.
    pub only_if: Option<Expr>,
    /// By so much (an `int` field), in the unit of `at_most`.
    pub by: Option<Expr>,
    /// By at most so much in all; where `by` is missing, by exactly so much each time.
    pub at_most: Period,
    /// So often.
    pub times: u32,
}

/// A time that is not counted. 中止、扣除
#[derive(Clone, Debug)]
pub struct Pause {
    /// From this act …
    pub from: Id,
    /// … until the next of these.
    pub until: Vec<Id>,
    /// The article.
    pub basis: Option<Basis>,
}

/// Paper. 文书
#[derive(Clone, Debug)]
pub struct Document {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// The acts that issue it.
    pub made_by: Vec<Id>,
    /// Only where this holds.
    pub only_if: Option<Expr>,
    /// Text of the template (`documents/<id>.md`).
    pub template: Arc<str>,
    /// 文号.
    pub number: Option<Pattern>,
    /// What the template may use.
    pub uses: Vec<Expr>,
    /// Sentences the law requires; issuing is refused where one is missing.
    pub says: Vec<String>,
    /// To whom.
    pub serve_to: Option<Id>,
    /// The article that fixes its content.
    pub basis: Option<Basis>,
}

/// What the public sees. 公示
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Acts that publish.
    pub by_act: Vec<Id>,
    /// What is shown: public fields, dates, the case number.
    pub show: Vec<Expr>,
    /// Masked fields = how they are masked.
    pub mask: IndexMap<Id, Mask>,
    /// Acts that take it down.
    pub take_down: Vec<Id>,
}

/// How a personal field may appear in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// 公民隐去名字，组织照登.
    Surname,
    /// 全部隐去.
    Hidden,
}

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

/// How running cases of an older edition move here. 过渡
#[derive(Clone, Debug)]
pub struct Transition {
    /// The older version.
    pub version: String,
    /// Cases move where this holds; none = all stay.
    pub move_if: Option<Expr>,
    /// Old stage = new stage.
    pub map: IndexMap<Id, Id>,
    /// The article.
    pub basis: Basis,
}

impl Procedure {
    /// `id@version`, as overlays, pages and entries name it.
    pub fn key(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// The acts that open a case.
    pub fn opening_acts(&self) -> impl Iterator<Item = &Act> {
        self.acts.values().filter(|act| act.opens_case())
    }

    /// The label of a code in a list.
    pub fn label(&self, list: &str, code: &str) -> Option<&str> {
        self.lists.get(list)?.get(code).map(String::as_str)
    }

    /// The unit its cases are counted in, if it counts them.
    pub fn unit(&self) -> Option<Unit> {
        self.indicators.values().next().map(|indicator| indicator.unit)
    }
}

/// Stages that can be reached from these by any acts, these included.
pub fn reachable<'a>(
    acts: impl Iterator<Item = &'a Act> + Clone,
    from: impl IntoIterator<Item = &'a Id>,
) -> BTreeSet<&'a Id> {
    let mut reached: BTreeSet<&Id> = from.into_iter().collect();
    loop {
        let before = reached.len();
        for act in acts.clone() {
            if act.from.iter().any(|stage| reached.contains(stage)) {
                reached.extend(act.targets());
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

impl Act {
    /// Stages a case may stand in right after this act.
    pub fn leaves_in(&self) -> Vec<&Id> {
        match &self.to {
            None => self.from.iter().filter(|stage| **stage != START).collect(),
            Some(_) => self.targets(),
        }
    }

    /// Whether it opens a case.
    pub fn opens_case(&self) -> bool {
        self.from.iter().any(|stage| stage == START)
    }

    /// Every stage it may lead to; none if the case stays where it is.
    pub fn targets(&self) -> Vec<&Id> {
        match &self.to {
            None => Vec::new(),
            Some(Target::Always(stage)) => vec![stage],
            Some(Target::When(ways)) => ways.iter().map(|(_, stage)| stage).collect(),
        }
    }

    /// Whether a person may fill this field.
    pub fn asks(&self, field: &str) -> bool {
        self.ask.iter().any(|ask| &*ask.field == field)
    }
}

impl Param {
    /// Who sets it, in Chinese.
    pub fn setter(&self) -> &str {
        match self.set_by.as_str() {
            "province" => "省",
            "city" => "市",
            "county" => "县",
            other => other,
        }
    }

    /// The value in force and whether it has a basis.
    pub fn current(&self) -> (&Value, bool) {
        match &self.value {
            Some((value, _)) => (value, true),
            None => (&self.sample, false),
        }
    }
}
