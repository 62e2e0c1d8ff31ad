//! One person: posts, credentials, account.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Html,
};
use engine::{actor::Actor, show::Names};
use jiff::civil::Date;

use super::accounts::manages;
use crate::web::{
    Desk,
    error::PageError,
    form::control::Pick,
    frame::Frame,
    session::SignedIn,
    shell::{ADMIN, role_name},
};

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonPage {
    frame: Frame,
    id: String,
    login: String,
    closed: bool,
    posts: Vec<PostRow>,
    held: Vec<HeldRow>,
    manages: bool,
    organs: Vec<Pick>,
    roles: Vec<Pick>,
    others: Vec<Pick>,
    today: String,
    wrong: String,
    secret: String,
}

struct PostRow {
    role: String,
    role_id: String,
    organ: String,
    organ_path: String,
    from: String,
    to: String,
    now: bool,
    stands_in: String,
    ends: bool,
}

struct HeldRow {
    name: String,
    number: String,
    span: String,
    state: &'static str,
}

/// `GET /people/{person}`
pub async fn show(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Html<String>, PageError> {
    person_page(&desk, me, id, String::new(), String::new()).await
}

pub(super) async fn person_page(
    desk: &Desk,
    me: SignedIn,
    id: String,
    wrong: String,
    secret: String,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "人员").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let (person, actor, organs, people) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((
                read.person(&id)?,
                read.actor(&id)?,
                read.organs()?,
                read.people()?,
            ))
        })?;
        let person = person.ok_or(PageError::Missing)?;
        let names = office.names();
        let (posts, held_rows) = match &actor {
            Some(actor) => (actor.posts.clone(), held(actor, today)),
            None => (Vec::new(), Vec::new()),
        };
        let manages = manages(&me, &posts);
        let posts = posts.iter().rev().map(|post| PostRow {
            role: role_name(office, &post.role),
            role_id: post.role.to_string(),
            organ: names.organ(post.organ.as_str()),
            organ_path: post.organ.to_string(),
            from: post.from.to_string(),
            to: post.to.map_or_else(|| "至今".into(), |to| to.to_string()),
            now: post.on(today),
            stands_in: post
                .substitute_for
                .as_ref()
                .map(|person| names.person(person))
                .unwrap_or_default(),
            ends: post.to.is_none_or(|to| to > today) && me.administers(&post.organ),
        });
        let mine = organs.iter().filter(|organ| me.administers(&organ.path));
        let all_roles = office.law().organs.roles.keys().map(|role| role.as_str()).chain([ADMIN]);
        let mut roles: Vec<Pick> = all_roles
            .map(|role| Pick { code: role.into(), label: role_name(office, role), on: false })
            .collect();
        roles.dedup_by(|a, b| a.code == b.code);
        let page = PersonPage {
            frame: frame.titled(person.name.clone()).under("人员与资格", "/people"),
            login: person.login.clone().unwrap_or_default(),
            closed: person.closed.is_some(),
            posts: posts.collect(),
            held: held_rows
                .into_iter()
                .map(|(name, number, span, state)| HeldRow { name, number, span, state })
                .collect(),
            manages,
            organs: mine
                .map(|organ| Pick {
                    code: organ.path.to_string(),
                    label: organ.name.clone(),
                    on: false,
                })
                .collect(),
            roles,
            others: people
                .into_iter()
                .filter(|other| other.id != id && other.closed.is_none())
                .map(|other| Pick { code: other.id, label: other.name, on: false })
                .collect(),
            today: today.to_string(),
            wrong,
            secret,
            id,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// Credentials: name, number, until when, and the state's class.
pub(super) fn held(actor: &Actor, today: Date) -> Vec<(String, String, String, &'static str)> {
    actor
        .held
        .iter()
        .map(|held| {
            let state = match held.until {
                _ if held.from > today => "yellow",
                Some(until) if until < today => "red",
                Some(until) if law::calendar::days_between(today, until) <= 90 => "yellow",
                _ => "green",
            };
            let until = held.until.map_or_else(|| "长期".to_owned(), |until| until.to_string());
            (held.name.clone(), held.number.clone(), format!("{} 至 {until}", held.from), state)
        })
        .collect()
}
