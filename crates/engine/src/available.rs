//! 能不能办: every act of a case — may I, why not, who can. Buttons, refusals and worklists all
//! come from here.

use jiff::civil::Date;
use law::{
    Id,
    calendar::Calendar,
    procedure::{Act, LINKED, Scope},
};

use crate::{
    action::Answers,
    actor::{Actor, OrganPath, PersonId},
    authorise::{Place, capacity, role_names},
    builtin::{self, FOR_PEOPLE, Kind},
    case::Case,
    decide::{Asked, can},
    refusal::Ground,
};

/// One act, as one person sees it. 能不能办
#[derive(Clone, Debug)]
pub struct Availability<'a> {
    /// The act.
    pub act: &'a Act,
    /// Why not; empty = it may be done.
    pub grounds: Vec<Ground>,
    /// Others who may do it now.
    pub who: Vec<PersonId>,
}

impl Availability<'_> {
    /// Whether it may be done.
    pub fn may(&self) -> bool {
        self.grounds.is_empty()
    }
}

/// Every act of the case's procedure that does not open cases, as this person sees it today.
///
/// `people` are those known around the case, searched for who else can. Conditions that speak of
/// answers not yet given are left open. An act that needs a team is offered to one who may join
/// it. Acts of other stages are left out.
pub fn available<'a>(
    case: &'a Case,
    actor: &Actor,
    people: &[Actor],
    calendar: &Calendar,
    today: Date,
) -> Vec<Availability<'a>> {
    let heading = case.heading();
    let place = Place::in_case(&heading);
    let procedure = &case.procedure;
    let here = procedure.acts.values().filter(|act| {
        !act.opens_case() && case.may_start_in(act, case.stage()) && !only_linked(act)
    });
    here.map(|act| {
        let ask = |team: &[Actor]| {
            Asked {
                procedure,
                act,
                case: Some(case),
                team,
                people,
                answers: None,
                calendar,
                on: today,
            }
            .of_the_people()
            .into_iter()
            .filter(|ground| ground.code != "team" || team.len() > 1)
            .collect::<Vec<_>>()
        };
        let mut grounds = on_the_case(case, act, people, calendar, today);
        let me = std::slice::from_ref(actor);
        if capacity(procedure, act, actor, &place, today).is_none() {
            let say = format!("由{}办", role_names(procedure, &act.by));
            grounds.insert(0, Ground::under("by", say, &act.basis));
        } else {
            grounds.extend(ask(me));
        }
        let who = people
            .iter()
            .filter(|other| other.person != actor.person)
            .filter(|other| can(procedure, act, other, &place, today))
            .filter(|other| ask(std::slice::from_ref(*other)).is_empty())
            .map(|other| other.person.clone())
            .collect();
        Availability { act, grounds, who }
    })
    .collect()
}

/// The built-in acts this person may do in the case today.
pub fn available_built_in(case: &Case, actor: &Actor, today: Date) -> Vec<Kind> {
    let heading = case.heading();
    let place = Place::in_case(&heading);
    FOR_PEOPLE
        .into_iter()
        .filter(|kind| {
            !case.is_void()
                && builtin::capacity(*kind, &case.procedure, actor, &place, today).is_some()
        })
        .collect()
}

/// The acts that open a case of this procedure, if this person may do them in this organ.
pub fn openings<'a>(
    procedure: &'a law::procedure::Procedure,
    actor: &Actor,
    organ: &OrganPath,
    today: Date,
) -> Vec<&'a Act> {
    let place = Place { case: None, organ, origin: None, heading: None };
    procedure
        .opening_acts()
        .filter(|act| !only_linked(act))
        .filter(|act| capacity(procedure, act, actor, &place, today).is_some())
        .collect()
}

/// Whose open work an act is. 待办
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The act.
    pub act: Id,
    /// The role that has to do it.
    pub role: Id,
    /// The organ whose holders of the role it waits for; with [`Reach::Above`] also those in
    /// organs above it.
    pub organ: OrganPath,
    /// Which holders.
    pub reach: Reach,
    /// The person named for it, where the role is named in the case.
    pub person: Option<PersonId>,
    /// People who may not do it (`not_by`).
    pub except: Vec<PersonId>,
    /// False where a period must pass first: asked again every day.
    pub ready: bool,
}

/// Whom a turn reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only the organ itself, or only the person named.
    Here,
    /// The organ and every organ above it.
    Above,
}

/// The acts that are somebody's open work now: due rather than discretionary, and lawful but for
/// the question who. 待办
pub fn turns(case: &Case, calendar: &Calendar, today: Date) -> Vec<Turn> {
    let mut turns = Vec::new();
    if case.is_void() || case.ended().is_some() {
        return turns;
    }
    let acts = case.procedure.acts.values();
    for act in acts.filter(|act| !act.may && !act.opens_case() && !only_linked(act)) {
        let grounds = on_the_case(case, act, &[], calendar, today);
        if grounds.iter().any(|ground| !ground.waits) {
            continue;
        }
        let ready = grounds.is_empty();
        let mut except: Vec<PersonId> = act
            .not_by
            .iter()
            .flat_map(|act| case.done(act, u32::MAX))
            .flat_map(|done| done.fact.by.iter().map(|by| by.person.clone()))
            .collect();
        except.sort_unstable();
        except.dedup();
        for role in act.by.iter().filter_map(|role| case.procedure.roles.get(role)) {
            if role.outside {
                continue;
            }
            let turn = |organ: &OrganPath, reach, person| Turn {
                act: act.id.clone(),
                role: role.id.clone(),
                organ: organ.clone(),
                reach,
                person,
                except: except.clone(),
                ready,
            };
            match role.scope {
                Scope::Case => turns.extend(
                    case.assigned(&role.id)
                        .iter()
                        .filter(|person| !except.contains(person))
                        .map(|person| turn(case.organ(), Reach::Here, Some(person.clone()))),
                ),
                Scope::Org => turns.push(turn(case.organ(), Reach::Here, None)),
                Scope::Subtree => turns.push(turn(case.organ(), Reach::Above, None)),
                Scope::Origin => turns.push(turn(case.origin(), Reach::Above, None)),
            }
        }
    }
    turns
}

/// What speaks against an act in a case whoever does it, before anything is filled in.
fn on_the_case(
    case: &Case,
    act: &Act,
    people: &[Actor],
    calendar: &Calendar,
    on: Date,
) -> Vec<Ground> {
    let procedure = &case.procedure;
    let answers: Option<&Answers> = None;
    Asked { procedure, act, case: Some(case), team: &[], people, answers, calendar, on }
        .of_the_case()
}

fn only_linked(act: &Act) -> bool {
    act.by.iter().all(|role| role == LINKED)
}
