//! The rows of one case in each view.

use std::collections::BTreeSet;

use engine::{
    available::{Reach, turns},
    case::{Case, Heading},
    deadline::Clock,
    document,
    observe::observe,
    suggest::listed,
};
use jiff::civil::Date;
use law::{calendar::Calendar, value::Party};

use crate::{
    accounts::above,
    canonical::canonical_of,
    db::{Param, params},
    error::StoreError,
    ledger::parties,
    privacy::plain,
    store::{Read, Tx},
    views::{Known, View},
};

type Result<T> = std::result::Result<T, StoreError>;
type Rows<'a> = Vec<Vec<Param<'a>>>;

/// Stands for "no due date" where rows are sorted by due date.
pub(crate) const NEVER: &str = "9999-12-31";

pub(crate) const CASE: View = View {
    table: "case_now",
    columns: "county, case_id, procedure, edition, law, organ, origin, stage, title, number, \
              opened, last_on, last_at, ended, version, digest, void, parent, due_warn, \
              due_nominal, due_legal",
};

pub(crate) fn case<'a>(
    tx: &'a Read,
    case: &'a Case,
    digest: &'a str,
    clocks: &[Clock],
) -> Rows<'a> {
    let Some(last) = case.facts().last() else {
        return Vec::new();
    };
    let pressing = most_pressing(clocks.iter());
    vec![
        params![
            tx.county,
            &case.id,
            &case.procedure.id,
            &case.procedure.version,
            case.procedure.hash.as_ref(),
            case.organ(),
            case.origin(),
            case.stage(),
            document::title(case, &Known(tx)),
            case.number(),
            case.opened(),
            last.fact.on,
            last.at,
            case.ended(),
            last.version,
            digest,
            case.is_void(),
            case.parent(),
            pressing.map(|clock| clock.warn_on),
            pressing.map(|clock| clock.due.nominal),
            pressing.map(|clock| clock.due.legal),
        ]
        .to_vec(),
    ]
}

/// The duty of the organ that is due first, of those that run.
fn most_pressing<'c>(clocks: impl Iterator<Item = &'c Clock>) -> Option<&'c Clock> {
    clocks.filter(|clock| runs(clock)).min_by_key(|clock| clock.due.legal)
}

fn runs(clock: &Clock) -> bool {
    clock.met.is_none() && clock.moot.is_none() && clock.whose.is_none() && !clock.paused
}

pub(crate) const REACH: View =
    View { table: "reach", columns: "county, who, procedure, opened, case_id, handling" };

/// Who may know of the case: the organs above, and its people.
pub(crate) fn reach<'a>(tx: &'a Read, case: &'a Case, heading: &Heading) -> Rows<'a> {
    let row = |who: String, handling: bool| {
        params![tx.county, who, &case.procedure.id, case.opened(), &case.id, handling].to_vec()
    };
    let handling = above(&heading.organ);
    let mut rows: Rows = handling.iter().map(|organ| row(organ.to_string(), true)).collect();
    let others = above(&heading.origin).into_iter().filter(|organ| !handling.contains(organ));
    rows.extend(others.map(|organ| row(organ.to_string(), false)));
    rows.extend(heading.participants.iter().map(|person| row(person_key(person), false)));
    rows
}

/// The key by which a person's own cases and work are found.
pub(crate) fn person_key(person: &str) -> String {
    format!("@{person}")
}

/// The key by which the work of a role in an organ is found.
pub(crate) fn role_key(role: &str, organ: &str) -> String {
    format!("{role}@{organ}")
}

pub(crate) const PARTICIPANT: View =
    View { table: "participant", columns: "county, case_id, role, person, place" };

pub(crate) fn participant<'a>(tx: &'a Read, case: &'a Case, heading: &Heading) -> Rows<'a> {
    let row = |role: &str, person: &str, place: usize| {
        params![tx.county, &case.id, role.to_owned(), person.to_owned(), place as i64].to_vec()
    };
    let mut rows: Rows = Vec::new();
    for (role, people) in &heading.assigned {
        for (place, person) in people.iter().enumerate() {
            if !people[..place].contains(person) {
                rows.push(row(role, person, place));
            }
        }
    }
    rows.extend(heading.participants.iter().map(|person| row("", person, 0)));
    rows
}

pub(crate) const DUE: View = View {
    table: "due",
    columns: "county, case_id, place, deadline, name, statutory, whose, started, warn, nominal, \
              legal, moment, provisional, state, met_on, derivation",
};

pub(crate) fn due<'a>(tx: &'a Read, case: &'a Case, clocks: &[Clock]) -> Rows<'a> {
    let row = |(place, clock): (usize, &Clock)| {
        params![
            tx.county,
            &case.id,
            place as i64,
            clock.deadline.to_string(),
            clock.name.clone(),
            clock.statutory,
            clock.whose.as_ref().map(ToString::to_string),
            clock.started,
            clock.warn_on,
            clock.due.nominal,
            clock.due.legal,
            clock.due.moment.map(|moment| moment.to_string()),
            clock.due.provisional,
            state(clock),
            clock.met.as_ref().map(|met| met.on),
            canonical_of(&clock.due.derivation),
        ]
        .to_vec()
    };
    clocks.iter().enumerate().map(row).collect()
}

/// How a period stands, whatever the day.
fn state(clock: &Clock) -> &'static str {
    match &clock.met {
        Some(met) if met.in_time => "met",
        Some(_) => "late",
        None if clock.whose.is_some() => "theirs",
        None if clock.moot.is_some() => "moot",
        None if clock.paused => "paused",
        None => "running",
    }
}

pub(crate) const TURN: View = View {
    table: "turn",
    columns: "county, who, case_id, act, role, organ, ready, except_who, due_warn, due_nominal, \
              due_legal",
};
pub(crate) fn turn<'a>(
    tx: &'a Read,
    case: &'a Case,
    clocks: &[Clock],
    calendar: &Calendar,
    day: Date,
) -> Rows<'a> {
    let mut rows: Rows = Vec::new();
    let of_the_case = most_pressing(clocks.iter());
    for turn in turns(case, calendar, day) {
        let deadlines = &case.procedure.deadlines;
        let of_the_act = most_pressing(clocks.iter().filter(|clock| {
            deadlines.get(&clock.deadline).is_some_and(|d| d.met_by.contains(&turn.act))
        }));
        // An act without a period of its own is a step towards what presses the case.
        let pressing = of_the_act.or(of_the_case);
        let keys = match (&turn.person, turn.reach) {
            (Some(person), _) => vec![person_key(person)],
            (None, Reach::Here) => vec![role_key(&turn.role, turn.organ.as_str())],
            (None, Reach::Above) => {
                above(&turn.organ).iter().map(|o| role_key(&turn.role, o.as_str())).collect()
            }
        };
        let except: String = turn.except.iter().map(|person| format!("|{person}|")).collect();
        for key in keys {
            // A person named for two roles has one task, not two.
            if rows
                .iter()
                .any(|row| row[1] == Param::from(&key) && row[3] == Param::from(&turn.act))
            {
                continue;
            }
            rows.push(
                params![
                    tx.county,
                    key,
                    &case.id,
                    turn.act.to_string(),
                    turn.role.to_string(),
                    turn.organ.to_string(),
                    turn.ready,
                    except.clone(),
                    pressing.map(|clock| clock.warn_on),
                    pressing.map(|clock| clock.due.nominal),
                    pressing.map_or_else(|| NEVER.into(), |clock| clock.due.legal.to_string()),
                ]
                .to_vec(),
            );
        }
    }
    rows
}

pub(crate) const OBSERVATION: View = View {
    table: "observation",
    columns: "county, case_id, place, indicator, organ, on_date, until_date, value, good, split, \
              version",
};

pub(crate) fn observation<'a>(tx: &'a Read, case: &'a Case, calendar: &Calendar) -> Rows<'a> {
    let observations = observe(case, calendar).into_iter().enumerate();
    observations
        .map(|(place, seen)| {
            params![
                tx.county,
                &case.id,
                place as i64,
                seen.indicator.to_string(),
                seen.organ.to_string(),
                seen.on,
                seen.until,
                seen.value,
                seen.good,
                seen.split,
                seen.version,
            ]
            .to_vec()
        })
        .collect()
}

pub(crate) const NOTICE: View = View {
    table: "notice",
    columns: "county, case_id, notice, procedure, organ, name, published, version, taken_down, \
              shown",
};

/// Public notices: published by the last act that publishes, down from the act that takes down.
pub(crate) fn notice<'a>(tx: &'a Read, case: &'a Case, calendar: &Calendar) -> Rows<'a> {
    let mut rows: Rows = Vec::new();
    for notice in case.procedure.notices.values() {
        let last = |acts: &[law::Id]| {
            acts.iter().filter_map(|act| case.last(act)).max_by_key(|recorded| recorded.version)
        };
        let Some(published) = last(&notice.by_act) else {
            continue;
        };
        let down = last(&notice.take_down).filter(|down| down.version > published.version);
        rows.push(
            params![
                tx.county,
                &case.id,
                &notice.id,
                &case.procedure.id,
                case.organ(),
                &notice.name,
                published.fact.on,
                published.version,
                down.map(|down| down.fact.on),
                canonical_of(&document::notice(case, notice, calendar, &Known(tx))),
            ]
            .to_vec(),
        );
    }
    rows
}

pub(crate) const DOCUMENT: View = View {
    table: "document",
    columns: "county, case_id, version, document, number, on_date, digest, struck",
};

pub(crate) fn document<'a>(tx: &'a Read, case: &'a Case) -> Rows<'a> {
    let mut rows: Rows = Vec::new();
    for recorded in case.facts() {
        for issued in &recorded.fact.issued {
            rows.push(
                params![
                    tx.county,
                    &case.id,
                    recorded.version,
                    &issued.document,
                    issued.number.as_ref(),
                    recorded.fact.on,
                    &issued.digest,
                    case.struck_by(recorded.version).is_some(),
                ]
                .to_vec(),
            );
        }
    }
    rows
}

pub(crate) const CREDENTIAL: View = View {
    table: "credential",
    columns: "county, person, case_id, name, number, from_date, until_date",
};

pub(crate) fn credential<'a>(tx: &'a Read, case: &'a Case, calendar: &Calendar) -> Rows<'a> {
    let entitled = document::entitled(case, calendar).into_iter();
    entitled
        .map(|entitled| {
            params![
                tx.county,
                entitled.person,
                &case.id,
                entitled.held.name,
                entitled.held.number,
                entitled.held.from,
                entitled.held.until,
            ]
            .to_vec()
        })
        .collect()
}

pub(crate) const POOL: View =
    View { table: "pool", columns: "county, procedure, person, case_id, field, value, until_date" };

/// Whom a roster lists: one row for the listing, with no field, and one for each value that a
/// case can be compared with.
pub(crate) fn pool<'a>(tx: &'a Read, case: &'a Case, calendar: &Calendar) -> Rows<'a> {
    let Some(listed) = listed(case, calendar) else { return Vec::new() };
    let mut rows: Rows = Vec::new();
    let bare = [(law::Id::from(""), String::new())];
    for person in &listed.people {
        for (field, value) in bare.iter().chain(&listed.values) {
            let (field, value) = (field.to_string(), value.clone());
            let (person, until) = (person.clone(), listed.until);
            let row = params![tx.county, &case.procedure.id, person, &case.id, field, value, until];
            rows.push(row.to_vec());
        }
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

pub(crate) const HELD: View = View { table: "held", columns: "county, person, case_id" };

/// Whose hands an open case is in.
pub(crate) fn held<'a>(tx: &'a Read, case: &'a Case) -> Rows<'a> {
    if case.ended().is_some() || case.is_void() {
        return Vec::new();
    }
    let people: BTreeSet<&String> = case.assignments().values().flatten().collect();
    people.into_iter().map(|person| params![tx.county, person, &case.id].to_vec()).collect()
}

pub(crate) const PARTY: View = View { table: "party", columns: "county, blind, case_id, subject" };

/// Keyed digests of what parties are called and reached by.
pub(crate) fn party<'a>(tx: &'a Tx, case: &'a Case) -> Result<Rows<'a>> {
    let mut rows: Rows = Vec::new();
    let parties = parties(case);
    let handles: Vec<String> = parties.iter().map(|party| tx.handle(&case.id, party)).collect();
    let subjects = tx.subject_ids(&handles)?;
    for (party, handle) in parties.iter().zip(&handles) {
        // A party of a field that is not personal has no key and is indexed all the same.
        let subject = subjects.get(handle).map_or("", String::as_str);
        for blind in blinds(tx, party) {
            rows.push(params![tx.county, blind, &case.id, subject.to_owned()].to_vec());
        }
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(rows)
}

fn blinds(tx: &Read, party: &Party) -> Vec<String> {
    let known = [&party.name, &party.number, &party.phone];
    let known = known.into_iter().map(|text| plain(text)).filter(|text| !text.is_empty());
    known.map(|text| blind(tx, &text)).collect()
}

/// The digest by which a name, number or phone is found. `text` is [`plain`].
pub(crate) fn blind(tx: &Read, text: &str) -> String {
    tx.keys.blind(&["party", text])
}
