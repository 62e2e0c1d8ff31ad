//! 报告审读: anybody's report as text, figures and doubts marked in place, a list beside it.

use std::collections::BTreeSet;

use askama::{Template, filters::HtmlSafe};
use audit::{Reading, Verdict};
use axum::{
    extract::{Path, State},
    response::{Html, Response},
};
use engine::authorise::Sight;
use paper::model::{Block, Paper, Run, Table};

use super::{figures::Chosen, files::kept, register::download};
use crate::{
    audit::{Audited, Beside, beside_ledger, quoted, said},
    figures::address,
    office::Office,
    web::{
        Desk,
        case_file::CaseFile,
        error::PageError,
        form::{control::Pick, filled::Filled},
        frame::Frame,
        session::{SignedForm, SignedIn},
    },
};

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    organs: Vec<Pick>,
    years: Vec<Pick>,
    wrong: String,
    text: String,
    read: Option<Read>,
}

/// A report as it is shown.
struct Read {
    about: String,
    lines: Vec<Vec<Piece>>,
    doubts: Doubts,
    figures: Vec<Row>,
    take: Option<Take>,
}

/// A stretch of text in one marking.
struct Piece {
    text: String,
    /// What the figure states, if it is one.
    figure: String,
    /// The doubt it belongs to, or nothing.
    doubt: usize,
    /// The first piece of that doubt: the list points here.
    first: bool,
}

/// 疑点 of a report, each with the way to its place, and its figures beside the ledger's: the list
/// that stands beside a report wherever one is read.
#[derive(Template)]
#[template(path = "parts/doubts.html")]
pub struct Doubts {
    doubts: Vec<Doubt>,
    beside: Vec<Held>,
}

impl HtmlSafe for Doubts {}

struct Doubt {
    number: usize,
    verdict: &'static str,
    quoted: String,
    explanation: String,
    placed: bool,
}

/// A figure beside the ledger's.
struct Held {
    said: String,
    list: String,
    agrees: bool,
}

impl Doubts {
    /// The doubts of a report; `shown` are the numbers of those that are marked beside the list.
    pub fn of(
        audited: &Audited,
        shown: &BTreeSet<usize>,
        beside: &[Beside],
        (organ, year): (&str, i16),
    ) -> Self {
        let report = &audited.report;
        let doubts = (1..).zip(audited.doubts()).map(|(number, finding)| Doubt {
            number,
            verdict: finding.verdict.chinese(),
            quoted: quoted(report, finding),
            explanation: finding.explanation.clone(),
            placed: shown.contains(&number),
        });
        let beside = beside.iter().map(|one| Held {
            said: said(report, one),
            list: address(&one.key, organ, year),
            agrees: one.agrees,
        });
        Self { doubts: doubts.collect(), beside: beside.collect() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.doubts.len()
    }
}

struct Row {
    text: String,
    name: String,
    sure: String,
    period: String,
    subject: String,
}

/// Where the figures can be recorded as stated by another unit.
struct Take {
    action: String,
    fields: Vec<(String, String)>,
}

/// `GET /audit`
pub async fn door(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, TITLE).await?;
    desk.ask(move |office| show(office, frame, &me, &Filled::default(), None, String::new())).await
}

const TITLE: &str = "报告审读";

/// `POST /audit`: the report read; nothing is kept.
pub async fn read(State(desk): State<Desk>, form: SignedForm) -> Result<Html<String>, PageError> {
    let SignedForm { me, filled } = form;
    let frame = desk.frame(&me, TITLE).await?;
    desk.ask(move |office| match text_of(&filled) {
        Ok(text) => show(office, frame, &me, &filled, Some(text), String::new()),
        Err(wrong) => show(office, frame, &me, &filled, None, wrong),
    })
    .await
}

/// The text typed or uploaded, or why there is none.
fn text_of(filled: &Filled) -> Result<String, String> {
    match filled.uploads.first() {
        Some(upload) => {
            let read = paper::reading::read(&upload.name, &upload.bytes);
            read.map(|read| read.text).map_err(|refusal| format!("{}：{refusal}", upload.name))
        }
        None if filled.one("text").trim().is_empty() => {
            Err("请选择一个文件，或者粘贴报告全文。".into())
        }
        None => Ok(filled.one("text")),
    }
}

/// `GET /cases/{case}/files/{digest}/audit`: the draft attached to a case.
pub async fn draft(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((case, digest)): Path<(String, String)>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, TITLE).await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &case)?;
        if file.sight != Sight::Handling {
            return Err(PageError::Forbidden("文稿由承办本案的人审读。".into()));
        }
        let (named, material) = kept(office, &file, &digest)?;
        let number = file.case.number().unwrap_or("案卷").to_owned();
        let frame = frame.under(number, format!("/cases/{case}"));
        let read = paper::reading::read(&named.name, &material.content);
        match read {
            Ok(read) => {
                show(office, frame, &me, &Filled::default(), Some(read.text), String::new())
            }
            Err(refusal) => {
                let wrong = format!("{}：{refusal}", named.name);
                show(office, frame, &me, &Filled::default(), None, wrong)
            }
        }
    })
    .await
}

fn show(
    office: &Office,
    frame: Frame,
    me: &SignedIn,
    filled: &Filled,
    text: Option<String>,
    wrong: String,
) -> Result<Html<String>, PageError> {
    let organ = filled.one("organ");
    let mut chosen = Chosen::of(office, &me.actor, &organ, &filled.one("year"))?;
    if organ.is_empty() {
        chosen.organs.iter_mut().for_each(|pick| pick.on = false);
    }
    let read = match &text {
        None => None,
        Some(text) => {
            let audited = office.audits().of_text(office.law(), text);
            let beside = if organ.is_empty() {
                Vec::new()
            } else {
                beside_ledger(office, &chosen.organ, chosen.year, &audited.report)?
            };
            Some(shown(office, &audited, &beside, &chosen))
        }
    };
    let page = AuditPage {
        frame,
        organs: chosen.organs,
        years: chosen.years,
        wrong,
        text: text.unwrap_or_else(|| filled.one("text")),
        read,
    };
    Ok(Html(page.render()?))
}

fn shown(office: &Office, audited: &Audited, beside: &[Beside], chosen: &Chosen) -> Read {
    let report = &audited.report;
    let (lines, marked) = pieces(audited);
    let doubts = Doubts::of(audited, &marked, beside, (chosen.organ.path.as_str(), chosen.year));
    let stated = report.figures.iter().filter(|figure| figure.stated.is_some()).count();
    let year = report.setting.year.map_or_else(String::new, |year| format!("{year}年　"));
    let differ = beside.iter().filter(|beside| !beside.agrees).count();
    let ledger = if beside.is_empty() {
        String::new()
    } else {
        format!("，与台账对照{}个、不符{differ}个", beside.len())
    };
    Read {
        about: format!(
            "{}　{year}读出数据{}个，认出指标{stated}个，疑点{}处{ledger}",
            report.setting.organ,
            report.figures.len(),
            doubts.len(),
        ),
        lines,
        figures: report
            .figures
            .iter()
            .map(|figure| Row {
                text: report.text.written(figure.range.clone()),
                name: figure
                    .stated
                    .as_ref()
                    .map_or_else(|| "不能确定".to_owned(), |stated| stated.name.clone()),
                sure: figure
                    .stated
                    .as_ref()
                    .map_or_else(String::new, |stated| format!("{}%", stated.confidence)),
                period: figure.period.clone(),
                subject: figure.subject.clone(),
            })
            .collect(),
        take: take(office, audited, doubts.len()),
        doubts,
    }
}

/// The text in stretches of one marking, line by line, and the doubts that are marked in it.
fn pieces(audited: &Audited) -> (Vec<Vec<Piece>>, BTreeSet<usize>) {
    let report = &audited.report;
    let length = report.text.len();
    let mut figure_at = vec![0_usize; length];
    for (at, figure) in report.figures.iter().enumerate() {
        figure_at[figure.range.clone()].fill(at + 1);
    }
    let mut doubt_at = vec![0_usize; length];
    for (number, range) in audited.stretches() {
        for doubt in doubt_at.iter_mut().take(range.end.min(length)).skip(range.start) {
            if *doubt == 0 {
                *doubt = number;
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    let mut start = 0;
    let written = report.text.written(0..length);
    let chars: Vec<char> = written.chars().collect();
    for at in 0..=length {
        let ends = at == length
            || chars[at] == '\n'
            || (at > start && (figure_at[at], doubt_at[at]) != (figure_at[start], doubt_at[start]));
        if !ends {
            continue;
        }
        if at > start {
            let (figure, doubt) = (figure_at[start], doubt_at[start]);
            let name = figure.checked_sub(1).map(|one| {
                let stated = report.figures[one].stated.as_ref();
                stated.map_or("不能确定是哪项指标", |stated| stated.name.as_str()).to_owned()
            });
            let first = doubt > 0 && seen.insert(doubt);
            line.push(Piece {
                text: chars[start..at].iter().collect(),
                figure: name.unwrap_or_default(),
                doubt,
                first,
            });
        }
        start = at;
        if at == length || chars[at] == '\n' {
            if line.iter().any(|piece| !piece.text.trim().is_empty()) {
                lines.push(std::mem::take(&mut line));
            }
            line.clear();
            start = at + 1;
        }
    }
    (lines, seen)
}

/// The form in which the figures are recorded as stated by another unit, where the law has one.
fn take(office: &Office, audited: &Audited, doubts: usize) -> Option<Take> {
    let rules: &Reading = office.audits().rules(office.law());
    let take = rules.take()?;
    let procedure = office.law().in_force(&take.procedure, office.clock().today())?;
    procedure.acts.get(&*take.act)?;
    let report = &audited.report;
    let rows: Vec<String> = report
        .figures
        .iter()
        .filter_map(|figure| {
            let stated = figure.stated.as_ref()?;
            let written = report.text.written(figure.range.clone());
            Some(format!("{}：{written}（{}年）", stated.name, figure.period))
        })
        .collect();
    let year = report.setting.year.map_or_else(String::new, |year| format!("{year}-12-31"));
    let name = |field: &str| format!("f.{field}");
    let fields = vec![
        (name(&take.organ), report.setting.organ.clone()),
        (name(&take.year_end), year),
        (name(&take.figures), rows.join("\n")),
        (name(&take.doubts), doubts.to_string()),
    ];
    Some(Take { action: format!("/new/{}/{}", take.procedure, take.act), fields })
}

/// `POST /audit/sheet`: 审读意见 as a file to send back to the author.
pub async fn sheet(State(desk): State<Desk>, form: SignedForm) -> Result<Response, PageError> {
    let SignedForm { filled, .. } = form;
    desk.ask(move |office| {
        let audited = office.audits().of_text(office.law(), &filled.one("text"));
        let paper = paper_of(&audited, office.clock().today());
        let kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        Ok(download("报告审读意见.docx", kind, paper::docx::write(&paper)))
    })
    .await
}

fn paper_of(audited: &Audited, today: jiff::civil::Date) -> Paper {
    let report = &audited.report;
    let cell = |text: String| vec![Run::plain(text)];
    let row = |(at, finding): (usize, &audit::Finding)| {
        let mut explanation = finding.explanation.clone();
        if finding.verdict != Verdict::Defect {
            explanation.push_str(&format!("（{}）", finding.expression));
        }
        vec![
            cell((at + 1).to_string()),
            cell(finding.verdict.chinese().to_owned()),
            cell(quoted(report, finding)),
            cell(explanation),
        ]
    };
    let rows: Vec<_> = audited.doubts().enumerate().map(row).collect();
    let year = report.setting.year.map_or_else(String::new, |year| format!("{year}年"));
    let about = format!(
        "{}{year}报告共读出数据{}个，有疑点{}处，请逐项核对；确有原因的，请在报告中写明。",
        report.setting.organ,
        report.figures.len(),
        rows.len()
    );
    let head = ["序号", "结论", "原文", "意见和算式"].map(str::to_owned).to_vec();
    let mut blocks = vec![Block::paragraph(about)];
    if !rows.is_empty() {
        blocks.push(Block::Table(Table { head, rows }));
    }
    blocks.push(Block::Closing(vec![engine::show::date(today)]));
    Paper { title: "报告审读意见".into(), blocks, ..Paper::default() }
}
