//! XLSX: registers and figures as sheets.
//!
//! Text is written as text: a number of an identity card keeps its digits, and `=1+1` stays four
//! characters.

use engine::figure::{Figure, Value, change};
use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::{model::clean, page::width};

/// A workbook that grows sheet by sheet.
pub struct Book {
    workbook: Workbook,
    formats: Formats,
    names: Vec<String>,
}

/// A sheet: what stands above its rows. 台账
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The tab.
    pub name: String,
    /// The line across the top.
    pub title: String,
    /// Below it: 单位、统计期、填报日期 and the like.
    pub about: Vec<(String, String)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The last row, if there is one; it stands below the rows that the filter covers. 合计
    pub total: Option<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub kind: Kind,
}

/// What stands in a column; decides alignment and format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, numbers of cases and of papers among it.
    Text,
    /// Counts.
    Number,
    /// Amounts.
    Money,
    /// Dates.
    Date,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Text.
    Text(String),
    /// A count.
    Number(i64),
    /// An amount in 分, shown in yuan.
    Money(i64),
    /// A date.
    Date(Date),
}

impl Column {
    /// A column.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

/// Why a workbook could not be written.
#[derive(Debug)]
pub struct XlsxFault(XlsxError);

impl std::fmt::Display for XlsxFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "表格没有生成：{}", self.0)
    }
}

impl std::error::Error for XlsxFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl From<XlsxError> for XlsxFault {
    fn from(error: XlsxError) -> Self {
        Self(error)
    }
}

/// Rows one sheet can hold, room for its head and total left.
const ROWS: usize = 1_048_000;
/// Characters one cell can hold.
const CELL: usize = 32_767;
/// Rows that decide how wide a column is.
const MEASURED: usize = 500;

struct Formats {
    title: Format,
    about: Format,
    head: Format,
    text: Format,
    number: Format,
    money: Format,
    date: Format,
    total: Format,
    total_money: Format,
}

impl Book {
    /// An empty workbook, dated by the day it is made for, so that equal books are equal files.
    pub fn new(on: Date) -> Self {
        let mut workbook = Workbook::new();
        if let Some(on) = excel_date(on) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&on));
        }
        Self { workbook, formats: Formats::new(), names: Vec::new() }
    }

    /// Adds a sheet. Rows are taken one by one; more than a sheet can hold go on in the next.
    pub fn sheet(
        &mut self,
        sheet: &Sheet,
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Result<&mut Self, XlsxFault> {
        let mut rows = rows.into_iter().peekable();
        loop {
            let name = self.free_name(&sheet.name);
            let formats = &self.formats;
            let worksheet = self.workbook.add_worksheet();
            worksheet.set_name(&name)?;
            let head = write_head(worksheet, sheet, formats)?;
            let mut widths: Vec<f32> =
                sheet.columns.iter().map(|column| width(&column.name) + 2.0).collect();
            let mut row = head + 1;
            for cells in rows.by_ref().take(ROWS) {
                write_row(worksheet, row, &cells, sheet, formats, false)?;
                if ((row - head) as usize) < MEASURED {
                    measure(&mut widths, &cells);
                }
                row += 1;
            }
            let last_column = sheet.columns.len().max(1) as u16 - 1;
            worksheet.autofilter(head, 0, (row - 1).max(head), last_column)?;
            let done = rows.peek().is_none();
            if let (Some(total), true) = (&sheet.total, done) {
                write_row(worksheet, row, total, sheet, formats, true)?;
                measure(&mut widths, total);
            }
            for (column, width) in widths.iter().enumerate() {
                // A full-width character takes two units.
                worksheet.set_column_width(column as u16, width.clamp(4.0, 30.0) * 2.0 + 1.0)?;
            }
            if done {
                return Ok(self);
            }
        }
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxFault> {
        if self.names.is_empty() {
            self.workbook.add_worksheet();
        }
        Ok(self.workbook.save_to_buffer()?)
    }

    /// A name of at most 31 characters that Excel accepts and no other sheet has.
    fn free_name(&mut self, wanted: &str) -> String {
        let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
        let cleaned: String = clean(wanted).replace('\n', " ").chars().filter(allowed).collect();
        let wanted = if cleaned.trim().is_empty() { "表" } else { cleaned.trim() };
        // Excel counts UTF-16 units.
        let short = |text: &str, most: usize| -> String {
            let mut units = 0;
            let fits = |c: &char| {
                units += c.len_utf16();
                units <= most
            };
            text.chars().take_while(fits).collect()
        };
        let taken =
            |name: &String| self.names.iter().any(|n| n.to_lowercase() == name.to_lowercase());
        let numbered = (2..).map(|number| format!("{}（{number}）", short(wanted, 25)));
        let mut candidates = std::iter::once(short(wanted, 31)).chain(numbered);
        // The numbers do not end, the sheets do.
        let name = candidates.find(|name| !taken(name)).unwrap_or_default();
        self.names.push(name.clone());
        name
    }
}

/// Figures with last year's value and the change beside them, and a sheet of what each means.
pub fn figures(
    title: &str,
    about: Vec<(String, String)>,
    figures: &[Figure],
    on: Date,
) -> Result<Vec<u8>, XlsxFault> {
    let columns = |names: &[(&str, Kind)]| {
        names.iter().map(|(name, kind)| Column::new(*name, *kind)).collect::<Vec<_>>()
    };
    let values = Sheet {
        name: "指标".into(),
        title: title.into(),
        about: about.clone(),
        columns: columns(&[
            ("序号", Kind::Number),
            ("指标", Kind::Text),
            ("本期", Kind::Number),
            ("单位", Kind::Text),
            ("算式", Kind::Text),
            ("上年同期", Kind::Number),
            ("上年算式", Kind::Text),
            ("同比", Kind::Text),
            ("指标编码", Kind::Text),
        ]),
        total: None,
    };
    let mut book = Book::new(on);
    book.sheet(
        &values,
        figures.iter().enumerate().map(|(index, figure)| {
            let before = figure.before;
            vec![
                Cell::Number(index as i64 + 1),
                figure.name.as_str().into(),
                value_cell(figure.value),
                unit_of(figure.value).into(),
                figure.value.working().unwrap_or_default().into(),
                before.map_or(Cell::Blank, value_cell),
                before.and_then(|before| before.working()).unwrap_or_default().into(),
                before.and_then(|before| change(figure.value, before)).unwrap_or_default().into(),
                figure.key.as_str().into(),
            ]
        }),
    )?;
    let meanings = Sheet {
        name: "口径".into(),
        title: "指标口径".into(),
        about,
        columns: columns(&[
            ("序号", Kind::Number),
            ("指标", Kind::Text),
            ("口径", Kind::Text),
            ("依据", Kind::Text),
            ("指标编码", Kind::Text),
        ]),
        total: None,
    };
    book.sheet(
        &meanings,
        figures.iter().enumerate().map(|(index, figure)| {
            vec![
                Cell::Number(index as i64 + 1),
                figure.name.as_str().into(),
                figure.note.clone().unwrap_or_default().into(),
                figure.basis.clone().unwrap_or_default().into(),
                figure.key.as_str().into(),
            ]
        }),
    )?;
    book.finish()
}

/// Rates are text as they are printed: a cell of 0.99996 would show as 100%.
fn value_cell(value: Value) -> Cell {
    match value {
        Value::Amount(cents, law::indicator::Unit::Yuan) => Cell::Money(cents),
        Value::Amount(count, _) => Cell::Number(count),
        Value::Rate { .. } | Value::Mean { .. } => Cell::Text(value.number()),
    }
}

fn unit_of(value: Value) -> &'static str {
    match value {
        Value::Amount(_, unit) | Value::Mean { unit, .. } => unit.name(),
        // The value itself carries its percent sign.
        Value::Rate { .. } => "",
    }
}

impl Formats {
    fn new() -> Self {
        let plain = Format::new()
            .set_font_name("宋体")
            .set_font_size(11)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        let bold = plain.clone().set_bold().set_background_color("#F2F2F2");
        let right = |format: &Format| format.clone().set_align(FormatAlign::Right);
        Self {
            title: Format::new()
                .set_font_name("宋体")
                .set_font_size(16)
                .set_bold()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            about: Format::new().set_font_name("宋体").set_font_size(11),
            head: bold.clone().set_align(FormatAlign::Center).set_text_wrap(),
            text: plain.clone().set_num_format("@").set_text_wrap(),
            number: right(&plain).set_num_format("0"),
            money: right(&plain).set_num_format("#,##0.00"),
            date: plain.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            total_money: right(&bold).set_num_format("#,##0.00"),
            total: bold,
        }
    }

    fn of(&self, cell: &Cell, kind: Kind, total: bool) -> &Format {
        match (cell, kind, total) {
            (Cell::Money(_), _, true) => &self.total_money,
            (_, _, true) => &self.total,
            (Cell::Money(_), ..) => &self.money,
            (Cell::Date(_), ..) => &self.date,
            (Cell::Number(_), ..) | (_, Kind::Number | Kind::Money, _) => &self.number,
            (Cell::Blank | Cell::Text(_), ..) => &self.text,
        }
    }
}

/// Title, what the sheet is about, and the names of the columns, which stay in view. Returns the
/// row of the names.
fn write_head(
    worksheet: &mut Worksheet,
    sheet: &Sheet,
    formats: &Formats,
) -> Result<u32, XlsxFault> {
    let last = sheet.columns.len().max(1) as u16 - 1;
    let mut row = 0;
    if !sheet.title.is_empty() {
        let title = text(&sheet.title);
        match last {
            0 => worksheet.write_string_with_format(row, 0, title, &formats.title)?,
            last => worksheet.merge_range(row, 0, row, last, &title, &formats.title)?,
        };
        worksheet.set_row_height(row, 30)?;
        row += 1;
    }
    if !sheet.about.is_empty() {
        let about: Vec<String> =
            sheet.about.iter().map(|(what, text)| format!("{what}：{text}")).collect();
        let about = text(&about.join("　　"));
        worksheet.write_string_with_format(row, 0, about, &formats.about)?;
        row += 1;
    }
    for (column, definition) in sheet.columns.iter().enumerate() {
        let name = text(&definition.name);
        worksheet.write_string_with_format(row, column as u16, name, &formats.head)?;
    }
    worksheet.set_freeze_panes(row + 1, 0)?;
    worksheet.set_repeat_rows(row, row)?;
    worksheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    worksheet.set_footer("&C第 &P 页，共 &N 页");
    Ok(row)
}

fn write_row(
    worksheet: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    sheet: &Sheet,
    formats: &Formats,
    total: bool,
) -> Result<(), XlsxFault> {
    for (column, definition) in sheet.columns.iter().enumerate() {
        let cell = cells.get(column).unwrap_or(&Cell::Blank);
        let format = formats.of(cell, definition.kind, total);
        let column = column as u16;
        match cell {
            Cell::Blank => worksheet.write_blank(row, column, format)?,
            Cell::Text(content) => {
                worksheet.write_string_with_format(row, column, text(content), format)?
            }
            Cell::Number(number) => {
                worksheet.write_number_with_format(row, column, *number as f64, format)?
            }
            Cell::Money(cents) => {
                worksheet.write_number_with_format(row, column, *cents as f64 / 100.0, format)?
            }
            Cell::Date(date) => match excel_date(*date) {
                Some(date) => worksheet.write_datetime_with_format(row, column, &date, format)?,
                None => {
                    worksheet.write_string_with_format(row, column, date.to_string(), format)?
                }
            },
        };
    }
    Ok(())
}

/// Excel knows no dates before 1900.
fn excel_date(date: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok()?;
    ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8).ok()
}

/// Text fit for a cell; what a cell cannot hold is said to be left out.
fn text(content: &str) -> String {
    let content = clean(content);
    if content.encode_utf16().count() <= CELL {
        return content;
    }
    let note = "……（内容过长，其余见案卷）";
    let mut room = CELL - note.chars().count();
    let fits = |c: &char| {
        room = room.saturating_sub(c.len_utf16());
        room > 0
    };
    let mut short: String = content.chars().take_while(fits).collect();
    short.push_str(note);
    short
}

fn measure(widths: &mut [f32], cells: &[Cell]) {
    for (most, cell) in widths.iter_mut().zip(cells) {
        let needed = match cell {
            Cell::Blank => 0.0,
            Cell::Text(text) => text.lines().take(3).map(width).fold(0.0, f32::max),
            Cell::Number(number) => width(&number.to_string()),
            Cell::Money(cents) => width(&engine::show::money(*cents)),
            Cell::Date(_) => 5.5,
        };
        *most = most.max(needed);
    }
}
