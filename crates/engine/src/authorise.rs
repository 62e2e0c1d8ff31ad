//! 准许: who may do what, and where. The only place where authority is decided.

use std::sync::Arc;

use jiff::civil::Date;
use law::{
    Id,
    citation::Basis,
    procedure::{Act, LINKED, Procedure, Role, Scope},
};

use crate::{
    action::{Action, Target},
    actor::{Actor, OrganPath, Post},
    builtin,
    case::Heading,
    fact::By,
    refusal::{Ground, Refusal},
};

/// The only key that opens a case for action, and only [`authorise`] can make one. 准许
#[derive(Debug)]
pub struct Permit<'a> {
    pub(crate) procedure: &'a Arc<Procedure>,
    pub(crate) act: PermittedAct<'a>,
    pub(crate) action: &'a Action,
    pub(crate) hands: Hands<'a>,
    pub(crate) by: Vec<By>,
}

/// An act of the procedure, or one that every procedure has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PermittedAct<'a> {
    Written(&'a Act),
    BuiltIn(builtin::Kind),
}

/// The people an action concerns.
#[derive(Clone, Copy, Debug)]
pub struct Hands<'a> {
    /// Who acts, the submitter first.
    pub team: &'a [Actor],
    /// Who else is named in it (assigned, or a `person` answer), for checks of posts and
    /// credentials.
    pub named: &'a [Actor],
}

/// How much of a case somebody may read. 可见范围
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Personal answers are masked.
    Seeing,
    /// Handles the case: personal answers are shown, sealed ones on request.
    Handling,
}

impl<'a> Permit<'a> {
    /// The request it was given for.
    pub fn action(&self) -> &'a Action {
        self.action
    }

    /// The edition of law it was given under.
    pub fn procedure(&self) -> &'a Arc<Procedure> {
        self.procedure
    }

    /// The case it opens; none where it opens a new one.
    pub fn case(&self) -> Option<&'a str> {
        match &self.action.target {
            Target::Case { case, .. } => Some(case),
            Target::Open { .. } => None,
        }
    }
}

/// Decides whether these people may ask for this act at all: by post, organ and assignment. 准许
///
/// Conditions of the case itself are [`decide`](crate::decide::decide)'s business. `heading` is
/// `None` where the action opens a case.
pub fn authorise<'a>(
    procedure: &'a Arc<Procedure>,
    heading: Option<&Heading>,
    hands: Hands<'a>,
    action: &'a Action,
) -> Result<Permit<'a>, Refusal> {
    let place = Place::of(heading, action);
    let act = match procedure.acts.get(&action.act) {
        Some(act) => PermittedAct::Written(act),
        None => match builtin::Kind::named(&action.act) {
            Some(kind) => PermittedAct::BuiltIn(kind),
            None => return Err(refuse("act", format!("没有“{}”这一行为", action.act), None)),
        },
    };
    let capacity = |actor: &Actor| match act {
        PermittedAct::Written(act) => capacity(procedure, act, actor, &place, action.on),
        PermittedAct::BuiltIn(kind) => builtin::capacity(kind, procedure, actor, &place, action.on),
    };
    let mut by = Vec::with_capacity(hands.team.len());
    for actor in hands.team {
        match (capacity(actor), act) {
            (Some(capacity), _) => by.push(capacity),
            (None, PermittedAct::Written(act)) => {
                let who = role_names(procedure, &act.by);
                let say = format!("“{}”由{who}办，{}不是", act.name, actor.name);
                return Err(refuse("by", say, Some(&act.basis)));
            }
            (None, PermittedAct::BuiltIn(kind)) => {
                return Err(refuse("by", format!("“{}”由本案经办的人办", kind.name()), None));
            }
        }
    }
    if by.is_empty() {
        return Err(refuse("by", "没有办理人".into(), None));
    }
    Ok(Permit { procedure, act, action, hands, by })
}

/// How much of a case a person may read on a day; `None` = may not know that it exists. 可见
///
/// The handling organ and the organs above it, the organ of origin and those above it, and whoever
/// has part in the case see it. Whoever acted or is named, and whoever holds a role in the
/// handling organ that the procedure gives acts to, handles it.
pub fn sight(procedure: &Procedure, actor: &Actor, heading: &Heading, on: Date) -> Option<Sight> {
    if actor.machine || heading.participants.contains(&actor.person) {
        return Some(Sight::Handling);
    }
    if actor.party_of.as_deref() == Some(heading.id.as_str()) {
        return Some(Sight::Seeing);
    }
    let mut sight = None;
    for post in actor.posts.iter().filter(|post| post.on(on)) {
        let handles = |role: &Role| {
            role.id == post.role
                && match role.scope {
                    Scope::Case => false,
                    Scope::Org => post.organ == heading.organ,
                    Scope::Subtree => post.organ.covers(&heading.organ),
                    Scope::Origin => post.organ.covers(&heading.origin),
                }
        };
        if procedure.roles.values().any(handles) {
            return Some(Sight::Handling);
        }
        if post.organ.covers(&heading.organ) || post.organ.covers(&heading.origin) {
            sight = Some(Sight::Seeing);
        }
    }
    sight
}

/// Where an action takes place: what authority is measured against.
pub(crate) struct Place<'a> {
    pub(crate) case: Option<&'a str>,
    pub(crate) organ: &'a OrganPath,
    pub(crate) origin: Option<&'a OrganPath>,
    pub(crate) heading: Option<&'a Heading>,
}

impl<'a> Place<'a> {
    pub(crate) fn of(heading: Option<&'a Heading>, action: &'a Action) -> Self {
        match (heading, &action.target) {
            (Some(heading), _) => Self::in_case(heading),
            (None, Target::Open { organ, .. }) => {
                Self { case: None, organ, origin: None, heading: None }
            }
            // Without a heading nobody has authority in the case: an organ that covers nothing.
            (None, Target::Case { case, .. }) => {
                Self { case: Some(case), organ: nowhere(), origin: None, heading: None }
            }
        }
    }

    pub(crate) fn in_case(heading: &'a Heading) -> Self {
        Self {
            case: Some(&heading.id),
            organ: &heading.organ,
            origin: Some(&heading.origin),
            heading: Some(heading),
        }
    }

    /// Whether the case is already closed to this person's role: is the person named for it?
    fn names(&self, role: &str, person: &str) -> bool {
        self.heading
            .and_then(|heading| heading.assigned.get(role))
            .is_some_and(|people| people.iter().any(|named| named == person))
    }
}

fn nowhere() -> &'static OrganPath {
    static NOWHERE: std::sync::OnceLock<OrganPath> = std::sync::OnceLock::new();
    NOWHERE.get_or_init(|| OrganPath::from("\u{0}"))
}

/// The capacity in which an actor may do an act here, if any. 以何身份
pub(crate) fn capacity(
    procedure: &Procedure,
    act: &Act,
    actor: &Actor,
    place: &Place,
    on: Date,
) -> Option<By> {
    act.by.iter().find_map(|role| {
        if role == LINKED {
            return actor.machine.then(|| machine(place));
        }
        in_role(procedure.roles.get(role)?, actor, place, on)
    })
}

fn machine(place: &Place) -> By {
    By {
        person: "machine".into(),
        name: "系统".into(),
        role: LINKED.into(),
        organ: place.organ.clone(),
        substitute_for: None,
    }
}

/// The capacity in which an actor holds a role here, if any.
pub(crate) fn in_role(role: &Role, actor: &Actor, place: &Place, on: Date) -> Option<By> {
    if role.outside {
        let party = actor.party_of.is_some() && actor.party_of.as_deref() == place.case;
        return party.then(|| By {
            person: actor.person.clone(),
            name: actor.name.clone(),
            role: role.id.clone(),
            organ: place.organ.clone(),
            substitute_for: None,
        });
    }
    let post = actor.posts.iter().filter(|post| post.role == role.id && post.on(on)).find(
        |post: &&Post| match role.scope {
            Scope::Case => {
                let named = place.names(&role.id, &actor.person)
                    || post
                        .substitute_for
                        .as_deref()
                        .is_some_and(|absent| place.names(&role.id, absent));
                named && (post.organ.covers(place.organ) || place.organ.covers(&post.organ))
            }
            Scope::Org => post.organ == *place.organ,
            Scope::Subtree => post.organ.covers(place.organ),
            Scope::Origin => match place.origin {
                Some(origin) => post.organ.covers(origin),
                None => post.organ.covers(place.organ) || place.organ.covers(&post.organ),
            },
        },
    )?;
    Some(By {
        person: actor.person.clone(),
        name: actor.name.clone(),
        role: role.id.clone(),
        organ: post.organ.clone(),
        substitute_for: post.substitute_for.clone(),
    })
}

/// The names of roles as a clerk would list them: `承办人或者窗口登记岗`.
pub(crate) fn role_names(procedure: &Procedure, roles: &[Id]) -> String {
    let names: Vec<&str> = roles
        .iter()
        .map(|role| match procedure.roles.get(role) {
            Some(role) => role.name.as_str(),
            None => "系统",
        })
        .collect();
    names.join("或者")
}

fn refuse(code: &str, say: String, basis: Option<&Basis>) -> Refusal {
    let basis = basis.cloned().unwrap_or_default();
    Refusal { grounds: vec![Ground { code: code.into(), say, basis, waits: false }] }
}
