//! 检索: free text by pairs of neighbouring characters, the same on both databases.
//!
//! Chinese writes no spaces, and most of its words have two characters. A run of characters is
//! indexed as its pairs and its last character alone: `行政处罚` → `行政 政处 处罚 罚`; words and numbers in
//! other scripts stay whole. A question is a phrase of the same words, so that it finds the texts
//! that contain it; a single character, or a number, finds what begins with it.

use engine::{case::Case, document};

use crate::{
    db::{Db, Param, params},
    error::StoreError,
    store::Read,
    views::{Known, View},
};

/// Up to so many hits are rare.
const RARE: i64 = 1000;

pub(crate) const VIEW: View = View { table: "search", columns: "county, case_id, words" };

/// The words of a case that are personal to nobody.
pub(crate) fn rows<'a>(tx: &'a Read, case: &'a Case) -> Vec<Vec<Param<'a>>> {
    let words = words(&document::searchable(case, &Known(tx)));
    vec![params![tx.county, &case.id, words].to_vec()]
}

/// A text as it is indexed.
pub(crate) fn words(text: &str) -> String {
    let words: Vec<String> = runs(text).iter().flat_map(Run::words).collect();
    words.join(" ")
}

/// A question as the index understands it: what stands between spaces must occur as it is written.
/// `None` where there is nothing to look for.
pub(crate) fn question(text: &str, db: &Db) -> Option<String> {
    let phrases: Vec<String> =
        text.split_whitespace().filter_map(|phrase| self::phrase(phrase, db)).collect();
    let and = if db.is_postgres() { " & " } else { " AND " };
    (!phrases.is_empty()).then(|| phrases.join(and))
}

/// Neighbouring words; the last may go on, unless it is a pair of characters.
fn phrase(text: &str, db: &Db) -> Option<String> {
    let mut runs = runs(text);
    let last = runs.pop()?;
    let mut words: Vec<String> = runs.iter().flat_map(Run::words).collect();
    let open = match &last {
        Run::Characters(characters) if characters.len() > 1 => {
            words.extend(last.words());
            words.pop(); // Its last character alone: the text may go on behind it.
            false
        }
        _ => {
            words.extend(last.words());
            true
        }
    };
    Some(match (db.is_postgres(), open) {
        (true, true) => format!("({}:*)", words.join(" <-> ")),
        (true, false) => format!("({})", words.join(" <-> ")),
        (false, true) => format!("\"{}\" *", words.join(" ")),
        (false, false) => format!("\"{}\"", words.join(" ")),
    })
}

/// The cases of the county (`$1`) whose words answer a question.
pub(crate) fn cases(db: &Db, question: &str) -> String {
    if db.is_postgres() {
        format!(
            "select case_id from search where county = $1
             and to_tsvector('simple', words) @@ to_tsquery('simple', {question})"
        )
    } else {
        format!(
            "select s.case_id from search_index i cross join search s
             where i.search_index match {question} and s.id = i.rowid and s.county = $1"
        )
    }
}

/// The condition that the words of case `c` answer a question.
pub(crate) fn condition(db: &Db, question: &str) -> String {
    if db.is_postgres() {
        format!(
            "exists (select 1 from search s where s.county = $1 and s.case_id = c.case_id
             and to_tsvector('simple', s.words) @@ to_tsquery('simple', {question}))"
        )
    } else {
        format!(
            "exists (select 1 from search s cross join search_index i
             where s.county = $1 and s.case_id = c.case_id and i.rowid = s.id
             and i.search_index match {question})"
        )
    }
}

/// Whether few cases answer a question.
pub(crate) fn is_rare(read: &Read, question: &str) -> Result<bool, StoreError> {
    let hits = cases(&read.db, "$2");
    let sql = format!("select count(*) from ({hits} limit {}) hits", RARE + 1);
    let count = read.db.first(&sql, params![read.county, question], |row| row.int(0))?;
    Ok(count.unwrap_or(0) <= RARE)
}

enum Run {
    /// Letters and digits of other scripts, lowercase.
    Word(String),
    /// Chinese characters.
    Characters(Vec<char>),
}

impl Run {
    fn words(&self) -> Vec<String> {
        match self {
            Run::Word(word) => vec![word.clone()],
            Run::Characters(characters) => {
                let pairs = characters.windows(2).map(String::from_iter);
                pairs.chain(characters.last().map(ToString::to_string)).collect()
            }
        }
    }
}

/// Only letters, digits and characters come out: nothing that either database's query language
/// could take for an operator.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut apart = true;
    for c in text.chars() {
        match (c, runs.last_mut()) {
            _ if !c.is_alphanumeric() => {
                apart = true;
                continue;
            }
            (c, Some(Run::Word(word))) if !apart && c.is_ascii() => {
                word.push(c.to_ascii_lowercase());
            }
            (c, _) if c.is_ascii() => runs.push(Run::Word(c.to_ascii_lowercase().to_string())),
            (c, Some(Run::Characters(characters))) if !apart => characters.push(c),
            (c, _) => runs.push(Run::Characters(vec![c])),
        }
        apart = false;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_words() {
        assert_eq!(words("行政处罚，A-12号"), "行政 政处 处罚 罚 a 12 号");
        assert_eq!(words("  "), "");
    }
}
