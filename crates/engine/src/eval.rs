//! Evaluating conditions. 条件求值
//!
//! The checker has given every name a meaning, so evaluation cannot fail: what has not happened
//! reads as [`Val::Null`], and a comparison with null is false.

use std::{cell::OnceCell, cmp::Ordering};

use jiff::civil::{Date, DateTime};
use law::{
    Id,
    calendar::{Calendar, days_between},
    expr::{Compare, Expr, Node},
    period,
    procedure::{FieldType, Procedure},
    value::{FigureRef, FileRef, Party, PartyKind, Value},
};

use crate::{
    action::Answers,
    actor::Actor,
    case::Case,
    deadline::{Clock, clocks},
    fact::Recorded,
    goal::{self, Reading},
};

/// What an expression came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// Has not happened, was not filled in, was erased.
    Null,
    /// 是/否.
    Bool(bool),
    /// A number, or an amount in 分.
    Int(i64),
    /// An amount in 分, to be printed as yuan.
    Money(i64),
    /// Text.
    Text(String),
    /// A date.
    Date(Date),
    /// A date and time.
    Moment(DateTime),
    /// Codes, with the list they belong to where it is known.
    Codes(Vec<Id>),
    /// 当事人.
    Parties(Vec<Party>),
    /// Account ids.
    People(Vec<String>),
    /// Organ paths.
    Organs(Vec<String>),
    /// 附件.
    Files(Vec<FileRef>),
    /// A recorded figure.
    Figure(FigureRef),
}

/// What an expression can see. 求值范围
pub struct Scope<'a> {
    /// The edition of law.
    pub procedure: &'a Procedure,
    /// The case; none while it is being opened.
    pub case: Option<&'a Case>,
    /// Only entries up to this version count.
    pub upto: u32,
    /// The answers being submitted now; in an act's own conditions they are the latest.
    pub answers: Option<&'a Answers>,
    /// Who acts.
    pub me: Option<&'a Actor>,
    /// Who is known by posts and credentials.
    pub people: &'a [Actor],
    /// The day of the question; what depends on it is null without.
    pub today: Option<Date>,
    /// Counts working days.
    pub calendar: &'a Calendar,
    /// The clocks of the case.
    pub clocks: Clocks<'a>,
    /// Of an act done for each time another was done: the one it is done for. It stands for the
    /// last.
    pub each: Option<&'a Recorded>,
}

/// Where a scope gets its clocks from.
pub enum Clocks<'a> {
    /// Counted on first use.
    Lazy(OnceCell<Vec<Clock>>),
    /// Counted so far: what the conditions of clocks themselves can see.
    Given(&'a [Clock]),
}

impl<'a> Scope<'a> {
    /// A scope that sees the whole case and no day: for observations, documents and notices.
    pub fn timeless(case: &'a Case, calendar: &'a Calendar) -> Self {
        Self {
            procedure: &case.procedure,
            case: Some(case),
            upto: u32::MAX,
            answers: None,
            me: None,
            people: &[],
            today: None,
            calendar,
            clocks: Clocks::Lazy(OnceCell::new()),
            each: None,
        }
    }

    /// The same scope, looking at one of several occurrences of an act.
    pub fn of(self, each: Option<&'a Recorded>) -> Self {
        Self { each, ..self }
    }

    /// The same scope on a day.
    pub fn on(self, today: Date) -> Self {
        Self { today: Some(today), ..self }
    }

    /// Whether a condition holds; null is no.
    pub fn holds(&self, expr: &Expr) -> bool {
        self.is(&expr.node)
    }

    /// Whether a finding of the procedure is made. 认定
    pub fn finding(&self, id: &str) -> bool {
        self.procedure.findings.get(id).is_some_and(|finding| {
            let mut items = finding.items.iter();
            if finding.all {
                items.all(|item| self.holds(item))
            } else {
                items.any(|item| self.holds(item))
            }
        })
    }

    /// What an expression comes to.
    pub fn value(&self, expr: &Expr) -> Val {
        self.eval(&expr.node)
    }

    /// The date an expression comes to.
    pub fn date(&self, expr: &Expr) -> Option<Date> {
        date_of(&self.eval(&expr.node))
    }

    fn is(&self, node: &Node) -> bool {
        self.eval(node) == Val::Bool(true)
    }

    pub(crate) fn eval(&self, node: &Node) -> Val {
        match node {
            Node::Literal(value) => Val::from(value),
            Node::List(nodes) => {
                Val::Codes(nodes.iter().flat_map(|node| self.codes(node)).collect())
            }
            Node::Field(field) => self.field(field),
            Node::Answer(act, field) => {
                let answered = self.last(act).and_then(|recorded| recorded.fact.answers.get(field));
                answered.map_or(Val::Null, Val::from)
            }
            Node::New(field) => {
                self.answers.and_then(|answers| answers.get(field)).map_or(Val::Null, Val::from)
            }
            Node::Done(act) => Val::Bool(self.last(act).is_some()),
            Node::Times(act) => {
                let times = self.case.map_or(0, |case| case.done(act, self.upto).count());
                Val::Int(i64::try_from(times).unwrap_or(i64::MAX))
            }
            Node::On(act) => {
                self.last(act).map_or(Val::Null, |recorded| Val::Date(recorded.fact.on))
            }
            Node::By(act) => self.last(act).map_or(Val::Null, |recorded| {
                Val::People(recorded.fact.by.iter().map(|by| by.person.clone()).collect())
            }),
            Node::Param(id) => self
                .procedure
                .params
                .get(id)
                .map_or(Val::Null, |param| Val::from(param.current().0)),
            Node::Finding(id) => Val::Bool(self.finding(id)),
            Node::Me => self.me.map_or(Val::Null, |me| Val::People(vec![me.person.clone()])),
            Node::Today => self.today.map_or(Val::Null, Val::Date),
            Node::Stage => {
                self.case.map_or(Val::Null, |case| Val::Codes(vec![case.stage().into()]))
            }
            Node::Opened => self.case.map_or(Val::Null, |case| Val::Date(case.opened())),
            Node::Org => {
                self.case.map_or(Val::Null, |case| Val::Organs(vec![case.organ().to_string()]))
            }
            Node::CaseNo => self
                .case
                .and_then(Case::number)
                .map_or(Val::Null, |number| Val::Text(number.to_owned())),
            Node::After(later, earlier) => {
                Val::Bool(match (self.last(later), self.last(earlier)) {
                    (Some(later), Some(earlier)) => later.version > earlier.version,
                    (Some(_), None) => true,
                    (None, _) => false,
                })
            }
            Node::Ended(id) => self.on_clock(id, |clock, today| Val::Bool(clock.ended(today))),
            Node::Overdue(id) => self.on_clock(id, |clock, today| Val::Bool(clock.overdue(today))),
            Node::Running(id) => self
                .on_clock(id, |clock, today| Val::Bool(clock.met.is_none() && !clock.ended(today))),
            Node::Met(id) => Val::Bool(self.clock(id).is_some_and(Clock::met_in_time)),
            Node::Due(id) => self.clock(id).map_or(Val::Null, |clock| Val::Date(clock.due.legal)),
            Node::WorkdaysSince(act) => {
                self.since(act, |from, to| self.calendar.workdays_between(from, to))
            }
            Node::DaysSince(act) => self.since(act, days_between),
            Node::WorkdaysBetween(from, to) => {
                self.between(from, to, |from, to| self.calendar.workdays_between(from, to))
            }
            Node::DaysBetween(from, to) => self.between(from, to, days_between),
            Node::Add(start, length) => match date_of(&self.eval(start)) {
                Some(start) => {
                    let rule = &self.procedure.days;
                    let start = period::Start::on(start, "");
                    Val::Date(period::due(&start, *length, rule, &[], &[], self.calendar).legal)
                }
                None => Val::Null,
            },
            Node::Holds(person, credential, on) => self.held(person, credential, on),
            Node::Size(node) => size(&self.eval(node)),
            Node::Has(node) => Val::Bool(!is_blank(&self.eval(node))),
            Node::IsOrg(node) => match self.eval(node) {
                Val::Parties(parties) => {
                    Val::Bool(parties.iter().any(|party| party.kind == PartyKind::Org))
                }
                _ => Val::Null,
            },
            Node::Year(node) => {
                date_of(&self.eval(node)).map_or(Val::Null, |date| Val::Int(date.year().into()))
            }
            Node::Total(field) => self.total(field),
            Node::Reached(goal) => {
                self.goal(goal).map_or(Val::Null, |goal| Val::Bool(goal.reached()))
            }
            Node::Points(full, goal) => match (self.eval(full), self.goal(goal)) {
                (Val::Int(full), Some(goal)) => Val::Int(goal.points(full)),
                _ => Val::Null,
            },
            Node::Plus(left, right) => self.number(left, right, i64::checked_add),
            Node::Minus(left, right) => self.number(left, right, i64::checked_sub),
            Node::Not(node) => Val::Bool(!self.is(node)),
            Node::And(left, right) => Val::Bool(self.is(left) && self.is(right)),
            Node::Or(left, right) => Val::Bool(self.is(left) || self.is(right)),
            Node::Compare(how, left, right) => {
                Val::Bool(compare(*how, &self.eval(left), &self.eval(right)))
            }
            Node::In(left, right) => {
                let (left, right) = (self.codes(left), self.codes(right));
                Val::Bool(left.iter().any(|code| right.contains(code)))
            }
        }
    }

    fn field(&self, field: &Id) -> Val {
        let submitted = self.answers.and_then(|answers| answers.get(field));
        let latest = || self.case.and_then(|case| case.answer(field, self.upto));
        submitted.or_else(latest).map_or(Val::Null, Val::from)
    }

    /// What is wanted of a figure or number, and what it is.
    pub(crate) fn goal(&self, goal: &law::expr::Goal) -> Option<goal::Goal> {
        let reading = match self.eval(&goal.of) {
            Val::Int(number) => Reading::Plain(number),
            Val::Figure(figure) => Reading::of(&figure),
            _ => return None,
        };
        self.wanted(goal).map(|(bound, want)| goal::Goal { reading, bound, want })
    }

    /// What is wanted, whatever was reached.
    pub(crate) fn wanted(&self, goal: &law::expr::Goal) -> Option<(goal::Bound, i64)> {
        match (&*self.codes(&goal.bound), self.eval(&goal.want)) {
            ([bound], Val::Int(want)) => Some((goal::Bound::named(bound)?, want)),
            _ => None,
        }
    }

    fn total(&self, field: &Id) -> Val {
        let facts = self.case.into_iter().flat_map(Case::in_effect);
        let facts = facts.filter(|recorded| recorded.version <= self.upto);
        let money = self.procedure.fields.get(field).is_some_and(|one| one.ty == FieldType::Money);
        let mut total = if money { Val::Money(0) } else { Val::Int(0) };
        for value in facts.filter_map(|recorded| recorded.fact.answers.get(field)) {
            total = match (total, value) {
                (Val::Int(all), Value::Int(number)) => Val::Int(all.saturating_add(*number)),
                (Val::Money(all), Value::Money(cents)) => Val::Money(all.saturating_add(*cents)),
                (total, _) => total,
            };
        }
        total
    }

    fn last(&self, act: &str) -> Option<&Recorded> {
        if let Some(one) = self.each.filter(|one| *one.fact.act == *act) {
            return Some(one);
        }
        self.case?.done(act, self.upto).next_back()
    }

    fn clock(&self, id: &str) -> Option<&Clock> {
        let clocks = match &self.clocks {
            Clocks::Given(clocks) => clocks,
            Clocks::Lazy(cell) => {
                let count = || self.case.map_or_else(Vec::new, |case| clocks(case, self.calendar));
                cell.get_or_init(count).as_slice()
            }
        };
        clocks.iter().find(|clock| &*clock.deadline == id)
    }

    fn on_clock(&self, id: &str, ask: impl Fn(&Clock, Date) -> Val) -> Val {
        match (self.clock(id), self.today) {
            (Some(clock), Some(today)) => ask(clock, today),
            _ => Val::Null,
        }
    }

    fn since(&self, act: &str, count: impl Fn(Date, Date) -> i64) -> Val {
        match (self.last(act), self.today) {
            (Some(recorded), Some(today)) => Val::Int(count(recorded.fact.on, today)),
            _ => Val::Null,
        }
    }

    fn between(&self, from: &Node, to: &Node, count: impl Fn(Date, Date) -> i64) -> Val {
        match (date_of(&self.eval(from)), date_of(&self.eval(to))) {
            (Some(from), Some(to)) => Val::Int(count(from, to)),
            _ => Val::Null,
        }
    }

    fn held(&self, person: &Node, credential: &str, on: &Node) -> Val {
        let (Val::People(people), Some(on)) = (self.eval(person), date_of(&self.eval(on))) else {
            return Val::Null;
        };
        let known = |id: &String| {
            let mut known = self.me.iter().copied().chain(self.people);
            known.any(|actor| actor.person == *id && actor.holds(credential, on))
        };
        Val::Bool(!people.is_empty() && people.iter().all(known))
    }

    fn codes(&self, node: &Node) -> Vec<Id> {
        match self.eval(node) {
            Val::Codes(codes) => codes,
            Val::Text(text) => vec![text.into()],
            Val::People(list) | Val::Organs(list) => list.into_iter().map(Id::from).collect(),
            _ => Vec::new(),
        }
    }

    fn number(&self, left: &Node, right: &Node, how: impl Fn(i64, i64) -> Option<i64>) -> Val {
        match (self.eval(left), self.eval(right)) {
            (Val::Money(left), Val::Money(right)) => how(left, right).map_or(Val::Null, Val::Money),
            (Val::Int(left), Val::Int(right)) => how(left, right).map_or(Val::Null, Val::Int),
            _ => Val::Null,
        }
    }
}

impl Val {
    /// As an answer keeps it.
    pub(crate) fn into_value(self) -> Option<Value> {
        Some(match self {
            Val::Null => return None,
            Val::Bool(yes) => Value::Yes(yes),
            Val::Int(number) => Value::Int(number),
            Val::Money(cents) => Value::Money(cents),
            Val::Text(text) => Value::Text(text),
            Val::Date(date) => Value::Date(date),
            Val::Moment(moment) => Value::Moment(moment),
            Val::Codes(codes) => Value::Codes(codes),
            Val::Parties(parties) => Value::Parties(parties),
            Val::People(people) => Value::People(people),
            Val::Organs(organs) => Value::Organs(organs),
            Val::Files(files) => Value::Files(files),
            Val::Figure(figure) => Value::Figure(figure),
        })
    }
}

impl From<&Value> for Val {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Val::Text(text.clone()),
            Value::Int(number) => Val::Int(*number),
            Value::Money(cents) => Val::Money(*cents),
            Value::Yes(yes) => Val::Bool(*yes),
            Value::Date(date) => Val::Date(*date),
            Value::Moment(moment) => Val::Moment(*moment),
            Value::Codes(codes) => Val::Codes(codes.clone()),
            Value::Parties(parties) => Val::Parties(parties.clone()),
            Value::People(people) => Val::People(people.clone()),
            Value::Organs(organs) => Val::Organs(organs.clone()),
            Value::Files(files) => Val::Files(files.clone()),
            Value::Figure(figure) => Val::Figure(figure.clone()),
            Value::Sealed(_) => Val::Null,
        }
    }
}

pub(crate) fn date_of(value: &Val) -> Option<Date> {
    match value {
        Val::Date(date) => Some(*date),
        Val::Moment(moment) => Some(moment.date()),
        _ => None,
    }
}

fn is_blank(value: &Val) -> bool {
    match value {
        Val::Null => true,
        Val::Text(text) => text.trim().is_empty(),
        Val::Codes(list) => list.is_empty(),
        Val::Parties(list) => list.is_empty(),
        Val::People(list) | Val::Organs(list) => list.is_empty(),
        Val::Files(list) => list.is_empty(),
        _ => false,
    }
}

fn size(value: &Val) -> Val {
    let size = match value {
        Val::Text(text) => text.chars().count(),
        Val::Codes(list) => list.len(),
        Val::Parties(list) => list.len(),
        Val::People(list) | Val::Organs(list) => list.len(),
        Val::Files(list) => list.len(),
        _ => return Val::Null,
    };
    Val::Int(i64::try_from(size).unwrap_or(i64::MAX))
}

fn compare(how: Compare, left: &Val, right: &Val) -> bool {
    let Some(order) = order(left, right) else {
        return false;
    };
    match how {
        Compare::Eq => order == Ordering::Equal,
        Compare::Ne => order != Ordering::Equal,
        Compare::Lt => order == Ordering::Less,
        Compare::Le => order != Ordering::Greater,
        Compare::Gt => order == Ordering::Greater,
        Compare::Ge => order != Ordering::Less,
    }
}

/// How two values of one kind stand to each other; null stands to nothing.
fn order(left: &Val, right: &Val) -> Option<Ordering> {
    match (left, right) {
        (Val::Int(l) | Val::Money(l), Val::Int(r) | Val::Money(r)) => Some(l.cmp(r)),
        (Val::Date(l), Val::Date(r)) => Some(l.cmp(r)),
        (Val::Moment(l), Val::Moment(r)) => Some(l.cmp(r)),
        (Val::Moment(l), Val::Date(r)) => Some(l.date().cmp(r)),
        (Val::Date(l), Val::Moment(r)) => Some(l.cmp(&r.date())),
        (Val::Bool(l), Val::Bool(r)) => Some(l.cmp(r)),
        (Val::Text(l), Val::Text(r)) => Some(l.cmp(r)),
        (Val::Codes(l), Val::Codes(r)) => Some(l.cmp(r)),
        (Val::Codes(l), Val::Text(r)) if l.len() == 1 => Some((*l[0]).cmp(r.as_str())),
        (Val::People(l), Val::People(r)) | (Val::Organs(l), Val::Organs(r)) => Some(l.cmp(r)),
        _ => None,
    }
}
