//! 法规库: which laws exist, from when to when, what replaced them, how many articles they have.
//!
//! The files under `law/statutes/` are a list of facts, not of texts: enough to say of a citation
//! that its law is repealed, not yet in force or has no such article. What nobody has checked
//! against the text is marked `unsure` there and never counts as an error, only as a doubt.

use std::{cmp::Reverse, collections::BTreeMap};

use jiff::civil::Date;

use crate::{
    calendar::later,
    citation::{Article, Citation},
    diagnostic::{Diagnostic, nearest},
    period::chinese_date,
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

/// Every law that is known. 法规库
#[derive(Clone, Debug, Default)]
pub struct Statutes {
    list: Vec<Statute>,
    /// Simplified title, short title or number = places in the list.
    index: BTreeMap<String, Vec<usize>>,
}

/// One law with its editions. 法规
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statute {
    /// Full title, without 《》.
    pub title: String,
    /// Short titles people use.
    pub short: Vec<String>,
    /// 文号.
    pub number: String,
    /// 效力级别.
    pub rank: Rank,
    /// Editions, oldest first; each holds until the next begins.
    pub editions: Vec<Edition>,
    /// No longer in force from this day on.
    pub until: Option<Date>,
    /// Whether `until` was checked.
    pub until_checked: bool,
    /// Titles of what took its place.
    pub replaced_by: Vec<String>,
    /// Old article = where its content stands now, in the newest edition or in what replaced it.
    pub moved: BTreeMap<u16, String>,
    /// What its “日” are, where it says so itself.
    pub days: Option<DayWord>,
    /// A word for whoever cites it.
    pub note: String,
    /// The list was complete to this day.
    pub complete_to: Option<Date>,
}

/// One edition of a law. 版本
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edition {
    /// `2021修订`; empty for the first.
    pub name: String,
    /// In force from this day on; `None` where nobody has looked it up. A first edition without a
    /// day stands for all older ones.
    pub from: Option<Date>,
    /// Whether `from` was checked against the text.
    pub from_checked: bool,
    /// How many articles it has.
    pub articles: Option<u16>,
    /// Whether `articles` was checked.
    pub articles_checked: bool,
}

/// What a law's own “日” are. 日的含义
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayWord {
    /// Which numbers of days are working days; the others are natural days.
    pub workdays: Workdays,
    /// The article that says so: `第八十五条`.
    pub basis: String,
}

/// Which of a law's periods count in working days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workdays {
    /// All of them.
    All,
    /// Up to so many days.
    UpTo(u32),
    /// Just these.
    These(Vec<u32>),
}

impl DayWord {
    /// Whether so many days of this law are working days.
    pub fn counts_workdays(&self, days: u32) -> bool {
        match &self.workdays {
            Workdays::All => true,
            Workdays::UpTo(most) => days <= *most,
            Workdays::These(numbers) => numbers.contains(&days),
        }
    }
}

/// 效力级别, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// 宪法.
    Constitution,
    /// 法律.
    Law,
    /// 行政法规.
    AdministrativeRegulation,
    /// 党内法规, including those issued jointly with the State Council.
    PartyRegulation,
    /// 司法解释.
    Interpretation,
    /// 地方性法规.
    LocalRegulation,
    /// 规章.
    Rule,
    /// 规范性文件.
    Document,
}

/// What a cited title is on a day. 引用核对
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// 现行有效.
    InForce {
        /// The law.
        statute: &'a Statute,
        /// The edition of that day, where it is known.
        edition: Option<&'a Edition>,
    },
    /// 已经失效.
    Repealed {
        /// The law.
        statute: &'a Statute,
        /// From this day on.
        since: Date,
        /// Titles in force on the day asked for that took its place.
        replaced_by: Vec<&'a str>,
        /// Whether the day was checked.
        checked: bool,
    },
    /// 尚未施行.
    NotYet {
        /// The law.
        statute: &'a Statute,
        /// From this day on.
        from: Date,
        /// Whether the day was checked.
        checked: bool,
    },
    /// 未收录.
    Unknown {
        /// The title that was perhaps meant.
        nearest: Option<&'a str>,
    },
}

/// Something wrong with a citation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitationFault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// The article it is about; none if it is about the whole law.
    pub article: Option<Article>,
    /// Rests on checked facts only. Otherwise a person must look.
    pub checked: bool,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub instead: Option<String>,
}

/// Kinds of fault in a citation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// 已废止.
    Repealed,
    /// 条号越界.
    NoSuchArticle,
    /// 未施行.
    NotYet,
    /// 未收录: perhaps a local rule, perhaps a slip.
    Unknown,
}

impl Rank {
    const ALL: [Rank; 8] = [
        Rank::Constitution,
        Rank::Law,
        Rank::AdministrativeRegulation,
        Rank::PartyRegulation,
        Rank::Interpretation,
        Rank::LocalRegulation,
        Rank::Rule,
        Rank::Document,
    ];

    /// 名称.
    pub const fn name(self) -> &'static str {
        match self {
            Rank::Constitution => "宪法",
            Rank::Law => "法律",
            Rank::AdministrativeRegulation => "行政法规",
            Rank::PartyRegulation => "党内法规",
            Rank::Interpretation => "司法解释",
            Rank::LocalRegulation => "地方性法规",
            Rank::Rule => "规章",
            Rank::Document => "规范性文件",
        }
    }

    /// The rank of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.name() == name)
    }

    /// Whether it is a 规章 or higher, which alone may loosen a period of a law that leaves it to
    /// 法律、法规、规章.
    pub fn is_rule_or_higher(self) -> bool {
        self <= Rank::Rule
    }
}

impl Statutes {
    /// Reads the files under `statutes/`; says what is wrong with them.
    pub fn parse(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut statutes = Self::default();
        for source in files
            .iter()
            .filter(|source| source.path.starts_with("statutes/"))
        {
            let file = TomlFile::parse(&source.path, &source.text);
            read_file(&file, &mut statutes);
            diagnostics.extend(file.into_faults());
        }
        (statutes, diagnostics)
    }

    /// Every law, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Statute> {
        self.list.iter()
    }

    /// The law of exactly this full title.
    pub fn get(&self, title: &str) -> Option<&Statute> {
        self.named(title)
            .find(|statute| simplified(&statute.title) == simplified(title))
    }

    /// What a title is on a day.
    ///
    /// Titles may be full or short, with or without 中华人民共和国, or a document number. An
    /// edition in brackets, such as （2017修正）, asks for that edition.
    pub fn resolve(&self, title: &str, on: Date) -> Resolution<'_> {
        let as_written = self.named(title).map(|statute| self.standing(statute, on));
        if let Some(best) = as_written.max_by_key(|standing| preference(standing, on)) {
            return best;
        }
        if let Some((bare, edition)) = split_edition(title)
            && let Some(statute) = self.named(bare).next()
        {
            return self.standing_of_edition(statute, edition, on);
        }
        Resolution::Unknown {
            nearest: self.perhaps(title),
        }
    }

    /// The full title that was perhaps meant. 中华人民共和国 itself may be misspelt.
    ///
    /// A title that only puts words before another, such as 某省优化营商环境条例, is no slip but a
    /// rule of its own.
    fn perhaps(&self, title: &str) -> Option<&str> {
        let simple = simplified(title);
        let country = if simple.starts_with("中华") {
            COUNTRY
        } else {
            ""
        };
        let length = simple.chars().count();
        let names = self.list.iter().map(|statute| {
            let name = format!("{country}{}", simplified(&statute.title));
            (name.chars().count(), name, &*statute.title)
        });
        let mut near: Vec<(usize, String, &str)> = names
            .filter(|(letters, name, _)| letters.abs_diff(length) <= 3 && !simple.ends_with(name))
            .collect();
        // Of names equally near the longer first: letters are left out more often than added.
        near.sort_by_key(|(letters, ..)| Reverse(*letters));
        let meant = nearest(&simple, near.iter().map(|(_, name, _)| name.as_str()))?;
        near.iter()
            .find(|(_, name, _)| name == meant)
            .map(|(.., title)| *title)
    }

    /// What is wrong with a citation in a text of this day.
    pub fn check(&self, citation: &Citation, on: Date) -> Vec<CitationFault> {
        let title = &citation.title;
        let mut fault = CitationFault {
            kind: FaultKind::Unknown,
            article: None,
            checked: true,
            message: String::new(),
            instead: None,
        };
        match self.resolve(title, on) {
            Resolution::InForce { statute, edition } => {
                return no_such_articles(citation, statute, edition, on);
            }
            Resolution::Repealed {
                statute,
                since,
                replaced_by,
                checked,
            } => {
                fault.kind = FaultKind::Repealed;
                fault.checked = checked;
                fault.message = format!("《{title}》自{}起失效", chinese_date(since));
                fault.instead = instead_of_repealed(citation, statute, &replaced_by);
            }
            Resolution::NotYet { from, checked, .. } => {
                fault.kind = FaultKind::NotYet;
                fault.checked = checked;
                fault.message = format!("《{title}》自{}起才施行", chinese_date(from));
            }
            Resolution::Unknown { nearest } => {
                fault.checked = false;
                fault.message = format!("法规库没有收录《{title}》");
                fault.instead = nearest.map(|title| format!("是不是《{}》？", bare(title)));
            }
        }
        vec![fault]
    }

    fn named(&self, title: &str) -> impl Iterator<Item = &Statute> {
        let places = self
            .index
            .get(&simplified(title))
            .map(Vec::as_slice)
            .unwrap_or_default();
        places.iter().map(|place| &self.list[*place])
    }

    fn standing<'a>(&'a self, statute: &'a Statute, on: Date) -> Resolution<'a> {
        if let Some(since) = statute.until.filter(|until| *until <= on) {
            let replaced_by = self.in_place_of(&statute.replaced_by, on, 0);
            let checked = statute.until_checked;
            return Resolution::Repealed {
                statute,
                since,
                replaced_by,
                checked,
            };
        }
        let edition = statute.edition_on(on);
        let first = statute
            .editions
            .first()
            .and_then(|first| Some((first.from?, first.from_checked)));
        match first.filter(|(from, _)| edition.is_none() && on < *from) {
            Some((from, checked)) => Resolution::NotYet {
                statute,
                from,
                checked,
            },
            None => Resolution::InForce { statute, edition },
        }
    }

    fn standing_of_edition<'a>(
        &'a self,
        statute: &'a Statute,
        edition: &str,
        on: Date,
    ) -> Resolution<'a> {
        let year = &edition[..4]; // `split_edition` gives four digits first.
        let place = statute
            .editions
            .iter()
            .position(|one| one.name.starts_with(year));
        let next = match place {
            Some(place) => statute.editions.get(place + 1),
            None => statute.editions.last().filter(|last| {
                let from = last.from.map(|from| from.year().to_string());
                from.is_some_and(|from| year < &*from) && !last.name.starts_with(year)
            }),
        };
        match next.and_then(|next| next.from.zip(Some(next.from_checked))) {
            Some((since, checked)) if since <= on => {
                let replaced_by = vec![&*statute.title];
                Resolution::Repealed {
                    statute,
                    since,
                    replaced_by,
                    checked,
                }
            }
            _ => self.standing(statute, on),
        }
    }

    /// The laws in force on a day that took the place of others, through any number of changes.
    fn in_place_of<'a>(&'a self, titles: &'a [String], on: Date, depth: u8) -> Vec<&'a str> {
        let mut found = Vec::new();
        for title in titles {
            let next = self
                .get(title)
                .filter(|statute| statute.until.is_some_and(|at| at <= on));
            match next.filter(|statute| !statute.replaced_by.is_empty() && depth < 8) {
                Some(statute) => {
                    found.extend(self.in_place_of(&statute.replaced_by, on, depth + 1))
                }
                None => found.push(title.as_str()),
            }
        }
        found
    }

    fn add(&mut self, statute: Statute) {
        let place = self.list.len();
        let names = statute
            .short
            .iter()
            .chain([&statute.title, &statute.number]);
        for name in names {
            let simple = simplified(name);
            let without_author = AUTHORS
                .iter()
                .find_map(|author| simple.strip_prefix(author));
            for key in without_author.into_iter().chain([&*simple]) {
                let places = self.index.entry(key.to_owned()).or_default();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        self.list.push(statute);
    }
}

impl Statute {
    /// The edition in force on a day, if one is listed.
    pub fn edition_on(&self, on: Date) -> Option<&Edition> {
        let begun = |edition: &&Edition| edition.from.is_none_or(|from| from <= on);
        self.editions.iter().rev().find(begun)
    }

    /// The title without 中华人民共和国, as texts cite it.
    pub fn cited_as(&self) -> &str {
        bare(&self.title)
    }
}

const COUNTRY: &str = "中华人民共和国";

/// Issuers whose name may be left out before 关于.
const AUTHORS: [&str; 4] = [
    "国务院办公厅",
    "最高人民法院",
    "国务院",
    "中共中央办公厅、国务院办公厅",
];

fn bare(title: &str) -> &str {
    title.strip_prefix(COUNTRY).unwrap_or(title)
}

/// A title as it is compared: without the country's name, inner title marks and blanks, brackets
/// in one form.
fn simplified(title: &str) -> String {
    let title = title.replace(COUNTRY, "");
    let kept = title
        .chars()
        .filter(|c| !c.is_whitespace() && !"《》〈〉<>".contains(*c));
    let one_form = kept.map(|c| match c {
        '(' => '（',
        ')' => '）',
        '－' | '-' | '–' | '～' | '~' => '—',
        '[' => '〔',
        ']' => '〕',
        c => c,
    });
    one_form.collect()
}

/// `行政处罚法（2017年修正）` into the title and `2017年修正`.
fn split_edition(title: &str) -> Option<(&str, &str)> {
    let title = title.trim();
    let inner = title.strip_suffix(['）', ')'])?;
    let open = inner.rfind(['（', '('])?;
    let edition = inner[open..].trim_start_matches(['（', '(']);
    let dated = edition.len() >= 4 && edition.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    dated.then_some((&title[..open], edition))
}

/// Of two laws of one name, the one that is meant: in force, else last repealed, else next to come.
fn preference(standing: &Resolution<'_>, on: Date) -> (u8, i32) {
    match standing {
        Resolution::InForce { .. } => (3, 0),
        Resolution::Repealed { since, .. } => (2, -(on - *since).get_days()),
        Resolution::NotYet { from, .. } => (1, (on - *from).get_days()),
        Resolution::Unknown { .. } => (0, 0),
    }
}

/// Articles beyond the last of the edition; where its length is not known, beyond the last of any
/// edition, which is then only a doubt.
fn no_such_articles(
    citation: &Citation,
    statute: &Statute,
    edition: Option<&Edition>,
    on: Date,
) -> Vec<CitationFault> {
    let (last, has, checked) = match edition {
        Some(Edition {
            name,
            from,
            from_checked,
            articles: Some(articles),
            articles_checked,
        }) => {
            // A day nobody checked may be off by months; a year later it is beyond doubt.
            let settled = *from_checked || from.is_none_or(|from| later(from, 366) <= on);
            let name = if name.is_empty() {
                String::new()
            } else {
                format!("（{name}）")
            };
            (
                *articles,
                format!("{name}共{articles}条"),
                *articles_checked && settled,
            )
        }
        _ => {
            let known = statute
                .editions
                .iter()
                .filter_map(|edition| edition.articles)
                .max();
            let Some(articles) = known else {
                return Vec::new();
            };
            (articles, format!("收录的各版最多{articles}条"), false)
        }
    };
    let beyond = citation
        .articles
        .iter()
        .filter(|one| one.article > last || one.article == 0);
    let fault = |article: &Article| CitationFault {
        kind: FaultKind::NoSuchArticle,
        article: Some(*article),
        checked,
        message: format!("《{}》{has}，没有{article}", citation.title),
        instead: statute
            .moved
            .get(&article.article)
            .map(|now| format!("旧{article}，现为{now}")),
    };
    beyond.map(fault).collect()
}

fn instead_of_repealed(
    citation: &Citation,
    statute: &Statute,
    replaced_by: &[&str],
) -> Option<String> {
    let titles: Vec<String> = replaced_by
        .iter()
        .map(|title| format!("《{}》", bare(title)))
        .collect();
    let moved = citation.articles.iter().filter_map(|article| {
        Some(format!(
            "旧{article}对应{}",
            statute.moved.get(&article.article)?
        ))
    });
    let moved: Vec<String> = moved.collect();
    let text = match (titles.is_empty(), moved.is_empty()) {
        (true, _) => return None,
        (false, true) => format!("改引{}", titles.join("、")),
        (false, false) => format!("改引{}；{}", titles.join("、"), moved.join("；")),
    };
    Some(text)
}

/// A file: `as_of` and `rank` for all of it, then one table a law.
fn read_file(file: &TomlFile<'_>, statutes: &mut Statutes) {
    let root = file.root();
    let why = "法规库要写明收录到哪一天";
    let complete_to = root
        .need("as_of", "as_of = 2026-06-30", why)
        .and_then(|item| item.date());
    let rank = root.get("rank").and_then(|item| read_rank(&item));
    for item in root
        .items()
        .filter(|item| !matches!(item.key, "as_of" | "rank"))
    {
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
        list.iter()
            .filter_map(Item::words)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let text = |key| {
        table
            .get(key)
            .and_then(|item| item.words())
            .unwrap_or_default()
            .to_owned()
    };
    let date = |key| table.get(key).and_then(|item| item.date());
    let editions = table
        .get("editions")
        .map(|item| item.list())
        .unwrap_or_default();
    let rank = match table.get("rank") {
        Some(item) => read_rank(&item),
        None if rank_of_file.is_some() => rank_of_file,
        None => table
            .need("rank", "rank = \"法律\"", "")
            .and_then(|item| read_rank(&item)),
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
    let starts: Vec<Date> = statute
        .editions
        .iter()
        .filter_map(|edition| edition.from)
        .collect();
    if !starts.is_sorted() {
        let fault = item.error(
            "E0222",
            format!("《{}》的各版没有按施行日从早到晚写", item.key),
        );
        item.report(fault.instead("按 from 从早到晚排列"));
    }
    Some(statute)
}

fn read_edition(item: &Item<'_>) -> Option<Edition> {
    let table = item.table()?;
    let name = table
        .get("name")
        .and_then(|item| item.words())
        .unwrap_or_default();
    let from = table.get("from").and_then(|item| item.date());
    let articles = table.get("articles").and_then(|item| {
        let articles = u16::try_from(item.int()?)
            .ok()
            .filter(|articles| *articles > 0);
        if articles.is_none() {
            item.wrong("条数");
        }
        articles
    });
    let unsure = table
        .get("unsure")
        .map(|item| item.list())
        .unwrap_or_default();
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
        Some(Workdays::These(
            list.list().iter().filter_map(number).collect(),
        ))
    } else if let Some(most) = table.get("up_to") {
        number(&most).map(Workdays::UpTo)
    } else {
        table
            .need("all", "all = true", "哪些日是工作日")
            .map(|_| Workdays::All)
    };
    let why = "哪一条说的";
    let basis = table
        .need("basis", "basis = \"第八十五条\"", why)
        .and_then(|item| item.words());
    table.close();
    Some(DayWord {
        workdays: workdays?,
        basis: basis?.to_owned(),
    })
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
