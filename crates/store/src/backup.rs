//! 备份与恢复: a consistent copy while everybody works, verified before it is called one.

use std::{fs, path::Path, time::Duration};

use rusqlite::{Connection, backup};

use crate::{
    error::StoreError,
    schema,
    store::{Config, Engine, Store},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Pages copied at a time; writers pass in between.
const PAGES: i32 = 4096;
/// The database in a backup folder.
const DATABASE: &str = "yifa.db";
/// The large files in a backup folder.
const FILES: &str = "files";

impl Store {
    /// Copies the database and the files beside it into a new folder. The keys are not copied:
    /// they belong in another safe than what they open.
    pub fn backup(&self, folder: &Path) -> Result<()> {
        let Engine::Lite(lite) = &self.engine else {
            let how = "PostgreSQL 数据库请用 pg_dump 备份，用 pg_restore 恢复";
            return Err(StoreError::Elsewhere(how.into()));
        };
        let target = folder.join(DATABASE);
        if target.exists() {
            return Err(StoreError::Elsewhere(format!("{} 已存在", target.display())));
        }
        fs::create_dir_all(folder)?;
        let mut copy = Connection::open(&target)?;
        let source = lite.reader()?;
        // One step inside a read transaction: the copy is the database of one instant.
        source.execute_batch("begin; select count(*) from schema_version;")?;
        backup::Backup::new(&source, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        source.execute_batch("commit")?;
        check(&copy)?;
        copy_folder(&self.files, &folder.join(FILES))?;
        Ok(())
    }

    /// Puts a backup in place of a database that is not there, and opens it.
    pub fn restore(folder: &Path, config: Config) -> Result<Self> {
        let Some(path) = config.url.strip_prefix("sqlite:").map(Path::new) else {
            let how = "PostgreSQL 数据库请用 pg_restore 恢复";
            return Err(StoreError::Elsewhere(how.into()));
        };
        if path.exists() {
            let how = format!("{} 已存在；请先移走现有数据库，再恢复", path.display());
            return Err(StoreError::Elsewhere(how));
        }
        let source = folder.join(DATABASE);
        if !source.exists() {
            return Err(StoreError::Missing(format!("备份 {}", source.display())));
        }
        check(&Connection::open_with_flags(&source, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?)?;
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        copy_folder(&folder.join(FILES), &config.files)?;
        let unfinished = path.with_extension("part");
        fs::copy(&source, &unfinished)?;
        fs::File::open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, path)?;
        Self::open(config)
    }
}

/// Whether a file is a whole database of a version this program knows.
fn check(conn: &Connection) -> Result<()> {
    let found: String = conn.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(crate::Damage::of("", 0, format!("备份：{found}")));
    }
    schema::check_lite(conn)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if !target.exists() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
