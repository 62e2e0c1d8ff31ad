//! 考题: dated acts and what must come of them, written beside the procedure they examine.

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{
    Id,
    value::{Came, Value},
};

/// One story. 考题
#[derive(Clone, Debug)]
pub struct Scenario {
    /// 名称.
    pub name: String,
    /// It may be played with other dates and names to simulate a year.
    pub play: bool,
    /// The same story in other words, for playing: texts by field, one set for each telling.
    pub words: Vec<IndexMap<Id, String>>,
    /// The people in it, by the name used in its steps.
    pub given: IndexMap<String, Player>,
    /// What happens.
    pub when: Vec<Step>,
    /// What must be true at the end.
    pub then: Outcome,
    /// Line of the scenario in its file, for reports of failures.
    pub line: usize,
}

/// A person of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Player {
    /// Roles held. Case-scoped roles still have to be assigned.
    pub roles: Vec<Id>,
    /// Credentials held, each with an optional span `证:2025-01-01..2025-12-31`.
    pub hold: Vec<HeldText>,
    /// Has done `hold_if_first` acts before.
    pub experienced: bool,
    /// Path of the organ of the posts, relative to the scenario's county; empty = the handling
    /// organ.
    pub organ: String,
}

/// A credential of a player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldText {
    /// Its name.
    pub name: String,
    /// First day, if given.
    pub from: Option<Date>,
    /// Last day, if given.
    pub until: Option<Date>,
}

/// One dated act.
#[derive(Clone, Debug)]
pub struct Step {
    /// Business date.
    pub on: Date,
    /// Who; the first submits, the others act with them. Empty = the machine ([`LINKED`]).
    ///
    /// [`LINKED`]: crate::procedure::LINKED
    pub who: Vec<String>,
    /// The act, or `strike` with the 1-based number of the step to strike in `with.step`.
    pub does: Id,
    /// Answers, typed by the fields.
    pub with: IndexMap<Id, Value>,
    /// What the figures that the system fills in come to on this day.
    pub figures: IndexMap<Id, Came>,
    /// What the system must have filled in.
    pub fills: IndexMap<Id, Value>,
    /// Case-scoped roles = people.
    pub assign: IndexMap<Id, Vec<String>>,
    /// Legal due dates that must hold afterwards; `None` = the period must not run.
    pub due: IndexMap<Id, Option<Date>>,
    /// Pauses that must be running afterwards.
    pub stopped: Vec<Id>,
    /// Documents that must have been issued by this act.
    pub issues: Vec<Id>,
    /// Procedure that must have been opened by this act.
    pub opens: Option<Id>,
    /// The ground it must be refused for: a condition's id, or `by`, `from`, `not_by`, `team`,
    /// `hold`, `hold_if_first`, `times`, `each`, `assign`, `ask:<field>`, `value:<field>`.
    pub refused: Option<String>,
    /// Line of the step in its file.
    pub line: usize,
}

/// What must be true at the end.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The stage.
    pub stage: Option<Id>,
    /// Deadlines met.
    pub met: Vec<Id>,
    /// Deadlines missed (done late, or overdue on the day of the last step).
    pub missed: Vec<Id>,
    /// Findings.
    pub finding: IndexMap<Id, bool>,
    /// Indicator values for the year(s) of the scenario: `1`, or `"1/2"` for rates.
    pub indicator: IndexMap<Id, Expected>,
    /// The notice is up.
    pub published: Vec<Id>,
}

/// An expected figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A count or a sum (money in 分).
    Count(i64),
    /// Good of all.
    Rate(i64, i64),
}
