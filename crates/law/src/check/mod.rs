//! 核对: what must hold within a definition and across definitions, once each has been read.
//!
//! The reader says what is wrong with a word; the checker says what is wrong with a duty: an act
//! nobody can do, a period that nothing meets, a notice that shows what may not be shown. One
//! file per family: `citations` (02), `periods` (03), `acts` (04), `links` (04, across duties),
//! `papers` (06, 07), `figures` (08), `stories` (09, 11), `suggest` (19), `fills` (21). Families 01 and
//! 05 are the reader's, with
//! [`identity`] for what only several files show; 10 is [`overlay`](crate::overlay)'s.

mod acts;
mod citations;
mod figures;
mod fills;
mod identity;
mod links;
mod papers;
mod periods;
mod stories;
mod suggest;

use std::{collections::BTreeMap, ops::Range};

use crate::{
    Id,
    diagnostic::Diagnostic,
    expr::{Expr, Node},
    organ::Organs,
    procedure::{From, Procedure, Within},
    read::Definition,
    statute::Statutes,
    toml_file::TomlFile,
};

pub(crate) use fills::named;
pub use stories::{failed, unseen};

/// Checks every definition and adds what is wrong to its faults; gives what is carried between
/// linked cases the type of the field it fills.
pub fn definitions(all: &mut [Definition], statutes: &Statutes, organs: &Organs) {
    links::type_carried(all);
    let duties: BTreeMap<&Id, Vec<&Procedure>> = group(all);
    let mut found: Vec<Vec<Diagnostic>> = Vec::new();
    for definition in all.iter() {
        let mut checker = Checker {
            definition,
            procedure: &definition.procedure,
            duties: &duties,
            statutes,
            organs,
            faults: Vec::new(),
        };
        if !definition.faults.iter().any(|fault| fault.code == "E0001") {
            checker.all();
        }
        found.push(checker.faults);
    }
    for (definition, faults) in all.iter_mut().zip(found) {
        definition.faults.extend(faults);
    }
}

/// Every duty and its editions, oldest first; a local overlay after its base.
fn group(all: &[Definition]) -> BTreeMap<&Id, Vec<&Procedure>> {
    let mut duties: BTreeMap<&Id, Vec<&Procedure>> = BTreeMap::new();
    for definition in all {
        let editions = duties.entry(&definition.procedure.id).or_default();
        editions.push(&definition.procedure);
        editions.sort_by_key(|edition| edition.effective);
    }
    duties
}

/// One definition under examination, among all the others.
struct Checker<'a> {
    definition: &'a Definition,
    procedure: &'a Procedure,
    /// Every duty and its editions, oldest first.
    duties: &'a BTreeMap<&'a Id, Vec<&'a Procedure>>,
    statutes: &'a Statutes,
    organs: &'a Organs,
    faults: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn all(&mut self) {
        self.identity();
        self.citations();
        self.periods();
        self.acts();
        self.links();
        self.papers();
        self.figures();
        self.suggests();
        self.fills();
        self.stories();
    }

    /// Where something stands in the file: `["act", "review", "not_by"]`.
    fn place(&self, name: &[&str]) -> Range<usize> {
        let file = &self.definition.file;
        TomlFile::parse(&file.path, &file.text).place(name)
    }

    /// An error at a place of the file, not yet added.
    fn error(&self, code: &'static str, name: &[&str], message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, &self.definition.file.path, self.place(name), message)
    }

    /// A word of advice at a place of the file, not yet added.
    fn advice(&self, code: &'static str, name: &[&str], message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, &self.definition.file.path, self.place(name), message)
    }

    fn add(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }

    /// Every expression of the definition.
    fn expressions(&self) -> Vec<&'a Expr> {
        let p = self.procedure;
        let mut all: Vec<&Expr> = Vec::new();
        all.extend(p.findings.values().flat_map(|finding| &finding.items));
        for fill in p.fields.values().filter_map(|field| field.fill.as_ref()) {
            all.extend(fill.expressions());
        }
        for act in p.acts.values() {
            all.extend(act.each.iter().filter_map(|each| each.only_if.as_ref()));
            all.extend(act.require.values().map(|require| &require.that));
            if let Some(crate::procedure::Target::When(ways)) = &act.to {
                all.extend(ways.iter().filter_map(|(condition, _)| condition.as_ref()));
            }
            if let Some(opens) = &act.opens {
                all.extend(opens.with.values().chain(&opens.only_if));
            }
            if let Some(reports) = &act.reports {
                all.extend(reports.with.values().chain(&reports.only_if));
            }
        }
        for deadline in p.deadlines.values() {
            all.extend(&deadline.only_if);
            if let From::Date(date) = &deadline.from {
                all.push(date);
            }
            if let Within::Until(date) = &deadline.within {
                all.push(date);
            }
            if let Some(extend) = &deadline.extend {
                all.extend(extend.only_if.iter().chain(&extend.by));
            }
        }
        for document in p.documents.values() {
            all.extend(document.uses.iter().chain(&document.only_if));
        }
        all.extend(p.notices.values().flat_map(|notice| &notice.show));
        all.extend(&p.track);
        for indicator in p.indicators.values() {
            all.push(&indicator.dated);
            all.extend(indicator.sum.iter().chain(&indicator.among).chain(&indicator.good));
            all.extend(indicator.stock_until.iter().flatten());
            all.extend(&indicator.split);
        }
        if let Some(credential) = &p.credential {
            all.push(&credential.from);
            all.extend(&credential.until);
        }
        if let Some(pool) = &p.pool {
            all.extend(pool.only_if.iter().chain(&pool.until));
        }
        if let Some(exam) = &p.exam {
            all.extend(exam.draw.values().chain([&exam.minutes, &exam.tries, &exam.pass]));
        }
        all.extend(p.transitions.iter().filter_map(|transition| transition.move_if.as_ref()));
        all
    }

    /// Whether any expression contains such a node.
    fn says(&self, mut is: impl FnMut(&Node) -> bool) -> bool {
        let mut found = false;
        for expr in self.expressions() {
            expr.node.walk(&mut |node| found |= is(node));
        }
        found
    }
}

/// The field a node speaks of.
fn field_of(node: &Node) -> Option<&Id> {
    match node {
        Node::Field(field) | Node::Answer(_, field) | Node::New(field) => Some(field),
        _ => None,
    }
}
