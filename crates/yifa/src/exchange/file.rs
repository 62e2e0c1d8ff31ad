//! 文件: the rows of a table, whatever its layout, one after the other.
//!
//! Text is UTF-8 or GB18030, as most platforms still write it; `.gz` is opened on the way. Only a
//! workbook is held whole, since its format cannot be read in one pass.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Cursor, Read},
    path::Path,
    sync::Arc,
};

use calamine::{Data, Reader as _, Xlsx};
use encoding_rs::GB18030;
use flate2::read::MultiGzDecoder;
use law::exchange::{Format, Import};

use super::ExchangeFault;

/// The longest row, in bytes.
const LONGEST_ROW: usize = 4 << 20;
/// How much is looked at to tell the encoding.
const SAMPLE: usize = 64 << 10;

/// One row of a file.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its line in the file, counted from 1.
    pub line: u64,
    cells: Cells,
}

#[derive(Clone, Debug)]
enum Cells {
    /// Cells in the order of the columns.
    Placed(Arc<BTreeMap<String, usize>>, Vec<String>),
    /// Each under its name.
    Named(BTreeMap<String, String>),
}

impl Row {
    /// What stands in a column, without blanks around it; empty where there is nothing.
    pub fn get(&self, column: &str) -> &str {
        let cell = match &self.cells {
            Cells::Placed(places, cells) => places.get(column).and_then(|place| cells.get(*place)),
            Cells::Named(cells) => cells.get(column),
        };
        cell.map_or("", |cell| cell.trim())
    }

    /// A row made by hand.
    pub fn of(line: u64, cells: &[(&str, &str)]) -> Self {
        let cells = cells.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned()));
        Self { line, cells: Cells::Named(cells.collect()) }
    }
}

/// The rows of a file.
pub struct Rows(Box<dyn Iterator<Item = Result<Row, ExchangeFault>>>);

impl Iterator for Rows {
    type Item = Result<Row, ExchangeFault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl Rows {
    /// The rows of a file on disk.
    pub fn open(path: &Path, import: &Import) -> Result<Self, ExchangeFault> {
        let file = std::fs::File::open(path)
            .map_err(|error| ExchangeFault(format!("文件{}读不了：{error}", path.display())))?;
        Self::read(file, import)
    }

    /// The rows of a file that somebody sent.
    pub fn of(bytes: Vec<u8>, import: &Import) -> Result<Self, ExchangeFault> {
        Self::read(Cursor::new(bytes), import)
    }

    fn read(input: impl Read + 'static, import: &Import) -> Result<Self, ExchangeFault> {
        let mut input = BufReader::with_capacity(SAMPLE, input);
        let packed = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn Read> =
            if packed { Box::new(MultiGzDecoder::new(input)) } else { Box::new(input) };
        let mut input = BufReader::with_capacity(SAMPLE, input);
        match import.format {
            Format::Xlsx => workbook(&mut input, import),
            Format::Jsonl => Ok(Self(Box::new(Objects { input, line: 0 }))),
            Format::Csv => text(input, b',', import),
            Format::Tsv => text(input, b'\t', import),
        }
    }
}

/// What a missing column is answered with.
fn missing(columns: &[String], import: &Import) -> Result<(), ExchangeFault> {
    let wanted = import.columns();
    let missing: Vec<&str> =
        wanted.into_iter().filter(|name| !columns.iter().any(|column| column == name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(ExchangeFault(format!(
        "文件里没有这些栏：{}。文件的栏是：{}",
        missing.join("、"),
        columns.join("、")
    )))
}

fn places(columns: &[String]) -> Arc<BTreeMap<String, usize>> {
    let mut places = BTreeMap::new();
    for (place, column) in columns.iter().enumerate() {
        places.entry(column.clone()).or_insert(place); // The first of two of one name.
    }
    Arc::new(places)
}

fn text(
    mut input: BufReader<Box<dyn Read>>,
    comma: u8,
    import: &Import,
) -> Result<Rows, ExchangeFault> {
    let mut records = Records { utf8: is_utf8(input.fill_buf()?), input, comma, line: 0 };
    for _ in 0..import.skip {
        records.record()?;
    }
    let Some((_, head)) = records.record()? else {
        return Err(ExchangeFault("文件是空的".into()));
    };
    let columns: Vec<String> =
        head.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    missing(&columns, import)?;
    let places = places(&columns);
    Ok(Rows(Box::new(std::iter::from_fn(move || match records.record() {
        Ok(Some((line, cells))) => {
            Some(Ok(Row { line, cells: Cells::Placed(places.clone(), cells) }))
        }
        Ok(None) => None,
        Err(fault) => Some(Err(fault)),
    }))))
}

/// Whether the beginning of a file is UTF-8, apart from a character cut at its end.
fn is_utf8(sample: &[u8]) -> bool {
    match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// Records of separated text. Neither comma, tab, quote nor line end is ever a part of another
/// character in GB18030, so bytes are split first and read as characters afterwards.
struct Records {
    input: BufReader<Box<dyn Read>>,
    utf8: bool,
    comma: u8,
    line: u64,
}

impl Records {
    /// The next record with the line it begins on; blank lines are passed over.
    fn record(&mut self) -> Result<Option<(u64, Vec<String>)>, ExchangeFault> {
        loop {
            let mut bytes = Vec::new();
            let begins = self.line + 1;
            loop {
                let limit = (LONGEST_ROW - bytes.len().min(LONGEST_ROW)) as u64;
                let more = (&mut self.input).take(limit.max(1)).read_until(b'\n', &mut bytes)?;
                if more == 0 {
                    break;
                }
                self.line += u64::from(bytes.ends_with(b"\n"));
                if bytes.len() >= LONGEST_ROW {
                    return Err(ExchangeFault(format!("第{begins}行太长，请核对引号是否成对")));
                }
                let quotes = bytes.iter().filter(|byte| **byte == b'"').count();
                if self.comma != b',' || quotes.is_multiple_of(2) {
                    break;
                }
            }
            if bytes.is_empty() {
                return Ok(None);
            }
            while bytes.ends_with(b"\n") || bytes.ends_with(b"\r") {
                bytes.pop();
            }
            if !bytes.is_empty() {
                return Ok(Some((begins, self.cells(&bytes))));
            }
        }
    }

    fn cells(&self, bytes: &[u8]) -> Vec<String> {
        let (mut cells, mut cell, mut at, mut inside) = (Vec::new(), Vec::new(), 0, false);
        let quoting = self.comma == b',';
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'"' if quoting && inside && bytes.get(at) == Some(&b'"') => {
                    cell.push(b'"');
                    at += 1;
                }
                b'"' if quoting => inside = !inside,
                _ if byte == self.comma && !inside => {
                    cells.push(self.text(&cell));
                    cell.clear();
                }
                _ => cell.push(byte),
            }
        }
        cells.push(self.text(&cell));
        cells
    }

    fn text(&self, cell: &[u8]) -> String {
        match self.utf8 {
            true => String::from_utf8_lossy(cell).into_owned(),
            false => GB18030.decode(cell).0.into_owned(),
        }
    }
}

/// One JSON object to a line.
struct Objects {
    input: BufReader<Box<dyn Read>>,
    line: u64,
}

impl Iterator for Objects {
    type Item = Result<Row, ExchangeFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut bytes = Vec::new();
            let read = (&mut self.input).take(LONGEST_ROW as u64).read_until(b'\n', &mut bytes);
            match read {
                Ok(0) => return None,
                Err(error) => return Some(Err(error.into())),
                Ok(_) => self.line += 1,
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim().trim_start_matches('\u{feff}');
            if text.is_empty() {
                continue;
            }
            let object: Result<serde_json::Map<String, serde_json::Value>, _> =
                serde_json::from_str(text);
            let Ok(object) = object else {
                return Some(Err(ExchangeFault(format!("第{}行不是一个 JSON 对象", self.line))));
            };
            let cells = object.into_iter().map(|(name, value)| (name, words(&value))).collect();
            return Some(Ok(Row { line: self.line, cells: Cells::Named(cells) }));
        }
    }
}

/// A JSON value as a cell would hold it.
fn words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join("，"),
        other => other.to_string(),
    }
}

fn workbook(input: &mut impl Read, import: &Import) -> Result<Rows, ExchangeFault> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let broken = |error: calamine::XlsxError| ExchangeFault(format!("不是 XLSX 工作簿：{error}"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let names = book.sheet_names();
    let name = match &import.sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| {
            ExchangeFault(format!("没有工作表“{wanted}”，有：{}", names.join("、")))
        })?,
        None => names.first().cloned().ok_or_else(|| ExchangeFault("工作簿是空的".into()))?,
    };
    let range = book.worksheet_range(&name).map_err(broken)?;
    let top = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut rows: Vec<(u64, Vec<String>)> = range
        .rows()
        .enumerate()
        .map(|(at, row)| (top + at as u64 + 1, row.iter().map(cell).collect()))
        .collect();
    if rows.len() <= import.skip {
        return Err(ExchangeFault("工作表是空的".into()));
    }
    let mut rest = rows.split_off(import.skip).into_iter();
    let head = rest.next().map(|(_, cells)| cells).unwrap_or_default();
    let columns: Vec<String> = head.iter().map(|name| name.trim().to_owned()).collect();
    missing(&columns, import)?;
    let places = places(&columns);
    let filled = rest.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    Ok(Rows(Box::new(
        filled.map(move |(line, cells)| {
            Ok(Row { line, cells: Cells::Placed(places.clone(), cells) })
        }),
    )))
}

/// A cell as a person sees it.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::DateTime(moment) if moment.is_datetime() => excel_moment(moment.as_f64()),
        Data::DateTimeIso(text) => text.replace('T', " "),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        other => other.to_string(),
    }
}

/// Days since the last but one of 1899, as spreadsheets count them.
fn excel_moment(days: f64) -> String {
    let seconds = (days * 86_400.0).round() as i64;
    let start = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    match start.checked_add(jiff::SignedDuration::from_secs(seconds)) {
        Ok(moment) if moment.time() == jiff::civil::Time::midnight() => moment.date().to_string(),
        Ok(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => days.to_string(),
    }
}
