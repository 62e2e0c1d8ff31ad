//! 行为人: who acts, in which posts and with which credentials.

use std::{fmt, sync::Arc};

use jiff::civil::Date;
use law::Id;
use serde::{Deserialize, Serialize};

/// A place in the organ tree, county first: `yunxi/qingshi/dongjie`. 机关
///
/// A prefix of a path names an organ above it; that is all authority over a subtree means.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganPath(Arc<str>);

impl OrganPath {
    /// The path as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The county's code: the first segment, the first key of every table.
    pub fn county(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// Whether `other` is this organ or stands below it.
    pub fn covers(&self, other: &OrganPath) -> bool {
        other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The organ directly above, if any.
    pub fn parent(&self) -> Option<OrganPath> {
        self.0.rsplit_once('/').map(|(above, _)| OrganPath::from(above))
    }
}

impl From<&str> for OrganPath {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

impl From<String> for OrganPath {
    fn from(path: String) -> Self {
        Self(path.into())
    }
}

impl fmt::Display for OrganPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrganPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The id of a person with an account; stands in the ledger.
pub type PersonId = String;

/// 岗位: a person holds a role in an organ from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// 角色.
    pub role: Id,
    /// 机关.
    pub organ: OrganPath,
    /// First day.
    pub from: Date,
    /// Last day, if it has ended or will.
    pub to: Option<Date>,
    /// Stands in for this person (代理、B岗): acts under the own name, `not_by` binds both.
    pub substitute_for: Option<PersonId>,
}

/// 资格: a certificate a person holds, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its name, as `hold` cites it.
    pub name: String,
    /// Its number.
    pub number: String,
    /// First day.
    pub from: Date,
    /// Last day, where it has one.
    pub until: Option<Date>,
}

/// 行为人: a person as the law sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Account id.
    pub person: PersonId,
    /// 姓名.
    pub name: String,
    /// Every post, past and present.
    pub posts: Vec<Post>,
    /// Every credential, past and present.
    pub held: Vec<Held>,
    /// A party who came in through number and code, or an officer.
    pub party_of: Option<String>,
    /// The machine: performs the acts of linked cases and the daily round.
    pub machine: bool,
    /// Procedure and act that this person has done before (for `hold_if_first`).
    pub experience: Vec<(Id, Id)>,
}

impl Post {
    /// Whether it is held on a day.
    pub fn on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

impl Held {
    /// Whether it is valid on a day.
    pub fn on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Actor {
    /// The machine itself.
    pub fn machine() -> Self {
        Self {
            person: "machine".into(),
            name: "系统".into(),
            posts: Vec::new(),
            held: Vec::new(),
            party_of: None,
            machine: true,
            experience: Vec::new(),
        }
    }

    /// Whether this person holds a credential on a day.
    pub fn holds(&self, name: &str, on: Date) -> bool {
        self.held.iter().any(|held| held.name == name && held.on(on))
    }
}
