//! 推荐: whom a roster lists, and who of those that may be named suits a case best.
//!
//! Nothing is forbidden here. Whoever names somebody sees the suited first, each with the reason
//! in words, and names whom they will; what may not be is refused by [`decide`](crate::decide).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::civil::Date;
use law::{
    Id,
    calendar::Calendar,
    procedure::{FieldType, Fit, Ours, Procedure, Suggest, Whereabouts},
    value::Value,
};

use crate::{
    actor::{OrganPath, PersonId},
    case::Case,
    eval::Scope,
    locality,
    show::Names,
};

/// Whom a case of a roster lists, and with what. 在册人选
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The people it stands for.
    pub people: Vec<PersonId>,
    /// The last day, where it ends by itself.
    pub until: Option<Date>,
    /// Field and value: a code, or the path of an organ.
    pub values: Vec<(Id, String)>,
}

/// Whom a case of a roster lists now, if anybody. Does not depend on the day of asking.
pub fn listed(case: &Case, calendar: &Calendar) -> Option<Listed> {
    let pool = case.procedure.pool.as_ref()?;
    let scope = Scope::timeless(case, calendar);
    let standing = pool.valid.iter().any(|stage| **stage == *case.stage()) && !case.is_void();
    if !standing || pool.only_if.as_ref().is_some_and(|condition| !scope.holds(condition)) {
        return None;
    }
    let Some(Value::People(people)) = case.latest(&pool.holder) else { return None };
    let values = pool.fields.iter().flat_map(|field| {
        let values: Vec<String> = match case.latest(field) {
            Some(Value::Codes(codes)) => codes.iter().map(ToString::to_string).collect(),
            Some(Value::Organs(organs)) => organs.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        values.into_iter().map(|value| (field.clone(), value))
    });
    Some(Listed {
        people: people.clone(),
        until: pool.until.as_ref().and_then(|until| scope.date(until)),
        values: values.collect(),
    })
}

/// What one comparison asks of whoever is named; empty where the case does not say. 所需
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One of these codes of the roster.
    Codes(BTreeSet<Id>),
    /// An area in which this lies.
    Place(Option<OrganPath>),
}

/// What a case asks for, comparison by comparison. `locate` finds the area a text speaks of.
pub fn wanted(
    suggest: &Suggest,
    organ: &OrganPath,
    case: Option<&Case>,
    locate: impl Fn(&str) -> Option<OrganPath>,
) -> Vec<Wanted> {
    let latest = |field: &Id| case.and_then(|case| case.latest(field));
    let place = |whereabouts: &Whereabouts| match whereabouts {
        Whereabouts::Organ => Some(organ.clone()),
        Whereabouts::Origin => Some(case.map_or(organ, Case::origin).clone()),
        Whereabouts::Field(field) => match latest(field)? {
            Value::Organs(organs) => organs.first().map(|path| path.as_str().into()),
            Value::Text(text) => locate(text),
            _ => None,
        },
    };
    let one = |fit: &Fit| match &fit.ours {
        Ours::Place(places) => Wanted::Place(places.iter().find_map(place)),
        Ours::Codes(field, map) => {
            let ours = match latest(field) {
                Some(Value::Codes(codes)) => codes.as_slice(),
                _ => &[],
            };
            let theirs = ours.iter().flat_map(|code| match map {
                Some(map) => map.get(code).cloned().unwrap_or_default(),
                None => vec![code.clone()],
            });
            Wanted::Codes(theirs.collect())
        }
    };
    suggest.fits.iter().map(one).collect()
}

/// Somebody who may be named. 备选人
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// What the roster says of them, by field; none = not on the roster.
    pub listed: Option<BTreeMap<Id, BTreeSet<String>>>,
    /// They hold the credential that is asked for.
    pub holds: bool,
    /// Open cases they are named in. 在办
    pub load: u32,
}

/// Somebody who may be named, as the form shows them. 推荐结果
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Who.
    pub person: PersonId,
    /// They are proposed; the others only can be named too.
    pub suits: bool,
    /// What agrees: the comparison, and the code or organ of the roster.
    pub agrees: Vec<(usize, String)>,
    /// They hold the credential that is asked for.
    pub holds: bool,
    /// Open cases they are named in.
    pub load: u32,
}

/// Everybody who may be named: those proposed first, the best suited and least laden before the
/// others; then the rest, the least laden first. Equals keep the order in which they came.
pub fn order(suggest: &Suggest, wanted: &[Wanted], candidates: Vec<Candidate>) -> Vec<Suggestion> {
    let asked = wanted.iter().any(|wanted| match wanted {
        Wanted::Codes(codes) => !codes.is_empty(),
        Wanted::Place(place) => place.is_some(),
    });
    let one = |candidate: Candidate| {
        let listed = candidate.listed.as_ref();
        let agrees: Vec<(usize, String)> = suggest
            .fits
            .iter()
            .zip(wanted)
            .enumerate()
            .filter_map(|(at, (fit, wanted))| {
                Some((at, agreeing(wanted, listed?.get(&fit.theirs)?)?))
            })
            .collect();
        let suits = (suggest.pool.is_none() || listed.is_some())
            && (suggest.hold.is_none() || candidate.holds)
            && (!asked || !agrees.is_empty());
        let Candidate { person, holds, load, .. } = candidate;
        Suggestion { person, suits, agrees, holds: holds && suggest.hold.is_some(), load }
    };
    let mut all: Vec<Suggestion> = candidates.into_iter().map(one).collect();
    all.sort_by_key(|one| {
        let weight = one.suits.then(|| {
            let first = one.agrees.first().map(|(at, _)| *at);
            // A village's own before the town's: the longer path is the nearer area.
            let near = |(at, value): &(usize, String)| match wanted.get(*at) {
                Some(Wanted::Place(_)) => value.split('/').count(),
                _ => 0,
            };
            (one.agrees.len(), Reverse(first), one.agrees.iter().map(near).max())
        });
        (Reverse(weight), one.load)
    });
    all
}

/// The value of the roster that meets what is wanted; of areas the nearest.
fn agreeing(wanted: &Wanted, theirs: &BTreeSet<String>) -> Option<String> {
    match wanted {
        Wanted::Codes(codes) => codes.iter().map(ToString::to_string).find(|c| theirs.contains(c)),
        Wanted::Place(place) => {
            let place = place.as_ref()?;
            let covers = |organ: &&String| OrganPath::from(organ.as_str()).covers(place);
            theirs.iter().filter(covers).max_by_key(|organ| organ.len()).cloned()
        }
    }
}

impl Suggestion {
    /// The reason in words: 擅长邻里、宅基地；服务东街村；在办2件.
    pub fn why(&self, suggest: &Suggest, roster: Option<&Procedure>, names: &impl Names) -> String {
        let agrees = self.agrees.iter().filter_map(|(at, value)| {
            let fit = suggest.fits.get(*at)?;
            Some(format!("{}{}", fit.say, words(roster, &fit.theirs, value, names)))
        });
        let held = suggest.hold.iter().filter(|_| self.holds).map(|hold| format!("持{hold}"));
        let load = match self.load {
            0 => "没有在办案件".to_owned(),
            load => format!("在办{load}件"),
        };
        agrees.chain(held).chain([load]).collect::<Vec<_>>().join("；")
    }
}

/// A value of a roster as people read it.
fn words(roster: Option<&Procedure>, field: &Id, value: &str, names: &impl Names) -> String {
    let list = roster.and_then(|roster| match &roster.fields.get(field)?.ty {
        FieldType::Choice(list) => roster.lists.get(list),
        _ => None,
    });
    match list {
        Some(list) => list.get(value).cloned().unwrap_or_else(|| value.to_owned()),
        None => locality::area(&names.organ(value)).to_owned(),
    }
}
