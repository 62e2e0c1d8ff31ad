//! 导出台账: a register as it is filtered, as a workbook; on request with a column for every field
//! and every act, so that the ledger can be kept as a spreadsheet where one is asked for.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use engine::{case::Case, show};
use jiff::civil::Date;
use law::{
    procedure::{Act, Field, FieldType, Keep, Procedure},
    value::Value,
};
use paper::xlsx::{Book, Cell, Column, Kind, Sheet};
use serde::Deserialize;
use store::{AccessKind, CaseRow, Read, Visible};

use super::register::{Asked, download, newest, row};
use crate::{
    office::Office,
    web::{Desk, case_file::may_read, error::PageError, plain, session::SignedIn},
};

/// The most rows of one export …
const LARGEST: usize = 100_000;
/// … and of one with every field, for which each case has to be opened.
const LARGEST_WHOLE: usize = 20_000;

/// How much of each case.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Extent {
    whole: String,
}

/// `GET /registers/{procedure}/export`
pub async fn register(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Query(extent): Query<Extent>,
) -> Result<Response, PageError> {
    let procedure = newest(&desk, &id)?;
    let (name, bytes) = desk
        .ask(move |office| {
            let today = office.clock().today();
            let whole = (extent.whole == "yes").then(|| Columns::of(&procedure));
            let lines = office.store().read(office.county(), |read| {
                lines(office, read, &me, &procedure, &asked, whole.as_ref())
            })?;
            let what = format!("{}台账 {} 行", procedure.name, lines.len());
            let line = me.access(office, AccessKind::Export, None, &what);
            office
                .store()
                .write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
            let name = format!("{}台账", procedure.name);
            let mut columns: Vec<Column> =
                COLUMNS.map(|(name, kind)| Column::new(name, kind)).into();
            columns.extend(whole.iter().flat_map(Columns::headings));
            let sheet = Sheet {
                name: procedure.name.clone(),
                title: name.clone(),
                about: vec![
                    ("导出日期".into(), plain::day(today)),
                    ("导出人".into(), me.actor.name.clone()),
                ],
                columns,
                total: None,
            };
            let mut book = Book::new(today);
            let fault = |fault: paper::xlsx::XlsxFault| PageError::Broken(fault.to_string());
            book.sheet(&sheet, lines).map_err(fault)?;
            Ok((format!("{name}-{today}.xlsx"), book.finish().map_err(fault)?))
        })
        .await?;
    Ok(download(&name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes))
}

fn lines(
    office: &Office,
    read: &Read<'_>,
    me: &SignedIn,
    procedure: &Procedure,
    asked: &Asked,
    whole: Option<&Columns<'_>>,
) -> Result<Vec<Vec<Cell>>, PageError> {
    let today = office.clock().today();
    let visible = Visible::to(&me.actor, office.county(), today);
    let filter = asked.filter(procedure, today);
    let most = if whole.is_some() { LARGEST_WHOLE } else { LARGEST };
    let (mut lines, mut after): (Vec<Vec<Cell>>, _) = (Vec::new(), None);
    loop {
        let page = read.register(&filter, &visible, after.as_ref(), 1000)?;
        for case in &page.rows {
            let mut line = cells(office, lines.len() as i64 + 1, case);
            if let Some(columns) = whole {
                let (_, _, sight) = may_read(office, read, &me.actor, &case.id, today)?;
                let opened = read.case_seen(&case.id, office.law(), sight)?;
                line.extend(columns.cells(office, &opened));
            }
            lines.push(line);
        }
        after = page.next;
        if after.is_none() || lines.len() >= most {
            lines.truncate(most);
            return Ok(lines);
        }
    }
}

const COLUMNS: [(&str, Kind); 8] = [
    ("序号", Kind::Number),
    ("案号", Kind::Text),
    ("事项", Kind::Text),
    ("阶段", Kind::Text),
    ("承办机关", Kind::Text),
    ("立卷日期", Kind::Date),
    ("办结日期", Kind::Date),
    ("期限届满日", Kind::Date),
];

fn cells(office: &Office, number: i64, case: &CaseRow) -> Vec<Cell> {
    let row = row(office, case);
    let date = |date: Option<Date>| date.map_or(Cell::Blank, Cell::Date);
    let due = case.pressing.map(|pressing| pressing.legal);
    vec![
        Cell::Number(number),
        row.number.into(),
        row.title.into(),
        row.stage.into(),
        row.organ.into(),
        Cell::Date(case.opened),
        date(case.ended),
        date(due),
    ]
}

/// A column for the latest answer of every field that is not sealed, and for the last date of
/// every act, in the order of the definition.
struct Columns<'a> {
    fields: Vec<&'a Field>,
    acts: Vec<&'a Act>,
}

impl<'a> Columns<'a> {
    fn of(procedure: &'a Procedure) -> Self {
        Self {
            fields: procedure.fields.values().filter(|field| field.keep != Keep::Sealed).collect(),
            acts: procedure.acts.values().collect(),
        }
    }

    fn headings(&self) -> Vec<Column> {
        let fields = self.fields.iter().map(|field| {
            let kind = match field.ty {
                FieldType::Int => Kind::Number,
                FieldType::Money => Kind::Money,
                FieldType::Date => Kind::Date,
                _ => Kind::Text,
            };
            Column::new(&field.name, kind)
        });
        let acts = self.acts.iter().map(|act| Column::new(format!("{}日期", act.name), Kind::Date));
        fields.chain(acts).collect()
    }

    fn cells(&self, office: &Office, case: &Case) -> Vec<Cell> {
        let names = office.names();
        let answer = |field: &&Field| match case.latest(&field.id) {
            None => Cell::Blank,
            Some(Value::Int(number)) => Cell::Number(*number),
            Some(Value::Money(cents)) => Cell::Money(*cents),
            Some(Value::Date(day)) => Cell::Date(*day),
            Some(value) => Cell::Text(show::answer(&case.procedure, field, value, &*names)),
        };
        let date = |act: &&Act| match case.last(&act.id) {
            Some(recorded) => Cell::Date(recorded.fact.on),
            None => Cell::Blank,
        };
        let answers = self.fields.iter().map(answer);
        answers.chain(self.acts.iter().map(date)).collect()
    }
}
