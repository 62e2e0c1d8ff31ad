//! 引用核对 beside the facts: what the drafts of a case cite, and the reviewer's word on each doubt.

use std::collections::BTreeSet;

use engine::authorise::Sight;
use law::value::{FileRef, Value};

use super::word::{Draft, Finding, Words, open};
use crate::{
    citations::Found,
    office::Office,
    web::{case_file::CaseFile, error::PageError},
};

/// Larger attachments are pictures and plans; they are checked by `yifa cite check`.
const LARGEST_DRAFT: u64 = 8 << 20;
/// What is read as a draft, by name; what it is, its content says.
const DRAFTS: [&str; 6] = [".docx", ".pdf", ".txt", ".html", ".htm", ".md"];
/// How a reviewer's word begins.
const SORT: &str = "引用核对";

/// What the drafts in effect cite; nothing for whoever does not handle the case.
pub(super) fn cited(file: &CaseFile, office: &Office) -> Result<Vec<Draft>, PageError> {
    if file.sight != Sight::Handling {
        return Ok(Vec::new());
    }
    let words = Words::of(file, SORT);
    let (law, on) = (office.law(), file.today);
    let (mut drafts, mut seen) = (Vec::new(), BTreeSet::new());
    for recorded in file.case.in_effect() {
        for (field, value) in &recorded.fact.answers {
            match value {
                Value::Text(text) if text.contains('《') && seen.insert(text.clone()) => {
                    let name = file.case.procedure.fields.get(field);
                    let name = name.map_or_else(String::new, |field| field.name.clone());
                    let found = office.citations().of_text(law, text, on);
                    drafts.push(draft(name, &found, &words));
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
                            Ok(found) => draft(kept.name.clone(), found, &words),
                            Err(why) => Draft {
                                name: kept.name.clone(),
                                about: why.clone(),
                                marked: None,
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

pub(super) fn is_draft(kept: &FileRef) -> bool {
    let name = kept.name.to_lowercase();
    kept.size <= LARGEST_DRAFT && DRAFTS.iter().any(|ending| name.ends_with(ending))
}

fn draft(name: String, found: &[Found], words: &Words<'_>) -> Draft {
    let faults = found.iter().filter(|one| one.fault);
    let findings: Vec<Finding> =
        faults.map(|one| words.on(&one.text, one.verdict, &one.explanation)).collect();
    let about = match (found.len(), findings.len(), open(&findings)) {
        (0, ..) => String::new(),
        (all, 0, _) => format!("引用{all}处，没有发现问题"),
        (all, doubts, 0) => format!("引用{all}处，有问题{doubts}处，都已处理"),
        (all, doubts, open) => format!("引用{all}处，有问题{doubts}处，待处理{open}处"),
    };
    Draft { name, about, marked: None, findings }
}
