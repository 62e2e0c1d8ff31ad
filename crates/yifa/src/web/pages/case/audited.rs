//! 数据审读 beside the facts: what the figures of an attached report contradict.

use std::collections::BTreeSet;

use engine::authorise::Sight;
use law::value::Value;

use super::{
    cited::is_draft,
    word::{Draft, Finding, Words, open},
};
use crate::{
    audit::{Audited, quoted},
    office::Office,
    web::{case_file::CaseFile, error::PageError},
};

/// How a reviewer's word begins.
const SORT: &str = "数据审读";

/// The annual reports among the drafts in effect, with their doubts; nothing for whoever does not
/// handle the case.
pub(super) fn audited(file: &CaseFile, office: &Office) -> Result<Vec<Draft>, PageError> {
    if file.sight != Sight::Handling {
        return Ok(Vec::new());
    }
    let words = Words::of(file, SORT);
    let (mut drafts, mut seen) = (Vec::new(), BTreeSet::new());
    for recorded in file.case.in_effect() {
        let files = recorded.fact.answers.values().filter_map(|value| match value {
            Value::Files(files) => Some(files),
            _ => None,
        });
        for kept in files.flatten().filter(|kept| is_draft(kept)) {
            if !seen.insert(kept.digest.clone()) {
                continue;
            }
            let names = (kept.name.as_str(), kept.digest.as_str());
            let read = office.audits().of_file(office.law(), names, || {
                office.store().read(office.county(), |read| {
                    let material = read.file(&kept.digest)?;
                    Ok::<_, PageError>(material.map(|material| material.content))
                })
            })?;
            if let Some(read) = read
                && let Ok(audited) = &*read
                && audited.report.is_annual()
            {
                let marked = format!("/cases/{}/files/{}/audit", file.case.id, kept.digest);
                drafts.push(draft(audited, kept.name.clone(), marked, &words));
            }
        }
    }
    Ok(drafts)
}

fn draft(audited: &Audited, name: String, marked: String, words: &Words<'_>) -> Draft {
    let findings: Vec<Finding> = audited
        .doubts()
        .map(|finding| {
            let text = quoted(&audited.report, finding);
            words.on(&text, finding.verdict.chinese(), &finding.explanation)
        })
        .collect();
    let all = audited.report.figures.len();
    let about = match (findings.len(), open(&findings)) {
        (0, _) => format!("数据{all}个，没有发现疑点"),
        (doubts, 0) => format!("数据{all}个，疑点{doubts}处，都已处理"),
        (doubts, open) => format!("数据{all}个，疑点{doubts}处，待处理{open}处"),
    };
    Draft { name, about, marked: Some(marked), findings }
}
