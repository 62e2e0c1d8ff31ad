//! 程序: one duty, as the file under `law/procedures/<id>/procedure.toml` states it.
//!
//! Every type here mirrors one table of the definition language (`law/README.md`), in the order
//! in which a reader meets them. Values are complete: what the reader could not make sense of is
//! a diagnostic, never a hole.

mod field;
mod special;

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

pub use field::{Field, FieldType, FigureFill, FigureOf, Fill, Keep};
pub use special::{
    Credential, Exam, ExamMark, Fit, Ours, Pool, QuestionSort, ReportCase, Similar, Suggest,
    Whereabouts,
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
