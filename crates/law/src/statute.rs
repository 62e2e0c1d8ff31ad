//! 法规库: which laws exist, from when to when, what replaced them, how many articles they have.
//!
//! The files under `law/statutes/` are a list of facts, not of texts: enough to say of a citation
//! that its law is repealed, not yet in force or has no such article. What nobody has checked
//! against the text is marked `unsure` there and never counts as an error, only as a doubt.
//!
//! Beside them lies a wider catalogue, `law/statutes/catalogue.tsv`, one line a law and nothing in it
//! checked by hand. It is read only when the texts of others are reviewed ([`Statutes::widened`]).

mod catalogue;
mod check;
mod file;
mod resolve;
mod review;
mod slip;
mod text;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use check::{CitationFault, FaultKind};
pub use resolve::Resolution;
pub use review::{Review, Verdict, Wording};

/// Every law that is known. 法规库
#[derive(Clone, Debug, Default)]
pub struct Statutes {
    list: Vec<Statute>,
    /// Their titles simplified, in the same order.
    titles: Vec<String>,
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
    /// Every law, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &Statute> {
        self.list.iter()
    }

    /// The law of exactly this full title.
    pub fn get(&self, title: &str) -> Option<&Statute> {
        self.place(title).map(|place| &self.list[place])
    }

    fn place(&self, title: &str) -> Option<usize> {
        let simple = simplified(title);
        let places = self.index.get(&simple).map(Vec::as_slice).unwrap_or_default();
        places.iter().copied().find(|place| self.titles[*place] == simple)
    }

    fn named(&self, title: &str) -> impl Iterator<Item = &Statute> {
        let places = self.index.get(&simplified(title)).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(|place| &self.list[*place])
    }

    /// Adds a law.
    pub fn add(&mut self, statute: Statute) {
        let place = self.list.len();
        let names = statute.short.iter().chain([&statute.title, &statute.number]);
        for name in names {
            let simple = simplified(name);
            for key in without_author(&simple).into_iter().chain([&*simple]) {
                let places = self.index.entry(key.to_owned()).or_default();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        self.titles.push(simplified(&statute.title));
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

/// A title from its 关于 on; decisions that change or repeal others share such words.
fn without_author(simple: &str) -> Option<&str> {
    let about = simple.find("关于").filter(|at| *at > 0)?;
    let about = &simple[about..];
    (!about.contains("修改") && !about.contains("废止")).then_some(about)
}

const COUNTRY: &str = "中华人民共和国";

fn bare(title: &str) -> &str {
    title.strip_prefix(COUNTRY).unwrap_or(title)
}

/// A title as it is compared: without the country's name, inner title marks and blanks, brackets
/// in one form.
fn simplified(title: &str) -> String {
    let title = title.replace(COUNTRY, "");
    let kept = title.chars().filter(|c| !c.is_whitespace() && !"《》〈〉<>".contains(*c));
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
