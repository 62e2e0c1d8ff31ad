//! 导出: cases in the columns that the other side wants.

use engine::{
    actor::Actor,
    authorise::Sight,
    case::Case,
    eval::{Scope, Val},
    show::{self, Names},
};
use jiff::civil::{Date, DateTime};
use law::exchange::{Column, Exchange, Export, Format, Holds, PartyPart};
use paper::xlsx::{Book, Cell, Column as SheetColumn, Kind, Sheet};
use sm3::{Digest, Sm3};
use store::{After, ExchangeRun, RegisterFilter, StoreError, Visible, Way, new_run_id};

use super::{ExchangeFault, quoted};
use crate::office::Office;

/// Cases read at a time.
const PAGE: u32 = 500;

/// An export about to take place.
pub struct Exporting<'a> {
    /// The office.
    pub office: &'a Office,
    /// The exchange.
    pub exchange: &'a Exchange,
    /// Who exports.
    pub person: &'a Actor,
    /// First and last day.
    pub days: (Date, Date),
}

/// A file for the other side.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Rows in it.
    pub rows: u64,
}

impl Exporting<'_> {
    /// Writes the file and notes that it went.
    pub fn run(&self) -> Result<Exported, ExchangeFault> {
        let Some(export) = &self.exchange.export else {
            return Err(ExchangeFault(format!("“{}”不导出", self.exchange.name)));
        };
        let office = self.office;
        let today = office.clock().today();
        let held = self.person.posts.iter().filter(|post| post.on(today));
        if !held.into_iter().any(|post| export.by.contains(&post.role)) {
            let say = format!("{}没有可以导出“{}”的岗位", self.person.name, self.exchange.name);
            return Err(ExchangeFault(say));
        }
        let rows = self.rows(export, today)?;
        let (from, to) = self.days;
        let stem = format!("{}-{from}至{to}", self.exchange.name);
        let name = format!("{stem}.{}", export.format.name());
        let bytes = match export.format {
            Format::Xlsx => workbook(self.exchange, export, &rows, today)?,
            Format::Csv => separated(export, &rows, ','),
            Format::Tsv => separated(export, &rows, '\t'),
            Format::Jsonl => objects(export, &rows),
        };
        let exported = Exported { name, rows: rows.len() as u64, bytes };
        self.note(&exported)?;
        Ok(exported)
    }

    /// Every case within reach whose day falls into the span.
    fn rows(&self, export: &Export, today: Date) -> Result<Vec<Vec<String>>, ExchangeFault> {
        let office = self.office;
        let names = office.names();
        let visible = Visible::to(self.person, office.county(), today);
        let filter = RegisterFilter {
            procedure: Some(self.exchange.procedure.clone()),
            to: Some(self.days.1),
            ..RegisterFilter::default()
        };
        let mut rows = Vec::new();
        let mut after: Option<After> = None;
        loop {
            let next = office.store().read(office.county(), |read| {
                let page = read.register(&filter, &visible, after.as_ref(), PAGE)?;
                for listed in &page.rows {
                    // Whoever may not read a case in full does not send it on in full.
                    let heading = read.heading(&listed.id)?;
                    let sight = match &heading {
                        Some(heading) => {
                            let edition = read.edition(heading, office.law())?;
                            engine::authorise::sight(edition, self.person, heading, today)
                        }
                        None => None,
                    };
                    let Some(sight) = sight else { continue };
                    let case = read.case_seen(&listed.id, office.law(), sight)?;
                    let scope = Scope::timeless(&case, &office.law().calendar);
                    let day = scope.date(&export.dated);
                    let wanted = export.when.as_ref().is_none_or(|when| scope.holds(when));
                    if !wanted || !day.is_some_and(|day| self.days.0 <= day && day <= self.days.1) {
                        continue;
                    }
                    let key = read.exchange_number(&self.exchange.id, &case.id)?;
                    let cells = export
                        .columns
                        .iter()
                        .map(|column| cell(column, &case, &scope, key.as_deref(), sight, &*names));
                    rows.push(cells.collect());
                }
                Ok::<_, StoreError>(page.next)
            })?;
            match next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    }

    fn note(&self, exported: &Exported) -> Result<(), ExchangeFault> {
        let office = self.office;
        let at = office.clock().now();
        office.store().write(office.county(), |tx| {
            let result = tx.put_file(&exported.bytes, "application/octet-stream", at)?;
            tx.note_run(&ExchangeRun {
                id: new_run_id()?,
                exchange: self.exchange.id.to_string(),
                way: Way::Out,
                at,
                person: self.person.person.clone(),
                file: exported.name.clone(),
                digest: Sm3::digest(&exported.bytes).iter().map(|b| format!("{b:02x}")).collect(),
                lines: exported.rows,
                done: exported.rows,
                again: 0,
                refused: 0,
                result,
            })
        })?;
        Ok(())
    }
}

fn cell(
    column: &Column,
    case: &Case,
    scope: &Scope,
    key: Option<&str>,
    sight: Sight,
    names: &impl Names,
) -> String {
    let expr = match &column.holds {
        Holds::Text(text) => return text.clone(),
        Holds::Key => return key.unwrap_or_default().to_owned(),
        Holds::Value(expr) => expr,
    };
    let value = scope.value(expr);
    let hidden = column.masked || sight < Sight::Handling;
    match &value {
        Val::Codes(codes) if !column.codes.is_empty() => {
            let words = codes
                .iter()
                .map(|code| column.codes.get(code.as_str()).map_or(code.as_str(), String::as_str));
            words.collect::<Vec<_>>().join("，")
        }
        Val::Bool(yes) if !column.codes.is_empty() => {
            let code = if *yes { "true" } else { "false" };
            column.codes.get(code).cloned().unwrap_or_default()
        }
        Val::Date(day) => written(day.at(0, 0, 0, 0), column.date.as_deref().unwrap_or("%Y-%m-%d")),
        Val::Moment(at) => written(*at, column.date.as_deref().unwrap_or("%Y-%m-%d %H:%M")),
        Val::Money(cents) => law::value::yuan_text(*cents),
        Val::Parties(parties) => {
            let part = |party: &law::value::Party| match (column.part, hidden) {
                (PartyPart::Name, false) => party.name.clone(),
                (PartyPart::Name, true) => show::surname(&party.name, party.kind),
                (PartyPart::Number, false) => party.number.clone(),
                (PartyPart::Number, true) => show::masked_number(&party.number),
                (PartyPart::Phone, false) => party.phone.clone(),
                (PartyPart::Phone, true) => show::masked_number(&party.phone),
                (PartyPart::Address, false) => party.address.clone(),
                (PartyPart::Address, true) => String::new(),
            };
            parties.iter().map(part).collect::<Vec<_>>().join("、")
        }
        _ => show::value(&case.procedure, expr, &value, names),
    }
}

fn written(at: DateTime, format: &str) -> String {
    at.strftime(format).to_string()
}

fn separated(export: &Export, rows: &[Vec<String>], comma: char) -> Vec<u8> {
    let mut text = String::from('\u{feff}');
    let head = export.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    for cells in std::iter::once(&head).chain(rows) {
        let line: Vec<String> = cells
            .iter()
            .map(|cell| match comma {
                ',' => quoted(cell),
                _ => cell.replace(['\t', '\n', '\r'], " "),
            })
            .collect();
        text.push_str(&line.join(&comma.to_string()));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn objects(export: &Export, rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::new();
    for cells in rows {
        let object: serde_json::Map<String, serde_json::Value> = export
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| (column.name.clone(), cell.clone().into()))
            .collect();
        text.push_str(&serde_json::Value::Object(object).to_string());
        text.push('\n');
    }
    text.into_bytes()
}

fn workbook(
    exchange: &Exchange,
    export: &Export,
    rows: &[Vec<String>],
    today: Date,
) -> Result<Vec<u8>, ExchangeFault> {
    let fault = |fault: paper::xlsx::XlsxFault| ExchangeFault(fault.to_string());
    let sheet = Sheet {
        name: exchange.name.chars().take(28).collect(),
        title: exchange.name.clone(),
        about: vec![("报送".into(), exchange.platform.clone())],
        columns: export
            .columns
            .iter()
            .map(|column| SheetColumn::new(&column.name, Kind::Text))
            .collect(),
        total: None,
    };
    let lines =
        rows.iter().map(|cells| cells.iter().map(|cell| Cell::from(cell.clone())).collect());
    let mut book = Book::new(today);
    book.sheet(&sheet, lines.collect::<Vec<Vec<Cell>>>()).map_err(fault)?;
    book.finish().map_err(fault)
}
