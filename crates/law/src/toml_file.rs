//! 定义文件: TOML read with the place of every value, so that a fault can be shown where it is.
//!
//! [`TomlFile::parse`] reads as much as it can and collects every fault. A [`Table`] remembers
//! which keys were asked for; [`Table::close`] reports the rest as unknown, with the key that was
//! probably meant. An [`Item`] is a value with its place; its accessors report a wrong kind of
//! value and answer `None`. Nothing here stops at the first fault.
//!
//! Codes of family 00 (form of the file): E0001 not TOML, E0002 unknown key, E0003 wrong kind of
//! value, E0004 missing key.

use std::{
    cell::{OnceCell, RefCell},
    ops::Range,
};

use jiff::civil::{Date, DateTime};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    Id,
    diagnostic::{Diagnostic, nearest},
};

/// One file under `law/`, parsed, and what is wrong with it so far.
#[derive(Debug)]
pub struct TomlFile<'a> {
    path: &'a str,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
    /// Where its lines end; made when a line is first asked for.
    line_ends: OnceCell<Vec<usize>>,
    faults: RefCell<Vec<Diagnostic>>,
}

/// A table of the file. Keys not asked for by [`Table::close`] are unknown.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    file: &'a TomlFile<'a>,
    /// Its name in the file, such as `act.review`; empty for the whole file.
    pub name: String,
    /// Its header or its inline value.
    pub span: Range<usize>,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

/// A value with its key and its place.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    file: &'a TomlFile<'a>,
    /// Its name in the file, such as `act.review.by`.
    pub name: String,
    /// The last part of the name.
    pub key: &'a str,
    /// The key's own place.
    pub key_span: Range<usize>,
    /// The value's place.
    pub span: Range<usize>,
    value: &'a DeValue<'a>,
}

impl<'a> TomlFile<'a> {
    /// Parses a file; what is not TOML becomes a fault, what is, can be read.
    pub fn parse(path: &'a str, text: &'a str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let file =
            Self { path, text, root, line_ends: OnceCell::new(), faults: RefCell::default() };
        let mut line_before = 0;
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let fault = Diagnostic::error("E0001", path, span, "这一处不合文件的写法（TOML）");
            let line = fault.line(text);
            if line != line_before {
                file.faults.borrow_mut().push(fault.instead(in_chinese(error.message())));
            }
            line_before = line;
        }
        file
    }

    /// The whole file as a table.
    pub fn root(&'a self) -> Table<'a> {
        Table {
            file: self,
            name: String::new(),
            span: 0..0,
            entries: self.root.get_ref(),
            asked: RefCell::default(),
        }
    }

    /// Path of the file inside the law folder.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// Text of the file.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Adds a fault.
    pub fn report(&self, fault: Diagnostic) {
        self.faults.borrow_mut().push(fault);
    }

    /// A fault in this file, not yet added.
    pub fn error(
        &self,
        code: &'static str,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, self.path, span.clone(), message)
    }

    /// Everything found.
    pub fn into_faults(self) -> Vec<Diagnostic> {
        self.faults.into_inner()
    }

    /// Line of a place, counted from 1.
    pub fn line(&self, span: &Range<usize>) -> usize {
        let ends = self.line_ends.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            newlines.map(|(at, _)| at).collect()
        });
        ends.partition_point(|end| *end < span.start) + 1
    }

    /// Where a value stands: the place of the longest part of `name` (`act`, `review`, `not_by`,
    /// `0`) that exists. A table with a header of its own is shown at that header.
    pub fn place(&self, name: &[&str]) -> Range<usize> {
        let mut place = 0..0;
        let mut parts = name.iter();
        let first = parts.next().and_then(|part| self.root.get_ref().get(*part));
        let Some(mut value) = first else { return place };
        place = value.span();
        for part in parts {
            let inner = match value.get_ref() {
                DeValue::Table(table) => table.get(*part),
                DeValue::Array(list) => part.parse().ok().and_then(|at: usize| list.get(at)),
                _ => None,
            };
            let Some(inner) = inner else { break };
            (value, place) = (inner, inner.span());
        }
        place
    }
}

impl<'a> Table<'a> {
    /// The file it stands in.
    pub fn file(&self) -> &'a TomlFile<'a> {
        self.file
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &'static str) -> Option<Item<'a>> {
        if !self.asked.borrow().contains(&key) {
            self.asked.borrow_mut().push(key);
        }
        let (written, value) = self.entries.get_key_value(key)?;
        Some(self.item(written, value))
    }

    /// The value of a key that must be there; `write` is what to write, `why` is the reason.
    pub fn need(&self, key: &'static str, write: &str, why: &str) -> Option<Item<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let whole = if self.name.is_empty() { "文件" } else { &self.name };
            let message = format!("{whole} 缺少 {key}");
            let mut fault =
                self.file.error("E0004", &self.span, message).instead(format!("补写 {write}"));
            if !why.is_empty() {
                fault = fault.why(why);
            }
            self.file.report(fault);
        }
        found
    }

    /// Whether a key is written.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Every value, in the order of the file, whatever its key: for tables whose keys are ids.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> {
        self.entries.iter().map(|(key, value)| self.item(key, value))
    }

    /// A table of tables, such as `[act.x]`; empty if there is none.
    pub fn tables(&self, key: &'static str) -> Vec<(Item<'a>, Table<'a>)> {
        let Some(table) = self.get(key).and_then(|item| item.table()) else {
            return Vec::new();
        };
        let items: Vec<Item<'a>> = table.items().collect();
        items.into_iter().filter_map(|item| item.table().map(|table| (item, table))).collect()
    }

    /// Reports every key that was not asked for.
    pub fn close(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries {
            let written: &str = key.get_ref();
            if asked.contains(&written) {
                continue;
            }
            let whole = if self.name.is_empty() { "文件" } else { &self.name };
            let fault =
                self.file.error("E0002", &key.span(), format!("{whole} 里没有 {written} 这一项"));
            self.file.report(
                match nearest(written, asked.iter().copied()) {
                    Some(meant) => fault.instead(format!("是不是 {meant}？")),
                    None => fault.instead("删去，或者改成下面列出的项"),
                }
                .why(format!("这里可以写：{}", asked.join("、"))),
            );
        }
    }

    fn item(
        &self,
        key: &'a Spanned<std::borrow::Cow<'a, str>>,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Item<'a> {
        let written: &'a str = key.get_ref();
        let name = match self.name.is_empty() {
            true => written.to_owned(),
            false => format!("{}.{written}", self.name),
        };
        Item {
            file: self.file,
            name,
            key: written,
            key_span: key.span(),
            span: value.span(),
            value: value.get_ref(),
        }
    }
}

impl<'a> Item<'a> {
    /// The file it stands in.
    pub fn file(&self) -> &'a TomlFile<'a> {
        self.file
    }

    /// The key as an id.
    pub fn id(&self) -> Id {
        self.key.into()
    }

    /// A fault at this value, not yet added.
    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.file.error(code, &self.span, message)
    }

    /// Adds a fault.
    pub fn report(&self, fault: Diagnostic) {
        self.file.report(fault);
    }

    /// Reports that the value is of the wrong kind.
    pub fn wrong(&self, wanted: &str) {
        let message = format!("{} 应当写{wanted}，这里写的是{}", self.name, kind(self.value));
        self.report(self.error("E0003", message).instead(format!("改写成{wanted}")));
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Whether it is a text.
    pub fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// A text if it is one, without complaint otherwise.
    pub fn as_text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A whole number if it is one, without complaint otherwise.
    pub fn as_int(&self) -> Option<i64> {
        let written = self.value.as_integer()?;
        i64::from_str_radix(written.as_str(), written.radix()).ok()
    }

    /// A number with decimals as written, without complaint otherwise.
    pub fn as_decimal(&self) -> Option<&'a str> {
        self.value.as_float().map(|float| float.as_str())
    }

    /// `true` or `false`, without complaint otherwise.
    pub fn as_bool(&self) -> Option<bool> {
        self.value.as_bool()
    }

    /// A date if it is one, without complaint otherwise.
    pub fn as_date(&self) -> Option<Date> {
        let written = self.value.as_datetime()?;
        let date = written.date.filter(|_| written.time.is_none() && written.offset.is_none())?;
        civil(date)
    }

    /// A date and time of day without a zone, without complaint otherwise.
    pub fn as_moment(&self) -> Option<DateTime> {
        let written = self.value.as_datetime()?;
        let (date, time) = (civil(written.date?)?, written.time?);
        let part = |number: u8| i8::try_from(number).ok();
        let (hour, minute) = (part(time.hour)?, part(time.minute)?);
        let second = part(time.second.unwrap_or(0))?;
        (written.offset.is_none()).then(|| date.at(hour, minute, second, 0))
    }

    /// A text.
    pub fn text(&self) -> Option<&'a str> {
        self.expect(self.as_text(), "文字（加引号）")
    }

    /// A text that says something.
    pub fn words(&self) -> Option<&'a str> {
        let text = self.text()?;
        if text.trim().is_empty() {
            self.report(self.error("E0003", format!("{} 是空的", self.name)).instead("写上内容"));
            return None;
        }
        Some(text)
    }

    /// A whole number.
    pub fn int(&self) -> Option<i64> {
        self.expect(self.as_int(), "整数")
    }

    /// `true` or `false`.
    pub fn bool(&self) -> Option<bool> {
        self.expect(self.as_bool(), " true 或 false（不加引号）")
    }

    /// A date such as `2025-07-01`, without quotes.
    pub fn date(&self) -> Option<Date> {
        self.expect(self.as_date(), "日期（如 2025-07-01，不加引号）")
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'a>> {
        let entries = self.expect(self.value.as_table(), "一组内容（[…] 或 { … }）")?;
        Some(Table {
            file: self.file,
            name: self.name.clone(),
            span: self.span.clone(),
            entries,
            asked: RefCell::default(),
        })
    }

    /// The values of a list.
    pub fn list(&self) -> Vec<Item<'a>> {
        let Some(array) = self.expect(self.value.as_array(), "列表（[ … ]）") else {
            return Vec::new();
        };
        let place = |(at, value): (usize, &'a Spanned<DeValue<'a>>)| Item {
            file: self.file,
            name: format!("{}.{at}", self.name),
            key: self.key,
            key_span: self.key_span.clone(),
            span: value.span(),
            value: value.get_ref(),
        };
        array.iter().enumerate().map(place).collect()
    }

    /// The values of a list, or the one value that stands alone.
    pub fn one_or_many(&self) -> Vec<Item<'a>> {
        if self.is_list() { self.list() } else { vec![self.clone()] }
    }

    /// Place of a part of this text, given in bytes of the text.
    pub fn within(&self, part: &Range<usize>) -> Range<usize> {
        let raw = &self.file.text[self.span.clone()];
        match self.as_text().and_then(|text| raw.find(text)) {
            Some(offset) => {
                let start = self.span.start + offset;
                start + part.start..start + part.end
            }
            None => self.span.clone(), // Written with escapes; the whole value is marked.
        }
    }

    fn expect<T>(&self, found: Option<T>, wanted: &str) -> Option<T> {
        if found.is_none() {
            self.wrong(wanted);
        }
        found
    }
}

fn civil(date: toml::value::Date) -> Option<Date> {
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    Date::new(i16::try_from(date.year).ok()?, month, day).ok()
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "文字",
        DeValue::Integer(_) => "整数",
        DeValue::Float(_) => "小数",
        DeValue::Boolean(_) => " true/false",
        DeValue::Datetime(_) => "日期",
        DeValue::Array(_) => "列表",
        DeValue::Table(_) => "一组内容",
    }
}

/// What the TOML parser complains of, for a clerk.
fn in_chinese(message: &str) -> String {
    let known = [
        ("duplicate key", "这个名字前面已经写过，合并到一处，或者换一个名字"),
        ("string values must be quoted", "文字要用英文双引号 \"…\" 括起来；列表各项之间用英文逗号"),
        ("invalid basic string", "英文双引号没有成对"),
        ("unclosed table", "方括号没有成对：[act.accept]"),
        ("unclosed array", "方括号没有成对：[ … ]"),
        ("unclosed inline table", "花括号没有成对：{ … }"),
        ("invalid unquoted key", "名字只能用英文字母、数字、- 和 _；汉字做名字时加英文双引号"),
        ("invalid literal string", "英文单引号没有成对"),
        ("invalid date", "没有这一天；日期写成 2025-07-01"),
        ("invalid datetime", "日期写成 2025-07-01"),
        ("invalid boolean", "只能写 true 或 false"),
        ("unexpected key or value", "一行只写一项；同一个 { } 或 [ ] 里各项之间用英文逗号"),
        ("missing escaped value", "反斜杠要写成 \\\\"),
        ("invalid integer", "数字只写阿拉伯数字"),
        ("missing assignment", "名字后面要有 = 和内容"),
    ];
    let found = known.iter().find(|(english, _)| message.contains(english));
    found.map_or_else(
        || format!("检查引号、括号和逗号（{message}）"),
        |(_, chinese)| (*chinese).to_owned(),
    )
}
