//! 登记新案: choose a duty, fill in its opening act.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use engine::{
    action::Target,
    actor::{Actor, OrganPath},
    refusal::Ground,
    show::Names,
};
use jiff::civil::Date;
use law::{Id, procedure::Procedure};

use super::{
    act::{Came, failed, send},
    register::{Row, row},
};
use crate::{
    intake::{self, Hint},
    office::Office,
    web::{
        Desk,
        act_form::{ActForm, Making, action, keep_uploads},
        error::PageError,
        form::{answers, control::Control, filled::Filled},
        frame::Frame,
        plain,
        session::{SignedForm, SignedIn},
        shell::seats,
    },
};

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    frame: Frame,
    sub: String,
    form: Option<ActForm>,
    groups: Vec<(String, Vec<Entry>)>,
    hints: Vec<(Row, String)>,
    ground: Option<String>,
}

struct Entry {
    name: String,
    about: String,
    act: String,
    url: String,
}

/// The organs in which a person may open a case of a procedure, each with the acts.
fn places(actor: &Actor, procedure: &Procedure, today: Date) -> Vec<(OrganPath, Vec<Id>)> {
    let places = seats(actor, today).into_iter().map(|organ| {
        let acts = engine::available::openings(procedure, actor, &organ, today);
        let acts = acts.into_iter().map(|act| act.id.clone()).collect();
        (organ, acts)
    });
    places.filter(|(_, acts): &(_, Vec<Id>)| !acts.is_empty()).collect()
}

/// The acts with which a person may open a case of a procedure somewhere.
pub fn openings(_office: &Office, actor: &Actor, procedure: &Procedure, today: Date) -> Vec<Id> {
    let mut acts: Vec<Id> = Vec::new();
    for act in places(actor, procedure, today).into_iter().flat_map(|(_, acts)| acts) {
        if !acts.contains(&act) {
            acts.push(act);
        }
    }
    acts
}

/// Whether a person may open any case.
pub fn anything(office: &Office, actor: &Actor, today: Date) -> bool {
    let law = office.law();
    law.procedures
        .keys()
        .filter_map(|id| law.in_force(id, today))
        .any(|procedure| !places(actor, procedure, today).is_empty())
}

/// `GET /new`
pub async fn choose(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "登记新案").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let law = office.law();
        let mut groups: Vec<(String, Vec<Entry>)> = Vec::new();
        for procedure in law.procedures.keys().filter_map(|id| law.in_force(id, today)) {
            for id in openings(office, &me.actor, procedure, today) {
                let Some(act) = procedure.acts.get(&id) else { continue };
                let entry = Entry {
                    name: procedure.name.clone(),
                    about: act.basis.text.clone(),
                    act: act.name.clone(),
                    url: format!("/new/{}/{id}", procedure.id),
                };
                match groups.iter_mut().find(|(name, _)| *name == procedure.group) {
                    Some((_, entries)) => entries.push(entry),
                    None => groups.push((procedure.group.clone(), vec![entry])),
                }
            }
        }
        let sub = "按您的岗位可以登记的事项。".into();
        let page = NewPage { frame, sub, form: None, groups, hints: Vec::new(), ground: None };
        Ok(Html(page.render()?))
    })
    .await
}

/// `GET /new/{procedure}/{act}`
pub async fn form(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((procedure, act)): Path<(String, String)>,
) -> Result<Html<String>, PageError> {
    page(&desk, me, procedure, act, Filled::default(), Vec::new(), None).await
}

async fn page(
    desk: &Desk,
    me: SignedIn,
    id: String,
    act: String,
    filled: Filled,
    grounds: Vec<Ground>,
    seen: Option<Seen>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "登记新案").await?;
    desk.ask(move |office| {
        let url = format!("/new/{id}/{act}");
        let Opening { procedure, here, name, mut form } =
            opening(office, &me, &id, &act, url, &filled, &grounds)?;
        let names = office.names();
        form.looked = seen.is_some();
        let Seen { hints, ground } = seen.unwrap_or_default();
        let hints = hints.iter().map(|hint| (row(office, &hint.case), hint.why.join("、")));
        let page = NewPage {
            frame: frame.titled(format!("{}：{name}", procedure.name)).under("登记新案", "/new"),
            sub: format!("{}　程序版本 {}", names.organ(here.as_str()), procedure.version),
            form: Some(form),
            groups: Vec::new(),
            hints: hints.collect(),
            ground,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// What is shown before a case is opened. 受理提示
#[derive(Default)]
struct Seen {
    hints: Vec<Hint>,
    ground: Option<String>,
}

/// What has to be looked at first, if anything has and it has not been.
fn to_look_at(
    office: &Office,
    me: &SignedIn,
    id: &str,
    act: &str,
    filled: &mut Filled,
) -> Result<Option<Seen>, PageError> {
    let today = office.clock().today();
    let procedure = in_force(office, id, today)?;
    if procedure.similar.is_none() || filled.one("looked") == "1" || !filled.more.is_empty() {
        return Ok(None);
    }
    let Some(act) = procedure.acts.get(act) else { return Ok(None) };
    let answers = answers::read(&procedure, act, filled);
    if !filled.wrong.is_empty() {
        return Ok(None);
    }
    let hints = intake::hints(office, &me.actor, &procedure, &answers)?;
    if hints.is_empty() {
        return Ok(None);
    }
    let ground = intake::ground(office, &procedure, &answers)?.map(|ground| {
        let doubt = if ground.doubtful { "，也可能是别处，请核对" } else { "" };
        format!("属地：{}（地点里写了“{}”{doubt}）", ground.name, ground.words)
    });
    keep_uploads(office, filled)?;
    Ok(Some(Seen { hints, ground }))
}

/// The form that opens a case, and where the case is opened.
pub struct Opening {
    /// The procedure.
    pub procedure: Arc<Procedure>,
    /// The organ that will handle the case.
    pub here: OrganPath,
    /// The act in words.
    pub name: String,
    /// Its form.
    pub form: ActForm,
}

/// The form of an opening act for somebody who may open a case somewhere.
pub fn opening(
    office: &Office,
    me: &SignedIn,
    id: &str,
    act: &str,
    url: String,
    filled: &Filled,
    grounds: &[Ground],
) -> Result<Opening, PageError> {
    let today = office.clock().today();
    let procedure = in_force(office, id, today)?;
    let act = procedure.acts.get(act).filter(|act| act.opens_case()).ok_or(PageError::Missing)?;
    let mut organs = places(&me.actor, &procedure, today);
    organs.retain(|(_, acts)| acts.contains(&act.id));
    let Some((first, _)) = organs.first() else {
        let who: Vec<String> = act.by.iter().map(|role| plain::role(&procedure, role)).collect();
        return Err(PageError::Forbidden(format!(
            "“{}”由{}办（{}）。",
            act.name,
            who.join("、"),
            act.basis.text
        )));
    };
    let chosen = filled.one("organ");
    let here = organs
        .iter()
        .map(|(organ, _)| organ)
        .find(|organ| organ.as_str() == chosen)
        .unwrap_or(first)
        .clone();
    let (people, all_organs) = office.store().read(office.county(), |read| {
        Ok::<_, PageError>((read.people_around(&here, today)?, read.organs()?))
    })?;
    let names = office.names();
    let making = Making {
        me,
        office,
        procedure: &procedure,
        organ: &here,
        case: None,
        people: &people,
        organs: &all_organs,
        names: &names,
        today,
    };
    let able: Vec<String> = people.iter().map(|person| person.person.clone()).collect();
    let mut form = making.form(act, url, None, &able, filled)?;
    let list: Vec<(String, String)> =
        organs.iter().map(|(organ, _)| (organ.to_string(), names.organ(organ.as_str()))).collect();
    if list.len() > 1 {
        form.organ = Some(Control::choice("organ", "承办机关", &list, here.as_str()));
    }
    if !grounds.is_empty() {
        form = form.refused(&act.name, grounds);
    } else if !filled.wrong.is_empty() {
        form = form.unreadable(filled);
    }
    let name = act.name.clone();
    Ok(Opening { procedure, here, name, form })
}

fn in_force(office: &Office, id: &str, today: Date) -> Result<Arc<Procedure>, PageError> {
    office.law().in_force(id, today).cloned().ok_or(PageError::Missing)
}

/// `POST /new/{procedure}/{act}`
pub async fn open(
    State(desk): State<Desk>,
    Path((procedure, act)): Path<(String, String)>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (id, act_id) = (procedure.clone(), act.clone());
    let (me, filled, came) = desk
        .ask(move |office| {
            let mut filled = filled;
            if let Some(seen) = to_look_at(office, &me, &id, &act_id, &mut filled)? {
                return Ok((me, filled, Err(seen)));
            }
            let came = perform(office, &me, &id, &act_id, &mut filled)?;
            Ok((me, filled, Ok(came)))
        })
        .await?;
    let came = match came {
        Ok(came) => came,
        Err(seen) => {
            let page = page(&desk, me, procedure, act, filled, Vec::new(), Some(seen)).await?;
            return Ok(page.into_response());
        }
    };
    let (status, grounds) = match came {
        Came::Done(done) => {
            let entry = &done.receipt.entry;
            let again = if done.repeated { "&again=1" } else { "" };
            let url = format!("/cases/{}?done={}{again}", entry.case, entry.version);
            return Ok(Redirect::to(&url).into_response());
        }
        Came::Again if !filled.more.is_empty() => (StatusCode::OK, Vec::new()),
        Came::Again => (StatusCode::UNPROCESSABLE_ENTITY, Vec::new()),
        Came::Refused(grounds) => (StatusCode::UNPROCESSABLE_ENTITY, grounds),
        Came::Failed(ground) => (StatusCode::SERVICE_UNAVAILABLE, vec![ground]),
        Came::Overtaken => {
            let say = "案号刚被他人取用，请再提交一次";
            (StatusCode::CONFLICT, vec![Ground::plain("overtaken", say)])
        }
    };
    let looked = filled.one("looked") == "1";
    let seen = looked.then(Seen::default);
    let page = page(&desk, me, procedure, act, filled, grounds, seen).await?;
    Ok((status, page).into_response())
}

/// Opens the case a form asks for.
pub fn perform(
    office: &Office,
    me: &SignedIn,
    id: &str,
    act: &str,
    filled: &mut Filled,
) -> Result<Came, PageError> {
    let today = office.clock().today();
    let procedure = in_force(office, id, today)?;
    let act = procedure.acts.get(act).filter(|act| act.opens_case()).ok_or(PageError::Missing)?;
    let organs = places(&me.actor, &procedure, today);
    let typed = filled.one("organ");
    let able = organs.iter().filter(|(_, acts)| acts.contains(&act.id)).map(|(organ, _)| organ);
    let organ = able.clone().find(|organ| organ.as_str() == typed).or_else(|| able.clone().next());
    let Some(organ) = organ.cloned().or_else(|| seats(&me.actor, today).into_iter().next()) else {
        return Err(PageError::Forbidden("您没有在任岗位。".into()));
    };
    if let Err(error) = keep_uploads(office, filled) {
        return failed(error);
    }
    let target = Target::Open { procedure: procedure.id.clone(), organ, parent: None };
    let action = action(&procedure, act, target, filled, today);
    send(office, me, action, filled)
}
