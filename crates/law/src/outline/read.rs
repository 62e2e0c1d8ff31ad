//! Reading an outline, with a fault for everything that cannot be printed as written.

use std::ops::Range;

use super::{
    Block, Choice, Form, Outline, PREAMBLE, Part, Point, Points, Section, Sentence, TO_WRITE,
};
use crate::{
    Id,
    citation::Basis,
    diagnostic::Diagnostic,
    indicator::{Keys, Kind},
    organ::Organs,
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

/// Reads the files under `reports/`; every figure they name must be among `keys`, every kind of
/// organ among `organs`.
pub(crate) fn parse(
    files: &[SourceFile],
    keys: &Keys<'_>,
    organs: &Organs,
) -> (Vec<Outline>, Vec<Diagnostic>) {
    let (mut outlines, mut faults) = (Vec::<Outline>::new(), Vec::new());
    for source in files.iter().filter(|source| source.path.starts_with("reports/")) {
        let file = TomlFile::parse(&source.path, &source.text);
        if let Some(outline) = read(&file, keys, organs) {
            compete(&file, &outline, &outlines);
            outlines.push(outline);
        }
        faults.extend(file.into_faults());
    }
    (outlines, faults)
}

/// For a kind of organ and a year, one outline is taken by itself: the one that begins latest.
fn compete(file: &TomlFile<'_>, outline: &Outline, others: &[Outline]) {
    let by_itself = |one: &Outline| one.choice == Choice::Default && one.of.is_none();
    let rival = |other: &&Outline| {
        by_itself(outline)
            && by_itself(other)
            && other.years.0 == outline.years.0
            && other.kinds.iter().any(|kind| outline.kinds.contains(kind))
    };
    let Some(rival) = others.iter().find(rival) else { return };
    let Some(kinds) = file.root().get("outline").and_then(|item| item.table()?.get("kinds")) else {
        return;
    };
    let message = format!("与提纲 {} 为同样的机关、从同一年起作默认", rival.id);
    let fault = kinds.error("E0852", message).instead("改 kinds 或 years，或者写 default = false");
    kinds.report(fault.why("没有指明提纲的，只能有一份最合适"));
}

fn read(file: &TomlFile<'_>, keys: &Keys<'_>, organs: &Organs) -> Option<Outline> {
    let root = file.root();
    let why = "报告提纲要有编号、名称、题名、适用的机关和年度";
    let head = root.need("outline", "[outline]", why).and_then(|item| item.table());
    let why = "报告的第一章以前有一段引言";
    let preamble = root.need("preamble", "[preamble]", why).and_then(|item| item.table());
    let preamble = preamble.map(|table| {
        let sentences = read_sentences(&table, keys);
        table.close();
        Section { title: PREAMBLE.into(), sentences, points: Vec::new() }
    });
    let blocks = root.need("block", "[[block]]", "提纲至少有一章");
    let blocks = blocks.map(|item| item.list()).unwrap_or_default();
    let blocks = titled(&blocks).filter_map(|table| read_block(table, keys));
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
    let write = "kinds = [\"county\"]";
    let kinds = head.need("kinds", write, "写明是哪几类机关的报告，机关类别见 organs/");
    let kinds = kinds.and_then(|item| read_kinds(&item, organs));
    let choice = match head.get("default").and_then(|item| item.bool()) {
        Some(false) => Choice::Named,
        _ => Choice::Default,
    };
    let points = head.get("points").map_or(Some(Points::Numbered), |item| read_points(&item));
    head.close();
    Some(Outline {
        id: id?.into(),
        name: name?.to_owned(),
        title: title?.to_owned(),
        of,
        kinds: kinds?,
        years: years?,
        choice,
        points: points?,
        preamble: preamble?,
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

fn read_kinds(item: &Item<'_>, organs: &Organs) -> Option<Vec<Id>> {
    let each = item.list().into_iter().map(|one| {
        let word = one.words()?;
        if organs.kinds.contains_key(word) {
            return Some(Id::from(word));
        }
        let fault = one.error("E0855", format!("没有机关类别 {word}"));
        let known: Vec<&str> = organs.kinds.keys().map(Id::as_str).collect();
        one.report(fault.instead(format!("可以写：{}", known.join("、"))));
        None
    });
    each.collect()
}

fn read_points(item: &Item<'_>) -> Option<Points> {
    match item.text()? {
        "1." => Some(Points::Numbered),
        "一是" => Some(Points::Spoken),
        _ => {
            item.wrong("“1.”或者“一是”");
            None
        }
    }
}

/// The tables of a list, each with a title of its own: what a person writes finds its place by it.
fn titled<'a>(items: &[Item<'a>]) -> impl Iterator<Item = Table<'a>> + use<'a> {
    let tables: Vec<Table<'a>> = items.iter().filter_map(Item::table).collect();
    let mut seen = Vec::new();
    for title in tables.iter().filter_map(|table| table.get("title")) {
        let Some(text) = title.as_text() else { continue };
        if seen.contains(&text) {
            let fault = title.error("E0853", format!("标题“{text}”前面已经有了"));
            title.report(fault.instead("换一个标题").why("手写的部分按标题放进报告"));
        }
        seen.push(text);
    }
    tables.into_iter()
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
    let sections = titled(&sections).filter_map(|table| read_section(table, keys)).collect();
    table.close();
    Some(Block { title: title?.to_owned(), mandatory, sections, write })
}

fn read_section(table: Table<'_>, keys: &Keys<'_>) -> Option<Section> {
    let title = table.need("title", "title = \"…\"", "").and_then(|item| item.words());
    let points = table.get("point").map(|item| item.list()).unwrap_or_default();
    let points: Vec<Point> = titled(&points).filter_map(|table| read_point(table, keys)).collect();
    // A section may consist of points alone.
    let sentences = match points.is_empty() || table.has("sentences") {
        true => read_sentences(&table, keys),
        false => Vec::new(),
    };
    table.close();
    Some(Section { title: title?.to_owned(), sentences, points })
}

fn read_point(table: Table<'_>, keys: &Keys<'_>) -> Option<Point> {
    let title = table.need("title", "title = \"…\"", "").and_then(|item| item.words());
    let sentences = read_sentences(&table, keys);
    table.close();
    Some(Point { title: title?.to_owned(), sentences })
}

fn read_sentences(table: &Table<'_>, keys: &Keys<'_>) -> Vec<Sentence> {
    let sentences = table.need("sentences", "sentences = [\"…\"]", "");
    let sentences = sentences.map(|item| item.list()).unwrap_or_default();
    sentences.iter().filter_map(|item| read_sentence(item, keys)).collect()
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
    let sentence = Sentence { text: text.to_owned(), parts, keys };
    if sentence.to_write().is_some() && !sentence.keys.is_empty() {
        let fault = item.error("E0854", format!("“{TO_WRITE}”的句子里有数字的位置"));
        item.report(fault.instead("有数字的另写一句").why("要人写的地方不印数字"));
        return None;
    }
    Some(sentence)
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
    if form == "limit" {
        let found = known.limit(key).map(|(limit, sample)| Part::Limit { limit, sample });
        if found.is_none() {
            let fault = item.file().error("E0846", &span, format!("{key} 不是法定的数"));
            item.report(fault.instead("写“程序.期限”或者“程序.param.参数”"));
        }
        return found;
    }
    let form = if form.is_empty() { Some(Form::Value) } else { Form::named(form) };
    let Some(form) = form else {
        let fault = item.file().error("E0847", &span, format!("“{inner}”没有这种写法"));
        item.report(fault.instead("冒号后面写 n、rate、working、last、change 或 limit"));
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
