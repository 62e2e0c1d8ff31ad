//! Acts that every procedure has without writing them: note, strike, hand over, link. 通用行为

use jiff::civil::Date;
use law::{
    Id,
    procedure::{Procedure, Scope},
    value::Value,
};

use crate::{
    actor::Actor,
    authorise::{Permit, Place, in_role},
    case::Case,
    fact::{BuiltIn, By},
    refusal::Ground,
};

/// A built-in act. Its id in an action is [`Kind::id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 记事.
    Note,
    /// 作废（更正）.
    Strike,
    /// 移交.
    HandOver,
    /// 关联.
    Link,
    /// 重算期限; by the machine only.
    Recount,
    /// 转入新版; by the machine only.
    Move,
}

/// Those a person may do.
pub const FOR_PEOPLE: [Kind; 4] = [Kind::Note, Kind::HandOver, Kind::Link, Kind::Strike];

impl Kind {
    /// The act's id.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Note => "note",
            Kind::Strike => "strike",
            Kind::HandOver => "hand_over",
            Kind::Link => "link",
            Kind::Recount => "recount",
            Kind::Move => "move",
        }
    }

    /// 名称.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Note => "记事",
            Kind::Strike => "作废",
            Kind::HandOver => "移交",
            Kind::Link => "关联",
            Kind::Recount => "重算期限",
            Kind::Move => "转入新版程序",
        }
    }

    /// The kind with this id.
    pub fn named(id: &str) -> Option<Self> {
        use Kind::*;
        [Note, Strike, HandOver, Link, Recount, Move].into_iter().find(|kind| kind.id() == id)
    }
}

/// In which capacity somebody may do a built-in act: whoever holds a role that the procedure
/// gives acts to, in this case or its organ. Whether a strike is his to make depends on the act
/// struck and is decided on the facts.
pub(crate) fn capacity(
    kind: Kind,
    procedure: &Procedure,
    actor: &Actor,
    place: &Place,
    on: Date,
) -> Option<By> {
    place.case?;
    if matches!(kind, Kind::Recount | Kind::Move) || actor.machine {
        return actor.machine.then(|| By {
            person: actor.person.clone(),
            name: actor.name.clone(),
            role: law::procedure::LINKED.into(),
            organ: place.organ.clone(),
            substitute_for: None,
        });
    }
    let mut roles = procedure.roles.values().filter(|role| !role.outside);
    roles.find_map(|role| in_role(role, actor, place, on))
}

/// What a built-in act puts on record, and what speaks against it.
pub(crate) fn decide(kind: Kind, permit: &Permit, case: &Case) -> Result<BuiltIn, Vec<Ground>> {
    let mut grounds = Vec::new();
    let mut text = |field: &str, name: &str| -> String {
        let answer = permit.action.answers.get(field).and_then(Value::as_text).unwrap_or_default();
        if answer.trim().is_empty() {
            grounds.push(Ground::plain(format!("ask:{field}"), format!("须填写{name}")));
        }
        answer.trim().to_owned()
    };
    let done = match kind {
        Kind::Note => BuiltIn::Note { text: text("text", "内容") },
        Kind::HandOver => {
            let reason = text("reason", "理由");
            grounds.extend(hand_over(permit, case));
            BuiltIn::HandOver { reason }
        }
        Kind::Link => BuiltIn::Link {
            case: text("case", "关联的案件"),
            relation: text("relation", "关系"),
        },
        Kind::Strike => {
            let reason = text("reason", "理由");
            match permit.action.answers.get("version") {
                Some(Value::Int(version)) => {
                    let version = u32::try_from(*version).unwrap_or_default();
                    grounds.extend(strike(permit, case, version));
                    BuiltIn::Strike { version, reason }
                }
                _ => {
                    grounds.push(Ground::plain("ask:version", "须指明作废哪一项"));
                    BuiltIn::Strike { version: 0, reason }
                }
            }
        }
        Kind::Recount => match permit.action.answers.get("calendar") {
            Some(Value::Int(year)) => {
                BuiltIn::Recount { calendar: i16::try_from(*year).unwrap_or_default() }
            }
            _ => {
                grounds.push(Ground::plain("ask:calendar", "须指明日历年度"));
                BuiltIn::Recount { calendar: 0 }
            }
        },
        Kind::Move => {
            let from = case.procedure.key();
            BuiltIn::Move { from, to: permit.procedure.key() }
        }
    };
    if grounds.is_empty() { Ok(done) } else { Err(grounds) }
}

/// An entry may be struck by whoever made it, or by whoever may do the same act here; not twice,
/// not a strike itself, and not while later acts lean on it.
fn strike(permit: &Permit, case: &Case, version: u32) -> Vec<Ground> {
    let Some(recorded) = case.facts().iter().find(|recorded| recorded.version == version) else {
        return vec![Ground::plain("value:version", format!("本案没有第{version}项"))];
    };
    let mut grounds = Vec::new();
    if case.struck_by(version).is_some() {
        grounds.push(Ground::plain("struck", format!("第{version}项已经作废")));
    }
    if matches!(recorded.fact.built_in, Some(BuiltIn::Strike { .. })) {
        grounds.push(Ground::plain("struck", "作废本身不能再作废；请重新办理原来的行为"));
    }
    let heading = case.heading();
    let place = Place::in_case(&heading);
    let own = |by: &By| recorded.fact.by.iter().any(|done| done.person == by.person);
    let may_do = permit.hands.team.iter().any(|actor| {
        case.procedure.acts.get(&recorded.fact.act).is_some_and(|act| {
            crate::authorise::capacity(&case.procedure, act, actor, &place, permit.action.on)
                .is_some()
        })
    });
    if !permit.by.iter().any(own) && !may_do {
        let who = recorded.fact.by.first().map_or("原办理人", |by| by.name.as_str());
        grounds.push(Ground::plain("by", format!("只有{who}或者有权办这一行为的人才能作废它")));
    }
    let leaning: Vec<String> = case
        .leaning_on(version)
        .iter()
        .map(|later| {
            format!("第{}项“{}”", later.version, act_name(&case.procedure, &later.fact.act))
        })
        .collect();
    if !leaning.is_empty() {
        let say = format!("{}以它为前提，请先作废这些行为", leaning.join("、"));
        grounds.push(Ground::plain("leaning", say));
    }
    grounds
}

/// People may be handed a role that is assigned in the case, if they hold its post.
fn hand_over(permit: &Permit, case: &Case) -> Vec<Ground> {
    if permit.action.assign.is_empty() {
        return vec![Ground::plain("assign", "须指明移交给谁")];
    }
    let unknown = permit.action.assign.keys().filter(|role| {
        case.procedure.roles.get(*role).is_none_or(|role| role.scope != Scope::Case || role.outside)
    });
    unknown.map(|role| Ground::plain("assign", format!("本程序不指定“{role}”"))).collect()
}

/// The name of an act, written or built in.
pub fn act_name<'a>(procedure: &'a Procedure, act: &Id) -> &'a str {
    match procedure.acts.get(act) {
        Some(act) => &act.name,
        None => Kind::named(act).map_or("其他", Kind::name),
    }
}
