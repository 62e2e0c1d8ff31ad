//! Conditions: short expressions over a closed, typed vocabulary. 条件表达式
//!
//! A subset of CEL with the field's own words. [`parse`] makes a tree and says where it is wrong;
//! the checker gives every name a meaning and every node a type, so evaluation cannot fail: what
//! has not happened reads as null, and a comparison with null is false.

use std::{ops::Range, sync::Arc};

use crate::{Id, value::Value};

/// A checked expression together with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// As written.
    pub text: Arc<str>,
    /// What it means.
    pub node: Node,
}

/// What an expression means. Names are resolved: a `Field` exists, an act fills its field.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `'visit'`, `5`, `12.50元`, `true`, `date('2025-01-01')`. A code is a one-element `Codes`.
    Literal(Value),
    /// `null`.
    Null,
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
    /// `today`: the business date of the action; in projections and indicators not allowed.
    Today,
    /// `stage`.
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
    /// `year_end(date)` etc. are not needed; plain arithmetic on numbers.
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
    /// `x in [...]`: for several codes, any of them.
    In(Box<Node>, Box<Node>),
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
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to write instead.
    pub instead: Option<String>,
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
