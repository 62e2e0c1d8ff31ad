//! Accounts and posts: given, ended, reset, closed, by whoever administers the organ.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use engine::{
    actor::{OrganPath, Post},
    show::Names,
};
use law::Id;
use store::{AccessKind, Person};

use super::{
    list::{AddForm, list_page},
    person::person_page,
};
use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::{answers, filled::Filled},
        frame::Flash,
        password,
        session::{SignedForm, SignedIn},
        shell::{ADMIN, role_name},
    },
};

/// Whether somebody looks after an account: administers an organ of one of its posts, or any,
/// where it has none.
pub(super) fn manages(me: &SignedIn, posts: &[Post]) -> bool {
    match posts {
        [] => !me.keeps.is_empty(),
        posts => posts.iter().any(|post| me.administers(&post.organ)),
    }
}

fn may_manage(office: &Office, me: &SignedIn, id: &str) -> Result<Person, PageError> {
    let (person, actor) = office
        .store()
        .read(office.county(), |read| Ok::<_, PageError>((read.person(id)?, read.actor(id)?)))?;
    let person = person.ok_or(PageError::Missing)?;
    let posts = actor.map(|actor| actor.posts).unwrap_or_default();
    if manages(me, &posts) {
        Ok(person)
    } else {
        Err(PageError::Forbidden(
            "人员的账号和岗位由其所在机关或者上级机关的系统管理员设置。".into(),
        ))
    }
}

fn may_administer(office: &Office, me: &SignedIn, organ: &OrganPath) -> Result<(), PageError> {
    if me.administers(organ) {
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
            let text = format!(
                "已为{name}开户。初始口令：{secret}　请当面交给本人，首次登录须修改；本页离开后不再显示。"
            );
            let page =
                list_page(&desk, me, organ, AddForm::default(), Some(Flash::good(text))).await?;
            Ok(page.into_response())
        }
        Err(wrong) => {
            let form = AddForm { wrong, ..form };
            let page = list_page(&desk, me, organ, form, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
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
    let plain_login =
        |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._-".contains(char);
    if form.login.len() < 2 || form.login.len() > 40 || !form.login.chars().all(plain_login) {
        return wrong("账号用 2 至 40 位小写字母、数字、点、横线，例如 liuyan 或者 qs.zhang");
    }
    let roles: Vec<Id> = filled
        .all("role")
        .iter()
        .filter(|role| !role.is_empty())
        .map(|role| Id::from(role.as_str()))
        .collect();
    if roles.is_empty() {
        return wrong("请至少选择一个岗位");
    }
    if roles.iter().any(|role| *role != ADMIN && !office.law().organs.roles.contains_key(role)) {
        return wrong("没有这个岗位");
    }
    let Some(from) = answers::date(&form.from) else {
        return wrong("请填写任职日期，例如 2026-03-01");
    };
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
    let line = me.access(
        office,
        AccessKind::Account,
        None,
        &format!("开户 {}（{}）", form.name, form.login),
    );
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
    let text: String =
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    Ok(format!("Y{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
}

/// `POST /people/{person}/posts`
pub async fn give_post(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
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
            let detail = format!(
                "{person} 任 {} {}",
                office.names().organ(post.organ.as_str()),
                role_name(office, &post.role)
            );
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
pub async fn end_post(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let person = id.clone();
    let (me, wrong) = desk
        .ask(move |office| {
            let organ = OrganPath::from(filled.one("organ"));
            may_administer(office, &me, &organ)?;
            let today = office.clock().today();
            let (role, from) = (filled.one("role"), answers::date(&filled.one("from")));
            let actor = office
                .store()
                .read(office.county(), |read| read.actor(&person).map_err(PageError::from))?;
            let posts = actor.map(|actor| actor.posts).unwrap_or_default();
            let post = posts
                .into_iter()
                .find(|post| post.role == *role && post.organ == organ && Some(post.from) == from);
            let post = post.ok_or(PageError::Missing)?;
            let line = me.access(
                office,
                AccessKind::Account,
                None,
                &format!("终止 {person} 的岗位 {}", role_name(office, &role)),
            );
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

async fn after(
    desk: &Desk,
    me: SignedIn,
    id: String,
    wrong: Option<&str>,
    done: &str,
) -> Result<Response, PageError> {
    match wrong {
        Some(wrong) => {
            let page = person_page(desk, me, id, wrong.into(), String::new()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
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
            let kept = Person {
                password: password::hash(&secret).map_err(PageError::Broken)?,
                must_change: true,
                ..kept
            };
            let line =
                me.access(office, AccessKind::Account, None, &format!("重置 {person} 的口令"));
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
pub async fn close(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, PageError> {
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
