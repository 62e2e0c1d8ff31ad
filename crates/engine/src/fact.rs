//! 事实: what was decided, as it stands in the ledger.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use law::Id;
use serde::{Deserialize, Serialize};

use crate::{
    action::{Answers, CaseId},
    actor::{OrganPath, PersonId},
};

/// What one act put on record. 事实
///
/// Serialised as JSON with sorted keys and without white space: the ledger digests these bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The act.
    pub act: Id,
    /// Business date.
    pub on: Date,
    /// Who did it, the submitter first.
    pub by: Vec<By>,
    /// What was filled in; personal answers are sealed before they reach the ledger.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: Answers,
    /// Who was named for which role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub assign: BTreeMap<Id, Vec<PersonId>>,
    /// The stage it led to, if it led to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Id>,
    /// The organ that handles the case from now on, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organ: Option<OrganPath>,
    /// Set on the opening fact: what the case is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    /// Documents issued, with their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issued: Vec<Issued>,
    /// Of an act done for each time another was done: the entry it was done for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<u32>,
    /// What a built-in act did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_in: Option<BuiltIn>,
    /// Why it was recorded after its business date (补录).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_entry: Option<String>,
}

/// Who, in which capacity. 以何身份
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// Account id; `machine` for the machine, `party` for a party by tracking code.
    pub person: PersonId,
    /// The name as it was on that day.
    pub name: String,
    /// The role acted in.
    pub role: Id,
    /// The organ of the post acted from.
    pub organ: OrganPath,
    /// Stood in for this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute_for: Option<PersonId>,
}

/// What a case is from its first fact on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The procedure …
    pub procedure: Id,
    /// … and its edition.
    pub version: String,
    /// 案号, taken in the same transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The handling organ at the opening; also the organ of origin.
    pub organ: OrganPath,
    /// The organ of the post of whoever opened it.
    pub origin: OrganPath,
    /// The case it was opened from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CaseId>,
}

/// A document that an act issued. 文书
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The document's id in the procedure.
    pub document: Id,
    /// 文号, gap-free per organ, kind and year; none where the document carries none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// SM3 of its rendered text, lowercase hexadecimal; empty until rendered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// What a built-in act did. Every procedure has these without writing them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuiltIn {
    /// 记事: a note for the file.
    Note {
        /// The note.
        text: String,
    },
    /// 作废（更正）: an act is struck through with a reason, never erased.
    Strike {
        /// Version of the entry that is struck.
        version: u32,
        /// Why.
        reason: String,
    },
    /// 移交承办人: other people for a case-scoped role (in `assign`).
    HandOver {
        /// Why.
        reason: String,
    },
    /// 关联.
    Link {
        /// The other case.
        case: CaseId,
        /// What they have to do with each other.
        relation: String,
    },
    /// 重算期限: a calendar year was published; due dates counted provisionally are counted again.
    Recount {
        /// The last year published.
        calendar: i16,
    },
    /// 转入新版: the case follows another edition from here on.
    Move {
        /// Edition it leaves.
        from: String,
        /// Edition it follows now.
        to: String,
    },
}

/// A fact in its place in the ledger. 账目
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// 1 for the opening, then ascending without gaps.
    pub version: u32,
    /// When it was recorded.
    pub at: Timestamp,
    /// The action it came from.
    pub action: String,
    /// SM3 of the edition of law it was decided under, lowercase hexadecimal.
    pub law: String,
    /// The fact.
    pub fact: Fact,
}
