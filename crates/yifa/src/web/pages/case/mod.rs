//! 案卷页: what happened, what may be done now and why not, until when.

mod audited;
mod cited;
mod goals;
mod margin;
mod page;
mod stages;
mod timeline;
mod word;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use engine::{authorise::Sight, document, show::Names};
use law::procedure::{Field, Keep};
use serde::Deserialize;
use store::{AccessKind, StoreError};

use crate::{
    office::Office,
    web::{
        Desk,
        case_file::CaseFile,
        error::PageError,
        form::filled::Filled,
        frame::{Flash, Frame},
        plain,
        session::{SignedForm, SignedIn},
    },
};
use margin::{DueView, PartyView, dues, parties};
pub use page::Asked;
use page::view;
use timeline::{FactView, fact};

/// Query of a case page.
#[derive(Deserialize)]
pub struct CaseQuery {
    act: Option<String>,
    /// What the form of the act begins with.
    text: Option<String>,
    done: Option<u32>,
    again: Option<u8>,
}

/// `GET /cases/{case}`
pub async fn show(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<CaseQuery>,
) -> Result<Html<String>, PageError> {
    let asked = Asked {
        act: query.act,
        filled: query.text.map_or_else(Default::default, |text| Filled::of("f.text", text)),
        done: query.done,
        repeated: query.again.is_some(),
        ..Asked::default()
    };
    page(&desk, me, id, asked).await
}

/// A case page with a form open on it, or none.
pub async fn page(
    desk: &Desk,
    me: SignedIn,
    id: String,
    asked: Asked,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "案卷").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        note_personal(office, &me, &file)?;
        Ok(Html(view(office, &me, frame, &file, asked)?.render()?))
    })
    .await
}

/// Whoever sees personal information in full leaves a line. A full disk closes no case file: the
/// line then goes to the log of the process.
fn note_personal(office: &Office, me: &SignedIn, file: &CaseFile) -> Result<(), PageError> {
    let personal =
        |field: &Field| field.keep >= Keep::Personal && file.case.latest(&field.id).is_some();
    if file.sight == Sight::Handling && file.case.procedure.fields.values().any(personal) {
        let line = me.access(
            office,
            AccessKind::Personal,
            Some(&file.case.id),
            file.case.number().unwrap_or_default(),
        );
        match office.store().write(office.county(), |tx| tx.access(&line)) {
            Err(error @ (StoreError::Full | StoreError::Busy)) => {
                tracing::error!(%error, ?line, "a view of personal information was not noted in the database");
            }
            noted => noted?,
        }
    }
    Ok(())
}

/// `POST /cases/{case}/unseal`: the page with its sealed answers opened, once.
pub async fn unseal(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Html<String>, PageError> {
    let SignedForm { me, filled } = form;
    let why = filled.one("why").trim().to_owned();
    if why.is_empty() {
        return Err(PageError::Forbidden(
            "查看封存内容须说明理由。请回到案件页面填写理由。".into(),
        ));
    }
    let frame = desk.frame(&me, "案卷").await?;
    let frame = frame.saying(Some(Flash::good("已打开封存内容，本次查看和理由已经记录。")));
    desk.ask(move |office| {
        let file = CaseFile::unseal(office, &me, &id, &why)?;
        Ok(Html(view(office, &me, frame, &file, Asked::default())?.render()?))
    })
    .await
}

#[derive(Template)]
#[template(path = "case/print.html")]
struct PrintPage {
    frame: Frame,
    heading: String,
    lines: Vec<(&'static str, String)>,
    parties: Vec<PartyView>,
    facts: Vec<FactView>,
    dues: Vec<DueView>,
    printed: String,
}

/// `GET /cases/{case}/print`: the whole file on paper.
pub async fn print(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "打印案卷").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        note_personal(office, &me, &file)?;
        let (case, names) = (&file.case, &file.names);
        let number = case.number().unwrap_or("（未编号）").to_owned();
        let title = document::title(case, &**names);
        let page = PrintPage {
            frame: frame.under(number.clone(), format!("/cases/{id}")),
            heading: format!("{number}　{title}"),
            lines: vec![
                ("程序", format!("{}（{}）", case.procedure.name, case.procedure.version)),
                ("承办机关", names.organ(case.organ().as_str())),
                ("来源机关", names.organ(case.origin().as_str())),
                ("立卷日期", plain::day(case.opened())),
                ("阶段", case.stage_name().to_owned()),
            ],
            parties: parties(&file),
            facts: case.facts().iter().map(|recorded| fact(&file, recorded)).collect(),
            dues: dues(&file, office),
            printed: format!("{}　{}打印", plain::stamp(office.clock().now()), me.actor.name),
        };
        Ok(Html(page.render()?))
    })
    .await
}

#[derive(Template)]
#[template(path = "case/entry.html")]
struct EntryPage {
    frame: Frame,
    id: String,
    version: u32,
    fact: FactView,
    lines: Vec<(&'static str, String)>,
}

/// `GET /cases/{case}/entries/{version}`: one entry and its receipt.
pub async fn entry(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, version)): Path<(String, u32)>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "回执").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        let recorded = file
            .case
            .facts()
            .iter()
            .find(|fact| fact.version == version)
            .ok_or(PageError::Missing)?;
        let receipt = office
            .store()
            .read(office.county(), |read| read.receipt_of(&id, version).map_err(PageError::from))?;
        let receipt = receipt.ok_or(PageError::Missing)?;
        let number = file.case.number().unwrap_or("（未编号）").to_owned();
        let page = EntryPage {
            frame: frame.titled(format!("第 {version} 笔")).under(number, format!("/cases/{id}")),
            lines: vec![
                ("案件", receipt.entry.case.clone()),
                ("账目", format!("第 {version} 笔")),
                ("入账时间", plain::stamp(receipt.entry.at)),
                ("办理日期", receipt.entry.on.to_string()),
                ("依据程序", receipt.entry.law.clone()),
                ("前一笔摘要", receipt.prev.clone()),
                ("本笔摘要（SM3）", receipt.digest.clone()),
            ],
            fact: fact(&file, recorded),
            id,
            version,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// `GET /cases/{case}/entries/{version}/receipt.json`: what the person keeps.
pub async fn receipt(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, version)): Path<(String, u32)>,
) -> Result<Response, PageError> {
    let text = desk
        .ask(move |office| {
            CaseFile::read(office, &me.actor, &id)?;
            let receipt = office.store().read(office.county(), |read| {
                let receipt = read.receipt_of(&id, version)?.ok_or(PageError::Missing)?;
                read.prove(receipt).map_err(PageError::from)
            })?;
            serde_json::to_string_pretty(&receipt)
                .map_err(|error| PageError::Broken(error.to_string()))
        })
        .await?;
    let name = format!("attachment; filename=\"receipt-{version}.json\"");
    Ok((
        [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        text,
    )
        .into_response())
}

#[derive(Template)]
#[template(path = "case/verify.html")]
struct VerifyPage {
    frame: Frame,
    heading: String,
    damage: Vec<String>,
    entries: u32,
    digest: String,
}

/// `GET /cases/{case}/verify`: is the chain of this case whole?
pub async fn verify(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "核验本卷").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        let version = file.case.version();
        let (damage, receipt) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((read.verify_case(&id)?, read.receipt_of(&id, version)?))
        })?;
        let number = file.case.number().unwrap_or("（未编号）").to_owned();
        let page = VerifyPage {
            frame: frame.under(number.clone(), format!("/cases/{id}")),
            heading: number,
            damage: damage.iter().map(|damage| damage.to_string()).collect(),
            entries: version,
            digest: receipt.map(|receipt| receipt.digest).unwrap_or_default(),
        };
        Ok(Html(page.render()?))
    })
    .await
}
