//! 考核: a scheme of items with weights whose scores come from figures and quotas.

use indexmap::IndexMap;

use crate::{
    Id,
    citation::Basis,
    diagnostic::{Diagnostic, nearest},
    indicator::{Keys, Kind},
    organ::Organs,
    quota::{self, Quota},
    source::SourceFile,
    statute::Statutes,
    toml_file::{Item, Table, TomlFile},
};

/// A scheme for some years. Other weights in another year are another scheme. 考核办法
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Its id.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// First and last year it is for.
    pub years: (i16, i16),
    /// Whose: organs of these kinds.
    pub kinds: Vec<Id>,
    /// Items, in order.
    pub items: Vec<ScoreItem>,
    /// The article.
    pub basis: Basis,
}

/// One item. 考核项目
#[derive(Clone, Debug)]
pub struct ScoreItem {
    /// 名称.
    pub name: String,
    /// 分值, in hundredths of a point; the most that can be got (or lost, for a deduction).
    pub weight: i64,
    /// How it is scored.
    pub how: Scoring,
}

/// How an item is scored. 计分办法
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scoring {
    /// The weight times the share.
    Share(Id),
    /// The weight in full from this amount on, in proportion below it.
    Full(Id, i64),
    /// The weight in full where a quota is kept, in proportion to what is done of it.
    Quota(Id),
    /// So many hundredths of a point for each, at most the weight; negative takes away.
    Each(Id, i64),
}

/// What the files under `assessments/` may refer to.
pub(crate) struct Known<'a, 'k> {
    /// Figures.
    pub figures: &'a Keys<'k>,
    /// Kinds of organ.
    pub organs: &'a Organs,
    /// Laws.
    pub statutes: &'a Statutes,
    /// Quotas.
    pub quotas: &'a IndexMap<Id, Quota>,
}

/// Reads the files under `assessments/`.
pub(crate) fn parse(
    files: &[SourceFile],
    known: &Known<'_, '_>,
) -> (IndexMap<Id, Assessment>, Vec<Diagnostic>) {
    let (mut all, mut faults) = (IndexMap::new(), Vec::new());
    for source in files.iter().filter(|source| source.path.starts_with("assessments/")) {
        let file = TomlFile::parse(&source.path, &source.text);
        let root = file.root();
        for (item, table) in root.tables("assessment") {
            let Some(one) = known.assessment(&item, table) else { continue };
            if all.insert(one.id.clone(), one).is_some() {
                let fault =
                    file.error("E1604", &item.key_span, format!("考核办法 {} 已经有了", item.key));
                item.report(fault.instead("换一个名字"));
            }
        }
        root.close();
        faults.extend(file.into_faults());
    }
    (all, faults)
}

impl Known<'_, '_> {
    fn assessment(&self, item: &Item<'_>, table: Table<'_>) -> Option<Assessment> {
        let name = table.need("name", "name = \"…\"", "").and_then(|item| item.words());
        let years = table.need("years", "years = [2025, 2026]", "分值按年度有版本");
        let years = years.and_then(|years| {
            let all: Vec<i16> =
                years.list().iter().filter_map(|year| i16::try_from(year.int()?).ok()).collect();
            match all.as_slice() {
                [one] => Some((*one, *one)),
                [first, last] if first <= last => Some((*first, *last)),
                _ => {
                    years.wrong("起止年度，如 [2025, 2026]");
                    None
                }
            }
        });
        let kinds = table.need("kinds", "kinds = [\"town\"]", "").map(|kinds| {
            kinds.list().into_iter().filter_map(|kind| self.kind(&kind)).collect::<Vec<Id>>()
        });
        let items = table.need("item", "[[assessment.x.item]]", "").map(|items| {
            let each = items.list().into_iter().filter_map(|one| self.item(&one));
            each.collect::<Vec<ScoreItem>>()
        });
        let basis = quota::basis(&table, self.statutes);
        table.close();
        Some(Assessment {
            id: item.id(),
            name: name?.to_owned(),
            years: years?,
            kinds: kinds?,
            items: items?,
            basis: basis?,
        })
    }

    fn kind(&self, item: &Item<'_>) -> Option<Id> {
        let word = item.words()?;
        if self.organs.kinds.contains_key(word) {
            return Some(word.into());
        }
        let fault = item.error("E1601", format!("没有机关类别 {word}"));
        item.report(match nearest(word, self.organs.kinds.keys().map(Id::as_str)) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead("写 organs 文件里的机关类别"),
        });
        None
    }

    fn item(&self, item: &Item<'_>) -> Option<ScoreItem> {
        let table = item.table()?;
        let name = table.need("name", "name = \"…\"", "").and_then(|item| item.words());
        let weight = table.need("weight", "weight = 10", "").and_then(|item| points(&item));
        let (rate, figure) = (table.get("rate"), table.get("figure"));
        let (quota, full, each) = (table.get("quota"), table.get("full"), table.get("each"));
        let how = match (&rate, &figure, &quota, &full, &each) {
            (Some(rate), None, None, None, None) => self.key(rate, true).map(Scoring::Share),
            (None, None, Some(quota), None, None) => self.quota(quota).map(Scoring::Quota),
            (None, Some(figure), None, Some(full), None) => self
                .key(figure, false)
                .zip(full.int().filter(|full| *full > 0))
                .map(|(key, full)| Scoring::Full(key, full)),
            (None, Some(figure), None, None, Some(each)) => self
                .key(figure, false)
                .zip(points(each))
                .map(|(key, each)| Scoring::Each(key, each)),
            _ => {
                let fault = item.error("E1602", "这一项没有说怎么计分");
                item.report(fault.instead(
                    "写 rate；或者 quota；或者 figure 加 full（到多少得满分）；或者 figure 加 each（每一件加减多少分）",
                ));
                None
            }
        };
        table.close();
        Some(ScoreItem { name: name?.to_owned(), weight: weight?, how: how? })
    }

    fn key(&self, item: &Item<'_>, rate: bool) -> Option<Id> {
        let key = item.words()?;
        let kind = self.figures.need(key, item.file(), &item.span)?;
        if rate != (kind == Kind::Rate) {
            let (is, write) = match rate {
                true => ("不是比率", "用 figure 加 full 或者 each"),
                false => ("不是数量", "比率用 rate"),
            };
            item.report(item.error("E0843", format!("{key} {is}")).instead(write));
            return None;
        }
        Some(key.into())
    }

    fn quota(&self, item: &Item<'_>) -> Option<Id> {
        let word = item.words()?;
        if self.quotas.contains_key(word) {
            return Some(word.into());
        }
        let fault = item.error("E1603", format!("没有应办 {word}"));
        item.report(match nearest(word, self.quotas.keys().map(Id::as_str)) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead("写 quotas 文件里的应办"),
        });
        None
    }
}

/// Points with at most two decimals, in hundredths.
fn points(item: &Item<'_>) -> Option<i64> {
    if let Some(whole) = item.as_int() {
        return whole.checked_mul(100);
    }
    let read = |text: &str| {
        let (whole, decimals) = text.split_once('.')?;
        if decimals.is_empty() || decimals.len() > 2 {
            return None;
        }
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        let hundredths: i64 = format!("{decimals:0<2}").parse().ok()?;
        whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(sign * hundredths)
    };
    let found = item.as_decimal().and_then(read);
    if found.is_none() {
        item.wrong("分数（最多两位小数）");
    }
    found
}
