//! 在线考试: sitting an examination in the browser.
//!
//! One form, handed in at the end; it works without script. With it every change is kept at once,
//! and the clock runs on the page; the office's own clock is the one that counts.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use engine::{actor::Actor, document, show::Names};
use law::procedure::QuestionSort;
use serde::Deserialize;
use serde_json::json;
use store::{CaseRow, RegisterFilter, Sitting, Visible};

use crate::{
    exam::{Chosen, ExamFault, Examination, chosen, is_right},
    office::{Office, Unperformed},
    web::{
        Desk, assets,
        error::PageError,
        form::filled::Filled,
        frame::Frame,
        plain,
        session::{SignedForm, SignedIn},
    },
};

/// The page speaks to the office by itself, and to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";
/// The most examinations listed.
const LISTED: u32 = 100;

impl From<ExamFault> for PageError {
    fn from(fault: ExamFault) -> Self {
        match fault {
            ExamFault::Unknown => Self::Missing,
            ExamFault::Says(why) => Self::Forbidden(format!("{why}。")),
            ExamFault::Failed(Unperformed::Store(error)) => Self::Store(error),
            ExamFault::Failed(error) => Self::Broken(error.to_string()),
        }
    }
}

#[derive(Template)]
#[template(path = "exams.html")]
struct ExamsPage {
    frame: Frame,
    rows: Vec<ExamRow>,
}

struct ExamRow {
    case: String,
    title: String,
    organ: String,
    sat: usize,
    tries: i64,
    best: Option<i64>,
    passed: bool,
    under_way: bool,
}

/// Whether there are examinations in this office's law at all.
pub fn any(office: &Office) -> bool {
    office.law().newest().any(|procedure| procedure.exam.is_some())
}

/// `GET /exams`: the open examinations that name this person.
pub async fn list(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "在线考试").await?;
    desk.ask(move |office| {
        let rows = open_exams(office)?;
        let mine = rows.iter().filter_map(|row| exam_row(office, &me.actor, row).transpose());
        let rows: Vec<ExamRow> = mine.collect::<Result<_, PageError>>()?;
        Ok(Html(ExamsPage { frame, rows }.render()?))
    })
    .await
}

fn open_exams(office: &Office) -> Result<Vec<CaseRow>, PageError> {
    let mut rows = Vec::new();
    for procedure in office.law().newest().filter(|procedure| procedure.exam.is_some()) {
        let filter = RegisterFilter {
            procedure: Some(procedure.id.clone()),
            ended: Some(false),
            ..RegisterFilter::default()
        };
        // Whom an examination names stands in the case; only theirs is shown.
        let page = office.store().read(office.county(), |read| {
            read.register(&filter, &Visible::everything(), None, LISTED).map_err(PageError::from)
        })?;
        rows.extend(page.rows);
    }
    Ok(rows)
}

fn exam_row(office: &Office, me: &Actor, row: &CaseRow) -> Result<Option<ExamRow>, PageError> {
    let exam = Examination::open(office, &row.id)?;
    if !exam.names(&me.person) {
        return Ok(None);
    }
    let outcomes = exam.outcomes(&me.person);
    let best = outcomes.iter().map(|outcome| outcome.score).max();
    let sittings = exam.sittings(&me.person)?;
    Ok(Some(ExamRow {
        case: row.id.clone(),
        title: row.title.clone(),
        organ: office.names().organ(row.organ.as_str()),
        sat: outcomes.len(),
        tries: exam.tries(),
        passed: best.is_some_and(|best| best >= exam.pass()),
        best,
        under_way: sittings.iter().any(|sitting| sitting.entered.is_none()),
    }))
}

#[derive(Template)]
#[template(path = "exam.html")]
struct ExamPage {
    frame: Frame,
    script: &'static str,
    case: String,
    title: String,
    organ: String,
    rule: String,
    pass: i64,
    minutes: i64,
    tries: i64,
    best: Option<i64>,
    passed: bool,
    cannot: Option<String>,
    asked: Vec<Asked>,
    left: i64,
    ends: String,
    over: Vec<Sat>,
    results: bool,
    organiser: Option<Organiser>,
    named: bool,
}

/// A question on the paper.
struct Asked {
    number: usize,
    sort: &'static str,
    text: String,
    many: bool,
    options: Vec<Offered>,
}

struct Offered {
    letter: char,
    words: String,
    on: bool,
}

/// A sitting that is over.
struct Sat {
    serial: u32,
    when: String,
    score: i64,
    right: i64,
    asked: i64,
    wrong: Vec<Wrong>,
    solved: bool,
}

struct Wrong {
    number: usize,
    text: String,
    mine: String,
    answer: String,
    law: String,
}

/// What whoever handles the case sees.
struct Organiser {
    counts: Vec<(String, usize)>,
    faults: Vec<String>,
    lacking: Vec<String>,
    people: Vec<(String, usize, Option<i64>, bool)>,
}

/// What is shown beside the paper.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    results: String,
}

/// `GET /cases/{case}/exam`
pub async fn show(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Response, PageError> {
    let frame = desk.frame(&me, "在线考试").await?;
    desk.ask(move |office| {
        let mut exam = Examination::open(office, &id)?;
        let (named, handles) = (exam.names(&me.actor.person), exam.handles(&me.actor));
        if !named && !handles {
            return Err(PageError::Missing);
        }
        let mut under_way = under_way(&exam, &me)?;
        if let Some(sitting) = under_way.as_ref().filter(|sitting| exam.over(sitting)) {
            exam.finish(sitting)?;
            exam = Examination::open(office, &id)?;
            under_way = None;
        }
        let page = page(office, &me, frame, &exam, under_way, !shown.results.is_empty())?;
        let mut response = Html(page.render()?).into_response();
        let policy = HeaderValue::from_static(POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        Ok(response)
    })
    .await
}

fn under_way(exam: &Examination, me: &SignedIn) -> Result<Option<Sitting>, ExamFault> {
    let sittings = exam.sittings(&me.actor.person)?;
    Ok(sittings.into_iter().find(|sitting| sitting.entered.is_none()))
}

fn page(
    office: &Office,
    me: &SignedIn,
    frame: Frame,
    exam: &Examination,
    under_way: Option<Sitting>,
    results: bool,
) -> Result<ExamPage, PageError> {
    let names = office.names();
    let person = &me.actor.person;
    let named = exam.names(person);
    let title = document::title(&exam.case, &*names);
    let outcomes = exam.outcomes(person);
    let best = outcomes.iter().map(|outcome| outcome.score).max();
    let passed = best.is_some_and(|best| best >= exam.pass());
    let cannot = match (&under_way, named) {
        (None, true) => exam.refusal(&me.actor)?,
        _ => None,
    };
    let asked = match &under_way {
        Some(sitting) => paper(exam, sitting)?,
        None => Vec::new(),
    };
    let rule = exam.drawn().into_iter().map(|(sort, many)| format!("{}题{many}道", sort.name()));
    let left = under_way.as_ref().map_or(0, |sitting| left(office, sitting));
    // The right answers are shown when nothing is left to be gained by them.
    let solved = under_way.is_none() && (passed || cannot.is_some());
    Ok(ExamPage {
        script: &assets::EXAM.url,
        case: exam.case.id.clone(),
        organ: names.organ(exam.case.organ().as_str()),
        rule: rule.collect::<Vec<_>>().join("、"),
        pass: exam.pass(),
        minutes: exam.minutes(),
        tries: exam.tries(),
        best,
        passed,
        cannot,
        asked,
        left,
        ends: under_way.map(|sitting| plain::stamp(sitting.ends)).unwrap_or_default(),
        over: if named { sat(exam, person, solved)? } else { Vec::new() },
        results,
        organiser: match exam.handles(&me.actor) {
            true => Some(organiser(exam, &*names)?),
            false => None,
        },
        named,
        frame: Frame { title: title.clone(), ..frame }.under("在线考试", "/exams"),
        title,
    })
}

fn left(office: &Office, sitting: &Sitting) -> i64 {
    sitting.ends.duration_since(office.clock().now()).as_secs().max(0)
}

fn paper(exam: &Examination, sitting: &Sitting) -> Result<Vec<Asked>, ExamFault> {
    let chosen = chosen(sitting);
    let paper = exam.paper(sitting)?;
    let asked = paper.into_iter().zip(1..).map(|(question, number)| {
        let mine = chosen.get(&number).map_or("", String::as_str);
        let options = question.options.into_iter();
        Asked {
            number,
            sort: question.sort.name(),
            text: question.text,
            many: question.sort == QuestionSort::Multi,
            options: options
                .map(|(letter, words)| Offered { letter, words, on: mine.contains(letter) })
                .collect(),
        }
    });
    Ok(asked.collect())
}

/// The sittings that are over, the last first, with what was wrong in them.
fn sat(exam: &Examination, person: &str, solved: bool) -> Result<Vec<Sat>, ExamFault> {
    let outcomes = exam.outcomes(person);
    let mut over = Vec::new();
    for sitting in exam.sittings(person)?.into_iter().rev() {
        let Some(entry) = sitting.entered else { continue };
        // A result that was struck is not shown.
        let Some(outcome) = outcomes.iter().find(|one| one.version == entry) else { continue };
        let mine = chosen(&sitting);
        let mut wrong = Vec::new();
        for (question, number) in exam.paper(&sitting)?.iter().zip(1..) {
            if is_right(question, &mine, number) {
                continue;
            }
            let say = |letters: &str| {
                let words = |letter: char| {
                    let option = question.options.iter().find(|(one, _)| *one == letter);
                    option.map(|(letter, words)| match question.sort {
                        QuestionSort::Judge => words.clone(),
                        _ => format!("{letter}．{words}"),
                    })
                };
                letters.chars().filter_map(words).collect::<Vec<_>>().join("；")
            };
            let chosen = mine.get(&number).map(|letters| say(letters)).unwrap_or_default();
            wrong.push(Wrong {
                number,
                text: question.text.clone(),
                mine: if chosen.is_empty() { "没有作答".into() } else { chosen },
                answer: if solved { say(&question.answer) } else { String::new() },
                law: question.law.clone(),
            });
        }
        over.push(Sat {
            serial: sitting.serial,
            when: plain::stamp(sitting.started),
            score: outcome.score,
            right: outcome.right,
            asked: outcome.asked,
            wrong,
            solved,
        });
    }
    Ok(over)
}

fn organiser(exam: &Examination, names: &impl Names) -> Result<Organiser, ExamFault> {
    let (_, bank) = exam.bank()?;
    let counts =
        QuestionSort::ALL.map(|(sort, ..)| (format!("{}题", sort.name()), bank.count(sort)));
    let people = exam.people().iter().map(|person| {
        let outcomes = exam.outcomes(person);
        let best = outcomes.iter().map(|outcome| outcome.score).max();
        let passed = best.is_some_and(|best| best >= exam.pass());
        (names.person(person), outcomes.len(), best, passed)
    });
    Ok(Organiser {
        counts: counts.into(),
        lacking: exam.lacking(&bank),
        people: people.collect(),
        faults: bank.faults,
    })
}

/// `POST /cases/{case}/exam`: begins a sitting, keeps it, or hands it in.
pub async fn answer(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    desk.ask(move |office| {
        let exam = Examination::open(office, &id)?;
        let back = format!("/cases/{id}/exam");
        if !exam.names(&me.actor.person) {
            return Err(PageError::Missing);
        }
        let Some(sitting) = under_way(&exam, &me)? else {
            if filled.one("do") == "start" {
                exam.begin(&me.actor)?;
            }
            // Handed in twice, or after the time was over: the result is there.
            return Ok(Redirect::to(&format!("{back}?results=1")).into_response());
        };
        if filled.one("do") != "start" {
            exam.save(&sitting, &answers(&exam, &sitting, &filled)?)?;
        }
        if filled.one("do") != "submit" {
            return Ok(Redirect::to(&back).into_response());
        }
        exam.finish(&sitting)?;
        Ok(Redirect::to(&format!("{back}?results=1")).into_response())
    })
    .await
}

/// `POST /cases/{case}/exam/save`: keeps what has been answered, for the script.
pub async fn save(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    desk.ask(move |office| {
        let exam = Examination::open(office, &id)?;
        if !exam.names(&me.actor.person) {
            return Err(PageError::Missing);
        }
        let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        let Some(sitting) = under_way(&exam, &me)? else {
            let says = json!({ "over": true });
            return Ok((StatusCode::CONFLICT, kind, says.to_string()).into_response());
        };
        let chosen = answers(&exam, &sitting, &filled)?;
        let kept = exam.save(&sitting, &chosen)?;
        let says =
            json!({ "over": !kept, "answered": chosen.len(), "left": left(office, &sitting) });
        Ok((StatusCode::OK, kind, says.to_string()).into_response())
    })
    .await
}

/// The letters chosen, of questions and options that are on the paper.
fn answers(exam: &Examination, sitting: &Sitting, filled: &Filled) -> Result<Chosen, ExamFault> {
    let mut chosen: Chosen = BTreeMap::new();
    for (question, number) in exam.paper(sitting)?.iter().zip(1..) {
        let sent = filled.all(&format!("q.{number}"));
        let letters = question.options.iter().map(|(letter, _)| *letter);
        let mut mine: String =
            letters.filter(|letter| sent.iter().any(|one| one.chars().eq([*letter]))).collect();
        if question.sort != QuestionSort::Multi {
            mine.truncate(1);
        }
        if !mine.is_empty() {
            chosen.insert(number, mine);
        }
    }
    Ok(chosen)
}
