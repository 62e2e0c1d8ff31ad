//! What is wrong with a citation: its law repealed, not yet in force, unknown, or without such an
//! article.

use jiff::civil::Date;

use super::{Edition, Resolution, Statute, Statutes, bare};
use crate::{
    calendar::later,
    citation::{Article, Citation},
    period::chinese_date,
};

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

impl Statutes {
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
            Resolution::Repealed { statute, since, replaced_by, checked } => {
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
}

/// Articles beyond the last of the edition; where its length is not known, beyond the last of any
/// edition, which is then only a doubt.
pub(super) fn no_such_articles(
    citation: &Citation,
    statute: &Statute,
    edition: Option<&Edition>,
    on: Date,
) -> Vec<CitationFault> {
    let (last, has, checked) = match edition {
        Some(Edition { name, from, from_checked, articles: Some(articles), articles_checked }) => {
            // A day nobody checked may be off by months; a year later it is beyond doubt.
            let settled = *from_checked || from.is_none_or(|from| later(from, 366) <= on);
            let name = if name.is_empty() { String::new() } else { format!("（{name}）") };
            (*articles, format!("{name}共{articles}条"), *articles_checked && settled)
        }
        _ => {
            let known = statute.editions.iter().filter_map(|edition| edition.articles).max();
            let Some(articles) = known else {
                return Vec::new();
            };
            (articles, format!("收录的各版最多{articles}条"), false)
        }
    };
    let beyond = citation.articles.iter().filter(|one| one.article > last || one.article == 0);
    let fault = |article: &Article| CitationFault {
        kind: FaultKind::NoSuchArticle,
        article: Some(*article),
        checked,
        message: format!("《{}》{has}，没有{article}", citation.title),
        instead: statute.moved.get(&article.article).map(|now| format!("旧{article}，现为{now}")),
    };
    beyond.map(fault).collect()
}

fn instead_of_repealed(
    citation: &Citation,
    statute: &Statute,
    replaced_by: &[&str],
) -> Option<String> {
    let titles: Vec<String> =
        replaced_by.iter().map(|title| format!("《{}》", bare(title))).collect();
    let moved = citation.articles.iter().filter_map(|article| {
        Some(format!("旧{article}对应{}", statute.moved.get(&article.article)?))
    });
    let moved: Vec<String> = moved.collect();
    let text = match (titles.is_empty(), moved.is_empty()) {
        (true, _) => return None,
        (false, true) => format!("改引{}", titles.join("、")),
        (false, false) => format!("改引{}；{}", titles.join("、"), moved.join("；")),
    };
    Some(text)
}
