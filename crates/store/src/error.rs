//! Why the store could not do it, by what there is to do about it.

use std::{fmt, io};

/// Why nothing was written or read. 未入账、未读出
///
/// One variant for each answer to "what now?". Whatever the variant, nothing was acknowledged and
/// nothing of the job remains.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote to the case first: read it again and decide again.
    #[error("案件刚被他人办理，请按最新情况重新办理")]
    Overtaken,
    /// The database is occupied: try again later.
    #[error("数据库正忙，未作任何记录，请稍后重试")]
    Busy,
    /// The disk, or the space given to the database, is full.
    #[error("存储空间已满，未作任何记录，请联系管理员清理或者扩充磁盘")]
    Full,
    /// The database cannot be reached or opened.
    #[error("数据库无法连接：{0}")]
    Unreachable(String),
    /// What is stored contradicts itself.
    #[error("账目损坏：{0}")]
    Damaged(Damage),
    /// There is no such thing.
    #[error("没有找到{0}")]
    Missing(String),
    /// It would change or delete what may only be added to.
    #[error("账目只增不改：{0}")]
    Immutable(String),
    /// The edition of law that a case follows is not loaded.
    #[error("没有装载案件 {case} 所依据的程序版本（{edition}）")]
    Edition {
        /// The case.
        case: String,
        /// Procedure and hash.
        edition: String,
    },
    /// The database was written by a newer program.
    #[error("数据库版本为 {found}，本程序只认识到 {known}，请升级程序")]
    Newer {
        /// The version found.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// This database is looked after with other tools.
    #[error("{0}")]
    Elsewhere(String),
    /// The key file is missing, malformed or of another database.
    #[error("密钥文件有误：{0}")]
    Keys(String),
    /// Files beside the database could not be read or written.
    #[error("文件读写失败：{0}")]
    File(#[from] io::Error),
    /// The database refused for a reason that only a developer can answer.
    #[error("数据库错误：{0}")]
    Database(String),
}

/// What is wrong, and where. 损坏
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The case; empty where a seal is damaged.
    pub case: String,
    /// The entry; 0 where the whole case or a seal is damaged.
    pub version: u32,
    /// In words.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.case.is_empty(), self.version) {
            (true, _) => f.write_str(&self.what),
            (false, 0) => write!(f, "案件 {}：{}", self.case, self.what),
            (false, version) => write!(f, "案件 {} 第 {version} 笔：{}", self.case, self.what),
        }
    }
}

impl Damage {
    pub(crate) fn of(case: &str, version: u32, what: impl Into<String>) -> StoreError {
        StoreError::Damaged(Damage { case: case.into(), version, what: what.into() })
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(Damage { case: String::new(), version: 0, what: text })
            }
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Unreachable(text)
            }
            Some(ErrorCode::ConstraintViolation) => constraint(text),
            _ => Self::Database(text),
        }
    }
}

/// The two constraints that are part of the contract, by the words both databases use for them.
fn constraint(text: String) -> StoreError {
    if text.contains("immutable:") {
        StoreError::Immutable(text)
    } else if text.contains("entry.version") || text.contains("entry.action_id") {
        StoreError::Overtaken
    } else {
        StoreError::Database(text)
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let Some(db) = error.as_db_error() else {
            return Self::Unreachable(error.to_string());
        };
        let code = db.code();
        let conflict = *code == SqlState::UNIQUE_VIOLATION;
        let beaten = *code == SqlState::T_R_SERIALIZATION_FAILURE
            || *code == SqlState::T_R_DEADLOCK_DETECTED;
        if beaten || conflict && matches!(db.table(), Some("entry" | "subject")) {
            Self::Overtaken // Each waited for the other, or two met at a person nobody knew yet.
        } else if conflict && db.table() == Some("seal") {
            Self::Busy
        } else if *code == SqlState::DISK_FULL {
            Self::Full
        } else if *code == SqlState::LOCK_NOT_AVAILABLE
            || *code == SqlState::TOO_MANY_CONNECTIONS
            || *code == SqlState::QUERY_CANCELED
        {
            Self::Busy
        } else if *code == SqlState::ADMIN_SHUTDOWN || *code == SqlState::CANNOT_CONNECT_NOW {
            Self::Unreachable(db.message().into())
        } else if db.message().contains("immutable:") {
            Self::Immutable(db.message().into())
        } else {
            Self::Database(format!("{} {}", code.code(), db.message()))
        }
    }
}
