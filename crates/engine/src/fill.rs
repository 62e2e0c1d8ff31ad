//! 系统填写: what the system fills in when an act is done, never whoever does it.
//!
//! The engine says which figures and drafts an act wants; whoever keeps the ledger looks them up;
//! [`filled`] puts them beside what was typed. What is recorded then stays as it was, whatever the
//! figure says later.

use std::{cell::OnceCell, collections::BTreeMap};

use jiff::civil::Date;
use law::{
    Id,
    calendar::Calendar,
    expr::{Expr, Node},
    indicator::Span,
    procedure::{Act, FigureFill, FigureOf, Fill, Procedure},
    value::Value,
};

use crate::{
    action::Answers,
    actor::OrganPath,
    case::Case,
    eval::{Clocks, Scope, Val, date_of},
    fact::Recorded,
    goal::{Bound, Goal},
};

/// What was looked up for an act, by field.
pub type Given = BTreeMap<Id, Value>;

/// Something that has to be looked up. 待取的数
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// For this field.
    pub field: Id,
    /// What.
    pub what: What,
    /// Of this organ and those below it.
    pub organ: OrganPath,
    /// In these days.
    pub span: Span,
}

/// What has to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The figure of this key.
    Figure(Id),
    /// The draft by this outline, for the year of the span.
    Draft(Id),
}

/// An act about to be done: by whom matters not.
#[derive(Clone, Copy)]
pub struct Doing<'a> {
    /// The edition of law.
    pub procedure: &'a Procedure,
    /// The act.
    pub act: &'a Act,
    /// The case; none while it is being opened.
    pub case: Option<&'a Case>,
    /// What was typed.
    pub answers: &'a Answers,
    /// Counts days.
    pub calendar: &'a Calendar,
    /// Its business date.
    pub on: Date,
    /// The organ that handles the case.
    pub organ: &'a OrganPath,
    /// Of an act done for each of several: which one.
    pub each: Option<&'a Recorded>,
}

/// What an act measures against what is wanted. 目标
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// How it is to be, and to what.
    pub wanted: (Bound, i64),
    /// The full mark, where it is scored.
    pub full: Option<i64>,
    /// With what was read, once there is something to read.
    pub goal: Option<Goal>,
}

impl<'a> Doing<'a> {
    /// Everything that has to be looked up for it.
    pub fn wants(&self) -> Vec<Wanted> {
        let fields = self.act.ask.iter().filter_map(|ask| self.procedure.fields.get(&ask.field));
        let wanted = fields.filter_map(|field| {
            let (what, organ, span) = match field.fill.as_ref()? {
                Fill::Is(_) => return None,
                Fill::Figure(figure) => self.figure(figure)?,
                Fill::Draft { outline, to } => {
                    let to = self.scope(self.answers).date(to)?;
                    let span = crate::figure::year(to.year());
                    (What::Draft(outline.clone()), self.organ.clone(), span)
                }
            };
            Some(Wanted { field: field.id.clone(), what, organ, span })
        });
        wanted.collect()
    }

    fn figure(&self, figure: &FigureFill) -> Option<(What, OrganPath, Span)> {
        let scope = self.scope(self.answers);
        let key = match &figure.of {
            FigureOf::Fixed(key) => key.clone(),
            FigureOf::Chosen(expr) => match scope.value(expr) {
                Val::Text(key) => key.into(),
                _ => return None,
            },
        };
        let date = |expr: &Option<Expr>| expr.as_ref().and_then(|expr| date_of(&scope.value(expr)));
        let to = date(&figure.to).map_or(self.on, |to| to.min(self.on));
        let from = date(&figure.from).unwrap_or_else(|| Date::constant(to.year(), 1, 1));
        let organ = figure.organ.as_ref().and_then(|expr| match scope.value(expr) {
            Val::Organs(organs) => organs.first().map(|path| OrganPath::from(path.as_str())),
            _ => None,
        });
        let organ = organ.unwrap_or_else(|| self.organ.clone());
        Some((What::Figure(key), organ, Span { from, to }))
    }

    /// What was typed and what the system fills in, in the order in which the act asks.
    pub fn filled(&self, given: &Given) -> Answers {
        let mut answers = self.answers.clone();
        for field in self.act.ask.iter().filter_map(|ask| self.procedure.fields.get(&ask.field)) {
            let value = match &field.fill {
                None => continue,
                Some(Fill::Is(expr)) => self.scope(&answers).value(expr).into_value(),
                Some(Fill::Figure(_) | Fill::Draft { .. }) => given.get(&field.id).cloned(),
            };
            match value {
                Some(value) => answers.insert(field.id.clone(), value),
                None => answers.remove(&field.id),
            };
        }
        answers
    }

    /// What it measures, if it measures anything; `answers` as filled in.
    pub fn measured(&self, answers: &Answers) -> Option<Gauge> {
        let fields = self.act.ask.iter().filter_map(|ask| self.procedure.fields.get(&ask.field));
        let filled = fields.filter_map(|field| match &field.fill {
            Some(Fill::Is(expr)) => Some(&expr.node),
            _ => None,
        });
        let scope = self.scope(answers);
        let mut found: Option<Gauge> = None;
        for node in filled {
            let (full, goal) = match node {
                Node::Points(full, goal) => (Some(full), goal),
                Node::Reached(goal) => (None, goal),
                _ => continue,
            };
            let full = full.and_then(|full| match scope.eval(full) {
                Val::Int(full) => Some(full),
                _ => None,
            });
            let full = full.or(found.as_ref().and_then(|found| found.full));
            found = Some(Gauge { wanted: scope.wanted(goal)?, full, goal: scope.goal(goal) });
        }
        found
    }

    fn scope<'s>(&'s self, answers: &'s Answers) -> Scope<'s> {
        Scope {
            procedure: self.procedure,
            case: self.case,
            upto: u32::MAX,
            answers: Some(answers),
            me: None,
            people: &[],
            today: Some(self.on),
            calendar: self.calendar,
            clocks: Clocks::Lazy(OnceCell::new()),
            each: self.each,
        }
    }
}

/// The occurrences of another act that an act is done for, oldest first.
pub fn each_of<'a>(case: &'a Case, act: &Act, calendar: &Calendar) -> Vec<&'a Recorded> {
    let Some(each) = &act.each else { return Vec::new() };
    let meant = |one: &&Recorded| {
        let scope = Scope::timeless(case, calendar).of(Some(one));
        each.only_if.as_ref().is_none_or(|when| scope.holds(when))
    };
    case.done(&each.of, u32::MAX).filter(meant).collect()
}

/// The fact in effect in which an act was done for an entry.
pub fn done_for<'a>(case: &'a Case, act: &str, version: u32) -> Option<&'a Recorded> {
    case.done(act, u32::MAX).find(|done| done.fact.each == Some(version))
}

/// The first of what an act is done for that it was not done for yet.
pub fn next_each<'a>(case: &'a Case, act: &Act, calendar: &Calendar) -> Option<&'a Recorded> {
    let all = each_of(case, act, calendar);
    all.into_iter().find(|one| done_for(case, &act.id, one.version).is_none())
}
