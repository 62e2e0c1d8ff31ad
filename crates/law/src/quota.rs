//! 应办清单: who must do how much of something, so that whoever is missing can be shown.

use indexmap::IndexMap;

use crate::{
    Id,
    citation::Basis,
    diagnostic::nearest,
    indicator::{Keys, Kind, Limit},
    organ::Organs,
    source::SourceFile,
    statute::{FaultKind, Statutes},
    toml_file::{Item, Table, TomlFile},
};

/// So much of a figure is owed by each of these. 应办
#[derive(Clone, Debug)]
pub struct Quota {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// What is counted: an amount, never a rate.
    pub figure: Id,
    /// Who owes it.
    pub of: Subjects,
    /// The split of the figure in which the subject is named; none = the organ that handles the
    /// case, and those below it.
    pub by: Option<String>,
    /// How much.
    pub bound: Bound,
    /// A number nobody has set yet: shown as 依据待确认.
    pub sample: bool,
    /// In which time.
    pub per: Per,
    /// What to do about whoever is missing.
    pub say: String,
    /// The article.
    pub basis: Basis,
}

/// Who owes a quota. 责任主体
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Every organ of these kinds.
    Organs(Vec<Id>),
    /// Everybody in one of these posts.
    Posts(Vec<Id>),
}

/// How much. 数额
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// No less than.
    AtLeast(i64),
    /// No more than.
    AtMost(i64),
}

impl Bound {
    /// Whether an amount keeps within it.
    pub fn holds(self, amount: i64) -> bool {
        match self {
            Bound::AtLeast(least) => amount >= least,
            Bound::AtMost(most) => amount <= most,
        }
    }

    /// The number.
    pub fn number(self) -> i64 {
        match self {
            Bound::AtLeast(number) | Bound::AtMost(number) => number,
        }
    }
}

/// In which time. 周期
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each calendar year.
    Year,
    /// Each quarter.
    Quarter,
    /// Each month.
    Month,
    /// At any time: a stock.
    Standing,
}

impl Per {
    const NAMES: [(&'static str, Per); 4] = [
        ("year", Per::Year),
        ("quarter", Per::Quarter),
        ("month", Per::Month),
        ("standing", Per::Standing),
    ];

    /// As read aloud: 每年、每季度、每月、常备.
    pub const fn name(self) -> &'static str {
        match self {
            Per::Year => "每年",
            Per::Quarter => "每季度",
            Per::Month => "每月",
            Per::Standing => "常备",
        }
    }
}

/// What the files under `quotas/` may refer to.
pub(crate) struct Known<'a, 'k> {
    /// Figures.
    pub figures: &'a Keys<'k>,
    /// Kinds of organ and posts.
    pub organs: &'a Organs,
    /// Laws.
    pub statutes: &'a Statutes,
}

/// Reads the files under `quotas/`.
pub(crate) fn parse(
    files: &[SourceFile],
    known: &Known<'_, '_>,
) -> (IndexMap<Id, Quota>, Vec<crate::diagnostic::Diagnostic>) {
    let (mut quotas, mut faults) = (IndexMap::new(), Vec::new());
    for source in files.iter().filter(|source| source.path.starts_with("quotas/")) {
        let file = TomlFile::parse(&source.path, &source.text);
        let root = file.root();
        for (item, table) in root.tables("quota") {
            let Some(quota) = known.quota(&item, table) else { continue };
            if quotas.insert(quota.id.clone(), quota).is_some() {
                let fault =
                    file.error("E1304", &item.key_span, format!("应办 {} 已经有了", item.key));
                item.report(fault.instead("换一个名字"));
            }
        }
        root.close();
        faults.extend(file.into_faults());
    }
    (quotas, faults)
}

impl Known<'_, '_> {
    fn quota(&self, item: &Item<'_>, table: Table<'_>) -> Option<Quota> {
        let words = |key, write: &str, why: &str| {
            table.need(key, write, why).and_then(|item| item.words()).map(str::to_owned)
        };
        let name = words("name", "name = \"…\"", "");
        let say = words("say", "say = \"没有办的怎么办\"", "被列出来的单位要知道该做什么");
        let figure = table.need("figure", "figure = \"程序.指标\"", "");
        let by = table.get("by");
        let figure = figure.and_then(|figure| self.figure(&figure, by.as_ref()));
        let of = self.subjects(item, &table);
        let bound = self.bound(item, &table);
        let write = "per = \"year\"";
        let per = table.need("per", write, "一年一次和任何时候都要有，是两回事");
        let per = per.and_then(|per| read_per(&per));
        let basis = self.basis(&table);
        table.close();
        let (bound, sample) = bound?;
        let (figure, by) = figure?;
        Some(Quota {
            id: item.id(),
            name: name?,
            figure,
            of: of?,
            by,
            bound,
            sample,
            per: per?,
            say: say?,
            basis: basis?,
        })
    }

    fn figure(&self, item: &Item<'_>, by: Option<&Item<'_>>) -> Option<(Id, Option<String>)> {
        let key = item.words()?;
        if self.figures.need(key, item.file(), &item.span)? != Kind::Amount {
            let fault = item.error("E0843", format!("{key} 是比率或者平均数"));
            item.report(fault.instead("应办清单要数得出来，写数量指标"));
            return None;
        }
        let Some(by) = by else { return Some((key.into(), None)) };
        let wanted = by.words()?;
        let splits = self.figures.splits(key);
        if !splits.contains(&wanted) {
            let fault = by.error("E1302", format!("{key} 不按 {wanted} 分项"));
            by.report(fault.instead(match splits.is_empty() {
                true => "在指标里加 split".to_owned(),
                false => format!("它按这些分项：{}", splits.join("、")),
            }));
            return None;
        }
        Some((key.into(), Some(wanted.to_owned())))
    }

    fn subjects(&self, item: &Item<'_>, table: &Table<'_>) -> Option<Subjects> {
        let (kinds, posts) = (table.get("kinds"), table.get("posts"));
        let read = |list: &Item<'_>, known: &mut dyn Iterator<Item = &str>| {
            let known: Vec<&str> = known.collect();
            let each = list.list().into_iter().map(|one| {
                let word = one.words()?;
                if known.contains(&word) {
                    return Some(Id::from(word));
                }
                let fault = one.error("E1301", format!("没有 {word}"));
                let near = nearest(word, known.iter().copied());
                one.report(match near {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead(format!("可以写：{}", known.join("、"))),
                });
                None
            });
            each.collect::<Option<Vec<Id>>>()
        };
        match (kinds, posts) {
            (Some(kinds), None) => {
                let mut known = self.organs.kinds.keys().map(Id::as_str);
                read(&kinds, &mut known).map(Subjects::Organs)
            }
            (None, Some(posts)) => {
                let mut known = self.organs.roles.keys().map(Id::as_str);
                read(&posts, &mut known).map(Subjects::Posts)
            }
            _ => {
                let fault = item.error("E1303", format!("应办 {} 没有说是谁的", item.key));
                item.report(fault.instead("写 kinds（机关类别）或者 posts（岗位），只写一项"));
                None
            }
        }
    }

    fn bound(&self, item: &Item<'_>, table: &Table<'_>) -> Option<(Bound, bool)> {
        let (least, most) = (table.get("at_least"), table.get("at_most"));
        let number = |item: &Item<'_>| -> Option<(i64, bool)> {
            if !item.is_table() {
                return item.int().map(|number| (number, false));
            }
            let inner = item.table()?;
            let param = inner.need("param", "param = \"程序.参数\"", "");
            inner.close();
            let param = param?;
            let key = param.words()?;
            let place = key.split_once('.').map(|(one, other)| format!("{one}.param.{other}"));
            let found = place.and_then(|place| self.figures.limit(&place));
            let Some((Limit { number, .. }, sample)) = found else {
                let fault = param.error("E0846", format!("{key} 不是整数参数"));
                param.report(fault.instead("写“程序.参数”"));
                return None;
            };
            Some((number, sample))
        };
        match (least, most) {
            (Some(least), None) => number(&least).map(|(n, sample)| (Bound::AtLeast(n), sample)),
            (None, Some(most)) => number(&most).map(|(n, sample)| (Bound::AtMost(n), sample)),
            _ => {
                let fault = item.error("E1303", format!("应办 {} 没有说要多少", item.key));
                item.report(fault.instead("写 at_least 或者 at_most，只写一项"));
                None
            }
        }
    }

    fn basis(&self, table: &Table<'_>) -> Option<Basis> {
        basis(table, self.statutes)
    }
}

/// The basis of a table; its articles must exist.
pub(crate) fn basis(table: &Table<'_>, statutes: &Statutes) -> Option<Basis> {
    let item = table.need("basis", "basis = \"《…》第…条\"", "要求别人办的，要写明凭什么")?;
    let basis = Basis::parse(item.words()?);
    let complete = statutes.iter().filter_map(|statute| statute.complete_to).max();
    for (citation, on) in basis.citations.iter().zip(complete.into_iter().cycle()) {
        let faults = statutes.check(citation, on).into_iter();
        // What the list of laws does not know is a local document; what is unsure needs a person.
        for fault in faults.filter(|fault| fault.checked && fault.kind != FaultKind::Unknown) {
            let instead = fault.instead.unwrap_or_else(|| "改正条款或者标题".into());
            item.report(item.error("E0202", fault.message).instead(instead));
        }
    }
    Some(basis)
}

fn read_per(item: &Item<'_>) -> Option<Per> {
    let word = item.words()?;
    let found = Per::NAMES.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        let names: Vec<&str> = Per::NAMES.iter().map(|(name, _)| *name).collect();
        let fault = item.error("E1305", format!("没有周期 {word}"));
        item.report(fault.instead(format!("可以写：{}", names.join("、"))));
    }
    found.map(|(_, per)| *per)
}
