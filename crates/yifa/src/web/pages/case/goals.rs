//! 逐项目标: what was wanted, what was reached, what it scored and how; and what the system would
//! fill in now.

use std::collections::BTreeSet;

use engine::{
    action::Answers,
    fact::Recorded,
    fill::{Doing, done_for, each_of, next_each},
    goal::Reading,
    show,
};
use law::{
    procedure::{Act, FieldType, Fill},
    value::{FigureRef, Value},
};

use super::timeline::about;
use crate::{
    fills::{address, look_up},
    office::{Office, Unperformed},
    web::{
        act_form::GivenLine,
        case_file::CaseFile,
        error::PageError,
        form::{answers, filled::Filled},
    },
};

/// Everything that is measured one by one in a case.
pub struct Goals {
    /// How many are scored, and what they come to.
    pub summary: String,
    /// One by one.
    pub rows: Vec<Row>,
}

/// One of them.
pub struct Row {
    /// What it is called.
    pub name: String,
    /// Of which figure, of whom, in which days; or that a person judges it.
    pub about: String,
    /// `不少于4场`.
    pub wanted: String,
    /// What it came to, or is so far.
    pub actual: String,
    /// The list behind it.
    pub url: Option<String>,
    /// Where a typed number comes from.
    pub source: String,
    /// What it would be today, where that is something else.
    pub now: Option<String>,
    /// Its light.
    pub light: &'static str,
    /// The light in words.
    pub word: &'static str,
    /// What it scored, out of how much.
    pub points: String,
    /// How the score came about.
    pub working: String,
}

/// What a case measures one by one, if it does.
pub fn goals(office: &Office, file: &CaseFile) -> Result<Option<Goals>, PageError> {
    let (case, procedure) = (&file.case, &file.case.procedure);
    let calendar = &office.law().calendar;
    let mut rows: Vec<(u32, Row)> = Vec::new();
    let (mut scored, mut points, mut full) = (0, 0, 0);
    for act in procedure.acts.values() {
        for one in each_of(case, act, calendar) {
            let done = done_for(case, &act.id, one.version);
            let made = row(office, file, act, one, done)?;
            let Some((row, got, of)) = made else { continue };
            scored += usize::from(done.is_some());
            points += got;
            full += of;
            rows.push((one.version, row));
        }
    }
    rows.sort_by_key(|(version, _)| *version);
    let summary = format!("{}项，已计分{scored}项，得{points}分，满分{full}分", rows.len());
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    Ok((!rows.is_empty()).then_some(Goals { summary, rows }))
}

/// One of them, with what it scored and the full mark; nothing where the act measures nothing.
fn row(
    office: &Office,
    file: &CaseFile,
    act: &Act,
    one: &Recorded,
    done: Option<&Recorded>,
) -> Result<Option<(Row, i64, i64)>, PageError> {
    let (case, procedure) = (&file.case, &*file.case.procedure);
    let none = Answers::new();
    let doing = Doing {
        procedure,
        act,
        case: Some(case),
        answers: done.map_or(&none, |done| &done.fact.answers),
        calendar: &office.law().calendar,
        on: done.map_or(file.today, |done| done.fact.on),
        organ: case.organ(),
        each: Some(one),
    };
    let filled = match done {
        Some(done) => done.fact.answers.clone(),
        None => filled_now(office, &doing)?,
    };
    let Some(measured) = doing.measured(&filled) else { return Ok(None) };
    let figure = filled.values().find_map(|value| match value {
        Value::Figure(figure) => Some(figure),
        _ => None,
    });
    let chosen = |ty: FieldType, answers: &Answers, asked: &Act| {
        let fields = asked.ask.iter().filter_map(|ask| procedure.fields.get(&ask.field));
        let mut fields = fields.filter(|field| field.ty == ty && field.fill.is_none());
        fields.find_map(|field| match answers.get(&field.id)? {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        })
    };
    let listed = procedure.acts.get(&one.fact.act);
    let name = listed.and_then(|listed| chosen(FieldType::Line, &one.fact.answers, listed));
    let goal = measured.goal;
    let full = measured.full.unwrap_or_default();
    let got = goal.filter(|_| done.is_some()).map(|goal| goal.points(full));
    let (light, word) = match (done, goal) {
        (None, Some(goal)) if goal.reached() => ("green", "目前达到"),
        (None, _) => ("", "还没有计分"),
        (Some(_), Some(goal)) if goal.reached() => ("green", "达到"),
        (Some(_), _) => ("red", "没有达到"),
    };
    let reading = goal.map_or(Reading::Plain(0), |goal| goal.reading);
    let row = Row {
        name: name.unwrap_or_default(),
        about: figure.map_or_else(|| "人工评定".into(), |figure| about(file, figure)),
        wanted: format!("{}{}", measured.wanted.0.name(), reading.wanted(measured.wanted.1)),
        actual: match (goal, done) {
            (Some(goal), Some(_)) => goal.reading.to_string(),
            (Some(goal), None) => format!("目前{}", goal.reading),
            (None, _) => "—".into(),
        },
        url: figure.map(address),
        source: chosen(FieldType::Line, &filled, act).unwrap_or_default(),
        now: figure.and_then(|figure| file.otherwise.get(figure)).map(ToString::to_string),
        light,
        word,
        points: match got {
            Some(got) => format!("{got}/{full}"),
            None => format!("—/{full}"),
        },
        working: match (done, goal) {
            (Some(_), Some(goal)) => goal.working(full),
            _ => String::new(),
        },
    };
    Ok(Some((row, got.unwrap_or_default(), full)))
}

/// What the system would fill in today.
fn filled_now(office: &Office, doing: &Doing<'_>) -> Result<Answers, PageError> {
    // A draft is written when the act is done.
    let drafts: BTreeSet<_> = doing
        .procedure
        .fields
        .values()
        .filter(|field| matches!(field.fill, Some(Fill::Draft { .. })))
        .map(|field| &field.id)
        .collect();
    let wanted = doing.wants().into_iter().filter(|one| !drafts.contains(&one.field)).collect();
    let found = office.store().read(office.county(), |read| look_up(office, read, wanted));
    match found {
        Ok(found) => Ok(doing.filled(&found.given)),
        Err(Unperformed::Store(error)) => Err(error.into()),
        Err(error) => Err(PageError::Broken(error.to_string())),
    }
}

/// What the system would fill in if an act were done now with what was typed.
pub fn given(
    office: &Office,
    file: &CaseFile,
    act: &Act,
    typed: &Filled,
) -> Result<Vec<GivenLine>, PageError> {
    let (case, procedure) = (&file.case, &*file.case.procedure);
    let fields = act.ask.iter().filter_map(|ask| procedure.fields.get(&ask.field));
    let fields: Vec<_> = fields.filter(|field| field.fill.is_some()).collect();
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let calendar = &office.law().calendar;
    let answers = answers::read(procedure, act, &mut typed.clone());
    let each = next_each(case, act, calendar);
    let doing = Doing {
        procedure,
        act,
        case: Some(case),
        answers: &answers,
        calendar,
        on: file.today,
        organ: case.organ(),
        each,
    };
    let filled = filled_now(office, &doing)?;
    let mut lines = Vec::new();
    if let Some(one) = each {
        lines.push(GivenLine {
            name: "本次办理".into(),
            value: target_name(file, one),
            about: String::new(),
            url: None,
        });
    }
    for field in fields {
        let value = filled.get(&field.id);
        let figure: Option<&FigureRef> = match value {
            Some(Value::Figure(figure)) => Some(figure),
            _ => None,
        };
        let shown = match (value, &field.fill) {
            (Some(value), _) => show::answer(procedure, field, value, &*file.names),
            (None, Some(Fill::Draft { .. })) => "提交时由系统从台账起草，存入案卷".into(),
            (None, _) => "提交时计算".into(),
        };
        let working = match (&field.ty, doing.measured(&filled)) {
            (FieldType::Int, Some(measured)) if value.is_some() => {
                measured.goal.zip(measured.full).map(|(goal, full)| goal.working(full))
            }
            _ => None,
        };
        lines.push(GivenLine {
            name: field.name.clone(),
            value: shown,
            about: figure.map(|figure| about(file, figure)).or(working).unwrap_or_default(),
            url: figure.map(address),
        });
    }
    Ok(lines)
}

/// What one of several says first.
fn target_name(file: &CaseFile, one: &Recorded) -> String {
    let procedure = &*file.case.procedure;
    let asks = procedure.acts.get(&one.fact.act).map(|act| &*act.ask).unwrap_or_default();
    let said = asks.iter().find_map(|ask| {
        let field = procedure.fields.get(&ask.field)?;
        let value = one.fact.answers.get(&field.id)?;
        Some(show::answer(procedure, field, value, &*file.names))
    });
    said.unwrap_or_default()
}
