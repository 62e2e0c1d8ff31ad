//! A reviewer's word on a doubt about a draft: 采纳 or 不采纳, given as a 记事.
//!
//! The word is a note like any other: who gave it, when and why stands in the file for good.

use engine::{builtin::Kind, fact::BuiltIn};
use form_urlencoded::byte_serialize;

use crate::web::{case_file::CaseFile, plain};

/// Doubts of one sort about the drafts of a case.
pub(super) struct Reviewed {
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) drafts: Vec<Draft>,
}

/// One draft: an attachment or a text typed in.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) about: String,
    /// Where it is shown with its doubts marked in place.
    pub(super) marked: Option<String>,
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

/// Words given so far on doubts of one sort: the note, and how it is shown.
pub(super) struct Words<'a> {
    file: &'a CaseFile,
    sort: &'static str,
    given: Vec<(String, String)>,
}

impl<'a> Words<'a> {
    /// The words of a file, each beginning with the sort: 引用核对，采纳：……
    pub(super) fn of(file: &'a CaseFile, sort: &'static str) -> Self {
        let notes = file.case.in_effect().filter_map(|recorded| match &recorded.fact.built_in {
            Some(BuiltIn::Note { text }) => Some((recorded, text)),
            _ => None,
        });
        let given = notes.filter_map(|(recorded, text)| {
            let rest = text.strip_prefix(sort)?;
            let word = match (rest.starts_with(ADOPTED), rest.starts_with(DISMISSED)) {
                (true, _) => "已采纳",
                (_, true) => "不采纳",
                _ => return None,
            };
            let who = recorded.fact.by.first().map_or("", |by| by.name.as_str());
            Some((text.clone(), format!("{word}　{who}　{}", plain::stamp(recorded.at))))
        });
        Self { file, sort, given: given.collect() }
    }

    /// A doubt with the word given on it, or the two ways to give one.
    pub(super) fn on(&self, text: &str, verdict: &'static str, explanation: &str) -> Finding {
        let about = format!("{text}（{verdict}）");
        let url = |begin: &str, end: &str| {
            let note = format!("{}{begin}{about}。{explanation}{end}", self.sort);
            let note: String = byte_serialize(note.as_bytes()).collect();
            format!("/cases/{}?act={}&text={note}#built-in", self.file.case.id, Kind::Note.id())
        };
        let word = self.given.iter().rev().find(|(note, _)| note.contains(&about));
        Finding {
            adopt: url(ADOPTED, "。已请起草人改正。"),
            dismiss: url(DISMISSED, "。理由："),
            text: text.to_owned(),
            verdict,
            explanation: explanation.to_owned(),
            word: word.map(|(_, word)| word.clone()),
        }
    }
}

const ADOPTED: &str = "，采纳：";
const DISMISSED: &str = "，不采纳：";

/// How many doubts nobody has given a word on.
pub(super) fn open(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.word.is_none()).count()
}
