//! 考题: running the scenarios of a procedure against itself, without disk or clock.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use law::{
    Id,
    calendar::Calendar,
    procedure::{LINKED, Notice, Procedure},
    scenario::{Expected, Player, Scenario, Step},
    value::{FigureRef, FileRef, Value},
};

use crate::{
    action::{Action, Answers, Target},
    actor::{Actor, Held, OrganPath, Post},
    authorise::{Hands, authorise},
    case::Case,
    deadline::clocks,
    decide::{Decision, decide},
    eval::Scope,
    fact::Recorded,
    figure::Tally,
    fill::{Wanted, What},
    observe::observe,
    refusal::Refusal,
};

/// Organ paths in scenarios are relative to this county; the handling organ is its `town`.
const COUNTY: &str = "county";
const CASE: &str = "case";

/// Where a scenario did not come out as written. 考题未通过
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Line in the scenario file.
    pub line: usize,
    /// What was expected and what happened.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What running a scenario showed.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Empty = passed.
    pub failures: Vec<Failure>,
    /// Act and ground code of every refusal that was expected and seen.
    pub refused: BTreeSet<(Id, String)>,
    /// Acts that were done.
    pub done: BTreeSet<Id>,
    /// Step = the action that opens a case in another procedure.
    pub opened: BTreeMap<usize, Action>,
    /// Acts performed in the case this one was opened from, if it was.
    pub reports: Vec<Action>,
    /// The case at the end.
    pub case: Option<Case>,
}

/// Plays a scenario from its first step to its last and compares what happens with what is
/// written.
pub fn run(procedure: &Arc<Procedure>, scenario: &Scenario, calendar: &Calendar) -> Run {
    let mut stage =
        Stage { procedure, scenario, calendar, run: Run::default(), entries: Vec::new() };
    for (number, step) in scenario.when.iter().enumerate() {
        stage.step(number, step);
    }
    stage.ending();
    stage.run
}

struct Stage<'a> {
    procedure: &'a Arc<Procedure>,
    scenario: &'a Scenario,
    calendar: &'a Calendar,
    run: Run,
    /// Step = the entry it made.
    entries: Vec<Option<u32>>,
}

impl Stage<'_> {
    fn step(&mut self, number: usize, step: &Step) {
        self.entries.push(None);
        let decided = self.decide(number, step);
        match (&step.refused, decided) {
            (None, Ok(decision)) => {
                self.record(number, step, &decision);
                self.check_effects(step, &decision);
            }
            (None, Err(refusal)) => {
                self.fail(step.line, format!("{} 应当办成，却被拒绝：{refusal}", describe(step)));
            }
            (Some(expected), Ok(_)) => {
                self.fail(
                    step.line,
                    format!("{} 期望因 {expected} 被拒，实际办成", describe(step)),
                );
            }
            (Some(expected), Err(refusal)) => {
                if refusal.grounds.iter().any(|ground| ground.code == *expected) {
                    self.run.refused.insert((step.does.clone(), expected.clone()));
                } else {
                    let codes: Vec<&str> =
                        refusal.grounds.iter().map(|ground| ground.code.as_str()).collect();
                    let message = format!(
                        "{} 期望因 {expected} 被拒，实际因 {} 被拒：{refusal}",
                        describe(step),
                        codes.join("、")
                    );
                    self.fail(step.line, message);
                }
            }
        }
    }

    fn decide(&self, number: usize, step: &Step) -> Result<Decision, Refusal> {
        let team: Vec<Actor> = if step.who.is_empty() {
            vec![Actor::machine()]
        } else {
            step.who.iter().map(|name| self.actor(name)).collect()
        };
        let named: Vec<Actor> = self.scenario.given.keys().map(|name| self.actor(name)).collect();
        let action = self.action(number, step);
        let heading = self.run.case.as_ref().map(Case::heading);
        let hands = Hands { team: &team, named: &named };
        let permit = authorise(self.procedure, heading.as_ref(), hands, &action)?;
        let case = self.run.case.as_ref();
        let wanted = permit.wants(case, self.calendar);
        let given = wanted.into_iter().filter_map(|wanted| looked_up(step, wanted)).collect();
        decide(&permit, case, self.calendar, step.on, &given)
    }

    fn action(&self, number: usize, step: &Step) -> Action {
        let mut answers: Answers =
            step.with.iter().map(|(field, value)| (field.clone(), settled(value))).collect();
        if let Some(Value::Int(of)) = answers.remove("step") {
            let made = usize::try_from(of - 1).ok().and_then(|of| self.entries.get(of).copied());
            answers.insert("version".into(), Value::Int(made.flatten().unwrap_or(0).into()));
        }
        let target = match &self.run.case {
            Some(case) => Target::Case { case: CASE.into(), seen: Some(case.version()) },
            None => Target::Open {
                procedure: self.procedure.id.clone(),
                organ: self.opening_organ(step),
                // As if opened from another case, so that what flows back can be seen.
                parent: Some("parent".into()),
            },
        };
        Action {
            id: format!("{number:032x}"),
            target,
            act: step.does.clone(),
            answers,
            with: step.who.iter().skip(1).cloned().collect(),
            assign: step
                .assign
                .iter()
                .map(|(role, people)| (role.clone(), people.clone()))
                .collect(),
            on: step.on,
            late_entry: None,
        }
    }

    /// A case is opened where the one who opens it has a post: `town` unless said otherwise.
    fn opening_organ(&self, step: &Step) -> OrganPath {
        let opener = step.who.first().and_then(|name| self.scenario.given.get(name));
        organ(opener.map_or("", |player| &player.organ))
    }

    /// A player as the law sees them. One with an outside role comes in as a party.
    fn actor(&self, name: &str) -> Actor {
        let nobody = Player::default();
        let player = self.scenario.given.get(name).unwrap_or(&nobody);
        let outside = player
            .roles
            .iter()
            .any(|role| self.procedure.roles.get(role).is_some_and(|role| role.outside));
        let long_ago = Date::constant(2000, 1, 1);
        let posts = player.roles.iter().map(|role| Post {
            role: role.clone(),
            organ: organ(&player.organ),
            from: long_ago,
            to: None,
            substitute_for: None,
        });
        let held = player.hold.iter().map(|held| Held {
            name: held.name.clone(),
            number: String::new(),
            from: held.from.unwrap_or(long_ago),
            until: held.until,
        });
        let first_time = self.procedure.acts.values().filter(|act| act.hold_if_first.is_some());
        Actor {
            person: name.to_owned(),
            name: name.to_owned(),
            posts: posts.collect(),
            held: held.collect(),
            party_of: outside.then(|| CASE.to_owned()),
            machine: false,
            experience: if player.experienced {
                first_time.map(|act| (self.procedure.id.clone(), act.id.clone())).collect()
            } else {
                Vec::new()
            },
        }
    }

    fn record(&mut self, number: usize, step: &Step, decision: &Decision) {
        let version = self.run.case.as_ref().map_or(1, |case| case.version() + 1);
        let mut fact = decision.fact.clone();
        if let Some(opening) = &mut fact.opening {
            opening.number = Some("例1号".into());
        }
        let noon = step.on.at(12, 0, 0, 0);
        let at = jiff::tz::Offset::constant(8).to_timestamp(noon).unwrap_or(Timestamp::UNIX_EPOCH);
        let recorded = Recorded {
            version,
            at,
            action: format!("{number:032x}"),
            law: self.procedure.hash.to_string(),
            fact,
        };
        match &mut self.run.case {
            Some(case) => case.apply(recorded),
            None => {
                self.run.case =
                    Case::from_facts(CASE.into(), self.procedure.clone(), vec![recorded]);
            }
        }
        self.entries[number] = Some(version);
        self.run.opened.extend(decision.opens.clone().map(|action| (number, action)));
        self.run.reports.extend(decision.reports.clone());
        self.run.done.insert(step.does.clone());
    }

    fn check_effects(&mut self, step: &Step, decision: &Decision) {
        let Some(case) = &self.run.case else { return };
        let mut wrong = Vec::new();
        let clocks = clocks(case, self.calendar);
        for (deadline, expected) in &step.due {
            let clock = clocks.iter().find(|clock| clock.deadline == *deadline);
            let due = clock.map(|clock| clock.due.legal);
            if due != *expected {
                wrong.push(format!("{deadline} 的届满日应为{}，实为{}", day(*expected), day(due)));
            }
        }
        for deadline in &step.stopped {
            if !clocks.iter().any(|clock| clock.deadline == *deadline && clock.paused) {
                wrong.push(format!("{deadline} 应当停计，实际没有"));
            }
        }
        for (field, expected) in &step.fills {
            let filled = decision.fact.answers.get(field);
            if filled != Some(expected) {
                wrong.push(format!("{field} 应由系统填 {expected:?}，实填 {filled:?}"));
            }
        }
        for document in &step.issues {
            if !decision.fact.issued.iter().any(|issued| issued.document == *document) {
                wrong.push(format!("应当制发文书 {document}，实际没有"));
            }
        }
        let opened = decision.opens.as_ref().and_then(|action| match &action.target {
            Target::Open { procedure, .. } => Some(procedure),
            Target::Case { .. } => None,
        });
        if step.opens.is_some() && step.opens.as_ref() != opened {
            wrong.push(format!("应当转入 {}，实际没有", step.opens.as_deref().unwrap_or_default()));
        }
        for message in wrong {
            self.fail(step.line, format!("{} {message}", describe(step)));
        }
    }

    fn ending(&mut self) {
        let then = &self.scenario.then;
        let line = self.scenario.line;
        let Some(case) = &self.run.case else {
            self.fail(line, "没有立案".into());
            return;
        };
        let today = self.scenario.when.last().map_or(case.opened(), |step| step.on);
        let clocks = clocks(case, self.calendar);
        let mut wrong = Vec::new();
        if let Some(stage) = then.stage.as_ref().filter(|stage| ***stage != *case.stage()) {
            wrong.push(format!("最后应在 {stage}，实在 {}", case.stage()));
        }
        for deadline in &then.met {
            if !clocks.iter().any(|clock| clock.deadline == *deadline && clock.met_in_time()) {
                wrong.push(format!("{deadline} 应当按期，实际没有"));
            }
        }
        for deadline in &then.missed {
            if !clocks.iter().any(|clock| clock.deadline == *deadline && clock.overdue(today)) {
                wrong.push(format!("{deadline} 应当超期，实际没有"));
            }
        }
        for (finding, expected) in &then.finding {
            let made = Scope::timeless(case, self.calendar).on(today).finding(finding);
            if made != *expected {
                wrong.push(format!("认定 {finding} 应为 {expected}，实为 {made}"));
            }
        }
        for (indicator, expected) in &then.indicator {
            let measured = measured(case, indicator, self.calendar);
            let same = match expected {
                Expected::Count(count) => {
                    let sums = case
                        .procedure
                        .indicators
                        .get(indicator)
                        .is_some_and(|indicator| indicator.sum.is_some());
                    *count == if sums { measured.sum } else { measured.count }
                }
                Expected::Rate(good, all) => (measured.good, measured.count) == (*good, *all),
            };
            if !same {
                wrong.push(format!("指标 {indicator} 应为 {expected:?}，实为 {measured:?}"));
            }
        }
        for notice in &then.published {
            let up = case.procedure.notices.get(notice).is_some_and(|notice| is_up(case, notice));
            if !up {
                wrong.push(format!("公示 {notice} 应当挂出，实际没有"));
            }
        }
        for message in wrong {
            self.fail(line, message);
        }
    }

    fn fail(&mut self, line: usize, message: String) {
        self.run.failures.push(Failure { line, message });
    }
}

/// What a scenario says is found for what the system fills in.
fn looked_up(step: &Step, wanted: Wanted) -> Option<(Id, Value)> {
    let value = match wanted.what {
        What::Figure(indicator) => Value::Figure(FigureRef {
            name: indicator.to_string(),
            indicator,
            organ: wanted.organ.to_string(),
            from: wanted.span.from,
            to: wanted.span.to,
            came: *step.figures.get(&wanted.field)?,
            unit: String::new(),
        }),
        What::Draft(outline) => Value::Files(vec![FileRef {
            name: format!("{outline}.docx"),
            digest: String::new(),
            size: 0,
        }]),
    };
    Some((wanted.field, value))
}

/// Whether a notice hangs: published, and not taken down since. 在公示
pub fn is_up(case: &Case, notice: &Notice) -> bool {
    let last = |acts: &[Id]| {
        acts.iter().filter_map(|act| case.last(act)).map(|recorded| recorded.version).max()
    };
    match (last(&notice.by_act), last(&notice.take_down)) {
        (Some(up), Some(down)) => up > down,
        (up, None) => up.is_some() && !case.is_void(),
        (None, Some(_)) => false,
    }
}

/// What one case contributes to one indicator of its procedure, whatever the period; of a stock,
/// what still stands on the day of the last entry.
pub fn measured(case: &Case, indicator: &str, calendar: &Calendar) -> Tally {
    let key = format!("{}.{indicator}", case.procedure.id);
    let today = case.in_effect().last().map(|entry| entry.fact.on);
    observe(case, calendar)
        .iter()
        .filter(|observation| *observation.indicator == *key)
        .filter(|observation| match (observation.until, today) {
            (Some(until), Some(today)) => today < until,
            _ => true,
        })
        .fold(Tally::default(), |tally, observation| {
            tally + Tally { count: 1, good: i64::from(observation.good), sum: observation.value }
        })
}

/// The conditions that no scenario has seen refuse, as act and ground code.
pub fn never_refused(procedure: &Procedure, runs: &[Run]) -> Vec<(Id, String)> {
    let seen: BTreeSet<&(Id, String)> = runs.iter().flat_map(|run| &run.refused).collect();
    let mut unseen = Vec::new();
    for act in procedure.acts.values().filter(|act| !act.made) {
        let mut codes: Vec<String> = act.require.keys().map(ToString::to_string).collect();
        codes.extend(act.times.map(|_| "times".to_owned()));
        codes.extend(act.each.as_ref().map(|_| "each".to_owned()));
        codes.extend((!act.not_by.is_empty()).then(|| "not_by".to_owned()));
        codes.extend(act.team.as_ref().map(|_| "team".to_owned()));
        codes.extend((!act.hold.is_empty()).then(|| "hold".to_owned()));
        codes.extend(act.hold_if_first.as_ref().map(|_| "hold_if_first".to_owned()));
        unseen.extend(codes.into_iter().map(|code| (act.id.clone(), code)));
    }
    unseen.retain(|condition| !seen.contains(condition));
    unseen
}

/// How many conditions a procedure has: what [`never_refused`] is out of.
pub fn conditions(procedure: &Procedure) -> usize {
    never_refused(procedure, &[]).len()
}

fn describe(step: &Step) -> String {
    let who = if step.who.is_empty() { LINKED.to_owned() } else { step.who.join("、") };
    format!("{} {who} {}：", step.on, step.does)
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(|| "（不计）".into(), |day| day.to_string())
}

fn organ(relative: &str) -> OrganPath {
    let relative = if relative.is_empty() { "town" } else { relative };
    let path = match relative.strip_prefix(COUNTY) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => relative.to_owned(),
        _ => format!("{COUNTY}/{relative}"),
    };
    OrganPath::from(path)
}

/// Organs in answers are relative to the county too.
fn settled(value: &Value) -> Value {
    match value {
        Value::Organs(organs) => {
            Value::Organs(organs.iter().map(|path| organ(path).to_string()).collect())
        }
        other => other.clone(),
    }
}
