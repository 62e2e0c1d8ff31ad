//! The store and its transactions.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ops::Deref,
    path::{Path, PathBuf},
};

use crate::{
    db::{Db, Param},
    error::StoreError,
    keys::Keys,
    lite::Lite,
    pg::{Mode, Pg},
};

/// Where everything is kept.
#[derive(Clone, Debug)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// The keys that belong to this database.
    pub keys: Keys,
    /// Folder for large files.
    pub files: PathBuf,
}

/// 账目: the ledger, its views, materials and accounts.
pub struct Store {
    pub(crate) engine: Engine,
    pub(crate) keys: Keys,
    pub(crate) files: PathBuf,
}

pub(crate) enum Engine {
    Lite(Lite),
    Pg(Pg),
}

/// A snapshot of one county, to read from.
///
/// Nothing here can reach another county: its code is the first key of every query.
pub struct Read<'s> {
    pub(crate) county: &'s str,
    pub(crate) keys: &'s Keys,
    pub(crate) files: &'s Path,
    pub(crate) db: Db<'s>,
}

/// Where a transaction takes place.
#[derive(Clone, Copy)]
pub(crate) struct Place<'s> {
    pub(crate) county: &'s str,
    pub(crate) keys: &'s Keys,
    pub(crate) files: &'s Path,
}

/// A transaction in one county: everything it wrote is kept, or nothing.
pub struct Tx<'s> {
    read: Read<'s>,
    /// Subjects that were asked for or made here, by handle.
    pub(crate) met: RefCell<BTreeMap<String, String>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let engine = match &self.engine {
            Engine::Lite(lite) => lite.path.display().to_string(),
            Engine::Pg(_) => "postgres".into(),
        };
        f.debug_struct("Store").field("engine", &engine).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database, making or upgrading its tables where needed.
    pub fn open(config: Config) -> Result<Self, StoreError> {
        let engine = if let Some(path) = config.url.strip_prefix("sqlite:") {
            Engine::Lite(Lite::open(Path::new(path))?)
        } else if config.url.starts_with("postgres") {
            Engine::Pg(Pg::open(&config.url)?)
        } else {
            let known = "数据库地址应为 sqlite:路径 或者 postgres://…";
            return Err(StoreError::Unreachable(known.into()));
        };
        let store = Self { engine, keys: config.keys, files: config.files };
        store.check_keys()?;
        Ok(store)
    }

    /// Whether the keys are those of this database; the first to come are.
    ///
    /// A lost key file is replaced by a fresh one at the next start. Without this check new answers
    /// would be sealed under it beside old ones that nobody can open any more.
    fn check_keys(&self) -> Result<(), StoreError> {
        let ours = self.keys.blind(&["check"]);
        let known =
            |read: &Read| read.db.first("select digest from key_check", &[], |row| row.text(0));
        let theirs = match self.read("", known)? {
            Some(theirs) => theirs,
            None => self.write("", |tx| {
                tx.db.insert("key_check (digest)", &[vec![Param::from(&ours)]])?;
                Ok::<_, StoreError>(ours.clone())
            })?,
        };
        if theirs == ours {
            Ok(())
        } else {
            Err(StoreError::Keys("密钥文件与数据库不配套，请放回原来的密钥文件".into()))
        }
    }

    /// Runs a job that writes; what it wrote is durable when this returns `Ok`.
    ///
    /// On SQLite jobs of several threads share a commit, each in its own savepoint: a job that
    /// fails or panics takes nothing of the others with it. A job must not call `write` itself.
    pub fn write<T, E: From<StoreError>>(
        &self,
        county: &str,
        job: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let place = self.place(county);
        match &self.engine {
            Engine::Lite(lite) => lite.write(place, job),
            Engine::Pg(pg) => pg.transact(Mode::Write, place, job),
        }
    }

    /// Runs a job that reads from one snapshot.
    pub fn read<T, E: From<StoreError>>(
        &self,
        county: &str,
        job: impl FnOnce(&Read) -> Result<T, E>,
    ) -> Result<T, E> {
        let place = self.place(county);
        match &self.engine {
            Engine::Lite(lite) => lite.read(place, |tx| job(tx)),
            Engine::Pg(pg) => pg.transact(Mode::Read, place, |tx| job(tx)),
        }
    }

    /// Lets the database grow to so many pages at most (SQLite), so that it never takes the last of
    /// a disk that others need too.
    pub fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Lite(lite) => lite.limit_pages(pages),
            Engine::Pg(_) => {
                Err(StoreError::Elsewhere("PostgreSQL 的空间限额由其管理员设定".into()))
            }
        }
    }

    fn place<'s>(&'s self, county: &'s str) -> Place<'s> {
        Place { county, keys: &self.keys, files: &self.files }
    }
}

impl<'s> Tx<'s> {
    pub(crate) fn new(place: Place<'s>, db: Db<'s>) -> Self {
        let Place { county, keys, files } = place;
        Self { read: Read { county, keys, files, db }, met: RefCell::default() }
    }

    /// Runs a part of a job: what it wrote is undone where it fails, the rest of the job goes on.
    ///
    /// Nothing of it is durable before the job is.
    pub fn part<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.db.exec("savepoint part", &[])?;
        let done = job(self).and_then(|value| {
            self.db.settle()?;
            Ok(value)
        });
        if done.is_err() {
            self.met.take();
            self.db.take_back("rollback to part")?;
        }
        self.db.tell("release part", &[])?;
        done
    }

    pub(crate) fn into_db(self) -> Db<'s> {
        self.read.db
    }
}

impl Read<'_> {
    /// The county's code.
    pub fn county(&self) -> &str {
        self.county
    }
}

impl<'s> Deref for Tx<'s> {
    type Target = Read<'s>;
    fn deref(&self) -> &Read<'s> {
        &self.read
    }
}
