//! Migrations: embedded, numbered, applied in order, each in a transaction of its own.

use crate::{error::StoreError, wire::Wire};

/// The text that both databases share, then what each says its own way.
struct Migration {
    shared: &'static str,
    lite: &'static str,
    pg: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        shared: include_str!("migrations/0001.sql"),
        lite: include_str!("migrations/0001.sqlite.sql"),
        pg: include_str!("migrations/0001.postgres.sql"),
    },
    Migration { shared: include_str!("migrations/0002.sql"), lite: "", pg: "" },
    Migration { shared: include_str!("migrations/0003.sql"), lite: "", pg: "" },
    Migration { shared: include_str!("migrations/0004.sql"), lite: "", pg: "" },
    Migration { shared: include_str!("migrations/0005.sql"), lite: "", pg: "" },
];

/// The newest version of the schema this program knows.
const KNOWN: i64 = MIGRATIONS.len() as i64;

// The one table that belongs to no county: it says how the others are laid out.
const VERSION: &str = "create table if not exists schema_version (version bigint primary key)";
const LATEST: &str = "select coalesce(max(version), 0) from schema_version";

/// Brings a SQLite database up to date.
pub(crate) fn migrate_lite(conn: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.execute_batch(VERSION)?;
    let found: i64 = tx.query_row(LATEST, [], |row| row.get(0))?;
    for (number, migration) in pending(found)? {
        let shared = migration.shared.replace("{text}", "text").replace("{bytes}", "blob");
        tx.execute_batch(&shared)?;
        tx.execute_batch(migration.lite)?;
        tx.execute("insert into schema_version values (?1)", [number])?;
    }
    Ok(tx.commit()?)
}

/// Whether a SQLite database is one of ours, of a version this program knows.
pub(crate) fn check_lite(conn: &rusqlite::Connection) -> Result<(), StoreError> {
    let found: i64 = conn.query_row(LATEST, [], |row| row.get(0))?;
    pending(found).map(|_| ())
}

/// Brings a PostgreSQL database up to date; several processes may start at once.
pub(crate) fn migrate_pg(wire: &mut Wire) -> Result<(), StoreError> {
    // Nothing to do needs no rights: the account that serves need not own the tables.
    if let Ok(found) = wire.number(LATEST)
        && pending(found)?.next().is_none()
    {
        return Ok(());
    }
    // Outside the transaction: two first starts may both find the table missing, one of them wins.
    let _ = wire.batch(VERSION);
    wire.batch("begin; lock table schema_version in exclusive mode")?;
    let migrated = apply_pg(wire);
    wire.batch(if migrated.is_ok() { "commit" } else { "rollback" })?;
    migrated
}

fn apply_pg(wire: &mut Wire) -> Result<(), StoreError> {
    let found = wire.number(LATEST)?;
    for (number, migration) in pending(found)? {
        let shared =
            migration.shared.replace("{text}", "text collate \"C\"").replace("{bytes}", "bytea");
        wire.batch(&shared)?;
        wire.batch(migration.pg)?;
        wire.batch(&format!("insert into schema_version values ({number})"))?;
    }
    Ok(())
}

fn pending(found: i64) -> Result<impl Iterator<Item = (i64, &'static Migration)>, StoreError> {
    if found > KNOWN {
        return Err(StoreError::Newer { found, known: KNOWN });
    }
    Ok((1..).zip(MIGRATIONS).skip(found as usize)) // Not negative: versions start at 1.
}
