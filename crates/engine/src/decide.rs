//! 依法判断: whether a permitted act may be done today, and what it puts on record.

use std::{cell::OnceCell, sync::Arc};

use jiff::civil::Date;
use law::{
    Id,
    calendar::Calendar,
    expr::{Expr, Node},
    procedure::{Act, Procedure, Require, Role, START, Target as Leads},
    value::Value,
};

use crate::{
    action::{Action, Answers, Target},
    actor::{Actor, OrganPath},
    answers,
    authorise::{Permit, PermittedAct, Place, in_role},
    builtin,
    case::{Case, VOID},
    eval::{Clocks, Scope},
    fact::{By, Fact, Issued, Opening, Recorded},
    fill::{Doing, Given, next_each},
    refusal::{Ground, Refusal},
};

/// What is to be put on record, and what follows from it in other cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The fact. Numbers of the case and of documents are still to be taken.
    pub fact: Fact,
    /// A case to open in another procedure, by the same people.
    pub opens: Option<Action>,
    /// An act to perform in the case this one was opened from, by the machine.
    pub reports: Option<Action>,
}

/// Decides whether the permitted act may be done today, and what it puts on record. 依法判断
///
/// All grounds are reported, so that everything can be put right in one go. A late act is not
/// refused: it must still be done, and the clocks show that it was late. `given` is what
/// [`Permit::wants`] asked for.
pub fn decide(
    permit: &Permit,
    case: Option<&Case>,
    calendar: &Calendar,
    today: Date,
    given: &Given,
) -> Result<Decision, Refusal> {
    let mut grounds = dates(permit.action, case, today);
    let answers;
    let asked = match permit.act {
        PermittedAct::Written(act) => {
            grounds.extend(filled_by_hand(permit, act));
            let doing = permit.doing(act, case, calendar);
            answers = doing.map_or_else(Answers::new, |doing| doing.filled(given));
            let asked = Asked {
                procedure: permit.procedure,
                act,
                case,
                team: permit.hands.team,
                people: permit.hands.named,
                answers: Some(&answers),
                calendar,
                on: permit.action.on,
            };
            grounds.extend(asked.grounds());
            grounds.extend(assignments(permit, act, case));
            asked
        }
        PermittedAct::BuiltIn(kind) => return decide_built_in(kind, permit, case, grounds),
    };
    if !grounds.is_empty() {
        return Err(Refusal { grounds });
    }
    Ok(asked.decision(permit))
}

impl Permit<'_> {
    /// What has to be looked up before it can be decided.
    pub fn wants(&self, case: Option<&Case>, calendar: &Calendar) -> Vec<crate::fill::Wanted> {
        match self.act {
            PermittedAct::Written(act) => {
                self.doing(act, case, calendar).map_or_else(Vec::new, |doing| doing.wants())
            }
            PermittedAct::BuiltIn(_) => Vec::new(),
        }
    }

    /// None where the case that is acted in is not there.
    fn doing<'d>(
        &'d self,
        act: &'d Act,
        case: Option<&'d Case>,
        calendar: &'d Calendar,
    ) -> Option<Doing<'d>> {
        let (procedure, action) = (self.procedure, self.action);
        let organ = match (case, &action.target) {
            (Some(case), _) => case.organ(),
            (None, Target::Open { organ, .. }) => organ,
            (None, Target::Case { .. }) => return None,
        };
        let each = case.and_then(|case| next_each(case, act, calendar));
        let (answers, on) = (&action.answers, action.on);
        Some(Doing { procedure, act, case, answers, calendar, on, organ, each })
    }
}

/// What the system fills in is nobody's to give.
fn filled_by_hand(permit: &Permit, act: &Act) -> Vec<Ground> {
    let given = permit.action.answers.keys().filter_map(|id| permit.procedure.fields.get(id));
    given
        .filter(|field| field.fill.is_some())
        .map(|field| {
            let say = format!("“{}”由系统填写，不能自己填", field.name);
            Ground::under(format!("value:{}", field.id), say, &act.basis)
        })
        .collect()
}

fn decide_built_in(
    kind: builtin::Kind,
    permit: &Permit,
    case: Option<&Case>,
    mut grounds: Vec<Ground>,
) -> Result<Decision, Refusal> {
    let Some(case) = case else {
        return Err(Refusal { grounds: vec![Ground::plain("from", "须在案件中办理")] });
    };
    if case.is_void() {
        grounds.push(Ground::plain("from", "本案已作废"));
    }
    match builtin::decide(kind, permit, case) {
        Ok(done) if grounds.is_empty() => {
            let mut fact = bare_fact(permit);
            fact.answers.clear(); // What they said stands in `built_in`.
            fact.built_in = Some(done);
            Ok(Decision { fact, opens: None, reports: None })
        }
        Ok(_) => Err(Refusal { grounds }),
        Err(more) => {
            grounds.extend(more);
            Err(Refusal { grounds })
        }
    }
}

/// A business date may not lie ahead, nor before the case, nor back without a reason.
fn dates(action: &Action, case: Option<&Case>, today: Date) -> Vec<Ground> {
    let mut grounds = Vec::new();
    if action.on > today {
        grounds.push(Ground::plain("date", "办理日期不能晚于今天"));
    }
    let reason = action.late_entry.as_deref().unwrap_or_default().trim();
    if action.on < today && reason.is_empty() {
        grounds.push(Ground::plain("date", "补录以前的办理，须填写补录理由"));
    }
    if let Some(opened) = case.map(Case::opened).filter(|opened| action.on < *opened) {
        let say = format!("办理日期不能早于立案日{}", crate::show::date(opened));
        grounds.push(Ground::plain("date", say));
    }
    grounds
}

/// Every role the act assigns is filled, each by somebody who holds its post.
fn assignments(permit: &Permit, act: &Act, case: Option<&Case>) -> Vec<Ground> {
    let (procedure, action) = (permit.procedure, permit.action);
    let organ = handling_organ(act, action, case);
    let mut grounds = Vec::new();
    for role in act.assign.iter().filter_map(|role| procedure.roles.get(role)) {
        let people = action.assign.get(&role.id).map_or(&[][..], Vec::as_slice);
        if people.is_empty() {
            grounds.push(Ground::under("assign", format!("须指定{}", role.name), &act.basis));
        }
        for person in people {
            let known = permit.hands.team.iter().chain(permit.hands.named);
            let fits = known
                .filter(|actor| actor.person == *person)
                .any(|actor| role.outside || has_post(role, actor, organ, action.on));
            if !fits && !role.outside {
                let say = format!("指定的人在承办单位没有“{}”岗位", role.name);
                grounds.push(Ground::under("assign", say, &act.basis));
            }
        }
    }
    grounds
}

/// The organ that handles the case once the act is done.
fn handling_organ<'a>(act: &Act, action: &'a Action, case: Option<&'a Case>) -> Option<&'a str> {
    let transferred = act.transfer.as_ref().and_then(|field| action.answers.get(field));
    match (transferred, case, &action.target) {
        (Some(Value::Organs(organs)), ..) => organs.first().map(String::as_str),
        (_, Some(case), _) => Some(case.organ().as_str()),
        (_, None, Target::Open { organ, .. }) => Some(organ.as_str()),
        (_, None, Target::Case { .. }) => None,
    }
}

fn has_post(role: &Role, actor: &Actor, organ: Option<&str>, on: Date) -> bool {
    let Some(organ) = organ.map(OrganPath::from) else {
        return false;
    };
    actor.posts.iter().any(|post| {
        post.role == role.id
            && post.on(on)
            && (post.organ.covers(&organ) || organ.covers(&post.organ))
    })
}

/// One act, asked about: may these people do it in this case on this day?
pub(crate) struct Asked<'a> {
    pub(crate) procedure: &'a Arc<Procedure>,
    pub(crate) act: &'a Act,
    pub(crate) case: Option<&'a Case>,
    pub(crate) team: &'a [Actor],
    pub(crate) people: &'a [Actor],
    /// `None` while nothing is filled in yet: what depends on answers is left open.
    pub(crate) answers: Option<&'a Answers>,
    pub(crate) calendar: &'a Calendar,
    pub(crate) on: Date,
}

impl Asked<'_> {
    /// Everything that speaks against it.
    pub(crate) fn grounds(&self) -> Vec<Ground> {
        let mut grounds = self.of_the_case();
        grounds.extend(self.of_the_people());
        if let Some(answers) = self.answers {
            grounds.extend(answers::check(self.procedure, self.act, answers));
        }
        grounds
    }

    /// What speaks against it whoever does it: stage, times, conditions.
    pub(crate) fn of_the_case(&self) -> Vec<Ground> {
        let act = self.act;
        let mut grounds = Vec::new();
        let stage = self.case.map_or(START, Case::stage);
        let may_start = match self.case {
            Some(case) => case.may_start_in(act, stage),
            None => act.opens_case(),
        };
        if !may_start {
            grounds.push(Ground::under("from", self.stage_sentence(stage), &act.basis));
            // Conditions speak of a stage the case is not in; they would only confuse.
            return grounds;
        }
        let done = self.case.map_or(0, |case| case.done(&act.id, u32::MAX).count());
        if let Some(times) = act.times.filter(|times| done >= *times as usize) {
            let say = format!("“{}”只能办{times}次，已经办过", act.name);
            grounds.push(Ground::under("times", say, &act.basis));
        }
        if let (Some(each), Some(case)) = (&act.each, self.case)
            && next_each(case, act, self.calendar).is_none()
        {
            let of = builtin::act_name(self.procedure, &each.of);
            let say = format!("没有还要“{}”的：“{of}”列的各项都已办过，或者不由它办", act.name);
            grounds.push(Ground::under("each", say, &act.basis));
            // Conditions would speak of none of them.
            return grounds;
        }
        let left_open =
            |require: &&Require| self.answers.is_none() && self.rests_on_answers(&require.that);
        let unmet = act
            .require
            .values()
            .filter(|require| !left_open(require) && !self.scope(self.on).holds(&require.that));
        grounds.extend(unmet.map(|require| self.unmet(require)));
        grounds
    }

    /// What speaks against these people: earlier acts, number, credentials.
    pub(crate) fn of_the_people(&self) -> Vec<Ground> {
        let act = self.act;
        let mut grounds = Vec::new();
        for actor in self.team {
            grounds.extend(self.conflict(actor));
            for credential in act.hold.iter().filter(|name| !actor.holds(name, self.on)) {
                let say = format!("{}在{}没有有效的{credential}", actor.name, self.day());
                grounds.push(Ground::under("hold", say, &act.basis));
            }
            if let Some(credential) = &act.hold_if_first {
                let done = (self.procedure.id.clone(), act.id.clone());
                if !actor.experience.contains(&done) && !actor.holds(credential, self.on) {
                    let say = format!("{}初次从事{}，须有{credential}", actor.name, act.name);
                    grounds.push(Ground::under("hold_if_first", say, &act.basis));
                }
            }
        }
        if let Some(team) = &act.team {
            let fit = |actor: &&Actor| {
                team.hold.as_ref().is_none_or(|credential| actor.holds(credential, self.on))
            };
            let mut people: Vec<&str> =
                self.team.iter().filter(fit).map(|actor| actor.person.as_str()).collect();
            people.sort_unstable();
            people.dedup();
            if people.len() < team.at_least as usize {
                let holding = match &team.hold {
                    Some(credential) => format!("持有效{credential}的"),
                    None => String::new(),
                };
                let say = format!(
                    "“{}”须由{}名以上{holding}人员共同办理，现有{}名",
                    act.name,
                    team.at_least,
                    people.len()
                );
                grounds.push(Ground::under("team", say, &act.basis));
            }
        }
        grounds
    }

    /// The acts of this person (or of the person stood in for) that bar them from this one.
    fn conflict(&self, actor: &Actor) -> Option<Ground> {
        let case = self.case?;
        let absent: Vec<&str> =
            actor.posts.iter().filter_map(|post| post.substitute_for.as_deref()).collect();
        let same = |by: &By| {
            by.person == actor.person
                || by.substitute_for.as_deref() == Some(actor.person.as_str())
                || absent.contains(&by.person.as_str())
        };
        let barred: Vec<&str> = self
            .act
            .not_by
            .iter()
            .filter(|act| case.done(act, u32::MAX).any(|done| done.fact.by.iter().any(same)))
            .map(|act| builtin::act_name(self.procedure, act))
            .collect();
        if barred.is_empty() {
            return None;
        }
        let say =
            format!("{}办过本案的“{}”，不能再办“{}”", actor.name, barred.join("”“"), self.act.name);
        Some(Ground::under("not_by", say, &self.act.basis))
    }

    fn unmet(&self, require: &Require) -> Ground {
        let basis = require.basis.as_ref().unwrap_or(&self.act.basis);
        let mut ground = Ground::under(&*require.id, &require.say, basis);
        // A condition that comes true by waiting alone is a period that must first pass.
        let later = self.on.saturating_add(jiff::Span::new().days(3660));
        ground.waits = self.scope(later).holds(&require.that);
        ground
    }

    fn scope(&self, today: Date) -> Scope<'_> {
        Scope {
            procedure: self.procedure,
            case: self.case,
            upto: u32::MAX,
            answers: self.answers,
            me: self.team.first(),
            people: self.people,
            today: Some(today),
            calendar: self.calendar,
            clocks: Clocks::Lazy(OnceCell::new()),
            each: self.case.and_then(|case| next_each(case, self.act, self.calendar)),
        }
    }

    /// Whether a condition speaks of something this act is only about to fill in.
    fn rests_on_answers(&self, expr: &Expr) -> bool {
        let mut rests = false;
        expr.node.walk(&mut |node| match node {
            Node::New(_) => rests = true,
            Node::Field(field) if self.act.asks(field) => rests = true,
            Node::Finding(id) => {
                if let Some(finding) = self.procedure.findings.get(id) {
                    rests |= finding.items.iter().any(|item| self.rests_on_answers(item));
                }
            }
            _ => {}
        });
        rests
    }

    fn stage_sentence(&self, stage: &str) -> String {
        let act = self.act;
        if stage == VOID {
            return "本案已作废".into();
        }
        let names: Vec<&str> = act
            .from
            .iter()
            .map(|from| match self.procedure.stages.get(from) {
                Some(stage) => stage.name.as_str(),
                None if from == START => "立案",
                None => "办结前的各阶段",
            })
            .collect();
        let here =
            self.procedure.stages.get(stage).map_or("未立案", |stage| stage.name.as_str());
        format!("“{}”在“{}”时办，本案现为“{here}”", act.name, names.join("”“"))
    }

    fn day(&self) -> String {
        crate::show::date(self.on)
    }

    fn decision(&self, permit: &Permit) -> Decision {
        let (act, action) = (self.act, permit.action);
        let scope = self.scope(self.on);
        let mut fact = bare_fact(permit);
        if let Some(answers) = self.answers {
            fact.answers = answers.clone();
            fact.answers.retain(|_, value| !value.is_blank());
        }
        fact.each = scope.each.map(|one| one.version);
        fact.stage = self.next_stage(&scope);
        fact.organ = act
            .transfer
            .as_ref()
            .and_then(|_| handling_organ(act, action, self.case).map(OrganPath::from));
        if let (None, Target::Open { organ, parent, .. }) = (self.case, &action.target) {
            fact.opening = Some(Opening {
                procedure: self.procedure.id.clone(),
                version: self.procedure.version.clone(),
                number: None,
                organ: fact.organ.clone().unwrap_or_else(|| organ.clone()),
                origin: fact.by.first().map_or_else(|| organ.clone(), |by| by.organ.clone()),
                parent: parent.clone(),
            });
            fact.organ = None;
        }
        fact.issued = self.documents(&fact);
        let (opens, reports) = self.consequences(permit, &fact);
        Decision { fact, opens, reports }
    }

    fn next_stage(&self, scope: &Scope) -> Option<Id> {
        match self.act.to.as_ref()? {
            Leads::Always(stage) => Some(stage.clone()),
            Leads::When(ways) => ways
                .iter()
                .find(|(when, _)| when.as_ref().is_none_or(|when| scope.holds(when)))
                .map(|(_, stage)| stage.clone()),
        }
    }

    /// The documents this act issues, decided on the case with the act done.
    fn documents(&self, fact: &Fact) -> Vec<Issued> {
        let made = self
            .procedure
            .documents
            .values()
            .filter(|document| document.made_by.contains(&self.act.id));
        let after = self.after(fact);
        made.filter(|document| {
            document.only_if.as_ref().is_none_or(|when| {
                after.as_ref().is_some_and(|case| {
                    Scope::timeless(case, self.calendar).on(self.on).holds(when)
                })
            })
        })
        .map(|document| Issued {
            document: document.id.clone(),
            number: None,
            digest: String::new(),
        })
        .collect()
    }

    /// The case as it stands with this act done, for what follows from it.
    fn after(&self, fact: &Fact) -> Option<Case> {
        let recorded = Recorded {
            version: self.case.map_or(1, |case| case.version() + 1),
            at: jiff::Timestamp::UNIX_EPOCH,
            action: String::new(),
            law: String::new(),
            fact: fact.clone(),
        };
        match self.case {
            Some(case) => {
                let mut case = case.clone();
                case.apply(recorded);
                Some(case)
            }
            None => Case::from_facts(String::new(), self.procedure.clone(), vec![recorded]),
        }
    }

    /// What follows in other cases: one to open, one to report to.
    fn consequences(&self, permit: &Permit, fact: &Fact) -> (Option<Action>, Option<Action>) {
        let (act, action) = (self.act, permit.action);
        if act.opens.is_none() && act.reports.is_none() {
            return (None, None);
        }
        let Some(after) = self.after(fact) else {
            return (None, None);
        };
        let scope = || Scope {
            answers: self.answers,
            me: self.team.first(),
            people: self.people,
            each: after.facts().iter().find(|one| Some(one.version) == fact.each),
            ..Scope::timeless(&after, self.calendar).on(self.on)
        };
        let applies = |when: &Option<Expr>| when.as_ref().is_none_or(|when| scope().holds(when));
        let carried = |with: &indexmap::IndexMap<Id, Expr>| -> Answers {
            with.iter()
                .filter_map(|(field, expr)| {
                    Some((field.clone(), scope().value(expr).into_value()?))
                })
                .collect()
        };
        let opens = act.opens.as_ref().filter(|opens| applies(&opens.only_if)).map(|opens| {
            let organ = opens.organ.as_ref().and_then(|field| match after.latest(field) {
                Some(Value::Organs(organs)) => organs.first().map(|path| path.as_str().into()),
                _ => None,
            });
            Action {
                id: follow_up(&action.id, "opens"),
                target: Target::Open {
                    procedure: opens.procedure.clone(),
                    organ: organ.unwrap_or_else(|| after.organ().clone()),
                    parent: permit.case().map(str::to_owned),
                },
                act: opens.act.clone(),
                answers: carried(&opens.with),
                with: action.with.clone(),
                assign: opens
                    .assign
                    .iter()
                    .map(|(theirs, ours)| (theirs.clone(), named(&after, ours)))
                    .collect(),
                on: action.on,
                late_entry: action.late_entry.clone(),
            }
        });
        let reports =
            act.reports.as_ref().filter(|reports| applies(&reports.only_if)).and_then(|reports| {
                Some(Action {
                    id: follow_up(&action.id, "reports"),
                    target: Target::Case { case: after.parent()?.clone(), seen: None },
                    act: reports.act.clone(),
                    answers: carried(&reports.with),
                    with: Vec::new(),
                    assign: Default::default(),
                    on: action.on,
                    late_entry: action.late_entry.clone(),
                })
            });
        (opens, reports)
    }
}

/// The id of an action that follows from another: the same each time.
fn follow_up(action: &str, what: &str) -> String {
    use sm3::{Digest, Sm3};
    let digest = Sm3::digest(format!("{action}/{what}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn named(case: &Case, ours: &Id) -> Vec<String> {
    match case.latest(ours) {
        Some(Value::People(people)) => people.clone(),
        _ => case.assigned(ours).to_vec(),
    }
}

fn bare_fact(permit: &Permit) -> Fact {
    let action = permit.action;
    let mut answers = action.answers.clone();
    answers.retain(|_, value| !value.is_blank());
    Fact {
        act: action.act.clone(),
        on: action.on,
        by: permit.by.clone(),
        answers,
        assign: action.assign.clone(),
        stage: None,
        organ: None,
        opening: None,
        issued: Vec::new(),
        each: None,
        built_in: None,
        late_entry: action.late_entry.clone().filter(|reason| !reason.trim().is_empty()),
    }
}

/// Whether a person holds the role of an act in a place, for lists of who can. 谁能办
pub(crate) fn can(
    procedure: &Procedure,
    act: &Act,
    actor: &Actor,
    place: &Place,
    on: Date,
) -> bool {
    act.by
        .iter()
        .filter_map(|role| procedure.roles.get(role))
        .any(|role| !role.outside && in_role(role, actor, place, on).is_some())
}
