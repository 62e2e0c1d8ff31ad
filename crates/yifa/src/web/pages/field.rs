//! 手机填报: reports from the field, with photo and place, and what waits for this person.
//!
//! A report is an opening act like any other. The page keeps what was typed in the telephone until
//! the office has it: a report that could not be sent is sent again under the same action id, so
//! that it is entered once however often it is sent.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use engine::{actor::Actor, show::Names};
use jiff::civil::Date;
use law::procedure::{Act, FieldType, Procedure};
use serde::Deserialize;
use serde_json::json;
use store::TaskFilter;

use super::{
    act::Came,
    open::{Opening, opening, openings, perform},
};
use crate::{
    office::Office,
    web::{
        Desk,
        act_form::ActForm,
        assets,
        error::PageError,
        form::filled::Filled,
        frame::Frame,
        lamp::Lamp,
        session::{SignedForm, SignedIn},
    },
};

/// The longest form that is filled in standing up.
const MOST_FIELDS: usize = 14;
/// Tasks shown.
const TASKS: u32 = 30;

/// The pages of the field speak to the office by themselves, and to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      worker-src 'self'; img-src 'self' data: blob:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// Whether an act is fit for a telephone: it opens a case, asks for a photo and for little else,
/// and nobody has to be looked up or to act along.
fn fit(procedure: &Procedure, act: &Act) -> bool {
    let fields = || act.ask.iter().filter_map(|ask| procedure.fields.get(&ask.field));
    let photo = fields().any(|field| field.ty == FieldType::Files);
    let looked_up = act.ask.iter().filter(|ask| ask.required).any(|ask| {
        let field = procedure.fields.get(&ask.field);
        field.is_some_and(|field| matches!(field.ty, FieldType::Person | FieldType::Organ))
    });
    let alone = act.team.is_none() && act.assign.is_empty();
    let filled = fields().any(|field| field.fill.is_some());
    photo && alone && !looked_up && !filled && act.ask.len() <= MOST_FIELDS
}

/// The reports a person may make from the field.
fn reports(office: &Office, actor: &Actor, today: Date) -> Vec<Report> {
    let law = office.law();
    let mut reports = Vec::new();
    for procedure in law.procedures.keys().filter_map(|id| law.in_force(id, today)) {
        for id in openings(office, actor, procedure, today) {
            let act = procedure.acts.get(&id).filter(|act| fit(procedure, act));
            reports.extend(act.map(|act| Report {
                name: act.name.clone(),
                about: procedure.name.clone(),
                url: format!("/field/{}/{}", procedure.id, act.id),
            }));
        }
    }
    reports
}

/// Whether a person has anything to report from the field.
pub fn anything(office: &Office, actor: &Actor, today: Date) -> bool {
    !reports(office, actor, today).is_empty()
}

struct Report {
    name: String,
    about: String,
    url: String,
}

struct Task {
    lamp: Option<Lamp>,
    name: String,
    about: String,
    url: String,
}

#[derive(Template)]
#[template(path = "field.html")]
struct FieldPage {
    frame: Frame,
    script: &'static str,
    who: String,
    reports: Vec<Report>,
    tasks: Vec<Task>,
    form: Option<ActForm>,
    send: String,
    offline: bool,
}

/// Whether the page is meant to be kept in the telephone: without anybody's cases.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    offline: String,
}

/// `GET /field`
pub async fn start(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let offline = !asked.offline.is_empty();
    let frame = desk.frame(&me, "手机填报").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let page = FieldPage {
            script: &assets::FIELD.url,
            who: me.actor.name.clone(),
            reports: reports(office, &me.actor, today),
            tasks: if offline { Vec::new() } else { tasks(office, &me, today)? },
            form: None,
            send: String::new(),
            offline,
            frame,
        };
        Ok(guarded(Html(page.render()?)))
    })
    .await
}

fn tasks(office: &Office, me: &SignedIn, today: Date) -> Result<Vec<Task>, PageError> {
    let page = office.store().read(office.county(), |read| {
        read.worklist(&me.actor, today, &TaskFilter::default(), None, TASKS)
    })?;
    let names = office.names();
    let tasks = page.rows.iter().map(|task| {
        let procedure = office.law().procedures.get(&task.case.procedure);
        let procedure = procedure.and_then(|editions| editions.last());
        let act = procedure.and_then(|procedure| procedure.acts.get(&task.act));
        let act = act.map_or(String::new(), |act| act.name.clone());
        Task {
            lamp: task.pressing.as_ref().map(|pressing| Lamp::pressing(pressing, today)),
            name: task.case.title.clone(),
            about: format!("{act}　{}", names.organ(task.case.organ.as_str())),
            url: format!("/cases/{}?act={}", task.case.id, task.act),
        }
    });
    Ok(tasks.collect())
}

/// `GET /field/{procedure}/{act}`
pub async fn form(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, act)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let frame = desk.frame(&me, "手机填报").await?;
    desk.ask(move |office| {
        // Without the script the form goes the way of every other.
        let url = format!("/new/{id}/{act}");
        let Opening { procedure, name, form, .. } =
            opening(office, &me, &id, &act, url, &Filled::default(), &[])?;
        if procedure.acts.get(&*act).is_none_or(|act| !fit(&procedure, act)) {
            return Err(PageError::Missing);
        }
        let page = FieldPage {
            script: &assets::FIELD.url,
            who: me.actor.name.clone(),
            reports: Vec::new(),
            tasks: Vec::new(),
            form: Some(form),
            send: format!("/field/{id}/{act}"),
            offline: false,
            frame: frame.titled(name),
        };
        Ok(guarded(Html(page.render()?)))
    })
    .await
}

/// `POST /field/{procedure}/{act}`: what became of a report, for the script.
pub async fn send(
    State(desk): State<Desk>,
    Path((id, act)): Path<(String, String)>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (came, filled) = desk
        .ask(move |office| {
            let mut filled = filled;
            Ok((perform(office, &me, &id, &act, &mut filled)?, filled))
        })
        .await?;
    let wrong = || filled.wrong.values().cloned().collect::<Vec<String>>();
    let (status, says) = match came {
        Came::Done(done) => {
            let case = &done.receipt.entry.case;
            (StatusCode::OK, json!({ "case": format!("/cases/{case}"), "again": done.repeated }))
        }
        Came::Again => (StatusCode::UNPROCESSABLE_ENTITY, json!({ "grounds": wrong() })),
        Came::Refused(grounds) => {
            let grounds: Vec<String> = grounds.iter().map(ToString::to_string).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, json!({ "grounds": grounds }))
        }
        Came::Overtaken | Came::Failed(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "grounds": ["系统正忙，稍后自动再发"] }))
        }
    };
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    Ok((status, kind, says.to_string()).into_response())
}

/// `GET /field/worker.js`: what keeps the page in the telephone.
pub async fn worker() -> Response {
    let allowed = HeaderName::from_static("service-worker-allowed");
    guarded((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
            (allowed, HeaderValue::from_static("/field")),
        ],
        assets::WORKER,
    ))
}

fn guarded(page: impl IntoResponse) -> Response {
    let mut response = page.into_response();
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
