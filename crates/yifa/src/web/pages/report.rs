//! 年度报告: the draft, each number a link to its list; what is missing; the files.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Path, Query, State},
    response::{Html, Response},
};
use paper::report::Weight;
use store::AccessKind;

use super::{
    figures::{Asked, Chosen},
    files::{html, pdf},
    register::download,
};
use crate::{
    office::Office,
    report::{self, Draft, DraftFault, Written},
    web::{
        Desk,
        error::PageError,
        form::{control::Pick, filled::Filled},
        frame::Frame,
        session::{SignedForm, SignedIn},
    },
};

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    frame: Frame,
    organ_path: String,
    year: i16,
    organs: Vec<Pick>,
    years: Vec<Pick>,
    paper: Fragment,
    missing: Vec<(String, String)>,
    doubts: Vec<(String, String)>,
    workings: Vec<(String, String)>,
    chapters: Vec<Chapter>,
}

/// A paper as the paper crate wrote it: every text in it is escaped already.
struct Fragment(String);

impl std::fmt::Display for Fragment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Fragment {}

/// A chapter that a person has to write.
struct Chapter {
    name: String,
    title: String,
    prompt: String,
    text: String,
}

/// `GET /report`
pub async fn draft(
    State(desk): State<Desk>,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    page(&desk, me, asked.organ, asked.year, Filled::default()).await
}

/// `POST /report`: the draft with what a person has written; nothing is kept.
pub async fn written(
    State(desk): State<Desk>,
    form: SignedForm,
) -> Result<Html<String>, PageError> {
    let SignedForm { me, filled } = form;
    page(&desk, me, filled.one("organ"), filled.one("year"), filled).await
}

async fn page(
    desk: &Desk,
    me: SignedIn,
    organ: String,
    year: String,
    filled: Filled,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "年度报告").await?;
    desk.ask(move |office| {
        let chosen = Chosen::of(office, &me.actor, &organ, &year)?;
        let Draft { report, .. } = compiled(office, &chosen, &filled)?;
        let checks = |weight| {
            let some = report.checks.iter().filter(|check| check.weight == weight);
            some.map(|check| (check.place.clone(), check.what.clone())).collect()
        };
        let page = ReportPage {
            frame,
            organ_path: chosen.organ.path.to_string(),
            year: chosen.year,
            organs: chosen.organs,
            years: chosen.years,
            paper: Fragment(paper::html::fragment(&report.paper)),
            missing: checks(Weight::Missing),
            doubts: checks(Weight::Doubt),
            workings: checks(Weight::Working),
            chapters: chapters(office, chosen.year, &filled),
        };
        Ok(Html(page.render()?))
    })
    .await
}

fn compiled(office: &Office, chosen: &Chosen, filled: &Filled) -> Result<Draft, PageError> {
    let written: Written = filled
        .under(CHAPTER)
        .filter_map(|(title, texts)| Some((title.to_owned(), texts.first()?.trim().to_owned())))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    report::draft(office, &chosen.organ, chosen.year, None, &written).map_err(|fault| match fault {
        DraftFault::Store(error) => error.into(),
        DraftFault::Outline(_) => {
            PageError::Forbidden("没有装载年度报告提纲，请检查法律文件夹中的 reports。".into())
        }
    })
}

/// What a person writes for a chapter is sent under its title behind this.
const CHAPTER: &str = "w.";

fn chapters(office: &Office, year: i16, filled: &Filled) -> Vec<Chapter> {
    let outline = office.law().outline(year);
    let blocks = outline.into_iter().flat_map(|outline| &outline.blocks);
    let to_write = blocks.filter_map(|block| Some((block, block.write.clone()?)));
    to_write
        .map(|(block, prompt)| {
            let name = format!("{CHAPTER}{}", block.title);
            Chapter { text: filled.one(&name), name, title: block.title.clone(), prompt }
        })
        .collect()
}

/// `POST /report/{docx|pdf|html|xlsx}`: the draft as a file.
pub async fn file(
    State(desk): State<Desk>,
    Path(form): Path<String>,
    sent: SignedForm,
) -> Result<Response, PageError> {
    let SignedForm { me, filled } = sent;
    desk.ask(move |office| {
        let chosen = Chosen::of(office, &me.actor, &filled.one("organ"), &filled.one("year"))?;
        let Draft { report, figures, .. } = compiled(office, &chosen, &filled)?;
        let name = report.paper.title.replace('\n', "");
        let line = me.access(office, AccessKind::Export, None, &format!("{name}（{form}）"));
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
        match &*form {
            "docx" => {
                let kind =
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
                Ok(download(&format!("{name}.docx"), kind, paper::docx::write(&report.paper)))
            }
            "pdf" => pdf(&report.paper, &format!("{name}.pdf")),
            "html" => Ok(html(&report.paper)),
            "xlsx" => {
                let about = vec![
                    ("单位".to_owned(), chosen.organ.name.clone()),
                    ("年度".to_owned(), chosen.year.to_string()),
                ];
                let title = format!("{}{}年指标数据", chosen.organ.name, chosen.year);
                let book = paper::xlsx::figures(&title, about, &figures, office.clock().today());
                let bytes = book.map_err(|fault| PageError::Broken(fault.to_string()))?;
                let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                Ok(download(&format!("{title}.xlsx"), kind, bytes))
            }
            _ => Err(PageError::Missing),
        }
    })
    .await
}
