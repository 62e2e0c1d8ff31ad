//! 登录、退出、口令.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde::Deserialize;
use store::{Access, AccessKind, Person};

use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::filled::Filled,
        frame::{Flash, Frame},
        password::{self, LOCKED_MINUTES, TRIES},
        session::{IDLE_MINUTES, SignedForm, SignedIn, Visit, set_cookie},
    },
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Door {
    frame: Frame,
    back: String,
    login: String,
    wrong: String,
    tries: u32,
    minutes: i64,
    idle: i64,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
    #[serde(default)]
    size: String,
}

/// `GET /health`: for the supervisor of the process.
pub async fn health(State(desk): State<Desk>) -> Result<&'static str, PageError> {
    desk.ask(|office| {
        office
            .store()
            .read(office.county(), |read| read.organs().map(|_| "ok").map_err(PageError::from))
    })
    .await
}

/// `GET /display`: 大字版 or 标准字号.
pub async fn display(State(desk): State<Desk>, Query(asked): Query<Back>) -> Response {
    let size = if asked.size == "large" { "large" } else { "" };
    let mut headers = HeaderMap::new();
    headers.extend(
        set_cookie("size", size, desk.behind_proxy(), true)
            .map(|cookie| (header::SET_COOKIE, cookie)),
    );
    (headers, Redirect::to(local(&asked.back))).into_response()
}

/// `GET /sign-in`
pub async fn door(
    State(desk): State<Desk>,
    visit: Visit,
    Query(asked): Query<Back>,
) -> Result<Response, PageError> {
    let frame = desk.public_frame(&visit, "登录");
    page(frame, asked.back, String::new(), String::new()).map(IntoResponse::into_response)
}

fn page(
    frame: Frame,
    back: String,
    login: String,
    wrong: String,
) -> Result<Html<String>, PageError> {
    let door = Door {
        frame,
        back,
        login,
        wrong,
        tries: TRIES,
        minutes: LOCKED_MINUTES,
        idle: IDLE_MINUTES,
    };
    Ok(Html(door.render()?))
}

/// `POST /sign-in`
pub async fn sign_in(
    State(desk): State<Desk>,
    visit: Visit,
    filled: Filled,
) -> Result<Response, PageError> {
    desk.knock(&visit)?;
    let (login, back) = (filled.one("login").trim().to_owned(), filled.one("back"));
    let (typed, secret, source) = (login.clone(), filled.one("password"), visit.source.to_string());
    let outcome = desk.ask(move |office| let_in(office, &typed, &secret, source)).await?;
    match outcome {
        Ok(token) => {
            let mut headers = HeaderMap::new();
            let cookie = set_cookie(desk.cookie_name(), &token, desk.behind_proxy(), false);
            headers.extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok((headers, Redirect::to(local(&back))).into_response())
        }
        Err(wrong) => {
            let frame = desk.public_frame(&visit, "登录");
            let page = page(frame, back, login, wrong)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// A new session's token, or why not. An unknown account and a wrong password look alike and take
/// equally long.
fn let_in(
    office: &Office,
    login: &str,
    secret: &str,
    source: String,
) -> Result<Result<String, String>, PageError> {
    let now = office.clock().now();
    let person = office.store().read(office.county(), |read| {
        let person = read.person_by_login(login)?.filter(|person| person.closed.is_none());
        match person {
            Some(person) => {
                let lockout = read.lockout(&person.id)?;
                Ok::<_, PageError>(Some((person, lockout)))
            }
            None => Ok(None),
        }
    })?;
    let wrong = || Ok(Err("账号或者口令不对".to_owned()));
    let log = |person: &str, kind, detail: &str| Access {
        at: now,
        person: person.into(),
        kind,
        case: None,
        detail: detail.into(),
        source: source.clone(),
    };
    let Some((person, lockout)) = person else {
        password::fits(secret, "");
        let line = log(login, AccessKind::SignInFailed, "没有这个账号");
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
        return wrong();
    };
    if let Some(until) = lockout.until.filter(|until| *until > now) {
        let line = log(&person.id, AccessKind::SignInFailed, "账号锁定中");
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
        let minutes = (until.duration_since(now).as_secs() + 59) / 60;
        return Ok(Err(format!("口令连续 {TRIES} 次不对，账号已锁定，请 {minutes} 分钟后再试")));
    }
    if !password::fits(secret, &person.password) {
        let locks = (lockout.failures + 1) % TRIES == 0;
        let until = locks.then(|| now + SignedDuration::from_mins(LOCKED_MINUTES));
        let line = log(
            &person.id,
            AccessKind::SignInFailed,
            if locks { "口令不对，账号锁定" } else { "口令不对" },
        );
        office.store().write(office.county(), |tx| {
            tx.sign_in_failed(&person.id, until)?;
            tx.access(&line).map_err(PageError::from)
        })?;
        if locks {
            return Ok(Err(format!(
                "口令连续 {TRIES} 次不对，账号已锁定，请 {LOCKED_MINUTES} 分钟后再试"
            )));
        }
        return wrong();
    }
    let token = new_token()?;
    let line = log(&person.id, AccessKind::SignIn, "");
    office.store().write(office.county(), |tx| {
        tx.sign_in_cleared(&person.id)?;
        tx.expire_sessions(now - SignedDuration::from_mins(IDLE_MINUTES))?;
        tx.open_session(&token, &person.id, now)?;
        tx.access(&line).map_err(PageError::from)
    })?;
    Ok(Ok(token))
}

fn new_token() -> Result<String, PageError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| PageError::Broken(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// `POST /sign-out`
pub async fn sign_out(State(desk): State<Desk>, form: SignedForm) -> Result<Response, PageError> {
    let me = form.me;
    let (token, line) =
        (me.session.clone(), (me.actor.person.clone(), me.visit.source.to_string()));
    desk.ask(move |office| {
        let at = office.clock().now();
        let (person, source) = line;
        let line = Access {
            at,
            person,
            kind: AccessKind::SignOut,
            case: None,
            detail: String::new(),
            source,
        };
        office.store().write(office.county(), |tx| {
            tx.close_session(&token)?;
            tx.access(&line).map_err(PageError::from)
        })
    })
    .await?;
    let mut headers = HeaderMap::new();
    let cookie = set_cookie(desk.cookie_name(), "", desk.behind_proxy(), false);
    headers.extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((headers, Redirect::to("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    frame: Frame,
    must: bool,
    wrong: String,
}

/// `GET /password`
pub async fn password(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "修改口令").await?;
    Ok(Html(PasswordPage { frame, must: me.must_change, wrong: String::new() }.render()?))
}

/// `POST /password`: every other session of the person ends.
pub async fn change_password(
    State(desk): State<Desk>,
    form: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = form;
    let (old, new, again) = (filled.one("old"), filled.one("new"), filled.one("again"));
    let (id, login) = (me.actor.person.clone(), me.login.clone());
    let wrong = desk
        .ask(move |office| {
            let person = office
                .store()
                .read(office.county(), |read| read.person(&id).map_err(PageError::from))?;
            let person = person.ok_or(PageError::Missing)?;
            if !password::fits(&old, &person.password) {
                return Ok(Some("现在的口令不对"));
            }
            if new != again {
                return Ok(Some("两次填写的新口令不一样"));
            }
            if new == old {
                return Ok(Some("新口令不能和现在的一样"));
            }
            if let Some(weak) = password::weakness(&new, &login) {
                return Ok(Some(weak));
            }
            let hashed = password::hash(&new).map_err(PageError::Broken)?;
            let person = Person { password: hashed, must_change: false, ..person };
            office.store().write(office.county(), |tx| {
                tx.put_person(&person)?;
                tx.close_sessions(&person.id).map_err(PageError::from)
            })?;
            Ok(None)
        })
        .await?;
    match wrong {
        Some(wrong) => {
            let frame = desk.frame(&me, "修改口令").await?;
            let page = PasswordPage { frame, must: me.must_change, wrong: wrong.into() };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
        }
        None => {
            let flash = Flash::good("口令已经修改，请用新口令登录。");
            let frame = desk.public_frame(&me.visit, "登录").saying(Some(flash));
            page(frame, "/".into(), me.login, String::new()).map(IntoResponse::into_response)
        }
    }
}

/// An address on this very site, or the start page.
pub fn local(back: &str) -> &str {
    let inside =
        back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
    if inside { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_away() {
        assert_eq!(local("/cases/x?act=y"), "/cases/x?act=y");
        for away in
            ["https://example.org", "//example.org", "/\\example.org", "javascript:alert(1)", ""]
        {
            assert_eq!(local(away), "/");
        }
    }
}
