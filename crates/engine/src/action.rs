//! 办理请求: what a person asks to do.

use std::collections::BTreeMap;

use jiff::civil::Date;
use law::{Id, value::Value};
use serde::{Deserialize, Serialize};

use crate::actor::{OrganPath, PersonId};

/// Answers by field.
pub type Answers = BTreeMap<Id, Value>;

/// A person's request to perform an act. 办理请求
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Made once with the form, 32 hexadecimal digits: the same press sent twice is one action.
    pub id: String,
    /// Where.
    pub target: Target,
    /// The act of the procedure, or one of the [built-in](crate::builtin) ones.
    pub act: Id,
    /// What was filled in.
    pub answers: Answers,
    /// Who acts together with the submitter.
    pub with: Vec<PersonId>,
    /// Case-scoped roles = people named for them.
    pub assign: BTreeMap<Id, Vec<PersonId>>,
    /// Business date.
    pub on: Date,
    /// Why it is recorded after its business date (补录), where it is.
    pub late_entry: Option<String>,
}

/// The case an action is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// An existing case, as the person saw it: entries up to this version.
    Case {
        /// Its id.
        case: CaseId,
        /// How many entries the person's page had shown. `None` from the machine.
        seen: Option<u32>,
    },
    /// A new case.
    Open {
        /// Under this procedure …
        procedure: Id,
        /// … handled by this organ.
        organ: OrganPath,
        /// Opened from this case.
        parent: Option<CaseId>,
    },
}

/// The id of a case: 26 lowercase letters and digits, ascending with time.
pub type CaseId = String;
