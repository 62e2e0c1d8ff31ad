//! 法规文本: what the text of a law says of itself.
//!
//! A folder of law texts widens the list: from each text its title, how many articles it has, from
//! when it holds and what it repeals.

use std::ops::Range;

use jiff::civil::Date;

use super::{Edition, Rank, Statute, simplified};
use crate::citation::{mentions, numeral_value};

impl Statute {
    /// The law of a text and the laws that it repeals; nothing if it has no articles.
    ///
    /// `called` is used where the text begins with no title.
    pub fn of_text(called: &str, text: &str) -> Option<(Self, Vec<Self>)> {
        let lines = || text.lines().map(plain).filter(|line| !line.is_empty());
        let articles = lines().filter_map(article).max()?;
        let head = &text[..first_article(text)];
        let titled = lines().take(3).find(|line| is_title(line)).unwrap_or(called);
        let title = titled.trim_matches(['《', '》']).to_owned();
        let from = begins(head, text);
        let rank = rank(&title, head);
        let edition = Edition { from, articles: Some(articles), ..Edition::default() };
        let revised = head.contains("修订") || head.contains("修正");
        let older = revised.then(Edition::default);
        let statute =
            Self { editions: older.into_iter().chain([edition]).collect(), ..named(&title, rank) };
        let gone = repealed(text).into_iter().filter(|old| simplified(old) != simplified(&title));
        let gone = gone.map(|old| Self {
            editions: vec![Edition::default()],
            until: from,
            replaced_by: vec![title.clone()],
            ..named(&old, rank)
        });
        let gone = gone.filter(|old| old.until.is_some()).collect();
        Some((statute, gone))
    }
}

fn named(title: &str, rank: Rank) -> Statute {
    Statute {
        title: title.to_owned(),
        short: Vec::new(),
        number: String::new(),
        rank,
        editions: Vec::new(),
        until: None,
        until_checked: false,
        replaced_by: Vec::new(),
        moved: Default::default(),
        days: None,
        note: String::new(),
        complete_to: None,
    }
}

/// A line without blanks and the marks of Markdown.
fn plain(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '*' | '\u{feff}'))
}

/// The number of a line that begins an article.
fn article(line: &str) -> Option<u16> {
    let rest = line.strip_prefix('第')?;
    let number = numeral_value(&rest[..rest.find('条')?])?;
    u16::try_from(number).ok().filter(|number| *number < 2000)
}

fn first_article(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if article(plain(line)).is_some() {
            return at;
        }
        at += line.len();
    }
    at
}

fn is_title(line: &str) -> bool {
    let words = ["法", "法典", "条例", "规定", "办法", "决定", "细则", "规则", "解释", "）", ")"];
    line.chars().count() <= 60
        && words.iter().any(|word| line.trim_end_matches('》').ends_with(word))
        && !line.starts_with(['（', '('])
        && !line.contains('。')
}

/// The day from which this edition holds: as its head says, else the last change, else its end.
fn begins(head: &str, text: &str) -> Option<Date> {
    let in_head = days(head);
    let said = |days: &[(Range<usize>, Date)], text: &str| {
        let holds = |(at, _): &&(Range<usize>, Date)| text[at.end..].starts_with("起施行");
        days.iter().rev().find(holds).map(|(_, day)| *day)
    };
    let last = in_head.iter().map(|(_, day)| *day).max();
    let changed = head.contains("修订") || head.contains("修正");
    let own = said(&in_head, head);
    let first = own.or(if changed { last } else { None });
    first.or_else(|| said(&days(text), text)).or(last)
}

/// Days written `2021年7月15日`, and where.
fn days(text: &str) -> Vec<(Range<usize>, Date)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('年') {
        let before = &text[..at];
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let rest = &text[at + '年'.len_utf8()..];
        let day = || -> Option<(Range<usize>, Date)> {
            let month_end = rest.find('月').filter(|at| *at <= 2)?;
            let after = &rest[month_end + '月'.len_utf8()..];
            let day_end = after.find('日').filter(|at| *at <= 2)?;
            let year = before[at - digits..].parse().ok().filter(|_| digits == 4)?;
            let month = rest[..month_end].parse().ok()?;
            let date = Date::new(year, month, after[..day_end].parse().ok()?).ok()?;
            let end = text.len() - after.len() + day_end + '日'.len_utf8();
            Some((at - digits..end, date))
        };
        found.extend(day());
    }
    found
}

/// Titles in sentences that repeal.
fn repealed(text: &str) -> Vec<String> {
    let mut titles = Vec::new();
    for sentence in text.split(['。', '\n']) {
        let ended = ["同时废止", "即行废止", "予以废止"].iter().any(|word| sentence.contains(word));
        if ended {
            titles.extend(mentions(sentence).into_iter().map(|mention| mention.citation.title));
        }
    }
    titles
}

fn rank(title: &str, head: &str) -> Rank {
    let has = |words: &[&str]| words.iter().any(|word| head.contains(word) || title.contains(word));
    let place = ["省", "自治区", "市", "自治州", "县"]
        .iter()
        .any(|place| title.find(place).is_some_and(|at| at > 0 && at < 24));
    if title.contains("宪法") && title.chars().count() < 12 {
        Rank::Constitution
    } else if has(&["最高人民法院", "最高人民检察院"]) {
        Rank::Interpretation
    } else if title.ends_with('法') || title.ends_with("法典") {
        Rank::Law
    } else if place && (title.ends_with("条例") || head.contains("人民代表大会常务委员会"))
    {
        Rank::LocalRegulation
    } else if head.contains("国务院令") || title.ends_with("条例") {
        Rank::AdministrativeRegulation
    } else if head.contains('令') || title.ends_with("办法") || title.ends_with("规定") {
        Rank::Rule
    } else {
        Rank::Document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_what_it_is() {
        let text = "示例市停车条例\n（2010年3月1日示例市人民代表大会常务委员会通过　2020年5月20日修订　\
                    自2020年7月1日起施行）\n\n第一条　为了停车。\n**第二条** 按照第九十条办理。\n\
                    第三条　本条例自2010年5月1日起施行。《示例市停车暂行办法》同时废止。\n";
        let (law, gone) = Statute::of_text("文件", text).expect("a law");
        assert_eq!((law.title.as_str(), law.rank), ("示例市停车条例", Rank::LocalRegulation));
        let edition = law.editions.last().expect("an edition");
        assert_eq!((edition.articles, edition.from), (Some(3), Some(Date::constant(2020, 7, 1))));
        assert_eq!(gone[0].title, "示例市停车暂行办法");
        assert_eq!(gone[0].replaced_by, ["示例市停车条例"]);
        assert!(Statute::of_text("便笺", "今天开会。").is_none());
    }
}
