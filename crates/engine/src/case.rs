//! 案件: the facts of one matter, added up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use law::{
    Id,
    procedure::{Procedure, START},
    value::Value,
};

use crate::{
    action::CaseId,
    actor::{OrganPath, PersonId},
    fact::{BuiltIn, Opening, Recorded},
};

/// The stage of a case whose opening was struck: it never was. 误立作废
pub const VOID: &str = "void";

/// 案件: everything that was decided in one matter, and where it stands now.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The edition it follows.
    pub procedure: Arc<Procedure>,
    opening: Opening,
    facts: Vec<Recorded>,
    /// Struck entry = the entry that struck it.
    struck: BTreeMap<u32, u32>,
    state: State,
}

/// What the facts in effect add up to.
#[derive(Clone, Debug, Default)]
struct State {
    stage: Option<Id>,
    organ: Option<OrganPath>,
    assigned: BTreeMap<Id, Vec<PersonId>>,
    /// Act = places of its facts in effect.
    done: BTreeMap<Id, Vec<usize>>,
    /// Field = places of the facts in effect that answered it.
    answered: BTreeMap<Id, Vec<usize>>,
    ended: Option<Date>,
}

/// What may be known of a case before it is opened: enough to decide who may open it. 案由
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its id.
    pub id: CaseId,
    /// Its procedure.
    pub procedure: Id,
    /// SM3 of the edition it follows.
    pub law: String,
    /// The organ that handles it.
    pub organ: OrganPath,
    /// The organ it came from.
    pub origin: OrganPath,
    /// Case-scoped roles = people.
    pub assigned: BTreeMap<Id, Vec<PersonId>>,
    /// Everybody who has acted in it or is named in it.
    pub participants: BTreeSet<PersonId>,
}

impl Case {
    /// Adds up the facts of one case, oldest first; `None` where the first is not an opening.
    pub fn from_facts(id: CaseId, procedure: Arc<Procedure>, facts: Vec<Recorded>) -> Option<Self> {
        let mut case = Self {
            id,
            procedure,
            opening: facts.first()?.fact.opening.clone()?,
            facts: Vec::with_capacity(facts.len() + 1),
            struck: BTreeMap::new(),
            state: State::default(),
        };
        for recorded in facts {
            case.apply(recorded);
        }
        Some(case)
    }

    /// Adds one more fact.
    pub fn apply(&mut self, recorded: Recorded) {
        let strikes = match &recorded.fact.built_in {
            Some(BuiltIn::Strike { version, .. }) => Some(*version),
            _ => None,
        };
        self.facts.push(recorded);
        let place = self.facts.len() - 1;
        if let Some(version) = strikes {
            self.struck.insert(version, self.facts[place].version);
            self.state = State::default();
            for place in 0..self.facts.len() {
                self.advance(place);
            }
        } else {
            self.advance(place);
        }
    }

    fn advance(&mut self, place: usize) {
        let recorded = &self.facts[place];
        if self.struck.contains_key(&recorded.version) {
            return;
        }
        let (fact, state) = (&recorded.fact, &mut self.state);
        if let Some(opening) = &fact.opening {
            state.organ = Some(opening.organ.clone());
        }
        if let Some(organ) = &fact.organ {
            state.organ = Some(organ.clone());
        }
        if let Some(stage) = &fact.stage {
            let ends = self.procedure.stages.get(stage).is_some_and(|stage| stage.end);
            state.ended = ends.then_some(fact.on);
            state.stage = Some(stage.clone());
        }
        for (role, people) in &fact.assign {
            state.assigned.insert(role.clone(), people.clone());
        }
        for field in fact.answers.keys() {
            state.answered.entry(field.clone()).or_default().push(place);
        }
        state.done.entry(fact.act.clone()).or_default().push(place);
    }

    /// Every fact, struck or not, oldest first.
    pub fn facts(&self) -> &[Recorded] {
        &self.facts
    }

    /// The facts that count, oldest first.
    pub fn in_effect(&self) -> impl DoubleEndedIterator<Item = &Recorded> {
        self.facts.iter().filter(|recorded| !self.struck.contains_key(&recorded.version))
    }

    /// Which entry struck this one, if any.
    pub fn struck_by(&self, version: u32) -> Option<u32> {
        self.struck.get(&version).copied()
    }

    /// How many entries it has.
    pub fn version(&self) -> u32 {
        self.facts.last().map_or(0, |recorded| recorded.version)
    }

    /// Where it stands: a stage of its procedure, or [`VOID`].
    pub fn stage(&self) -> &str {
        match &self.state.stage {
            Some(stage) => stage,
            None => VOID,
        }
    }

    /// The stage in words.
    pub fn stage_name(&self) -> &str {
        let stage = self.stage();
        self.procedure.stages.get(stage).map_or("已作废", |stage| &stage.name)
    }

    /// Whether its opening was struck.
    pub fn is_void(&self) -> bool {
        self.stage() == VOID
    }

    /// The business date on which it came to a final stage, if it stands in one.
    pub fn ended(&self) -> Option<Date> {
        self.state.ended
    }

    /// The handling organ.
    pub fn organ(&self) -> &OrganPath {
        self.state.organ.as_ref().unwrap_or(&self.opening.organ)
    }

    /// The organ of origin.
    pub fn origin(&self) -> &OrganPath {
        &self.opening.origin
    }

    /// 案号.
    pub fn number(&self) -> Option<&str> {
        self.opening.number.as_deref()
    }

    /// The case it was opened from.
    pub fn parent(&self) -> Option<&CaseId> {
        self.opening.parent.as_ref()
    }

    /// The business date it was opened on.
    pub fn opened(&self) -> Date {
        self.facts[0].fact.on // `from_facts` saw that there is one.
    }

    /// Who is named for a case-scoped role.
    pub fn assigned(&self, role: &str) -> &[PersonId] {
        self.state.assigned.get(role).map_or(&[], Vec::as_slice)
    }

    /// Everybody named, by role.
    pub fn assignments(&self) -> &BTreeMap<Id, Vec<PersonId>> {
        &self.state.assigned
    }

    /// The facts of an act that count, oldest first, no later than entry `upto`.
    pub fn done(&self, act: &str, upto: u32) -> impl DoubleEndedIterator<Item = &Recorded> {
        let places = self.state.done.get(act).map_or(&[][..], Vec::as_slice);
        let facts = places.iter().map(|place| &self.facts[*place]);
        facts.filter(move |recorded| recorded.version <= upto)
    }

    /// The last time an act was done.
    pub fn last(&self, act: &str) -> Option<&Recorded> {
        self.done(act, u32::MAX).next_back()
    }

    /// The entry that an act done for each of several was done for.
    pub fn done_for(&self, recorded: &Recorded) -> Option<&Recorded> {
        let version = recorded.fact.each?;
        self.facts.iter().find(|one| one.version == version)
    }

    /// The latest fact that answered a field, no later than entry `upto`.
    pub fn answered(&self, field: &str, upto: u32) -> Option<&Recorded> {
        let places = self.state.answered.get(field)?;
        let facts = places.iter().rev().map(|place| &self.facts[*place]);
        facts.into_iter().find(|recorded| recorded.version <= upto)
    }

    /// The latest answer to a field in any act, no later than entry `upto`.
    pub fn answer(&self, field: &str, upto: u32) -> Option<&Value> {
        self.answered(field, upto)?.fact.answers.get(field)
    }

    /// The latest answer to a field in any act.
    pub fn latest(&self, field: &str) -> Option<&Value> {
        self.answer(field, u32::MAX)
    }

    /// What may be known before it is opened.
    pub fn heading(&self) -> Heading {
        let mut participants: BTreeSet<PersonId> =
            self.state.assigned.values().flatten().cloned().collect();
        for recorded in &self.facts {
            participants.extend(recorded.fact.by.iter().map(|by| by.person.clone()));
        }
        Heading {
            id: self.id.clone(),
            procedure: self.procedure.id.clone(),
            law: self.procedure.hash.to_string(),
            organ: self.organ().clone(),
            origin: self.origin().clone(),
            assigned: self.state.assigned.clone(),
            participants,
        }
    }

    /// The later acts that would have had no lawful footing without this entry: each was done in
    /// a stage that the case would not have been in. They must be struck first. 先后依赖
    pub fn leaning_on(&self, version: u32) -> Vec<&Recorded> {
        let mut stage: &str = START;
        let mut leaning = Vec::new();
        for recorded in self.in_effect() {
            if recorded.version == version {
                continue;
            }
            let act = self.procedure.acts.get(&recorded.fact.act);
            let stands = act.is_none_or(|act| self.may_start_in(act, stage));
            // What was done for this entry has nothing to be for.
            let stands = stands && recorded.fact.each != Some(version);
            if recorded.version > version && !stands {
                leaning.push(recorded);
            }
            if let Some(next) = &recorded.fact.stage {
                stage = next;
            }
        }
        leaning
    }

    /// Whether an act may be done in a stage.
    pub fn may_start_in(&self, act: &law::procedure::Act, stage: &str) -> bool {
        act.from.iter().any(|from| {
            &**from == stage
                || (&**from == "*" && self.procedure.stages.get(stage).is_some_and(|s| !s.end))
        })
    }
}
