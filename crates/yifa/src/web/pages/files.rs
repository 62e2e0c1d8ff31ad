//! 文书和附件 of a case, as files.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{authorise::Sight, document::names_people, fact::Recorded};
use law::value::{FileRef, Value};

use store::Material;

use super::register::download;
use crate::{
    office::Office,
    web::{Desk, case_file::CaseFile, error::PageError, session::SignedIn},
};

/// `GET /cases/{case}/documents/{version}/{document}.{docx|pdf|html}`: the text that was issued,
/// in the form asked for.
pub async fn document(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, version, file)): Path<(String, u32, String)>,
) -> Result<Response, PageError> {
    desk.ask(move |office| {
        let (document, form) = file.rsplit_once('.').ok_or(PageError::Missing)?;
        let found = CaseFile::read(office, &me.actor, &id)?;
        let procedure = &found.case.procedure;
        let definition = procedure.documents.get(document).ok_or(PageError::Missing)?;
        if found.sight != Sight::Handling && names_people(procedure, definition) {
            return Err(PageError::Forbidden(
                "文书含有当事人的个人信息，由承办本案的人查看和打印。".into(),
            ));
        }
        let name = definition.name.clone();
        let text = office.store().read(office.county(), |read| {
            read.issued_text(&id, version, document, Sight::Handling).map_err(PageError::from)
        })?;
        let text = text.ok_or(PageError::Missing)?;
        let paper = paper::from_markdown(&text);
        let number = found.case.number().unwrap_or("文书");
        match form {
            "docx" => {
                let kind =
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
                Ok(download(&format!("{number} {name}.docx"), kind, paper::docx::write(&paper)))
            }
            "pdf" => pdf(&paper, &format!("{number} {name}.pdf")),
            "html" => Ok(html(&paper)),
            _ => Err(PageError::Missing),
        }
    })
    .await
}

/// A paper as PDF, or a sentence that says why not.
pub fn pdf(paper: &paper::Paper, name: &str) -> Result<Response, PageError> {
    let fonts = paper::pdf::Fonts::installed()
        .map_err(|missing| PageError::Forbidden(format!("{missing}。")))?;
    let printed = paper::pdf::write(paper, fonts);
    if !printed.missing.is_empty() {
        let missing: String = printed.missing.iter().collect();
        let why = format!("本机的字体里没有“{missing}”，PDF里会是空框。请改用DOCX或者网页打印。");
        return Err(PageError::Forbidden(why));
    }
    Ok(download(name, "application/pdf", printed.file))
}

/// A paper as a page to look at and print. Its style is its own.
pub fn html(paper: &paper::Paper) -> Response {
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (StatusCode::OK, headers, paper::html::standalone(paper)).into_response()
}

/// `GET /cases/{case}/files/{digest}`: an attachment, only through a case that it belongs to.
pub async fn material(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, digest)): Path<(String, String)>,
) -> Result<Response, PageError> {
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        let (named, material) = kept(office, &file, &digest)?;
        Ok(download(&named.name, &material.kind, material.content))
    })
    .await
}

/// An attachment of a case: what it is called, and its content.
pub fn kept(
    office: &Office,
    file: &CaseFile,
    digest: &str,
) -> Result<(FileRef, Material), PageError> {
    let facts = file.case.facts();
    let named = facts.iter().find_map(|recorded| attached(recorded, digest));
    let named = named.ok_or(PageError::Missing)?.clone();
    let material =
        office.store().read(office.county(), |read| read.file(digest).map_err(PageError::from))?;
    Ok((named, material.ok_or(PageError::Missing)?))
}

fn attached<'f>(recorded: &'f Recorded, digest: &str) -> Option<&'f FileRef> {
    let files = recorded.fact.answers.values().filter_map(|value| match value {
        Value::Files(files) => Some(files),
        _ => None,
    });
    files.flatten().find(|file| file.digest == digest)
}
