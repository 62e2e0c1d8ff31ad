//! 引用核对 beside the facts: what the drafts of a case cite, and the reviewer's word on each doubt.
//!
//! The word is a 记事 like any other: who gave it, when and why stands in the file for good.

use std::collections::BTreeSet;

use engine::{authorise::Sight, builtin::Kind, fact::BuiltIn};
use form_urlencoded::byte_serialize;
use law::value::{FileRef, Value};

use crate::{
    citations::Found,
    office::Office,
    web::{case_file::CaseFile, error::PageError, plain},
};

/// Larger attachments are pictures and plans; they are checked by `yifa cite check`.
const LARGEST_DRAFT: u64 = 8 << 20;
/// What is read as a draft, by name; what it is, its content says.
const DRAFTS: [&str; 6] = [".docx", ".pdf", ".txt", ".html", ".htm", ".md"];
/// How a reviewer's word begins.
const ADOPTED: &str = "引用核对，采纳：";
const DISMISSED: &str = "引用核对，不采纳：";

/// One draft: an attachment or a text typed in.
pub(super) struct Cited {
    pub(super) draft: String,
    pub(super) about: String,
    pub(super) findings: Vec<Finding>,
}

pub(super) struct Finding {
    pub(super) text: String,
    pub(super) verdict: &'static str,
    pub(super) explanation: String,
    pub(super) adopt: String,
    pub(super) dismiss: String,
    /// The word that was given on it, and by whom.
    pub(super) word: Option<String>,
}

/// What the drafts in effect cite; nothing for whoever does not handle the case.
pub(super) fn cited(file: &CaseFile, office: &Office) -> Result<Vec<Cited>, PageError> {
    if file.sight != Sight::Handling {
        return Ok(Vec::new());
    }
    let words = words(file);
    let (law, on) = (office.law(), file.today);
    let (mut drafts, mut seen) = (Vec::new(), BTreeSet::new());
    for recorded in file.case.in_effect() {
        for (field, value) in &recorded.fact.answers {
            match value {
                Value::Text(text) if text.contains('《') && seen.insert(text.clone()) => {
                    let name = file.case.procedure.fields.get(field);
                    let name = name.map_or_else(String::new, |field| field.name.clone());
                    let found = office.citations().of_text(law, text, on);
                    drafts.push(draft(file, name, &found, &words));
                }
                Value::Files(kept) => {
                    for kept in kept.iter().filter(|kept| is_draft(kept)) {
                        if !seen.insert(kept.digest.clone()) {
                            continue;
                        }
                        let names = (kept.name.as_str(), kept.digest.as_str());
                        let reviewed = office.citations().of_file(law, names, on, || {
                            office.store().read(office.county(), |read| {
                                let material = read.file(&kept.digest)?;
                                Ok::<_, PageError>(
                                    material.map(|material| material.content.to_vec()),
                                )
                            })
                        })?;
                        drafts.push(match &*reviewed {
                            Ok(found) => draft(file, kept.name.clone(), found, &words),
                            Err(why) => Cited {
                                draft: kept.name.clone(),
                                about: why.clone(),
                                findings: Vec::new(),
                            },
                        });
                    }
                }
                _ => {}
            }
        }
    }
    drafts.retain(|draft| !draft.about.is_empty());
    Ok(drafts)
}

fn is_draft(kept: &FileRef) -> bool {
    let name = kept.name.to_lowercase();
    kept.size <= LARGEST_DRAFT && DRAFTS.iter().any(|ending| name.ends_with(ending))
}

fn draft(file: &CaseFile, name: String, found: &[Found], words: &[(String, String)]) -> Cited {
    let faults = found.iter().filter(|one| one.fault);
    let findings: Vec<Finding> = faults.map(|one| finding(file, one, words)).collect();
    let open = findings.iter().filter(|finding| finding.word.is_none()).count();
    let about = match (found.len(), findings.len(), open) {
        (0, ..) => String::new(),
        (all, 0, _) => format!("引用{all}处，没有发现问题"),
        (all, doubts, 0) => format!("引用{all}处，有问题{doubts}处，都已处理"),
        (all, doubts, open) => format!("引用{all}处，有问题{doubts}处，待处理{open}处"),
    };
    Cited { draft: name, about, findings }
}

fn finding(file: &CaseFile, found: &Found, words: &[(String, String)]) -> Finding {
    let about = format!("{}（{}）", found.text, found.verdict);
    let url = |begin: &str, end: &str| {
        let text = format!("{begin}{about}。{}{end}", found.explanation);
        let text: String = byte_serialize(text.as_bytes()).collect();
        format!("/cases/{}?act={}&text={text}#built-in", file.case.id, Kind::Note.id())
    };
    let word = words.iter().rev().find(|(text, _)| text.contains(&about));
    Finding {
        adopt: url(ADOPTED, "。已请起草人改正。"),
        dismiss: url(DISMISSED, "。理由："),
        text: found.text.clone(),
        verdict: found.verdict,
        explanation: found.explanation.clone(),
        word: word.map(|(_, word)| word.clone()),
    }
}

/// Words given so far: the note, and how it is shown.
fn words(file: &CaseFile) -> Vec<(String, String)> {
    let notes = file.case.in_effect().filter_map(|recorded| match &recorded.fact.built_in {
        Some(BuiltIn::Note { text }) => Some((recorded, text)),
        _ => None,
    });
    let given = notes.filter_map(|(recorded, text)| {
        let word = match (text.starts_with(ADOPTED), text.starts_with(DISMISSED)) {
            (true, _) => "已采纳",
            (_, true) => "不采纳",
            _ => return None,
        };
        let who = recorded.fact.by.first().map_or("", |by| by.name.as_str());
        Some((text.clone(), format!("{word}　{who}　{}", plain::stamp(recorded.at))))
    });
    given.collect()
}
