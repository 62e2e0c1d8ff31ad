//! 日志: refused acts with their grounds, and who signed in, looked and exported.
//!
//! Both are only added to; the database lets them be cleared after 184 days at the earliest, since
//! 网络安全法 asks for no less than six months.

use engine::{
    action::{Action, CaseId, Target},
    actor::PersonId,
    refusal::Refusal,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    canonical::{canonical_of, hex},
    db::{Param, params},
    error::StoreError,
    keys::random,
    store::{Read, Tx},
};

type Result<T> = std::result::Result<T, StoreError>;

/// A refused act. 不予办理记录
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub person: PersonId,
    /// In which case; none where it would have opened one.
    pub case: Option<CaseId>,
    /// The procedure, where the action named it.
    pub procedure: String,
    /// The act.
    pub act: String,
    /// Every ground.
    pub grounds: Vec<Refused>,
}

/// A ground as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which condition.
    pub code: String,
    /// What was said.
    pub say: String,
    /// The article.
    pub basis: String,
}

/// What was accessed. 访问类别
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// 登录.
    SignIn,
    /// 登录失败.
    SignInFailed,
    /// 退出.
    SignOut,
    /// 查看个人信息.
    Personal,
    /// 查阅密封内容.
    Sealed,
    /// 导出.
    Export,
    /// 账号、岗位变动.
    Account,
    /// 当事人凭码查询.
    Tracking,
    /// 销毁密钥.
    Erasure,
}

/// One line of the access log. 访问记录
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// Who; what was typed, where nobody is known by it.
    pub person: String,
    /// What.
    pub kind: AccessKind,
    /// Which case, if one.
    pub case: Option<CaseId>,
    /// What was looked at or exported, or why.
    pub detail: String,
    /// From where: the network address.
    pub source: String,
}

/// Which lines of the access log.
#[derive(Clone, Debug, Default)]
pub struct AccessFilter {
    /// Of this person.
    pub person: Option<PersonId>,
    /// About this case.
    pub case: Option<CaseId>,
    /// Before this instant: the next page begins where the last ended.
    pub before: Option<Timestamp>,
}

const KINDS: [(AccessKind, &str); 9] = [
    (AccessKind::SignIn, "sign_in"),
    (AccessKind::SignInFailed, "sign_in_failed"),
    (AccessKind::SignOut, "sign_out"),
    (AccessKind::Personal, "personal"),
    (AccessKind::Sealed, "sealed"),
    (AccessKind::Export, "export"),
    (AccessKind::Account, "account"),
    (AccessKind::Tracking, "tracking"),
    (AccessKind::Erasure, "erasure"),
];

impl AccessKind {
    /// As it stands in the log.
    pub fn id(self) -> &'static str {
        let named = KINDS.iter().find(|(kind, _)| *kind == self);
        named.map_or("sign_in", |(_, id)| id) // Every kind is listed.
    }
}

impl Tx<'_> {
    /// Notes that an act was refused, and why.
    pub fn attempt(
        &self,
        at: Timestamp,
        person: &str,
        action: &Action,
        refusal: &Refusal,
    ) -> Result<()> {
        let (case, procedure) = match &action.target {
            Target::Case { case, .. } => (Some(case), ""),
            Target::Open { procedure, .. } => (None, procedure.as_str()),
        };
        let grounds: Vec<Refused> = refusal
            .grounds
            .iter()
            .map(|ground| Refused {
                code: ground.code.clone(),
                say: ground.say.clone(),
                basis: ground.basis.text.clone(),
            })
            .collect();
        self.db.insert(
            "attempt (county, at, id, person, case_id, procedure, act, grounds)",
            &[params![
                self.county,
                at,
                hex(&random::<8>()?),
                person,
                case,
                procedure,
                &action.act,
                canonical_of(&grounds)
            ]
            .to_vec()],
        )
    }

    /// Notes an access.
    pub fn access(&self, access: &Access) -> Result<()> {
        self.db.insert(
            "access (county, at, id, person, kind, case_id, detail, source)",
            &[params![
                self.county,
                access.at,
                hex(&random::<8>()?),
                &access.person,
                access.kind.id(),
                access.case.as_ref(),
                &access.detail,
                &access.source
            ]
            .to_vec()],
        )
    }

    /// Clears both logs up to an instant; the database refuses what is younger than 184 days.
    pub fn clear_logs(&self, before: Timestamp) -> Result<u64> {
        let attempts = self.db.exec(
            "delete from attempt where county = $1 and at < $2",
            params![self.county, before],
        )?;
        let accesses = self.db.exec(
            "delete from access where county = $1 and at < $2",
            params![self.county, before],
        )?;
        Ok(attempts + accesses)
    }
}

impl Read<'_> {
    /// Refused acts, the latest first; of one case, or all.
    pub fn attempts(&self, case: Option<&str>, limit: u32) -> Result<Vec<Attempt>> {
        let (which, mut with) = ("county = $1", params![self.county, limit].to_vec());
        let which = match case {
            Some(case) => {
                with.push(case.into());
                format!("{which} and case_id = $3")
            }
            None => which.into(),
        };
        let sql = format!(
            "select at, person, case_id, procedure, act, grounds from attempt
             where {which} order by at desc, id limit $2"
        );
        self.db.query(&sql, &with, |row| {
            Ok(Attempt {
                at: row.instant(0)?,
                person: row.text(1)?,
                case: row.maybe(2)?,
                procedure: row.text(3)?,
                act: row.text(4)?,
                grounds: serde_json::from_str(&row.text(5)?)
                    .map_err(|error| StoreError::Database(error.to_string()))?,
            })
        })
    }

    /// The access log, the latest first.
    pub fn accesses(&self, filter: &AccessFilter, limit: u32) -> Result<Vec<Access>> {
        let mut which = "county = $1".to_owned();
        let mut with: Vec<Param> = params![self.county, limit].to_vec();
        let wanted = [
            ("person =", filter.person.as_ref().map(Param::from)),
            ("case_id =", filter.case.as_ref().map(Param::from)),
            ("at <", filter.before.map(Param::from)),
        ];
        for (what, value) in wanted {
            if let Some(value) = value {
                with.push(value);
                which.push_str(&format!(" and {what} ${}", with.len()));
            }
        }
        let sql = format!(
            "select at, person, kind, case_id, detail, source from access
             where {which} order by at desc, id limit $2"
        );
        self.db.query(&sql, &with, |row| {
            let id = row.text(2)?;
            let kind = KINDS.iter().find(|(_, known)| *known == id).map(|(kind, _)| *kind);
            Ok(Access {
                at: row.instant(0)?,
                person: row.text(1)?,
                kind: kind.ok_or_else(|| StoreError::Database(format!("access kind {id}")))?,
                case: row.maybe(3)?,
                detail: row.text(4)?,
                source: row.text(5)?,
            })
        })
    }
}
