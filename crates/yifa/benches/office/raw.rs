//! The bare database: the same rows, as many commits, the same durability, and nothing else.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use rusqlite::{Connection, types::Value};

use super::Outcome;

/// One row of one table.
pub struct Row {
    table: String,
    columns: Vec<String>,
    cells: Vec<Cell>,
}

/// A value as SQLite hands it out and PostgreSQL takes it.
#[derive(Debug)]
struct Cell(Value);

/// The rows that a database has and the one it was copied from has not.
pub fn added(before: &Path, after: &Path) -> Outcome<Vec<Row>> {
    let conn = Connection::open(after)?;
    conn.execute("attach database ?1 as old", [before.to_string_lossy()])?;
    let mut rows = Vec::new();
    for table in tables(&conn)? {
        // The key of the search text stands for a place in the index and is SQLite's own.
        let columns: Vec<String> = columns(&conn, &table)?
            .into_iter()
            .filter(|name| name != "id" || table != "search")
            .collect();
        let list = columns.join(", ");
        let sql = format!("select {list} from main.{table} except select {list} from old.{table}");
        let mut query = conn.prepare(&sql)?;
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            let cell = |place: usize| Ok(Cell(row.get(place)?));
            let cells: rusqlite::Result<_> = (0..columns.len()).map(cell).collect();
            rows.push(Row { table: table.clone(), columns: columns.clone(), cells: cells? });
        }
    }
    Ok(rows)
}

fn tables(conn: &Connection) -> Outcome<Vec<String>> {
    let sql =
        "select name from sqlite_schema where type = 'table' and name not like 'search_index%'
               and name not like 'sqlite_%' and name <> 'schema_version' order by name";
    let mut query = conn.prepare(sql)?;
    let names = query.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn columns(conn: &Connection, table: &str) -> Outcome<Vec<String>> {
    let mut query = conn.prepare("select name from pragma_table_info(?1)")?;
    let names = query.query_map([table], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Deals the rows of each table evenly to so many commits, as the acts left them.
fn dealt(rows: &[Row], commits: u64) -> Vec<Vec<&Row>> {
    let mut hands: Vec<Vec<&Row>> = (0..commits).map(|_| Vec::new()).collect();
    let tables: BTreeSet<&str> = rows.iter().map(|row| row.table.as_str()).collect();
    for table in tables {
        let of_table: Vec<&Row> = rows.iter().filter(|row| row.table == table).collect();
        for (place, row) in of_table.iter().enumerate() {
            hands[place * commits as usize / of_table.len()].push(row);
        }
    }
    hands
}

/// Inserts the rows in so many commits.
pub fn into_sqlite(file: &Path, rows: &[Row], commits: u64) -> Outcome<Duration> {
    let conn = Connection::open(file)?;
    conn.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on",
    )?;
    conn.set_prepared_statement_cache_capacity(64);
    let hands = dealt(rows, commits);
    let begun = Instant::now();
    for hand in hands {
        conn.execute_batch("begin immediate")?;
        for row in hand {
            let places: Vec<String> = (1..=row.cells.len()).map(|n| format!("?{n}")).collect();
            let sql = insert("insert or replace into", row, &places);
            conn.prepare_cached(&sql)?
                .execute(rusqlite::params_from_iter(row.cells.iter().map(|c| &c.0)))?;
        }
        conn.execute_batch("commit")?;
    }
    Ok(begun.elapsed())
}

/// Inserts the rows in so many commits, over so many connections.
pub fn into_postgres(url: &str, rows: &[Row], commits: u64, clerks: u64) -> Outcome<Duration> {
    let hands = dealt(rows, commits);
    let share = hands.len().div_ceil(clerks as usize);
    let mut clients = Vec::new();
    for _ in 0..clerks {
        clients.push(postgres::Client::connect(url, postgres::NoTls)?);
    }
    let begun = Instant::now();
    let done: Outcome<()> = std::thread::scope(|scope| {
        let job = |(mut client, hands): (postgres::Client, &[Vec<&Row>])| -> Outcome<()> {
            let mut prepared = std::collections::BTreeMap::new();
            for hand in hands {
                let mut tx = client.transaction()?;
                for row in hand {
                    let places: Vec<String> =
                        (1..=row.cells.len()).map(|n| format!("${n}")).collect();
                    let sql = insert("insert into", row, &places) + " on conflict do nothing";
                    let statement = match prepared.get(&sql) {
                        Some(statement) => statement,
                        None => prepared.entry(sql.clone()).or_insert(tx.prepare(&sql)?),
                    };
                    let cells: Vec<&(dyn ToSql + Sync)> =
                        row.cells.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
                    tx.execute(statement, &cells)?;
                }
                tx.commit()?;
            }
            Ok(())
        };
        let jobs: Vec<_> = clients
            .into_iter()
            .zip(hands.chunks(share))
            .map(|mine| scope.spawn(move || job(mine)))
            .collect();
        jobs.into_iter().try_for_each(|job| job.join().map_err(|_| "a clerk panicked")?)
    });
    done?;
    Ok(begun.elapsed())
}

fn insert(verb: &str, row: &Row, places: &[String]) -> String {
    format!("{verb} {} ({}) values ({})", row.table, row.columns.join(", "), places.join(", "))
}

/// Makes a new database on a server and says where it is.
pub fn new_database(server: &str, name: &str) -> Outcome<String> {
    postgres::Client::connect(server, postgres::NoTls)?
        .batch_execute(&format!("create database {name}"))?;
    let (front, _) = server.rsplit_once('/').ok_or("the address names no database")?;
    Ok(format!("{front}/{name}"))
}

/// Copies the rows that registers and figures are read from until there are so many cases.
pub fn grow(file: &Path, cases: i64) -> Outcome<i64> {
    let conn = Connection::open(file)?;
    conn.execute_batch("pragma journal_mode = wal; pragma synchronous = off; begin")?;
    let there: i64 = conn.query_row("select count(*) from case_now", [], |row| row.get(0))?;
    for table in ["case_now", "reach", "observation"] {
        let columns = columns(&conn, table)?.join(", ");
        let copied = columns.replace("case_id", "case_id || '-' || ?1");
        let sql = format!(
            "insert into {table} ({columns}) select {copied} from {table} where case_id not like '%-%'"
        );
        let mut copy = conn.prepare(&sql)?;
        for number in 1..=cases / there {
            copy.execute([number])?;
        }
    }
    conn.execute_batch("commit; analyze")?;
    Ok(conn.query_row("select count(*) from case_now", [], |row| row.get(0))?)
}

impl ToSql for Cell {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Outcome<IsNull> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) => number.to_sql(ty, out),
            Value::Real(number) => number.to_sql(ty, out),
            Value::Text(text) => text.to_sql(ty, out),
            Value::Blob(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}
