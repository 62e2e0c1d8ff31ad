//! 数据交换: what stands in another platform's file, and which acts it stands for here, from
//! `law/exchange/*.toml`.
//!
//! A row of a foreign file is a case, or an event of one; the definition says which columns fill
//! which fields of which acts, in which order, and which column carries the number the other side
//! knows the case by. Nothing is imported past the law: every step is an act that has to be
//! lawful like any other. [`read`] makes the definition and says what does not fit the procedure.

mod read;

use indexmap::IndexMap;

use crate::{Id, citation::Basis, expr::Expr};

pub(crate) use read::parse;

/// An exchange of files with another platform. 数据交换
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// The other side, as the ledger names it.
    pub platform: String,
    /// The procedure its cases are of.
    pub procedure: Id,
    /// The columns are a sample, to be fitted to the platform's own sheet.
    pub sample: bool,
    /// What comes in.
    pub import: Option<Import>,
    /// What goes out.
    pub export: Option<Export>,
    /// What asks for the exchange.
    pub basis: Basis,
    /// The file it is read from.
    pub path: String,
}

/// What a foreign file holds and what is done with each row. 导入
#[derive(Clone, Debug)]
pub struct Import {
    /// How the file is laid out.
    pub format: Format,
    /// The sheet of a workbook; the first where it is not said.
    pub sheet: Option<String>,
    /// Lines above the line of column names.
    pub skip: usize,
    /// The column with the other side's number of the case: the same number is the same case.
    pub key: String,
    /// The column that numbers the events of a case, where a row is an event.
    pub event: Option<String>,
    /// The column that names the handling organ; the organ of the import where it is blank.
    pub organ: Option<String>,
    /// Posts that may import.
    pub by: Vec<Id>,
    /// What each row leads to, in order.
    pub steps: Vec<ImportStep>,
}

/// One act that a row leads to.
#[derive(Clone, Debug)]
pub struct ImportStep {
    /// The act.
    pub act: Id,
    /// Only for rows of which this is so.
    pub only_if: Vec<Test>,
    /// Business date.
    pub on: Source,
    /// The post in which the other side did it.
    pub by: Id,
    /// Field = where its answer comes from.
    pub with: IndexMap<Id, Source>,
    /// Case-scoped roles = the post of the other side that is named for it.
    pub assign: IndexMap<Id, Id>,
    /// How often: a column with a number, less so many. Neighbouring steps that say the same are
    /// repeated together.
    pub times: Option<Times>,
}

/// How often a step is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The column with the number.
    pub column: String,
    /// Less so many.
    pub minus: u32,
}

/// What must be so of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The column.
    pub column: String,
    /// Has one of these texts …
    pub is: Vec<String>,
    /// … or none of these …
    pub is_not: Vec<String>,
    /// … or something, or nothing.
    pub filled: Option<bool>,
}

/// Where an answer comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Columns; several are put together with `join` between.
    pub columns: Vec<String>,
    /// What stands between several columns.
    pub join: String,
    /// Their text = our code.
    pub codes: IndexMap<String, String>,
    /// Our code for every other text.
    pub other: Option<String>,
    /// Where the columns are blank; alone, always.
    pub default: Option<String>,
    /// How a date is written there; read as people write dates where it is not said.
    pub date: Option<String>,
    /// A column with days to add to the date.
    pub plus_days: Option<String>,
    /// Days to add to the date.
    pub plus: i64,
    /// Texts taken in turn, where a step is repeated.
    pub cycle: Vec<String>,
    /// Longer text is cut to so many characters.
    pub cut: Option<usize>,
    /// 当事人: the columns of the parts of each.
    pub parties: Vec<PartySource>,
}

/// Where a party comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartySource {
    /// Column of 姓名 or 名称.
    pub name: Option<String>,
    /// Column of 证件号.
    pub number: Option<String>,
    /// Column of 电话.
    pub phone: Option<String>,
    /// Column of 住址.
    pub address: Option<String>,
    /// The name where there is none: 匿名.
    pub unnamed: Option<String>,
    /// Organisations, not citizens.
    pub org: bool,
}

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Separated by commas.
    Csv,
    /// Separated by tabs.
    Tsv,
    /// A workbook.
    Xlsx,
    /// One JSON object to a line.
    Jsonl,
}

/// What is written for the other side. 导出
#[derive(Clone, Debug)]
pub struct Export {
    /// How the file is laid out.
    pub format: Format,
    /// Posts that may export.
    pub by: Vec<Id>,
    /// Only cases of which this holds.
    pub when: Option<Expr>,
    /// The day that decides which export a case falls into.
    pub dated: Expr,
    /// The columns, in order.
    pub columns: Vec<Column>,
}

/// A column that is written.
#[derive(Clone, Debug)]
pub struct Column {
    /// As the other side calls it.
    pub name: String,
    /// What stands in it.
    pub holds: Holds,
    /// Our code = their text.
    pub codes: IndexMap<String, String>,
    /// How a date is written.
    pub date: Option<String>,
    /// Which part of a party.
    pub part: PartyPart,
    /// A citizen's given name and the middle of numbers are hidden.
    pub masked: bool,
}

/// What stands in a column.
#[derive(Clone, Debug)]
pub enum Holds {
    /// Always this.
    Text(String),
    /// What the case says.
    Value(Expr),
    /// The other side's number, where the case came from there.
    Key,
}

/// A part of a party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartyPart {
    /// 姓名 or 名称.
    #[default]
    Name,
    /// 证件号.
    Number,
    /// 电话.
    Phone,
    /// 住址.
    Address,
}

impl Format {
    /// Every layout with its name.
    pub const ALL: [(Format, &'static str); 4] = [
        (Format::Csv, "csv"),
        (Format::Tsv, "tsv"),
        (Format::Xlsx, "xlsx"),
        (Format::Jsonl, "jsonl"),
    ];

    /// The layout of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(format, _)| format)
    }

    /// Its name, which is also how its files end.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(format, _)| *format == self).map_or("", |(_, name)| name)
    }
}

impl Import {
    /// Every post of the other side that acts or is named, each once.
    pub fn seats(&self) -> Vec<&Id> {
        let mut seats: Vec<&Id> = Vec::new();
        for step in &self.steps {
            for seat in std::iter::once(&step.by).chain(step.assign.values()) {
                if !seats.contains(&seat) {
                    seats.push(seat);
                }
            }
        }
        seats
    }

    /// Every column it reads.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = vec![&self.key];
        columns.extend(self.event.iter().chain(&self.organ).map(String::as_str));
        for step in &self.steps {
            columns.extend(step.only_if.iter().map(|test| test.column.as_str()));
            columns.extend(step.times.iter().map(|times| times.column.as_str()));
            for source in std::iter::once(&step.on).chain(step.with.values()) {
                columns.extend(source.reads());
            }
        }
        let mut once: Vec<&str> = Vec::new();
        for column in columns {
            if !once.contains(&column) {
                once.push(column);
            }
        }
        once
    }
}

impl Source {
    /// Every column it reads.
    pub fn reads(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        columns.extend(self.plus_days.as_deref());
        for party in &self.parties {
            let parts = [&party.name, &party.number, &party.phone, &party.address];
            columns.extend(parts.into_iter().flatten().map(String::as_str));
        }
        columns
    }
}
