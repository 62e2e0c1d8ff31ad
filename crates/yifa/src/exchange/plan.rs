//! 一行怎样办: the acts that a row of a foreign file stands for.

use std::collections::BTreeMap;

use engine::{
    action::Answers,
    answers::{LONGEST_LINE, LONGEST_TEXT},
};
use jiff::civil::{Date, DateTime};
use law::{
    Id,
    exchange::{Import, ImportStep, PartySource, Source, Test},
    procedure::{Field, FieldType, Procedure},
    value::{Party, PartyKind, Value},
};
use sm3::{Digest, Sm3};

use super::file::Row;
use crate::web::form::answers::{date, moment, money};

/// How often a row may repeat its steps at most.
const MOST_TIMES: u32 = 100;

/// An act that a row stands for.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The act.
    pub act: Id,
    /// Business date.
    pub on: Date,
    /// The post of the other side.
    pub by: Id,
    /// What was filled in there.
    pub answers: Answers,
    /// Roles = posts of the other side.
    pub assign: BTreeMap<Id, Id>,
    /// Tells it apart from every other act of the same case.
    pub mark: String,
}

/// Where organs are looked up: their names, short names and paths.
pub type Organs = BTreeMap<String, String>;

/// The acts of a row in order, or everything that cannot be read.
pub fn plan(
    procedure: &Procedure,
    import: &Import,
    row: &Row,
    organs: &Organs,
) -> Result<Vec<Planned>, Vec<String>> {
    let mut faults = Vec::new();
    let mut planned = Vec::new();
    if row.get(&import.key).is_empty() {
        faults.push(format!("“{}”栏没有对方的编号", import.key));
    }
    let event = import.event.as_ref().map(|column| row.get(column).to_owned());
    if event.as_ref().is_some_and(String::is_empty) {
        faults.push("没有事件的序号".into());
    }
    let mut nth_of: BTreeMap<&Id, u32> = BTreeMap::new();
    let mut at = 0;
    while at < import.steps.len() {
        // Neighbours that say the same `times` are one round.
        let times = &import.steps[at].times;
        let round = match times {
            None => 1,
            Some(_) => import.steps[at..].iter().take_while(|step| step.times == *times).count(),
        };
        let rounds = match times {
            None => 1,
            Some(times) => match row.get(&times.column) {
                "" => 0,
                text => match text.parse::<u32>() {
                    Ok(count) => count.saturating_sub(times.minus).min(MOST_TIMES),
                    Err(_) => {
                        faults.push(format!("“{}”不是次数：{text}", times.column));
                        0
                    }
                },
            },
        };
        for _ in 0..rounds {
            for step in &import.steps[at..at + round] {
                let nth = nth_of.entry(&step.act).or_default();
                *nth += 1;
                if !step.only_if.iter().all(|test| holds(test, row)) {
                    continue;
                }
                let mark = match &event {
                    Some(event) => format!("{event}/{}", step.act),
                    None => format!("{}/{nth}", step.act),
                };
                let turn = nth.saturating_sub(1) as usize;
                let place = Place { procedure, row, organs, turn };
                planned.extend(one(&place, step, mark, &mut faults));
            }
        }
        at += round;
    }
    if faults.is_empty() { Ok(planned) } else { Err(faults) }
}

/// The id of an act: the same row of the same exchange is the same act for ever.
pub fn action_id(exchange: &str, number: &str, mark: &str) -> String {
    let digest = Sm3::digest(format!("exchange\n{exchange}\n{number}\n{mark}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn holds(test: &Test, row: &Row) -> bool {
    let cell = row.get(&test.column);
    (test.is.is_empty() || test.is.iter().any(|text| text == cell))
        && !test.is_not.iter().any(|text| text == cell)
        && test.filled.is_none_or(|filled| filled != cell.is_empty())
}

/// Where an answer is looked for.
struct Place<'a> {
    procedure: &'a Procedure,
    row: &'a Row,
    organs: &'a Organs,
    /// How often the step was done before.
    turn: usize,
}

fn one(
    place: &Place,
    step: &ImportStep,
    mark: String,
    faults: &mut Vec<String>,
) -> Option<Planned> {
    let before = faults.len();
    let on = match business_date(&step.on, place) {
        Ok(on) => Some(on),
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    let mut answers = Answers::new();
    for (id, source) in &step.with {
        let Some(field) = place.procedure.fields.get(id) else { continue };
        match answer(place, field, source) {
            Ok(Some(value)) => {
                answers.insert(id.clone(), value);
            }
            Ok(None) => {}
            Err(fault) => faults.push(format!("“{}”{fault}", field.name)),
        }
    }
    let assign = step.assign.iter().map(|(role, post)| (role.clone(), post.clone())).collect();
    let (act, by) = (step.act.clone(), step.by.clone());
    let planned = on.map(|on| Planned { act, on, by, answers, assign, mark });
    planned.filter(|_| faults.len() == before)
}

/// The business date of a step.
fn business_date(source: &Source, place: &Place) -> Result<Date, String> {
    let column = source.columns.join("、");
    let text = text(source, place);
    if text.is_empty() {
        return Err(format!("没有办理日期（“{column}”栏）"));
    }
    let wrong = || format!("办理日期“{text}”读不懂（“{column}”栏）");
    let at = moment_of(&text, source.date.as_deref()).ok_or_else(wrong)?;
    Ok(later(at, source, place.row)?.date())
}

/// A day so many days later as the source says.
fn later(at: DateTime, source: &Source, row: &Row) -> Result<DateTime, String> {
    let more = source.plus_days.as_deref().unwrap_or_default();
    let days: i64 = match row.get(more) {
        "" => 0,
        days => days.parse().map_err(|_| format!("“{more}”不是天数：{days}"))?,
    };
    let span = jiff::Span::new().try_days(days.saturating_add(source.plus));
    let day = span.ok().and_then(|span| at.checked_add(span).ok());
    day.ok_or_else(|| format!("“{more}”不是天数：{days}"))
}

/// The text a source gives, its codes not yet looked up.
fn text(source: &Source, place: &Place) -> String {
    let row = place.row;
    if !source.cycle.is_empty() {
        return source.cycle[place.turn % source.cycle.len()].clone();
    }
    let cells: Vec<&str> = source
        .columns
        .iter()
        .map(|column| row.get(column))
        .filter(|cell| !cell.is_empty())
        .collect();
    match (cells.is_empty(), &source.default) {
        (true, Some(default)) => default.clone(),
        _ => cells.join(&source.join),
    }
}

fn answer(place: &Place, field: &Field, source: &Source) -> Result<Option<Value>, String> {
    let Place { procedure, row, organs, .. } = *place;
    if !source.parties.is_empty() {
        let named: Vec<Party> =
            source.parties.iter().filter_map(|source| party(source, row)).collect();
        return Ok((!named.is_empty()).then_some(Value::Parties(named)));
    }
    let plain = text(source, place);
    if plain.is_empty() {
        return Ok(None);
    }
    let blank = source.columns.iter().all(|column| row.get(column).is_empty());
    // A default is written in our own words already.
    let coded = match source.codes.get(&plain) {
        Some(code) => code.clone(),
        None if blank => plain.clone(),
        None => match &source.other {
            Some(other) => other.clone(),
            None if source.codes.is_empty() => plain.clone(),
            None => return Err(format!("没有“{plain}”的对照")),
        },
    };
    let format = source.date.as_deref();
    let wrong = |what: &str| format!("应为{what}，这里是“{coded}”");
    let value = match &field.ty {
        FieldType::Line | FieldType::LawItem | FieldType::Indicator => {
            let line = coded.split_whitespace().collect::<Vec<_>>().join(" ");
            Value::Text(cut(&line, source.cut, field.max.unwrap_or(LONGEST_LINE))?)
        }
        FieldType::Text => Value::Text(cut(&coded, source.cut, field.max.unwrap_or(LONGEST_TEXT))?),
        FieldType::Int => {
            let whole = coded.strip_suffix(".0").unwrap_or(&coded);
            Value::Int(whole.parse().map_err(|_| wrong("整数"))?)
        }
        FieldType::Money => Value::Money(money(&coded).ok_or_else(|| wrong("金额"))?),
        FieldType::YesNo => match coded.as_str() {
            "是" | "有" | "1" | "true" | "yes" | "Y" | "y" => Value::Yes(true),
            "否" | "无" | "0" | "false" | "no" | "N" | "n" => Value::Yes(false),
            _ => return Err(wrong("是或者否")),
        },
        FieldType::Date => {
            let at = moment_of(&coded, format).ok_or_else(|| wrong("日期"))?;
            Value::Date(later(at, source, row)?.date())
        }
        FieldType::Moment => {
            Value::Moment(moment_of(&coded, format).ok_or_else(|| wrong("日期时间"))?)
        }
        FieldType::Choice(list) => {
            let parts: Vec<&str> = match field.many && source.codes.get(&plain).is_none() {
                true => coded.split(['，', '、', ',', ';']).map(str::trim).collect(),
                false => vec![&coded],
            };
            let mut codes = Vec::new();
            for part in parts {
                codes.push(code(procedure, list, source, part)?);
            }
            Value::Codes(codes)
        }
        FieldType::Organ => match organs.get(&coded) {
            Some(path) => Value::Organs(vec![path.clone()]),
            None => return Err(format!("本县没有机关“{coded}”")),
        },
        FieldType::Person => Value::People(vec![coded]),
        FieldType::Party | FieldType::Files | FieldType::Figure => {
            return Err("不能从一栏里来".into());
        }
    };
    Ok(Some(value))
}

/// Our code for a text: as the exchange says, as it is, or by its label.
fn code(procedure: &Procedure, list: &Id, source: &Source, text: &str) -> Result<Id, String> {
    let known = procedure.lists.get(list);
    let mapped = source.codes.get(text).map_or(text, String::as_str);
    let by_code = known.and_then(|list| list.keys().find(|code| **code == mapped));
    let by_label = || known?.iter().find(|(_, label)| *label == mapped).map(|(code, _)| code);
    let found = by_code.or_else(by_label).cloned();
    found.ok_or_else(|| format!("没有“{text}”这一项，请在对照里补上"))
}

fn cut(text: &str, to: Option<usize>, most: i64) -> Result<String, String> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let length = text.chars().count();
    match to {
        Some(to) if length > to.min(most) => {
            let kept: String = text.chars().take(to.min(most).saturating_sub(1)).collect();
            Ok(format!("{kept}…"))
        }
        _ if length > most => Err(format!("太长：{length}字，最多{most}字")),
        _ => Ok(text.to_owned()),
    }
}

fn party(source: &PartySource, row: &Row) -> Option<Party> {
    let cell = |column: &Option<String>| {
        column.as_ref().map(|column| row.get(column).to_owned()).unwrap_or_default()
    };
    let mut name = cell(&source.name);
    if name.is_empty() {
        name = source.unnamed.clone()?;
    }
    Some(Party {
        name,
        kind: if source.org { PartyKind::Org } else { PartyKind::Person },
        number: cell(&source.number),
        phone: cell(&source.phone),
        address: cell(&source.address),
    })
}

/// A date and time as the exchange says it is written, or as people write it.
fn moment_of(text: &str, format: Option<&str>) -> Option<DateTime> {
    if let Some(format) = format {
        let read = jiff::fmt::strtime::parse(format, text).ok()?;
        return read.to_datetime().or_else(|_| read.to_date().map(|day| day.at(0, 0, 0, 0))).ok();
    }
    if let Some(at) = moment(text) {
        return Some(at);
    }
    if let Some(day) = date(text) {
        return Some(day.at(0, 0, 0, 0));
    }
    let day = text.split([' ', 'T', '+']).next()?;
    date(day).map(|day| day.at(0, 0, 0, 0))
}
