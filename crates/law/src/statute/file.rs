//! Reads the files under `law/statutes/`.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DayWord, Edition, Rank, Statute, Statutes, Workdays};
use crate::{
    diagnostic::Diagnostic,
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

impl Statutes {
    /// Reads the files under `statutes/`; says what is wrong with them.
    pub fn parse(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut statutes = Self::default();
        for source in files.iter().filter(|source| source.path.starts_with("statutes/")) {
            let file = TomlFile::parse(&source.path, &source.text);
            read_file(&file, &mut statutes);
            diagnostics.extend(file.into_faults());
        }
        (statutes, diagnostics)
    }
}

/// A file: `as_of` and `rank` for all of it, then one table a law.
fn read_file(file: &TomlFile<'_>, statutes: &mut Statutes) {
    let root = file.root();
    let why = "法规库要写明收录到哪一天";
    let complete_to = root.need("as_of", "as_of = 2026-06-30", why).and_then(|item| item.date());
    let rank = root.get("rank").and_then(|item| read_rank(&item));
    for item in root.items().filter(|item| !matches!(item.key, "as_of" | "rank")) {
        let Some(table) = item.table() else { continue };
        let known = statutes.get(item.key).is_some();
        if known {
            let fault = item.error("E0221", format!("《{}》写了两次", item.key));
            item.report(fault.instead("合并到一处"));
        }
        if let Some(statute) = read_statute(&item, table, rank, complete_to)
            && !known
        {
            statutes.add(statute);
        }
    }
}

fn read_statute(
    item: &Item<'_>,
    table: Table<'_>,
    rank_of_file: Option<Rank>,
    complete_to: Option<Date>,
) -> Option<Statute> {
    let texts = |key| {
        let list = table.get(key).map(|item| item.list()).unwrap_or_default();
        list.iter().filter_map(Item::words).map(str::to_owned).collect::<Vec<_>>()
    };
    let text = |key| table.get(key).and_then(|item| item.words()).unwrap_or_default().to_owned();
    let date = |key| table.get(key).and_then(|item| item.date());
    let editions = table.get("editions").map(|item| item.list()).unwrap_or_default();
    let rank = match table.get("rank") {
        Some(item) => read_rank(&item),
        None if rank_of_file.is_some() => rank_of_file,
        None => table.need("rank", "rank = \"法律\"", "").and_then(|item| read_rank(&item)),
    };
    let statute = Statute {
        title: item.key.to_owned(),
        short: texts("short"),
        number: text("number"),
        rank: rank?,
        editions: editions.iter().filter_map(read_edition).collect(),
        until: date("until"),
        until_checked: !texts("unsure").iter().any(|word| word == "until"),
        replaced_by: texts("replaced_by"),
        moved: read_moved(&table),
        days: table.get("days").and_then(|item| read_days(&item)),
        note: text("note"),
        complete_to,
    };
    table.close();
    let starts: Vec<Date> = statute.editions.iter().filter_map(|edition| edition.from).collect();
    if !starts.is_sorted() {
        let fault = item.error("E0222", format!("《{}》的各版没有按施行日从早到晚写", item.key));
        item.report(fault.instead("按 from 从早到晚排列"));
    }
    Some(statute)
}

fn read_edition(item: &Item<'_>) -> Option<Edition> {
    let table = item.table()?;
    let name = table.get("name").and_then(|item| item.words()).unwrap_or_default();
    let from = table.get("from").and_then(|item| item.date());
    let articles = table.get("articles").and_then(|item| {
        let articles = u16::try_from(item.int()?).ok().filter(|articles| *articles > 0);
        if articles.is_none() {
            item.wrong("条数");
        }
        articles
    });
    let unsure = table.get("unsure").map(|item| item.list()).unwrap_or_default();
    let unsure: Vec<&str> = unsure.iter().filter_map(Item::words).collect();
    table.close();
    Some(Edition {
        name: name.to_owned(),
        from,
        from_checked: from.is_some() && !unsure.contains(&"from"),
        articles,
        articles_checked: articles.is_some() && !unsure.contains(&"articles"),
    })
}

fn read_moved(table: &Table<'_>) -> BTreeMap<u16, String> {
    let Some(moved) = table.get("moved").and_then(|item| item.table()) else {
        return BTreeMap::new();
    };
    let read = |item: Item<'_>| {
        let article = item.key.parse().ok();
        if article.is_none() {
            item.report(item.error("E0223", format!("{} 不是条号", item.key)));
        }
        Some((article?, item.words()?.to_owned()))
    };
    moved.items().filter_map(read).collect()
}

/// `{ workdays = [2, 3, 5, 7], basis = "第八十五条" }`, `{ up_to = 10, … }` or `{ all = true, … }`.
fn read_days(item: &Item<'_>) -> Option<DayWord> {
    let table = item.table()?;
    let number = |item: &Item<'_>| item.int().and_then(|number| u32::try_from(number).ok());
    let workdays = if let Some(list) = table.get("workdays") {
        Some(Workdays::These(list.list().iter().filter_map(number).collect()))
    } else if let Some(most) = table.get("up_to") {
        number(&most).map(Workdays::UpTo)
    } else {
        table.need("all", "all = true", "哪些日是工作日").map(|_| Workdays::All)
    };
    let why = "哪一条说的";
    let basis = table.need("basis", "basis = \"第八十五条\"", why).and_then(|item| item.words());
    table.close();
    Some(DayWord { workdays: workdays?, basis: basis?.to_owned() })
}

fn read_rank(item: &Item<'_>) -> Option<Rank> {
    let text = item.text()?;
    let rank = Rank::of(text);
    if rank.is_none() {
        let names = Rank::ALL.map(Rank::name).join("、");
        let fault = item.error("E0224", format!("没有“{text}”这一效力级别"));
        item.report(fault.instead(format!("写{names}之一")));
    }
    rank
}
