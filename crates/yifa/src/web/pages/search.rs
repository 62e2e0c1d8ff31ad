//! 搜索: by number, party or words, within what the person may know of.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use store::{CaseRow, RegisterFilter, Visible};

use crate::web::{
    Desk,
    error::PageError,
    frame::Frame,
    pages::register::{self, Row},
    paging::ROWS,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    rows: Vec<Row>,
    more: bool,
}

/// What is looked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /search`: a case number leads straight to its case.
pub async fn search(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let text: String = asked.q.trim().chars().take(80).collect();
    let frame = Frame { query: text.clone(), ..desk.frame(&me, "搜索").await? };
    desk.ask(move |office| {
        let visible = Visible::to(&me.actor, office.county(), office.clock().today());
        let found = office.store().read(office.county(), |read| {
            if text.is_empty() {
                return Ok::<_, PageError>((None, Vec::new(), Vec::new()));
            }
            let numbered = read.case_numbered(&text, &visible)?;
            let party = RegisterFilter { party: Some(text.clone()), ..RegisterFilter::default() };
            let words = RegisterFilter { text: Some(text.clone()), ..RegisterFilter::default() };
            let of_party = read.register(&party, &visible, None, ROWS)?.rows;
            let with_words = read.register(&words, &visible, None, ROWS)?.rows;
            Ok((numbered, of_party, with_words))
        })?;
        let (numbered, mut cases, with_words) = found;
        if let Some(case) = numbered {
            return Ok(Redirect::to(&format!("/cases/{}", case.id)).into_response());
        }
        let more = cases.len().max(with_words.len()) >= ROWS as usize;
        let others: Vec<CaseRow> = with_words
            .into_iter()
            .filter(|case| !cases.iter().any(|other| other.id == case.id))
            .collect();
        cases.extend(others);
        let rows = cases.iter().map(|case| register::row(office, case)).collect();
        Ok(Html(SearchPage { frame, rows, more }.render()?).into_response())
    })
    .await
}
