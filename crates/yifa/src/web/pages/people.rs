//! 人员与资格: the organ tree, who holds which post, who holds which credential.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use engine::{
    actor::{Actor, OrganPath, Post},
    show::Names,
};
use jiff::civil::Date;
use law::Id;
use serde::Deserialize;
use store::{AccessKind, Organ, Person};

use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::{answers, control::Pick, filled::Filled},
        frame::{Flash, Frame},
        password,
        session::{SignedForm, SignedIn},
        shell::{ADMIN, administers, role_name, seats},
    },
};

#[derive(Template)]
#[template(path = "people/list.html")]
struct ListPage {
    frame: Frame,
    tree: Vec<Branch>,
    organ: String,
    kind: String,
    rows: Vec<Member>,
    manages: bool,
    add: AddForm,
}

/// An organ in the tree, with how far it is indented.
struct Branch {
    name: String,
    url: String,
    depth: usize,
    here: bool,
    count: usize,
}

struct Member {
    id: String,
    name: String,
    posts: Vec<String>,
    held: Vec<(String, &'static str)>,
}

#[derive(Default)]
struct AddForm {
    name: String,
    login: String,
    from: String,
    wrong: String,
    open: bool,
    organ: String,
    roles: Vec<Pick>,
}

/// Which organ.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    organ: String,
}

/// `GET /people`
pub async fn list(State(desk): State<Desk>, me: SignedIn, Query(asked): Query<Asked>) -> Result<Html<String>, PageError> {
    list_page(&desk, me, asked.organ, AddForm::default(), None).await
}

async fn list_page(
    desk: &Desk,
    me: SignedIn,
    organ: String,
    add: AddForm,
    flash: Option<Flash>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "人员与资格").await?;
    let frame = if flash.is_some() { frame.saying(flash) } else { frame };
    desk.ask(move |office| {
        let today = office.clock().today();
        let mine = seats(&me.actor, today);
        let (organs, posts, people) = office.store().read(office.county(), |read| {
            let organs = read.organs()?;
            let posts = read.posts(&OrganPath::from(office.county()))?;
            let here = chosen(&organs, &organ, &mine);
            let mut ids: Vec<String> = match &here {
                Some(here) => {
                    let in_it = posts.iter().filter(|(_, post)| post.organ == here.path && post.on(today));
                    in_it.map(|(person, _)| person.clone()).collect()
                }
                None => Vec::new(),
            };
            ids.sort();
            ids.dedup();
            Ok::<_, PageError>((organs, posts, read.actors(&ids)?))
        })?;
        let here = chosen(&organs, &organ, &mine).ok_or(PageError::Missing)?;
        let mut counts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (person, post) in posts.iter().filter(|(_, post)| post.on(today)) {
            let people = counts.entry(post.organ.as_str()).or_default();
            if !people.contains(&person.as_str()) {
                people.push(person);
            }
        }
        let tree = organs
            .iter()
            .filter(|organ| organ.to.is_none_or(|to| today <= to))
            .map(|organ| Branch {
                name: organ.name.clone(),
                url: crate::web::paging::Address::to("/people").with("organ", organ.path.as_str()).into(),
                depth: organ.path.as_str().matches('/').count(),
                here: organ.path == here.path,
                count: counts.get(organ.path.as_str()).map_or(0, Vec::len),
            })
            .collect();
        let mut rows: Vec<Member> = people.iter().map(|actor| member(office, actor, &here.path, today)).collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        let roles = roles(office, here, "");
        let from = if add.from.is_empty() { today.to_string() } else { add.from.clone() };
        let page = ListPage {
            frame,
            tree,
            organ: here.name.clone(),
            kind: office.law().organs.kinds.get(&here.kind).map(|kind| kind.name.clone()).unwrap_or_default(),
            rows,
            manages: administers(&me.actor, &here.path, today),
            add: AddForm { roles, from, organ: here.path.to_string(), ..add },
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn chosen<'o>(organs: &'o [Organ], asked: &str, mine: &[OrganPath]) -> Option<&'o Organ> {
    let named = organs.iter().find(|organ| organ.path.as_str() == asked);
    let own = || organs.iter().find(|organ| mine.first() == Some(&organ.path));
    named.or_else(own).or_else(|| organs.first())
}

/// The posts an organ of its kind may have; any, where the law names none for the kind.
fn roles(office: &Office, organ: &Organ, chosen: &str) -> Vec<Pick> {
    let law = &office.law().organs;
    let usual = law.kinds.get(&organ.kind).map(|kind| kind.roles.clone()).unwrap_or_default();
    let all = law.roles.keys().filter(|role| usual.is_empty() || usual.contains(role));
    let mut picks: Vec<Pick> = all
        .map(|role| Pick { code: role.to_string(), label: role_name(office, role), on: *role == *chosen })
        .collect();
    if !picks.iter().any(|pick| pick.code == ADMIN) {
        picks.push(Pick { code: ADMIN.into(), label: role_name(office, ADMIN), on: chosen == ADMIN });
    }
    picks
}

fn member(office: &Office, actor: &Actor, organ: &OrganPath, today: Date) -> Member {
    let posts = actor.posts.iter().filter(|post| post.on(today) && post.organ == *organ);
    Member {
        id: actor.person.clone(),
        name: actor.name.clone(),
        posts: posts.map(|post| role_name(office, &post.role)).collect(),
        held: held(actor, today).into_iter().map(|(name, _, _, state)| (name, state)).collect(),
    }
}

/// Credentials: name, number, until when, and the state's class.
fn held(actor: &Actor, today: Date) -> Vec<(String, String, String, &'static str)> {
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
pub async fn show(State(desk): State<Desk>, me: SignedIn, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    person_page(&desk, me, id, String::new(), String::new()).await
}

async fn person_page(desk: &Desk, me: SignedIn, id: String, wrong: String, secret: String) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "人员").await?;
    desk.ask(move |office| {
        let today = office.clock().today();
        let (person, actor, organs, people) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((read.person(&id)?, read.actor(&id)?, read.organs()?, read.people()?))
        })?;
        let person = person.ok_or(PageError::Missing)?;
        let names = office.names();
        let (posts, held_rows) = match &actor {
            Some(actor) => (actor.posts.clone(), held(actor, today)),
            None => (Vec::new(), Vec::new()),
        };
        let manages = manages(&me.actor, &posts, today);
        let posts = posts.iter().rev().map(|post| PostRow {
            role: role_name(office, &post.role),
            role_id: post.role.to_string(),
            organ: names.organ(post.organ.as_str()),
            organ_path: post.organ.to_string(),
            from: post.from.to_string(),
            to: post.to.map_or_else(|| "至今".into(), |to| to.to_string()),
            now: post.on(today),
            stands_in: post.substitute_for.as_ref().map(|person| names.person(person)).unwrap_or_default(),
            ends: post.to.is_none_or(|to| to > today) && administers(&me.actor, &post.organ, today),
        });
        let mine = organs.iter().filter(|organ| administers(&me.actor, &organ.path, today));
        let all_roles = office.law().organs.roles.keys().map(|role| role.as_str()).chain([ADMIN]);
        let mut roles: Vec<Pick> =
            all_roles.map(|role| Pick { code: role.into(), label: role_name(office, role), on: false }).collect();
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
            organs: mine.map(|organ| Pick { code: organ.path.to_string(), label: organ.name.clone(), on: false }).collect(),
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

/// Whether somebody looks after an account: administers an organ of one of its posts, or any,
/// where it has none.
fn manages(actor: &Actor, posts: &[Post], today: Date) -> bool {
    if posts.is_empty() {
        return actor.posts.iter().any(|post| post.role == ADMIN && post.on(today));
    }
    posts.iter().any(|post| administers(actor, &post.organ, today))
}

fn may_manage(office: &Office, me: &SignedIn, id: &str) -> Result<Person, PageError> {
    let today = office.clock().today();
    let (person, actor) = office.store().read(office.county(), |read| {
        Ok::<_, PageError>((read.person(id)?, read.actor(id)?))
    })?;
    let person = person.ok_or(PageError::Missing)?;
    let posts = actor.map(|actor| actor.posts).unwrap_or_default();
    if manages(&me.actor, &posts, today) {
        Ok(person)
    } else {
        Err(PageError::Forbidden("人员的账号和岗位由其所在机关或者上级机关的系统管理员设置。".into()))
    }
}

fn may_administer(office: &Office, me: &SignedIn, organ: &OrganPath) -> Result<(), PageError> {
    if administers(&me.actor, organ, office.clock().today()) {
        Ok(())
    } else {
        let name = office.names().organ(organ.as_str());
        Err(PageError::Forbidden(format!("{name}的岗位由本机关或者上级机关的系统管理员设置。")))
    }
}

/// `POST /people`: a new account with its first post.
pub async fn add(State(desk): State<Desk>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let organ = filled.one("organ");
    let form = AddForm {
        name: filled.one("name").trim().to_owned(),
        login: filled.one("login").trim().to_owned(),
        from: filled.one("from"),
        open: true,
        ..AddForm::default()
    };
    let (me, form, made) = desk
        .ask(move |office| {
            let organ = OrganPath::from(filled.one("organ"));
            may_administer(office, &me, &organ)?;
            let made = new_person(office, &me, &form, &filled, organ)?;
            Ok((me, form, made))
        })
        .await?;
    match made {
        Ok((name, secret)) => {
            let text = format!("已为{name}开户。初始口令：{secret}　请当面交给本人，首次登录须修改；本页离开后不再显示。");
            let page = list_page(&desk, me, organ, AddForm::default(), Some(Flash::good(text))).await?;
            Ok(page.into_response())
        }
        Err(wrong) => {
            let form = AddForm { wrong, ..form };
            let page = list_page(&desk, me, organ, form, None).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn new_person(
    office: &Office,
    me: &SignedIn,
    form: &AddForm,
    filled: &Filled,
    organ: OrganPath,
) -> Result<Result<(String, String), String>, PageError> {
    let wrong = |text: &str| Ok(Err(text.to_owned()));
    if form.name.is_empty() || form.name.chars().count() > 40 {
        return wrong("请填写姓名，至多 40 字");
    }
    let plain_login = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char);
    if form.login.len() < 2 || form.login.len() > 40 || !form.login.chars().all(plain_login) {
        return wrong("账号用 2 至 40 位小写字母、数字、点、横线，例如 liuyan 或者 qs.zhang");
    }
    let roles: Vec<Id> = filled.all("role").iter().filter(|role| !role.is_empty()).map(|role| Id::from(role.as_str())).collect();
    if roles.is_empty() {
        return wrong("请至少选择一个岗位");
    }
    if roles.iter().any(|role| *role != ADMIN && !office.law().organs.roles.contains_key(role)) {
        return wrong("没有这个岗位");
    }
    let Some(from) = answers::date(&form.from) else { return wrong("请填写任职日期，例如 2026-03-01") };
    let secret = temporary_password()?;
    let person = Person {
        id: form.login.clone(),
        name: form.name.clone(),
        login: Some(form.login.clone()),
        password: password::hash(&secret).map_err(PageError::Broken)?,
        secret: None,
        must_change: true,
        closed: None,
    };
    let line = me.access(office, AccessKind::Account, None, &format!("开户 {}（{}）", form.name, form.login));
    let taken = office.store().write(office.county(), |tx| {
        if tx.person_by_login(&form.login)?.is_some() || tx.person(&form.login)?.is_some() {
            return Ok::<_, PageError>(true);
        }
        tx.put_person(&person)?;
        for role in roles {
            let post = Post { role, organ: organ.clone(), from, to: None, substitute_for: None };
            tx.put_post(&person.id, &post)?;
        }
        tx.access(&line)?;
        Ok(false)
    })?;
    if taken {
        return wrong("这个账号已经有人使用，请换一个");
    }
    office.reload_names()?;
    Ok(Ok((form.name.clone(), secret)))
}

/// Easy to read out, hard to guess, good enough for the rules.
fn temporary_password() -> Result<String, PageError> {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| PageError::Broken(error.to_string()))?;
    let text: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    Ok(format!("Y{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
}

/// `POST /people/{person}/posts`
pub async fn give_post(State(desk): State<Desk>, Path(id): Path<String>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let person = id.clone();
    let (me, wrong) = desk
        .ask(move |office| {
            may_manage(office, &me, &person)?;
            let organ = OrganPath::from(filled.one("organ"));
            may_administer(office, &me, &organ)?;
            let role = Id::from(filled.one("role"));
            let from = answers::date(&filled.one("from"));
            let to = answers::date(&filled.one("to"));
            let stands_in = filled.one("substitute_for");
            let known = role == ADMIN || office.law().organs.roles.contains_key(&role);
            let (Some(from), true) = (from, known) else {
                return Ok((me, Some("请选择岗位并填写任职日期")));
            };
            if to.is_some_and(|to| to < from) {
                return Ok((me, Some("终止日期不能早于任职日期")));
            }
            let substitute_for = (!stands_in.is_empty()).then_some(stands_in);
            let post = Post { role, organ, from, to, substitute_for };
            let detail = format!("{person} 任 {} {}", office.names().organ(post.organ.as_str()), role_name(office, &post.role));
            let line = me.access(office, AccessKind::Account, None, &detail);
            office.store().write(office.county(), |tx| {
                tx.put_post(&person, &post)?;
                tx.access(&line).map_err(PageError::from)
            })?;
            Ok((me, None))
        })
        .await?;
    after(&desk, me, id, wrong, "post").await
}

/// `POST /people/{person}/posts/end`: the post ends today; what was done in it stays attributed.
pub async fn end_post(State(desk): State<Desk>, Path(id): Path<String>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let person = id.clone();
    let (me, wrong) = desk
        .ask(move |office| {
            let organ = OrganPath::from(filled.one("organ"));
            may_administer(office, &me, &organ)?;
            let today = office.clock().today();
            let (role, from) = (filled.one("role"), answers::date(&filled.one("from")));
            let actor = office.store().read(office.county(), |read| read.actor(&person).map_err(PageError::from))?;
            let posts = actor.map(|actor| actor.posts).unwrap_or_default();
            let post = posts.into_iter().find(|post| post.role == *role && post.organ == organ && Some(post.from) == from);
            let post = post.ok_or(PageError::Missing)?;
            let line = me.access(office, AccessKind::Account, None, &format!("终止 {person} 的岗位 {}", role_name(office, &role)));
            let post = Post { to: Some(today), ..post };
            office.store().write(office.county(), |tx| {
                tx.put_post(&person, &post)?;
                tx.access(&line).map_err(PageError::from)
            })?;
            Ok((me, None))
        })
        .await?;
    after(&desk, me, id, wrong, "ended").await
}

async fn after(desk: &Desk, me: SignedIn, id: String, wrong: Option<&str>, done: &str) -> Result<Response, PageError> {
    match wrong {
        Some(wrong) => {
            let page = person_page(desk, me, id, wrong.into(), String::new()).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        None => Ok(Redirect::to(&format!("/people/{id}?done={done}")).into_response()),
    }
}

/// `POST /people/{person}/password`: a new temporary password; every session of the person ends.
pub async fn reset_password(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Html<String>, PageError> {
    let me = form.me;
    let person = id.clone();
    let (me, secret) = desk
        .ask(move |office| {
            let kept = may_manage(office, &me, &person)?;
            let secret = temporary_password()?;
            let kept = Person { password: password::hash(&secret).map_err(PageError::Broken)?, must_change: true, ..kept };
            let line = me.access(office, AccessKind::Account, None, &format!("重置 {person} 的口令"));
            office.store().write(office.county(), |tx| {
                tx.put_person(&kept)?;
                tx.sign_in_cleared(&person)?;
                tx.close_sessions(&person)?;
                tx.access(&line).map_err(PageError::from)
            })?;
            Ok((me, secret))
        })
        .await?;
    person_page(&desk, me, id, String::new(), secret).await
}

/// `POST /people/{person}/close`: no more sign-in; the past stays.
pub async fn close(State(desk): State<Desk>, Path(id): Path<String>, form: SignedForm) -> Result<Response, PageError> {
    let me = form.me;
    let person = id.clone();
    let me = desk
        .ask(move |office| {
            let kept = may_manage(office, &me, &person)?;
            let kept = Person { closed: Some(office.clock().now()), ..kept };
            let line = me.access(office, AccessKind::Account, None, &format!("停用账号 {person}"));
            office.store().write(office.county(), |tx| {
                tx.put_person(&kept)?;
                tx.close_sessions(&person)?;
                tx.access(&line).map_err(PageError::from)
            })?;
            Ok(me)
        })
        .await?;
    after(&desk, me, id, None, "closed").await
}
