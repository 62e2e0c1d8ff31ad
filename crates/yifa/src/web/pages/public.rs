//! For everybody, without signing in: 公示、进度查询、回执核验、每日封存.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use engine::{actor::OrganPath, authorise::Sight, document, show::Names};
use law::Id;
use serde::Deserialize;
use store::{
    Access, AccessKind, AfterNotice, NoticeFilter, Published,
    receipt::{Verified, verify_receipt},
};

use super::ledger::{SHOWN_SEALS, SealRow};
use crate::{
    office::Office,
    web::{
        Desk,
        error::PageError,
        form::{control::Pick, filled::Filled},
        frame::Frame,
        paging::{Address, ROWS},
        plain,
        session::Visit,
    },
};

#[derive(Template)]
#[template(path = "public/notices.html")]
struct NoticesPage {
    frame: Frame,
    procedures: Vec<Pick>,
    organs: Vec<Pick>,
    rows: Vec<NoticeRow>,
    first: Option<String>,
    next: Option<String>,
}

struct NoticeRow {
    url: String,
    name: String,
    about: String,
    organ: String,
    on: String,
}

/// Which notices.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    procedure: String,
    organ: String,
    on: String,
    case: String,
}

impl Asked {
    fn address(&self) -> Address {
        Address::to("/notices").with("procedure", &self.procedure).with("organ", &self.organ)
    }
}

/// `GET /notices`
pub async fn notices(
    State(desk): State<Desk>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let frame = desk.public_frame(&visit, "公示");
    desk.ask(move |office| {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let filter = NoticeFilter {
            procedure: given(&asked.procedure).map(Id::from),
            organ: given(&asked.organ).map(OrganPath::from),
        };
        let on = asked.on.parse().ok();
        let after = on.map(|on| AfterNotice { on, case: asked.case.clone() });
        let (page, organs) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((read.notices(&filter, after.as_ref(), ROWS)?, read.organs()?))
        })?;
        let procedures = office.law().newest().filter(|procedure| !procedure.notices.is_empty());
        let page = NoticesPage {
            frame,
            procedures: procedures
                .map(|procedure| pick(&procedure.id, &procedure.name, &asked.procedure))
                .collect(),
            organs: organs
                .iter()
                .filter(|organ| organ.path.as_str().matches('/').count() <= 1)
                .map(|organ| pick(organ.path.as_str(), &organ.name, &asked.organ))
                .collect(),
            rows: page.rows.iter().map(|notice| notice_row(office, notice)).collect(),
            first: after.map(|_| asked.address().into()),
            next: page.next.map(|next| {
                asked.address().with("on", &next.on.to_string()).with("case", &next.case).into()
            }),
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn pick(code: &str, label: &str, now: &str) -> Pick {
    Pick { code: code.into(), label: label.into(), on: code == now }
}

fn notice_row(office: &Office, notice: &Published) -> NoticeRow {
    let about: Vec<&str> = notice.lines.iter().take(2).map(|line| line.text.as_str()).collect();
    NoticeRow {
        url: format!("/notices/{}/{}", notice.case, notice.notice),
        name: notice.name.clone(),
        about: about.join("　"),
        organ: office.names().organ(notice.organ.as_str()),
        on: notice.on.to_string(),
    }
}

#[derive(Template)]
#[template(path = "public/notice.html")]
struct NoticePage {
    frame: Frame,
    lines: Vec<(String, String)>,
    meta: Vec<(&'static str, String)>,
}

/// `GET /notices/{case}/{notice}`
pub async fn notice(
    State(desk): State<Desk>,
    visit: Visit,
    Path((case, notice)): Path<(String, String)>,
) -> Result<Html<String>, PageError> {
    let frame = desk.public_frame(&visit, "公示");
    desk.ask(move |office| {
        let found = office
            .store()
            .read(office.county(), |read| read.notices_of(&case).map_err(PageError::from))?;
        let found =
            found.into_iter().find(|one| one.notice == *notice).ok_or(PageError::Missing)?;
        let organ = office.names().organ(found.organ.as_str());
        let page = NoticePage {
            frame: frame.titled(found.name.clone()),
            meta: vec![
                ("发布机构", organ),
                ("发布日期", plain::day(found.on)),
                ("公开方式", "主动公开".into()),
                ("公开范围", "面向全社会".into()),
                ("索引号", format!("{}/{}", found.case, found.notice)),
            ],
            lines: found.lines.into_iter().map(|line| (line.label, line.text)).collect(),
        };
        Ok(Html(page.render()?))
    })
    .await
}

#[derive(Template)]
#[template(path = "public/track.html")]
struct TrackPage {
    frame: Frame,
    number: String,
    wrong: bool,
    found: Vec<(String, String)>,
}

/// `GET /track`
pub async fn track(State(desk): State<Desk>, visit: Visit) -> Result<Html<String>, PageError> {
    let frame = desk.public_frame(&visit, "办理进度查询");
    Ok(Html(TrackPage { frame, number: String::new(), wrong: false, found: Vec::new() }.render()?))
}

/// `POST /track`: number and code together open what the procedure lets a party see.
pub async fn tracked(
    State(desk): State<Desk>,
    visit: Visit,
    filled: Filled,
) -> Result<Response, PageError> {
    desk.knock(&visit)?;
    let frame = desk.public_frame(&visit, "办理进度查询");
    let (number, code) = (filled.one("number").trim().to_owned(), filled.one("code"));
    let source = visit.source.to_string();
    desk.ask(move |office| {
        let found = office
            .store()
            .read(office.county(), |read| read.tracked(&number, &code).map_err(PageError::from))?;
        let line = Access {
            at: office.clock().now(),
            person: "party".into(),
            kind: AccessKind::Tracking,
            detail: format!("{number}{}", if found.is_some() { "" } else { "（不符）" }),
            case: found.clone(),
            source,
        };
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
        let lines = match &found {
            Some(case) => {
                let case = office.store().read(office.county(), |read| {
                    read.case_seen(case, office.law(), Sight::Seeing).map_err(PageError::from)
                })?;
                let lines = document::tracking(&case, &office.law().calendar, &*office.names());
                lines.into_iter().map(|line| (line.label, line.text)).collect()
            }
            None => Vec::new(),
        };
        let status =
            if found.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let page = TrackPage { frame, number, wrong: found.is_none(), found: lines };
        Ok((status, Html(page.render()?)).into_response())
    })
    .await
}

#[derive(Template)]
#[template(path = "public/verify.html")]
struct VerifyPage {
    frame: Frame,
    text: String,
    wrong: String,
    good: String,
    lines: Vec<(&'static str, String)>,
}

/// `GET /verify`
pub async fn verify(State(desk): State<Desk>, visit: Visit) -> Result<Html<String>, PageError> {
    verify_page(desk.public_frame(&visit, "回执核验"), String::new(), None).map(Html)
}

/// `POST /verify`: a receipt proves itself; nothing of it is kept.
pub async fn verified(
    State(desk): State<Desk>,
    visit: Visit,
    filled: Filled,
) -> Result<Response, PageError> {
    desk.knock(&visit)?;
    let frame = desk.public_frame(&visit, "回执核验");
    let file =
        filled.uploads.first().map(|upload| String::from_utf8_lossy(&upload.bytes).into_owned());
    let text = file.unwrap_or_else(|| filled.one("text"));
    let result = desk
        .ask(move |office| {
            let result = verify_receipt(&text).map_err(|fault| fault.to_string());
            let published = match &result {
                Ok(Verified::Sealed(seal)) => office.store().read(office.county(), |read| {
                    read.seal_of(seal.day).map_err(PageError::from)
                })?,
                _ => None,
            };
            Ok((text, result, published))
        })
        .await?;
    let (text, result, published) = result;
    let status = if result.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = match result {
        Err(fault) => Err(format!("核验不通过：{fault}。请确认文件完整、没有改动。")),
        Ok(Verified::Unsealed) => Ok((
            "回执所载内容与摘要相符；所在日期尚未封存，次日起可以再下载带有封存证明的回执。"
                .to_owned(),
            Vec::new(),
        )),
        Ok(Verified::Sealed(seal)) => {
            let same = published.is_some_and(|published| published.digest == seal.digest);
            let said = if same {
                "核验通过：回执所载记录未被改动，并由当日公开的封所覆盖。"
            } else {
                "回执自身相符，但其日封与本系统公开的封不一致，请向出具机关查询。"
            };
            let lines = vec![("日封日期", seal.day.to_string()), ("封（SM3）", seal.digest)];
            if same { Ok((said.into(), lines)) } else { Err(said.into()) }
        }
    };
    Ok((status, Html(verify_page(frame, text, Some(shown))?)).into_response())
}

type Shown = Result<(String, Vec<(&'static str, String)>), String>;

fn verify_page(frame: Frame, text: String, shown: Option<Shown>) -> Result<String, PageError> {
    let (good, wrong, lines) = match shown {
        None => (String::new(), String::new(), Vec::new()),
        Some(Ok((good, lines))) => (good, String::new(), lines),
        Some(Err(wrong)) => (String::new(), wrong, Vec::new()),
    };
    let text = if text.len() > 20_000 { String::new() } else { text };
    Ok(VerifyPage { frame, text, wrong, good, lines }.render()?)
}

#[derive(Template)]
#[template(path = "public/seals.html")]
struct SealsPage {
    frame: Frame,
    seals: Vec<SealRow>,
}

/// `GET /seals`
pub async fn seals(State(desk): State<Desk>, visit: Visit) -> Result<Html<String>, PageError> {
    let frame = desk.public_frame(&visit, "每日封存");
    desk.ask(move |office| {
        let seals =
            office.store().read(office.county(), |read| read.seals().map_err(PageError::from))?;
        let seals = seals.iter().rev().take(SHOWN_SEALS).map(SealRow::of).collect();
        Ok(Html(SealsPage { frame, seals }.render()?))
    })
    .await
}

/// `GET /seals.json`: every seal, to be kept by another organ.
pub async fn seals_file(State(desk): State<Desk>) -> Result<Response, PageError> {
    desk.ask(|office| {
        let seals =
            office.store().read(office.county(), |read| read.seals().map_err(PageError::from))?;
        let text = serde_json::to_string_pretty(&seals)
            .map_err(|error| PageError::Broken(error.to_string()))?;
        Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
    })
    .await
}
