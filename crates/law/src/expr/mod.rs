//! Conditions: short expressions over a closed, typed vocabulary. 条件表达式
//!
//! A subset of CEL with the field's own words. `parse` makes a tree and says where it is wrong;
//! `resolve` gives every name a meaning and every node a type against the [`Vocabulary`] of the
//! procedure, so evaluation cannot fail: what has not happened reads as null, and a comparison
//! with null is false.

mod lint;
mod parse;
mod resolve;
mod vocabulary;

use std::{ops::Range, sync::Arc};

pub(crate) use resolve::reserved;
pub use vocabulary::{ActWords, Place, Vocabulary, Want};

use crate::{
    Id,
    procedure::{Field, FieldType},
    value::Value,
};

/// Characters an expression may have; what is longer becomes a finding with items.
pub const MAX_CHARS: usize = 200;

/// A checked expression together with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// As written.
    pub text: Arc<str>,
    /// What it means.
    pub node: Node,
    /// What kind of value comes out.
    pub ty: Type,
}

/// The kind of value an expression gives, null always included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// 是/否.
    YesNo,
    /// A whole number.
    Int,
    /// An amount in 分.
    Money,
    /// Text.
    Text,
    /// A civil date.
    Date,
    /// A date and time. Compared with a date, its day counts.
    Moment,
    /// One code of a list.
    Code(Id),
    /// Any number of codes of a list.
    Codes(Id),
    /// A stage, as a one-element `Codes`.
    Stage,
    /// 当事人, one or several.
    Party,
    /// One person.
    Person,
    /// Several people.
    People,
    /// One organ.
    Organ,
    /// Several organs.
    Organs,
    /// 附件.
    Files,
    /// The key of an indicator.
    Indicator,
    /// A recorded figure.
    Figure,
}

impl Type {
    /// The kind of value a field holds.
    pub fn of(field: &Field) -> Self {
        match (&field.ty, field.many) {
            (FieldType::Line | FieldType::Text | FieldType::LawItem, _) => Type::Text,
            (FieldType::Int, _) => Type::Int,
            (FieldType::Money, _) => Type::Money,
            (FieldType::YesNo, _) => Type::YesNo,
            (FieldType::Date, _) => Type::Date,
            (FieldType::Moment, _) => Type::Moment,
            (FieldType::Choice(list), false) => Type::Code(list.clone()),
            (FieldType::Choice(list), true) => Type::Codes(list.clone()),
            (FieldType::Party, _) => Type::Party,
            (FieldType::Person, false) => Type::Person,
            (FieldType::Person, true) => Type::People,
            (FieldType::Organ, false) => Type::Organ,
            (FieldType::Organ, true) => Type::Organs,
            (FieldType::Files, _) => Type::Files,
            (FieldType::Indicator, _) => Type::Indicator,
            (FieldType::Figure, _) => Type::Figure,
        }
    }

    /// Its name for a clerk.
    pub fn name(&self) -> String {
        match self {
            Type::YesNo => "是/否".into(),
            Type::Int => "整数".into(),
            Type::Money => "金额".into(),
            Type::Text => "文字".into(),
            Type::Date => "日期".into(),
            Type::Moment => "日期时间".into(),
            Type::Code(list) => format!("选项（{list}）"),
            Type::Codes(list) => format!("多选（{list}）"),
            Type::Stage => "阶段".into(),
            Type::Party => "当事人".into(),
            Type::Person => "人员".into(),
            Type::People => "多名人员".into(),
            Type::Organ => "机关".into(),
            Type::Organs => "多个机关".into(),
            Type::Files => "附件".into(),
            Type::Indicator => "指标".into(),
            Type::Figure => "指标数据".into(),
        }
    }
}

/// What an expression means. Names are resolved: a `Field` exists, an act fills its field.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `'visit'`, `5`, `12.50元`, `true`, `date('2025-01-01')`. A code is a one-element `Codes`.
    Literal(Value),
    /// `['a', 'b']`.
    List(Vec<Node>),
    /// A field's latest answer in any act of the case; in an act's own conditions, the answer
    /// being submitted counts as the latest.
    Field(Id),
    /// `act.field`: the answer in the last such act.
    Answer(Id, Id),
    /// `new.field`: the answer being submitted now.
    New(Id),
    /// `act.done`.
    Done(Id),
    /// `act.times`.
    Times(Id),
    /// `act.on`: business date of the last such act.
    On(Id),
    /// `act.by`: who did the last such act (first of the team).
    By(Id),
    /// `param.x`.
    Param(Id),
    /// `finding.x`.
    Finding(Id),
    /// `me`: the person acting.
    Me,
    /// `today`: the business date of the action. Only in conditions, findings and transitions.
    Today,
    /// `stage`, as a one-element `Codes`.
    Stage,
    /// `opened`: business date of the opening act.
    Opened,
    /// `org`: the handling organ's path.
    Org,
    /// `case_no`.
    CaseNo,
    /// `after('a','b')`: the last a is later in the case than the last b, or b never happened and
    /// a did.
    After(Id, Id),
    /// `ended('d')`: the legal due date is before today.
    Ended(Id),
    /// `met('d')`: done in time.
    Met(Id),
    /// `overdue('d')`: over and not done, or done late.
    Overdue(Id),
    /// `running('d')`: started, not met, not ended.
    Running(Id),
    /// `due('d')`: the legal due date.
    Due(Id),
    /// `workdays_since('a')`: whole working days after the day of the last a, up to today
    /// inclusive. Null if a never happened.
    WorkdaysSince(Id),
    /// `days_since('a')`.
    DaysSince(Id),
    /// `workdays_between(x, y)`: working days after x up to y inclusive (x, y dates).
    WorkdaysBetween(Box<Node>, Box<Node>),
    /// `days_between(x, y)`.
    DaysBetween(Box<Node>, Box<Node>),
    /// `add(date, '30自然日')`: the *legal* last day of a period starting that day.
    Add(Box<Node>, crate::period::Period),
    /// `holds(person, '证', date)`.
    Holds(Box<Node>, String, Box<Node>),
    /// `size(x)`: elements of a list, characters of a text.
    Size(Box<Node>),
    /// `has(x)`: not null and not blank.
    Has(Box<Node>),
    /// `is_org(x)`: a party is an organisation.
    IsOrg(Box<Node>),
    /// `year(date)`.
    Year(Box<Node>),
    /// `sum_of('points')`: all answers to a number field of the case, added up.
    Total(Id),
    /// `goal_reached(x, bound, want)`: whether a figure or number is as wanted.
    Reached(Box<Goal>),
    /// `goal_points(full, x, bound, want)`: the full mark where it is as wanted; short of a least
    /// number, in proportion, in whole points.
    Points(Box<Node>, Box<Goal>),
    /// Sum of numbers.
    Plus(Box<Node>, Box<Node>),
    /// Difference of numbers.
    Minus(Box<Node>, Box<Node>),
    /// `!x`.
    Not(Box<Node>),
    /// `x && y`.
    And(Box<Node>, Box<Node>),
    /// `x || y`.
    Or(Box<Node>, Box<Node>),
    /// `x == y` and its kin.
    Compare(Compare, Box<Node>, Box<Node>),
    /// `x in [...]`: for several codes, people or organs, any of them. The right side is a
    /// `List` of literals, or a field that holds several.
    In(Box<Node>, Box<Node>),
}

/// A figure or number and what is wanted of it. 目标
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The figure or number.
    pub of: Node,
    /// One of [`Goal::BOUNDS`].
    pub bound: Node,
    /// The number; of a rate in percent, of money in yuan.
    pub want: Node,
}

impl Goal {
    /// The codes of a bound: 不少于, 不多于, 等于.
    pub const BOUNDS: [&str; 3] = ["at_least", "at_most", "equal"];
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `==`
    Eq,
    /// `!=` (false when either side is null)
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// A fault inside an expression: where (bytes of its text) and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprFault {
    /// Bytes of the expression's text.
    pub at: Range<usize>,
    /// Family 05 code, such as `E0502`.
    pub code: &'static str,
    /// Only a word of advice.
    pub advice: bool,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to write instead.
    pub instead: Option<String>,
    /// Why, if that is not plain.
    pub why: Option<String>,
}

impl ExprFault {
    fn new(at: Range<usize>, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, code, advice: false, message, instead: None, why: None }
    }

    fn instead(mut self, text: impl Into<String>) -> Self {
        self.instead = Some(text.into());
        self
    }

    fn why(mut self, text: impl Into<String>) -> Self {
        self.why = Some(text.into());
        self
    }
}

impl Expr {
    /// Reads an expression: what it means, and every fault in it.
    ///
    /// Faults that are only advice come together with the expression.
    pub fn read(
        text: &str,
        words: &Vocabulary,
        place: &Place,
        want: &Want,
    ) -> (Option<Self>, Vec<ExprFault>) {
        let tree = match parse::parse(text) {
            Ok(tree) => tree,
            Err(fault) => return (None, vec![fault]),
        };
        let (found, mut faults) = resolve::resolve(&tree, words, place, want);
        let Some((node, ty)) = found else {
            return (None, faults);
        };
        if faults.is_empty() {
            faults.extend(lint::lint(&node, words, text.len()));
        }
        (Some(Self { text: text.into(), node, ty }), faults)
    }
}

impl Goal {
    fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        [&self.of, &self.bound, &self.want].into_iter().for_each(|node| node.walk(visit));
    }
}

impl Node {
    /// Calls `visit` on this node and everything below it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        visit(self);
        match self {
            Node::List(nodes) => nodes.iter().for_each(|node| node.walk(visit)),
            Node::Add(node, _)
            | Node::Size(node)
            | Node::Has(node)
            | Node::IsOrg(node)
            | Node::Year(node)
            | Node::Not(node) => node.walk(visit),
            Node::Reached(goal) => goal.walk(visit),
            Node::Points(full, goal) => {
                full.walk(visit);
                goal.walk(visit);
            }
            Node::Holds(left, _, right)
            | Node::WorkdaysBetween(left, right)
            | Node::DaysBetween(left, right)
            | Node::Plus(left, right)
            | Node::Minus(left, right)
            | Node::And(left, right)
            | Node::Or(left, right)
            | Node::Compare(_, left, right)
            | Node::In(left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            _ => {}
        }
    }
}
