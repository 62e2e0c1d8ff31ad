//! 查看记录: who signed in, looked at personal information, exported; and which acts were refused.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use engine::{builtin, show::Names};
use jiff::Timestamp;
use serde::Deserialize;
use store::{Access, AccessFilter, AccessKind, Attempt};

use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        frame::Frame,
        paging::{Address, ROWS},
        plain,
        session::SignedIn,
    },
};

#[derive(Template)]
#[template(path = "access.html")]
struct LogPage {
    frame: Frame,
    mine: bool,
    admin: bool,
    rows: Vec<Line>,
    next: Option<String>,
}

struct Line {
    at: String,
    who: String,
    kind: &'static str,
    case: String,
    detail: String,
    source: String,
}

/// Whose lines.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Asked {
    mine: String,
    case: String,
    before: String,
}

/// `GET /access`: one's own lines; administrators may see everybody's.
pub async fn log(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "查看记录").await?;
    desk.ask(move |office| {
        let admin = me.administers_all(office);
        let mine = !admin || !asked.mine.is_empty();
        let filter = AccessFilter {
            person: mine.then(|| me.actor.person.clone()),
            case: (!asked.case.is_empty()).then(|| asked.case.clone()),
            before: asked.before.parse::<Timestamp>().ok(),
        };
        let found = office
            .store()
            .read(office.county(), |read| read.accesses(&filter, ROWS).map_err(PageError::from))?;
        let full = found.len() >= ROWS as usize;
        let last = found.last().filter(|_| full).map(|line| line.at.to_string());
        let next = last.map(|before| {
            Address::to("/access")
                .with("mine", &asked.mine)
                .with("case", &asked.case)
                .with("before", &before)
                .into()
        });
        let rows = found.into_iter().map(|line| row(office, line)).collect();
        Ok(Html(LogPage { frame, mine, admin, rows, next }.render()?))
    })
    .await
}

fn row(office: &Office, line: Access) -> Line {
    Line {
        at: plain::stamp(line.at),
        who: office.names().person(&line.person),
        kind: match line.kind {
            AccessKind::SignIn => "登录",
            AccessKind::SignInFailed => "登录失败",
            AccessKind::SignOut => "退出",
            AccessKind::Personal => "查看个人信息",
            AccessKind::Sealed => "查看封存内容",
            AccessKind::Export => "导出",
            AccessKind::Account => "账号、岗位变动",
            AccessKind::Tracking => "凭码查询",
            AccessKind::Erasure => "清除个人信息",
        },
        case: line.case.unwrap_or_default(),
        detail: line.detail,
        source: line.source,
    }
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    frame: Frame,
    rows: Vec<RefusedLine>,
}

struct RefusedLine {
    at: String,
    who: String,
    act: String,
    case: String,
    grounds: Vec<String>,
}

/// `GET /refused`: acts that were refused, with every ground; for administrators.
pub async fn refused(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "不予办理记录").await?.under("查看记录", "/access");
    desk.ask(move |office| {
        if !me.administers_all(office) {
            return Err(PageError::Forbidden("不予办理记录由系统管理员查看。".into()));
        }
        let found = office.store().read(office.county(), |read| {
            let mut found = read.attempts(None, 200)?;
            for attempt in found.iter_mut().filter(|attempt| attempt.procedure.is_empty()) {
                let Some(case) = &attempt.case else { continue };
                let heading = read.heading(case)?;
                attempt.procedure = heading.map_or_else(String::new, |h| h.procedure.to_string());
            }
            Ok::<_, PageError>(found)
        })?;
        let rows = found.into_iter().map(|attempt| refused_row(office, attempt)).collect();
        Ok(Html(RefusedPage { frame, rows }.render()?))
    })
    .await
}

fn refused_row(office: &Office, attempt: Attempt) -> RefusedLine {
    let procedure = office.law().procedures.get(&*attempt.procedure);
    let procedure = procedure.and_then(|editions| editions.last());
    let known = procedure.and_then(|procedure| {
        let act = procedure.acts.get(&*attempt.act)?;
        Some(format!("{}：{}", procedure.name, act.name))
    });
    let built_in = || builtin::Kind::named(&attempt.act).map(|kind| kind.name().to_owned());
    RefusedLine {
        at: plain::stamp(attempt.at),
        who: office.names().person(&attempt.person),
        act: known.or_else(built_in).unwrap_or(attempt.act),
        case: attempt.case.unwrap_or_default(),
        grounds: attempt
            .grounds
            .into_iter()
            .map(|ground| {
                if ground.basis.is_empty() {
                    ground.say
                } else {
                    format!("{}（{}）", ground.say, ground.basis)
                }
            })
            .collect(),
    }
}
