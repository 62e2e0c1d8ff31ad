//! 报告提纲: chapters, sentences and the figures they rest on, from `law/reports/*.toml`.

use std::ops::Range;

use crate::{
    Id,
    citation::Basis,
    diagnostic::Diagnostic,
    indicator::{Keys, Kind},
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

/// An outline of the annual report. 提纲
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// Title pattern, such as `{org}{year}年法治政府建设年度报告`.
    pub title: String,
    /// The duty whose paper it drafts; none = it is an annual report.
    pub of: Option<Id>,
    /// First and last reporting year it is meant for.
    pub years: (i16, i16),
    /// Chapters in order.
    pub blocks: Vec<Block>,
    /// The articles that ask for it.
    pub basis: Basis,
}

/// One chapter. 章
#[derive(Clone, Debug)]
pub struct Block {
    /// 标题.
    pub title: String,
    /// Which of the five mandatory blocks it is (1–5), if any.
    pub mandatory: Option<u8>,
    /// Sections.
    pub sections: Vec<Section>,
    /// What a person must write here, if figures alone do not suffice.
    pub write: Option<String>,
}

/// One section. 节
#[derive(Clone, Debug)]
pub struct Section {
    /// 标题.
    pub title: String,
    /// Sentences, in order; one is printed when all its figures have data.
    pub sentences: Vec<Sentence>,
}

/// A sentence with places for figures.
///
/// A place is `{key}` or `{key:form}`; see [`Form`]. `{org}` and `{year}` are the organ and the
/// reporting year.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The text as written.
    pub text: String,
    /// The text and its places, in order.
    pub parts: Vec<Part>,
    /// The indicator keys it names, in order, each once.
    pub keys: Vec<Id>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Text(String),
    /// `{org}`.
    Org,
    /// `{year}`.
    Year,
    /// A figure.
    Figure(Id, Form),
}

/// Begins a sentence that no figure can say: a person has to write it.
pub const TO_WRITE: &str = "【待写】";

/// A place of an outline in which a person writes. 要人写的地方
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// 章.
    pub chapter: String,
    /// 节; none = the chapter as a whole.
    pub section: Option<String>,
    /// What has to be written; none = the figures suffice, and more may be added.
    pub prompt: Option<String>,
}

impl Outline {
    /// Every place in which a person writes, in order.
    pub fn places(&self) -> Vec<Passage> {
        self.blocks.iter().flat_map(Block::places).collect()
    }
}

impl Block {
    /// The chapter as a whole, where it asks for text or has parts without a title; then each of
    /// its sections.
    fn places(&self) -> Vec<Passage> {
        let (titled, bare): (Vec<&Section>, Vec<&Section>) =
            self.sections.iter().partition(|section| !section.title.is_empty());
        let own = match &self.write {
            None if self.sections.is_empty() => Some(self.title.clone()),
            write => write.clone(),
        };
        let prompts: Vec<String> =
            own.into_iter().chain(bare.iter().filter_map(|section| section.prompt())).collect();
        let place = |section, prompt| Passage { chapter: self.title.clone(), section, prompt };
        let mut places = Vec::new();
        if !prompts.is_empty() || titled.is_empty() || !bare.is_empty() {
            places.push(place(None, (!prompts.is_empty()).then(|| prompts.concat())));
        }
        let titled = titled.into_iter();
        places.extend(titled.map(|section| place(Some(section.title.clone()), section.prompt())));
        places
    }
}

impl Section {
    /// What a person has to write in it.
    fn prompt(&self) -> Option<String> {
        let prompts = self.sentences.iter().filter_map(|one| one.text.strip_prefix(TO_WRITE));
        let prompts: String = prompts.collect();
        (!prompts.is_empty()).then_some(prompts)
    }
}

/// How a figure is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{key}`: the value with its unit; a rate in percent.
    Value,
    /// `{key:n}`: the bare number.
    Number,
    /// `{key:rate}`: a rate in percent, without its working.
    Rate,
    /// `{key:working}`: `2/3`.
    Working,
    /// `{key:last}`: last year's value with its unit.
    Last,
    /// `{key:change}`: 同比上升/下降…% (百分点 for rates).
    Change,
}

impl Form {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "n" => Form::Number,
            "rate" => Form::Rate,
            "working" => Form::Working,
            "last" => Form::Last,
            "change" => Form::Change,
            _ => return None,
        })
    }
}

/// Reads the files under `reports/`; every figure they name must be among `keys`.
pub(crate) fn parse(files: &[SourceFile], keys: &Keys<'_>) -> (Vec<Outline>, Vec<Diagnostic>) {
    let (mut outlines, mut faults) = (Vec::new(), Vec::new());
    for source in files.iter().filter(|source| source.path.starts_with("reports/")) {
        let file = TomlFile::parse(&source.path, &source.text);
        outlines.extend(read(&file, keys));
        faults.extend(file.into_faults());
    }
    (outlines, faults)
}

fn read(file: &TomlFile<'_>, keys: &Keys<'_>) -> Option<Outline> {
    let root = file.root();
    let why = "报告提纲要有编号、名称、题名和适用年度";
    let head = root.need("outline", "[outline]", why).and_then(|item| item.table());
    let blocks = root.need("block", "[[block]]", "提纲至少有一章");
    let blocks = blocks.map(|item| item.list()).unwrap_or_default();
    let blocks = blocks.iter().filter_map(Item::table).filter_map(|table| read_block(table, keys));
    let blocks = blocks.collect();
    root.close();
    let head = head?;
    let words = |key, write: &str| head.need(key, write, "").and_then(|item| item.words());
    let id = words("id", "id = \"annual-2021\"");
    let name = words("name", "name = \"年度报告提纲\"");
    let title = words("title", "title = \"{org}{year}年法治政府建设年度报告\"");
    let of = head.get("of").and_then(|item| {
        let id = item.words()?;
        if keys.has_procedure(id) {
            return Some(Id::from(id));
        }
        item.report(
            item.error("E0851", format!("没有程序 {id}")).instead("写程序的标识，或者删去"),
        );
        None
    });
    let basis = words("basis", "basis = \"《…》第…条\"");
    let years = head.need("years", "years = [2021, 2025]", "").and_then(|item| read_years(&item));
    head.close();
    Some(Outline {
        id: id?.into(),
        name: name?.to_owned(),
        title: title?.to_owned(),
        of,
        years: years?,
        blocks,
        basis: Basis::parse(basis?),
    })
}

fn read_years(item: &Item<'_>) -> Option<(i16, i16)> {
    let years: Option<Vec<i16>> = item
        .list()
        .iter()
        .map(|year| year.as_int().and_then(|year| year.try_into().ok()))
        .collect();
    let span = match years.as_deref() {
        Some([from, to]) if from <= to => Some((*from, *to)),
        _ => None,
    };
    if span.is_none() {
        item.wrong("起止年度（如 [2021, 2025]）");
    }
    span
}

fn read_block(table: Table<'_>, keys: &Keys<'_>) -> Option<Block> {
    let title = table.need("title", "title = \"…\"", "").and_then(|item| item.words());
    let mandatory = table.get("mandatory").and_then(|item| {
        let number = u8::try_from(item.int()?).ok().filter(|number| (1..=5).contains(number));
        if number.is_none() {
            item.wrong("1 到 5（法定五块内容之一）");
        }
        number
    });
    let write = table.get("write").and_then(|item| item.words()).map(str::to_owned);
    let sections = table.get("section").map(|item| item.list()).unwrap_or_default();
    let sections = sections.iter().filter_map(Item::table);
    let sections = sections.filter_map(|table| read_section(table, keys)).collect();
    table.close();
    Some(Block { title: title?.to_owned(), mandatory, sections, write })
}

fn read_section(table: Table<'_>, keys: &Keys<'_>) -> Option<Section> {
    let title = table.need("title", "title = \"…\"", "").and_then(|item| item.words());
    let sentences = table.need("sentences", "sentences = [\"…\"]", "");
    let sentences = sentences.map(|item| item.list()).unwrap_or_default();
    let sentences = sentences.iter().filter_map(|item| read_sentence(item, keys)).collect();
    table.close();
    Some(Section { title: title?.to_owned(), sentences })
}

fn read_sentence(item: &Item<'_>, known: &Keys<'_>) -> Option<Sentence> {
    let text = item.words()?;
    let (mut parts, mut keys) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|open| at + open) {
        let Some(close) = text[open..].find('}').map(|close| open + close) else {
            let fault =
                item.file().error("E0846", &item.within(&(open..text.len())), "花括号没有成对");
            item.report(fault.instead("写成 {指标} 或 {指标:写法}"));
            return None;
        };
        if open > at {
            parts.push(Part::Text(text[at..open].to_owned()));
        }
        let place = read_place(item, text, open + 1..close, known)?;
        if let Part::Figure(key, _) = &place
            && !keys.contains(key)
        {
            keys.push(key.clone());
        }
        parts.push(place);
        at = close + 1;
    }
    if at < text.len() {
        parts.push(Part::Text(text[at..].to_owned()));
    }
    Some(Sentence { text: text.to_owned(), parts, keys })
}

fn read_place(item: &Item<'_>, text: &str, at: Range<usize>, known: &Keys<'_>) -> Option<Part> {
    let inner = &text[at.clone()];
    match inner {
        "org" => return Some(Part::Org),
        "year" => return Some(Part::Year),
        _ => {}
    }
    let span = item.within(&at);
    let (key, form) = inner.split_once(':').unwrap_or((inner, ""));
    let form = if form.is_empty() { Some(Form::Value) } else { Form::named(form) };
    let Some(form) = form else {
        let fault = item.file().error("E0847", &span, format!("“{inner}”没有这种写法"));
        item.report(fault.instead("冒号后面写 n、rate、working、last 或 change"));
        return None;
    };
    let kind = known.need(key, item.file(), &span)?;
    let divided = (form == Form::Rate && kind != Kind::Rate)
        || (form == Form::Working && kind == Kind::Amount);
    if divided {
        let fault = item.file().error("E0848", &span, format!("{key} 是数量，不是比率"));
        item.report(fault.instead(format!("写 {{{key}}} 或 {{{key}:n}}")));
        return None;
    }
    if form == Form::Number && kind == Kind::Rate {
        let fault = item.file().error("E0848", &span, format!("{key} 是比率，不能只写数"));
        item.report(fault.instead(format!("写 {{{key}:rate}} 或 {{{key}:working}}")));
        return None;
    }
    Some(Part::Figure(key.into(), form))
}
