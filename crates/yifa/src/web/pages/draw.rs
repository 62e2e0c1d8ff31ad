//! 随机抽取案卷: a sample of a register by unit, from a seed that is public and that anybody can
//! draw again.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, Response},
};
use engine::{
    actor::OrganPath,
    draw::{Drawn, draw},
    show::Names,
};
use jiff::civil::Date;
use law::procedure::Procedure;
use paper::xlsx::{Book, Cell, Column, Kind, Sheet};
use serde::Deserialize;
use store::{AccessKind, CaseRow, RegisterFilter, Visible, receipt::Seal};

use super::register::{Row, download, newest, row};
use crate::{
    office::Office,
    web::{
        Desk, error::PageError, form::control::Pick, frame::Frame, paging::Address, plain,
        session::SignedIn, shell::seats,
    },
};

/// The most cases a sample is drawn from.
const LARGEST: usize = 100_000;

/// From what, and how many.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    organ: String,
    from: String,
    to: String,
    ended: String,
    each: String,
    seal: String,
}

impl Asked {
    fn each(&self) -> usize {
        self.each.trim().parse().unwrap_or(3).clamp(1, 1000)
    }

    fn address(&self, path: String) -> Address {
        Address::to(path)
            .with("organ", &self.organ)
            .with("from", &self.from)
            .with("to", &self.to)
            .with("ended", &self.ended)
            .with("each", &self.each().to_string())
    }
}

#[derive(Template)]
#[template(path = "draw.html")]
struct DrawPage {
    frame: Frame,
    filter: Asked,
    each: usize,
    organs: Vec<Pick>,
    seals: Vec<Pick>,
    seed: Option<(String, String)>,
    units: Vec<Unit>,
    all: usize,
    drawn: usize,
    export: String,
    register: String,
}

struct Unit {
    name: String,
    of: usize,
    rows: Vec<Row>,
}

/// A sample with everything needed to draw it again.
struct Sample {
    seal: Seal,
    units: Vec<(Drawn, Vec<CaseRow>)>,
}

impl Sample {
    /// Draws from the cases the reader may see; none before the first seal.
    fn of(
        office: &Office,
        procedure: &Procedure,
        me: &SignedIn,
        asked: &Asked,
    ) -> Result<(Vec<Seal>, Option<Self>), PageError> {
        let today = office.clock().today();
        let visible = Visible::to(&me.actor, office.county(), today);
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let filter = RegisterFilter {
            procedure: Some(procedure.id.clone()),
            organ: given(&asked.organ).map(OrganPath::from),
            from: asked.from.parse().ok(),
            to: asked.to.parse().ok(),
            ended: (asked.ended == "yes").then_some(true),
            ..RegisterFilter::default()
        };
        office.store().read(office.county(), |read| {
            let seals = read.seals()?;
            let day: Option<Date> = asked.seal.parse().ok();
            let chosen = match day {
                Some(day) => seals.iter().find(|seal| seal.day == day),
                None => seals.last(),
            };
            let Some(seal) = chosen.cloned() else { return Ok((seals, None)) };
            let mut cases: BTreeMap<String, CaseRow> = BTreeMap::new();
            let mut after = None;
            loop {
                let page = read.register(&filter, &visible, after.as_ref(), 1000)?;
                cases.extend(page.rows.into_iter().map(|case| (case.id.clone(), case)));
                after = page.next;
                if after.is_none() || cases.len() >= LARGEST {
                    break;
                }
            }
            let population = cases.values().map(|case| (case.organ.clone(), case.id.clone()));
            let drawn = draw(&seal.digest, asked.each(), population);
            let units = drawn.into_iter().map(|one| {
                let rows = one.cases.iter().filter_map(|case| cases.get(case).cloned()).collect();
                (one, rows)
            });
            let units = units.collect();
            Ok((seals, Some(Self { seal, units })))
        })
    }
}

/// `GET /registers/{procedure}/draw`
pub async fn show(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, PageError> {
    let procedure = newest(&desk, &id)?;
    let register = format!("/registers/{id}");
    let frame = desk
        .frame(&me, "随机抽取案卷")
        .await?
        .under("台账", "/registers")
        .under(&procedure.name, &register);
    desk.ask(move |office| {
        let (seals, sample) = Sample::of(office, &procedure, &me, &asked)?;
        let today = office.clock().today();
        let mine = seats(&me.actor, today);
        let organs =
            office.store().read(office.county(), |read| read.organs().map_err(PageError::from))?;
        let organs = organs
            .into_iter()
            .filter(|organ| mine.iter().any(|seat| seat.covers(&organ.path)))
            .map(|organ| Pick {
                on: organ.path.as_str() == asked.organ,
                code: organ.path.to_string(),
                label: organ.name,
            });
        let chosen = sample.as_ref().map(|sample| sample.seal.day);
        let seals = seals.iter().rev().take(60).map(|seal| Pick {
            code: seal.day.to_string(),
            label: plain::day(seal.day),
            on: Some(seal.day) == chosen,
        });
        let names = office.names();
        let unit = |(one, rows): &(Drawn, Vec<CaseRow>)| Unit {
            name: names.organ(one.organ.as_str()),
            of: one.of,
            rows: rows
                .iter()
                .map(|case| Row { procedure: String::new(), ..row(office, case) })
                .collect(),
        };
        let units: Vec<Unit> = sample.iter().flat_map(|sample| &sample.units).map(unit).collect();
        let export = asked.address(format!("{register}/draw/export"));
        let day = chosen.map(|day| day.to_string()).unwrap_or_default();
        let page = DrawPage {
            organs: organs.collect(),
            seals: seals.collect(),
            seed: sample.map(|sample| (plain::day(sample.seal.day), sample.seal.digest)),
            all: units.iter().map(|unit| unit.of).sum(),
            drawn: units.iter().map(|unit| unit.rows.len()).sum(),
            units,
            export: export.with("seal", &day).into(),
            register,
            each: asked.each(),
            filter: asked,
            frame,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// `GET /registers/{procedure}/draw/export`: the sample as a workbook, with its seed.
pub async fn export(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let procedure = newest(&desk, &id)?;
    let (name, bytes) = desk
        .ask(move |office| {
            let (_, sample) = Sample::of(office, &procedure, &me, &asked)?;
            let sample = sample.ok_or(PageError::Missing)?;
            let today = office.clock().today();
            let names = office.names();
            let mut lines = Vec::new();
            for (one, rows) in &sample.units {
                for case in rows {
                    let row = row(office, case);
                    lines.push(vec![
                        Cell::Number(lines.len() as i64 + 1),
                        names.organ(one.organ.as_str()).into(),
                        Cell::Number(one.of as i64),
                        row.number.into(),
                        row.title.into(),
                        row.stage.into(),
                    ]);
                }
            }
            let what = format!("{}随机抽取 {} 行", procedure.name, lines.len());
            let line = me.access(office, AccessKind::Export, None, &what);
            office
                .store()
                .write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
            let title = format!("{}随机抽取名单", procedure.name);
            let sheet = Sheet {
                name: "抽取名单".into(),
                title: title.clone(),
                about: vec![
                    ("每个单位抽取".into(), format!("{}件", asked.each())),
                    ("种子".into(), sample.seal.digest.clone()),
                    ("种子来源".into(), format!("{}日封", plain::day(sample.seal.day))),
                    ("办法".into(), METHOD.into()),
                    ("导出".into(), format!("{} {}", plain::day(today), me.actor.name)),
                ],
                columns: [
                    ("序号", Kind::Number),
                    ("单位", Kind::Text),
                    ("案卷总数", Kind::Number),
                    ("案号", Kind::Text),
                    ("事项", Kind::Text),
                    ("阶段", Kind::Text),
                ]
                .map(|(name, kind)| Column::new(name, kind))
                .into(),
                total: None,
            };
            let mut book = Book::new(today);
            let fault = |fault: paper::xlsx::XlsxFault| PageError::Broken(fault.to_string());
            book.sheet(&sheet, lines).map_err(fault)?;
            Ok((format!("{title}-{today}.xlsx"), book.finish().map_err(fault)?))
        })
        .await?;
    Ok(download(&name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes))
}

/// How it is drawn, for whoever wants to repeat it.
const METHOD: &str = "每件案卷按 SM3（种子＋换行＋案卷标识）的大小排序，各单位取最前的几件";
