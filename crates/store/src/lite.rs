//! SQLite: one writing connection that several jobs share a commit on, and a pool of readers.
//!
//! A job runs on its caller's thread while it holds the writing connection. Whoever finds nobody
//! waiting behind commits for everybody who ran since the last commit; whoever finds somebody
//! waiting leaves the commit to them and waits for the news. So a lone writer commits at once, and
//! under load a commit, which costs a flush of the disk, is shared by all who came meanwhile.
//! Nothing is answered before the commit that covers it.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::Connection;

use crate::{
    db::{Db, PREPARED},
    error::StoreError,
    schema,
    store::{Place, Tx},
};

/// How many jobs share a commit at most.
const GROUP: usize = 256;
/// How many idle readers are kept.
const READERS: usize = 8;
/// How long another process may hold the database.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Lite {
    pub(crate) path: PathBuf,
    writer: Mutex<Writer>,
    /// Jobs on their way to the writing connection.
    coming: AtomicUsize,
    news: Mutex<HashMap<u64, News>>,
    told: Condvar,
    readers: Mutex<Vec<Connection>>,
}

struct Writer {
    conn: Connection,
    /// Number of the commit that the jobs of now will share.
    group: u64,
    /// Jobs in it so far, and how many of them wait for news.
    jobs: usize,
    waiting: usize,
}

/// How a shared commit went, kept until everybody who waits for it has heard.
struct News {
    fate: Fate,
    waiting: usize,
}

/// What became of a shared commit.
#[derive(Clone, Copy)]
enum Fate {
    Kept,
    Full,
    Busy,
    Lost,
}

impl Lite {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut conn = connect(path)?;
        // Full synchronisation: what was acknowledged survives a power cut. Overwritten space is
        // zeroed, so that a destroyed key is nowhere to be found.
        conn.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on;",
        )?;
        schema::migrate_lite(&mut conn)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(Writer { conn, group: 0, jobs: 0, waiting: 0 }),
            coming: AtomicUsize::new(0),
            news: Mutex::new(HashMap::new()),
            told: Condvar::new(),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Runs a job in a savepoint of the shared transaction and returns after the common commit.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        place: Place,
        job: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.coming.fetch_add(1, Ordering::SeqCst);
        let mut writer = lock(&self.writer);
        self.coming.fetch_sub(1, Ordering::SeqCst);

        if let Err(error) = writer.enter() {
            self.leave(writer, false).map_err(E::from)?;
            return Err(error.into());
        }
        let outcome =
            catch_unwind(AssertUnwindSafe(|| job(&Tx::new(place, Db::Lite(&writer.conn)))));
        let kept = match &outcome {
            Ok(Ok(_)) => writer.keep(),
            _ => writer.undo().map(|()| false),
        };
        let told = match kept {
            Ok(kept) => self.leave(writer, kept),
            Err(error) => self.leave(writer, false).and(Err(error)),
        };
        match outcome {
            Err(panic) => resume_unwind(panic), // The caller's own; nobody else's job is touched.
            Ok(Err(error)) => Err(error),
            Ok(Ok(value)) => told.map(|()| value).map_err(E::from),
        }
    }

    /// Commits for the group, or waits until somebody does.
    fn leave(&self, mut writer: MutexGuard<Writer>, kept: bool) -> Result<(), StoreError> {
        let group = writer.group;
        let last = writer.jobs >= GROUP || self.coming.load(Ordering::SeqCst) == 0;
        // SQLite itself gives up a transaction when a disk is full or fails: nobody can be kept.
        let lost = writer.jobs > 0 && writer.conn.is_autocommit();
        if last || lost {
            let fate = writer.commit(lost, kept);
            let waiting = writer.waiting;
            (writer.group, writer.jobs, writer.waiting) = (group + 1, 0, 0);
            if waiting > 0 {
                lock(&self.news).insert(group, News { fate, waiting });
                self.told.notify_all();
            }
            drop(writer);
            return if kept { fate.into() } else { Ok(()) };
        }
        if !kept {
            return Ok(());
        }
        writer.waiting += 1;
        drop(writer);
        let mut news = lock(&self.news);
        loop {
            if let Some(told) = news.get_mut(&group) {
                let fate = told.fate;
                told.waiting -= 1;
                if told.waiting == 0 {
                    news.remove(&group);
                }
                return fate.into();
            }
            news = self.told.wait(news).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs a job on a snapshot.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        place: Place,
        job: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = lock(&self.readers).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.reader()?,
        };
        conn.execute_batch("begin").map_err(StoreError::from)?;
        let outcome = job(&Tx::new(place, Db::Lite(&conn)));
        if conn.execute_batch("commit").is_ok() {
            let mut readers = lock(&self.readers);
            if readers.len() < READERS {
                readers.push(conn);
            }
        }
        outcome
    }

    pub(crate) fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let writer = lock(&self.writer);
        Ok(writer.conn.execute_batch(&format!("pragma max_page_count = {pages}"))?)
    }

    /// Writes the whole log back into the database and empties it, as far as readers let it.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        let writer = lock(&self.writer);
        writer.conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        Ok(())
    }

    /// A connection that cannot write.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        let conn = connect(&self.path)?;
        conn.execute_batch("pragma query_only = on")?;
        Ok(conn)
    }
}

impl Writer {
    fn enter(&mut self) -> Result<(), StoreError> {
        if self.jobs == 0 {
            self.conn.prepare_cached("begin immediate")?.execute([])?;
        }
        self.jobs += 1;
        self.conn.prepare_cached("savepoint job")?.execute([])?;
        Ok(())
    }

    fn keep(&mut self) -> Result<bool, StoreError> {
        self.conn.prepare_cached("release job")?.execute([])?;
        Ok(true)
    }

    fn undo(&mut self) -> Result<(), StoreError> {
        if self.conn.is_autocommit() {
            return Ok(()); // SQLite has undone everything already.
        }
        self.conn.prepare_cached("rollback to job")?.execute([])?;
        self.conn.prepare_cached("release job")?.execute([])?;
        Ok(())
    }

    fn commit(&mut self, lost: bool, kept: bool) -> Fate {
        if lost {
            return Fate::Full;
        }
        if self.jobs == 0 {
            return Fate::Kept;
        }
        let word = if kept || self.waiting > 0 { "commit" } else { "rollback" };
        let done = self.conn.prepare_cached(word).and_then(|mut commit| commit.execute([]));
        match done.map_err(StoreError::from) {
            Ok(_) => Fate::Kept,
            Err(error) => {
                if !self.conn.is_autocommit() {
                    let _ = self.conn.execute_batch("rollback"); // Nothing was acknowledged.
                }
                match error {
                    StoreError::Full => Fate::Full,
                    StoreError::Busy => Fate::Busy,
                    _ => Fate::Lost,
                }
            }
        }
    }
}

impl From<Fate> for Result<(), StoreError> {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::Kept => Ok(()),
            Fate::Full => Err(StoreError::Full),
            Fate::Busy => Err(StoreError::Busy),
            Fate::Lost => Err(StoreError::Database("提交失败".into())),
        }
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(PREPARED);
    // `temp_store` stays as it is: in memory, the journal of a savepoint is walked from its
    // beginning at the end of every statement, which makes long jobs quadratic.
    conn.execute_batch("pragma cache_size = -65536")?;
    Ok(conn)
}

/// Panics inside are caught before they can poison; a lock is always good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
