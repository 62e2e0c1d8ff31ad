//! Real data beside the workspace: documents that cite laws, and deadlines computed elsewhere.
//! Where the data is not there, the tests say so and pass.

#![allow(clippy::unwrap_used)]

use std::{collections::HashMap, fs, path::PathBuf};

use jiff::civil::Date;
use law::{
    Law,
    calendar::Calendar,
    citation::{Basis, mentions},
    period::{DayRule, FirstDay, LastDayOff, Period, Start, Unit, due},
    statute::{CitationFault, FaultKind},
};
use serde_json::Value;

fn shared(path: &str) -> Option<String> {
    let root: PathBuf = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into();
    let text = fs::read_to_string(root.join(path)).ok();
    if text.is_none() {
        println!("{path} is not here; skipped");
    }
    text
}

fn rows(text: &str) -> Vec<HashMap<&str, &str>> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines.map(|line| names.iter().copied().zip(line.split('\t')).collect()).collect()
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn deadlines_agree_with_those_computed_elsewhere() {
    let Some(text) = shared("07-working-day-calendar/dev/deadline_cases.tsv") else {
        return;
    };
    let law = Law::embedded();
    let rule = DayRule {
        first_day: FirstDay::NextDay,
        last_day_off: LastDayOff::NextWorkday,
        basis: Basis::default(),
    };
    let mut counted = 0;
    for row in rows(&text) {
        let start: Date = row["start"].parse().unwrap();
        if !law.calendar.published(start.year()) {
            continue;
        }
        let unit = if row["rule"] == "workdays" { Unit::Workday } else { Unit::Day };
        let period = Period::new(row["n"].parse().unwrap(), unit);
        let due = due(&Start::on(start, "受理"), period, &rule, &[], &[], &law.calendar);
        assert_eq!(due.legal.to_string(), row["expected_last_day"], "{row:?}");
        counted += 1;
    }
    assert!(counted > 250, "{counted}");
}

#[test]
fn every_day_is_what_the_list_says() {
    let Some(text) = shared("07-working-day-calendar/ref/calendar_2007_2026.tsv") else {
        return;
    };
    let calendar: &Calendar = &Law::embedded().calendar;
    for row in rows(&text) {
        let day: Date = row["date"].parse().unwrap();
        if calendar.published(day.year()) {
            assert_eq!(calendar.is_working_day(day), row["is_workday"] == "1", "{day}");
        }
    }
}

#[test]
fn citations_in_real_documents_are_found_and_none_is_accused_wrongly() {
    let folder = "04-documents-citing-law/dev";
    let Some(gold) = shared(&format!("{folder}/citations_auto.tsv")) else {
        return;
    };
    let documents = objects(&shared(&format!("{folder}/documents.jsonl")).unwrap());
    let law = Law::embedded();
    let by_id: HashMap<&str, &Value> =
        documents.iter().map(|document| (document["id"].as_str().unwrap(), document)).collect();
    let (mut found, mut all) = (0, 0);
    for row in rows(&gold) {
        let document = by_id[row["doc"]];
        let text = document["text"].as_str().unwrap();
        let start = text.char_indices().nth(row["start"].parse().unwrap()).unwrap().0;
        all += 1;
        let mentions = mentions(text);
        let Some(mention) = mentions.iter().find(|mention| mention.at.start == start) else {
            continue;
        };
        let articles: Vec<String> =
            mention.citation.articles.iter().map(|article| article.article.to_string()).collect();
        let expected: Vec<&str> = row["articles"].split_whitespace().collect();
        let complete = expected.iter().all(|one| articles.iter().any(|article| article == one));
        found += usize::from(complete);
        if !complete {
            println!("{} {:?} {articles:?}", row["raw"], row["articles"]);
        }
        let Ok(on) = document["date"].as_str().unwrap().parse::<Date>() else {
            continue;
        };
        if matches!(row["status_vs_snapshot"], "article_ok" | "title_ok") {
            let wrong = |fault: &CitationFault| {
                fault.checked
                    && matches!(fault.kind, FaultKind::Repealed | FaultKind::NoSuchArticle)
            };
            let faults = law.statutes.check(&mention.citation, on);
            assert!(!faults.iter().any(wrong), "{} {on}: {faults:?}", row["raw"]);
        }
    }
    println!("{found}/{all}");
    assert!(found * 100 >= all * 99, "{found} of {all} citations read");
}

#[test]
fn errors_put_into_real_sentences_are_found() {
    let Some(text) = shared("04-documents-citing-law/dev/seeded_errors.jsonl") else {
        return;
    };
    let law = Law::embedded();
    let on = Date::constant(2025, 4, 5); // The day the sentences were collected.
    let mut tally: HashMap<(String, &str), u32> = HashMap::new();
    for sentence in objects(&text) {
        let kind = sentence["type"].as_str().unwrap().to_owned();
        let mentions = mentions(sentence["citation"].as_str().unwrap());
        let faults = law.statutes.check(&mentions[0].citation, on);
        let answer = match faults.first() {
            None => "passed",
            Some(fault) if fault.kind == FaultKind::Unknown => "unknown",
            Some(_) => "found",
        };
        *tally.entry((kind, answer)).or_default() += 1;
    }
    let count = |kind: &str, answer| tally.get(&(kind.to_owned(), answer)).copied().unwrap_or(0);
    println!("{tally:?}");
    assert_eq!(count("control", "found"), 0);
    assert_eq!(count("repealed_title", "passed") + count("repealed_title", "unknown"), 0);
    assert_eq!(count("misspelt_title", "passed") + count("misspelt_title", "found"), 0);
    assert!(count("article_out_of_range", "found") >= 15);
}

#[test]
fn reviews_find_what_was_put_into_real_sentences_and_accuse_no_other() {
    let Some(text) = shared("04-documents-citing-law/dev/seeded_errors.jsonl") else {
        return;
    };
    let statutes = Law::embedded().statutes.widened();
    let on = Date::constant(2025, 4, 5); // The day the sentences were collected.
    let (mut wrong, mut found, mut right, mut accused) = (0, 0, 0, 0);
    for sentence in objects(&text) {
        let field = |name: &str| sentence[name].as_str().unwrap();
        let at = field("text").find(field("citation")).unwrap();
        let reviews = statutes.review(field("text"), on);
        let review = reviews.iter().find(|review| review.at.contains(&at)).unwrap();
        let fault = usize::from(review.verdict.is_fault());
        // An error that changed nothing is none.
        if field("citation") == field("original") {
            (right, accused) = (right + 1, accused + fault);
        } else {
            (wrong, found) = (wrong + 1, found + fault);
        }
    }
    println!("{found}/{wrong} found, {accused}/{right} accused wrongly");
    assert!(found * 100 >= wrong * 95 && accused * 50 <= right);
}
