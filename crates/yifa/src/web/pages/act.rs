//! 办理: a form becomes an action, an action a fact.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use engine::{
    action::{Action, Target},
    builtin::Kind,
    refusal::Ground,
};
use law::{Id, value::Value};
use store::{StoreError, Visible};

use super::{built_in, case};
use crate::{
    office::{Done, Office, Unperformed},
    web::{
        Desk,
        act_form::{action, bare_action, is_action_id, keep_uploads},
        case_file::CaseFile,
        error::PageError,
        form::filled::Filled,
        session::{SignedForm, SignedIn},
    },
};

/// What came of a form.
pub enum Came {
    /// It was done.
    Done(Box<Done>),
    /// It is shown again: another row was asked for, or something could not be read.
    Again,
    /// The law says no.
    Refused(Vec<Ground>),
    /// Somebody else was faster.
    Overtaken,
    /// The machine could not, for now: the form is shown again.
    Failed(Ground),
}

/// `POST /cases/{case}/acts/{act}`
pub async fn take(
    State(desk): State<Desk>,
    Path((id, act)): Path<(String, String)>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (case_id, act_id) = (id.clone(), act.clone());
    let (me, filled, came) = desk
        .ask(move |office| {
            let mut filled = filled;
            let came = perform(office, &me, &case_id, &act_id, &mut filled)?;
            Ok((me, filled, came))
        })
        .await?;
    let seen = filled.one("seen").parse().unwrap_or_default();
    let more = !filled.more.is_empty();
    let again = |grounds, stale| case::Asked {
        act: Some(act),
        filled,
        grounds,
        stale,
        ..Default::default()
    };
    let (status, asked) = match came {
        Came::Done(done) => {
            let version = done.receipt.entry.version;
            let again = if done.repeated { "&again=1" } else { "" };
            return Ok(Redirect::to(&format!("/cases/{id}?done={version}{again}#entry-{version}"))
                .into_response());
        }
        Came::Again if more => (StatusCode::OK, again(Vec::new(), None)),
        Came::Again => (StatusCode::UNPROCESSABLE_ENTITY, again(Vec::new(), None)),
        Came::Refused(grounds) => (StatusCode::UNPROCESSABLE_ENTITY, again(grounds, None)),
        Came::Overtaken => (StatusCode::CONFLICT, again(Vec::new(), Some(seen))),
        Came::Failed(ground) => (StatusCode::SERVICE_UNAVAILABLE, again(vec![ground], None)),
    };
    let page = case::page(&desk, me, id, asked).await?;
    Ok((status, page).into_response())
}

fn perform(
    office: &Office,
    me: &SignedIn,
    id: &str,
    act: &str,
    filled: &mut Filled,
) -> Result<Came, PageError> {
    let file = CaseFile::read(office, &me.actor, id)?;
    if let Err(error) = keep_uploads(office, filled) {
        return failed(error);
    }
    let seen = filled.one("seen").parse().ok();
    let target =
        Target::Case { case: id.to_owned(), seen: Some(seen.unwrap_or(file.case.version())) };
    let action = match file.case.procedure.acts.get(act) {
        Some(act) => action(&file.case.procedure, act, target, filled, file.today),
        None => {
            let kind = Kind::named(act).ok_or(PageError::Missing)?;
            built_in_action(office, me, kind, target, filled)?
        }
    };
    send(office, me, action, filled)
}

fn built_in_action(
    office: &Office,
    me: &SignedIn,
    kind: Kind,
    target: Target,
    filled: &mut Filled,
) -> Result<Action, PageError> {
    let mut answers = built_in::answers(kind, filled);
    if kind == Kind::Link {
        let number = filled.one("f.case").trim().to_owned();
        let visible = Visible::to(&me.actor, office.county(), office.clock().today());
        let found = office.store().read(office.county(), |read| {
            read.case_numbered(&number, &visible).map_err(PageError::from)
        })?;
        match found {
            Some(other) => {
                answers.insert(Id::from("case"), Value::Text(other.id));
            }
            None => {
                filled.wrong.insert("case".into(), format!("没有找到案号“{number}”，请核对"));
            }
        }
    }
    let today = office.clock().today();
    Ok(Action { answers, ..bare_action(kind.id().into(), target, filled, today) })
}

/// Sends an action on its way, if the form could be read.
pub fn send(
    office: &Office,
    me: &SignedIn,
    action: Action,
    filled: &Filled,
) -> Result<Came, PageError> {
    if !filled.more.is_empty() || !filled.wrong.is_empty() {
        return Ok(Came::Again);
    }
    if !is_action_id(&action.id) {
        return Err(PageError::Unreadable);
    }
    match office.perform(&me.actor, &action) {
        Ok(done) => Ok(Came::Done(Box::new(done))),
        Err(Unperformed::Refused(refusal)) => Ok(Came::Refused(refusal.grounds)),
        Err(Unperformed::Store(StoreError::Overtaken)) => Ok(Came::Overtaken),
        Err(Unperformed::Store(error)) => failed(error.into()),
        Err(Unperformed::Unknown) => Err(PageError::Missing),
        Err(error @ Unperformed::Paper { .. }) => {
            tracing::error!(%error, "a document could not be drawn up");
            Ok(Came::Refused(vec![Ground::plain(
                "paper",
                format!("{error}。请联系程序文件的维护人员。"),
            )]))
        }
    }
}

/// What the machine could not do now it may be able to do later, with the same form.
pub fn failed(error: PageError) -> Result<Came, PageError> {
    match error {
        PageError::Store(error @ (StoreError::Busy | StoreError::Full)) => {
            tracing::error!(%error, "an act could not be recorded");
            Ok(Came::Failed(Ground::plain("store", error.to_string())))
        }
        error => Err(error),
    }
}
