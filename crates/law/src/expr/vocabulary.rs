//! The words a procedure's expressions may use, and where.

use indexmap::{IndexMap, IndexSet};

use crate::{
    Id,
    expr::Type,
    procedure::{Field, FieldType, Procedure},
};

/// Everything that has a name in one procedure.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Fields.
    pub fields: IndexMap<Id, Field>,
    /// Code lists.
    pub lists: IndexMap<Id, IndexMap<Id, String>>,
    /// Parameters and their kinds.
    pub params: IndexMap<Id, FieldType>,
    /// Findings and their names.
    pub findings: IndexMap<Id, String>,
    /// Findings that depend on the day they are asked on; not for figures and periods.
    pub daily: IndexSet<Id>,
    /// Stages and their names.
    pub stages: IndexMap<Id, String>,
    /// Acts, their names and what they ask.
    pub acts: IndexMap<Id, ActWords>,
    /// Deadlines and their names.
    pub deadlines: IndexMap<Id, String>,
}

/// What expressions need to know of an act.
#[derive(Clone, Debug, Default)]
pub struct ActWords {
    /// 名称.
    pub name: String,
    /// Fields it asks, as written (`verdict!`).
    pub asks: Vec<String>,
}

impl Vocabulary {
    /// The words of a procedure that has been read.
    pub fn of(procedure: &Procedure) -> Self {
        let acts = procedure.acts.values().map(|act| {
            let asks = act.ask.iter().map(|ask| ask.field.to_string()).collect();
            (act.id.clone(), ActWords { name: act.name.clone(), asks })
        });
        let named = |id: &Id, name: &str| (id.clone(), name.to_owned());
        Self {
            fields: procedure.fields.clone(),
            lists: procedure.lists.clone(),
            params: procedure.params.iter().map(|(id, p)| (id.clone(), p.ty.clone())).collect(),
            findings: procedure.findings.iter().map(|(id, f)| named(id, &f.name)).collect(),
            daily: crate::read::daily(&procedure.findings),
            stages: procedure.stages.iter().map(|(id, s)| named(id, &s.name)).collect(),
            acts: acts.collect(),
            deadlines: procedure.deadlines.iter().map(|(id, d)| named(id, &d.name)).collect(),
        }
    }
}

impl ActWords {
    /// Whether it asks a field.
    pub fn asks(&self, field: &str) -> bool {
        self.asks.iter().any(|ask| ask.trim_end_matches('!') == field)
    }
}

/// Where an expression stands; decides which words make sense there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A condition of an act, and what it carries into linked cases.
    Act(Id),
    /// An item of a finding.
    Finding,
    /// Part of a period: when it runs, how it is extended.
    Period,
    /// A document.
    Paper,
    /// A notice or the party's view.
    Public,
    /// An indicator; of occurrences of an act, `new.x` is the answer of that occurrence.
    Figure(Option<Id>),
    /// What the system fills in.
    Fill,
    /// A credential.
    Credential,
    /// Whom a roster lists.
    Pool,
    /// How an examination is sat.
    Exam,
    /// Which running cases move to a new edition.
    Transition,
}

impl Place {
    /// Its name for a clerk.
    pub fn name(&self) -> &'static str {
        match self {
            Place::Act(_) => "行为的条件",
            Place::Finding => "认定",
            Place::Period => "期限",
            Place::Paper => "文书",
            Place::Public => "公开的内容",
            Place::Figure(_) => "指标",
            Place::Fill => "系统填写的内容",
            Place::Credential => "资格",
            Place::Pool => "人选",
            Place::Exam => "考试",
            Place::Transition => "过渡规定",
        }
    }

    /// Whether words that depend on the day of asking make sense: `today`, `ended`, `overdue`, `running`,
    /// `days_since`, `workdays_since`.
    pub fn knows_today(&self) -> bool {
        matches!(self, Place::Act(_) | Place::Finding | Place::Fill | Place::Transition)
    }
}

/// What kind of value must come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Anything that can be shown.
    Any,
    /// Exactly this.
    Type(Type),
    /// A date, or a moment whose day counts.
    Date,
    /// A number or an amount.
    Number,
    /// Something with a closed set of values: a code, 是/否, an organ, a stage.
    Codes,
}
